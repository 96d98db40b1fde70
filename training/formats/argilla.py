"""Argilla: a list of records with `fields`, `metadata`, `suggestions` and `responses`, as `records.to_json` writes it.

The dataset needs the text fields `text`, `actor` and `context`, the label questions `stance`, `sentiment`,
`alternative` and `sure` (yes, no), a text question `note`, and `allow_extra_metadata`; every other column is metadata.
`rg.Record.from_dict` makes records of what is written here; Argilla takes the responses only of users that it knows by
their `user_id`. Argilla has no place for `created`, `op` and `codebook`.

Read: every user's responses are one judgement; drafts, discarded responses and suggestions are none. `to_json` leaves
out whether a response is a draft, `to_list(flatten=True)` says so: both are read, and the nested lists of Argilla 1.
Answers to other questions become columns of their name; each span of a span question is a judgement of its words.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from training.formats.base import (
    NOT_LABELLED,
    SAID,
    Format,
    RawRow,
    Record,
    Records,
    Unusable,
    about,
    grouped,
    is_labelled,
    located,
    suggested,
)
from training.formats.files import cell, write_json
from training.formats.json_records import object_rows
from training.formats.sample import Sample

FIELDS: Final = ("text", "actor", "context")
QUESTIONS: Final = ("stance", "sentiment", "alternative", "note", "sure")
_SURE: Final = {"yes": True, "no": False}
_FLAT: Final = ".responses"


def read_argilla(path: Path) -> Iterator[RawRow]:
    for row in object_rows(path):
        if row.error:
            yield row
        elif isinstance(row.record.get("fields"), dict) or _is_flat(row.record):
            yield from _record_rows(row.place, row.record)
        else:
            yield RawRow(row.place, row.record, error="has no fields; export the records with to_json")


def write_argilla(records: Records, path: Path) -> None:
    write_json([_record(asked, answers) for asked, answers in grouped(records)], path)


def _record_rows(place: str, record: Record) -> Iterator[RawRow]:
    item, answers = _item(record), _answers(record)
    for user, (said, status) in answers.items():
        here = f"{place}, user {user}"
        if status not in (None, "submitted"):
            yield RawRow(here, item, ignored=f"a response with status {status}")
        else:
            yield from _user_rows(here, item | ({"annotator": user} if user else {}), said)
    suggestions = record.get("suggestions")
    if suggestions or any(name.endswith(".suggestion") and record[name] is not None for name in record):
        yield RawRow(place, item, ignored="a suggestion, not a response")
    if not answers:
        yield RawRow(place, item, ignored=NOT_LABELLED)


def _user_rows(place: str, item: Record, said: Record) -> Iterator[RawRow]:
    spans = {name: value for name, value in said.items() if _are_spans(value)}
    said = {name: _SURE.get(value, value) if name == "sure" else value for name, value in said.items()}
    plain = item | {name: value for name, value in said.items() if name not in spans}
    if not spans:
        yield RawRow(place, plain)
    for question, values in spans.items():
        name = question if question in SAID else "label"
        for number, span in enumerate(values, 1):
            try:
                marked = about(plain, *located(item.get("text"), span["start"], span["end"]))
                yield RawRow(f"{place}, span {number}", marked | {name: span.get("label")})
            except Unusable as error:
                yield RawRow(f"{place}, span {number}", plain | {"marked": span}, error=str(error))


def _item(record: Record) -> Record:
    parts = [record.get("metadata"), record.get("fields")]
    if _is_flat(record):
        parts.append({name: value for name, value in record.items() if not _is_answer(name)})
    item: Record = {}
    for part in parts:
        item |= part if isinstance(part, dict) else {}
    for name in ("vectors", "_server_id", "status"):
        item.pop(name, None)
    if (found := record.get("id") or record.get("external_id")) is not None:
        item["id"] = found
    if item.get("context") == "":
        del item["context"]
    return item


def _answers(record: Record) -> dict[str, tuple[Record, str | None]]:
    """By user: the answers by question, and their status where the file says it; the least finished one counts."""
    found: dict[str, tuple[Record, str | None]] = {}
    for user, question, value, status in _responses(record):
        said, before = found.get(user, ({}, None))
        found[user] = {**said, question: value}, before if before not in (None, "submitted") else status or before
    return found


def _responses(record: Record) -> Iterator[tuple[str, str, Any, str | None]]:
    """User, question, value and status of each response, from any of the three shapes."""
    responses = record.get("responses")
    if isinstance(responses, dict):
        for question, values in responses.items():
            for each in values if isinstance(values, list) else []:
                if isinstance(each, dict):
                    yield _user(each.get("user_id")), question, each.get("value"), each.get("status")
    elif isinstance(responses, list):
        for each in responses:
            values = each.get("values") if isinstance(each, dict) else None
            for question, answer in values.items() if isinstance(values, dict) else ():
                value = answer.get("value") if isinstance(answer, dict) else answer
                yield _user(each.get("user_id")), question, value, each.get("status")
    for name, values in record.items():
        if name.endswith(_FLAT) and isinstance(values, list):
            users, states = record.get(f"{name}.users"), record.get(f"{name}.status")
            for number, value in enumerate(values):
                yield _user(_at(users, number)), name.removesuffix(_FLAT), value, _at(states, number)


def _user(value: Any) -> str:
    return "" if value is None or value == "None" else str(value)  # to_json writes a user that it lacks as "None"


def _at(values: Any, number: int) -> Any:
    return values[number] if isinstance(values, list) and number < len(values) else None


def _are_spans(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(
        isinstance(each, dict) and {"start", "end"} <= each.keys() for each in value
    )  # fmt: skip


def _is_answer(name: str) -> bool:
    return f"{_FLAT}." in f"{name}." or ".suggestion." in f"{name}." or name in ("responses", "suggestions")


def _is_flat(record: Record) -> bool:
    return "text" in record and any(_is_answer(name) and "." in name for name in record)


def _record(asked: Record, answers: list[Record]) -> Record:
    agent = str(asked.get("model", "parley"))
    responses: dict[str, list[Record]] = {}
    for said in filter(is_labelled, answers):
        for question in QUESTIONS:
            value = said.get(question)
            if isinstance(value, bool):
                value = next(word for word, truth in _SURE.items() if truth is value)
            if value is not None:
                responses.setdefault(question, []).append({"value": value, "user_id": said.get("annotator")})
    return {
        "id": asked.get("id"),
        "fields": {name: str(asked.get(name, "")) for name in FIELDS},
        "metadata": {name: _metadata(value) for name, value in asked.items() if name not in (*FIELDS, "id")},
        "suggestions": {
            label: {"value": name, "score": share, "agent": agent} for label, (name, share) in suggested(asked).items()
        },
        "responses": responses,
        "vectors": {},
    }


def _metadata(value: Any) -> Any:
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else cell(value)


def _is_argilla(sample: Sample) -> bool:
    nested = any(
        isinstance(item.get("fields"), dict) and ("responses" in item or "suggestions" in item) for item in sample.items
    )
    return nested or any(_is_flat(item) for item in sample.items)


ARGILLA: Final = Format("argilla", "Argilla, JSON records", _is_argilla, read_argilla, write_argilla)
