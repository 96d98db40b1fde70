"""What a person sees in the terminal: an article's table, one pair's answer, the versions, a progress bar."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from model.errors import InputError
from model.records import Document, document_from_row
from model.versions import Version

COLORS = {"support": "green", "conditional": "yellow", "oppose": "red", "none": "dim"}
EVIDENCE_SHOWN = 2

Json = dict[str, Any]


def read_article(source: str) -> Document:
    """An article from a file (.json with title and text, or plain text) or, for "-", from standard input."""
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{source} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    ending = Path(source).suffix.lower()
    if ending in (".jsonl", ".csv", ".parquet"):
        raise InputError(f"{source} holds many rows: use parley batch {source} OUTPUT --kind documents")
    if ending == ".json" or (source == "-" and text.lstrip().startswith("{")):
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{source} is not JSON: {error}") from None
        if not isinstance(row, dict):
            raise InputError(f"{source} must hold one object with title and text")
        return document_from_row(row)
    return document_from_row({"text": text, "id": None if source == "-" else Path(source).stem})


def article_table(analysis: Json) -> None:
    """Print the actors of an article, their positions, and the sentences that show them."""
    console = Console()
    table = Table(
        title=Text(analysis["title"] or ""), title_justify="left", caption=f"model {analysis['model']}", show_lines=True
    )
    for column in ("actor", "position", "sup", "cond", "opp", "none"):
        table.add_column(column, no_wrap=column == "position")
    table.add_column("evidence", ratio=1)
    for row in analysis["actors"]:
        counts = [str(row["stances"][stance]) for stance in COLORS]
        table.add_row(Text(row["actor_name"]), _stance(row["position"]), *counts, _evidence(row, analysis))
    console.print(table)


def pair_table(answer: Json) -> None:
    """Print the answer for one sentence and one actor."""
    table = Table(
        title=Text(f"{answer['actor']}: {answer['text']}"), title_justify="left", caption=f"model {answer['model']}"
    )
    for column in ("label", "answer", "probabilities"):
        table.add_column(column)
    for label in ("stance", "sentiment"):
        chances = ", ".join(f"{name} {value:.2f}" for name, value in answer[f"{label}_probabilities"].items())
        shown = answer[label] + (" (unsure)" if label == "stance" and answer["abstained"] else "")
        table.add_row(label, shown, chances)
    Console().print(table)


@contextmanager
def progress_bar(of: str = "rows") -> Iterator[Callable[[int, int | None], None]]:
    """Yields a function that shows (rows done, rows in all or None) on standard error."""
    columns = (
        TextColumn("working"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(f"{of}, left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("scoring", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _stance(stance: str) -> Text:
    return Text(stance, style=COLORS[stance])


def _evidence(row: Json, analysis: Json) -> Text:
    if row["position"] == "none":
        return Text("")
    sentences = {sentence["index"]: sentence["text"] for sentence in analysis["sentences"]}
    shown = [analysis["pairs"][index] for index in row["evidence"][:EVIDENCE_SHOWN]]
    lines = [f"{pair['stance_probabilities'][pair['stance']]:.2f} {sentences[pair['sentence']]}" for pair in shown]
    return Text("\n".join(lines))


def versions_table(versions: Sequence[Version]) -> None:
    """Print the versions of the model, the champion marked."""
    table = Table(caption="* the champion", caption_justify="left")
    for column in ("", "version", "made", "from", "snapshot", "verdict", "stance macro-F1"):
        table.add_column(column, no_wrap=column in ("version", "verdict"), overflow="fold")  # a name is for copying
    for each in versions:
        scores = "\n".join(f"{name} {value:.3f}" for name, value in (each.macro_f1 or {}).items())
        cells = (each.name, each.created, each.parent, (each.snapshot or "")[:16], each.verdict, each.problem or scores)
        table.add_row("*" if each.champion else "", *(Text(str(cell or "")) for cell in cells))
    Console().print(table)
