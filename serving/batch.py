"""Offline scoring of a file of any size: resumable, order kept, memory constant.

Rows stream through in chunks. Each chunk becomes a shard in `<target>.partial/`, which exists whole or not at
all; `job.json` beside the shards says for which input, model and settings they hold. A run that was killed
goes on after its last shard when it is started again, and ends with the same bytes as one that was not. At
the end the shards are joined and take the target's place in one rename.

Output columns are the input's, then the ones added here; an input column with the name of an added one is
kept as `input_<name>`. Documents carry all input columns but `text`, whose sentences the analysis holds; in
Parquet and CSV their `sentences`, `pairs` and `actors` are JSON in a string, since an analysis may grow new fields.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import pyarrow as pa

from model.bundle import digest_of
from model.disk import put
from model.errors import BusyError, InputError, RowError
from model.labels import SENTIMENTS, STANCES
from model.records import Document, Pair, document_from_row, pair_from_row
from model.scorer import Prediction
from serving.tables import Chunk, Row, Table, format_of, join_parts, open_table, write_part

Kind = Literal["pairs", "documents"]
Progress = Callable[[int, int | None], None]

PAIR_COLUMNS: Final = {
    "stance": pa.string(),
    "stance_probability": pa.float64(),
    **{f"p_{label}": pa.float64() for label in STANCES},
    "sentiment": pa.string(),
    "sentiment_probability": pa.float64(),
    **{f"p_{label}": pa.float64() for label in SENTIMENTS},
    "abstained": pa.bool_(),
    "model": pa.string(),
    "error": pa.string(),
}
DOCUMENT_COLUMNS: Final = dict.fromkeys(("id", "title", "model", "sentences", "pairs", "actors", "error"), pa.string())
ADDED: Final = {"pairs": PAIR_COLUMNS, "documents": DOCUMENT_COLUMNS}
REQUIRED: Final = {"pairs": ("text", "actor"), "documents": ("text",)}
NOT_CARRIED: Final = {"pairs": (), "documents": ("text", "id", "title")}


class BatchAnalyzer(Protocol):
    @property
    def name(self) -> str: ...

    def score_pairs(self, pairs: Sequence[Pair]) -> list[Prediction]: ...

    def analyze(self, document: Document) -> dict[str, Any]: ...


@dataclass(frozen=True)
class BatchReport:
    """`discarded`: shards of an earlier run were thrown away, for they held for another input, model or setting."""

    rows: int
    failed: int
    resumed_rows: int
    discarded: bool = False


@dataclass(frozen=True)
class Shard:
    """A whole shard; its file name carries its counts, so that a resumed run need not open it."""

    index: int
    rows: int
    failed: int

    @property
    def name(self) -> str:
        return f"shard-{self.index:09}-{self.rows}-{self.failed}"


@dataclass(frozen=True)
class Fingerprint:
    """All that the shards depend on."""

    size: int
    mtime_ns: int
    sha256: str
    kind: str
    model: str
    shard_rows: int
    formats: str


def run_batch(
    source: Path,
    target: Path,
    analyzer: BatchAnalyzer,
    kind: Kind = "pairs",
    shard_rows: int = 2000,
    progress: Progress | None = None,
) -> BatchReport:
    """Score every row of `source` into `target`; `progress` is told the rows done and their total."""
    form = _check_paths(source, target)
    if shard_rows < 1:
        raise InputError(f"shard_rows is {shard_rows}; give 1 or more")
    table = open_table(source)
    missing = [name for name in REQUIRED[kind] if name not in table.schema.names]
    if table.has_header and missing:
        raise InputError(f"{source} has no column {' and no column '.join(map(repr, missing))}")
    names = _carried_names(table, kind)
    schema = pa.schema(
        [field.with_name(names[field.name]) for field in table.schema if field.name in names]
        + list(ADDED[kind].items())
    )
    folder = target.with_name(f"{target.name}.partial")
    with _locked(folder):
        fingerprint = _fingerprint(source, form, analyzer, kind, shard_rows)
        shards, discarded = _open_job(folder, fingerprint)
        done = resumed = sum(shard.rows for shard in shards)
        tell = progress or (lambda _done, _total: None)
        tell(done, table.total)
        for chunk in table.chunks(shard_rows, skip=resumed):
            rows = _score_chunk(chunk, analyzer, kind, names)
            shard = Shard(len(shards), len(rows), sum(row["error"] is not None for row in rows))
            arrow = chunk.arrow
            arrays = {} if arrow is None else {new: arrow.column(old) for old, new in names.items()}
            write_part(folder / "shard.tmp", form, schema, rows, arrays)
            put(folder / "shard.tmp", folder / shard.name)
            shards.append(shard)
            done += shard.rows
            tell(done, table.total)
        if _fingerprint_stat(source) != (fingerprint.size, fingerprint.mtime_ns):
            raise InputError(f"{source} changed while it was read; run again")
        finished = target.with_name(f"{target.name}.tmp")
        join_parts(finished, form, schema, [folder / shard.name for shard in shards])
        put(finished, target)
        _remove(folder)
    return BatchReport(done, sum(shard.failed for shard in shards), resumed, discarded)


def _check_paths(source: Path, target: Path) -> str:
    format_of(source)
    form = format_of(target)
    if not target.parent.is_dir():
        raise InputError(f"the folder {target.parent} does not exist")
    if target.is_dir():
        raise InputError(f"{target} is a folder")
    if source.resolve() == target.resolve() or (source.exists() and target.exists() and source.samefile(target)):
        raise InputError(f"{target} is the input itself, which is never overwritten; give another output")
    return form


def _carried_names(table: Table, kind: Kind) -> dict[str, str]:
    """Input column -> its name in the output."""
    taken = {*table.schema.names, *ADDED[kind]}
    names = {}
    for name in table.schema.names:
        if name in NOT_CARRIED[kind]:
            continue
        names[name] = name
        if name in ADDED[kind]:
            while names[name] in taken:
                names[name] = f"input_{names[name]}"
            taken.add(names[name])
    return names


def _score_chunk(chunk: Chunk, analyzer: BatchAnalyzer, kind: Kind, names: dict[str, str]) -> list[Row]:
    score = _score_pairs if kind == "pairs" else _analyze_documents
    return [
        {**{names[name]: value for name, value in row.items() if name in names}, **result}
        for row, result in zip(chunk.rows, score(chunk, analyzer), strict=True)
    ]


def _score_pairs(chunk: Chunk, analyzer: BatchAnalyzer) -> list[Row]:
    read = [_read_pair(row, error) for row, error in zip(chunk.rows, chunk.errors, strict=True)]
    pairs = [each for each in read if isinstance(each, Pair)]
    predictions = iter(analyzer.score_pairs(pairs) if pairs else [])
    return [
        _pair_result(next(predictions), analyzer.name)
        if isinstance(each, Pair)
        else {**dict.fromkeys(PAIR_COLUMNS), "error": each}
        for each in read
    ]


def _read_pair(row: Row, error: str | None) -> Pair | str:
    """The pair, or why there is none."""
    if error is not None:
        return error
    try:
        return pair_from_row(row)
    except RowError as reason:
        return str(reason)


def _pair_result(prediction: Prediction, model: str) -> Row:
    stances = dict(zip(STANCES, prediction.stance_probabilities, strict=True))
    sentiments = dict(zip(SENTIMENTS, prediction.sentiment_probabilities, strict=True))
    return {
        "stance": prediction.stance,
        "stance_probability": stances[prediction.stance],
        **{f"p_{label}": value for label, value in stances.items()},
        "sentiment": prediction.sentiment,
        "sentiment_probability": sentiments[prediction.sentiment],
        **{f"p_{label}": value for label, value in sentiments.items()},
        "abstained": prediction.abstained,
        "model": model,
        "error": None,
    }


def _analyze_documents(chunk: Chunk, analyzer: BatchAnalyzer) -> Iterator[Row]:
    for row, error in zip(chunk.rows, chunk.errors, strict=True):
        result: Row = {**dict.fromkeys(DOCUMENT_COLUMNS), "id": _as_text(row.get("id")), "title": row.get("title")}
        if error is None:
            try:
                result |= analyzer.analyze(document_from_row(row))
            except InputError as reason:  # also of a document that the analyzer finds too large
                error = str(reason)
        yield {**result, "error": error}


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _fingerprint(source: Path, form: str, analyzer: BatchAnalyzer, kind: Kind, shard_rows: int) -> Fingerprint:
    size, mtime_ns = _fingerprint_stat(source)
    formats = f"{format_of(source)} to {form}"
    return Fingerprint(size, mtime_ns, digest_of(source), kind, analyzer.name, shard_rows, formats)


def _fingerprint_stat(source: Path) -> tuple[int, int]:
    found = source.stat()
    return found.st_size, found.st_mtime_ns


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of the partial folder; the system releases it when the process dies."""
    busy = BusyError(f"another run is writing to {folder}; wait for it or give another output")
    folder.mkdir(exist_ok=True)
    path = folder / "lock"
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A run that ended between our open and our lock took the folder away with it.
            held = os.path.samestat(os.fstat(lock.fileno()), path.stat())
        except (BlockingIOError, FileNotFoundError):
            held = False
        if not held:
            raise busy
        yield


def _open_job(folder: Path, fingerprint: Fingerprint) -> tuple[list[Shard], bool]:
    """The whole shards that hold for this job, and whether others were discarded."""
    job = folder / "job.json"
    wanted = json.dumps(asdict(fingerprint), indent=1)
    found = sorted(folder.glob("shard-*-*-*"))
    if job.is_file() and job.read_text(encoding="utf-8") == wanted:
        shards = [Shard(*map(int, path.name.split("-")[1:])) for path in found]
        return [shard for position, shard in enumerate(shards) if shard.index == position], False
    for path in found:
        path.unlink()
    (folder / "job.tmp").write_text(wanted, encoding="utf-8")
    put(folder / "job.tmp", job)
    return [], bool(found)


def _remove(folder: Path) -> None:
    """Remove the partial folder by first renaming it: a run that starts meanwhile gets one of its own."""
    away = folder.with_name(f"{folder.name}.done")
    shutil.rmtree(away, ignore_errors=True)
    shutil.rmtree(folder.rename(away))
