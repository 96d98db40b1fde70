"""The network: a pre-trained encoder, and two linear heads on [mean of the text; mean of the target]."""

from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedModel
from transformers.utils import logging

from model.labels import SENTIMENTS, STANCES

HEADS = ("stance.weight", "stance.bias", "sentiment.weight", "sentiment.bias")


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
        text_mask: Tensor,
        target_mask: Tensor,
        token_type_ids: Tensor | None = None,
        text_of_pair: Tensor | None = None,
        stance_labels: Tensor | None = None,
        sentiment_labels: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Logits of shape (pairs, 4) and (pairs, 3), and the loss where labels are given.

        `input_ids` and `text_mask` are (texts, tokens), `target_mask` is (pairs, tokens); `text_of_pair` says which
        text each pair is read off, and without it the n-th pair is read off the n-th text. Labels are distributions
        of the shape of the logits; a row of zeros is a pair without that label.
        """
        features = self.features(input_ids, attention_mask, text_mask, target_mask, token_type_ids, text_of_pair)
        features = self.dropout(features)
        outputs = {"stance": self.stance(features), "sentiment": self.sentiment(features)}
        if stance_labels is not None and sentiment_labels is not None:
            loss = labelled_loss(outputs["stance"], stance_labels) + labelled_loss(
                outputs["sentiment"], sentiment_labels
            )
            return {"loss": loss, **outputs}
        return outputs

    def features(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        text_mask: Tensor,
        target_mask: Tensor,
        token_type_ids: Tensor | None = None,
        text_of_pair: Tensor | None = None,
    ) -> Tensor:
        """What the heads read, (pairs, 2 * width): the mean of the sentence and the mean of the target.

        The sentence attends to its context, but the context is not in its mean.
        """
        kwargs = {"token_type_ids": token_type_ids} if self.uses_token_types else {}
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **kwargs).last_hidden_state
        text = mean_of(hidden, text_mask)
        if text_of_pair is not None:
            text, hidden = text[text_of_pair], hidden[text_of_pair]
        return torch.cat([text, mean_of(hidden, target_mask)], dim=-1)


def mean_of(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean over the tokens with mask 1: (batch, tokens, width), (batch, tokens) -> (batch, width)."""
    weights = mask.to(hidden.dtype).unsqueeze(1)
    # Tokens last: so each sum stands alone in the exported file, too, and its digits do not depend on the batch.
    return (hidden.transpose(1, 2) * weights).sum(dim=-1) / weights.sum(dim=-1)


def labelled_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy with label distributions, summed and divided by the number of pairs; zeros add nothing."""
    return -(labels * nn.functional.log_softmax(logits.float(), dim=-1)).sum() / labels.shape[0]


def load_encoder(folder: Path) -> PreTrainedModel:
    """The encoder alone, from any folder that `AutoModel` loads; in single precision."""
    # The heads of a trained bundle are not its business, and it would report them.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
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


def load_network(folder: Path, dropout: float = 0.1) -> StanceNetwork:
    """What `save_network` wrote, ready for evaluation or further training."""
    network = StanceNetwork(load_encoder(folder), dropout)
    state = load_file(folder / "model.safetensors")
    network.load_state_dict({name: state[name].float() for name in HEADS}, strict=False)
    return network.eval()


def network_to_train(folder: Path, dropout: float) -> StanceNetwork:
    """The encoder in `folder` with heads of random weights, or with its own where it was trained for this."""
    with safe_open(folder / "model.safetensors", "pt") as weights:
        trained = set(HEADS) <= set(weights.keys())
    return load_network(folder, dropout) if trained else StanceNetwork(load_encoder(folder), dropout)
