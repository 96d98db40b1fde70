"""What to label next: pairs of unlabelled material that would teach the model most, and a random share.

The random share is drawn first, from all that may be chosen: its labels can test a model without selection bias. The
others are what the model is least sure of, what lies in slices where it is weak, and what is least like anything that
was labelled or chosen before.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.pipeline import make_pipeline

from model.analysis import Analyzer
from model.errors import InputError
from model.folders import SEEDS
from model.judgements import item_of
from model.labels import STANCES
from model.ledger import Ledger, Queued
from model.records import Pair, pair_from_row
from model.scorer import Prediction
from model.text import folded
from training.candidates import candidates, words_on
from training.rows import load_rows
from training.slices import MIN_SLICE, length_class
from training.split import repeats, repeats_earlier, skeleton

MOST_WAITING: Final = 100_000  # pairs of the queue that are looked at, so as not to choose them again
PAIRS_OF_A_SENTENCE: Final = 2  # a reader sees little that is new in a third
SCORED_AT_ONCE: Final = 512  # pairs between two words on the progress
SPARE: Final = 200  # candidates looked at beyond those wanted, since some repeat others
Json = dict[str, Any]
Progress = Callable[[int, int], None]
Order = Iterable[tuple[int, str]]  # pairs by index, each with the reason to choose it


@dataclass(frozen=True)
class Shares:
    """Which parts of the pairs are chosen for which reason."""

    uncertain: float = 0.4
    diverse: float = 0.2
    weak: float = 0.2
    random: float = 0.2

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0 or abs(sum(astuple(self)) - 1) > 1e-6:
            raise InputError(f"the shares are {astuple(self)}; give four that are 0 or more and add up to 1")


@dataclass(frozen=True)
class WeakSlice:
    """A slice of `rows` graded rows whose share of right answers is `below` that of their sets."""

    name: str
    rows: int
    below: float


@dataclass(frozen=True)
class Choice:
    """The pairs chosen, in the order to label them, and what there is to say about the choice."""

    queued: list[Queued]
    words: list[str]


def weak_slices(manifest: Mapping[str, Any]) -> list[WeakSlice]:
    """The slices on which a bundle's evaluation is below its set's accuracy, the weakest first.

    Only slices that a pair without a label can be known to be in: its length, topic, whether training saw the actor,
    and the class predicted, of which the one with the lowest F1 is taken. A slice of several sets is pooled by rows.
    """
    parts: dict[str, list[tuple[int, float]]] = defaultdict(list)
    confusion = np.zeros((len(STANCES), len(STANCES)), dtype=np.int64)
    for part in ((manifest.get("evaluation") or {}).get("sets") or {}).values():
        stance = part.get("stance") or {}
        for name, each in (stance.get("slices") or {}).items():
            if name.startswith(("length ", "topic ", "actor seen", "actor not")):
                parts[name].append((each["rows"], stance["accuracy"] - each["accuracy"]))
        confusion += np.asarray(stance.get("confusion", np.zeros_like(confusion)))
    slices = [
        WeakSlice(name, rows, sum(count * below for count, below in each) / rows)
        for name, each in parts.items()
        if (rows := sum(count for count, _ in each)) >= MIN_SLICE
    ]
    weak = [each for each in [*slices, *_weakest_class(confusion)] if each.below > 0]
    return sorted(weak, key=lambda each: (-each.below, each.name))


def choose(
    records: Sequence[Json],
    analyzer: Analyzer,
    size: int,
    shares: Shares = Shares(),
    weak: Sequence[WeakSlice] = (),
    known_actors: Collection[str] = (),
    labelled: Sequence[str] = (),
    frozen: Sequence[str] = (),
    seed: int = 7,
    progress: Progress | None = None,
) -> Choice:
    """Choose `size` pairs of the records, or as many as there are; the same arguments give the same choice.

    `labelled` holds the sentences that nobody need read again, `frozen` those of frozen tests: what repeats one of
    them, names aside, is left out. A share that finds too few pairs is filled up with uncertain ones. Each record gets
    the model's answer and `queue_reason`. RowError where a record is no pair.
    """
    if size < 1:
        raise InputError(f"the size of the queue is {size}; ask for one pair or more")
    words: list[str] = []
    kept = _without_known(records, labelled, frozen, words)
    pairs = [pair_from_row(record) for record in kept]
    answers = _scored(pairs, analyzer, progress)
    places = [_slices_of(record, answer, known_actors) for record, answer in zip(kept, answers, strict=True)]
    selection = _Selection(pairs, labelled)
    uncertain = [(index, "uncertain") for index in sorted(range(len(pairs)), key=lambda i: _sureness(answers[i]))]
    drawn = random.Random(seed).sample(range(len(pairs)), len(pairs))
    wanted = _counts(size, shares)
    selection.take(((index, "random") for index in drawn), wanted["random"])
    selection.take(uncertain, wanted["uncertain"])
    selection.take(_from_slices(drawn, places, weak), wanted["weak"])
    selection.take(selection.unlike(uncertain), wanted["diverse"])
    selection.take(uncertain, size - len(selection.reasons))
    if len(selection.reasons) < size:
        words.append(f"{size:,} pairs were asked for; {len(selection.reasons):,} is all there is to choose")
    queued = [
        Queued(_with_answer(kept[index], answers[index], reason), reason, analyzer.name)
        for index, reason in _mixed(selection.reasons)
    ]
    return Choice(queued, words)


def queue_up(
    files: Sequence[Path],
    size: int,
    analyzer: Analyzer,
    ledger: Ledger,
    seed: int = 7,
    progress: Progress | None = None,
) -> list[str]:
    """Choose pairs from files and put them into the ledger's queue; what there is to say about it.

    Left out is what repeats a sentence of the seeds, whether they train or test, and what was judged or waits already.
    """
    base = load_rows([SEEDS / "pairs"]) if SEEDS.is_dir() else []
    tests = load_rows([SEEDS / "unseen", SEEDS / "release_test"]) if SEEDS.is_dir() else []
    judged = [entry.judgement.pair.text for entry in ledger.entries()]
    waiting = [each.record["text"] for each in ledger.queue(MOST_WAITING)]
    found = candidates(files, analyzer.registry)
    choice = choose(
        found.records, analyzer, size, weak=weak_slices(analyzer.scorer.bundle.manifest),
        known_actors={row.pair.actor for row in base}, labelled=[*(row.pair.text for row in base), *judged, *waiting],
        frozen=[row.pair.text for row in tests], seed=seed, progress=progress,
    )  # fmt: skip
    ledger.enqueue(choice.queued, [item_of(pair_from_row(each.record)) for each in choice.queued])
    return [*words_on(found), *choice.words, _words_on_queued(choice.queued)]


class _Selection:
    """What has been chosen so far, and what may still be: `reasons` by pair, in the order chosen."""

    def __init__(self, pairs: Sequence[Pair], labelled: Sequence[str]) -> None:
        self.texts = [pair.text for pair in pairs]
        self.sentences = [folded(text) for text in self.texts]  # two spellings are one sentence
        self.labelled = labelled
        self.reasons: dict[int, str] = {}
        self.chosen: Counter[str] = Counter()  # pairs by sentence

    def take(self, order: Order, count: int) -> None:
        """Choose the first `count` of an order that were not chosen and that repeat no other sentence chosen."""
        free = ((index, reason) for index, reason in order if index not in self.reasons)
        while count > 0 and (block := list(islice(free, count + SPARE))):
            repeated = self._repeated({self.sentences[index]: self.texts[index] for index, _ in block})
            for index, reason in block:
                sentence = self.sentences[index]
                if count == 0 or index in self.reasons or sentence in repeated:
                    continue
                if self.chosen[sentence] < PAIRS_OF_A_SENTENCE:
                    self.chosen[sentence] += 1
                    self.reasons[index] = reason
                    count -= 1

    def unlike(self, preferred: Order) -> Iterator[tuple[int, str]]:
        """For each sentence, the least like those before it first, its first pair in the order preferred."""
        first: dict[str, int] = {}
        for index, _ in preferred:
            if index not in self.reasons and not self.chosen[self.sentences[index]]:
                first.setdefault(self.sentences[index], index)
        pairs = sorted(first.values())
        before = [*self.labelled, *(self.texts[index] for index in self.reasons)]
        for position in _farthest_first([self.texts[index] for index in pairs], before):
            yield pairs[position], "diverse"

    def _repeated(self, texts: Mapping[str, str]) -> set[str]:
        """Those of the sentences that repeat another one, chosen or before them."""
        before = {self.sentences[index]: self.texts[index] for index in self.reasons}
        new = [sentence for sentence in texts if sentence not in before]
        flags = repeats_earlier([*before.values(), *(texts[sentence] for sentence in new)])
        return {sentence for sentence, flag in zip(new, flags[len(before) :], strict=True) if flag}


def _farthest_first(texts: Sequence[str], before: Sequence[str]) -> Iterator[int]:
    """Indexes of texts, each time of the one least like any before it (Gonzalez 1985).

    Likeness is the cosine of the TF-IDF of the words, names aside; a text without a word to tell it by is left out.
    """
    if not texts:
        return
    counter = HashingVectorizer(stop_words="english", alternate_sign=False, norm=None, dtype=np.float32)
    measure = make_pipeline(counter, TfidfTransformer(sublinear_tf=True))
    vectors = measure.fit_transform([skeleton(text) for text in texts])
    nearest: NDArray[np.float32] = np.zeros(len(texts), dtype=np.float32)
    if before:
        others = measure.transform([skeleton(text) for text in before]).T.tocsr()
        for start in range(0, len(texts), 2000):  # bounds the memory
            like = (vectors[start : start + 2000] @ others).max(axis=1)
            nearest[start : start + 2000] = like.toarray().ravel()
    nearest[vectors.getnnz(axis=1) == 0] = np.inf
    while np.isfinite(nearest[index := int(nearest.argmin())]):
        yield index
        nearest = np.maximum(nearest, (vectors @ vectors[index].T).toarray().ravel())
        nearest[index] = np.inf


def _without_known(
    records: Sequence[Json], labelled: Sequence[str], frozen: Sequence[str], words: list[str]
) -> list[Json]:
    """The records of which a label is of use, each pair once; `words` gets how many are not, and why."""
    kept = list({item_of(pair_from_row(record)): record for record in reversed(records)}.values())[::-1]
    left_out = {"were given twice": len(records) - len(kept)}
    for reason, sentences in (("repeat a labelled sentence", labelled), ("repeat a frozen test", frozen)):
        texts = list(dict.fromkeys(record["text"] for record in kept))
        flagged = {text for text, flag in zip(texts, repeats(texts, sentences), strict=True) if flag}
        left_out[reason] = sum(record["text"] in flagged for record in kept)
        kept = [record for record in kept if record["text"] not in flagged]
    words += [f"{count:,} candidates {reason} and were left out" for reason, count in left_out.items() if count]
    return kept


def _scored(pairs: Sequence[Pair], analyzer: Analyzer, progress: Progress | None) -> list[Prediction]:
    answers: list[Prediction] = []
    for start in range(0, len(pairs), SCORED_AT_ONCE):
        answers += analyzer.score_pairs(pairs[start : start + SCORED_AT_ONCE])
        if progress is not None:
            progress(len(answers), len(pairs))
    return answers


def _sureness(answer: Prediction) -> tuple[bool, float]:
    """Sorts what is least sure first: what abstains, then by the margin between the two most probable stances."""
    second, first = sorted(answer.stance_probabilities)[-2:]
    return not answer.abstained, first - second


def _slices_of(record: Json, answer: Prediction, known_actors: Collection[str]) -> set[str]:
    """The names, as the evaluation has them, of the slices that a pair is in."""
    found = {f"length {length_class(record['text'])}", f"predicted {answer.stance}"}
    if record.get("topic"):
        found.add(f"topic {record['topic']}")
    if known_actors:
        found.add("actor seen in training" if record["actor"] in known_actors else "actor not seen")
    return found


def _from_slices(
    drawn: Sequence[int], places: Sequence[set[str]], weak: Sequence[WeakSlice]
) -> Iterator[tuple[int, str]]:
    """Pairs drawn from the weak slices, one of each in turn."""
    members = {each.name: iter([index for index in drawn if each.name in places[index]]) for each in weak}
    used: set[int] = set()
    before = -1
    while len(used) > before:
        before = len(used)
        for name, indexes in members.items():
            index = next((each for each in indexes if each not in used), None)
            if index is not None:
                used.add(index)
                yield index, f"weak: {name}"


def _weakest_class(confusion: NDArray[np.int64]) -> list[WeakSlice]:
    """The predicted class with the lowest F1, measured against the accuracy, which is F1 over all classes at once."""
    said, hits = confusion.sum(axis=0), np.diag(confusion)
    if confusion.sum() == 0:
        return []
    f1 = 2 * hits / np.maximum(said + confusion.sum(axis=1), 1)
    lowest = int(f1.argmin())
    below = float(hits.sum() / confusion.sum() - f1[lowest])
    return [WeakSlice(f"predicted {STANCES[lowest]}", int(said[lowest]), below)] if said[lowest] >= MIN_SLICE else []


def _counts(size: int, shares: Shares) -> dict[str, int]:
    """Whole pairs for each share; what rounding leaves goes to the uncertain ones."""
    counts = {name: int(size * getattr(shares, name) + 1e-6) for name in ("diverse", "weak", "random")}
    return {**counts, "uncertain": size - sum(counts.values())}


def _with_answer(record: Json, answer: Prediction, reason: str) -> Json:
    """The record with what the model says, as a suggestion to whoever labels it."""
    probabilities = {f"p_{name}": each for name, each in zip(STANCES, answer.stance_probabilities, strict=True)}
    suggested = {"suggested_stance": answer.stance, "suggested_sentiment": answer.sentiment}
    return {**record, **suggested, **probabilities, "queue_reason": reason}


def _mixed(reasons: Mapping[int, str]) -> list[tuple[int, str]]:
    """The pairs with their reasons, so ordered that whoever stops early has labelled some of each kind."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for index, reason in reasons.items():
        kinds[reason.partition(":")[0]].append(index)
    placed = [((rank + 0.5) / len(each), index) for each in kinds.values() for rank, index in enumerate(each)]
    return [(index, reasons[index]) for _, index in sorted(placed)]


def _words_on_queued(queued: Sequence[Queued]) -> str:
    kinds = Counter(each.reason.partition(":")[0] for each in queued).most_common()
    parts = ", ".join(f"{count:,} {kind}" for kind, count in kinds)
    return f"{len(queued):,} pairs were put into the queue{': ' if parts else ''}{parts}"
