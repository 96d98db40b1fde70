"""The release bundle as a product: floors that a new release may raise and never lower.

Run `pytest tests/behaviour -s` to see the numbers behind the floors.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.articles import Read, agreement, condition_overlap, pair_scores, read_article, stance_macro_f1
from model.analysis import Analyzer, load_analyzer
from model.records import Pair, pair_from_row
from training.articles import load_articles

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT / "seeds" / "articles"
FLOORS = {
    "dev": {"pairs": 0.96, "stances": 0.73, "voices": 0.96, "conditions": 0.83},
    "test": {"pairs": 0.78, "stances": 0.60, "voices": 0.76, "conditions": 0.72},
}
CASES = [json.loads(line) for line in (Path(__file__).parent / "codebook_cases.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load_analyzer()


def gold_rows() -> list[dict[str, Any]]:
    return [gold | {"text": gold["sentence"]} for article in load_articles(ARTICLES, "dev") for gold in article["gold"]]


def share_right(analyzer: Analyzer, rows: Iterable[dict[str, Any]]) -> float:
    rows = list(rows)
    predictions = analyzer.score_pairs([pair_from_row(row) for row in rows])
    right = [row["stance"] == prediction.stance for row, prediction in zip(rows, predictions, strict=True)]
    return sum(right) / len(right)


@pytest.fixture(scope="module", params=["dev", "test"])
def side(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def reads(analyzer: Analyzer, side: str) -> list[Read]:
    return [read_article(analyzer, article) for article in load_articles(ARTICLES, side)]


def test_who_is_referred_to_in_the_labelled_articles_is_found(reads: list[Read], side: str) -> None:
    precision, recall, f1 = pair_scores(reads)
    print(f"\npairs of the {side} articles: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    assert f1 >= FLOORS[side]["pairs"]


def test_their_stances_are_told_from_end_to_end(reads: list[Read], side: str) -> None:
    score = stance_macro_f1(reads)
    print(f"\nstances of the {side} articles, end to end: macro-F1 {score:.3f}")
    assert score >= FLOORS[side]["stances"]


def test_whose_voice_it_is_is_told(reads: list[Read], side: str) -> None:
    share = agreement("voice")(reads)
    print(f"\nvoices of the {side} articles: {share:.3f} right")
    assert share >= FLOORS[side]["voices"]


def test_the_words_of_the_conditions_are_found(reads: list[Read], side: str) -> None:
    score = condition_overlap(reads)
    print(f"\nconditions of the {side} articles, end to end: overlap F1 {score:.3f}")
    assert score >= FLOORS[side]["conditions"]


def test_the_test_sentences_of_the_codebook(analyzer: Analyzer) -> None:
    share = share_right(analyzer, CASES)
    print(f"\ntest sentences of the codebook: {share:.1%}")
    assert share >= 0.79


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
