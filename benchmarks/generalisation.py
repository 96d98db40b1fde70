"""Disputes never seen, and what more labels would buy: python -m benchmarks.generalisation DATA... --eval FILE...

Unseen disputes: the topics of the written rows are dealt into folds; each fold is graded by a network that learnt
from the written rows of the other topics, beside the held-out rows of disputes that it did see. Related disputes may
be dealt apart.

Learning curve: trainings of as many steps on growing shares of the sentences, a power law through their errors
(Hestness et al. 2017), and what it foretells for 500 more pairs.
"""

import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import curve_fit

from benchmarks.ablations import Rows, arguments_of, predictions, read_data
from model.encoding import PairEncoder, load_pair_encoder
from model.labels import STANCES
from training.evaluate import truth_of
from training.finetune import TrainingSettings, finetune
from training.metrics import interval, macro_f1
from training.network import StanceNetwork
from training.pipeline import rows_to_learn
from training.pretrained import find_encoder
from training.rows import LabelledPair

SHARES = (0.1, 0.25, 0.5, 1.0)
MORE = 500


def trained(rows: Rows, folder: Path, settings: TrainingSettings) -> StanceNetwork:
    copies = rows_to_learn(rows, [], None, settings)
    with tempfile.TemporaryDirectory() as work:
        return finetune(copies, folder, settings, Path(work) / "checkpoints", True)


def unseen_disputes(
    train: Rows, held_out: Rows, folds: int, folder: Path, encoder: PairEncoder, settings: TrainingSettings
) -> dict[str, Any]:
    """Macro-F1 on the rows of disputes left out, pooled over the folds, and by dispute."""
    train = [row for row in train if row.source == "parley"]
    topics = sorted({row.topic for row in train})
    random.Random(settings.seed).shuffle(topics)
    graded: list[LabelledPair] = []
    guesses: list[int] = []
    seen: list[float] = []
    for fold in range(folds):
        out = set(topics[fold::folds])
        network = trained([row for row in train if row.topic not in out], folder, settings)
        rows = [row for row in [*train, *held_out] if row.topic in out and row.source == "parley"]
        graded.extend(rows)
        guesses.extend(predictions([network], encoder, rows)[0].tolist())
        known = [row for row in held_out if row.topic not in out and row.source == "parley"]
        seen.append(macro_f1(truth_of(known), predictions([network], encoder, known)[0], len(STANCES)))
    truth, predicted = truth_of(graded), np.asarray(guesses)
    by_topic = {
        topic: float((truth[chosen] == predicted[chosen]).mean())
        for topic in topics
        if len(chosen := np.asarray([i for i, row in enumerate(graded) if row.topic == topic]))
    }
    return {
        "folds": folds, "rows": len(graded), "disputes": len(topics),
        "macro_f1_unseen_disputes": macro_f1(truth, predicted, len(STANCES)),
        "interval": interval(
            lambda chosen: macro_f1(truth[chosen], predicted[chosen], len(STANCES)), [row.topic for row in graded]
        ),
        "macro_f1_held_out_rows_of_seen_disputes": float(np.mean(seen)),
        "lowest_accuracy": dict(sorted(by_topic.items(), key=lambda item: item[1])[:5]),
    }  # fmt: skip


def learning_curve(
    train: Rows, sets: dict[str, list[LabelledPair]], folder: Path, encoder: PairEncoder, settings: TrainingSettings
) -> dict[str, Any]:
    """Macro-F1 by share of the sentences, and the power law through the errors."""
    texts = sorted({row.pair.text for row in train})
    random.Random(settings.seed).shuffle(texts)
    points: dict[str, list[tuple[int, float]]] = {name: [] for name in sets}
    for share in SHARES:
        chosen = set(texts[: round(share * len(texts))])
        rows = [row for row in train if row.pair.text in chosen]
        # The same number of steps for each share: less data, not less training.
        network = trained(rows, folder, replace(settings, epochs=settings.epochs / share))
        for name, graded in sets.items():
            score = macro_f1(truth_of(graded), predictions([network], encoder, graded)[0], len(STANCES))
            points[name].append((len(rows), score))
    return {name: {"points": found, f"gain_of_{MORE}_more": gain(found)} for name, found in points.items()}


def gain(points: Sequence[tuple[int, float]]) -> float | None:
    """Macro-F1 that MORE pairs would add by error = a * pairs ** -b, fitted to the points; None where it fits not."""
    pairs = np.asarray([count for count, _ in points], dtype=float)
    errors = 1 - np.asarray([score for _, score in points])
    try:
        (a, b), _ = curve_fit(lambda x, a, b: a * x**-b, pairs, errors, p0=(1.0, 0.1), maxfev=5000)
    except RuntimeError:
        return None
    return float(a * pairs[-1] ** -b - a * (pairs[-1] + MORE) ** -b)


def plot(curves: dict[str, Any], file: Path) -> None:
    figure = Figure(figsize=(5, 4), layout="tight")
    axes = figure.subplots()
    for name, curve in curves.items():
        axes.plot(*zip(*curve["points"], strict=True), marker="o", label=name)
    axes.set(xlabel="pairs with a stance to train on", ylabel="macro-F1", xscale="log")
    axes.legend()
    figure.savefig(file, dpi=80)


def main() -> None:
    parser = arguments_of(__doc__)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--plot", type=Path, help="a PNG file for the learning curve")
    arguments = parser.parse_args()
    split, sets = read_data(arguments)
    train = [row for row in split.train if row.stance]
    settings = TrainingSettings(epochs=arguments.epochs, seed=arguments.seed)
    folder = find_encoder()
    encoder = load_pair_encoder(folder / "tokenizer.json", settings.marking, settings.max_length)
    report: dict[str, Any] = {"settings": settings.as_json(), "train_rows": len(train)}
    report["learning curve"] = learning_curve(train, sets, folder, encoder, settings)
    if arguments.plot:
        plot(report["learning curve"], arguments.plot)
    report["unseen disputes"] = unseen_disputes(train, split.test, arguments.folds, folder, encoder, settings)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
