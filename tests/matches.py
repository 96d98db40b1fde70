"""Two fake models, rows and facts, for what the gate and its parts say of a challenger."""

import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from model.labels import SENTIMENTS, STANCES
from model.records import Pair
from model.scorer import Scorer
from training.gate import Facts, compare
from training.rows import LabelledPair
from training.rules import Rules

RULES = Rules(resamples=500)
PARITY = {
    "rows": 100, "fp32_max_difference": 1e-6, "int8_max_difference": 0.05, "int8_same_label": 0.999,
    "macro_f1_torch": 0.8, "macro_f1_int8": 0.8,
}  # fmt: skip


class Fake:
    """A model whose answers are given by sentence; what it was not told it calls `none`."""

    def __init__(self, name: str, folder: Path) -> None:
        manifest = {"abstention": {"stance_probability": 0.5, "wanted_precision": 0.85}}
        self.bundle = SimpleNamespace(
            name=name, temperatures=(1.0, 1.0), abstain_below=0.5, manifest=manifest, folder=folder
        )
        self.stances: dict[str, int] = {}
        self.sentiments: dict[str, int] = {}
        self.confidence: dict[str, float] = {}
        self.seconds = 0.0

    def logits(self, pairs: list[Pair]) -> tuple[Any, Any]:
        time.sleep(self.seconds)
        stances = np.asarray([self.stances.get(pair.text, 3) for pair in pairs], dtype=np.int64)
        sentiments = np.asarray([self.sentiments.get(pair.text, 1) for pair in pairs], dtype=np.int64)
        confidence = np.asarray([self.confidence.get(pair.text, 0.8) for pair in pairs])
        return self._logits(stances, confidence, STANCES), self._logits(sentiments, confidence, SENTIMENTS)

    def _logits(self, chosen: Any, confidence: Any, classes: tuple[str, ...]) -> Any:
        rest = ((1 - confidence) / (len(classes) - 1))[:, None]
        here = np.eye(len(classes))[chosen] > 0
        return np.log(np.where(here, confidence[:, None], rest)).astype(np.float32)


class Match:
    """Rows, of which both models have the first 80 of 100 right, and the facts of a challenger without fault."""

    def __init__(self, folder: Path, rows: int = 400) -> None:
        self.rows = [
            LabelledPair(
                f"r{i}", Pair(f"Sentence {i}.", "Kyra"), STANCES[i % 4], None, f"topic {i % 2}", "", "written", "f"
            )
            for i in range(rows)
        ]
        (folder / "manifest.json").write_text("x" * 2000)
        self.champion, self.challenger = Fake("old", folder), Fake("new", folder)
        for number, row in enumerate(self.rows):
            right = number % 100 < 80
            self.answer(self.champion, [number], right)
            self.answer(self.challenger, [number], right)
            sure = 0.79 + 0.02 * (number * 0.618 % 1)  # no ties, and no link with being right
            self.champion.confidence[row.pair.text] = self.challenger.confidence[row.pair.text] = sure
        self.facts = Facts(
            data_grew=True, shared_rows=0, parity=PARITY, controls={"test": {"majority": [0] * rows}},
            behaviour=[case("m1", "minimum", "support"), case("d1", "direction", "support", "oppose")],
        )  # fmt: skip

    def answer(self, model: Fake, numbers: Any, right: bool) -> None:
        for number in numbers:
            truth = STANCES.index(str(self.rows[number].stance))
            model.stances[self.rows[number].pair.text] = truth if right else (truth + 1) % 4

    def numbers(self, right: bool) -> list[int]:
        return [number for number in range(len(self.rows)) if (number % 100 < 80) == right]

    def verdict(self, rules: Rules = RULES, **changes: Any) -> dict[str, Any]:
        facts = replace(self.facts, **changes)
        return compare(self.old, self.new, {"test": self.rows}, facts, rules)

    @property
    def old(self) -> Scorer:
        return cast(Scorer, self.champion)

    @property
    def new(self) -> Scorer:
        return cast(Scorer, self.challenger)


def case(name: str, kind: str, *stances: str, must: bool = False) -> dict[str, Any]:
    pairs = [{"text": f"Case {name} {i}.", "actor": "Kyra", "stance": each} for i, each in enumerate(stances)]
    return {"id": name, "kind": kind, "rule": "R1", "what": "an edit", "pairs": pairs, "must": must}


def solve(model: Fake, *cases: dict[str, Any]) -> None:
    for each in cases:
        for pair in each["pairs"]:
            model.stances[pair["text"]] = STANCES.index(pair["stance"])


def outcome(verdict: dict[str, Any], name: str) -> str:
    return str(found(verdict, name)["outcome"])


def found(verdict: dict[str, Any], name: str) -> dict[str, Any]:
    [check] = [each for each in verdict["checks"] if each["check"] == name]
    return cast(dict[str, Any], check)


def learnt_row(number: int, stance: str | None, sentiment: str | None = None) -> LabelledPair:
    return LabelledPair(f"l{number}", Pair(f"Label {number}.", "Kyra"), stance, sentiment, "t", "", "labels", "f")
