"""Which way of pointing the model at an actor is best: python -m benchmarks.marking DATA... --eval FILE

Trains the default encoder four times on the same rows, and compares the markings on the same held-out rows.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from model.encoding import Marking, load_pair_encoder
from model.labels import STANCES
from training.evaluate import compare
from training.finetune import TrainingSettings, finetune, logits_of
from training.metrics import macro_f1
from training.pretrained import find_encoder
from training.rows import load_rows
from training.split import split_rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    frozen = load_rows([arguments.eval])
    split = split_rows(load_rows(arguments.data), frozen)
    rows = [*frozen, *split.test]
    folder = find_encoder()
    predicted = {}
    for marking in Marking:
        settings = TrainingSettings(marking=marking, epochs=arguments.epochs, seed=arguments.seed)
        with tempfile.TemporaryDirectory() as work:
            network = finetune(split.train, folder, settings, Path(work) / "checkpoints", quiet=True)
        encoder = load_pair_encoder(folder / "tokenizer.json", marking, settings.max_length)
        predicted[marking] = np.asarray(logits_of(network, encoder, [row.pair for row in rows])[0]).argmax(axis=1)
    truth = np.asarray([STANCES.index(str(row.stance)) for row in rows])
    report: dict[str, Any] = {"train_rows": len(split.train), "seed": arguments.seed, "epochs": arguments.epochs}
    for name, chosen in (("eval", range(len(frozen))), ("held-out", range(len(frozen), len(rows)))):
        part = np.asarray(chosen)
        groups = [rows[i].pair.text for i in chosen]
        span = predicted[Marking.SPAN]
        report[name] = {
            marking.value: {
                "macro_f1": macro_f1(truth[part], guesses[part], len(STANCES)),
                "span_above_by": compare(truth[part], span[part], guesses[part], groups)["model_above_by_interval"],
            }
            for marking, guesses in predicted.items()
        }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
