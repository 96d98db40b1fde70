"""What the terminal shows of an article."""

from typing import Any

import pytest

from model.labels import SENTIMENTS, STANCES
from serving.show import article_table, pair_table

Json = dict[str, Any]
TEXT = "Orsa will talk if the boats leave."


def analysis_of(voice: str, text: str = TEXT) -> Json:
    own = voice == "self"
    row = {
        "actor": "ORS", "actor_name": "Orsa", "resolved": True, "position": "conditional" if own else "none",
        "own_statement": own, "confidence": None, "own": {"conditional": 1}, "claims": [],
        "evidence": [0] if own else [],
        "conditions": [{"kind": "withdrawal", "text": "if the boats leave", "voice": voice, "pair": 0}],
    }  # fmt: skip
    pair = {"sentence": 0, "stance": "conditional", "stance_probabilities": {"conditional": 0.9}}
    other = row | {"actor": "VEL", "actor_name": "Velmar", "conditions": [], "evidence": []}
    return {"title": text, "model": "made", "sentences": [{"index": 0, "text": text}], "pairs": [pair],
            "actors": [row, other]}  # fmt: skip


def test_a_condition_that_others_ascribe_says_who(capsys: pytest.CaptureFixture[str]) -> None:
    article_table(analysis_of("other_party:VEL"))
    assert "condition (withdrawal, claimed by Velmar)" in " ".join(capsys.readouterr().out.split())
    article_table(analysis_of("self"))
    assert "condition (withdrawal): if the boats leave" in " ".join(capsys.readouterr().out.split())


def test_a_text_gives_no_orders_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    article_table(analysis_of("self", "Orsa\x1b]0;owned\x07 and \u202e[bold]so[/nothing] on"))
    shown = capsys.readouterr().out
    assert "\x1b]" not in shown
    assert "\u202e" not in shown
    assert "[bold]so[/nothing]" in shown


def test_words_in_brackets_are_only_words(capsys: pytest.CaptureFixture[str]) -> None:
    answer = {
        "actor": "Orsa", "text": "[/so]", "model": "made", "stance": "none", "sentiment": "neutral", "abstained": False,
        "stance_probabilities": dict.fromkeys(STANCES, 0.25), "sentiment_probabilities": dict.fromkeys(SENTIMENTS, 0.3),
        "words": [{"text": "[/so]", "weight": 0.5}],
    }  # fmt: skip
    pair_table(answer)
    assert "[/so] +0.50" in capsys.readouterr().out
