"""Documents, or analyses already made, become articles and statements.

A source is a .jsonl, .csv or .parquet file, or a folder of .json and .txt articles. A row with `sentences` and `pairs`
is an analysis as `parley batch --kind documents` and `parley score --json` write it; any other needs a `text`.
A pair is past where its analysis says so, or where its sentence does beside the date of the row: older versions did not
tell, and a date may have come later. What cannot be read is kept with the reason. Rows stream through; of an article
only its statements stay.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Protocol

from model.errors import InputError, RowError
from model.labels import STANCES
from model.records import MAX_NAME_CHARACTERS, MAX_PAIR_CHARACTERS, Document, document_from_row, read_optional_text
from model.times import When, event_time, is_long_ago, publication_date
from serving.report.copies import sentence_key, shingles_of
from serving.report.records import Article, Condition, Corpus, ReportOptions, Row, Statement, Unread
from serving.tables import open_table

ROWS_AT_ONCE: Final = 50
ARTICLES: Final = (".json", ".txt")
_DATED_NAME = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")

Json = dict[str, Any]
Progress = Callable[[int, int | None], None]


class ReportAnalyzer(Protocol):
    def analyze(self, document: Document) -> Json: ...


def read_corpus(
    source: Path, analyzer: ReportAnalyzer, options: ReportOptions, progress: Progress | None = None
) -> Corpus:
    """Read all of `source`; `progress` is told the rows done and their total. InputError where there is none."""
    total, rows = _folder_rows(source) if source.is_dir() else _table_rows(source)
    if not total:
        raise InputError(f"{source} holds no documents; give a file with rows, or a folder of .json or .txt articles")
    corpus = Corpus()
    for number, (place, row, error) in enumerate(rows, 1):
        identity = row.get("id")
        name = None if identity is None else str(identity)
        try:
            if error is not None:
                raise InputError(error)
            _add(corpus, place, row, _analysis_of(row, analyzer), options)
        except InputError as reason:
            corpus.unread.append(Unread(place, name, str(reason)))
        if progress:
            progress(number, total)
    return corpus


def _table_rows(source: Path) -> tuple[int, Iterator[tuple[str, Row, str | None]]]:
    table = open_table(source)
    known = {"text", "sentences", "pairs"} & set(table.schema.names)
    if table.has_header and not ("text" in known or {"sentences", "pairs"} <= known):
        raise InputError(f"{source} has neither a column 'text' nor the columns 'sentences' and 'pairs' of an analysis")
    rows = (
        (row, error)
        for chunk in table.chunks(ROWS_AT_ONCE)
        for row, error in zip(chunk.rows, chunk.errors, strict=True)
    )
    return table.total, ((f"row {number}", row, error) for number, (row, error) in enumerate(rows, 1))


def _folder_rows(source: Path) -> tuple[int, Iterator[tuple[str, Row, str | None]]]:
    files = sorted(each for each in source.iterdir() if each.suffix.lower() in ARTICLES and not each.is_dir())
    return len(files), (_file_row(file) for file in files)


def _file_row(file: Path) -> tuple[str, Row, str | None]:
    """A text file is an article whose id, and date if it begins with one, are in its name."""
    dated = _DATED_NAME.match(file.name)
    row: Json = {"id": file.stem, "date": dated.group() if dated else None}
    try:
        text = file.read_text(encoding="utf-8-sig")
        content = json.loads(text) if file.suffix.lower() == ".json" else {"text": text}
    except OSError as error:
        return file.name, row, f"it cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        return file.name, row, f"it is not UTF-8 (byte {error.start}); save it as UTF-8"
    except (ValueError, RecursionError) as error:
        return file.name, row, f"it is not JSON: {error}"
    if not isinstance(content, dict):
        return file.name, row, "it must hold one object with title and text"
    return file.name, row | {name: value for name, value in content.items() if value is not None}, None


def _analysis_of(row: Row, analyzer: ReportAnalyzer) -> Json:
    if row.get("text") is None and row.get("error"):  # of a batch, which carries no text; elsewhere it is any column
        raise InputError(str(row["error"]))
    if row.get("sentences") in (None, "") or row.get("pairs") in (None, ""):
        return analyzer.analyze(document_from_row(row))
    actors = _parsed(row, "actors") if row.get("actors") else []
    return {**row, "sentences": _parsed(row, "sentences"), "pairs": _parsed(row, "pairs"), "actors": actors}


def _parsed(row: Row, field: str) -> list[Any]:
    """A list that CSV and Parquet files hold as JSON in a string."""
    value = row[field]
    try:
        value = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        raise RowError(field, "is not JSON; give the list of an analysis") from None
    if not isinstance(value, list):
        raise RowError(field, "is not a list; give the one of an analysis")
    return value


def _add(corpus: Corpus, place: str, row: Row, analysis: Json, options: ReportOptions) -> None:
    """Add an article and its statements, or nothing where a part of it is wrong."""
    try:
        sentences = {each["index"]: str(each["text"]) for each in analysis["sentences"]}
        pairs = [dict(pair, text=sentences[pair["sentence"]]) for pair in analysis["pairs"]]
        article = _article(place, row, len(pairs))
        has_title = article.title is not None
        for pair in pairs:
            pair["headline"] = has_title and pair["sentence"] == 0
        found = _statements(pairs, len(corpus.articles), article.date, options)
        names = {str(pair["actor"]): str(pair.get("actor_name") or pair["actor"]) for pair in pairs}
        unresolved = {str(each["actor"]) for each in analysis["actors"] if each.get("resolved") is False}
        shingles = shingles_of(text for index, text in sentences.items() if not (has_title and index == 0))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RowError("pairs", f"are not those of an analysis: {error!r}") from None
    corpus.articles.append(article)
    corpus.statements += found
    corpus.shingles.append(shingles)
    corpus.unresolved |= unresolved
    corpus.models.add(str(analysis.get("model") or "unknown"))
    for actor, name in names.items():
        corpus.names.setdefault(actor, name)


def _article(place: str, row: Row, pairs: int) -> Article:
    day, because = publication_date(read_optional_text(row, "date", MAX_NAME_CHARACTERS))
    identity = row.get("id")
    return Article(
        place=place,
        id=place if identity in (None, "") else str(identity),
        title=read_optional_text(row, "title", MAX_PAIR_CHARACTERS),
        date=day,
        undated_because=because,
        source=_carried(row, "source"),
        url=_carried(row, "url"),
        pairs=pairs,
    )


def _carried(row: Row, field: str) -> str | None:
    value = row.get(field)
    return None if value in (None, "") else str(value)


def _statements(pairs: list[Json], article: int, published: date | None, options: ReportOptions) -> list[Statement]:
    keys = {text: sentence_key(text) for text in {pair["text"] for pair in pairs}}
    times = {text: _when(text, published, options) for text in keys}
    return [
        Statement(
            article=article,
            actor=str(pair["actor"]),
            text="" if pair["stance"] == "none" else pair["text"],
            key=keys[pair["text"]],
            stance=_stance(pair),
            probability=_probability(pair),
            unsure=bool(pair["abstained"]),
            voice=None if pair.get("voice") is None else str(pair["voice"]),
            when=times[pair["text"]][0],
            published=published,
            past=times[pair["text"]][1] or bool(pair.get("past")),
            condition=_condition(pair, pairs),
            headline=pair["headline"],
        )
        for pair in pairs
    ]


def _when(text: str, published: date | None, options: ReportOptions) -> tuple[When | None, bool]:
    """The time of a sentence, and whether it is past."""
    if published is None:
        return None, False
    told = event_time(text, published)
    is_past = told is not None and is_long_ago(told, published)
    return told if told and options.dates == "event" else When(published, "day", False), is_past


def _stance(pair: Mapping[str, Any]) -> str:
    if pair["stance"] not in STANCES:
        raise RowError("pairs", f"a stance is {pair['stance']!r}; it must be one of {', '.join(STANCES)}")
    return str(pair["stance"])


def _probability(pair: Mapping[str, Any]) -> float:
    probability = float(pair["stance_probabilities"][pair["stance"]])
    if not 0 <= probability <= 1:
        raise RowError("pairs", f"a probability is {probability}; it must be from 0 to 1")
    return probability


def _condition(pair: Json, pairs: list[Json]) -> Condition | None:
    found = pair.get("condition")
    if not found or pair["stance"] != "conditional":
        return None
    start, end = int(found["start"]), int(found["end"])
    if not found["text"] or pair["text"][start:end] != found["text"]:
        raise RowError("pairs", f"the sentence does not read {found['text']!r} from {start} to {end}")
    inside = (
        str(other["actor"])
        for other in pairs
        if other["sentence"] == pair["sentence"] and other["actor"] != pair["actor"] and start <= other["start"] < end
    )
    return Condition(str(found["text"]), start, str(found["kind"]), tuple(dict.fromkeys(inside)))
