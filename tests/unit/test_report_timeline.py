"""Periods, counts and shares."""

from datetime import date
from pathlib import Path

import pytest
from report_parts import analysis, corpus_of, pair

from model.errors import InputError
from model.times import When
from serving.report.records import ReportOptions
from serving.report.timeline import PAST, UNDATED, make_calendar, make_timelines, period_start, total_of, wilson


def test_the_interval_is_that_of_wilson() -> None:
    """Against the tables of Newcombe (1998): 81 of 263, and none of 20."""
    share = wilson(81, 263)
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)
    assert (round(wilson(0, 20).low, 4), round(wilson(0, 20).high, 4)) == (0.0, 0.1611)


def test_a_share_lies_in_its_interval() -> None:
    for total in range(1, 40):
        for count in range(total + 1):
            share = wilson(count, total)
            assert 0 <= share.low <= share.value + 1e-12
            assert share.value - 1e-12 <= share.high <= 1


@pytest.mark.parametrize(
    ("last", "unit"),
    [
        (date(2024, 1, 20), "day"),
        (date(2024, 4, 20), "week"),
        (date(2025, 4, 20), "month"),
        (date(2034, 4, 20), "quarter"),
        (date(2044, 4, 20), "year"),
    ],
)
def test_the_unit_follows_the_span(tmp_path: Path, last: date, unit: str) -> None:
    rows = [analysis(1, day=date(2024, 1, 1)), analysis(2, day=last)]
    assert make_calendar(corpus_of(tmp_path, *rows).articles).unit == unit


def test_periods_run_from_the_first_article_to_the_last_without_a_gap(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, day=date(2023, 11, 30)), analysis(2, day=date(2024, 2, 1)))
    calendar = make_calendar(corpus.articles, "month")
    assert [calendar.label(start) for start in calendar.starts] == ["2023-11", "2023-12", "2024-01", "2024-02"]


def test_quarters_follow_each_other(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, day=date(2023, 9, 30)), analysis(2, day=date(2024, 4, 1)))
    calendar = make_calendar(corpus.articles, "quarter")
    assert [calendar.label(start) for start in calendar.starts] == ["2023 Q3", "2023 Q4", "2024 Q1", "2024 Q2"]


def test_the_ends_of_the_calendar_are_days_like_others(tmp_path: Path) -> None:
    rows = [analysis(1, day="0001-01-03"), analysis(2, day="9999-12-31")]
    articles = corpus_of(tmp_path, *rows).articles
    assert len(make_calendar(articles).starts) == 9999
    assert period_start(date(1, 1, 3), "week") == date(1, 1, 1)
    assert make_calendar(articles, "week").starts[-1] == date(9999, 12, 27)


def test_what_a_sentence_puts_in_the_past_is_not_counted_at_its_publication(tmp_path: Path) -> None:
    rows = [
        analysis(1, pair("Orsa called for talks.", "support"), day=date(2024, 1, 5)),
        analysis(2, pair("In 2015, Orsa walked out.", "oppose"), day=date(2024, 3, 5)),
    ]
    corpus = corpus_of(tmp_path, *rows)
    timeline = make_timelines(corpus.statements, make_calendar(corpus.articles))["ORS"]
    assert {period: tally.taken for period, tally in timeline.items()} == {date(2024, 1, 1): 1, PAST: 1}
    by_publication = corpus_of(tmp_path, *rows, options=ReportOptions(dates="publication"))
    timeline = make_timelines(by_publication.statements, make_calendar(by_publication.articles))["ORS"]
    assert PAST not in timeline


def test_a_month_is_no_day_of_a_timeline_by_days(tmp_path: Path) -> None:
    articles = corpus_of(tmp_path, analysis(1, day=date(2024, 1, 1)), analysis(2, day=date(2024, 6, 1))).articles
    month = When(date(2024, 3, 1), "month", True)
    assert make_calendar(articles, "month").place(month) == date(2024, 3, 1)
    assert make_calendar(articles, "week").place(month) == PAST


def test_own_statements_claims_and_unsure_ones_are_counted_apart(tmp_path: Path) -> None:
    voices = ("self", "narrator", None, "other_party:VEL", "expert", "unnamed")
    pairs = [pair(f"Orsa spoke {at} times.", "oppose", voice=voice) for at, voice in enumerate(voices)]
    pairs += [pair("Orsa hesitated.", "support", abstained=True), pair("Orsa lies north.", "none")]
    corpus = corpus_of(tmp_path, analysis(1, *pairs))
    total = total_of(make_timelines(corpus.statements, make_calendar(corpus.articles))["ORS"])
    assert (total.own["oppose"], total.claims["oppose"], total.own["none"], total.unsure) == (3, 3, 1, 1)
    assert total.taken == 3
    assert total.share("support") == wilson(0, 3)


def test_undated_statements_stay_in_the_count(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, pair("Orsa called for talks.", "support"), day=None))
    timeline = make_timelines(corpus.statements, make_calendar(corpus.articles))["ORS"]
    assert set(timeline) == {UNDATED}


@pytest.mark.parametrize(
    "wrong", [{"period": "decade"}, {"dates": "birth"}, {"minimum": 0}, {"level": 1.0}, {"actors_shown": 0}]
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"give|must be"):
        ReportOptions(**wrong)  # type: ignore[arg-type]
