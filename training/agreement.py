"""How far annotators agree; of the two labelling passes of the seeds: python -m training.agreement

The second pass (seeds/second_pass.jsonl) was made without sight of the first. What two careful
readers of the codebook do not agree on, no model can be asked to know.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import InputError
from model.folders import SEEDS
from model.labels import LABELS
from model.ledger import Entry, latest
from training.metrics import interval
from training.rows import LabelledPair, load_rows, read_records

Counts = NDArray[np.int64]


def second_labels(file: Path) -> list[dict[str, str]]:
    """The labels of a second reader: id, stance, sentiment (and first_stance where the first was then changed)."""
    labels: list[dict[str, str]] = []
    for line, record in read_records(file):
        for field, allowed in LABELS.items():
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
    for label, names in LABELS.items():
        # Where a disagreement was settled for the second reader, the label of the first stands beside it.
        before = [names.index(each.get(f"first_{label}") or str(getattr(first[each["id"]], label))) for each in both]
        units = list(zip(before, (names.index(each[label]) for each in both), strict=True))
        report[label] = {
            **alpha_with_interval(counts_of(units, len(names)), groups),
            "same": sum(left == right for left, right in units) / len(units),
        }
    return report


def annotators_agreement(entries: Sequence[Entry]) -> dict[str, Any]:
    """Krippendorff's alpha over the ledger, by label: of all, of each class against the rest, and of each annotator.

    Each annotator's last word on a pair counts, except where it settled what others had said. Of an annotator: how
    many pairs others judged too, how often the annotator says what another one says, and the alpha of all others
    without this one.
    """
    own = [entry for entry in entries if entry.judgement.op != "adjudicate"]
    report: dict[str, Any] = {"annotators": len({entry.judgement.annotator for entry in own})}
    for label, names in LABELS.items():
        said: dict[str, dict[str, int]] = defaultdict(dict)  # by pair and annotator
        for (item, who), entry in latest(own, label).items():
            if value := getattr(entry.judgement, label):
                said[item][who] = names.index(value)
        shared = {item: votes for item, votes in said.items() if len(votes) > 1}
        report[label] = {"pairs": len(said), "pairs_judged_by_several": len(shared)}
        if shared:
            counts = counts_of([list(votes.values()) for votes in shared.values()], len(names))
            report[label] |= alpha_with_interval(counts, list(shared))
            report[label]["classes"] = {name: alpha(_against_the_rest(counts, i)) for i, name in enumerate(names)}
            everybody = sorted({who for votes in shared.values() for who in votes})
            report[label]["by_annotator"] = {who: _annotator(who, shared, len(names)) for who in everybody}
    return report


def agreement_words(report: Mapping[str, Any]) -> str:
    """The agreement over the ledger for a terminal."""
    lines = [f"{report['annotators']} annotators"]
    for label in LABELS:
        part = report[label]
        lines.append(f"{label}: {part['pairs_judged_by_several']:,} of {part['pairs']:,} pairs have several judgements")
        if "alpha" not in part:
            continue
        low, high = part["alpha_interval"]
        lines.append(f"  Krippendorff's alpha {_number(part['alpha'])} ({_number(low)} to {_number(high)})")
        lines += [f"    {name} against the rest {_number(value)}" for name, value in part["classes"].items()]
        lines += [
            f"    {who}: on {each['pairs']:,} pairs, says what another says in {each['says_what_another_says']:.1%}; "
            f"alpha without {who} {_number(each['alpha_without'])}"
            for who, each in part["by_annotator"].items()
        ]
    return "\n".join(lines)


def _number(alpha: float) -> str:
    """Three digits; where all say the same of all, there is nothing to tell agreement from chance by."""
    return "undefined" if math.isnan(alpha) else f"{alpha:.3f}"


def alpha_with_interval(counts: Counts, groups: Sequence[str]) -> dict[str, Any]:
    """Alpha, and its 95 % interval by bootstrap over groups of units."""
    return {"alpha": alpha(counts), "alpha_interval": interval(lambda chosen: alpha(counts[chosen]), groups)}


def counts_of(units: Sequence[Sequence[int]], classes: int) -> Counts:
    """How often each class was given to each unit, (units, classes), from the label numbers of each unit."""
    return np.asarray([np.bincount(labels, minlength=classes) for labels in units], dtype=np.int64)


def alpha(counts: Counts) -> float:
    """Krippendorff's alpha, nominal, any number of readers, gaps allowed (Krippendorff 2011): (units, classes).

    1 - observed / expected disagreement; nan where every label is the same. Units of one label say nothing.
    """
    counts = counts[counts.sum(axis=1) > 1]
    readers = counts.sum(axis=1)
    totals = counts.sum(axis=0)
    total = int(totals.sum())
    if not total:
        return float("nan")
    pairs = readers**2 - (counts**2).sum(axis=1)  # ordered pairs of readers that differ
    observed = float((pairs / (readers - 1)).sum()) / total
    expected = float(total**2 - (totals**2).sum()) / (total * (total - 1))
    return 1 - observed / expected if expected else float("nan")


def _against_the_rest(counts: Counts, of: int) -> Counts:
    return np.stack([counts[:, of], counts.sum(axis=1) - counts[:, of]], axis=1)


def _annotator(who: str, shared: Mapping[str, Mapping[str, int]], classes: int) -> dict[str, Any]:
    own = {item: votes for item, votes in shared.items() if who in votes}
    same = [votes[who] == label for votes in own.values() for other, label in votes.items() if other != who]
    rest = [[label for other, label in votes.items() if other != who] for votes in shared.values()]
    return {
        "pairs": len(own), "says_what_another_says": sum(same) / len(same),
        "alpha_without": alpha(counts_of(rest, classes)),
    }  # fmt: skip


def main() -> None:
    second = second_labels(SEEDS / "second_pass.jsonl")
    folders = ("pairs", "unseen", "release_test")
    print(json.dumps({name: agreement(load_rows([SEEDS / name]), second) for name in folders}, indent=1))


if __name__ == "__main__":
    main()
