"""What `parley actors` tells: which actor a name means on a day, and everything that is wrong in files of actors."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from model.actor_files import TYPES, Actor, Alias, read_layers
from model.actors import Registry, holder_on, registry_layers
from model.text import near_names


@dataclass(frozen=True)
class Resolution:
    """What a name means on `day` (None: no day): `actor`, and `alias`.

    `alias` is None where the name is an id, or an actor's with words for its government ("the Ugandan government").

    `elsewhen` holds the other actors that the name means, or meant, at another time; `near` the names that look like
    it, where it is unknown.
    """

    name: str
    day: date | None
    actor: Actor | None
    alias: Alias | None
    elsewhen: tuple[tuple[Actor, Alias], ...] = ()
    near: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "date": self.day.isoformat() if self.day else None,
            "actor": _actor_json(self.actor) if self.actor else None,
            "alias": _alias_json(self.alias) if self.alias else None,
            "elsewhen": [{"actor": _actor_json(actor), "alias": _alias_json(alias)} for actor, alias in self.elsewhen],
            "near": list(self.near),
        }


@dataclass(frozen=True)
class CheckReport:
    """The files read, every problem (one sentence each), the aliases that a later file took, actors by type."""

    files: tuple[Path, ...]
    problems: tuple[str, ...]
    taken: tuple[str, ...]
    actors: dict[str, int]
    aliases: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return {
            "files": [str(file) for file in self.files],
            "problems": list(self.problems),
            "taken": list(self.taken),
            "actors": self.actors,
            "aliases": self.aliases,
        }


def resolve_report(names: Iterable[str], registry: Registry, day: date | None = None) -> list[Resolution]:
    """What each name means on that day; for a name that means nothing at all, the names that are near it."""
    return [_resolve(name, registry, day) for name in names]


def check_files(*files: Path) -> CheckReport:
    """Read the registry and these files as `load_registry` does, and tell all that is wrong instead of raising it.

    InputError only for a folder without any file of actors.
    """
    layers = registry_layers(*files)
    reading = read_layers(layers)
    by_type = Counter(actor.type for actor in reading.actors)
    by_kind = Counter(alias.kind for actor in reading.actors for alias in actor.aliases)
    return CheckReport(
        tuple(file for layer in layers for file in layer),
        reading.problems,
        reading.taken,
        {kind: by_type[kind] for kind in TYPES if by_type[kind]},
        dict(by_kind.most_common()),
    )


def resolve_words(resolutions: Iterable[Resolution]) -> str:
    """For people: a line for what each name means, and lines below it for what it means at other times."""
    return "\n".join(line for resolution in resolutions for line in _resolution_lines(resolution))


def check_words(report: CheckReport) -> str:
    """For people: the problems, the aliases taken, then the counts."""
    actors = ", ".join(f"{count} {kind}" for kind, count in report.actors.items())
    lines = [*report.problems, *report.taken, f"{sum(report.actors.values())} actors: {actors}"]
    lines.append(f"{sum(report.aliases.values())} aliases in {len(report.files)} files")
    lines.append({0: "no problem", 1: "1 problem"}.get(len(report.problems), f"{len(report.problems)} problems"))
    return "\n".join(lines)


def _resolve(name: str, registry: Registry, day: date | None) -> Resolution:
    holders = registry.holders(name)
    actor = registry.resolve(name, day)
    if actor is None and not holders:
        return Resolution(name, day, None, None, near=tuple(near_names(name, registry.names)))
    held = holder_on([held for held in holders if held[0] is actor], day)
    alias = held[1] if held else None
    others = tuple(held for held in holders if actor is None or held[0] is not actor)
    return Resolution(name, day, actor, alias, others)


def _resolution_lines(resolution: Resolution) -> list[str]:
    on_day = f" on {resolution.day}" if resolution.day else ""
    if resolution.actor:
        first = f"{resolution.name}: {_actor_words(resolution.actor)}, {_how(resolution, resolution.actor)}"
    elif resolution.elsewhen:
        first = f"{resolution.name}: nobody{on_day}"
    else:
        near = f"; near it: {', '.join(resolution.near)}" if resolution.near else ""
        first = f"{resolution.name}: unknown{near}"
    others = [f"  else {_actor_words(actor)}, by {_alias_words(alias)}" for actor, alias in resolution.elsewhen]
    return [first, *others]


def _how(resolution: Resolution, actor: Actor) -> str:
    if resolution.alias:
        return f"by {_alias_words(resolution.alias)}"
    return "by its id" if resolution.name == actor.id else "as its government"


def _actor_words(actor: Actor) -> str:
    return f"{actor.id} {actor.name} ({actor.type.replace('_', ' ')})"


def _alias_words(alias: Alias) -> str:
    since = f" since {alias.since}" if alias.since else ""
    until = f" until {alias.until}" if alias.until else ""
    return f"{alias.kind} {alias.text!r}{since}{until}"


def _actor_json(actor: Actor) -> dict[str, Any]:
    return {
        "id": actor.id, "name": actor.name, "type": actor.type, "iso3": actor.iso3, "wikidata": actor.wikidata,
        "parent": actor.parent, "member_of": list(actor.member_of),
    }  # fmt: skip


def _alias_json(alias: Alias) -> dict[str, Any]:
    since, until = (day.isoformat() if day else None for day in (alias.since, alias.until))
    return {"text": alias.text, "kind": alias.kind, "since": since, "until": until}
