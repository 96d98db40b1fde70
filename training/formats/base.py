"""What all formats share: the row that a reader yields, the columns, and the touches that make all rows alike."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from model.labels import SENTIMENTS, STANCES
from training.formats.sample import Sample

Record = dict[str, Any]
Records = Sequence[Mapping[str, Any]]

ITEM: Final = ("id", "text", "actor", "mention", "start", "context", "title", "date", "topic", "source")
SAID: Final = ("stance", "sentiment", "sure", "alternative", "annotator", "created", "note", "op", "codebook")
COLUMNS: Final = (*ITEM, *SAID)
SEAL: Final = "parley_said"
OUR_ID: Final = "parley_id"  # our id once more, for tools that overwrite `id` with a number of their own
NOT_LABELLED: Final = "not labelled yet"

_LABELS: Final = ("stance", "sentiment", "alternative", "label")
_KNOWN: Final = frozenset({*COLUMNS, "label", "span", "ordinal", "end"})


@dataclass(frozen=True)
class RawRow:
    """One judgement of a file: `place` says where it stands, `record` has our column names and all others.

    `error` says why no record can be made of it, `ignored` why it is no judgement at all (a prediction, a draft, a
    cancelled annotation); at most one of the two is given.
    """

    place: str
    record: Record
    error: str | None = None
    ignored: str | None = None


@dataclass(frozen=True)
class Format:
    """How one tool writes labels. `about` is a line for the help of the command line.

    `recognizes` judges the beginning of a file; `read` raises InputError only where the file cannot be read at all;
    `write` replaces the file at once or not at all.
    """

    name: str
    about: str
    recognizes: Callable[[Sample], bool]
    read: Callable[[Path], Iterator[RawRow]]
    write: Callable[[Records, Path], None]


class Unusable(Exception):
    """Why a row is no record; it becomes the row's `error`."""


def finished(row: RawRow, label_is: str | None) -> RawRow:
    """The row with canonical names and types; a bare `label` becomes `label_is`, where the caller says which it is."""
    if row.error:
        return row
    record = _named(row.record)
    try:
        _label_columns(record, label_is)
        _mention(record)
    except Unusable as error:
        return row if row.ignored else replace(row, record=record, error=str(error))
    for name in ("id", "actor", "annotator"):
        if isinstance(record.get(name), int | float) and not isinstance(record[name], bool):
            record[name] = as_text(record[name])
    _typed(record)
    return replace(row, record=record)


def parted(record: Mapping[str, Any]) -> tuple[Record, Record]:
    """What is asked (the pair and every unknown column) and what was said of it."""
    asked = {name: value for name, value in record.items() if name not in SAID and value is not None}
    said = {name: record[name] for name in SAID if record.get(name) is not None}
    return asked, said


def columns_of(records: Records) -> list[str]:
    """The columns of a table of these records: ours first, in their order; all of ours where there is no record."""
    ours = [name for name in COLUMNS if not records or any(name in record for record in records)]
    return list(dict.fromkeys([*ours, *(name for record in records for name in record)]))


def grouped(records: Records) -> list[tuple[Record, list[Record]]]:
    """Each thing asked, once, with all that was said of it: for tools that keep several answers to one task."""
    groups: dict[str, tuple[Record, list[Record]]] = {}
    for record in records:
        asked, said = parted(record)
        groups.setdefault(repr(sorted(asked.items())), (asked, []))[1].append(said)
    return list(groups.values())


def is_labelled(said: Mapping[str, Any]) -> bool:
    return bool(said.get("stance") or said.get("sentiment") or said.get("op") not in (None, "", "label"))


def suggested(record: Mapping[str, Any]) -> dict[str, tuple[str, float | None]]:
    """What a model thinks of the pair, by label: from `suggested_stance`, or the greatest of `p_support`, ..."""
    found: dict[str, tuple[str, float | None]] = {}
    for label, names in (("stance", STANCES), ("sentiment", SENTIMENTS)):
        shares = {name: share for name in names if (share := _share(record.get(f"p_{name}"))) is not None}
        best = max(shares, key=lambda name: shares[name]) if shares else None
        if name := record.get(f"suggested_{label}") or best:
            found[label] = str(name), shares.get(str(name))
    return found


def from_labels(labels: Iterable[Any]) -> Record:
    """Columns from the labels of a tool that has but one kind of label.

    `stance:support`, `sentiment:negative`, `alternative:none`, `sure` and `unsure` say which column they belong to;
    any other label is kept, as it is, in `label`.
    """
    record: Record = {}
    for label in labels:
        if label is None:
            continue
        kind, _, name = str(label).partition(":")
        if kind in ("stance", "sentiment", "alternative") and name:
            record.setdefault(kind, []).append(name)
        elif label in ("sure", "unsure"):
            record["sure"] = label == "sure"
        else:
            record.setdefault("label", []).append(label)
    return record


def to_labels(said: Mapping[str, Any]) -> list[str]:
    """The other way: what `from_labels` reads."""
    labels = [f"{kind}:{said[kind]}" for kind in ("stance", "sentiment", "alternative") if said.get(kind)]
    if isinstance(said.get("sure"), bool):
        labels.append("sure" if said["sure"] else "unsure")
    return labels


def sealed(said: Mapping[str, Any], labels: Sequence[str]) -> Record:
    """All that was said, to travel with the item through a tool that keeps the labels and drops the rest."""
    return {"labels": list(labels), **said}


def unsealed(seal: Any, labels: Iterable[Any]) -> Record:
    """What a seal says, as long as the labels are still those that it was made for; else others have spoken since."""
    kept = seal.get("labels") if isinstance(seal, dict) else None
    if not isinstance(kept, list) or sorted(map(str, labels)) != sorted(map(str, kept)):
        return {}
    return {name: seal[name] for name in SAID if name in seal}


def about(item: Mapping[str, Any], start: int, end: int) -> Record:
    """The item where it is about these words of its text; else a new pair, which is not the one that `id` names."""
    mention = str(item["text"])[start:end]
    if (item.get("mention"), item.get("start")) == (mention, start):
        return dict(item)
    ours = ("id", "actor", "mention", "start") if item.get("mention") else ()
    return {**{name: value for name, value in item.items() if name not in ours}, "mention": mention, "start": start}


def located(text: Any, start: Any, end: Any, quoted: Any = None, utf16: bool = False) -> tuple[int, int]:
    """Offsets in code points of the words that a tool marked; Unusable where they do not fit the text.

    Browsers count UTF-16 units, so that an emoji moves all that follows: where the words are `quoted`, whichever count
    fits them is taken; where they are not, `utf16` says how the tool counts.
    """
    if not isinstance(text, str):
        raise Unusable("marks words, but there is no text")
    first, last = whole(start), whole(end)
    if first is None or last is None:
        raise Unusable(f"start and end are {start!r} and {end!r}; give whole numbers")
    plain = first, last
    if isinstance(quoted, str) and quoted:
        if _squeezed(text[first:last]) == _squeezed(quoted):
            return plain
        units = _from_utf16(text, first, last)
        if units and _squeezed(text[units[0] : units[1]]) == _squeezed(quoted):
            return units
        if text.count(quoted) == 1:
            return text.index(quoted), text.index(quoted) + len(quoted)
        raise Unusable(f"the text from {first} to {last} does not read {quoted!r}")
    place = (_from_utf16(text, first, last) if utf16 else None) or plain
    if not 0 <= place[0] < place[1] <= len(text):
        raise Unusable(f"start {first} and end {last} do not lie inside the {len(text)} characters of the text")
    return place


def whole(value: Any) -> int | None:
    """A whole number, also where a file gives it as 4.0 or as digits."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal() and len(value) < 12:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_text(value: Any) -> str:
    """A label or a name that a file holds as a number: 1 and 1.0 are "1"."""
    if isinstance(value, bool):
        return str(value).lower()
    number = whole(value) if isinstance(value, float) else None
    return str(value if number is None else number)


def only(value: Any, name: str) -> Any:
    """The one value of a list; Unusable where it has several, since a pair has one label of a kind."""
    if not isinstance(value, list | tuple):
        return value
    given = [each for each in value if each is not None]
    values = list(dict.fromkeys(as_text(each) if isinstance(each, int | float) else str(each) for each in given))
    if len(values) > 1:
        raise Unusable(f"{name} has {len(values)} values ({', '.join(values[:5])}); give one")
    return values[0] if values else None


def _named(record: Mapping[str, Any]) -> Record:
    """Our names for `Text`, ` ACTOR ` and the like, where the record has no such column yet; no empty known columns."""
    named: Record = {}
    for name, value in record.items():
        ours = name.strip().casefold()
        known = ours in _KNOWN and (name == ours or ours not in record)
        if known and (value is None or (isinstance(value, float) and math.isnan(value))):
            continue
        named[ours if known else name] = value
    return named


def _label_columns(record: Record, label_is: str | None) -> None:
    for name in _LABELS:
        if name not in record:
            continue
        value = only(record[name], name)
        if value is None:
            del record[name]
        else:
            record[name] = as_text(value) if isinstance(value, int | float) else value
    if label_is and "label" in record:
        record.setdefault(label_is, record.pop("label"))


def _mention(record: Record) -> None:
    """`mention` and `start` from `start` and `end`, or from `span` and which of its occurrences it is (`ordinal`)."""
    text, start, end = record.get("text"), whole(record.get("start")), whole(record.get("end"))
    if "mention" not in record and isinstance(text, str):
        if isinstance(record.get("span"), str) and record["span"]:
            record["mention"] = record.pop("span")
            if (which := whole(record.pop("ordinal", None))) is not None and "start" not in record:
                record["start"] = _occurrence(text, record["mention"], which)
        elif start is not None and end is not None:
            if not 0 <= start < end <= len(text):
                raise Unusable(f"start {start} and end {end} do not lie inside the {len(text)} characters of the text")
            record["mention"] = text[start:end]
    if record.get("mention"):
        record.setdefault("actor", record["mention"])


def _occurrence(text: str, words: str, which: int) -> int:
    places = [match.start() for match in re.finditer(re.escape(words), text)]
    if not 0 <= which < len(places):
        raise Unusable(f"ordinal is {which}, but the text has {words!r} {len(places)} times; it counts from 0")
    return places[which]


def _typed(record: Record) -> None:
    if (start := whole(record.get("start"))) is not None:
        record["start"] = start
    sure = record.get("sure")
    if isinstance(sure, str) and sure.strip().casefold() in ("true", "false"):
        record["sure"] = sure.strip().casefold() == "true"


def _share(value: Any) -> float | None:
    try:
        share = float(value)
    except (TypeError, ValueError):
        return None
    return share if math.isfinite(share) else None


def _squeezed(text: str) -> str:
    """The text without white space, which tools write in their own ways when they quote a line end."""
    return re.sub(r"\s|\\[nrt]", "", text)


def _from_utf16(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Offsets in UTF-16 units as offsets in code points; None where they lie outside or cut a character."""
    units = text.encode("utf-16-le", "surrogatepass")
    if not 0 <= start < end <= len(units) // 2:
        return None
    try:
        before = units[: 2 * start].decode("utf-16-le")
        return len(before), len(before) + len(units[2 * start : 2 * end].decode("utf-16-le"))
    except UnicodeDecodeError:
        return None


def to_utf16(text: str, place: int) -> int:
    """The offset that a browser gives to a character: a code point beyond U+FFFF counts twice."""
    return place + sum(character > "\uffff" for character in text[:place])
