"""Label Studio's small exports, JSON_MIN and CSV: a flat row for each annotation.

The names of the controls are those of `seeds/label_studio.xml` (see label_studio.py). Label Studio puts the number of
its task in `id`: our id is in `parley_id`; without it, the number becomes `task_id`. A control with one answer is text,
one with more, or with none, is `{"choices": [...]}`, in CSV as JSON; marked regions are lists of objects with `start`
and `end`. Written as JSON, or as CSV where the file's name ends in .csv.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from training.formats.base import NOT_LABELLED, Format, RawRow, Record, Records, Unusable, is_labelled, parted
from training.formats.files import parse_json, write_json
from training.formats.json_records import object_rows
from training.formats.label_studio import (
    CONTROLS,
    REGION_LABELS,
    about_region,
    annotator,
    item_of_data,
    said_by,
    shown_data,
)
from training.formats.sample import Sample
from training.formats.tables import header_of, read_table, write_table

_OWN: Final = ("annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "was_cancelled")
_SIGNS: Final = frozenset({"annotation_id", "lead_time", "annotator"})


def read_flat(path: Path) -> Iterator[RawRow]:
    for row in read_table(path) if _is_table(path) else object_rows(path):
        yield from [row] if row.error else _rows(row)


def write_flat(records: Records, path: Path) -> None:
    rows = [_row(number, *parted(record)) for number, record in enumerate(records, 1)]
    if _is_table(path):
        write_table(rows, path, "," if path.suffix.casefold() == ".csv" else "\t")
    else:
        write_json(rows, path)


def _rows(row: RawRow) -> Iterator[RawRow]:
    values = {name: _parsed(value) for name, value in row.record.items()}
    item = item_of_data({name: value for name, value in values.items() if name not in (*_OWN, "id")})
    if values.get("id") not in (None, "") and "id" not in item:
        item["task_id"] = values["id"]
    if values.get("annotation_id") in (None, "") and annotator(values.get("annotator")) is None:
        yield RawRow(row.place, item, ignored=NOT_LABELLED)
        return
    if str(values.get("was_cancelled")).casefold() == "true":
        yield RawRow(row.place, item, ignored="a cancelled annotation")
        return
    item["annotator"] = annotator(values.get("annotator"))
    item["created"] = values.get("updated_at") or values.get("created_at")
    regions = {name: value for name, value in item.items() if _are_regions(value)}
    said = said_by([_as_result(name, value) for name, value in item.items() if _is_answer(name, value)])
    rest = {name: value for name, value in item.items() if name not in regions and not _is_answer(name, value)}
    if not regions:
        yield RawRow(row.place, rest | said)
    for name, marked in regions.items():
        for number, value in enumerate(marked, 1):
            place = f"{row.place}, {name} {number}"
            answers = said | said_by([{"from_name": name, "type": _kind(value), "value": value}])
            try:
                yield RawRow(place, about_region(rest, value) | answers)
            except Unusable as error:
                yield RawRow(place, rest | answers | {"marked": value}, error=str(error))


def _parsed(value: Any) -> Any:
    """A cell of CSV that holds the JSON of an answer or of regions."""
    if not isinstance(value, str) or not value.startswith(('{"choices"', '{"text"', "[{")):
        return value
    try:
        return parse_json(value)
    except ValueError:
        return value


def _is_answer(name: str, value: Any) -> bool:
    return name in (*CONTROLS, "unsure", "note") or (
        isinstance(value, dict) and value.keys() in ({"choices"}, {"text"})
    )


def _as_result(name: str, value: Any) -> Record:
    if isinstance(value, dict) and (value.get("choices") is not None or value.get("text") is not None):
        return {"from_name": name, "type": "choices" if "choices" in value else "textarea", "value": value}
    return {"from_name": name, "type": "choices", "value": {"choices": value if isinstance(value, list) else [value]}}


def _are_regions(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(
        isinstance(each, dict) and "start" in each and _kind(each) in each for each in value
    )  # fmt: skip


def _kind(value: Record) -> str:
    return next((kind for kind in (*REGION_LABELS, "choices") if kind in value), "labels")


def _row(number: int, asked: Record, said: Record) -> Record:
    row = {**shown_data(asked), "id": number}
    row |= {name: said[name] for name in (*CONTROLS, "note", "op", "codebook") if said.get(name)}
    if isinstance(said.get("sure"), bool):
        row["unsure"] = {"choices": []} if said["sure"] else "unsure"
    created = said.get("created")
    return row | {
        "annotator": said.get("annotator"), "annotation_id": number if is_labelled(said) else None,
        "created_at": created, "updated_at": created, "lead_time": None,
    }  # fmt: skip


def _is_table(path: Path) -> bool:
    return path.suffix.casefold() in (".csv", ".tsv")


def _is_flat(sample: Sample) -> bool:
    return sample.any_item(*_SIGNS) or set(header_of(sample)) >= _SIGNS


LABEL_STUDIO_MIN: Final = Format("label-studio-min", "Label Studio, JSON_MIN or CSV", _is_flat, read_flat, write_flat)
