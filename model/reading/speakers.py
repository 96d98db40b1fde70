"""Those who speak in a document, and what they say."""

import re
from dataclasses import dataclass
from typing import Final

from model.actors import Actor
from model.reading.mentions import Mention
from model.reading.quotes import Span
from model.reading.speech_words import OFFICE, PERSON_NOUN, TITLE

MOST: Final = 40  # what is read of one kind in one sentence: more is no prose, and the work stays linear

_PERSON = re.compile(rf"\b{TITLE}\s|\b{OFFICE}\b")
_TITLE_BEFORE = re.compile(rf"\b{TITLE}\s+$")
_OFFICE_AFTER = re.compile(rf"(?:['’]s?)?\s+(?:[A-Za-z-]+\s+){{0,3}}?(?:{OFFICE}|Minister|President|Secretary)\b")
_ENDS_AS_PERSON = re.compile(rf"^(?:[Oo]ne of\b|(?:The|An?)?[^A-Z]*\b{PERSON_NOUN}$)")
_TITLE_WORD = re.compile(rf"{TITLE}|Prime|Foreign|Deputy|Vice|Crown|Special|Envoy|Chief")
CAPITALS: Final = re.compile(r"\b[A-Z][\w'’-]{1,40}")


@dataclass(frozen=True)
class Speaker:
    """Who speaks: parties, or somebody who is none, `expert` or `unnamed` by `kind`.

    `person` is false for a body such as a ministry. `names` holds the words by which the text may come back to
    the speaker, `word` the pronoun that stands for it in the sentence at hand. `sex` is "he", "she" or "" as far as
    the words tell; `plural` speakers are "they".
    """

    actors: tuple[Actor, ...] = ()
    kind: str = "unnamed"
    person: bool = False
    names: frozenset[str] = frozenset()
    word: Span | None = None
    sex: str = ""
    plural: bool = False

    @property
    def voice(self) -> str:
        """The voice of everybody about whom this speaker speaks."""
        return f"other_party:{self.actors[0].id}" if self.actors else self.kind

    @property
    def is_thing(self) -> bool:
        """Whether it may be no speaker at all: "the attack underlines ...", "the accord offers ..."."""
        return not self.actors and self.kind == "unnamed" and not self.person

    def is_actor(self, actor: Actor) -> bool:
        return any(actor.id == each.id for each in self.actors)

    def is_same(self, other: "Speaker") -> bool:
        return self.actors == other.actors and self.kind == other.kind


@dataclass(frozen=True)
class Statement:
    """One act of speech: by whom, where its subject stands, and the spans that hold what is said.

    `tells` is false for an act such as "rejected the offer". `by_deed` marks a speaker whom the text first
    shows acting: "Britain left the room, saying ...".
    """

    speaker: Speaker
    at: int
    spans: tuple[Span, ...]
    tells: bool = True
    by_deed: bool = False

    def covers(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.spans)


def is_person(words: str) -> bool:
    """Whether the words speak of a person by title or office."""
    return bool(_PERSON.search(words))


def names_person(text: str, mention: Mention) -> bool:
    """Whether a mention is a person who acts for the actor: by name, by title or by office."""
    if mention.kind == "person" or is_person(mention.text) or _ENDS_AS_PERSON.search(mention.text):
        return True
    before, after = text[max(0, mention.start - 12) : mention.start], text[mention.end : mention.end + 60]
    return bool(_TITLE_BEFORE.search(before) or _OFFICE_AFTER.match(after))


def names_of(words: str) -> frozenset[str]:
    """The surname by which the text may come back to a person; nothing for a role such as "the prime minister"."""
    names = [name for name in CAPITALS.findall(words) if not _TITLE_WORD.fullmatch(name)]
    is_name = bool(names) and words.endswith(names[-1])
    return frozenset(names[-1:]) if is_name else frozenset()
