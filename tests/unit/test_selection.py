"""Which pairs are chosen to be labelled next, and what is read as a pair."""

import datetime
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from model.actors import Registry, load_registry
from model.analysis import load_analyzer
from model.bundle import load_bundle
from model.database import Database
from model.errors import InputError
from model.folders import SEEDS
from model.judgements import item_of, judgement_from_row
from model.ledger import Ledger
from model.records import Pair, pair_from_row
from model.scorer import Prediction
from training.candidates import candidates
from training.rows import read_records
from training.selection import Shares, WeakSlice, choose, queue_up, weak_slices
from training.split import repeats_earlier

UNSURE, SURE = (0.3, 0.25, 0.25, 0.2), (0.05, 0.05, 0.1, 0.8)
ONLY_UNCERTAIN = Shares(1, 0, 0, 0)


class Answers:
    """Stands for an analyzer: a function of the pair says the stance probabilities."""

    name = "fake"

    def __init__(self, answer: Callable[[Pair], Sequence[float]] = lambda pair: SURE) -> None:
        self.answer = answer

    def score_pairs(self, pairs: Sequence[Pair]) -> list[Prediction]:
        stances = [tuple(self.answer(pair)) for pair in pairs]
        return [Prediction(each, (0.1, 0.8, 0.1), max(each) < 0.5) for each in stances]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def sentence(number: int, words: int = 10) -> str:
    """An invented sentence that repeats no other."""
    chance = random.Random(number)
    return " ".join("".join(chance.choices("bdfgklmnprst" + "aeiou" * 2, k=6)) for _ in range(words)) + "."


def record(text: str, actor: str = "Kyra", **columns: object) -> dict[str, object]:
    return {
        "id": f"{actor}: {text}",
        "text": f"{actor} {text}",
        "actor": actor,
        "mention": actor,
        "start": 0,
        **columns,
    }


def records(count: int) -> list[dict[str, object]]:
    return [record(sentence(number)) for number in range(count)]


def write(file: Path, rows: Sequence[object]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def texts(choice: object) -> list[str]:
    return [each.record["text"] for each in choice.queued]


def test_a_pair_keeps_its_other_columns_and_finds_its_mention(tmp_path: Path, registry: Registry) -> None:
    row = {
        "id": 7,
        "text": "The front will talk.",
        "actor": "front",
        "topic": "lund",
        "date": "2024-01-02",
        "tags": [1],
    }
    [found] = candidates([write(tmp_path / "a.jsonl", [row])], registry).records
    assert found == {**row, "id": "7", "mention": "front", "start": 4}


def test_a_sentence_with_mentions_gives_a_pair_for_each_party(tmp_path: Path, registry: Registry) -> None:
    mentions = [{"mention": "Oslo", "start": 0, "type": "gpe"}, {"mention": "Fjord", "start": 8, "type": "geo"},
                {"mention": "Kyra", "start": 18, "type": "org"}]  # fmt: skip
    row = {"id": "s1", "text": "Oslo to Fjord met Kyra.", "mentions": mentions, "url": "u"}
    found = candidates([write(tmp_path / "a.jsonl", [row])], registry).records
    assert [(each["id"], each["mention"], each["url"]) for each in found] == [
        ("s1@0", "Oslo", "u"),
        ("s1@18", "Kyra", "u"),
    ]


def test_an_article_is_cut_into_sentences_and_its_actors_are_found(tmp_path: Path, registry: Registry) -> None:
    text = "It rained. Moscow warned the Taliban. The Taliban will talk."
    row = {"id": "d", "title": "Iran waits", "text": text, "source": "wire", "entities": [{"start": 0}]}
    found = candidates([write(tmp_path / "a.jsonl", [row])], registry).records
    assert [(each["text"], each["actor"]) for each in found] == [
        ("Iran waits", "Iran"), ("Moscow warned the Taliban.", "Russia"),
        ("Moscow warned the Taliban.", "Taliban"), ("The Taliban will talk.", "Taliban"),
    ]  # fmt: skip
    assert all(each["text"][each["start"] :].startswith(each["mention"]) for each in found)
    assert all(each["source"] == "wire" and "context" not in each and "entities" not in each for each in found)
    assert len({each["id"] for each in found}) == len(found)


def test_texts_without_an_actor_are_counted(tmp_path: Path, registry: Registry) -> None:
    found = candidates([write(tmp_path / "a.jsonl", [{"text": "It rained."}, {"text": "Iran will talk."}])], registry)
    assert (len(found.records), found.without_actor, found.skipped) == (1, 1, [])


def test_a_bad_row_is_skipped_with_its_reason_and_the_others_are_kept(tmp_path: Path, registry: Registry) -> None:
    good = {"text": "Iran will talk.", "actor": "Iran"}
    bad = [{"actor": "Iran"}, {"text": 7, "actor": "Iran"}, {"text": "Iran.", "actor": "Iran", "mention": "Kyra"},
           {"text": "Iran.", "mentions": "Iran"}, {"text": "Iran.", "mentions": [{"mention": "Kyra"}]},
           {"text": "Iran.\0", "actor": "Iran"}, {"id": [1], **good}, [1]]  # fmt: skip
    file = write(tmp_path / "a.jsonl", [*bad, good])
    file.write_text(file.read_text() + "{broken\n" + "[" * 100_000 + "\n" + json.dumps({**good, "id": "last"}) + "\n")
    found = candidates([file], registry)
    assert len(found.records) == 2
    assert len(found.skipped) == len(bad) + 2
    assert all(each.startswith(f"{file}, line ") for each in found.skipped)
    assert f"{file}, line 1, field text: is missing; give a non-empty string" in found.skipped
    assert f"{file}, line 10 is not JSON" in found.skipped[8]


def test_a_long_article_may_stand_in_a_csv_file(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "a.csv").write_text('id,text\nlong,"' + "Iran will talk, it said. " * 7000 + '"\n')
    found = candidates([tmp_path / "a.csv"], registry)
    assert (len(found.records), found.skipped) == (7000, [])
    assert found.records[-1]["id"] == "long#6999@0"


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, registry: Registry) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"text": "\xff\xfe"}\n')
    with pytest.raises(InputError, match=r"a\.jsonl is not UTF-8"):
        candidates([file], registry)
    with pytest.raises(InputError, match=r"missing\.csv must be a file"):
        candidates([tmp_path / "missing.csv"], registry)
    (tmp_path / "wide.csv").write_text("text,actor\nIran spoke, and left,Iran\n")
    with pytest.raises(InputError, match=r"wide\.csv, line 2 has more fields"):
        candidates([tmp_path / "wide.csv"], registry)


def test_what_a_parquet_file_holds_becomes_plain_json(tmp_path: Path, registry: Registry) -> None:
    row = {"text": "Iran will talk.", "actor": "Iran", "date": datetime.datetime(2024, 5, 1), "score": float("nan")}
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), tmp_path / "a.parquet")
    [found] = candidates([tmp_path / "a.parquet"], registry).records
    assert json.loads(json.dumps(found, allow_nan=False))["date"].startswith("2024-05-01")


def test_a_candidate_brings_no_label_and_takes_one(tmp_path: Path, registry: Registry) -> None:
    rows = [{"text": "Iran will talk.", "actor": "Iran", "stance": "oppose", "annotator": "x", "sure": "maybe"}]
    [found] = candidates([write(tmp_path / "a.jsonl", rows)], registry).records
    assert not {"stance", "annotator", "sure"} & found.keys()
    judgement = judgement_from_row({**found, "stance": "support"}, "ann")
    assert judgement.item == item_of(pair_from_row(found))


def test_a_made_up_id_depends_on_the_pair_alone(tmp_path: Path, registry: Registry) -> None:
    rows = [{"text": "Iran will talk."}, {"text": "The Taliban will talk."}]
    one = candidates([write(tmp_path / "a.jsonl", rows)], registry).records
    other = candidates([write(tmp_path / "b.jsonl", rows[::-1])], registry).records
    assert [each["id"] for each in one] == [each["id"] for each in other[::-1]]


def test_weak_slices_are_those_that_need_no_label_to_be_known_weakest_first() -> None:
    def part(rows: int, accuracy: float) -> dict[str, float]:
        return {"rows": rows, "accuracy": accuracy}

    confusion = [[90, 0, 0, 10], [10, 60, 0, 30], [0, 0, 90, 10], [5, 0, 5, 90]]  # F1 of conditional: 0.75
    slices = {"topic lund": part(40, 0.5), "topic few": part(20, 0.1), "length over 30 words": part(100, 0.775),
              "length to 15 words": part(100, 0.9), "actor not seen": part(50, 0.7), "rule R5": part(99, 0.1),
              "actors differ": part(99, 0.1)}  # fmt: skip
    other = {"accuracy": 0.7, "slices": {"actor not seen": part(150, 0.7)}}
    sets = {
        "a": {"stance": {"accuracy": 0.825, "confusion": confusion, "slices": slices}},
        "b": {"stance": other},
        "c": {},
    }
    found = weak_slices({"evaluation": {"sets": sets}})
    assert [each.name for each in found] == [
        "topic lund", "predicted conditional", "length over 30 words", "actor not seen"
    ]  # fmt: skip
    assert found[-1].rows == 200
    assert [round(each.below, 5) for each in found] == [0.325, 0.075, 0.05, 0.03125]


def test_a_bundle_without_an_evaluation_has_no_weak_slices() -> None:
    assert weak_slices({}) == []
    assert weak_slices({"evaluation": None}) == []
    assert weak_slices(load_bundle().manifest)


def test_the_least_sure_pairs_come_first_and_what_abstains_before_all() -> None:
    answers = {"wide": SURE, "narrow": (0.5, 0.45, 0.05, 0.0), "abstains": (0.45, 0.3, 0.25, 0.0), "even": UNSURE}
    given = [record(sentence(number), name) for number, name in enumerate(answers)]
    choice = choose(given, Answers(lambda pair: answers[pair.actor]), 3, ONLY_UNCERTAIN)
    assert [each.record["actor"] for each in choice.queued] == ["even", "abstains", "narrow"]


def test_a_chosen_pair_carries_the_models_answer_and_the_reason() -> None:
    choice = choose(records(1), Answers(lambda pair: UNSURE), 1, ONLY_UNCERTAIN)
    [queued] = choice.queued
    assert (queued.reason, queued.model) == ("uncertain", "fake")
    assert queued.record == {
        **records(1)[0], "suggested_stance": "support", "suggested_sentiment": "neutral", "p_support": 0.3,
        "p_conditional": 0.25, "p_oppose": 0.25, "p_none": 0.2, "queue_reason": "uncertain",
    }  # fmt: skip


def test_each_reason_gets_its_share_and_each_beginning_has_some_of_all() -> None:
    weak = [WeakSlice("predicted none", 100, 0.1)]
    choice = choose(records(200), Answers(), 50, weak=weak)
    kinds = [each.reason.partition(":")[0] for each in choice.queued]
    assert Counter(kinds) == {"uncertain": 20, "diverse": 10, "weak": 10, "random": 10}
    assert Counter(kinds[:10]) == {"uncertain": 4, "diverse": 2, "weak": 2, "random": 2}
    assert len(set(texts(choice))) == 50


def test_the_random_share_does_not_depend_on_what_the_model_says() -> None:
    def drawn(answers: Answers) -> set[str]:
        return {each.record["text"] for each in choose(records(60), answers, 20).queued if each.reason == "random"}

    hard = {each["text"] for each in records(20)}
    assert drawn(Answers()) == drawn(Answers(lambda pair: UNSURE if pair.text in hard else SURE))


def test_the_same_seed_chooses_the_same_and_another_chooses_others() -> None:
    assert choose(records(80), Answers(), 20) == choose(records(80), Answers(), 20)
    assert texts(choose(records(80), Answers(), 20)) != texts(choose(records(80), Answers(), 20, seed=8))


def test_a_sentence_gives_at_most_two_pairs() -> None:
    text = "Arda, Belun and Corvia met."
    given = [
        {"text": text, "actor": name, "mention": name, "start": text.index(name)}
        for name in ("Arda", "Belun", "Corvia")
    ]
    choice = choose([*given, *records(1)], Answers(), 10)
    assert Counter(texts(choice)) == {text: 2, records(1)[0]["text"]: 1}
    assert choice.words == ["10 pairs were asked for; 3 is all there is to choose"]


def test_of_sentences_that_repeat_each_other_one_is_chosen() -> None:
    copies = [
        record(f"said in a statement that {name} would never again sit down with the junta in Orsa.")
        for name in ("Velmar", "Tarkia", "Merin")
    ]
    for shares in (ONLY_UNCERTAIN, Shares(0, 1, 0, 0), Shares(0, 0, 0, 1)):
        chosen = texts(choose([*copies, *records(30)], Answers(), 33, shares))
        assert len(chosen) == 31
        assert not any(repeats_earlier(chosen))


def test_what_repeats_a_labelled_or_a_frozen_sentence_is_left_out_and_said() -> None:
    given = records(6)
    choice = choose([*given, given[3]], Answers(), 9, labelled=[f"Arda {sentence(0)}"], frozen=[f"Belun {sentence(1)}"])
    assert sorted(texts(choice)) == sorted(each["text"] for each in given[2:])
    assert choice.words == [
        "1 candidates were given twice and were left out",
        "1 candidates repeat a labelled sentence and were left out",
        "1 candidates repeat a frozen test and were left out",
        "9 pairs were asked for; 4 is all there is to choose",
    ]


def test_the_diverse_share_takes_what_is_unlike_anything_labelled_or_chosen() -> None:
    near = [
        record(f"met traders in the harbor about grain and {word}") for word in ("salt prices", "wool taxes", "tin")
    ]
    far = record("rejected every clause of that ceasefire")
    choice = choose(
        [*near, far], Answers(), 1, Shares(0, 1, 0, 0), labelled=["A quarrel of harbor traders over grain."]
    )
    assert [(each.record["text"], each.reason) for each in choice.queued] == [(far["text"], "diverse")]


def test_weak_slices_take_turns() -> None:
    given = [record(sentence(number), topic="lund" if number % 2 else "orsa") for number in range(40)]
    weak = [WeakSlice("topic lund", 99, 0.2), WeakSlice("actor not seen", 50, 0.1), WeakSlice("topic moon", 40, 0.1)]
    choice = choose(given, Answers(), 10, Shares(0, 0, 1, 0), weak, known_actors={"Arda"})
    assert Counter(each.reason for each in choice.queued) == {"weak: topic lund": 5, "weak: actor not seen": 5}
    assert all(each.record["topic"] == "lund" for each in choice.queued if each.reason == "weak: topic lund")


def test_a_pair_of_two_weak_slices_is_chosen_once() -> None:
    weak = [WeakSlice("predicted none", 99, 0.2), WeakSlice("length to 15 words", 50, 0.1)]
    choice = choose(records(10), Answers(), 4, Shares(0, 0, 1, 0), weak)
    assert len({each.record["id"] for each in choice.queued}) == 4


def test_a_share_that_finds_nothing_is_filled_up_with_uncertain_pairs() -> None:
    choice = choose(records(40), Answers(), 10)  # no weak slices are known
    assert Counter(each.reason for each in choice.queued) == {"uncertain": 6, "diverse": 2, "random": 2}


def test_progress_tells_how_many_pairs_are_scored() -> None:
    heard: list[tuple[int, int]] = []
    choose(records(600), Answers(), 5, progress=lambda done, total: heard.append((done, total)))
    assert heard == [(512, 600), (600, 600)]


def test_nothing_to_choose_from_is_said() -> None:
    choice = choose([], Answers(), 5)
    assert (choice.queued, choice.words) == ([], ["5 pairs were asked for; 0 is all there is to choose"])


def test_impossible_sizes_and_shares_are_refused() -> None:
    with pytest.raises(InputError, match="one pair or more"):
        choose(records(1), Answers(), 0)
    with pytest.raises(InputError, match="add up to 1"):
        Shares(0.9, 0.9, 0, 0)
    with pytest.raises(InputError, match="0 or more"):
        Shares(1.2, -0.2, 0, 0)


def test_texts_without_a_word_do_not_stop_the_choice() -> None:
    given = [{"text": text, "actor": "K", "mention": None, "start": None} for text in ("…", "!?", "K", "the of and")]
    assert choose(given, Answers(), 4, Shares(0, 1, 0, 0)).queued


def test_what_is_queued_waits_in_the_ledger_and_is_not_queued_again(tmp_path: Path) -> None:
    ledger = Ledger(Database(f"sqlite:///{tmp_path / 'parley.db'}"))
    [(_, frozen), *_] = read_records(SEEDS / "unseen" / "falklands.jsonl")
    new = ["Iran said fuel depots would reopen.", "The Taliban refused to meet anybody while raids went on."]
    rows = [{"text": text} for text in new] + [
        {"text": frozen["text"], "actor": frozen["actor"]},
        {"text": "It rained."},
    ]
    file = write(tmp_path / "a.jsonl", [*rows, {"text": 7}])
    analyzer = load_analyzer()
    said = queue_up([file], 9, analyzer, ledger)
    assert said == [
        f"{file}, line 5, field text: is int; give a string",
        "no actor was found in 1 texts",
        "1 candidates repeat a frozen test and were left out",
        "9 pairs were asked for; 2 is all there is to choose",
        said[-1],
    ]
    assert said[-1].startswith("2 pairs were put into the queue: ")
    assert {each.record["text"] for each in ledger.queue(9)} == set(new)
    assert queue_up([file], 9, analyzer, ledger)[-1] == "0 pairs were put into the queue"
    assert len(ledger.queue(9)) == 2
