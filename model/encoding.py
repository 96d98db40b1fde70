"""How a pair becomes the arrays that the encoder reads: the one function for training and serving.

Four ways to point the model at an actor were compared (README, "How the actor is marked"):

pair      [CLS] sentence [SEP] name [SEP]             read off the name in the second segment
markers   [CLS] sen @ mention @ tence [SEP]           read off the mention
both      [CLS] sen @ mention @ tence [SEP] name [SEP] read off the mention
span      [CLS] sentence [SEP]                        read off the mention

Where a sentence does not name its actor, the name goes into the second segment and is read there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from model.records import Pair

MARKER = "@"
CHARACTERS_PER_TOKEN = 16  # more than any text that people write has on average


class Marking(StrEnum):
    PAIR = "pair"
    MARKERS = "markers"
    BOTH = "both"
    SPAN = "span"


@dataclass(frozen=True)
class EncodedPair:
    """Token ids and segment ids of one pair, and the half-open token ranges of its sentence and of its target."""

    ids: list[int]
    types: list[int]
    text: tuple[int, int]
    target: tuple[int, int]

    def __len__(self) -> int:
        return len(self.ids)


Batch = dict[str, NDArray[np.int64] | NDArray[np.float32]]


class PairEncoder:
    """Encodes pairs with one tokenizer, one marking and one length limit (in tokens)."""

    def __init__(self, tokenizer: Tokenizer, marking: Marking, max_length: int) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.tokenizer = tokenizer
        self.marking = marking
        self.max_length = max_length

    def encode(self, pairs: Sequence[Pair]) -> list[EncodedPair]:
        """Encode pairs; one that is too long is cut to a window around its mention."""
        pairs = [self._within_reach(pair) for pair in pairs]
        inputs = [self._segments(pair) for pair in pairs]
        encodings = self.tokenizer.encode_batch([_tokenizer_input(*each[:2]) for each in inputs])
        return [
            self._encoded(encoding, segments) if len(encoding.ids) <= self.max_length else self._encode_window(pair)
            for pair, segments, encoding in zip(pairs, inputs, encodings, strict=True)
        ]

    def _within_reach(self, pair: Pair) -> Pair:
        """Spare the tokenizer the far ends of a huge text, of which the window could hold nothing."""
        reach = self.max_length * CHARACTERS_PER_TOKEN
        context = pair.context[-reach:] if pair.context else None
        if len(pair.text) <= 2 * reach:
            return replace(pair, context=context)
        middle = pair.start or 0
        left = max(0, middle - reach)
        right = max(middle + reach, middle + len(pair.mention or ""))
        start = None if pair.start is None else pair.start - left
        return replace(pair, text=pair.text[left:right], start=start, context=context)

    def _segments(self, pair: Pair) -> tuple[str, str | None, tuple[int, int, int]]:
        """First segment, second segment, and the target as (segment, start, end) in characters."""
        first, name = pair.text, pair.mention or pair.actor
        second = name if self.marking in (Marking.PAIR, Marking.BOTH) or pair.start is None else None
        target = (1, 0, len(name))
        if pair.start is not None and self.marking != Marking.PAIR:
            start, end = pair.start, pair.start + len(name)
            if self.marking != Marking.SPAN:
                first = f"{first[:start]}{MARKER} {name} {MARKER}{first[end:]}"
                start, end = start + len(MARKER) + 1, end + len(MARKER) + 1
            target = (0, start, end)
        if pair.context:
            second = f"{second}: {pair.context}" if second else pair.context
        return first, second, target

    def _encoded(self, encoding: Encoding, segments: tuple[str, str | None, tuple[int, int, int]]) -> EncodedPair:
        segment, start, end = segments[2]
        inside = [
            position
            for position, (sequence, (left, right)) in enumerate(
                zip(encoding.sequence_ids, encoding.offsets, strict=True)
            )
            if sequence == segment and left < end and right > start
        ]
        # A mention of characters that the tokenizer drops (say, only spaces) leaves the whole text.
        target = (inside[0], inside[-1] + 1) if inside else (0, len(encoding.ids))
        return EncodedPair(encoding.ids, encoding.type_ids, (0, _end_of_first_segment(encoding)), target)

    def _encode_window(self, pair: Pair) -> EncodedPair:
        """Drop the context, then all but a window of the text around the mention."""
        name = pair.mention or pair.actor
        if pair.context:
            return self.encode([Pair(pair.text, pair.actor, pair.mention, pair.start)])[0]
        offsets = self.tokenizer.encode(pair.text, add_special_tokens=False).offsets
        overhead = 3 + 4 + 2 * len(self.tokenizer.encode(name, add_special_tokens=False).ids)
        room = max(self.max_length - overhead, 8)
        middle = 0
        if pair.start is not None:
            middle = next((i for i, (_, right) in enumerate(offsets) if right > pair.start), 0)
        first = max(0, min(middle - room // 2, len(offsets) - room))
        left, right = 0, len(pair.text)
        if offsets:  # none where the tokenizer drops every character
            left, right = offsets[first][0], offsets[min(first + room, len(offsets)) - 1][1]
        if pair.start is not None:
            left, right = min(left, pair.start), max(right, pair.start + len(name))
        start = None if pair.start is None else pair.start - left
        first_segment, second, target = self._segments(Pair(pair.text[left:right], pair.actor, pair.mention, start))
        encoding = self.tokenizer.encode(first_segment, second)
        encoded = self._encoded(encoding, (first_segment, second, target))
        limit = self.max_length
        # A mention longer than the window itself: nothing better than its beginning is left.
        low = min(encoded.target[0], limit - 1)
        kept = (low, max(low + 1, min(encoded.target[1], limit)))
        return EncodedPair(encoded.ids[:limit], encoded.types[:limit], (0, min(encoded.text[1], limit)), kept)


def load_pair_encoder(tokenizer_file: Path, marking: Marking, max_length: int) -> PairEncoder:
    """The encoder of pairs of a network, from the tokenizer.json that lies beside its weights."""
    return PairEncoder(Tokenizer.from_file(str(tokenizer_file)), marking, max_length)


def by_text(encoded: Sequence[EncodedPair]) -> list[list[int]]:
    """Indexes of pairs that the encoder reads alike, together: one pass serves them all."""
    groups: dict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = {}
    for index, each in enumerate(encoded):
        groups.setdefault((tuple(each.ids), tuple(each.types)), []).append(index)
    return list(groups.values())


def collate(encoded: Sequence[EncodedPair], pad_id: int = 0) -> Batch:
    """Arrays of shape (batch, longest): token ids, segment ids, and the masks of attention, sentence and target."""
    shape = (len(encoded), max(len(each) for each in encoded))
    ids = np.full(shape, pad_id, dtype=np.int64)
    types = np.zeros(shape, dtype=np.int64)
    attention = np.zeros(shape, dtype=np.int64)
    text = np.zeros(shape, dtype=np.float32)
    target = np.zeros(shape, dtype=np.float32)
    for row, each in enumerate(encoded):
        ids[row, : len(each)] = each.ids
        types[row, : len(each)] = each.types
        attention[row, : len(each)] = 1
        text[row, each.text[0] : each.text[1]] = 1.0
        target[row, each.target[0] : each.target[1]] = 1.0
    return {
        "input_ids": ids,
        "token_type_ids": types,
        "attention_mask": attention,
        "text_mask": text,
        "target_mask": target,
    }


def call_inputs(pairs: Sequence[EncodedPair]) -> Batch:
    """What the served model reads in one call: one text, (1, tokens), and the targets of its pairs, (pairs, tokens)."""
    batch = collate(pairs)
    return {name: array if name == "target_mask" else array[:1] for name, array in batch.items()}


def _end_of_first_segment(encoding: Encoding) -> int:
    """Where the first segment ends, with the special token that closes it."""
    last = max((index for index, sequence in enumerate(encoding.sequence_ids) if sequence == 0), default=0)
    return min(last + 2, len(encoding.ids))


def _tokenizer_input(first: str, second: str | None) -> str | tuple[str, str]:
    return first if second is None else (first, second)
