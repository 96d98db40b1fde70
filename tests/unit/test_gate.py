"""The gate: every outcome of each check, on small cases built for it, and that chance rarely wins."""

import json
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from model.errors import CheckError, InputError
from model.labels import SENTIMENTS, STANCES
from model.records import Pair
from model.scorer import Scorer
from training.gate import Facts, Rules, compare
from training.metrics import coverage_at, interval, macro_f1, mcnemar_worse, paired_f1
from training.rows import LabelledPair
from training.verdict import page, summary

RULES = Rules(resamples=500)
PARITY = {
    "rows": 100, "fp32_max_difference": 1e-6, "int8_max_difference": 0.05, "int8_same_label": 0.999,
    "macro_f1_torch": 0.8, "macro_f1_int8": 0.8,
}  # fmt: skip


class Fake:
    """A model whose answers are given by sentence; what it was not told it calls `none`."""

    def __init__(self, name: str, folder: Path) -> None:
        manifest = {"abstention": {"stance_probability": 0.5, "wanted_precision": 0.85}}
        self.bundle = SimpleNamespace(
            name=name, temperatures=(1.0, 1.0), abstain_below=0.5, manifest=manifest, folder=folder
        )
        self.stances: dict[str, int] = {}
        self.sentiments: dict[str, int] = {}
        self.confidence: dict[str, float] = {}
        self.seconds = 0.0

    def logits(self, pairs: list[Pair]) -> tuple[Any, Any]:
        time.sleep(self.seconds)
        stances = np.asarray([self.stances.get(pair.text, 3) for pair in pairs], dtype=np.int64)
        sentiments = np.asarray([self.sentiments.get(pair.text, 1) for pair in pairs], dtype=np.int64)
        confidence = np.asarray([self.confidence.get(pair.text, 0.8) for pair in pairs])
        return self._logits(stances, confidence, STANCES), self._logits(sentiments, confidence, SENTIMENTS)

    def _logits(self, chosen: Any, confidence: Any, classes: tuple[str, ...]) -> Any:
        rest = ((1 - confidence) / (len(classes) - 1))[:, None]
        here = np.eye(len(classes))[chosen] > 0
        return np.log(np.where(here, confidence[:, None], rest)).astype(np.float32)


class Match:
    """Rows, of which both models have the first 80 of 100 right, and the facts of a challenger without fault."""

    def __init__(self, folder: Path, rows: int = 400) -> None:
        self.rows = [
            LabelledPair(
                f"r{i}", Pair(f"Sentence {i}.", "Kyra"), STANCES[i % 4], None, f"topic {i % 2}", "", "written", "f"
            )
            for i in range(rows)
        ]
        (folder / "manifest.json").write_text("x" * 2000)
        self.champion, self.challenger = Fake("old", folder), Fake("new", folder)
        for number, row in enumerate(self.rows):
            right = number % 100 < 80
            self.answer(self.champion, [number], right)
            self.answer(self.challenger, [number], right)
            sure = 0.79 + 0.02 * (number * 0.618 % 1)  # no ties, and no link with being right
            self.champion.confidence[row.pair.text] = self.challenger.confidence[row.pair.text] = sure
        self.facts = Facts(
            data_grew=True, shared_rows=0, parity=PARITY, controls={"test": {"majority": [0] * rows}},
            behaviour=[case("m1", "minimum", "support"), case("d1", "direction", "support", "oppose")],
        )  # fmt: skip

    def answer(self, model: Fake, numbers: Any, right: bool) -> None:
        for number in numbers:
            truth = STANCES.index(str(self.rows[number].stance))
            model.stances[self.rows[number].pair.text] = truth if right else (truth + 1) % 4

    def numbers(self, right: bool) -> list[int]:
        return [number for number in range(len(self.rows)) if (number % 100 < 80) == right]

    def verdict(self, rules: Rules = RULES, **changes: Any) -> dict[str, Any]:
        facts = replace(self.facts, **changes)
        return compare(self.old, self.new, {"test": self.rows}, facts, rules)

    @property
    def old(self) -> Scorer:
        return cast(Scorer, self.champion)

    @property
    def new(self) -> Scorer:
        return cast(Scorer, self.challenger)


def case(name: str, kind: str, *stances: str, must: bool = False) -> dict[str, Any]:
    pairs = [{"text": f"Case {name} {i}.", "actor": "Kyra", "stance": each} for i, each in enumerate(stances)]
    return {"id": name, "kind": kind, "rule": "R1", "what": "an edit", "pairs": pairs, "must": must}


def solve(model: Fake, *cases: dict[str, Any]) -> None:
    for each in cases:
        for pair in each["pairs"]:
            model.stances[pair["text"]] = STANCES.index(pair["stance"])


def outcome(verdict: dict[str, Any], name: str) -> str:
    return str(found(verdict, name)["outcome"])


def found(verdict: dict[str, Any], name: str) -> dict[str, Any]:
    [check] = [each for each in verdict["checks"] if each["check"] == name]
    return cast(dict[str, Any], check)


@pytest.fixture
def match(tmp_path: Path) -> Match:
    return Match(tmp_path)


# The verdict and the primary comparison


def test_the_same_answers_after_more_data_are_promoted_as_no_worse(match: Match) -> None:
    verdict = match.verdict()
    assert verdict["verdict"] == "promote"
    assert all(check["outcome"] == "pass" for check in verdict["checks"])
    assert len(verdict["reasons"]) == 1
    assert "learnt from more data and is worse, if at all, by less than 0.010" in verdict["reasons"][0]


def test_the_same_answers_without_new_data_are_held(match: Match) -> None:
    verdict = match.verdict(data_grew=False)
    assert verdict["verdict"] == "hold"
    assert "no new data" in verdict["reasons"][0]


def test_no_worse_waits_for_a_person_where_the_rules_say_so(match: Match) -> None:
    verdict = match.verdict(replace(RULES, accept_no_worse=False))
    assert verdict["verdict"] == "hold"
    assert "a person must confirm" in verdict["reasons"][0]


def test_a_challenger_five_points_better_is_promoted(tmp_path: Path) -> None:
    match = Match(tmp_path, 2000)
    match.answer(match.challenger, match.numbers(right=False)[:120], True)
    match.answer(match.challenger, match.numbers(right=True)[::80], False)
    match.challenger.confidence = {text: sure + 0.05 for text, sure in match.champion.confidence.items()}
    verdict = match.verdict(data_grew=False)
    assert verdict["verdict"] == "promote"
    assert verdict["reasons"][0].startswith("The challenger is better")


def test_a_challenger_that_is_worse_is_rejected(match: Match) -> None:
    match.answer(match.challenger, match.numbers(right=True)[:16], False)
    verdict = match.verdict(replace(RULES, max_negative_flips=1.0, class_drop=1.0, slice_level=0.0))
    assert verdict["verdict"] == "reject"
    assert verdict["reasons"][0].startswith("The challenger is worse")


def test_a_loss_that_is_sure_but_within_the_margin_is_said_to_be_one(match: Match) -> None:
    match.answer(match.challenger, match.numbers(right=True)[:16], False)
    verdict = match.verdict(Rules(resamples=500, non_inferiority_margin=0.2, max_negative_flips=1.0, class_drop=1.0))
    assert "is worse, but by less than 0.200" in found(verdict, "macro-F1")["sentence"]


def test_rows_that_cannot_tell_say_how_small_a_difference_they_could_have_shown(match: Match) -> None:
    match.answer(match.challenger, match.numbers(right=True)[:8], False)
    match.answer(match.challenger, match.numbers(right=False)[:8], True)
    verdict = match.verdict()
    assert verdict["verdict"] == "hold"
    assert "These 400 rows cannot tell the two apart" in verdict["reasons"][0]
    detectable = verdict["detectable_difference"]
    assert detectable["accuracy"] == pytest.approx(2.8 * (16 / 400 / 400) ** 0.5)
    assert detectable["macro_f1"] == pytest.approx(detectable["accuracy"], rel=0.25)
    assert f"{detectable['macro_f1']:.3f}" in verdict["reasons"][0]


def test_the_worst_check_decides_and_gives_the_reasons(match: Match) -> None:
    verdict = match.verdict(shared_rows=3, data_grew=False)
    assert outcome(verdict, "macro-F1") == "hold"
    assert verdict["verdict"] == "reject"
    assert verdict["reasons"] == [found(verdict, "leakage")["sentence"]]
    assert "3 rows" in verdict["reasons"][0]


def test_a_verdict_is_the_same_the_second_time_and_is_json(match: Match) -> None:
    match.answer(match.challenger, match.numbers(right=False)[:8], True)
    first, second = match.verdict(), match.verdict()
    for verdict in (first, second):
        del verdict["created"]
        found(verdict, "speed").clear()
    assert json.loads(json.dumps(first, allow_nan=False)) == json.loads(json.dumps(second))


def test_a_verdict_read_back_from_json_has_a_page_and_a_summary(match: Match) -> None:
    match.answer(match.challenger, [0], False)
    cases = [case("m1", "minimum", "support")]
    solve(match.challenger, *cases)
    verdict = match.verdict(behaviour=cases, learnt_from=[learnt_row(1, "support")])
    again = json.loads(json.dumps(verdict, allow_nan=False))
    assert page(again) == page(verdict)
    assert "Sentence 0." in page(again)
    assert summary(again).startswith("PROMOTE: new in place of old")


# Classes, slices, sentiment


def test_a_class_that_fell_clearly_rejects(tmp_path: Path) -> None:
    match = Match(tmp_path, 2000)
    opposed = [number for number in match.numbers(right=True) if match.rows[number].stance == "oppose"]
    match.answer(match.challenger, opposed[:60], False)
    match.answer(match.challenger, match.numbers(right=False), True)
    verdict = match.verdict()
    assert verdict["classes"]["oppose"]["challenger"] > verdict["classes"]["oppose"]["champion"]  # gains make up
    assert outcome(verdict, "classes") == "pass"
    match.answer(match.challenger, match.numbers(right=False), False)
    verdict = match.verdict()
    assert outcome(verdict, "classes") == "reject"
    assert "The class oppose got worse" in found(verdict, "classes")["sentence"]


def test_a_class_with_few_rows_that_may_have_fallen_by_chance_passes(match: Match) -> None:
    rare = [number for number in range(400) if number % 4 == 2]
    for number in rare[8:]:
        match.rows[number] = replace(match.rows[number], stance=None)
    match.answer(match.challenger, rare[:1], False)
    verdict = match.verdict()
    assert verdict["classes"]["oppose"]["difference"] < -0.03
    assert outcome(verdict, "classes") == "pass"


def test_a_class_without_rows_is_not_judged(match: Match) -> None:
    match.rows = [replace(row, stance=None if row.stance == "oppose" else row.stance) for row in match.rows]
    assert "oppose" not in found(match.verdict(), "classes")["measured"]


def test_a_slice_that_got_significantly_worse_rejects(match: Match) -> None:
    chosen = [number for number in match.numbers(right=True) if match.rows[number].topic == "topic 1"]
    match.answer(match.challenger, chosen[:14], False)
    match.answer(match.challenger, match.numbers(right=False)[::2], True)  # all of topic 0
    verdict = match.verdict()
    assert outcome(verdict, "macro-F1") == "pass"
    assert outcome(verdict, "slices") == "reject"
    assert "topic topic 1 (200 rows" in found(verdict, "slices")["sentence"]


def test_a_slice_too_small_to_judge_is_left_out(match: Match) -> None:
    for number in range(0, 29):
        match.rows[number] = replace(match.rows[number], topic="tiny")
    match.answer(match.challenger, range(10), False)
    match.answer(match.challenger, match.numbers(right=False)[:20], True)
    verdict = match.verdict()
    assert "topic tiny" not in verdict["slices"]
    assert outcome(verdict, "slices") == "pass"


def test_slices_know_the_sets_and_the_actors_of_training(match: Match) -> None:
    assert {"set test", "actor seen in training"} <= set(match.verdict(known_actors={"Kyra"})["slices"])


def test_sentiment_that_got_worse_rejects(match: Match) -> None:
    match.rows = [replace(row, sentiment=SENTIMENTS[i % 3]) for i, row in enumerate(match.rows)]
    for model, kept in ((match.champion, 400), (match.challenger, 360)):
        model.sentiments = {row.pair.text: i % 3 if i < kept else 1 for i, row in enumerate(match.rows)}
    verdict = match.verdict()
    assert outcome(verdict, "sentiment") == "reject"
    assert outcome(verdict, "macro-F1") == "pass"
    match.challenger.sentiments = match.champion.sentiments
    assert outcome(match.verdict(), "sentiment") == "pass"


def test_rows_without_a_sentiment_are_no_fault(match: Match) -> None:
    check = found(match.verdict(), "sentiment")
    assert (check["outcome"], check["measured"]) == ("pass", None)


# Behavior


def test_a_case_that_must_pass_and_newly_fails_rejects_and_is_listed(match: Match) -> None:
    cases = [case("must-1", "minimum", "support", must=True)]
    assert outcome(match.verdict(behaviour=cases), "must-pass cases") == "pass"  # it failed before, too
    solve(match.champion, *cases)
    verdict = match.verdict(behaviour=cases)
    assert outcome(verdict, "must-pass cases") == "reject"
    assert "must-1" in found(verdict, "must-pass cases")["sentence"]
    [failing] = verdict["behaviour"]["newly_failing"]
    assert failing["pairs"] == [
        {"text": "Case must-1 0.", "actor": "Kyra", "gold": "support", "champion": "support", "challenger": "none"}
    ]


def test_one_plain_case_of_many_that_newly_fails_is_reported_and_decides_nothing(match: Match) -> None:
    cases = [case(f"m{i}", "minimum", "support") for i in range(1, 31)]
    solve(match.champion, *cases)
    solve(match.challenger, *cases[1:])
    verdict = match.verdict(behaviour=cases)
    assert [each["id"] for each in verdict["behaviour"]["newly_failing"]] == ["m1"]
    assert verdict["verdict"] == "promote"


@pytest.mark.parametrize("kind", ["invariance", "direction", "minimum"])
def test_more_failing_cases_of_a_kind_hold_unless_the_rules_allow_them(match: Match, kind: str) -> None:
    cases = [case(f"c{i}", kind, "support", "support" if kind == "invariance" else "oppose") for i in range(10)]
    solve(match.champion, *cases)
    solve(match.challenger, *cases[1:])
    match.challenger.stances["Case c0 0."] = 1
    verdict = match.verdict(behaviour=cases)
    assert outcome(verdict, "behavioral cases") == "hold"
    assert f"{kind} (9 of 10 pass, 10 did)" in found(verdict, "behavioral cases")["sentence"]
    assert outcome(match.verdict(replace(RULES, behaviour_drop=0.1), behaviour=cases), "behavioral cases") == "pass"


def test_one_case_lost_and_one_won_is_no_larger_share(match: Match) -> None:
    cases = [case("a", "direction", "support"), case("b", "direction", "support")]
    solve(match.champion, cases[0])
    solve(match.challenger, cases[1])
    verdict = match.verdict(behaviour=cases)
    assert outcome(verdict, "behavioral cases") == "pass"
    assert [each["id"] for each in verdict["behaviour"]["newly_passing"]] == ["b"]


def test_a_wrong_answer_that_does_not_change_passes_an_invariance(match: Match) -> None:
    verdict = match.verdict(behaviour=[case("i", "invariance", "support", "support")])
    assert verdict["behaviour"]["kinds"]["invariance"] == {"cases": 1, "champion": 1, "challenger": 1}


def test_without_cases_nothing_is_promoted(match: Match) -> None:
    assert match.verdict(behaviour=[])["verdict"] == "hold"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "odd"}, "case c needs pairs and a kind"),
        ({"pairs": []}, "case c needs pairs"),
        ({"pairs": ["text"]}, "case c needs pairs"),
        ({"pairs": [{"text": "A.", "actor": "A", "stance": "maybe"}]}, "case c: each pair needs a stance"),
        ({"pairs": [{"actor": "A", "stance": "none"}]}, "case c, field text"),
    ],
)
def test_a_malformed_case_is_named(match: Match, change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        match.verdict(behaviour=[case("c", "minimum", "support") | change])


# Flips, calibration, coverage


def test_too_many_negative_flips_reject_even_a_better_challenger(match: Match) -> None:
    match.answer(match.challenger, match.numbers(right=False), True)
    match.answer(match.challenger, match.numbers(right=True)[::20], False)
    assert outcome(match.verdict(), "negative flips") == "pass"  # 16 of 400 are the 4 % that may be lost
    match.answer(match.challenger, match.numbers(right=True)[1:2], False)
    verdict = match.verdict()
    assert outcome(verdict, "macro-F1") == "pass"
    assert outcome(verdict, "negative flips") == "reject"


def test_gained_and_lost_sentences_are_listed_the_surest_first(match: Match) -> None:
    gained, lost = match.numbers(right=False)[:1], match.numbers(right=True)[:2]
    match.answer(match.challenger, gained, True)
    match.answer(match.challenger, lost, False)
    match.challenger.confidence["Sentence 1."] = 0.9
    flips = match.verdict()["flips"]
    assert [row["id"] for row in flips["gained"]] == ["r80"]
    assert [row["id"] for row in flips["lost"]] == ["r1", "r0"]
    assert flips["lost"][0] == {
        "set": "test", "id": "r1", "text": "Sentence 1.", "actor": "Kyra", "gold": "conditional",
        "champion": "conditional", "champion_probability": pytest.approx(0.8, abs=0.01),
        "challenger": "oppose", "challenger_probability": 0.9,
    }  # fmt: skip


def test_probabilities_that_claim_too_much_reject(match: Match) -> None:
    match.challenger.confidence = {text: sure + 0.18 for text, sure in match.champion.confidence.items()}
    verdict = match.verdict()
    assert verdict["verdict"] == "reject"
    assert [check["check"] for check in verdict["checks"] if check["outcome"] == "reject"] == ["calibration"]
    assert found(verdict, "calibration")["measured"]["challenger"] == pytest.approx(0.18, abs=0.01)


def test_less_that_can_be_answered_at_the_same_accuracy_holds(match: Match) -> None:
    unsure = {match.rows[number].pair.text: 0.4 for number in match.numbers(right=False)}
    match.champion.confidence = unsure
    verdict = match.verdict(replace(RULES, calibration_margin=1.0))
    assert outcome(verdict, "coverage") == "hold"
    match.challenger.confidence = unsure
    assert outcome(match.verdict(), "coverage") == "pass"


# Export, size, speed, controls


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fp32_max_difference": 0.01}, "differs from torch"),
        ({"int8_same_label": 0.9}, "another stance"),
        ({"int8_same_label": float("nan")}, "does not say"),
        ({"int8_same_label": None}, "does not say"),
        ({"unheard_of": 1.0}, "does not say"),
    ],
)
def test_an_export_that_answers_otherwise_rejects(match: Match, change: dict[str, Any], words: str) -> None:
    verdict = match.verdict(parity=PARITY | change)
    assert verdict["verdict"] == "reject"
    assert words in verdict["reasons"][0]


def test_a_bundle_without_parity_is_rejected(match: Match) -> None:
    assert match.verdict(parity={})["verdict"] == "reject"


def test_a_bundle_that_is_too_large_is_rejected(match: Match) -> None:
    assert found(match.verdict(), "size")["measured"] == pytest.approx(0.002)
    assert outcome(match.verdict(replace(RULES, max_size_mb=0.001)), "size") == "reject"


def test_a_slower_challenger_is_held(tmp_path: Path) -> None:
    match = Match(tmp_path, 100)
    match.champion.seconds, match.challenger.seconds = 0.0005, 0.002
    verdict = match.verdict()
    assert outcome(verdict, "speed") == "hold"
    assert found(verdict, "speed")["measured"]["challenger_ms"] > found(verdict, "speed")["measured"]["champion_ms"]
    assert outcome(match.verdict(replace(RULES, max_slowdown=10.0)), "speed") == "pass"


def test_a_challenger_that_does_not_beat_a_control_is_rejected(match: Match) -> None:
    same = [match.challenger.stances[row.pair.text] for row in match.rows]
    verdict = match.verdict(controls={"test": {"majority": [0] * 400, "TF-IDF": same}})
    assert verdict["verdict"] == "reject"
    assert verdict["reasons"] == ["The challenger is not clearly better than TF-IDF."]


def test_without_controls_nothing_is_promoted(match: Match) -> None:
    assert match.verdict(controls={})["verdict"] == "hold"


@pytest.mark.parametrize("stances", [[0] * 399, [4] * 400])
def test_controls_that_do_not_fit_the_rows_are_refused(match: Match, stances: list[int]) -> None:
    with pytest.raises(InputError, match="control majority must give a number of 0 to 3 for each of the 400 rows"):
        match.verdict(controls={"test": {"majority": stances}})


def test_a_control_is_compared_on_the_rows_that_have_a_stance(match: Match) -> None:
    match.rows[0] = replace(match.rows[0], stance=None, sentiment="neutral")
    right = [STANCES.index(row.stance) if row.stance else 0 for row in match.rows]
    verdict = match.verdict(controls={"test": {"gold": right}})
    assert found(verdict, "controls")["measured"]["gold"]["control"] == 1.0


# Sets


def test_a_set_that_is_only_reported_decides_nothing(match: Match) -> None:
    chosen = [replace(row, pair=Pair(f"Queued {i}.", "Kyra")) for i, row in enumerate(match.rows[:100])]
    match.champion.stances |= {row.pair.text: STANCES.index(str(row.stance)) for row in chosen}
    sets = {"test": match.rows, "queued": chosen}
    assert compare(match.old, match.new, sets, match.facts, RULES)["verdict"] == "reject"
    verdict = compare(match.old, match.new, sets, match.facts, RULES, reported_only=["queued"])
    assert verdict["verdict"] == "promote"
    assert verdict["rows"] == 400
    assert not verdict["sets"]["queued"]["decides"]
    assert verdict["sets"]["queued"]["difference"] < -0.5


def test_sets_that_cannot_decide_are_refused(match: Match) -> None:
    with pytest.raises(InputError, match="no row with a stance"):
        compare(match.old, match.new, {"test": match.rows}, match.facts, RULES, reported_only=["test"])
    with pytest.raises(InputError, match="no row with a stance"):
        compare(match.old, match.new, {}, match.facts, RULES)
    with pytest.raises(InputError, match="no set is called tset; there are test"):
        compare(match.old, match.new, {"test": match.rows}, match.facts, RULES, reported_only=["tset"])


def test_numbers_that_are_not_finite_are_refused(match: Match) -> None:
    match.challenger.confidence["Sentence 3."] = float("nan")
    with pytest.raises(CheckError, match="new gives numbers that are not finite for row r3"):
        match.verdict()


# What was learnt, and from whom


def learnt_row(number: int, stance: str | None, sentiment: str | None = None) -> LabelledPair:
    return LabelledPair(f"l{number}", Pair(f"Label {number}.", "Kyra"), stance, sentiment, "t", "", "labels", "f")


def test_it_is_shown_who_wrote_labels_that_nothing_else_supports(match: Match) -> None:
    rows = [learnt_row(i, "none") for i in range(20)] + [learnt_row(i, "support") for i in range(20, 120)]
    who = {row.id: ["ana"] if i < 20 else ["mallory"] for i, row in enumerate(rows)}
    match.champion.stances["Label 0."] = 0  # Ana's correction, which the challenger has learnt
    match.challenger.stances["Label 20."] = 0
    learnt = match.verdict(learnt_from=rows, who=who)["learnt"]
    assert learnt["annotators"] == [
        {"annotator": "mallory", "rows": 100, "champion_disagrees": 100, "challenger_disagrees": 99, "disputed": 0},
        {"annotator": "ana", "rows": 20, "champion_disagrees": 1, "challenger_disagrees": 0, "disputed": 0},
    ]
    assert (learnt["rows"], learnt["champion_right"], learnt["challenger_right"]) == (120, 19, 21)
    assert len(learnt["still_wrong"]) == 50
    assert learnt["still_wrong"][0] == {
        "id": "l21", "text": "Label 21.", "actor": "Kyra", "annotator": "mallory", "label": "support",
        "champion": "none", "challenger": "none",
    }  # fmt: skip


def test_whoever_has_a_voice_in_disputed_pairs_is_shown_even_if_nothing_was_learnt(match: Match) -> None:
    people = match.verdict(learnt_from=[learnt_row(1, "none")], disputes={"mallory": 7})["learnt"]["annotators"]
    assert [(each["annotator"], each["rows"], each["disputed"]) for each in people] == [
        ("mallory", 0, 7), ("unknown", 1, 0)
    ]  # fmt: skip


def test_a_row_of_several_annotators_counts_for_each(match: Match) -> None:
    row = learnt_row(1, "none")
    people = match.verdict(learnt_from=[row], who={row.id: ["ana", "ben"]})["learnt"]["annotators"]
    assert [(each["annotator"], each["rows"]) for each in people] == [("ana", 1), ("ben", 1)]


def test_a_row_without_a_stance_is_judged_by_its_sentiment(match: Match) -> None:
    rows = [learnt_row(1, None, "neutral"), learnt_row(2, None, "positive"), learnt_row(3, None)]
    learnt = match.verdict(learnt_from=rows)["learnt"]
    assert (learnt["rows"], learnt["challenger_right"]) == (2, 1)
    assert learnt["still_wrong"][0]["label"] == "positive"


# Rules


def test_rules_are_read_from_yaml_and_json(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("class_drop: 0.05  # points\naccept_no_worse: false\nmax_size_mb: 120\n")
    (tmp_path / "rules.json").write_text('{"class_drop": 0.05, "accept_no_worse": false, "max_size_mb": 120}')
    wanted = Rules(class_drop=0.05, accept_no_worse=False, max_size_mb=120)
    assert Rules.from_file(tmp_path / "rules.yaml") == Rules.from_file(tmp_path / "rules.json") == wanted


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("clas_drop: 0.05", "no rule is called clas_drop; there are resamples"),
        ("class_drop: lots", "rule class_drop: give a number, 0 or more"),
        ("class_drop: -0.1", "rule class_drop: give a number, 0 or more"),
        ("class_drop: .nan", "rule class_drop: give a number, 0 or more"),
        ("class_drop: 1" + "0" * 400, "rule class_drop: give a number, 0 or more"),
        ("class_drop: true", "rule class_drop: give a number, 0 or more"),
        ("accept_no_worse: 1", "rule accept_no_worse: give true or false"),
        ("resamples: 10.5", "rule resamples: give a whole number"),
        ("resamples: 10", "rule resamples: fewer than 200"),
        ("resamples: 1000000000", "rule resamples: give a whole number of 1 to 1,000,000"),
        ("", "holds no rules"),
        ("- 1", "holds no rules"),
        ("{" * 5000, "neither YAML nor JSON"),
        ("a: [", "neither YAML nor JSON"),
        ("x" * 200_000, "too large to be rules"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(content)
    with pytest.raises(InputError, match=words) as error:
        Rules.from_file(file)
    assert str(file) in str(error.value)
    assert len(str(error.value)) < 700


def test_a_rules_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x9d")
    for file, words in (("binary", "neither YAML nor JSON"), ("missing", "cannot be read"), ("", "cannot be read")):
        with pytest.raises(InputError, match=words):
            Rules.from_file(tmp_path / file)


def test_nested_aliases_do_not_blow_up(tmp_path: Path) -> None:
    levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 30)]
    (tmp_path / "rules.yaml").write_text("\n".join(["l0: &l0 [x]", *levels, "class_drop: *l29"]))
    with pytest.raises(InputError, match="no rule is called l0"):
        Rules.from_file(tmp_path / "rules.yaml")


# The statistics


def test_the_paired_bootstrap_measures_what_the_slow_one_does() -> None:
    chance = np.random.default_rng(3)
    truth = chance.integers(0, 4, 600)
    left = np.where(chance.random(600) < 0.7, truth, chance.integers(0, 4, 600))
    right = np.where(chance.random(600) < 0.1, truth, left)
    groups = [str(i // 3) for i in range(600)]
    macro, *classes = paired_f1(truth, left, right, groups, 4, 4000)
    assert (macro.left, macro.right) == pytest.approx((macro_f1(truth, left, 4), macro_f1(truth, right, 4)))
    assert macro.gain == pytest.approx(np.mean([each.gain for each in classes]))
    slow = interval(lambda i: macro_f1(truth[i], right[i], 4) - macro_f1(truth[i], left[i], 4), groups)
    assert (macro.low, macro.high) == pytest.approx(slow, abs=0.004)


def test_equal_models_are_rarely_called_better() -> None:
    chance = np.random.default_rng(5)
    better = 0
    for _ in range(1000):
        truth = chance.integers(0, 4, 120)
        left, right = (np.where(chance.random(120) < 0.75, truth, (truth + 1) % 4) for _ in range(2))
        better += paired_f1(truth, left, right, [str(i) for i in range(120)], 4, 200)[0].low > 0
    assert better <= 45  # 2.5 % are meant


def test_ten_thousand_resamples_of_2500_rows_are_quick() -> None:
    truth = np.random.default_rng(1).integers(0, 4, 2500)
    start = time.perf_counter()
    paired_f1(truth, truth, truth, [str(i) for i in range(2500)], 4, 10_000)
    assert time.perf_counter() - start < 10


def test_mcnemar_looks_one_way() -> None:
    before = np.asarray([True] * 5 + [False] * 5)
    assert mcnemar_worse(before, np.zeros(10, dtype=bool)) == pytest.approx(0.5**5)
    assert mcnemar_worse(before, np.ones(10, dtype=bool)) == 1.0
    assert mcnemar_worse(before, before) == 1.0


def test_coverage_at_an_accuracy_counts_the_surest_rows() -> None:
    probabilities = np.asarray([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
    assert coverage_at(probabilities, np.asarray([0, 0, 0, 1]), 1.0) == 0.75
    assert coverage_at(probabilities, np.asarray([1, 1, 1, 1]), 0.5) == 0.0
