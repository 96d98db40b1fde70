"""How far annotators agree: Krippendorff's alpha on worked examples, and over the ledger."""

import math
from typing import Any

import numpy as np
import pytest

from model.judgements import judgement_from_row
from model.labels import STANCES
from model.ledger import Entry
from training.agreement import agreement_words, alpha, annotators_agreement, counts_of

# The nominal example of Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C: four readers, 12
# units, gaps; alpha is 0.743 there. A row a unit, a column a class.
KRIPPENDORFF = [
    [3, 0, 0, 0, 0], [0, 3, 1, 0, 0], [0, 0, 4, 0, 0], [0, 0, 4, 0, 0], [0, 4, 0, 0, 0], [1, 1, 1, 1, 0],
    [0, 0, 0, 4, 0], [3, 1, 0, 0, 0], [0, 4, 0, 0, 0], [0, 0, 0, 0, 3], [2, 0, 0, 0, 0], [0, 0, 1, 0, 0],
]  # fmt: skip


def ledger_of(*words: tuple[int, str, str | None], **more: Any) -> list[Entry]:
    """Entries from pair, annotator and stance."""
    rows = [
        {"text": f"Kyra counts ships, note {pair}.", "actor": "Kyra", "annotator": who, "stance": stance}
        for pair, who, stance in words
    ]
    return [
        Entry(number, judgement_from_row({**row, **(more if row["stance"] else {"op": "retract"})}), f"{number:04}",
              None, None, None)
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip


def table(**stances: str) -> list[Entry]:
    """Entries where each annotator's stances are a letter a pair (s, c, o, n; a dot says nothing)."""
    names = {name[0]: name for name in STANCES}
    words = [(pair, who, names[key]) for who, keys in stances.items() for pair, key in enumerate(keys) if key != "."]
    return ledger_of(*words)


def test_the_worked_example_comes_out_as_published() -> None:
    assert alpha(np.asarray(KRIPPENDORFF)) == pytest.approx(0.743, abs=0.0005)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([[0, 0], [1, 1]], 1.0),
        ([[0, 1], [1, 0]], -0.5),  # 1 - 1 / (8 / 12)
        ([[0, 0], [0, 1], [1, 1]], 1 - (2 / 6) / (18 / 30)),
        ([[0, 0], [0, 0], [1]], math.nan),  # a unit with one reader says nothing, and the rest is all the same
        ([[0]], math.nan),
    ],
)
def test_small_tables_come_out_as_by_hand(units: list[list[int]], expected: float) -> None:
    assert alpha(counts_of(units, 2)) == pytest.approx(expected, nan_ok=True)


def test_only_pairs_with_several_annotators_count() -> None:
    report = annotators_agreement(table(anna="ssoonn..", ben="ssoo..nn"))
    assert (report["annotators"], report["stance"]["pairs"], report["stance"]["pairs_judged_by_several"]) == (2, 8, 4)
    assert report["stance"]["alpha"] == 1.0
    assert report["sentiment"] == {"pairs": 0, "pairs_judged_by_several": 0}


def test_who_disagrees_with_all_others_stands_out() -> None:
    report = annotators_agreement(table(anna="ssoonnccso", ben="ssoonnccso", cleo="oonnssssnn"))["stance"]
    by = report["by_annotator"]
    assert report["alpha"] < 0.4
    assert (by["cleo"]["says_what_another_says"], by["anna"]["says_what_another_says"]) == (0.0, 0.5)
    assert (by["cleo"]["alpha_without"], by["cleo"]["pairs"]) == (1.0, 10)
    low, high = report["alpha_interval"]
    assert low <= report["alpha"] <= high


def test_a_class_that_is_confused_has_less_agreement_than_one_that_is_not() -> None:
    classes = annotators_agreement(table(anna="ssssnnnnccoo", ben="ssssnnnnoocc"))["stance"]["classes"]
    assert classes["support"] == classes["none"] == 1.0
    assert classes["conditional"] < 0


def test_an_annotators_last_word_counts_and_one_taken_back_does_not() -> None:
    both = [(0, "ben", "support"), (1, "anna", "none"), (1, "ben", "none")]
    corrected = annotators_agreement(ledger_of((0, "anna", "oppose"), *both, (0, "anna", "support")))["stance"]
    assert corrected["alpha"] == 1.0
    taken_back = annotators_agreement(ledger_of((0, "anna", "oppose"), *both, (0, "anna", None)))["stance"]
    assert taken_back["pairs_judged_by_several"] == 1


def test_who_settles_a_dispute_is_no_further_reader_but_was_one_before() -> None:
    before = ledger_of((0, "anna", "support"), (0, "ben", "oppose"), (1, "anna", "none"), (1, "ben", "none"))
    after = [*before, *(Entry(9, each.judgement, "9", None, None, None) for each in
             ledger_of((0, "zoe", "support"), (0, "ben", "support"), op="adjudicate"))]  # fmt: skip
    assert str(annotators_agreement(after)) == str(annotators_agreement(before))  # NaN is not equal to itself


def test_the_words_say_undefined_where_there_is_nothing_to_tell_agreement_by() -> None:
    words = agreement_words(annotators_agreement(table(anna="nnn", ben="nnn")))
    assert "Krippendorff's alpha undefined (undefined to undefined)" in words
    assert "nan" not in words


def test_the_words_name_every_annotator_with_figures() -> None:
    words = agreement_words(annotators_agreement(table(anna="ssoonn", ben="ssooss"))).splitlines()
    assert words[:2] == ["2 annotators", "stance: 6 of 6 pairs have several judgements"]
    assert words[2].startswith("  Krippendorff's alpha 0.")
    assert "    anna: on 6 pairs, says what another says in 66.7%; alpha without anna undefined" in words
    assert words[-1] == "sentiment: 0 of 0 pairs have several judgements"


def test_an_empty_ledger_has_no_agreement() -> None:
    report = annotators_agreement([])
    assert report == {
        "annotators": 0, "stance": {"pairs": 0, "pairs_judged_by_several": 0},
        "sentiment": {"pairs": 0, "pairs_judged_by_several": 0},
    }  # fmt: skip
    assert agreement_words(report).startswith("0 annotators")
