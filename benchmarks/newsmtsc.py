"""Targeted sentiment on the public NewsMTSC: python -m benchmarks.newsmtsc data/newsmtsc

Trains the network of `parley train` on its training rows alone and grades it on the two dev splits.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from model.encoding import load_pair_encoder
from model.labels import SENTIMENTS
from training.finetune import TrainingSettings, finetune, logits_of
from training.metrics import interval, macro_f1
from training.pretrained import DEFAULT_ENCODER, find_encoder
from training.rows import load_rows
from training.split import without_repeats


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with train.jsonl, rw_dev.jsonl and mt_dev.jsonl")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    parser.add_argument("--epochs", type=float, default=3.0)
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    folder = find_encoder(arguments.encoder)
    settings = TrainingSettings(
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        seed=arguments.seed,
    )
    dev = {name: load_rows([arguments.data / f"{name}.jsonl"]) for name in ("rw_dev", "mt_dev")}
    rows, _ = without_repeats(
        load_rows([arguments.data / "train.jsonl"]), [row for part in dev.values() for row in part]
    )
    with tempfile.TemporaryDirectory() as work:
        network = finetune(rows, folder, settings, Path(work) / "checkpoints", quiet=True)
    encoder = load_pair_encoder(folder / "tokenizer.json", settings.marking, settings.max_length)
    report: dict[str, object] = {"encoder": arguments.encoder, "train_rows": len(rows), **settings.as_json()}
    for name, part in dev.items():
        predicted = np.asarray(logits_of(network, encoder, [row.pair for row in part])[1]).argmax(axis=1)
        truth = np.asarray([SENTIMENTS.index(str(row.sentiment)) for row in part])

        def score(chosen: np.ndarray, truth: np.ndarray = truth, predicted: np.ndarray = predicted) -> float:
            return macro_f1(truth[chosen], predicted[chosen], len(SENTIMENTS))

        report[name] = {
            "rows": len(part),
            "macro_f1": score(np.arange(len(part))),
            "interval": interval(score, [row.pair.text for row in part]),
        }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
