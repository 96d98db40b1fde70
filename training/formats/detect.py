"""Which format a file has, by its content: the most specific one that fits."""

from pathlib import Path
from typing import Final

from model.errors import InputError
from training.formats.files import encoding_of
from training.formats.registry import FORMATS
from training.formats.sample import Sample, take_sample
from training.formats.tables import DELIMITERS, delimiter_of

_TABLES: Final = ("csv", "tsv", "label-studio-min")
_HINTS: Final = {
    "folder": "it is a folder without .ann files",
    "empty": "it is empty",
    "ole": "it is an old Excel file (.xls), or one with a password; save it as .xlsx without one",
    "binary": "it is not text",
    "zip": "it is an archive; unpack it first",
}


def detect(path: Path) -> str:
    """The name of the format; InputError says what was tried, and how to say which it is."""
    sample = take_sample(Path(path))
    for name, form in FORMATS.items():
        if form.recognizes(sample):
            return name
    hint = _HINTS.get(sample.kind, "its beginning is like none of them")
    tried = ", ".join(FORMATS)
    raise InputError(f"{path} is in none of the formats {tried}: {hint}. If it is in one, name it: --format")


def described(path: Path, name: str) -> str:
    """The format in words, with how its text is encoded and its cells are parted: what a person should check."""
    path = Path(path)
    about = FORMATS[name].about
    sample = take_sample(path)
    if name in _TABLES and not _is_json(sample):
        return f"{about}; parted by {DELIMITERS.get(delimiter_of(path), 'other marks')}, {encoding_of(path).words}"
    if sample.kind in ("text", "lines", "document"):
        return f"{about}; {encoding_of(path, windows=sample.kind == 'text').words}"
    return about


def _is_json(sample: Sample) -> bool:
    return sample.kind in ("lines", "document")
