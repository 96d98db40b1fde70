"""What two models say of the rows that one of them was just trained on, by who labelled them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from model.errors import CheckError
from model.labels import LABELS
from model.scorer import Scorer, softmax
from training.metrics import Probabilities
from training.rows import LabelledPair

UNKNOWN: Final = "unknown"
WRONG_SHOWN: Final = 50

Json = dict[str, Any]


def compare_learnt(
    champion: Scorer,
    challenger: Scorer,
    learnt: Sequence[LabelledPair],
    who: Mapping[str, Sequence[str]],
    disputes: Mapping[str, int],
) -> Json:
    """What both say of the rows of this round, by annotator: those who wrote against the champion come first.

    A row is judged by its stance, or by its sentiment where it has no stance; it counts for each who labelled it.
    `disputes` says of how many pairs that are not settled an annotator has a voice: these were not learnt.
    """
    rows = [row for row in learnt if row.stance or row.sentiment]
    before, after = (probabilities_of(model, rows) for model in (champion, challenger))
    people = {name: _person(name, count) for name, count in disputes.items()}
    wrong: list[Json] = []
    champion_right = 0
    for index, row in enumerate(rows):
        kind = "stance" if row.stance else "sentiment"
        label = getattr(row, kind)
        old, new = (LABELS[kind][int(each[kind][index].argmax())] for each in (before, after))
        names = who.get(row.id, (UNKNOWN,))
        for name in names:
            person = people.setdefault(name, _person(name, 0))
            person["rows"] += 1
            person["champion_disagrees"] += old != label
            person["challenger_disagrees"] += new != label
        champion_right += old == label
        if new != label:
            wrong.append(
                {
                    "id": row.id, "text": row.pair.text, "actor": row.pair.actor, "annotator": ", ".join(names),
                    "label": label, "champion": old, "challenger": new,
                }
            )  # fmt: skip
    return {
        "rows": len(rows),
        "champion_right": champion_right,
        "challenger_right": len(rows) - len(wrong),
        "annotators": sorted(people.values(), key=_against_the_champion),
        "still_wrong": wrong[:WRONG_SHOWN],
    }


def _person(name: str, disputed: int) -> Json:
    return {"annotator": name, "rows": 0, "champion_disagrees": 0, "challenger_disagrees": 0, "disputed": disputed}


def _against_the_champion(person: Mapping[str, Any]) -> tuple[int, int, str]:
    return -person["champion_disagrees"], -person["disputed"], person["annotator"]


def probabilities_of(scorer: Scorer, rows: Sequence[LabelledPair]) -> dict[str, Probabilities]:
    """Calibrated probabilities by kind of label; CheckError where they are not numbers."""
    logits = dict(zip(LABELS, scorer.logits([row.pair for row in rows]), strict=True))
    for each in logits.values():
        if not np.isfinite(each).all():
            row = rows[int(np.flatnonzero(~np.isfinite(each).all(axis=1))[0])]
            raise CheckError(f"{scorer.bundle.name} gives numbers that are not finite for row {row.id[:80]}")
    temperatures = dict(zip(LABELS, scorer.bundle.temperatures, strict=True))
    return {kind: softmax(each, temperatures[kind]) for kind, each in logits.items()}
