"""The ledger of conditions: on what each actor made its consent to talks depend, since when, and until when.

Wordings that are nearly the same are one condition: at least six tenths of their words that carry meaning agree, and
so do their numbers. A condition that is no longer stated may still stand: the ledger says only what was said later.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from model.text import folded
from serving.report.records import Condition, Statement

ALIKE: Final = 0.6  # Jaccard similarity of the words
_SMALL_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "a after all an and any are as at be been before being but by for from had has have he her his if in is it its "
        "of on once only or our provided she so than that the their them then they this to unless until up us was we "
        "were when which who will with would",
    )
)


@dataclass(frozen=True)
class Entry:
    """A condition of an actor. `claimed`: others say that it sets it. The dates are None where all of it is undated.

    `support_after` are the actor's own statements of support dated after `last`; `first_support` is the first of them.
    """

    actor: str
    claimed: bool
    condition: Condition
    statement: Statement
    wordings: tuple[str, ...]
    names: tuple[str, ...]
    first: date | None
    last: date | None
    times: int
    articles: int
    support_after: int
    first_support: Statement | None


def make_ledger(statements: Sequence[Statement]) -> list[Entry]:
    """The conditions of counted statements, by actor, those stated most often first."""
    groups: dict[tuple[str, bool], list[list[Statement]]] = defaultdict(list)
    support: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.condition and statement.takes_position:
            _join(groups[statement.actor, not statement.own], statement)
        elif statement.own and statement.takes_position and statement.stance == "support" and statement.day:
            support[statement.actor].append(statement)
    entries = [
        _entry(actor, claimed, group, support[actor]) for (actor, claimed), found in groups.items() for group in found
    ]
    return sorted(entries, key=lambda each: (each.actor, each.claimed, -each.times, each.first or date.max))


def without_condition(statements: Sequence[Statement]) -> int:
    """How many conditional statements do not tell their condition in words that were found."""
    return sum(each.stance == "conditional" and each.takes_position and each.condition is None for each in statements)


def same_condition(left: str, right: str) -> bool:
    """Whether two wordings are nearly the same."""
    first, second = _words(left), _words(right)
    numbers_agree = {each for each in first if each.isdecimal()} == {each for each in second if each.isdecimal()}
    return numbers_agree and len(first & second) >= ALIKE * len(first | second)


@lru_cache(maxsize=1 << 16)  # a wording is compared with many
def _words(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", folded(text))
    content = [word.removesuffix("s") for word in words if word not in _SMALL_WORDS]
    return frozenset(content or words)


def _join(groups: list[list[Statement]], statement: Statement) -> None:
    wording = _text_of(statement)
    for group in groups:
        if same_condition(_text_of(group[0]), wording):
            group.append(statement)
            return
    groups.append([statement])


def _text_of(statement: Statement) -> str:
    return statement.condition.text if statement.condition else ""


def _entry(actor: str, claimed: bool, group: list[Statement], support: list[Statement]) -> Entry:
    shown = max(group, key=lambda each: each.probability)
    conditions = [each.condition for each in group if each.condition]
    days = [each.day for each in group if each.day]
    last = max(days, default=None)
    later = [each for each in support if last and each.day and each.day > last]
    return Entry(
        actor=actor,
        claimed=claimed,
        condition=shown.condition or conditions[0],
        statement=shown,
        wordings=tuple(dict.fromkeys(each.text for each in conditions)),
        names=tuple(dict.fromkeys(name for each in conditions for name in each.names)),
        first=min(days, default=None),
        last=last,
        times=len(group),
        articles=len({each.article for each in group}),
        support_after=len(later),
        first_support=min(later, key=lambda each: each.day or date.max, default=None),
    )
