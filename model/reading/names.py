"""The shapes of proper names in running text: persons, titles, acronyms, runs of capitalised words."""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from model.actors import Actor, Alias, Match, unresolved_actor

WORD: Final = r"(?:[A-ZÀ-ÞĀ-Ž][\w’'-]{0,40})"
PARTICLE: Final = r"(?:al|el|ag|bin|ben|ibn|de|van|von|der|da|dos|del|di|du|la|le|ul|ould|wa|y)"
TITLE: Final = (
    r"(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Maj|Capt|Brig|Sgt|Adm|Rev|Sen|Prof|Amb)\.|Mr|Mrs|Ms|Dr|Sir|Lady|Lord|Sheikh|"
    r"Mullah|"
    r"Mawlawi|Ayatollah|King|Queen|Prince|Princess|Emir|Sultan|President|Premier|Chancellor|Secretary|Ambassador|"
    r"General|Colonel|Commander|Senator|Imam|Field Marshal|Marshal|Admiral|Major|Captain|Brigadier|Lieutenant|"
    r"Minister|Prime Minister|Envoy|Professor"
)
_BEFORE_SURNAME: Final = (
    r"Mr\.|Ms\.|Mrs\.|Dr\.|Gen\.|Col\.|General|Colonel|Commander|Captain|Sheikh|Minister|Ambassador"
)
_AFTER_TITLE: Final = "|".join(rf"(?<={title} )" for title in _BEFORE_SURNAME.split("|"))
PERSON: Final = (
    rf"(?:(?:{TITLE})\s+)*(?P<name>(?:{WORD}|(?:[A-Z]\.){{1,3}})(?:\s+(?:{PARTICLE}\s+)?(?:al-|el-|bin-)?"
    rf"(?:{WORD}|[A-Z]\.)){{1,4}}|(?:{_AFTER_TITLE}){WORD})"
)
ACRONYM: Final = r"[A-Z][A-Z&-]{1,9}s?"
SHORT: Final = 4  # a given name of so few letters is no name by itself; longer ones are in many languages
BRACKET: Final = re.compile(rf"\s*\(\s*(?:the\s+)?[\"“']?({ACRONYM})[\"”']?\s*[,)]")
NESTED: Final = 3  # so many stretches may lie within one another, as a name within a role


def words(text: str) -> frozenset[str]:
    """The words of a list that is written as running text."""
    return frozenset(text.split())


LEADING: Final = words(
    "Also Separately The A An But On In At Yet When While If As And Or For From With After Before Since Then "
    "Although Though So Nor By To Of Both Neither Either That This These Those Their Its His Her Our Under Until "
    "Unless Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July "
    "August September October November December Asked Last Next Early Late Even Only Once Now Earlier Later "
    "Meanwhile President Prime Minister Gen Mr Will Would Should Could Can May Might Must Does Do Did Has "
    "Have Had Is Are "
    "Was Were Why How What Where Who Whose Which Whom Into Through Between Against Across Among Like Unlike "
    "Because "
    "Whether Despite During Within Without Over About Around Not No Never Let Take Ask Here There Again Still "
    "Instead "
    "Perhaps Maybe Even Such Each Every Some Any Many Most Few All Another Other Others Neither Nobody None "
    "One Two "
    "Three Four Five Six Seven Eight Nine Ten Outside Inside Behind Beyond Near Along Soon Today Yesterday "
    "Tomorrow "
    "Tonight Said Says Says Told Finally First Second Third We You He She It They I My Your Ours Me Us Them Him Q "
    "Question Answer Yes Well Only Just Indeed However Moreover Thus Hence Once Twice Rather Than"
)
# What somebody does who talks, refuses or agrees: persons, parties and states, but no place and no thing.
ACT: Final = (
    r"(?:(?:also|now|still|then|later|never|again|at\s+once|on\s+[A-Z]\w+day|today|yesterday)\s+)?(?:(?:turn(?:s|ed)?|"
    r"vote[sd]?)\s+down|say|said|says|wants?|wanted|refuse[sd]?|reject(?:s|ed)?|accept(?:s|ed)?|agree[sd]?|"
    r"demand(?:s|ed)?|insist(?:s|ed)?|den(?:y|ies|ied)|offer(?:s|ed)?|ha(?:s|ve)\s+(?:offered|said|refused|agreed|accepted|"
    r"rejected|demanded|asked)|call(?:s|ed)?|replie[sd]|answer(?:s|ed)?|threaten(?:s|ed)?|warn(?:s|ed)?|"
    r"oppose[sd]?|back(?:s|ed)?|support(?:s|ed)?|join(?:s|ed)?|quits?|promise[sd]?|urge[sd]?|asks?|asked|told|tells?|"
    r"accuse[sd]?|blame[sd]?|announce[sd]?|propose[sd]?|invite[sd]?|hint(?:s|ed)?|complain(?:s|ed)?|protest(?:s|ed)?|"
    r"plead(?:s|ed)?|will\s+(?:not|only|talk|come|sign|join|accept|attend|return|meet)|would\s+(?:not|only|talk|come|sign|"
    r"join|accept|attend|return|meet|rather)|balk(?:s|ed)?|boycott(?:s|ed)?|welcome[sd]?|walk(?:s|ed)\s+out|retorted|"
    r"denounce[sd]?|condemn(?:s|ed)?|thank(?:s|ed)?|vow(?:s|ed)?|declare[sd]?|press(?:es|ed)?|appeal(?:s|ed)?|decline[sd]?|"
    r"countered|sends?|sent|pledge[sd]?|sign(?:s|ed)?)\b"
)
# What may stand between a name and what it does: "(FQB)", ", which feeds the crews,", ", a smaller band,".
ASIDE: Final = r"(?:\s+\([^)]{1,30}\))?(?:,\s+(?:which|who|whose|an?|the|with|for\s+its)\s[^,.;\n]{1,120},)?"
POLITY: Final = (
    r"(?:state|nation|country|republic|kingdom|emirate|sultanate|monarchy|principality|federation|power|neighbou?r)"
)


# What the head of a party's name is.
HEADS: Final = words(
    "Movement Front Army Council Party Union Alliance Forces Force Coalition Authority League Congress Brigade "
    "Brigades Guard Guards Bloc Federation Confederation Organization Organisation Commission Committee Community "
    "Junta Command Militia Emirate Unionists Democrats Rebels Tigers Fighters Agency Secretariat Faction "
    "Brotherhood Coordination Resistance Opposition Assembly Republic Administration Directorate Platform Forum "
    "Battalion Battalions Tribes Clans Defenders Patriots Partisans Volunteers Legion Network Column Liga "
    "Partnership Board Society Collective Initiative List Corps Cartel Group Groups Parties Fronts Unions "
    "Movements Chiefs "
    "Circle Chamber Wing Cell Bureau Guild Association Syndicate Compact Covenant Conference Vanguard Caucus"
)


def party_of(name: str, forms: dict[str, str]) -> Actor:
    """An actor that only the document names, with its other names in it and their kinds."""
    return replace(unresolved_actor(name), aliases=tuple(Alias(form, kind) for form, kind in forms.items()))


def name_forms(name: str) -> tuple[str, ...]:
    """What a person is called after the full name: that name, the surname, the surname with its particle."""
    parts = name.split()
    last = parts[-1]
    forms = [name, last]
    if "-" in last and last.split("-")[0] in ("al", "el", "Al", "El"):
        forms += [last.split("-", 1)[1], last.capitalize()[:3] + last[3:]]
    if len(parts) > 2 and re.fullmatch(PARTICLE, parts[-2], re.IGNORECASE):
        forms.append(f"{parts[-2]} {last}")
    forms += [parts[0]] if len(parts[0]) > SHORT else []
    forms += [f"{title} {parts[0]}" for title in ("Mr.", "Ms.", "Mrs.", "Mr", "Ms")]
    return tuple(form for form in dict.fromkeys(forms) if len(form) > 2)


class Spans:
    """Stretches of a sentence that are taken, kept in order."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether a stretch meets one that is taken."""
        at = bisect_left(self._spans, (end, -1))
        return at > 0 and any(taken > start for _, taken in self._spans[max(0, at - NESTED) : at])

    def add(self, start: int, end: int) -> None:
        insort(self._spans, (start, end))


def leftmost_longest(matches: list[Match]) -> list[Match]:
    """Matches that do not overlap, as in a single search: the first, and of those that start together the longest."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda each: (each.start, -len(each.text))):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept
