"""Fine-tuning: the encoder and both heads together, by transformers' Trainer."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import Dataset
from transformers import PrinterCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from model.encoding import EncodedPair, Marking, PairEncoder, collate
from model.labels import SENTIMENTS, STANCES
from model.records import Pair
from training.network import IGNORE, StanceNetwork, load_encoder
from training.rows import LabelledPair


@dataclass(frozen=True)
class TrainingSettings:
    """What a training run depends on, beside the data and the encoder."""

    marking: Marking = Marking.SPAN
    max_length: int = 256
    epochs: float = 2.5
    batch_size: int = 16
    learning_rate: float = 1e-4
    warmup_share: float = 0.1
    weight_decay: float = 0.01
    dropout: float = 0.1
    unmarked_share: float = 0.1
    swapped_share: float = 1.0  # of the rows with a stance: how many are also learnt under another name
    seed: int = 7

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "marking": self.marking.value}


class EncodedRows(Dataset[dict[str, Any]]):
    """Labelled pairs, encoded; `lengths` lets the sampler put similar lengths together."""

    def __init__(self, rows: Sequence[LabelledPair], encoder: PairEncoder, unmarked_share: float = 0.0, seed: int = 0):
        chance = random.Random(seed)
        # Some rows are learnt from the actor's name alone: the shape a caller without a mention gets.
        pairs = [_unmarked(row.pair) if chance.random() < unmarked_share else row.pair for row in rows]
        self.encoded = encoder.encode(pairs)
        self.stances = [STANCES.index(row.stance) if row.stance else IGNORE for row in rows]
        self.sentiments = [SENTIMENTS.index(row.sentiment) if row.sentiment else IGNORE for row in rows]

    def __len__(self) -> int:
        return len(self.encoded)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return {
            "encoded": self.encoded[index],
            "stance": self.stances[index],
            "sentiment": self.sentiments[index],
        }


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


def to_tensors(items: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
    """Collate encoded rows; the labels ride along."""
    encoded: list[EncodedPair] = [item["encoded"] for item in items]
    batch = {name: torch.from_numpy(array) for name, array in collate(encoded).items()}
    batch["stance_labels"] = torch.tensor([item["stance"] for item in items])
    batch["sentiment_labels"] = torch.tensor([item["sentiment"] for item in items])
    return batch


class PairTrainer(Trainer):
    """The Trainer, with batches of similar length and no dependence on argument names."""

    def _get_train_sampler(self, train_dataset: Any = None) -> LengthGroupedSampler:
        assert isinstance(self.train_dataset, EncodedRows)
        lengths = [len(each) for each in self.train_dataset.encoded]
        return LengthGroupedSampler(lengths, self.args.per_device_train_batch_size, self.args.seed)


def finetune(
    rows: Sequence[LabelledPair], encoder_folder: Path, settings: TrainingSettings, work: Path, quiet: bool = False
) -> StanceNetwork:
    """Train on rows; checkpoints go to `work`, and a run that was stopped resumes from the last one."""
    set_seed(settings.seed)  # before the heads are drawn
    network = StanceNetwork(load_encoder(encoder_folder), settings.dropout)
    encoder = PairEncoder(
        Tokenizer.from_file(str(encoder_folder / "tokenizer.json")), settings.marking, settings.max_length
    )
    dataset = EncodedRows(rows, encoder, settings.unmarked_share, settings.seed)
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
        seed=settings.seed,
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
    checkpoint = get_last_checkpoint(str(work)) if work.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=checkpoint)
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


def _unmarked(pair: Pair) -> Pair:
    return Pair(pair.text, pair.mention or pair.actor, context=pair.context)


@torch.inference_mode()
def logits_of(
    network: StanceNetwork, encoder: PairEncoder, pairs: Sequence[Pair], batch_size: int = 32
) -> tuple[Tensor, Tensor]:
    """Stance and sentiment logits, (rows, 4) and (rows, 3), of a network in single precision."""
    encoded = encoder.encode(pairs)
    order = sorted(range(len(encoded)), key=lambda index: len(encoded[index]))
    stance = torch.empty(len(encoded), len(STANCES))
    sentiment = torch.empty(len(encoded), len(SENTIMENTS))
    for at in range(0, len(order), batch_size):
        chosen = order[at : at + batch_size]
        batch = {name: torch.from_numpy(array) for name, array in collate([encoded[i] for i in chosen]).items()}
        outputs = network(**batch)
        stance[chosen], sentiment[chosen] = outputs["stance"], outputs["sentiment"]
    return stance, sentiment
