"""Pairs in, calibrated scores out, over ONNX Runtime.

One text, one score: every text is a call of its own, at its exact length, in a session of one thread, so that
no padding and no neighbour touches its numbers. (In a batch they would: the 8-bit kernels sum in another order
for one row than for several.) A token costs a processor nearly the same alone as in a batch, so little is lost;
calls run side by side, one a core. All actors of a sentence are read off one pass, each by sums of its own.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from model.bundle import Bundle
from model.encoding import EncodedPair, by_text, call_inputs, load_pair_encoder
from model.errors import BundleError
from model.labels import SENTIMENTS, STANCES
from model.records import Pair

PAIRS_AT_ONCE = 512  # encoded together: bounds the memory of a long list
TARGETS_A_CALL = 32
DIGITS = 6

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Prediction:
    """Stance and sentiment of one pair. Probabilities follow the order of `model.labels`."""

    stance_probabilities: tuple[float, ...]
    sentiment_probabilities: tuple[float, ...]
    abstained: bool

    @property
    def stance(self) -> str:
        return STANCES[int(np.argmax(self.stance_probabilities))]

    @property
    def sentiment(self) -> str:
        return SENTIMENTS[int(np.argmax(self.sentiment_probabilities))]

    def as_json(self) -> dict[str, Any]:
        """The part of an answer that the HTTP service and the files share."""
        return {
            "stance": self.stance,
            "stance_probabilities": dict(zip(STANCES, self.stance_probabilities, strict=True)),
            "sentiment": self.sentiment,
            "sentiment_probabilities": dict(zip(SENTIMENTS, self.sentiment_probabilities, strict=True)),
            "abstained": self.abstained,
        }


class Scorer:
    """Scores pairs with one bundle; safe to call from several threads."""

    def __init__(self, bundle: Bundle, workers: int | None = None) -> None:
        self.bundle = bundle
        self.encoder = load_pair_encoder(bundle.tokenizer_file, bundle.marking, bundle.max_length)
        self._session = open_session(bundle.onnx_file)
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._pool = ThreadPoolExecutor(workers or usable_cores(), thread_name_prefix="parley-score")

    def score(self, pairs: Sequence[Pair]) -> list[Prediction]:
        """One prediction a pair, in the order given."""
        stance, sentiment = self.logits(pairs)
        stance_temperature, sentiment_temperature = self.bundle.temperatures
        stances = rounded_probabilities(stance, stance_temperature)
        sentiments = rounded_probabilities(sentiment, sentiment_temperature)
        return [
            Prediction(tuple(left), tuple(right), max(left) < self.bundle.abstain_below)
            for left, right in zip(stances, sentiments, strict=True)
        ]

    def logits(self, pairs: Sequence[Pair]) -> tuple[Logits, Logits]:
        """Raw stance and sentiment logits, of shapes (pairs, 4) and (pairs, 3)."""
        stance = np.zeros((len(pairs), len(STANCES)), dtype=np.float32)
        sentiment = np.zeros((len(pairs), len(SENTIMENTS)), dtype=np.float32)
        for start in range(0, len(pairs), PAIRS_AT_ONCE):
            encoded = self.encoder.encode(pairs[start : start + PAIRS_AT_ONCE])
            calls = self._calls(encoded)
            outputs = self._pool.map(self._run, [[encoded[index] for index in call] for call in calls])
            for call, (stances, sentiments) in zip(calls, outputs, strict=True):
                rows = [start + index for index in call]
                stance[rows], sentiment[rows] = stances, sentiments
        return stance, sentiment

    def _calls(self, encoded: Sequence[EncodedPair]) -> list[list[int]]:
        """Indexes of the pairs of each call: those that share a text, at most so many that memory stays bounded."""
        if "text_mask" not in self._inputs:  # a bundle from before texts were shared
            return [[index] for index in range(len(encoded))]
        groups = by_text(encoded)
        return [group[at : at + TARGETS_A_CALL] for group in groups for at in range(0, len(group), TARGETS_A_CALL)]

    def _run(self, encoded: Sequence[EncodedPair]) -> tuple[Logits, Logits]:
        feed = {name: array for name, array in call_inputs(encoded).items() if name in self._inputs}
        stance, sentiment = self._session.run(["stance", "sentiment"], feed)
        return stance, sentiment


def rounded_probabilities(logits: Logits, temperature: float) -> list[list[float]]:
    """Softmax of logits / temperature along the last axis, rounded to the digits that are shown."""
    return [[round(value, DIGITS) for value in row] for row in softmax(logits, temperature).tolist()]


def softmax(logits: Logits, temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities along the last axis, in double precision."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]


def usable_cores() -> int:
    """The cores this process may use, which in a container are fewer than those that exist."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_session(file: Path) -> onnxruntime.InferenceSession:
    """A session of one thread: calls run side by side, one a core. BundleError where the file is no model."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own, undeclared exception types
        raise BundleError(f"{file} cannot be loaded: {error}") from error
