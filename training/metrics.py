"""Measures of a classifier, with intervals by bootstrap over sentences."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

RESAMPLES = 1000
Labels = NDArray[np.int64]


def macro_f1(truth: Labels, predicted: Labels, classes: int, skip_last: bool = False) -> float:
    """Mean F1 over 0..classes-1, quick enough for thousands of resamples; a class never seen nor said counts 0."""
    table = np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)
    hits = np.diag(table)
    total = table.sum(axis=0) + table.sum(axis=1)
    scores = np.divide(2 * hits, total, out=np.zeros(classes), where=total > 0)
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


def calibration_error(probabilities: NDArray[np.float64], truth: Labels, bins: int = 15) -> float:
    """Expected calibration error of the top class, in bins of equal mass."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    gaps = [len(part) * abs(confidence[part].mean() - right[part].mean()) for part in parts if len(part)]
    return float(sum(gaps) / len(truth))


def classification(truth: Labels, predicted: Labels, names: Sequence[str]) -> dict[str, Any]:
    """Per class precision, recall, F1 and support; accuracy; confusion (rows are the truth)."""
    labels = list(range(len(names)))
    precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    return {
        "accuracy": float((truth == predicted).mean()),
        "macro_f1": macro_f1(truth, predicted, len(names)),
        "classes": {
            name: {
                "precision": float(precision[i]), "recall": float(recall[i]), "f1": float(f1[i]),
                "support": int(support[i]),
            }
            for i, name in enumerate(names)
        },
        "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
    }  # fmt: skip
