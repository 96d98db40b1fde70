"""Parts of a set of rows that a reader asks about: rules, disputes, lengths, known actors, several actors."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from scipy.stats import fisher_exact

from model.labels import STANCES
from training.metrics import Labels, holm, macro_f1
from training.rows import LabelledPair

MIN_SLICE = 30  # a slice with fewer rows says nothing
SIGNIFICANT = 0.05


def slices(
    rows: Sequence[LabelledPair], truth: Labels, predicted: Labels, known_actors: Collection[str] = ()
) -> dict[str, dict[str, Any]]:
    """Macro-F1 and accuracy of each slice; `worse` where its accuracy is below that of the other rows.

    Macro-F1 is the mean over the classes that the slice has. The test is Fisher's, one-sided, against the rest of the
    rows, its p adjusted for the number of slices (Holm).
    """
    right = truth == predicted
    found: dict[str, dict[str, Any]] = {}
    p_values: dict[str, float] = {}
    for name, chosen in sorted(members(rows, known_actors).items()):
        if len(chosen) < MIN_SLICE:
            continue
        rest = np.setdiff1d(np.arange(len(rows)), chosen)
        if len(rest):
            table = [[int(right[part].sum()), int((~right[part]).sum())] for part in (chosen, rest)]
            p_values[name] = float(fisher_exact(table, "less").pvalue)
        found[name] = {
            "rows": len(chosen),
            "macro_f1": macro_f1(truth[chosen], predicted[chosen], len(STANCES), present_only=True),
            "accuracy": float(right[chosen].mean()),
        }
    adjusted = holm(p_values)
    return {name: {**each, "worse": adjusted.get(name, 1.0) < SIGNIFICANT} for name, each in found.items()}


def members(rows: Sequence[LabelledPair], known_actors: Collection[str] = ()) -> dict[str, list[int]]:
    """Row indexes by slice. `known_actors` are the names that training saw."""
    by_text: dict[str, list[LabelledPair]] = defaultdict(list)
    for row in rows:
        by_text[row.pair.text].append(row)
    found: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        companions = by_text[row.pair.text]
        differ = len({each.stance for each in companions}) > 1
        found["actors differ" if differ else "actors agree" if len(companions) > 1 else "one actor"].append(index)
        found[f"length {length_class(row.pair.text)}"].append(index)
        found[f"topic {row.topic}"].append(index)
        if row.rule:
            found[f"rule {row.rule}"].append(index)
        if known_actors:
            found["actor seen in training" if row.pair.actor in known_actors else "actor not seen"].append(index)
    return dict(found)


def length_class(text: str) -> str:
    words = len(text.split())
    return "to 15 words" if words <= 15 else "16 to 30 words" if words <= 30 else "over 30 words"
