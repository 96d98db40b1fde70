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
    """The rows with the teacher's probabilities for both labels; one that never read contexts is not asked of them."""
    asked = [index for index, row in enumerate(rows) if teacher.context_learnt or not row.pair.context]
    if not asked:
        return list(rows)
    encoder = load_pair_encoder(teacher.tokenizer_file, teacher.marking, teacher.max_length)
    pairs = [rows[index].pair for index in asked]
    stance, sentiment = logits_of(load_network(teacher.folder), encoder, pairs, fast=True)
    answered = list(rows)
    for index, left, right in zip(
        asked, stance.softmax(dim=-1).tolist(), sentiment.softmax(dim=-1).tolist(), strict=True
    ):
        answered[index] = replace(rows[index], taught_stance=tuple(left), taught_sentiment=tuple(right))
    return answered
