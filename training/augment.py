"""Copies of training sentences under other names, so that an actor's reputation is no feature.

In a copy every named actor of the sentence bears another name: that of an actor of some other sentence, or, half
of the time where there are two or more, that of another actor of the same one, so that the roles are exchanged.
Whatever the sentence says, it now says of somebody else, and the labels go with the place, not with the name.
"""

import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from model.records import Pair
from training.rows import LabelledPair

# What a mention begins with that is no name, though a sentence that it opens gives it a capital letter.
NO_NAMES = frozenset(
    {
        "A", "All", "An", "Both", "Delegates", "Diplomats", "Each", "Envoys", "Every", "Few", "Fighters", "Four",
        "Gunmen", "He", "Her", "His", "I", "Insurgents", "It", "Its", "Lawmakers", "Leaders", "Many", "Mediators",
        "Militants", "Ministers", "Most", "My", "Negotiators", "No", "Officials", "One", "Our", "Police", "Rebels",
        "Separatists", "Several", "She", "Some", "That", "The", "Their", "These", "They", "This", "Those", "Three",
        "Two", "We", "Who", "You", "Your",
    }
)  # fmt: skip
EXCHANGED_SHARE = 0.5

Names = Mapping[int, Collection[str]]


def with_swapped_names(rows: Sequence[LabelledPair], share: float, seed: int) -> list[LabelledPair]:
    """The rows, and for a share of the sentences with a stance and a name a copy under other names."""
    sentences: dict[str, list[LabelledPair]] = defaultdict(list)
    for row in rows:
        if row.stance:
            sentences[row.pair.text].append(row)
    pool = names_by_length(row.pair for row in rows)
    chance = random.Random(seed)
    copies: list[LabelledPair] = []
    for sentence in sentences.values():
        own = sorted({str(row.pair.mention) for row in sentence if is_name(row.pair)})
        if own and chance.random() < share:
            exchange = len(own) > 1 and chance.random() < EXCHANGED_SHARE
            new = dict(zip(own, [*own[1:], own[0]], strict=True)) if exchange else other_names(own, pool, chance)
            copies.extend(renamed(sentence, new))
    return [*rows, *copies]


def is_name(pair: Pair) -> bool:
    """Is the mention a name, not a pronoun, a possessive or a description such as "the rebels"?"""
    mention = pair.mention or ""
    return mention[:1].isupper() and mention.split()[0] not in NO_NAMES and not mention.endswith(("'s", "’s"))


def names_by_length(pairs: Iterable[Pair]) -> dict[int, list[str]]:
    """The names among the mentions, by their number of words."""
    found: dict[int, set[str]] = defaultdict(set)
    for pair in pairs:
        if is_name(pair):
            found[len(str(pair.mention).split())].add(str(pair.mention))
    return {words: sorted(names) for words, names in found.items()}


def other_names(own: Sequence[str], pool: Names, chance: random.Random) -> dict[str, str]:
    """For each own name another one of as many words, so that the grammar mostly stands; none where there is none."""
    new: dict[str, str] = {}
    for name in own:
        left = [each for each in pool[len(name.split())] if each not in own and each not in new.values()]
        if left:
            new[name] = chance.choice(left)
    return new


def renamed(sentence: Sequence[LabelledPair], names: Mapping[str, str]) -> list[LabelledPair]:
    """The rows of one sentence with each key of `names` replaced by its value, wherever it stands.

    A row whose mention overlaps a replaced name without being one is left out, and all are where nothing changes.
    """
    if not names:
        return []
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
