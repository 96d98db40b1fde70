import pytest

from model.records import Pair
from training.augment import is_name, renamed, with_swapped_names
from training.rows import LabelledPair


def row(text: str, mention: str, stance: str | None = "oppose") -> LabelledPair:
    return LabelledPair(text, Pair(text, mention, mention, text.index(mention)), stance, None, "t", "", "s", "f")


def test_a_renamed_row_keeps_its_labels_and_has_exact_offsets() -> None:
    made = renamed(row("Envoys say Kyra refused; Kyra's army agreed.", "Kyra"), "the League")
    assert made.pair.text == "Envoys say the League refused; the League's army agreed."
    assert made.pair.text[made.pair.start :].startswith("the League")
    assert made.stance == "oppose"


@pytest.mark.parametrize(("mention", "name"), [("Kyra", True), ("the rebels", False), ("He", False)])
def test_only_names_are_swapped(mention: str, name: bool) -> None:
    assert is_name(row(f"{mention} refused.", mention).pair) is name


def test_rows_without_a_stance_get_no_copy() -> None:
    rows = [row("Kyra refused.", "Kyra"), row("Orsa waited.", "Orsa", None)]
    assert len(with_swapped_names(rows, 1.0, 7)) == 3
    assert with_swapped_names(rows, 0.0, 7) == rows
