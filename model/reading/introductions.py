"""Introductions: the words beside a person's name that say for which body the person acts.

"Russia's special envoy, Zamir Kabulov", "Omar Hamdan, who leads the RSF team", "Enrique Mora of the European Union":
the name, and later the surname alone, then stand for that body.
"""

import re
from collections.abc import Iterator
from typing import Final

from model.reading.names import HEADS, PERSON, WORD, words
from model.reading.roles import PERSONS

_PERSON_NOUN: Final = re.compile(
    rf"(?i:(?:\w+-)?(?:{PERSONS})s?|lawmaker|senator|speaker|member|founder|figurehead|veteran|chief|politician)$"
)
_TRADE: Final = r"(?:retired\s+|(?:the|an?)\s+(?:[a-z][\w-]*\s+){1,3})?"  # "its founder, the broadcaster Ivo Lenz"
_NAME_AFTER: Final = re.compile(
    rf"(?:\s+(?:for|to|in|on|at|of)\s+(?:the\s+)?(?:[a-z-]+\s+){{0,2}}(?:{WORD}(?:\s+{WORD})*|[a-z-]+))?,?\s+{_TRADE}"
    rf"{PERSON}"
)
_LED_BY: Final = re.compile(
    rf"(?:\s+[a-z]+)?,?\s+(?:now\s+)?(?:led|headed|chaired|commanded|founded|represented)\s+(?:since\s+\w+\s+)?by\s+"
    rf"(?:(?:(?:the|an?|its|their|his|her)\s+)?(?:[\w-]+\s+){{0,3}}?(?i:{PERSONS})\s+)?{PERSON}"
)
_ROLE: Final = rf"(?:[\w’'-]+\s+){{0,5}}?(?i:{PERSONS}|speaker|member|founder|veteran|politician|woman|man|figure)"
_BEFORE_OWN_ROLE: Final = re.compile(
    rf"{PERSON}(?:\s+\([^)]{{1,30}}\))?(?:,|(?:,[^,]{{1,50}},)?\s+(?:is|became|was\s+named|was\s+appointed|"
    rf"serves\s+as))\s+(?:the\s+|an?\s+)?(?:[a-z-]+\s+){{0,3}}$"
)
_BEFORE_BODY: Final = re.compile(
    rf"{PERSON}(?:\s+\([^)]{{1,30}}\)|,\s+\d\d)?,\s+(?:then\s+)?(?:the\s+|an?\s+|"
    rf"one\s+of\s+the\s+)?{_ROLE}s?\s+(?:[\w-]+\s+){{0,4}}?(?:of|for|at|in|with|from|to|on)\s+(?:the\s+)?"
    rf"(?:(?:negotiating|peace|own)\s+)?$"
)
_OWN_PERSON: Final = re.compile(  # "Norway's Dag Nylander praised": a name and a verb
    rf"['’]s\s+(?P<name>{WORD}\s+{WORD})(?=,|\s+(?:said|says|told|has|had|will|would|[a-z]+ed)\b)"
)
_WORK: Final = (
    r"(?:leads?|led|leading|heads?|headed|heading|speaks?|spoke|speaking|negotiat\w+|represent\w*|command\w*|chairs?|"
    r"chaired|runs?|ran|found(?:s|ed)|join(?:s|ed)|acts?|acting|on\s+behalf|spokes\w+|work(?:s|ed)|serve[sd]?|sat|sits|"
    r"advise[sd]?|kept|keeps|fought|fights)"
)
_BEFORE_WORK: Final = re.compile(
    rf"{PERSON}(?:,\s+(?:who|whose)|,[^,]{{1,50}},)?(?:\s+(?!and\b|but\b)[\w’'-]+){{0,12}}?\s+{_WORK}(?:\s+[\w’'-]+){{0,3}}?"
    r"(?:\s+(?:of|for|in|by|from))?(?:\s+the)?\s+$"
)
_BEFORE_WHOSE: Final = re.compile(rf"{PERSON},\s+whose(?:\s+[\w’'-]+){{0,4}}?(?:\s+the)?\s+$")
_MAY_WORK: Final = re.compile(rf"\b{_WORK}\b(?:\s+[\w’'-]+){{0,4}}\s+$|\bwhose\b")
_PAST: Final = re.compile(r"\b(?:once|former|formerly|ex|(?<!, )then|previously|late)\b")
_OF_BODY: Final = re.compile(rf"{PERSON}\s+(?:of|from)\s+(?:the\s+)?$")
_PRONOUN_ROLE: Final = re.compile(
    rf"(?<![\w’'-])(?:[Ii]ts|[Tt]heir|[Hh]is|[Hh]er|[Oo]ur)\s+(?:[\w’'-]+\s+){{0,4}}?(?i:{PERSONS}|founder|speaker|member|"
    rf"veteran|elder|patriarch)(?<!counterpart)(?:\s+(?:for|to|in|on|at)\s+(?:the\s+)?{WORD}(?:\s+{WORD})*)?,?\s+{_TRADE}"
    rf"{PERSON}"
)
_SPEAKER: Final = re.compile(
    rf"[,?!][”\"]\s+(?:(?:said|says|asked|recalled|recalls)\s+(?P<after>{WORD}\s+{WORD})(?=[.,;]\s*(?!who|an?\s|the\s|whose|one\s)|$|\s+(?:in|at|on)\s)|"
    rf"(?P<before>{WORD}\s+{WORD})\s+(?:said|says|told|asked|recalled|recalls|wrote|added)\b)"
)
_OFFICER: Final = re.compile(rf"\b(?i:{PERSONS})(?:\s+(?:of|for|in|at)\s.*)?$")
_THINGS: Final = (  # whose proper names look like those of persons
    r"capital|city|town|port|village|island|river|base|allies|ally|partner|wing|party|group|movement|branch|newspaper|"
    r"paper|rival|neighbor|arm|front|name|stronghold|predecessor\s+body"
)
_PRONOUN_NOUN: Final = re.compile(  # beside a full name any noun is somebody's: "its former chief justice, Ana Ruiz,"
    rf"(?<![\w’'-])(?:[Ii]ts|[Tt]heir)\s+(?:[a-z][\w-]*\s+){{0,3}}(?!(?:{_THINGS})s?\b)[a-z][\w-]*,\s+"
    rf"(?P<name>{WORD}\s+{WORD})(?=[,.])"
)
_NAME_PRONOUN: Final = re.compile(  # "Ana Ruiz, its representative in Europe"
    rf",\s+(?:its|their)\s+(?:[\w’'-]+\s+){{0,4}}?(?i:{PERSONS}|founder|speaker|member)\b"
)
_ENDS_WITH_NAME: Final = re.compile(rf"{PERSON}$")
_SOMEBODY_NAMED: Final = re.compile(  # "A spokesman, Ana Ruiz, said"
    rf"(?:(?<=^)|(?<=[”\"] )|(?<=, ))(?:[Aa]nother|[Aa]n?|[Oo]ne)\s+(?:[a-z][\w-]*\s+){{0,2}}"
    r"(?:spokes\w+|leader|commander|chief|delegate|negotiator|"
    rf"elder|deputy|member|representative|adviser|aide),\s+(?P<name>{WORD}\s+{WORD}),"
)
_OFFICE: Final = re.compile(
    rf"(?<![\w’'-])(?P<office>(?:{WORD}\s+)?(?:Minister|Secretary)|(?:Vice\s+)?President|(?:Vice\s+)?Premier|Chancellor|King|Queen|Emir|Sultan)\s+"
    rf"(?P<name>{WORD}(?:\s+(?:al-|bin\s+|de\s+|ag\s+)?{WORD}){{0,3}})"
)
_SPECIAL: Final = (  # without a country before it, the envoy of the U.N. secretary-general
    r"(?P<post>[Ss]pecial\s+(?:[Rr]epresentative|[Ee]nvoy|[Cc]oordinator))"
    rf"(?:\s+of\s+the\s+[Ss]ecretary-[Gg]eneral)?(?:\s+(?:for|to|on|in)\s+(?:the\s+)?{WORD}(?:\s+{WORD})?)?"
)
_SPECIAL_NAME: Final = re.compile(rf"{_SPECIAL},?\s+{PERSON}")
_NAME_SPECIAL: Final = re.compile(rf"{PERSON},\s+(?:the\s+)?{_SPECIAL}")
_OWNED: Final = re.compile(r"(?:(?!The\s)[A-Z][\w.]*|['’]s?)\s+$")  # "U.S. special envoy", "Putin's special envoy"
_MAY_BE_SPECIAL: Final = re.compile(r"\b[Ss]pecial\s+(?:[Rr]epresentative|[Ee]nvoy|[Cc]oordinator)\b")
BACK: Final = 110  # characters before a mention in which a person's name is looked for
_FORMER: Final = words("Former Ex Late")
_TITLES: Final = re.compile(
    r"\b(?:Foreign|Prime|Deputy|Vice|Interior|Defen[cs]e|Finance|Chief|Special|Former|Minister|President|Secretary|Premier|"
    r"Chancellor|Ambassador|General|Admiral|Colonel|Commander|Envoy|Spokesman|Spokeswoman|Negotiator|Senator)\s+"
)
# Cheap tests that spare most mentions the patterns above.
_MAY_OWN: Final = re.compile(r"(?:,| is| became| named| appointed| as)\s+(?:the\s+|an?\s+)?(?:[a-z-]+\s+){0,3}$")
_HEAD_OF: Final = re.compile(rf"\b(?i:{PERSONS})\s+(?:of|for)\s+(?:the\s+)?$")  # "the head of the Lebanese team, X"
_MAY_LEAD: Final = re.compile(r"\b(?:of|for|at|in|with|from|to|on)\s+(?:the\s+)?(?:[a-z]+\s+)?$")
_NOT_PERSONS: Final = words(
    "The A An In On At But And Council Ministry Minister President Security University Institute Party Movement "
    "Front Army Union Republic Palace House Hotel Street State States United North South East West New Monday "
    "Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Foreign Prime Special National General Sea Court Fleet Belt "
    "Bank City River Day Strip Coast Gulf Province Assembly Navy Peace"
)


def names_beside(sentence: str, start: int, end: int, noun: str) -> Iterator[tuple[str, int]]:
    """Names, with their offsets, of persons whom the words around an actor's mention introduce as the actor's.

    `noun` is the noun of the mention's role, such as "envoy", or "".
    """
    lead = max(0, start - BACK)
    before = sentence[lead:start]
    if _PERSON_NOUN.search(noun) or _HEAD_OF.search(before):
        yield from _name(_NAME_AFTER.match(sentence[end : end + 110]), end)
        if _MAY_OWN.search(before):
            yield from _name(_last(_BEFORE_OWN_ROLE, sentence, start), lead)
    yield from _name(_OWN_PERSON.match(sentence[end : end + 60]), end)
    yield from _name(_LED_BY.match(sentence[end : end + 150]), end)
    patterns = [_BEFORE_BODY, _OF_BODY] if _MAY_LEAD.search(before[-24:]) else []
    patterns += [_BEFORE_WORK, _BEFORE_WHOSE] if _MAY_WORK.search(before) else []
    for pattern in patterns:
        found = _last(pattern, sentence, start)
        if found and not _PAST.search(found.group()):
            yield from _name(found, lead)


def name_of_state(sentence: str, start: int) -> Iterator[tuple[str, int]]:
    """A person with an office and a state that follows: "Foreign Minister Ilena Brost of Sarveth"."""
    found = _last(_OF_BODY, sentence, start)
    if found and _OFFICE.search(sentence[max(0, start - BACK) : start]):
        yield from _name(found, max(0, start - BACK))


def names_after_pronoun(sentence: str) -> Iterator[tuple[str, int, int]]:
    """Names introduced as somebody's: "its commander, Moussa Ag Bahaty"; with the offset of the pronoun phrase."""
    patterns = (_PRONOUN_ROLE, _PRONOUN_NOUN, _SOMEBODY_NAMED)
    matches = {found.start("name"): found for pattern in patterns for found in pattern.finditer(sentence)}
    for found in matches.values():
        for name, start in _name(found, 0):
            yield name, start, found.start()
    for found in _NAME_PRONOUN.finditer(sentence):
        for name, start in _name(_last(_ENDS_WITH_NAME, sentence, found.start()), max(0, found.start() - BACK)):
            yield name, start, start


def names_of_speakers(sentence: str) -> Iterator[tuple[str, int]]:
    """The full name of whoever a sentence quotes without a word on who that is: "We came," Ana Ruiz said."""
    for found in _SPEAKER.finditer(sentence):
        name = found["after"] or found["before"]
        if name and not _NOT_PERSONS & set(name.split()):
            yield name, found.start("after" if found["after"] else "before")


def is_officer(words: str) -> bool:
    """Whether the words of a mention end with a noun for one person."""
    return bool(_OFFICER.search(words))


def special_envoys(sentence: str) -> Iterator[tuple[str, int]]:
    """Names of special representatives and envoys of whom the words do not say whose they are."""
    if _MAY_BE_SPECIAL.search(sentence):
        for pattern in (_SPECIAL_NAME, _NAME_SPECIAL):
            for found in pattern.finditer(sentence):
                if not _OWNED.search(sentence[max(0, found.start("post") - 30) : found.start("post")]):
                    yield from _name(found, 0)


def names_with_office(sentence: str) -> Iterator[tuple[str, int, int]]:
    """Names with an office of a state but no state ("Foreign Minister Abdoulaye Diop"); with the phrase's offset."""
    for found in _OFFICE.finditer(sentence):
        if found["office"].split()[0] not in HEADS | _FORMER:
            yield found["name"].removesuffix("'s").removesuffix("’s"), found.start("name"), found.start()


def _last(pattern: re.Pattern[str], sentence: str, end: int) -> re.Match[str] | None:
    """The match that ends at `end`; of a run of names the first that fits, which is the longest."""
    return pattern.search(sentence[max(0, end - BACK) : end])


def _name(found: re.Match[str] | None, offset: int) -> Iterator[tuple[str, int]]:
    if not found:
        return
    name = found["name"].removesuffix("'s").removesuffix("’s")
    skipped = max((title.end() for title in _TITLES.finditer(name)), default=0)
    name = name[skipped:]
    if name and not _NOT_PERSONS & set(name.split()):
        yield name, offset + found.start("name") + skipped
