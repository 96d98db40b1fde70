"""Prodigy: JSONL as `db-out` writes it and recipes read it.

Tasks are written for the interface `choice` with `choice_style` "multiple": the mention is a span, the options are
`stance:support`, ..., `sentiment:negative`, ... and `unsure`; every column but the text is in `meta`. A block
`text_input` (field_id `user_input`) is read as the note.

Read: `accept` with names as above (or bare ones, for the column `label`), the `label` of a binary task that was
accepted, and the labelled spans of manual tasks, each a judgement of its words. `reject` says what a class is not:
that is no class, and an error, so that the row is kept aside. `ignore`, and a task without an answer, is no judgement.
`_annotator_id` (or `_session_id`) is the annotator, unless it is the time that names an unnamed session.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from model.labels import SENTIMENTS, STANCES
from training.formats.base import (
    NOT_LABELLED,
    SEAL,
    Format,
    RawRow,
    Record,
    Records,
    Unusable,
    about,
    from_labels,
    is_labelled,
    located,
    parted,
    sealed,
    to_labels,
    unsealed,
    whole,
)
from training.formats.files import write_json_lines
from training.formats.json_records import object_rows
from training.formats.sample import Sample

ACTOR: Final = "ACTOR"  # the label of the span that shows the mention
OPTIONS: Final = (*(f"stance:{name}" for name in STANCES), *(f"sentiment:{name}" for name in SENTIMENTS), "unsure")
_UNNAMED = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")
_OWN: Final = frozenset(
    {"meta", "spans", "tokens", "options", "accept", "answer", "label", "html", "config", "user_input", "versions",
     "sessions", "style", "score", "priority", SEAL}
)  # fmt: skip


def read_prodigy(path: Path) -> Iterator[RawRow]:
    for row in object_rows(path):
        yield from [row] if row.error else _rows(row.place, row.record)


def write_prodigy(records: Records, path: Path) -> None:
    write_json_lines([_task(*parted(record)) for record in records], path)


def _rows(place: str, task: Record) -> Iterator[RawRow]:
    item = {name: value for name, value in task.items() if name not in _OWN and not name.startswith("_")}
    item |= task["meta"] if isinstance(task.get("meta"), dict) else {}
    answer = task.get("answer")
    if answer == "reject":
        error = "the answer is reject: that says which class it is not, not which it is"
        yield RawRow(place, {**task, **item}, error=error)
    elif answer != "accept":
        yield RawRow(place, item, ignored=NOT_LABELLED if answer is None else f"the answer is {answer}")
    else:
        yield from _accepted(place, task, item | _whose(task))


def _accepted(place: str, task: Record, item: Record) -> Iterator[RawRow]:
    spans = [each for each in task["spans"] if isinstance(each, dict)] if isinstance(task.get("spans"), list) else []
    chosen = task.get("accept") if isinstance(task.get("accept"), list) else None
    if chosen is None and task.get("label") is not None:
        chosen = [task["label"]]
    try:
        if chosen is None and task.get("_view_id") != "choice":
            for number, span in enumerate(spans, 1):
                yield _span_row(f"{place}, span {number}", item, span)
            if not spans:
                yield RawRow(place, item, ignored="accepted without a label or a span")
            return
        chosen = chosen or []
        kept = unsealed(task.get(SEAL), chosen)
        said = from_labels(chosen) | (kept if kept.get("annotator") == item.get("annotator") else {})
        if not chosen and not said.get("op"):
            raise Unusable("was accepted without a choice")
        if len(spans) == 1 and "mention" not in item:
            item = about(item, *located(item.get("text"), spans[0].get("start"), spans[0].get("end")))
        yield RawRow(place, item | said)
    except Unusable as error:
        yield RawRow(place, {**task, **item}, error=str(error))


def _span_row(place: str, item: Record, span: Record) -> RawRow:
    try:
        pair = about(item, *located(item.get("text"), span.get("start"), span.get("end")))
        return RawRow(place, pair | from_labels([span.get("label")]))
    except Unusable as error:
        return RawRow(place, item | {"marked": span}, error=str(error))


def _whose(task: Record) -> Record:
    found: Record = {}
    name = task.get("_annotator_id") or task.get("_session_id")
    if name and not _UNNAMED.fullmatch(str(name)):
        found["annotator"] = str(name)
    seconds = whole(task.get("_timestamp"))
    if seconds is not None and 0 < seconds < 1 << 40:
        found["created"] = datetime.fromtimestamp(seconds, UTC).isoformat()
    if task.get("user_input"):
        found["note"] = str(task["user_input"])
    return found


def _task(asked: Record, said: Record) -> Record:
    text, mention, start = asked.get("text"), asked.get("mention"), asked.get("start")
    task: Record = {"text": text, "meta": {name: value for name, value in asked.items() if name != "text"}}
    if mention and isinstance(start, int):
        task["spans"] = [{"start": start, "end": start + len(mention), "label": ACTOR}]
    task["options"] = [{"id": name, "text": name.replace(":", ": ")} for name in OPTIONS]
    if not is_labelled(said):
        return task
    task["accept"] = to_labels(said)
    task["answer"] = "ignore" if said.get("op") == "skip" else "accept"
    task["_view_id"] = "choice"
    task[SEAL] = sealed(said, task["accept"])
    if said.get("annotator"):
        task["_annotator_id"] = task["_session_id"] = said["annotator"]
    if (time := _epoch(said.get("created"))) is not None:
        task["_timestamp"] = time
    if said.get("note"):
        task["user_input"] = said["note"]
    return task


def _epoch(created: Any) -> int | None:
    try:
        time = datetime.fromisoformat(str(created))
        return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def _is_prodigy(sample: Sample) -> bool:
    return any(
        "_task_hash" in item
        or "_input_hash" in item
        or ("_view_id" in item and "answer" in item)
        or item.get("answer") in ("accept", "reject", "ignore")
        or (isinstance(item.get("options"), list) and ("accept" in item or "meta" in item))
        for item in sample.items
    )


PRODIGY: Final = Format("prodigy", "Prodigy, JSONL", _is_prodigy, read_prodigy, write_prodigy)
