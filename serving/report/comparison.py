"""Two actors side by side: their counts, their timelines, and the conditions of their own that name the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from model.errors import InputError
from model.text import near_names
from serving.report.ledger import Entry
from serving.report.records import Statement
from serving.report.timeline import Calendar, Tally, Timeline, total_of


@dataclass(frozen=True)
class Party:
    """One of the two. `latest`: its last dated own position; `on_other`: its own conditions that name the other."""

    actor: str
    total: Tally
    timeline: Timeline
    latest: Statement | None
    on_other: tuple[Entry, ...]


@dataclass(frozen=True)
class Comparison:
    left: Party
    right: Party


def compare(
    actors: tuple[str, str],
    timelines: Mapping[str, Timeline],
    latest: Mapping[str, Statement],
    ledger: Sequence[Entry],
) -> Comparison:
    """Compare two actors by id; `latest` as `latest_positions` makes it."""

    def party(actor: str, other: str) -> Party:
        of_its_own = (entry for entry in ledger if entry.actor == actor and not entry.claimed)
        on_other = tuple(entry for entry in of_its_own if other in entry.names)
        return Party(actor, total_of(timelines[actor]), timelines[actor], latest.get(actor), on_other)

    left, right = actors
    return Comparison(party(left, right), party(right, left))


def choose_actors(
    wanted: tuple[str, str] | None, timelines: Mapping[str, Timeline], names: Mapping[str, str]
) -> tuple[str, str] | None:
    """The ids of the two wanted, else of the two that took most positions; None where there are no two.

    `names` are those of all actors. InputError where a wanted actor does not occur, where a name is that of several,
    or where both are one.
    """
    most = sorted(timelines, key=lambda actor: (-total_of(timelines[actor]).taken, actor))
    if wanted is None:
        spoke = [actor for actor in most if total_of(timelines[actor]).taken]
        return (spoke[0], spoke[1]) if len(spoke) > 1 else None
    left, right = (_find(name, most, names) for name in wanted)
    if left == right:
        raise InputError(f"{wanted[0]!r} and {wanted[1]!r} are one actor; give two to compare")
    return left, right


def latest_positions(statements: Sequence[Statement], calendar: Calendar) -> dict[str, Statement]:
    """The last own statement of each actor that takes a position in a period; of one day, the surest of the body."""
    latest: dict[str, tuple[date, bool, float, Statement]] = {}
    for each in statements:
        day = calendar.day_of(each) if each.own and each.takes_position else None
        if day is None:
            continue
        known = latest.get(each.actor)
        if known is None or (day, not each.headline, each.probability) >= known[:3]:
            latest[each.actor] = (day, not each.headline, each.probability, each)
    return {actor: found[3] for actor, found in latest.items()}


def _find(name: str, actors: Sequence[str], names: Mapping[str, str]) -> str:
    """The actor with this id, or else with this name."""
    plain = name.strip().casefold()
    found = [actor for actor in actors if actor.casefold() == plain]
    found = found or [actor for actor in actors if names[actor].casefold() == plain]
    if len(found) > 1:
        raise InputError(f"{name!r} is the name of {len(found)} actors; give one of the ids {', '.join(found)}")
    if found:
        return found[0]
    near = near_names(name, (words for actor in actors for words in (actor, names[actor])))
    shown = ", ".join(names[actor] for actor in actors[:10]) or "none"
    more = f"near it are {', '.join(near)}" if near else f"the actors spoken of most are {shown}"
    raise InputError(f"there is no statement of {name!r} to compare; {more}")
