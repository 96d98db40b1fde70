"""Readers and writers of JSONL, CSV and Parquet tables of any size, a chunk of rows at a time.

A reader first scans its file once: for the number of rows, for the columns and their Arrow types, and so that
a file that cannot be read at all is refused before hours of scoring, not after. The types, which only a
Parquet target needs, are the same for every chunk:

Parquet   as they are; the columns travel as Arrow arrays and never become Python objects on their way
CSV       string; int64 for `start` where every cell of it is empty or whole digits
JSONL     string, bool, int64 or float64 where every value that is not null has that type; else JSON in a string

The other way, JSON has no dates, decimals and bytes: they become strings; NaN and infinity become null.
A CSV cell is empty for null, and JSON for anything that is not a string. CSV is written as in RFC 4180.
"""

import codecs
import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from model.errors import InputError

CSV_FIELD_LIMIT: Final = 2**31 - 1
INT64_DIGITS: Final = 18
PARQUET_BUFFER: Final = 1 << 20

Row = dict[str, Any]


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows. `errors` says of each row why it could not be read, or None.

    `arrow` holds the same rows with the types that they have in a Parquet file.
    """

    rows: list[Row]
    errors: list[str | None]
    arrow: pa.Table | None = None


class Table(Protocol):
    """A scanned input file."""

    total: int
    schema: pa.Schema
    has_header: bool

    def chunks(self, size: int, skip: int = 0) -> Iterator[Chunk]:
        """The rows after the first `skip`, at most `size` at a time."""
        ...


def format_of(path: Path) -> str:
    """`jsonl`, `csv` or `parquet`, by the file's ending."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in READERS:
        raise InputError(f"{path}: the ending {path.suffix!r} is not known; give .jsonl, .csv or .parquet")
    return ending


def open_table(path: Path) -> Table:
    """Scan a file and make it ready to be read."""
    reader = READERS[format_of(path)]
    if not path.is_file():
        raise InputError(f"{path} is not a file")
    table = reader(path)
    names = table.schema.names
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{path} has more than one column named {', '.join(map(repr, twice))}")
    return table


class JsonlTable:
    """One JSON object a line. Any other line becomes a row with that line in `raw`; blank lines are no rows."""

    has_header = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.total = 0
        kinds: dict[str, set[str]] = {}
        for chunk in self.chunks(size=1):
            self.total += 1
            for name, value in chunk.rows[0].items():
                kinds.setdefault(name, set()).update(_kind(value))
        self.schema = pa.schema([(name, _type_of(kind)) for name, kind in kinds.items()])

    def chunks(self, size: int, skip: int = 0) -> Iterator[Chunk]:
        parsed = (_parse_line(number, line) for number, line in islice(self._lines(), skip, None))
        return _chunked(parsed, size)

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        with self.path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                text = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                if text.strip():
                    yield number, text.rstrip(b"\r\n")


class CsvTable:
    """Every cell a string. A row with too many or too few fields keeps those that have a column."""

    has_header = True

    def __init__(self, path: Path) -> None:
        self.path = path
        records = self._records()
        _, self.columns = next(records, (0, []))
        if not self.columns:
            raise InputError(f"{path} is empty: it does not even have a header line")
        start = self.columns.index("start") if "start" in self.columns else None
        self.total, whole = 0, True
        for _, fields in records:
            self.total += 1
            if start is not None and start < len(fields):
                whole = whole and (not fields[start] or _is_whole(fields[start]))
        self.schema = pa.schema(
            [(name, pa.int64() if name == "start" and whole else pa.string()) for name in self.columns]
        )

    def chunks(self, size: int, skip: int = 0) -> Iterator[Chunk]:
        records = islice(self._records(), 1 + skip, None)
        return _chunked((self._row(number, fields) for number, fields in records), size)

    def _row(self, number: int, fields: list[str]) -> tuple[Row, str | None]:
        row: Row = dict(zip(self.columns, fields, strict=False))
        if len(fields) == len(self.columns):
            return row, None
        error = f"line {number}: has {len(fields)} fields where the header has {len(self.columns)}"
        surplus = fields[len(self.columns) :]
        return row, f"{error}; without a column: {to_json(surplus)}" if surplus else error

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(CSV_FIELD_LIMIT)
        with self.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            try:
                for fields in reader:
                    if fields:
                        yield reader.line_num, fields
            except csv.Error as error:
                raise InputError(f"{self.path}, line {reader.line_num}: {error}") from None
            except UnicodeDecodeError:
                raise InputError(f"{self.path} is not UTF-8: {_first_bad_byte(self.path)}") from None


class ParquetTable:
    """A Parquet file. Row groups before the first wanted row are not read at all."""

    has_header = True

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with pq.ParquetFile(path) as file:
                self.total = int(file.metadata.num_rows)
                self.schema = file.schema_arrow.remove_metadata()
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path} is not a Parquet file: {error}") from None

    def chunks(self, size: int, skip: int = 0) -> Iterator[Chunk]:
        pending: list[pa.RecordBatch] = []
        for batch in self._batches(size, skip):
            room = size - sum(each.num_rows for each in pending)
            pending.append(batch.slice(0, room))
            if batch.num_rows >= room:
                yield _arrow_chunk(pa.Table.from_batches(pending))
                pending = [batch.slice(room)]
        if any(each.num_rows for each in pending):
            yield _arrow_chunk(pa.Table.from_batches(pending))

    def _batches(self, size: int, skip: int) -> Iterator[pa.RecordBatch]:
        """Batches of at most `size` rows, cut at the same rows whatever is skipped."""
        try:
            with pq.ParquetFile(self.path, buffer_size=PARQUET_BUFFER) as file:
                for group in range(file.num_row_groups):
                    rows = file.metadata.row_group(group).num_rows
                    if skip >= rows:
                        skip -= rows
                        continue
                    for batch in file.iter_batches(size, row_groups=[group]):
                        yield batch.slice(skip)
                        skip = max(0, skip - batch.num_rows)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{self.path} is damaged: {error}") from None


READERS: Final[Mapping[str, type[JsonlTable] | type[CsvTable] | type[ParquetTable]]] = {
    "jsonl": JsonlTable,
    "csv": CsvTable,
    "parquet": ParquetTable,
}


def write_part(
    path: Path, form: str, schema: pa.Schema, rows: Sequence[Row], arrays: Mapping[str, pa.ChunkedArray]
) -> None:
    """Write rows as one part of a table; `arrays` are columns that a Parquet part takes as they are."""
    if form == "parquet":
        columns = [
            arrays[field.name]
            if field.name in arrays
            else pa.array([_arrow_value(row.get(field.name), field.type) for row in rows], field.type)
            for field in schema
        ]
        pq.write_table(pa.Table.from_arrays(columns, schema=schema), path)
    elif form == "csv":
        _write_csv(path, [[_cell(row.get(name)) for name in schema.names] for row in rows])
    else:
        path.write_bytes(b"".join(to_json(row).encode() + b"\n" for row in rows))


def join_parts(path: Path, form: str, schema: pa.Schema, parts: Sequence[Path]) -> None:
    """Make one table of parts that `write_part` wrote, in their order."""
    if form == "parquet":
        with pq.ParquetWriter(path, schema) as writer:
            for part in parts:
                writer.write_table(pq.ParquetFile(part).read())
        return
    _write_csv(path, [schema.names] if form == "csv" else [])
    with path.open("ab") as stream:
        for part in parts:
            stream.write(part.read_bytes())


def to_json(value: Any) -> str:
    """JSON on one line, valid whatever the value: no bare NaN, no half of a surrogate pair."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        text = json.dumps(_plain(value), ensure_ascii=False)
    return _escaped(text)


def _chunked(rows: Iterator[tuple[Row, str | None]], size: int) -> Iterator[Chunk]:
    while block := list(islice(rows, size)):
        yield Chunk([row for row, _ in block], [error for _, error in block])


def _parse_line(number: int, line: bytes) -> tuple[Row, str | None]:
    try:
        text = line.decode("utf-8")
        # JSON has no NaN, but Python's writer does: read it as the null that it means.
        value = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
        if not isinstance(value, dict):
            reason = f"is a JSON {type(value).__name__}; give an object"
        elif "\\u" in text and any(_escaped(name) != name for name in value):
            reason = "has a column name that holds half of a surrogate pair"
        else:
            return value, None
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 at its byte {error.start + 1}"
    except json.JSONDecodeError as error:
        reason = f"is not JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}"
    except (ValueError, RecursionError):
        reason = "is not JSON that can be read: a number is too long or the nesting too deep"
    return {"raw": line.decode("utf-8", "replace")}, f"line {number}: {reason}"


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _first_bad_byte(path: Path) -> str:
    offset = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return f"byte {offset + error.start} (line {number}) is 0x{line[error.start]:02x}; save it as UTF-8"
            offset += len(line)
    return "it ends in the middle of a character"


def _kind(value: Any) -> set[str]:
    """The kind of a JSON value, for its column's type: nothing for null."""
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return {"huge"}
    return set() if value is None else {type(value).__name__}


def _type_of(kinds: set[str]) -> pa.DataType:
    if kinds and kinds <= {"int", "float"}:
        return pa.float64() if "float" in kinds else pa.int64()
    return pa.bool_() if kinds == {"bool"} else pa.string()


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= INT64_DIGITS


def _escaped(text: str) -> str:
    """The text with each half of a surrogate pair, which UTF-8 cannot hold, as its JSON escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _arrow_chunk(table: pa.Table) -> Chunk:
    columns = {name: _json_values(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return Chunk(rows, [None] * table.num_rows, table)


def _json_values(column: pa.ChunkedArray) -> list[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind):
        column = column.cast(pa.string())  # Python's own types stop at microseconds
    return [_plain(value) for value in column.to_pylist()]


def _plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_plain(each) for each in value]
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def _arrow_value(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_string(kind):
        return _escaped(value) if isinstance(value, str) else to_json(value)
    if isinstance(value, str):  # a whole number in a CSV cell
        return int(value) if value else None
    return float(value) if pa.types.is_floating(kind) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return _escaped(value) if isinstance(value, str) else to_json(value)


def _write_csv(path: Path, lines: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(lines)
