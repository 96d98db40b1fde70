"""Pairs and documents: what they hold, and how a row of a file or request becomes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as day
from typing import Any

from model.errors import RowError
from model.times import publication_date

MAX_PAIR_CHARACTERS = 20_000
MAX_DOCUMENT_CHARACTERS = 200_000
MAX_TITLE_CHARACTERS = 2_000  # read as one sentence
MAX_NAME_CHARACTERS = 300


@dataclass(frozen=True)
class Pair:
    """One sentence and one actor that it refers to.

    `start` is the offset of `mention` in `text`, in characters; None where the text does not name
    the actor in so many words.
    """

    text: str
    actor: str
    mention: str | None = None
    start: int | None = None
    context: str | None = None


@dataclass(frozen=True)
class Document:
    text: str
    id: str | None = None
    title: str | None = None
    date: str | None = None

    @property
    def published(self) -> day | None:
        """The day that its date means; None where it has none, or one that may be two days."""
        return publication_date(self.date)[0]


def read_text(row: Mapping[str, Any], field: str, limit: int) -> str:
    """The required text in `field`; RowError where it is missing, empty, too long or not text."""
    value = read_optional_text(row, field, limit)
    if value is None:
        found = "is empty" if field in row and row[field] is not None else "is missing"
        raise RowError(field, f"{found}; give a non-empty string")
    return value


def read_optional_text(row: Mapping[str, Any], field: str, limit: int) -> str | None:
    """The text in `field`, or None where it is missing, null or blank."""
    value = row.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise RowError(field, f"is {type(value).__name__}; give a string")
    if len(value) > limit:
        raise RowError(field, f"has {len(value):,} characters; at most {limit:,} are allowed")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise RowError(field, "holds half of a surrogate pair; give well-formed Unicode")
    return value if value.strip() else None


def read_label(row: Mapping[str, Any], field: str, allowed: tuple[str, ...]) -> str | None:
    """The label in `field`, or None where it is missing, null or empty; RowError where it is none of those allowed."""
    value = row.get(field)
    if value is None or value == "":
        return None
    if value not in allowed:
        raise RowError(field, f"is {value!r}; give one of {', '.join(allowed)}")
    return str(value)


def read_start(row: Mapping[str, Any]) -> int | None:
    """The offset in `start`, also where a CSV file gives it as digits."""
    value = row.get("start")
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 12:
        value = int(value)
    if isinstance(value, float) and value.is_integer():  # what Parquet makes of nullable integers
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise RowError("start", f"is {value!r}; give a character offset, 0 or more")
    return value


def pair_from_row(row: Mapping[str, Any]) -> Pair:
    """Check one row and make it a pair; RowError names the field that is wrong."""
    text = read_text(row, "text", MAX_PAIR_CHARACTERS)
    actor = read_text(row, "actor", MAX_NAME_CHARACTERS)
    mention = read_optional_text(row, "mention", MAX_NAME_CHARACTERS)
    context = read_optional_text(row, "context", MAX_PAIR_CHARACTERS)
    start = read_start(row)
    if mention is None:
        if start is not None:
            raise RowError("start", "has no mention to begin; give mention too")
        return Pair(text, actor, context=context)
    if start is None:
        start = text.find(mention)
        if start < 0:
            raise RowError("mention", f"{mention!r} does not occur in the text")
    elif text[start : start + len(mention)] != mention:
        raise RowError("start", f"the text at {start} does not read {mention!r}")
    return Pair(text, actor, mention, start, context)


def document_from_row(row: Mapping[str, Any]) -> Document:
    """Check one row and make it a document; RowError names the field that is wrong."""
    identity = row.get("id")
    if identity is not None and not isinstance(identity, str | int):
        raise RowError("id", f"is {type(identity).__name__}; give a string or a whole number")
    return Document(
        text=read_text(row, "text", MAX_DOCUMENT_CHARACTERS),
        id=read_optional_text({"id": str(identity)}, "id", MAX_NAME_CHARACTERS) if identity is not None else None,
        title=read_optional_text(row, "title", MAX_TITLE_CHARACTERS),
        date=read_optional_text(row, "date", MAX_NAME_CHARACTERS),
    )
