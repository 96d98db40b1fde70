"""CSV and TSV: a header line, then a row a judgement, every cell text. An empty cell is no value; "None" and "NA" are.

Read: any encoding that Excel writes; commas, semicolons, tabs or bars, whichever fits the header; quotes as in
RFC 4180. A quote that is never closed spoils its own line only. A TSV whose cells hold bare quotation marks is read
without quoting. Written: RFC 4180, UTF-8 (CSV with the mark by which Excel knows it). Cells are written as they are:
a text that begins with "=" is a formula to Excel, so give people who use Excel an .xlsx file instead.
"""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from model.errors import InputError
from training.formats.base import COLUMNS, Format, RawRow, Record, Records, columns_of
from training.formats.files import RAW_SHOWN, Line, cell, clean, encoding_of, lines_of, replacing
from training.formats.sample import Sample

DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
FIELD_LIMIT: Final = 2**31 - 1
LINES_A_ROW: Final = 500  # a quoted cell that goes on for longer was never closed
TRIED: Final = 200  # lines by which to judge whether a TSV quotes its cells


def delimiter_of(path: Path) -> str:
    """The delimiter that cuts the header into most columns that we know, then into most columns."""
    line = next((line.text for line in lines_of(path, encoding_of(path), newline="") if line.text.strip()), "")
    named = line.strip().casefold()
    if named.startswith("sep=") and len(named) == 5:
        return named[-1]
    return max(DELIMITERS, key=lambda each: _fit(line, each))


def header_of(sample: Sample) -> list[str]:
    """The columns of what may be a table; none where its beginning is not like one."""
    lines = [line for line in sample.lines if line.strip() and not line.strip().casefold().startswith("sep=")]
    if sample.kind != "text" or not lines:
        return []
    return _split(lines[0], max(DELIMITERS, key=lambda each: _fit(lines[0], each)))


def read_table(path: Path, delimiter: str | None = None) -> Iterator[RawRow]:
    """Rows of a table; InputError where it has no header, or the same column twice."""
    delimiter = delimiter or delimiter_of(path)
    rows = _records(path, delimiter, _quotes(path, delimiter))
    first = next(rows, None)
    if first and first[1] and "".join(first[1]).casefold().startswith("sep="):
        first = next(rows, None)
    if not first or first[2]:
        raise InputError(f"{path} has no header line of column names")
    columns = [name.strip() for name in first[1]]
    if twice := sorted({name for name in columns if name and columns.count(name) > 1}):
        raise InputError(f"{path} has more than one column named {', '.join(map(repr, twice))}; rename one")
    columns = [name or f"column {number}" for number, name in enumerate(columns, 1)]
    for place, fields, error in rows:
        if error or any(fields):
            yield _row(place, columns, fields, error)


def write_table(records: Records, path: Path, delimiter: str = ",") -> None:
    columns = columns_of(records)
    with (
        replacing(path) as part,
        part.open("w", encoding="utf-8-sig" if delimiter == "," else "utf-8", newline="") as stream,
    ):
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(clean(name) for name in columns)
        writer.writerows([cell(record.get(name)) for name in columns] for record in records)


def _row(place: str, columns: list[str], fields: list[str], error: str | None) -> RawRow:
    if error:
        return RawRow(place, {"raw": "".join(fields)[:RAW_SHOWN]}, error=error)
    record: Record = {name: value for name, value in zip(columns, fields, strict=False) if value != ""}
    if len(fields) > len(columns):
        record["more"] = fields[len(columns) :]
        return RawRow(place, record, error=f"has {len(fields)} fields where the header has {len(columns)}")
    if len(fields) < len(columns):
        return RawRow(place, record, error=f"has {len(fields)} fields where the header has {len(columns)}")
    return RawRow(place, record)


def _records(path: Path, delimiter: str, quotes: bool) -> Iterator[tuple[str, list[str], str | None]]:
    """Place, fields and error of each record; with an error, the fields are its first line alone."""
    csv.field_size_limit(FIELD_LIMIT)
    lines = lines_of(path, encoding_of(path), newline="")
    waiting: list[Line] = []
    width = 0
    while first := _next(waiting, lines):
        if not first.text.strip("\r\n"):
            continue
        place = f"line {first.number}"
        if first.error:
            yield place, [first.text], first.error
        elif not quotes:
            yield place, first.text.rstrip("\r\n").split(delimiter), None
        else:
            taken = [first]
            fields, error = _quoted(taken, waiting, lines, delimiter)
            width = width or len(fields)
            if not error and len(taken) > 1 and len(fields) != width:
                error = "has a quotation mark that is not closed on its line"
            if error:  # what follows the first line is read again, as rows of their own
                waiting[:0] = taken[1:]
                fields = [first.text.rstrip("\r\n")]
            yield place, fields, error


def _quoted(
    taken: list[Line], waiting: list[Line], lines: Iterator[Line], delimiter: str
) -> tuple[list[str], str | None]:
    """The fields of the record that begins in `taken`, to which the lines that it goes on in are added."""

    def feed() -> Iterator[str]:
        yield taken[0].text
        while len(taken) < LINES_A_ROW and (line := _next(waiting, lines)):
            taken.append(line)
            if line.error:
                return
            yield line.text

    try:
        return next(csv.reader(feed(), delimiter=delimiter, strict=True)), None
    except csv.Error as error:
        words = "has a quotation mark that is not closed" if "end of data" in str(error) else f"is not CSV: {error}"
        return [], words
    except StopIteration:
        return [], "is empty"


def _next(waiting: list[Line], lines: Iterator[Line]) -> Line | None:
    return waiting.pop(0) if waiting else next(lines, None)


def _quotes(path: Path, delimiter: str) -> bool:
    """Does a quotation mark quote? Always in CSV; in TSV unless fewer of the first rows then fit the header."""
    if delimiter != "\t":
        return True

    def bad(quotes: bool) -> int:
        rows = list(islice(_records(path, delimiter, quotes), TRIED))
        return sum(bool(error) or len(fields) != len(rows[0][1]) for _, fields, error in rows)

    return bad(quotes=True) <= bad(quotes=False)


def _fit(line: str, delimiter: str) -> tuple[int, int]:
    names = _split(line, delimiter)
    return sum(name.casefold() in {*COLUMNS, "label"} for name in names), len(names)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader(io.StringIO(line), delimiter=delimiter), [])]
    except csv.Error:
        return []


def _is_table(sample: Sample, tabs: bool) -> bool:
    names = header_of(sample)
    known = {name.casefold() for name in names} & {*COLUMNS, "label"}
    ending = sample.path.suffix.casefold() in ((".tsv", ".tab") if tabs else (".csv",))
    first = next((line for line in sample.lines if line.strip()), "")
    is_tabbed = "\t" in first and _fit(first, "\t") >= max(_fit(first, each) for each in ",;|")
    return len(names) > 1 and (bool(known) or ending) and is_tabbed == tabs


CSV: Final = Format(
    "csv", "comma or semicolon separated, as Excel and most tools write", lambda sample: _is_table(sample, tabs=False),
    read_table, write_table,
)  # fmt: skip
TSV: Final = Format(
    "tsv", "tab separated", lambda sample: _is_table(sample, tabs=True),
    lambda path: read_table(path, "\t"), lambda records, path: write_table(records, path, "\t"),
)  # fmt: skip
