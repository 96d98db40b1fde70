"""JSONL and JSON: one record a line, or a list of records, with our column names; null is no value, "none" is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from training.formats.base import Format, RawRow
from training.formats.files import json_items, write_json, write_json_lines


def object_rows(path: Path) -> Iterator[RawRow]:
    """Every record of a file of JSON, its fields as they are; what is no object is a row with an error."""
    for place, value, error in json_items(path):
        yield checked(place, value, error)


def checked(place: str, value: Any, error: str | None) -> RawRow:
    if error is None and not isinstance(value, dict):
        error = f"is a JSON {type(value).__name__}; give an object such as {{'text': ..., 'actor': ...}}"
    return RawRow(place, {"raw": value} if error else value, error=error)


JSONL: Final = Format(
    "jsonl", "one JSON object a line", lambda sample: sample.kind == "lines",
    object_rows, write_json_lines,
)  # fmt: skip
JSON: Final = Format(
    "json", "a list of JSON objects", lambda sample: sample.kind == "document",
    object_rows, lambda records, path: write_json(list(records), path),
)  # fmt: skip
