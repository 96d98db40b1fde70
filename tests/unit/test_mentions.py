"""Mentions inside one sentence: agents and places, titles and roles, persons and their namesakes."""

from itertools import pairwise

import pytest

from model.actors import Registry, load_registry
from model.reading.mentions import Mention, first_mention, mentions_in, one_per_actor


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def actors(sentence: str, registry: Registry) -> list[str]:
    return [mention.actor.id for mention in one_per_actor(mentions_in(sentence, registry))]


def words(sentence: str, registry: Registry) -> list[str]:
    return [mention.text for mention in mentions_in(sentence, registry)]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Moscow warned the Taliban.", ["RUS", "TALIBAN"]),
        ("Diplomats urged Tehran to wait.", ["IRN"]),
        ("She accused Ankara of stalling.", ["TUR"]),
        ("Talks in Moscow ended.", []),
        ("He left Moscow for Kabul.", []),
        ("He offered to travel to Cairo.", []),
        ("Battles for Kabul went on.", []),
        ("The road to Damascus was open.", []),
    ],
)
def test_a_capital_acts_only_as_an_agent(registry: Registry, sentence: str, found: list[str]) -> None:
    assert actors(sentence, registry) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("They held talks with Iran.", ["IRN"]),
        ("They put pressure on Iran.", ["IRN"]),
        ("He read out the demands from Iran.", ["IRN"]),
        ("The gap between Iran and France is wide.", ["IRN", "FRA"]),
        ("She flew to Iran.", []),
        ("The border with Iran is closed.", []),
        ("He travelled to Lebanon and Syria.", []),
        ("Rain fell across Iran.", []),
        ("The conference on Afghanistan was postponed.", []),
        ("The envoy for Afghanistan resigned.", []),
        ("Sudan's capital was quiet.", []),
        ("Officials from Nigeria, Niger and Chad met.", ["NGA", "NER", "TCD"]),
    ],
)
def test_a_preposition_tells_a_party_from_a_place(registry: Registry, sentence: str, found: list[str]) -> None:
    assert actors(sentence, registry) == found


@pytest.mark.parametrize(
    "sentence",
    [
        "The Afghan-Afghan talks resumed.",
        "The Astana process stalled.",
        "The Minsk agreements were dead.",
        "The Doha accord was signed.",
        "The U.N.-brokered truce and the U.S.-backed forces held.",
        "Russian gas was cheap.",
        "The Iranian nuclear program grew.",
        "Iranian markets were closed.",
        "Bombs killed 24 Iraqis and dozens of Syrians.",
        "Rain fell in Eastern Ukraine.",
        "Ships crossed the South China Sea.",
        "The Syrian war and the Gaza war went on.",
        "Turkish state media reported rain.",
        "GENEVA (AP) - Rain fell.",
        "KABUL — Rain fell.",
    ],
)
def test_tracks_compounds_and_datelines_are_nobody(registry: Registry, sentence: str) -> None:
    assert actors(sentence, registry) == []


@pytest.mark.parametrize(
    ("sentence", "actor", "text"),
    [
        ("The Russian Foreign Ministry objected.", "RUS", "Russian Foreign Ministry"),
        ("Afghan soldiers withdrew.", "AFG", "Afghan soldiers"),
        ("The U.S. special envoy spoke.", "USA", "U.S. special envoy"),
        ("Israeli health authorities spoke.", "ISR", "Israeli health authorities"),
        ("The government of Chile fell.", "CHL", "government of Chile"),
        ("Officials in London shrugged.", "GBR", "Officials in London"),
        ("Taliban fighters advanced.", "TALIBAN", "Taliban fighters"),
        ("Sudan's army advanced.", "SAF", "Sudan's army"),
    ],
)
def test_a_title_or_role_belongs_to_its_party(registry: Registry, sentence: str, actor: str, text: str) -> None:
    [mention] = mentions_in(sentence, registry)
    assert (mention.actor.id, mention.text) == (actor, text)


def test_mediators_may_share_a_role(registry: Registry) -> None:
    assert actors("Israeli and Palestinian mediators met.", registry) == ["ISR", "PSE"]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Iran's parliament passed a law.", ["IRN/PARL"]),
        ("Turkey's parliament passed a law.", ["TUR/PARL"]),
        ("The Kenyan opposition marched.", ["KEN/OPP"]),
        ("A former Israeli minister spoke.", []),
        ("Syrian rebels advanced.", []),
        ("Russian business leaders complained.", []),
        ("An Iranian official in Vienna spoke.", ["IRN"]),
    ],
)
def test_who_is_inside_a_state_is_not_the_state(registry: Registry, sentence: str, found: list[str]) -> None:
    assert actors(sentence, registry) == found


def test_a_namesake_is_somebody_else(registry: Registry) -> None:
    assert actors("On Monday Putin spoke.", registry) == ["RUS"]
    assert actors("The baker, Oleg Putin, spoke.", registry) == []


def test_a_country_to_which_an_envoy_is_sent_is_not_his_own(registry: Registry) -> None:
    assert actors("Norway's envoy to Sri Lanka spoke.", registry) == ["NOR"]


def test_mentions_stand_where_they_say(registry: Registry) -> None:
    sentence = "Moscow's envoy and the Afghan government met the European Union in Geneva."
    found = mentions_in(sentence, registry)
    assert [mention.actor.id for mention in found] == ["RUS", "AFG", "EU"]
    assert all(sentence[each.start : each.end] == each.text for each in found)
    assert all(left.start <= right.start for left, right in pairwise(found))


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        " ",
        "IRAN SAID NO",
        "Iran" * 50,
        "😀 Iran 😀",
        "\x00Iran\x00said",
        "إيران قالت",
        "\u202eIran",
        "'s 's's",
        "the the",
    ],
)
def test_odd_text_is_read_without_a_crash(registry: Registry, sentence: str) -> None:
    for mention in mentions_in(sentence, registry):
        assert sentence[mention.start : mention.end] == mention.text


def test_one_mention_an_actor_is_kept(registry: Registry) -> None:
    found = one_per_actor(mentions_in("Iran said that Iran would come.", registry))
    assert [(mention.text, mention.start) for mention in found] == [("Iran", 0)]


def test_an_actor_is_found_under_another_name(registry: Registry) -> None:
    assert first_mention("The Kremlin said no.", "Russia", registry) == ("Kremlin", 4)
    assert first_mention("The Kremlin said no.", "russia", registry) == ("Kremlin", 4)
    assert first_mention("Nobody said no.", "Russia", registry) is None
    assert first_mention("Kyra said no.", "Kyra", registry) == ("Kyra", 0)


def test_a_place_is_found_where_the_actor_is_named_no_other_way(registry: Registry) -> None:
    assert first_mention("Rain fell in Moscow.", "Russia", registry) == ("Moscow", 13)


def test_a_mention_knows_its_end(registry: Registry) -> None:
    assert Mention(registry.actors["RUS"], "Moscow", 3, "capital").end == 9
