"""Which labels are suspected, with a tiny network and toy rows of which a few labels are wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import toy_rows

from model.bundle import RELEASE
from model.errors import InputError
from model.judgements import item_of, judgement_from_row
from model.labels import STANCES
from model.records import Pair
from training.finetune import TrainingSettings
from training.label_errors import SETTINGS, Suspect, deal, suspect_record, suspects
from training.rows import LabelledPair, labelled_pair
from training.split import skeleton

TINY = TrainingSettings(epochs=8, batch_size=8, learning_rate=3e-3, max_length=64, freeze_embeddings=False)
FLIPPED = (5, 35, 65, 100)  # one of each stance


def rows() -> list[LabelledPair]:
    return [labelled_pair(row, "toy.jsonl", line) for line, row in enumerate(toy_rows()[::2])]


def with_wrong_labels() -> list[LabelledPair]:
    def other(stance: str | None) -> str:
        return STANCES[(STANCES.index(str(stance)) + 1) % len(STANCES)]

    return [replace(row, stance=other(row.stance)) if i in FLIPPED else row for i, row in enumerate(rows())]


@pytest.fixture(scope="module")
def found(tiny_encoder: Path) -> list[Suspect]:
    who = {"toy.jsonl:5": ["Arda", "Belun"]}
    return suspects(with_wrong_labels(), tiny_encoder, TINY, folds=2, who=who)


def test_wrong_labels_are_at_the_top(found: list[Suspect]) -> None:
    assert {each.row.id for each in found[: len(FLIPPED)]} == {f"toy.jsonl:{line}" for line in FLIPPED}


def test_a_suspect_tells_what_was_given_what_is_guessed_and_by_whom(found: list[Suspect]) -> None:
    [suspect] = [each for each in found if each.row.id == "toy.jsonl:5"]
    assert (suspect.given, suspect.guess) == ("conditional", "support")
    assert suspect.probability_of_given < 0.1
    assert suspect.quality < 0.1
    assert suspect.annotators == ("Arda", "Belun")
    assert [each.probability_of_given for each in found] == sorted(each.probability_of_given for each in found)


def test_a_suspect_is_written_as_a_row_that_can_be_labelled_again(found: list[Suspect]) -> None:
    [record] = [suspect_record(each) for each in found if each.row.id == "toy.jsonl:5"]
    assert (record["stance"], record["suggested_stance"], record["annotators"]) == (
        "conditional",
        "support",
        "Arda, Belun",
    )
    assert record["stance_probability"] == round(record["stance_probability"], 6)
    assert judgement_from_row({**record, "stance": "support"}, "Corvia").item == item_of(rows()[5].pair)


def test_the_same_rows_give_the_same_suspects(found: list[Suspect], tiny_encoder: Path) -> None:
    heard: list[tuple[int, int]] = []
    doubled = [*with_wrong_labels(), *with_wrong_labels()[:9], replace(rows()[0], id="x", stance=None)]
    again = suspects(doubled, tiny_encoder, TINY, folds=2, progress=lambda *done: heard.append(done))
    assert [replace(each, annotators=()) for each in again] == [replace(each, annotators=()) for each in found]
    assert heard == [(1, 2), (2, 2)]


def test_a_sentence_and_its_copies_under_other_names_are_dealt_into_one_fold() -> None:
    made = [
        replace(rows()[0], pair=Pair(f"On {name} it would {verb} talks", name))
        for verb in ("join", "shun", "host", "delay", "praise")
        for name in ("Arda", "Belun", "Corvia")
    ]
    dealt = deal(made, 3, seed=7)
    assert sorted(index for _, fold in dealt for index in fold) == list(range(len(made)))
    for others, fold in dealt:
        assert sorted([*others, *fold]) == list(range(len(made)))
        assert not {skeleton(made[i].pair.text) for i in others} & {skeleton(made[i].pair.text) for i in fold}
        assert len({made[i].pair.text for i in fold}) in (3, 6)


def test_one_epoch_is_the_default() -> None:
    assert SETTINGS.epochs == 1


def test_too_few_sentences_or_stances_are_refused(tiny_encoder: Path) -> None:
    with pytest.raises(InputError, match="two stances"):
        suspects(rows()[:9], tiny_encoder, TINY)
    with pytest.raises(InputError, match="two stances"):
        suspects([], tiny_encoder, TINY)
    with pytest.raises(InputError, match="2 different sentences cannot be dealt into 3 folds"):
        suspects([rows()[0], rows()[-1]], tiny_encoder, TINY)


def test_a_trained_bundle_is_refused_since_it_knows_the_labels() -> None:
    with pytest.raises(InputError, match="may know these labels"):
        suspects(rows(), RELEASE, TINY)
