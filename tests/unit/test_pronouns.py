"""Whom pronouns stand for, over several sentences."""

from time import perf_counter

import pytest

from model.actors import Actor, Alias, Registry
from model.analysis import document_sentences
from model.reading.mentions import Mention
from model.reading.speech import read_speech
from model.records import Document

ACTORS = {
    "VEL": ("state", {"Velmar": "name", "Velmari team": "role", "Paul Rusk": "person", "Rusk": "person"}),
    "ORS": ("state", {"Orsa": "name", "Elena Brand": "person", "Brand": "person", "the Orsan minister": "role"}),
    "FRONT": ("armed_group", {"Lake Front": "name", "the rebels": "nominal", "Tovi Tal": "person", "Tal": "person"}),
}  # fmt: skip
REGISTRY = Registry(
    Actor(id, id, type, tuple(Alias(text, kind) for text, kind in aliases.items()))
    for id, (type, aliases) in ACTORS.items()
)


def pronouns(text: str, title: str | None = None) -> list[tuple[str, str]]:
    """The pronouns of the last sentence that name an actor."""
    sentences = document_sentences(Document(text, title=title))
    mentions = [
        [Mention(match.actor, match.text, match.start, match.alias.kind) for match in REGISTRY.matches(sentence.text)]
        for sentence in sentences
    ]
    return [
        (each.mention.text, each.mention.actor.id)
        for each in read_speech(sentences, mentions)[-1]
        if each.mention.kind == "pronoun"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rusk met Brand in Lund. She went home.", ("She", "ORS")),
        ("Brand met Rusk in Lund. He went home.", ("He", "VEL")),
        ("Ana Torr, the Velmari team's lawyer, came. Tal spoke. She left.", None),
        ("Rusk came late. The hall was cold. Nobody spoke. The tea was bitter. He stayed.", ("He", "VEL")),
        ("Rusk came late. A year later he was back.", ("he", "VEL")),
        ("Rusk came late. The carpenter sent his bill.", None),
        ("Rusk came late. Orsa thanked him.", ("him", "VEL")),
        ("Tal spoke. Rusk thanked him.", ("him", "FRONT")),
    ],
)
def test_a_person_is_meant_over_several_sentences(text: str, expected: tuple[str, str] | None) -> None:
    assert pronouns(text) == ([expected] if expected else [])


def test_the_text_tells_the_sex_of_a_person_by_a_later_pronoun() -> None:
    told = "Tal said that she would come. Rusk met Tal at noon. "
    assert pronouns(told + "Her men waited outside.") == [("Her", "FRONT")]


def test_nobody_is_he_in_his_own_words() -> None:
    assert pronouns('Rusk spoke first. Tal was there too. "He must go," Tal said.') == [("He", "VEL")]


def test_he_may_be_the_speaker_whose_words_are_reported() -> None:
    assert pronouns("Tal spoke first. Rusk said his team would come.") == []


def test_a_quotation_said_of_somebody_is_about_that_one() -> None:
    assert pronouns('Tal spoke first. "He is late," Brand said of Rusk.') == []


def test_a_possessive_pronoun_names_the_owner() -> None:
    assert pronouns("Velmar sent a note. Its envoy waited.") == [("Its", "VEL")]


def test_the_envoy_in_apposition_is_the_next_subject() -> None:
    assert pronouns("Rusk went first. His deputy, Tal, went second. He smiled.") == [("He", "FRONT")]


def test_a_counterpart_is_not_of_the_same_side() -> None:
    assert pronouns('Rusk went first. His counterpart nodded. "We are tired," he replied.') == []


def test_we_in_the_words_of_its_spokesman_is_the_party() -> None:
    assert pronouns('The Lake Front arrived. "We are tired," said its spokesman.') == [("We", "FRONT")]


def test_a_quotation_without_a_speaker_is_of_whoever_acted_before() -> None:
    assert pronouns('Rusk smiled. "We are not tourists."') == [("We", "VEL")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Velmar and Orsa opened their files. They spoke for an hour.", ["VEL", "ORS"]),
        ("Velmar met Orsa in Lund. They spoke for an hour.", ["VEL", "ORS"]),
        ("The Lake Front met three farmers. The farmers said they were afraid.", []),
        ("Nobody asked the Lake Front. They came anyway.", ["FRONT"]),
    ],
)
def test_they_are_those_who_came_together_or_a_group(text: str, expected: list[str]) -> None:
    assert [actor for word, actor in pronouns(text) if word.lower() == "they"] == expected


def test_it_is_the_party_that_somebody_spoke_of() -> None:
    assert pronouns("Brand expects the Lake Front to give in. It's less sure.") == [("It", "FRONT")]


def test_an_entry_of_a_live_blog_begins_with_its_own_subject() -> None:
    assert pronouns("10:45 — Lake Front is out. It's setting up a council.") == [("It", "FRONT")]


def test_two_parties_that_argue_call_each_other_you() -> None:
    turns = "Host: Good evening.\n\nRusk: We made an offer.\n\nTal: We saw none.\n\nRusk: You were asleep."
    assert ("You", "FRONT") in pronouns(turns)


def test_the_first_person_ends_with_the_statement() -> None:
    statement = "We are ready to talk. We ask for a date.\n\nIn Orsa, a baker told reporters of bread."
    assert pronouns(statement.split("\n\n")[0], "Statement by the Lake Front") == [("We", "FRONT")]
    assert pronouns(statement, "Statement by the Lake Front") == []


@pytest.mark.parametrize("piece", ["he ", "She told him. ", "A-", "Ana-Ana Torr, the ", "they and it ", "one of his "])
def test_pronouns_are_read_in_linear_time(piece: str) -> None:
    started = perf_counter()
    pronouns(piece * (50_000 // len(piece)))
    assert perf_counter() - started < 10
