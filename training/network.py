"""The network: a pre-trained encoder, and two linear heads on [mean of the text; mean of the target]."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedModel

from model.labels import SENTIMENTS, STANCES

IGNORE = -100


class StanceNetwork(nn.Module):
    """Scores both labels of each pair in a batch; trained on whichever of them a row has."""

    def __init__(self, encoder: PreTrainedModel, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        width = 2 * encoder.config.hidden_size
        self.stance = nn.Linear(width, len(STANCES))
        self.sentiment = nn.Linear(width, len(SENTIMENTS))

    @property
    def uses_token_types(self) -> bool:
        return bool(getattr(self.encoder.config, "type_vocab_size", 0))

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        target_mask: Tensor,
        token_type_ids: Tensor | None = None,
        stance_labels: Tensor | None = None,
        sentiment_labels: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Logits of shape (batch, 4) and (batch, 3), and the loss where labels are given."""
        kwargs = {"token_type_ids": token_type_ids} if self.uses_token_types else {}
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **kwargs).last_hidden_state
        features = torch.cat([mean_of(hidden, attention_mask), mean_of(hidden, target_mask)], dim=-1)
        features = self.dropout(features)
        outputs = {"stance": self.stance(features), "sentiment": self.sentiment(features)}
        if stance_labels is not None and sentiment_labels is not None:
            loss = labelled_loss(outputs["stance"], stance_labels) + labelled_loss(
                outputs["sentiment"], sentiment_labels
            )
            return {"loss": loss, **outputs}
        return outputs


def mean_of(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean over the tokens with mask 1: (batch, tokens, width), (batch, tokens) -> (batch, width)."""
    weights = mask.to(hidden.dtype).unsqueeze(-1)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1)


def labelled_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy summed over the rows that have this label, divided by the size of the batch."""
    loss = nn.functional.cross_entropy(logits.float(), labels, ignore_index=IGNORE, reduction="sum")
    return loss / labels.shape[0]


def load_encoder(folder: Path) -> PreTrainedModel:
    """The encoder alone, from any folder that `AutoModel` loads; in single precision."""
    extra: dict[str, Any] = {}
    if AutoConfig.from_pretrained(folder).model_type == "bert":
        extra["add_pooling_layer"] = False  # nothing reads it, and it would be half a million dead weights
    encoder: PreTrainedModel = AutoModel.from_pretrained(folder, dtype=torch.float32, local_files_only=True, **extra)
    return encoder


def save_network(network: StanceNetwork, folder: Path) -> None:
    """Write config.json and model.safetensors (half precision) so that `AutoModel` loads the encoder."""
    prefix = network.encoder.base_model_prefix
    state = {f"{prefix}.{name}": tensor for name, tensor in network.encoder.state_dict().items()}
    state |= {name: tensor for name, tensor in network.state_dict().items() if not name.startswith("encoder.")}
    network.encoder.config.save_pretrained(folder)
    half = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    save_file({name: tensor.contiguous() for name, tensor in half.items()}, folder / "model.safetensors")


def load_network(folder: Path) -> StanceNetwork:
    """What `save_network` wrote, ready for evaluation or further training."""
    network = StanceNetwork(load_encoder(folder))
    state = load_file(folder / "model.safetensors")
    heads = {
        name: state[name].float() for name in ("stance.weight", "stance.bias", "sentiment.weight", "sentiment.bias")
    }
    network.load_state_dict(heads, strict=False)
    return network.eval()
