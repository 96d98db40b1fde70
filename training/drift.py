"""Has what is read changed since training, and are new labels needed? Told without labels, from counts of answers.

With many pairs any tiny difference is significant, and with few a large one is often chance: a change counts only when
it is both larger than chance and large enough to matter.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2_contingency

from model.counts import BINS, counts_of_answers
from model.errors import InputError
from model.labels import STANCES
from model.scorer import Prediction
from training.metrics import holm

LEVEL: Final = 0.05  # of the tests together
# To say that nothing changed: a share of 15 % that moves by 5 points is found with 80 % power in
# 7.85 * 0.15 * 0.85 / 0.05 ** 2 pairs.
MIN_PAIRS: Final = 400
MIN_CHANGED: Final = 100  # to say that something did: in fewer, one long article can be the whole difference
# The customary reading of a stability index is "no change" below 0.1; a stance of 15 % that becomes 28 % reaches it.
STABILITY_LIMIT: Final = 0.1
# Five more sentences in a hundred that a person has to read.
ABSTENTION_LIMIT: Final = 0.05
# The release is right 10 points less often on actors that training did not see: ten points more of them cost it one,
# and within one point the gate calls two models equal.
UNSEEN_LIMIT: Final = 0.10
MIN_EXPECTED: Final = 5  # in each cell of a chi-square test (Cochran 1954)

Json = dict[str, Any]
Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Profile:
    """Counts of the answers to some pairs.

    `stances` has a count for each of STANCES, `confidence` one for each tenth of the most probable stance's
    probability. Of the actors of `with_actor` pairs it is known whether training saw them; `unseen` were not seen.
    """

    pairs: int
    stances: tuple[int, ...]
    abstained: int
    confidence: tuple[int, ...]
    with_actor: int
    unseen: int

    @property
    def expected_accuracy(self) -> float:
        """The mean probability of the answers given: how many of them are right, where that is calibrated.

        From the middles of the tenths, for answers and stored counts alike, so that two profiles can be compared.
        """
        middles = (np.arange(BINS) + 0.5) / BINS
        return float(np.dot(self.confidence, middles) / max(1, self.pairs))


@dataclass(frozen=True)
class Measure:
    """One comparison: both values, how large the difference is, and whether it is chance (p adjusted by Holm)."""

    name: str
    reference: dict[str, float]
    recent: dict[str, float]
    effect: float
    limit: float
    p: float
    adjusted_p: float

    @property
    def significant(self) -> bool:
        return self.adjusted_p < LEVEL

    @property
    def changed(self) -> bool:
        """Larger than chance, and large enough to matter."""
        return self.significant and abs(self.effect) >= self.limit


@dataclass(frozen=True)
class Drift:
    """What changed. `labels_needed` is None where there are too few pairs to tell."""

    reference: Profile
    recent: Profile
    measures: tuple[Measure, ...]
    labels_needed: bool | None
    words: tuple[str, ...]

    def as_json(self) -> Json:
        sides = {"reference": self.reference, "recent": self.recent}
        return {
            "labels_needed": self.labels_needed,
            "words": list(self.words),
            "pairs": {side: each.pairs for side, each in sides.items()},
            "expected_accuracy": {side: each.expected_accuracy for side, each in sides.items()},
            "measures": [{**asdict(each), "changed": each.changed} for each in self.measures],
        }


@dataclass(frozen=True)
class _Table:
    """Counts by class, (2, classes): of the reference, then of the recent pairs."""

    name: str
    classes: Sequence[str]
    counts: Counts

    @property
    def shares(self) -> Counts:
        shares: Counts = self.counts / self.counts.sum(axis=1, keepdims=True)
        return shares


def counts_of(
    answers: Sequence[Prediction], actors: Sequence[str] = (), known_actors: Collection[str] | None = None
) -> Json:
    """The answers as counts, in the form in which the service keeps them: no text, no name."""
    known = sum(actor in (known_actors or ()) for _, actor in zip(answers, actors, strict=known_actors is not None))
    counts = counts_of_answers([answer.as_json() for answer in answers])
    return {**counts, "known_actors": None if known_actors is None else known}


def profile(
    answers: Sequence[Prediction], actors: Sequence[str] = (), known_actors: Collection[str] | None = None
) -> Profile:
    """The profile of answers to pairs with these actors; `known_actors` are the names that training saw."""
    return profile_of_counts([counts_of(answers, actors, known_actors)])


def profile_of_counts(counts: Iterable[Mapping[str, Any]]) -> Profile:
    """The profile of several counts together; InputError where they are no counts of answers."""
    pairs = abstained = with_actor = unseen = 0
    stances, confidence = np.zeros(len(STANCES), dtype=np.int64), np.zeros(BINS, dtype=np.int64)
    for each in counts:
        _check(each)
        pairs += each["pairs"]
        abstained += each["abstained"]
        stances += [each["stances"].get(name, 0) for name in STANCES]
        confidence += each["confidence"]
        if each.get("known_actors") is not None:
            with_actor += each["pairs"]
            unseen += each["pairs"] - each["known_actors"]
    return Profile(pairs, tuple(stances.tolist()), abstained, tuple(confidence.tolist()), with_actor, unseen)


def compare(reference: Profile, recent: Profile) -> Drift:
    """How the recent answers differ from those of the reference, and what to do about it.

    Chi-square tests: on the stances, on the tenths of confidence, and, as the test of two proportions, on abstentions
    and on actors not seen in training. Effects: the population stability index, or the difference of the shares.
    """
    tables = [table for table in _tables(reference, recent) if table.counts.sum(axis=1).all()]
    p_values = {table.name: _p_value(_merged(table.counts)) for table in tables}
    adjusted = holm(p_values)
    measures = tuple(_measure(table, p_values[table.name], adjusted[table.name]) for table in tables)
    reasons = [each for each in measures if _calls_for_labels(each, reference, recent)]
    fewest = min(reference.pairs, recent.pairs)
    needed = True if reasons and fewest >= MIN_CHANGED else False if fewest >= MIN_PAIRS else None
    words = (
        f"{recent.pairs:,} recent pairs against {reference.pairs:,} of the reference.",
        *(_sentence(each) for each in measures),
        *_accuracy_sentence(reference, recent),
        _advice(needed, reasons, fewest),
    )
    return Drift(reference, recent, measures, needed, words)


def stability_index(reference: Counts, recent: Counts) -> float:
    """Population stability index: the sum over classes of the change of the share times that of its logarithm.

    Half a pair is added to each class, so that an empty one does not make it infinite.
    """
    left, right = (reference + 0.5) / (reference + 0.5).sum(), (recent + 0.5) / (recent + 0.5).sum()
    return float(((right - left) * np.log(right / left)).sum())


def _check(counts: Mapping[str, Any]) -> None:
    stances, confidence, known = counts.get("stances"), counts.get("confidence"), counts.get("known_actors")
    sound = (
        isinstance(stances, Mapping)
        and stances.keys() <= set(STANCES)
        and isinstance(confidence, Sequence)
        and len(confidence) == BINS
        and all(_is_count(each) for each in [*stances.values(), *confidence])
        and _is_count(counts.get("pairs"))
        and counts["pairs"] == sum(stances.values()) == sum(confidence)
        and all(_is_count(each) and each <= counts["pairs"] for each in (counts.get("abstained"), known or 0))
    )
    if not sound:
        raise InputError(
            "these are no counts of answers; give pairs, stances and confidence (10 tenths) that add up to pairs,"
            " abstained, and known_actors or null"
        )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _tables(reference: Profile, recent: Profile) -> list[_Table]:
    sides = (reference, recent)
    tenths = [f"{low / BINS:.1f} to {(low + 1) / BINS:.1f}" for low in range(BINS)]
    return [
        _Table("stances", STANCES, np.asarray([each.stances for each in sides], dtype=np.float64)),
        _Table("confidence", tenths, np.asarray([each.confidence for each in sides], dtype=np.float64)),
        _share("abstentions", [(each.abstained, each.pairs) for each in sides]),
        _share("actors", [(each.unseen, each.with_actor) for each in sides]),
    ]


def _share(name: str, sides: Sequence[tuple[int, int]]) -> _Table:
    return _Table(name, ("share", "rest"), np.asarray([(part, all_ - part) for part, all_ in sides], dtype=np.float64))


def _merged(counts: Counts) -> Counts:
    """The table with its columns joined to their neighbors until each cell may be tested."""
    smaller_share = counts.sum(axis=1).min() / counts.sum()
    columns: list[Counts] = []
    for column in counts.T:
        if columns and columns[-1].sum() * smaller_share < MIN_EXPECTED:
            columns[-1] = columns[-1] + column
        else:
            columns.append(column)
    if len(columns) > 1 and columns[-1].sum() * smaller_share < MIN_EXPECTED:
        last = columns.pop()
        columns[-1] = columns[-1] + last
    return np.stack(columns, axis=1)


def _p_value(counts: Counts) -> float:
    """Of the hypothesis that both rows are drawn alike."""
    return 1.0 if counts.shape[1] < 2 else float(chi2_contingency(counts, correction=False).pvalue)


def _measure(table: _Table, p: float, adjusted_p: float) -> Measure:
    before, after = (dict(zip(table.classes, shares, strict=True)) for shares in table.shares.tolist())
    if table.name in ("stances", "confidence"):
        effect, limit = stability_index(*table.counts), STABILITY_LIMIT
    else:
        effect = after["share"] - before["share"]
        limit = ABSTENTION_LIMIT if table.name == "abstentions" else UNSEEN_LIMIT
        before, after = {"share": before["share"]}, {"share": after["share"]}
    return Measure(table.name, before, after, effect, limit, p, adjusted_p)


def _calls_for_labels(measure: Measure, reference: Profile, recent: Profile) -> bool:
    """A change for the worse; another mix of stances may be either, which only labels can tell."""
    if measure.name == "confidence":
        return measure.changed and recent.expected_accuracy < reference.expected_accuracy
    return measure.changed and measure.effect > 0


def _sentence(measure: Measure) -> str:
    verdict = (
        "larger than chance and large enough to matter" if measure.changed
        else "larger than chance, but too small to matter" if measure.significant
        else "no larger than chance can make it"
    )  # fmt: skip
    if measure.name == "stances":
        parts = [
            f"{name} {measure.recent[name]:.1%} instead of {share:.1%}" for name, share in measure.reference.items()
        ]
        return f"Stances: {', '.join(parts)} (stability index {measure.effect:.3f}): {verdict}."
    if measure.name == "confidence":
        return f"Confidence: its spread has a stability index of {measure.effect:.3f}: {verdict}."
    what = "Abstentions" if measure.name == "abstentions" else "Actors not seen in training"
    return f"{what}: {measure.recent['share']:.1%} instead of {measure.reference['share']:.1%}: {verdict}."


def _accuracy_sentence(reference: Profile, recent: Profile) -> list[str]:
    if not reference.pairs or not recent.pairs:
        return []
    return [
        f"By its own probabilities the model is right in {recent.expected_accuracy:.1%} of the recent pairs and in"
        f" {reference.expected_accuracy:.1%} of the reference."
    ]


def _advice(needed: bool | None, reasons: Sequence[Measure], fewest: int) -> str:
    if needed is None:
        return f"Too few pairs ({fewest:,}) to tell; at least {MIN_PAIRS:,} are needed on either side."
    if not needed:
        return "No new labels are needed: nothing changed for the worse by more than chance and enough to matter."
    words = {
        "stances": "the mix of stances is another", "confidence": "the model is less sure",
        "abstentions": "it abstains more often", "actors": "more actors are new to it",
    }  # fmt: skip
    return f"Label some of these: {', '.join(words[each.name] for each in reasons)}."
