"""Who has the floor where a document is itself speech: the issuer of a statement, the person who is interviewed."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from model.reading.mentions import Mention
from model.reading.speakers import Speaker, names_person
from model.reading.speech_words import verbs_in

_LABEL: Final = re.compile(r"([A-Z][^.:;!?\"“”«»\0]{0,60}(?:\.[^.:;!?\"“”«»\0]{1,40}){0,2})\s?:\s")
_ASKS: Final = re.compile(
    r"Q\b|(?:question|reporter|journalist|interviewer|press|correspondent|moderator|host|presenter|reuters|afp|"
    r"associated press|times|news|post|newspaper|radio|television|tv)\b|.*\b(?:question|reporter|journalist|"
    r"correspondent|moderator|interviewer|news|times|reuters|afp|radio|television|tv)\b",
    re.IGNORECASE,
)
_ANSWERS: Final = ("a", "answer")
_FIRST_PERSON: Final = re.compile(r"(?<![\w'’.-])(?:I|[Ww]e|[Mm]y|[Oo]urs?|us|me)(?![\w-]|\.\w)")
_ISSUED_BY: Final = re.compile(
    r"\b(?:statement|remarks|communiqu[eé]|declaration|address|speech|message|briefing|letter|testimony)\b[^.;:]{0,80}?"
    r"\b(?:by|from|of|in the name of|on behalf of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_STATEMENT_AFTER: Final = re.compile(
    r"(?:['’]s)?\s+(?:[\w-]+\s+){0,3}(?:statement|remarks|declaration|communiqu[eé])\b", re.IGNORECASE
)
FEWEST: Final = 2  # the sentences with "we" that make a statement; the turns of one speaker that make an interview
TURNS: Final = 4  # the turns that make an interview


@dataclass(frozen=True)
class Floor:
    """Who speaks a sentence when nobody in it is quoted; `asked` is whom it calls "you"."""

    speaker: Speaker | None = None
    asked: Speaker | None = None


def floors(texts: Sequence[str], mentions: Sequence[Sequence[Mention]], paragraphs: Sequence[range]) -> list[Floor]:
    """The floor of each sentence. `texts` are the sentences with quotations masked."""
    openings = {paragraph[0] for paragraph in paragraphs}
    labels = [_LABEL.match(text) if index in openings else None for index, text in enumerate(texts)]
    counts = Counter(label[1] for label in labels if label)
    issuer = _issuer(texts, mentions)
    if counts.total() >= TURNS and len(counts) > 1 and max(counts.values()) >= FEWEST:
        return _interview(texts, labels, mentions, openings, issuer)
    own = [index for index, text in enumerate(texts) if _FIRST_PERSON.search(text)]
    end = next((paragraph[-1] + 1 for paragraph in paragraphs if own and own[-1] in paragraph), 0)
    return [Floor(issuer) if index < end else Floor() for index in range(len(texts))]


def _interview(
    texts: Sequence[str],
    labels: Sequence[re.Match[str] | None],
    mentions: Sequence[Sequence[Mention]],
    openings: set[int],
    issuer: Speaker | None,
) -> list[Floor]:
    asking = Counter(label[1] for label, text in zip(labels, texts, strict=True) if label and text.endswith("?"))
    counts = Counter(label[1] for label in labels if label)
    turns = [
        _speaker(label, index, texts, mentions, issuer) if label and 2 * asking[label[1]] < counts[label[1]] else None
        for index, label in enumerate(labels)
    ]
    found: list[Floor] = []
    now = Floor(issuer)
    for index, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if label:
            speaker, other = turns[index], now.speaker
            argues = speaker and other and other.actors and not speaker.is_same(other)
            if speaker:
                now = Floor(speaker, asked=other if argues else None)
            else:
                now = Floor(asked=next(filter(None, turns[index:]), None))
        elif index in openings and not _FIRST_PERSON.search(text):
            now = Floor()  # what the paper adds before and after the interview
        elif index in openings and not any(labels[:index]):
            now = Floor(issuer)
        found.append(now)
    return found


def _speaker(
    label: re.Match[str],
    index: int,
    texts: Sequence[str],
    mentions: Sequence[Sequence[Mention]],
    issuer: Speaker | None,
) -> Speaker | None:
    """Whose turn a label announces: whom it names, or the first person introduced for "A"; None for whoever asks."""
    if _ASKS.match(label[1]):
        return None
    here = [mention for mention in mentions[index] if mention.start < label.end(1)]
    introduced = [
        mention for text, each in zip(texts, mentions, strict=True) for mention in each if names_person(text, mention)
    ]
    called = label[1].casefold().split()[-1]
    if label[1].casefold() not in _ANSWERS and not here:
        here = [mention for mention in introduced if mention.text.casefold().split()[-1] == called]
    elif not here:
        if issuer:
            return issuer
        here = [mention for mention in introduced if mention.text[:1].isupper()] or introduced
    return Speaker((here[0].actor,), "party", person=True) if here else Speaker(person=True)


def _issuer(texts: Sequence[str], mentions: Sequence[Sequence[Mention]]) -> Speaker | None:
    """The party that says "we" in its own document, if its first sentences tell who that is."""
    if sum(bool(_FIRST_PERSON.search(text)) for text in texts) < FEWEST or any(
        text.endswith(" said:") for text in texts
    ):
        return None
    for text, each in zip(texts[:3], mentions[:3], strict=True):
        for mention in each:
            if _ISSUED_BY.search(text[max(0, mention.start - 120) : mention.start]) or _opens_statement(text, mention):
                return Speaker((mention.actor,), "party")
    return None


def _opens_statement(text: str, mention: Mention) -> bool:
    """ "X's statement on ...", "X condemns ..."."""
    after = text[mention.end : mention.end + 60]
    speaks = next(verbs_in(after.lower()), None)
    now = bool(speaks and speaks.text.endswith("s") and re.fullmatch(r"\s+(?:\w+\s+)?", after[: speaks.start]))
    return mention.start < 5 and (now or bool(_STATEMENT_AFTER.match(after)))
