"""Labelled rows from JSONL, CSV and Parquet files: every bad row is named by file, line, field and reason."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet
from datasets import Dataset

from model.errors import InputError, RowError
from model.labels import SENTIMENTS, STANCES
from model.records import Pair, pair_from_row, read_label

POLARITY = {-1: "negative", 0: "neutral", 1: "positive"}
MAX_ERRORS_SHOWN = 20
ACTOR_TYPES = ("gpe", "org", "per")  # of the entities of unlabelled sentences; `geo` is a place


Distribution = tuple[float, ...]


@dataclass(frozen=True)
class LabelledPair:
    """A pair with the labels that its row has; either label may be absent.

    `taught_stance` and `taught_sentiment` are probabilities that a teacher gave, in the order of `model.labels`.
    """

    id: str
    pair: Pair
    stance: str | None
    sentiment: str | None
    topic: str
    rule: str
    source: str
    file: str
    taught_stance: Distribution | None = None
    taught_sentiment: Distribution | None = None


def load_rows(paths: Iterable[Path], texts: Iterable[Path] = ()) -> list[LabelledPair]:
    """Read files, and folders of files; InputError lists the bad rows of all of them.

    `texts` are files of sentences with `id` and `text`, for labels whose text may not lie beside them: rows
    that name a sentence by `text_id` and the mention by `start` and `end`.
    """
    sentences = {str(record.get("id")): record["text"] for file in texts for _, record in _sentences(file)}
    files = [file for path in paths for file in _files(path)]
    rows: list[LabelledPair] = []
    errors: list[str] = []
    for file in files:
        for line, record in read_records(file):
            try:
                rows.append(labelled_pair(_with_text(record, sentences), file.name, line))
            except RowError as error:
                errors.append(f"{file}, line {line}, field {error}")
    if errors:
        shown = "\n".join(errors[:MAX_ERRORS_SHOWN])
        raise InputError(f"{len(errors)} bad rows of {len(rows) + len(errors)}:\n{shown}")
    return rows


def load_unlabelled(files: Iterable[Path]) -> list[LabelledPair]:
    """Rows without labels from files of sentences (text, mentions): one for each mention of a party or a person."""
    rows: list[LabelledPair] = []
    for file in files:
        for line, record in _sentences(file):
            mentions = record.get("mentions")
            if not isinstance(mentions, list) or not all(isinstance(each, dict) for each in mentions):
                raise InputError(
                    f"{file}, line {line}, field mentions must be a list of objects with mention and start"
                )
            for mention in mentions:
                if mention.get("type") not in ACTOR_TYPES:
                    continue
                try:
                    pair = pair_from_row({**mention, "text": record["text"], "actor": mention.get("mention")})
                except RowError as error:
                    raise InputError(f"{file}, line {line}, mentions, field {error}") from None
                row_id = f"{record.get('id', f'{file.name}:{line}')}@{pair.start}"
                rows.append(LabelledPair(row_id, pair, None, None, file.stem, "", file.stem, file.name))
    return rows


def labelled_pair(record: Mapping[str, Any], file: str, line: int) -> LabelledPair:
    """Check one record; the columns of NewsMTSC (sentence, mention, from, polarity) are understood."""
    if "polarity" in record and "sentence" in record:
        record = _from_newsmtsc(record)
    stance = read_label(record, "stance", STANCES)
    sentiment = read_label(record, "sentiment", SENTIMENTS)
    if stance is None and sentiment is None:
        raise RowError("stance", f"is missing, and so is sentiment; give one of {', '.join(STANCES)}")
    return LabelledPair(
        id=str(record.get("id") or f"{file}:{line}"),
        pair=pair_from_row(record),
        stance=stance,
        sentiment=sentiment,
        topic=str(record.get("topic") or record.get("source") or Path(file).stem),
        source=str(record.get("source") or Path(file).stem),
        rule=str(record.get("rule") or ""),
        file=file,
    )


def row_record(row: LabelledPair) -> dict[str, Any]:
    """The row as a record that `labelled_pair` reads."""
    return {
        "id": row.id, "text": row.pair.text, "actor": row.pair.actor, "mention": row.pair.mention,
        "start": row.pair.start, "context": row.pair.context, "stance": row.stance,
        "sentiment": row.sentiment, "topic": row.topic, "rule": row.rule,
        "source": row.source, "file": row.file,
    }  # fmt: skip


def to_dataset(rows: Iterable[LabelledPair]) -> Dataset:
    """The rows as columns, for the split, the snapshot and training."""
    return Dataset.from_list([row_record(row) for row in rows])


def _sentences(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, record in read_records(file):
        if not isinstance(record.get("text"), str):
            raise InputError(f"{file}, line {line}, field text is missing; give a sentence")
        yield line, record


def _with_text(record: dict[str, Any], sentences: Mapping[str, str]) -> dict[str, Any]:
    """The record, its text looked up where it names it by `text_id`."""
    if "text" in record or "text_id" not in record:
        return record
    text = sentences.get(str(record["text_id"]))
    if text is None:
        raise RowError("text_id", f"is {record['text_id']!r}; no such sentence, give its file with --texts")
    start, end = record.get("start"), record.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
        raise RowError("end", f"is {end!r} and start {start!r}; give offsets inside the {len(text)} characters")
    return {**record, "text": text, "mention": text[start:end]}


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(file for file in path.iterdir() if file.suffix in READERS)
        if not found:
            raise InputError(f"{path} holds no file that ends in {', '.join(READERS)}")
        return found
    if not path.is_file():
        raise InputError(f"{path} does not exist")
    if path.suffix not in READERS:
        raise InputError(f"{path} must end in one of {', '.join(READERS)}")
    return [path]


def read_records(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and record of each row of a file; InputError where the file cannot be read."""
    if file.suffix not in READERS or not file.is_file():
        raise InputError(f"{file} must be a file that ends in one of {', '.join(READERS)}")
    try:
        yield from READERS[file.suffix](file)
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except pyarrow.ArrowInvalid as error:
        raise InputError(f"{file} is not a Parquet file: {error}") from None


def _read_jsonl(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise InputError(f"{file}, line {number} is not JSON: {error}") from None
            if not isinstance(record, dict):
                raise InputError(f"{file}, line {number} is not an object like {{'text': ..., 'actor': ...}}")
            yield number, record


def _read_csv(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        for record in reader:
            if None in record:
                raise InputError(f"{file}, line {reader.line_num} has more fields than the header names")
            yield reader.line_num, {name: value for name, value in record.items() if value != ""}


def _read_parquet(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    for batch in pyarrow.parquet.ParquetFile(file).iter_batches(1000):
        for record in batch.to_pylist():
            number += 1
            yield number, record


READERS = {".jsonl": _read_jsonl, ".csv": _read_csv, ".parquet": _read_parquet}


def _from_newsmtsc(record: Mapping[str, Any]) -> dict[str, Any]:
    if record["polarity"] not in POLARITY:
        raise RowError("polarity", f"is {record['polarity']!r}; give -1, 0 or 1")
    return {
        "id": record.get("id"), "text": record["sentence"], "actor": record.get("mention"),
        "mention": record.get("mention"), "start": record.get("from"), "source": "newsmtsc",
        "sentiment": POLARITY[record["polarity"]],
    }  # fmt: skip
