"""What each part of the recipe is worth: python -m benchmarks.ablations DATA... --eval FILE... [--teacher BUNDLE]

Trains the recipe and the recipe less one part, each in several orders of the rows, and grades all on the same rows:
mean and spread of macro-F1 over the orders, and a 95 % interval (paired bootstrap over sentences) of how far the whole
recipe is above. The networks of the whole recipe are also averaged, as the release is.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.bundle import Bundle, load_bundle
from model.encoding import PairEncoder, load_pair_encoder
from model.labels import STANCES
from training.evaluate import truth_of
from training.finetune import TrainingSettings, finetune, logits_of, mean_network
from training.metrics import interval, macro_f1
from training.network import StanceNetwork
from training.pipeline import Sources, graded_sets, new_sentences, rows_to_learn
from training.pretrained import find_encoder
from training.rows import LabelledPair, load_rows
from training.split import Split, split_rows

Labels = NDArray[np.int64]
Rows = Sequence[LabelledPair]


@dataclass(frozen=True)
class Recipe:
    """Rows and settings of one training; each part is a field that a variant takes away."""

    rows: Rows
    unlabelled: Rows
    teacher: Bundle | None
    settings: TrainingSettings


VARIANTS: dict[str, Callable[[Recipe], Recipe]] = {
    "whole recipe": lambda recipe: recipe,
    "without the teacher": lambda recipe: replace(recipe, teacher=None, unlabelled=[]),
    "without unlabelled sentences": lambda recipe: replace(recipe, unlabelled=[]),
    "without swapped names": lambda recipe: replace(recipe, settings=replace(recipe.settings, swapped_share=0.0)),
    "without real newswire": lambda recipe: replace(
        recipe, rows=[row for row in recipe.rows if row.source != "voa"]
    ),
    "without NewsMTSC": lambda recipe: replace(recipe, rows=[row for row in recipe.rows if row.source != "newsmtsc"]),
    "word vectors trained too": lambda recipe: replace(
        recipe, settings=replace(recipe.settings, freeze_embeddings=False)
    ),
}  # fmt: skip


def networks_of(recipe: Recipe, folder: Path, orders: int) -> list[StanceNetwork]:
    """The recipe trained in several orders of the rows."""
    rows = rows_to_learn(recipe.rows, recipe.unlabelled, recipe.teacher, recipe.settings)
    networks = []
    for order in range(orders):
        with tempfile.TemporaryDirectory() as work:
            networks.append(finetune(rows, folder, recipe.settings, Path(work) / "checkpoints", True, order))
    return networks


def predictions(networks: Sequence[StanceNetwork], encoder: PairEncoder, rows: Rows) -> list[Labels]:
    pairs = [row.pair for row in rows]
    return [np.asarray(logits_of(network, encoder, pairs)[0]).argmax(axis=1) for network in networks]


def summary(rows: Rows, whole: Sequence[Labels], other: Sequence[Labels]) -> dict[str, Any]:
    """Macro-F1 of a variant by order, and how far the whole recipe is above it."""
    truth = truth_of(rows)

    def mean(guesses: Sequence[Labels], chosen: NDArray[np.int64]) -> float:
        return float(np.mean([macro_f1(truth[chosen], each[chosen], len(STANCES)) for each in guesses]))

    everything = np.arange(len(rows))
    scores = [macro_f1(truth, each, len(STANCES)) for each in other]
    return {
        "macro_f1": [round(score, 4) for score in scores],
        "mean": float(np.mean(scores)),
        "spread": float(np.std(scores)),
        "whole_above_by": mean(whole, everything) - mean(other, everything),
        "interval": interval(
            lambda chosen: mean(whole, chosen) - mean(other, chosen), [row.pair.text for row in rows]
        ),
    }  # fmt: skip


def read_data(arguments: argparse.Namespace) -> tuple[Split, dict[str, list[LabelledPair]]]:
    """The split of the data, and the sets to grade on: the held-out rows that were written, and each --eval file."""
    frozen = graded_sets(Sources(arguments.data, arguments.eval, arguments.texts))
    graded = [row for rows in frozen.values() for row in rows]
    split = split_rows(load_rows(arguments.data, arguments.texts), graded)
    sets = {"written": [row for row in split.test if row.source == "parley"], **frozen}
    with_stance = {name: [row for row in rows if row.stance] for name, rows in sets.items()}
    return split, {name: rows for name, rows in with_stance.items() if rows}


def arguments_of(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--eval", type=Path, nargs="+", required=True)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    parser.add_argument("--epochs", type=float, default=TrainingSettings.epochs)
    parser.add_argument("--seed", type=int, default=7)
    return parser


def main() -> None:
    parser = arguments_of(__doc__)
    parser.add_argument("--teacher", type=Path)
    parser.add_argument("--unlabelled", type=Path, nargs="*", default=[])
    parser.add_argument("--orders", type=int, default=3)
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS))
    arguments = parser.parse_args()
    split, sets = read_data(arguments)
    settings = TrainingSettings(epochs=arguments.epochs, seed=arguments.seed)
    teacher = load_bundle(arguments.teacher) if arguments.teacher else None
    labelled = [*split.train, *split.calibration, *split.test, *(row for rows in sets.values() for row in rows)]
    whole = Recipe(
        split.train, new_sentences(arguments.unlabelled, labelled, labelled[len(split.train) :]), teacher, settings
    )
    folder = find_encoder()
    encoder = load_pair_encoder(folder / "tokenizer.json", settings.marking, settings.max_length)
    networks = networks_of(whole, folder, arguments.orders)
    best = {name: predictions(networks, encoder, rows) for name, rows in sets.items()}
    mean = mean_network([network.state_dict() for network in networks], folder)
    report: dict[str, Any] = {
        "settings": settings.as_json(), "train_rows": len(split.train), "orders": arguments.orders,
        "averaged weights": {
            name: summary(rows, best[name], predictions([mean], encoder, rows)) for name, rows in sets.items()
        },
    }  # fmt: skip
    for variant in arguments.variants:
        less = VARIANTS[variant](whole)
        if less == whole and variant != "whole recipe":
            continue  # the part was not there to be taken away
        made = networks if less == whole else networks_of(less, folder, arguments.orders)
        report[variant] = {
            name: summary(rows, best[name], predictions(made, encoder, rows)) for name, rows in sets.items()
        }
        print(variant, json.dumps(report[variant]), flush=True)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
