"""The actor registry: what ships with it is right, its files are checked, and names are dated."""

import re
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from countryinfo import CountryInfo

from model.actor_files import Reading, read_layers
from model.actors import SHIPPED_FILES, Registry, load_registry, registry_layers
from model.errors import InputError
from model.registry_check import check_files, check_words, resolve_report, resolve_words

# What the data package says and the registry leaves out, with the reason.
NOT_OURS = {
    ("ATG", "Antiguan,Barbudan"): "two words in one",
    ("BIH", "Bosnian,Herzegovinian"): "two words in one",
    ("BEL", "Brussels"): "means the European Union more often",
    ("COG", "Congolese"): "means the Democratic Republic of Congo more often",
    ("CPV", "Cape Verdian"): "a misspelling",
    ("DMA", "Dominican"): "means the Dominican Republic more often",
    ("FLK", "Stanley"): "a name of persons more often",
    ("GBR", "Wales"): "a part of a state",
    ("GBR", "Welsh"): "a part of a state",
    ("HKG", "Chinese"): "means China",
    ("HKG", "City of Victoria"): "a name that news does not use",
    ("KNA", "Kittian and Nevisian"): "two words in one",
    ("NLD", "Amsterdam"): "not where the government sits",
    ("PSE", "Jerusalem"): "means Israel where it acts",
    ("PSE", "Palestine, State of"): "the name turned round",
    ("SMR", "City of San Marino"): "holds the name",
    ("SYC", "Victoria"): "other places are meant more often",
    ("VAT", "Holy See (Vatican City State)"): "two names in one",
    ("VAT", "Vatican City State"): "holds the name",
    ("VAT", "Vaticanian"): "a word that news does not use",
}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def countries() -> list[dict[str, Any]]:
    return list(CountryInfo("Norway").all().values())


def read(tmp_path: Path, *texts: str) -> Reading:
    """The reading of one layer for each text."""
    files = [tmp_path / f"{number}.yaml" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return read_layers([[file] for file in files])


def entry(id: str, aliases: str) -> str:
    return f"- {{id: {id}, name: {id}, type: state, aliases: {{{aliases}}}}}\n"


def who(registry: Registry, name: str, day: str | None = None) -> str | None:
    actor = registry.resolve(name, date.fromisoformat(day) if day else None)
    return actor.id if actor else None


def test_every_state_of_the_data_package_has_its_names(registry: Registry, countries: list[dict[str, Any]]) -> None:
    missing = []
    for country in countries:
        state = registry.actors.get(country.get("ISO", {}).get("alpha3"))
        said = [country.get("name"), country.get("demonym"), *_as_list(country.get("capital"))] if state else []
        known = {alias.text for alias in state.aliases} if state else set()
        missing += [(state.id, word) for word in said if state and word and word.removeprefix("The ") not in known]
    assert set(missing) == NOT_OURS.keys()


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_iso_code_is_known_to_the_data_package(registry: Registry, countries: list[dict[str, Any]]) -> None:
    codes = {country.get("ISO", {}).get("alpha3") for country in countries}
    assert [actor.id for actor in registry.actors.values() if actor.iso3 and actor.iso3 not in codes] == []


def test_every_member_of_the_united_nations_is_there(registry: Registry) -> None:
    members = [actor for actor in registry.actors.values() if "UN" in actor.member_of]
    assert len(members) == 193
    assert {actor.type for actor in members} == {"state"}
    assert {"PSE", "VAT", "XKX", "TWN", "ESH"} <= registry.actors.keys() - {actor.id for actor in members}


def test_states_have_demonyms_and_wikidata_items_of_their_own(registry: Registry) -> None:
    states = [actor for actor in registry.actors.values() if actor.iso3]
    without = {actor.id for actor in states if not any(alias.kind == "demonym" for alias in actor.aliases)}
    assert without == {"COG", "DMA", "VAT"}  # words that they share with another state, or none
    items = Counter(actor.wikidata for actor in registry.actors.values() if actor.wikidata)
    assert max(items.values()) == 1


def test_the_registry_is_large_enough(registry: Registry) -> None:
    types = Counter(actor.type for actor in registry.actors.values())
    assert sum(types[kind] for kind in ("organization", "armed_group", "coalition", "opposition")) >= 350
    persons = [alias for actor in registry.actors.values() for alias in actor.aliases if alias.kind == "person"]
    dated = {alias.text for alias in persons if (alias.since or alias.until) and " " in alias.text}
    assert len(dated) >= 1000


@pytest.mark.parametrize(
    ("name", "day", "actor"),
    [
        ("Kabul", "2021-08-14", "AFG"),
        ("Kabul", "2021-08-15", "TALIBAN"),
        ("Kabul", None, "AFG"),
        ("Afghan government", "2024-01-01", "TALIBAN"),
        ("the Taliban", None, "TALIBAN"),
        ("the Ugandan government", None, "UGA"),
        ("Kyran government", None, None),
        ("Kofi Annan", "1999-05-01", "UN"),
        ("Kofi Annan", "2008-02-01", "AU"),
        ("Martti Ahtisaari", "1999-06-03", "EU"),
        ("Martti Ahtisaari", "2007-02-02", "UN"),
        ("Martti Ahtisaari", None, "UN"),
        ("Antonio Guterres", "2010-01-01", "UNHCR"),
        ("Antonio Guterres", None, "UN"),
        ("Zalmay Khalilzad", "2020-02-29", "USA"),
        ("William Ruto", "2008-01-15", "KEN/OPP"),
        ("William Ruto", "2023-01-15", "KEN"),
        ("Holbrooke", "2015-01-01", "USA"),
        ("Tony Blair", "2020-01-01", "GBR"),
        ("Zelensky", "2010-01-01", None),
        ("Mark Rutte", "2020-01-01", "NLD"),
        ("Mark Rutte", "2025-01-01", "NATO"),
        ("Aleksandar Vučić", None, "SRB"),
        ("Aleksandar Vucic", None, "SRB"),
        ("Quai d'Orsay", None, "FRA"),
        ("IDF", None, "ISR"),
        ("Pentagon", None, "USA"),
        ("state department", None, "USA"),
        ("RUS", None, "RUS"),
    ],
)
def test_a_name_means_an_actor_on_a_day(registry: Registry, name: str, day: str | None, actor: str | None) -> None:
    assert who(registry, name, day) == actor


def test_a_text_is_read_on_its_day(registry: Registry) -> None:
    found = {
        day: [match.actor.id for match in registry.matches("Kabul and Moscow spoke.", date.fromisoformat(day))]
        for day in ("2020-01-01", "2023-01-01")
    }
    assert found == {"2020-01-01": ["AFG", "RUS"], "2023-01-01": ["TALIBAN", "RUS"]}


def test_a_match_is_the_longest_alias_and_a_whole_word(registry: Registry) -> None:
    matches = list(registry.matches("South Koreans in USAID met the U.S. Senate."))
    assert [(match.actor.id, match.text) for match in matches] == [
        ("KOR", "South Koreans"),
        ("USA/PARL", "U.S. Senate"),
    ]


def test_an_unknown_name_becomes_an_actor_of_its_own(registry: Registry) -> None:
    wider = registry.extended(["Kyra", " Kyra ", "Russia", ""])
    assert wider.actors.keys() - registry.actors.keys() == {"Kyra"}
    assert not wider.actors["Kyra"].resolved
    assert registry.extended(["Russia"]) is registry


def test_a_year_is_meant_as_a_whole(tmp_path: Path) -> None:
    [actor] = read(tmp_path, entry("A", "person: [{text: [Jo Bo, Bo], since: 2001, until: 2003}]")).actors
    assert [alias.text for alias in actor.aliases] == ["Jo Bo", "Bo"]
    days = [date(2000, 12, 31), date(2001, 1, 1), date(2003, 12, 31), date(2004, 1, 1)]
    assert [actor.aliases[0].holds(day) for day in days] == [False, True, True, False]


def test_two_actors_may_hold_a_name_one_after_the_other(tmp_path: Path) -> None:
    early, late = "{text: X, until: 2001-05-01}", "{text: X, since: 2001-05-01}"
    reading = read(tmp_path, entry("A", f"name: [{early}]") + entry("B", f"name: [{late}]"))
    assert reading.problems == ()
    registry = Registry(reading.actors)
    assert [who(registry, "X", day) for day in ("2001-04-30", "2001-05-01", None)] == ["A", "B", "A"]


def test_a_name_whose_time_is_over_still_means_who_held_it(tmp_path: Path) -> None:
    early, late = "{text: X, until: 2001-05-01}", "{text: X, since: 2005-01-01}"
    registry = Registry(read(tmp_path, entry("A", f"name: [{early}]") + entry("B", f"name: [{late}]")).actors)
    days = [date(2003, 1, 1), date(2005, 1, 1)]
    assert [match.actor.id for day in days for match in registry.matches("X spoke.", day)] == ["A", "B"]


def test_a_text_without_a_date_means_the_one_that_says_so(tmp_path: Path) -> None:
    late = "{text: X, since: 2001-05-01, undated: true}"
    reading = read(tmp_path, entry("A", "name: [{text: X, until: 2001-05-01}]") + entry("B", f"name: [{late}]"))
    registry = Registry(reading.actors)
    assert [who(registry, "X", day) for day in ("2001-04-30", None)] == ["A", "B"]
    assert [match.actor.id for match in registry.matches("X spoke.")] == ["B"]


def test_a_later_file_adds_to_an_actor_renames_it_and_takes_an_alias(tmp_path: Path) -> None:
    first = entry("A", "name: [Alba, Shared]")
    second = "- {id: A, name: Alban Union, aliases: {acronym: [AU]}}\n" + entry("B", "name: [Shared]")
    reading = read(tmp_path, first, second)
    assert reading.problems == ()
    registry = Registry(reading.actors)
    assert registry.actors["A"].name == "Alban Union"
    assert [who(registry, name) for name in ("Alba", "AU", "Shared")] == ["A", "A", "B"]
    assert reading.taken == ("'Shared' means B, no longer A",)


def test_a_later_file_takes_an_alias_for_its_days_only(tmp_path: Path) -> None:
    first = entry("A", "name: [Alba, {text: Shared, since: 2001-01-01}]")
    second = entry("B", "name: [{text: Shared, since: 2010-01-01, until: 2012-01-01}]")
    reading = read(tmp_path, first, second)
    registry = Registry(reading.actors)
    days = ("2000-01-01", "2009-12-31", "2010-01-01", "2011-12-31", "2012-01-01")
    assert [who(registry, "Shared", day) for day in days] == [None, "A", "B", "B", "A"]
    assert reading.taken == ("'Shared' means B, no longer A, since 2010-01-01, until 2012-01-01",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- x", r"entry 1: give id, name, type and aliases"),
        ("- {id: 5}", r"entry 1: give id"),
        ("- {id: A, aliases: {name: [A]}}", r"\(A\): the id is new; give id, name, type and aliases"),
        (entry("A", "nick: [A]"), r"\(A\): 'nick' is no kind of alias; use name, demonym"),
        (entry("A", "name: [no]"), r"name holds False; give a string \(in quotes, if need be\)"),
        (entry("A", "name: [{text: A, from: 2001}]"), r"name holds .*from"),
        (entry("A", "name: [{text: A, since: soon}]"), r"name 'A': since is 'soon'; give a day as 2021-08-15"),
        (entry("A", "name: [{text: A, since: 2002, until: 2001}]"), r"until must be after since"),
        (entry("A", "name: [{text: A, undated: 1}]"), r"undated is 1; give true or false"),
        (entry("A", "name: [A]").replace("type", "member_of: [B], type"), r"member_of names 'B', which is no actor"),
        (entry("A", "name: [A]").replace("type", "parent: B, type"), r"parent names 'B', which is no actor"),
        (entry("A", "name: [A]").replace("type", "iso3: Afg, type"), r"iso3 is 'Afg'; it looks like AFG"),
        (entry("A", "name: [A]").replace("type", "wikidata: 889, type"), r"wikidata must be a string"),
        (entry("A", "name: [A]").replace("type", "colour: red, type"), r"'colour' is no field; use id, name"),
        (entry("A", "name: [A]") + entry("A", "name: [B]"), r"entry 2 \(A\): .*entry 1 \(A\) describes it too"),
        (entry("A", "name: [X]") + entry("B", "name: [X]"), r"entry 2 \(B\): the alias 'X' stands in both A and B"),
        ("- {id: A, name: 2001-02-30}", r"not YAML"),
        ("", r"must be a list of actors"),
    ],
)
def test_a_problem_says_where_it_is_and_what_would_be_right(tmp_path: Path, text: str, reason: str) -> None:
    [problem] = read(tmp_path, text).problems
    assert problem.startswith(str(tmp_path / "0.yaml"))
    assert re.search(reason, problem)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(entry("KYRA", "nick: [A], name: [5]") + "- {id: KYRB}\n" + entry("KYRC", "name: [Kyrc]"))
    assert len(check_files(file).problems) == 3
    with pytest.raises(InputError, match=r"'nick' is no kind .* \(and 2 more: `parley actors check`\)"):
        load_registry(file)


def test_a_user_names_a_file_or_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text(entry("KYRA", "name: [Kyra]"))
    (tmp_path / "b.yaml").write_text("- {id: KYRA, aliases: {demonym: [Kyran]}}")
    monkeypatch.setenv("PARLEY_ACTORS", str(tmp_path))
    assert who(load_registry(), "kyran") == "KYRA"
    monkeypatch.setenv("PARLEY_ACTORS", str(tmp_path / "a.yaml"))
    assert who(load_registry(), "kyran") is None
    assert who(load_registry(tmp_path / "b.yaml"), "kyran") == "KYRA"


def test_a_folder_without_files_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no"):
        load_registry(tmp_path)
    with pytest.raises(InputError, match=r"missing\.yaml cannot be read: No such file"):
        load_registry(tmp_path / "missing.yaml")


def test_a_name_is_resolved_with_its_dates(registry: Registry) -> None:
    [kabul] = resolve_report(["Kabul"], registry, date(2022, 1, 1))
    assert kabul.actor
    assert kabul.alias
    assert (kabul.actor.id, kabul.alias.since) == ("TALIBAN", date(2021, 8, 15))
    assert resolve_words([kabul]) == (
        "Kabul: TALIBAN Taliban (armed group), by capital 'Kabul' since 2021-08-15\n"
        "  else AFG Afghanistan (state), by capital 'Kabul' until 2021-08-15"
    )
    assert kabul.as_json()["elsewhen"][0]["alias"]["until"] == "2021-08-15"


def test_an_unknown_name_is_said_to_be_unknown_and_near_names_are_shown(registry: Registry) -> None:
    words = resolve_words(resolve_report(["Zelenski", "Qqqqqq", "RUS"], registry)).splitlines()
    assert words[0].startswith("Zelenski: unknown; near it: Zelensk")
    assert words[1:] == ["Qqqqqq: unknown", "RUS: RUS Russia (state), by its id"]


def test_words_for_a_government_are_not_called_an_id(registry: Registry) -> None:
    words = resolve_words(resolve_report(["the Ugandan government"], registry))
    assert words == "the Ugandan government: UGA Uganda (state), as its government"


def test_a_name_before_its_time_means_nobody(registry: Registry) -> None:
    [found] = resolve_report(["Volodymyr Zelensky"], registry, date(2010, 1, 1))
    assert found.actor is None
    assert resolve_words([found]) == (
        "Volodymyr Zelensky: nobody on 2010-01-01\n"
        "  else UKR Ukraine (state), by person 'Volodymyr Zelensky' since 2019-05-20"
    )


def test_the_shipped_files_hold_no_problem() -> None:
    report = check_files()
    assert report.problems == ()
    assert report.files == SHIPPED_FILES
    assert check_words(report).endswith("no problem")
    assert sum(report.actors.values()) > 500


def test_loading_is_fast_since_every_command_pays_for_it() -> None:
    def seconds() -> float:
        start = time.process_time()
        load_registry()
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.6  # a fifth of a second, and patience with a busy machine


def test_each_shipped_file_is_read_once() -> None:
    files = [file for layer in registry_layers() for file in layer]
    assert len(files) == len(set(files)) == 3
