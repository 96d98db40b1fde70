"""Sentences of a document, with their offsets in the original text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import sentencex


@dataclass(frozen=True)
class Sentence:
    """`start` and `end` count characters in the document's text; the title has its own offsets."""

    index: int
    start: int
    end: int
    text: str


MAX_SENTENCE_CHARACTERS: Final = 1000  # about what the network reads at once; people write hardly any so long
TAIL: Final = 40  # characters in which an abbreviation at the end of a sentence is looked for
MOST_SEARCHED: Final = 1_000_000_000  # quotation marks times characters: some seconds of the library's time

# What the library is given instead, one character for one, so that the offsets hold.
_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")  # it fails on white space of several bytes
_UNKNOWN_TITLE = re.compile(r"\bMs(?=\.)")
_NO_ABBREVIATION = re.compile(r"\bme(?=\.[\"”’']?\s+[\"“‘']?[A-Z])")  # it reads Maine
_MARK = re.compile(r"[\"'`‘’‚‛“”„‟«»‹›「」『』]")  # it searches the whole text for the end of each quotation

# What the library splits although the sentence goes on: "at 5 p.m. Monday", "the U.S. Senate".
_GOES_ON = re.compile(r"(?:\b[ap]\.m|\b(?:U\.S|U\.N|U\.K|E\.U)|\b[A-Z])\.\s*$")
_DAY_OR_BODY = re.compile(
    r"\s*(?:[a-z]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|EST|GMT|local|President|Secretary|Senat|Congress|State|Ambassador|Security|Special|Department|envoy)"
)


def split_sentences(text: str, language: str = "en") -> list[Sentence]:
    """Split text into sentences; whitespace around a sentence belongs to none.

    What goes on for more than MAX_SENTENCE_CHARACTERS without an end (a table, a list) is cut where it pauses.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    plain = _plain(text)
    for piece in sentencex.segment(language, plain):
        start = plain.index(piece, at)  # pieces are consecutive substrings
        at = start + len(piece)
        if spans and _goes_on(text, spans[-1], start, at):
            spans[-1] = (spans[-1][0], at)
        else:
            spans.append((start, at))
    trimmed = [_trim(text, *part) for span in spans for part in _parts(text, *span)]
    return [
        Sentence(i, start, end, text[start:end]) for i, (start, end) in enumerate(t for t in trimmed if t[0] < t[1])
    ]


def _plain(text: str) -> str:
    """The text as the library reads it rightly, and in bounded time."""
    plain = _NO_ABBREVIATION.sub("it", _UNKNOWN_TITLE.sub("Mr", _WIDE_SPACE.sub(" ", text)))
    marks = sum(1 for _ in _MARK.finditer(plain))
    return plain if marks * len(plain) <= MOST_SEARCHED else _MARK.sub(" ", plain)


def _goes_on(text: str, before: tuple[int, int], start: int, end: int) -> bool:
    """Whether the sentence before goes on in text[start:end]; looks only at where they meet, for it may be long."""
    tail = max(before[0], before[1] - TAIL)
    return (
        "\n\n" not in text[max(tail, before[1] - 3) : before[1]]
        and bool(_GOES_ON.search(text, tail, before[1]))
        and bool(_DAY_OR_BODY.match(text, start, end))
    )


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_SENTENCE_CHARACTERS:
        cut = _pause(text, start + MAX_SENTENCE_CHARACTERS // 2, start + MAX_SENTENCE_CHARACTERS)
        yield start, cut
        start = cut
    yield start, end


def _pause(text: str, first: int, last: int) -> int:
    """Where to cut: after the last line, else sentence, clause or word that ends there."""
    for pause in ("\n", ". ", "; ", ", ", " "):
        at = text.rfind(pause, first, last)
        if at >= 0:
            return at + len(pause)
    return last


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
