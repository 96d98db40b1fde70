"""A labelling campaign, simulated: python -m benchmarks.campaign --work FOLDER [--out FILE --plot FILE]

A model that never saw three disputes gets their labels in batches, in the order of the queue and at random; after each
batch it is retrained from the champion and judged by the gate, and the challenger takes its place if the gate says so.
At the end the same labels are learnt once from the base encoder. The sentences that grade the three disputes are never
labelled. A run that is stopped goes on.

With --release the model is the one that ships, and the disputes are three of seeds/unseen, which it never saw.
"""

import argparse
import json
import os
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure

from model.analysis import load_analyzer
from model.bundle import RELEASE, load_bundle
from model.folders import SEEDS
from model.judgements import Judgement, item_of, judgement_from_row
from model.ledger import Ledger
from model.versions import Versions
from training.finetune import TrainingSettings
from training.pipeline import Sources, export, train, write_rows
from training.pretrained import DEFAULT_ENCODER
from training.retrain import Plan, retrain
from training.rows import LabelledPair, load_rows, row_record
from training.selection import choose, weak_slices
from training.snapshot import Material
from training.split import side_of

DISPUTES: Final = ("eu-accession", "nepal", "uganda-lra")
UNSEEN_DISPUTES: Final = ("falklands", "iraq-kurdistan-oil", "tuareg-algiers")
GRADED_SHARE: Final = 1 / 3  # of the sentences that could be trained on
ORDERS: Final = ("queue", "random")
ANNOTATOR: Final = "simulated annotator"
FROM_BASE: Final = "all by queue, from the base encoder"
NEW, OLD = "campaign-disputes", ("parley-test", "campaign-unseen")

Json = dict[str, Any]
Rows = Sequence[LabelledPair]


def deal(
    rows: Rows, disputes: Sequence[str], seed: int
) -> tuple[list[LabelledPair], list[LabelledPair], list[LabelledPair]]:
    """The rows of other disputes, those of the three to be labelled, and those of the three to grade by."""
    known = [row for row in rows if row.topic not in disputes]
    new = [row for row in rows if row.topic in disputes]
    trainable = sorted({row.pair.text for row in new if side_of(row.pair.text) == "train"})
    graded = set(random.Random(seed).sample(trainable, round(GRADED_SHARE * len(trainable))))
    pool = [row for row in new if row.pair.text in set(trainable) - graded]
    return known, pool, [row for row in new if row.pair.text not in set(trainable) - graded]


def start(work: Path, settings: TrainingSettings) -> Path:
    """The bundle that never saw the three disputes."""
    bundle = work / "start"
    if not bundle.is_dir():
        material = material_of(work)
        sources = Sources(material.base, material.frozen)
        train(sources, DEFAULT_ENCODER, settings, work / "start-run", False, "python -m benchmarks.campaign")
        export(work / "start-run", bundle, "parley")
    return bundle


def campaign(order: str, work: Path, first: Path, pool: Rows, batches: int, size: int, seed: int) -> list[Json]:
    """One order of labelling: the state of things after each batch, kept in a file as it goes."""
    os.environ["PARLEY_DATA"] = str(work / order)
    versions, ledger = Versions(), Ledger()
    kept = work / order / "points.json"
    points: list[Json] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else []
    if not points:
        versions.add(first, ANNOTATOR)
        versions.promote(load_bundle(first).name, ANNOTATOR, "the start of the campaign", override=True)
    for batch in range(len(points), batches):
        judged = {entry.judgement.item for entry in ledger.entries()}
        left = [row for row in pool if item_of(row.pair) not in judged]
        if len(pool) - len(left) <= batch * size:  # else the run was stopped after this batch was labelled
            chosen = by_queue(left, versions, size, seed) if order == "queue" else at_random(left, size, seed + batch)
            ledger.add([judgement_of(row) for row in chosen])
        point = learn(Plan(material_of(work)), ledger, versions, f"{order}, batch {batch + 1}:")
        points.append({"labels": len(ledger.entries()), **point})
        kept.write_text(json.dumps(points), encoding="utf-8")
    ledger.database.close()
    return points


def learn(plan: Plan, ledger: Ledger, versions: Versions, what: str) -> Json:
    """Retrain and promote where the gate says so; the figures of the verdict."""
    outcome = retrain(
        plan, ledger, versions, ANNOTATOR, "python -m benchmarks.campaign", lambda words: print(what, words)
    )
    verdict = outcome.verdict
    assert verdict is not None, outcome.words
    if verdict["verdict"] == "promote":
        versions.promote(verdict["challenger"], ANNOTATOR, "the gate says promote")
    return {
        "verdict": verdict["verdict"], "reasons": verdict["reasons"],
        "champion": scores(verdict, "champion"), "challenger": scores(verdict, "challenger"),
        "lost": len(verdict["flips"]["lost"]), "gained": len(verdict["flips"]["gained"]), "rows": verdict["rows"],
        "new_labels": verdict["learnt"]["rows"], "right_before": verdict["learnt"]["champion_right"],
        "learnt": verdict["learnt"]["challenger_right"],
    }  # fmt: skip


def scores(verdict: Mapping[str, Any], who: str) -> dict[str, float]:
    return {name: part[who] for name, part in verdict["sets"].items()}


def by_queue(left: Rows, versions: Versions, size: int, seed: int) -> list[LabelledPair]:
    """What the queue asks for; the records have no labels."""
    analyzer = load_analyzer(versions.champion())
    records = [
        {name: row_record(row)[name] for name in ("id", "text", "actor", "mention", "start", "topic")} for row in left
    ]
    choice = choose(records, analyzer, size, weak=weak_slices(analyzer.scorer.bundle.manifest), seed=seed)
    wanted = {str(each.record["id"]) for each in choice.queued}
    return [row for row in left if row.id in wanted]


def at_random(left: Rows, size: int, seed: int) -> list[LabelledPair]:
    return random.Random(seed).sample(list(left), size)


def judgement_of(row: LabelledPair) -> Judgement:
    labels = {name: value for name, value in row_record(row).items() if name not in ("id", "source", "file")}
    return judgement_from_row(labels, ANNOTATOR)


def material_of(work: Path) -> Material:
    folder = work / "campaign"
    return Material([folder / "known.jsonl"], [folder / "disputes.jsonl", folder / "unseen.jsonl"])


def write(rows: Rows, file: Path) -> Path:
    write_rows(rows, file)
    return file


def table(report: Mapping[str, Any]) -> str:
    """The figures as Markdown: of each challenger, beside those of the champion that it was judged against."""
    lines = [
        "| labels | verdict | new labels right, before and after | three disputes | parley-test | unseen disputes "
        "| sentences gained, lost |",
        "|---|---|---|---|---|---|---|",
    ]
    rounds = [(f"{each['labels']} by {order}", each) for order, points in report["orders"].items() for each in points]
    if FROM_BASE in report:
        rounds.append((FROM_BASE, report[FROM_BASE]))
    for name, each in rounds:
        scores = [f"{each['champion'][part]:.3f} → {each['challenger'][part]:.3f}" for part in (NEW, *OLD)]
        learnt = f"{each['right_before']} → {each['learnt']} of {each['new_labels']}"
        changed = f"{each['gained']}, {each['lost']} of {each['rows']:,}"
        lines.append("| " + " | ".join([name, each["verdict"], learnt, *scores, changed]) + " |")
    return "\n".join(lines) + "\n"


def plot(report: Mapping[str, Any], file: Path) -> None:
    figure = Figure(figsize=(7, 4), layout="tight")
    axes = figure.subplots()
    for (order, points), color in zip(report["orders"].items(), ("C0", "C1"), strict=False):
        labels = [0, *(each["labels"] for each in points)]
        for name, style in ((NEW, "-"), (OLD[0], ":"), (OLD[1], "--")):
            values = [points[0]["champion"][name], *(each["challenger"][name] for each in points)]
            axes.plot(labels, values, style, color=color, marker="o" if name == NEW else None,
                      label=f"{order}: {name.removeprefix('campaign-')}")  # fmt: skip
        for each in points:
            axes.annotate(each["verdict"], (each["labels"], each["challenger"][NEW]), fontsize=7, color=color)
    axes.set(xlabel="labels of the three disputes", ylabel="stance macro-F1 of the challenger")
    axes.legend(fontsize=7)
    figure.savefig(file, dpi=90)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="a folder for models and databases, gone on from")
    parser.add_argument("--release", action="store_true", help="start from the bundle that ships")
    parser.add_argument("--base", action=argparse.BooleanOptionalAction, default=True, help="also once from base")
    parser.add_argument("--orders", nargs="+", choices=ORDERS, default=ORDERS)
    parser.add_argument("--batches", type=int, default=3)
    parser.add_argument("--size", type=int, default=100, help="labels a batch")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--epochs", type=float, default=2.5, help="of the trainings from the base encoder")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    pairs, unseen = load_rows([SEEDS / "pairs"]), load_rows([SEEDS / "unseen"])
    if arguments.release:
        unseen, pool, graded = deal(unseen, UNSEEN_DISPUTES, arguments.seed)
        known = pairs
    else:
        known, pool, graded = deal(pairs, DISPUTES, arguments.seed)
    folder = work / "campaign"
    for rows, name in ((known, "known"), (graded, "disputes"), (unseen, "unseen")):
        write_rows(rows, folder / f"{name}.jsonl")
    settings = TrainingSettings(epochs=arguments.epochs, seed=arguments.seed)
    first = RELEASE if arguments.release else start(work, settings)
    report: Json = {
        "disputes": UNSEEN_DISPUTES if arguments.release else DISPUTES, "known": len(known), "pool": len(pool),
        "graded": len(graded), "start": load_bundle(first).name,
        "orders": {
            order: campaign(order, work, first, pool, arguments.batches, arguments.size, arguments.seed)
            for order in arguments.orders
        },
    }  # fmt: skip
    if arguments.base:
        os.environ["PARLEY_DATA"] = str(work / arguments.orders[0])
        plan = Plan(material_of(work), start="base", settings=settings)
        report[FROM_BASE] = learn(plan, Ledger(), Versions(), "from base:")
    text = json.dumps(report, indent=1)
    print(text, table(report), sep="\n")
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")
    if arguments.plot:
        plot(report, arguments.plot)


if __name__ == "__main__":
    main()
