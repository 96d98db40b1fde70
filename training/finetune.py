"""Fine-tuning: the encoder and both heads together, by transformers' Trainer."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PrinterCallback, Trainer, TrainingArguments, set_seed

from model.encoding import Marking, PairEncoder, by_text, load_pair_encoder
from model.records import Pair
from training.examples import Examples, LengthGroupedSampler, network_inputs, to_tensors
from training.network import StanceNetwork, load_encoder, network_to_train
from training.rows import LabelledPair


@dataclass(frozen=True)
class TrainingSettings:
    """What a training run depends on, beside the data and the encoder."""

    marking: Marking = Marking.SPAN
    max_length: int = 256
    epochs: float = 2.5
    batch_size: int = 32  # texts, each with all its pairs
    learning_rate: float = 2e-4
    warmup_share: float = 0.1
    weight_decay: float = 0.01
    dropout: float = 0.1
    freeze_embeddings: bool = True  # the word vectors keep their pre-trained values
    unmarked_share: float = 0.1
    swapped_share: float = 1.0  # of the sentences with a stance: how many are also learnt under other names
    context_sentences: int = 2  # how many sentences before its own the network learns to read; 0 for none
    context_share: float = 0.4  # of the sentences without a context: how many get one from their topic
    kept_share: float = 0.0  # of the weights of the bundle that training began from, in the mean with the new ones
    networks: int = 1  # trained in different orders of the rows; their weights are averaged
    seed: int = 7

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "marking": self.marking.value}


class PairTrainer(Trainer):
    """The Trainer, with batches of similar length and no dependence on argument names."""

    def _get_train_sampler(self, train_dataset: Any = None) -> LengthGroupedSampler:
        assert isinstance(self.train_dataset, Examples)
        lengths = [len(each.encoded) for each in self.train_dataset.examples]
        return LengthGroupedSampler(lengths, self.args.per_device_train_batch_size, self.args.seed)


def finetune(
    rows: Sequence[LabelledPair],
    encoder_folder: Path,
    settings: TrainingSettings,
    work: Path,
    quiet: bool = False,
    order: int = 0,
) -> StanceNetwork:
    """Train on rows; checkpoints go to `work`, and a run that was stopped resumes from the last one.

    Where `encoder_folder` is a trained bundle, its heads are trained on, too.

    `order` draws another order of the rows and another dropout; the weights that training starts from depend on
    `settings.seed` alone, so that networks of several orders can be averaged.
    """
    set_seed(settings.seed)  # before the heads are drawn
    network = network_to_train(encoder_folder, settings.dropout)
    if settings.freeze_embeddings:
        network.encoder.get_input_embeddings().requires_grad_(False)
    encoder = load_pair_encoder(encoder_folder / "tokenizer.json", settings.marking, settings.max_length)
    dataset = Examples(rows, encoder, settings.unmarked_share, settings.seed)
    steps = max(1, round(len(dataset) / settings.batch_size * settings.epochs))
    arguments = TrainingArguments(
        output_dir=str(work),
        use_cpu=not torch.cuda.is_available(),
        bf16=bf16_is_fast(),
        per_device_train_batch_size=settings.batch_size,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        warmup_steps=round(steps * settings.warmup_share),
        lr_scheduler_type="linear",
        weight_decay=settings.weight_decay,
        seed=settings.seed + 1000 * order,
        save_strategy="epoch",
        save_total_limit=1,
        logging_steps=100,
        report_to="none",
        disable_tqdm=quiet,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
    )
    trainer = PairTrainer(model=network, args=arguments, train_dataset=dataset, data_collator=to_tensors)
    if quiet:
        trainer.remove_callback(PrinterCallback)  # its lines on standard output would stand between results
    trainer.train(resume_from_checkpoint=last_checkpoint(work))
    return network.cpu().eval()


def last_checkpoint(work: Path) -> str | None:
    """The newest complete checkpoint: one that was being written when the run was killed lacks its last file."""
    complete = [file.parent for file in work.glob("checkpoint-*/trainer_state.json")]
    return str(max(complete, key=lambda folder: int(folder.name.removeprefix("checkpoint-")), default="")) or None


def finetune_mean(
    rows: Sequence[LabelledPair], encoder_folder: Path, settings: TrainingSettings, work: Path, quiet: bool = False
) -> StanceNetwork:
    """The mean of the weights of `settings.networks` trainings in different orders (Wortsman et al. 2022)."""
    for order in range(settings.networks):
        finished = state_file(work, order)
        if not finished.is_file():
            network = finetune(rows, encoder_folder, settings, work / f"order-{order}", quiet, order)
            work.mkdir(parents=True, exist_ok=True)
            save_file(network.state_dict(), finished.with_suffix(".part"))
            finished.with_suffix(".part").rename(finished)
            shutil.rmtree(work / f"order-{order}", ignore_errors=True)
    return mean_network(network_states(work, settings.networks), encoder_folder)


def state_file(work: Path, order: int) -> Path:
    return work / f"network-{order}.safetensors"


def network_states(work: Path, networks: int) -> list[dict[str, Tensor]]:
    """The weights that `finetune_mean` left in `work`, one for each order."""
    return [load_file(state_file(work, order)) for order in range(networks)]


def mean_network(states: Sequence[Mapping[str, Tensor]], encoder_folder: Path) -> StanceNetwork:
    """A network whose weights are the mean of those of several."""
    network = StanceNetwork(load_encoder(encoder_folder))
    network.load_state_dict({name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]})
    return network.eval()


def bf16_is_fast() -> bool:
    """Does this processor multiply bfloat16 in hardware? Elsewhere it is slower than single precision."""
    return torch.cuda.is_available() or "avx512_bf16" in _cpu_flags() or "amx_bf16" in _cpu_flags()


def _cpu_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return set()
    return set(next((line for line in text.splitlines() if line.startswith("flags")), "").split())


@torch.inference_mode()
def logits_of(
    network: StanceNetwork, encoder: PairEncoder, pairs: Sequence[Pair], batch_size: int = 32, fast: bool = False
) -> tuple[Tensor, Tensor]:
    """Stance and sentiment logits, (pairs, 4) and (pairs, 3), in single precision, or `fast` in bfloat16."""
    features = features_of(network, encoder, pairs, batch_size, fast)
    return network.stance(features), network.sentiment(features)


@torch.inference_mode()
def features_of(
    network: StanceNetwork, encoder: PairEncoder, pairs: Sequence[Pair], batch_size: int = 32, fast: bool = False
) -> Tensor:
    """What the heads read of each pair, (pairs, 2 * width)."""
    encoded = encoder.encode(pairs)
    texts = sorted(by_text(encoded), key=lambda members: len(encoded[members[0]]))
    features = torch.empty(len(encoded), network.stance.in_features)
    for at in range(0, len(texts), batch_size):
        chosen = texts[at : at + batch_size]
        inputs = network_inputs(
            [encoded[members[0]] for members in chosen], [[encoded[i].target for i in members] for members in chosen]
        )
        with torch.autocast("cpu", torch.bfloat16, enabled=fast and bf16_is_fast()):
            found = network.features(**inputs)
        features[[index for members in chosen for index in members]] = found.float()
    return features
