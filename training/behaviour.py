"""The behavioural suite in numbers: which cases each of two models passes, and which newly fail or pass."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from model.errors import InputError, RowError
from model.labels import STANCES
from model.records import Pair, pair_from_row
from model.scorer import Scorer

KINDS: Final = ("minimum", "invariance", "direction")

Json = dict[str, Any]


def compare_cases(champion: Scorer, challenger: Scorer, cases: Sequence[Mapping[str, Any]]) -> Json:
    """How many cases of each kind each model passes, and which newly fail or pass."""
    pairs = [pair for case in cases for pair in _case_pairs(case)]
    said = [list(model.logits(pairs)[0].argmax(axis=1)) if pairs else [] for model in (champion, challenger)]
    kinds: dict[str, Json] = {kind: {"cases": 0, "champion": 0, "challenger": 0} for kind in KINDS}
    changed: dict[bool, list[Json]] = {True: [], False: []}
    start = 0
    for case in cases:
        part = slice(start, start := start + len(case["pairs"]))
        answers = [[STANCES[number] for number in each[part]] for each in said]
        before, after = (_passes(case, each) for each in answers)
        count = kinds[case["kind"]]
        count["cases"] += 1
        count["champion"] += before
        count["challenger"] += after
        if before != after:
            changed[after].append(_case_shown(case, *answers))
    must = sum(case.get("must") is True for case in cases)
    return {"must": must, "kinds": kinds, "newly_failing": changed[False], "newly_passing": changed[True]}


def _case_pairs(case: Mapping[str, Any]) -> list[Pair]:
    name = str(case.get("id"))[:80]
    pairs = case.get("pairs")
    good = isinstance(pairs, list) and pairs and all(isinstance(each, Mapping) for each in pairs)
    if case.get("kind") not in KINDS or not isinstance(pairs, list) or not good:
        raise InputError(f"behavioral case {name} needs pairs and a kind out of {', '.join(KINDS)}")
    if case["kind"] != "invariance" and not all(each.get("stance") in STANCES for each in pairs):
        raise InputError(f"behavioral case {name}: each pair needs a stance out of {', '.join(STANCES)}")
    try:
        return [pair_from_row(each) for each in pairs]
    except RowError as error:
        raise InputError(f"behavioral case {name}, field {error}") from None


def _passes(case: Mapping[str, Any], answers: Sequence[str]) -> bool:
    if case["kind"] == "invariance":  # the same answer, be it right or wrong
        return len(set(answers)) == 1
    return list(answers) == [pair["stance"] for pair in case["pairs"]]


def _case_shown(case: Mapping[str, Any], before: Sequence[str], after: Sequence[str]) -> Json:
    pairs = [
        {"text": pair["text"], "actor": pair["actor"], "gold": pair.get("stance"), "champion": old, "challenger": new}
        for pair, old, new in zip(case["pairs"], before, after, strict=True)
    ]
    known = {name: str(case.get(name) or "") for name in ("id", "kind", "rule", "what")}
    return {**known, "must": case.get("must") is True, "pairs": pairs}
