"""The labelled articles as data: what is asked of each, and that training rows come from one side alone."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from model.actors import load_registry
from model.analysis import document_sentences
from model.labels import SENTIMENTS, STANCES
from model.reading.condition_kinds import KINDS
from model.records import Document
from training.articles import load_articles, rows_of_article
from training.split import repeats

SEEDS = Path(__file__).parents[2] / "seeds"
SIDES = ("train", "dev", "test")
ARTICLES = {side: load_articles(SEEDS / "articles", side) for side in SIDES}
ALL = [article for articles in ARTICLES.values() for article in articles]


def test_there_are_enough_articles_and_pairs_to_grade_on() -> None:
    assert len(ARTICLES["test"]) >= 12
    assert sum(len(article["gold"]) for article in ARTICLES["test"]) >= 400
    assert len({article["id"] for article in ALL}) == len(ALL) == len(list((SEEDS / "articles").glob("*.json")))


@pytest.mark.parametrize("article", ALL, ids=lambda article: article["id"])
def test_every_label_stands_where_it_says(article: dict[str, Any]) -> None:
    texts = {each.text for each in document_sentences(Document(article["text"], title=article["title"]))}
    for row in article["gold"]:
        assert row["sentence"] in texts
        assert row["sentence"][row["start"] :].startswith(row["mention"])
        assert row["stance"] in STANCES
        assert row["sentiment"] in SENTIMENTS
        assert row["voice"].startswith("other_party:") or row["voice"] in ("self", "narrator", "expert", "unnamed")
        condition = row["condition"]
        if condition:
            assert row["stance"] == "conditional"
            assert condition["kind"] in KINDS
            assert row["sentence"][condition["start"] :].startswith(condition["text"])
    pairs = Counter((row["sentence"], row["actor"]) for row in article["gold"])
    assert max(pairs.values()) == 1


def test_the_training_rows_are_those_of_the_training_articles() -> None:
    registry = load_registry()
    made = [row for article in ARTICLES["train"] for row in rows_of_article(article, registry)]
    lines = (SEEDS / "pairs" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(map(json.dumps, made)) == sorted(json.dumps(json.loads(line)) for line in lines)


def test_no_training_sentence_repeats_one_of_a_test_article() -> None:
    files = (SEEDS / "pairs").glob("*.jsonl")
    learnt = sorted({json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()})
    graded = sorted({row["sentence"] for article in ARTICLES["test"] for row in article["gold"]})
    assert not any(repeats(graded, learnt))
