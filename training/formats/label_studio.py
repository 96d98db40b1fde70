"""Label Studio, its full JSON export: tasks with `data`, `annotations` and `predictions`.

`seeds/label_studio.xml` is the labelling configuration for the tasks that are written here. Its controls are

    stance, sentiment, alternative   Choices, one each
    unsure                           a checkbox (Choices with the one choice `unsure`)
    note                             a TextArea

A task's `data` holds every column of the item, `parley_id` (Label Studio's small exports put a number of their own in
`id`) and `parley_html`, the text with the mention marked. What a model thinks becomes a prediction; predictions, drafts
and cancelled annotations are never read as labels. In other projects a marked region (Labels) is a judgement of the
words it marks, and any control that has none of our names becomes a column of its name. `completed_by` may be a number,
or an object with an e-mail address. Label Studio accepts annotations only by addresses of its members: labelled rows
can be read back from a file, but are loaded into a project only where their annotators are members.
"""

import html
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from training.formats.base import (
    COLUMNS,
    NOT_LABELLED,
    OUR_ID,
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
from training.formats.files import json_items, write_json
from training.formats.json_records import checked
from training.formats.sample import Sample

HTML: Final = "parley_html"
OBJECT: Final = "sentence"  # the tag of the configuration that the controls belong to
CONTROLS: Final = ("stance", "sentiment", "alternative")
REGION_LABELS: Final = ("labels", "hypertextlabels", "paragraphlabels")


def read_tasks(path: Path) -> Iterator[RawRow]:
    for number, (_, task, error) in enumerate(json_items(path), 1):
        row = checked(f"task {number}", task, error)
        if row.error:
            yield row
        elif not isinstance(task.get("data"), dict):
            yield RawRow(row.place, {"raw": task}, error="has no data; export the project as JSON")
        else:
            yield from _task_rows(f"task {task.get('id', number)}", task)


def write_tasks(records: Records, path: Path) -> None:
    write_json([_task(asked, answers) for asked, answers in grouped(records)], path)


def shown_data(asked: Mapping[str, Any]) -> Record:
    """An item as the data of a task, with all that the configuration shows."""
    return {
        **asked,
        "actor": asked.get("actor", ""),
        "context": asked.get("context", ""),
        OUR_ID: str(asked.get("id", "")),
        HTML: _marked(asked),
    }


def item_of_data(data: Mapping[str, Any]) -> Record:
    """The other way."""
    item = {name: value for name, value in data.items() if name not in (HTML, OUR_ID)}
    if data.get(OUR_ID):
        item["id"] = data[OUR_ID]
    if item.get("context") == "":
        del item["context"]
    return item


def said_by(results: list[Record]) -> Record:
    """Columns from the results of one annotation, or of one region: lists of all that was chosen or written."""
    said: Record = {}
    for result in results:
        kind, value = str(result.get("type")), result["value"]
        chosen = value.get(kind, value.get("choices", value.get("text")))
        if kind == "taxonomy" and isinstance(chosen, list):  # each a path from the topmost choice down
            chosen = [path[-1] if isinstance(path, list) and path else path for path in chosen]
        name = str(result.get("from_name") or kind)
        name = name.casefold() if name.casefold() in (*COLUMNS, "label", "unsure") else name
        if kind in REGION_LABELS and name not in CONTROLS:
            name = "label"
        said[name] = [*said.get(name, []), *(chosen if isinstance(chosen, list) else [chosen])]
    if "unsure" in said:
        said["sure"] = not said.pop("unsure")
    if "note" in said:
        said["note"] = "\n".join(str(each) for each in said["note"])
    return {name: _unpacked(name, value) for name, value in said.items()}


def about_region(item: Mapping[str, Any], value: Mapping[str, Any]) -> Record:
    """The pair that a marked region makes of an item; the offsets of a HyperText are in `globalOffsets`."""
    in_html = value.get("globalOffsets")
    offsets = in_html if isinstance(in_html, dict) else value
    quoted = value.get("text")
    if not isinstance(item.get("text"), str) and isinstance(quoted, str):  # the text has another name in this project
        return {**item, "mention": quoted, "start": offsets.get("start")}
    return about(item, *located(item.get("text"), offsets.get("start"), offsets.get("end"), quoted))


def _task_rows(place: str, task: Record) -> Iterator[RawRow]:
    item = item_of_data(task["data"])
    kept = task.get("annotations", task.get("completions"))
    annotations = kept if isinstance(kept, list) else []
    for number, annotation in enumerate(annotations, 1):
        if isinstance(annotation, dict):
            yield from _annotation_rows(f"{place}, annotation {annotation.get('id', number)}", item, annotation)
        else:
            error = "is only the number of an annotation; export them whole"
            yield RawRow(f"{place}, annotation {annotation}", {**item, "raw": annotation}, error=error)
    for name in ("predictions", "drafts"):
        for number, _ in enumerate(task[name] if isinstance(task.get(name), list) else [], 1):
            yield RawRow(f"{place}, {name[:-1]} {number}", item, ignored=f"a {name[:-1]}, not an annotation")
    if not annotations:
        yield RawRow(place, item, ignored=NOT_LABELLED)


def _annotation_rows(place: str, item: Record, annotation: Record) -> Iterator[RawRow]:
    if annotation.get("was_cancelled") or annotation.get("skipped"):
        yield RawRow(place, item, ignored="a cancelled annotation")
        return
    whose = {
        "annotator": annotator(annotation.get("completed_by")),
        "created": annotation.get("updated_at") or annotation.get("created_at"),
        "op": annotation.get("op"),
        "codebook": annotation.get("codebook"),
    }
    item = item | {name: value for name, value in whose.items() if value is not None}
    results = annotation.get("result")
    usable = [each for each in results if isinstance(each, dict) and isinstance(each.get("value"), dict)] if (
        isinstance(results, list)
    ) else []  # fmt: skip
    if not usable and not whose["op"]:
        yield RawRow(place, item, ignored="an annotation that says nothing")
        return
    said = said_by([each for each in usable if "start" not in each["value"]])
    regions: dict[Any, list[Record]] = {}
    for each in usable:
        if "start" in each["value"]:
            key = each.get("id") or (str(each["value"]["start"]), str(each["value"].get("end")))
            regions.setdefault(key, []).append(each)
    if not regions:
        yield RawRow(place, item | said)
    for key, parts in regions.items():
        answers = said | said_by(parts)
        try:
            yield RawRow(f"{place}, region {key}", about_region(item, parts[0]["value"]) | answers)
        except Unusable as error:
            marked = parts[0]["value"]
            yield RawRow(f"{place}, region {key}", item | answers | {"marked": marked}, error=str(error))


def annotator(completed_by: Any) -> str | None:
    if isinstance(completed_by, dict):
        found = next((completed_by[name] for name in ("email", "username", "id") if completed_by.get(name)), None)
        return None if found is None else str(found)
    return str(completed_by) if isinstance(completed_by, str | int) and completed_by != "" else None


def _unpacked(name: str, value: Any) -> Any:
    """Lists of labels are judged later; of a control that is not ours, a single answer stands alone."""
    return value[0] if isinstance(value, list) and len(value) == 1 and name not in COLUMNS else value


def _task(asked: Record, answers: list[Record]) -> Record:
    labelled = [said for said in answers if is_labelled(said)]
    task: Record = {"data": shown_data(asked)}
    task["annotations"] = [_annotation(said, f"a{number}") for number, said in enumerate(labelled, 1)]
    if guesses := suggested(asked):
        results = [_result("p", label, "choices", [name]) for label, (name, _) in guesses.items()]
        shares = [share for _, share in guesses.values() if share is not None]
        score = {"score": min(shares)} if shares else {}
        task["predictions"] = [{"model_version": str(asked.get("model", "parley")), "result": results, **score}]
    return task


def _annotation(said: Record, key: str) -> Record:
    results = [_result(key, name, "choices", [said[name]]) for name in CONTROLS if said.get(name)]
    if isinstance(said.get("sure"), bool):
        results.append(_result(key, "unsure", "choices", [] if said["sure"] else ["unsure"]))
    if said.get("note"):
        results.append(_result(key, "note", "textarea", [said["note"]]))
    made: Record = {"result": results, "was_cancelled": said.get("op") == "skip", "ground_truth": False}
    if said.get("annotator"):
        made["completed_by"] = {"email": said["annotator"]}
    if said.get("created"):
        made["created_at"] = made["updated_at"] = said["created"]
    return made | {name: said[name] for name in ("op", "codebook") if said.get(name)}


def _result(key: str, name: str, kind: str, values: list[Any]) -> Record:
    """One answer; Label Studio wants an id that no other result of the task has."""
    field = "text" if kind == "textarea" else kind
    return {"id": f"{key}-{name}", "from_name": name, "to_name": OBJECT, "type": kind, "value": {field: values}}


def _marked(asked: Mapping[str, Any]) -> str:
    """The text as HTML with the mention marked; whatever the text holds is shown, never run."""
    text, mention, start = str(asked.get("text", "")), asked.get("mention"), asked.get("start")
    body = html.escape(text)
    if isinstance(mention, str) and isinstance(start, int) and text[start : start + len(mention)] == mention:
        parts = text[:start], mention, text[start + len(mention) :]
        before, marked, after = (html.escape(part) for part in parts)
        body = f"{before}<mark>{marked}</mark>{after}"
    return f'<p dir="auto" style="white-space: pre-wrap">{body}</p>'


def _is_tasks(sample: Sample) -> bool:
    return any(isinstance(item.get("data"), dict) for item in sample.items)


LABEL_STUDIO: Final = Format("label-studio", "Label Studio, JSON", _is_tasks, read_tasks, write_tasks)
