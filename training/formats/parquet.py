"""Parquet: a column a field. The names of a Hugging Face `ClassLabel` stand for its numbers, as the file says them."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from model.errors import InputError
from training.formats.base import Format, RawRow, Record, Records, columns_of
from training.formats.files import cell, clean, replacing

BATCH: Final = 1000
_TIMES: Final = (pa.types.is_timestamp, pa.types.is_date, pa.types.is_time)


def read_parquet(path: Path) -> Iterator[RawRow]:
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise InputError(f"{path} has more than one column named {', '.join(map(repr, twice))}; rename one")
            classes = _class_names(file.schema_arrow.metadata or {})
            number = 0
            for batch in file.iter_batches(BATCH):
                for record in _rows(batch):
                    number += 1
                    yield RawRow(f"row {number}", _with_names(record, classes))
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is not a Parquet file that can be read: {error}") from None


def write_parquet(records: Records, path: Path) -> None:
    table = pa.table({clean(name): _column([record.get(name) for record in records]) for name in columns_of(records)})
    with replacing(path) as part:
        pq.write_table(table, part)


def _rows(batch: pa.RecordBatch) -> Iterator[Record]:
    # Python's own times stop at microseconds, so times travel as text.
    columns = [
        column.cast(pa.string()) if any(test(column.type) for test in _TIMES) else column for column in batch.columns
    ]
    for values in zip(*(column.to_pylist() for column in columns), strict=True):
        yield {name: _plain(value) for name, value in zip(batch.schema.names, values, strict=True)}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if value is None or isinstance(value, str | int | float | list | dict) else str(value)


def _class_names(metadata: dict[bytes, bytes]) -> dict[str, Sequence[str]]:
    """The names behind the numbers of each ClassLabel column, from what `datasets` notes in the file."""
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        return {
            name: feature["names"]
            for name, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        return {}


def _with_names(record: Record, classes: dict[str, Sequence[str]]) -> Record:
    for name, names in classes.items():
        value = record.get(name)
        if isinstance(value, int) and 0 <= value < len(names):
            record[name] = names[value]
    return record


def _column(values: list[Any]) -> pa.Array:
    """Values with the type that they share; as text where they share none, and JSON where they have parts."""
    if {type(value) for value in values if value is not None} in ({bool}, {int}, {float}, {int, float}):
        try:
            return pa.array(values)
        except (pa.ArrowException, OverflowError):  # a whole number beyond 64 bits
            pass
    return pa.array([None if value is None else cell(value) for value in values], pa.string())


PARQUET: Final = Format(
    "parquet", "columns, as pandas and Hugging Face write", lambda sample: sample.kind == "parquet",
    read_parquet, write_parquet,
)  # fmt: skip
