"""What the report says beside F1, with a scorer whose answers are known."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from model.labels import SENTIMENTS, STANCES
from model.records import Pair
from model.scorer import Scorer
from training.evaluate import actors_differ, compare, evaluate, name_swap, second_reader, truth_of
from training.rows import LabelledPair


class Believer:
    """Says `support` of everybody but those it is told to distrust: a model that goes by reputation."""

    def __init__(self, distrusted: set[str]) -> None:
        self.distrusted = distrusted
        self.bundle = SimpleNamespace(name="believer", temperatures=(1.0, 1.0), abstain_below=0.0)

    def logits(self, pairs: list[Pair]) -> tuple[Any, Any]:
        chosen = [2 if pair.mention in self.distrusted else 0 for pair in pairs]
        return np.eye(len(STANCES), dtype=np.float32)[chosen] * 5, np.zeros((len(pairs), len(SENTIMENTS)), np.float32)


def scorer(*distrusted: str) -> Scorer:
    return cast(Scorer, Believer(set(distrusted)))


def row(name: str, stance: str | None = "support", row_id: str = "i", text: str = "") -> LabelledPair:
    text = text or f"{name} will talk."
    return LabelledPair(row_id, Pair(text, name, name, text.index(name)), stance, None, "t", "", "s", "f")


def test_a_model_that_goes_by_the_name_is_found_out() -> None:
    rows = [row(name) for name in ("Kyra", "Orsa", "Velmar", "Lund")]
    fair = name_swap(scorer(), rows, np.zeros(4, dtype=np.int64))
    assert fair == {"rows": 4, "flipped": 0.0}
    biased = scorer("Kyra")
    predicted = biased.logits([each.pair for each in rows])[0].argmax(axis=1)
    assert name_swap(biased, rows, predicted)["flipped"] >= 0.25  # Kyra's own row changes at the least


def test_rows_without_another_name_are_not_counted() -> None:
    assert name_swap(scorer(), [row("Kyra")], np.zeros(1, dtype=np.int64)) == {"rows": 0, "flipped": 0.0}


def test_sentences_whose_actors_differ_are_scored_apart() -> None:
    text = "Kyra offered talks that Orsa refused."
    rows = [row("Kyra", "support", text=text), row("Orsa", "oppose", text=text), row("Velmar")]
    found = actors_differ(rows, truth_of(rows), np.asarray([0, 0, 0]))
    assert found["rows"] == 2
    assert found["macro_f1"] < found["macro_f1_elsewhere"] == 0.25  # one of four classes is there, and right
    assert actors_differ(rows[2:], truth_of(rows[2:]), np.asarray([0]))["macro_f1"] is None


def test_the_second_reader_stands_beside_the_model_on_the_same_rows() -> None:
    rows = [row("Kyra", "support", "a"), row("Orsa", "oppose", "b"), row("Velmar", "none", "c")]
    found = second_reader(rows, np.asarray([0, 0, 0]), {"a": "support", "b": "oppose"})
    assert found == {"rows": 2, "reader_macro_f1": 0.5, "model_macro_f1": 1 / 6}
    assert second_reader(rows, np.asarray([0, 0, 0]), {}) is None


def test_a_row_without_a_stance_does_not_cost_the_controls() -> None:
    rows = [row("Kyra"), row("Orsa", None), row("Velmar", "oppose")]
    report = evaluate(scorer("Velmar"), {"set": rows}, {"set": {"always support": [0, 0, 0]}})
    control = report["sets"]["set"]["stance"]["controls"]["always support"]
    assert control["accuracy"] == 0.5
    assert control["model_above_by"] > 0


def test_a_control_that_says_the_same_is_not_beaten() -> None:
    truth = np.asarray([0, 1, 2, 3] * 10)
    found = compare(truth, truth, truth, [str(i) for i in range(40)])
    assert found["model_above_by"] == 0.0
    assert found["model_above_by_interval"] == (0.0, 0.0)
    assert found["mcnemar_p"] == 1.0
