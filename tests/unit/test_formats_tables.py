"""CSV, TSV, JSONL, JSON, Parquet and Excel as people and programs really write them."""

import datetime
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from model.errors import InputError
from training.formats import RawRow, detect, read_rows, write_rows

KYRA = {"text": "Kyra waits.", "actor": "Kyra", "stance": "none"}


def read(path: Path, content: bytes | str | None = None, form: str | None = None) -> list[RawRow]:
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path, form)[1])


def records(rows: list[RawRow]) -> list[dict[str, Any]]:
    assert [row.error for row in rows] == [None] * len(rows)
    return [row.record for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_are_read_in_every_encoding_and_delimiter_that_excel_writes(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    lines = [["text", "actor", "stance"], ["Der Präsident – “müde” – wartet.", "Präsident", "none"]]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    assert records(read(tmp_path / "a.csv", content)) == [
        {"text": "Der Präsident – “müde” – wartet.", "actor": "Präsident", "stance": "none"}
    ]


def test_a_few_bad_bytes_spoil_their_row_and_not_the_encoding_of_the_file(tmp_path: Path) -> None:
    content = "text,actor\nLe café – ouvert – parle.,café\n".encode() + b"Caf\xe9 waits.,caf\xe9\n"
    good, bad = read(tmp_path / "a.csv", content)
    assert good.record["actor"] == "café"
    assert bad.error == "holds bytes that are not UTF-8"
    assert bad.record["raw"] == "Caf\\xe9 waits.,caf\\xe9"


def test_quotes_keep_commas_line_ends_and_quotes(tmp_path: Path) -> None:
    content = 'text,actor\r\n"Kyra, ""tired"",\r\nwaits.",Kyra\r\n\r\n,,\r\n"Oslo waits.",Oslo\r\n'
    first, wide, last = read(tmp_path / "a.csv", content.replace(",,", ",Kyra,surplus"))
    assert (first.place, first.record["text"]) == ("line 2", 'Kyra, "tired",\r\nwaits.')
    assert wide.error == "has 3 fields where the header has 2"
    assert wide.record == {"actor": "Kyra", "more": ["surplus"]}
    assert (last.place, last.record["actor"]) == ("line 6", "Oslo")


def test_a_quote_that_is_never_closed_loses_no_other_row(tmp_path: Path) -> None:
    content = 'text,actor\n"Kyra waits.,Kyra\nOslo waits.,Oslo\n"Bern" waits.,Bern\nRome waits.,Rome\n'
    unclosed, oslo, bare, rome = read(tmp_path / "a.csv", content)
    assert unclosed.error
    assert unclosed.record["raw"] == '"Kyra waits.,Kyra'
    assert bare.error
    assert bare.record["raw"] == '"Bern" waits.,Bern'
    assert [row.record["actor"] for row in (oslo, rome)] == ["Oslo", "Rome"]


def test_a_tsv_with_bare_quotation_marks_is_read_without_quoting(tmp_path: Path) -> None:
    content = 'text\tactor\n"Talks" are dead, Kyra said.\tKyra\n"We wait, Oslo said.\tOslo\n'
    assert [each["text"] for each in records(read(tmp_path / "a.tsv", content))] == [
        '"Talks" are dead, Kyra said.', '"We wait, Oslo said.',
    ]  # fmt: skip


def test_a_quoted_tsv_with_one_short_row_is_still_quoted(tmp_path: Path) -> None:
    quoted, short = read(tmp_path / "a.tsv", 'text\tactor\n"Kyra\t""waits"""\tKyra\nOslo waits.\n')
    assert quoted.record["text"] == 'Kyra\t"waits"'
    assert short.error == "has 1 fields where the header has 2"


def test_the_line_that_tells_excel_the_delimiter_is_no_header(tmp_path: Path) -> None:
    assert records(read(tmp_path / "a.csv", "sep=;\ntext;actor;stance\nKyra waits.;Kyra;none\n")) == [KYRA]


def test_names_of_columns_are_ours_whatever_their_case_and_others_stay(tmp_path: Path) -> None:
    [record] = records(read(tmp_path / "a.csv", " Text ,ACTOR,Stance,My Notes,Start\nKyra waits.,Kyra,None,x,0\n"))
    assert record == {"text": "Kyra waits.", "actor": "Kyra", "stance": "None", "My Notes": "x", "start": 0}


def test_a_table_without_header_or_with_a_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more than one column named 'text'"):
        read(tmp_path / "a.csv", "text,actor,text\na,b,c\n")
    with pytest.raises(InputError, match="no header"):
        read(tmp_path / "b.csv", "\n\n", "csv")


def test_empty_cells_and_rows_are_no_values(tmp_path: Path) -> None:
    assert records(read(tmp_path / "a.csv", "text,actor,stance\nKyra waits.,Kyra,\n,,\n")) == [
        {"text": "Kyra waits.", "actor": "Kyra"}
    ]


def test_csv_is_written_so_that_excel_knows_its_encoding(tmp_path: Path) -> None:
    write_rows([KYRA], tmp_path / "a.csv", "csv")
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbftext,actor,stance\r\nKyra waits.,Kyra,none\r\n"


def test_bad_lines_of_jsonl_are_rows_with_a_reason_and_their_content(tmp_path: Path) -> None:
    lines = [json.dumps(KYRA).encode(), b'{"text": ', b"", b"[1]", b'{"text": "caf\xe9"}',
             b'{"n": ' + b"9" * 5000 + b"}", b'{"a": ' * 99_999,
             '{"text": "a\u2028b", "p": NaN, "q": 1e999}'.encode()]  # fmt: skip
    rows = read(tmp_path / "a.jsonl", b"\xef\xbb\xbf" + b"\n".join(lines))
    assert [(row.place, row.error) for row in rows] == [
        ("line 1", None),
        ("line 2", "is not JSON: Expecting value at line 1, character 10"),
        ("line 4", "is a JSON list; give an object such as {'text': ..., 'actor': ...}"),
        ("line 5", "holds bytes that are not UTF-8"),
        ("line 6", "is JSON with a number that is too long"),
        ("line 7", "is JSON that is nested too deeply"),
        ("line 8", None),
    ]
    assert rows[3].record == {"raw": '{"text": "caf\\xe9"}'}
    assert rows[6].record == {"text": "a\u2028b", "p": None, "q": None}


def test_null_and_nan_are_no_labels_and_none_is_one(tmp_path: Path) -> None:
    content = '[{"stance": null, "sentiment": NaN, "x": null}, {"stance": "none", "id": 7}]'
    assert records(read(tmp_path / "a.json", content)) == [{"x": None}, {"stance": "none", "id": "7"}]


def test_json_that_is_broken_says_where(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.json is not JSON: .* at line 2, character 1"):
        read(tmp_path / "a.json", '[{"text": "a"},\n', "json")
    with pytest.raises(InputError, match="not UTF-8"):
        read(tmp_path / "b.json", b'[{"text": "caf\xe9"}]')


def test_a_single_object_over_several_lines_is_one_record(tmp_path: Path) -> None:
    assert records(read(tmp_path / "a.json", '{"text": "Kyra waits.",\n "actor": "Kyra", "stance": "none"}')) == [KYRA]


def test_parquet_keeps_none_and_says_the_names_of_hugging_face_classes(tmp_path: Path) -> None:
    table = pa.table({
        "text": ["Kyra waits.", "Kyra talks."], "label": [3, 0], "start": [0.0, None], "stance": ["none", None],
        "when": pa.array([datetime.datetime(2026, 5, 1), None], pa.timestamp("ns")),
        "day": [datetime.date(2026, 5, 1)] * 2,
        "raw": [b"a\xff", b""], "kind": pa.array(["x", "y"]).dictionary_encode(),
    })  # fmt: skip
    names = {"names": ["support", "conditional", "oppose", "none"], "_type": "ClassLabel"}
    note = json.dumps({"info": {"features": {"label": names, "text": {"dtype": "string"}}}})
    pq.write_table(table.replace_schema_metadata({"huggingface": note}), tmp_path / "a.parquet")
    first, second = records(read(tmp_path / "a.parquet"))
    assert (first["label"], first["start"], first["stance"], first["day"]) == ("none", 0, "none", "2026-05-01")
    assert (first["when"][:10], first["raw"], first["kind"]) == ("2026-05-01", "a\\xff", "x")
    assert (second["label"], second.get("stance"), second.get("start")) == ("support", None, None)


def test_parquet_is_written_whatever_the_columns_hold(tmp_path: Path) -> None:
    odd = [{**KYRA, "x": 1}, {**KYRA, "x": "a"}, {**KYRA, "x": [1, {}]}, {**KYRA, "x": 2**80}, {**KYRA, "x": "\ud83d"}]
    write_rows(odd, tmp_path / "a.parquet", "parquet")
    assert [row["x"] for row in records(read(tmp_path / "a.parquet"))] == [
        "1", "a", "[1, {}]", str(2**80), "\\ud83d",
    ]  # fmt: skip


def test_a_parquet_file_that_is_damaged_is_refused(tmp_path: Path) -> None:
    write_rows([KYRA] * 100, tmp_path / "a.parquet", "parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    with pytest.raises(InputError, match="not a Parquet file"):
        read(tmp_path / "a.parquet", content[:60])


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_excel_is_read_from_every_sheet_with_text_and_types_become_text(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        pairs=[[None], ["Text", "actor", "stance", "id", "date", None], [],
               ["Kyra waits.", "Kyra", "none", 12.0, datetime.datetime(2026, 5, 1), "x"]],
        more=[["text", "label"], ["Oslo talks.", 1]],
        reading=[["Read me first"]],
    )  # fmt: skip
    assert detect(path) == "excel"
    first, second, left = read(path)
    assert (first.place, second.place) == ("sheet pairs, row 4", "sheet more, row 2")
    assert first.record == {
        "text": "Kyra waits.", "actor": "Kyra", "stance": "none", "id": "12", "date": "2026-05-01", "column F": "x",
    }  # fmt: skip
    assert second.record == {"text": "Oslo talks.", "label": "1"}
    assert (left.place, left.ignored) == ("sheet reading", "a sheet without a column text")


def test_what_excel_took_for_a_formula_and_could_not_reckon_is_an_error(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", pairs=[["text", "actor"], ["#NAME?", "Kyra"]])
    [row] = read(path)
    assert row.error == "cell A2 shows the Excel error #NAME?; type the text anew"


def test_texts_are_written_to_excel_as_text_and_never_as_formulas(tmp_path: Path) -> None:
    write_rows([{**KYRA, "text": '=HYPERLINK("x")'}], tmp_path / "a.xlsx", "excel")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "HYPERLINK" in sheet


def test_what_excel_cannot_hold_is_said_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="record q1, text: 40,000 characters are more than an Excel cell holds"):
        write_rows([{"id": "q1", "text": "x" * 40_000}], tmp_path / "a.xlsx", "excel")
    assert not (tmp_path / "a.xlsx").exists()


def test_an_excel_file_that_is_damaged_or_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", pairs=[["text"], ["a"]])
    damaged = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<broken" if "sheet1" in name else old.read(name))
    (tmp_path / "b.xlsx").write_bytes(damaged.getvalue())
    with pytest.raises(InputError, match="not an Excel file"):
        read(tmp_path / "b.xlsx")
    monkeypatch.setattr("training.formats.excel.LARGEST_UNPACKED", 100)
    with pytest.raises(InputError, match="unpacks to"):
        read(path)
