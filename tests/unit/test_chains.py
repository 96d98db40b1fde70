"""Chains through a document: introductions, surnames, acronyms, common nouns, collectives, unknown parties."""

import time
from datetime import date

import pytest

from model.actors import Registry, load_registry
from model.reading.chains import document_mentions
from model.reading.mentions import one_per_actor
from model.reading.sentences import Sentence


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def read(registry: Registry, *sentences: str, day: date | None = None) -> list[dict[str, str]]:
    """For each sentence the first words for each actor."""
    numbered = [Sentence(index, 0, len(text), text) for index, text in enumerate(sentences)]
    return [
        {mention.actor.id: mention.text for mention in one_per_actor(mentions)}
        for mentions in document_mentions(numbered, registry, day)
    ]


@pytest.mark.parametrize(
    ("introduction", "actor"),
    [
        ("Russia's special envoy, Anton Vasin, left early.", "RUS"),
        ("Anton Vasin, Russia's special envoy, left early.", "RUS"),
        ("The Russian president's special envoy to Afghanistan, Anton Vasin, left early.", "RUS"),
        ("Iran's chief negotiator Anton Vasin left early.", "IRN"),
        ("Gen. Anton Vasin, who leads the RSF team, left early.", "RSF"),
        ("Anton Vasin of the European Union left early.", "EU"),
        ("Anton Vasin, a spokesman for Hamas, left early.", "HAMAS"),
        ("Foreign Minister Anton Vasin of Chile left early.", "CHL"),
    ],
)
def test_a_person_stands_for_the_body_that_the_text_introduces(
    registry: Registry, introduction: str, actor: str
) -> None:
    first, second, third = read(registry, introduction, "Vasin was tired.", "Nobody heard Mr. Vasin.")
    assert actor in first
    assert (second, third) == ({actor: "Vasin"}, {actor: "Vasin"})


def test_a_name_is_known_before_its_introduction(registry: Registry) -> None:
    title, _ = read(registry, "Vasin leaves early", "Russia's envoy, Anton Vasin, left early.")
    assert title == {"RUS": "Vasin"}


def test_the_country_of_a_former_office_is_nobody(registry: Registry) -> None:
    assert read(registry, "Ana Ruiz, once a negotiator for Chile, spoke.", "Ruiz smiled.") == [{}, {}]


def test_a_person_without_a_body_is_no_actor(registry: Registry) -> None:
    assert read(registry, "Ana Ruiz, a baker, spoke.", *["Ruiz said no."] * 4) == [{}] * 5


def test_two_persons_of_one_surname_share_none(registry: Registry) -> None:
    *_, last = read(registry, "Russia's envoy, Anton Vasin, met Iran's envoy, Pavel Vasin.", "Vasin smiled.")
    assert last == {}


def test_a_pronoun_introduces_for_the_subject(registry: Registry) -> None:
    _, second = read(registry, "The Taliban refused.", "Its spokesman, Karim Noor, said so.")
    assert second == {"TALIBAN": "Karim Noor"}


def test_a_minister_without_a_country_is_of_the_place_where_he_speaks(registry: Registry) -> None:
    first, second = read(registry, "Foreign Minister Ana Ruiz said in Santiago that it was late.", "Ruiz left.")
    assert (first["CHL"], second) == ("Ana Ruiz", {"CHL": "Ruiz"})


def test_an_unknown_party_is_found_by_its_head_and_acronym(registry: Registry) -> None:
    first, second, third = read(
        registry,
        "The Popular Front of the Gourma (FPG), a militia, left the hall.",
        "The FPG wanted seats.",
        "The militia denied it.",
    )
    party = "Popular Front of the Gourma"
    assert (first, second, third) == ({party: party}, {party: "FPG"}, {party: "The militia"})


def test_an_unknown_party_is_found_by_how_it_is_introduced(registry: Registry) -> None:
    first, second = read(registry, "They met Ansar Wadi, a rebel group from the hills.", "Ansar Wadi said no.")
    assert (first, second) == ({"Ansar Wadi": "Ansar Wadi"}, {"Ansar Wadi": "Ansar Wadi"})


def test_an_unknown_party_is_marked_unresolved(registry: Registry) -> None:
    [[mention]] = document_mentions([Sentence(0, 0, 0, "The Hill League refused.")], registry)
    assert (mention.actor.id, mention.actor.resolved) == ("Hill League", False)


def test_an_invented_state_is_a_state(registry: Registry) -> None:
    found = read(
        registry,
        "Velmar's foreign minister met the Orsan government.",
        "Talks between Velmar and Orsa were brief.",
        "Rain fell in Velmar.",
        "Velmar said the Orsan army had fired.",
    )
    assert [sorted(each) for each in found] == [["Orsa", "Velmar"], ["Orsa", "Velmar"], [], ["Orsa", "Velmar"]]


@pytest.mark.parametrize(
    "sentence",
    [
        "The World Press Institute said no.",
        "Last Monday Shell said no.",
        "The Grand Hotel said no.",
        "In March it said no.",
    ],
)
def test_companies_days_and_places_are_no_parties(registry: Registry, sentence: str) -> None:
    assert read(registry, sentence, sentence) == [{}, {}]


@pytest.mark.parametrize(
    ("nominal", "actor"),
    [
        ("The movement refused.", "TALIBAN"),
        ("The insurgents refused.", "TALIBAN"),
        ("They met the group's leaders.", "TALIBAN"),
        ("The Afghan side met the militants.", "AFG"),
    ],
)
def test_a_common_noun_goes_to_the_party_that_it_fits(registry: Registry, nominal: str, actor: str) -> None:
    _, second = read(registry, "The Taliban met the Afghan government.", nominal, day=date(2020, 9, 12))
    assert actor in second


def test_a_noun_goes_to_the_party_that_was_called_so(registry: Registry) -> None:
    *_, last = read(
        registry, "Sudan's army met the RSF, a paramilitary group.", "Chad and Egypt waited.", "The army left."
    )
    assert last == {"SAF": "The army"}


def test_a_noun_that_fits_two_parties_equally_goes_to_none(registry: Registry) -> None:
    *_, last = read(registry, "Hamas met Hezbollah.", "The militants left.")
    assert last == {}


def test_the_government_is_the_one_that_speaks(registry: Registry) -> None:
    [found] = read(registry, "The Chilean foreign minister said the government would wait.")
    assert found == {"CHL": "Chilean foreign minister"}


def test_the_government_that_a_parliament_addresses_is_its_own(registry: Registry) -> None:
    [found] = read(registry, "Iran's parliament told the government to bring its team home.")
    assert found == {"IRN/PARL": "Iran's parliament", "IRN": "the government"}


def test_a_collective_gives_a_mention_to_each_member(registry: Registry) -> None:
    *_, last = read(registry, "Talks between Sudan and the RSF began.", "Norway urged both sides to stay.")
    assert last == {"NOR": "Norway", "SDN": "both sides", "RSF": "both sides"}


def test_a_collective_of_nobody_named_is_nobody(registry: Registry) -> None:
    assert read(registry, "The two sides met.", "The warring parties left.") == [{}, {}]


def test_two_countries_are_two_states(registry: Registry) -> None:
    *_, last = read(registry, "Talks between Chile and Peru began as Hamas slept.", "The two countries share a lake.")
    assert last == {"CHL": "The two countries", "PER": "The two countries"}


def test_mentions_stand_where_they_say_and_in_order(registry: Registry) -> None:
    text = (
        "Russia's envoy, Anton Vasin, told both sides that the Afghan army and the Taliban would meet the U.N. envoy."
    )
    [found] = document_mentions([Sentence(0, 0, len(text), text)], registry)
    assert all(text[mention.start : mention.end] == mention.text for mention in found)
    assert [mention.start for mention in found] == sorted(mention.start for mention in found)


def test_a_document_of_nothing_has_no_mentions(registry: Registry) -> None:
    assert document_mentions([], registry) == []
    assert read(registry, "", " ") == [{}, {}]


@pytest.mark.parametrize(
    "text",
    [
        "A" * 200_000, "Aa " * 60_000, "Aa and " * 25_000, "the army " * 20_000, "President Aa " * 15_000,
        "Aa, who " * 25_000, "its commander " * 14_000, "(" * 200_000, " " * 200_000, "😀" * 100_000, "\0" * 100_000,
        "both sides " * 18_000, "al-" * 60_000, "IRAN SAID NO " * 15_000, "السلام " * 25_000, "A." * 100_000,
        "Iran's aa bb cc " * 12_000, "Special Envoy to Aa " * 10_000,
    ],
    ids=range(18),
)  # fmt: skip
def test_hostile_text_takes_time_in_its_length_only(registry: Registry, text: str) -> None:
    started = time.process_time()
    document_mentions([Sentence(0, 0, len(text), text)], registry)
    assert time.process_time() - started < 10


def test_a_government_and_its_opposition_are_two_sides(registry: Registry) -> None:
    *_, last = read(registry, "Talks between Venezuela and the Venezuelan opposition began.", "Both sides smiled.")
    assert last == {"VEN": "Both sides", "VEN/OPP": "Both sides"}


def test_the_north_is_the_state_of_that_name(registry: Registry) -> None:
    *_, last = read(registry, "North Korea met South Korea.", "The North left.")
    assert last == {"PRK": "The North"}


def test_rebels_with_a_name_before_them_are_the_group_of_that_name(registry: Registry) -> None:
    title, _ = read(registry, "Tigray rebels say no", "The Tigray People's Liberation Front met Hamas and said no.")
    assert title == {"TPLF": "rebels"}


def test_the_dateline_of_an_invented_state_is_its_capital(registry: Registry) -> None:
    *_, last = read(registry, "TESSEN, May 4 (AP) - Velmar's army met the Velmari government.", "Tessen said no.")
    assert last == {"Velmar": "Tessen"}


@pytest.mark.parametrize(
    ("introduction", "actor"),
    [
        ("Chile's delegation, led by Anton Vasin, left early.", "CHL"),
        ("Peru's railway commissioner, Anton Vasin, left early.", "PER"),
        ("Anton Vasin spoke for two hours on behalf of Hamas.", "HAMAS"),
        ("The head of the Lebanese team, Brigadier General Anton Vasin, left early.", "LBN"),
        ("The special representative for Libya, Anton Vasin, left early.", "UN"),
        ("Foreign Minister Anton Vasin said Lima would wait.", "PER"),
    ],
)
def test_a_person_is_introduced_in_many_ways(registry: Registry, introduction: str, actor: str) -> None:
    first, second = read(registry, introduction, "Vasin was tired.")
    assert actor in first
    assert second == {actor: "Vasin"}


def test_what_a_text_says_outright_of_a_person_outweighs_a_guess(registry: Registry) -> None:
    *_, last = read(
        registry,
        "Chile and Peru met.",
        "Foreign Minister Ana Ruiz said in Santiago that it was late.",
        "Ana Ruiz, Peru's foreign minister, left.",
        "Ruiz smiled.",
    )
    assert last == {"PER": "Ruiz"}


def test_names_in_the_plural_that_act_are_parties(registry: Registry) -> None:
    first, second, third = read(
        registry,
        "The Reform Liberals would not sit with Hamas.",
        "The Liberals refused.",
        "A Liberal negotiator left.",
    )
    party = "Reform Liberals"
    assert (list(first), list(second), list(third)) == ([party, "HAMAS"], [party], [party])


def test_a_name_with_officers_is_a_party(registry: Registry) -> None:
    first, second = read(registry, "Forward Tarvia, which won most seats, waited.", "Forward's lawmakers laughed.")
    assert (list(first), list(second)) == (["Forward Tarvia"], ["Forward Tarvia"])


def test_an_offshoot_is_not_the_party_whose_name_it_bears(registry: Registry) -> None:
    first, second = read(registry, "The Renamo Military Junta refused.", "The junta fired.")
    assert (list(first), list(second)) == (["Renamo Military Junta"], ["Renamo Military Junta"])


def test_an_invented_state_acts_at_the_head_of_sentences(registry: Registry) -> None:
    found = read(
        registry,
        "Officials from Kelmark and Tovia met.",
        "Kelmark said it would wait.",
        "The Kelmarkers refused.",
        "Tovia's transport minister left.",
        "Both countries paid.",
    )
    assert [sorted(each) for each in found[1:]] == [["Kelmark"], ["Kelmark"], ["Tovia"], ["Kelmark", "Tovia"]]


def test_an_invented_state_may_have_a_name_of_two_words(registry: Registry) -> None:
    first, second, third = read(
        registry,
        "The premier of the Inner Marches said no.",
        "The Inner Marches refused.",
        "Rain fell in the Inner Marches.",
    )
    assert (list(first), list(second), third) == (["Inner Marches"], ["Inner Marches"], {})


def test_a_region_treated_as_a_state_is_its_own_government(registry: Registry) -> None:
    *_, last = read(registry, "Talks between Bougainville and Australia began.", "Bougainville's president said no.")
    assert last == {"ABG": "Bougainville's president"}


def test_a_name_that_two_parliaments_share_is_the_one_at_home(registry: Registry) -> None:
    *_, last = read(registry, "Libya voted.", "Libya's army waited.", "The House of Representatives refused.")
    assert list(last) == ["LBY/HOR"]


def test_a_mediator_is_no_side(registry: Registry) -> None:
    *_, last = read(
        registry,
        "Chile and Peru met in Quito.",
        "Ecuador offered on Monday to mediate.",
        "Ecuador waited.",
        "Both sides smiled.",
    )
    assert last == {"CHL": "Both sides", "PER": "Both sides"}


@pytest.mark.parametrize("sentence", ["Neither has paid.", "Both said so.", "Each of the two waited."])
def test_a_bare_collective_is_the_two_named_before(registry: Registry, sentence: str) -> None:
    *_, last = read(registry, "Hamas spoke.", "Chile met Peru.", sentence)
    assert sorted(last) == ["CHL", "PER"]


def test_three_are_those_listed_together(registry: Registry) -> None:
    *_, last = read(registry, "Egypt, Sudan and Ethiopia met.", "Qatar waited.", "The three countries agreed.")
    assert sorted(last) == ["EGY", "ETH", "SDN"]


def test_the_other_side_is_the_opponent_of_whoever_was_named(registry: Registry) -> None:
    *_, last = read(registry, "Talks between Chile and Peru began.", "Chile accused the other side of theft.")
    assert last == {"CHL": "Chile", "PER": "the other side"}


@pytest.mark.parametrize(
    ("before", "nominal", "actor"),
    [
        ("Take Javier Milei.", "The president said no.", "ARG"),
        ("Chile's commander left.", "They met the general.", "CHL"),
        ("Peru's prime minister left.", "The premier said no.", "PER"),
        ("Morocco's army waited.", "The kingdom's foreign ministry said no.", "MAR"),
        ("Hamas met Qatar's mediator.", "The mediators left.", "QAT"),
        ("Chile waited.", "In Lima, the government said no.", "PER"),
        ("Hamas, a movement, met Chile.", "The movement said no.", "HAMAS"),
    ],
)
def test_a_noun_for_an_official_or_a_body(registry: Registry, before: str, nominal: str, actor: str) -> None:
    *_, last = read(registry, before, nominal, day=date(2024, 5, 1))
    assert actor in last


@pytest.mark.parametrize(
    "sentence",
    [
        "Its leader, Anton Vasin, was away.",
        "Its former chief justice, Anton Vasin, was away.",
        "Anton Vasin, its delegate in Oslo, was away.",
        "A spokesman, Anton Vasin, was away.",
        '"Russia and Chile are welcome," said its treasurer, Anton Vasin.',
    ],
)
def test_a_person_of_the_body_named_a_sentence_ago_acts_for_it(registry: Registry, sentence: str) -> None:
    said = read(registry, "The Upper Vale Front wants a seat.", sentence, "Vasin will come.")

    assert said[2] == {"Upper Vale Front": "Vasin"}


def test_a_noun_is_the_party_whose_name_follows_it(registry: Registry) -> None:
    said = read(registry, "Hamas and Hezbollah met.", "The group, which calls itself the Upper Vale Front, left early.")

    assert said[1] == {"Upper Vale Front": "The group"}


def test_the_officer_of_a_sentence_ago_is_the_one_quoted_by_name(registry: Registry) -> None:
    said = read(registry, "Iran's chief negotiator came back.", '"We have come," Anton Vasin told reporters.')

    assert said[1] == {"IRN": "Anton Vasin"}


def test_a_rank_with_an_article_is_the_person_who_bears_it(registry: Registry) -> None:
    said = read(registry, "Colonel Anton Vasin of Hamas spoke.", "Chile waited.", "The Colonel left early.")

    assert said[2] == {"HAMAS": "The Colonel"}


def test_a_special_envoy_without_a_country_is_the_united_nations(registry: Registry) -> None:
    assert read(registry, "Remarks of the Special Envoy on the talks.") == [{"UN": "the Special Envoy"}]


def test_three_states_are_those_that_the_text_lists(registry: Registry) -> None:
    said = read(registry, "Three river states are to talk.", "Chile, Peru and Bolivia will meet.")

    assert set(said[0]) == {"CHL", "PER", "BOL"}


def test_the_last_word_of_an_unregistered_name_stands_for_it(registry: Registry) -> None:
    said = read(registry, "The Upper Vale Brotherhood wants a seat.", "The brotherhood will not leave.")

    assert said[1] == {"Upper Vale Brotherhood": "The brotherhood"}


def test_two_rebel_leaders_are_those_of_the_groups_and_not_of_the_state(registry: Registry) -> None:
    said = read(registry, "Hamas and Hezbollah met in Chile.", "Chile urged the two rebel leaders to come.")

    assert set(said[1]) == {"CHL", "HAMAS", "HEZBOLLAH"}


@pytest.mark.parametrize(
    "sentence",
    ["Hamas turned down a Chilean proposal to meet.", "Santiago envoy to return", "They left the field to Santiago."],
)
def test_the_maker_of_an_offer_and_the_sender_of_an_envoy_are_actors(registry: Registry, sentence: str) -> None:
    assert "CHL" in read(registry, sentence)[0]
