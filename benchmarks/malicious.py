"""A thousand wrong labels by one hand: python -m benchmarks.malicious --work FOLDER [--out FILE]

The champion is the release. A thousand written pairs leave the base data and come back as labels with another stance
than they had, by one annotator; of two hundred of them an honest one says what is right. Retraining learns what the
policy lets through; the gate must not promote it, and the verdict must name who wrote it.
"""

import argparse
import json
import os
import random
from pathlib import Path

from benchmarks.campaign import write
from model.folders import SEEDS
from model.judgements import judgement_from_row
from model.labels import STANCES
from model.ledger import Ledger
from model.versions import Versions
from training.retrain import Plan, retrain
from training.rows import LabelledPair, load_rows, row_record
from training.snapshot import Material
from training.split import side_of

LABELS, CONTRADICTED = 1000, 200


def another(stance: str, chance: random.Random) -> str:
    return chance.choice([each for each in STANCES if each != stance])


def said(row: LabelledPair, stance: str | None, annotator: str) -> dict[str, object]:
    record = {name: row_record(row)[name] for name in ("text", "actor", "mention", "start", "topic")}
    return {**record, "stance": stance, "annotator": annotator}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="a folder for models and databases")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    os.environ["PARLEY_DATA"] = str(work / "data")
    chance = random.Random(arguments.seed)
    rows = load_rows([SEEDS / "pairs"])
    trainable = [row for row in rows if row.stance and side_of(row.pair.text) == "train"]
    taken = chance.sample(trainable, LABELS)
    ids = {row.id for row in taken}
    base = write([row for row in rows if row.id not in ids], work / "base.jsonl")
    labels = [said(row, another(str(row.stance), chance), "mallory") for row in taken]
    labels += [said(row, row.stance, "anna") for row in taken[:CONTRADICTED]]
    ledger = Ledger()
    ledger.add([judgement_from_row(label) for label in labels])
    plan = Plan(Material([base], [SEEDS / "unseen"]))
    outcome = retrain(plan, ledger, Versions(), "benchmark", "python -m benchmarks.malicious", print)
    verdict = outcome.verdict
    assert verdict is not None, outcome.words
    report = {
        "verdict": verdict["verdict"], "reasons": verdict["reasons"],
        "macro_f1": {name: [part["champion"], part["challenger"]] for name, part in verdict["sets"].items()},
        "annotators": verdict["learnt"]["annotators"], "page": str(outcome.folder),
    }  # fmt: skip
    print(json.dumps(report, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps({**report, "page": None}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
