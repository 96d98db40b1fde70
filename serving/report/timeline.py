"""How often an actor took each position in each period, with shares and their intervals.

Intervals are Wilson's of 95 % (Wilson, 1927). They take statements to be independent; those of one article are not
quite, so the truth is somewhat less certain than they say.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import NormalDist
from typing import Final

from model.errors import InputError
from model.labels import STANCES
from serving.report.records import TAKEN, UNITS, Article, Statement

PAST: Final = "past"
UNDATED: Final = "undated"
MOST_PERIODS: Final = 5_000  # more can neither be drawn nor read
LONGEST_SPAN: Final = {
    "day": 31,
    "week": 26 * 7,
    "month": 4 * 366,
    "quarter": 12 * 366,
}  # days for which a unit is taken
_Z: Final = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Share:
    """A share and its interval, all from 0 to 1."""

    value: float
    low: float
    high: float


@dataclass
class Tally:
    """Statements of one actor in one period. `own` and `claims` count stances that are sure, `unsure` the others."""

    own: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STANCES, 0))
    claims: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STANCES, 0))
    unsure: int = 0

    @property
    def taken(self) -> int:
        """The n of the shares: own statements that take a position."""
        return sum(self.own[stance] for stance in TAKEN)

    @property
    def claimed(self) -> int:
        return sum(self.claims[stance] for stance in TAKEN)

    def share(self, stance: str) -> Share | None:
        """The share of a stance among the positions taken; None where none was."""
        return wilson(self.own[stance], self.taken) if self.taken else None

    def add(self, statement: Statement) -> None:
        if statement.unsure:
            self.unsure += 1
        else:
            (self.own if statement.own else self.claims)[statement.stance] += 1


@dataclass(frozen=True)
class Calendar:
    """The periods of a report, from the first publication to the last."""

    unit: str
    starts: tuple[date, ...]

    def label(self, start: date) -> str:
        """`2024-08-15` or the Monday of a week, `2024-08`, `2024 Q3` or `2024`."""
        match self.unit:
            case "month":
                return f"{start:%Y-%m}"
            case "quarter":
                return f"{start:%Y} Q{start.month // 3 + 1}"
            case "year":
                return f"{start:%Y}"
            case _:
                return start.isoformat()

    def day_of(self, statement: Statement) -> date | None:
        """The day at which a dated statement counts; None for what is past and belongs to none of the periods.

        That is the time that the sentence tells, unless it lies before the first article or is a month or year of
        which a period is only a part; else the day of publication.
        """
        when = statement.when
        if when and when.told:
            is_fine = UNITS.index(when.precision) <= UNITS.index(self.unit)
            if is_fine and period_start(when.day, self.unit) >= self.starts[0]:
                return when.day
        return None if statement.past else statement.published

    def place(self, statement: Statement) -> date | str:
        """The start of the period in which a statement counts, or PAST or UNDATED."""
        if statement.when is None:
            return UNDATED
        day = self.day_of(statement)
        return period_start(day, self.unit) if day else PAST


Timeline = dict[date | str, Tally]


def wilson(count: int, total: int) -> Share:
    """The share count / total with Wilson's interval of 95 %; `total` is 1 or more."""
    share, z2 = count / total, _Z * _Z
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    return Share(share, max(0.0, middle - half), min(1.0, middle + half))


def make_calendar(articles: Iterable[Article], period: str = "auto") -> Calendar:
    """The periods from the first to the last dated article; the unit by their span unless it is given.

    InputError where they are more than MOST_PERIODS.
    """
    days = [article.date for article in articles if article.date]
    if not days:
        return Calendar("month" if period == "auto" else period, ())
    first, last = min(days), max(days)
    span = (last - first).days + 1
    unit = next((unit for unit, most in LONGEST_SPAN.items() if span <= most), "year") if period == "auto" else period
    starts = [period_start(first, unit)]
    while (following := _next_start(starts[-1], unit)) <= last:
        starts.append(following)
        if len(starts) > MOST_PERIODS:
            raise InputError(
                f"from {first} to {last} there are more than {MOST_PERIODS:,} periods of a {unit}; give a longer "
                "period, and look whether both dates are right"
            )
    return Calendar(unit, tuple(starts))


def make_timelines(statements: Sequence[Statement], calendar: Calendar) -> dict[str, Timeline]:
    """The tally of each period of each actor; periods without a mention of it are left out."""
    timelines: dict[str, Timeline] = defaultdict(dict)
    for statement in statements:
        timelines[statement.actor].setdefault(calendar.place(statement), Tally()).add(statement)
    return dict(timelines)


def total_of(timeline: Timeline) -> Tally:
    """All periods of an actor and the undated too, but not what is past: it is no position of the time of report."""
    total = Tally()
    for tally in (tally for period, tally in timeline.items() if period != PAST):
        for stance in STANCES:
            total.own[stance] += tally.own[stance]
            total.claims[stance] += tally.claims[stance]
        total.unsure += tally.unsure
    return total


def past_of(timeline: Timeline) -> Tally:
    """What is past, and belongs to none of the periods."""
    return timeline.get(PAST, Tally())


def period_start(day: date, unit: str) -> date:
    """The first day of the period that holds the day; weeks begin on Monday."""
    match unit:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case _:
            return day.replace(month=1, day=1)


def _next_start(start: date, unit: str) -> date:
    """The start of the next period; days that `publication_date` reads are far from the ends of the calendar."""
    match unit:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case "month":
            return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        case "quarter":
            return start.replace(year=start.year + start.month // 10, month=(start.month + 2) % 12 + 1)
        case _:
            return start.replace(year=start.year + 1)
