import json
from pathlib import Path

import pytest

from model.records import Pair
from training.rows import LabelledPair, load_rows
from training.split import repeats, side_of, split_rows

ROOT = Path(__file__).parents[2]


def row(text: str) -> LabelledPair:
    return LabelledPair(text, Pair(text, "x"), "none", None, "t", "", "s", "f")


def test_a_name_swapped_copy_is_a_repeat() -> None:
    written = "In a statement read on radio, Velmar said it would never sit down with Orsa while the blockade lasted."
    swapped = written.replace("Velmar", "Tarkia").replace("Orsa", "the League of Merin")
    other = "Traders in the capital said fuel prices had doubled since the roads were cut in early spring."
    assert repeats([swapped, other], [written]) == [True, False]


def test_a_name_swapped_copy_stands_on_the_same_side() -> None:
    written = "In a statement read on radio, Velmar said it would never sit down with Orsa while the blockade lasted."
    assert side_of(written) == side_of(written.replace("Velmar", "Tarkia").replace("Orsa", "Merin"))


def test_a_side_never_moves_when_data_grow() -> None:
    rows = load_rows([ROOT / "seeds" / "pairs" / "colombia.jsonl"])
    more = load_rows([ROOT / "seeds" / "pairs"])
    few, many = split_rows(rows), split_rows(more)
    assert {each.id for each in few.test} <= {each.id for each in many.test}
    assert {each.id for each in few.calibration} <= {each.id for each in [*many.calibration, *many.dropped]}


def test_no_training_row_repeats_a_held_out_sentence() -> None:
    split = split_rows(load_rows([ROOT / "seeds" / "pairs"]))
    assert len(split.train) > 0.7 * len([*split.train, *split.calibration, *split.test, *split.dropped])
    assert not any(repeats([each.pair.text for each in split.train], [each.pair.text for each in split.test]))
    assert not any(repeats([each.pair.text for each in split.train], [each.pair.text for each in split.calibration]))


def test_training_rows_that_repeat_a_frozen_sentence_are_dropped() -> None:
    text = next(
        text
        for text in (f"Sentence number {n} about ships" + " and more" * n for n in range(99))
        if side_of(text) == "train"
    )
    assert split_rows([row(text)]).train
    split = split_rows([row(text)], frozen=[row(text)])
    assert not split.train
    assert len(split.dropped) == 1


def test_one_sentence_is_never_on_two_sides() -> None:
    split = split_rows(load_rows([ROOT / "seeds" / "pairs"]))
    sides = [{each.pair.text for each in side} for side in (split.train, split.calibration, split.test)]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]


@pytest.mark.parametrize("file", sorted((ROOT / "seeds" / "pairs").glob("*.jsonl")), ids=lambda file: file.stem)
def test_seed_pairs_are_valid_and_their_offsets_exact(file: Path) -> None:
    for line in file.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert record["text"][record["start"] :].startswith(record["mention"])
        assert record["alternative" if "alternative" in record else "stance"] in (
            "support",
            "conditional",
            "oppose",
            "none",
        )
    assert load_rows([file])
