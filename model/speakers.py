"""Those who speak in a document, what they say, and what the reader remembers of them from sentence to sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from model.actors import Actor
from model.mentions import Mention
from model.quotes import Span
from model.speech_words import EXPERT, NOBODY, OFFICE, TITLE

LASTS: Final = 3  # the sentences for which "he" may still mean the person who came last

_PERSON = re.compile(rf"\b{TITLE}\s|\b{OFFICE}\b")
_TITLE_BEFORE = re.compile(rf"\b{TITLE}\s+$")
_OFFICE_AFTER = re.compile(rf"(?:['’]s?)?\s+(?:[A-Za-z-]+\s+){{0,3}}?(?:{OFFICE}|Minister|President|Secretary)\b")
_NAME_FIRST = re.compile(r"(?!The |A |An )[A-Z][\w'’-]+ (?:[A-Z]\. |al-|Ag |bin |van )?[A-Z][\w'’-]+(?:,| [a-z])")
_PEOPLE = re.compile(
    rf"\b(?:{OFFICE}s?|[a-z]+men|[a-z]+women|people|others|some|many|delegates?|[a-z]+ers|[a-z]+ors|[a-z]+ists|rebels|"
    r"government|ministry|group|movement|party|militia|army|council|court|committee|agency|[A-Z][\w'’-]+)\b[^\w]*$"
)
_CAPITALS = re.compile(r"\b[A-Z][\w'’-]+")


@dataclass(frozen=True)
class Speaker:
    """Who speaks: parties, or somebody who is none, `expert` or `unnamed` by `kind`.

    `person` is false for a body such as a ministry. `names` holds the words by which the text may come back to
    the speaker, `word` the pronoun that stands for it in the sentence at hand.
    """

    actors: tuple[Actor, ...] = ()
    kind: str = "unnamed"
    person: bool = False
    names: frozenset[str] = frozenset()
    word: Span | None = None

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


@dataclass
class Memory:
    """What the sentences before leave behind."""

    floor: Speaker | None = None  # whoever "I" is outside of quotations
    speaker: Speaker | None = None  # who made the last statement
    person: Speaker | None = None  # the person who spoke or was named last
    subject: Speaker | None = None  # what the last sentence began with
    together: Speaker | None = None  # whom the last sentence named together
    experts: set[str] = field(default_factory=set)  # the names of those introduced as experts
    age: int = 0  # the sentences since the person was met

    def meet(self, person: Speaker) -> None:
        self.person, self.age = person, 0
        if person.kind == "expert":
            self.experts |= person.names

    def hear(self, speaker: Speaker) -> None:
        self.speaker = speaker
        if speaker.kind == "expert":
            self.experts |= speaker.names

    def forget(self) -> None:
        """One more sentence has passed."""
        self.age += 1
        if self.age > LASTS:
            self.person = None


def expert(words: str) -> Speaker:
    """The expert whom these words introduce."""
    return Speaker(kind="expert", person=True, names=frozenset(_CAPITALS.findall(words)[:6]))


def stranger(words: str, memory: Memory) -> Speaker:
    """Somebody who is no party: an expert if the words say so or the text introduced one by that name."""
    names = _CAPITALS.findall(words)[:6]
    if EXPERT.search(words) or any(name in memory.experts for name in names):
        return expert(words)
    return Speaker(person=bool(NOBODY.search(words) or _PEOPLE.search(words)), names=frozenset(names))


def is_person(words: str) -> bool:
    """Whether the words speak of a person by title or office."""
    return bool(_PERSON.search(words))


def names_person(text: str, mention: Mention) -> bool:
    """Whether a mention is a person who acts for the actor: by name, by title or by office."""
    if mention.kind == "person" or is_person(mention.text):
        return True
    before, after = text[max(0, mention.start - 12) : mention.start], text[mention.end : mention.end + 60]
    return bool(_TITLE_BEFORE.search(before) or _OFFICE_AFTER.match(after))


def opens_with_stranger(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether a sentence begins with a person's name that is no mention: whoever "he" is next, it is no party."""
    found = _NAME_FIRST.match(text)
    return bool(found) and not any(mention.start < found.end() for mention in mentions[:1] if found)
