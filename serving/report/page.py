"""The report as one HTML page that loads nothing, runs nothing, and escapes every text that is put in.

Tables longer than a person reads are cut here; the files beside the page have all rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from model.text import visible
from serving.report.comparison import Party
from serving.report.findings import Findings
from serving.report.ledger import Entry, without_condition
from serving.report.plots import COLORS, describe, legend_svg, timeline_svg
from serving.report.records import TAKEN, TOO_FEW, Statement, voice_in_words
from serving.report.tables import TABLES, ordered_periods
from serving.report.timeline import PAST, UNDATED, Share, Tally, past_of, total_of

ROWS_SHOWN: Final = 200  # of a long table
LONGEST_TEXT: Final = 600  # characters of a sentence
# Line ends and tabs become spaces; what is never seen (soft hyphen, zero-width space, byte order mark) goes.
_ON_ONE_LINE: Final = {**dict.fromkeys((9, 10, 11, 12, 13), " "), **dict.fromkeys((0xAD, 0x200B, 0xFEFF), "")}

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Quote:
    """A statement as the page shows it."""

    text: str
    stance: str
    probability: float
    voice: str
    day: str
    document: str
    title: str | None
    source: str | None
    url: str | None


@dataclass(frozen=True)
class Card:
    """An actor with enough statements for a timeline."""

    name: str
    anchor: str
    total: Tally
    past: int
    periods: list[tuple[str, Tally]]
    picture: Markup
    words: Markup
    latest: Quote | None


def render_page(found: Findings, source: str) -> str:
    """The whole page; `source` is the name of what was read."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, finalize=_finalize,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(
        share=_percent, interval=_interval, count=_thousands, p=_p_value, several=_several, claims=_claims
    )
    enough = [actor for actor in found.actors if total_of(found.timelines[actor]).taken >= found.options.minimum]
    shown = enough[: found.options.actors_shown]
    return environment.get_template("page.html.j2").render(
        found=found,
        source=source,
        cards=list(_cards(found, shown)),
        more_actors=enough[len(shown) :],
        too_few=[actor for actor in found.actors if actor not in set(enough)],
        totals={actor: total_of(found.timelines[actor]) for actor in found.actors},
        latest={actor: _quote(statement, found) for actor, statement in found.latest.items()},
        changes=list(_changes(found)),
        unchanged=[search for search in found.searches if not search.changes],
        ledger=[_ledger_row(entry, found) for entry in _most_stated(found)],
        without_condition=without_condition(found.counted),
        parties=_parties(found),
        copies=_copies(found),
        undated=[each for each in found.corpus.articles if each.date is None],
        legend=Markup(legend_svg()),
        colors=COLORS,
        stances=TAKEN,
        few=TOO_FEW,
        most=ROWS_SHOWN,
        tables=list(TABLES),
        period_words={PAST: "past", UNDATED: "undated"},
    )


def shown(text: str) -> str:
    """The text on one line of at most LONGEST_TEXT characters, without what would hide, or act on what is beside it."""
    safe = visible(text[: LONGEST_TEXT + 1].translate(_ON_ONE_LINE))
    return safe if len(text) <= LONGEST_TEXT else safe[: LONGEST_TEXT - 1] + "…"


def _finalize(value: Any) -> Any:
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _cards(found: Findings, actors: list[str]) -> Iterator[Card]:
    changed = {search.actor: [change.after.first for change in search.changes] for search in found.searches}
    for number, actor in enumerate(actors, 1):
        timeline, latest = found.timelines[actor], found.latest.get(actor)
        svg = timeline_svg(timeline, found.calendar, found.options.minimum, changed.get(actor, ()))
        yield Card(
            name=found.name(actor),
            anchor=f"actor-{number}",
            total=total_of(timeline),
            past=past_of(timeline).taken,
            periods=ordered_periods(timeline, found.calendar),
            picture=Markup(svg),
            words=Markup.escape(describe(timeline, found.calendar, shown(found.name(actor)))),
            latest=_quote(latest, found) if latest else None,
        )


def _changes(found: Findings) -> Iterator[Json]:
    for change in found.changes:
        yield {
            "name": found.name(change.actor),
            "p": change.p,
            "sides": [(side, _quote(side.quote, found)) for side in (change.before, change.after)],
        }


def _most_stated(found: Findings) -> list[Entry]:
    """As many conditions as the page shows, in the order of the ledger."""
    kept = {id(entry) for entry in sorted(found.ledger, key=lambda entry: -entry.times)[:ROWS_SHOWN]}
    return [entry for entry in found.ledger if id(entry) in kept]


def _ledger_row(entry: Entry, found: Findings) -> Json:
    sentence, words = entry.statement.text, entry.condition.text
    before, after = sentence[: entry.condition.start], sentence[entry.condition.start + len(words) :]
    return {
        "entry": entry,
        "name": found.name(entry.actor),
        "names": [found.name(actor) for actor in entry.names],
        "sentence": (before[-LONGEST_TEXT:], words, after),
        "quote": _quote(entry.statement, found),
        "first_support": _quote(entry.first_support, found) if entry.first_support else None,
    }


def _parties(found: Findings) -> list[Json]:
    if found.comparison is None:
        return []
    return [_party(party, found) for party in (found.comparison.left, found.comparison.right)]


def _party(party: Party, found: Findings) -> Json:
    changed = [change.after.first for change in found.changes if change.actor == party.actor]
    svg = timeline_svg(party.timeline, found.calendar, found.options.minimum, changed, width=5.5)
    return {
        "name": found.name(party.actor),
        "total": party.total,
        "past": past_of(party.timeline).taken,
        "latest": _quote(party.latest, found) if party.latest else None,
        "on_other": [_ledger_row(entry, found) for entry in party.on_other],
        "picture": Markup(svg),
        "words": Markup.escape(describe(party.timeline, found.calendar, shown(found.name(party.actor)))),
    }


def _copies(found: Findings) -> Json:
    articles, statements = found.corpus.articles, found.corpus.statements
    sentences = [
        (statements[each.statement], articles[statements[each.statement].article],
         articles[statements[each.original].article])
        for each in found.repeats.values()
        if statements[each.statement].stance != "none"
    ]  # fmt: skip
    return {
        "documents": [
            (articles[each.article], articles[each.original], each.similarity) for each in found.copies.values()
        ],
        "sentences": sentences,
    }


def _quote(statement: Statement, found: Findings) -> Quote:
    article = found.corpus.articles[statement.article]
    url = article.url or ""
    is_link = url.startswith(("https://", "http://")) and shown(url) == url  # one that is cut would lead elsewhere
    return Quote(
        text=statement.text,
        stance=statement.stance,
        probability=statement.probability,
        voice=voice_in_words(statement.voice, found.name),
        day=_day_in_words(statement, article.date.isoformat() if article.date else None),
        document=article.id,
        title=article.title,
        source=article.source,
        url=url if is_link else None,
    )


def _day_in_words(statement: Statement, published: str | None) -> str:
    when = statement.when
    if when is None or published is None:
        return "undated"
    if not when.told:
        return published
    told = {"day": when.day.isoformat(), "month": f"{when.day:%Y-%m}", "year": f"{when.day:%Y}"}[when.precision]
    return told if told == published else f"{told}, published {published}"


def _percent(value: float) -> str:
    return f"{100 * value:.0f}\u202f%"


def _interval(share: Share) -> str:
    return f"{100 * share.low:.0f} to {100 * share.high:.0f}\u202f%"


def _claims(tally: Tally) -> str:
    return ", ".join(f"{tally.claims[stance]} {stance}" for stance in TAKEN if tally.claims[stance])


def _thousands(value: int) -> str:
    return f"{value:,}"


def _p_value(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _several(number: int, noun: str) -> str:
    """A number and its noun, in the plural where it is not one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
