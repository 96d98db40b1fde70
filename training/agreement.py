"""How far two labelling passes agree: python -m training.agreement

The second pass (seeds/second_pass.jsonl) was made without sight of the first (seeds/pairs). What two careful
readers of the codebook do not agree on, no model can be asked to know.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.labels import SENTIMENTS, STANCES
from training.metrics import interval
from training.rows import load_rows

SEEDS = Path(__file__).parent.parent / "seeds"


def agreement(first: Path = SEEDS / "pairs", second: Path = SEEDS / "second_pass.jsonl") -> dict[str, Any]:
    """Krippendorff's alpha (nominal) and plain agreement on both labels, with 95 % intervals over sentences."""
    rows = {row.id: row for row in load_rows([first])}
    again = [json.loads(line) for line in second.read_text(encoding="utf-8").splitlines()]
    groups = [rows[each["id"]].pair.text for each in again]
    report: dict[str, Any] = {"pairs": len(again)}
    for label, names in (("stance", STANCES), ("sentiment", SENTIMENTS)):
        before = [names.index(str(getattr(rows[each["id"]], label))) for each in again]
        codes = np.asarray([before, [names.index(each[label]) for each in again]])
        report[label] = {
            "alpha": alpha(codes),
            "alpha_interval": interval(lambda chosen, codes=codes: alpha(codes[:, chosen]), groups),  # type: ignore[misc]
            "same": float((codes[0] == codes[1]).mean()),
        }
    return report


def alpha(codes: NDArray[np.int64]) -> float:
    """Krippendorff's alpha, nominal, of label numbers (2 readers, pairs) without gaps (Krippendorff 2011).

    1 - observed / expected disagreement; nan where every label is the same.
    """
    counts = np.bincount(codes.ravel())
    total = codes.size
    expected = 1 - float((counts * (counts - 1)).sum()) / (total * (total - 1))
    observed = float((codes[0] != codes[1]).mean())
    return 1 - observed / expected if expected else float("nan")


if __name__ == "__main__":
    print(json.dumps(agreement(), indent=1))
