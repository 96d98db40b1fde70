"""Collectives: "both sides", "the two warring parties", "the rivals" are the two parties that the document opposes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Final

from model.actors import Actor
from model.names import words

_STATES_ONLY: Final = words(
    "country capital government countries nations governments states capitals neighbors neighbours powers "
    "presidents ministers premiers"
)
_COLLECTIVE: Final = re.compile(
    r"(?<![\w’'-])(?:(?:[Bb]oth|[Nn]either|[Ee]ither|[Ee]ach|(?:(?:[Tt]he|[Tt]hese|[Tt]hose)\s+)?[Tt]wo|"
    r"[Tt]he)\s+(?:of\s+the\s+)?"
    r"(?:(?:(?:warring|opposing|rival|feuding|hostile|negotiating|neighbou?ring|opposing|old|bitter|nuclear-armed|"
    r"foreign|prime|longtime|[A-Z]\w+)\s+){0,2})"
    r"(?P<noun>sides?|of\s+them|country|capital|government|party|parties|countries|governments|rivals|neighbou?rs|"
    r"delegations|nations|capitals|leaders|states|powers|foes|enemies|camps|belligerents|adversaries|teams|"
    r"presidents|ministers|groups|movements|armies|factions))\b"
    r"(?!\s+(?:of|to\s+the\s+(?:19|20)\d\d)\b)"
)
_WEAK_NOUNS: Final = words(
    "side country capital government party countries governments neighbors neighbours nations capitals leaders "
    "states powers presidents ministers groups movements armies factions enemies delegations teams parties"
)
_PARTIES: Final = re.compile(r"[Tt]he\s+parties$")
_BARE: Final = re.compile(r"[Tt]he\s+(?!two\b)")
_HOSTILE: Final = re.compile(r"\b(?:warring|rival|opposing|feuding|hostile)\b")
_AND: Final = re.compile(
    r"(?:['’]s?)?(?:,[^,;\"]{1,60},|(?:\s+[\w’'-]+){0,3},?)\s+and\s+(?:the\s+|its\s+|by\s+|with\s+)?(?:(?:[a-z-]+|"
    r"[A-Z]\w+\.?)\s+){0,2}$"
)
_WITH: Final = re.compile(
    r"\b(?:against|fought|fights|fighting|between|meet|met|rival|enemy|foe|(?:talk\w*|war|deal|truce|peace|accord|"
    r"agreement|negotiat\w+|cease-?fire|clash\w*|battle\w*|meeting|sit\w*(?:\s+down)?)\s+with)\b"
)
_BETWEEN: Final = re.compile(r"\b(?:between|both)\s+(?:the\s+)?(?:[\w-]+\s+){0,2}$")
LEADING: Final = 6  # so many actors, the most mentioned ones, may be members
MOST: Final = 4.0  # more than this, what stands between two names does not count against how often they are named
NEAR_BONUS: Final = 1.5  # for two that the last two sentences name together
ENOUGH: Final = 1.5  # the least weight of a pair that a collective may mean


@dataclass(frozen=True)
class Collective:
    """A collective: its words, where they stand, whether only states are meant, whether it surely is one."""

    text: str
    start: int
    states_only: bool
    sure: bool


@dataclass
class Pairings:
    """Which two actors a document sets beside or against each other, how strongly, and which two it last meant."""

    weight: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    meant: tuple[str, str] | None = None

    def read(self, sentence: str, index: int, places: Sequence[tuple[Actor, int, int]]) -> None:
        """Count the pairs among the actors of a sentence, given with the start and end of their mentions."""
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
    for found in _COLLECTIVE.finditer(sentence):
        loose = bool(_PARTIES.match(found[0]))
        if not loose and _BARE.match(found[0]) and found["noun"] in _WEAK_NOUNS and not _HOSTILE.search(found[0]):
            continue
        yield Collective(found.group(), found.start(), found["noun"] in _STATES_ONLY, not loose)


def members(
    collective: Collective,
    pairings: Pairings,
    actors: dict[str, Actor],
    counts: Counter[str],
    index: int,
    others: set[str],
    mediating: set[str],
) -> list[Actor]:
    """The two actors that the collective means; none where the document does not set two against each other.

    `others` are the actors that the sentence shows outside it ("Cairo pressed both sides"), `mediating` those whose
    envoys or mediators the document names.
    """
    parties = (id for id in counts if id in actors and not id.endswith("/PARL") and id not in others)
    leading = sorted(parties, key=lambda id: -counts[id])[:LEADING]
    if collective.states_only:
        leading = [id for id in leading if actors[id].type == "state"]
    best: tuple[float, tuple[str, str]] = (0.0, ("", ""))
    for pair in combinations(sorted(leading), 2):
        kinds = [actors[id] for id in pair]
        score: float = min(MOST, pairings.weight[pair]) + 0.25 * min(counts[id] for id in pair)
        score += NEAR_BONUS if 0 <= index - pairings.seen.get(pair, -9) <= 2 else 0.0
        score += 0.5 if sum(actor.type in ("armed_group", "opposition") for actor in kinds) == 1 else 0.0
        score += 1.0 if pair == pairings.meant else 0.0
        score -= sum(actor.id in mediating or (actor.type == "organization" and actor.resolved) for actor in kinds)
        best = max(best, (score, pair))
    if best[0] < (ENOUGH if collective.sure else 2 * ENOUGH):
        return []
    pairings.meant = best[1]
    return [actors[id] for id in best[1]]
