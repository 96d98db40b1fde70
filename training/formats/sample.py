"""The beginning of a file, as far as is needed to tell its format."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from model.errors import InputError
from training.formats.files import head_of, is_json_lines, parse_json, text_of_head

ITEMS: Final = 20
SIZES: Final = (1 << 16, 1 << 20, 1 << 24, 1 << 26)  # bytes, until a first record is whole
_TEXT_CONTROLS: Final = frozenset("\t\n\r\x0b\x0c")


@dataclass(frozen=True)
class Sample:
    """`kind` is folder, empty, parquet, zip, ole, binary, lines (of JSON), document (of JSON) or text.

    `items` are the first JSON objects, `lines` the first lines of a text.
    """

    path: Path
    kind: str
    items: tuple[dict[str, Any], ...] = ()
    lines: tuple[str, ...] = ()

    def any_item(self, *names: str) -> bool:
        """Does one of the first objects have all of these names?"""
        return any(all(name in item for name in names) for item in self.items)


def take_sample(path: Path) -> Sample:
    """Look at a file or folder; InputError where there is none."""
    if path.is_dir():
        return Sample(path, "folder")
    if not path.is_file():
        raise InputError(f"{path} does not exist")
    head = head_of(path, SIZES[0])
    if not head.strip():
        return Sample(path, "empty")
    for magic, kind in ((b"PAR1", "parquet"), (b"PK\x03\x04", "zip"), (b"\xd0\xcf\x11\xe0", "ole")):
        if head.startswith(magic):
            return Sample(path, kind)
    text = text_of_head(path, SIZES[0])
    if _is_binary(text):
        return Sample(path, "binary")
    lines = tuple(text.split("\n")[:400])
    if text.lstrip()[:1] not in ("{", "["):
        return Sample(path, "text", lines=lines)
    kind = "lines" if is_json_lines(path) else "document"
    return Sample(path, kind, _first_items(path, kind), lines)


def _first_items(path: Path, kind: str) -> tuple[dict[str, Any], ...]:
    """The first objects of a file of JSON, read no further than the first of them needs."""
    for size in SIZES:
        text = text_of_head(path, size)
        items = _of_lines(text) if kind == "lines" else _of_document(text)
        if items or path.stat().st_size <= size:
            return tuple(item for item in items if isinstance(item, dict))[:ITEMS]
    return ()


def _of_lines(text: str) -> list[Any]:
    items = []
    for line in text.split("\n")[: 3 * ITEMS]:
        try:
            items.append(parse_json(line))
        except ValueError:
            continue
    return items


def _of_document(text: str) -> list[Any]:
    decoder = json.JSONDecoder(parse_constant=lambda _: None)
    items: list[Any] = []
    place = len(text) - len(text.lstrip())
    try:
        if text[place] == "{":
            return [decoder.raw_decode(text, place)[0]]
        while len(items) < ITEMS:
            place = _skipped(text, place + 1)
            if text[place : place + 1] in ("", "]"):
                break
            item, place = decoder.raw_decode(text, place)
            items.append(item)
            place = _skipped(text, place)
    except (ValueError, RecursionError):
        pass
    return items


def _skipped(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _is_binary(text: str) -> bool:
    """Zeros, or more than one control character in twenty."""
    controls = sum(character < " " and character not in _TEXT_CONTROLS for character in text)
    return "\0" in text or controls > len(text) / 20
