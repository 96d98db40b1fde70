"""doccano: JSONL with `text` and `label`, of sequence labelling or of text classification.

doccano has one kind of label. Call the labels of its project `stance:support`, ..., `sentiment:negative`, ... and
`unsure`; labels without such a prefix are read as the bare column `label`. Sequence labelling (with overlapping spans
allowed) is what fits: the marked span is the mention. Written so where every row has a mention, else as classification.
All columns that doccano does not know are its meta data, and come back with the row.

Read: `label` or `labels` as [start, end, name] or names, `entities`, `cats`, `Comments` as the note. Offsets are those
of a browser, UTF-16 units; an export of several users together no longer tells whose a label is, so that two labels
of a kind on the same words are an error: export one file a user. What was said along with a label (by whom, when) is
taken from our own meta data only where the label is still the one that we wrote.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from training.formats.base import (
    NOT_LABELLED,
    OUR_ID,
    SEAL,
    Format,
    RawRow,
    Record,
    Records,
    Unusable,
    about,
    from_labels,
    located,
    parted,
    sealed,
    to_labels,
    to_utf16,
    unsealed,
)
from training.formats.files import write_json_lines
from training.formats.json_records import object_rows
from training.formats.sample import Sample

_LABELS: Final = ("label", "labels", "entities", "annotations", "cats", "categories")
_NOTES: Final = ("Comments", "comments")


def read_doccano(path: Path) -> Iterator[RawRow]:
    for row in object_rows(path):
        yield from [row] if row.error else _rows(row.place, row.record)


def write_doccano(records: Records, path: Path) -> None:
    spans = all(isinstance(each.get("start"), int) and each.get("mention") for each in records)
    write_json_lines([_row(record, spans) for record in records], path)


def _rows(place: str, record: Record) -> Iterator[RawRow]:
    if isinstance(record.get("meta"), dict):  # where doccano 1.0 kept what it did not know
        record = {**record["meta"], **{name: value for name, value in record.items() if name != "meta"}}
    dropped = (*_LABELS, *_NOTES, OUR_ID, SEAL, "relations")
    item = {name: value for name, value in record.items() if name not in dropped}
    item.setdefault("text", item.pop("data", None))
    item["id"] = record.get(OUR_ID) or item.get("id")
    names, spans = _marks(record)
    note = "\n".join(str(each) for key in _NOTES for each in _as_list(record.get(key)))
    said = from_labels(names) | ({"note": note} if note else {})
    if not names and not spans:
        seal = unsealed(record.get(SEAL), [])
        yield RawRow(place, item | seal, ignored=None if seal.get("op") else NOT_LABELLED)
    elif not spans:
        yield RawRow(place, item | said | unsealed(record.get(SEAL), names))
    for (user, start, end), labels in spans.items():
        here = f"{place}, characters {start} to {end}"
        answers = said | from_labels(labels) | ({} if user is None else {"annotator": str(user)})
        try:
            pair = about(item, *_place(item, start, end))
            yield RawRow(here, pair | answers | unsealed(record.get(SEAL), labels))
        except Unusable as error:
            yield RawRow(here, item | answers | {"marked": [start, end]}, error=str(error))


def _marks(record: Record) -> tuple[list[Any], dict[tuple[Any, Any, Any], list[Any]]]:
    """Labels of the whole text, and those of each span, by user where the file says whose they are."""
    names: list[Any] = []
    spans: dict[tuple[Any, Any, Any], list[Any]] = {}
    for key in _LABELS:
        for each in _as_list(record.get(key)):
            if isinstance(each, list) and len(each) == 3:
                spans.setdefault((None, _plain(each[0]), _plain(each[1])), []).append(each[2])
            elif isinstance(each, dict) and "start_offset" in each:
                where = each.get("user"), _plain(each["start_offset"]), _plain(each.get("end_offset"))
                spans.setdefault(where, []).append(each.get("label"))
            else:
                names.append(each)
    return names, spans


def _place(item: Record, start: Any, end: Any) -> tuple[int, int]:
    """The offsets in code points; the mention that we wrote into the meta data settles how they were counted."""
    first = located(item.get("text"), start, end, utf16=True)
    if item.get("mention") and item["text"][first[0] : first[1]] != item["mention"]:
        second = located(item["text"], start, end)
        return second if item["text"][second[0] : second[1]] == item["mention"] else first
    return first


def _as_list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str) else str(value)


def _row(record: Any, spans: bool) -> Record:
    asked, said = parted(record)
    labels: list[Any] = to_labels(said)
    row = {**asked, OUR_ID: asked.get("id"), "label": labels}
    if said:
        row[SEAL] = sealed(said, labels)
    if spans:
        text, start = str(asked["text"]), int(asked["start"])
        ends = to_utf16(text, start), to_utf16(text, start + len(asked["mention"]))
        row["label"] = [[*ends, label] for label in labels]
    return row


def _is_doccano(sample: Sample) -> bool:
    return any(
        ("text" in item or "data" in item)
        and (
            any(isinstance(item.get(key), list) for key in ("label", "labels", "cats", "Comments"))
            or any(isinstance(each, dict) and "start_offset" in each for each in _as_list(item.get("entities")))
            or any(isinstance(each, dict) and "start_offset" in each for each in _as_list(item.get("annotations")))
        )
        for item in sample.items
    )


DOCCANO: Final = Format("doccano", "doccano, JSONL", _is_doccano, read_doccano, write_doccano)
