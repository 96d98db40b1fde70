"""Chains through a document: who a surname, an acronym, "the movement" or "both sides" means.

The document is read three times. The first reading learns which names it introduces for which party; the second what
it calls each party and which parties it sets against each other; the third finds the mentions.
Pronouns are left to `model.reading.speech`.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import starmap, zip_longest
from typing import Final

from model.actors import Actor, Alias, Match, Registry
from model.reading.collectives import OTHER, Collective, Pairings, collectives_in, members, other_side
from model.reading.introductions import (
    is_officer,
    name_of_state,
    names_after_pronoun,
    names_beside,
    names_of_speakers,
    names_with_office,
    special_envoys,
)
from model.reading.mentions import NEAR, Memory, Mention, Reference, references_in, sub_actor
from model.reading.names import BRACKET, Spans, leftmost_longest
from model.reading.nominals import (
    BETWEEN,
    INNER,
    URGES,
    Cast,
    Nominal,
    headline_nominals,
    heads_in,
    is_named_next,
    is_special,
    nominals_in,
    nouns_after,
    resolve_nominal,
)
from model.reading.parties import unknown_parties
from model.reading.persons import INFERRED, STATED, People
from model.reading.roles import role_after
from model.reading.sentences import Sentence

OUTSIDE: Final = 30  # characters between whoever urges "both sides" and those words
_LONGER: Final = {
    "name": re.compile(r"\s+(?:of\s|for\s|[A-ZÀ-Þ])"),
    "person": re.compile(r" [A-ZÀ-Þ][a-zà-þ]"),
    "acronym": re.compile(r"-\w"),
}
OF_LEAD: Final = 2  # what a state named there counts in addition
LEAD: Final = 2  # sentences, the title among them, that say which state the document is about
OPENING: Final = 5  # characters before the words with which a sentence begins
MOST_MEDIATORS: Final = 3  # more of them are no collective that a reader keeps in mind
LEFT: Final = 8  # so many mentions before a noun are looked at
_SPOKE_IN: Final = re.compile(r"\b(?:said|told\s+reporters|told\s+journalists)\s+in\s+")
_IN: Final = re.compile(r"(?:\W{0,3}|.{0,20}[—–-]\s)In\s")
_AFTER_DATELINE: Final = re.compile(r"[A-Z][^—–\"“]{2,40}?\s[—–-]{1,2}\s")
_SAID_THAT: Final = re.compile(r"[^,;.\"“”]{5,60}?\b(?:said|says)\s+(?:on\s+\w+\s+)?(?:that\s+)?")
_TITLE_BEFORE: Final = re.compile(r"\b([A-Za-z]+)(?:\. |,? )$")
_RANK_BEFORE: Final = re.compile(
    r"\b((?:Field )?Marshal|General|Colonel|Admiral|Major|Captain|Sheikh|Emir|Ambassador|Archbishop|Bishop|Mullah) $"
)
_OF_BODIES: Final = frozenset({"name", "acronym", "role", "demonym"})
_PRIME_MINISTER: Final = re.compile(r"\b[Pp]rime [Mm]inister\b")
_RANKS: Final = {"Gen": "general", "Col": "colonel", "Adm": "admiral", "Amb": "ambassador"}
_NAME_IN_ROLE: Final = re.compile(r"[A-ZÀ-Þ][\w’-]*(?:\s+(?:of\s+|for\s+|the\s+|and\s+){0,2}[A-ZÀ-Þ][\w’-]*){0,9}")
_SHORT_AFTER_NAME: Final = re.compile(r"\b(?:of|for|in)\b")


def document_mentions(
    sentences: Sequence[Sentence], registry: Registry, day: date | None = None
) -> list[list[Mention]]:
    """Every reference to an actor but pronouns: one list a sentence, left to right.

    A list may hold several mentions of one actor (`model.reading.mentions.one_per_actor`); a collective such as
    "both sides" gives one mention of the same words for each member.
    """
    parties = unknown_parties(" \n ".join(sentence.text for sentence in sentences), registry, day)
    known = [_known(sentence.text, registry, day) for sentence in sentences]
    home = max(_places(known).items(), key=lambda each: each[1], default=("", 0))[0]
    if home in registry.actors:
        known = [[_at_home(match, registry.actors[home], registry) for match in matches] for matches in known]
    own = Registry(parties)
    places = _places([*known, *(list(own.matches(sentence.text)) for sentence in sentences)])
    memory: list[Memory] = [{} for _ in sentences]
    names = _Reading(registry, own, places, memory)
    names.read(sentences, known)
    words = _Reading(registry, names.learned(parties), places, memory, names.cast)
    words.read(sentences, known)
    last = _Reading(registry, words.learned(parties), places, memory, words.cast, words.pairings)
    return last.read(sentences, known)


@dataclass
class _Reading:
    """One passage through a document.

    `names` are the parties that only the document names and what else it introduced, `places` how often it names
    each state, `memory` what the rules said of each match, `before` and `rivals` what the reading before learned.
    `people` and `forms` gather whose each name is that the document introduces, `with_persons` the ids of the actors
    for whom a person is named; `subject` is the state that the last sentence began with.
    """

    registry: Registry
    names: Registry
    places: dict[str, int]
    memory: Sequence[Memory]
    before: Cast | None = None
    rivals: Pairings | None = None
    cast: Cast = field(default_factory=Cast)
    pairings: Pairings = field(default_factory=Pairings)
    people: People = field(default_factory=People)
    forms: dict[str, dict[str, Actor]] = field(default_factory=lambda: defaultdict(dict))
    lead: list[Actor] = field(default_factory=list)
    placed: Spans = field(default_factory=lambda: Spans(()))
    last_states: list[Actor] = field(default_factory=list)
    subject: Actor | None = None
    with_persons: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.with_persons.update(actor.id for actor in self.names.actors.values() if _has_person(actor))
        self.cast.places.update(self.places)
        self.cast.mediators = (self.rivals or self.pairings).mediators
        if self.before:
            self.cast.actors.update(self.before.actors)
            self.cast.earlier.update(self.before.tally)
            self.cast.governing |= self.before.governing
            for noun, called in self.before.called.items():
                self.cast.called[noun].update(called)

    def read(self, sentences: Sequence[Sentence], known: Sequence[list[Match]]) -> list[list[Mention]]:
        found: list[list[Mention]] = []
        for index, (sentence, matches) in enumerate(zip(sentences, known, strict=True)):
            both = leftmost_longest([*self._own_names(sentence.text), *matches])
            references = references_in(sentence.text, both, self.registry, self.memory[index])
            references = list(starmap(self._of_person, zip_longest(references, references[1:])))
            self.cast.scene = _scene(sentence.text, both)
            references = self._with_nominals(sentence.text, index, references)
            self._learn_names(sentence.text, references, both, next((each for each in found[:-3:-1] if each), []))
            self._learn_words(sentence.text, index, references)
            mentions = [reference.mention for reference in references]
            mentions += self._collectives(sentence.text, index, mentions, found[-1] if found else [])
            self.last_states = [match.actor for match in both if match.actor.type == "state"] or self.last_states
            mentions += self._other_sides(sentence.text, index, mentions, found[-1] if found else [])
            self.lead = self.lead or [mention.actor for mention in mentions][:1]
            self.with_persons.update(mention.actor.id for mention in mentions if mention.kind == "person")
            self.cast.persons = [mention.actor for mention in mentions if mention.kind == "person"]
            found.append(sorted(mentions, key=lambda mention: mention.start))
            self.subject = _subject_state(sentence.text, found[-1])
        return found

    def learned(self, parties: Iterable[Actor]) -> Registry:
        """The parties of the document with every name that it introduced for them; no name of two owners."""
        aliases: dict[str, list[Alias]] = defaultdict(list)
        for form, actor in self.people.forms().items():
            aliases[actor.id].append(Alias(form, "person"))
            self.cast.actors.setdefault(actor.id, actor)
        for form, owners in self.forms.items():
            if len(owners) == 1:
                aliases[next(iter(owners))].append(Alias(form, _kind(form)))
        actors = {actor.id: actor for actor in parties}
        actors |= {id: self.cast.actors[id] for id in aliases if id in self.cast.actors and id not in actors}
        own = {actor.id for actor in parties}
        return Registry(
            replace(actor, aliases=(*(actor.aliases if id in own else ()), *aliases[id]))
            for id, actor in actors.items()
        )

    def _own_names(self, text: str) -> list[Match]:
        """The names of this document, but for those that begin a longer name: "the Council of Elders", "Ana Ruiz"."""
        found = []
        for match in self.names.matches(text):
            if not _LONGER[_kind(match.text)].match(text, match.end):
                found.append(match)
            elif match.text[:4] in ("the ", "The "):  # the short form hides the full name that begins with it
                start = match.start + 4
                full = next(iter(self.names.matches(text[start : start + NEAR])), None)
                found += [replace(full, start=start)] if full and full.start == 0 else []
        return found

    def _with_nominals(self, text: str, index: int, references: list[Reference]) -> list[Reference]:
        taken = Spans((each.mention.start, each.mention.end) for each in references)
        ends = [each.mention.end for each in references]
        found = []
        for nominal in (*nominals_in(text), *(headline_nominals(text) if index == 0 else ())):
            if taken.overlaps(nominal.start, nominal.end):
                continue
            at = bisect_right(ends, nominal.start)
            left = [(each.mention.actor, each.mention.end) for each in references[max(0, at - LEFT) : at]]
            right = references[at].mention if at < len(references) else None
            named = (
                right is not None and right.kind in _OF_BODIES and is_named_next(nominal, text, right.start, right.end)
            )
            actor = right.actor if right and named else resolve_nominal(nominal, self.cast, text, index, left)
            if actor is None and is_special(nominal) and not self.cast.between:
                actor = self.registry.actors.get("UN")
            if actor is None and nominal.noun in BETWEEN:
                found += self._mediators(nominal)
            if actor and nominal.noun in INNER and actor.type == "state":
                actor = sub_actor(actor, INNER[nominal.noun], self.registry)
            if actor:
                role = role_after("", text[nominal.end : nominal.end + 60])
                if nominal.noun == "country" and (role is None or role.part == "none"):
                    continue
                end = nominal.end + (role.length if role and not role.part else 0)
                mention = Mention(actor, text[nominal.start : end], nominal.start, "nominal")
                found.append(Reference(mention, role.noun if role else nominal.noun))
                taken.add(nominal.start, end)
        for actor, words, start in heads_in(text, self.cast):
            if not taken.overlaps(start, start + len(words)):
                found.append(Reference(Mention(actor, words, start, "nominal")))
        return sorted([*references, *found], key=lambda each: each.mention.start)

    def _mediators(self, nominal: Nominal) -> list[Reference]:
        """ "The mediators" are all those whose mediators and envoys the document names, where they are few."""
        several = nominal.text.endswith("s") and 1 < len(self.cast.standing_between) <= MOST_MEDIATORS
        actors = [self.cast.actors[id] for id in sorted(self.cast.standing_between) if several]
        return [Reference(Mention(actor, nominal.text, nominal.start, "collective")) for actor in actors]

    def _of_person(self, role: Reference, following: Reference | None) -> Reference:
        """ "Libya's eastern commander Khalifa Haftar" is Haftar's body, here and wherever those words come again."""
        mention, person = role.mention, following.mention if following else None
        if person is None or person.kind != "person" or person.start - mention.end not in (0, 1):
            return role
        if mention.kind != "role" or person.actor.id == mention.actor.id:
            return role
        self.forms[mention.text][person.actor.id] = person.actor
        self.cast.actors.setdefault(person.actor.id, person.actor)
        return replace(role, mention=replace(mention, actor=person.actor))

    def _learn_names(
        self, text: str, references: list[Reference], matches: Sequence[Match], previous: Sequence[Mention]
    ) -> None:
        taken = Spans(
            (each.mention.start, each.mention.end)
            for each in references
            if each.mention.kind != "person" or self._is_registered(each.mention.text)
        )
        self.placed = Spans((each.mention.start, each.mention.end) for each in references)
        for each in list(references):
            mention = each.mention
            if mention.kind == "person" and " " in mention.text and self._is_registered(mention.text):
                self.people.add(mention.text, mention.actor, STATED)
            for name, start in names_beside(text, mention.start, mention.end, each.noun):
                weight = INFERRED if mention.kind == "nominal" else STATED
                self._add_person(name, start, mention.actor, weight, references, taken)
            bracket = BRACKET.match(text, mention.end)
            if bracket and self.registry.resolve(bracket[1]) is None:
                self.forms[bracket[1]][mention.actor.id] = mention.actor
        for match in matches:
            if match.actor.type == "state":
                for name, start in name_of_state(text, match.start):
                    self._add_person(name, start, match.actor, STATED, references, taken)
        references.sort(key=lambda each: each.mention.start)
        for name, start, phrase in names_after_pronoun(text):
            owner = _owner(text, phrase, references, previous)
            if owner:
                self._add_person(name, start, owner, INFERRED, references, taken)
        for name, start in special_envoys(text):
            nations = self.registry.actors.get("UN")
            if nations:
                self._add_person(name, start, nations, INFERRED, references, taken)
        officer = next(
            (each.actor for each in previous if each.kind in ("role", "nominal") and is_officer(each.text)), None
        )
        if officer and not any(each.kind == "person" for each in previous):
            for name, start in names_of_speakers(text):
                self._add_person(name, start, officer, INFERRED, references, taken)
        for name, start, phrase in names_with_office(text):
            state = self._state_of_office(text, phrase, matches, previous)
            if state:
                self._add_person(name, start, state, INFERRED, references, taken)
        references.sort(key=lambda each: each.mention.start)

    def _is_registered(self, name: str) -> bool:
        return bool(self.registry.holders(name))

    def _add_person(
        self, name: str, start: int, actor: Actor, weight: int, references: list[Reference], taken: Spans
    ) -> None:
        if taken.overlaps(start, start + len(name)):
            return
        self.people.add(name, actor, weight)
        self.cast.actors.setdefault(actor.id, actor)
        if not self.placed.overlaps(start, start + len(name)):
            self.placed.add(start, start + len(name))
            references.append(Reference(Mention(actor, name, start, "person")))

    def _state_of_office(
        self, text: str, phrase: int, matches: Sequence[Match], previous: Sequence[Mention]
    ) -> Actor | None:
        """The state of "Foreign Minister X": where X spoke ("said in Bamako"), else named before it, else home."""
        at = bisect_left(matches, phrase, key=lambda match: match.start)
        near = [match for match in matches[max(0, at - LEFT) : at + LEFT] if match.actor.type == "state"]
        if any(match.end in (phrase - 1, phrase - 3) for match in near):
            return None
        spoke = _SPOKE_IN.search(text, phrase, phrase + 2 * NEAR)
        about = _SAID_THAT.match(text, phrase, phrase + 2 * NEAR)  # "Minister X said Moscow would": Moscow's minister
        ends = {found.end() for found in (spoke, about) if found}
        seat = next((match.actor for match in near if match.start in ends), None)
        if seat:
            return seat
        left = [match.actor for match in near if match.end < phrase and match.alias.kind != "capital"]
        before = [mention.actor for mention in previous if mention.actor.type == "state"]
        home = self.cast.actors.get(self.cast.home or "")
        begins = phrase < OPENING or text[phrase - 2] in '"”'
        subject = [self.subject] if self.subject and begins else []
        for states in (left, subject, [home] if home else before, self.last_states):
            if len({actor.id for actor in states}) == 1:
                return states[0]
        return home

    def _learn_words(self, text: str, index: int, references: Sequence[Reference]) -> None:
        for each in references:
            mention = each.mention
            self.cast.add(mention.actor, index)
            if mention.kind == "person" and index < LEAD:
                self.cast.tally[mention.actor.id] += 1
            parent = self.registry.actors.get(mention.actor.id.split("/")[0])
            if parent:
                self.cast.actors.setdefault(parent.id, parent)
            if index < LEAD and mention.actor.type == "state":
                self.cast.places[mention.actor.id] += OF_LEAD
            nouns = [each.noun, *nouns_after(text[mention.end : mention.end + 80])]
            title = _TITLE_BEFORE.search(text[max(0, mention.start - 20) : mention.start])
            rank = _RANK_BEFORE.search(text[max(0, mention.start - 20) : mention.start])
            if rank and mention.kind == "person":
                for article in ("the", "The"):
                    self.forms[f"{article} {rank[1]}"][mention.actor.id] = mention.actor
            if title and mention.kind == "person":
                nouns.append(_RANKS.get(title[1], title[1]))
            if mention.kind != "nominal":
                nouns += mention.text.split()[-1:]
            if _PRIME_MINISTER.search(text, max(0, mention.start - 20), mention.end):
                nouns.append("primeminister")
            for noun in nouns:
                self.cast.call(noun, mention.actor, index, stated=mention.kind != "nominal")
            self._learn_short_name(mention)
        spans = [(each.mention.actor, each.mention.start, each.mention.end) for each in references]
        self.pairings.read(text, index, spans)

    def _learn_short_name(self, mention: Mention) -> None:
        """ "the Coordination" after "the Coordination of Azawad Movements", "the North" after "North Korea"."""
        half = mention.actor.name.split()[0]
        if mention.actor.type == "state" and half in ("North", "South"):
            for article in ("the", "The"):
                self.forms[f"{article} {half}"][mention.actor.id] = mention.actor
        name = _NAME_IN_ROLE.search(mention.text) if mention.kind in ("name", "role") else None
        words = _SHORT_AFTER_NAME.split(name[0])[0].split() if name else []
        if name and words and " " in name[0] and mention.actor.type != "state":
            for article in ("the", "The"):
                self.forms[f"{article} {words[-1]}"][mention.actor.id] = mention.actor

    def _other_sides(
        self, text: str, index: int, mentions: Sequence[Mention], previous: Sequence[Mention]
    ) -> list[Mention]:
        found = []
        cast = self.cast
        for words in OTHER.finditer(text):
            whole = Collective(words[0], words.start())
            pair = members(whole, self.rivals or self.pairings, cast.actors, cast.counts, index, set(), cast.between)
            left = [mention.actor for mention in mentions if mention.end <= words.start()]
            actor = other_side(pair, left, [*(each.actor for each in previous), *self.lead])
            if actor:
                found.append(Mention(actor, words[0], words.start(), "nominal"))
        return found

    def _collectives(
        self, text: str, index: int, mentions: Sequence[Mention], previous: Sequence[Mention]
    ) -> list[Mention]:
        pairings = self.rivals or self.pairings
        taken = Spans((mention.start, mention.end) for mention in mentions)
        found = []
        for collective in collectives_in(text):
            if taken.overlaps(collective.start, collective.start + len(collective.text)):
                continue
            others = {
                mention.actor.id for mention in mentions
                if 0 < collective.start - mention.end < OUTSIDE and URGES.search(text[mention.end : collective.start])
            }  # fmt: skip
            cast = self.cast
            actors = cast.actors
            if collective.persons and not collective.groups_only:
                actors = {id: actor for id, actor in actors.items() if id in self.with_persons} or actors
            if collective.envoys:
                actors = {id: actor for id, actor in actors.items() if id in cast.standing_between}
            between = set() if collective.envoys else cast.between
            for actor in members(collective, pairings, actors, cast.counts, index, others, between, previous):
                found.append(Mention(actor, collective.text, collective.start, "collective"))
        return found


def _subject_state(text: str, mentions: Sequence[Mention]) -> Actor | None:
    """The state that a sentence begins with, behind a dateline or not."""
    first = mentions[0] if mentions else None
    if first is None or first.actor.type != "state" or first.kind != "name":
        return None
    return first.actor if first.start < OPENING or _AFTER_DATELINE.fullmatch(text, 0, first.start) else None


def _scene(text: str, matches: Sequence[Match]) -> Actor | None:
    """The state where a sentence begins: "In Bangkok, the government said"."""
    first = matches[0] if matches else None
    return first.actor if first and first.actor.type == "state" and _IN.fullmatch(text, 0, first.start) else None


def _owner(text: str, phrase: int, references: Sequence[Reference], previous: Sequence[Mention]) -> Actor | None:
    """Whose "its envoy" or "her deputy" is: that of the body, or the person, named before it or a sentence ago."""
    personal = text[phrase : phrase + 3].lower() in ("his", "her")
    at = bisect_right(references, phrase, key=lambda each: each.mention.start)
    quoted = max(text.rfind('"', 0, phrase), text.rfind("”", 0, phrase))  # what it says is not who says it
    near = references[max(0, at - LEFT) : at] if personal else references[: min(at, LEFT)]
    here = [each.mention for each in near if each.mention.start > quoted]
    for mentions in (here, previous):
        apt = [each for each in mentions if each.kind != "collective" and (each.kind == "person") == personal]
        if not apt and not personal and mentions is previous:  # the body of the one who spoke
            apt = [mention for mention in mentions if mention.kind == "person"]
        if apt:
            return apt[-1].actor if personal else apt[0].actor
    return None


def _has_person(actor: Actor) -> bool:
    return any(alias.kind == "person" for alias in actor.aliases)


def _kind(form: str) -> str:
    return "acronym" if form.isupper() else "name" if form.startswith(("the ", "The ")) else "person"


def _known(text: str, registry: Registry, day: date | None) -> list[Match]:
    """The registry's matches on that day; a person out of office that day still stands for the body served before."""
    held = list(registry.matches(text, day))
    if day is None:
        return held
    return leftmost_longest([*held, *(match for match in registry.matches(text) if match.alias.kind == "person")])


def _at_home(match: Match, home: Actor, registry: Registry) -> Match:
    """A body of another state that bears the name of one at home: Libya has a House of Representatives, too."""
    if match.actor.parent in (None, home.id) or match.alias.kind != "name":
        return match
    adjectives = [alias.text for alias in home.aliases if alias.kind == "demonym"]
    held = (registry.resolve(f"{adjective} {match.text}") for adjective in adjectives)
    return next((replace(match, actor=actor) for actor in held if actor and actor.parent == home.id), match)


def _places(known: Sequence[list[Match]]) -> dict[str, int]:
    """How often each state is named in any way, as an actor or a place."""
    counts: dict[str, int] = defaultdict(int)
    for matches in known:
        for match in matches:
            if match.actor.type == "state":
                counts[match.actor.id] += 1
    return counts
