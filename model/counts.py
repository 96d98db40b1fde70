"""Answers as counts: what the service keeps of its traffic and drift compares. Never a text or a name."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from model.labels import STANCES

BINS: Final = 10  # of the probability of the most probable stance, each 0.1 wide

Json = dict[str, Any]


def counts_of_answers(answers: Sequence[Mapping[str, Any]]) -> Json:
    """Sums over answers as `Prediction.as_json` makes them. `known_actors`, which they do not tell, is None."""
    stances, confidence, abstained = dict.fromkeys(STANCES, 0), [0] * BINS, 0
    for answer in answers:
        stance = answer["stance"]
        stances[stance] += 1
        confidence[min(int(answer["stance_probabilities"][stance] * BINS), BINS - 1)] += 1
        abstained += answer["abstained"]
    return {
        "pairs": len(answers), "stances": stances, "abstained": abstained, "confidence": confidence,
        "known_actors": None,
    }  # fmt: skip
