"""The table of targets: a miss is shown, and a bundle graded on other sets has none."""

from typing import Any

from training.targets import targets_table


def manifest(macro_f1: float) -> dict[str, Any]:
    stance = {
        "macro_f1": macro_f1,
        "controls": {"TF-IDF + logistic regression": {"model_above_by": 0.2}},
        "actors_differ": {"macro_f1": 0.7, "macro_f1_elsewhere": 0.72},
        "name_swap": {"flipped": 0.01},
        "calibration_error": 0.03,
        "accuracy_at_coverage": {"0.8": 0.94},
    }
    sets = {name: {"stance": stance} for name in ("voa-dev", "seeds-unseen")}
    sets |= {f"newsmtsc-{name}": {"sentiment": {"macro_f1": 0.81}} for name in ("rw_dev", "mt_dev")}
    return {"evaluation": {"sets": sets}, "parity": {"macro_f1_torch": 0.7, "macro_f1_int8": 0.699}}


def test_a_miss_is_named() -> None:
    lines = targets_table(manifest(0.82)).splitlines()
    assert "| stance macro-F1, real newswire | at least 0.80 | 0.820 |  |" in lines
    assert "| stance macro-F1, written, unseen disputes | at least 0.85 | 0.820 | missed |" in lines
    assert sum("missed" in line for line in lines) == 1


def test_a_bundle_graded_on_other_sets_has_no_table() -> None:
    assert targets_table({"evaluation": {"sets": {"mine": {}}}}) == ""
