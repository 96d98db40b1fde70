"""Temperatures and abstention: how a trained network's numbers become honest probabilities."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from model.scorer import softmax

MIN_PRECISION = 0.85
MIN_COVERAGE = 0.2  # a threshold that leaves less than this unanswered helps nobody


@dataclass(frozen=True)
class Abstention:
    """Below `stance_probability` a pair abstains; precision and coverage are of the rows it was chosen on."""

    stance_probability: float
    wanted_precision: float
    precision: float
    coverage: float

    def as_json(self) -> dict[str, float]:
        return asdict(self)


def fit_temperature(logits: NDArray[np.float32], labels: Sequence[int]) -> float:
    """The temperature with the least negative log-likelihood (Guo et al. 2017); labels of -1 are left out."""
    truth = np.asarray(labels)
    rows = np.flatnonzero(truth >= 0)
    if len(rows) == 0:
        return 1.0

    def loss(temperature: float) -> float:
        chosen = softmax(logits[rows], temperature)[np.arange(len(rows)), truth[rows]]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    return float(minimize_scalar(loss, bounds=(0.2, 10.0), method="bounded").x)


def choose_abstention(
    probabilities: NDArray[np.float64], labels: Sequence[int], wanted: float = MIN_PRECISION
) -> Abstention:
    """The lowest threshold at which the answered rows are right often enough.

    Where no threshold reaches the wanted precision, the one with the best precision at a coverage of
    at least MIN_COVERAGE is taken, and its precision says so.
    """
    truth = np.asarray(labels)
    known = truth >= 0
    confidence = probabilities.max(axis=1)[known]
    right = (probabilities.argmax(axis=1) == truth)[known]
    if len(right) == 0:
        return Abstention(0.0, wanted, 0.0, 1.0)
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= wanted)
    least = max(1, int(MIN_COVERAGE * len(order)))
    last = (
        int(enough[-1]) if len(enough) and enough[-1] + 1 >= least else least - 1 + int(precision[least - 1 :].argmax())
    )
    threshold = 0.0 if last + 1 == len(order) else float(confidence[order[last]])
    threshold = np.floor(threshold * 1e6) / 1e6  # down, so that the last answered row stays answered
    return Abstention(float(threshold), wanted, float(precision[last]), (last + 1) / len(order))
