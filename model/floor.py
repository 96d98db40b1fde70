"""Who has the floor where a document is itself speech: the issuer of a statement, the person who is interviewed."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from model.mentions import Mention
from model.speakers import Speaker, names_person
from model.speech_words import verbs_in

_LABEL: Final = re.compile(r"([A-Z][\w'’-]{0,30}(?: [A-Z][\w'’-]{0,30}){0,3})\s?:\s")
_FIRST_PERSON: Final = re.compile(r"(?<![\w'’.-])(?:I|[Ww]e|[Mm]y|[Oo]ur)(?![\w.-])")
_WE: Final = re.compile(r"(?<![\w'’.-])(?:[Ww]e|[Oo]ur)(?![\w.-])")
_ISSUED_BY: Final = re.compile(
    r"\b(?:statement|remarks|communiqu[eé]|declaration|address|speech|message)\b(?:[^,.;:]{0,40}?)\b(?:by|from|of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_STATEMENT_AFTER: Final = re.compile(
    r"(?:['’]s)?\s+(?:[\w-]+\s+){0,3}(?:statement|remarks|declaration|communiqu[eé])\b", re.IGNORECASE
)
FEWEST: Final = 2  # the sentences with "we" that make a statement; the turns of a speaker that make an interview


@dataclass(frozen=True)
class Floor:
    """Who speaks a sentence when nobody in it is quoted; `asked` is whom a question there calls "you"."""

    speaker: Speaker | None = None
    asked: Speaker | None = None


def floors(texts: Sequence[str], mentions: Sequence[Sequence[Mention]], paragraphs: Sequence[range]) -> list[Floor]:
    """The floor of each sentence. `texts` are the sentences with quotations masked."""
    labels = [found[1] if (found := _LABEL.match(text)) else None for text in texts]
    counts = Counter(label for label in labels if label)
    takes_turns = [label for label, count in counts.items() if count >= FEWEST]
    if len(takes_turns) > 1:
        return _interview(texts, labels, mentions, {paragraph[0] for paragraph in paragraphs})
    issuer = _issuer(texts, mentions)
    return [Floor(issuer)] * len(texts)


def _interview(
    texts: Sequence[str], labels: Sequence[str | None], mentions: Sequence[Sequence[Mention]], openings: set[int]
) -> list[Floor]:
    first = next(index for index, label in enumerate(labels) if label)
    introduced = [(text, mention) for text, each in zip(texts[:first], mentions, strict=False) for mention in each]
    persons = [mention for text, mention in introduced if names_person(text, mention)]
    found: list[Floor] = []
    now = Floor()
    for index, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if label:
            now = _turn(label, persons)
        elif index in openings and not _FIRST_PERSON.search(text):
            now = Floor()  # what the paper adds before and after the interview
        found.append(now)
    return found


def _turn(label: str, persons: Sequence[Mention]) -> Floor:
    """Whose turn a label announces: "A" is the first person introduced, "Valverde" the one of that name."""
    called = [person for person in persons if person.text.split()[-1].casefold() in label.casefold().split()]
    guest = Speaker((persons[0].actor,), "party", person=True) if persons else None
    if called:
        return Floor(Speaker((called[0].actor,), "party", person=True))
    return Floor(guest) if label in ("A", "Answer") else Floor(asked=guest)


def _issuer(texts: Sequence[str], mentions: Sequence[Sequence[Mention]]) -> Speaker | None:
    """The party that says "we" in its own document, if its first sentences tell who that is."""
    if sum(bool(_WE.search(text)) for text in texts) < FEWEST or any(text.endswith(" said:") for text in texts):
        return None
    for text, each in zip(texts[:2], mentions[:2], strict=True):
        for mention in each:
            if _ISSUED_BY.search(text[max(0, mention.start - 80) : mention.start]) or _opens_statement(text, mention):
                return Speaker((mention.actor,), "party")
    return None


def _opens_statement(text: str, mention: Mention) -> bool:
    """ "X's statement on ...", "X condemns ..."."""
    after = text[mention.end : mention.end + 60]
    speaks = next(verbs_in(after.lower()), None)
    now = bool(speaks and speaks.text.endswith("s") and re.fullmatch(r"\s+(?:\w+\s+)?", after[: speaks.start]))
    return mention.start < 5 and (now or bool(_STATEMENT_AFTER.match(after)))
