"""The release bundle as a product: floors that a new release may raise and never lower.

Run `pytest tests/behaviour -s` to see the numbers behind the floors.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from model.analysis import Analyzer, load_analyzer
from model.mentions import mentions_in, one_per_actor
from model.records import Pair, pair_from_row

ROOT = Path(__file__).parents[2]
ARTICLES = sorted((ROOT / "seeds" / "articles").glob("*.json"))
CASES = [json.loads(line) for line in (Path(__file__).parent / "codebook_cases.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load_analyzer()


def gold_rows() -> list[dict[str, Any]]:
    articles = [json.loads(file.read_text(encoding="utf-8")) for file in ARTICLES]
    return [gold | {"text": gold["sentence"]} for article in articles for gold in article["gold"]]


def share_right(analyzer: Analyzer, rows: Iterable[dict[str, Any]]) -> float:
    rows = list(rows)
    predictions = analyzer.score_pairs([pair_from_row(row) for row in rows])
    right = [row["stance"] == prediction.stance for row, prediction in zip(rows, predictions, strict=True)]
    return sum(right) / len(right)


def test_gold_pairs_of_the_sample_articles(analyzer: Analyzer) -> None:
    share = share_right(analyzer, gold_rows())
    print(f"\ngold pairs of the sample articles: {share:.1%}")
    assert share >= 0.86


def test_the_test_sentences_of_the_codebook(analyzer: Analyzer) -> None:
    share = share_right(analyzer, CASES)
    print(f"\ntest sentences of the codebook: {share:.1%}")
    assert share >= 0.78


def test_actors_of_the_sample_articles_are_found(analyzer: Analyzer) -> None:
    """Precision and recall of (sentence, actor) against the gold pairs."""
    found, gold = set(), set()
    for row in gold_rows():
        gold.add((row["sentence"], row["actor"]))
        mentions = one_per_actor(mentions_in(row["sentence"], analyzer.registry))
        found |= {(row["sentence"], mention.actor.id) for mention in mentions}
    precision, recall = len(found & gold) / len(found), len(found & gold) / len(gold)
    print(f"\nactors found: precision {precision:.1%}, recall {recall:.1%}")
    assert precision >= 0.9
    assert recall >= 0.7


@pytest.mark.parametrize(
    ("first", "second"),
    [("Russia", "Norway"), ("The Taliban", "The Front"), ("Iran", "Canada"), ("Hamas", "Velmar")],
)
def test_a_name_does_not_move_a_plain_stance(analyzer: Analyzer, first: str, second: str) -> None:
    sentences = {
        "support": "{} offered on Monday to host a new round of peace talks.",
        "conditional": "{} will return to the talks only if the prisoners are released.",
        "oppose": "{} rejected the offer of talks and ruled out any dialogue.",
    }
    for stance, sentence in sentences.items():
        pairs = [Pair(sentence.format(name), name, name, 0) for name in (first, second)]
        assert [each.stance for each in analyzer.score_pairs(pairs)] == [stance, stance], sentence


def test_two_actors_of_one_sentence_are_told_apart(analyzer: Analyzer) -> None:
    text = "Kenya offered to mediate, but Sudan rejected the offer and refused to talk."
    pairs = [Pair(text, "Kenya", "Kenya", 0), Pair(text, "Sudan", "Sudan", text.index("Sudan"))]
    assert [each.stance for each in analyzer.score_pairs(pairs)] == ["support", "oppose"]


def test_a_pair_scores_the_same_alone_and_among_others(analyzer: Analyzer) -> None:
    pairs = [pair_from_row(row) for row in gold_rows()]
    alone = [analyzer.score_pairs([pair])[0] for pair in pairs]
    assert analyzer.score_pairs(pairs) == alone
    assert analyzer.score_pairs(pairs[::-1]) == alone[::-1]
