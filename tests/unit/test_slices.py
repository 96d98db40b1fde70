"""Slices of a set of rows, and the flag of one that is worse than the rest."""

import numpy as np

from model.records import Pair
from training.rows import LabelledPair
from training.slices import members, slices


def row(text: str, actor: str, stance: str = "support", rule: str = "R1") -> LabelledPair:
    return LabelledPair("i", Pair(text, actor, actor, 0), stance, None, "lund", rule, "s", "f")


def test_rows_fall_into_the_slices_that_a_reader_asks_about() -> None:
    rows = [row("A and B met.", "A"), row("A and B met.", "B", "oppose"), row("word " * 31, "C", rule="R2")]
    found = members(rows, {"A"})
    assert found["actors differ"] == [0, 1]
    assert found["one actor"] == [2]
    assert found["actor seen in training"] == [0]
    assert found["actor not seen"] == [1, 2]
    assert found["length to 15 words"] == [0, 1]
    assert found["length over 30 words"] == [2]
    assert found["rule R2"] == [2]
    assert found["topic lund"] == [0, 1, 2]


def test_a_slice_is_flagged_only_when_it_is_clearly_worse() -> None:
    rows = [row(f"{i} spoke.", "A", rule="R1" if i < 60 else "R2") for i in range(200)]
    truth = np.zeros(200, dtype=np.int64)
    predicted = np.zeros(200, dtype=np.int64)
    predicted[:40] = 3
    found = slices(rows, truth, predicted)
    assert found["rule R1"]["worse"]
    assert not found["rule R2"]["worse"]
    assert found["rule R1"]["accuracy"] == 1 / 3


def test_a_small_rest_proves_nothing() -> None:
    rows = [row(f"{i} spoke.", "A", rule="R1" if i < 190 else "R2") for i in range(200)]
    truth = np.zeros(200, dtype=np.int64)
    predicted = np.where(np.arange(200) == 0, 3, 0)
    assert not slices(rows, truth, predicted)["rule R1"]["worse"]
    assert slices(rows, truth, truth)["rule R1"]["macro_f1"] == 1.0  # though it has one class only
