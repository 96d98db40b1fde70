"""What a release should reach: measured values beside the targets, so that a miss is seen and not hidden."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]
WIRE, UNSEEN = "voa-dev", "seeds-unseen"
TFIDF = "TF-IDF + logistic regression"


def targets_table(manifest: Json) -> str:
    """Markdown; empty for a bundle that was not graded on the sets of a release."""
    if not {WIRE, UNSEEN, "newsmtsc-rw_dev", "newsmtsc-mt_dev"} <= set(manifest["evaluation"]["sets"]):
        return ""
    lines = ["| measure | target | measured | |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {wanted} | {found} | {'' if met else 'missed'} |" for name, wanted, found, met in _rows(manifest)
    ]
    return "\n".join(lines) + "\n"


def _rows(manifest: Json) -> Iterator[tuple[str, str, str, bool]]:
    sets, parity = manifest["evaluation"]["sets"], manifest["parity"]
    wire = sets[WIRE]["stance"]
    yield _at_least("stance macro-F1, real newswire", 0.80, wire["macro_f1"])
    if TFIDF in wire["controls"]:
        yield _at_least("... above TF-IDF", 0.15, wire["controls"][TFIDF]["model_above_by"])
    yield _at_least("stance macro-F1, written, unseen disputes", 0.85, sets[UNSEEN]["stance"]["macro_f1"])
    for name in (WIRE, UNSEEN):
        stance = sets[name]["stance"]
        differ = stance["actors_differ"]
        gap = (differ["macro_f1_elsewhere"] or 0.0) - (differ["macro_f1"] or 0.0)
        yield _at_most(f"macro-F1 lost where actors differ, {name}", 0.05, gap)
        yield _at_most(f"answers that change with the names, {name}", 0.02, stance["name_swap"]["flipped"])
        yield _at_most(f"calibration error, {name}", 0.04, stance["calibration_error"])
        yield _at_least(f"accuracy at 80 % coverage, {name}", 0.93, stance["accuracy_at_coverage"]["0.8"])
    yield _at_least("sentiment macro-F1, NewsMTSC rw dev", 0.80, sets["newsmtsc-rw_dev"]["sentiment"]["macro_f1"])
    yield _at_least("sentiment macro-F1, NewsMTSC mt dev", 0.77, sets["newsmtsc-mt_dev"]["sentiment"]["macro_f1"])
    loss = parity["macro_f1_torch"] - parity["macro_f1_int8"]
    yield _at_most("stance macro-F1 that 8 bit loses", 0.003, loss)


def _at_least(name: str, wanted: float, found: float) -> tuple[str, str, str, bool]:
    return name, f"at least {wanted:.2f}", f"{found:.3f}", found >= wanted


def _at_most(name: str, wanted: float, found: float) -> tuple[str, str, str, bool]:
    return name, f"at most {wanted:g}", f"{found:.4f}", found <= wanted
