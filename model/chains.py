"""Chains through a document: who a surname, an acronym, "the movement" or "both sides" means.

The document is read three times. The first reading learns which names it introduces for which party; the second what
it calls each party and which parties it sets against each other; the third finds the mentions.
Pronouns are left to `model.speech`.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from model.actors import Actor, Alias, Match, Registry
from model.collectives import Pairings, collectives_in, members
from model.introductions import name_of_state, names_after_pronoun, names_beside, names_with_office
from model.mentions import NEAR, Memory, Mention, Reference, references_in
from model.names import BRACKET, Spans, leftmost_longest, name_forms
from model.nominals import URGES, Cast, nominals_in, nouns_after, resolve_nominal
from model.parties import unknown_parties
from model.roles import role_after
from model.sentences import Sentence

OUTSIDE: Final = 30  # characters between whoever urges "both sides" and those words
_LONGER: Final = {
    "name": re.compile(r"\s+(?:of|for)\s"),
    "person": re.compile(r" [A-ZÀ-Þ][a-zà-þ]"),
    "acronym": re.compile(r"-\w"),
}
LEAD: Final = 2  # sentences, the title among them, that say which state the document is about
LEFT: Final = 8  # so many mentions before a noun are looked at
_SPOKE_IN: Final = re.compile(r"\b(?:said|told\s+reporters|told\s+journalists)\s+in\s+")
_TITLE_BEFORE: Final = re.compile(r"\b([A-Z][a-z]+)\.? $")
_RANKS: Final = {"Gen": "general", "Col": "colonel", "Adm": "admiral", "Amb": "ambassador"}
_SHORT_AFTER_NAME: Final = re.compile(r"\b(?:of|for|in)\b")


def document_mentions(
    sentences: Sequence[Sentence], registry: Registry, day: date | None = None
) -> list[list[Mention]]:
    """Every reference to an actor but pronouns: one list a sentence, left to right.

    A list may hold several mentions of one actor (`model.mentions.one_per_actor`); a collective such as
    "both sides" gives one mention of the same words for each member.
    """
    parties = unknown_parties(" \n ".join(sentence.text for sentence in sentences), registry, day)
    known = [_known(sentence.text, registry, day) for sentence in sentences]
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
    `forms` gathers, for each name that the document introduces, whose it is.
    """

    registry: Registry
    names: Registry
    places: dict[str, int]
    memory: Sequence[Memory]
    before: Cast | None = None
    rivals: Pairings | None = None
    cast: Cast = field(default_factory=Cast)
    pairings: Pairings = field(default_factory=Pairings)
    forms: dict[str, dict[str, Actor]] = field(default_factory=lambda: defaultdict(dict))
    last_states: list[Actor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cast.places.update(self.places)
        if self.before:
            self.cast.actors.update(self.before.actors)
            self.cast.counts.update(self.before.counts)
            for noun, called in self.before.called.items():
                self.cast.called[noun].update(called)

    def read(self, sentences: Sequence[Sentence], known: Sequence[list[Match]]) -> list[list[Mention]]:
        found: list[list[Mention]] = []
        for index, (sentence, matches) in enumerate(zip(sentences, known, strict=True)):
            both = leftmost_longest([*self._own_names(sentence.text), *matches])
            references = references_in(sentence.text, both, self.registry, self.memory[index])
            references = self._with_nominals(sentence.text, index, references)
            self._learn_names(sentence.text, references, both, found[-1] if found else [])
            self._learn_words(sentence.text, index, references)
            mentions = [reference.mention for reference in references]
            mentions += self._collectives(sentence.text, index, mentions)
            self.last_states = [match.actor for match in both if match.actor.type == "state"] or self.last_states
            found.append(sorted(mentions, key=lambda mention: mention.start))
        return found

    def learned(self, parties: Iterable[Actor]) -> Registry:
        """The parties of the document with every name that it introduced for them; no name of two owners."""
        aliases: dict[str, list[Alias]] = defaultdict(list)
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
        return [match for match in self.names.matches(text) if not _LONGER[_kind(match.text)].match(text, match.end)]

    def _with_nominals(self, text: str, index: int, references: list[Reference]) -> list[Reference]:
        taken = Spans((each.mention.start, each.mention.end) for each in references)
        ends = [each.mention.end for each in references]
        found = []
        for nominal in nominals_in(text):
            if taken.overlaps(nominal.start, nominal.end):
                continue
            at = bisect_right(ends, nominal.start)
            left = [(each.mention.actor, each.mention.end) for each in references[max(0, at - LEFT) : at]]
            actor = resolve_nominal(nominal, self.cast, text, index, left)
            if actor:
                role = role_after("", text[nominal.end : nominal.end + 60])
                end = nominal.end + (role.length if role and not role.part else 0)
                mention = Mention(actor, text[nominal.start : end], nominal.start, "nominal")
                found.append(Reference(mention, role.noun if role else ""))
                taken.add(nominal.start, end)
        return sorted([*references, *found], key=lambda each: each.mention.start)

    def _learn_names(
        self, text: str, references: list[Reference], matches: Sequence[Match], previous: Sequence[Mention]
    ) -> None:
        taken = Spans((each.mention.start, each.mention.end) for each in references)
        for each in list(references):
            mention = each.mention
            if mention.kind == "person":
                self._introduce(mention.text, mention.actor)
            for name, start in names_beside(text, mention.start, mention.end, each.noun):
                self._add_person(name, start, mention.actor, references, taken)
            bracket = BRACKET.match(text, mention.end)
            if bracket and self.registry.resolve(bracket[1]) is None:
                self.forms[bracket[1]][mention.actor.id] = mention.actor
        for match in matches:
            if match.actor.type == "state":
                for name, start in name_of_state(text, match.start):
                    self._add_person(name, start, match.actor, references, taken)
        for name, start, phrase in names_after_pronoun(text):
            subject = references[0].mention if references and references[0].mention.end <= phrase else None
            owner = subject or next(iter(previous), None)
            if owner:
                self._add_person(name, start, owner.actor, references, taken)
        for name, start, phrase in names_with_office(text):
            state = self._state_of_office(text, phrase, matches, previous)
            if state:
                self._add_person(name, start, state, references, taken)
        references.sort(key=lambda each: each.mention.start)

    def _add_person(self, name: str, start: int, actor: Actor, references: list[Reference], taken: Spans) -> None:
        if taken.overlaps(start, start + len(name)):
            return
        self._introduce(name, actor)
        taken.add(start, start + len(name))
        references.append(Reference(Mention(actor, name, start, "person")))

    def _introduce(self, name: str, actor: Actor) -> None:
        if " " in name:
            for form in name_forms(name):
                self.forms[form][actor.id] = actor
                self.cast.actors.setdefault(actor.id, actor)

    def _state_of_office(
        self, text: str, phrase: int, matches: Sequence[Match], previous: Sequence[Mention]
    ) -> Actor | None:
        """The state of "Foreign Minister X": where X spoke ("said in Bamako"), else the last named, else at home."""
        at = bisect_left(matches, phrase, key=lambda match: match.start)
        near = [match for match in matches[max(0, at - LEFT) : at + LEFT] if match.actor.type == "state"]
        if any(match.end in (phrase - 1, phrase - 3) for match in near):
            return None
        spoke = _SPOKE_IN.search(text, phrase, phrase + 2 * NEAR)
        seat = next((match.actor for match in near if spoke and match.start == spoke.end()), None)
        if seat:
            return seat
        left = [match.actor for match in near if match.end < phrase and match.alias.kind != "capital"]
        before = [mention.actor for mention in previous if mention.actor.type == "state"]
        for states in (left, before, self.last_states):
            if len({actor.id for actor in states}) == 1:
                return states[0]
        return self.cast.actors.get(self.cast.home or "")

    def _learn_words(self, text: str, index: int, references: Sequence[Reference]) -> None:
        for each in references:
            mention = each.mention
            self.cast.add(mention.actor, index)
            parent = self.registry.actors.get(mention.actor.id.split("/")[0])
            if parent:
                self.cast.actors.setdefault(parent.id, parent)
            if index < LEAD and mention.actor.type == "state":
                self.cast.places[mention.actor.id] += 1
            nouns = [each.noun, *nouns_after(text[mention.end : mention.end + 80])]
            title = _TITLE_BEFORE.search(text[max(0, mention.start - 20) : mention.start])
            if title and mention.kind == "person":
                nouns.append(_RANKS.get(title[1], title[1]))
            if mention.kind != "nominal":
                nouns += mention.text.split()[-1:]
            for noun in nouns:
                self.cast.call(noun, mention.actor, index)
            self._learn_short_name(mention)
        spans = [(each.mention.actor, each.mention.start, each.mention.end) for each in references]
        self.pairings.read(text, index, spans)

    def _learn_short_name(self, mention: Mention) -> None:
        """ "the Coordination" after "the Coordination of Azawad Movements", "the North" after "North Korea"."""
        half = mention.actor.name.split()[0]
        if mention.actor.type == "state" and half in ("North", "South"):
            for article in ("the", "The"):
                self.forms[f"{article} {half}"][mention.actor.id] = mention.actor
        words = _SHORT_AFTER_NAME.split(mention.text)[0].split()
        long = mention.kind == "name" and len(mention.text.split()) > 2
        if long and words and mention.actor.type != "state":
            for article in ("the", "The"):
                self.forms[f"{article} {words[-1]}"][mention.actor.id] = mention.actor

    def _collectives(self, text: str, index: int, mentions: Sequence[Mention]) -> list[Mention]:
        pairings = self.rivals or self.pairings
        taken = Spans((mention.start, mention.end) for mention in mentions)
        found = []
        mediating = set(self.cast.called["envoy"]) | set(self.cast.called["mediator"])
        for collective in collectives_in(text):
            if taken.overlaps(collective.start, collective.start + len(collective.text)):
                continue
            others = {
                mention.actor.id for mention in mentions
                if 0 < collective.start - mention.end < OUTSIDE and URGES.search(text[mention.end : collective.start])
            }  # fmt: skip
            for actor in members(collective, pairings, self.cast.actors, self.cast.counts, index, others, mediating):
                found.append(Mention(actor, collective.text, collective.start, "collective"))
        return found


def _kind(form: str) -> str:
    return "acronym" if form.isupper() else "name" if form.startswith(("the ", "The ")) else "person"


def _known(text: str, registry: Registry, day: date | None) -> list[Match]:
    """The registry's matches on that day; a person out of office that day still stands for the body served before."""
    held = list(registry.matches(text, day))
    if day is None:
        return held
    return leftmost_longest([*held, *(match for match in registry.matches(text) if match.alias.kind == "person")])


def _places(known: Sequence[list[Match]]) -> dict[str, int]:
    """How often each state is named in any way, as an actor or a place."""
    counts: dict[str, int] = defaultdict(int)
    for matches in known:
        for match in matches:
            if match.actor.type == "state":
                counts[match.actor.id] += 1
    return counts
