"""Speed, start-up, size and memory of a bundle, beside the same weights in PyTorch: python -m benchmarks.speed

All figures of one run come from one machine in one go, the rounds of both sides taking turns.
"""

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from model.bundle import RELEASE, load_bundle
from model.records import Pair
from model.scorer import Scorer, usable_cores

ROOT = Path(__file__).parent.parent
ROUNDS = 5
ROWS = 1000


def seed_pairs(count: int) -> list[Pair]:
    """Pairs written for Parley, spread over all disputes."""
    rows = [
        json.loads(line)
        for file in sorted((ROOT / "seeds" / "pairs").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    step = max(1, len(rows) // count)
    return [Pair(row["text"], row["actor"], row["mention"], row["start"]) for row in rows[::step][:count]]


def torch_scorer(folder: Path, pairs: Sequence[Pair]) -> Callable[[], object]:
    """The same network in single precision, sorted by length in batches of 32: PyTorch's own best habits."""
    import torch

    from model.encoding import load_pair_encoder
    from training.finetune import logits_of
    from training.network import load_network

    bundle = load_bundle(folder)
    torch.set_num_threads(usable_cores())
    network = load_network(folder)
    encoder = load_pair_encoder(bundle.tokenizer_file, bundle.marking, bundle.max_length)
    return lambda: logits_of(network, encoder, pairs)


def rate(run: Callable[[], object], rows: int) -> float:
    start = time.perf_counter()
    run()
    return rows / (time.perf_counter() - start)


def first_answer_seconds(folder: Path) -> float:
    """From the start of a process to its first answer on the command line."""
    command = [sys.executable, "-m", "parley", "score", "--text", "Oslo offered to mediate.", "--actor", "Norway"]
    start = time.perf_counter()
    subprocess.run([*command, "--bundle", str(folder)], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, default=RELEASE)
    folder = parser.parse_args().bundle
    pairs = seed_pairs(ROWS)
    scorer = Scorer(load_bundle(folder))
    scorer.score(pairs)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    torch_run = torch_scorer(folder, pairs)
    torch_run()
    rates = [(rate(lambda: scorer.score(pairs), len(pairs)), rate(torch_run, len(pairs))) for _ in range(ROUNDS)]
    starts = [first_answer_seconds(folder) for _ in range(ROUNDS)]
    result = {
        "machine": f"{platform.machine()}, {usable_cores()} cores",
        "pairs": len(pairs),
        "parley_pairs_per_second": statistics.median(ours for ours, _ in rates),
        "torch_fp32_pairs_per_second": statistics.median(theirs for _, theirs in rates),
        "ratio": statistics.median(ours / theirs for ours, theirs in rates),
        "seconds_from_start_to_first_answer": statistics.median(starts),
        "onnx_megabytes": (folder / "onnx" / "model.onnx").stat().st_size / 1e6,
        "bundle_megabytes": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6,
        "peak_memory_megabytes": memory,
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
