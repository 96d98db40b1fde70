"""Copies of training rows under other names, so that an actor's reputation is no feature.

The mention is replaced by that of another row; whatever the sentence says, it now says of somebody else,
and the labels stay.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

from model.records import Pair
from training.rows import LabelledPair

PRONOUNS = frozenset({"He", "She", "It", "They", "We", "I", "You", "His", "Her", "Their", "Both", "Who"})


def with_swapped_names(rows: Sequence[LabelledPair], share: float, seed: int) -> list[LabelledPair]:
    """The rows, and for a share of those with a stance and a name a copy under another name."""
    named = [row for row in rows if row.stance and is_name(row.pair)]
    names = sorted({str(row.pair.mention) for row in named})
    chance = random.Random(seed)
    chosen = [row for row in named if chance.random() < share]
    return [*rows, *(renamed(row, chance.choice(names)) for row in chosen)]


def is_name(pair: Pair) -> bool:
    """Is the mention a name, not a pronoun or a description such as "the rebels"?"""
    return bool(pair.mention) and str(pair.mention)[0].isupper() and pair.mention not in PRONOUNS


def renamed(row: LabelledPair, name: str) -> LabelledPair:
    """The row with its mention replaced by `name`, there and wherever else the sentence has the same words."""
    pair = row.pair
    assert pair.mention is not None
    assert pair.start is not None
    before = pair.text[: pair.start].replace(pair.mention, name)
    after = pair.text[pair.start + len(pair.mention) :].replace(pair.mention, name)
    return replace(row, pair=replace(pair, text=f"{before}{name}{after}", actor=name, mention=name, start=len(before)))
