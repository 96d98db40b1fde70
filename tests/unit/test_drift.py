"""What is said of a change in the answers, and when it is said that labels are needed."""

import json
from typing import Any

import numpy as np
import pytest

from model.errors import InputError
from model.labels import STANCES
from model.scorer import Prediction
from training.drift import (
    MIN_CHANGED,
    MIN_PAIRS,
    Profile,
    compare,
    counts_of,
    profile,
    profile_of_counts,
    stability_index,
)

SHARES = (0.2, 0.1, 0.2, 0.5)
CONFIDENCE = (0, 0, 0.02, 0.05, 0.08, 0.1, 0.1, 0.15, 0.2, 0.3)


def made(
    pairs: int, stances: Any = SHARES, confidence: Any = CONFIDENCE, abstained: float = 0.15, unseen: float = 0.4
) -> Profile:
    """A profile with exactly these shares, as far as whole pairs can have them."""
    counts = [_whole(pairs, shares) for shares in (stances, confidence)]
    return Profile(pairs, counts[0], round(abstained * pairs), counts[1], pairs, round(unseen * pairs))


def _whole(pairs: int, shares: Any) -> tuple[int, ...]:
    edges = np.round(np.cumsum(shares) * pairs).astype(int)
    return tuple(np.diff(edges, prepend=0).tolist())


def drawn(pairs: int, chance: np.random.Generator) -> Profile:
    stances, confidence = chance.multinomial(pairs, SHARES), chance.multinomial(pairs, CONFIDENCE)
    abstained, unseen = chance.binomial(pairs, [0.15, 0.4])
    return Profile(pairs, tuple(stances.tolist()), int(abstained), tuple(confidence.tolist()), pairs, int(unseen))


def answer(*stances: float, abstained: bool = False) -> Prediction:
    return Prediction(stances, (0.2, 0.6, 0.2), abstained)


def test_answers_are_counted_without_text_or_name() -> None:
    answers = [answer(0.95, 0.05, 0.0, 0.0), answer(0.0, 0.0, 0.0, 1.0), answer(0.3, 0.35, 0.2, 0.15, abstained=True)]
    assert counts_of(answers, ["Kyra", "Arda", "Kyra"], {"Kyra"}) == {
        "pairs": 3, "stances": {"support": 1, "conditional": 1, "oppose": 0, "none": 1}, "abstained": 1,
        "confidence": [0, 0, 0, 1, 0, 0, 0, 0, 0, 2], "known_actors": 2,
    }  # fmt: skip


def test_the_profile_of_answers_is_that_of_their_counts() -> None:
    answers = [answer(0.7, 0.1, 0.1, 0.1), answer(0.1, 0.1, 0.1, 0.7)]
    found = profile(answers, ["Kyra", "Arda"], {"Kyra"})
    assert found == Profile(2, (1, 0, 0, 1), 0, (0, 0, 0, 0, 0, 0, 0, 2, 0, 0), 2, 1)
    assert found == profile_of_counts([json.loads(json.dumps(counts_of(answers, ["Kyra", "Arda"], {"Kyra"})))])
    assert profile(answers).with_actor == 0


def test_several_counts_add_up_and_actors_count_only_where_they_are_known() -> None:
    one = {"pairs": 2, "stances": {"support": 2}, "abstained": 1, "confidence": [0] * 9 + [2], "known_actors": None}
    two = {"pairs": 3, "stances": {"none": 3}, "abstained": 0, "confidence": [0] * 8 + [3, 0], "known_actors": 1}
    assert profile_of_counts([one, two]) == Profile(5, (2, 0, 0, 3), 1, (0,) * 8 + (3, 2), 3, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"pairs": 3}, {"stances": {"support": 1, "moon": 1}}, {"stances": []}, {"confidence": [2]}, {"abstained": 3},
        {"abstained": None}, {"known_actors": "many"}, {"known_actors": 9}, {"confidence": [0] * 9 + [2.0]},
        {"stances": {"support": -1, "none": 3}},
    ],
)  # fmt: skip
def test_damaged_counts_are_refused(wrong: dict[str, Any]) -> None:
    sound = {"pairs": 2, "stances": {"support": 2}, "abstained": 1, "confidence": [0] * 9 + [2], "known_actors": 2}
    assert profile_of_counts([sound]).pairs == 2
    with pytest.raises(InputError, match="no counts of answers"):
        profile_of_counts([sound | wrong])


def test_equal_answers_need_no_new_labels() -> None:
    drift = compare(made(2000), made(1000))
    assert drift.labels_needed is False
    assert not any(each.significant for each in drift.measures)
    assert drift.words[-1].startswith("No new labels are needed: ")


def test_too_few_pairs_do_not_tell_that_nothing_changed() -> None:
    drift = compare(made(2000), made(MIN_PAIRS - 1))
    assert drift.labels_needed is None
    assert drift.words[-1] == "Too few pairs (399) to tell; at least 400 are needed on either side."
    assert compare(made(MIN_PAIRS - 1), made(2000)).labels_needed is None


def test_a_plain_change_is_told_from_fewer_pairs_but_not_from_a_handful() -> None:
    other = (0.7, 0.1, 0.1, 0.1)
    assert compare(made(2000), made(MIN_CHANGED, stances=other)).labels_needed is True
    assert compare(made(2000), made(MIN_CHANGED - 1, stances=other)).labels_needed is None


def test_a_million_pairs_make_no_alarm_of_a_tiny_difference() -> None:
    drift = compare(made(1_000_000), made(1_000_000, (0.21, 0.1, 0.2, 0.49), abstained=0.16, unseen=0.42))
    stances = drift.measures[0]
    assert stances.significant
    assert not stances.changed
    assert drift.labels_needed is False
    assert "larger than chance, but too small to matter" in drift.words[1]


def test_a_large_difference_that_chance_explains_is_no_alarm() -> None:
    drift = compare(made(MIN_PAIRS, abstained=0.15), made(MIN_PAIRS, abstained=0.201))
    abstentions = {each.name: each for each in drift.measures}["abstentions"]
    assert abstentions.effect > abstentions.limit
    assert not abstentions.changed
    assert drift.labels_needed is False


@pytest.mark.parametrize(
    ("recent", "measure", "said"),
    [
        (made(1000, stances=(0.1, 0.3, 0.1, 0.5)), "stances", "the mix of stances is another"),
        (made(1000, abstained=0.3), "abstentions", "it abstains more often"),
        (made(1000, unseen=0.7), "actors", "more actors are new to it"),
        (made(1000, confidence=CONFIDENCE[:2] + CONFIDENCE[:1:-1]), "confidence", "the model is less sure"),
    ],
)
def test_each_change_for_the_worse_calls_for_labels(recent: Profile, measure: str, said: str) -> None:
    drift = compare(made(3000), recent)
    assert [each.name for each in drift.measures if each.changed] == [measure]
    assert drift.labels_needed is True
    assert drift.words[-1] == f"Label some of these: {said}."


def test_a_model_that_is_surer_needs_no_labels() -> None:
    drift = compare(made(3000, abstained=0.3), made(3000, confidence=(0,) * 8 + (0.3, 0.7), abstained=0.05))
    assert {each.name for each in drift.measures if each.changed} == {"confidence", "abstentions"}
    assert drift.labels_needed is False


def test_chance_alone_rarely_calls_for_labels() -> None:
    chance = np.random.default_rng(3)
    drifts = [compare(drawn(1000, chance), drawn(pairs, chance)) for pairs in (120, 500) for _ in range(150)]
    assert sum(drift.labels_needed is True for drift in drifts) <= 9
    assert sum(any(each.significant for each in drift.measures) for drift in drifts) <= 30


def test_the_words_give_both_values_and_the_accuracy_to_expect() -> None:
    words = compare(made(1000), made(500, stances=(0.1, 0.3, 0.1, 0.5), confidence=(0,) * 9 + (1,))).words
    assert words[0] == "500 recent pairs against 1,000 of the reference."
    assert "conditional 30.0% instead of 10.0%" in words[1]
    assert "larger than chance and large enough to matter" in words[1]
    assert "right in 95.0% of the recent pairs and in 74.6% of the reference" in words[-2]


def test_unknown_actors_are_not_compared_where_nobody_counted_them() -> None:
    uncounted = Profile(1000, _whole(1000, SHARES), 150, _whole(1000, CONFIDENCE), 0, 0)
    assert [each.name for each in compare(made(1000), uncounted).measures] == ["stances", "confidence", "abstentions"]


def test_empty_profiles_compare_to_too_few() -> None:
    empty = profile_of_counts([])
    drift = compare(empty, empty)
    assert (drift.measures, drift.labels_needed) == ((), None)
    assert drift.words[-1].startswith("Too few pairs (0)")


def test_one_stance_on_both_sides_is_no_change() -> None:
    same = made(500, stances=(0, 0, 0, 1), confidence=(0,) * 9 + (1,), abstained=0.0, unseen=0.0)
    drift = compare(same, same)
    assert all(each.p == 1.0 and each.effect == 0.0 for each in drift.measures)


def test_the_stability_index_is_that_of_its_definition() -> None:
    left, right = np.asarray([600_000.0, 400_000.0]), np.asarray([500_000.0, 500_000.0])
    expected = -0.1 * np.log(0.5 / 0.6) + 0.1 * np.log(0.5 / 0.4)
    assert stability_index(left, right) == pytest.approx(expected, abs=1e-5)
    assert np.isfinite(stability_index(np.asarray([10.0, 0.0]), np.asarray([0.0, 10.0])))


def test_a_drift_is_plain_json() -> None:
    found = json.loads(json.dumps(compare(made(1000), made(1000)).as_json(), allow_nan=False))
    assert found["pairs"] == {"reference": 1000, "recent": 1000}
    assert found["measures"][0]["reference"].keys() == set(STANCES)
