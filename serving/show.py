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
from model.positions import OWN_VOICES
from model.records import Document, document_from_row
from model.text import visible
from model.versions import Version

COLORS = {"support": "green", "conditional": "yellow", "oppose": "red", "none": "dim"}
EVIDENCE_SHOWN = 2
WORDS_SHOWN = 8

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
    title, caption = _text(analysis["title"] or ""), _text(f"model {analysis['model']}")
    table = Table(title=title, title_justify="left", caption=caption, show_lines=True)
    for column in ("actor", "position"):
        table.add_column(column, max_width=18)
    table.add_column("own words and deeds; what others claim; conditions", ratio=1)
    for row in analysis["actors"]:
        table.add_row(_actor(row), _position(row), _evidence(row, analysis))
    console.print(table)


def pair_table(answer: Json) -> None:
    """Print the answer for one sentence and one actor, and, where it was asked for, the words that moved it."""
    table = Table(
        title=_text(f"{answer['actor']}: {answer['text']}"), title_justify="left", caption=f"model {answer['model']}"
    )
    for column in ("label", "answer", "probabilities"):
        table.add_column(column)
    for label in ("stance", "sentiment"):
        chances = ", ".join(f"{name} {value:.2f}" for name, value in answer[f"{label}_probabilities"].items())
        shown = answer[label] + (" (unsure)" if label == "stance" and answer["abstained"] else "")
        table.add_row(label, shown, chances)
    if "words" in answer:
        heaviest = sorted(answer["words"], key=lambda word: -abs(word["weight"]))[:WORDS_SHOWN]
        table.add_row("why", "", _text(", ".join(f"{word['text']} {word['weight']:+.2f}" for word in heaviest)))
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


def _text(text: str) -> Text:
    """Anybody's text without what a terminal would obey; Rich leaves the sequences of escape in."""
    return Text(visible(text))


def _stance(stance: str) -> Text:
    return Text(stance, style=COLORS[stance])


def _actor(row: Json) -> Text:
    return _text(row["actor_name"] if row["resolved"] else f"{row['actor_name']} (unresolved)")


def _position(row: Json) -> Text:
    """The position and how sure it is, or that the text has none in the actor's own voice."""
    if not row["own_statement"]:
        return Text("no own statement", style=COLORS["none"])
    sure = f"{row['confidence']} confidence\n" if row["confidence"] else ""
    return _stance(row["position"]).append(f"\n{sure}{_counted(row['own'])}", style="dim")


def _evidence(row: Json, analysis: Json) -> Text:
    sentences = {sentence["index"]: sentence["text"] for sentence in analysis["sentences"]}
    shown = [analysis["pairs"][index] for index in row["evidence"][:EVIDENCE_SHOWN]]
    lines = [f"{pair['stance_probabilities'][pair['stance']]:.2f} {sentences[pair['sentence']]}" for pair in shown]
    names = {each["actor"]: each["actor_name"] for each in analysis["actors"]}
    lines += [f"claimed by {_who(claim['by'], names)}: {_counted(claim['stances'])}" for claim in row["claims"]]
    lines += [f"{_condition(each, names)}: {each['text']}" for each in row["conditions"]]
    return _text("\n".join(lines))


def _condition(condition: Json, names: dict[str, str]) -> str:
    """What stands before the words of a condition: its kind and, where it is not the actor itself, who tells it."""
    told = "" if condition["voice"] in OWN_VOICES else f", claimed by {_who(condition['voice'], names)}"
    return f"condition ({condition['kind']}{told})"


def _who(voice: str, names: dict[str, str]) -> str:
    """A voice in words: other_party:RUS is Russia."""
    kind, _, actor = voice.partition(":")
    return names.get(actor, actor) if kind == "other_party" else {"expert": "an expert"}.get(kind, "unnamed sources")


def _counted(stances: dict[str, int]) -> str:
    return ", ".join(f"{stance} {count}" for stance, count in stances.items() if count)


def versions_table(versions: Sequence[Version]) -> None:
    """Print the versions of the model, the champion marked."""
    table = Table(caption="* the champion", caption_justify="left")
    for column in ("", "version", "made", "from", "snapshot", "verdict", "stance macro-F1"):
        table.add_column(column, no_wrap=column in ("version", "verdict"), overflow="fold")  # a name is for copying
    for each in versions:
        scores = "\n".join(f"{name} {value:.3f}" for name, value in (each.macro_f1 or {}).items())
        cells = (each.name, each.created, each.parent, (each.snapshot or "")[:16], each.verdict, each.problem or scores)
        table.add_row("*" if each.champion else "", *(_text(str(cell or "")) for cell in cells))
    Console().print(table)
