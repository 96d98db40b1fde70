"""The words of a condition. Sentences are marked by hand: [the actor], and {the words} that are wanted."""

import re
import time
from dataclasses import dataclass

import pytest

from model.reading.conditions import Condition, find_condition


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
    [
        "[Orsa] would stay at the talks only as long as {the catch of last year is kept}, it said.",
        "[Kyra] will come on the sole condition that {the harbor pilots come too}.",
        "[Orsa] offers a hall on one house rule: {each leaves his rifle outside}.",
        "[Kyra] will talk with any captain who {has handed in his guns}.",
        "[Orsa] made {the return of the lighthouse} its price for coming back.",
        "[Orsa]'s price for a second round was {the old customs line}.",
        "[Orsa] asked for {a chair at the lake table}, failing which it would go home.",
        "[Kyra] said that its return rests on {the release of the crew}.",
        "[Kyra] said that, {were Orsa to free the crew}, it would be in Ferrin by night.",
        "{Only a new vote}, [the rebels] said, would bring them to the hall.",
    ],
)
def test_a_condition_needs_no_if(marked: str) -> None:
    sentence, actor, wanted = read(marked)
    assert words_of(find_condition(sentence, actor)) == wanted


@pytest.mark.parametrize(
    "marked",
    [
        "{A second bridge} is [Kyra]'s price for taking its chair again.",
        "{An end to the blockade} is the price for any talks, [the league] said.",
        '"{Put the guns in the shed}," [Orsa] told the rebels, "and then we shall talk."',
        "[Kyra] said {the islands are not for discussion}.",
        "[Kyra] will speak {in Ferrin or nowhere}.",
        "[They] say that they will not talk {as a minority}.",
    ],
)
def test_a_condition_may_hold_or_precede_its_cue(marked: str) -> None:
    sentence, actor, wanted = read(marked)
    assert words_of(find_condition(sentence, actor)) == wanted


def test_but_not_belongs_to_the_clause_of_the_actor() -> None:
    sentence, actor, wanted = read("[Orsa] would sit down with Kyra alone, it said, but {not on the island}.")
    assert words_of(find_condition(sentence, actor)) == wanted


def test_speaking_on_condition_of_anonymity_is_no_condition() -> None:
    sentence, actor, _ = read("[An aide], speaking on condition of anonymity, said that the talks go on.")
    assert find_condition(sentence, actor) is None


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


def test_the_condition_carries_the_kind_of_its_words() -> None:
    sentence, actor, _ = read("[Kyra] will meet the envoy only in Geneva, it said.")
    condition = find_condition(sentence, actor)
    assert condition is not None
    assert condition.kind == "venue"


@pytest.mark.parametrize(
    "piece",
    [
        *("if ", "no a, ", "only in ", "until it ", ", who said, ", '"', "in a a a ", "must first ", "x", "  ", "—"),
        *("any a ", "one a and ", "price for ", "only a, a, ", "either a, a, ", "with a "),
    ],
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    text = (piece * 200_000)[:200_000]
    began = time.perf_counter()
    for start in (0, 100_000, 199_990):
        find_condition(text, Place(start, start + 4))
    assert time.perf_counter() - began < 3
