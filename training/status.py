"""Where the labels stand, in figures and in words: what there is, what is disputed, what the champion does not know.

And drift: whether what is read has moved away from what the champion was trained on, so that new labels are needed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from model.analysis import Analyzer
from model.bundle import Bundle
from model.ledger import Ledger, latest
from model.records import Pair, pair_from_row
from training.drift import Drift, Profile, compare, profile, profile_of_counts
from training.resolve import Policy, resolve
from training.rows import LabelledPair
from training.split import split_rows

TRAFFIC_DAYS: Final = 30

Json = dict[str, Any]


def label_status(ledger: Ledger, champion: Bundle, policy: Policy, base: Sequence[LabelledPair] = ()) -> Json:
    """Counts of the ledger, and what the policy makes of it beside the `base` data, which has a voice too."""
    entries = ledger.entries()
    words = latest(entries)
    resolution = resolve(entries, base, policy)
    settled = [row for row in resolution.rows if row.id in resolution.who]
    return {
        "database": str(ledger.database),
        "champion": champion.name,
        "judgements": len(entries),
        "superseded": len(entries) - len(words),
        "pairs": len({item for item, _ in words}),
        "annotators": dict(Counter(who for _, who in words).most_common()),
        "stances": dict(Counter(row.stance for row in settled if row.stance).most_common()),
        "imports": len({each["digest"] for each in ledger.imports()}),
        "policy": policy.name,
        "disputed": len({each.item for each in resolution.disputed}),
        "queued": ledger.queue_length(),
    }


class Reference:
    """What the champion says of pairs that recent ones are held to.

    These are the pair records in `earlier`, such as last month's articles; without them, rows like those of its
    training that it did not see. Written rows have far more positions than news has.
    """

    def __init__(self, analyzer: Analyzer, base: Sequence[LabelledPair], earlier: Sequence[Json] = ()) -> None:
        split = split_rows(base)
        held_out = [row.pair for row in [*split.calibration, *split.test]]
        self.analyzer = analyzer
        self.known_actors = {row.pair.actor for row in split.train}
        self.profile = self._profile([pair_from_row(record) for record in earlier] or held_out)

    def drift_of_records(self, records: Sequence[Json]) -> Drift:
        """How the answers to these pair records differ."""
        return compare(self.profile, self._profile([pair_from_row(record) for record in records]))

    def drift_of_traffic(self, ledger: Ledger, days: int = TRAFFIC_DAYS) -> Drift:
        """How the answers that the service gave in these days differ; only those of this champion count."""
        since = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")
        counts = [counts for model, counts in ledger.traffic(since) if model == self.analyzer.name]
        return compare(self.profile, profile_of_counts(counts))

    def _profile(self, pairs: Sequence[Pair]) -> Profile:
        return profile(self.analyzer.score_pairs(pairs), [pair.actor for pair in pairs], self.known_actors)


def status_words(status: Mapping[str, Any]) -> str:
    """The status for a terminal."""
    lines = [
        f"{status['judgements']:,} judgements ({status['superseded']:,} superseded) on {status['pairs']:,} pairs, "
        f"from {status['imports']:,} files and over HTTP, in {status['database']}",
        f"by annotator: {_counts(status['annotators'])}",
        f"settled by the policy {status['policy']}: {_counts(status['stances'])}",
        f"disputed: {status['disputed']:,}"
        + ("; write them with: parley labels export FILE --kind disputed" if status["disputed"] else ""),
        f"in the queue: {status['queued']:,}",
        f"champion: {status['champion']}",
    ]
    return "\n".join(lines)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"
