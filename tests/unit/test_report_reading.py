"""Documents and analyses as they come: files, folders, broken rows."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from report_parts import NoAnalyzer, analysis, condition, corpus_of, pair, write_rows

from model.errors import InputError
from model.records import Document
from serving.report.reading import read_corpus
from serving.report.records import ReportOptions
from serving.tables import to_json

CALL = "Orsa called for talks."


class Reader:
    """An analyzer that finds in every document that Orsa supports talks."""

    def analyze(self, document: Document) -> dict[str, Any]:
        return {**analysis(0, pair(document.text, "support")), "id": document.id, "title": document.title}


def test_documents_are_analyzed_and_keep_their_columns(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "text": CALL,
        "title": "Orsa calls",
        "date": "5 March 2024",
        "source": "Desk",
        "url": "https://a.test",
    }
    corpus = read_corpus(write_rows(tmp_path / "a.jsonl", row), Reader(), ReportOptions())
    (article,), (statement,) = corpus.articles, corpus.statements
    assert (article.id, article.title, article.date) == ("7", "Orsa calls", date(2024, 3, 5))
    assert (article.source, article.url, article.pairs) == ("Desk", "https://a.test", 1)
    assert (statement.actor, statement.stance, statement.text) == ("ORS", "support", CALL)


def test_a_csv_of_documents_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"id,text,date\na,{CALL},2024-03-05\nb,,2024-03-05\nc,x,2024-03-05,y\n", encoding="utf-8")
    corpus = read_corpus(file, Reader(), ReportOptions())
    assert [each.id for each in corpus.articles] == ["a"]
    assert [each.place for each in corpus.unread] == ["row 2", "row 3"]


def test_analyses_in_a_csv_are_read_as_those_in_jsonl(tmp_path: Path) -> None:
    row = analysis(1, pair(CALL, "support"), pair("Orsa lies north.", "none"))
    cells = ["" if row[name] is None else json.dumps(row[name]) for name in ("sentences", "pairs")]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    file = tmp_path / "a.csv"
    file.write_text(f"id,date,model,sentences,pairs\nd1,2024-03-01,made,{','.join(quoted)}\n", encoding="utf-8")
    assert read_corpus(file, NoAnalyzer(), ReportOptions()).statements == corpus_of(tmp_path, row).statements


def test_a_folder_of_articles_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "2024-03-05-orsa.txt").write_text(CALL, encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"text": CALL, "date": "2024-03-06"}), encoding="utf-8")
    (tmp_path / "c.json").write_text("{", encoding="utf-8")
    (tmp_path / "d.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "e.json").write_text("[1]", encoding="utf-8")
    (tmp_path / "ignored.pdf").write_bytes(b"%PDF")
    corpus = read_corpus(tmp_path, Reader(), ReportOptions())
    assert [(each.id, each.date) for each in corpus.articles] == [
        ("2024-03-05-orsa", date(2024, 3, 5)),
        ("b", date(2024, 3, 6)),
    ]
    assert [each.place for each in corpus.unread] == ["c.json", "d.txt", "e.json"]


def test_a_row_that_a_batch_could_not_analyze_is_listed_with_its_reason(tmp_path: Path) -> None:
    failed = {"id": "x", "sentences": None, "pairs": None, "error": "text: is empty"}
    corpus = corpus_of(tmp_path, failed, analysis(1, pair(CALL, "support")))
    assert [(each.place, each.id, each.reason) for each in corpus.unread] == [("row 1", "x", "text: is empty")]
    assert len(corpus.articles) == 1


def changed(**more: Any) -> dict[str, Any]:
    """The pairs of an analysis of CALL, one of them changed."""
    return {"pairs": analysis(1, pair(CALL, "support", **more))["pairs"]}


def gated(**more: Any) -> dict[str, Any]:
    marked = {**condition(CALL, "called"), **more}
    return {"pairs": analysis(1, pair(CALL, "conditional", condition=marked))["pairs"]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pairs": [{"sentence": 1}]}, "are not those of an analysis"),
        ({"pairs": [{"sentence": 9, "actor": "ORS"}]}, "are not those of an analysis"),
        ({"pairs": "{"}, "is not JSON"),
        ({"sentences": {}}, "is not a list"),
        ({"actors": ["ORS"]}, "are not those of an analysis"),
        ({"date": 20240301}, "date"),
        ({"sentences": ["words"]}, "are not those of an analysis"),
        (changed(stance_probabilities={"support": "much"}), "are not those of an analysis"),
        (changed(stance_probabilities={"support": 7}), "a probability is 7.0; it must be from 0 to 1"),
        (gated(text=""), "does not read ''"),
        (gated(text="if asked"), "does not read 'if asked' from 5 to 11"),
        (gated(start="x"), "are not those of an analysis"),
    ],
)
def test_a_broken_analysis_leaves_nothing_behind(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    corpus = corpus_of(tmp_path, analysis(1, pair(CALL, "support")) | change)
    assert (corpus.articles, corpus.statements, corpus.shingles, corpus.names) == ([], [], [], {})
    assert reason in corpus.unread[0].reason


def test_an_actor_that_no_registry_knows_is_remembered_as_such(tmp_path: Path) -> None:
    known = [{"actor": "ORS", "resolved": True}, {"actor": "Kyra", "resolved": False}]
    assert corpus_of(tmp_path, analysis(1, pair(CALL, "support"), actors=known)).unresolved == {"Kyra"}


def test_an_unknown_stance_is_refused(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, pair(CALL, "favor")))
    assert "must be one of support" in corpus.unread[0].reason


def test_a_document_without_a_date_says_why(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, pair(CALL, "support"), day=None), analysis(2, day="3/4/2024"))
    assert [each.date for each in corpus.articles] == [None, None]
    assert "2024-08-15" in str(corpus.articles[1].undated_because)
    assert corpus.statements[0].when is None


def test_a_column_of_a_document_that_is_called_error_is_only_a_column(tmp_path: Path) -> None:
    row = {"id": "a", "text": CALL, "error": "none seen"}
    corpus = read_corpus(write_rows(tmp_path / "a.jsonl", row), Reader(), ReportOptions())
    assert [each.id for each in corpus.articles] == ["a"]


def test_a_blank_title_makes_no_headline_of_the_first_sentence(tmp_path: Path) -> None:
    row = analysis(1, pair(CALL, "support"), title="  ")
    row["sentences"][0]["index"] = row["pairs"][0]["sentence"] = 0
    assert not corpus_of(tmp_path, row).statements[0].headline


def test_a_placeholder_for_no_date_is_no_date(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, analysis(1, pair("Yesterday Orsa refused to come.", "oppose"), day="0001-01-01"))
    assert corpus.articles[0].date is None
    assert "cannot be meant" in str(corpus.articles[0].undated_because)


def test_a_file_that_leads_nowhere_is_listed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CALL, encoding="utf-8")
    (tmp_path / "b.txt").symlink_to(tmp_path / "gone")
    corpus = read_corpus(tmp_path, Reader(), ReportOptions())
    assert [(each.place, each.reason) for each in corpus.unread] == [
        ("b.txt", "it cannot be read: No such file or directory")
    ]


def test_voice_and_condition_may_be_missing(tmp_path: Path) -> None:
    row = analysis(1, pair(CALL, "conditional"))
    del row["pairs"][0]["voice"], row["pairs"][0]["condition"]
    (statement,) = corpus_of(tmp_path, row).statements
    assert statement.own
    assert statement.condition is None


def test_the_text_of_a_sentence_without_a_position_is_not_kept(tmp_path: Path) -> None:
    (statement,) = corpus_of(tmp_path, analysis(1, pair("Orsa lies far in the north.", "none"))).statements
    assert statement.text == ""


def test_a_condition_belongs_to_a_conditional_pair_only(tmp_path: Path) -> None:
    text = "Orsa will talk if asked."
    rows = [pair(text, stance, actor, condition=condition(text, "if asked")) for stance, actor in
            (("conditional", "ORS"), ("support", "VEL"))]  # fmt: skip
    first, second = corpus_of(tmp_path, analysis(1, *rows)).statements
    assert first.condition is not None
    assert second.condition is None


def test_a_source_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no documents"):
        read_corpus(write_rows(tmp_path / "a.jsonl"), NoAnalyzer(), ReportOptions())
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no documents"):
        read_corpus(tmp_path / "empty", NoAnalyzer(), ReportOptions())


def test_a_table_without_the_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,body\n1,x\n", encoding="utf-8")
    with pytest.raises(InputError, match="neither a column 'text' nor"):
        read_corpus(tmp_path / "a.csv", NoAnalyzer(), ReportOptions())


def test_progress_is_told_of_every_row(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    file = tmp_path / "a.jsonl"
    file.write_text(to_json(analysis(1)) + "\nnot JSON\n", encoding="utf-8")
    corpus = read_corpus(file, NoAnalyzer(), ReportOptions(), lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert "is not JSON" in corpus.unread[0].reason
