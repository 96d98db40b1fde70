"""Labels in the files of other tools: read into records with our columns, written so that the tools can read them.

base.py says what a record is. Reading checks no label and drops no row: that is for training/importing.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from model.errors import InputError
from training.formats.base import Format, RawRow, finished
from training.formats.detect import described, detect
from training.formats.registry import FORMATS, format_of

__all__ = ["FORMATS", "Format", "RawRow", "described", "detect", "format_of", "read_rows", "write_rows"]


def read_rows(path: Path | str, format: str | None = None, label_is: str | None = None) -> tuple[str, Iterator[RawRow]]:
    """The name of the format, as given or as found, and the rows, read as they are asked for.

    `label_is` (stance or sentiment) says which column a bare `label` belongs to; without it, it stays in `label`.
    InputError where the file is missing, or cannot be read at all; a later one can still come while rows are read.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path} does not exist")
    if label_is not in (None, "stance", "sentiment"):
        raise InputError(f"a label can be stance or sentiment, not {label_is!r}")
    name = format or detect(path)
    form = _format(name)
    if path.is_dir() and name != "brat":
        raise InputError(f"{path} is a folder; only brat has folders, {name} is a file")
    return name, (finished(row, label_is) for row in form.read(path))


def write_rows(records: Sequence[Mapping[str, Any]], path: Path | str, format: str) -> None:
    """Write records in a format, all or nothing: what was at `path` stays until the new file is whole and on disk.

    InputError where the format cannot hold a record, or the file cannot be written.
    """
    form = _format(format)
    form.write([{name: value for name, value in each.items() if value is not None} for each in records], Path(path))


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise InputError(f"there is no format {name!r}; give one of {', '.join(FORMATS)}")
    return FORMATS[name]
