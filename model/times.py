"""The day of an article, and the time that a sentence itself tells.

Narrow rules on purpose: a time is used only where the sentence can hardly mean another. All else keeps the day of
publication. In the terms of the codebook (R13): what a sentence puts in the past is not counted at its publication.

- "said on Monday", or a Monday in a sentence of the past that says nothing of the future: the last Monday, or that day;
- "yesterday" in such a sentence;
- "in March 2015", "on 5 March 2015", "in 2015", "last year", "two years ago": if the sentence opens with it, or if no
  relative clause, participle ("the accord signed in 2015") or word of the present stands beside it.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS: Final = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WRITTEN = (
    re.compile(r"(?P<year>\d{4})[-/](?P<number>\d{1,2})[-/](?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?P<year>(?:19|20)\d\d)(?P<number>\d\d)(?P<day>\d\d)(?:\d{6})?(?!\d)"),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s{_MONTH},?\s{_YEAR}(?!\d)", re.IGNORECASE),
    re.compile(rf"{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s{_YEAR}(?!\d)", re.IGNORECASE),
)
_CALENDAR = (
    re.compile(rf"\b[Oo]n\s(?P<day>\d{{1,2}})\s{_MONTH}\s{_YEAR}\b"),
    re.compile(rf"\b[Oo]n\s{_MONTH}\s(?P<day>\d{{1,2}}),?\s{_YEAR}\b"),
    re.compile(rf"\b[Ii]n\s(?:(?:early|late|mid)\s)?{_MONTH}\s{_YEAR}\b"),
    re.compile(rf"\b[Ii]n\s(?:(?:early|late|mid)\s)?{_YEAR}\b"),
)
_AGO = re.compile(r"\b(?P<count>an?|\d{1,2}|" + "|".join(_NUMBERS) + r")\s(?P<unit>month|year)s?\sago\b", re.IGNORECASE)
_LAST = re.compile(r"\blast\s(?P<unit>month|year)\b", re.IGNORECASE)
_ANY_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b(?!['’]s)")
_SAID_ON = re.compile(
    r"\b(?:said|announced|declared|told\sreporters|warned|added|replied|answered)\s(?:late\s|early\s)?(?:on\s)?"
    r"(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b(?!['’]s)"
)
_NOT_THAT_DAY = re.compile(
    r"\b(?:next|by|until|till|before|after|since|every|from|for|through|coming|early\sas)\s(?:on\s|the\s|late\s)?$"
)
_FUTURE = re.compile(
    r"\b(?:will|would|shall|should|(?-i:may)|might|could|next|tomorrow|due|scheduled|set\sto|plans?|planned|expected|upcoming)\b"
    r"|['’]ll\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(r"\b(?:is|are|has|have|now|today|still|again|says?|this)\b", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:[A-Za-z]{2,}ed|said|told|met|held|took|left|sent|made|gave|went|came|began|broke|put|spoke|was|were)\b"
)
_CLAUSE = re.compile(
    r"\b(?:which|who|whose|what|that|where|when|after|since|before|until|if|because)\b|"
    r"\b(?:signed|agreed|reached|brokered|concluded|struck|made|held|begun|started|launched|adopted|created|of)\s$"
)
_DAY_NAME: Final = re.compile(r"^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,?\s", re.IGNORECASE)
FIRST_YEAR: Final = 1600  # the first newspapers; what is earlier, or after LAST_YEAR, stands for "no date"
LAST_YEAR: Final = 2200
RECENT_DAYS: Final = 31  # what is no older than this is still news
_OPENING: Final = 40  # characters: a dateline may stand before the opening words


@dataclass(frozen=True, slots=True)
class When:
    """The day of a statement, or the first day of its month or year. `told`: by the sentence, else by the article."""

    day: date
    precision: str  # day, month or year
    told: bool


def publication_date(text: str | None) -> tuple[date | None, str | None]:
    """The day that a date column means, or None and why not.

    Read are ISO 8601, 2024/8/15, 20240815, 20240815093000, 15 August 2024, Thursday, Aug. 15, 2024 and RFC 2822;
    3/4/2024 may be two days. Refused are years in which no news was published: they stand for a missing date.
    """
    if text is None or not text.strip():
        return None, "it has no date"
    plain = text.strip()
    day, problem = _written_day(plain)
    if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None, f"the date {plain[:40]!r} cannot be meant; write it as 2024-08-15"
    return day, problem


def _written_day(plain: str) -> tuple[date | None, str | None]:
    words = _DAY_NAME.sub("", plain)
    for form in _WRITTEN:
        if found := form.match(words):
            day = _calendar_day(found)
            return (day, None) if day else (None, f"there is no day {plain[:40]!r}")
    try:
        return parsedate_to_datetime(plain).date(), None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None, f"the date {plain[:40]!r} is not known; write it as 2024-08-15"


def event_time(sentence: str, published: date) -> When | None:
    """When a sentence puts its news, if it surely tells; never after `published`, which `publication_date` read."""
    said = _SAID_ON.search(sentence)
    if said:
        return _last_weekday(said["weekday"], published)
    if _FUTURE.search(sentence):
        return None
    if weekdays := {found.group(): found for found in _WEEKDAY.finditer(sentence)}:
        return _single_weekday(sentence, weekdays, published)
    if re.search(r"\byesterday\b", sentence, re.IGNORECASE) and _PAST.search(sentence):
        return When(published - timedelta(days=1), "day", True)
    return _past_time(sentence, published)


def is_past(sentence: str, published: date | None) -> bool:
    """Does the sentence surely tell of a time more than a month before it was published?"""
    when = event_time(sentence, published) if published else None
    return bool(when and published and is_long_ago(when, published))


def is_long_ago(when: When, published: date) -> bool:
    """Was all of that time over more than a month before the day of publication?"""
    return _end_of(when) < published - timedelta(days=RECENT_DAYS)


def _single_weekday(sentence: str, weekdays: dict[str, re.Match[str]], published: date) -> When | None:
    name, found = next(iter(weekdays.items()))
    before = sentence[max(0, found.start() - 20) : found.start()]
    if len(weekdays) > 1 or _NOT_THAT_DAY.search(before) or not _PAST.search(sentence):
        return None
    return _last_weekday(name, published)


def _last_weekday(name: str, published: date) -> When:
    back = (published.weekday() - _DAYS.index(name.lower())) % 7
    return When(published - timedelta(days=back), "day", True)


def _past_time(sentence: str, published: date) -> When | None:
    """A month, a year or a day that is over when the article appears."""
    if len(_ANY_YEAR.findall(sentence)) > 1:
        return None
    for form in (*_CALENDAR, _AGO, _LAST):
        found = form.search(sentence)
        if found is None:
            continue
        when = _named_time(found) if form in _CALENDAR else _time_ago(found, published)
        is_over = when is not None and _end_of(when) < published
        return when if is_over and _is_when_it_happened(sentence, found.start()) else None
    return None


def _is_when_it_happened(sentence: str, start: int) -> bool:
    """Does the time at `start` hold for the whole sentence, rather than for something that it mentions?"""
    before = sentence[:start]
    opens = not before.strip() or (start < _OPENING and before.rstrip().endswith(("—", "–", "-", '"', "“")))
    return not _PRESENT.search(sentence) and (opens or not _CLAUSE.search(before))


def _named_time(found: re.Match[str]) -> When | None:
    groups = found.groupdict()
    if groups.get("day"):
        day = _calendar_day(found)
        return When(day, "day", True) if day else None
    month = groups.get("month")
    if month:
        return When(date(int(groups["year"]), _month_number(month), 1), "month", True)
    return When(date(int(groups["year"]), 1, 1), "year", True)


def _time_ago(found: re.Match[str], published: date) -> When:
    word = found.groupdict().get("count", "one").lower()
    count = int(word) if word.isdecimal() else _NUMBERS.index(word) + 1 if word in _NUMBERS else 1
    if found["unit"].lower() == "year":
        return When(date(published.year - count, 1, 1), "year", True)
    years, month = divmod(published.year * 12 + published.month - 1 - count, 12)
    return When(date(years, month + 1, 1), "month", True)


def _end_of(when: When) -> date:
    """The last day that is meant, of a month or year."""
    if when.precision == "year":
        return date(when.day.year, 12, 31)
    return when.day if when.precision == "day" else when.day.replace(day=monthrange(*when.day.timetuple()[:2])[1])


def _calendar_day(found: re.Match[str]) -> date | None:
    groups = found.groupdict()
    month = _month_number(groups["month"]) if groups.get("month") else int(groups["number"])
    try:
        return date(int(groups["year"]), month, int(groups["day"]))
    except ValueError:
        return None


def _month_number(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
