"""The day of an article, and the time that a sentence tells."""

import time
from datetime import date

import pytest

from model.times import When, event_time, is_past, publication_date

FRIDAY = date(2024, 3, 15)


@pytest.mark.parametrize(
    "written",
    [
        "2024-08-05", "2024-08-05T23:10:00+09:00", "2024/8/5", "20240805", "5 August 2024", "5th Aug 2024",
        "Aug. 5, 2024", "August 5 2024", "Monday, August 5, 2024", "Mon 5 Aug 2024", "20240805093000",
        "Mon, 05 Aug 2024 10:00:00 GMT", " 2024-08-05 ",
    ],
)  # fmt: skip
def test_common_ways_to_write_a_day_are_read(written: str) -> None:
    assert publication_date(written) == (date(2024, 8, 5), None)


@pytest.mark.parametrize(
    ("written", "because"),
    [
        (None, "no date"), ("  ", "no date"), ("3/4/2024", "2024-08-15"), ("spring", "2024-08-15"),
        ("2024-02-30", "there is no day"), ("0001-01-01T00:00:00Z", "cannot be meant"),
        ("9999-12-31", "cannot be meant"), ("1 Jan 99999999999999999999 00:00:00", "is not known"),
    ],
)  # fmt: skip
def test_a_date_that_could_mean_two_days_or_none_is_refused_with_a_reason(written: str | None, because: str) -> None:
    day, reason = publication_date(written)
    assert day is None
    assert because in str(reason)


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Orsa said on Monday that it will attend.", date(2024, 3, 11)),
        ("Orsa rejected the offer on Friday.", date(2024, 3, 15)),
        ("Orsa walked out of the hall late Saturday.", date(2024, 3, 9)),
        ("Yesterday Orsa accepted the invitation.", date(2024, 3, 14)),
        ("On 5 March 2023 Orsa walked out.", date(2023, 3, 5)),
    ],
)
def test_a_sentence_of_the_past_tells_its_day(sentence: str, day: date) -> None:
    assert event_time(sentence, FRIDAY) == When(day, "day", True)


@pytest.mark.parametrize(
    ("sentence", "start", "precision"),
    [
        ("In 2015, Orsa walked out of the talks.", date(2015, 1, 1), "year"),
        ("GENEVA — In May 2015 Orsa walked out.", date(2015, 5, 1), "month"),
        ("Orsa walked out of the Lund talks in 2012.", date(2012, 1, 1), "year"),
        ("Last year Orsa refused to talk.", date(2023, 1, 1), "year"),
        ("Orsa refused to talk two months ago.", date(2024, 1, 1), "month"),
        ("Two years ago Orsa refused to talk.", date(2022, 1, 1), "year"),
    ],
)
def test_a_month_or_year_that_is_over_is_the_time_of_the_sentence(sentence: str, start: date, precision: str) -> None:
    assert event_time(sentence, FRIDAY) == When(start, precision, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "Orsa will meet Velmar on Monday.",
        "The sides meet on Monday.",
        "Orsa rejected the plan of Monday and of Tuesday.",
        "Orsa refused to wait until Monday.",
        "Orsa cancelled Monday's meeting.",
        "Orsa put off the talks, set for Monday.",
        "Orsa received the envoys as early as Monday.",
        "Orsa needed first to see what Velmar pledged in 2005.",
        "Orsa asked for a return to the accord signed in 2012.",
        "The front, which walked out in 2012, came back to the table.",
        "The front, which walked out in 2012, is back at the table.",
        "Orsa has refused to talk since the war of 2012 and the truce of 2014.",
        "In 2024 Orsa walked out.",
        "In March 2024 Orsa walked out.",
        "In 2031 Orsa walked out.",
        "Orsa called for talks.",
    ],
)
def test_a_sentence_that_could_mean_another_time_tells_none(sentence: str) -> None:
    assert event_time(sentence, FRIDAY) is None


def test_a_hostile_sentence_does_not_hang() -> None:
    started = time.perf_counter()
    for text in ("a" * 200_000, "in 20" * 40_000, "said on " * 25_000, "1 " * 100_000, " " * 200_000):
        event_time(text, FRIDAY)
        publication_date(text)
    assert time.perf_counter() - started < 10  # a second, and patience with a busy machine


def test_what_a_sentence_tells_of_an_earlier_year_is_past() -> None:
    assert is_past("In 2015 the front walked out of the talks.", FRIDAY)
    assert not is_past("The front walked out of the talks on Monday.", FRIDAY)
    assert not is_past("The front will come in 2025.", FRIDAY)


def test_a_month_is_over_after_its_last_day() -> None:
    assert event_time("In January 2024 Orsa walked out.", date(2024, 1, 31)) is None
    assert event_time("In January 2024 Orsa walked out.", date(2024, 2, 1)) == When(date(2024, 1, 1), "month", True)


def test_nothing_is_past_for_a_text_without_a_date() -> None:
    assert not is_past("In 2015 the front walked out of the talks.", None)
