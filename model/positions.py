"""The actor table of a document: each actor's position in its own words, and, apart from it, what others claim.

Only pairs in the actor's own voice count toward its position: its own words, and its deeds as the text tells them.
What a sentence surely puts in the past (R13 of the codebook) is counted apart as well.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from model.labels import SENTIMENTS, STANCES

OWN_VOICES: Final = ("self", "narrator")
CONFIDENCES: Final = {"high": 0.9, "moderate": 0.75}  # from which calibrated probability on; below both it is low

Json = dict[str, Any]
Indexed = tuple[int, Json]


def actor_table(pairs: Sequence[Json], calibrated: bool) -> list[Json]:
    """One row an actor of the scored pairs of one document, the most mentioned first.

    `stances` and `sentiments` count all pairs of the actor, `own` those in its own voice, `past` those in its own voice
    that tell of an earlier time (they are not in `own`), and `claims` those of others, by who makes them. `position` is
    the stance other than `none` with the most probability over the own pairs that are sure of one; `evidence` the
    indexes of the own pairs that show it, the surest first, and empty for `none`. `confidence` is in words, and None
    where the probabilities are not `calibrated` or there is nothing to be sure of.
    """
    by_actor: dict[str, list[Indexed]] = defaultdict(list)
    for index, pair in enumerate(pairs):
        by_actor[pair["actor"]].append((index, pair))
    rows = [_actor_row(each, calibrated) for each in by_actor.values()]
    return sorted(rows, key=lambda row: -int(row["count"]))


def is_own(pair: Mapping[str, Any]) -> bool:
    """Does the pair tell the actor's own position, rather than what somebody else says of it?"""
    return pair["voice"] in OWN_VOICES


def _actor_row(indexed: Sequence[Indexed], calibrated: bool) -> Json:
    own = [(index, pair) for index, pair in indexed if is_own(pair) and not pair["past"]]
    past = [(index, pair) for index, pair in indexed if is_own(pair) and pair["past"]]
    position = _position(pair for _, pair in own)
    evidence = _evidence(own, position)
    first = indexed[0][1]
    return {
        "actor": first["actor"],
        "actor_name": first["actor_name"],
        "count": len(indexed),
        "stances": _count(STANCES, "stance", indexed),
        "own": _count(STANCES, "stance", own),
        "past": _count(STANCES, "stance", past),
        "abstained": sum(pair["abstained"] for _, pair in indexed),
        "position": position,
        "own_statement": any(pair["stance"] != "none" for _, pair in own),
        "confidence": _confidence(own, evidence, position) if calibrated else None,
        "claims": _claims(indexed),
        "conditions": _conditions(indexed),
        "sentiments": _count(SENTIMENTS, "sentiment", indexed),
        "best_quote": _best_quote(own, evidence),
        "evidence": evidence,
    }


def _count(labels: Sequence[str], field: str, indexed: Sequence[Indexed]) -> dict[str, int]:
    return {label: sum(pair[field] == label for _, pair in indexed) for label in labels}


def _position(own: Iterable[Json]) -> str:
    weight: dict[str, float] = defaultdict(float)
    for pair in own:
        if pair["stance"] != "none" and not pair["abstained"]:
            weight[pair["stance"]] += pair["stance_probabilities"][pair["stance"]]
    return max(weight, key=weight.__getitem__) if weight else "none"


def _evidence(own: Sequence[Indexed], position: str) -> list[int]:
    showing = [(index, pair) for index, pair in own if pair["stance"] == position != "none"]
    return [index for index, _ in sorted(showing, key=_by_probability(position), reverse=True)]


def _by_probability(stance: str) -> Callable[[Indexed], float]:
    return lambda each: float(each[1]["stance_probabilities"][stance])


def _confidence(own: Sequence[Indexed], evidence: Sequence[int], position: str) -> str | None:
    """In words, the probability of the surest pair that shows the position."""
    if position == "none":
        return None
    surest = dict(own)[evidence[0]]["stance_probabilities"][position]
    return next((word for word, least in CONFIDENCES.items() if surest >= least), "low")


def _claims(indexed: Sequence[Indexed]) -> list[Json]:
    """What others say of the actor's stance, by who says it; those who say nothing of it are left out."""
    by_voice: dict[str, list[Indexed]] = defaultdict(list)
    for index, pair in indexed:
        if not is_own(pair) and pair["stance"] != "none":
            by_voice[pair["voice"]].append((index, pair))
    return [
        {"by": voice, "stances": _count(STANCES, "stance", each), "pairs": [index for index, _ in each]}
        for voice, each in by_voice.items()
    ]


def _conditions(indexed: Sequence[Indexed]) -> list[Json]:
    return [
        {"text": pair["condition"]["text"], "kind": pair["condition"]["kind"], "voice": pair["voice"], "pair": index}
        for index, pair in indexed
        if pair["condition"]
    ]


def _best_quote(own: Sequence[Indexed], evidence: Sequence[int]) -> int | None:
    """The surest pair that shows the position in the actor's own words, else the surest deed."""
    spoken = {index for index, pair in own if pair["voice"] == "self"}
    return next((index for index in evidence if index in spoken), next(iter(evidence), None))
