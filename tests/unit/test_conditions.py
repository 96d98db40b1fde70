"""The words of a condition. Sentences are marked by hand: [the actor], and {the words} that are wanted."""

import re
import time
from dataclasses import dataclass

import pytest

from model.conditions import KINDS, Condition, condition_kind, find_condition


@dataclass(frozen=True)
class Place:
    start: int
    end: int


def read(marked: str) -> tuple[str, Place, str | None]:
    """The sentence without its marks, the place of the actor, and the words that are wanted."""
    wanted = re.search(r"\{(.*)\}", marked.replace("[", "").replace("]", ""))
    sentence = marked.replace("{", "").replace("}", "")
    start, end = sentence.index("["), sentence.index("]") - 1
    return sentence.replace("[", "").replace("]", ""), Place(start, end), wanted.group(1) if wanted else None


def words_of(condition: Condition | None) -> str | None:
    return condition.text if condition else None


@pytest.mark.parametrize(
    "marked",
    [
        "[Kyra] will come to the talks if {its prisoners are freed}.",
        "[Kyra] will not come to the talks unless {its prisoners are freed}, a spokeswoman said.",
        "There will be no meeting until {the siege is lifted}, [the group] said.",
        "[Kyra] is ready to talk once {its envoys are home}; Orsa gave no answer.",
        "[The ministry] would resume talks provided {observers are present}.",
        "[The ministry] would resume talks, provided {the army leaves the harbor}.",
        "[Orsa] will sign in exchange for {a share of the river}, and Kyra knows it.",
        "[Orsa] made its return depend on {a written promise}.",
        "[The rebels] insist on {Swiss mediation}, their lawyer wrote.",
        "[Kyra] will not sit down before {the last garrison has gone}.",
        "[Orsa] tied its signature to {the opening of the port}.",
    ],
)
def test_a_condition_begins_after_its_connective_and_ends_with_its_clause(marked: str) -> None:
    sentence, actor, wanted = read(marked)
    assert words_of(find_condition(sentence, actor)) == wanted


@pytest.mark.parametrize(
    "marked",
    [
        "We will talk to [Velmar], but {not through Doha}.",
        "[They] agreed to a dialogue {on prisoners only}.",
        "[Kyra] will meet the envoy {only in Geneva}, it said.",
        "[Orsa] will speak {with the United Nations alone}.",
        "[Orsa] would come {without foreign observers}.",
        "[Kyra] will speak {through no one else}, its envoy said.",
        "[Kyra] will meet Orsa {in Ferrin or nowhere else}.",
    ],
)
def test_the_words_that_limit_belong_to_the_condition(marked: str) -> None:
    sentence, actor, wanted = read(marked)
    assert words_of(find_condition(sentence, actor)) == wanted


@pytest.mark.parametrize(
    "marked",
    [
        "Unless {the shelling stops by Friday}, [our] team goes home.",
        "Until {the harbor is open} [Kyra] has nothing to say to Orsa.",
        '"If {they leave our village}, [we] will be there," he said.',
        "In return for {its seized ships}, [Orsa] would take its chair again.",
    ],
)
def test_a_condition_may_come_first(marked: str) -> None:
    sentence, actor, wanted = read(marked)
    assert words_of(find_condition(sentence, actor)) == wanted


@pytest.mark.parametrize(
    "marked",
    [
        "[Kyra] to Orsa: {ships first}, signatures later",
        "{No amnesty}, no talks, [rebels] say",
        '"{Open the road}, and [we] will sit down with you," the commander said.',
        "[Orsa] to mediators: {free the crew}, then we talk",
    ],
)
def test_headlines_and_mottos_state_conditions_too(marked: str) -> None:
    sentence, actor, wanted = read(marked)
    assert words_of(find_condition(sentence, actor)) == wanted


@pytest.mark.parametrize(
    "marked",
    [
        "[Kyra] will come only if {Velmar, not Orsa, takes the chair}.",
        "[Kyra] will come once {the governor, whom it calls a hostage, has been let go}.",
        "[Kyra] stays away until {it has answers on land, police and taxes}, it said.",
        '[Kyra] will sign once {the word "temporary" is gone from the text}.',
        "[Kyra] would come if {the promises of May were kept and if Velmar stayed at home}.",
    ],
)
def test_a_comma_or_a_quoted_word_need_not_end_it(marked: str) -> None:
    sentence, actor, wanted = read(marked)
    assert words_of(find_condition(sentence, actor)) == wanted


@pytest.mark.parametrize(
    "marked",
    [
        "[Kyra] will talk if {the siege ends}, while Orsa will talk once its ships are back.",
        "Kyra will talk if the siege ends, while [Orsa] will talk once {its ships are back}.",
        "Kyra will go if the crew is freed, and [Orsa] will go only after {the vote}.",
    ],
)
def test_each_actor_has_the_condition_of_its_own_clause(marked: str) -> None:
    sentence, actor, wanted = read(marked)
    assert words_of(find_condition(sentence, actor)) == wanted


def test_what_must_come_before_the_talks_is_the_condition_and_not_the_talks() -> None:
    sentence, actor, wanted = read("[Kyra] demanded {an apology} before it would meet the envoys.")
    assert words_of(find_condition(sentence, actor)) == wanted


@pytest.mark.parametrize(
    "marked",
    ["[Kyra] will attend the talks.", "[Kyra] sets terms for the talks", "[Kyra] has been silent until then."],
)
def test_a_sentence_may_tell_no_condition(marked: str) -> None:
    sentence, actor, _ = read(marked)
    assert find_condition(sentence, actor) is None


def test_the_offsets_count_characters_of_the_sentence() -> None:
    sentence, actor, _ = read("“Übermorgen,” [Kyra] said, “we come – if {the siege is lifted}.”")
    condition = find_condition(sentence, actor)
    assert condition is not None
    assert sentence[condition.start : condition.end] == condition.text == "the siege is lifted"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("the shelling stops", "ceasefire"),
        ("the army lifts its siege of the port", "withdrawal"),
        ("its prisoners are freed", "release"),
        ("the island is recognized as a state", "recognition"),
        ("the sanctions are lifted", "sanctions"),
        ("safe passage is guaranteed", "guarantees"),
        ("the women's council is given seats as well", "format"),
        ("only in Geneva", "venue"),
        ("not through Doha", "venue"),
        ("the election is over", "sequence"),
        ("on prisoners only", "agenda"),
        ("not about the islands", "agenda"),
        ("its poet is read aloud", "other"),
    ],
)
def test_the_kind_is_told_by_the_words(text: str, kind: str) -> None:
    assert condition_kind(text) == kind
    assert kind in KINDS


@pytest.mark.parametrize(
    "piece", ["if ", "no a, ", "only in ", "until it ", ", who said, ", '"', "in a a a ", "must first ", "x", "  ", "—"]
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    text = (piece * 200_000)[:200_000]
    began = time.perf_counter()
    for start in (0, 100_000, 199_990):
        find_condition(text, Place(start, start + 4))
    assert time.perf_counter() - began < 3
