"""Labels out of the ledger as records that any of the formats can hold.

judgements  the last word of each annotator on the stance, and on the sentiment, of each pair
history     every judgement that was ever given
settled     one record a pair, as the policy settles it
disputed    the pairs that it does not settle: fill in a label and your name, and import the file
"""

from collections.abc import Sequence
from typing import Any, Final

from model.errors import InputError
from model.judgements import item_of
from model.labels import LABELS
from model.ledger import Entry, Ledger, latest
from training.resolve import Policy, Resolution, resolve
from training.rows import LabelledPair, row_record
from training.snapshot import disputed_records

KINDS: Final = ("judgements", "history", "settled", "disputed")

Json = dict[str, Any]


def records_to_export(ledger: Ledger, kind: str, policy: Policy, base: Sequence[LabelledPair] = ()) -> list[Json]:
    """The records of one kind; InputError where there is no such kind.

    `base` is the data that the labels join, which has a voice in what is settled and disputed.
    """
    entries = ledger.entries()
    if kind == "history":
        return [record_of(entry) for entry in entries]
    if kind == "judgements":
        last = {entry.number for label in (None, *LABELS) for entry in latest(entries, label).values()}
        return [record_of(entry) for entry in entries if entry.number in last]
    if kind == "settled":
        return _settled(resolve(entries, base, policy))
    if kind == "disputed":
        return list(disputed_records(resolve(entries, base, policy)))
    raise InputError(f"no kind {kind!r}; give one of {', '.join(KINDS)}")


def record_of(entry: Entry) -> Json:
    """A judgement as the record that it is imported from."""
    judgement, pair = entry.judgement, entry.judgement.pair
    return {
        "id": item_of(pair), **judgement.columns, "text": pair.text, "actor": pair.actor, "mention": pair.mention,
        "start": pair.start, "context": pair.context, "stance": judgement.stance, "sentiment": judgement.sentiment,
        "sure": judgement.sure, "alternative": judgement.alternative, "note": judgement.note, "op": judgement.op,
        "annotator": judgement.annotator, "created": judgement.created, "codebook": judgement.codebook,
    }  # fmt: skip


def _settled(resolution: Resolution) -> list[Json]:
    """Rows that people had a say in; not in `annotator`, since a settled label is nobody's own judgement."""
    return [
        {**row_record(row), "annotators": ", ".join(resolution.who[row.id])}
        for row in resolution.rows
        if row.id in resolution.who
    ]
