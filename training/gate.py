"""The gate: may the challenger replace the champion?

Both answer the same frozen rows. Each check says `pass`, `hold` or `reject` in a sentence; the worst of them is the
verdict. Beside what decides, the verdict tells what a person asks next: which sentences were gained and lost, what was
learnt from whose labels, and how small a difference these rows could have shown.
"""

import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from model.errors import CheckError, InputError
from model.labels import LABELS, STANCES
from model.records import Pair
from model.scorer import Scorer
from training.behaviour import KINDS, compare_cases
from training.calibrate import MIN_PRECISION
from training.export import MAX_F1_LOSS, MAX_FP32_DIFFERENCE, MIN_SAME_LABEL, Parity
from training.learnt import compare_learnt, probabilities_of
from training.metrics import (
    Difference,
    Flags,
    Labels,
    Probabilities,
    calibration_error,
    coverage_at,
    detectable_difference,
    holm,
    mcnemar_worse,
    paired_f1,
)
from training.rows import LabelledPair
from training.rules import Rules
from training.slices import members
from training.verdict import both, check, listed, share, short, words_of

Json = dict[str, Any]
OUTCOMES: Final = ("pass", "hold", "reject")
VERDICTS: Final = {"pass": "promote", "hold": "hold", "reject": "reject"}
PRIMARY: Final = "macro-F1"  # the check that a promotion is reasoned with
TIMED_PAIRS, TURNS = 200, 3
LEAST_SAME_LABEL = 0.99  # share of rows with the same stance below which an export is refused, not held
LEAST_SLOWDOWN = 0.0002  # seconds a pair: less is the clock's noise, whatever the ratio


DEFAULTS: Final = Rules()


@dataclass(frozen=True)
class Facts:
    """What the gate cannot see in the rows and the models.

    `controls` holds predicted stances by set and control, one a row of the set. `who` names the annotators of each
    row of `learnt_from` by row id, `disputes` says of how many unsettled pairs each has a voice. `behaviour` are cases
    as in seeds/behaviour.jsonl; one with `"must": true` may not newly fail. `known_actors` are the names that training
    saw. `reads` counts how often this test has been read.
    """

    data_grew: bool
    shared_rows: int  # rows that stand in training and in a test
    parity: Mapping[str, Any]  # what the challenger's manifest says of its export
    controls: Mapping[str, Mapping[str, Sequence[int]]]
    behaviour: Sequence[Mapping[str, Any]]
    learnt_from: Sequence[LabelledPair] = ()  # the new or corrected rows of this round
    who: Mapping[str, Sequence[str]] = field(default_factory=dict)
    disputes: Mapping[str, int] = field(default_factory=dict)
    known_actors: Collection[str] = ()
    snapshot: str = ""
    parent_snapshot: str | None = None
    reads: int = 0


@dataclass(frozen=True)
class Trial:
    """The rows that have one kind of label, where each stands (set, index), and what both models say of them."""

    classes: tuple[str, ...]
    rows: list[LabelledPair]
    places: list[tuple[str, int]]
    truth: Labels
    before: Probabilities  # the champion's, of shape (rows, classes)
    after: Probabilities  # the challenger's

    @property
    def groups(self) -> list[str]:
        return [row.pair.text for row in self.rows]

    @property
    def guesses(self) -> tuple[Labels, Labels]:
        return self.before.argmax(axis=1), self.after.argmax(axis=1)

    @property
    def right(self) -> tuple[Flags, Flags]:
        before, after = self.guesses
        return before == self.truth, after == self.truth


def compare(
    champion: Scorer,
    challenger: Scorer,
    sets: Mapping[str, Sequence[LabelledPair]],
    facts: Facts,
    rules: Rules = DEFAULTS,
    reported_only: Collection[str] = (),
) -> Json:
    """The verdict on the challenger, ready for JSON; `reported_only` names sets that are shown and decide nothing.

    InputError where the sets hold no row to decide on or the facts do not fit them; CheckError where a model gives
    numbers that are not finite.
    """
    if unknown := set(reported_only) - set(sets):
        raise InputError(f"no set is called {', '.join(sorted(unknown))}; there are {', '.join(sets)}")
    every = [((name, index), row) for name, rows in sets.items() for index, row in enumerate(rows)]
    before, after = (probabilities_of(model, [row for _, row in every]) for model in (champion, challenger))
    deciding = [name for name in sets if name not in reported_only]
    trial = _trial("stance", every, before, after, deciding)
    if not trial.rows:
        raise InputError("the sets that decide hold no row with a stance; nothing can be compared")
    primary, *by_class = _paired(trial, rules)
    slices = _slices(trial, facts.known_actors, rules)
    cases = compare_cases(champion, challenger, facts.behaviour)
    checks = [
        _leakage(facts),
        _primary(primary, len(trial.rows), facts.data_grew, rules),
        _classes(trial, by_class, rules),
        _worse_slices(slices, rules),
        _sentiment(_trial("sentiment", every, before, after, deciding), rules),
        _must_pass(cases),
        _failing_more(cases, rules),
        _negative_flips(trial, rules),
        _calibration(trial, rules),
        _coverage(trial, champion, rules),
        _parity(facts.parity),
        _size(challenger, rules),
        _speed(champion, challenger, [row.pair for row in trial.rows], rules),
        _controls(trial, facts.controls, sets, rules),
    ]
    return {
        **_decision(checks),
        "champion": champion.bundle.name,
        "challenger": challenger.bundle.name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "snapshot": facts.snapshot,
        "parent_snapshot": facts.parent_snapshot,
        "reads": facts.reads,
        "rows": len(trial.rows),
        "sentences": len(set(trial.groups)),
        "detectable_difference": {"macro_f1": primary.detectable, "accuracy": detectable_difference(*trial.right)},
        "checks": checks,
        "sets": {name: _set(_trial("stance", every, before, after, [name]), name in deciding, rules) for name in sets},
        "classes": {
            name: {"rows": int((trial.truth == number).sum()), **both(each)}
            for number, (name, each) in enumerate(zip(STANCES, by_class, strict=True))
        },
        "slices": slices,
        "flips": {"gained": _changed(trial, gained=True), "lost": _changed(trial, gained=False)},
        "learnt": compare_learnt(champion, challenger, facts.learnt_from, facts.who, facts.disputes),
        "behaviour": cases,
        "rules": asdict(rules),
    }


def _decision(checks: Sequence[Json]) -> Json:
    """The worst outcome of all checks, and the sentences that led to it; for a promotion, what speaks for it."""
    worst = max((each["outcome"] for each in checks), key=OUTCOMES.index)
    led = [each for each in checks if each["outcome"] == worst and (worst != "pass" or each["check"] == PRIMARY)]
    return {"verdict": VERDICTS[worst], "reasons": [each["sentence"] for each in led]}


def _leakage(facts: Facts) -> Json:
    if facts.shared_rows:
        sentence = f"{facts.shared_rows} rows stand both in the training data and in a test, which proves nothing then."
    else:
        sentence = "No row stands both in the training data and in a test."
    return check("leakage", "reject" if facts.shared_rows else "pass", facts.shared_rows, 0, sentence)


def _primary(found: Difference, rows: int, data_grew: bool, rules: Rules) -> Json:
    """Surely a little worse is held even within the margin: else a model could get worse step by step."""
    margin = rules.non_inferiority_margin
    no_worse = "is worse, but by" if found.high < 0 else "is worse, if at all, by"
    no_worse += f" less than {margin:.3f}"
    outcome = "hold"
    if found.low > 0:
        outcome, words = "pass", "The challenger is better"
    elif found.low > -margin and found.high >= 0 and data_grew and rules.accept_no_worse:
        outcome, words = "pass", f"The challenger learnt from more data and {no_worse}"
    elif found.low > -margin and data_grew:
        words = f"The challenger learnt from more data and {no_worse}; by the rules, a person must confirm it"
    elif found.high < 0:
        outcome, words = "reject", "The challenger is worse"
    elif found.low > -margin:
        words = f"The challenger {no_worse}, but it had no new data to learn from: nothing speaks for the change"
    else:
        words = (
            f"These {rows:,} rows cannot tell the two apart; with 80 % power they could have shown a difference of "
            f"{found.detectable:.3f}, no smaller one"
        )
    return check(PRIMARY, outcome, both(found), -margin, f"{words}: {words_of(found)}.")


def _classes(trial: Trial, by_class: Sequence[Difference], rules: Rules) -> Json:
    present = [(name, each) for i, (name, each) in enumerate(zip(STANCES, by_class, strict=True)) if i in trial.truth]
    fallen = {name: each for name, each in present if each.gain < -rules.class_drop and each.high < 0}
    if fallen:
        sentence = (
            "; ".join(f"The class {name} got worse: {words_of(each, 'F1')}" for name, each in fallen.items()) + "."
        )
    else:
        sentence = f"No class lost more than {rules.class_drop:.3f} F1 that could not be chance."
    measured = {name: each.gain for name, each in present}
    return check("classes", "reject" if fallen else "pass", measured, -rules.class_drop, sentence)


def _slices(trial: Trial, known_actors: Collection[str], rules: Rules) -> Json:
    """Each slice that is large enough: accuracy of both, and whether the challenger is worse (McNemar, Holm)."""
    parts = members(trial.rows, known_actors)
    for index, (name, _) in enumerate(trial.places):
        parts.setdefault(f"set {name}", []).append(index)
    large = {name: chosen for name, chosen in sorted(parts.items()) if len(chosen) >= rules.slice_min_rows}
    before, after = trial.right
    p_values = holm({name: mcnemar_worse(before[chosen], after[chosen]) for name, chosen in large.items()})
    return {
        name: {
            "rows": len(chosen),
            "champion": float(before[chosen].mean()), "challenger": float(after[chosen].mean()),
            "difference": float(after[chosen].mean() - before[chosen].mean()),
            "p": p_values[name], "worse": p_values[name] < rules.slice_level,
        }
        for name, chosen in large.items()
    }  # fmt: skip


def _worse_slices(parts: Json, rules: Rules) -> Json:
    worse = {name: part for name, part in parts.items() if part["worse"]}
    if worse:
        changes = [
            f"{short(name)} ({part['rows']} rows: {share(part['challenger'])} right, before {share(part['champion'])})"
            for name, part in worse.items()
        ]
        sentence = f"The challenger is significantly worse on {listed(changes)}."
    else:
        sentence = f"None of {len(parts)} slices of at least {rules.slice_min_rows} rows got significantly worse."
    return check("slices", "reject" if worse else "pass", len(worse), 0, sentence)


def _sentiment(trial: Trial, rules: Rules) -> Json:
    margin = rules.non_inferiority_margin
    if not trial.rows:
        return check("sentiment", "pass", None, -margin, "No row has a sentiment, so that it was not compared.")
    found = _paired(trial, rules)[0]
    worse = found.gain < -margin and found.high < 0
    words = "got worse" if worse else "did not get worse beyond chance and margin"
    return check(
        "sentiment", "reject" if worse else "pass", both(found), -margin, f"Sentiment {words}: {words_of(found)}."
    )


def _must_pass(cases: Json) -> Json:
    failing = [case["id"] for case in cases["newly_failing"] if case["must"]]
    if failing:
        sentence = f"Cases that must pass, and did, fail now: {listed(failing)}."
    else:
        sentence = f"None of the {cases['must']} cases that must pass newly fails."
    return check("must-pass cases", "reject" if failing else "pass", len(failing), 0, sentence)


def _failing_more(cases: Json, rules: Rules) -> Json:
    rises = {}
    for kind in KINDS:
        count = cases["kinds"][kind]
        rises[kind] = (count["champion"] - count["challenger"]) / count["cases"] if count["cases"] else 0.0
    more = [kind for kind, rise in rises.items() if rise > rules.behaviour_drop + 1e-9]
    if not any(count["cases"] for count in cases["kinds"].values()):
        more, sentence = ["all"], "There are no behavioral cases, so that nothing is known of its behavior."
    elif more:
        counts = {kind: cases["kinds"][kind] for kind in more}
        changes = [
            f"{kind} ({each['challenger']} of {each['cases']} pass, {each['champion']} did)"
            for kind, each in counts.items()
        ]
        sentence = f"More behavioral cases fail than before: {listed(changes)}."
    else:
        passing = [f"{each['challenger']} of {each['cases']} {kind}" for kind, each in cases["kinds"].items()]
        sentence = f"About as many behavioral cases pass as before: {listed(passing)}."
    return check("behavioral cases", "hold" if more else "pass", rises, rules.behaviour_drop, sentence)


def _negative_flips(trial: Trial, rules: Rules) -> Json:
    before, after = trial.right
    lost, gained = int((before & ~after).sum()), int((after & ~before).sum())
    rate = lost / len(trial.rows)
    sentence = (
        f"{lost} of {len(trial.rows):,} rows ({share(rate)}) that the champion has right are wrong now, {gained} that "
        f"it has wrong are right; {share(rules.max_negative_flips)} may be lost."
    )
    outcome = "reject" if rate > rules.max_negative_flips else "pass"
    return check("negative flips", outcome, rate, rules.max_negative_flips, sentence)


def _calibration(trial: Trial, rules: Rules) -> Json:
    before, after = (calibration_error(each, trial.truth) for each in (trial.before, trial.after))
    worse = after - before > rules.calibration_margin
    words = "are less honest than" if worse else "are about as honest as"
    sentence = f"Its probabilities {words} before: calibration error {after:.3f}, before {before:.3f}."
    measured = {"champion": before, "challenger": after}
    return check("calibration", "reject" if worse else "pass", measured, rules.calibration_margin, sentence)


def _coverage(trial: Trial, champion: Scorer, rules: Rules) -> Json:
    wanted = float(champion.bundle.manifest["abstention"].get("wanted_precision", MIN_PRECISION))
    before, after = (coverage_at(each, trial.truth, wanted) for each in (trial.before, trial.after))
    less = before - after > rules.coverage_margin
    sentence = (
        f"With {share(wanted)} of its answers right it answers {share(after)} of the rows, before {share(before)}."
    )
    measured = {"champion": before, "challenger": after}
    return check("coverage", "hold" if less else "pass", measured, -rules.coverage_margin, sentence)


def _parity(parity: Mapping[str, Any]) -> Json:
    limits = {
        "fp32_max_difference": MAX_FP32_DIFFERENCE, "int8_same_label": MIN_SAME_LABEL, "macro_f1_loss": MAX_F1_LOSS,
    }  # fmt: skip
    measured = {
        name: value for name, value in parity.items() if isinstance(value, int | float) and math.isfinite(value)
    }
    outcome, sentence = "reject", "The manifest does not say whether the exported file answers as the network does."
    try:
        Parity(**measured).check()  # type: ignore[arg-type]
        outcome, sentence = "pass", "The exported file answers as the trained network does."
    except TypeError:  # a figure is missing or unknown
        pass
    except CheckError as error:
        # Between the two limits a person may weigh it: most such rows stand on the edge of two classes.
        known = Parity(**measured)  # type: ignore[arg-type]
        near = known.int8_same_label >= LEAST_SAME_LABEL and known.is_close()
        outcome = "hold" if near else "reject"
        sentence = f"The exported file does not answer as the network does: {error}."
    return check("export", outcome, measured, limits, sentence)


def _size(challenger: Scorer, rules: Rules) -> Json:
    size = sum(file.stat().st_size for file in challenger.bundle.folder.rglob("*") if file.is_file()) / 1e6
    sentence = f"The bundle has {size:.1f} MB; {rules.max_size_mb:.1f} are allowed."
    return check("size", "reject" if size > rules.max_size_mb else "pass", size, rules.max_size_mb, sentence)


def _speed(champion: Scorer, challenger: Scorer, pairs: Sequence[Pair], rules: Rules) -> Json:
    step = max(1, len(pairs) // TIMED_PAIRS)
    before, after = seconds_a_pair((champion, challenger), pairs[::step][:TIMED_PAIRS])
    slower = after > before * rules.max_slowdown and after - before > LEAST_SLOWDOWN
    sentence = (
        f"95 % of the pairs take at most {after * 1000:.1f} ms, before {before * 1000:.1f} ms, timed in turn; "
        f"{rules.max_slowdown:.2f} times as long is allowed."
    )
    measured = {"champion_ms": before * 1000, "challenger_ms": after * 1000}
    return check("speed", "hold" if slower else "pass", measured, rules.max_slowdown, sentence)


def seconds_a_pair(models: tuple[Scorer, Scorer], pairs: Sequence[Pair]) -> tuple[float, float]:
    """95th percentile over the pairs of each model's seconds for one: the best of TURNS, the models in turn."""
    best = np.full((2, len(pairs)), np.inf)
    for turn in range(TURNS):
        for column, pair in enumerate(pairs):
            for which in (0, 1) if (turn + column) % 2 else (1, 0):
                start = time.perf_counter()
                models[which].logits([pair])
                best[which, column] = min(best[which, column], time.perf_counter() - start)
    left, right = np.percentile(best, 95, axis=1)
    return float(left), float(right)


def _controls(
    trial: Trial,
    controls: Mapping[str, Mapping[str, Sequence[int]]],
    sets: Mapping[str, Sequence[LabelledPair]],
    rules: Rules,
) -> Json:
    """The challenger against each control, on the rows of the sets for which the control answered."""
    for name, each in controls.items():
        for control, stances in each.items():
            if len(stances) != len(sets.get(name, ())) or not set(stances) <= set(range(len(STANCES))):
                raise InputError(
                    f"the control {control} must give a number of 0 to 3 for each of the {len(sets.get(name, ()))} "
                    f"rows of {name}; it gives {len(stances)} numbers"
                )
    measured: Json = {}
    for control in dict.fromkeys(control for each in controls.values() for control in each):
        chosen = [i for i, (name, _) in enumerate(trial.places) if control in controls.get(name, {})]
        if chosen:
            said = np.asarray([controls[name][control][index] for name, index in (trial.places[i] for i in chosen)])
            groups = [trial.rows[i].pair.text for i in chosen]
            truth, after = trial.truth[chosen], trial.guesses[1][chosen]
            found = paired_f1(truth, said, after, groups, len(STANCES), rules.resamples, rules.seed)[0]
            measured[control] = {
                "control": found.left, "challenger": found.right, "low": found.low, "high": found.high,
            }  # fmt: skip
    unbeaten = [name for name, each in measured.items() if each["low"] <= 0]
    if unbeaten:
        outcome, sentence = "reject", f"The challenger is not clearly better than {listed(unbeaten)}."
    elif measured:
        outcome, sentence = "pass", f"The challenger is clearly better than {listed(list(measured))}."
    else:
        outcome, sentence = "hold", "There are no controls, so that it is not known whether the challenger learnt much."
    return check("controls", outcome, measured, 0, sentence)


def _set(trial: Trial, decides: bool, rules: Rules) -> Json:
    shown: Json = {"rows": len(trial.rows), "decides": decides}
    if trial.rows:
        old, new = trial.right
        accuracy = {"champion_accuracy": float(old.mean()), "challenger_accuracy": float(new.mean())}
        shown |= both(_paired(trial, rules)[0]) | accuracy
    return shown


def _changed(trial: Trial, gained: bool) -> list[Json]:
    """The rows that only the challenger (`gained`) or only the champion has right, the surest first."""
    old, new = trial.right
    chosen = np.flatnonzero(new & ~old if gained else old & ~new)
    before, after = trial.guesses
    return [
        {
            "set": trial.places[i][0], "id": trial.rows[i].id, "text": trial.rows[i].pair.text,
            "actor": trial.rows[i].pair.actor, "gold": STANCES[trial.truth[i]],
            "champion": STANCES[before[i]], "champion_probability": round(float(trial.before[i].max()), 4),
            "challenger": STANCES[after[i]], "challenger_probability": round(float(trial.after[i].max()), 4),
        }
        for i in sorted(chosen, key=lambda i: -float(trial.after[i].max()))
    ]  # fmt: skip


def _trial(
    kind: str,
    every: Sequence[tuple[tuple[str, int], LabelledPair]],
    before: Mapping[str, Probabilities],
    after: Mapping[str, Probabilities],
    sets: Collection[str],
) -> Trial:
    chosen = [i for i, (place, row) in enumerate(every) if place[0] in sets and getattr(row, kind)]
    rows = [every[i][1] for i in chosen]
    truth = np.asarray([LABELS[kind].index(getattr(row, kind)) for row in rows], dtype=np.int64)
    places = [every[i][0] for i in chosen]
    return Trial(LABELS[kind], rows, places, truth, before[kind][chosen], after[kind][chosen])


def _paired(trial: Trial, rules: Rules) -> list[Difference]:
    return paired_f1(trial.truth, *trial.guesses, trial.groups, len(trial.classes), rules.resamples, rules.seed)
