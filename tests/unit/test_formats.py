"""What holds for every format: round trips, detection, junk, and files that are whole or not there."""

import errno
import json
import os
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from model.errors import InputError
from training.formats import FORMATS, RawRow, described, detect, format_of, read_rows, write_rows

ENDINGS = {
    "brat": "", "parquet": ".parquet", "excel": ".xlsx", "conll": ".conll", "label-studio": ".json",
    "label-studio-min": ".json", "argilla": ".json", "json": ".json", "tsv": ".tsv", "csv": ".csv",
}  # fmt: skip
# What a format has no place for.
LOST: Mapping[str, tuple[str, ...]] = {
    "argilla": ("created", "op"),
    "newsmtsc": ("context", "title", "date", "topic", "source", "stance", "sure", "alternative", "annotator", "created",
                 "note", "op", "shelf"),
}  # fmt: skip
NASTY = [
    "Kyra said: “talks” — 😀 yes, \"maybe\"; no\ttab.", "=Kyra+1 will talk", "None Kyra NA", "+Kyra", "@Kyra", "- Kyra",
    "one\nKyra two\r\nthree\rfour", "مرحبا Kyra سلام", "bell \x07 Kyra \x1b end", "'Kyra' ''x''",
    '"Kyra" talks, he said.', "  Kyra padded  ", "_x0041_ Kyra _x005F_", "a\u2028Kyra\u2029b\x85c", "# Kyra = x",
    "<b>Kyra</b> & co", "sep=; Kyra",
    "👨🏻‍🚒 Kyra 👨🏻‍🚒", '{"choices": Kyra}', "[{ Kyra", "Kyra\\n\\u0041", "a\x1cb Kyra\x1d", "O Kyra\u00a0x", "Kyra",
]  # fmt: skip


def file_for(form: str, folder: Path) -> Path:
    return folder / f"pairs{ENDINGS.get(form, '.jsonl')}"


def read(path: Path, form: str | None = None, label_is: str | None = None) -> list[RawRow]:
    return list(read_rows(path, form, label_is)[1])


def judged(text: str, number: int) -> dict[str, Any]:
    return {
        "id": f"q{number}", "text": text, "actor": "Kyra's government", "mention": "Kyra", "start": text.rindex("Kyra"),
        "context": 'Before, "this"; 😀\nand that', "title": "=T", "date": "2026-05-01", "topic": "None", "source": "NA",
        "stance": "none", "sentiment": ("negative", "neutral", "positive")[number % 3], "sure": number % 2 == 0,
        "alternative": "none", "annotator": "ann@example.org", "created": "2026-05-01T10:00:00+00:00",
        "note": 'see: "a"\nb', "op": ("label", "adjudicate")[number % 2], "shelf": '=x, y;"z" None',
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_is_found_to_be_that_format_and_read_back_whole(form: str, tmp_path: Path) -> None:
    records = [judged(text, number) for number, text in enumerate(NASTY)]
    path = file_for(form, tmp_path)
    write_rows(records, path, form)
    name, rows = read_rows(path)
    assert name == form
    for record, row in zip(records, rows, strict=True):
        assert (row.error, row.ignored) == (None, None)
        kept = {column: value for column, value in record.items() if column not in LOST.get(form, ())}
        assert {column: row.record.get(column) for column in kept} == kept


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "newsmtsc"])
def test_queue_items_come_back_as_the_same_items(form: str, tmp_path: Path) -> None:
    items = [
        {"id": f"q{number}", "text": f"{number} 😀 {text}", "actor": "Kyra's government", "mention": "Kyra",
         "start": len(f"{number} 😀 ") + text.rindex("Kyra"), "p_support": 0.7, "p_oppose": 0.1}
        for number, text in enumerate(NASTY)
    ]  # fmt: skip
    path = file_for(form, tmp_path)
    write_rows(items, path, form)
    rows = read(path, form)
    found = {row.record["id"]: row.record for row in rows if row.ignored != "a prediction, not an annotation"}
    for item in items:
        same = {name: found[item["id"]][name] for name in ("id", "text", "actor", "mention", "start")}
        assert same == {name: item[name] for name in same}
        assert not found[item["id"]].get("stance")


@pytest.mark.parametrize("form", [name for name in FORMATS if name not in ("argilla", "newsmtsc")])
def test_a_label_that_is_taken_back_comes_back_as_that(form: str, tmp_path: Path) -> None:
    record = {"id": "q1", "text": "Kyra waits.", "actor": "Kyra", "mention": "Kyra", "start": 0, "op": "retract",
              "annotator": "ann@example.org"}  # fmt: skip
    path = file_for(form, tmp_path)
    write_rows([record], path, form)
    [row] = read(path, form)
    assert (row.ignored, row.error, row.record) == (None, None, record)


@pytest.mark.parametrize("form", FORMATS)
def test_none_is_a_label_and_never_missing(form: str, tmp_path: Path) -> None:
    if form == "newsmtsc":
        pytest.skip("NewsMTSC has no stance")
    records = [{"id": name, "text": "Kyra waits.", "actor": "Kyra", "mention": "Kyra", "start": 0, "stance": name}
               for name in ("None", "none", "NA", "nan", "null", "NULL", "True", "0", "1.0")]  # fmt: skip
    path = file_for(form, tmp_path)
    write_rows(records, path, form)
    assert [row.record["stance"] for row in read(path, form)] == [record["stance"] for record in records]


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "brat"])
def test_no_records_make_a_file_that_can_be_read(form: str, tmp_path: Path) -> None:
    path = file_for(form, tmp_path)
    write_rows([], path, form)
    assert read(path, form) == []


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", bytes(range(256)) * 40, b"\x00" * 1000, b"[" * 100_000, b'{"a":' * 100_000, b"PAR1 junk PAR1",
     b"PK\x03\x04 junk", b"\xd0\xcf\x11\xe0 old", b'{"text": 1}\n[2]\n"x"\nnot', b'[{"text": {"a": [null]}}, 3, null]',
     b'[{"data": {}, "annotations": [{"result": [{"value": {"start": "x"}}]}, 4], "predictions": 7}]',
     b'[{"fields": {}, "responses": {"stance": [{"value": {"start": 9}}, 3]}, "suggestions": 4}]',
     b'[{"fields": {"text": "x"}, "responses": [3, {"values": 4}, {"values": {"stance": [{"start": 1, "end": 9}]}}]}]',
     b'{"text": null, "label": [[1, 2], [1, 2, 3], {"start_offset": []}, null, {}], "entities": 3}\n',
     b'{"text": 5, "answer": "accept", "spans": [{"start": null}, 4], "accept": [], "meta": 3, "_timestamp": 1e300}\n',
     b'{"sentence_normalized": 4, "targets": [3, {"polarity": "x"}, {"polarity": 2}]}\n',
     b'{"annotation_id": 1, "lead_time": 1, "annotator": {}, "stance": [{"start": 1, "labels": 5}]}\n',
     b"T1\tActor 5 2\tx\nT2\tActor 0 99999999999\tx\nA1\tStance T9 a\nA2\n#1\n# = \nO\nx O\n", b"a\tb\n\"x\ty\n\"z"],
)  # fmt: skip
def test_no_content_crashes_a_reader(form: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / ("x.ann" if form == "brat" else f"x{ENDINGS.get(form, '.jsonl')}")
    path.write_bytes(content)
    path.with_suffix(".txt").write_bytes(content)
    for name in (form, None):
        try:
            rows = read(path, name)
        except InputError as error:
            assert str(path.stem) in str(error)  # noqa: PT017
        else:
            assert all(isinstance(row.record, dict) for row in rows)


def test_a_line_of_fifty_megabytes_is_read_or_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    huge = json.dumps({"text": "x" * 50_000_000})
    path.write_text(f'{huge}\n{{"text": "Kyra waits."}}\n')
    first, second = read(path)
    assert len(first.record["text"]) == 50_000_000
    assert second.record == {"text": "Kyra waits."}


def test_a_line_beyond_the_limit_is_an_error_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.formats.files.LONGEST_LINE", 1000)
    path = tmp_path / "long.jsonl"
    path.write_text('{"text": "a"}\n{"text": "' + "x" * 5000 + '"}\n{"text": "b"}\n')
    first, long, last = read(path)
    assert (first.record, last.record, last.place) == ({"text": "a"}, {"text": "b"}, "line 3")
    assert long.error == "is longer than 1,000 characters"
    assert long.record["raw"].startswith('{"text": "xxx')


def test_json_in_one_piece_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.formats.files.LARGEST_JSON", 10)
    path = tmp_path / "a.json"
    path.write_text('[{"text": "Kyra waits."}]')
    with pytest.raises(InputError, match="split it, or give JSONL"):
        read(path)


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("a.csv", b"", "it is empty"),
        ("a.dat", bytes(range(256)), "it is not text"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 100, "save it as .xlsx"),
        ("a.zip", b"PK\x03\x04" + b"x" * 100, "unpack it first"),
        ("a.txt", b"Just a sentence.\n", "like none of them"),
    ],
)
def test_what_has_no_format_is_refused_with_what_was_tried(
    tmp_path: Path, name: str, content: bytes, hint: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=f"label-studio.*{hint}.*--format"):
        detect(tmp_path / name)


def test_content_and_not_the_ending_decides(tmp_path: Path) -> None:
    path = tmp_path / "pairs.txt"
    path.write_text("text\tactor\tstance\nKyra waits.\tKyra\tnone\n")
    assert detect(path) == "tsv"
    path.write_text('{"text": "Kyra waits.", "stance": "none"}\n{"text": "b"}\n')
    assert detect(path) == "jsonl"
    path.write_text('[\n {"text": "Kyra waits."}\n]')
    assert detect(path) == "json"


def test_the_ending_of_a_file_to_be_written_says_its_format(tmp_path: Path) -> None:
    assert [format_of(Path(name)) for name in ("a.CSV", "a.jsonl", "a.xlsx")] == ["csv", "jsonl", "excel"]
    with pytest.raises(InputError, match=r"the ending '\.doc' says no format; give \.csv"):
        format_of(tmp_path / "a.doc")


def test_missing_files_folders_and_formats_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.csv does not exist"):
        read_rows(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="is a folder; only brat"):
        read_rows(tmp_path, "csv")
    with pytest.raises(InputError, match="no format 'cvs'; give one of brat"):
        read_rows(tmp_path, "cvs")
    with pytest.raises(InputError, match="stance or sentiment, not 'mood'"):
        read_rows(tmp_path, "brat", "mood")
    with pytest.raises(InputError, match="not a folder; make it first"):
        write_rows([], tmp_path / "none" / "a.csv", "csv")
    with pytest.raises(InputError, match="is a folder; give the name of a file"):
        write_rows([], tmp_path, "csv")


@pytest.mark.parametrize(("label_is", "column"), [(None, "label"), ("stance", "stance"), ("sentiment", "sentiment")])
def test_a_bare_label_goes_where_the_caller_says(tmp_path: Path, label_is: str | None, column: str) -> None:
    (tmp_path / "a.csv").write_text("text,actor,label\nKyra waits.,Kyra,None\n")
    [row] = read(tmp_path / "a.csv", label_is=label_is)
    assert row.record == {"text": "Kyra waits.", "actor": "Kyra", column: "None"}


def test_numbers_and_lists_as_labels_keep_what_they_say(tmp_path: Path) -> None:
    labels = [1, 2.0, ["support"], [0], None, ["a", "b"]]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"label": label}) + "\n" for label in labels))
    rows = read(tmp_path / "a.jsonl", "jsonl")
    assert [row.record.get("label") for row in rows[:5]] == ["1", "2", "support", "0", None]
    assert rows[5].error == "label has 2 values (a, b); give one"
    assert rows[5].record == {"label": ["a", "b"]}


def test_offsets_and_occurrences_give_the_mention(tmp_path: Path) -> None:
    text = "Kyra told Kyra's envoy to wait."
    lines = [{"text": text, "start": 10, "end": 14}, {"text": text, "span": "Kyra", "ordinal": 1},
             {"text": text, "span": "Kyra", "ordinal": 2}, {"text": text, "start": 10, "end": 99}]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    first, second, third, fourth = read(tmp_path / "a.jsonl")
    assert (first.record["mention"], first.record["actor"]) == ("Kyra", "Kyra")
    assert (second.record["mention"], second.record["start"]) == ("Kyra", 10)
    assert third.error == "ordinal is 2, but the text has 'Kyra' 2 times; it counts from 0"
    assert fourth.error == "start 10 and end 99 do not lie inside the 31 characters of the text"


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "brat"])
def test_a_disk_that_fails_at_the_end_leaves_the_old_file_and_no_part(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_for(form, tmp_path)
    write_rows([judged("Kyra waits.", 1)], path, form)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match=f"{path.name} cannot be written: No space left on device"):
        write_rows([judged("Kyra talks.", 1)], path, form)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "parquet", "conll"])
def test_a_disk_that_is_full_leaves_the_old_file_and_no_part(form: str, tmp_path: Path) -> None:
    path = file_for(form, tmp_path)
    write_rows([judged("Kyra waits.", 1)], path, form)
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))
    try:
        with pytest.raises(InputError, match="cannot be written"):
            write_rows([judged("Kyra talks.", number) for number in range(3000)], path, form)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


def test_the_words_for_people_name_encoding_and_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("text;actor;stance\nLe café parle.;café;none\n".encode("cp1252"))
    assert described(path, detect(path)).endswith("parted by semicolons, Windows-1252, since it is not UTF-8")
    path.write_text('{"text": "x"}\n', encoding="utf-16")
    assert described(path, detect(path)).endswith("one JSON object a line; UTF-16")
