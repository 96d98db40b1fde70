"""Bytes to text and back: encodings, lines of any length, JSON of any kind, and files that are replaced at once."""

import codecs
import json
import math
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from model.disk import put
from model.errors import InputError

LONGEST_LINE: Final = 1 << 26  # characters
LARGEST_JSON: Final = 500 * 1024 * 1024  # bytes; JSON in one piece must be held in memory
RAW_SHOWN: Final = 20_000  # characters that are kept of what cannot be read
_CHUNK: Final = 1 << 20
_BAD = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte that does not fit
_GOOD = re.compile("[^\x00-\x7f\udc80-\udcff]")


@dataclass(frozen=True)
class Encoding:
    """`name` is Python's, `title` and `note` are for people."""

    name: str
    title: str
    note: str = ""

    @property
    def words(self) -> str:
        return self.title + self.note


_UTF8: Final = Encoding("utf-8", "UTF-8")
_MARKS: Final = (
    (codecs.BOM_UTF8, Encoding("utf-8-sig", "UTF-8", " with a byte-order mark")),
    (codecs.BOM_UTF32_LE, Encoding("utf-32", "UTF-32")),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, Encoding("utf-32", "UTF-32")),
    (codecs.BOM_UTF16_LE, Encoding("utf-16", "UTF-16")),
    (codecs.BOM_UTF16_BE, Encoding("utf-16", "UTF-16")),
)


@dataclass(frozen=True)
class Line:
    """A line without its end. `error` says why its text is not to be used."""

    number: int
    text: str
    error: str | None = None


def text_of_head(path: Path, size: int) -> str:
    """The beginning of a file as text, good enough to tell its format."""
    encoding = _by_head(path) or _UTF8
    return head_of(path, size).decode(encoding.name, "replace").removeprefix("\ufeff")


def encoding_of(path: Path, windows: bool = True) -> Encoding:
    """How the text of a file is encoded, by its mark or, without one, by the whole of it.

    A file that is not UTF-8 is taken for Windows-1252, as Excel writes it, where `windows` allows that. A few bad
    bytes among good UTF-8 are damage, not another encoding: the rows that have them will be refused.
    """
    if encoding := _by_head(path):
        return encoding
    good, bad = _utf8_characters(path)
    if windows and bad > good:
        return Encoding("cp1252", "Windows-1252", ", since it is not UTF-8")
    return Encoding("utf-8", "UTF-8", f" with {bad:,} damaged bytes") if bad else _UTF8


def head_of(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def lines_of(path: Path, encoding: Encoding, newline: str = "\n") -> Iterator[Line]:
    """Every line of a file; only line feeds end one, as in JSONL, unless `newline` is "" (any line end, kept)."""
    try:
        with path.open(encoding=encoding.name, errors="surrogateescape", newline=newline) as stream:
            number = 0
            while text := stream.readline(LONGEST_LINE):
                number += 1
                if len(text) == LONGEST_LINE and not text.endswith("\n"):
                    while (more := stream.readline(LONGEST_LINE)) and not more.endswith("\n"):
                        pass
                    yield Line(number, text[:RAW_SHOWN], f"is longer than {LONGEST_LINE:,} characters")
                elif _BAD.search(text):
                    readable = text.encode(encoding.name, "surrogateescape").decode(encoding.name, "backslashreplace")
                    yield Line(number, readable.rstrip("\r\n"), f"holds bytes that are not {encoding.title}")
                else:
                    yield Line(number, text if newline == "" else text.rstrip("\r\n"))
    except UnicodeError:
        raise InputError(f"{path} is not {encoding.title} throughout; save it as UTF-8") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def parse_json(text: str) -> Any:
    """JSON as Python values, NaN and infinity as None; ValueError says in words why it is none."""
    try:
        return json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at line {error.lineno}, character {error.colno}") from None
    except RecursionError:
        raise ValueError("is JSON that is nested too deeply") from None
    except ValueError:
        raise ValueError("is JSON with a number that is too long") from None


def load_json(path: Path) -> Any:
    """A file that is one JSON value; InputError where it is none, or too large to be held in memory."""
    size = path.stat().st_size
    if size > LARGEST_JSON:
        raise InputError(
            f"{path} has {size / 2**20:,.0f} MiB; JSON in one piece may have {LARGEST_JSON / 2**20:,.0f}: split it, "
            "or give JSONL, one record a line, which may be of any size"
        )
    encoding = encoding_of(path, windows=False)
    try:
        text = path.read_text(encoding=encoding.name)
    except UnicodeError as error:
        raise InputError(f"{path} is not {encoding.title}: {error}") from None
    try:
        return parse_json(text)
    except ValueError as error:
        raise InputError(f"{path} {error}") from None


def json_items(path: Path) -> Iterator[tuple[str, Any, str | None]]:
    """Place, value and error of each record of a file of JSON lines, or of one JSON list (or object)."""
    if is_json_lines(path):
        for line in lines_of(path, encoding_of(path, windows=False)):
            if not line.text.strip():
                continue
            place = f"line {line.number}"
            if line.error:
                yield place, line.text[:RAW_SHOWN], line.error
                continue
            try:
                yield place, parse_json(line.text), None
            except ValueError as error:
                yield place, line.text[:RAW_SHOWN], str(error)
        return
    value = load_json(path)
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        yield f"record {number}", item, None


def is_json_lines(path: Path) -> bool:
    """Is this one JSON value a line, rather than one JSON value in all?

    A list in one piece begins with a bracket, an object in one piece has first lines that are no objects.
    """
    lines = (line.text for line in lines_of(path, _by_head(path) or _UTF8) if line.text.strip())
    first = [text.strip() for text, _ in zip(lines, range(3), strict=False)]
    if first and (first[0].startswith("[") or first[0] == "{"):
        return False
    return len(first) < 2 or not first[0].startswith("{") or any(_is_object(text) for text in first)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its place, whole and on disk, if the block ends well."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the name of a file")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is not a folder; make it first")
    part = path.with_name(f".{secrets.token_hex(6)}{path.suffix}")
    try:
        yield part
        put(part, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)


def write_text(text: str, path: Path, encoding: str = "utf-8") -> None:
    path.write_bytes(clean(text).encode(encoding))


def write_json(value: Any, path: Path) -> None:
    with replacing(path) as part:
        write_text(to_json(value, indent=1) + "\n", part)


def write_json_lines(values: Sequence[Any], path: Path) -> None:
    with replacing(path) as part, part.open("wb") as stream:
        for value in values:
            stream.write(to_json(value).encode() + b"\n")


def to_json(value: Any, indent: int | None = None) -> str:
    """JSON that UTF-8 can hold; what JSON cannot (dates, ...) as text."""
    return clean(json.dumps(value, ensure_ascii=False, indent=indent, default=str))


def clean(text: str) -> str:
    """The text with each half of a surrogate pair, which UTF-8 cannot hold, as its escape."""
    return text.encode("utf-8", "backslashreplace").decode()


def cell(value: Any) -> str:
    """A value as the text of a table's cell: nothing for None, JSON for what is neither text nor number."""
    if value is None:
        return ""
    return clean(value) if isinstance(value, str) else to_json(value)


def _is_object(text: str) -> bool:
    try:
        return isinstance(parse_json(text), dict)
    except ValueError:
        return False


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _by_head(path: Path) -> Encoding | None:
    """The encoding that a mark shows, or that every other byte is zero, as in UTF-16 of mostly Western text."""
    head = head_of(path, 4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    for name, many, few in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if pairs and many > 0.4 * pairs and few < 0.05 * pairs:
            return Encoding(name, "UTF-16", " without a byte-order mark")
    return None


def _utf8_characters(path: Path) -> tuple[int, int]:
    """How many characters beyond ASCII are good UTF-8, and how many bytes are not."""
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                text = decoder.decode(chunk)
                if not text.isascii():
                    good += len(_GOOD.findall(text))
                    bad += len(_BAD.findall(text))
            bad += len(_BAD.findall(decoder.decode(b"", final=True)))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    return good, bad
