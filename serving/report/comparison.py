"""Two actors side by side: their counts, their timelines, and the conditions that name the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from model.errors import InputError
from serving.report.ledger import Entry
from serving.report.records import Statement
from serving.report.timeline import Tally, Timeline, total_of


@dataclass(frozen=True)
class Party:
    """One of the two. `latest`: its last dated own position; `on_other`: its conditions that name the other."""

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
        on_other = tuple(entry for entry in ledger if entry.actor == actor and other in entry.names)
        return Party(actor, total_of(timelines[actor]), timelines[actor], latest.get(actor), on_other)

    left, right = actors
    return Comparison(party(left, right), party(right, left))


def choose_actors(
    wanted: tuple[str, str] | None, timelines: Mapping[str, Timeline], names: Mapping[str, str]
) -> tuple[str, str] | None:
    """The ids of the two wanted, else of the two that took most positions; None where there are no two.

    InputError where a wanted actor does not occur, or both are one.
    """
    most = sorted(timelines, key=lambda actor: (-total_of(timelines[actor]).taken, actor))
    if wanted is None:
        spoke = [actor for actor in most if total_of(timelines[actor]).taken]
        return (spoke[0], spoke[1]) if len(spoke) > 1 else None
    left, right = (_find(name, most, names) for name in wanted)
    if left == right:
        raise InputError(f"{wanted[0]!r} and {wanted[1]!r} are one actor; give two to compare")
    return left, right


def latest_positions(statements: Sequence[Statement]) -> dict[str, Statement]:
    """The last dated own statement of each actor that takes a position; of one day, the surest of the body."""
    latest: dict[str, tuple[date, bool, float, Statement]] = {}
    for each in statements:
        if each.own and each.takes_position and each.when:
            known = latest.get(each.actor)
            if known is None or (each.when.day, not each.headline, each.probability) >= known[:3]:
                latest[each.actor] = (each.when.day, not each.headline, each.probability, each)
    return {actor: found[3] for actor, found in latest.items()}


def _find(name: str, actors: Sequence[str], names: Mapping[str, str]) -> str:
    plain = name.strip().casefold()
    for actor in actors:
        if plain in (actor.casefold(), names[actor].casefold()):
            return actor
    shown = ", ".join(names[actor] for actor in actors[:10])
    raise InputError(f"there is no statement of {name!r} to compare; the actors spoken of most are {shown or 'none'}")
