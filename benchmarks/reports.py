"""The report at size, and how far its changes can be trusted: python -m benchmarks.reports [--analyses 2000]

Time and peak memory of a report on made-up analyses, in a process of its own; then, over made-up series of articles of
one actor and of many, how often the search for changes cries where nothing changes, and finds a change that is there.
Articles of a series lean together: the statements of one article are drawn from a mix of its own around the actor's.
"""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from model.labels import STANCES
from serving.report.changes import find_changes
from serving.report.records import TAKEN, ReportOptions, Statement
from serving.report.timeline import Calendar
from serving.report.writing import write_report
from serving.tables import to_json

ACTORS: Final = 40
SENTENCES: Final = 25  # an article
WORDS: Final = 20  # a sentence
FIRST_DAY: Final = date(2020, 1, 1)
LEANING: Final = 6.0  # the sum of the weights of Dirichlet's distribution: the smaller, the more an article leans
BEFORE: Final = (0.2, 0.2, 0.6)  # of support, conditional and oppose
AFTER: Final = {"small": (0.35, 0.25, 0.4), "middling": (0.5, 0.2, 0.3), "large": (0.7, 0.2, 0.1)}
MAY_BE_OFF: Final = timedelta(days=28)  # from the true day of the change
ARTICLES: Final = (20, 60)  # of an actor

Json = dict[str, Any]
Mix = Sequence[float]


class NoAnalyzer:
    """Stands where everything is analysed already."""

    def analyze(self, document: object) -> Json:
        raise AssertionError("the analyses are made up")


def write_analyses(file: Path, count: int, seed: int) -> None:
    """Analyses over four years, each with a pair in every sentence."""
    random = np.random.default_rng(seed)
    with file.open("w", encoding="utf-8") as stream:
        for number in range(count):
            day = FIRST_DAY + timedelta(days=number * 1461 // count)
            stream.write(to_json(_analysis(number, day, random)) + "\n")


def _analysis(number: int, day: date, random: np.random.Generator) -> Json:
    texts = [" ".join(f"w{word}" for word in random.integers(0, 5000, WORDS)) for _ in range(SENTENCES)]
    sentences = [{"index": index, "start": 0, "end": len(text), "text": text} for index, text in enumerate(texts)]
    pairs = [_pair(index, text, random) for index, text in enumerate(texts)]
    return {"id": f"d{number}", "date": day.isoformat(), "title": None, "model": "made up", "sentences": sentences,
            "pairs": pairs, "actors": []}  # fmt: skip


def _pair(sentence: int, text: str, random: np.random.Generator) -> Json:
    actor, stance = f"A{random.integers(ACTORS)}", STANCES[random.choice(4, p=(0.2, 0.1, 0.2, 0.5))]
    condition = {"text": text[:30], "start": 0, "end": 30, "kind": "other"} if stance == "conditional" else None
    return {
        "sentence": sentence, "actor": actor, "actor_name": f"Actor {actor}", "start": 0, "end": 1, "stance": stance,
        "stance_probabilities": dict.fromkeys(STANCES, 0.0) | {stance: 0.9}, "abstained": False, "past": False,
        "voice": ("self", "narrator", "expert")[random.choice(3, p=(0.5, 0.3, 0.2))], "condition": condition,
    }  # fmt: skip


def report_figures(count: int, seed: int) -> Json:
    """Seconds and peak memory of one report."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "analyses.jsonl"
        write_analyses(source, count, seed)
        began, busy = time.perf_counter(), time.process_time()
        summary = write_report(source, Path(scratch) / "report", NoAnalyzer())
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        page = (Path(scratch) / "report" / "index.html").stat().st_size
    return {
        "analyses": summary.documents,
        "statements": summary.statements,
        "seconds": round(seconds, 1),
        "processor_seconds": round(busy, 1),
        "peak_memory_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "page_megabytes": round(page / 1e6, 2),
        "changes_found": summary.changes,
    }


def series(mixes: Sequence[Mix], random: np.random.Generator, actor: str = "A") -> list[Statement]:
    """One article a week, of one to three statements each; `mixes` has the actor's mix at each article."""
    made = []
    for article, mix in enumerate(mixes):
        leaning = random.dirichlet(LEANING * np.asarray(mix))
        for stance in random.choice(TAKEN, size=random.integers(1, 4), p=leaning):
            made.append(_statement(article, actor, str(stance)))
    return made


def _statement(article: int, actor: str, stance: str) -> Statement:
    day = FIRST_DAY + timedelta(weeks=article)
    return Statement(article, actor, "", 0, stance, 0.9, False, "self", None, day, False, None, False)


def false_alarms(articles: int, actors: int, rounds: int, seed: int) -> float:
    """The share of reports on actors that never change in which a change is told."""
    random = np.random.default_rng(seed)
    told = 0
    for _ in range(rounds):
        made = [each for number in range(actors) for each in series([BEFORE] * articles, random, f"A{number}")]
        told += any(search.changes for search in _search(made))
    return told / rounds


def finds(articles: int, after: Mix, rounds: int, seed: int) -> Json:
    """Of series that change half-way: how often a change is told within four weeks, and how often one more."""
    random = np.random.default_rng(seed)
    turn = articles // 2
    true = FIRST_DAY + timedelta(weeks=turn)
    days = []
    for _ in range(rounds):
        made = series([BEFORE] * turn + [after] * (articles - turn), random)
        days.append([change.after.first for search in _search(made) for change in search.changes])
    return {
        "told": sum(bool(each) for each in days) / rounds,
        "told_within_four_weeks": sum(any(abs(day - true) <= MAY_BE_OFF for day in each) for each in days) / rounds,
        "told_more_than_one": sum(len(each) > 1 for each in days) / rounds,
    }


def _search(statements: list[Statement]) -> Any:
    return find_changes(statements, Calendar("week", (FIRST_DAY,)), ReportOptions())


def change_figures(rounds: int, seed: int) -> Json:
    return {
        "rounds": rounds,
        "level": ReportOptions().level,
        "false_alarms": {
            f"{actors} actors of {articles} articles": false_alarms(articles, actors, rounds, seed)
            for actors in (1, 10)
            for articles in ARTICLES
        },
        "finds": {
            f"{size} change, {articles} articles": finds(articles, after, rounds, seed)
            for size, after in AFTER.items()
            for articles in ARTICLES
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--analyses", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=100, help="series of each kind")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with multiprocessing.get_context("spawn").Pool(1) as alone:  # so that the peak is that of the report
        report = alone.apply(report_figures, (options.analyses, options.seed))
    print(json.dumps({"report": report, "changes": change_figures(options.rounds, options.seed)}, indent=1))


if __name__ == "__main__":
    main()
