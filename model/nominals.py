"""Common nouns that stand for a party named elsewhere in the document: "the movement", "the army", "the rebels".

A noun goes to the actor that the document has called by it, else to the only one whose type it fits. Where two
are equally apt it goes to nobody: a wrong pair costs as much as a missed one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from model.actors import Actor
from model.names import words
from model.roles import FORCES, GOVERNMENTS, GROUPS, ORGANIZATIONS, PERSONS, TEAMS, singular


def _singulars(nouns: str) -> frozenset[str]:
    return frozenset(singular(noun) for noun in nouns.split("|"))


_FORCE: Final = _singulars(FORCES)
_GOVERNMENT: Final = _singulars(GOVERNMENTS)
_GROUP: Final = _singulars(GROUPS)
_PERSON: Final = _singulars(PERSONS)
_ARMED: Final = words("army front movement brigade force resistance militia rebel fighter guard legion battalion")
_OFFICES: Final = words("president minister premier king monarch chancellor")
_SPECIFIC: Final = words("junta regime monarchy palace")  # words for one government among those of an article
_HOME: Final = words("government authoritie cabinet presidency palace leadership administration")
_ALLIED: Final = words("bloc alliance organization organisation union")
DESCRIBING: Final = _FORCE | _GOVERNMENT | _GROUP | _PERSON | _singulars(ORGANIZATIONS) | _singulars(TEAMS)

_ALL = {noun for nouns in (FORCES, GOVERNMENTS, GROUPS, ORGANIZATIONS, PERSONS) for noun in nouns.split("|")}
_DEFINITE: Final = "|".join(sorted(_ALL | {"delegation", "team", "negotiators"}, key=len, reverse=True))
_QUALIFIERS: Final = (
    "rebel|armed|Islamist|insurgent|militant|ruling|main|regional|smaller|larger|paramilitary|separatist|guerrilla|"
    "militia|leftist|Marxist|communist|ethnic|religious|nuclear|U\\.N\\.|world|trade|central|federal|national|"
    "interim|transitional|military|caretaker|southern|northern|eastern|western|leading"
)
_PARTS_OF_FORCE: Final = (
    "post|position|commander|spokesman|spokeswoman|official|offer|delegation|leader|convoy|patrol|statement"
)
_NO_PARTY_AFTER: Final = (
    r"(?!-|\s+of\b(?!\s+(?:the\s+)?(?:defen[cs]e|foreign|interior|finance|justice))|['’]s\s+(?:office|headquarters)\b|\s+(?:operations?|campaign|option|action|solution|bases?|aid|buildings?|"
    r"lines?|talks|elections?|coup|rule)\b)"
)
_NOMINAL: Final = re.compile(
    r"(?<![\w’'-])(?:[Tt]he|[Tt]hat|[Tt]his|"
    rf"[Aa]n?(?=\s+(?:army|rebel|government|militia|insurgent|guerrilla)\s+(?:{_PARTS_OF_FORCE})))\s+"
    rf"(?:(?:{_QUALIFIERS})\s+){{0,2}}?(?P<noun>{_DEFINITE})\b{_NO_PARTY_AFTER}"
)
_BARE_NOMINAL: Final = re.compile(
    r"(?<![\w’'-])(?P<noun>(?i:rebels|insurgents|militants|guerrillas|separatists|paramilitaries)|"
    r"(?:rebel|army|government|guerrilla|militia)(?=\s+(?:forces|fighters|troops|leaders?|commanders?|officials?|"
    r"delegation|negotiators?|jets|soldiers|guns|groups?)\b))\b(?!-)"
)
_AFTER_DETERMINER: Final = re.compile(r"\b(?:[Tt]he|[Tt]hat|[Tt]his)\s+(?:[\w-]+\s+)?$")
_NAME_BEFORE: Final = re.compile(r"([A-ZÀ-Þ][\w’'-]*) $")
_REBEL: Final = re.compile(r"\b(?:rebel|insurgent)\s")
_AFTER_NAME: Final = re.compile(
    r"(?:\s+\([^)]{2,12}\))?,\s+(?:an?|the|another)\s+(?P<words>(?:[\w’'-]+\s+){0,4}?)"
    rf"(?P<noun>(?i:{GROUPS}|{ORGANIZATIONS}|army))\b(?!['’-])"
)
URGES: Final = re.compile(
    r"\b(?:urg|press|ask|call|told|accus|appeal|blam|between|with|against|demand|pushed|warn|condemn|thank|persuad|invit)\w*\b"
)
LATELY: Final = 2  # sentences through which "the president" stays the same
MAIN: Final = 3.0  # how many times as often, for "the rebels" to be another group than the one once called so
DOMINANT: Final = 2.0  # how many times as often as the next one an actor is mentioned to be the one meant


@dataclass(frozen=True)
class Nominal:
    """A common noun with its article, where it stands in the sentence, and the name before it ("Tigray rebels")."""

    text: str
    start: int
    noun: str
    bare: bool = False
    lead: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass
class Cast:
    """The actors of a document: how many sentences mention each, what each is called, where each was last seen."""

    actors: dict[str, Actor] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    called: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    seen: dict[str, int] = field(default_factory=dict)

    def add(self, actor: Actor, sentence: int) -> None:
        self.actors[actor.id] = actor
        self.counts[actor.id] += self.seen.get(actor.id) != sentence
        self.seen[actor.id] = sentence

    def call(self, noun: str, actor: Actor, sentence: int) -> None:
        """Remember that the document calls the actor by this noun."""
        noun = singular(noun)
        if noun in DESCRIBING:
            self.called[noun][actor.id] = sentence

    @property
    def home(self) -> str | None:
        """The state that the document is about: named, as an actor or a place, clearly more often than any other."""
        first, *rest = [*self.places.most_common(2), ("", 0)]
        return first[0] if first[1] >= 2 and first[1] > 1.3 * (rest[0][1] if rest else 0) else None


def nominals_in(sentence: str) -> Iterator[Nominal]:
    """The common nouns of a sentence that may stand for a party."""
    for found in _NOMINAL.finditer(sentence):
        noun = "army" if found["noun"] == "generals" else singular(found["noun"])
        noun = "rebel" if _REBEL.search(found[0]) else noun
        yield Nominal(found[0], found.start(), noun)
    for found in _BARE_NOMINAL.finditer(sentence):
        if not _AFTER_DETERMINER.search(sentence[max(0, found.start() - 30) : found.start()]):
            lead = _NAME_BEFORE.search(sentence[max(0, found.start() - 30) : found.start()])
            yield Nominal(found[0], found.start(), singular(found["noun"]), True, lead[1] if lead else "")


def nouns_after(after: str) -> list[str]:
    """What the words behind a name call it: ", the paramilitary group that" gives "group" and "paramilitary"."""
    found = _AFTER_NAME.match(after)
    return [found["noun"], *found["words"].split()] if found else []


def resolve_nominal(
    nominal: Nominal, cast: Cast, sentence: str, index: int, left: Sequence[tuple[Actor, int]]
) -> Actor | None:
    """Whom the noun means; `left` are the actors before it in the sentence, with the ends of their mentions."""
    if nominal.noun in _OFFICES:
        return _speaking_state(nominal, cast, sentence, left) or _only_called(nominal, cast, index)
    if nominal.noun in _GOVERNMENT and not (nominal.noun in _SPECIFIC and cast.called.get(nominal.noun)):
        return _government(nominal, cast, sentence, index, left)
    named = [id for id, actor in cast.actors.items() if nominal.lead and nominal.lead in actor.name.split()]
    if len(named) == 1 and cast.actors[named[0]].type != "state":
        return cast.actors[named[0]]
    called = list(cast.called.get(nominal.noun, ()))
    if nominal.noun in _FORCE and cast.home:
        called = [id for id in called if cast.actors[id].type == "state" or _fits(cast.actors[id], nominal.noun)]
    if called:
        main = _main_group(cast) if nominal.noun in _GROUP else ""
        lately = any(index - cast.seen.get(id, -9) <= LATELY for id in called)
        return cast.actors.get(_most_apt(called if lately or not main else [main], cast, index))
    fitting = [id for id, actor in cast.actors.items() if nominal.noun in _own_words(actor)]
    if nominal.noun in _FORCE and cast.home:
        fitting = [id for id in fitting if _fits(cast.actors[id], nominal.noun)]
    fitting = fitting or [id for id, actor in cast.actors.items() if _fits(actor, nominal.noun)]
    if nominal.noun in _PERSON:
        return None
    if nominal.noun in _FORCE and not fitting:
        return cast.actors.get(cast.home or "") if not nominal.bare or nominal.noun == "army" else None
    if nominal.noun in _GROUP:
        plain = [id for id in fitting if not _has_other_noun(cast.actors[id], cast)]
        fitting = plain or fitting
    return cast.actors.get(_most_apt(fitting, cast, index))


def _main_group(cast: Cast) -> str:
    """The armed group that the document mentions far more often than any other; "" where there is none."""
    groups = sorted((id for id, actor in cast.actors.items() if _fits(actor, "rebel")), key=lambda id: -cast.counts[id])
    if len(groups) < 2:
        return ""
    return groups[0] if cast.counts[groups[0]] >= MAIN * cast.counts[groups[1]] else ""


def _has_other_noun(actor: Actor, cast: Cast) -> bool:
    """Whether the document calls the actor something that its name does not: "a militia"."""
    other = _GROUP - _own_words(actor)
    return any(actor.id in called for noun, called in cast.called.items() if noun in other)


@lru_cache(maxsize=4096)
def _words(name: str) -> frozenset[str]:
    return frozenset(singular(word) for word in re.findall(r"\w+", name))


def _own_words(actor: Actor) -> frozenset[str]:
    return _words(actor.name)


def _most_apt(ids: Sequence[str], cast: Cast, index: int) -> str:
    """The only one, or the dominant one, or the only one of the last two sentences; "" where none is clear."""
    if len(ids) < 2:
        return ids[0] if ids else ""
    by_count = sorted(ids, key=lambda each: -cast.counts[each])
    if cast.counts[by_count[0]] >= DOMINANT * cast.counts[by_count[1]]:
        return by_count[0]
    near = [id for id in ids if index - cast.seen.get(id, -9) <= 1]
    return near[0] if len(near) == 1 else ""


def _only_called(nominal: Nominal, cast: Cast, index: int) -> Actor | None:
    """The one lately called so."""
    called = [id for id in cast.called.get(nominal.noun, ()) if index - cast.seen.get(id, -9) <= LATELY]
    return cast.actors.get(_most_apt(called, cast, index))


def _speaking_state(nominal: Nominal, cast: Cast, sentence: str, left: Sequence[tuple[Actor, int]]) -> Actor | None:
    """The state that speaks in the sentence: "a U.S. official said the president was ready"."""
    states = [(actor, end) for actor, end in left if actor.type == "state"]
    return states[-1][0] if states and not URGES.search(sentence[states[-1][1] : nominal.start]) else None


def _government(
    nominal: Nominal, cast: Cast, sentence: str, index: int, left: Sequence[tuple[Actor, int]]
) -> Actor | None:
    states = [(cast.actors.get(actor.id.split("/")[0], actor), end) for actor, end in left]
    states = [(actor, end) for actor, end in states if actor.type == "state"]
    inside = [actor for actor, _ in left if "/" in actor.id]
    if inside and states:
        return states[-1][0]
    if states and not URGES.search(sentence[states[-1][1] : nominal.start]):
        return states[-1][0]
    called = [id for id in cast.called.get(nominal.noun, {}) if id not in {actor.id for actor, _ in states}]
    if called:
        return cast.actors.get(_most_apt(called, cast, index))
    if nominal.noun in _HOME and cast.home:
        return cast.actors.get(cast.home)
    near = [id for id, seen in cast.seen.items() if index - seen == 1 and cast.actors[id].type == "state"]
    return cast.actors[near[0]] if len(near) == 1 else None


def _fits(actor: Actor, noun: str) -> bool:
    """Whether the noun may stand for such an actor: rebels are an armed group that is nobody's regular army."""
    own = _own_words(actor)
    regular = bool({"army", "armed", "military"} & own) and not {"liberation", "resistance", "people"} & own
    if noun in _FORCE:
        return regular and actor.resolved
    if noun in _GROUP:
        if not actor.resolved and actor.type != "state":
            return bool(_ARMED & own)
        return not regular and (actor.type == "armed_group" or (actor.type != "state" and bool(_ARMED & own)))
    return noun in _ALLIED and actor.type in ("organization", "coalition") and actor.resolved
