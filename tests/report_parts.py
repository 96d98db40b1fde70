"""Hand-made analyses, as `parley batch --kind documents` writes them, for the tests of reports."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from model.labels import STANCES
from serving.report.reading import read_corpus
from serving.report.records import Corpus, ReportOptions
from serving.tables import to_json

Json = dict[str, Any]
NAMES = {"ORS": "Orsa", "VEL": "Velmar"}


class NoAnalyzer:
    """Stands where everything is analysed already."""

    def analyze(self, document: object) -> Json:
        raise AssertionError("nothing here is to be analysed")


def pair(text: str, stance: str, actor: str = "ORS", **more: Any) -> Json:
    """A pair with its own sentence in `text`."""
    probability = more.pop("probability", 0.9)
    rest = (1 - probability) / 3
    return {
        "text": text, "actor": actor, "actor_name": NAMES.get(actor, actor), "mention": actor, "start": 0, "end": 1,
        "stance": stance, "stance_probabilities": {each: rest for each in STANCES} | {stance: probability},
        "sentiment": "neutral", "abstained": False, "voice": "self", "condition": None, **more,
    }  # fmt: skip


def condition(text: str, words: str, kind: str = "other") -> Json:
    start = text.index(words)
    return {"text": words, "start": start, "end": start + len(words), "kind": kind}


def analysis(number: int, *pairs: Json, day: date | str | None = date(2024, 3, 1), **more: Any) -> Json:
    """One row; pairs with the same text share a sentence."""
    texts = list(dict.fromkeys(each["text"] for each in pairs))
    ends = [sum(len(text) + 1 for text in texts[: at + 1]) for at in range(len(texts))]
    sentences = [
        {"index": at, "start": end - len(text) - 1, "end": end - 1, "text": text}
        for at, (text, end) in enumerate(zip(texts, ends, strict=True), 1)
    ]
    rows = [{"sentence": texts.index(each["text"]) + 1} | each for each in pairs]
    for row in rows:
        del row["text"]
    return {
        "id": f"d{number}", "title": None, "date": day.isoformat() if isinstance(day, date) else day, "model": "made",
        "sentences": sentences, "pairs": rows, "actors": [], **more,
    }  # fmt: skip


def turning(count: int = 20, turn: int = 10) -> list[Json]:
    """Articles a week apart in which Orsa opposes talks, and from article `turn` on supports them."""
    return [
        analysis(
            at,
            pair(f"Orsa speech number {at} was {'warm' if at >= turn else 'cold'} on talks.",
                 "support" if at >= turn else "oppose"),
            day=date(2024, 1, 1) + timedelta(weeks=at),
        )
        for at in range(count)
    ]  # fmt: skip


def write_rows(file: Path, *rows: Json) -> Path:
    file.write_text("".join(to_json(row) + "\n" for row in rows), encoding="utf-8")
    return file


def corpus_of(folder: Path, *rows: Json, options: ReportOptions | None = None) -> Corpus:
    return read_corpus(write_rows(folder / "rows.jsonl", *rows), NoAnalyzer(), options or ReportOptions())
