"""Collectives: "both sides", "the two warring parties", "the rivals" are the two parties that the document opposes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Final

from model.actors import Actor
from model.reading.mentions import Mention
from model.reading.names import words

_STATES_ONLY: Final = words(
    "country capital government countries nations governments states capitals neighbors neighbours powers "
    "presidents ministers premiers kingdoms republics administrations"
)
_ADJECTIVES: Final = (
    r"(?:(?:warring|opposing|rival|feuding|hostile|negotiating|neighbou?ring|old|bitter|nuclear-armed|foreign|"
    r"prime|"
    r"longtime|chief|main|[A-Z]\w+)\s+){0,2}"
)
_ANY: Final = (  # words that may stand between "both" and its noun
    r"(?:(?!(?:and|or|of|in|on|at|to|for|with|from|by|that|who|which|was|were|is|are|has|had|have|will|would|"
    r"said|says|"
    r"sides?|parties|of)\b)[A-Za-z][\w'’-]*\s+){0,3}?"
)
_COLLECTIVE: Final = re.compile(
    r"(?<![\w’'-])(?:(?:[Bb]oth|[Nn]either|[Ee]ither|[Ee]ach|(?:[Aa]ll\s+)?(?:(?:[Tt]he|[Tt]hese|[Tt]hose)\s+)?"
    rf"(?P<count>[Tt]wo|[Tt]hree))\s+(?:of\s+the\s+)?{_ANY}|(?:[Aa]ll\s+(?:the\s+)?|[Tt]he\s+){_ADJECTIVES})"
    r"(?P<noun>sides?|of\s+them|country|capital|government|party|parties|countries|governments|rivals|neighbou?rs|"
    r"delegations?|nations|capitals|leaders|states|powers|foes|enemies|camps?|belligerents|adversaries|teams?|"
    r"presidents|ministers|groups|fronts|rebels|militias|movements|armies|factions|administrations|negotiators|"
    r"envoys|mediators|facilitators|kingdoms|republics|"
    r"chambers?|houses|leaderships|opponents|partners|men|women|premiers|commanders|generals|blocs)\b"
    r"(?!\s+(?:of|to\s+the\s+(?:19|20)\d\d)\b)"
)
_VERB: Final = (
    r"(?:also\s+|now\s+|still\s+|then\s+|later\s+|in\s+turn\s+)?(?:has|have|had|is|are|was|were|will|would|can|"
    r"could|may|"
    r"might|must|did|do|does|say|says|said|want|wants|wanted|insists?|claims?|needs?|knows?|thinks?|fears?|blames?|"
    r"accuses?|refuses?|[a-z]+ed|took|left|sent|came|went|met|spoke|gave|got|kept)\b"
)
_ALONE: Final = re.compile(  # "Neither has paid", "both said so", "which of the two"
    r"(?<![\w’'-])(?:"
    rf"(?:(?<=^)|(?<=: )|(?<=[“\"—-])|(?<=— )|(?<=- ))(?:[Bb]oth|[Ee]ach|[Nn]either)(?=\s+{_VERB})|"
    r"[Tt]he\s+two(?=\s+(?:of\s+them\b|(?:have|had|are|were|will|would|can|could|did|do|met|say|said|last|also|"
    r"still)\b))|"
    r"(?:[Ww]hich|[Ee]ach|[Ee]ither|[Oo]ne)\s+of\s+the\s+two(?=\s+[a-z]+|"
    r"[.?!,])(?!\s+(?:[a-z]+s)\b(?<!was)(?<!is)(?<!has))|"
    r"(?:[Bb]oth|[Ee]ach|[Nn]either|[Tt]he\s+two)\s+of\s+them\b)"
)
_ALL_THREE: Final = re.compile(
    rf"(?<![\w’'-])(?:(?:[Aa]ll|[Nn]one\s+of\s+the|[Ee]ach\s+of\s+the|[Oo]f\s+the)\s+three(?:\s+of\s+them)?(?=\s+{_VERB}|[.,;?!])|"
    r"[Tt]he\s+three(?:\s+of\s+them\b|(?=\s+(?:to|have|had|are|were|will|would|can|could|agreed|met|said)\b)))"
)
_THREE: Final = re.compile(r"the\s+three", re.IGNORECASE)
_NOR: Final = re.compile(r"[^.;]{0,60}\bnor\b")
_WEAK_NOUNS: Final = words(
    "side country capital government party countries governments neighbors neighbours nations capitals leaders "
    "states powers presidents ministers groups fronts rebels militias camps movements armies factions enemies "
    "delegations teams parties delegation "
    "camp team administrations negotiators envoys kingdoms republics leaderships opponents partners men women "
    "premiers "
    "commanders generals blocs chamber chambers houses envoys mediators facilitators"
)
_COUNTED: Final = re.compile(r"(?:two|three)\s", re.IGNORECASE)  # "two men", unlike "the two men"
_GROUPS_ONLY: Final = words("groups fronts rebels militias movements factions")
_ARMED: Final = re.compile(r"\b(?:rebel|guerrilla|insurgent|militia|separatist)\s")
_PERSONS: Final = words("leaders men women presidents ministers premiers commanders generals")
_ENVOYS: Final = words("envoys mediators facilitators")
_SIDES: Final = words(
    "groups fronts sides rivals neighbors neighbours foes adversaries belligerents governments capitals camps"
)
_PARTIES: Final = re.compile(r"[Tt]he\s+parties$")
_ALL: Final = re.compile(r"[Aa]ll\s")
_ALL_OF: Final = words("sides parties countries governments delegations capitals")
_BARE: Final = re.compile(r"[Tt]he\s+(?!(?:two|three)\b)")
_HOSTILE: Final = re.compile(r"\b(?:warring|rival|opposing|feuding|hostile)\b")
_AND: Final = re.compile(
    r"(?:['’]s?)?(?:,[^,;\"]{1,60},|(?:\s+[\w’'-]+){0,3},?)\s+and\s+(?:the\s+|its\s+|by\s+|with\s+)?(?:(?:[a-z-]+|"
    r"[A-Z]\w+\.?)\s+){0,2}$"
)
_COMMA: Final = re.compile(r"(?:['’]s?)?,\s+(?:the\s+)?(?:[a-z]+\s+)?")
_LAST: Final = re.compile(r"(?:['’]s?)?,?\s+and\s+(?:the\s+)?(?:[a-z]+\s+)?")
_WITH: Final = re.compile(
    r"\b(?:against|fought|fights|fighting|between|meet|met|rival|enemy|foe|(?:talk\w*|war|deal|truce|peace|accord|"
    r"agreement|negotiat\w+|cease-?fire|clash\w*|battle\w*|meeting|sit\w*(?:\s+down)?)\s+with)\b"
)
_BETWEEN: Final = re.compile(r"\b(?:between|both)\s+(?:the\s+)?(?:[\w-]+\s+){0,2}$")
_MEDIATES: Final = re.compile(  # what comes behind the name of one that mediates
    r"(?:['’]s?(?:\s+[\w-]+){1,3})?(?:,[^,]{1,60},)?\s+(?:[\w-]+\s+){0,4}?(?:mediat(?:e|es|ed|ing)|host(?:s|ed|"
    r"ing)?|broker(?:s|ed|ing)|"
    r"facilitat(?:e|es|ed|ing)|chair(?:s|ed|ing)|(?:open(?:s|ed|ing)?|conven(?:e|es|ed|ing))\s+(?:the\s+)?(?:[a-z-]+\s+)?(?:talks|round|conference|meeting)|(?:brings?|brought|urge[sd]?|press(?:es|ed)|invite[sd]?)\s+"
    r"(?:both|the\s+two|the\s+sides|the\s+parties|the\s+rivals))\b"
)
LEADING: Final = 6  # so many actors, the most mentioned ones, may be members
MOST: Final = 4.0  # more than this, what stands between two names does not count against how often they are named
NEAR_BONUS: Final = 1.5  # for two that the last two sentences name together
CLEAR: Final = 5  # sentences that name an actor; more say no more
INNER: Final = 1.0  # for a state and a party inside it
MEDIATOR: Final = 2.0  # what counts against one that mediates
ENOUGH: Final = 1.5  # the least weight of a pair that a collective may mean


OTHER: Final = re.compile(
    r"(?<![\w’'-])[Tt]he\s+other\s+(?:side|camp|delegation|team|party|government|capital|country|half|table)\b"
)


@dataclass(frozen=True)
class Collective:
    """A collective: its words, where they stand, how many it means, and what sort of collective it is.

    `states_only` and `groups_only` are true where the noun means states or armed groups, `sure` where the words surely
    are a collective, `bare` where they have no noun and mean what was named last ("Neither has paid"),
    `any_number` where it may be three as well as two, `persons` where it means people whom the text names, `envoys`
    where it means those who mediate.
    """

    text: str
    start: int
    states_only: bool = False
    groups_only: bool = False
    sure: bool = True
    bare: bool = False
    count: int = 2
    any_number: bool = False
    persons: bool = False
    envoys: bool = False


@dataclass
class Pairings:
    """Which two actors a document sets beside or against each other, how strongly, and which two it last meant.

    `threes` counts the three that it lists together, `mediators` holds those who stand between.
    """

    weight: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    mediators: set[str] = field(default_factory=set)
    meant: tuple[str, str] | None = None
    threes: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def read(self, sentence: str, index: int, places: Sequence[tuple[Actor, int, int]]) -> None:
        """Count the pairs among the actors of a sentence, given with the start and end of their mentions."""
        for three in zip(places, places[1:], places[2:], strict=False):
            (_, _, end), (_, begin, close), (_, last, _) = three
            ids = {actor.id for actor, _, _ in three}
            if len(ids) == 3 and _COMMA.fullmatch(sentence, end, begin) and _LAST.fullmatch(sentence, close, last):
                self.threes[tuple(sorted(ids))] += 1
        for actor, _, end in places:
            if _MEDIATES.match(sentence, end, end + 130):
                self.mediators.add(actor.id)
        for (first, start, end), (second, begin, _) in pairwise(places):
            if first.id == second.id or end > begin:
                continue
            words = sentence[end:begin]
            beside = bool(_AND.fullmatch(words))
            between = beside and bool(_BETWEEN.search(sentence[max(0, start - 30) : start]))
            against = len(words) < 60 and bool(_WITH.search(words))
            weight = 3.0 if between else 1.5 if against else 1.0 if beside else 0.25
            key = (min(first.id, second.id), max(first.id, second.id))
            self.weight[key] += weight
            self.seen[key] = index


def collectives_in(sentence: str) -> Iterator[Collective]:
    """The collectives of a sentence; a bare "the" needs a noun that only means opponents, as "the sides"."""
    ends = 0
    for found in _COLLECTIVE.finditer(sentence):
        loose = bool(_PARTIES.match(found[0]))
        if _ALL.match(found[0]) and found["count"] is None and found["noun"] not in _ALL_OF:
            continue
        if not loose and _BARE.match(found[0]) and found["noun"] in _WEAK_NOUNS and not _HOSTILE.search(found[0]):
            continue
        loosely = bool(found["count"]) and _COUNTED.match(found[0]) is not None and found["noun"] not in _SIDES
        if loosely and not (found["count"].lower() == "three" and found["noun"] in _STATES_ONLY):
            continue
        three = (found["count"] or "").lower() == "three" or bool(_ALL.match(found[0]))
        ends = found.end()
        yield Collective(
            found[0],
            found.start(),
            states_only=found["noun"] in _STATES_ONLY,
            groups_only=found["noun"] in _GROUPS_ONLY or bool(_ARMED.search(found[0])),
            persons=found["noun"] in _PERSONS,
            envoys=found["noun"] in _ENVOYS,
            sure=not loose and not loosely,
            bare=found["noun"].startswith("of"),
            any_number=bool(_ALL.match(found[0]) or _BARE.match(found[0])),
            count=2 + three,
        )
    for found in _ALONE.finditer(sentence, ends):
        if not _NOR.match(sentence, found.end()):
            yield Collective(found[0], found.start(), bare=True)
    for found in _ALL_THREE.finditer(sentence, ends):
        yield Collective(found[0], found.start(), count=3, sure=not _THREE.fullmatch(found[0]))


def members(
    collective: Collective,
    pairings: Pairings,
    actors: dict[str, Actor],
    counts: Counter[str],
    index: int,
    others: set[str],
    mediating: set[str],
    last: Sequence[Mention] = (),
) -> list[Actor]:
    """The actors that the collective means; none where the document does not set them against each other.

    `others` are the actors that the sentence shows outside it ("Cairo pressed both sides"), `mediating` those whose
    envoys or mediators the document names, `last` the mentions of the sentence before.
    """
    together = [mention for mention in last if mention.kind == "collective"]
    named = list(dict.fromkeys(mention.actor.id for mention in together or last if mention.actor.id not in others))
    if len(named) == collective.count and (collective.bare or collective.count > 2):
        pairings.meant = (min(named[:2]), max(named[:2]))
        return [actors[id] for id in named if id in actors]
    if collective.bare and collective.count == 2 and len(named) > collective.count:
        return []
    parties = (id for id in counts if id in actors and not id.endswith("/PARL") and id not in others)
    leading = sorted(parties, key=lambda id: -counts[id])[:LEADING]
    apt = _is_government if collective.states_only else _is_group if collective.groups_only else None
    fitting = [id for id in leading if apt is None or apt(actors[id])]
    leading = fitting if len(fitting) >= collective.count or collective.groups_only else leading
    listed, times = next(iter(pairings.threes.most_common(1)), ((), 0))
    if (times > 1 and collective.any_number) or (times and collective.count > 2):
        return [actors[id] for id in listed if id in actors]
    if collective.count > 2 and (collective.any_number or not collective.sure):
        return []
    if collective.count > 2:
        leading = [id for id in leading if id not in mediating | pairings.mediators]
        clear = len(leading) > 2 and (len(leading) == 3 or counts[leading[2]] > counts[leading[3]])
        return [actors[id] for id in leading[:3]] if clear else []
    best: tuple[float, tuple[str, str]] = (0.0, ("", ""))
    for pair in combinations(sorted(leading), 2):
        if collective.bare and not set(named) <= set(pair):
            continue
        kinds = [actors[id] for id in pair]
        score: float = min(MOST, pairings.weight[pair]) + 0.75 * min(CLEAR, *(counts[id] for id in pair))
        score += NEAR_BONUS if 0 <= index - pairings.seen.get(pair, -9) <= 2 else 0.0
        score += 0.5 if sum(actor.type in ("armed_group", "opposition") for actor in kinds) == 1 else 0.0
        score += 1.0 if pair == pairings.meant else 0.0
        score -= MEDIATOR * sum(actor.id in mediating | pairings.mediators for actor in kinds)
        score -= sum(actor.type == "organization" and actor.resolved and not actor.parent for actor in kinds)
        score += INNER if kinds[0].parent == kinds[1].id or kinds[1].parent == kinds[0].id else 0.0
        best = max(best, (score, pair))
    if best[0] < (ENOUGH if collective.sure else 2 * ENOUGH):
        return []
    pairings.meant = best[1]
    return [actors[id] for id in best[1]]


def _is_group(actor: Actor) -> bool:
    return actor.type == "armed_group" or (not actor.resolved and actor.type != "state")


def _is_government(actor: Actor) -> bool:
    return actor.type == "state" or "government" in actor.name.lower()


def other_side(pair: Sequence[Actor], left: Sequence[Actor], previous: Sequence[Actor]) -> Actor | None:
    """Of two opponents the one that "the other side" means: not the one named before it, here or a sentence ago."""
    for named in (left, previous):
        here = [actor for actor in pair if any(actor.id == each.id for each in named)]
        if len(here) == 1:
            return next(actor for actor in pair if actor.id != here[0].id)
    return None
