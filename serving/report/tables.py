"""The findings as tables of plain values, one row a fact, in the order in which the page shows them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from serving.report.changes import Side
from serving.report.findings import Findings
from serving.report.records import TAKEN, TOO_FEW, Statement
from serving.report.timeline import Calendar, Tally, Timeline, past_of, total_of

Record = dict[str, Any]


def actor_rows(found: Findings) -> Iterator[Record]:
    for actor in found.actors:
        total = total_of(found.timelines[actor])
        latest = found.latest.get(actor)
        yield {
            "actor": actor,
            "actor_name": found.name(actor),
            "in_registry": actor not in found.corpus.unresolved,
            **_counts(total),
            "past": past_of(found.timelines[actor]).taken,
            "latest_stance": latest.stance if latest else None,
            "latest_date": _day(latest),
            "latest_sentence": latest.text if latest else None,
            "note": TOO_FEW if total.taken < found.options.minimum else None,
        }


def timeline_rows(found: Findings) -> Iterator[Record]:
    for actor in found.actors:
        for period, tally in ordered_periods(found.timelines[actor], found.calendar):
            yield {
                "actor": actor,
                "actor_name": found.name(actor),
                "period": period,
                "unit": found.calendar.unit,
                **_counts(tally),
                **_shares(tally),
                "note": TOO_FEW if tally.taken < found.options.minimum else None,
            }


def change_rows(found: Findings) -> Iterator[Record]:
    for search in found.searches:
        for change in search.changes:
            yield {
                "actor": change.actor,
                "actor_name": found.name(change.actor),
                "last_before": change.before.last.isoformat(),
                "first_after": change.after.first.isoformat(),
                "chi_square": round(change.statistic, 3),
                "p": round(change.p, 5),
                **_side("before", change.before, found),
                **_side("after", change.after, found),
            }


def condition_rows(found: Findings) -> Iterator[Record]:
    for entry in found.ledger:
        yield {
            "actor": entry.actor,
            "actor_name": found.name(entry.actor),
            "stated_by": "others" if entry.claimed else "itself",
            "kind": entry.condition.kind,
            "condition": entry.condition.text,
            "other_wordings": [words for words in entry.wordings if words != entry.condition.text],
            "names": list(entry.names),
            "first": entry.first.isoformat() if entry.first else None,
            "last": entry.last.isoformat() if entry.last else None,
            "times": entry.times,
            "documents": entry.articles,
            "support_after": entry.support_after,
            "first_support_after": _day(entry.first_support),
            **_origin(entry.statement, found),
        }


def comparison_rows(found: Findings) -> Iterator[Record]:
    """One row a measure, the two actors beside each other."""
    if found.comparison is None:
        return
    left, right = found.comparison.left, found.comparison.right
    measures = {name: (value, _counts(right.total)[name]) for name, value in _counts(left.total).items()}
    measures |= {name: (value, _shares(right.total)[name]) for name, value in _shares(left.total).items()}
    stances = [each.latest.stance if each.latest else None for each in (left, right)]
    measures["latest_stance"] = (stances[0], stances[1])
    measures["latest_date"] = (_day(left.latest), _day(right.latest))
    measures["conditions_that_name_the_other"] = (len(left.on_other), len(right.on_other))
    for name, (first, second) in measures.items():
        yield {
            "measure": name, "left_actor": left.actor, "left": first, "right_actor": right.actor, "right": second,
        }  # fmt: skip


def statement_rows(found: Findings) -> Iterator[Record]:
    """Every statement with a stance, not those of `none`; `counted_as` is empty for unsure ones and for repeats."""
    for number, statement in enumerate(found.corpus.statements):
        if statement.stance == "none":
            continue
        copy, repeat = found.copies.get(statement.article), found.repeats.get(number)
        original = copy.original if copy else found.corpus.statements[repeat.original].article if repeat else None
        yield {
            "actor": statement.actor,
            "actor_name": found.name(statement.actor),
            "stance": statement.stance,
            "probability": round(statement.probability, 6),
            "unsure": statement.unsure,
            "voice": statement.voice,
            "counted_as": None if statement.unsure or original is not None else "own" if statement.own else "claim",
            "repeats": found.corpus.articles[original].id if original is not None else None,
            "date": _day(statement),
            "date_precision": statement.when.precision if statement.when else None,
            "date_told_by": ("sentence" if statement.when.told else "document") if statement.when else None,
            "past": statement.past,
            "headline": statement.headline,
            "condition": statement.condition.text if statement.condition else None,
            "condition_kind": statement.condition.kind if statement.condition else None,
            **_origin(statement, found),
        }


def document_rows(found: Findings) -> Iterator[Record]:
    for index, article in enumerate(found.corpus.articles):
        copy = found.copies.get(index)
        yield {
            "document": article.id,
            "place": article.place,
            "title": article.title,
            "date": article.date.isoformat() if article.date else None,
            "undated_because": article.undated_because,
            "source": article.source,
            "url": article.url,
            "pairs": article.pairs,
            "copy_of": found.corpus.articles[copy.original].id if copy else None,
            "similarity": copy.similarity if copy else None,
        }


def copy_rows(found: Findings) -> Iterator[Record]:
    """Copied documents first, then sentences that stand in several others."""
    articles, statements = found.corpus.articles, found.corpus.statements
    for copy in found.copies.values():
        yield {
            "what": "document",
            "document": articles[copy.article].id,
            "repeats_document": articles[copy.original].id,
            "similarity": copy.similarity,
            "actor": None,
            "sentence": None,
        }
    for repeat in found.repeats.values():
        statement, original = statements[repeat.statement], statements[repeat.original]
        if statement.stance != "none":
            yield {
                "what": "sentence",
                "document": articles[statement.article].id,
                "repeats_document": articles[original.article].id,
                "similarity": 1.0,
                "actor": statement.actor,
                "sentence": statement.text,
            }


def unread_rows(found: Findings) -> Iterator[Record]:
    for each in found.corpus.unread:
        yield {"place": each.place, "document": each.id, "reason": each.reason}


TABLES: Final[Mapping[str, Callable[[Findings], Iterator[Record]]]] = {
    "actors": actor_rows,
    "timeline": timeline_rows,
    "changes": change_rows,
    "conditions": condition_rows,
    "comparison": comparison_rows,
    "statements": statement_rows,
    "documents": document_rows,
    "copies": copy_rows,
    "unread": unread_rows,
}


def ordered_periods(timeline: Timeline, calendar: Calendar) -> list[tuple[str, Tally]]:
    """The periods of an actor by name, in order of time; past and undated statements last."""
    dated = sorted((start, tally) for start, tally in timeline.items() if isinstance(start, date))
    other = sorted((str(name), tally) for name, tally in timeline.items() if not isinstance(name, date))
    return [(calendar.label(start), tally) for start, tally in dated] + other


def _counts(tally: Tally) -> Record:
    return {
        "n": tally.taken,
        **tally.own,
        "unsure": tally.unsure,
        **{f"claimed_{stance}": tally.claims[stance] for stance in TAKEN},
    }


def _shares(tally: Tally) -> Record:
    record: Record = {}
    for stance in TAKEN:
        share = tally.share(stance)
        record[f"{stance}_share"] = round(share.value, 4) if share else None
        record[f"{stance}_low"] = round(share.low, 4) if share else None
        record[f"{stance}_high"] = round(share.high, 4) if share else None
    return record


def _side(when: str, side: Side, found: Findings) -> Record:
    article = found.corpus.articles[side.quote.article]
    return {
        f"n_{when}": side.total,
        **{f"{stance}_{when}": side.counts[stance] for stance in TAKEN},
        f"quote_{when}": side.quote.text,
        f"quote_{when}_stance": side.quote.stance,
        f"quote_{when}_probability": round(side.quote.probability, 6),
        f"quote_{when}_date": _day(side.quote),
        f"quote_{when}_document": article.id,
    }


def _origin(statement: Statement, found: Findings) -> Record:
    article = found.corpus.articles[statement.article]
    return {
        "sentence": statement.text,
        "document": article.id,
        "published": article.date.isoformat() if article.date else None,
        "source": article.source,
        "url": article.url,
    }


def _day(statement: Statement | None) -> str | None:
    return statement.when.day.isoformat() if statement and statement.when else None
