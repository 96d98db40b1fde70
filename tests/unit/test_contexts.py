"""Contexts that are lent to training sentences."""

from model.records import Pair
from training.contexts import with_contexts
from training.rows import LabelledPair


def row(number: int, text: str, topic: str = "lake", context: str | None = None) -> LabelledPair:
    pair = Pair(text, text.split()[0], text.split()[0], 0, context)
    return LabelledPair(str(number), pair, "none", "neutral", topic, "", "parley", "made.jsonl")


ROWS = [row(number, f"Arda{number} met Belun.") for number in range(40)]


def test_a_share_of_the_sentences_gets_sentences_of_its_topic() -> None:
    made = with_contexts([*ROWS, *(row(99 + n, f"Corvia{n} left.", "sea") for n in range(40))], 2, 0.5, 7)
    with_context = [each for each in made if each.pair.context]
    assert 20 < len(with_context) < 60
    for each in with_context:
        assert ("Arda" in str(each.pair.context)) == (each.topic == "lake")
        assert each.pair.text not in str(each.pair.context)
    assert [each.id for each in made] == [str(n) for n in range(40)] + [str(99 + n) for n in range(40)]


def test_all_actors_of_a_sentence_get_the_same_context() -> None:
    twins = [row(0, "Arda met Belun."), row(1, "Arda met Belun."), *ROWS]
    first, second, *_ = with_contexts(twins, 2, 1.0, 7)
    assert first.pair.context
    assert first.pair.context == second.pair.context


def test_a_context_that_was_written_stays() -> None:
    [first, *_] = with_contexts([row(0, "They left.", context="Arda came."), *ROWS], 2, 1.0, 7)
    assert first.pair.context == "Arda came."


def test_nothing_is_lent_where_none_is_wanted() -> None:
    assert with_contexts(ROWS, 0, 0.6, 7) == ROWS
    assert with_contexts(ROWS, 2, 0.0, 7) == ROWS
