"""The actor table: own words and deeds apart from what others claim, and from what is past."""

from typing import Any

from model.labels import STANCES
from model.positions import actor_table

Json = dict[str, Any]


def pair(stance: str, voice: str = "self", sure: float = 0.95, **more: Any) -> Json:
    rest = (1 - sure) / 3
    return {
        "actor": "KYR", "actor_name": "Kyra", "stance": stance, "sentiment": "neutral", "voice": voice, "past": False,
        "stance_probabilities": {each: sure if each == stance else rest for each in STANCES},
        "abstained": sure < 0.6, "condition": None, **more,
    }  # fmt: skip


def row_of(*pairs: Json, calibrated: bool = True) -> Json:
    [row] = actor_table(pairs, calibrated)
    return row


def test_what_others_claim_does_not_make_a_position() -> None:
    row = row_of(pair("oppose", "other_party:VEL"), pair("oppose", "unnamed"), pair("support"))
    assert row["position"] == "support"
    assert row["evidence"] == [2]
    assert row["own"]["oppose"] == 0
    assert row["stances"]["oppose"] == 2
    assert [(claim["by"], claim["stances"]["oppose"], claim["pairs"]) for claim in row["claims"]] == [
        ("other_party:VEL", 1, [0]),
        ("unnamed", 1, [1]),
    ]


def test_deeds_that_the_text_tells_count_as_its_own() -> None:
    assert row_of(pair("oppose", "narrator"))["position"] == "oppose"


def test_an_actor_of_whom_only_others_speak_has_no_own_statement() -> None:
    row = row_of(pair("none", "narrator"), pair("oppose", "expert"))
    assert (row["position"], row["own_statement"], row["best_quote"], row["confidence"]) == ("none", False, None, None)


def test_what_is_past_is_counted_apart() -> None:
    row = row_of(pair("oppose", "narrator", 0.99, past=True), pair("support", sure=0.7))
    assert (row["position"], row["own"]["oppose"], row["past"]["oppose"]) == ("support", 0, 1)


def test_an_unsure_pair_makes_no_position() -> None:
    assert row_of(pair("oppose", sure=0.5))["position"] == "none"


def test_what_is_unsure_is_no_quote_and_no_evidence_of_none() -> None:
    row = row_of(pair("none"), pair("oppose", sure=0.5))
    assert (row["position"], row["own_statement"], row["best_quote"], row["evidence"]) == ("none", True, None, [])


def test_the_best_quote_is_the_surest_in_its_own_words() -> None:
    row = row_of(pair("support", "narrator", 0.99), pair("support", "self", 0.8), pair("support", "self", 0.9))
    assert row["best_quote"] == 2
    assert row["evidence"] == [0, 2, 1]


def test_confidence_is_in_words_only_where_probabilities_are_calibrated() -> None:
    assert row_of(pair("support", sure=0.95))["confidence"] == "high"
    assert row_of(pair("support", sure=0.8))["confidence"] == "moderate"
    assert row_of(pair("support", sure=0.65))["confidence"] == "low"
    assert row_of(pair("support", sure=0.95), calibrated=False)["confidence"] is None


def test_conditions_are_listed_with_who_states_them() -> None:
    condition = {"text": "the siege is lifted", "start": 3, "end": 22, "kind": "withdrawal"}
    row = row_of(pair("conditional", condition=condition), pair("conditional", "other_party:VEL", condition=condition))
    assert [(each["kind"], each["voice"], each["pair"]) for each in row["conditions"]] == [
        ("withdrawal", "self", 0),
        ("withdrawal", "other_party:VEL", 1),
    ]


def test_the_most_mentioned_actor_comes_first() -> None:
    rows = actor_table([pair("none"), pair("none", actor="VEL", actor_name="Velmar"), pair("none")], True)
    assert [(row["actor"], row["count"]) for row in rows] == [("KYR", 2), ("VEL", 1)]
