"""Tables as CSV, JSON Lines and one Excel workbook, written a row at a time.

Texts are anybody's: none becomes a formula in a spreadsheet. Excel holds no more than 32,767 characters a cell and
1,048,576 rows a sheet: a longer text ends with an ellipsis there, more rows go on in further sheets.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from model.text import LONGEST_CELL, in_excel
from serving.tables import to_json

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MOST_ROWS: Final = 1_048_575  # below the header

Record = dict[str, Any]


def write_table(name: str, rows: Iterable[Record], folder: Path, book: Workbook) -> int:
    """Write `name`.csv, `name`.jsonl and the sheet `name`; the number of rows. Without rows the files are empty."""
    count = 0
    sheet: Any = None
    with (
        (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as comma_file,
        (folder / f"{name}.jsonl").open("w", encoding="utf-8") as json_file,
    ):
        writer = csv.writer(comma_file)
        for row in rows:
            if count == 0:
                writer.writerow(row)
            if count % MOST_ROWS == 0:
                sheet = _new_sheet(book, name, count // MOST_ROWS, row)
            writer.writerow([_comma_cell(value) for value in row.values()])
            json_file.write(to_json(row) + "\n")
            sheet.append([_sheet_cell(sheet, value) for value in row.values()])
            count += 1
    if sheet is None:
        _new_sheet(book, name, 0, {})
    return count


def _new_sheet(book: Workbook, name: str, number: int, row: Record) -> Any:
    sheet = book.create_sheet(f"{name} {number + 1}" if number else name)
    sheet.freeze_panes = "A2"
    sheet.append(list(row))
    return sheet


def _comma_cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = _text(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _sheet_cell(sheet: Any, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = in_excel(_text(value))
    text = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
    if not text.startswith((*FORMULA, "#")):  # "#" begins the error values of Excel
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(FORMULA)  # so that it stays text when somebody edits it
    return cell


def _text(value: Any) -> str:
    """The value as well-formed text: half of a surrogate pair as its escape."""
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.encode("utf-8", "backslashreplace").decode()
