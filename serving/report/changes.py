"""Where an actor's positions change: the split in time that parts its statements most, and whether chance would.

The statistic is the greatest chi-square of before against after over all splits (Miller and Siegmund, 1982). Because
the split is searched for, its p value comes from the same search after shuffling: the articles, each with all its
statements, are put in random order, since statements of one article are no independent witnesses. Each side of a
change is searched in turn (binary segmentation; Vostrikova, 1981). p values are multiplied by the number of actors
searched, and within an actor by the number of parts that the changes found so far leave to search (Bonferroni).
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from serving.report.records import TAKEN, ReportOptions, Statement
from serving.report.timeline import Calendar

FEWEST_SHUFFLES: Final = 1999
HITS: Final = 50  # as good orders after which chance is plain enough, and no more are tried (Besag and Clifford, 1991)
ORDERS_AT_ONCE: Final = 256
NUMBERS_AT_ONCE: Final = 500_000  # bounds the memory of the shuffles

Counts = NDArray[np.int64]
Dated = tuple[date, Statement]


@dataclass(frozen=True)
class Side:
    """An actor's statements on one side of a change, and the one that shows it best."""

    first: date
    last: date
    counts: dict[str, int]
    quote: Statement

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Change:
    """`p` is adjusted for the search over days, actors and parts."""

    actor: str
    statistic: float
    p: float
    before: Side
    after: Side


@dataclass(frozen=True)
class Search:
    """What looking for changes of one actor gave: the changes in order of time, and the p value of the best split."""

    actor: str
    statements: int
    p: float
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class _Series:
    """One row a day and article, in order of time: counts of shape (rows, 3), and the statements."""

    days: list[date]
    counts: Counts
    statements: list[list[Statement]]

    def part(self, start: int, end: int) -> "_Series":
        return _Series(self.days[start:end], self.counts[start:end], self.statements[start:end])


def find_changes(statements: Sequence[Statement], calendar: Calendar, options: ReportOptions) -> list[Search]:
    """Search every actor with enough own, dated statements that take a position."""
    by_actor: dict[str, list[Dated]] = defaultdict(list)
    for statement in statements:
        day = calendar.day_of(statement)
        if day and statement.own and statement.takes_position:
            by_actor[statement.actor].append((day, statement))
    enough = {actor: rows for actor, rows in by_actor.items() if len(rows) >= 2 * options.minimum}
    return [_search(actor, rows, len(enough), options) for actor, rows in sorted(enough.items())]


def _search(actor: str, statements: list[Dated], actors: int, options: ReportOptions) -> Search:
    random = np.random.default_rng(options.seed)
    changes: list[Change] = []
    waiting = [_series_of(statements)]
    overall: list[float] = []
    while waiting:
        part = waiting.pop(0)
        best, statistic = best_split(part.days, part.counts, options.minimum)
        searches = actors * (len(changes) + 1)
        p = adjusted_p(part.days, part.counts, options, searches, random) if best else 1.0
        overall.append(p)
        if p < options.level:
            before, after = part.part(0, best), part.part(best, len(part.days))
            changes.append(Change(actor, statistic, p, *_sides(before, after)))
            waiting += [before, after]
    changes.sort(key=lambda change: change.after.first)
    return Search(actor, len(statements), overall[0], tuple(changes))


def adjusted_p(
    days: Sequence[date], counts: Counts, options: ReportOptions, searches: int, random: np.random.Generator
) -> float:
    """The p value of the best split, times `searches`; of so many orders that it can fall below the level at all."""
    shuffles = max(FEWEST_SHUFFLES, math.ceil(2 * searches / options.level))
    return min(1.0, searches * permutation_p(days, counts, options.minimum, shuffles, random))


def best_split(days: Sequence[date], counts: Counts, minimum: int) -> tuple[int, float]:
    """The first row of the later side, and the chi-square; (0, 0.0) where no split leaves enough on both sides."""
    statistics = _chi_squares(counts[None], _may_split(days), minimum)[0]
    best = int(np.argmax(statistics))
    return (best + 1, float(statistics[best])) if statistics[best] > 0 else (0, 0.0)


def permutation_p(
    days: Sequence[date], counts: Counts, minimum: int, shuffles: int, random: np.random.Generator
) -> float:
    """The share of orders of the rows, this one among them, whose best split is as good or better.

    At most `shuffles` orders are tried; fewer once HITS of them were as good.
    """
    allowed = _may_split(days)
    observed = _chi_squares(counts[None], allowed, minimum).max()
    at_once = max(1, min(ORDERS_AT_ONCE, NUMBERS_AT_ONCE // counts.size))
    as_good = tried = 0
    while tried < shuffles:
        orders = np.tile(np.arange(len(counts)), (min(at_once, shuffles - tried), 1))
        best = _chi_squares(counts[random.permuted(orders, axis=1)], allowed, minimum).max(axis=1)
        hits = np.flatnonzero(best >= observed - 1e-9)
        if as_good + len(hits) >= HITS:
            return HITS / (tried + int(hits[HITS - as_good - 1]) + 1)
        as_good += len(hits)
        tried += len(best)
    return (as_good + 1) / (shuffles + 1)


def _may_split(days: Sequence[date]) -> NDArray[np.bool_]:
    """After which rows but the last a day ends: statements of one day have no order."""
    return np.array([left != right for left, right in pairwise(days)] or [False])


def _chi_squares(counts: Counts, allowed: NDArray[np.bool_], minimum: int) -> NDArray[np.float64]:
    """Pearson's chi-square of before against after each row but the last; 0 where a split is not allowed.

    `counts` has the shape (orders, rows, 3), the answer (orders, rows - 1).
    """
    if counts.shape[1] < 2:
        return np.zeros((counts.shape[0], 1))
    total = counts.sum(axis=1, keepdims=True).astype(np.float64)
    before = counts.cumsum(axis=1)[:, :-1].astype(np.float64)
    left = before.sum(axis=2)
    everything = total.sum(axis=2)
    right = everything - left
    may = allowed[None] & (left >= minimum) & (right >= minimum)
    # For a table of two rows, the sum over its columns of (n * before - left * total)^2 / (left * right * total).
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (everything[..., None] * before - left[..., None] * total) ** 2 / total
        statistics = terms.sum(axis=2, where=total > 0) / (left * right)
    return np.where(may, np.nan_to_num(statistics), 0.0)


def _series_of(statements: Sequence[Dated]) -> _Series:
    groups: dict[tuple[date, int], list[Statement]] = defaultdict(list)
    for day, statement in statements:
        groups[day, statement.article].append(statement)
    keys = sorted(groups)
    counts = [[sum(each.stance == stance for each in groups[key]) for stance in TAKEN] for key in keys]
    return _Series([day for day, _ in keys], np.array(counts, dtype=np.int64), [groups[key] for key in keys])


def _sides(before: _Series, after: _Series) -> tuple[Side, Side]:
    earlier, later = before.counts.sum(axis=0), after.counts.sum(axis=0)
    gain = later / later.sum() - earlier / earlier.sum()
    return _side(before, earlier, -gain), _side(after, later, gain)


def _side(series: _Series, counts: Counts, excess: NDArray[np.float64]) -> Side:
    typical = TAKEN[int(np.argmax(excess))]
    shown = [each for group in series.statements for each in group if each.stance == typical]
    # A headline is shown last, since it often cuts a condition that the article tells.
    quote = max(shown, key=lambda each: (not each.headline, each.voice != "narrator", each.probability))
    named = dict(zip(TAKEN, counts.tolist(), strict=True))
    return Side(series.days[0], series.days[-1], named, quote)
