"""Whom the pronouns of a sentence stand for, where that is clear; where it is not, nobody.

A referent is looked for in the sentence itself, then in those before (`model.reading.referents`). "It" and "they" are
read only where no other noun can be meant. A wrong pair costs as much as a missed one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from model.actors import Actor
from model.reading.clauses import Clauses
from model.reading.mentions import Mention
from model.reading.referents import FORMS, Referents
from model.reading.speakers import MOST, Speaker
from model.reading.subjects import Entity, prefix_end

_FIRST: Final = re.compile(r"(?<![\w'’.-])(?:I|[Ww]e|us|me|[Oo]urs?|[Mm](?:y|ine))(?![\w-]|\.\w)")
_SECOND: Final = re.compile(r"(?<![\w'’.-])[Yy]ou(?:r|rs)?(?![\w-]|\.\w)")
_THIRD: Final = re.compile(r"(?<![\w'’.-])(?:he|him|his|she|hers?|its?|they|them|theirs?)(?![\w-]|\.\w)", re.IGNORECASE)
_EXPLETIVE: Final = re.compile(
    r"(?:['’]s|['’]d|['’]ll)?\s+(?:(?:(?:is|was|will be|would be|has been|had been|may be|might be|could be)\s+)?"
    r"(?:not\s+|still\s+|\w+ly\s+){0,3}(?:\w+ (?:that|to|whether|if|how|when|who|why|for)\b|unclear|clear|known|"
    r"possible|too|time|hoped|expected|an?\s|the\s)|"
    r"(?:seem|appear|remain|took|take|turn|happen|rain|matter|follow|come|came|look)(?:s|ed)?\b|means?\b|meant\b)"
)
_ADDRESSED: Final = re.compile(
    r"\b(?:told|tells?|urged|urges|reminded|ask(?:s|ed)?|thank(?:s|ed)?|warned|invited|pressed|accused|blamed|"
    r"called on|assured|called)\s+$"
)
_OPENER: Final = re.compile(
    r"(?:But|And|Yet|Still|So|Nor (?:would|did|will)|Instead|Also|Now|Then|However|Meanwhile|What|When|If|While|"
    r"Although|Though|Because|Until|Once|(?:Late|Later|Early|Earlier|On|In|At|After|Before|Since|For|By|Last|Despite|During)\b"
    r"[^,;:.\0]{1,60})?,?\s*"
)
_OTHER_PLURAL: Final = re.compile(
    r"\b(?!(?:hours|days|weeks|months|years|decades|times|was|has|his|its|this|perhaps|always|sometimes|unless|says|thus)\b)"
    r"[a-z]{3,}(?<!['’s])s\b(?!['’])|\b(?:people|men|women|police)\b"
)
_EDGE: Final = re.compile(
    r"[;:—]|,\s+(?:and|but|while|whereas|although|though|yet|as)\b|\b(?:that|if|when|because|until|unless|who|which)\b"
)
_POSSESSIVES: Final = ("his", "her", "its", "their")
_SAID_OF: Final = re.compile(
    r"\b(?:said|says|wrote|writes)(?: [a-z]+){0,3} of (?:the )?[A-Za-z]"
)  # "he said of the minister"
_OBJECTS: Final = ("him", "them")
_NO_NOUN_AFTER: Final = re.compile(
    r"\s*(?:$|[^\w\s]|(?:to|in|on|at|that|and|as|for|of|with|by|from|but|or|about|if|when|a|an|the|it|off|up|out)\b)"
)


@dataclass(frozen=True)
class Use:
    """A pronoun and whom it means: the actors of a party, or somebody who is none."""

    word: str
    start: int
    speaker: Speaker

    def mentions(self) -> list[Mention]:
        return [Mention(actor, self.word, self.start, "pronoun") for actor in self.speaker.actors]


def first_person(text: str) -> list[tuple[int, str]]:
    """Where a sentence says "I", "we" or "our", and the word."""
    return [(found.start(), found.group()) for found in islice(_FIRST.finditer(text), MOST)]


def second_person(text: str, asked: Actor) -> list[Mention]:
    """The "you" of a question to `asked`."""
    found = _SECOND.search(text)
    return [Mention(asked, found.group(), found.start(), "pronoun")] if found else []


def third_person(
    clauses: Clauses,
    entities: Sequence[Entity],
    referents: Referents,
    speaker_at: Callable[[int], Speaker | None],
    spoken: Mapping[int, Speaker],
) -> list[Use]:
    """The pronouns of a sentence with whom they mean, from left to right.

    `clauses` and `entities` are of the sentence with its quotations. Nobody is "he" in his own words, which
    `speaker_at` tells; `spoken` holds the pronouns that are known already, as subjects of "he said".
    """
    reader = _Reader(clauses, entities, referents, speaker_at)
    for found in islice(_THIRD.finditer(clauses.text), MOST):
        reader.read(found, spoken.get(found.start()))
    return reader.uses


class _Reader:
    """One sentence, and the pronouns read so far."""

    def __init__(
        self,
        clauses: Clauses,
        entities: Sequence[Entity],
        referents: Referents,
        speaker_at: Callable[[int], Speaker | None],
    ) -> None:
        self.clauses = clauses
        self.text = clauses.text
        self.entities = entities
        self.referents = referents
        self.speaker_at = speaker_at
        self.uses: list[Use] = []
        self.begins = prefix_end(self.text)

    def read(self, found: re.Match[str], known: Speaker | None) -> None:
        """Add the pronoun, if it is clear whom it means."""
        chosen = known or self._chosen(found)
        if chosen:
            self.uses.append(Use(found.group(), found.start(), chosen))

    def _chosen(self, found: re.Match[str]) -> Speaker | None:
        word, at = found.group().casefold(), found.start()
        pronoun, speaker = FORMS[word], self.speaker_at(at)
        if pronoun in ("it", "they") and not is_clear(self.text, *found.span()):
            return None
        if word == "them" and not speaker and not _ADDRESSED.search(self.text[self.begins : at]):
            return None
        before = self._before(at)
        but = [speaker] if speaker else []
        if word in _OBJECTS or (word == "her" and _NO_NOUN_AFTER.match(self.text, found.end())):
            but += self._clause_subject(at, before)
        here = [referent for _, referent in before if pronoun in ("he", "she") or referent.actors]
        if speaker:
            here = [*self._topics(), *here]
        if pronoun == "they":
            here += self._listed(at)
        return self.referents.choose(pronoun, here, but, spoken=speaker is not None)

    def _before(self, at: int) -> list[Entity]:
        """What the sentence speaks of before an offset; the owner in "its envoy" comes last."""
        before = [(use.start, use.speaker) for use in self.uses] + [each for each in self.entities if each[0] < at]
        owners = {use.start for use in self.uses if use.word.casefold() in _POSSESSIVES}
        return sorted(before, key=lambda entity: (entity[0] in owners, entity[0]))

    def _clause_subject(self, at: int, before: Sequence[Entity]) -> list[Speaker]:
        """The subject of the clause around an offset: its object is somebody else."""
        start = max((edge.end() for edge in _EDGE.finditer(self.text, self.begins, at)), default=0)
        return [referent for where, referent in before if where >= start][:1]

    def _topics(self) -> list[Speaker]:
        """Of whom a quotation is said: "he said of the minister"."""
        if not _SAID_OF.search(self.text):
            return []
        return [each for at, each in self.entities if _SAID_OF.search(self.text[max(0, at - 60) : at + 1])]

    def _listed(self, at: int) -> list[Speaker]:
        """The parties that the sentence lists first: "Britain and France"."""
        group = self.clauses.group(0, at)
        return [replace(group.speaker, plural=True)] if group and len(group.speaker.actors) > 1 else []


def is_clear(text: str, start: int, end: int) -> bool:
    """Whether the "it" or "they" of a stretch can mean no other noun of its sentence."""
    word = text[start:end].casefold()
    before = text[prefix_end(text) : start]
    if word in ("it", "them") and _ADDRESSED.search(before):
        return True
    if word == "it" and _EXPLETIVE.match(text, end):
        return False
    return not _OTHER_PLURAL.search(before) if FORMS[word] == "they" else bool(_OPENER.fullmatch(before))
