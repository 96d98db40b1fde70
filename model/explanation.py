"""Which words moved an answer: words are hidden in turn, and the answer read again.

Occlusion, as Zeiler and Fergus (2014) did with images and Li, Monroe and Jurafsky (2016) with text. Every word is
hidden alone and with each of its neighbors, since of "only if" either word is enough for the answer. Words are
replaced by the mask token, which is as steady as leaving them out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from model.errors import InputError
from model.labels import STANCES
from model.records import Pair
from model.scorer import DIGITS, Scorer

WORDS: Final = 128  # of a longer text, the words nearest to the mention
MASKS: Final = ("[MASK]", "<mask>")  # as tokenizers call the token that their encoder learnt to read as a gap

_WORD: Final = re.compile(r"\w+(?:['’.-]\w+)*")

Span = tuple[int, int]


@dataclass(frozen=True)
class Word:
    """A word of the text and its weight: by how much the probability of the answer falls where it is hidden.

    That is the mean of the fall without the word alone and of its half of the fall without it and a neighbor.
    `start` and `end` count characters of the text. A negative weight speaks against the answer.
    """

    text: str
    start: int
    end: int
    weight: float


def explain(scorer: Scorer, pair: Pair, label: str | None = None) -> list[Word]:
    """What each word of the pair's text weighs in the probability of the stance `label`, from left to right.

    Without a label, in that of the stance which the scorer answers. The words of the mention are not hidden. Of a
    text of more words than 128, those nearest to the mention are weighed. The cost is two scores a word, all in one
    call. InputError where the label is no stance.
    """
    if label is not None and label not in STANCES:
        raise InputError(f"label is {label!r}; give one of {', '.join(STANCES)}")
    spans = _nearest(pair, [match.span() for match in _WORD.finditer(pair.text)])
    runs = [range(at, at + length) for length in (1, 2) for at in range(len(spans) - length + 1)]
    mask = _mask(scorer)
    hidden = [_hidden(pair, [spans[word] for word in run], mask) for run in runs]
    whole, *left = scorer.score([pair, *hidden])
    column = STANCES.index(label or whole.stance)
    shares: list[list[float]] = [[] for _ in spans]
    for run, prediction in zip(runs, left, strict=True):
        fall = whole.stance_probabilities[column] - prediction.stance_probabilities[column]
        for word in run:
            shares[word].append(fall / len(run))
    weights = [round(sum(share) / len(share), DIGITS) for share in shares]
    return [Word(pair.text[start:end], start, end, weight) for (start, end), weight in zip(spans, weights, strict=True)]


def _hidden(pair: Pair, spans: Sequence[Span], mask: str) -> Pair:
    """The pair with these spans of its text replaced by the mask, the offset of its mention moved along."""
    text, mention = pair.text, pair.start
    for start, end in reversed(spans):
        text = text[:start] + mask + text[end:]
        if mention is not None and start < mention:
            mention += len(mask) - (end - start)
    return replace(pair, text=text, start=mention)


def _mask(scorer: Scorer) -> str:
    """The mask token of the scorer's encoder; nothing, which leaves the word out, where it has none."""
    return next((token for token in MASKS if scorer.encoder.tokenizer.token_to_id(token) is not None), "")


def _nearest(pair: Pair, spans: Sequence[Span]) -> list[Span]:
    """The spans outside the mention, at most WORDS: the nearest, in the order of the text."""
    start = pair.start or 0
    end = start if pair.start is None else start + len(pair.mention or "")
    outside = [span for span in spans if not (span[0] < end and start < span[1])]
    return sorted(sorted(outside, key=lambda span: max(start - span[1], span[0] - end))[:WORDS])
