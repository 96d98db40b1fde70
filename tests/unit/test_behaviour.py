"""The behavioural suite in the gate: which cases newly fail, and what follows."""

from dataclasses import replace
from typing import Any

import pytest
from matches import RULES, Match, case, found, outcome, solve

from model.errors import InputError


def test_a_case_that_must_pass_and_newly_fails_rejects_and_is_listed(match: Match) -> None:
    cases = [case("must-1", "minimum", "support", must=True)]
    assert outcome(match.verdict(behaviour=cases), "must-pass cases") == "pass"  # it failed before, too
    solve(match.champion, *cases)
    verdict = match.verdict(behaviour=cases)
    assert outcome(verdict, "must-pass cases") == "reject"
    assert "must-1" in found(verdict, "must-pass cases")["sentence"]
    [failing] = verdict["behaviour"]["newly_failing"]
    assert failing["pairs"] == [
        {"text": "Case must-1 0.", "actor": "Kyra", "gold": "support", "champion": "support", "challenger": "none"}
    ]


def test_one_plain_case_of_many_that_newly_fails_is_reported_and_decides_nothing(match: Match) -> None:
    cases = [case(f"m{i}", "minimum", "support") for i in range(1, 31)]
    solve(match.champion, *cases)
    solve(match.challenger, *cases[1:])
    verdict = match.verdict(behaviour=cases)
    assert [each["id"] for each in verdict["behaviour"]["newly_failing"]] == ["m1"]
    assert verdict["verdict"] == "promote"


@pytest.mark.parametrize("kind", ["invariance", "direction", "minimum"])
def test_more_failing_cases_of_a_kind_hold_unless_the_rules_allow_them(match: Match, kind: str) -> None:
    cases = [case(f"c{i}", kind, "support", "support" if kind == "invariance" else "oppose") for i in range(10)]
    solve(match.champion, *cases)
    solve(match.challenger, *cases[1:])
    match.challenger.stances["Case c0 0."] = 1
    verdict = match.verdict(behaviour=cases)
    assert outcome(verdict, "behavioral cases") == "hold"
    assert f"{kind} (9 of 10 pass, 10 did)" in found(verdict, "behavioral cases")["sentence"]
    assert outcome(match.verdict(replace(RULES, behaviour_drop=0.1), behaviour=cases), "behavioral cases") == "pass"


def test_one_case_lost_and_one_won_is_no_larger_share(match: Match) -> None:
    cases = [case("a", "direction", "support"), case("b", "direction", "support")]
    solve(match.champion, cases[0])
    solve(match.challenger, cases[1])
    verdict = match.verdict(behaviour=cases)
    assert outcome(verdict, "behavioral cases") == "pass"
    assert [each["id"] for each in verdict["behaviour"]["newly_passing"]] == ["b"]


def test_a_wrong_answer_that_does_not_change_passes_an_invariance(match: Match) -> None:
    verdict = match.verdict(behaviour=[case("i", "invariance", "support", "support")])
    assert verdict["behaviour"]["kinds"]["invariance"] == {"cases": 1, "champion": 1, "challenger": 1}


def test_without_cases_nothing_is_promoted(match: Match) -> None:
    assert match.verdict(behaviour=[])["verdict"] == "hold"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "odd"}, "case c needs pairs and a kind"),
        ({"pairs": []}, "case c needs pairs"),
        ({"pairs": ["text"]}, "case c needs pairs"),
        ({"pairs": [{"text": "A.", "actor": "A", "stance": "maybe"}]}, "case c: each pair needs a stance"),
        ({"pairs": [{"actor": "A", "stance": "none"}]}, "case c, field text"),
    ],
)
def test_a_malformed_case_is_named(match: Match, change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        match.verdict(behaviour=[case("c", "minimum", "support") | change])
