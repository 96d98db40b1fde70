"""The ledger of labels, on both databases."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from model.database import Database
from model.errors import InputError, RowError, StoreError
from model.judgements import item_of, judgement_from_row
from model.labels import CODEBOOK_VERSION
from model.ledger import JUDGEMENTS, Ledger, Origin, Queued, latest
from model.records import Pair

ROOT = Path(__file__).parents[2]
ROW = {"text": "Arda will talk only if the roads reopen.", "actor": "Arda", "mention": "Arda", "stance": "conditional"}


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    database = Database(database_url)
    yield Ledger(database)
    database.close()


def said(stance: str, annotator: str = "anna", **more: object):  # type: ignore[no-untyped-def]
    return judgement_from_row({**ROW, "stance": stance, **more}, annotator)


def test_a_judgement_comes_back_as_it_was_given(ledger: Ledger) -> None:
    row = {**ROW, "sentiment": "neutral", "sure": "no", "alternative": "support", "note": "the “roads” — ☂", "url": "x"}
    given = judgement_from_row({**row, "created": "2026-03-01T12:00:00+02:00", "context": "Before."}, "anna")
    assert ledger.add([given], ["line 3"], Origin("a.csv", "d" * 64, "csv", {})) == [True]
    [entry] = ledger.entries()
    assert entry.judgement == given
    assert (entry.file, entry.place, entry.judgement.created) == ("a.csv", "line 3", "2026-03-01T10:00:00.000000+00:00")


def test_the_same_judgements_again_add_nothing(ledger: Ledger) -> None:
    judgements = [said("oppose"), said("support", "ben"), said("oppose")]
    assert ledger.add(judgements) == [True, True, False]
    assert ledger.add(judgements) == [False, False, False]
    assert len(ledger.entries()) == 2


def test_a_correction_supersedes_and_the_earlier_word_stays(ledger: Ledger) -> None:
    ledger.add([said("oppose")])
    ledger.add([said("support")])
    first, second = ledger.entries()
    assert second.supersedes == first.judgement.id
    [last] = latest(ledger.entries()).values()
    assert last.judgement.stance == "support"


def test_dated_words_may_go_back_and_forth(ledger: Ledger) -> None:
    for day, stance in enumerate(("oppose", "support", "oppose"), 1):
        assert ledger.add([said(stance, created=f"2026-03-0{day}")]) == [True]
    [last] = latest(ledger.entries()).values()
    assert last.judgement.stance == "oppose"


def test_a_word_that_came_between_two_equal_ones_may_be_imported_later(ledger: Ledger) -> None:
    origin = Origin("a.csv", "d" * 64, "csv", {})
    days = {"2026-03-01": "support", "2026-03-03": "support", "2026-03-02": "oppose"}
    for day, stance in days.items():
        assert ledger.add([said(stance, created=day)], origin=origin) == [True]
    [last] = latest(ledger.entries()).values()
    assert last.judgement.stance == "support"


def test_an_older_word_that_comes_later_does_not_supersede(ledger: Ledger) -> None:
    ledger.add([said("support", created="2026-03-05")])
    ledger.add([said("oppose", created="2026-03-01")])
    [last] = latest(ledger.entries()).values()
    assert last.judgement.stance == "support"


@pytest.mark.parametrize(
    "statement", ["UPDATE judgements SET stance = 'none'", "DELETE FROM judgements", "DELETE FROM imports"]
)
def test_the_database_refuses_to_edit_or_delete(ledger: Ledger, statement: str) -> None:
    ledger.add([said("oppose")], origin=Origin("a.csv", "d" * 64, "csv", {}))
    with pytest.raises(StoreError, match="only ever added to"), ledger.database.writing() as connection:
        connection.execute(text(statement))
    assert ledger.entries()[0].judgement.stance == "oppose"


def test_an_addition_that_fails_leaves_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.ledger.CHUNK", 1)
    good, bad = said("oppose"), said("support", "ben")
    object.__setattr__(bad, "annotator", None)  # which the database refuses, after the first row went in
    with pytest.raises(StoreError):
        ledger.add([good, bad])
    assert ledger.entries() == []
    assert ledger.add([good]) == [True]


def test_an_idempotency_key_answers_the_same_and_adds_once(ledger: Ledger) -> None:
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(ledger.add_once("key", "digest", [said("oppose")])))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(answer == answers[0] and answer["added"] == 1 for answer in answers)
    assert len(ledger.entries()) == 1


def test_many_writers_lose_nothing_and_number_in_order(ledger: Ledger) -> None:
    def write(annotator: str) -> None:
        for index in range(10):
            ledger.add([said("oppose", annotator, text=f"Arda is away, note {index}.")])

    threads = [threading.Thread(target=write, args=(name,)) for name in ("anna", "ben", "cleo", "dan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [entry.number for entry in ledger.entries()]
    assert len(numbers) == 40
    assert numbers == sorted(numbers)
    assert ledger.head() == numbers[-1]
    assert len(ledger.entries(numbers[9])) == 10


def test_the_queue_leaves_out_what_was_judged(ledger: Ledger) -> None:
    rows = [{"text": f"Arda is away, note {index}.", "actor": "Arda"} for index in range(3)]
    items = [judgement_from_row({**row, "stance": "none"}, "x").item for row in rows]
    ledger.enqueue([Queued(row, "random", "m") for row in rows], items)
    ledger.enqueue([Queued(rows[0], "uncertain", "m")], items[:1])
    assert [each.record for each in ledger.queue(10)] == rows
    ledger.add([judgement_from_row({**rows[0], "stance": "none"}, "anna")])
    assert [each.record for each in ledger.queue(10)] == rows[1:]
    assert ledger.queue_length() == 2
    assert [each.record for each in ledger.queue(1)] == rows[1:2]
    assert [each.record for each in ledger.queue(10, "ben")] == rows
    assert ledger.queue_reasons() == dict.fromkeys(items, "random")


def test_the_queue_keeps_a_reason_of_any_length(ledger: Ledger) -> None:
    reason = "weak: topic " + "a very long dispute " * 10
    ledger.enqueue([Queued({"text": "Arda is away.", "actor": "Arda"}, reason, "m")], ["item"])
    assert [each.reason for each in ledger.queue(1)] == [reason]


def test_an_older_word_that_comes_later_supersedes_nothing(ledger: Ledger) -> None:
    ledger.add([said("support", created="2026-03-05"), said("oppose", created="2026-03-01")])
    assert [entry.supersedes for entry in ledger.entries()] == [None, None]


def test_a_file_of_many_rows_keeps_their_order(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.ledger.CHUNK", 7)
    rows = [said("none", text=f"Arda is away, note {index}.") for index in range(50)]
    ledger.add(rows, [f"line {index}" for index in range(50)])
    assert [entry.place for entry in ledger.entries()] == [f"line {index}" for index in range(50)]


def test_a_pair_queued_after_it_was_judged_has_no_reason(ledger: Ledger) -> None:
    ledger.add([said("support")])
    item = ledger.entries()[0].judgement.item
    ledger.enqueue([Queued(ROW, "uncertain", "m"), Queued(ROW, "diverse", "m")], [item, "another"])
    assert ledger.queue_reasons() == {"another": "diverse"}


def test_traffic_adds_up_to_what_was_counted(ledger: Ledger) -> None:
    ledger.count_traffic("m", {"pairs": 2})
    ledger.count_traffic("n", {"pairs": 3})
    assert list(ledger.traffic()) == [("m", {"pairs": 2}), ("n", {"pairs": 3})]
    assert list(ledger.traffic("9999")) == []


def test_a_database_of_a_newer_parley_is_refused(ledger: Ledger, database_url: str) -> None:
    with ledger.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        Database(database_url)


def test_the_tables_are_those_of_the_migrations(ledger: Ledger) -> None:
    with ledger.database.reading() as connection:
        found = connection.execute(text("SELECT * FROM judgements")).keys()
    assert list(found) == [column.name for column in JUDGEMENTS.columns]


def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    database.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [("mysql://a/b", "give postgresql"), ("nonsense", "is no URL"), ("oracle://a", "give postgresql")],
)
def test_another_database_is_refused(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Database(url)


def test_a_database_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreError) as caught:
        Database("postgresql://parley:secret@127.0.0.1:1/none")
    assert "127.0.0.1:1" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "parley.db").write_text("these are my notes, not a database\n" * 50)
    with pytest.raises(StoreError, match="not a database"):
        Database(f"sqlite:///{tmp_path}/parley.db")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stance": "Support"}, "stance"), ({"stance": 3}, "stance"), ({"stance": None}, "stance"),
        ({"sentiment": "good"}, "sentiment"), ({"op": "delete"}, "op"), ({"op": "skip"}, "stance"),
        ({"sure": "maybe"}, "sure"),
        ({"topic": "a\ud800"}, "topic"),
        ({"tags": ["a\udfff"]}, "tags"), ({"created": "yesterday"}, "created"), ({"note": "a\0b"}, "note"),
        ({"mention": "Belun"}, "mention"), ({"text": " "}, "text"), ({"annotator": 3}, "annotator"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(change: dict[str, object], field: str) -> None:
    with pytest.raises(RowError) as caught:
        judgement_from_row({**ROW, **change}, "anna")
    assert caught.value.field == field


def test_a_judgement_needs_somebody_who_gave_it() -> None:
    with pytest.raises(RowError, match="annotator"):
        judgement_from_row(ROW)


def test_spellings_of_one_pair_are_one_item() -> None:
    text = "“The Taliban” will talk — once."
    pair = Pair(text, "Taliban", "Taliban", text.index("Taliban"))
    assert item_of(pair) == item_of(Pair(text, "The Taliban", "The Taliban", text.index("The")))
    assert item_of(pair) == item_of(Pair('"The TALIBAN"  will talk - once.', "TALIBAN"))
    assert item_of(pair) != item_of(Pair(text, "Kabul"))
    assert item_of(Pair(text, "Kabul")) == item_of(Pair(text, "kabul"))


def test_the_codebook_that_ships_is_the_version_that_labels_are_kept_under() -> None:
    heading = (ROOT / "seeds" / "CODEBOOK.md").read_text(encoding="utf-8").splitlines()[0]
    assert f"(version {CODEBOOK_VERSION})" in heading
