"""Whom a sentence speaks of: its subject, and all that it mentions, as what a pronoun may mean."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from model.reading.clauses import Clauses
from model.reading.mentions import Mention
from model.reading.sexes import sex_of
from model.reading.speakers import Speaker, names_of, names_person
from model.reading.speech_words import OFFICE, OTHER_SIDE
from model.reading.strangers import is_person_noun, is_stranger, stranger, strangers_in

Entity = tuple[int, Speaker]  # where it stands in the sentence

OPENING: Final = 150  # the characters that introduce somebody with whom a sentence begins

_PREFIX: Final = re.compile(  # datelines, the time of an entry, the label of a turn, quotation marks
    r"(?:[A-Z][A-Z .,'’]{2,40}(?:\([\w ]+\)\s*)?(?:,[\w .]{3,12})?\s*[—–-]+\s+|"
    r"(?:[A-Z][\w.]{1,11}\s+)?\d{1,4}(?:[:.]\d\d)?(?:\s?[ap]\.?m\.?)?(?:\s+[A-Z][\w.]{1,11})?(?:,?\s+\d{4})?\s*[:—–-]+\s+|"
    r"[A-Z][\w.'’-]{0,30}(?:\s[A-Z][\w.'’-]{0,30}){0,3}\s?:\s+)?"
    r"[\"“”„«»'‘—–\s\0-]*"
)
_BEFORE_SUBJECT: Final = re.compile(
    r"(?:[^,\0]{0,60},\s+)?(?:[Bb]ut|[Aa]nd|[Yy]et|[Ss]o)?\s*(?:[Tt]he|[Aa]n?|[Bb]oth)?\s*"
)
_OFFICIAL_OF: Final = re.compile(  # "A spokeswoman for the army": whom "she" means next
    rf"(?:The|An?|One)\s+(?:[\w-]{{1,30}}\s+){{0,2}}{OFFICE}\s+(?:for|of|from|in|at)\s+(?:the\s+)?"
)
_PLURAL: Final = re.compile(
    r"(?:s|men|people|both|two|Taliban|police)$|\b(?:sides|rebels|officials|leaders|forces|members|delegates|men|both|authorities)\b",
    re.IGNORECASE,
)
_SINGULAR: Final = re.compile(r"\b(?:States|Nations|Emirates|Netherlands|Philippines)$|['’]s$")
_HE_OR_SHE: Final = re.compile(r"\b(he|she)\b")
_OWNED: Final = re.compile(  # "His opposite number, Gerardo Blyde"
    r"(?:[Hh]is|[Hh]er|[Ii]ts|[Tt]heir) ((?:[a-z-]{1,20}\b ?){1,3})"
)
_APPOSED: Final = re.compile(r"(?:[Hh]is|[Hh]er|[Ii]ts|[Tt]heir)(?: [\w-]+){1,4},? (?:the )?")
_NAME: Final = re.compile(r"(?:[A-ZÀ-Þ][\w-]{1,30}\.?\s?){1,4}")
_MET: Final = re.compile(
    r"\b(?:met|meets?|(?:spoke|spoken|talked|sat down|shook hands|agreed|negotiated|(?:held|resumed) talks) with)\b"
)
_NOTHING: Final = re.compile(r"(?:Nobody|No one|Nothing|It|There|We|I|Who|What|Why|How|You)\b")
_BODY_AFTER: Final = re.compile(
    r"['’]s?\s+(?:[\w-]+\s+)?(?:government|army|military|ministry|parliament|delegation|office|side|team|leadership|wing|forces|"
    r"cabinet)\b",
    re.IGNORECASE,
)


def prefix_end(text: str) -> int:
    """Where a sentence begins after its dateline, the time of its entry or the label of its turn."""
    prefix = _PREFIX.match(text)
    return prefix.end() if prefix else 0


def entities_in(text: str, mentions: Sequence[Mention]) -> list[Entity]:
    """The referents that mentions make, from left to right."""
    ordered = sorted(mentions, key=lambda mention: mention.start)
    entities = [
        (start, _referent(text, list(here))) for start, here in groupby(ordered, key=lambda mention: mention.start)
    ]
    return entities + [(mention.start, owner) for mention in ordered if (owner := _owner(mention))]


def with_strangers(text: str, entities: Sequence[Entity], mentions: Sequence[Mention]) -> list[Entity]:
    """The entities of a sentence and, among them, persons who are no mention."""
    return sorted([*entities, *strangers_in(text, mentions)], key=lambda entity: entity[0])


def subject_of(
    text: str, entities: Sequence[Entity], clauses: Clauses, known: frozenset[str] = frozenset()
) -> Speaker | None:
    """Whoever or whatever a sentence begins with; a Speaker without actors where that is no party.

    `known` are the surnames of persons who are no mentions. None where the subject is a word that nothing can
    refer to again: "nobody", "there".
    """
    start = prefix_end(text)
    start = clauses.leads(start, len(text)) or start
    if owned := _OWNED.match(text, start):
        return _owned(text, start, owned[1], entities)
    for at, referent in entities:
        if at >= start and (at == start or _BEFORE_SUBJECT.fullmatch(text, start, at)):
            group = clauses.group(at, at + OPENING) if referent.actors else None
            together = group and group.start == at and len(group.speaker.actors) > 1
            return replace(group.speaker, plural=True) if group and together else referent
        if at >= start and _OFFICIAL_OF.fullmatch(text, start, at):
            return replace(referent, person=True, names=frozenset(), sex=sex_of(text[start:at]), plural=False)
    name = _NAME.match(text, start)
    titled = next((referent for at, referent in entities if name and name.start() <= at < name.end()), None)
    if titled and titled.person:
        return titled
    if name and not known.isdisjoint(name.group().split()):
        return Speaker(person=True, names=known.intersection(name.group().split()))
    if is_stranger(text[start : start + OPENING]):
        return replace(stranger(text[start : start + OPENING]), person=True)
    return None if _NOTHING.match(text, start) else Speaker()


def _owned(text: str, start: int, noun: str, entities: Sequence[Entity]) -> Speaker:
    """Whom "its envoy, Ana Ruiz" or "its envoy" means: the mention in apposition, else somebody of the owner's."""
    named = next((referent for at, referent in entities if _APPOSED.fullmatch(text, start, at)), None)
    if named:
        return named
    if OTHER_SIDE.search(noun):
        return Speaker(person=True)
    owner = next((referent for at, referent in entities if at == start), Speaker())
    return replace(
        owner, person=is_person_noun(noun), names=frozenset(), sex=sex_of(noun), plural=noun.rstrip().endswith("s")
    )


def together_in(text: str, entities: Sequence[Entity]) -> Speaker | None:
    """The two parties of which a sentence tells that they met: whom "they" may mean next."""
    actors = {actor.id: actor for _, referent in entities for actor in referent.actors}
    return Speaker(tuple(actors.values()), "party", plural=True) if len(actors) == 2 and _MET.search(text) else None


def sexes_by_pronoun(text: str, entities: Sequence[Entity]) -> list[tuple[str, str]]:
    """What the pronoun after the only person of a sentence tells: the names of the person, each with "he" or "she"."""
    persons = [(at, each) for at, each in entities if each.person]
    if len(persons) != 1:
        return []
    at, person = persons[0]
    told = _HE_OR_SHE.search(text, at)
    return [(name, told[1].casefold()) for name in person.names] if told else []


def _owner(mention: Mention) -> Speaker | None:
    """The person of "Maduro's men", whom "his" may mean next."""
    name = mention.text.replace("’", "'").partition("'s ")[0].rpartition(" ")[2]
    persons = (alias.text for alias in mention.actor.aliases if alias.kind == "person")
    if "s " not in mention.text or not any(text.rpartition(" ")[2] == name for text in persons):
        return None
    return Speaker((mention.actor,), "party", person=True, names=frozenset({name}))


def _referent(text: str, mentions: Sequence[Mention]) -> Speaker:
    first = mentions[0]
    person = len(mentions) == 1 and names_person(text, first)
    head = first.text.split()[-1]
    several = (
        _PLURAL.search(first.text) and not _SINGULAR.search(first.text) and (head.islower() or first.kind == "demonym")
    )
    plural = len(mentions) > 1 or bool(several and not person)
    actors = tuple(mention.actor for mention in mentions)
    names = names_of(first.text) or frozenset({f"{first.actor.id} {first.text.split()[-1]}"}) if person else frozenset()
    return Speaker(
        actors,
        "party",
        person,
        names,
        sex=sex_of(first.text) or (_registered_sex(first) if person else ""),
        plural=plural,
    )


def _registered_sex(mention: Mention) -> str:
    """The sex that the registry's full name tells of a person whom the text calls by surname."""
    ending = " " + mention.text.rpartition(" ")[2]
    full = (alias.text for alias in mention.actor.aliases if alias.kind == "person" and alias.text.endswith(ending))
    return next((sex for sex in map(sex_of, full) if sex), "")
