"""Parties and states that only the document names."""

import time

import pytest

from model.actors import Registry, load_registry
from model.reading.parties import unknown_parties

LONG = 200_000  # characters of a hostile text
LIMIT = 10.0  # seconds


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Harbor Women's Circle, which feeds the crews, asked for a seat.", "Harbor Women's Circle"),
        ("The Mothers of the Vanished, who march every week, urged both to talk.", "Mothers of the Vanished"),
        ("The Tomorrow List wants the finance ministry.", "Tomorrow List"),
        ("They asked the March 20 Alliance. The March 20 Alliance refused.", "March 20 Alliance"),
        ("The 9 August Brigade accepted a new round.", "9 August Brigade"),
        ("The Greens and Farmers (GF) has said no twice.", "Greens and Farmers"),
        ("Bo Tarn of the Clean Shore Campaign said that he would wait.", "Clean Shore Campaign"),
        ("Bright Horizon would talk, its deputy chair, Ola Feld, said.", "Bright Horizon"),
        ("The League of Village Scribes will not come.", "League of Village Scribes"),
    ],
)
def test_a_name_that_acts_is_a_party(text: str, name: str, registry: Registry) -> None:
    assert name in [actor.name for actor in unknown_parties(text, registry, None)]


@pytest.mark.parametrize(
    "text",
    [
        "The Anstel Treaty called for a joint commission.",
        "The Evening Standard said that the talks would fail.",
        "The Grand Lake Hotel offered rooms to the delegates.",
        "The Prime Minister said that he would wait.",
        "A spokesman for the Third Army said that nothing had changed.",
        "Ola Feld said that she would wait. Ola Feld refused to answer.",
        "We've sent our boats and it'll take its time. We've asked for its answer.",
    ],
)
def test_works_media_offices_and_persons_are_no_parties(text: str, registry: Registry) -> None:
    assert not unknown_parties(text, registry, None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mirel, which buys half the catch, offered a ship. The boat came from Mirel.", "Mirel"),
        ("Port Lucan, a trading republic that settled the cable dispute, said it was ready.", "Port Lucan"),
        ("Orrin on Tuesday refused an offer. The fisheries minister of Orrin said so.", "Orrin"),
        ("The plan by Korvath failed. Korvath, for its part, blamed the lawyers.", "Korvath"),
        ("Ulmen pressed Ortavia, and Ortavia answered. Ortavians want peace, the Ortavian king said.", "Ortavia"),
    ],
)
def test_a_name_that_acts_like_a_state_is_a_state(text: str, name: str, registry: Registry) -> None:
    assert (name, "state") in [(actor.name, actor.type) for actor in unknown_parties(text, registry, None)]


def test_a_role_in_the_next_sentence_makes_no_state_of_a_city(registry: Registry) -> None:
    text = "They planned a session in Lanholm. He would accept Lanholm or Brask.\n\nA small group broke away."
    assert not unknown_parties(text, registry, None)


@pytest.mark.parametrize(
    "unit", ["Abc, which ", "The Abc of ", "Abc says its ", "A (", "March 1 ", "Abc, a ", "Abc’s "]
)
def test_hostile_texts_are_read_in_time(unit: str, registry: Registry) -> None:
    start = time.perf_counter()
    unknown_parties(unit * (LONG // len(unit)), registry, None)
    assert time.perf_counter() - start < LIMIT
