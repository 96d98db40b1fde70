"""Sentences set before a sentence, so that a network learns to read one in its context and not to be led by it.

A row that was written with a context keeps it. Of the other sentences, a share gets one or two sentences of the same
topic, picked at random: the label is the sentence's own, whatever stands before it.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from training.rows import LabelledPair

FEW: Final = 5  # a topic of so few sentences would lend the same ones again and again


def with_contexts(rows: Sequence[LabelledPair], sentences: int, share: float, seed: int) -> list[LabelledPair]:
    """The rows, a `share` of their sentences with 1 to `sentences` others before them, the same for all its pairs."""
    if sentences == 0 or share == 0:
        return list(rows)
    chance = random.Random(seed)
    by_topic: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_topic[row.topic].append(row.pair.text)
    everything = [row.pair.text for row in rows]
    contexts: dict[str, str | None] = {}
    for row in rows:
        if row.pair.text in contexts or row.pair.context:
            continue
        pool = by_topic[row.topic] if len(by_topic[row.topic]) > FEW else everything
        drawn = chance.sample(pool, min(len(pool), chance.randint(1, sentences)))
        before = " ".join(text for text in dict.fromkeys(drawn) if text != row.pair.text)
        contexts[row.pair.text] = before if before and chance.random() < share else None
    return [
        row if row.pair.context else replace(row, pair=replace(row.pair, context=contexts[row.pair.text]))
        for row in rows
    ]
