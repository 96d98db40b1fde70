"""A larger teacher's probabilities for rows, so that a smaller student learns from them (Hinton et al. 2015).

A row with a label of its own is learnt as the mean of the label and the teacher's answer; a row without one as the
teacher's answer alone. So the student also learns from sentences that nobody labelled.
"""

from collections.abc import Sequence
from dataclasses import replace

from model.bundle import Bundle
from model.encoding import load_pair_encoder
from training.finetune import logits_of
from training.network import load_network
from training.rows import LabelledPair


def taught(rows: Sequence[LabelledPair], teacher: Bundle) -> list[LabelledPair]:
    """The rows with the teacher's probabilities for both labels."""
    encoder = load_pair_encoder(teacher.tokenizer_file, teacher.marking, teacher.max_length)
    stance, sentiment = logits_of(load_network(teacher.folder), encoder, [row.pair for row in rows], fast=True)
    return [
        replace(row, taught_stance=tuple(left), taught_sentiment=tuple(right))
        for row, left, right in zip(
            rows, stance.softmax(dim=-1).tolist(), sentiment.softmax(dim=-1).tolist(), strict=True
        )
    ]
