"""The ledger of conditions, and two actors beside each other."""

from datetime import date
from pathlib import Path

import pytest
from report_parts import NAMES, analysis, condition, corpus_of, pair

from model.errors import InputError
from serving.report.comparison import choose_actors, compare, latest_positions
from serving.report.ledger import Entry, make_ledger, same_condition, without_condition
from serving.report.timeline import make_calendar, make_timelines

BOATS = "Orsa will talk only if the patrol boats are withdrawn."
VELMAR_BOATS = "Orsa will talk once Velmar frees the crew."


def gated(text: str, words: str, **more: object) -> dict[str, object]:
    return pair(text, "conditional", condition=condition(text, words), **more)


def ledger_of(folder: Path, *rows: dict[str, object]) -> list[Entry]:
    return make_ledger(corpus_of(folder, *rows).statements)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("only if the patrol boats are withdrawn", "unless all patrol boats were withdrawn", True),
        ("until the boats are withdrawn", "after the prisoners are freed", False),
        ("once 50 prisoners are freed", "once 200 prisoners are freed", False),
        ("if", "if", True),
    ],
)
def test_nearly_identical_wordings_are_one_condition(left: str, right: str, same: bool) -> None:
    assert same_condition(left, right) is same


def test_a_condition_has_its_first_and_last_day_and_how_often_it_was_stated(tmp_path: Path) -> None:
    again = "Orsa said there would be no talks until the patrol boats were withdrawn."
    (entry,) = ledger_of(
        tmp_path,
        analysis(1, gated(again, "until the patrol boats were withdrawn"), day=date(2024, 2, 1)),
        analysis(2, gated(BOATS, "only if the patrol boats are withdrawn"), day=date(2024, 1, 1)),
    )
    assert (entry.first, entry.last, entry.times, entry.articles) == (date(2024, 1, 1), date(2024, 2, 1), 2, 2)
    assert len(entry.wordings) == 2


def test_only_support_after_the_last_time_is_told(tmp_path: Path) -> None:
    (entry,) = ledger_of(
        tmp_path,
        analysis(1, pair("Orsa called for talks at once.", "support"), day=date(2024, 1, 1)),
        analysis(2, gated(BOATS, "only if the patrol boats are withdrawn"), day=date(2024, 2, 1)),
        analysis(3, pair("Orsa accepted talks at last.", "support"), day=date(2024, 3, 1)),
        analysis(4, pair("Velmar said that Orsa wanted talks.", "support", voice="other_party:VEL")),
    )
    assert entry.support_after == 1
    assert entry.first_support is not None
    assert entry.first_support.text == "Orsa accepted talks at last."


def test_conditions_that_others_ascribe_stand_apart(tmp_path: Path) -> None:
    words = "only if the patrol boats are withdrawn"
    entries = ledger_of(tmp_path, analysis(1, gated(BOATS, words)), analysis(2, gated(BOATS, words, voice="expert")))
    assert [entry.claimed for entry in entries] == [False, True]


def test_a_conditional_statement_without_marked_words_is_counted(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, pair("Orsa would talk, with a proviso.", "conditional")))
    assert make_ledger(corpus.statements) == []
    assert without_condition(corpus.statements) == 1


def test_a_condition_names_the_actors_that_stand_in_its_words(tmp_path: Path) -> None:
    other = pair(VELMAR_BOATS, "none", "VEL", start=VELMAR_BOATS.index("Velmar"))
    corpus = corpus_of(tmp_path, analysis(1, gated(VELMAR_BOATS, "once Velmar frees the crew"), other))
    timelines = make_timelines(corpus.statements, make_calendar(corpus.articles))
    ledger = make_ledger(corpus.statements)
    latest = latest_positions(corpus.statements, make_calendar(corpus.articles))
    compared = compare(("ORS", "VEL"), timelines, latest, ledger)
    assert compared.left.on_other == tuple(ledger)
    assert compared.right.on_other == ()
    assert compared.left.latest is corpus.statements[0]


def test_a_condition_that_others_ascribe_is_none_of_its_own_on_the_other(tmp_path: Path) -> None:
    other = pair(VELMAR_BOATS, "none", "VEL", start=VELMAR_BOATS.index("Velmar"))
    claim = gated(VELMAR_BOATS, "once Velmar frees the crew", voice="other_party:VEL")
    corpus = corpus_of(tmp_path, analysis(1, claim, other))
    timelines = make_timelines(corpus.statements, make_calendar(corpus.articles))
    assert compare(("ORS", "VEL"), timelines, {}, make_ledger(corpus.statements)).left.on_other == ()


def test_the_latest_position_is_none_of_the_past(tmp_path: Path) -> None:
    rows = [pair("In 2015, Orsa walked out of the hall.", "oppose"), pair("Velmar agreed.", "support", "VEL")]
    corpus = corpus_of(tmp_path, analysis(1, *rows))
    assert set(latest_positions(corpus.statements, make_calendar(corpus.articles))) == {"VEL"}


def test_a_name_that_nearly_is_an_actors_is_suggested(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, pair("Orsa agreed.", "support")))
    timelines = make_timelines(corpus.statements, make_calendar(corpus.articles))
    with pytest.raises(InputError, match="no statement of 'Orssa' to compare; near it are Orsa"):
        choose_actors(("Orssa", "ORS"), timelines, NAMES)


def test_actors_to_compare_are_known_by_id_or_name(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, pair("Orsa agreed.", "support"), pair("Velmar agreed.", "support", "VEL")))
    timelines = make_timelines(corpus.statements, make_calendar(corpus.articles))
    assert choose_actors(("velmar", "ORS"), timelines, NAMES) == ("VEL", "ORS")
    assert choose_actors(None, timelines, NAMES) == ("ORS", "VEL")
    with pytest.raises(InputError, match="'Kyra' to compare; the actors spoken of most are Orsa, Velmar"):
        choose_actors(("Kyra", "ORS"), timelines, NAMES)
    with pytest.raises(InputError, match="one actor"):
        choose_actors(("Orsa", "ORS"), timelines, NAMES)


def test_one_actor_alone_is_compared_with_nobody(tmp_path: Path) -> None:
    corpus = corpus_of(
        tmp_path, analysis(1, pair("Orsa agreed.", "support"), pair("Velmar lies south.", "none", "VEL"))
    )
    timelines = make_timelines(corpus.statements, make_calendar(corpus.articles))
    assert choose_actors(None, timelines, NAMES) is None
