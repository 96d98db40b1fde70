"""Write a report: the page, and each of its tables as CSV, JSON Lines and a sheet of a workbook.

The folder appears whole or not at all. An earlier report in its place is replaced; any other folder is refused.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from openpyxl import Workbook

from model.disk import put, sync
from model.errors import InputError
from serving.report.export import write_table
from serving.report.findings import Findings, find
from serving.report.page import render_page
from serving.report.reading import Progress, ReportAnalyzer, read_corpus
from serving.report.records import ReportOptions, Unread
from serving.report.tables import TABLES

MARK: Final = "report.json"  # what tells an earlier report from a folder of somebody's
SCHEMA: Final = 1


@dataclass(frozen=True)
class ReportSummary:
    """What was read, left out and written. `unread` is not empty where the command must say that rows are missing."""

    documents: int
    copies: int
    undated: int
    statements: int
    actors: int
    changes: int
    conditions: int
    unread: tuple[Unread, ...]
    files: tuple[str, ...]


def write_report(
    source: Path,
    output: Path,
    analyzer: ReportAnalyzer,
    options: ReportOptions | None = None,
    progress: Progress | None = None,
) -> ReportSummary:
    """Read `source` (see `reading`), and write the report into the folder `output`.

    InputError where the source cannot be read at all or `output` is not the place of a report; `progress` is told the
    documents done and their total.
    """
    options = options or ReportOptions()
    _check_place(source, output)
    _make_parents(output)
    with _folder_for(output) as folder:
        found = find(read_corpus(source, analyzer, options, progress), options)
        book = Workbook(write_only=True)
        for name, rows in TABLES.items():
            write_table(name, rows(found), folder, book)
        book.save(folder / "report.xlsx")
        (folder / "index.html").write_text(render_page(found, source.name), encoding="utf-8", errors="replace")
        files = ("index.html", "report.xlsx", *(f"{name}.{ending}" for name in TABLES for ending in ("csv", "jsonl")))
        summary = _summary(found, files)
        mark = {"parley_report": SCHEMA, "source": source.name, "options": asdict(options), **asdict(summary)}
        mark["models"] = sorted(found.corpus.models)
        text = json.dumps(mark, indent=1) + "\n"
        (folder / MARK).write_text(text, encoding="utf-8")
    return summary


def _summary(found: Findings, files: tuple[str, ...]) -> ReportSummary:
    return ReportSummary(
        documents=len(found.corpus.articles),
        copies=len(found.copies),
        undated=sum(article.date is None for article in found.corpus.articles),
        statements=sum(statement.takes_position for statement in found.counted),
        actors=len(found.actors),
        changes=len(found.changes),
        conditions=len(found.ledger),
        unread=tuple(found.corpus.unread),
        files=files,
    )


def _make_parents(output: Path) -> None:
    try:
        output.absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{output} cannot be made: {error.strerror}") from None


def _check_place(source: Path, output: Path) -> None:
    if not source.exists():
        raise InputError(f"{source} does not exist")
    if source.resolve() == output.resolve() or output.resolve() in source.resolve().parents:
        raise InputError(f"{output} holds the input, which is never overwritten; give another folder")
    if (output.exists() or output.is_symlink()) and not _may_replace(output):
        raise InputError(f"{output} is not an earlier report; give a new folder, or an empty one")


def _may_replace(output: Path) -> bool:
    if not output.is_dir() or output.is_symlink():
        return False
    if not any(output.iterdir()):
        return True
    try:
        return "parley_report" in json.loads((output / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


@contextmanager
def _folder_for(output: Path) -> Iterator[Path]:
    """A new folder beside `output` that takes its place when the block ends without an error."""
    place = output.absolute()
    with tempfile.TemporaryDirectory(prefix=f".{place.name}.", dir=place.parent) as workshop:
        new = Path(workshop) / "new"
        new.mkdir()
        yield new
        for file in new.iterdir():
            sync(file)
        earlier = Path(workshop) / "earlier"
        if place.exists():
            place.rename(earlier)
        try:
            put(new, place)
        except OSError:
            if earlier.exists():
                earlier.rename(place)
            raise
