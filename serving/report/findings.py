"""Everything that a report shows, worked out once from what was read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from serving.report.changes import Change, Search, find_changes
from serving.report.comparison import Comparison, choose_actors, compare, latest_positions
from serving.report.copies import Copy, Repeat, copied_articles, repeated_statements
from serving.report.ledger import Entry, make_ledger
from serving.report.records import Corpus, ReportOptions, Statement
from serving.report.timeline import Calendar, Timeline, make_calendar, make_timelines, total_of


@dataclass(frozen=True)
class Findings:
    """`counted` are the statements that repeat nothing; `actors` their actors, those with most positions first."""

    corpus: Corpus
    options: ReportOptions
    copies: Mapping[int, Copy]
    repeats: Mapping[int, Repeat]
    counted: Sequence[Statement]
    calendar: Calendar
    actors: Sequence[str]
    timelines: Mapping[str, Timeline]
    latest: Mapping[str, Statement]
    searches: Sequence[Search]
    ledger: Sequence[Entry]
    comparison: Comparison | None
    shared_names: frozenset[str]

    @property
    def changes(self) -> list[Change]:
        return [change for search in self.searches for change in search.changes]

    def name(self, actor: str) -> str:
        """The name of an actor, with its id where another actor has the same name."""
        name = self.corpus.names.get(actor, actor)
        return f"{name} ({actor})" if name in self.shared_names else name


def find(corpus: Corpus, options: ReportOptions) -> Findings:
    """InputError where the actors to compare do not occur."""
    copies = copied_articles(corpus)
    repeats = repeated_statements(corpus, copies)
    counted = [
        statement
        for number, statement in enumerate(corpus.statements)
        if statement.article not in copies and number not in repeats
    ]
    calendar = make_calendar(corpus.articles, options.period)
    timelines = make_timelines(counted, calendar)
    latest = latest_positions(counted, calendar)
    ledger = make_ledger(counted)
    pair = choose_actors(options.compare, timelines, corpus.names)
    return Findings(
        corpus=corpus,
        options=options,
        copies=copies,
        repeats=repeats,
        counted=counted,
        calendar=calendar,
        actors=sorted(timelines, key=lambda actor: (-total_of(timelines[actor]).taken, actor)),
        timelines=timelines,
        latest=latest,
        searches=find_changes(counted, calendar, options),
        ledger=ledger,
        comparison=compare(pair, timelines, latest, ledger) if pair else None,
        shared_names=frozenset(name for name, count in Counter(corpus.names.values()).items() if count > 1),
    )
