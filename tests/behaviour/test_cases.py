"""Behavioural cases by rule of the codebook (CheckList, Ribeiro et al. 2020): each group has a floor.

minimum     one plain sentence: the stance is right
invariance  other names, another order, another verb: the stance does not change
direction   a small edit that changes the stance: both are right

`floors.json` holds how many cases of each rule and of each kind the release passes. A new release may raise a floor
and never lower it. `pytest tests/behaviour -s` prints the table.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from model.analysis import Analyzer, load_analyzer
from model.folders import SEEDS
from model.records import pair_from_row

CASES = [json.loads(line) for line in (SEEDS / "behaviour.jsonl").read_text(encoding="utf-8").splitlines()]
FLOORS: dict[str, int] = json.loads(Path(__file__).with_name("floors.json").read_text())
RULES = sorted({case["rule"] for case in CASES}, key=lambda rule: int(rule[1:]))
KINDS = ("minimum", "invariance", "direction")


@pytest.fixture(scope="module")
def passed() -> dict[str, list[bool]]:
    """Whether each case passes, by rule and by kind."""
    analyzer = load_analyzer()
    results: dict[str, list[bool]] = defaultdict(list)
    for case in CASES:
        good = passes(analyzer, case)
        results[case["rule"]].append(good)
        results[case["kind"]].append(good)
    print("\n" + ", ".join(f"{group} {sum(results[group])} of {len(results[group])}" for group in (*KINDS, *RULES)))
    return results


def passes(analyzer: Analyzer, case: dict[str, Any]) -> bool:
    answers = [answer.stance for answer in analyzer.score_pairs([pair_from_row(pair) for pair in case["pairs"]])]
    if case["kind"] == "invariance":  # the same answer, be it right or wrong
        return len(set(answers)) == 1
    return answers == [pair["stance"] for pair in case["pairs"]]


def test_the_suite_is_large_and_covers_every_rule() -> None:
    assert len(CASES) >= 200
    assert [f"R{number}" for number in range(1, 33)] == RULES
    assert {case["kind"] for case in CASES} == set(KINDS)


@pytest.mark.parametrize("group", [*KINDS, *RULES])
def test_no_group_falls_below_its_floor(passed: dict[str, list[bool]], group: str) -> None:
    assert sum(passed[group]) >= FLOORS[group]
