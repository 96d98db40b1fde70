"""Changes of position, and the caution with which they are told."""

import random
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from report_parts import analysis, corpus_of, pair, turning
from scipy.stats import chi2_contingency

from serving.report.changes import Search, adjusted_p, best_split, find_changes, permutation_p
from serving.report.records import ReportOptions
from serving.report.timeline import make_calendar

DAYS = [date(2024, 1, 1) + timedelta(days=at) for at in range(400)]


def search(folder: Path, *rows: dict[str, object], **options: int) -> list[Search]:
    chosen = ReportOptions(**options)  # type: ignore[arg-type]
    corpus = corpus_of(folder, *rows, options=chosen)
    return find_changes(corpus.statements, make_calendar(corpus.articles), chosen)


def test_a_turn_is_found_at_its_day_with_a_quote_from_either_side(tmp_path: Path) -> None:
    (found,) = search(tmp_path, *turning())
    (change,) = found.changes
    assert (change.before.last, change.after.first) == (DAYS[63], DAYS[70])
    assert (change.before.counts["oppose"], change.after.counts["support"]) == (10, 10)
    assert (change.before.quote.stance, change.after.quote.stance) == ("oppose", "support")
    assert change.p < 0.01


def test_a_headline_is_quoted_only_where_nothing_else_shows_the_side(tmp_path: Path) -> None:
    rows = turning()
    for row in rows[10:]:
        row["title"] = "Orsa turns"
        row["pairs"][0]["sentence"] = row["sentences"][0]["index"] = 0
    body = rows[15]
    body["pairs"][0]["sentence"] = body["sentences"][0]["index"] = 1
    body["pairs"][0] |= {"voice": "narrator", "stance_probabilities": {"support": 0.5}}
    ((change,),) = (found.changes for found in search(tmp_path, *rows))
    assert not change.after.quote.headline
    assert "number 15" in change.after.quote.text


def test_two_turns_are_both_found(tmp_path: Path) -> None:
    rows = turning(45, 15)
    for row in rows[30:]:
        row["pairs"] = pair_rows("conditional")
    (found,) = search(tmp_path, *rows)
    assert [change.after.first for change in found.changes] == [DAYS[15 * 7], DAYS[30 * 7]]


def pair_rows(stance: str) -> list[dict[str, object]]:
    row = pair("unused", stance)
    del row["text"]
    return [{"sentence": 1} | row]


def test_too_few_statements_on_a_side_are_no_change(tmp_path: Path) -> None:
    assert search(tmp_path, *turning(9, 5)) == []
    (found,) = search(tmp_path, *turning(20, 17))
    assert all(change.after.total >= 5 and change.before.total >= 5 for change in found.changes)


def test_statements_of_one_article_are_not_taken_for_many_witnesses(tmp_path: Path) -> None:
    """Two talkative articles, of which each says the same ten times: a split that chance makes every second time."""
    rows = [
        analysis(at, *(pair(f"Orsa spoke {at} {number}.", stance) for number in range(10)), day=DAYS[at])
        for at, stance in enumerate(("oppose", "support"))
    ]
    (found,) = search(tmp_path, *rows)
    assert found.p == 1
    assert not found.changes


def test_a_day_is_never_split(tmp_path: Path) -> None:
    rows = [
        analysis(at, pair(f"Orsa spoke {at}.", "oppose" if at < 10 else "support"), day=DAYS[0]) for at in range(20)
    ]
    (found,) = search(tmp_path, *rows)
    assert not found.changes


def test_claims_by_others_and_unsure_answers_make_no_change(tmp_path: Path) -> None:
    rows = turning()
    for row in rows[10:]:
        row["pairs"][0]["voice"] = "other_party:VEL"
    assert search(tmp_path, *rows[:10], *rows[10:])[0].statements == 10
    for row in rows:
        row["pairs"][0]["abstained"] = True
    assert search(tmp_path, *rows) == []


def test_the_statistic_is_pearsons() -> None:
    generator = np.random.default_rng(3)
    counts = generator.integers(0, 4, size=(30, 3))
    split, statistic = best_split(DAYS[:30], counts, 5)
    every = []
    for at in range(1, 30):
        table = np.array([counts[:at].sum(axis=0), counts[at:].sum(axis=0)])
        if (table.sum(axis=1) >= 5).all():
            every.append((chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False).statistic, at))
    assert (statistic, split) == (pytest.approx(max(every)[0]), max(every)[1])


def test_chance_alone_is_called_a_change_as_rarely_as_promised() -> None:
    """300 actors whose articles come in no order: about 5 % of them may show a p below 0.05."""
    choose, generator = random.Random(5), np.random.default_rng(5)
    hits = 0
    for _ in range(300):
        counts = np.zeros((25, 3), dtype=np.int64)
        for row in counts:
            row[choose.choice((0, 0, 1, 2))] = choose.randint(1, 4)
        hits += permutation_p(DAYS[:25], counts, 5, 199, generator) < 0.05
    assert hits <= 26  # the 99 % point of a binomial of 300 and 0.05


def test_a_change_can_be_found_at_any_level_and_among_many_actors() -> None:
    counts = np.zeros((40, 3), dtype=np.int64)
    counts[:20, 2] = counts[20:, 0] = 1
    for searches, level in ((1, 0.001), (400, 0.05)):
        options = ReportOptions(level=level)
        assert adjusted_p(DAYS[:40], counts, options, searches, np.random.default_rng(0)) < level


def test_chance_is_given_up_early_with_the_same_answer() -> None:
    counts = np.random.default_rng(2).integers(0, 3, size=(30, 3))
    few = permutation_p(DAYS[:30], counts, 5, 200_000, np.random.default_rng(1))
    assert few == pytest.approx(permutation_p(DAYS[:30], counts, 5, 49, np.random.default_rng(2)), abs=0.2)


def test_the_parts_beside_a_change_are_searched_with_more_caution(tmp_path: Path) -> None:
    rows = turning(45, 15)
    for row in rows[30:]:
        row["pairs"] = pair_rows("conditional")
    (found,) = search(tmp_path, *rows)
    first, second = sorted(found.changes, key=lambda change: change.p)
    assert second.p == pytest.approx(2 * first.p)


def test_the_same_seed_gives_the_same_answer(tmp_path: Path) -> None:
    rows = turning(24, 13)
    assert search(tmp_path, *rows, seed=4) == search(tmp_path, *rows, seed=4)
