"""From what several people said of a pair to the one label that is trained on, by a policy with a name.

majority   adjudicated, else a gold annotator's, else what all say, else what more than half say and at least two
unanimous  adjudicated, else a gold annotator's, else what all say
latest     adjudicated, else a gold annotator's, else what was said last

A label that a file of the base data (the seeds) has counts as the voice of one more annotator, except under `latest`,
where any judgement is later. Stance and sentiment are settled apart. What a policy cannot settle goes to the list of
disputed pairs and is not trained on until somebody adjudicates. A row of the base data by which models are tested or
calibrated is changed by an adjudicated or a gold judgement alone: else whoever labels could move the test.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from model.errors import InputError
from model.judgements import item_of
from model.labels import LABELS
from model.ledger import Entry, latest
from model.records import Pair
from training.rows import LabelledPair
from training.split import side_of

POLICIES: Final = ("majority", "unanimous", "latest")
SOURCE: Final = "labels"  # of rows that come from the ledger
SELECTED: Final = "labels-selected"  # of those among them that the queue chose, not by chance
LEDGER_SOURCES: Final = (SOURCE, SELECTED)
BASE: Final = "the base data"


@dataclass(frozen=True)
class Policy:
    """How disagreement is settled; `gold` are annotators whose word counts above that of others."""

    name: str = "majority"
    gold: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in POLICIES:
            raise InputError(f"no policy {self.name!r}; give one of {', '.join(POLICIES)}")


@dataclass(frozen=True)
class Vote:
    """What one annotator's last word on a pair says of one label."""

    who: str
    label: str
    when: str
    adjudicated: bool = False


@dataclass(frozen=True)
class Disputed:
    """A pair of which a label is not settled, and who says what."""

    item: str
    pair: Pair
    label: str  # stance or sentiment
    votes: tuple[Vote, ...]


@dataclass(frozen=True)
class Resolution:
    """The rows to train and test on; `who` names, by row id, the annotators who say what a row has as its label."""

    rows: list[LabelledPair]
    who: dict[str, list[str]]
    disputed: list[Disputed]


def resolve(
    entries: Sequence[Entry], base: Sequence[LabelledPair], policy: Policy, reasons: Mapping[str, str] | None = None
) -> Resolution:
    """Settle every pair of the ledger and of the base data, whose rows keep their order.

    `reasons` says of pairs that came through the queue why they were chosen.
    """
    by_item: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_item[entry.judgement.item].append(entry)
    rows: list[LabelledPair] = []
    who: dict[str, list[str]] = {}
    disputed: list[Disputed] = []
    seen: set[str] = set()

    def settle(item: str, row: LabelledPair) -> None:
        votes = {label: _votes(label, row, by_item[item]) for label in LABELS}
        settled, unsettled = _settle(item, row, votes, policy)
        if settled.stance or settled.sentiment:
            rows.append(settled)
            if names := _agreeing(settled, votes):
                who[settled.id] = names
        disputed.extend(unsettled if item not in seen else ())
        seen.add(item)

    for row in base:
        item = item_of(row.pair)
        if item in by_item:
            settle(item, row)
        else:
            rows.append(row)
    for item in sorted(by_item.keys() - seen):
        settle(item, _row(item, by_item[item], reasons or {}))
    return Resolution(rows, who, disputed)


def decide(votes: Sequence[Vote], policy: Policy) -> str | None:
    """The label that the votes, in their order, come to under the policy; None where they come to none."""
    ranks = (
        [vote for vote in votes if vote.adjudicated],
        [vote for vote in votes if vote.who in policy.gold],
    )
    for chosen in ranks:
        if chosen:
            return _last(chosen).label
    counts = Counter(vote.label for vote in votes).most_common()
    if not counts:
        return None
    if policy.name == "latest":
        return _last(votes).label
    label, count = counts[0]
    enough = len(counts) == 1 or (policy.name == "majority" and count >= 2 and 2 * count > len(votes))
    return label if enough else None


def _settle(
    item: str, row: LabelledPair, votes: Mapping[str, Sequence[Vote]], policy: Policy
) -> tuple[LabelledPair, list[Disputed]]:
    """The row with its labels settled, and what is disputed of it; a disputed label is None."""
    settled: dict[str, str | None] = {}
    disputed: list[Disputed] = []
    measures = bool(row.stance or row.sentiment) and side_of(row.pair.text) != "train"
    for label in LABELS:
        own: str | None = getattr(row, label)
        settled[label] = decide(votes[label], policy)
        if measures and not any(_is_final(vote, policy) for vote in votes[label]):
            settled[label] = own
            is_disputed = any(vote.label != own for vote in votes[label])
        else:
            is_disputed = bool(votes[label]) and settled[label] is None
        if is_disputed:
            disputed.append(Disputed(item, row.pair, label, tuple(votes[label])))
    return replace(row, stance=settled["stance"], sentiment=settled["sentiment"]), disputed


def _last(votes: Sequence[Vote]) -> Vote:
    """The newest; of those at the same time, the one that was recorded last."""
    return max(reversed(votes), key=lambda vote: vote.when)


def _is_final(vote: Vote, policy: Policy) -> bool:
    return vote.adjudicated or vote.who in policy.gold


def _votes(label: str, row: LabelledPair, entries: Sequence[Entry]) -> list[Vote]:
    """Who says what of a label, in the order in which it was said; the base data first.

    An adjudication is ended by another, or by a retraction that was imported: what comes over HTTP, under whatever
    name, is one more word beside it.
    """
    own: Any = getattr(row, label)
    votes = [Vote(BASE, own, "")] if own else []
    words = [each for each in entries if each.judgement.op != "adjudicate"]
    final = [each for each in entries if each.judgement.op == "adjudicate" or _is_imported_retraction(each)]
    last = [*latest(words, label).values(), *latest(final, label).values()]
    for entry in sorted(last, key=lambda each: (each.when, each.number)):
        said = getattr(entry.judgement, label)
        if said:
            votes.append(Vote(entry.judgement.annotator, said, entry.when, entry.judgement.op == "adjudicate"))
    return votes


def _is_imported_retraction(entry: Entry) -> bool:
    return entry.judgement.op == "retract" and entry.file is not None


def _row(item: str, entries: Sequence[Entry], reasons: Mapping[str, str]) -> LabelledPair:
    """A row without labels for a pair that only the ledger has, in the words of the first who judged it."""
    first = min(entries, key=lambda entry: entry.number)
    columns = first.judgement.columns
    chosen = reasons.get(item, "random") != "random"
    return LabelledPair(
        id=f"label-{item[:16]}", pair=_located(first.judgement.pair), stance=None, sentiment=None,
        topic=str(columns.get("topic") or SOURCE), rule=str(columns.get("rule") or ""),
        source=SELECTED if chosen else SOURCE, file="ledger",
    )  # fmt: skip


def _located(pair: Pair) -> Pair:
    """The pair with its mention, where the sentence has the actor's name in so many words."""
    start = pair.text.find(pair.actor)
    return replace(pair, mention=pair.actor, start=start) if pair.start is None and start >= 0 else pair


def _agreeing(row: LabelledPair, votes: Mapping[str, Sequence[Vote]]) -> list[str]:
    """The annotators who say what the row has."""
    names = {vote.who for label in LABELS for vote in votes[label] if vote.label == getattr(row, label)}
    return sorted(names - {BASE})
