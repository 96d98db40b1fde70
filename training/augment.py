"""Copies of training sentences under other names, so that an actor's reputation is no feature.

In a copy every named actor of the sentence bears another name: that of an actor of some other sentence, or, half
of the time where there are two or more, that of another actor of the same one, so that the roles are exchanged.
Whatever the sentence says, it now says of somebody else, and the labels go with the place, not with the name.
"""

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from model.records import Pair
from training.rows import LabelledPair

PRONOUNS = frozenset({"He", "She", "It", "They", "We", "I", "You", "His", "Her", "Their", "Both", "Who"})
EXCHANGED_SHARE = 0.5


def with_swapped_names(rows: Sequence[LabelledPair], share: float, seed: int) -> list[LabelledPair]:
    """The rows, and for a share of the sentences with a stance and a name a copy under other names."""
    sentences: dict[str, list[LabelledPair]] = defaultdict(list)
    for row in rows:
        if row.stance:
            sentences[row.pair.text].append(row)
    names = sorted({str(row.pair.mention) for each in sentences.values() for row in each if is_name(row.pair)})
    chance = random.Random(seed)
    copies: list[LabelledPair] = []
    for sentence in sentences.values():
        own = sorted({str(row.pair.mention) for row in sentence if is_name(row.pair)})
        if own and chance.random() < share:
            copies.extend(renamed(sentence, _new_names(own, names, chance)))
    return [*rows, *copies]


def is_name(pair: Pair) -> bool:
    """Is the mention a name, not a pronoun or a description such as "the rebels"?"""
    return bool(pair.mention) and str(pair.mention)[0].isupper() and pair.mention not in PRONOUNS


def renamed(sentence: Sequence[LabelledPair], names: Mapping[str, str]) -> list[LabelledPair]:
    """The rows of one sentence with each key of `names` replaced by its value, wherever it stands.

    A row whose mention overlaps a replaced name without being one is left out.
    """
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    text = sentence[0].pair.text
    found = list(pattern.finditer(text))
    copies: list[LabelledPair] = []
    for row in sentence:
        pair, mention = row.pair, str(row.pair.mention)
        if pair.start is None:
            continue
        end = pair.start + len(mention)
        touched = [match for match in found if match.start() < end and match.end() > pair.start]
        if any(match.span() != (pair.start, end) for match in touched):
            continue
        moved = sum(len(names[match[0]]) - len(match[0]) for match in found if match.end() <= pair.start)
        name = names[mention] if touched else mention
        made = replace(
            pair,
            text=pattern.sub(lambda match: names[match[0]], text),
            actor=name,
            mention=name,
            start=pair.start + moved,
            context=pattern.sub(lambda match: names[match[0]], pair.context) if pair.context else None,
        )
        copies.append(replace(row, pair=made))
    return copies


def _new_names(own: Sequence[str], names: Sequence[str], chance: random.Random) -> dict[str, str]:
    """For each name another one: of this sentence (the roles are exchanged) or of any."""
    if len(own) > 1 and chance.random() < EXCHANGED_SHARE:
        return dict(zip(own, [*own[1:], own[0]], strict=True))
    return dict(zip(own, chance.sample(names, len(own)) if len(names) >= len(own) else own, strict=True))
