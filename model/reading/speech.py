"""Whose voice tells what a document says about each actor: its own, another party's, an expert's, nobody's."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from model.reading.clauses import Clauses
from model.reading.floor import Floor, floors
from model.reading.memory import Memory
from model.reading.mentions import Mention, one_per_actor
from model.reading.pronouns import Use, first_person, second_person, third_person
from model.reading.quotes import Span, is_quoted, masked, paragraphs_of, quoted_spans
from model.reading.referents import Referents
from model.reading.sentences import Sentence
from model.reading.sexes import sexes_by_surname
from model.reading.speakers import Speaker, Statement
from model.reading.statements import hearsay_spans, makes_call, statements_in
from model.reading.strangers import experts_in, introduced_in, introduced_names
from model.reading.subjects import Entity, entities_in, sexes_by_pronoun, subject_of, together_in, with_strangers

AHEAD: Final = 4  # the sentences after a quotation in which its speaker may be named
ALONE: Final = 0.4  # the share of a sentence from which a quotation without a speaker is more than a quoted word
_RUNS_ON: Final = re.compile(  # free indirect speech: "It would wait", "Yet his side will not"
    r"(?:(?:But|And|Yet|Nor|So|Still),? )?([Ii]t|[Tt]hey|[Hh]e|[Ss]he|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)\b['’]?"
    r"(?: [a-z]+){0,2}?(?: (?:would|will|could)|ll)\b"
)


@dataclass(frozen=True)
class Voiced:
    """A mention and the voice that tells of its actor there.

    `voice` is `self`, `narrator`, `other_party:ACTOR_ID`, `expert` or `unnamed` (codebook, R11). All mentions
    of an actor in a sentence have one voice.
    """

    mention: Mention
    voice: str


def read_speech(sentences: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> list[list[Voiced]]:
    """The mentions of each sentence with their voices, and the pronouns that name an actor where nothing else does.

    `mentions` holds one list a sentence; so does the answer, each from left to right.
    """
    reading = _Reading(sentences, mentions)
    return [reading.voiced(index) for index in range(len(sentences))]


@dataclass(frozen=True)
class _Speech:
    """What is said in one sentence: the statements, and who speaks the quotations that none of them holds."""

    plain: str
    statements: Sequence[Statement]
    quoted_by: Speaker | None
    floor: Floor

    def speaker_at(self, at: int) -> Speaker | None:
        """Whoever says the words at an offset, the innermost speaker where one reports another."""
        statement = self.statement_at(at)
        if statement and not (statement.speaker.is_thing and self.floor.speaker):
            return statement.speaker
        return self.quoted_by if self.quoted_by and self.is_quoted(at) else self.floor.speaker

    def direct_speaker_at(self, at: int) -> Speaker | None:
        """Whoever says the words at an offset in so many words: "I" there, and never "he"."""
        return self.speaker_at(at) if self.is_quoted(at) else self.floor.speaker

    def is_quoted(self, at: int) -> bool:
        return self.plain[at : at + 1] == "\0"

    def statement_at(self, at: int) -> Statement | None:
        covering = [statement for statement in self.statements if statement.covers(at)]
        return max(covering, key=lambda statement: statement.at) if covering else None

    def top(self) -> list[Statement]:
        """The statements that no other one reports."""
        return [
            statement
            for statement in self.statements
            if not any(each.covers(statement.at) and each.speaker != statement.speaker for each in self.statements)
        ]

    def own_words(self) -> set[str]:
        """The actors that make a statement here which nobody else reports."""
        if self.floor.speaker:
            own = self.floor.speaker.actors if first_person(self.plain) else ()
            return {actor.id for actor in own}
        return {actor.id for each in self.top() if not each.by_deed for actor in each.speaker.actors}


class _Reading:
    """A document that is read from its first sentence to its last."""

    def __init__(self, sentences: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> None:
        paragraphs = paragraphs_of(sentences)
        self.texts = [sentence.text for sentence in sentences]
        self.quotes = quoted_spans(sentences)
        self.plain = [masked(text, spans) for text, spans in zip(self.texts, self.quotes, strict=True)]
        self.mentions = [sorted(each, key=lambda mention: mention.start) for each in mentions]
        self.told = [
            [mention for mention in each if plain[mention.start : mention.start + 1] != "\0"]
            for plain, each in zip(self.plain, self.mentions, strict=True)
        ]
        self.paragraph = {index: number for number, each in enumerate(paragraphs) for index in each}
        self.floors = floors(self.plain, self.mentions, paragraphs)
        whole = "\n".join(self.texts)
        titled = sexes_by_surname(whole)
        self.memory = Memory(
            experts=experts_in(whole),
            persons=introduced_names(whole) | titled.keys(),
            referents=Referents(self._sexes_by_pronoun() | titled),
        )
        self.quoting: Speaker | None = None  # whom the sentence before lets speak
        self.acting: Speaker | None = None  # the subject of the sentence before
        self.given: Speaker | None = None  # to whom "X said:" gave the floor, without quotation marks

    def _sexes_by_pronoun(self) -> dict[str, str]:
        """The sex of persons, by name, as the pronouns of the whole text tell it: "Brost said that she"."""
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for text, told in zip(self.plain, self.told, strict=True):
            for name, sex in sexes_by_pronoun(text, entities_in(text, told)):
                votes[name][sex] += 1
        return {name: counts.most_common(1)[0][0] for name, counts in votes.items()}

    def voiced(self, index: int) -> list[Voiced]:
        """The mentions of the next sentence; sentences are read in order."""
        floor = Floor(self.given) if self.given else self.floors[index]
        self.memory.floor = floor.speaker
        statements = statements_in(self.plain[index], self.told[index], self.memory)
        if self.given and self._others_speak(index, statements):
            floor, self.given = self.floors[index], None
        quoted_by = self._quoted_by(index, statements)
        speech = _Speech(self.plain[index], statements, quoted_by, floor)
        uses = self._third_person(index, speech)
        named = {mention.actor.id for mention in self.mentions[index]}
        pronouns = [*self._other_pronouns(index, speech), *(mention for use in uses for mention in use.mentions())]
        pronouns = one_per_actor([each for each in pronouns if each.actor.id not in named])
        mentions = sorted([*self.mentions[index], *pronouns], key=lambda mention: mention.start)
        runs_on = self._runs_on(index, speech, uses)
        self._remember(index, speech, uses)
        voices = _voices(speech, mentions, runs_on)
        return [Voiced(mention, voices[mention.actor.id]) for mention in mentions]

    def _runs_on(self, index: int, speech: _Speech, uses: Sequence[Use]) -> Speaker | None:
        """Whoever spoke in the sentence before, where this one goes on with it: "X refused. It would wait." """
        opening = _RUNS_ON.match(self.plain[index])
        if not opening or speech.statements or not self.quoting or not self.quoting.actors:
            return None
        meant = next((use.speaker for use in uses if use.start == opening.start(1)), None)
        return self.quoting if meant and meant.actors == self.quoting.actors else None

    def _others_speak(self, index: int, statements: Sequence[Statement]) -> bool:
        """Whether the text, at a new paragraph, goes on to what others say."""
        return not self._continues(index) and any(
            each.tells and each.speaker.actors and not (self.given and each.speaker.is_same(self.given))
            for each in statements
        )

    def _continues(self, index: int) -> bool:
        """Whether a sentence stands in the paragraph of the one before."""
        return self.paragraph[index] == self.paragraph.get(index - 1)

    def _quoted_by(self, index: int, statements: Sequence[Statement]) -> Speaker | None:
        """The speaker of a quotation that its own sentence attributes to nobody."""
        spans = self.quotes[index]
        loose = [(start, end) for start, end in spans if not any(each.covers(start) for each in statements)]
        if sum(end - start for start, end in loose) < ALONE * len(self.texts[index]):
            return None
        before = self.texts[index - 1] if index else ""
        if self.quoting and (before.endswith(":") or self._continues(index)):
            return self.quoting
        acting = self.acting if self._continues(index) or before.endswith(":") else None
        return self._named_later(index, running_on=acting is not None) or acting or self.quoting

    def _named_later(self, index: int, running_on: bool) -> Speaker | None:
        """The speaker of a quotation as one of the next sentences of its paragraph names him.

        `running_on`: only while the quotation runs on, since the sentence before may name the speaker too.
        """
        for later in range(index + 1, min(index + 1 + AHEAD, len(self.texts))):
            if self.paragraph[later] != self.paragraph[index] or (running_on and not self.quotes[later]):
                return None
            statements = statements_in(self.plain[later], self.told[later], self.memory)
            if statements:
                return statements[0].speaker
        return None

    def _other_pronouns(self, index: int, speech: _Speech) -> list[Mention]:
        """Mentions by "we" and "I", and by the "you" of a question."""
        found = []
        for at, word in first_person(self.texts[index]):
            speaker_there = speech.direct_speaker_at(at)
            if speaker_there:
                found += [Mention(actor, word, at, "pronoun") for actor in speaker_there.actors]
        asked = speech.floor.asked
        if asked and asked.actors:
            found += second_person(self.plain[index], asked.actors[0])
        return found

    def _third_person(self, index: int, speech: _Speech) -> list[Use]:
        """The pronouns of the third person, in quotations too."""
        text = self.texts[index]
        spoken = {each.speaker.word[0]: each.speaker for each in speech.statements if each.speaker.word}
        return third_person(
            Clauses(text, self.mentions[index]),
            with_strangers(text, self._entities(index, speech), self.mentions[index]),
            self.memory.referents,
            speech.direct_speaker_at,
            spoken,
        )

    def _entities(self, index: int, speech: _Speech) -> list[Entity]:
        """All of whom a sentence speaks, those who speak in it included."""
        strangers = [
            (each.at, each.speaker) for each in speech.statements if each.speaker.person and not each.speaker.actors
        ]
        introduced = introduced_in(self.texts[index], self.mentions[index], self.memory.experts)
        return sorted(
            [*entities_in(self.texts[index], self.mentions[index]), *introduced, *strangers],
            key=lambda entity: entity[0],
        )

    def _remember(self, index: int, speech: _Speech, uses: Sequence[Use]) -> None:
        plain, memory = self.plain[index], self.memory
        outer = [each.speaker for each in speech.top()]
        self.quoting = outer[-1] if outer else speech.quoted_by
        if plain.endswith(":") and outer and outer[-1].actors and self.quotes[index + 1 : index + 2] == [[]]:
            self.given = outer[-1]
        if outer:
            memory.speaker = outer[-1]
        referents = self._referents(index, speech, uses)
        self.acting = next((each for each in referents[:1] if each.actors or each.person), None)
        memory.referents.close_sentence(referents)

    def _referents(self, index: int, speech: _Speech, uses: Sequence[Use]) -> list[Speaker]:
        """Those of whom a sentence speaks, its subject first, then those who speak, then the others."""
        text = self.plain[index] if self.told[index] or speech.statements else self.texts[index]
        entities = [*self._entities(index, speech), *((use.start, use.speaker) for use in uses)]
        entities.sort(key=lambda entity: entity[0])
        subject = subject_of(
            text,
            [each for each in entities if text[each[0] : each[0] + 1] != "\0"],
            Clauses(text, self.mentions[index]),
            self.memory.persons,
        )
        speakers = [each.speaker for each in speech.top()]
        referents = [subject, *speakers, *(referent for _, referent in entities), together_in(text, entities)]
        return [referent for referent in referents if referent]


def _voices(speech: _Speech, mentions: Sequence[Mention], runs_on: Speaker | None) -> dict[str, str]:
    """One voice for each actor: its own where it has one anywhere in the sentence, else that of its first mention."""
    hearsay = hearsay_spans(speech.plain)
    voices = dict.fromkeys(speech.own_words(), "self")
    for mention in mentions:
        if voices.get(mention.actor.id) != "self":
            voice = _voice(speech, mention, hearsay)
            if voice == "narrator" and runs_on:
                voice = "self" if runs_on.is_actor(mention.actor) else runs_on.voice
            if voice == "self" or mention.actor.id not in voices:
                voices[mention.actor.id] = voice
    return voices


def _voice(speech: _Speech, mention: Mention, hearsay: Sequence[Span]) -> str:
    """The voice of one mention whose actor makes no statement of its own here."""
    statement = speech.statement_at(mention.start)
    speaker = speech.speaker_at(mention.start)
    told = statement.tells if statement else speaker is not None
    if not told and speech.floor.speaker is None and makes_call(speech.plain, mention):
        return "self"
    if speaker:
        return "self" if speaker.is_actor(mention.actor) else speaker.voice
    return "unnamed" if is_quoted(hearsay, mention.start) else "narrator"
