"""Sentences of a document, with their offsets in the original text."""

import re
from dataclasses import dataclass

import sentencex


@dataclass(frozen=True)
class Sentence:
    """`start` and `end` count characters in the document's text; the title has its own offsets."""

    index: int
    start: int
    end: int
    text: str


# The library fails on white space of several bytes, such as the no-break space; one for one keeps the offsets.
_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")

# What the library splits although the sentence goes on: "at 5 p.m. Monday", "the U.S. Senate".
_GOES_ON = re.compile(r"(?:\b[ap]\.m|\b(?:U\.S|U\.N|U\.K|E\.U)|\b[A-Z])\.\s*$")
_DAY_OR_BODY = re.compile(
    r"\s*(?:[a-z]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|EST|GMT|local|President|Secretary|Senat|Congress|State|Ambassador|Security|Special|Department|envoy)"
)


def split_sentences(text: str, language: str = "en") -> list[Sentence]:
    """Split text into sentences; whitespace around a sentence belongs to none."""
    spans: list[tuple[int, int]] = []
    at = 0
    plain = _WIDE_SPACE.sub(" ", text)
    for piece in sentencex.segment(language, plain):
        start = plain.index(piece, at)  # pieces are consecutive substrings
        at = start + len(piece)
        if spans and _joins(text[spans[-1][0] : spans[-1][1]], text[start:at]):
            spans[-1] = (spans[-1][0], at)
        else:
            spans.append((start, at))
    trimmed = [_trim(text, start, end) for start, end in spans]
    return [
        Sentence(i, start, end, text[start:end]) for i, (start, end) in enumerate(t for t in trimmed if t[0] < t[1])
    ]


def _joins(before: str, after: str) -> bool:
    return "\n\n" not in before[-3:] and bool(_GOES_ON.search(before)) and bool(_DAY_OR_BODY.match(after))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
