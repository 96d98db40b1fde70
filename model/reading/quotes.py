"""Where the words of a document stand inside quotation marks, over sentences and paragraphs.

Marks in the wild are damaged: missing, doubled, set apart by spaces. What cannot be paired is left
out, or ends with its own sentence, so that one lost mark never turns the rest of a text into a quotation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from model.reading.sentences import Sentence

Span = tuple[int, int]

_MARK = re.compile(r"[\"“”„‟«»]|``|''|(?<!\w)['‘](?=\w)|(?<=\S)['’](?!\w)")
_SINGLE: Final = "'‘’"
_BEFORE_OPENING: Final = "([{—–-"
_CLOSED_BY: Final = {"„": "“”", "«": "»", "»": "«"}


@dataclass(frozen=True)
class _Mark:
    sentence: int
    start: int
    end: int
    text: str
    opens: bool
    closes: bool


def quoted_spans(sentences: Sequence[Sentence]) -> list[list[Span]]:
    """For each sentence the spans inside quotation marks, marks included, from left to right.

    A paragraph that opens a quotation and does not close it runs to its end where the next one opens
    with a mark again, as newspapers print long quotations.
    """
    spans: list[list[Span]] = [[] for _ in sentences]
    paragraphs = paragraphs_of(sentences)
    for number, paragraph in enumerate(paragraphs):
        following = paragraphs[number + 1] if number + 1 < len(paragraphs) else range(0)
        goes_on = bool(following) and sentences[following[0]].text[:1] in tuple('"“„«‘')
        _pair_marks(sentences, paragraph, goes_on, spans)
    return spans


def paragraphs_of(sentences: Sequence[Sentence]) -> list[range]:
    """The indexes of the sentences of each paragraph, as far as their offsets tell; a title is one of its own."""
    starts = [
        index
        for index, sentence in enumerate(sentences)
        if index == 0 or not 0 <= sentence.start - sentences[index - 1].end < 2
    ]
    ends = [*starts[1:], len(sentences)]
    return [range(start, end) for start, end in zip(starts, ends, strict=False)]


def is_quoted(spans: Sequence[Span], at: int) -> bool:
    return any(start <= at < end for start, end in spans)


def masked(text: str, spans: Sequence[Span]) -> str:
    """The text with a NUL for every quoted character: rules on the narration do not read quotations."""
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += [text[at:start], "\0" * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def _pair_marks(sentences: Sequence[Sentence], paragraph: range, goes_on: bool, spans: list[list[Span]]) -> None:
    opened: _Mark | None = None
    for mark in (mark for index in paragraph for mark in _marks(sentences[index].text, index)):
        if opened and opened.text in _SINGLE and mark.sentence != opened.sentence:
            opened = None  # most likely an apostrophe: single marks are not trusted beyond their sentence
        if opened is None:
            if mark.opens or (mark.text == '"' and not mark.closes):
                opened = mark
            elif mark.text not in _SINGLE and sentences[mark.sentence].text[mark.start - 1 : mark.start] in tuple(
                ",.?!"
            ):
                _add(spans[mark.sentence], 0, mark.end)
        elif _closes(mark, opened):
            _spread(sentences, opened, mark, spans)
            opened = None
        elif mark.opens and mark.text not in _SINGLE and not mark.closes:
            opened = mark  # the one before was never closed
    if opened and opened.text not in _SINGLE:
        last = paragraph[-1] if goes_on else opened.sentence
        end = len(sentences[last].text)
        _spread(sentences, opened, _Mark(last, end, end, "", False, True), spans)


def _marks(text: str, index: int) -> list[_Mark]:
    marks = []
    for found in _MARK.finditer(text):
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        free_before = not before or before.isspace() or before in _BEFORE_OPENING
        free_after = not after or not after.isalnum()
        opens, closes = free_before and not after.isspace() and bool(after), not free_before and free_after
        sort = found.group()
        if sort in ("“", "„", "‟", "``", "‘"):
            opens, closes = True, sort == "“" and closes
        elif sort in ("”", "''"):
            opens, closes = False, True
        elif sort in ("'", "’") and before == "s" and re.match(r"\s\w", text[found.end() : found.end() + 2]):
            continue  # a plural possessive: "the rebels' offer"
        marks.append(_Mark(index, found.start(), found.end(), sort, opens, closes))
    return marks


def _closes(mark: _Mark, opened: _Mark) -> bool:
    if opened.text in _SINGLE:
        return mark.text in _SINGLE and mark.closes
    if mark.text in _SINGLE:
        return False
    if opened.text in _CLOSED_BY:
        return mark.text in _CLOSED_BY[opened.text]
    if mark.text == '"' or opened.text == '"':
        return mark.closes or not mark.opens
    return mark.text in ("”", "''")


def _spread(sentences: Sequence[Sentence], opened: _Mark, closed: _Mark, spans: list[list[Span]]) -> None:
    for index in range(opened.sentence, closed.sentence + 1):
        start = opened.start if index == opened.sentence else 0
        end = closed.end if index == closed.sentence else len(sentences[index].text)
        _add(spans[index], start, end)


def _add(spans: list[Span], start: int, end: int) -> None:
    """A span reaches back to the sentence's start where the mark is missing, but never over another one."""
    start = max(start, spans[-1][1] if spans else 0)
    if start < end:
        spans.append((start, end))
