"""Excel (.xlsx): a header row, then a row a judgement, on one sheet or on several.

Read: the values of formulas; sheets without a column `text` are left aside where another has one. A cell in which
Excel shows an error (#NAME?, for a text that begins with "=") is an error. Written: every text as text, never as a
formula; control characters in Excel's own escapes (_x0007_).
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from model.errors import InputError
from model.text import LONGEST_CELL, in_excel
from training.formats.base import Format, RawRow, Record, Records, columns_of
from training.formats.files import cell, replacing
from training.formats.sample import Sample

MOST_ROWS: Final = 1_048_576
LARGEST_UNPACKED: Final = 1 << 30  # bytes; a small file can unpack to terabytes
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_FORMULA: Final = ("=", "+", "-", "@")


def read_excel(path: Path) -> Iterator[RawRow]:
    try:
        _refuse_bomb(path)
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheets = [(sheet.title, _filled(sheet)) for sheet in book.worksheets]
            started = [(title, next(rows, None), rows) for title, rows in sheets]
            headers = {title: _header(first[1]) for title, first, _ in started if first}
            with_text = {title for title, names in headers.items() if "text" in {name.casefold() for name in names}}
            for title, first, rows in started:
                if first and with_text and title not in with_text:
                    yield RawRow(f"sheet {title}", {}, ignored="a sheet without a column text")
                elif first:
                    yield from _sheet_rows(path, title, headers[title], rows)
        finally:
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError) as error:
        raise InputError(f"{path} is not an Excel file (.xlsx) that can be read: {error}") from None


def write_excel(records: Records, path: Path) -> None:
    """InputError where a text or the number of rows is more than Excel holds."""
    if len(records) >= MOST_ROWS:
        raise InputError(f"{len(records):,} rows are more than a sheet holds; write csv, jsonl or parquet")
    columns = columns_of(records)
    for number, record in enumerate(records, 1):  # all of them first: openpyxl does not like to be left half-way
        for name in columns:
            _refuse_long(record.get(name), f"record {record.get('id') or number}, {name}")
    with replacing(path) as part:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("pairs")
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, name) for name in columns])
        for record in records:
            sheet.append([_cell(sheet, record.get(name)) for name in columns])
        book.save(part)


def _sheet_rows(path: Path, title: str, names: list[str], rows: Iterator[tuple[int, list[Any]]]) -> Iterator[RawRow]:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{path}, sheet {title} has more than one column named {', '.join(map(repr, twice))}")
    for number, cells in rows:
        place = f"sheet {title}, row {number}"
        columns = [*names, *(f"column {get_column_letter(at)}" for at in range(len(names) + 1, len(cells) + 1))]
        record: Record = {name: _value(each.value) for name, each in zip(columns, cells, strict=False)}
        record = {name: value for name, value in record.items() if value is not None}
        wrong = next((each for each in cells if each.value is not None and each.data_type == "e"), None)
        error = f"cell {wrong.coordinate} shows the Excel error {wrong.value}; type the text anew" if wrong else None
        yield RawRow(place, record, error=error)


def _filled(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Number and cells of each row that is not empty."""
    sheet.reset_dimensions()  # what a file says of its size is often wrong
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if any(each.value not in (None, "") for each in cells):
            yield number, list(cells)


def _header(cells: list[Any]) -> list[str]:
    return [
        str(_value(each.value)).strip() if each.value not in (None, "") else f"column {get_column_letter(number)}"
        for number, each in enumerate(cells, 1)
    ]


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _refuse_long(value: Any, place: str) -> None:
    length = 0 if isinstance(value, bool | int | float) else len(in_excel(cell(value)))
    if length > LONGEST_CELL:
        raise InputError(f"{place}: {length:,} characters are more than an Excel cell holds; write csv or jsonl")


def _cell(sheet: Any, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = in_excel(cell(value))
    made = WriteOnlyCell(sheet, text)
    made.data_type = "s"
    made.quotePrefix = text.startswith(_FORMULA)  # so that it stays text when somebody edits it
    return made


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LARGEST_UNPACKED:
        raise InputError(f"{path} unpacks to {size / 2**30:,.1f} GiB; save it as CSV")


def _is_workbook(sample: Sample) -> bool:
    if sample.kind != "zip":
        return False
    try:
        with zipfile.ZipFile(sample.path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return sample.path.suffix.casefold() == ".xlsx"


EXCEL: Final = Format("excel", "an Excel workbook (.xlsx)", _is_workbook, read_excel, write_excel)
