"""How good a bundle is, on rows that it never saw, measured on what is served (the quantised model)."""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.labels import SENTIMENTS, STANCES
from model.scorer import Scorer, softmax
from training.augment import is_name, names_by_length, other_names, renamed
from training.metrics import (
    Labels,
    Probabilities,
    calibration_error,
    calibration_floor,
    classification,
    detectable_difference,
    interval,
    likelihoods,
    macro_f1,
    mcnemar,
    reliability,
    risk_and_coverage,
)
from training.rows import LabelledPair
from training.slices import members, slices

Json = dict[str, Any]


def evaluate(
    scorer: Scorer,
    sets: Mapping[str, Sequence[LabelledPair]],
    controls: Mapping[str, Mapping[str, Sequence[int]]],
    known_actors: Collection[str] = (),
    second_readings: Mapping[str, str] | None = None,
) -> Json:
    """Measures for each named set of rows.

    `controls` holds predicted stances by set and control, `known_actors` the names that training saw,
    `second_readings` what another reader called the stance of a row (by id): the ceiling that readers set.
    """
    report: Json = {"model": scorer.bundle.name, "sets": {}}
    for name, rows in sets.items():
        stance, sentiment = scorer.logits([row.pair for row in rows])
        stance_temperature, sentiment_temperature = scorer.bundle.temperatures
        part: Json = {"rows": len(rows)}
        with_stance = [i for i, row in enumerate(rows) if row.stance]
        if with_stance:
            known = [rows[i] for i in with_stance]
            logits = stance[with_stance]
            part["stance"] = stance_report(
                known, softmax(logits, stance_temperature), scorer.bundle.abstain_below, known_actors
            )
            part["stance"]["calibration_error_unscaled"] = calibration_error(softmax(logits, 1.0), truth_of(known))
            chosen = {who: [guesses[i] for i in with_stance] for who, guesses in controls.get(name, {}).items()}
            part["stance"]["controls"] = compare_all(known, logits.argmax(axis=1), chosen)
            part["stance"]["name_swap"] = name_swap(scorer, known, logits.argmax(axis=1))
            part["stance"]["second_reader"] = second_reader(known, logits.argmax(axis=1), second_readings or {})
        with_sentiment = [i for i, row in enumerate(rows) if row.sentiment]
        if with_sentiment:
            truth = np.asarray([SENTIMENTS.index(str(rows[i].sentiment)) for i in with_sentiment])
            probabilities = softmax(sentiment[with_sentiment], sentiment_temperature)
            part["sentiment"] = classification(truth, probabilities.argmax(axis=1), SENTIMENTS)
            part["sentiment"]["calibration_error"] = calibration_error(probabilities, truth)
        report["sets"][name] = part
    return report


def truth_of(rows: Sequence[LabelledPair]) -> Labels:
    return np.asarray([STANCES.index(str(row.stance)) for row in rows])


def stance_report(
    rows: Sequence[LabelledPair],
    probabilities: Probabilities,
    abstain_below: float,
    known_actors: Collection[str] = (),
) -> Json:
    """Everything about the stance of one set of rows, with intervals by bootstrap over sentences."""
    truth = truth_of(rows)
    predicted = probabilities.argmax(axis=1)
    groups = [row.pair.text for row in rows]
    report = classification(truth, predicted, STANCES)
    report["support_oppose_f1"] = (report["classes"]["support"]["f1"] + report["classes"]["oppose"]["f1"]) / 2
    report["macro_f1_interval"] = interval(_macro(truth, predicted), groups)
    report["macro_f1_without_none"] = macro_f1(truth, predicted, len(STANCES), skip_last=True)
    report["macro_f1_without_none_interval"] = interval(_macro(truth, predicted, skip_last=True), groups)
    report["calibration_error"] = calibration_error(probabilities, truth)
    report["calibration_floor"] = calibration_floor(probabilities)
    report["reliability"] = reliability(probabilities, truth)
    report |= likelihoods(probabilities, truth)
    report |= risk_and_coverage(probabilities, truth)
    answered = probabilities.max(axis=1) >= abstain_below
    report["coverage"] = float(answered.mean())
    report["accuracy_when_answered"] = float((truth == predicted)[answered].mean()) if answered.any() else None
    report["slices"] = slices(rows, truth, predicted, known_actors)
    report["actors_differ"] = actors_differ(rows, truth, predicted)
    return report


def actors_differ(rows: Sequence[LabelledPair], truth: Labels, predicted: Labels) -> Json:
    """Macro-F1 where the actors of a sentence differ in stance, which only targeting can get right, and elsewhere."""
    differ = np.asarray(members(rows).get("actors differ", []), dtype=np.int64)
    rest = np.setdiff1d(np.arange(len(rows)), differ)

    def score(chosen: Labels) -> float | None:
        return macro_f1(truth[chosen], predicted[chosen], len(STANCES)) if len(chosen) else None

    return {"rows": len(differ), "macro_f1": score(differ), "macro_f1_elsewhere": score(rest)}


def compare_all(
    rows: Sequence[LabelledPair], predicted: Labels, controls: Mapping[str, Sequence[int]]
) -> dict[str, Json]:
    groups = [row.pair.text for row in rows]
    truth = truth_of(rows)
    return {name: compare(truth, predicted, np.asarray(other), groups) for name, other in controls.items()}


def compare(truth: Labels, predicted: Labels, other: Labels, groups: Sequence[str]) -> Json:
    """A control on the same rows, and by how much the model is above it: paired bootstrap, McNemar's test."""

    def difference(rows: NDArray[np.int64]) -> float:
        return _macro(truth, predicted)(rows) - _macro(truth, other)(rows)

    everything = np.arange(len(truth))
    return {
        "macro_f1": _macro(truth, other)(everything),
        "accuracy": float((truth == other).mean()),
        "model_above_by": difference(everything),
        "model_above_by_interval": interval(difference, groups),
        "mcnemar_p": mcnemar(truth == predicted, truth == other),
        "detectable_difference": detectable_difference(truth == predicted, truth == other),
    }


def name_swap(scorer: Scorer, rows: Sequence[LabelledPair], predicted: Labels, seed: int = 7) -> Json:
    """How often the predicted stance of a named actor changes when the names of its sentence are replaced by others."""
    chance = random.Random(seed)
    pool = names_by_length(row.pair for row in rows)
    sentences: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if is_name(row.pair):
            sentences[row.pair.text].append(index)
    swapped: list[LabelledPair] = []
    before: list[int] = []
    for indexes in sentences.values():
        new = other_names(sorted({str(rows[i].pair.mention) for i in indexes}), pool, chance)
        for index in indexes:
            made = renamed([rows[index]], new) if str(rows[index].pair.mention) in new else []
            swapped.extend(made)
            before.extend([int(predicted[index])] * len(made))
    if not swapped:
        return {"rows": 0, "flipped": 0.0}
    after = scorer.logits([row.pair for row in swapped])[0].argmax(axis=1)
    return {"rows": len(swapped), "flipped": float((after != np.asarray(before)).mean())}


def second_reader(rows: Sequence[LabelledPair], predicted: Labels, readings: Mapping[str, str]) -> Json | None:
    """Another reader and the model against the labels, on the rows that both read."""
    chosen = [index for index, row in enumerate(rows) if row.id in readings]
    if not chosen:
        return None
    truth = truth_of(rows)[chosen]
    reader = np.asarray([STANCES.index(readings[rows[index].id]) for index in chosen])
    return {
        "rows": len(chosen),
        "reader_macro_f1": macro_f1(truth, reader, len(STANCES)),
        "model_macro_f1": macro_f1(truth, predicted[chosen], len(STANCES)),
    }


def _macro(truth: Labels, predicted: Labels, skip_last: bool = False) -> Callable[[NDArray[np.int64]], float]:
    return lambda rows: macro_f1(truth[rows], predicted[rows], len(STANCES), skip_last)
