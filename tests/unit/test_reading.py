"""Sentences, actors and the table of an article, with a scorer that needs no model."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from model.actors import Registry, load_registry
from model.analysis import Analyzer
from model.errors import InputError
from model.reading.sentences import split_sentences
from model.records import Document, Pair
from model.scorer import Prediction, Scorer


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


class WordScorer:
    """Says `oppose` where a sentence holds "refuse", else `none`; unsure where it holds "perhaps"."""

    bundle = SimpleNamespace(name="words", context_read=0, manifest={"calibration": {}})

    def score(self, pairs: Sequence[Pair]) -> list[Prediction]:
        return [
            Prediction(
                (0.1, 0.1, 0.7, 0.1) if "refuse" in pair.text else (0.1, 0.1, 0.1, 0.7),
                (0.2, 0.7, 0.1),
                "perhaps" in pair.text,
            )
            for pair in pairs
        ]


@pytest.fixture
def analyzer(registry: Registry) -> Analyzer:
    return Analyzer(cast(Scorer, WordScorer()), registry)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("U.S. officials met Mr. Kabulov and Gen. Smith on Jan. 9. They will meet again.", 2),
        ("The meeting began at 5 p.m. Monday. It ended soon.", 2),
        ("The U.S. Senate objected. Russia did not.", 2),
        ('"We want talks," he said. "We want them now."', 2),
        ("One line\n\nAnother paragraph", 2),
        ("\u3000Mr.\u00a0Lee\u00a0left\u00a0the U.S.\u2009on Jan.\u202f5. J.\u3000\u00e9 stayed.", 2),
        ("", 0),
        (" \n\t ", 0),
    ],
)
def test_sentences_survive_abbreviations_and_quotes(text: str, count: int) -> None:
    sentences = split_sentences(text)
    assert len(sentences) == count
    assert all(text[each.start : each.end] == each.text == each.text.strip() for each in sentences)


def test_the_caller_may_name_further_actors(analyzer: Analyzer) -> None:
    document = Document("Kyra refused the offer. Moscow waited.")
    assert [row["actor"] for row in analyzer.analyze(document, ["Kyra", "Russia"])["actors"]] == ["Kyra", "RUS"]


def test_an_analysis_counts_and_shows_its_evidence(analyzer: Analyzer) -> None:
    document = Document("Moscow refused. Russia perhaps refused. Moscow slept.", title="Russia waits", id="a")
    analysis = analyzer.analyze(document)
    assert [sentence["index"] for sentence in analysis["sentences"]] == [0, 1, 2, 3]
    assert analysis["sentences"][0]["text"] == "Russia waits"
    [row] = analysis["actors"]
    assert row["stances"] == {"support": 0, "conditional": 0, "oppose": 2, "none": 2}
    assert (row["position"], row["evidence"], row["abstained"]) == ("oppose", [1, 2], 1)
    pair = analysis["pairs"][1]
    assert (pair["sentence"], pair["mention"], pair["start"], pair["end"]) == (1, "Moscow", 0, 6)


def test_an_article_without_actors_has_an_empty_table(analyzer: Analyzer) -> None:
    analysis = analyzer.analyze(Document("Nothing happened."))
    assert (analysis["pairs"], analysis["actors"]) == ([], [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- id: A\n  name: A\n", "give id, name, type and aliases"),
        ("- {id: A, name: A, type: king, aliases: {}}", "type is 'king'"),
        ("- {id: A, name: A, type: state, aliases: {nick: [A]}}", "'nick' is no kind"),
        ("- {id: A, name: A, type: state, aliases: {name: A}}", "must be a list"),
        ("".join(f"- {{id: {a}, name: {a}, type: state, aliases: {{name: [X]}}}}\n" for a in "AB"), "both A and B"),
        ("{", "not YAML"),
        ("a: b", "must be a list"),
    ],
)
def test_a_wrong_registry_is_refused_by_entry(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "actors.yaml").write_text(text)
    with pytest.raises(InputError, match=reason):
        load_registry(tmp_path / "actors.yaml")
