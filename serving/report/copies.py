"""Wire copy that repeats, counted once: articles that are nearly the same, and sentences that stand in several.

Articles are compared by the Jaccard similarity of their runs of five words (Broder, 1997). Candidates come from
MinHash in bands, so that ten thousand articles need no fifty million comparisons; each candidate is then compared
exactly. Of what repeats, the earliest counts.
"""

import hashlib
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.text import folded
from serving.report.records import Article, Corpus

NEAR: Final = 0.7  # Jaccard similarity from which an article is a copy: five sixths of the words are the same
RUN: Final = 5  # words
FEWEST_WORDS: Final = 6  # "Moscow declined to comment." may be said anew on any day
BANDS: Final = 40
ROWS: Final = 3  # a band: two articles at the threshold meet in one of the bands with probability 0.9999999
LONGEST_TEXT: Final = 200_000

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Copy:
    """`article` repeats `original`, both as indexes of the corpus."""

    article: int
    original: int
    similarity: float


@dataclass(frozen=True)
class Repeat:
    """A statement whose sentence stood in an earlier article, both as indexes of the corpus's statements."""

    statement: int
    original: int


def shingles_of(texts: Iterable[str]) -> Hashes:
    """The distinct runs of words of a text, as sorted hashes; of a text shorter than a run, the text as one."""
    words = re.findall(r"\w+", folded(" ".join(texts)[:LONGEST_TEXT]))
    codes = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], dtype=np.uint64)
    if len(codes) == 0:
        return codes
    width = min(RUN, len(codes))
    runs = np.zeros(len(codes) - width + 1, dtype=np.uint64)
    for offset in range(width):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + codes[offset : offset + len(runs)]
    return np.unique(_mixed(runs))


def sentence_key(text: str) -> int:
    """A hash of the sentence, typography and capitals aside; 0 where it is too short to be known again."""
    plain = folded(text)
    if plain.count(" ") + 1 < FEWEST_WORDS:
        return 0
    return int.from_bytes(hashlib.blake2b(plain.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def copied_articles(corpus: Corpus) -> dict[int, Copy]:
    """The articles that repeat an earlier one, by index; undated ones are held to be the latest."""
    copies: dict[int, Copy] = {}
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for article in sorted(range(len(corpus.articles)), key=lambda each: _order(corpus.articles[each], each)):
        shingles = corpus.shingles[article]
        if len(shingles) == 0:
            continue
        bands = list(enumerate(_bands(shingles)))
        candidates = sorted({other for band in bands for other in buckets[band]})
        best = max(((_jaccard(shingles, corpus.shingles[other]), -other) for other in candidates), default=(0.0, 0))
        if best[0] >= NEAR:
            copies[article] = Copy(article, -best[1], round(best[0], 3))
            continue
        for band in bands:
            buckets[band].append(article)
    return copies


def repeated_statements(corpus: Corpus, copies: dict[int, Copy]) -> dict[int, Repeat]:
    """The statements, outside of copied articles, whose sentence says the same of the same actor earlier."""
    first: dict[tuple[int, str], int] = {}
    repeats: dict[int, Repeat] = {}
    for number in sorted(range(len(corpus.statements)), key=lambda each: _statement_order(corpus, each)):
        statement = corpus.statements[number]
        if statement.key == 0 or statement.article in copies:
            continue
        original = first.setdefault((statement.key, statement.actor), number)
        if original != number:
            repeats[number] = Repeat(number, original)
    return repeats


def _order(article: Article, index: int) -> tuple[date, int]:
    return article.date or date.max, index


def _statement_order(corpus: Corpus, number: int) -> tuple[date, int, int]:
    article = corpus.statements[number].article
    return *_order(corpus.articles[article], article), number


def _bands(shingles: Hashes) -> list[bytes]:
    smallest = np.array([_mixed(shingles ^ salt).min() for salt in _SALTS])
    return [band.tobytes() for band in smallest.reshape(BANDS, ROWS)]


def _jaccard(left: Hashes, right: Hashes) -> float:
    shared = len(np.intersect1d(left, right, assume_unique=True))
    return shared / (len(left) + len(right) - shared)


def _mixed(values: Hashes) -> Hashes:
    """The finalizer of splitmix64: every bit of a value reaches every bit of its hash."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_SALTS: Final = _mixed(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
