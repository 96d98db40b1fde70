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
from model.reading.names import words
from model.reading.roles import FORCES, GOVERNMENTS, GROUPS, ORGANIZATIONS, PERSONS, TEAMS, singular


def _singulars(nouns: str) -> frozenset[str]:
    return frozenset(singular(noun) for noun in nouns.split("|"))


_FORCE: Final = _singulars(FORCES)
_GOVERNMENT: Final = _singulars(GOVERNMENTS)
_GROUP: Final = _singulars(GROUPS)
_PERSON: Final = _singulars(PERSONS)
_ARMED: Final = words("army front movement brigade force resistance militia rebel fighter guard legion battalion")
_OFFICES: Final = words("president minister premier king monarch chancellor queen emir sultan ruler")
_PASSING: Final = words(  # so many of them appear in an article that only the last one can be meant
    "official diplomat spokesman spokeswoman spokesperson delegate deputy aide adviser advisor officer secretary "
    "soldier head representative director chair counterpart"
)
_ANAPHORIC: Final = words("party group movement bloc alliance organization organisation union league body front")
_TELLING: Final = words("front league")  # as part of a name they say who is meant
_SAME: Final = (  # nouns for one person or body
    words("premier primeminister chancellor"),
    words("general commander colonel warlord strongman admiral"),
    words("mediator facilitator"),
    words("commissioner commission"),
    words("king monarch"),
)
_SAME_AS: Final = {noun: same for same in _SAME for noun in same}
BETWEEN: Final = words("envoy mediator go-between intermediary facilitator host co-chair observer moderator")
_STAND_BETWEEN: Final = words("envoy mediator go-between intermediary facilitator")
_TEAMS: Final = words("delegation team negotiator")
INNER: Final = {"opposition": "OPP", "parliament": "PARL", "lawmaker": "PARL", "legislature": "PARL"}
_SPECIFIC: Final = words("junta regime monarchy palace")  # words for one government among those of an article
_OF_GOVERNMENT: Final = words("government delegation army troop soldier")
_HOME: Final = words("government authoritie cabinet presidency palace leadership administration state")
_ALLIED: Final = words("bloc alliance organization organisation union")
DESCRIBING: Final = (
    {"opposition", "primeminister", "founder"}
    | _FORCE
    | _GOVERNMENT
    | _GROUP
    | _PERSON
    | _singulars(ORGANIZATIONS)
    | _singulars(TEAMS)
)

_ALL = {noun for nouns in (FORCES, GOVERNMENTS, GROUPS, ORGANIZATIONS, PERSONS) for noun in nouns.split("|")}
_PLURALS = {f"{noun}s" for noun in PERSONS.split("|") if noun[-1] not in "sy"}
_DEFINITE: Final = "|".join(
    sorted(_ALL | _PLURALS | {"delegation", "team", "opposition", "parliament", "lawmakers"}, key=len, reverse=True)
)
_QUALIFIERS: Final = (  # an adjective or so: no word that ends a phrase, no verb
    r"(?!(?:and|or|of|in|on|at|to|for|with|from|by|that|when|where|while|if|as|after|before|until|because|than|"
    r"but|not|only|also|who|which|was|were|is|are|has|had|have|will|would|said|says|former|"
    r"late|then|two|three|four|both|other|next|last|first|business|religious|church|union|party|world|community|local|tribal|student|no|any|every|each|some|all|its|"
    r"their|his|her|our|your|my|a|an|the|more|most|many)\b)"
    r"(?:[a-z][a-z-]+|U\.N\.|Islamist|Marxist|Special|Personal|Home|Foreign|Interior|Defen[cs]e|Finance|Justice)"
)
_PARTS_OF_FORCE: Final = (
    "post|position|commander|spokesman|spokeswoman|official|offer|delegation|leader|convoy|patrol|statement"
)
_NO_PARTY_AFTER: Final = (
    r"(?!-|(?<=opposition)\s+[A-Z]|\s+of\b(?!\s+[a-z]+ing\b|\s+(?:the\s+)?(?:defen[cs]e|foreign|interior|finance|justice))|['’]s\s+(?:office|headquarters)\b|\s+(?:operations?|campaign|option|action|solution|bases?|aid|buildings?|"
    r"lines?|talks|elections?|coup|rule|staff|position|line|version|results?|account|media|language|reason|visit|news)\b)"
)
_NOMINAL: Final = re.compile(
    r"(?<![\w’'-])(?:[Tt]he|[Tt]his|"
    rf"[Aa]n?(?=\s+(?:army|rebel|government|militia|insurgent|guerrilla)\s+(?:{_PARTS_OF_FORCE})))\s+"
    rf"(?:{_QUALIFIERS}\s+){{0,2}}?(?P<noun>(?i:{_DEFINITE}))\b{_NO_PARTY_AFTER}"
)
# "the kingdom's foreign ministry" is a party, "the kingdom" mostly a place
_COUNTRY: Final = re.compile(
    rf"(?<![\w’'-])(?:[Tt]he|[Tt]his)\s+(?:{_QUALIFIERS}\s+)?(?P<noun>country|kingdom|emirate|sultanate|republic|region|"
    r"territory|enclave|island)(?=['’]s\s)"
)
_HEADLINE: Final = re.compile(
    r"[“\"‘']?(?P<noun>Government|Army|Opposition|Parliament|Lawmakers|President|Premier|Minister|Envoy|Mediator|Junta|Military)"
    r"(?=\s+(?:and\s+)?[a-z])"
)
_BARE_NOMINAL: Final = re.compile(
    r"(?<![\w’'-])(?P<noun>(?i:rebels|insurgents|militants|guerrillas|separatists|paramilitaries)|"
    r"(?:rebel|army|government|guerrilla|militia)(?=\s+(?:forces|fighters|troops|leaders?|commanders?|officials?|"
    r"delegation|negotiators?|jets|soldiers|guns|groups?)\b))\b(?!-)"
)
_AFTER_DETERMINER: Final = re.compile(r"\b(?:[Tt]he|[Tt]hat|[Tt]his)\s+(?:[\w-]+\s+)?$")
_NAME_BEFORE: Final = re.compile(r"([A-ZÀ-Þ][\w’'-]*) $")
_PRIME: Final = re.compile(r"\bprime minister$")
_REBEL: Final = re.compile(r"\b(?:rebel|insurgent)\s")
_AFTER_NAME: Final = re.compile(
    r"(?:\s+\([^)]{2,12}\))?,\s+(?:an?|the|another)\s+(?P<words>(?:[\w’'-]+\s+){0,4}?)"
    rf"(?P<noun>(?i:{GROUPS}|{ORGANIZATIONS}|army))\b(?!['’-])"
)
_APPOSED: Final = re.compile(r"(?:\)|\s+\([^)]{2,12}\))?,\s+")
_NAMED_NEXT: Final = re.compile(  # "The group, which calls itself the", "a small group that broke away, the"
    r"(?:(?:,|\s+that|\s+of)[^,.;:\"“”]{0,60})?,?\s+(?:(?:that|which)\s+(?:calls\s+itself|is\s+called|goes\s+by\s+the\s+name\s+of)|"
    r"called|known\s+as|named)\s+(?:the\s+)?|(?:\s+(?:that|of|in|which|with)\s[^,.;:\"“”]{1,60})?,\s+(?:the\s+)?"
)
_SPECIAL: Final = re.compile(r"\b(?:[Ss]pecial|[Pp]ersonal)\s+(?:[Rr]epresentative|[Ee]nvoy)$")
_THE_NOUN: Final = re.compile(r"(?<![\w’'-])[Tt]he ([a-z]{3,})\b(?!-|\s+of\b)")
_ENDS_NAME: Final = re.compile(r"(?:\s+\([^)]{2,12}\))?,|['’]s?\s")
URGES: Final = re.compile(
    r"\b(?:urg|press|ask|call|told|accus|appeal|blam|between|with|against|demand|pushed|warn|condemn|thank|persuad|invit)\w*\b"
)
LEAD: Final = 3  # the title and the sentences after it, which name those whom the document is about
OF_LEAD: Final = 1  # what a mention there counts in addition
OF_GOVERNMENT: Final = 2  # what it counts for a state to be the home that the text speaks of its government
LATELY: Final = 2  # sentences through which "the president" stays the same
MAIN: Final = 3.0  # how many times as often, for "the rebels" to be another group than the one once called so
DOMINANT: Final = 2.0  # how many times as often as the next one an actor is mentioned to be the one meant


@dataclass(frozen=True)
class Nominal:
    """A common noun with its article, where it stands in the sentence, and the name before it ("Tigray rebels").

    `noun` is in the singular, "prime minister" is "primeminister".
    """

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
    """The actors of a document: how much it speaks of each, what it calls each, where each was last seen.

    `tally` counts the sentences that mention an actor, those of the lead for more; `earlier` is the tally of an earlier
    reading of the same document; `persons` are the actors of the persons in the last sentence, `mediators` the
    ids of those who mediate, `governing` of those whose government, army or delegation is named, `scene` is the state
    in which the sentence at hand begins.
    """

    actors: dict[str, Actor] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    earlier: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    called: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    seen: dict[str, int] = field(default_factory=dict)
    persons: list[Actor] = field(default_factory=list)
    mediators: set[str] = field(default_factory=set)
    governing: set[str] = field(default_factory=set)
    scene: Actor | None = None

    def add(self, actor: Actor, sentence: int) -> None:
        self.actors[actor.id] = actor
        if self.seen.get(actor.id) != sentence:
            self.tally[actor.id] += 1 + OF_LEAD * (sentence < LEAD)
        self.seen[actor.id] = sentence

    @property
    def counts(self) -> Counter[str]:
        """How much each actor weighs in the whole document, as far as it has been read."""
        return self.earlier or self.tally

    @property
    def between(self) -> set[str]:
        """Those who stand between the parties: whose envoy or mediator the document names."""
        return {id for noun in BETWEEN for id in self.called.get(noun, ())}

    @property
    def standing_between(self) -> set[str]:
        """Those who mediate, by what the document calls their people or lets them do, as far as it names them."""
        called = {id for noun in _STAND_BETWEEN for id in self.called.get(noun, ())}
        return (called | self.mediators) & set(self.actors)

    def call(self, noun: str, actor: Actor, sentence: int, stated: bool = True) -> None:
        """Remember that the document calls the actor by this noun; a rule took it to mean that where not `stated`."""
        noun = singular(noun)
        if stated and noun in _OF_GOVERNMENT:
            self.governing.add(actor.id)
        if noun in DESCRIBING:
            self.called[noun][actor.id] = sentence

    @property
    def home(self) -> str | None:
        """The state that the document is about: named, as an actor or a place, clearly more often than any other."""
        governed = Counter(dict.fromkeys(self.governing, OF_GOVERNMENT))
        weights = self.places + Counter({id: self.places[id] and extra for id, extra in governed.items()})
        weights = Counter({id: weight for id, weight in weights.items() if id not in self.mediators}) or weights
        first, *rest = [*weights.most_common(2), ("", 0)]
        return first[0] if first[1] >= 2 and first[1] > 1.3 * (rest[0][1] if rest else 0) else None


def nominals_in(sentence: str) -> Iterator[Nominal]:
    """The common nouns of a sentence that may stand for a party."""
    for found in _NOMINAL.finditer(sentence):
        noun = "army" if found["noun"] == "generals" else singular(found["noun"])
        noun = "rebel" if _REBEL.search(found[0]) else noun
        noun = "primeminister" if noun == "prime minister" or _PRIME.search(found[0]) else noun
        yield Nominal(found[0], found.start(), noun)
    for found in _COUNTRY.finditer(sentence):
        yield Nominal(found[0], found.start(), "country")
    for found in _BARE_NOMINAL.finditer(sentence):
        if not _AFTER_DETERMINER.search(sentence[max(0, found.start() - 30) : found.start()]):
            lead = _NAME_BEFORE.search(sentence[max(0, found.start() - 30) : found.start()])
            yield Nominal(found[0], found.start(), singular(found["noun"]), True, lead[1] if lead else "")


def heads_in(sentence: str, cast: Cast) -> Iterator[tuple[Actor, str, int]]:
    """Parties by the last word of a name that only the document has: "the brotherhood" for the Canal Brotherhood."""
    heads: dict[str, list[Actor]] = defaultdict(list)
    for actor in cast.actors.values():
        head = actor.name.split()[-1]
        if not actor.resolved and actor.type != "state" and " " in actor.name and head[:1].isupper():
            heads[head.lower()].append(actor)
    for found in _THE_NOUN.finditer(sentence):
        held = heads.get(found[1], [])
        if len(held) == 1 and singular(found[1]) not in DESCRIBING:
            yield held[0], found[0], found.start()


def is_named_next(nominal: Nominal, sentence: str, start: int, end: int) -> bool:
    """Whether the name that stands at start to end is that of the noun's party: "The ruling party, Frelimo, said"."""
    link = _NAMED_NEXT.fullmatch(sentence, nominal.end, start)
    return link is not None and ("call" in link[0] or "known" in link[0] or bool(_ENDS_NAME.match(sentence, end)))


def is_special(nominal: Nominal) -> bool:
    """Whether these are the words for an envoy of the United Nations' secretary-general."""
    return bool(_SPECIAL.search(nominal.text))


def headline_nominals(title: str) -> Iterator[Nominal]:
    """The noun without an article with which a title begins: "Lawmakers quarrel over talks"."""
    found = _HEADLINE.match(title)
    if found:
        yield Nominal(found["noun"], found.start("noun"), singular(found["noun"]))


def nouns_after(after: str) -> list[str]:
    """What the words behind a name call it: ", the paramilitary group that" gives "group" and "paramilitary"."""
    found = _AFTER_NAME.match(after)
    return [found["noun"], *found["words"].split()] if found else []


def resolve_nominal(
    nominal: Nominal, cast: Cast, sentence: str, index: int, left: Sequence[tuple[Actor, int]]
) -> Actor | None:
    """Whom the noun means; `left` are the actors before it in the sentence, with the ends of their mentions."""
    if left and _APPOSED.fullmatch(sentence, left[-1][1], nominal.start):
        return left[-1][0]
    if nominal.noun in INNER:
        return _inner(nominal, cast, index)
    if nominal.noun in _OFFICES or nominal.noun in _PERSON or nominal.noun == "primeminister":
        return _person(nominal, cast, sentence, index, left)
    if nominal.noun == "country":
        return _country(cast, index, left)
    if nominal.noun in _TEAMS:
        return _latest(cast.called.get(nominal.noun, {}), cast, index)
    if nominal.noun in _GOVERNMENT and not (nominal.noun in _SPECIFIC and cast.called.get(nominal.noun)):
        return _government(nominal, cast, sentence, index, left)
    return _body(nominal, cast, index)


def _body(nominal: Nominal, cast: Cast, index: int) -> Actor | None:
    """The group, force or organization that the noun means: called so, else named so, else of that type."""
    named = [id for id, actor in cast.actors.items() if nominal.lead and nominal.lead in actor.name.split()]
    if len(named) == 1 and cast.actors[named[0]].type != "state":
        return cast.actors[named[0]]
    called = list(cast.called.get(nominal.noun, ()))
    bearers = [id for id, actor in cast.actors.items() if nominal.noun in _own_words(actor) and _is_body(actor)]
    near = [id for id, seen in cast.seen.items() if index - seen == 1 and _is_body(cast.actors[id])]
    if nominal.noun in _TELLING and len(bearers) == 1 and bearers != near:
        return cast.actors[bearers[0]]
    if nominal.noun in _ANAPHORIC and len(near) == 1:
        return cast.actors[near[0]]
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
    if nominal.noun in _FORCE and not fitting:
        return cast.actors.get(cast.home or "") if not nominal.bare or nominal.noun == "army" else None
    if nominal.noun in _GROUP:
        plain = [id for id in fitting if not _has_other_noun(cast.actors[id], cast)]
        fitting = plain or fitting
    return cast.actors.get(_most_apt(fitting, cast, index))


def _person(nominal: Nominal, cast: Cast, sentence: str, index: int, left: Sequence[tuple[Actor, int]]) -> Actor | None:
    """Whose official the noun means: of whoever speaks here, of the only one called so, of a person just named."""
    office = nominal.noun in _OFFICES or nominal.noun == "primeminister"
    if office and cast.scene and not left:
        return cast.scene
    speaking = _speaking_state(nominal, cast, sentence, left) if office else None
    if speaking:
        return speaking
    called = {
        id: seen
        for noun in _SAME_AS.get(nominal.noun, {nominal.noun})
        for id, seen in cast.called.get(noun, {}).items()
    }
    if nominal.noun in _PASSING:
        only = next(iter(called), "") if len(called) == 1 and nominal.noun.startswith("spokes") else ""
        return _latest(called, cast, index) or cast.actors.get(only)
    if office and cast.home:
        lately = _latest(called, cast, index)
        return lately if lately and cast.home not in called else cast.actors.get(cast.home)
    if called:
        return cast.actors.get(_most_apt(list(called), cast, index)) or _latest(called, cast, index)
    near = {actor.id: actor for actor in cast.persons if actor.type == "state"}
    if office and len(near) == 1:
        return next(iter(near.values()))
    return cast.actors.get(cast.home or "") if office else None


def _country(cast: Cast, index: int, left: Sequence[tuple[Actor, int]]) -> Actor | None:
    """The state named last: in this sentence, else in the one before, else the one that the document is about."""
    here = [actor for actor, _ in left if actor.type == "state"]
    near = [id for id, seen in cast.seen.items() if index - seen == 1 and cast.actors[id].type == "state"]
    if here or cast.scene:
        return here[-1] if here else cast.scene
    return cast.actors[near[0]] if len(near) == 1 else cast.actors.get(cast.home or "")


def _latest(called: dict[str, int], cast: Cast, index: int) -> Actor | None:
    """The only one called so in the last sentences."""
    near = [id for id, seen in called.items() if 0 <= index - seen <= LATELY]
    return cast.actors.get(near[0]) if len(near) == 1 else None


def _inner(nominal: Nominal, cast: Cast, index: int) -> Actor | None:
    """The opposition or the parliament in the document; the state that it is about where it has none."""
    part = INNER[nominal.noun]
    called = cast.called.get(nominal.noun, {})
    known = list(called) or [id for id in cast.actors if id.endswith(f"/{part}")]
    if known:
        return cast.actors.get(_most_apt(known, cast, index))
    home = cast.actors.get(cast.home or "")
    return home if home and home.resolved else None


def _is_body(actor: Actor) -> bool:
    """Whether "the party" or "the group" may mean it: nothing like a state or the United Nations."""
    return actor.type in ("armed_group", "opposition", "coalition") or (actor.type != "state" and not actor.resolved)


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


def _speaking_state(nominal: Nominal, cast: Cast, sentence: str, left: Sequence[tuple[Actor, int]]) -> Actor | None:
    """The state that speaks in the sentence: "a U.S. official said the president was ready"."""
    states = [(actor, end) for actor, end in left if actor.type == "state"]
    return states[-1][0] if states and not URGES.search(sentence[states[-1][1] : nominal.start]) else None


def _government(
    nominal: Nominal, cast: Cast, sentence: str, index: int, left: Sequence[tuple[Actor, int]]
) -> Actor | None:
    states = [(cast.actors.get(actor.id.split("/")[0], actor), end) for actor, end in left]
    states = [(actor, end) for actor, end in states if actor.type == "state"]
    if cast.scene and not states:
        return cast.scene
    inside = [actor for actor, _ in left if "/" in actor.id]
    if inside and states:
        return states[-1][0]
    if states and not URGES.search(sentence[states[-1][1] : nominal.start]):
        return states[-1][0]
    of_minister = cast.called.get("minister", {}) if nominal.noun == "ministry" else {}
    names = cast.called.get(nominal.noun) or of_minister
    called = [id for id in names if id not in {actor.id for actor, _ in states}]
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
