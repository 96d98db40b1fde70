"""What is known of a pronoun or noun that the rules leave open and of each actor that it may mean.

`LinkReader` goes through a document sentence by sentence. It makes a `Choice` of each candidate of `model.link_spans` and
each actor that may be meant, with the features that hold of the two; `training.links` fits a weight to each
feature, `model.links` adds the weights up. The features are those of the classical work on coreference (Soon, Ng and
Lim 2001): distance, agreement, role in the sentence, and who speaks.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final

from model.actors import Actor
from model.floor import floors
from model.link_spans import LinkSpan, link_spans, noun_of, pronoun_form
from model.mentions import Mention
from model.quotes import is_quoted, masked, paragraphs_of, quoted_spans
from model.roles import singular
from model.sentences import Sentence
from model.sexes import sex_of, sexes_by_surname
from model.speakers import names_person
from model.speech import Voiced

REACH: Final = 8  # sentences back in which an actor is a candidate
LEADING: Final = 3  # the actors of a document that are candidates wherever they stand
OFTEN: Final = 4  # sentences with an actor, for it to be one of which the text speaks much
LONG_AGO: Final = -99  # the sentence of what has not been yet
NEAR: Final = 16  # characters before a candidate that tell whether it is an object
MOST: Final = 20  # persons without a body that are looked at in one sentence
LEFT: Final = "left by the rules"

_WOMAN: Final = ("she", "her", "hers")
_PERSONAL: Final = ("I", "he", "person")
_OBJECT: Final = re.compile(
    r"\b(?:told|tells?|asked|asks?|urged|met|meets?|thanked|accused|with|to|from|against|of|for|by|on|between)\s$"
)
_VERB: Final = re.compile(
    r"\s(?:(?:also|now|still|never|\w+ly)\s)?(?:has|have|had|is|are|was|were|will|would|can|could|may|might|must|did|do|does|"
    r"says?|said|wants?|[a-z]+ed|took|met|went|came|gave|made|told|left)\b"
)
_EXPLETIVE: Final = re.compile(
    r"(?:['’]s|['’]ll|\s(?:is|was|will be|would be|has been|had been|may be|might be|seems?|appears?|takes?|took|means?))\s"
    r"(?:not\s|too\s|only\s|\w+ly\s)?"
    r"(?:\w+\s(?:that|to|whether|if|how|when|who|why|for)\b|clear|unclear|time|hard|possible|an?\b|the\b)"
)
_SURNAME: Final = r"(?:[A-Z]\. |al-|bin )?([A-ZÀ-Þ][a-zà-þ'’-]{2,20})"
_INTRODUCED: Final = (
    re.compile(
        rf"(?<![\w-])[A-ZÀ-Þ][a-zà-þ-]{{1,20}} {_SURNAME}"
        r"(?=,| (?:of|who|said|says|told|added|has|had|is|was|will|leads|led|wrote|called)\b)"
    ),
    re.compile(rf"\b(?:said|says|told|added|asked) (?:(?:Mr|Ms|Mrs)\.? )?(?:[A-ZÀ-Þ][a-zà-þ-]{{1,20}} )?{_SURNAME}"),
)
_CAPITALIZED: Final = re.compile(r"(?<![\w-])[A-ZÀ-Þ][a-zà-þ'’-]{2,20}(?![\w-])")


@dataclass
class Standing:
    """What the text so far has told of an actor.

    `last` is the sentence that mentioned it last, `first` whether it came first there, `alone` whether no other actor did;
    `person` and `sex` tell of the person who stood for it; `pronouns` and `nouns` are the words for it.
    """

    last: int = LONG_AGO
    count: int = 0
    first: bool = False
    alone: bool = False
    person: bool = False
    sex: str = ""
    pronouns: set[str] = field(default_factory=set)
    nouns: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Choice:
    """A candidate, an actor that it may mean, and the names of the features that hold of the two.

    Each feature is there twice, the second time with the form of the candidate ("he|distance 1"), so that it may weigh
    otherwise for "he" than for "they".
    """

    span: LinkSpan
    actor: Actor
    features: tuple[str, ...]


class LinkReader:
    """Reads a document once, from left to right: `choices` of a sentence, then `close` with the links chosen there."""

    def __init__(self, sentences: Sequence[Sentence], voiced: Sequence[Sequence[Voiced]]) -> None:
        self.texts = [sentence.text for sentence in sentences]
        self.voiced = voiced
        paragraphs = paragraphs_of(sentences)
        self.paragraph = {index: number for number, each in enumerate(paragraphs) for index in each}
        self.openings = {each[0] for each in paragraphs}
        self.quotes = quoted_spans(sentences)
        mentions = [[each.mention for each in here] for here in voiced]
        plain = [masked(text, spans) for text, spans in zip(self.texts, self.quotes, strict=True)]
        self.floors = floors(plain, mentions, paragraphs)
        self.actors = {mention.actor.id: mention.actor for here in mentions for mention in here}
        self.title = {mention.actor.id for here in mentions[:1] for mention in here}
        by_count = Counter(mention.actor.id for here in mentions for mention in here).most_common()
        self.rank = {id: rank for rank, (id, _) in enumerate(by_count)}
        self.sexes = sexes_by_surname("\n".join(self.texts))
        self.strangers = _strangers(self.texts, mentions)
        self.standings = {id: Standing() for id in self.actors}
        self.speaker = ""
        self.person = ""  # the last person of whom the text spoke: the id of its actor, "?" for one who has none
        self.group: set[str] = set()  # the actors of the last collective

    def choices(self, index: int, with_known: bool = False) -> list[Choice]:
        """The choices of a sentence; no actor that it mentions already is one.

        `with_known`: also of the pronouns and nouns that the rules have read, as if they had not.
        """
        here = [each.mention for each in self.voiced[index]]
        near = self._candidates(index)
        made: list[Choice] = []
        for span in link_spans(self.texts[index]):
            read = [each for each in here if each.start < span.end and span.start < each.end]
            if read and not (with_known and all(each.kind in ("pronoun", "nominal", "collective") for each in read)):
                continue
            taken = [each for each in here if each not in read]
            named = {mention.actor.id for mention in taken}
            candidates = [id for id in near if id not in named]
            order = sorted(candidates, key=lambda id: -self.standings[id].last)
            of_span = [*self._of_span(index, span, taken), *([] if read else [LEFT])]
            for id in candidates:
                names = [*of_span, *self._of_pair(index, span, id), _ranked("recency", order.index(id), 2)]
                crossed = (f"{span.form}|{name}" for name in names)
                made.append(Choice(span, self.actors[id], (span.form, *names, *crossed)))
        return made

    def close(self, index: int, links: Sequence[Mention]) -> None:
        """Remember what the sentence mentions, the links among it."""
        text = self.texts[index]
        mentions = sorted([*(each.mention for each in self.voiced[index]), *links], key=lambda each: each.start)
        ids = list(dict.fromkeys(mention.actor.id for mention in mentions))
        places = Counter((mention.start, mention.text) for mention in mentions)
        self.group = {each.actor.id for each in mentions if places[each.start, each.text] > 1} or self.group
        persons = [(start, "?") for start in self._strangers_in(text, mentions)]
        for mention in mentions:
            is_person = self._is_person(text, mention)
            self._remember(index, mention, is_person, ids)
            if is_person:
                persons.append((mention.start, mention.actor.id))
        told = [person for person in persons if not is_quoted(self.quotes[index], person[0])]
        self.person = min(told)[1] if told else self.person
        speaking = [each.mention.actor.id for each in self.voiced[index] if each.voice == "self"]
        self.speaker = speaking[-1] if speaking else self.speaker

    def _remember(self, index: int, mention: Mention, is_person: bool, ids: Sequence[str]) -> None:
        standing = self.standings[mention.actor.id]
        pronoun = pronoun_form(mention.text)
        word = mention.text.lower()
        standing.count += standing.last != index
        standing.last = index
        standing.first = ids[0] == mention.actor.id
        standing.alone = len(ids) == 1
        standing.person = is_person
        if pronoun == "he":
            standing.sex = "she" if word in _WOMAN else "he"
        elif not pronoun:
            standing.sex = self.sexes.get(mention.text.split()[-1]) or sex_of(mention.text) or standing.sex
            standing.nouns.add(noun_of(mention.text))
        if pronoun:
            standing.pronouns.add("she" if word in _WOMAN else pronoun)

    def _is_person(self, text: str, mention: Mention) -> bool:
        pronoun = pronoun_form(mention.text)
        return pronoun in ("I", "you", "he") if pronoun else names_person(text, mention)

    def _candidates(self, index: int) -> list[str]:
        recent = [id for id, standing in self.standings.items() if index - standing.last <= REACH]
        leading = [id for id, rank in self.rank.items() if rank < LEADING]
        return list(dict.fromkeys([*recent, *self._speaking_next(index), *sorted(self.title), *leading]))

    def _speaking_next(self, index: int) -> list[str]:
        """Who speaks in the next sentence of the paragraph, and may so have spoken this one."""
        if self.paragraph.get(index + 1) != self.paragraph[index]:
            return []
        return [each.mention.actor.id for each in self.voiced[index + 1] if each.voice == "self"]

    def _strangers_in(self, text: str, mentions: Sequence[Mention]) -> list[int]:
        """Where a sentence names persons that have no actor."""
        found = islice((each for each in _CAPITALIZED.finditer(text) if each[0] in self.strangers), MOST)
        return [
            each.start()
            for each in found
            if not any(mention.start < each.end() and each.start() < mention.end for mention in mentions)
        ]

    def _of_span(self, index: int, span: LinkSpan, taken: Sequence[Mention]) -> Iterator[str]:
        """The features of the candidate, whomever it means."""
        text, quotes = self.texts[index], self.quotes[index]
        before = [mention for mention in taken if mention.end <= span.start]
        strangers = self._strangers_in(text, taken)
        told_later = [at for at in strangers if at > span.start and not is_quoted(quotes, at)]
        subject = bool(_VERB.match(text, span.end))
        holds = {
            "quoted": is_quoted(quotes, span.start),
            "in a turn": self.floors[index].speaker is not None,
            "a person earlier in the sentence": any(names_person(text, mention) for mention in before),
            "a body earlier in the sentence": any(not names_person(text, mention) for mention in before),
            "several actors earlier in the sentence": len({mention.actor.id for mention in before}) > 1,
            "a stranger earlier in the sentence": any(at < span.start for at in strangers),
            "a stranger later in the sentence": bool(told_later),
            "the last person is a stranger": self.person == "?",
            "starts the sentence": span.start < len("“ "),
            "object": not subject and bool(_OBJECT.search(text[max(0, span.start - NEAR) : span.start])),
            "subject": subject,
            "expletive": span.form == "it" and bool(_EXPLETIVE.match(text, span.end)),
            "opens a paragraph": index in self.openings,
            "owner": span.owner,
            "in a question": text.endswith("?"),
            "plural": span.plural,
        }
        return (name for name, is_so in holds.items() if is_so)

    def _of_pair(self, index: int, span: LinkSpan, id: str) -> Iterator[str]:
        """The features of the candidate and an actor."""
        actor, standing = self.actors[id], self.standings[id]
        away = index - standing.last
        floor = self.floors[index]
        pronoun = "she" if span.text.lower() in _WOMAN else span.form
        holds = {
            _distance(away): True,
            _ranked("frequency", self.rank[id], 3): True,
            f"type {actor.type}": True,
            "first in its sentence": standing.first and away <= 2,
            "alone in its sentence": standing.alone and away <= 2,
            "in the same paragraph": self.paragraph.get(standing.last) == self.paragraph[index],
            "the last speaker": id == self.speaker,
            "the last speaker of a quotation": id == self.speaker and is_quoted(self.quotes[index], span.start),
            "speaks in the sentence": any(each.voice == f"other_party:{id}" for each in self.voiced[index]),
            "speaks in the next sentence": id in self._speaking_next(index),
            "has the floor": floor.speaker is not None and floor.speaker.is_actor(actor),
            "is asked": floor.asked is not None and floor.asked.is_actor(actor),
            "last a person": span.form in _PERSONAL and standing.person,
            "the last person": span.form in _PERSONAL and id == self.person,
            "another is the last person": span.form in _PERSONAL and self.person not in ("", "?", id),
            "of that sex": span.form == "he" and standing.sex == pronoun,
            "of the other sex": span.form == "he" and standing.sex not in ("", pronoun),
            "called by this pronoun before": pronoun in standing.pronouns,
            "called by this noun before": span.noun != "" and span.noun in standing.nouns,
            "the noun is in its names": span.noun != "" and span.noun in _nouns_of(actor),
            "in the last collective": span.form in ("collective", "they") and id in self.group,
            "in the title": id in self.title,
            "often mentioned before": standing.count >= OFTEN,
        }
        return (name for name, is_so in holds.items() if is_so)


def _distance(away: int) -> str:
    bands = ((1, "1"), (2, "2"), (4, "3 or 4"), (REACH, "5 to 8"))
    return "distance " + next((name for most, name in bands if away <= most), "more")


def _ranked(name: str, rank: int, last: int) -> str:
    return f"{name} {rank + 1}" if rank < last else f"{name} later"


def _strangers(texts: Sequence[str], mentions: Sequence[Sequence[Mention]]) -> frozenset[str]:
    """The surnames of persons whom the rules more often tie to no actor than to one."""
    found: Counter[str] = Counter()
    for text, here in zip(texts, mentions, strict=True):
        for name in (name for pattern in _INTRODUCED for name in islice(pattern.finditer(text), MOST)):
            tied = any(mention.start < name.end(1) and name.start(1) < mention.end for mention in here)
            found[name[1]] += -1 if tied else 1
    return frozenset(name for name, count in found.items() if count > 0)


@lru_cache(maxsize=4096)
def _nouns_of(actor: Actor) -> frozenset[str]:
    names = [actor.name, *(alias.text for alias in actor.aliases if alias.kind != "person")]
    return frozenset(singular(word) for name in names for word in name.split())
