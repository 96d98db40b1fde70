"""Whole articles against their gold pairs: python -m benchmarks.articles [--split test] [--out FILE]

For each side (dev articles, on which the rules were made, and test articles, which nobody who made them saw):
which (sentence, actor) pairs are found, their stance from end to end, whose voice each is, and the words of the
conditions. Intervals are of 1,000 draws of articles.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from model.actors import unresolved_actor
from model.analysis import Analyzer, contexts_of, document_sentences, load_analyzer
from model.folders import SEEDS
from model.labels import STANCES
from model.reading.conditions import find_condition
from model.reading.mentions import Mention
from model.records import Document, Pair
from training.articles import load_articles

ARTICLES: Final = SEEDS / "articles"
MEASURES: Final = {
    "pair_precision": ("references to actors found: precision", ""),
    "pair_recall": ("... recall", ""),
    "pair_f1": ("... F1", "0.85"),
    "stance_macro_f1": ("stance from end to end, macro-F1", "0.75"),
    "stance_macro_f1_of_gold_pairs": ("... of the given references", ""),
    "voice_accuracy": ("voice of the references found, share right", "0.85"),
    "condition_overlap_f1": ("words of the conditions from end to end, overlap F1", "0.70"),
    "condition_overlap_f1_of_gold_pairs": ("... of the given conditional references", ""),
    "condition_kind_accuracy_of_gold_pairs": ("kind of their conditions, share right", ""),
}  # key -> name, target
DRAWS: Final = 1000
LONG: Final = 3000  # words
RUNS: Final = 5
SEED: Final = 7

Json = dict[str, Any]
Key = tuple[int, str]  # sentence, actor


@dataclass(frozen=True)
class Read:
    """One article: its gold pairs and those that were found, by sentence and actor."""

    id: str
    texts: list[str]
    gold: dict[Key, Json]
    found: dict[Key, Json]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--context", type=int, help="read each pair with so many sentences before its own")
    parser.add_argument("--out", type=Path, help="also write the numbers there, as JSON")
    arguments = parser.parse_args()
    analyzer = load_analyzer(arguments.bundle) if arguments.bundle else load_analyzer()
    if arguments.context is not None:
        bundle = analyzer.scorer.bundle
        manifest = {**bundle.manifest, "analysis": {"context_sentences": arguments.context}}
        analyzer.scorer.bundle = replace(bundle, manifest=manifest)
    sides = {split: load_articles(arguments.articles, split) for split in ("dev", "test")}
    long = long_article([article for articles in sides.values() for article in articles])
    report: Json = {"model": analyzer.name, "long_article": timed(analyzer, long)}
    for split, articles in sides.items():
        if articles:
            report[split] = measured(analyzer, articles)
    text = json.dumps(report, indent=1)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")
    print(text)


def measured(analyzer: Analyzer, articles: Sequence[Json]) -> Json:
    """Every measure on these articles, each with its 95 % interval."""
    reads = [read_article(analyzer, article) for article in articles]
    given = [given_pairs(analyzer, article) for article in articles]
    return {
        "articles": len(reads),
        "pairs": sum(len(read.gold) for read in reads),
        "pair_precision": _with_interval(reads, lambda some: pair_scores(some)[0]),
        "pair_recall": _with_interval(reads, lambda some: pair_scores(some)[1]),
        "pair_f1": _with_interval(reads, lambda some: pair_scores(some)[2]),
        "stance_macro_f1": _with_interval(reads, stance_macro_f1),
        "stance_macro_f1_of_gold_pairs": _with_interval(given, stance_macro_f1),
        "stance_accuracy_of_gold_pairs": _with_interval(given, agreement("stance")),
        "voice_accuracy": _with_interval(reads, agreement("voice")),
        "condition_overlap_f1": _with_interval(reads, condition_overlap),
        "condition_overlap_f1_of_gold_pairs": _with_interval(given, condition_overlap),
        "condition_kind_accuracy_of_gold_pairs": _with_interval(given, kind_accuracy),
    }


def table(report: Json) -> str:
    """The measures of both sides as a Markdown table."""
    lines = ["| measure | target | test articles | dev articles |", "|---|---|---|---|"]
    for key, (name, target) in MEASURES.items():
        cells = ["{:.3f} ({:.3f} to {:.3f})".format(*report[side][key]) for side in ("test", "dev")]
        lines.append(f"| {name} | {target} | {' | '.join(cells)} |")
    return "\n".join(lines)


def long_article(articles: Sequence[Json]) -> Document:
    """One text of LONG words: the articles one after the other, the last one cut."""
    paragraphs = [part for article in articles for part in article["text"].split("\n\n")]
    kept: list[str] = []
    for paragraph in paragraphs:
        left = LONG - sum(len(each.split()) for each in kept)
        kept.append(" ".join(paragraph.split()[:left]))
    return Document("\n\n".join(each for each in kept if each), date=articles[0]["date"])


def timed(analyzer: Analyzer, document: Document) -> Json:
    """Seconds of `parley score` for the text, model loaded: the least and the median of several runs."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        analysis = analyzer.analyze(document)
        seconds.append(time.perf_counter() - start)
    return {
        "words": len(document.text.split()), "sentences": len(analysis["sentences"]), "pairs": len(analysis["pairs"]),
        "seconds_least": round(min(seconds), 3), "seconds_median": round(float(np.median(seconds)), 3),
    }  # fmt: skip


def document_of(article: Json) -> Document:
    return Document(article["text"], id=article["id"], title=article["title"], date=article["date"])


def read_article(analyzer: Analyzer, article: Json) -> Read:
    """The article as `parley score` reads it."""
    analysis = analyzer.analyze(document_of(article))
    texts = [sentence["text"] for sentence in analysis["sentences"]]
    found = {(pair["sentence"], folded(pair["actor"])): pair for pair in analysis["pairs"]}
    return Read(article["id"], texts, gold_pairs(article, texts), found)


def given_pairs(analyzer: Analyzer, article: Json) -> Read:
    """The article with its pairs given: what the scorer and the search for conditions make of the gold mentions."""
    document = document_of(article)
    sentences = document_sentences(document)
    contexts = contexts_of(sentences, bool(document.title), analyzer.scorer.bundle.context_read)
    texts = [sentence.text for sentence in sentences]
    gold = gold_pairs(article, texts)
    pairs = [Pair(texts[at], row["actor"], row["mention"], row["start"], contexts[at]) for (at, _), row in gold.items()]
    found = {}
    for (key, row), pair, prediction in zip(gold.items(), pairs, analyzer.scorer.score(pairs), strict=True):
        mention = Mention(unresolved_actor(row["actor"]), row["mention"], row["start"], "gold")
        condition = find_condition(pair.text, mention) if row["stance"] == "conditional" else None
        found[key] = {
            "stance": prediction.stance,
            "voice": row["voice"],
            "condition": condition and {"start": condition.start, "text": condition.text, "kind": condition.kind},
        }
    return Read(article["id"], texts, gold, found)


def gold_pairs(article: Json, texts: Sequence[str]) -> dict[Key, Json]:
    place = {text: index for index, text in reversed(list(enumerate(texts)))}
    return {(place[row["sentence"]], folded(row["actor"])): row for row in article["gold"]}


def folded(actor: str) -> str:
    """An actor that no registry knows is known by its name, with or without its article."""
    return actor.casefold().removeprefix("the ")


def pair_scores(reads: Sequence[Read]) -> tuple[float, float, float]:
    """Precision, recall and F1 of (sentence, actor)."""
    right = sum(len(read.gold.keys() & read.found.keys()) for read in reads)
    found, gold = sum(len(read.found) for read in reads), sum(len(read.gold) for read in reads)
    return right / max(found, 1), right / max(gold, 1), 2 * right / max(found + gold, 1)


def stance_macro_f1(reads: Sequence[Read]) -> float:
    """The mean over the four stances of the F1 of (sentence, actor, stance): what is missed or made up is wrong."""
    scores = []
    for stance in STANCES:
        gold = {(read.id, key) for read in reads for key, row in read.gold.items() if row["stance"] == stance}
        found = {(read.id, key) for read in reads for key, row in read.found.items() if row["stance"] == stance}
        if gold or found:
            scores.append(2 * len(gold & found) / (len(gold) + len(found)))
    return float(np.mean(scores))


def agreement(field: str) -> Callable[[Sequence[Read]], float]:
    """The share of the pairs in both that have the same value of a field."""

    def share(reads: Sequence[Read]) -> float:
        same = [
            _voice_folded(row[field]) == _voice_folded(read.found[key][field])
            for read in reads
            for key, row in read.gold.items()
            if key in read.found
        ]
        return float(np.mean(same)) if same else 0.0

    return share


def _voice_folded(value: str) -> str:
    kind, _, who = value.partition(":")
    return f"{kind}:{folded(who)}"


def condition_overlap(reads: Sequence[Read]) -> float:
    """F1 of the words of the conditions: of those of the gold spans and of those found, how many are the same."""
    gold_words = found_words = both = 0
    for read in reads:
        for key in read.gold.keys() | read.found.keys():
            text = read.texts[key[0]]
            gold = _words(text, read.gold.get(key, {}).get("condition"))
            found = _words(text, read.found.get(key, {}).get("condition"))
            gold_words, found_words, both = gold_words + len(gold), found_words + len(found), both + len(gold & found)
    return 2 * both / max(gold_words + found_words, 1)


def _words(text: str, span: Json | None) -> set[int]:
    """Where the words of a span begin."""
    if not span:
        return set()
    start, end = span["start"], span["start"] + len(span["text"])
    return {at for at in range(start, end) if not text[at].isspace() and (at == start or text[at - 1].isspace())}


def kind_accuracy(reads: Sequence[Read]) -> float:
    """The share of the conditions that were found at all whose kind is right."""
    same = [
        row["condition"]["kind"] == read.found[key]["condition"]["kind"]
        for read in reads
        for key, row in read.gold.items()
        if row.get("condition") and key in read.found and read.found[key]["condition"]
    ]
    return float(np.mean(same)) if same else 0.0


def _with_interval(reads: Sequence[Read], score: Callable[[Sequence[Read]], float]) -> list[float]:
    """The score, and the 2.5 and 97.5 % points of it over draws of as many articles with replacement."""
    chance = np.random.default_rng(SEED)
    drawn = [score([reads[index] for index in chance.integers(0, len(reads), len(reads))]) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return [round(score(reads), 3), round(float(low), 3), round(float(high), 3)]


if __name__ == "__main__":
    main()
