"""The statistics that the gate rests on, and that chance rarely wins."""

import time

import numpy as np
import pytest

from training.metrics import coverage_at, interval, macro_f1, mcnemar_worse, paired_f1


def test_the_paired_bootstrap_measures_what_the_slow_one_does() -> None:
    chance = np.random.default_rng(3)
    truth = chance.integers(0, 4, 600)
    left = np.where(chance.random(600) < 0.7, truth, chance.integers(0, 4, 600))
    right = np.where(chance.random(600) < 0.1, truth, left)
    groups = [str(i // 3) for i in range(600)]
    macro, *classes = paired_f1(truth, left, right, groups, 4, 4000)
    assert (macro.left, macro.right) == pytest.approx((macro_f1(truth, left, 4), macro_f1(truth, right, 4)))
    assert macro.gain == pytest.approx(np.mean([each.gain for each in classes]))
    slow = interval(lambda i: macro_f1(truth[i], right[i], 4) - macro_f1(truth[i], left[i], 4), groups)
    assert (macro.low, macro.high) == pytest.approx(slow, abs=0.004)


def test_equal_models_are_rarely_called_better() -> None:
    chance = np.random.default_rng(5)
    better = 0
    for _ in range(1000):
        truth = chance.integers(0, 4, 120)
        left, right = (np.where(chance.random(120) < 0.75, truth, (truth + 1) % 4) for _ in range(2))
        better += paired_f1(truth, left, right, [str(i) for i in range(120)], 4, 200)[0].low > 0
    assert better <= 45  # 2.5 % are meant


def test_ten_thousand_resamples_of_2500_rows_are_quick() -> None:
    truth = np.random.default_rng(1).integers(0, 4, 2500)
    start = time.perf_counter()
    paired_f1(truth, truth, truth, [str(i) for i in range(2500)], 4, 10_000)
    assert time.perf_counter() - start < 10


def test_mcnemar_looks_one_way() -> None:
    before = np.asarray([True] * 5 + [False] * 5)
    assert mcnemar_worse(before, np.zeros(10, dtype=bool)) == pytest.approx(0.5**5)
    assert mcnemar_worse(before, np.ones(10, dtype=bool)) == 1.0
    assert mcnemar_worse(before, before) == 1.0


def test_coverage_at_an_accuracy_counts_the_surest_rows() -> None:
    probabilities = np.asarray([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
    assert coverage_at(probabilities, np.asarray([0, 0, 0, 1]), 1.0) == 0.75
    assert coverage_at(probabilities, np.asarray([1, 1, 1, 1]), 0.5) == 0.0
