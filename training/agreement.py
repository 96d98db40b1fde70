"""How far two labelling passes agree: python -m training.agreement

The second pass (seeds/second_pass.jsonl) was made without sight of the first. What two careful
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
from training.rows import LabelledPair, load_rows, read_records

SEEDS = Path(__file__).parent.parent / "seeds"


def second_labels(file: Path) -> list[dict[str, str]]:
    """The labels of a second reader: id, stance, sentiment (and first_stance where the first was then changed)."""
    labels: list[dict[str, str]] = []
    for line, record in read_records(file):
        for field, allowed in (("stance", STANCES), ("sentiment", SENTIMENTS)):
            for name in (field, f"first_{field}"):
                value = record.get(name, allowed[0] if name.startswith("first_") else None)
                if value not in allowed:
                    raise InputError(
                        f"{file}, line {line}, field {name} is {value!r}; give one of {', '.join(allowed)}"
                    )
        if not record.get("id"):
            raise InputError(f"{file}, line {line}, field id is missing")
        labels.append(record)
    return labels


def readings(second: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The second reader's stance by id, without the rows that were settled in the second reader's favour."""
    return {each["id"]: each["stance"] for each in second if "first_stance" not in each}


def agreement(rows: Sequence[LabelledPair], second: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Krippendorff's alpha (nominal) and plain agreement on both labels, with 95 % intervals over sentences."""
    first = {row.id: row for row in rows}
    both = [each for each in second if each["id"] in first and first[each["id"]].stance and first[each["id"]].sentiment]
    if not both:
        raise InputError("none of the second reader's ids is the id of a row with stance and sentiment")
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


def main() -> None:
    second = second_labels(SEEDS / "second_pass.jsonl")
    folders = ("pairs", "unseen", "release_test")
    print(json.dumps({name: agreement(load_rows([SEEDS / name]), second) for name in folders}, indent=1))


if __name__ == "__main__":
    main()
