"""What a person says of a pair: the judgement, checked, and which pair it is about.

A pair is a sentence and the place in it that names the actor. Two spellings of the same sentence (quotation marks,
dashes, spaces, capitals) are one sentence, and two mentions that end at the same place ("the Taliban", "Taliban")
are one mention; where the sentence does not name the actor, the actor's name stands for the place.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from model.errors import RowError
from model.labels import CODEBOOK_VERSION, SENTIMENTS, STANCES
from model.records import (
    MAX_NAME_CHARACTERS,
    MAX_PAIR_CHARACTERS,
    Pair,
    pair_from_row,
    read_label,
    read_optional_text,
    read_text,
)
from model.text import folded

OPERATIONS: Final = ("label", "adjudicate", "retract", "skip")
CLOCKS_DIFFER: Final = timedelta(days=1)
_OWN_COLUMNS: Final = frozenset(
    {
        "text", "actor", "mention", "start", "context", "stance", "sentiment", "sure", "alternative", "note", "op",
        "annotator", "created", "codebook",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """One annotator's word on one pair.

    `op`: `label` says what the labels are, `adjudicate` settles them over all others, `retract` takes the annotator's
    own earlier word back, `skip` says that this is no pair to label. `created` is when it was said (UTC, ISO 8601),
    where that is known. `columns` holds whatever else the row had.
    """

    pair: Pair
    annotator: str
    op: str = "label"
    stance: str | None = None
    sentiment: str | None = None
    sure: bool | None = None
    alternative: str | None = None
    note: str | None = None
    created: str | None = None
    codebook: str = CODEBOOK_VERSION
    columns: Mapping[str, Any] = field(default_factory=dict)

    @property
    def item(self) -> str:
        return item_of(self.pair)

    @property
    def said(self) -> tuple[Any, ...]:
        """What was said, whoever said it and whenever."""
        return self.op, self.stance, self.sentiment, self.sure, self.alternative, self.note

    @property
    def id(self) -> str:
        """A digest of what was said of which words, by whom and when: the same judgement has the same id for ever."""
        pair = self.pair
        content = [pair.text, pair.actor, pair.mention, pair.start, pair.context, self.annotator, self.created,
                   self.codebook, *self.said]  # fmt: skip
        return _digest(json.dumps(content, ensure_ascii=False))


def judgement_from_row(row: Mapping[str, Any], annotator: str | None = None) -> Judgement:
    """Check one row and make it a judgement; RowError names the field that is wrong.

    `annotator` is whose it is where the row does not say.
    """
    op = read_optional_text(row, "op", MAX_NAME_CHARACTERS) or "label"
    if op not in OPERATIONS:
        raise RowError("op", f"is {op!r}; give one of {', '.join(OPERATIONS)}")
    stance, sentiment = read_label(row, "stance", STANCES), read_label(row, "sentiment", SENTIMENTS)
    if op in ("label", "adjudicate") and stance is None and sentiment is None:
        raise RowError("stance", f"is missing, and so is sentiment; give one of {', '.join(STANCES)}")
    if op in ("retract", "skip") and (stance or sentiment):
        raise RowError("stance", f"is given, but op {op} takes no label")
    for name, value in [*row.items(), ("annotator", annotator)]:
        _check_characters(name, value)
    named = row if read_optional_text(row, "annotator", MAX_NAME_CHARACTERS) else {"annotator": annotator}
    return Judgement(
        pair=pair_from_row(row),
        annotator=read_text(named, "annotator", MAX_NAME_CHARACTERS).strip(),
        op=op,
        stance=stance,
        sentiment=sentiment,
        sure=_truth(row, "sure"),
        alternative=read_optional_text(row, "alternative", MAX_NAME_CHARACTERS),
        note=read_optional_text(row, "note", MAX_PAIR_CHARACTERS),
        created=_time(row, "created"),
        codebook=read_optional_text(row, "codebook", 40) or CODEBOOK_VERSION,
        columns={name: value for name, value in row.items() if name not in _OWN_COLUMNS},
    )


def item_of(pair: Pair) -> str:
    """Which pair this is: the same for every spelling of the sentence and of the mention."""
    start = pair.text.find(pair.actor) if pair.start is None else pair.start
    if start < 0:
        place = f"actor {folded(pair.actor)}"
    else:
        end = start + len(pair.mention if pair.start is not None and pair.mention else pair.actor)
        place = f"end {len(folded(pair.text[:end]))}"
    return _digest(f"{folded(pair.text)}\n{place}")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _check_characters(name: str, value: Any) -> None:
    """RowError where a column, whatever it is, holds what cannot be kept or written out again."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if "\0" in text:
        raise RowError(name, "holds a NUL character, which no database keeps; remove it")
    if any("\ud800" <= character <= "\udfff" for character in name + text):
        raise RowError(name, "holds half of a surrogate pair; give well-formed Unicode")


def _truth(row: Mapping[str, Any], name: str) -> bool | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = words.get(str(value).strip().casefold())
    if found is None:
        raise RowError(name, f"is {value!r}; give true or false")
    return found


def _time(row: Mapping[str, Any], name: str) -> str | None:
    """A time as UTC in ISO 8601; one without a zone is taken as UTC."""
    value = row.get(name)
    if value is None or value == "":
        return None
    try:
        time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
        time = time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowError(name, f"is {value!r}; give a time such as 2026-05-01T10:30:00Z") from None
    if time > datetime.now(UTC) + CLOCKS_DIFFER:  # it would be the last word for as long
        raise RowError(name, f"is {value!r}, which is yet to come; give the time at which it was said")
    return time.isoformat(timespec="microseconds")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
