"""The actor registry, and where a sentence refers to its actors.

A place is not an actor: "Moscow warned" is Russia, "talks in Moscow" and "the Moscow process" are not.
The rules here look at the words next to a name; they know nothing of pronouns or of "the movement".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from model.errors import InputError

REGISTRY_FILE: Final = Path(__file__).parent.parent / "seeds" / "actors.yaml"
TYPES: Final = ("state", "armed_group", "organization", "coalition", "opposition", "place")
NEAR: Final = 80  # the characters on either side of a name that the rules look at
KINDS: Final = ("name", "demonym", "capital", "palace", "ministry", "person", "acronym")

_PLACE_BEFORE_STATE = re.compile(
    r"\b(?:in|inside|across|throughout|into|within|near|around|outside|northern|southern|eastern|western|central|"
    r"north|south|east|west|northeastern|northwestern|southeastern|southwestern)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_PLACE_BEFORE_CITY = re.compile(
    r"\b(?:in|at|near|around|outside|inside|of|from|to|into|for|over|across|via|through|toward|towards|left|leaving|"
    r"visit|visited|visiting|reached|entered|downtown|central|greater|southern|northern|eastern|western|city)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_TRACK_AFTER = re.compile(
    r"(?:[-–][A-Z]\w+)?\s+(?:talks?|process|track|format|accords?|agreements?|round|conference|summit|meetings?|protocol|"
    r"deal|treaty|declaration|communiqu[eé]|airport|river|province|suburbs?|stock|time|residents?|hotel|university)\b"
)
_ACTS_AS_DEMONYM = re.compile(
    r"\s+(?:(?:[a-z]+|Foreign|Prime|Interior|Defense|Defence|Vice|Deputy|State|National|Supreme)\s+){0,3}?"
    r"(?:government|authorit(?:y|ies)|administration|officials?|side|delegat(?:ion|es?)|negotiators?|envoys?|diplomats?|"
    r"leaders?(?:ship)?|army|military|forces?|troops|presiden(?:t|cy)|minist(?:ers?|ry)|premier|chancellor|king|"
    r"spokes(?:man|woman|person)|ambassador|representatives?|cabinet|regime|state|team|commanders?|counterparts?|"
    r"President|Minister|Ministry|Premier|Chancellor|King|Ambassador|Government|Army|Secretary|Embassy|embassy|mediators?)\b"
)


@dataclass(frozen=True)
class Actor:
    id: str
    name: str
    type: str
    aliases: Mapping[str, Sequence[str]]  # kind -> surface forms


@dataclass(frozen=True)
class Mention:
    """Where a sentence refers to an actor: `text` stands at `start`, in characters of the sentence."""

    actor: Actor
    text: str
    start: int
    kind: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Registry:
    """Finds and resolves actors. Immutable; `extended` makes a wider copy for one call."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self.actors = {actor.id: actor for actor in actors}
        self._by_alias: dict[str, tuple[Actor, str]] = {}
        for actor in self.actors.values():
            for kind, aliases in actor.aliases.items():
                for alias in aliases:
                    self._by_alias.setdefault(alias, (actor, kind))
        self._by_folded = {alias.casefold(): actor for alias, (actor, _) in self._by_alias.items()}
        self._patterns = list(self._by_alias)
        self._automaton = AhoCorasick(
            self._patterns, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )

    def resolve(self, name: str) -> Actor | None:
        """The actor with this id or alias, capitals aside; None where it is unknown."""
        return self.actors.get(name) or self._by_folded.get(name.strip().casefold())

    def extended(self, names: Iterable[str]) -> "Registry":
        """This registry and the named actors that it does not know, each an actor under its own name."""
        unknown = [name.strip() for name in names if name.strip() and self.resolve(name) is None]
        if not unknown:
            return self
        new = [Actor(name, name, "organization", {"name": (name,)}) for name in dict.fromkeys(unknown)]
        return Registry([*self.actors.values(), *new])

    def mentions(self, sentence: str) -> list[Mention]:
        """Every reference to an actor in agent position, from left to right."""
        return [mention for mention in self._matches(sentence) if _is_agent(mention, sentence)]

    def first_mention(self, sentence: str, actor: str) -> tuple[str, int] | None:
        """Where the sentence names `actor`: by that very name, else by an alias in agent position, else by any."""
        name = rf"(?<!\w){re.escape(actor.strip())}(?!\w)"
        exact = re.search(name, sentence) or re.search(name, sentence, re.IGNORECASE)
        if exact:
            return exact.group(), exact.start()
        known = self.resolve(actor)
        if known is None:
            return None
        found = [mention for mention in self._matches(sentence) if mention.actor.id == known.id]
        best = next((mention for mention in found if _is_agent(mention, sentence)), found[0] if found else None)
        return (best.text, best.start) if best else None

    def _matches(self, sentence: str) -> Iterator[Mention]:
        for pattern, start, end in self._automaton.find_matches_as_indexes(sentence):
            inside_word = sentence[start - 1 : start].isalnum() or sentence[end : end + 1].isalnum()
            if not inside_word:
                actor, kind = self._by_alias[self._patterns[pattern]]
                yield Mention(actor, sentence[start:end], start, kind)


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
        for alias in (alias for aliases in actor.aliases.values() for alias in aliases):
            if owners.setdefault(alias, actor.id) != actor.id:
                raise InputError(f"{file}: the alias {alias!r} stands in both {owners[alias]} and {actor.id}")
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
    return Actor(str(entry["id"]), str(entry["name"]), entry["type"], aliases)


def _is_agent(mention: Mention, sentence: str) -> bool:
    before = sentence[max(0, mention.start - NEAR) : mention.start]
    after = sentence[mention.end : mention.end + NEAR]
    if mention.actor.type == "place" or _is_hyphenated(before, after):
        return False
    match mention.kind:
        case "capital" | "palace":
            return not _PLACE_BEFORE_CITY.search(before) and not _TRACK_AFTER.match(after)
        case "demonym":
            return bool(_ACTS_AS_DEMONYM.match(after)) or _is_people(mention, before, after)
        case "name" if mention.actor.type == "state":
            return not _PLACE_BEFORE_STATE.search(before) and not _TRACK_AFTER.match(after)
        case _:
            return True


def _is_hyphenated(before: str, after: str) -> bool:
    """Part of a compound such as "U.S.-backed" or "Afghan-Afghan"."""
    return before.endswith(("-", "–")) or bool(re.match(r"[-–]\w", after))


def _is_people(mention: Mention, before: str, after: str) -> bool:
    """A demonym that stands for a party: "the Russians", "Iranians said", "the British will"."""
    ends_phrase = not re.match(r"\s+[a-z]", after) or re.match(
        r"\s+(?:and|or|have|has|had|will|would|said|say|are|were|want|must|can|could|did|do|to|who|that|not)\b", after
    )
    noun = mention.text.endswith("s") or before.endswith(("the ", "The "))
    return bool(ends_phrase) and noun
