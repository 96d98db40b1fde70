"""Labelled pairs as the tensors that training reads: a text is encoded once for all the pairs read off it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import Dataset

from model.encoding import EncodedPair, PairEncoder, by_text, collate
from model.labels import SENTIMENTS, STANCES
from model.records import Pair
from training.rows import Distribution, LabelledPair


@dataclass(frozen=True)
class Example:
    """One encoded text and all the pairs that are read off it: their targets and label distributions."""

    encoded: EncodedPair
    targets: list[tuple[int, int]]
    stances: list[Distribution]
    sentiments: list[Distribution]


class Examples(Dataset[Example]):
    """Labelled pairs, encoded; pairs that the encoder reads alike share one pass."""

    def __init__(self, rows: Sequence[LabelledPair], encoder: PairEncoder, unmarked_share: float = 0.0, seed: int = 0):
        chance = random.Random(seed)
        # Some rows are learnt from the actor's name alone: the shape a caller without a mention gets.
        pairs = [_unmarked(row.pair) if chance.random() < unmarked_share else row.pair for row in rows]
        encoded = encoder.encode(pairs)
        self.examples = [
            Example(
                encoded[members[0]],
                [encoded[i].target for i in members],
                [distribution(rows[i].stance, rows[i].taught_stance, STANCES) for i in members],
                [distribution(rows[i].sentiment, rows[i].taught_sentiment, SENTIMENTS) for i in members],
            )
            for members in by_text(encoded)
        ]

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> Example:
        return self.examples[index]


class LengthGroupedSampler(torch.utils.data.Sampler[int]):
    """Shuffled, then sorted by length within windows of 50 batches, then the batches shuffled."""

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths, self.batch_size, self.seed, self.epoch = lengths, batch_size, seed, 0

    def __len__(self) -> int:
        return len(self.lengths)

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        chance = random.Random(self.seed * 1000 + self.epoch)
        order = list(range(len(self.lengths)))
        chance.shuffle(order)
        window = 50 * self.batch_size
        ordered = [i for at in range(0, len(order), window) for i in sorted(order[at : at + window], key=self._length)]
        batches = [ordered[at : at + self.batch_size] for at in range(0, len(ordered), self.batch_size)]
        chance.shuffle(batches)
        self.epoch += 1
        return iter([index for batch in batches for index in batch])

    def _length(self, index: int) -> int:
        return self.lengths[index]


def to_tensors(examples: Sequence[Example]) -> dict[str, Tensor]:
    """Texts of shape (texts, longest); targets (pairs, longest); for each pair its text and its labels."""
    batch = network_inputs([each.encoded for each in examples], [each.targets for each in examples])
    batch["stance_labels"] = torch.tensor([label for each in examples for label in each.stances])
    batch["sentiment_labels"] = torch.tensor([label for each in examples for label in each.sentiments])
    return batch


def network_inputs(texts: Sequence[EncodedPair], targets: Sequence[Sequence[tuple[int, int]]]) -> dict[str, Tensor]:
    """Texts of shape (texts, longest), and the targets of each: (pairs, longest), with the text of each pair."""
    batch = {name: torch.from_numpy(array) for name, array in collate(texts).items()}
    batch["text_of_pair"] = torch.tensor([text for text, each in enumerate(targets) for _ in each])
    batch["target_mask"] = torch.zeros(len(batch["text_of_pair"]), batch["input_ids"].shape[1])
    for row, (start, end) in enumerate(target for each in targets for target in each):
        batch["target_mask"][row, start:end] = 1.0
    return batch


def distribution(label: str | None, taught: Distribution | None, names: Sequence[str]) -> Distribution:
    """What a row is to be learnt as: its label, a teacher's probabilities, the mean of both, or nothing (zeros)."""
    own = tuple(float(name == label) for name in names)
    if taught is None:
        return own
    return tuple((left + right) / 2 for left, right in zip(own, taught, strict=True)) if label else taught


def _unmarked(pair: Pair) -> Pair:
    return Pair(pair.text, pair.mention or pair.actor, context=pair.context)
