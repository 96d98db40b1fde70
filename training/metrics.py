"""Measures of a classifier and of its probabilities, with intervals by bootstrap over sentences."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, matthews_corrcoef, precision_recall_fscore_support

RESAMPLES = 1000
DRAWS_AT_ONCE = 2_000_000  # groups drawn together: bounds the memory of many resamples
POWER = 2.8  # standard errors between nothing and what is found with 80 % power at the 5 % level
Labels = NDArray[np.int64]
Probabilities = NDArray[np.float64]
Flags = NDArray[np.bool_]


def macro_f1(
    truth: Labels, predicted: Labels, classes: int, skip_last: bool = False, present_only: bool = False
) -> float:
    """Mean F1 over 0..classes-1, quick enough for thousands of resamples; a class never seen nor said counts 0.

    `present_only` leaves out the classes that `truth` does not have: for small parts of a set.
    """
    table = np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)
    hits = np.diag(table)
    total = table.sum(axis=0) + table.sum(axis=1)
    scores = np.divide(2 * hits, total, out=np.zeros(classes), where=total > 0)
    if present_only:
        return float(scores[table.sum(axis=1) > 0].mean())
    return float(scores[: classes - 1 if skip_last else classes].mean())


def interval(
    measure: Callable[[NDArray[np.int64]], float], groups: Sequence[str], seed: int = 7, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """95 % interval of `measure(rows)` when whole groups (sentences) are drawn again with replacement."""
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    blocks = [np.asarray(rows) for rows in members.values()]
    chance = np.random.default_rng(seed)
    values = [
        measure(np.concatenate([blocks[i] for i in chance.integers(0, len(blocks), len(blocks))]))
        for _ in range(resamples)
    ]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True)
class Difference:
    """Two F1 on the same rows, the 95 % interval of `right` minus `left`, and the least difference it could show.

    `detectable` has 80 % power at the 5 % level; it is never less than that of a single row that differs.
    """

    left: float
    right: float
    low: float
    high: float
    detectable: float

    @property
    def gain(self) -> float:
        return self.right - self.left


def paired_f1(
    truth: Labels,
    left: Labels,
    right: Labels,
    groups: Sequence[str],
    classes: int,
    resamples: int = RESAMPLES,
    seed: int = 7,
) -> list[Difference]:
    """The difference in macro-F1, then in the F1 of each class: paired bootstrap over whole groups (sentences).

    Quick enough for 10,000 resamples of thousands of rows, since F1 needs only the counts of each group.
    """
    counts = _counts(truth, (left, right), classes)
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    by_group = np.zeros((len(numbers), counts.shape[1]))
    np.add.at(by_group, [numbers[group] for group in groups], counts)
    drawn = _f1(_resampled_sums(by_group, resamples, seed), classes)
    measured = _f1(counts.sum(axis=0, keepdims=True), classes)[0]
    scores = np.concatenate([measured.mean(axis=1, keepdims=True), measured], axis=1)
    spread = np.concatenate([drawn.mean(axis=2, keepdims=True), drawn], axis=2)
    gains = spread[:, 1] - spread[:, 0]
    low, high = np.percentile(gains, [2.5, 97.5], axis=0)
    detectable = POWER * np.maximum(gains.std(axis=0), 1 / len(truth))
    columns = zip(scores[0], scores[1], low, high, detectable, strict=True)
    return [Difference(*(float(value) for value in column)) for column in columns]


def _counts(truth: Labels, answers: Sequence[Labels], classes: int) -> Probabilities:
    """A row each: which class is true, then for each set of answers which class was said, and whether rightly."""
    one_hot = np.eye(classes)
    parts = [one_hot[truth]]
    for answer in answers:
        parts += [one_hot[answer], one_hot[truth] * one_hot[answer]]
    return np.concatenate(parts, axis=1)


def _resampled_sums(by_group: Probabilities, resamples: int, seed: int) -> Probabilities:
    chance = np.random.default_rng(seed)
    groups = len(by_group)
    at_once = max(1, DRAWS_AT_ONCE // groups)
    sums = []
    for start in range(0, resamples, at_once):
        size = min(at_once, resamples - start)
        drawn = chance.integers(0, groups, (size, groups)) + groups * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * groups).reshape(size, groups)
        sums.append(times.astype(np.float64) @ by_group)
    return np.concatenate(sums)


def _f1(sums: Probabilities, classes: int) -> Probabilities:
    """F1 of shape (sums, answers, classes) from summed counts; a class never seen nor said counts 0."""
    parts = sums.reshape(len(sums), -1, classes)
    said, hits = parts[:, 1::2], parts[:, 2::2]
    total = parts[:, :1] + said
    return np.divide(2 * hits, total, out=np.zeros_like(total), where=total > 0)


def reliability(probabilities: Probabilities, truth: Labels, bins: int = 15) -> list[dict[str, float]]:
    """Confidence in the top class against how often it is right, in bins of equal mass."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    return [
        {"rows": len(part), "confidence": float(confidence[part].mean()), "accuracy": float(right[part].mean())}
        for part in parts
        if len(part)
    ]


def calibration_error(probabilities: Probabilities, truth: Labels, bins: int = 15) -> float:
    """Expected calibration error of the top class, in bins of equal mass."""
    parts = reliability(probabilities, truth, bins)
    return sum(part["rows"] * abs(part["confidence"] - part["accuracy"]) for part in parts) / len(truth)


def calibration_floor(probabilities: Probabilities, bins: int = 15, seed: int = 7, draws: int = 200) -> float:
    """The calibration error that perfect probabilities would show on so few rows, by drawing outcomes from them."""
    confidence = np.sort(probabilities.max(axis=1))
    chance = np.random.default_rng(seed)
    right = chance.random((draws, len(confidence))) < confidence
    parts = np.array_split(np.arange(len(confidence)), bins)
    gaps = [len(part) * np.abs(right[:, part].mean(axis=1) - confidence[part].mean()) for part in parts if len(part)]
    return float(np.sum(gaps, axis=0).mean() / len(confidence))


def likelihoods(probabilities: Probabilities, truth: Labels) -> dict[str, float]:
    """Mean negative log-likelihood, and the Brier score summed over the classes."""
    chosen = probabilities[np.arange(len(truth)), truth]
    wanted = np.eye(probabilities.shape[1])[truth]
    return {
        "negative_log_likelihood": float(-np.log(np.maximum(chosen, 1e-12)).mean()),
        "brier": float(((probabilities - wanted) ** 2).sum(axis=1).mean()),
    }


def risk_and_coverage(probabilities: Probabilities, truth: Labels) -> dict[str, Any]:
    """Accuracy when only the surest share of the rows is answered, and the area under the risk-coverage curve."""
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    right = (probabilities.argmax(axis=1) == truth)[order]
    accuracy = np.cumsum(right) / np.arange(1, len(right) + 1)
    shares = [percent / 100 for percent in range(10, 101, 10)]
    answered = {share: max(1, round(share * len(right))) for share in shares}
    return {
        "area_under_risk_coverage": float((1 - accuracy).mean()),
        "accuracy_at_coverage": {f"{share:.1f}": float(accuracy[rows - 1]) for share, rows in answered.items()},
        "coverage_at_accuracy": {f"{wanted:.2f}": _coverage(accuracy, wanted) for wanted in (0.85, 0.90, 0.95)},
    }


def _coverage(accuracy: Probabilities, wanted: float) -> float:
    enough = np.flatnonzero(accuracy >= wanted)
    return float((enough[-1] + 1) / len(accuracy)) if len(enough) else 0.0


def coverage_at(probabilities: Probabilities, truth: Labels, wanted: float) -> float:
    """The largest share of the rows, the surest first, of which at least `wanted` are right."""
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    right = (probabilities.argmax(axis=1) == truth)[order]
    return _coverage(np.cumsum(right) / np.arange(1, len(right) + 1), wanted)


def mcnemar(left: Flags, right: Flags) -> float:
    """Two-sided exact p of McNemar's test that two classifiers are right equally often on the same rows."""
    only_left, only_right = int((left & ~right).sum()), int((right & ~left).sum())
    if only_left + only_right == 0:
        return 1.0
    return float(binomtest(only_left, only_left + only_right).pvalue)


def mcnemar_worse(left: Flags, right: Flags) -> float:
    """One-sided exact p of McNemar's test that `right` is right as often as `left`, against less often."""
    only_left, only_right = int((left & ~right).sum()), int((right & ~left).sum())
    if only_left + only_right == 0:
        return 1.0
    return float(binomtest(only_left, only_left + only_right, alternative="greater").pvalue)


def detectable_difference(left: Flags, right: Flags) -> float:
    """The difference in accuracy that these rows would show with 80 % power at the 5 % level (Card et al. 2020)."""
    return 2.8 * math.sqrt(max(float((left != right).mean()), 1 / len(left)) / len(left))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """p values adjusted for their number (Holm 1979)."""
    adjusted: dict[str, float] = {}
    highest = 0.0
    for rank, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        highest = max(highest, min(1.0, p * (len(p_values) - rank)))
        adjusted[name] = highest
    return adjusted


def classification(truth: Labels, predicted: Labels, names: Sequence[str]) -> dict[str, Any]:
    """Per class precision, recall, F1 and support; accuracy; confusion (rows are the truth)."""
    labels = list(range(len(names)))
    precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    return {
        "accuracy": float((truth == predicted).mean()),
        "macro_f1": macro_f1(truth, predicted, len(names)),
        # Where one class is all there is, it is not defined, and scikit-learn would warn.
        "matthews": float(matthews_corrcoef(truth, predicted)) if len({*truth, *predicted}) > 1 else 0.0,
        "classes": {
            name: {
                "precision": float(precision[i]), "recall": float(recall[i]), "f1": float(f1[i]),
                "support": int(support[i]),
            }
            for i, name in enumerate(names)
        },
        "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
    }  # fmt: skip
