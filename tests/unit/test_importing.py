"""Labels from a file into the ledger: what is kept, what is rejected and why, and what the report says."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from model.database import Database
from model.errors import InputError
from model.judgements import judgement_from_row
from model.ledger import Ledger, latest
from training.exporting import records_to_export
from training.formats import FORMATS, write_rows
from training.importing import Names, check_file, import_summary, keep, merged, pairs_of, read_names
from training.resolve import Policy
from training.split import side_of

TEXT = "Kyra will attend the talks in Oslo."
ROW = {"text": TEXT, "actor": "Kyra", "mention": "Kyra", "start": 0, "stance": "support", "annotator": "anna"}
NASTY = [
    "Kyra said: “talks” — 😀 yes, \"maybe\"; no\ttab.", "=Kyra+1 will talk", "None Kyra NA", "one\nKyra two\r\nthree",
    "a\u2028Kyra\u2029b\x85c", "<b>Kyra</b> & co", "# Kyra = x", "مرحبا Kyra سلام", "  Kyra padded  ", "Kyra",
]  # fmt: skip
ENDINGS = {
    "brat": "", "parquet": ".parquet", "excel": ".xlsx", "conll": ".conll", "label-studio": ".json",
    "label-studio-min": ".json", "argilla": ".json", "json": ".json", "tsv": ".tsv", "csv": ".csv",
}  # fmt: skip

AS_IT_IS = Names()

Json = dict[str, Any]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    database = Database(f"sqlite:///{tmp_path}/parley.db")
    yield Ledger(database)
    database.close()


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def file_of(*rows: Json, name: str = "labels.jsonl") -> Path:
    file = Path(name)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def imported(ledger: Ledger, file: Path, names: Names = AS_IT_IS, **options: Any) -> Json:
    return keep(check_file(file, ledger, names, **options), ledger, Path("rejected"))


def rejected_rows(report: Json) -> list[Json]:
    lines = Path(report["rejected_rows"]).read_text(encoding="utf-8").split("\n")[:-1]
    return [json.loads(line) for line in lines]


# Twice, and not at all


def test_importing_a_file_twice_adds_nothing_and_says_so(ledger: Ledger) -> None:
    file = file_of(ROW, {**ROW, "annotator": "ben"})
    assert imported(ledger, file)["added"] == 2
    again = imported(ledger, file)
    assert (again["added"], again["known"], again["known_before"]) == (0, 2, 2)
    assert "kept 0, known already 2: nothing was added" in import_summary(again)
    assert len(ledger.entries()) == 2


def test_a_dry_run_shows_the_same_report_and_keeps_nothing(ledger: Ledger) -> None:
    file = file_of(ROW, {**ROW, "stance": "Favor"}, {**ROW, "text": ""})
    dry = check_file(file, ledger).report
    assert "nothing was kept" in import_summary(dry)
    assert (ledger.entries(), ledger.imports(), Path("rejected").exists()) == ([], [], False)
    report = imported(ledger, file)
    assert {name: report[name] for name in dry} == dry
    assert report.keys() - dry.keys() == {"rejected_rows", "added", "known"}


def test_what_was_kept_names_the_file_and_the_place_and_the_import_is_noted(ledger: Ledger) -> None:
    report = imported(ledger, file_of({**ROW, "stance": "x"}, {**ROW, "url": "http://example.org"}))
    [entry] = ledger.entries()
    assert (entry.file, entry.place, entry.judgement.columns) == (
        "labels.jsonl", "line 2", {"url": "http://example.org"},
    )  # fmt: skip
    [noted] = ledger.imports()
    assert (noted["file"], noted["format"], noted["report"]) == ("labels.jsonl", "jsonl", report)


# What is rejected


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"annotator": None}, "annotator: is missing; give a non-empty string"),
        ({"annotator": "  "}, "annotator: is missing; give a non-empty string"),
        ({"mention": "Arda", "start": None}, "mention: 'Arda' does not occur in the text"),
        ({"start": 3}, "start: the text at 3 does not read 'Kyra'"),
        ({"text": " "}, "text: is empty; give a non-empty string"),
        ({"text": None}, "text: is missing; give a non-empty string"),
        ({"actor": None, "mention": None, "start": None}, "actor: is missing; give a non-empty string"),
        ({"stance": "Favor"}, "stance: is 'Favor'; give one of support, conditional, oppose, none"),
        ({"stance": "None"}, "stance: is 'None'; give one of support, conditional, oppose, none"),
        ({"stance": ["support", "oppose"]}, "row: stance has 2 values (support, oppose); give one"),
        ({"stance": None, "label": "support"}, "say which label it is: --label-is stance or sentiment"),
        ({"text": "Kyra \ud83d talks"}, "text: holds half of a surrogate pair"),
        ({"text": "Kyra\0 talks"}, "text: holds a NUL character"),
        ({"text": "Kyra " * 5000}, "text: has 25,000 characters; at most 20,000"),
        ({"created": "last week"}, "created: is 'last week'; give a time"),
        ({"created": "2999-01-01"}, "created: is '2999-01-01', which is yet to come"),
    ],
)
def test_a_wrong_row_is_rejected_with_its_reason_and_the_others_are_kept(
    ledger: Ledger, change: Json, reason: str
) -> None:
    report = imported(ledger, file_of(ROW, {**ROW, **change}))
    assert (report["added"], report["rejected"]) == (1, 1)
    [row] = rejected_rows(report)
    assert reason in row["rejected_because"]
    assert row["rejected_at"] == "line 2"


def test_like_reasons_are_counted_together(ledger: Ledger) -> None:
    rows = [{**ROW, "mention": name, "start": None} for name in ("Arda", "O'Neil", 'the "Group"')]
    report = check_file(file_of(*rows), ledger).report
    assert report["reasons"] == {"mention: … does not occur in the text": 3}


def test_unknown_labels_are_counted_and_can_be_imported_again_with_a_mapping(ledger: Ledger) -> None:
    rows = [{**ROW, "stance": name, "annotator": f"a{n}"} for n, name in enumerate(("Favor", "Favor", "AGAINST"))]
    report = imported(ledger, file_of(*rows))
    assert report["unknown_labels"] == {"stance 'Favor'": 2, "stance 'AGAINST'": 1}
    assert "no such label: stance 'Favor' (2 rows); give a mapping" in import_summary(report)
    left = Path(report["rejected_rows"])
    half = imported(ledger, left, Names(stance={"Favor": "support"}))
    assert (half["added"], half["rejected"]) == (2, 1)
    rest = imported(ledger, Path(half["rejected_rows"]), Names(stance={"AGAINST": "oppose"}))
    assert (rest["added"], rest["rejected"]) == (1, 0)
    assert [entry.judgement.stance for entry in ledger.entries()] == ["support", "support", "oppose"]
    assert all("rejected" not in name for entry in ledger.entries() for name in entry.judgement.columns)


@pytest.mark.parametrize("odd", [{"label": ["a", "b"]}, {"answer": "accept", "stance": ["a", "b"]}])
def test_rejected_rows_are_read_as_what_they_are_whatever_they_look_like(ledger: Ledger, odd: Json) -> None:
    plain = {**ROW, "stance": "Favor"}
    report = imported(ledger, file_of({**ROW, "stance": None, **odd}, plain), form="jsonl")
    again = imported(ledger, Path(report["rejected_rows"]), Names(stance={"Favor": "support"}))
    assert (again["format"], again["rows"], again["added"], again["ignored"]) == ("jsonl", 2, 1, {})


def test_rejected_rows_of_a_tool_come_back_when_the_annotator_is_named(ledger: Ledger) -> None:
    write_rows([{name: ROW[name] for name in ROW if name != "annotator"}], "tasks.json", "label-studio")
    report = imported(ledger, Path("tasks.json"))
    assert report["reasons"] == {"annotator: is missing; give a non-empty string": 1}
    assert imported(ledger, Path(report["rejected_rows"]), annotator="anna")["added"] == 1


def test_a_named_annotator_speaks_only_for_rows_that_name_none(ledger: Ledger) -> None:
    imported(ledger, file_of(ROW, {**ROW, "annotator": None}), annotator="ben")
    assert [entry.judgement.annotator for entry in ledger.entries()] == ["anna", "ben"]


@pytest.mark.parametrize("length", [10, 240])
def test_rejected_rows_get_a_file_however_long_the_name_is(ledger: Ledger, length: int) -> None:
    report = imported(ledger, file_of({**ROW, "stance": "x"}, name="é" * (length // 2) + ".jsonl"))
    assert len(rejected_rows(report)) == 1


def test_a_file_whose_name_is_not_utf_8_is_kept_under_a_readable_one(ledger: Ledger) -> None:
    report = imported(ledger, file_of(ROW, {**ROW, "stance": "x"}, name=os.fsdecode(b"caf\xe9.jsonl")))
    assert report["added"] == 1
    assert ledger.entries()[0].file == "caf?.jsonl"
    import_summary(report).encode()


def test_a_hostile_place_in_a_file_does_not_stop_the_import(ledger: Ledger) -> None:
    annotation = {"id": "\ud83d\0", "completed_by": "anna", "result": [
        {"from_name": "stance", "to_name": "x", "type": "choices", "value": {"choices": ["support"]}}]}  # fmt: skip
    Path("tasks.json").write_text(json.dumps([{"data": {"text": TEXT, "actor": "Kyra"}, "annotations": [annotation]}]))
    assert imported(ledger, Path("tasks.json"))["added"] == 1
    assert ledger.entries()[0].place == "task 1, annotation ?�"  # without the NUL, which PostgreSQL does not keep


# What things are called


@pytest.mark.parametrize("name", ["none", "None"])
def test_none_is_a_label_and_is_never_guessed_from_its_capital(ledger: Ledger, name: str) -> None:
    Path("labels.csv").write_text(f"text,actor,stance,annotator\n{TEXT},Kyra,{name},anna\n")
    assert imported(ledger, Path("labels.csv"))["added"] == (name == "none")
    assert imported(ledger, Path("labels.csv"), Names(stance={"None": "none"}))["accepted"] == 1
    assert [entry.judgement.stance for entry in ledger.entries()] == ["none"]


def test_a_bare_label_is_what_the_caller_says_it_is(ledger: Ledger) -> None:
    rows = [{**ROW, "stance": None, "label": "positive"}]
    assert imported(ledger, file_of(*rows), Names(label_is="sentiment"))["sentiment"] == {"positive": 1}


def test_columns_of_other_names_are_read_as_if_they_had_ours(ledger: Ledger) -> None:
    columns = {"sentence": "text", "target": "mention", "from": "start", "verdict": "stance", "to": "end"}
    names = Names(columns, stance={"1": "support"})
    for verdict in (1, 1.0, "1", ["1"]):
        row = {"sentence": TEXT, "target": "Kyra", "from": 0, "verdict": verdict}
        assert check_file(file_of(row), ledger, names, annotator="anna").report["accepted"] == 1
    by_offsets = {"sentence": TEXT, "from": 0, "to": 4, "verdict": "1"}
    [judgement] = check_file(file_of(by_offsets), ledger, names, annotator="anna").judgements
    assert (judgement.pair.mention, judgement.pair.start, judgement.pair.actor) == ("Kyra", 0, "Kyra")


@pytest.mark.parametrize("order", [("sentence", "text"), ("text", "sentence")])
def test_a_mapped_column_goes_before_one_that_has_our_name(ledger: Ledger, order: tuple[str, str]) -> None:
    content = {"sentence": TEXT, "text": "A whole article without the actor."}
    row = {**{name: content[name] for name in order}, "actor": "Kyra", "stance": "none", "annotator": "anna"}
    [judgement] = check_file(file_of(row), ledger, Names({"sentence": "text"})).judgements
    assert judgement.pair.text == TEXT


def test_a_mapping_file_takes_names_as_they_are_written() -> None:
    Path("map.yaml").write_text(
        "stance: {No: oppose, Yes: support, 1: none, null: none, 1.0: none}\nlabel_is: stance\n"
    )
    names = read_names(Path("map.yaml"))
    assert names.stance == {"No": "oppose", "Yes": "support", "1": "none", "null": "none", "1.0": "none"}
    assert names.label_is == "stance"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"stance: {Favor: good}", "'Favor' is mapped to 'good'; map it to one of support"),
        (b"stances: {a: b}", "must hold only columns, label_is, sentiment, stance"), (b"- a", "must hold only"),
        (b"", "must hold only"), (b"stance: [a]", "stance: give pairs such as Favor: support"), (b"a: {", "cannot be"),
        (b"\xff\xfe\x00", "cannot be read"), (b"label_is: tone", "a label can be stance or sentiment, not 'tone'"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_file_is_refused_in_words(content: bytes, words: str) -> None:
    Path("map.yaml").write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_names(Path("map.yaml"))


def test_options_add_to_a_mapping_file_and_win() -> None:
    file = Names({"a": "text"}, {"Pro": "support", "Con": "oppose"}, label_is="stance")
    both = merged(file, Names({}, pairs_of(["Con=none", "a=b=support"])))
    assert both == Names({"a": "text"}, {"Pro": "support", "Con": "none", "a=b": "support"}, label_is="stance")
    with pytest.raises(InputError, match="'Favor' is no pair; give THEIRS=OURS"):
        pairs_of(["Favor"])


# What the report counts


def test_conflicts_in_the_file_and_with_the_ledger_are_counted(ledger: Ledger) -> None:
    others = {**ROW, "text": "Kyra left the talks."}
    imported(ledger, file_of({**ROW, "stance": "oppose", "annotator": "cleo"}))
    rows = [ROW, others, {**others, "stance": "oppose", "annotator": "ben"}, {**ROW, "text": "Kyra is silent."}]
    report = check_file(file_of(*rows), ledger).report
    assert (report["conflicts"], report["changed"]) == (2, 0)


def test_an_annotator_who_contradicts_an_own_word_is_counted_apart(ledger: Ledger) -> None:
    imported(ledger, file_of(ROW))
    report = imported(ledger, file_of({**ROW, "stance": "oppose"}, {**ROW, "stance": "none"}))
    assert (report["changed"], report["conflicts"], report["added"]) == (2, 0, 2)
    assert "rows that change what the same annotator said before 2" in import_summary(report)
    [last] = latest(ledger.entries()).values()
    assert last.judgement.stance == "none"


def test_a_word_that_was_taken_back_is_not_taken_up_again_in_silence(ledger: Ledger) -> None:
    for stance in ("support", "oppose"):
        imported(ledger, file_of({**ROW, "stance": stance}))
    report = imported(ledger, file_of(ROW))
    assert (report["added"], report["taken_back_since"]) == (0, 1)
    assert "to say it again, give `created`" in import_summary(report)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert imported(ledger, file_of({**ROW, "created": soon}))["added"] == 1
    assert [entry.judgement.stance for entry in latest(ledger.entries()).values()] == ["support"]


def test_duplicates_and_near_duplicates_are_counted(ledger: Ledger) -> None:
    imported(ledger, file_of(ROW, {**ROW, "text": "The envoys of Kyra will attend the talks in Oslo.", "start": 14}))
    near = "The envoys of Belun will attend the talks in Rome."
    rows = [
        {**ROW, "text": TEXT.upper(), "mention": "KYRA"},  # another spelling of the sentence that the ledger has
        {**ROW, "text": near, "actor": "Belun", "mention": "Belun", "start": 14},
        {**ROW, "text": near, "actor": "Belun", "mention": "Belun", "start": 14},
        {**ROW, "text": "Kyra counted ships near the harbor."},
    ]
    report = check_file(file_of(*rows), ledger).report
    assert (report["duplicates"], report["known_before"], report["near_duplicates"]) == (1, 1, 1)


def test_near_duplicates_of_too_many_sentences_are_not_looked_for(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.importing.MOST_COMPARED", 3)
    report = check_file(file_of(ROW, {**ROW, "text": "Kyra is away."}), ledger).report
    assert report["near_duplicates"] is None
    assert "much like another not looked for, too many" in import_summary(report)


def test_what_overlaps_a_frozen_test_is_kept_and_said_not_to_be_trained_on(ledger: Ledger) -> None:
    frozen = ["The envoys of Belun will attend the talks in Rome."]
    repeated = {**ROW, "text": "The envoys of Kyra will attend the talks in Oslo.", "start": 14}
    report = imported(ledger, file_of(repeated, {**ROW, "text": "Kyra counts ships."}), frozen=frozen)
    assert (report["added"], report["uses"]["frozen"]) == (2, 1)
    assert report["uses"][side_of("Kyra counts ships.")] == 1
    assert "in a frozen test and so never trained on 1" in import_summary(report)


def test_what_is_no_judgement_is_left_aside_with_a_reason(ledger: Ledger) -> None:
    write_rows([ROW, {**ROW, "op": "skip", "stance": None}], "out.jsonl", "prodigy")
    report = imported(ledger, Path("out.jsonl"))
    assert (report["added"], report["ignored"]) == (1, {"the answer is ignore": 1})
    assert "left aside 1: the answer is ignore" in import_summary(report)


# Files that are hardly any


def test_binary_junk_and_nothing_at_all_are_refused(ledger: Ledger) -> None:
    Path("junk.csv").write_bytes(bytes(range(256)) * 64)
    with pytest.raises(InputError, match="it is not text"):
        check_file(Path("junk.csv"), ledger)
    Path("empty.csv").write_bytes(b"")
    with pytest.raises(InputError, match="it is empty"):
        check_file(Path("empty.csv"), ledger)
    with pytest.raises(InputError, match="does not exist"):
        check_file(Path("missing.csv"), ledger)


@pytest.mark.parametrize(("encoding", "words"), [("cp1252", "Windows-1252"), ("utf-16", "UTF-16"), ("utf-8", "UTF-8")])
def test_another_encoding_is_read_and_named(ledger: Ledger, encoding: str, words: str) -> None:
    text = "Köln’s café talks: Kyra agrées."
    Path("labels.csv").write_bytes(f"text,actor,stance,annotator\n{text},Kyra,none,zoë\n".encode(encoding))
    report = imported(ledger, Path("labels.csv"))
    assert words in import_summary(report).splitlines()[0]
    [entry] = ledger.entries()
    assert (entry.judgement.pair.text, entry.judgement.annotator) == (text, "zoë")


def test_bytes_of_another_encoding_amid_good_ones_spoil_their_row_alone(ledger: Ledger) -> None:
    good = json.dumps({**ROW, "text": "Kyra “agrees” — ☂ ☂ ☂."}, ensure_ascii=False).encode()
    Path("labels.jsonl").write_bytes(good + b'\n{"text": "Kyra caf\xe9", "actor": "Kyra"}\n')
    report = imported(ledger, Path("labels.jsonl"))
    assert (report["added"], report["reasons"]) == (1, {"row: holds bytes that are not UTF-…": 1})


def test_a_file_of_no_rows_is_imported_and_adds_nothing(ledger: Ledger) -> None:
    Path("labels.csv").write_text("text,actor,stance,annotator\n")
    report = imported(ledger, Path("labels.csv"))
    assert (report["rows"], report["added"]) == (0, 0)
    assert "nothing was added" in import_summary(report)


# Out and in again


def judgements_of(*texts: str) -> list[Json]:
    more = {
        "context": 'Before, "this".',
        "sure": False,
        "alternative": "none",
        "note": "see “a”",
        "url": "=x",
        "id": "7",
    }
    return [
        {**ROW, "text": text, "start": text.rindex("Kyra"), "actor": "the government of Kyra", "sentiment": "neutral",
         "annotator": who, "stance": ("none", "oppose")[number % 2], "created": "2026-05-01T10:00:00.123456", **more}
        for number, text in enumerate(texts) for who in ("anna", "ben@example.org")
    ]  # fmt: skip


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "newsmtsc"])
def test_what_is_exported_and_imported_again_adds_nothing(ledger: Ledger, form: str) -> None:
    ledger.add([judgement_from_row(row) for row in judgements_of(*NASTY)])
    file = Path(f"labels{ENDINGS.get(form, '.jsonl')}")
    write_rows(records_to_export(ledger, "judgements", Policy()), file, form)
    report = imported(ledger, file)
    assert (report["format"], report["rejected"], report["ignored"]) == (form, 0, {})
    assert (report["added"], report["known"]) == (0, 2 * len(NASTY))


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "excel", "label-studio", "prodigy", "doccano", "brat"])
def test_a_history_is_the_same_in_another_ledger(ledger: Ledger, form: str) -> None:
    rows = [{**ROW, "stance": stance, "created": f"2026-03-0{day}"} for day, stance in enumerate(
        ("oppose", "support", "oppose", "none"), 1)]  # fmt: skip
    ledger.add([judgement_from_row(row) for row in [*rows, {**ROW, "annotator": "ben"}]])
    file = Path(f"labels{ENDINGS.get(form, '.jsonl')}")
    write_rows(records_to_export(ledger, "history", Policy()), file, form)
    other = Ledger(Database("sqlite:///other.db"))
    imported(other, file)
    assert [each.judgement.id for each in other.entries()] == [each.judgement.id for each in ledger.entries()]
    other.database.close()


def test_settled_labels_are_nobodys_judgement(ledger: Ledger) -> None:
    ledger.add([judgement_from_row({**ROW, "annotator": who}) for who in ("anna", "ben")])
    write_rows(records_to_export(ledger, "settled", Policy()), "settled.csv", "csv")
    report = imported(ledger, Path("settled.csv"))
    assert (report["added"], report["reasons"]) == (0, {"annotator: is missing; give a non-empty string": 1})
