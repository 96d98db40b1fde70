"""The actor registry: who the parties are, and the words that news text uses for them, from when to when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from model.errors import InputError

REGISTRY_FILE: Final = Path(__file__).parent.parent / "seeds" / "actors.yaml"
TYPES: Final = ("state", "armed_group", "organization", "coalition", "opposition", "place")
KINDS: Final = ("name", "demonym", "capital", "palace", "ministry", "person", "acronym")


@dataclass(frozen=True)
class Alias:
    """Words for an actor. `since` and `until` bound the days on which they mean it (until: not that day itself)."""

    text: str
    kind: str
    since: date | None = None
    until: date | None = None

    def holds(self, day: date | None) -> bool:
        """Whether the words mean the actor on that day; without a day, whether they ever did."""
        if day is None:
            return True
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Actor:
    """A party able to hold a policy. `resolved` is False for one that only the text at hand names."""

    id: str
    name: str
    type: str
    aliases: tuple[Alias, ...]
    iso3: str | None = None
    wikidata: str | None = None
    member_of: tuple[str, ...] = ()
    resolved: bool = True


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
        self._patterns = list(self._by_alias)
        self._automaton = AhoCorasick(
            self._patterns, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )

    def resolve(self, name: str, day: date | None = None) -> Actor | None:
        """The actor with this id or alias (on that day), capitals aside; None where it is unknown."""
        found = self.actors.get(name)
        if found:
            return found
        holders = self._by_folded.get(name.strip().casefold(), ())
        return next((actor for actor, alias in holders if alias.holds(day)), None)

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
            holders = self._by_alias[self._patterns[pattern]]
            held = next(((actor, alias) for actor, alias in holders if alias.holds(day)), None)
            if held:
                yield Match(*held, start)


def unresolved_actor(name: str) -> Actor:
    """An actor that no registry knows: its name is its id."""
    return Actor(name, name, "organization", (Alias(name, "name"),), resolved=False)


def load_registry(file: Path = REGISTRY_FILE) -> Registry:
    """Read and check a registry file; InputError names the entry that is wrong."""
    try:
        entries = yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is not YAML: {error}") from None
    if not isinstance(entries, list):
        raise InputError(f"{file} must be a list of actors")
    actors = [_actor(entry, f"{file}, entry {number}") for number, entry in enumerate(entries, 1)]
    owners: dict[str, str] = {}
    for actor in actors:
        for alias in actor.aliases:
            if owners.setdefault(alias.text, actor.id) != actor.id:
                raise InputError(f"{file}: the alias {alias.text!r} stands in both {owners[alias.text]} and {actor.id}")
    return Registry(actors)


def _actor(entry: Any, where: str) -> Actor:
    if not isinstance(entry, dict) or not {"id", "name", "type", "aliases"} <= entry.keys():
        raise InputError(f"{where}: give id, name, type and aliases")
    if entry["type"] not in TYPES:
        raise InputError(f"{where} ({entry['id']}): type is {entry['type']!r}; give one of {', '.join(TYPES)}")
    aliases = entry["aliases"]
    for kind, forms in aliases.items():
        if kind not in KINDS:
            raise InputError(f"{where} ({entry['id']}): {kind!r} is no kind of alias; use {', '.join(KINDS)}")
        if not isinstance(forms, list) or not all(isinstance(form, str) and form for form in forms):
            raise InputError(f"{where} ({entry['id']}): {kind} must be a list of strings")
    read = tuple(Alias(form, kind) for kind, forms in aliases.items() for form in forms)
    return Actor(str(entry["id"]), str(entry["name"]), entry["type"], read)
