"""The kind of a condition, told by its words."""

import time

import pytest

from model.reading.condition_kinds import KINDS, condition_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("its prisoners are freed", "release"),
        ("the crew had been given back", "release"),
        ("the shelling stops", "ceasefire"),
        ("the rebels have handed in their rifles", "ceasefire"),
        ("the army lifts its siege of the port", "withdrawal"),
        ("Orsan troops have left the valley", "withdrawal"),
        ("the sanctions are lifted", "sanctions"),
        ("its bank is back in SWIFT", "sanctions"),
        ("the island is recognized as a state", "recognition"),
        ("as a minority", "recognition"),
        ("safe passage is guaranteed", "guarantees"),
        ("Orsa undertakes in writing not to build the dam", "guarantees"),
        ("only in Geneva", "venue"),
        ("not through Doha", "venue"),
        ("on neutral ground", "venue"),
        ("the women's council is given seats as well", "format"),
        ("at a table of six", "format"),
        ("on prisoners only", "agenda"),
        ("not about the islands", "agenda"),
        ("the islands are off the table", "agenda"),
        ("the election is over", "sequence"),
        ("demarcate first", "sequence"),
        ("its poet is read aloud", "other"),
        ("the minister resigns", "other"),
    ],
)
def test_the_kind_is_told_by_the_words(text: str, kind: str) -> None:
    assert condition_kind(text) == kind
    assert kind in KINDS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a list of the hostages is on the table", "release"),
        ("war's end first", "ceasefire"),
        ("the troops come home first", "withdrawal"),
    ],
)
def test_what_is_asked_for_outweighs_when_and_where(text: str, kind: str) -> None:
    assert condition_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Velmar, which has troops in the valley, takes the chair", "format"),
        ("the talks on a new constitution before it took its seat", "other"),
    ],
)
def test_what_only_describes_counts_less(text: str, kind: str) -> None:
    assert condition_kind(text) == kind


def test_a_law_on_war_crimes_is_no_ceasefire() -> None:
    assert condition_kind("the war crimes law is repealed") == "other"


@pytest.mark.parametrize("piece", ["who ", "pull a ", "in a ", "before it ", "give a ", "x", "  "])
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    began = time.perf_counter()
    condition_kind((piece * 2_000)[:2_000])
    assert time.perf_counter() - began < 1
