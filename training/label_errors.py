"""Likely label errors: rows whose stance a network that never saw their sentence finds improbable.

A list to read again, never a correction: a network is also wrong where a sentence is hard.
"""

import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from model.encoding import load_pair_encoder
from model.errors import InputError
from model.labels import STANCES
from model.scorer import DIGITS, softmax
from training.evaluate import truth_of
from training.finetune import TrainingSettings, finetune, logits_of
from training.rows import LabelledPair, row_record
from training.split import skeleton

SETTINGS: Final = TrainingSettings(epochs=1)  # a network for each fold takes time, and a person reads the list anyway

Json = dict[str, Any]
Probabilities = NDArray[np.float64]
Indexes = NDArray[np.int64]


@dataclass(frozen=True)
class Suspect:
    """A row whose stance is likely wrong, and what a network that was trained on other sentences says.

    `quality` is between 0 and 1: near 0 where the guess is far more probable than the label given, 0.5 where they are
    as probable. `annotators` gave the label, where that is known.
    """

    row: LabelledPair
    given: str
    guess: str
    probability_of_given: float
    quality: float
    annotators: tuple[str, ...] = ()


def suspect_record(suspect: Suspect) -> Json:
    """The suspect as a row to read again: the pair and its stance, and what speaks against it."""
    return {
        **row_record(suspect.row), "suggested_stance": suspect.guess,
        "stance_probability": round(suspect.probability_of_given, DIGITS), "quality": round(suspect.quality, DIGITS),
        "annotators": ", ".join(suspect.annotators) or None,
    }  # fmt: skip


def suspects(
    rows: Sequence[LabelledPair],
    encoder_folder: Path,
    settings: TrainingSettings = SETTINGS,
    folds: int = 3,
    who: Mapping[str, Sequence[str]] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Suspect]:
    """Rows whose stance is likely wrong, the likeliest first, by confident learning (Northcutt et al. 2021).

    Rows without a stance are left out, equal rows are taken once. `who` names the annotators of a row by its id;
    `progress` hears of each fold. A stance that only one row has is never suspected. InputError where there are too few
    sentences or stances, or where the encoder is a trained bundle, which knows the labels.
    """
    if (encoder_folder / "manifest.json").is_file():
        raise InputError(f"{encoder_folder} is a trained bundle, which may know these labels; give a plain encoder")
    known = list(dict.fromkeys(row for row in rows if row.stance))
    truth = truth_of(known)
    if len(set(truth.tolist())) < 2:
        raise InputError("likely label errors need rows of two stances or more")
    probabilities = out_of_fold(known, encoder_folder, settings, folds, progress)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "May not flag all label issues")  # of a stance with one row or none
        found = find_label_issues(truth, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    quality = get_label_quality_scores(truth, probabilities, method="normalized_margin")
    return [
        Suspect(
            row=known[index],
            given=str(known[index].stance),
            guess=STANCES[int(probabilities[index].argmax())],
            probability_of_given=float(probabilities[index, truth[index]]),
            quality=float(quality[index]),
            annotators=tuple((who or {}).get(known[index].id, ())),
        )
        for index in found
    ]


def out_of_fold(
    rows: Sequence[LabelledPair],
    encoder_folder: Path,
    settings: TrainingSettings,
    folds: int,
    progress: Callable[[int, int], None] | None = None,
) -> Probabilities:
    """Stance probabilities, (rows, 4), each by a network that was trained on the other folds."""
    probabilities = np.zeros((len(rows), len(STANCES)))
    encoder = load_pair_encoder(encoder_folder / "tokenizer.json", settings.marking, settings.max_length)
    for done, (others, fold) in enumerate(deal(rows, folds, settings.seed), 1):
        with tempfile.TemporaryDirectory() as work:
            network = finetune([rows[i] for i in others], encoder_folder, settings, Path(work), quiet=True)
        logits = logits_of(network, encoder, [rows[i].pair for i in fold])[0]
        probabilities[fold] = softmax(logits.numpy())
        if progress is not None:
            progress(done, folds)
    return probabilities


def deal(rows: Sequence[LabelledPair], folds: int, seed: int) -> list[tuple[Indexes, Indexes]]:
    """For each fold the indexes of the rows outside and inside it.

    All pairs of a sentence, and of its copies under other names, are in one fold.
    """
    groups = [skeleton(row.pair.text) for row in rows]
    if folds < 2 or len(set(groups)) < folds:
        raise InputError(f"{len(set(groups))} different sentences cannot be dealt into {folds} folds; give 2 or more")
    return list(GroupKFold(folds, shuffle=True, random_state=seed).split(groups, groups=groups))
