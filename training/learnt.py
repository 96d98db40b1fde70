"""What two models say of the rows that one of them was just trained on, by who labelled them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from model.errors import CheckError
from model.labels import SENTIMENTS, STANCES
from model.scorer import Scorer, softmax
from training.metrics import Probabilities
from training.rows import LabelledPair

LABELS: Final = {"stance": STANCES, "sentiment": SENTIMENTS}
WRONG_SHOWN: Final = 50

Json = dict[str, Any]


def compare_learnt(
    champion: Scorer, challenger: Scorer, learnt: Sequence[LabelledPair], who: Mapping[str, str]
) -> Json:
    """What both say of the rows of this round, by annotator: those who wrote against the champion come first.

    A row is judged by its stance, or by its sentiment where it has no stance. `contradicts` counts the rows whose
    sentence and mention carry another label, too.
    """
    rows = [row for row in learnt if row.stance or row.sentiment]
    before, after = (probabilities_of(model, rows) for model in (champion, challenger))
    given: dict[Any, set[str | None]] = defaultdict(set)
    for row in rows:
        given[_judged(row), row.pair].add(getattr(row, _judged(row)))
    people: dict[str, Json] = {}
    wrong: list[Json] = []
    for index, row in enumerate(rows):
        kind = _judged(row)
        label = getattr(row, kind)
        old, new = (LABELS[kind][int(each[kind][index].argmax())] for each in (before, after))
        name = who.get(row.id, "unknown")
        empty = {"rows": 0, "champion_disagrees": 0, "challenger_disagrees": 0, "contradicts": 0}
        person = people.setdefault(name, {"annotator": name, **empty})
        person["rows"] += 1
        person["champion_disagrees"] += old != label
        person["challenger_disagrees"] += new != label
        person["contradicts"] += len(given[kind, row.pair]) > 1
        if new != label:
            wrong.append(
                {
                    "id": row.id, "text": row.pair.text, "actor": row.pair.actor, "annotator": name,
                    "label": label, "champion": old, "challenger": new,
                }
            )  # fmt: skip
    ordered = sorted(people.values(), key=lambda each: (-each["champion_disagrees"], each["annotator"]))
    return {
        "rows": len(rows),
        "champion_right": len(rows) - sum(each["champion_disagrees"] for each in ordered),
        "challenger_right": len(rows) - len(wrong),
        "annotators": ordered,
        "still_wrong": wrong[:WRONG_SHOWN],
    }


def _judged(row: LabelledPair) -> str:
    return "stance" if row.stance else "sentiment"


def probabilities_of(scorer: Scorer, rows: Sequence[LabelledPair]) -> dict[str, Probabilities]:
    """Calibrated probabilities by kind of label; CheckError where they are not numbers."""
    logits = dict(zip(LABELS, scorer.logits([row.pair for row in rows]), strict=True))
    for each in logits.values():
        if not np.isfinite(each).all():
            row = rows[int(np.flatnonzero(~np.isfinite(each).all(axis=1))[0])]
            raise CheckError(f"{scorer.bundle.name} gives numbers that are not finite for row {row.id[:80]}")
    temperatures = dict(zip(LABELS, scorer.bundle.temperatures, strict=True))
    return {kind: softmax(each, temperatures[kind]) for kind, each in logits.items()}
