"""Going on from a trained bundle: new labels, and enough of the old ones that nothing is forgotten.

The new rows are repeated; the old ones are a sample, learnt as the mean of their label and of what the bundle said of
them before: rehearsal (Robins 1995) with distillation from the model before, against sentences that were right and
turn wrong (Xie et al. 2021). A row that people of this place labelled is always in the sample. The weights that come of
it are averaged with those of the bundle (robust fine-tuning, Wortsman et al. 2022).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from model.bundle import Bundle
from model.judgements import item_of
from training.augment import with_swapped_names
from training.contexts import with_contexts
from training.distill import taught
from training.finetune import TrainingSettings
from training.network import StanceNetwork, load_network
from training.rows import LabelledPair


@dataclass(frozen=True)
class Continuation:
    """What training goes on from. `new` names the pairs (by `item_of`) that the bundle did not learn."""

    bundle: Bundle
    new: frozenset[str]
    judged: frozenset[str] = frozenset()  # the pairs that people of this place judged: always learnt again
    replay: int = 2000  # old rows that are learnt again
    times: int = 4  # how often a new row is learnt in an epoch
    share: float = 0.5  # of the new weights, in the mean with those of the bundle

    def as_json(self) -> dict[str, Any]:
        return {"from": self.bundle.name, "files": self.bundle.manifest["files"], "new": sorted(self.new),
                "replay": self.replay, "times": self.times, "share": self.share}  # fmt: skip

    def is_new(self, row: LabelledPair) -> bool:
        return item_of(row.pair) in self.new


def averaged_with(network: StanceNetwork, bundle: Bundle, kept: float) -> StanceNetwork:
    """The network with the mean of its weights and those of the bundle, which count `kept` (Wortsman et al. 2022)."""
    before, after = load_network(bundle.folder).state_dict(), network.state_dict()
    network.load_state_dict({name: torch.lerp(before[name], after[name], 1 - kept) for name in after})
    return network.eval()


def rows_to_go_on_with(
    rows: Sequence[LabelledPair], continuation: Continuation, settings: TrainingSettings
) -> list[LabelledPair]:
    """The new rows, repeated, and the sample of the old ones with the bundle's own answers."""
    new = [row for row in rows if continuation.is_new(row)]
    old = [row for row in rows if not continuation.is_new(row)]
    ours = [row for row in old if item_of(row.pair) in continuation.judged]
    rest = [row for row in old if item_of(row.pair) not in continuation.judged]
    sample = random.Random(settings.seed).sample(rest, min(len(rest), continuation.replay))
    replayed = taught([*ours, *sample], continuation.bundle)
    after = with_contexts([*new, *replayed], settings.context_sentences, settings.context_share, settings.seed)
    once = with_swapped_names(after, settings.swapped_share, settings.seed)
    # Other names each time that a new row is repeated, and no context: the shape of a pair that is sent alone.
    again = [
        row
        for time in range(1, continuation.times)
        for row in with_swapped_names(new, settings.swapped_share, settings.seed + time)
    ]
    return [*once, *again]
