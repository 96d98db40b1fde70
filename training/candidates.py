"""Unlabelled material as pairs to choose from: rows with a pair, sentences with mentions, or articles."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from model.actors import Registry
from model.analysis import document_sentences
from model.errors import InputError, RowError
from model.judgements import item_of
from model.reading.mentions import first_mention, mentions_in, one_per_actor
from model.records import document_from_row, pair_from_row
from training.rows import ACTOR_TYPES, read_records

FIELD_LIMIT: Final = 2**31 - 1  # of CSV, whose own is less than an article may have
REASONS_SHOWN: Final = 20
# Labels and what comes with them: the queue asks for these, so it must not bring them along.
_JUDGED: Final = frozenset(
    {"stance", "sentiment", "sure", "alternative", "note", "op", "annotator", "created", "codebook"}
)
_PAIR: Final = frozenset({"id", "text", "actor", "mention", "start", "context", "mentions"})

Json = dict[str, Any]


@dataclass(frozen=True)
class Candidates:
    """Pairs to choose from. `skipped` says of each row that is none where it stands and why."""

    records: list[Json]
    skipped: list[str]
    without_actor: int  # texts in which no actor was found


def candidates(files: Iterable[Path], registry: Registry) -> Candidates:
    """The pairs in files of unlabelled material (.jsonl, .csv, .parquet).

    A row is a pair (text, actor), a sentence with a list of mentions (mention, start), or a sentence or an article
    (text, perhaps title), in which the registry finds the actors. Other columns are kept, labels are not. A row that
    cannot be used is skipped, with a reason; InputError where a whole file cannot be read.
    """
    records: list[Json] = []
    skipped: list[str] = []
    without_actor = 0
    for file in files:
        for line, row in _rows(file):
            where = f"{file}, line {line}"
            if isinstance(row, str):
                skipped.append(f"{where} {row}")
                continue
            try:
                pairs = _pairs_in(row, registry)
            except RowError as error:
                skipped.append(f"{where}, field {error}")
                continue
            without_actor += not pairs
            for pair in pairs:
                try:
                    records.append(_record(row, pair))
                except RowError as error:
                    skipped.append(f"{where}, field {error}")
    return Candidates(records, skipped, without_actor)


def _rows(file: Path) -> Iterator[tuple[int, Json | str]]:
    """Line and row; for a line of JSONL that is no row, what is wrong with it, so that the others are still read."""
    if file.suffix != ".jsonl" or not file.is_file():
        csv.field_size_limit(FIELD_LIMIT)
        yield from read_records(file)
        return
    try:
        with file.open(encoding="utf-8-sig") as lines:
            yield from ((number, _parsed(line)) for number, line in enumerate(lines, 1) if line.strip())
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 (byte {error.start}); save it as UTF-8") from None


def _parsed(line: str) -> Json | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"is not JSON: {error}"
    return row if isinstance(row, dict) else "is not an object like {'text': ...}"


def _pairs_in(row: Json, registry: Registry) -> list[Json]:
    """The pairs of a row as rows of their own; RowError where it is none of the three kinds."""
    identity = row.get("id")
    if identity is not None and not isinstance(identity, str | int):
        raise RowError("id", f"is {type(identity).__name__}; give a string or a whole number")
    identity = None if identity is None else str(identity)
    if row.get("actor"):
        pair = pair_from_row(row)
        found = None if pair.mention else first_mention(pair.text, pair.actor, registry)
        place = {"mention": found[0], "start": found[1]} if found else {"mention": pair.mention, "start": pair.start}
        return [{"id": identity, "text": pair.text, "actor": pair.actor, **place, "context": pair.context}]
    if row.get("mentions") is not None:
        return [
            {"id": f"{identity}@{mention['start']}" if identity and "start" in mention else None,
             "text": row.get("text"), "actor": mention.get("mention"), "mention": mention.get("mention"),
             "start": mention.get("start")}
            for mention in _mentions(row)
            if mention.get("type", ACTOR_TYPES[0]) in ACTOR_TYPES
        ]  # fmt: skip
    document = document_from_row({"text": row.get("text"), "title": row.get("title")})
    return [
        {"id": f"{identity}#{sentence.index}@{mention.start}" if identity else None, "text": sentence.text,
         "actor": mention.actor.name, "mention": mention.text, "start": mention.start}
        for sentence in document_sentences(document)
        for mention in one_per_actor(mentions_in(sentence.text, registry))
    ]  # fmt: skip


def _mentions(row: Json) -> list[Json]:
    mentions = row["mentions"]
    if not isinstance(mentions, list) or not all(isinstance(each, dict) for each in mentions):
        raise RowError("mentions", "must be a list of objects with mention and start")
    return mentions


def _record(row: Json, pair_row: Json) -> Json:
    """The record of a pair that can be queued and, once it has a label, imported; RowError where it cannot."""
    pair = pair_from_row(pair_row)
    other = {name: value for name, value in row.items() if name not in _PAIR | _JUDGED and value is not None}
    # Lists beside a longer text tell of that text, by its own offsets.
    kept = other if row.get("actor") else {name: each for name, each in other.items() if not isinstance(each, list)}
    # Whatever a Parquet file holds becomes what JSON, and an answer over HTTP, can hold.
    plain = json.dumps(kept, default=str, ensure_ascii=False).encode(errors="replace")
    own = {"id": pair_row["id"] or item_of(pair)[:16], **vars(pair)}
    record = {name: value for name, value in own.items() if value is not None}
    record |= json.loads(plain, parse_constant=str)
    for name, value in record.items():
        if isinstance(value, str) and "\0" in value:
            raise RowError(name, "holds a NUL character, which no label of it could be kept with; remove it")
    return record


def words_on(found: Candidates) -> list[str]:
    words = found.skipped[:REASONS_SHOWN]
    if len(found.skipped) > REASONS_SHOWN:
        words.append(f"... and {len(found.skipped) - REASONS_SHOWN:,} more rows that cannot be used")
    if found.without_actor:
        words.append(f"no actor was found in {found.without_actor:,} texts")
    return words
