import random

import pytest

from model.records import Pair
from training.augment import is_name, names_by_length, other_names, renamed, with_swapped_names
from training.rows import LabelledPair


def row(text: str, mention: str, stance: str | None = "oppose", start: int | None = None) -> LabelledPair:
    at = text.index(mention) if start is None else start
    return LabelledPair(text, Pair(text, mention, mention, at), stance, None, "t", "", "s", "f")


def test_a_renamed_sentence_keeps_its_labels_and_has_exact_offsets() -> None:
    text = "Envoys say Kyra refused; Kyra's army and the rebels agreed with Orsa."
    rows = [row(text, "Kyra"), row(text, "the rebels", "support"), row(text, "Orsa", "none")]
    made = renamed(rows, {"Kyra": "the League", "Orsa": "Velmar"})
    assert {each.pair.text for each in made} == {
        "Envoys say the League refused; the League's army and the rebels agreed with Velmar."
    }
    assert [each.stance for each in made] == ["oppose", "support", "none"]
    for each in made:
        assert each.pair.text[each.pair.start :].startswith(str(each.pair.mention))


def test_roles_are_exchanged_at_once() -> None:
    text = "Kyra refused what Orsa offered."
    made = renamed([row(text, "Kyra"), row(text, "Orsa", "support")], {"Kyra": "Orsa", "Orsa": "Kyra"})
    assert made[0].pair.text == "Orsa refused what Kyra offered."
    assert [(each.pair.mention, each.stance) for each in made] == [("Orsa", "oppose"), ("Kyra", "support")]


def test_a_name_inside_a_word_or_another_mention_is_left_alone() -> None:
    text = "The Kyra Front refused; Kyranian envoys and Kyra agreed."
    made = renamed([row(text, "The Kyra Front"), row(text, "Kyra", start=text.rindex("Kyra"))], {"Kyra": "Orsa"})
    assert [each.pair.text for each in made] == ["The Orsa Front refused; Kyranian envoys and Orsa agreed."]
    assert made[0].pair.start == text.rindex("Kyra")


@pytest.mark.parametrize(
    ("mention", "name"),
    [("Kyra", True), ("the rebels", False), ("He", False), ("The rebels", False), ("Kyra's", False), ("Rebels", False)],
)
def test_only_names_are_swapped(mention: str, name: bool) -> None:
    assert is_name(row(f"{mention} refused.", mention).pair) is name


def test_a_new_name_has_as_many_words_and_is_used_once() -> None:
    pairs = [row(f"{name} spoke.", name).pair for name in ("Kyra", "Orsa", "Velmar", "Paul Aron", "The League")]
    pool = names_by_length(pairs)
    assert pool == {1: ["Kyra", "Orsa", "Velmar"], 2: ["Paul Aron"]}
    new = other_names(["Kyra", "Orsa", "Paul Aron"], pool, random.Random(1))
    assert new == {"Kyra": "Velmar"}  # Velmar is used up, and nobody else has two words


def test_rows_without_a_stance_get_no_copy() -> None:
    rows = [row("Kyra refused.", "Kyra"), row("Orsa waited.", "Orsa", None)]
    assert len(with_swapped_names(rows, 1.0, 7)) == 3
    assert with_swapped_names(rows, 0.0, 7) == rows


def test_every_copy_names_its_mention() -> None:
    chance = random.Random(1)
    words = ["Kyra", "Orsa", "Velmar", "the rebels", "He"]
    for _ in range(200):
        chosen = chance.sample(words, 3)
        text = f"{chosen[0]} told {chosen[1]} that {chosen[2]} and {chosen[0]} would meet."
        for made in with_swapped_names([row(text, word) for word in chosen], 1.0, chance.randrange(99)):
            start = made.pair.start
            assert start is not None
            assert made.pair.text[start : start + len(str(made.pair.mention))] == made.pair.mention
