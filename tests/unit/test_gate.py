"""The gate: every outcome of each check, on small cases built for it, and that chance rarely wins."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from matches import PARITY, RULES, Match, case, found, learnt_row, outcome, solve

from model.errors import CheckError, InputError
from model.labels import SENTIMENTS, STANCES
from model.records import Pair
from training.gate import Rules, compare
from training.verdict import page, summary

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
