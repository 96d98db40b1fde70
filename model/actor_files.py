"""What an actor is, and how the files of the registry write it down.

A file is a YAML list of entries. An entry with a new id describes an actor; one with an id that the registry has
already adds to that actor: more aliases, or another name for it. Files are read in layers: what ships with Parley is
the first, each file of a user a further one. Within a layer no two actors may hold the same words on the same day; a
later layer takes words from the earlier ones, for the days that it gives.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

TYPES: Final = ("state", "armed_group", "organization", "coalition", "opposition", "person", "place")
KINDS: Final = ("name", "demonym", "capital", "palace", "ministry", "force", "person", "office", "acronym")
FIELDS: Final = ("id", "name", "type", "iso3", "wikidata", "parent", "member_of", "aliases")
FORM_FIELDS: Final = {"text", "since", "until", "undated"}
CODES: Final = {"iso3": re.compile(r"[A-Z]{3}"), "wikidata": re.compile(r"Q[1-9][0-9]*")}

ONE_DAY: Final = timedelta(days=1)

Complain = Callable[[str], None]


@dataclass(frozen=True)
class Alias:
    """Words for an actor. `since` and `until` bound the days on which they mean it (until: not that day itself).

    Where several actors held the words, a text without a date means the one whose alias is `undated`. After `until` the
    words still mean the actor where nobody else holds them: see `model.actors.holder_on`.
    """

    text: str
    kind: str
    since: date | None = None
    until: date | None = None
    undated: bool = False

    def holds(self, day: date | None) -> bool:
        """Whether the words mean the actor on that day; without a day, whether they ever did."""
        if day is None:
            return True
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def overlaps(self, other: "Alias") -> bool:
        """Whether there is a day on which both hold."""
        begins_in_time = self.since is None or other.until is None or self.since < other.until
        return begins_in_time and (other.since is None or self.until is None or other.since < self.until)

    def without(self, other: "Alias") -> list["Alias"]:
        """The days of this alias on which the other does not hold: none, one or two stretches of time."""
        if not self.overlaps(other):
            return [self]
        before = [replace(self, until=other.since)] if other.since and self.holds(other.since - ONE_DAY) else []
        after = [replace(self, since=other.until)] if other.until and self.holds(other.until) else []
        return before + after


@dataclass(frozen=True)
class Actor:
    """A party able to hold a policy. `resolved` is False for one that only the text at hand names.

    `iso3` is the ISO 3166-1 code, `wikidata` the number of the item. `member_of` holds the ids of the bodies that it
    belongs to, `parent` the id of the actor that it is a part of: RUS for RUS/PARL.
    """

    id: str
    name: str
    type: str
    aliases: tuple[Alias, ...]
    iso3: str | None = None
    wikidata: str | None = None
    member_of: tuple[str, ...] = ()
    resolved: bool = True
    parent: str | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of a file, sound in itself; what it leaves out is None or empty."""

    where: str
    id: str
    name: str | None
    type: str | None
    aliases: tuple[Alias, ...]
    iso3: str | None = None
    wikidata: str | None = None
    parent: str | None = None
    member_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """The actors of files, in their order; every problem, one sentence each; the words that a later layer took."""

    actors: tuple[Actor, ...]
    problems: tuple[str, ...]
    taken: tuple[str, ...]


def read_layers(layers: Iterable[Sequence[Path]]) -> Reading:
    """Read files, each layer over those before it. Nothing is raised: what is wrong is a problem of the reading."""
    actors: dict[str, Actor] = {}
    problems: list[str] = []
    taken: list[str] = []
    entries: list[Entry] = []
    for files in layers:
        layer = [entry for file in files for entry in _read_file(file, problems.append)]
        taken += _take(layer, actors)
        problems += [*_described_twice(layer), *_claimed_twice(layer)]
        for entry in layer:
            _add(entry, actors, problems.append)
        entries += layer
    problems += _unknown_ids(entries, actors)
    return Reading(tuple(actors.values()), tuple(problems), tuple(taken))


def _read_file(file: Path, complain: Complain) -> Iterator[Entry]:
    try:
        listed = yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        complain(f"{file} cannot be read: {error.strerror}")
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        complain(f"{file} is not YAML: {error}")
    else:
        if isinstance(listed, list):
            yield from _read_entries(file, listed, complain)
        else:
            complain(f"{file} must be a list of actors")


def _read_entries(file: Path, listed: Sequence[Any], complain: Complain) -> Iterator[Entry]:
    for number, fields in enumerate(listed, 1):
        place = f"{file}, entry {number}"
        if not isinstance(fields, dict) or not _is_words(fields.get("id")):
            complain(f"{place}: give id, name, type and aliases, the id as a string")
            continue
        where = f"{place} ({fields['id']})"
        reasons: list[str] = []
        entry = _read_entry(where, fields, reasons.append)
        for reason in reasons:
            complain(f"{where}: {reason}")
        if not reasons:
            yield entry


def _read_entry(where: str, fields: dict[str, Any], complain: Complain) -> Entry:
    for field in fields:
        if field not in FIELDS:
            complain(f"{field!r} is no field; use {', '.join(FIELDS)}")
    for field in ("name", "parent", "iso3", "wikidata"):
        if field in fields and not _is_words(fields[field]):
            complain(f"{field} must be a string")
    for field, code in CODES.items():
        if _is_words(fields.get(field)) and not code.fullmatch(fields[field]):
            complain(f"{field} is {fields[field]!r}; it looks like {'AFG' if field == 'iso3' else 'Q889'}")
    if "type" in fields and fields["type"] not in TYPES:
        complain(f"type is {fields['type']!r}; give one of {', '.join(TYPES)}")
    members = fields.get("member_of", [])
    if not isinstance(members, list) or not all(map(_is_words, members)):
        complain("member_of must be a list of ids")
        members = []
    return Entry(
        where, fields["id"], fields.get("name"), fields.get("type"), _read_aliases(fields, complain),
        fields.get("iso3"), fields.get("wikidata"), fields.get("parent"), tuple(members),
    )  # fmt: skip


def _read_aliases(fields: dict[str, Any], complain: Complain) -> tuple[Alias, ...]:
    by_kind = fields.get("aliases", {})
    if not isinstance(by_kind, dict):
        complain(f"aliases must be lists by kind: {', '.join(KINDS)}")
        return ()
    read: list[Alias] = []
    for kind, forms in by_kind.items():
        if kind not in KINDS:
            complain(f"{kind!r} is no kind of alias; use {', '.join(KINDS)}")
        elif not isinstance(forms, list):
            complain(f"{kind} must be a list of strings or of {{text, since, until, undated}}")
        else:
            read += [alias for form in forms for alias in _read_form(kind, form, complain)]
    return tuple(read)


def _read_form(kind: str, form: Any, complain: Complain) -> list[Alias]:
    """The aliases of one form: a string, or {text, since, until, undated} with one text or a list of them."""
    if _is_words(form):
        return [Alias(form, kind)]
    texts = form.get("text") if isinstance(form, dict) and form.keys() <= FORM_FIELDS else None
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list) or not texts or not all(map(_is_words, texts)):
        complain(f"{kind} holds {form!r}; give a string (in quotes, if need be) or {{text, since, until, undated}}")
        return []
    if not isinstance(form.get("undated", False), bool):
        complain(f"{kind} {texts[0]!r}: undated is {form['undated']!r}; give true or false")
    since, until = (_read_date(kind, form, bound, complain) for bound in ("since", "until"))
    if since and until and since >= until:
        complain(f"{kind} {texts[0]!r}: until must be after since")
    return [Alias(text, kind, since, until, form.get("undated") is True) for text in texts]


def _read_date(kind: str, form: dict[str, Any], bound: str, complain: Complain) -> date | None:
    """A day, or a year, which is meant as a whole: from its first day, until its last."""
    given = form.get(bound)
    if type(given) is int and 1 <= given < 9999:
        return date(given + (bound == "until"), 1, 1)
    if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    complain(f"{kind} {form['text']!r}: {bound} is {given!r}; give a day as 2021-08-15, or a year")
    return None


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and value == value.strip()


def _add(entry: Entry, actors: dict[str, Actor], complain: Complain) -> None:
    """Describe a new actor, or add to the one with this id."""
    known = actors.get(entry.id)
    if known is None and not (entry.name and entry.type and entry.aliases):
        complain(f"{entry.where}: the id is new; give id, name, type and aliases")
        return
    before = known or Actor(entry.id, entry.name or "", entry.type or "", ())
    actors[entry.id] = replace(
        before,
        name=entry.name or before.name,
        type=entry.type or before.type,
        aliases=tuple(dict.fromkeys([*before.aliases, *entry.aliases])),
        iso3=entry.iso3 or before.iso3,
        wikidata=entry.wikidata or before.wikidata,
        parent=entry.parent or before.parent,
        member_of=tuple(dict.fromkeys([*before.member_of, *entry.member_of])),
    )


def _take(layer: Iterable[Entry], actors: dict[str, Actor]) -> list[str]:
    """Take the words of a layer from the actors before it, for the days that it gives, and say so."""
    claims = defaultdict(list)
    for entry in layer:
        for alias in entry.aliases:
            claims[alias.text].append((entry.id, alias))
    taken: list[str] = []
    for actor in list(actors.values()):
        kept = actor.aliases
        for text in dict.fromkeys(alias.text for alias in actor.aliases if alias.text in claims):
            for holder, claim in claims[text]:
                if holder != actor.id and any(alias.text == text and alias.overlaps(claim) for alias in kept):
                    kept = tuple(part for alias in kept for part in _left_of(alias, claim))
                    taken.append(f"{text!r} means {holder}, no longer {actor.id}{_days(claim)}")
        if kept != actor.aliases:
            actors[actor.id] = replace(actor, aliases=kept)
    return taken


def _left_of(alias: Alias, claim: Alias) -> list[Alias]:
    return alias.without(claim) if alias.text == claim.text else [alias]


def _days(alias: Alias) -> str:
    return "".join(f", {word} {day}" for word, day in (("since", alias.since), ("until", alias.until)) if day)


def _described_twice(layer: Iterable[Entry]) -> Iterator[str]:
    """Two full descriptions of one id in a layer: most likely two actors that were given the same id."""
    described: dict[str, str] = {}
    for entry in layer:
        if entry.type:
            if entry.id in described:
                yield f"{entry.where}: {described[entry.id]} describes it too; leave out type where you only add to it"
            described.setdefault(entry.id, entry.where)


def _claimed_twice(layer: Iterable[Entry]) -> Iterator[str]:
    holders: dict[str, list[tuple[str, Alias]]] = defaultdict(list)
    for entry in layer:
        for alias in entry.aliases:
            for holder, held in holders[alias.text]:
                if holder != entry.id and held.overlaps(alias):
                    yield (
                        f"{entry.where}: the alias {alias.text!r} stands in both {holder} and {entry.id} at the same "
                        "time; leave one out, or give since and until"
                    )
            holders[alias.text].append((entry.id, alias))


def _unknown_ids(entries: Iterable[Entry], actors: dict[str, Actor]) -> Iterator[str]:
    for entry in entries:
        for field, named in (("parent", (entry.parent,) if entry.parent else ()), ("member_of", entry.member_of)):
            for target in named:
                if target not in actors:
                    yield f"{entry.where}: {field} names {target!r}, which is no actor's id"
