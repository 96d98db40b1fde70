"""Controls: what a score must beat before it means anything.

Each learns from the labelled rows that the model learns from, without its copies under other names and its teacher.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from model.encoding import Marking, load_pair_encoder
from model.labels import STANCES
from model.records import Pair
from training.finetune import TrainingSettings, features_of, finetune, logits_of
from training.network import StanceNetwork, load_encoder
from training.rows import LabelledPair
from training.targets import TFIDF

Labels = NDArray[np.int64]
Rows = Sequence[LabelledPair]
Predict = Callable[[Rows], Labels]
VADER_TONE = 0.05  # the threshold that its authors give


def majority(train: Rows) -> Predict:
    """The most frequent stance of the training rows, for every row."""
    most = Counter(row.stance for row in train if row.stance).most_common(1)[0][0]
    return lambda rows: np.full(len(rows), STANCES.index(str(most)), dtype=np.int64)


def tfidf(train: Rows, seed: int = 7) -> Predict:
    """Logistic regression on TF-IDF of the sentence and, apart, of the words around the mention."""
    labelled = [row for row in train if row.stance]
    features = make_union(
        TfidfVectorizer(preprocessor=_sentence, ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(preprocessor=_window, ngram_range=(1, 2), min_df=2, sublinear_tf=True),
    )
    classifier = LogisticRegression(C=10, class_weight="balanced", max_iter=2000, random_state=seed)
    pipeline = make_pipeline(features, classifier)
    pipeline.fit(labelled, [STANCES.index(str(row.stance)) for row in labelled])
    return lambda rows: np.asarray(pipeline.predict(list(rows)), dtype=np.int64)


def lexicon(rows: Rows) -> Labels:
    """The tone of the sentence by VADER (Hutto and Gilbert 2014), read as a stance: shows that tone is not stance."""
    analyzer = SentimentIntensityAnalyzer()
    tones = [analyzer.polarity_scores(row.pair.text)["compound"] for row in rows]
    stances = ["support" if tone >= VADER_TONE else "oppose" if tone <= -VADER_TONE else "none" for tone in tones]
    return np.asarray([STANCES.index(stance) for stance in stances], dtype=np.int64)


def frozen_encoder(train: Rows, folder: Path, max_length: int, seed: int = 7) -> Predict:
    """Logistic regression on the untrained encoder's means of the text and of the mention."""
    labelled = [row for row in train if row.stance]
    network = StanceNetwork(load_encoder(folder)).eval()
    encoder = load_pair_encoder(folder / "tokenizer.json", Marking.SPAN, max_length)

    def features(rows: Rows) -> NDArray[np.float32]:
        return np.asarray(features_of(network, encoder, [row.pair for row in rows]))

    classifier = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=2000, random_state=seed)
    )
    classifier.fit(features(labelled), [STANCES.index(str(row.stance)) for row in labelled])
    return lambda rows: np.asarray(classifier.predict(features(rows)), dtype=np.int64)


def _sentence(row: LabelledPair) -> str:
    return row.pair.text.casefold()


def _window(row: LabelledPair, characters: int = 60) -> str:
    start = row.pair.start or 0
    end = start + len(row.pair.mention or "")
    text = row.pair.text
    return f"{text[max(0, start - characters) : start]} actor {text[end : end + characters]}".casefold()


def blind(rows: Rows) -> list[LabelledPair]:
    """The rows with the actor hidden: the whole sentence takes the place of the mention."""
    return [replace(row, pair=Pair(row.pair.text, row.pair.text, row.pair.text, 0)) for row in rows]


def quick_controls(train_rows: Rows, seed: int = 7) -> dict[str, Predict]:
    """The controls that are trained within seconds."""
    with_stance = [row for row in train_rows if row.stance]
    return {"majority": majority(with_stance), TFIDF: tfidf(with_stance, seed)}


def control_predictions(
    train_rows: Rows,
    sets: Mapping[str, Rows],
    encoder_folder: Path,
    settings: TrainingSettings,
    work: Path,
) -> dict[str, dict[str, list[int]]]:
    """Predicted stances of each control for each set of rows that has any; `work` takes checkpoints."""
    with_stance = [row for row in train_rows if row.stance]
    network = finetune(blind(with_stance), encoder_folder, settings, work)
    encoder = load_pair_encoder(encoder_folder / "tokenizer.json", settings.marking, settings.max_length)

    def without_actor(rows: Rows) -> Labels:
        logits, _ = logits_of(network, encoder, [row.pair for row in blind(rows)])
        return np.asarray(np.asarray(logits).argmax(axis=1), dtype=np.int64)

    quick = quick_controls(with_stance, settings.seed)
    controls: dict[str, Predict] = {
        "majority": quick["majority"],
        "sentiment lexicon (VADER)": lexicon,
        TFIDF: quick[TFIDF],
        "frozen encoder + logistic regression": frozen_encoder(
            with_stance, encoder_folder, settings.max_length, settings.seed
        ),
        "same encoder, blind to the actor": without_actor,
    }
    shutil.rmtree(work, ignore_errors=True)
    return predictions_of(controls, sets)


def predictions_of(controls: Mapping[str, Predict], sets: Mapping[str, Rows]) -> dict[str, dict[str, list[int]]]:
    """Predicted stances by set and control, of the sets that have any."""
    return {
        name: {control: predict(rows).tolist() for control, predict in controls.items()}
        for name, rows in sets.items()
        if any(row.stance for row in rows)
    }
