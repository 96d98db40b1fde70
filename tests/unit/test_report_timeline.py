"""Periods, counts and shares."""

from datetime import date
from pathlib import Path

import pytest
from report_parts import analysis, corpus_of, pair

from model.errors import InputError
from serving.report.records import ReportOptions
from serving.report.timeline import PAST, UNDATED, make_calendar, make_timelines, past_of, total_of, wilson


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


def test_more_periods_than_can_be_drawn_are_refused(tmp_path: Path) -> None:
    rows = [analysis(1, day="1900-01-01"), analysis(2, day="2024-01-01")]
    articles = corpus_of(tmp_path, *rows).articles
    assert len(make_calendar(articles).starts) == 125
    with pytest.raises(InputError, match=r"from 1900-01-01 to 2024-01-01 .* more than 5,000 periods of a day"):
        make_calendar(articles, "day")


def test_what_a_sentence_puts_in_the_past_is_not_counted_at_its_publication(tmp_path: Path) -> None:
    rows = [
        analysis(1, pair("Orsa called for talks.", "support"), day=date(2024, 1, 5)),
        analysis(2, pair("In 2015, Orsa walked out.", "oppose"), day=date(2024, 3, 5)),
    ]
    corpus = corpus_of(tmp_path, *rows)
    for dates in ("event", "publication"):
        corpus = corpus_of(tmp_path, *rows, options=ReportOptions(dates=dates))
        timeline = make_timelines(corpus.statements, make_calendar(corpus.articles))["ORS"]
        assert {period: tally.taken for period, tally in timeline.items()} == {date(2024, 1, 1): 1, PAST: 1}
        assert total_of(timeline).own["oppose"] == 0
        assert past_of(timeline).own["oppose"] == 1


def test_an_analysis_that_says_past_is_believed(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, pair("Orsa had walked out before the war.", "oppose", past=True)))
    assert make_calendar(corpus.articles).place(corpus.statements[0]) == PAST
    assert corpus.statements[0].day is None


def placed(folder: Path, text: str, day: date, unit: str) -> date | str:
    """Where a sentence of an article of that day counts, among articles from January to June of 2024."""
    said = analysis(2, pair(text, "oppose"), day=day)
    corpus = corpus_of(folder, analysis(1, day="2024-01-08"), said, analysis(3, day="2024-06-03"))
    return make_calendar(corpus.articles, unit).place(corpus.statements[0])


def test_a_month_that_is_over_has_no_week(tmp_path: Path) -> None:
    text = "In March 2024 Orsa walked out."
    assert placed(tmp_path, text, date(2024, 5, 29), "month") == date(2024, 3, 1)
    assert placed(tmp_path, text, date(2024, 5, 29), "week") == PAST


def test_what_is_still_news_counts_at_its_publication_where_its_own_time_has_no_period(tmp_path: Path) -> None:
    assert placed(tmp_path, "Last month Orsa refused to talk.", date(2024, 4, 3), "week") == date(2024, 4, 1)
    assert placed(tmp_path, "Orsa refused to talk on Saturday.", date(2024, 1, 8), "week") == date(2024, 1, 8)


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
