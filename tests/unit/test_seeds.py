"""The labelled seeds as data: what the tests of the model stand on may never leak into its training."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from training.rows import load_rows
from training.split import repeats, split_rows

SEEDS = Path(__file__).parents[2] / "seeds"
TESTS = ("unseen", "release_test")


def records(folder: str) -> list[dict[str, Any]]:
    files = sorted((SEEDS / folder).glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


PAIRS = records("pairs")


# What the test disputes are about; a training sentence may name one of these in passing.
NAMED = (
    "Falkland|Malvinas|Kuril|Åland|Tyrol|Oaxaca|Ceuta|Melilla|Lesotho|Eswatini|Tuareg|Azawad|Cabinda|Zanzibar|Rohingya"
    "|Corsica|Faroe|Panama Canal|Greenland|Erbil|Kirkuk|Aegean|Golan|Shebaa|Kyrgyz|Casamance|Papua|Ambazonia|Antarctic"
)


def test_no_dispute_of_a_test_is_a_dispute_of_training_or_of_the_other_test() -> None:
    topics = [{row["topic"] for row in records(folder)} for folder in ("pairs", *TESTS)]
    assert all(topics)
    assert sum(len(each) for each in topics) == len(set().union(*topics))


def test_few_training_sentences_name_a_dispute_of_a_test() -> None:
    texts = {row["text"] for row in PAIRS}
    named = [text for text in texts if re.search(NAMED, text)]
    print(f"\n{len(named)} of {len(texts)} training sentences name a dispute of a test")
    assert len(named) < 0.02 * len(texts)


@pytest.mark.parametrize("folder", TESTS)
def test_no_training_sentence_repeats_a_test_sentence(folder: str) -> None:
    test = [row["text"] for row in records(folder)]
    assert not any(repeats(sorted({row["text"] for row in PAIRS}), test))


def test_the_two_tests_share_no_sentence() -> None:
    assert not any(
        repeats([row["text"] for row in records("unseen")], [row["text"] for row in records("release_test")])
    )


def test_nothing_trained_on_repeats_what_calibrates_or_tests() -> None:
    split = split_rows(load_rows([SEEDS / "pairs"]))
    held_out = [row.pair.text for row in (*split.calibration, *split.test)]
    assert not any(repeats([row.pair.text for row in split.train], held_out))
    assert len(split.train) + len(split.calibration) + len(split.test) + len(split.dropped) == len(PAIRS)


def test_ids_are_unique_and_mentions_stand_where_they_should() -> None:
    rows = [row for folder in ("pairs", *TESTS) for row in records(folder)]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["text"][row["start"] : row["start"] + len(row["mention"])] == row["mention"], row["id"]


def test_every_rule_has_enough_pairs_to_be_a_slice() -> None:
    rules = Counter(row["rule"] for row in PAIRS)
    assert all(rules[f"R{number}"] >= 40 for number in range(1, 33))


def test_the_corpus_is_as_mixed_as_the_codebook_asks() -> None:
    stances = Counter(row["stance"] for row in PAIRS)
    by_text = defaultdict(set)
    for row in PAIRS:
        by_text[row["text"]].add(row["stance"])
    assert min(stances["conditional"], stances["oppose"]) >= 900
    assert sum(len(each) > 1 for each in by_text.values()) >= 1200
    assert len({row["topic"] for row in PAIRS}) >= 60
    assert sum(row["topic"] == "invented" for row in PAIRS) >= 300
    assert {(row["stance"], row["sentiment"]) for row in PAIRS} == {
        (stance, sentiment) for stance in stances for sentiment in ("negative", "neutral", "positive")
    }


def test_labels_of_newswire_hold_no_text() -> None:
    for line in (SEEDS / "newswire" / "labels.jsonl").read_text().splitlines():
        assert not {"text", "mention", "context"} & set(json.loads(line))
