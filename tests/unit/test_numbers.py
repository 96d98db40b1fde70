"""Temperatures, thresholds, metrics and intervals on data whose answer is known."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from model.scorer import softmax
from training.agreement import alpha, counts_of
from training.calibrate import choose_abstention, fit_temperature
from training.metrics import (
    calibration_error,
    calibration_floor,
    detectable_difference,
    holm,
    interval,
    likelihoods,
    macro_f1,
    mcnemar,
    risk_and_coverage,
)

CHANCE = np.random.default_rng(1)


def test_the_temperature_that_made_the_labels_is_found_again() -> None:
    logits = CHANCE.normal(size=(20_000, 4)).astype(np.float32) * 2
    labels = [int(CHANCE.choice(4, p=row)) for row in softmax(logits)]
    assert fit_temperature(logits * 3, labels) == pytest.approx(3.0, rel=0.05)


def test_rows_without_a_label_do_not_count() -> None:
    assert fit_temperature(np.zeros((3, 4), dtype=np.float32), [-1, -1, -1]) == 1.0


def test_the_threshold_keeps_the_wanted_precision() -> None:
    confidence = np.linspace(0.3, 0.99, 100)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    probabilities = np.concatenate([probabilities, np.zeros((100, 2))], axis=1)
    labels = [0 if value > 0.6 else 2 for value in confidence]
    chosen = choose_abstention(probabilities, labels, wanted=0.9)
    answered = probabilities.max(axis=1) >= chosen.stance_probability
    right = probabilities.argmax(axis=1) == np.asarray(labels)
    assert right[answered].mean() >= 0.9
    assert chosen.coverage == pytest.approx(answered.mean())


def test_a_model_that_is_always_right_never_abstains() -> None:
    assert choose_abstention(np.eye(4)[[0, 1, 2]], [0, 1, 2]).stance_probability == 0.0


def test_the_quick_macro_f1_is_the_known_one() -> None:
    truth, predicted = CHANCE.integers(0, 4, 500), CHANCE.integers(0, 4, 500)
    assert macro_f1(truth, predicted, 4) == pytest.approx(f1_score(truth, predicted, average="macro"))
    without = f1_score(truth, predicted, labels=[0, 1, 2], average="macro")
    assert macro_f1(truth, predicted, 4, skip_last=True) == pytest.approx(without)


def test_a_perfectly_calibrated_model_has_no_calibration_error() -> None:
    assert calibration_error(np.eye(4)[[0, 1, 2, 3]], np.arange(4)) == 0.0
    assert calibration_error(np.eye(4)[[0, 0, 0, 0]], np.asarray([0, 1, 0, 1]), bins=1) == pytest.approx(0.5)


def test_an_interval_holds_the_mean_and_widens_when_rows_share_groups() -> None:
    values = CHANCE.normal(size=400)
    alone = interval(lambda rows: float(values[rows].mean()), [str(i) for i in range(400)])
    assert alone[0] < values.mean() < alone[1]
    same = np.repeat(values[:20], 20)
    grouped = interval(lambda rows: float(same[rows].mean()), [str(i // 20) for i in range(400)])
    ungrouped = interval(lambda rows: float(same[rows].mean()), [str(i) for i in range(400)])
    assert grouped[1] - grouped[0] > 2 * (ungrouped[1] - ungrouped[0])


def test_alpha_is_that_of_a_worked_example() -> None:
    """Two readers, ten units, two categories: part A of Krippendorff 2011, "Computing Krippendorff's Alpha"."""
    binary = np.asarray([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]])
    units = binary.T.tolist()
    assert alpha(counts_of(units, 2)) == pytest.approx(0.095, abs=0.001)
    assert alpha(counts_of([[first, first] for first, _ in units], 2)) == 1.0


def test_perfect_probabilities_show_the_floor_and_no_more() -> None:
    confidence = CHANCE.uniform(0.4, 1.0, 600)
    probabilities = np.stack([confidence, *[(1 - confidence) / 3] * 3], axis=1)
    truth = np.where(CHANCE.random(600) < confidence, 0, 1)
    floor = calibration_floor(probabilities)
    assert 0.02 < floor < 0.06
    assert calibration_error(probabilities, truth) == pytest.approx(floor, abs=0.025)


def test_risk_and_coverage_of_a_known_order() -> None:
    confidence = np.linspace(0.99, 0.51, 10)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    truth = np.asarray([0] * 8 + [1] * 2)  # the two least sure answers are wrong
    found = risk_and_coverage(probabilities, truth)
    assert found["accuracy_at_coverage"]["0.8"] == 1.0
    assert found["accuracy_at_coverage"]["1.0"] == 0.8
    assert found["coverage_at_accuracy"] == {"0.85": 0.9, "0.90": 0.8, "0.95": 0.8}
    assert found["area_under_risk_coverage"] == pytest.approx((1 / 9 + 2 / 10) / 10)


def test_likelihoods_of_certain_and_of_even_answers() -> None:
    assert likelihoods(np.eye(4), np.arange(4)) == {"negative_log_likelihood": 0.0, "brier": 0.0}
    even = likelihoods(np.full((4, 4), 0.25), np.arange(4))
    assert even["negative_log_likelihood"] == pytest.approx(np.log(4))
    assert even["brier"] == pytest.approx(0.75)


def test_mcnemar_looks_only_at_rows_where_one_is_right() -> None:
    left = np.asarray([True] * 10 + [False] * 5)
    right = np.asarray([True] * 4 + [False] * 11)
    assert mcnemar(left, right) == pytest.approx(2 * 0.5**6)
    assert mcnemar(left, left) == 1.0
    assert detectable_difference(left, right) == pytest.approx(2.8 * np.sqrt(6 / 15 / 15))


def test_holm_keeps_the_order_of_the_p_values() -> None:
    adjusted = holm({"a": 0.01, "b": 0.04, "c": 0.03})
    assert adjusted["a"] == pytest.approx(0.03)
    assert adjusted["c"] == adjusted["b"] == pytest.approx(0.06)
