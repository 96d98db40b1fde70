"""A place to retrain in: a champion, toy rows as base data and frozen test, and what people labelled."""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from model.folders import data_folder
from model.judgements import judgement_from_row
from model.ledger import Ledger
from model.records import Pair
from model.versions import Versions
from training import retrain
from training.retrain import GOING_ON, MATERIAL, Outcome, Plan
from training.rules import Rules
from training.snapshot import Material

NAMES = ("Arda", "Belun", "Corvia", "Dasht", "Elmar", "Fenya", "Goran", "Hulia", "Ivora", "Jasna")
UNSEEN_TIMES = ("lately", "tomorrow", "yesterday", "later", "daily")
# The champion learnt to "attend the talks" and takes these for anything but a refusal.
WORDS = "snubbed the talks"
HELD_OUT_WORDS = "refuses every meeting without guards"  # by their content, all of them test and none trains
RULES = {"max_slowdown": 1000.0}  # nothing is to be learnt from the speed of two tiny networks
Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """Inputs and data in one folder, which may be copied; `release` is the champion while none was promoted."""

    folder: Path
    release: Path

    @property
    def base(self) -> Path:
        return self.folder / "inputs" / "base.jsonl"

    @property
    def frozen(self) -> Path:
        return self.folder / "inputs" / "frozen.jsonl"

    @property
    def behaviour(self) -> Path:
        return self.folder / "inputs" / "behaviour.jsonl"

    @property
    def rules(self) -> Path:
        return self.folder / "inputs" / "rules.json"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def versions(self) -> Versions:
        return Versions(self.data / "models", self.release)

    @property
    def challenger(self) -> str:
        """The version that was judged."""
        return next(version.name for version in self.versions.list() if version.verdict)

    @property
    def job(self) -> Path:
        [folder] = (self.data / "retrains").iterdir()
        return folder

    @property
    def plan(self) -> Plan:
        settings = replace(GOING_ON, epochs=3.0, learning_rate=2e-3)
        return Plan(Material((self.base,), (self.frozen,), MATERIAL.aside), settings=settings, rules=Rules(**RULES))

    @property
    def options(self) -> list[str]:
        """What says the same as the plan on the command line."""
        return [
            "--data", str(self.base), "--frozen", str(self.frozen), "--epochs", "3", "--learning-rate", "0.002",
            "--rules", str(self.rules),
        ]  # fmt: skip

    def enter(self, patch: pytest.MonkeyPatch) -> None:
        """Make it the place where Parley works, with its release as the one that ships."""
        patch.setenv("PARLEY_DATA", str(self.data))
        patch.delenv("PARLEY_MODELS", raising=False)
        patch.delenv("PARLEY_DATABASE_URL", raising=False)
        patch.setattr(retrain, "BEHAVIOUR", self.behaviour)
        patch.setattr(Versions.__init__, "__defaults__", (None, self.release))

    def label(self, rows: Iterable[Row]) -> None:
        """Give labels to the ledger of the place that was entered."""
        assert data_folder() == self.data
        ledger = Ledger()
        ledger.add([judgement_from_row(row) for row in rows])
        ledger.database.close()

    def retrain(self, plan: Plan | None = None, said: list[str] | None = None) -> Outcome:
        """Retrain in the place that was entered."""
        assert data_folder() == self.data
        ledger = Ledger()
        words = said if said is not None else []
        try:
            return retrain.retrain(plan or self.plan, ledger, self.versions, "mara", "parley retrain", words.append)
        finally:
            ledger.database.close()

    def copy(self, folder: Path) -> "World":
        shutil.copytree(self.folder, folder)
        return World(folder, self.release)

    def events(self) -> list[str]:
        return [entry.event for entry in self.versions.audit.entries()]


def make_world(folder: Path, release: Path, toy_rows: Iterable[Mapping[str, Any]]) -> World:
    """A world without labels. Its base data lacks the class `support`, which only the champion knows.

    So there is something that a control cannot know, and that a challenger may forget.
    """
    world = World(folder, release)
    rows = [dict(row) for row in toy_rows]
    write_rows([row for row in rows if row["stance"] != "support"], world.base)
    frozen = [
        {**row, "text": f"{str(row['text']).removesuffix(' soon')} {time}"}
        for row in rows
        for time in UNSEEN_TIMES
        if str(row["text"]).endswith(" soon")
    ]
    write_rows(frozen, world.frozen)
    refusal = [{"text": f"{name} refuses every meeting soon", "actor": name, "stance": "oppose"} for name in NAMES[:2]]
    cases = [
        {"id": "a", "kind": "minimum", "pairs": refusal[:1]},
        {"id": "b", "kind": "invariance", "pairs": refusal},
    ]
    write_rows(cases, world.behaviour)
    world.rules.write_text(json.dumps(RULES), encoding="utf-8")
    return world


def write_rows(rows: Iterable[Mapping[str, Any]], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def corrections(annotator: str = "mara", words: str = WORDS) -> list[Row]:
    """Eight labels of what the champion gets wrong."""
    return [
        {
            "text": f"{name} {words} monday", "actor": name, "mention": name, "start": 0, "stance": "oppose",
            "sentiment": "negative", "annotator": annotator, "created": "2026-05-01T10:00:00Z",
        }
        for name in NAMES[:8]
    ]  # fmt: skip


def pair_of(row: Mapping[str, Any]) -> Pair:
    return Pair(str(row["text"]), str(row["actor"]), str(row["mention"]), int(row["start"]))


def environment(world: World) -> dict[str, str]:
    """For a process of its own that works in the world; one thread, which is the quickest for networks so small."""
    return {**os.environ, "PARLEY_DATA": str(world.data), "OMP_NUM_THREADS": "1"}
