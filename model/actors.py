"""The actor registry: who the parties are, and where a text uses their words."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from model.actor_files import KINDS, TYPES, Actor, Alias, read_layers
from model.errors import InputError
from model.folders import SEEDS

__all__ = [
    "KINDS",
    "TYPES",
    "Actor",
    "Alias",
    "Match",
    "Registry",
    "holder_on",
    "load_registry",
    "registry_layers",
    "unresolved_actor",
]

# Where two actors hold the same words at different times, an undated text means the one in the first of these files.
SHIPPED_FILES: Final = (SEEDS / "actors" / "states.yaml", SEEDS / "actors.yaml", SEEDS / "actors" / "persons.yaml")

_GOVERNMENT = re.compile(r"^the | (?:government|authorities|junta)$", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """An alias of an actor as it stands in a text, at `start` in characters, agent or not."""

    actor: Actor
    alias: Alias
    start: int

    @property
    def text(self) -> str:
        return self.alias.text

    @property
    def end(self) -> int:
        return self.start + len(self.alias.text)


class Registry:
    """Finds and resolves actors. Immutable; `extended` makes a wider copy for one call."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self.actors = {actor.id: actor for actor in actors}
        self._by_alias: dict[str, list[tuple[Actor, Alias]]] = {}
        self._by_folded: dict[str, list[tuple[Actor, Alias]]] = {}
        for actor in self.actors.values():
            for alias in actor.aliases:
                self._by_alias.setdefault(alias.text, []).append((actor, alias))
                self._by_folded.setdefault(alias.text.casefold(), []).append((actor, alias))
        for holders in (*self._by_alias.values(), *self._by_folded.values()):
            holders.sort(key=lambda held: not held[1].undated)
        self._patterns = list(self._by_alias)
        self._automaton = AhoCorasick(
            self._patterns, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )

    @property
    def names(self) -> Sequence[str]:
        """Every alias, each once."""
        return self._patterns

    def holders(self, name: str) -> list[tuple[Actor, Alias]]:
        """Every actor that ever held these words, capitals aside, with the alias that says from when to when."""
        return list(self._by_folded.get(name.strip().casefold(), ()))

    def resolve(self, name: str, day: date | None = None) -> Actor | None:
        """The actor with this id or alias (on that day), capitals aside; None where it is unknown.

        "the Ugandan government" and "Niger junta" are Uganda and Niger, unless an alias says otherwise.
        """
        found = self.actors.get(name)
        if found:
            return found
        held = holder_on(self.holders(name) or self.holders(_GOVERNMENT.sub("", name.strip())), day)
        return held[0] if held else None

    def extended(self, names: Iterable[str]) -> "Registry":
        """This registry and the named actors that it does not know, each an actor under its own name."""
        unknown = [name.strip() for name in names if name.strip() and self.resolve(name) is None]
        if not unknown:
            return self
        new = [unresolved_actor(name) for name in dict.fromkeys(unknown)]
        return Registry([*self.actors.values(), *new])

    def matches(self, text: str, day: date | None = None) -> Iterator[Match]:
        """Every alias that stands in the text as whole words, from left to right, the longest where several do."""
        for pattern, start, end in self._automaton.find_matches_as_indexes(text):
            inside_word = text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()
            if inside_word:
                continue
            held = holder_on(self._by_alias[self._patterns[pattern]], day)
            if held:
                yield Match(*held, start)


def holder_on(holders: Sequence[tuple[Actor, Alias]], day: date | None) -> tuple[Actor, Alias] | None:
    """Who of those that ever held some words is meant by a text of that day (None: not known).

    Where nobody holds them then, it is one who held them before: news tells of the past, and the president who "walked
    away in 2018" is still that state. Nobody is meant before holding the words.
    """
    held = next((each for each in holders if each[1].holds(day)), None)
    if held or day is None:
        return held
    return next((each for each in holders if each[1].since is None or each[1].since <= day), None)


def unresolved_actor(name: str) -> Actor:
    """An actor that no registry knows: its name is its id."""
    return Actor(name, name, "organization", (Alias(name, "name"),), resolved=False)


def load_registry(*files: Path) -> Registry:
    """The registry that ships with Parley, then `PARLEY_ACTORS`, then these files; InputError names what is wrong."""
    reading = read_layers(registry_layers(*files))
    if reading.problems:
        more = len(reading.problems) - 1
        raise InputError(reading.problems[0] + (f" (and {more} more: `parley actors check`)" if more else ""))
    return Registry(reading.actors)


def registry_layers(*files: Path) -> list[list[Path]]:
    """The files of the registry, later layers over earlier ones; a folder stands for the YAML files in it."""
    of_the_user = os.environ.get("PARLEY_ACTORS")
    given = [Path(of_the_user), *files] if of_the_user else list(files)
    return [list(SHIPPED_FILES), *(_files_of(path) for path in given)]


def _files_of(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.yaml"))
    if not found:
        raise InputError(f"{path} holds no *.yaml file; give a file of actors, or a folder of such files")
    return found
