"""The report of the example articles with the release bundle: from documents, from a batch, and from a folder."""

import json
from pathlib import Path

import pytest

from model.analysis import Analyzer, load_analyzer
from serving.batch import run_batch
from serving.report.records import ReportOptions
from serving.report.writing import ReportSummary, write_report

EXAMPLE = Path(__file__).parents[2] / "seeds" / "examples" / "report.jsonl"

Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load_analyzer()


@pytest.fixture(scope="module")
def written(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ReportSummary]:
    folder = tmp_path_factory.mktemp("example") / "report"
    return folder, write_report(EXAMPLE, folder, analyzer)


def rows_of(folder: Path, table: str) -> Rows:
    return [json.loads(line) for line in (folder / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_row_is_read_or_listed(written: tuple[Path, ReportSummary]) -> None:
    folder, summary = written
    rows = EXAMPLE.read_text(encoding="utf-8").splitlines()
    assert summary.documents + len(summary.unread) == len(rows)
    assert [(each.id, each.reason) for each in summary.unread] == [
        ("shelf-26", "text: is empty; give a non-empty string")
    ]
    assert {path.name for path in folder.iterdir()} == {*summary.files, "report.json"}


def test_the_wire_copy_counts_once_and_the_undated_article_is_listed(written: tuple[Path, ReportSummary]) -> None:
    folder, summary = written
    copies = [row for row in rows_of(folder, "copies") if row["what"] == "document"]
    assert [(row["document"], row["repeats_document"]) for row in copies] == [("shelf-13b", "shelf-13")]
    assert [row["document"] for row in rows_of(folder, "documents") if row["date"] is None] == ["shelf-25"]
    assert (summary.copies, summary.undated) == (1, 1)


def test_both_changes_of_mind_are_found_where_the_articles_put_them(written: tuple[Path, ReportSummary]) -> None:
    folder, _ = written
    changes = {str(row["actor"]): row for row in rows_of(folder, "changes")}
    iceland, norway = changes["ISL"], changes["NOR"]
    assert (iceland["quote_before_stance"], iceland["quote_after_stance"]) == ("oppose", "support")
    assert (norway["quote_before_stance"], norway["quote_after_stance"]) == ("support", "conditional")
    for change in (iceland, norway):
        # The articles put both at the end of June; which statements count depends on what the release is sure of.
        assert "2023-05-15" <= str(change["last_before"]) < str(change["first_after"]) <= "2023-07-19"
        assert float(str(change["p"])) < 0.05


def test_what_happened_in_2010_is_not_of_2023(written: tuple[Path, ReportSummary]) -> None:
    folder, _ = written
    past = [row for row in rows_of(folder, "timeline") if row["period"] == "past"]
    assert [(row["actor"], row["oppose"]) for row in past] == [("ISL", 1)]


def test_the_two_who_speak_most_are_compared(written: tuple[Path, ReportSummary]) -> None:
    folder, _ = written
    (counts,) = [row for row in rows_of(folder, "comparison") if row["measure"] == "n"]
    assert (counts["left_actor"], counts["right_actor"]) == ("ISL", "NOR")
    actors = {row["actor"]: row["n"] for row in rows_of(folder, "actors")}
    assert (counts["left"], counts["right"]) == (actors["ISL"], actors["NOR"])


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_analyses_of_a_batch_make_the_same_report(
    ending: str, written: tuple[Path, ReportSummary], analyzer: Analyzer, tmp_path: Path
) -> None:
    batch = tmp_path / f"analyses.{ending}"
    run_batch(EXAMPLE, batch, analyzer, "documents")
    write_report(batch, tmp_path / "report", analyzer)
    for table in ("actors", "timeline", "changes", "conditions", "statements", "documents", "copies", "unread"):
        assert rows_of(tmp_path / "report", table) == rows_of(written[0], table)


def test_a_folder_of_articles_makes_the_same_report(
    written: tuple[Path, ReportSummary], analyzer: Analyzer, tmp_path: Path
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for number, line in enumerate(EXAMPLE.read_text(encoding="utf-8").splitlines()):
        (articles / f"{number:02}.json").write_text(line, encoding="utf-8")
    write_report(articles, tmp_path / "report", analyzer, ReportOptions(compare=("Norway", "European Union")))
    for table in ("actors", "timeline", "changes", "conditions"):
        assert rows_of(tmp_path / "report", table) == rows_of(written[0], table)
    (counts,) = [row for row in rows_of(tmp_path / "report", "comparison") if row["measure"] == "n"]
    assert (counts["left_actor"], counts["right_actor"]) == ("NOR", "EU")
