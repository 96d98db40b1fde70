"""How good a bundle is, on rows that it never saw, measured on what is served (the quantised model)."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.labels import SENTIMENTS, STANCES
from model.scorer import Scorer, softmax
from training.metrics import calibration_error, classification, interval, macro_f1
from training.rows import LabelledPair

MIN_SLICE = 30  # a slice with fewer rows says nothing
Labels = NDArray[np.int64]
Json = dict[str, Any]


def evaluate(
    scorer: Scorer, sets: Mapping[str, Sequence[LabelledPair]], controls: Mapping[str, Mapping[str, Sequence[int]]]
) -> Json:
    """Measures for each named set of rows; `controls` holds predicted stances by set and control."""
    report: Json = {"model": scorer.bundle.name, "sets": {}}
    for name, rows in sets.items():
        stance, sentiment = scorer.logits([row.pair for row in rows])
        stance_temperature, sentiment_temperature = scorer.bundle.temperatures
        part: Json = {"rows": len(rows)}
        with_stance = [i for i, row in enumerate(rows) if row.stance]
        if with_stance:
            known = [rows[i] for i in with_stance]
            chosen = controls.get(name, {}) if len(known) == len(rows) else {}
            part["stance"] = stance_report(
                known, softmax(stance[with_stance], stance_temperature), scorer.bundle.abstain_below, chosen
            )
        with_sentiment = [i for i, row in enumerate(rows) if row.sentiment]
        if with_sentiment:
            truth = np.asarray([SENTIMENTS.index(str(rows[i].sentiment)) for i in with_sentiment])
            probabilities = softmax(sentiment[with_sentiment], sentiment_temperature)
            part["sentiment"] = classification(truth, probabilities.argmax(axis=1), SENTIMENTS)
            part["sentiment"]["calibration_error"] = calibration_error(probabilities, truth)
        report["sets"][name] = part
    return report


def stance_report(
    rows: Sequence[LabelledPair],
    probabilities: NDArray[np.float64],
    abstain_below: float,
    controls: Mapping[str, Sequence[int]],
) -> Json:
    """Everything about the stance of one set of rows, with intervals by bootstrap over sentences."""
    truth = np.asarray([STANCES.index(str(row.stance)) for row in rows])
    predicted = probabilities.argmax(axis=1)
    groups = [row.pair.text for row in rows]
    report = classification(truth, predicted, STANCES)
    report["macro_f1_interval"] = interval(_macro(truth, predicted), groups)
    report["macro_f1_without_none"] = macro_f1(truth, predicted, len(STANCES), skip_last=True)
    report["macro_f1_without_none_interval"] = interval(_macro(truth, predicted, skip_last=True), groups)
    report["calibration_error"] = calibration_error(probabilities, truth)
    answered = probabilities.max(axis=1) >= abstain_below
    report["coverage"] = float(answered.mean())
    report["accuracy_when_answered"] = float((truth == predicted)[answered].mean()) if answered.any() else None
    report["slices"] = slices(rows, truth, predicted)
    report["controls"] = {
        name: compare(truth, predicted, np.asarray(other), groups) for name, other in controls.items()
    }
    return report


def compare(truth: Labels, predicted: Labels, other: Labels, groups: Sequence[str]) -> Json:
    """A control on the same rows, and by how much the model is above it (paired bootstrap)."""

    def difference(rows: NDArray[np.int64]) -> float:
        return _macro(truth, predicted)(rows) - _macro(truth, other)(rows)

    everything = np.arange(len(truth))
    return {
        "macro_f1": _macro(truth, other)(everything),
        "accuracy": float((truth == other).mean()),
        "model_above_by": difference(everything),
        "model_above_by_interval": interval(difference, groups),
    }


def slices(rows: Sequence[LabelledPair], truth: Labels, predicted: Labels) -> dict[str, Json]:
    """Macro-F1 and accuracy by topic, and by whether the actors of the sentence differ in stance."""
    stances: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        stances[row.pair.text].add(str(row.stance))
        counts[row.pair.text] += 1
    members: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        differ = len(stances[row.pair.text]) > 1
        several = counts[row.pair.text] > 1
        members["actors differ" if differ else "actors agree" if several else "one actor"].append(index)
        members[f"topic {row.topic}"].append(index)
    return {
        name: {
            "rows": len(chosen),
            "macro_f1": macro_f1(truth[chosen], predicted[chosen], len(STANCES)),
            "accuracy": float((truth[chosen] == predicted[chosen]).mean()),
        }
        for name, chosen in sorted(members.items())
        if len(chosen) >= MIN_SLICE
    }


def _macro(truth: Labels, predicted: Labels, skip_last: bool = False) -> Callable[[NDArray[np.int64]], float]:
    return lambda rows: macro_f1(truth[rows], predicted[rows], len(STANCES), skip_last)
