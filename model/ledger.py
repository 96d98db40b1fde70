"""The ledger of labels: every judgement that was ever given, in order; nothing in it is edited or deleted.

A correction is a new judgement that supersedes the annotator's earlier one on the same pair. The same judgement given
twice is kept once.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
)

from model.database import Database
from model.errors import ConflictError
from model.judgements import Judgement, now
from model.records import Pair

Json = dict[str, Any]
CHUNK: Final = 500  # values in one query
_META = MetaData()
# As the newest migration leaves them.
JUDGEMENTS: Final = Table(
    "judgements", _META, Column("number", Integer, primary_key=True), Column("id", String), Column("op", String),
    Column("item", String), Column("text", Text), Column("actor", Text), Column("mention", Text),
    Column("start", Integer), Column("context", Text), Column("stance", String), Column("sentiment", String),
    Column("sure", Boolean), Column("alternative", Text), Column("note", Text), Column("annotator", String),
    Column("created", String), Column("recorded", String), Column("codebook", String), Column("file", Text),
    Column("digest", String), Column("place", Text), Column("supersedes", String), Column("columns", Text),
)  # fmt: skip
IMPORTS: Final = Table(
    "imports", _META, Column("number", Integer, primary_key=True), Column("file", Text), Column("digest", String),
    Column("format", String), Column("report", Text), Column("recorded", String),
)  # fmt: skip
REQUESTS: Final = Table(
    "requests", _META, Column("key", String, primary_key=True), Column("digest", String), Column("answer", Text),
    Column("recorded", String),
)  # fmt: skip
QUEUE: Final = Table(
    "queue", _META, Column("number", Integer, primary_key=True), Column("item", String), Column("reason", Text),
    Column("model", Text), Column("record", Text), Column("recorded", String),
)  # fmt: skip
TRAFFIC: Final = Table(
    "traffic", _META, Column("number", Integer, primary_key=True), Column("model", Text), Column("counts", Text),
    Column("recorded", String),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A judgement as it stands in the ledger: its number, when it was recorded, and where it came from."""

    number: int
    judgement: Judgement
    recorded: str
    file: str | None
    place: str | None
    supersedes: str | None

    @property
    def when(self) -> str:
        """When it was said, as far as is known: what decides which of an annotator's words is the last."""
        return self.judgement.created or self.recorded


@dataclass(frozen=True)
class Origin:
    """The file that judgements come from."""

    file: str
    digest: str
    format: str
    report: Json


@dataclass(frozen=True)
class Queued:
    """A pair that should be labelled next, and why: `uncertain`, `diverse`, `weak: ...` or `random`."""

    record: Json
    reason: str
    model: str
    number: int = 0


class Ledger:
    """The labels in one database. Safe to use from several threads and processes."""

    def __init__(self, database: Database | None = None) -> None:
        self.database = database or Database()

    def add(
        self, judgements: Sequence[Judgement], places: Sequence[str] | None = None, origin: Origin | None = None
    ) -> list[bool]:
        """Keep what is new, all of it or none; for each judgement whether it was new.

        `places` says where in the file of `origin` each stands.
        """
        with self.database.writing() as connection:
            added = _add(connection, judgements, places, origin)
            if origin is not None:
                report = {**origin.report, "added": sum(added), "known": len(added) - sum(added)}
                row = {"file": origin.file, "digest": origin.digest, "format": origin.format,
                       "report": json.dumps(report), "recorded": now()}  # fmt: skip
                connection.execute(insert(IMPORTS).values(row))
            return added

    def add_once(self, key: str, digest: str, judgements: Sequence[Judgement]) -> Json:
        """Keep judgements under an idempotency key; the same request again gets the first one's answer.

        ConflictError where the key was used for another request, which has another digest.
        """
        with self.database.writing() as connection:
            found = connection.execute(
                select(REQUESTS.c.digest, REQUESTS.c.answer).where(REQUESTS.c.key == key)
            ).first()
            if found is not None:
                if found.digest != digest:
                    raise ConflictError(f"the idempotency key {key!r} was used for other labels; give a new one")
                answer: Json = json.loads(found.answer)
                return answer
            answer = answer_of(judgements, _add(connection, judgements))
            row = {"key": key, "digest": digest, "answer": json.dumps(answer), "recorded": now()}
            connection.execute(insert(REQUESTS).values(row))
            return answer

    def entries(self, up_to: int | None = None) -> list[Entry]:
        """All judgements in their order, or those up to the one with this number."""
        query = select(JUDGEMENTS).order_by(JUDGEMENTS.c.number)
        if up_to is not None:
            query = query.where(JUDGEMENTS.c.number <= up_to)
        with self.database.reading() as connection:
            return [_entry(dict(row)) for row in connection.execute(query).mappings()]

    def head(self) -> int:
        """The number of the newest judgement; 0 where there is none."""
        with self.database.reading() as connection:
            return connection.execute(select(func.max(JUDGEMENTS.c.number))).scalar() or 0

    def imports(self) -> list[Json]:
        """Every file that was imported: its name, digest, format, report and time."""
        with self.database.reading() as connection:
            rows = connection.execute(select(IMPORTS).order_by(IMPORTS.c.number)).mappings()
            return [{**row, "report": json.loads(row["report"])} for row in rows]

    def enqueue(self, queued: Sequence[Queued], items: Sequence[str]) -> None:
        """Put pairs into the queue; `items` names the pair of each."""
        time = now()  # one for all: it tells the batch
        rows = [
            {"item": item, "reason": each.reason, "model": each.model, "recorded": time,
             "record": json.dumps(each.record)}
            for each, item in zip(queued, items, strict=True)
        ]  # fmt: skip
        if rows:
            with self.database.writing() as connection:
                connection.execute(insert(QUEUE), rows)

    def queue(self, limit: int, annotator: str | None = None) -> list[Queued]:
        """The newest batch's pairs first that nobody, or that this annotator, has not judged."""
        query = select(QUEUE).where(QUEUE.c.number.in_(_waiting(annotator)))
        query = query.order_by(QUEUE.c.recorded.desc(), QUEUE.c.number)
        with self.database.reading() as connection:
            rows = connection.execute(query.limit(limit)).mappings()
            return [Queued(json.loads(row["record"]), row["reason"], row["model"], row["number"]) for row in rows]

    def queue_length(self) -> int:
        """How many pairs of the queue nobody has judged."""
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(_waiting(None).subquery())).scalar() or 0

    def queue_reasons(self) -> dict[str, str]:
        """By pair, why it was first put into the queue, if that was before anybody judged it.

        So what is said of a pair that was judged does not change when the queue grows.
        """
        judged = select(JUDGEMENTS.c.item, func.min(JUDGEMENTS.c.recorded).label("first")).group_by(JUDGEMENTS.c.item)
        times = judged.subquery()
        query = select(QUEUE.c.item, QUEUE.c.reason).outerjoin(times, times.c.item == QUEUE.c.item)
        before = or_(times.c.first.is_(None), QUEUE.c.recorded <= times.c.first)
        with self.database.reading() as connection:
            rows = connection.execute(query.where(before).order_by(QUEUE.c.number.desc())).all()
        return {row.item: row.reason for row in rows}

    def count_traffic(self, model: str, counts: Mapping[str, Any]) -> None:
        """Keep counts of what the service answered; never its texts."""
        with self.database.writing() as connection:
            connection.execute(insert(TRAFFIC).values(model=model, counts=json.dumps(counts), recorded=now()))

    def traffic(self, since: str = "") -> Iterator[tuple[str, Json]]:
        """Model and counts of each stretch of traffic after a time (UTC, ISO 8601)."""
        query = select(TRAFFIC.c.model, TRAFFIC.c.counts).where(TRAFFIC.c.recorded >= since).order_by(TRAFFIC.c.number)
        with self.database.reading() as connection:
            yield from ((row.model, json.loads(row.counts)) for row in connection.execute(query).all())


def _waiting(annotator: str | None) -> Select[tuple[int]]:
    """The newest numbers of the pairs in the queue that nobody, or that this annotator, has not judged."""
    judged = select(JUDGEMENTS.c.item)
    if annotator is not None:
        judged = judged.where(JUDGEMENTS.c.annotator == annotator)
    return select(func.max(QUEUE.c.number)).where(QUEUE.c.item.not_in(judged)).group_by(QUEUE.c.item)


def answer_of(judgements: Sequence[Judgement], added: Sequence[bool]) -> Json:
    """What is answered to who gave the judgements."""
    labels = [
        {"id": judgement.id, "item": judgement.item, "added": new}
        for judgement, new in zip(judgements, added, strict=True)
    ]
    return {"added": sum(added), "known": len(added) - sum(added), "labels": labels}


def latest(entries: Iterable[Entry], label: str | None = None) -> dict[tuple[str, str], Entry]:
    """By pair and annotator, the last word; with `label` (stance, sentiment), the last that says something of it.

    Whoever corrects the stance alone has not taken the sentiment back; `retract` and `skip` are about both.
    """
    found: dict[tuple[str, str], Entry] = {}
    for entry in sorted(entries, key=lambda each: (each.when, each.number)):
        judgement = entry.judgement
        if label is None or getattr(judgement, label) or judgement.op in ("retract", "skip"):
            found[judgement.item, judgement.annotator] = entry
    return found


def _add(
    connection: Connection, judgements: Sequence[Judgement], places: Sequence[str] | None = None,
    origin: Origin | None = None,
) -> list[bool]:  # fmt: skip
    known = set(_ids(connection, [each.id for each in judgements]))
    last = latest(_entries_of(connection, {each.item for each in judgements}))
    rows: list[Json] = []
    added: list[bool] = []
    for index, judgement in enumerate(judgements):
        before = last.get((judgement.item, judgement.annotator))
        recorded = now()
        # A dated word of a file is kept even if it repeats the last one: a third, between the two, may come later.
        may_repeat = judgement.created is None or origin is None
        again = may_repeat and before is not None and before.judgement.said == judgement.said
        new = judgement.id not in known and not again
        added.append(new)
        if new:
            place = places[index] if places else None
            entry = Entry(0, judgement, recorded, None, None, None)
            is_last = before is None or entry.when >= before.when
            rows.append(_row(judgement, recorded, before if is_last else None, place, origin))
            known.add(judgement.id)
            if is_last:
                last[judgement.item, judgement.annotator] = entry
    # RETURNING makes one statement of many rows, where PostgreSQL would else be asked for each; numbers keep the order.
    added_rows = insert(JUDGEMENTS).returning(JUDGEMENTS.c.number, sort_by_parameter_order=True)
    for start in range(0, len(rows), CHUNK):
        connection.execute(added_rows, rows[start : start + CHUNK])
    return added


def _ids(connection: Connection, ids: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(ids), CHUNK):
        yield from connection.scalars(select(JUDGEMENTS.c.id).where(JUDGEMENTS.c.id.in_(ids[start : start + CHUNK])))


def _entries_of(connection: Connection, items: Iterable[str]) -> Iterator[Entry]:
    wanted = sorted(items)
    for start in range(0, len(wanted), CHUNK):
        query = select(JUDGEMENTS).where(JUDGEMENTS.c.item.in_(wanted[start : start + CHUNK]))
        yield from (_entry(dict(row)) for row in connection.execute(query).mappings())


def _row(judgement: Judgement, recorded: str, before: Entry | None, place: str | None, origin: Origin | None) -> Json:
    pair = judgement.pair
    return {
        "id": judgement.id, "op": judgement.op, "item": judgement.item, "text": pair.text, "actor": pair.actor,
        "mention": pair.mention, "start": pair.start, "context": pair.context, "stance": judgement.stance,
        "sentiment": judgement.sentiment, "sure": judgement.sure, "alternative": judgement.alternative,
        "note": judgement.note, "annotator": judgement.annotator, "created": judgement.created, "recorded": recorded,
        "codebook": judgement.codebook, "file": origin.file if origin else None,
        "digest": origin.digest if origin else None, "place": place,
        "supersedes": before.judgement.id if before else None,
        "columns": json.dumps(dict(judgement.columns), default=str),
    }  # fmt: skip


def _entry(row: Mapping[str, Any]) -> Entry:
    judgement = Judgement(
        Pair(row["text"], row["actor"], row["mention"], row["start"], row["context"]), row["annotator"], row["op"],
        row["stance"], row["sentiment"], None if row["sure"] is None else bool(row["sure"]), row["alternative"],
        row["note"], row["created"], row["codebook"], json.loads(row["columns"]),
    )  # fmt: skip
    return Entry(row["number"], judgement, row["recorded"], row["file"], row["place"], row["supersedes"])
