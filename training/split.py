"""Which rows train, which calibrate and which test: a function of a sentence's content alone.

A sentence's side is decided by the smallest hash among the character 20-grams of its skeleton (the
sentence without capitalised words, digits and case). The side of a sentence therefore never moves
when data grow, and copies that differ in names or a word mostly share a side. The few near-duplicates
that do not are dropped from training, so that none ever stands on both sides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import xxhash
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

from training.rows import LabelledPair

NEAR_DUPLICATE = 0.8  # Jaccard similarity of character 5-grams of the skeletons
SIDE_GRAM = 20  # long enough that a stock phrase does not decide for many sentences at once
HELD_OUT = {"calibration": range(0, 8), "test": range(8, 18)}  # in per cent of the hash range
SIDES = ("train", "calibration", "test")


@dataclass(frozen=True)
class Split:
    """Rows by side; `dropped` were meant for training but repeat a held-out sentence."""

    train: list[LabelledPair]
    calibration: list[LabelledPair]
    test: list[LabelledPair]
    dropped: list[LabelledPair]


def skeleton(text: str) -> str:
    """The sentence without names, digits, case and punctuation: what a name-swapped copy shares."""
    without_names = re.sub(r"(?<!^)\b[A-Z][\w.'’-]*|\d+", " ", text)
    return " ".join(re.findall(r"\w+", without_names.casefold())) or text.casefold()


def side_of(text: str) -> str:
    """`train`, `calibration` or `test`, by content alone."""
    outline = skeleton(text)
    grams = {outline[i : i + SIDE_GRAM] for i in range(max(1, len(outline) - SIDE_GRAM + 1))}
    smallest = min(xxhash.xxh64_intdigest(gram.encode()) for gram in grams)
    percent = xxhash.xxh64_intdigest(str(smallest).encode()) % 100
    return next((side for side, slots in HELD_OUT.items() if percent in slots), "train")


def split_rows(rows: Sequence[LabelledPair], frozen: Sequence[LabelledPair] = ()) -> Split:
    """Split rows, and keep from training whatever repeats a held-out or `frozen` sentence."""
    sides: dict[str, list[LabelledPair]] = {side: [] for side in SIDES}
    for row in rows:
        sides[side_of(row.pair.text)].append(row)
    sides["calibration"], repeated = without_repeats(sides["calibration"], [*sides["test"], *frozen])
    held_out = [*sides["calibration"], *sides["test"], *frozen]
    train, dropped = without_repeats(sides["train"], held_out)
    return Split(train, sides["calibration"], sides["test"], dropped + repeated)


def without_repeats(
    rows: Sequence[LabelledPair], held_out: Sequence[LabelledPair]
) -> tuple[list[LabelledPair], list[LabelledPair]]:
    """The rows that repeat no held-out sentence, and those that do."""
    flags = repeats([row.pair.text for row in rows], [row.pair.text for row in held_out])
    kept = [row for row, flag in zip(rows, flags, strict=True) if not flag]
    return kept, [row for row, flag in zip(rows, flags, strict=True) if flag]


def repeats(texts: Sequence[str], held_out: Sequence[str]) -> list[bool]:
    """For each text: is it a near-duplicate, names aside, of any held-out one?"""
    flags = np.zeros(len(texts), dtype=bool)
    for rows, _ in _near(texts, list(dict.fromkeys(held_out))):
        flags[rows] = True
    return [bool(flag) for flag in flags]


def repeats_earlier(texts: Sequence[str]) -> list[bool]:
    """For each text: is it a near-duplicate, names aside, of one before it?"""
    flags = np.zeros(len(texts), dtype=bool)
    for rows, others in _near(texts, texts):
        flags[rows[others < rows]] = True
    return [bool(flag) for flag in flags]


def _near(
    texts: Sequence[str], others: Sequence[str], chunk: int = 2000
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Indexes of texts and of the others that they nearly repeat, some thousand texts at a time."""
    if not texts or not others:
        return
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=(5, 5), binary=True, norm=None, alternate_sign=False, dtype=np.float32
    )
    right = vectorizer.transform([skeleton(text) for text in others])
    right_sizes = np.asarray(right.sum(axis=1)).ravel()
    for begin in range(0, len(texts), chunk):
        left = vectorizer.transform([skeleton(text) for text in texts[begin : begin + chunk]])
        shared = (left @ right.T).tocoo()
        sizes = np.asarray(left.sum(axis=1)).ravel()
        union = sizes[shared.row] + right_sizes[shared.col] - shared.data
        near = shared.data >= NEAR_DUPLICATE * union
        yield shared.row[near].astype(np.int64) + begin, shared.col[near].astype(np.int64)
