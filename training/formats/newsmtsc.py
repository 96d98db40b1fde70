"""NewsMTSC: JSONL with a sentence a line and its `targets`, or the Hugging Face variant with a target a line.

Polarity is 2, 4, 6 in the one and -1, 0, 1 in the other: negative, neutral, positive. `to` is the offset after the
mention (Hamborg and Donnay 2021). Written as the first, which holds a mention and a sentiment and no stance.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from model.errors import InputError
from model.labels import SENTIMENTS
from training.formats.base import Format, RawRow, Record, Records
from training.formats.files import write_json_lines
from training.formats.json_records import object_rows
from training.formats.sample import Sample

ORIGINAL: Final = dict(zip((2.0, 4.0, 6.0), SENTIMENTS, strict=True))
HUGGING_FACE: Final = dict(zip((-1.0, 0.0, 1.0), SENTIMENTS, strict=True))
SOURCE: Final = "newsmtsc"


def read_newsmtsc(path: Path) -> Iterator[RawRow]:
    for row in object_rows(path):
        record = row.record
        if row.error:
            yield row
        elif "sentence" in record and "polarity" in record:
            rest = {name: value for name, value in record.items() if name != "sentence"}
            yield _target_row(row.place, record["sentence"], rest, HUGGING_FACE)
        elif isinstance(record.get("targets"), list):
            rest = {name: value for name, value in record.items() if name not in ("targets", "sentence_normalized")}
            for number, target in enumerate(record["targets"], 1):
                place = f"{row.place}, target {number}"
                if isinstance(target, dict):
                    yield _target_row(place, record.get("sentence_normalized"), rest | target, ORIGINAL)
                else:
                    yield RawRow(place, {"raw": target}, error="is not an object with mention, from and polarity")
        else:
            yield RawRow(row.place, record, error="has neither targets, nor sentence and polarity")


def write_newsmtsc(records: Records, path: Path) -> None:
    """InputError names the first record without mention or sentiment, which is what the format is about."""
    polarity = {name: number for number, name in ORIGINAL.items()}
    lines: dict[str, Record] = {}
    for number, record in enumerate(records, 1):
        identity = str(record.get("id") or number)
        missing = [name for name in ("text", "mention", "start", "sentiment") if record.get(name) is None]
        if missing:
            raise InputError(f"record {identity} has no {' and no '.join(missing)}, which NewsMTSC needs; try jsonl")
        if record["sentiment"] not in polarity:
            raise InputError(f"record {identity}: NewsMTSC has no number for the sentiment {record['sentiment']!r}")
        line = lines.setdefault(
            record["text"], {"primary_gid": identity, "sentence_normalized": record["text"], "targets": []}
        )
        target = {
            "Input.gid": identity, "from": record["start"], "to": record["start"] + len(record["mention"]),
            "mention": record["mention"], "polarity": polarity[record["sentiment"]],
        }  # fmt: skip
        if record.get("actor") not in (None, record["mention"]):
            target["actor"] = record["actor"]
        line["targets"].append(target)
    write_json_lines(list(lines.values()), path)


def _target_row(place: str, text: Any, target: Mapping[str, Any], names: Mapping[float, str]) -> RawRow:
    record: Record = {"source": SOURCE} | {
        name: value for name, value in target.items() if name not in ("Input.gid", "from", "to", "polarity")
    }
    record |= {"text": text, "id": target.get("Input.gid", target.get("id")), "start": target.get("from")}
    polarity = target.get("polarity")
    try:
        record["sentiment"] = names[float(polarity)]  # type: ignore[arg-type]
    except (TypeError, ValueError, KeyError):
        known = ", ".join(f"{number:g}" for number in names)
        return RawRow(place, record | {"polarity": polarity}, error=f"polarity is {polarity!r}; it can be {known}")
    return RawRow(place, record)


def _is_newsmtsc(sample: Sample) -> bool:
    return sample.any_item("sentence_normalized", "targets") or sample.any_item("sentence", "mention", "polarity")


NEWSMTSC: Final = Format("newsmtsc", "NewsMTSC, JSONL (sentiment only)", _is_newsmtsc, read_newsmtsc, write_newsmtsc)
