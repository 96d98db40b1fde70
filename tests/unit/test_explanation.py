"""Which words moved an answer: on the tiny bundle, and on the one that ships."""

from pathlib import Path

import pytest

from model.bundle import RELEASE, load_bundle
from model.errors import InputError
from model.explanation import WORDS, explain
from model.records import Pair
from model.scorer import Scorer

RETURN = "Kyra will return to the talks only if the prisoners are released."
KYRA = Pair(RETURN, "Kyra", "Kyra", 0)


@pytest.fixture(scope="module")
def release() -> Scorer:
    return Scorer(load_bundle(RELEASE))


@pytest.fixture(scope="module")
def tiny(tiny_bundle: Path) -> Scorer:
    return Scorer(load_bundle(tiny_bundle))


def test_the_words_that_open_a_condition_weigh_most(release: Scorer) -> None:
    words = explain(release, KYRA, "conditional")
    heaviest = [word.text for word in sorted(words, key=lambda word: -word.weight)]
    assert set(heaviest[:2]) == {"only", "if"}


def test_the_refusing_word_weighs_most_in_a_refusal(release: Scorer) -> None:
    words = explain(release, Pair("Kyra rejected the offer of talks with Orsa.", "Kyra", "Kyra", 0))
    assert max(words, key=lambda word: word.weight).text == "rejected"


def test_explaining_leaves_the_answer_as_it_is(release: Scorer) -> None:
    before = release.score([KYRA])
    assert explain(release, KYRA) == explain(release, KYRA, before[0].stance)
    assert release.score([KYRA]) == before


def test_every_word_but_the_mention_is_weighed_at_its_place(tiny: Scorer) -> None:
    text = "Again Arda's men joins only if guns fall silent"
    words = explain(tiny, Pair(text, "Arda", "Arda's men", 6))
    assert [word.text for word in words] == ["Again", "joins", "only", "if", "guns", "fall", "silent"]
    assert all(text[word.start : word.end] == word.text for word in words)


def test_a_weight_is_the_mean_fall_without_the_word_alone_and_with_a_neighbor(tiny: Scorer) -> None:
    pair = Pair("again Arda refuses", "Arda", "Arda", 6)
    hidden = [
        Pair("[MASK] Arda refuses", "Arda", "Arda", 7),
        Pair("again Arda [MASK]", "Arda", "Arda", 6),
        Pair("[MASK] Arda [MASK]", "Arda", "Arda", 7),
    ]
    whole, first, last, both = [each.stance_probabilities[2] for each in tiny.score([pair, *hidden])]
    words = explain(tiny, pair, "oppose")
    assert words[0].weight == pytest.approx((whole - first + (whole - both) / 2) / 2, abs=1e-6)
    assert words[1].weight == pytest.approx((whole - last + (whole - both) / 2) / 2, abs=1e-6)


def test_of_a_long_text_the_words_near_the_mention_are_weighed(tiny: Scorer) -> None:
    text = f"{'again ' * 300}Arda{' soon' * 300}"
    words = explain(tiny, Pair(text, "Arda", "Arda", text.index("Arda")))
    assert len(words) == WORDS
    assert {word.text for word in words} == {"again", "soon"}
    assert [word.start for word in words] == sorted(word.start for word in words)


def test_a_text_that_does_not_name_the_actor_is_weighed_whole(tiny: Scorer) -> None:
    assert [word.text for word in explain(tiny, Pair("refuses every meeting", "Arda"))] == [
        "refuses",
        "every",
        "meeting",
    ]


def test_a_text_without_words_has_none_to_weigh(tiny: Scorer) -> None:
    assert explain(tiny, Pair("...", "Arda")) == []


def test_a_label_that_is_no_stance_is_refused(tiny: Scorer) -> None:
    with pytest.raises(InputError, match="label is 'maybe'; give one of support, conditional, oppose, none"):
        explain(tiny, KYRA, "maybe")
