"""From what people said of a pair to its label: policies, disputes, and the rows by which models are tested."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from model.errors import InputError
from model.judgements import judgement_from_row
from model.ledger import Entry
from model.records import Pair
from training.resolve import BASE, Policy, Resolution, resolve
from training.rows import LabelledPair
from training.snapshot import disputed_records
from training.split import side_of


def text_of(side: str) -> str:
    """A sentence that its words put on a side."""
    return next(text for n in range(1000) if side_of(text := f"Kyra will attend meeting {'x' * n}.") == side)


TRAIN, TEST = text_of("train"), text_of("test")


def said(who: str, stance: str | None, sentiment: str | None = None, text: str = TRAIN, **more: Any) -> dict[str, Any]:
    return {"text": text, "actor": "Kyra", "annotator": who, "stance": stance, "sentiment": sentiment, **more}


def ledger_of(*rows: dict[str, Any]) -> list[Entry]:
    """Entries in their order, recorded a minute apart."""
    return [
        Entry(number, judgement_from_row(row), f"2026-06-01T10:{number:02}:00.000000+00:00", None, None, None)
        for number, row in enumerate(rows, 1)
    ]


def base_row(stance: str | None, sentiment: str | None = None, text: str = TRAIN) -> LabelledPair:
    return LabelledPair("seed", Pair(text, "Kyra", "Kyra", 0), stance, sentiment, "", "", "seeds", "a.jsonl")


def labels(resolution: Resolution) -> list[tuple[str | None, str | None]]:
    return [(row.stance, row.sentiment) for row in resolution.rows]


def disputes(resolution: Resolution) -> list[tuple[str, list[str]]]:
    return [(each.label, [f"{vote.who}: {vote.label}" for vote in each.votes]) for each in resolution.disputed]


def stance_by(policy: Policy, *rows: dict[str, Any], base: Sequence[LabelledPair] = ()) -> str | None:
    found = resolve(ledger_of(*rows), base, policy)
    assert len(found.rows) + len(found.disputed) == 1
    return found.rows[0].stance if found.rows else None


# Policies

TWO_TO_ONE = said("anna", "support"), said("ben", "support"), said("cleo", "oppose")
ONE_TO_ONE = said("anna", "support"), said("ben", "oppose")
ALL_AGREE = said("anna", "none"), said("ben", "none")


@pytest.mark.parametrize(
    ("policy", "rows", "stance"),
    [
        ("majority", ALL_AGREE, "none"), ("majority", TWO_TO_ONE, "support"), ("majority", ONE_TO_ONE, None),
        ("majority", ONE_TO_ONE[:1], "support"), ("majority", (*TWO_TO_ONE, said("dan", "oppose")), None),
        ("majority", (*ONE_TO_ONE, said("cleo", "none")), None),
        ("majority", (*ONE_TO_ONE, said("cleo", "support"), said("dan", "none")), None),  # half is no majority
        ("unanimous", ALL_AGREE, "none"), ("unanimous", TWO_TO_ONE, None), ("unanimous", ONE_TO_ONE[:1], "support"),
        ("latest", TWO_TO_ONE, "oppose"), ("latest", ONE_TO_ONE, "oppose"), ("latest", ALL_AGREE, "none"),
    ],
)  # fmt: skip
def test_a_policy_settles_what_it_can(policy: str, rows: tuple[dict[str, Any], ...], stance: str | None) -> None:
    assert stance_by(Policy(policy), *rows) == stance


@pytest.mark.parametrize("policy", ["majority", "unanimous", "latest"])
def test_gold_goes_before_all_and_adjudication_before_gold(policy: str) -> None:
    gold = Policy(policy, gold=("anna",))
    rows = [said("anna", "conditional"), said("ben", "support"), said("cleo", "support"), said("dan", "support")]
    assert stance_by(gold, *rows) == "conditional"
    assert stance_by(gold, said("zoe", "oppose", op="adjudicate"), *rows) == "oppose"


def test_of_several_that_adjudicate_the_last_is_right() -> None:
    rows = [said("zoe", "oppose", op="adjudicate"), said("yan", "none", op="adjudicate"), said("anna", "support")]
    assert stance_by(Policy(), *rows) == "none"


@pytest.mark.parametrize("order", [1, -1])
def test_the_latest_is_the_one_that_was_said_last_not_the_one_that_came_last(order: int) -> None:
    rows = [said("anna", "support", created="2026-05-01"), said("ben", "oppose", created="2026-05-02")]
    assert stance_by(Policy("latest"), *rows[::order]) == "oppose"


def test_of_words_of_one_day_the_one_that_was_recorded_last_is_the_latest() -> None:
    rows = [said("anna", "support", created="2026-05-01"), said("ben", "oppose", created="2026-05-01")]
    assert stance_by(Policy("latest"), *rows) == "oppose"
    assert stance_by(Policy("latest"), *rows[::-1]) == "support"


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InputError, match="no policy 'loudest'; give one of majority, unanimous, latest"):
        Policy("loudest")


# What counts as somebody's word


def test_a_correction_replaces_the_same_annotators_word() -> None:
    assert stance_by(Policy(), said("anna", "support"), said("ben", "oppose"), said("anna", "oppose")) == "oppose"


@pytest.mark.parametrize("op", ["retract", "skip"])
def test_a_word_taken_back_does_not_count(op: str) -> None:
    found = resolve(ledger_of(*ONE_TO_ONE, said("ben", None, op=op)), [], Policy())
    assert labels(found) == [("support", None)]
    assert resolve(ledger_of(said("ben", "oppose"), said("ben", None, op=op)), [], Policy()) == Resolution([], {}, [])


def test_stance_and_sentiment_are_settled_apart() -> None:
    rows = said("anna", "support", "neutral"), said("ben", "oppose", "neutral"), said("cleo", None, "neutral")
    found = resolve(ledger_of(*rows), [], Policy())
    assert labels(found) == [(None, "neutral")]
    assert disputes(found) == [("stance", ["anna: support", "ben: oppose"])]


def test_who_corrects_the_stance_alone_has_not_taken_the_sentiment_back() -> None:
    rows = said("anna", "support", "negative"), said("anna", "oppose")
    assert labels(resolve(ledger_of(*rows), [], Policy())) == [("oppose", "negative")]


def test_a_second_dispute_of_a_pair_does_not_reopen_the_first() -> None:
    rows = [said("anna", "support", "neutral"), said("ben", "oppose", "negative")]
    rows += [said("zoe", "oppose", op="adjudicate"), said("zoe", None, "negative", op="adjudicate")]
    found = resolve(ledger_of(*rows), [], Policy())
    assert (labels(found), found.disputed) == ([("oppose", "negative")], [])


def test_other_spellings_of_a_sentence_are_the_same_pair() -> None:
    rows = said("anna", "support", text="Kyra said “yes”."), said("ben", "oppose", text='Kyra  SAID "yes".')
    assert len(resolve(ledger_of(*rows), [], Policy()).disputed) == 1


# The base data


def test_the_base_data_has_a_voice_and_an_annotator_alone_cannot_overrule_it() -> None:
    found = resolve(ledger_of(said("anna", "oppose")), [base_row("support", "neutral")], Policy())
    assert labels(found) == [(None, "neutral")]
    assert disputes(found) == [("stance", [f"{BASE}: support", "anna: oppose"])]
    assert found.who == {}


def test_two_annotators_overrule_the_base_data() -> None:
    rows = said("anna", "oppose"), said("ben", "oppose")
    found = resolve(ledger_of(*rows), [base_row("support", "neutral")], Policy())
    assert labels(found) == [("oppose", "neutral")]
    assert (found.rows[0].id, found.who) == ("seed", {"seed": ["anna", "ben"]})


def test_under_latest_any_judgement_is_later_than_the_base_data() -> None:
    early = said("anna", "oppose", created="1970-01-01")
    assert stance_by(Policy("latest"), early, base=[base_row("support")]) == "oppose"


def test_rows_that_nobody_judged_stay_as_they_are_and_in_their_order() -> None:
    base = [base_row("none", text=f"Kyra counts ships {n}.") for n in range(5)]
    found = resolve(ledger_of(said("anna", "support")), base, Policy())
    assert found.rows[:5] == base
    assert [row.id.partition("-")[0] for row in found.rows[5:]] == ["label"]


def test_a_pair_that_the_base_data_has_twice_is_disputed_once() -> None:
    base = [base_row("support"), base_row("support")]
    assert len(resolve(ledger_of(said("anna", "oppose")), base, Policy()).disputed) == 1


# Rows by which models are tested


@pytest.mark.parametrize("policy", ["majority", "unanimous", "latest"])
def test_however_many_say_so_they_do_not_move_a_test_row(policy: str) -> None:
    rows = [said(f"a{n}", "oppose", text=TEST) for n in range(20)]
    found = resolve(ledger_of(*rows), [base_row("support", text=TEST)], Policy(policy))
    assert labels(found) == [("support", None)]
    assert (len(found.disputed), found.who) == (1, {})


def test_nor_do_they_add_a_label_that_the_test_row_lacks() -> None:
    found = resolve(
        ledger_of(said("anna", "oppose", "negative", text=TEST)), [base_row(None, "neutral", TEST)], Policy()
    )
    assert labels(found) == [(None, "neutral")]
    assert [label for label, _ in disputes(found)] == ["stance", "sentiment"]


@pytest.mark.parametrize("policy", ["majority", "unanimous", "latest"])
def test_adjudication_and_gold_move_a_test_row(policy: str) -> None:
    base = [base_row("support", text=TEST)]
    rows = [said("anna", "oppose", text=TEST), said("ben", "none", text=TEST)]
    assert stance_by(Policy(policy, gold=("anna",)), *rows, base=base) == "oppose"
    adjudicated = said("zoe", "conditional", text=TEST, op="adjudicate")
    assert stance_by(Policy(policy), adjudicated, *rows, base=base) == "conditional"


def test_who_agrees_with_a_test_row_disputes_nothing() -> None:
    found = resolve(ledger_of(said("anna", "support", text=TEST)), [base_row("support", text=TEST)], Policy())
    assert (labels(found), found.disputed, found.who) == ([("support", None)], [], {"seed": ["anna"]})


def test_a_pair_of_the_ledger_alone_is_settled_on_every_side() -> None:
    assert stance_by(Policy(), said("anna", "oppose", text=TEST)) == "oppose"


# Who stands behind a row, and where it came from


def test_a_row_names_those_who_say_what_it_says_not_those_who_were_overruled() -> None:
    [names] = resolve(ledger_of(*TWO_TO_ONE), [], Policy()).who.values()
    assert names == ["anna", "ben"]


def test_the_row_of_a_pair_is_in_the_words_of_its_first_annotator_with_its_topic() -> None:
    rows = said("anna", "support", topic="oslo"), said("ben", "support", text=TRAIN.upper(), topic="x", mention="KYRA")
    [row] = resolve(ledger_of(*rows), [], Policy()).rows
    assert (row.pair, row.topic, row.source) == (Pair(TRAIN, "Kyra", "Kyra", 0), "oslo", "labels")


@pytest.mark.parametrize(
    ("reason", "source"), [("random", "labels"), ("uncertain", "labels-selected"), ("weak: x", "labels-selected")]
)
def test_a_pair_that_the_queue_chose_is_marked_unless_it_was_drawn(reason: str, source: str) -> None:
    [entry] = ledger_of(said("anna", "support"))
    [row] = resolve([entry], [], Policy(), {entry.judgement.item: reason}).rows
    assert row.source == source


def test_the_order_of_the_ledger_does_not_matter_where_times_are_known() -> None:
    def rows() -> Iterator[dict[str, Any]]:
        for n, (who, stance) in enumerate([("anna", "support"), ("ben", "oppose"), ("anna", "none"), ("cleo", "none")]):
            yield said(who, stance, text=f"Kyra said so {n % 2}.", created=f"2026-05-0{n + 1}")

    forward, back = (resolve(ledger_of(*order), [], Policy()) for order in (list(rows()), list(rows())[::-1]))
    assert {row.pair.text: row.stance for row in forward.rows} == {row.pair.text: row.stance for row in back.rows}
    assert forward.who == back.who


# The list to adjudicate


def test_a_disputed_pair_filled_in_and_read_again_is_settled() -> None:
    rows = [said("anna", "support", "neutral"), said("ben", "oppose", "negative")]
    [record] = disputed_records(resolve(ledger_of(*rows), [], Policy()))
    assert (record["stance"], record["sentiment"], record["annotator"]) == ("", "", "")
    assert record["votes"] == ["anna: support", "ben: oppose", "anna: neutral", "ben: negative"]
    filled = {**record, "stance": "conditional", "sentiment": "neutral", "annotator": "zoe"}
    found = resolve(ledger_of(*rows, filled), [], Policy())
    assert (labels(found), found.disputed) == ([("conditional", "neutral")], [])


def test_a_plain_word_or_a_retraction_over_http_does_not_undo_an_adjudication() -> None:
    words = [said("zoe", "support"), said("zoe", None, op="retract"), said("anna", "none"), said("ben", "none")]
    assert stance_by(Policy(), said("zoe", "oppose", op="adjudicate"), *words) == "oppose"
