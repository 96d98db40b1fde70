"""How far two labelling passes agree: python -m training.agreement

The second pass (seeds/second_pass.jsonl) was made without sight of the first (seeds/pairs). What two careful
readers of the codebook do not agree on, no model can be asked to know.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import InputError
from model.labels import SENTIMENTS, STANCES
from training.metrics import interval
from training.rows import LabelledPair, load_rows

SEEDS = Path(__file__).parent.parent / "seeds"


def second_labels(file: Path) -> list[dict[str, str]]:
    """The labels of a second reader: JSONL with id, stance, sentiment (and first_stance where that was changed)."""
    labels = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for number, each in enumerate(labels, 1):
        if each.get("stance") not in STANCES or each.get("sentiment") not in SENTIMENTS or "id" not in each:
            raise InputError(f"{file}, line {number} needs an id, a stance and a sentiment of the codebook")
    return labels


def agreement(rows: Sequence[LabelledPair], second: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Krippendorff's alpha (nominal) and plain agreement on both labels, with 95 % intervals over sentences."""
    first = {row.id: row for row in rows}
    both = [each for each in second if each["id"] in first]
    groups = [first[each["id"]].pair.text for each in both]
    report: dict[str, Any] = {"pairs": len(both)}
    for label, names in (("stance", STANCES), ("sentiment", SENTIMENTS)):
        # Where a disagreement was settled for the second reader, the label of the first stands beside it.
        before = [names.index(each.get(f"first_{label}") or str(getattr(first[each["id"]], label))) for each in both]
        codes = np.asarray([before, [names.index(each[label]) for each in both]])
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
    print(json.dumps(agreement(load_rows([SEEDS / "pairs"]), second_labels(SEEDS / "second_pass.jsonl")), indent=1))
