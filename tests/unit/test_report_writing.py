"""The page and the tables, also of hostile text, and the folder that appears whole or not at all."""

import csv
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook
from report_parts import NoAnalyzer, analysis, condition, pair, turning, write_rows

from model.errors import InputError
from serving.report.page import shown
from serving.report.records import ReportOptions
from serving.report.tables import TABLES
from serving.report.writing import ReportSummary, write_report

EVIL = "</title><script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\" 'so' {{ 7 * 7 }} $x^2$"
FORMULAS = ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "#N/A")


class Tags(HTMLParser):
    """Every tag and attribute of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def report(folder: Path, *rows: dict[str, object], options: ReportOptions | None = None) -> ReportSummary:
    return write_report(write_rows(folder / "rows.jsonl", *rows), folder / "out", NoAnalyzer(), options)


def page_of(folder: Path) -> str:
    return (folder / "out" / "index.html").read_text(encoding="utf-8")


def rows_of(folder: Path, table: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "out" / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()]


def evil_rows() -> list[dict[str, object]]:
    """Hostile text in every field that a page shows."""
    words = f"only if {EVIL}"
    rows = [
        analysis(
            at,
            pair(f"{EVIL} {at} {words}", "conditional", EVIL, actor_name=EVIL,
                 voice=f"other_party:{EVIL}" if at % 4 == 3 else "self",
                 condition=condition(f"{EVIL} {at} {words}", words, EVIL)),
            day=date(2024, 1, 1 + at), title=EVIL, source=EVIL, url="javascript:alert(3)", id=EVIL, model=EVIL,
        )
        for at in range(8)
    ]  # fmt: skip
    other = analysis(90, *(pair(f"{EVIL} number {at}", "support", "VEL") for at in range(8)), day=None, title=EVIL)
    return [*rows, other, {"id": EVIL, "sentences": [], "pairs": EVIL}]


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    report(tmp_path, *evil_rows())
    tags = Tags(page_of(tmp_path))
    assert not {"script", "img", "iframe", "object", "link"} & set(tags.tags)
    assert tags.tags.count("title") == 1
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    assert "javascript" not in str([value for name, value in tags.attributes if name in ("href", "src")])
    assert "alert(1)" in tags.text
    assert "49" not in re.findall(r"\{\{ 7 \* 7 \}\}|49", tags.text)


def test_the_page_asks_nobody_for_anything(tmp_path: Path) -> None:
    report(tmp_path, *turning())
    tags = Tags(page_of(tmp_path))
    outside = [value for name, value in tags.attributes if name in ("src", "srcset", "data", "action", "xlink:href")]
    links = [value for name, value in tags.attributes if name == "href" and value]
    assert not outside
    assert all(link.startswith("#") or re.fullmatch(r"\w+\.(csv|jsonl|xlsx)", link) for link in links)
    assert not re.findall(r"@import|url\((?!#)", page_of(tmp_path))


def test_every_link_of_the_page_leads_somewhere(tmp_path: Path) -> None:
    report(tmp_path, *turning())
    tags = Tags(page_of(tmp_path))
    names = {value for name, value in tags.attributes if name == "id"}
    for link in {str(value) for name, value in tags.attributes if name == "href"}:
        assert link.removeprefix("#") in names or (tmp_path / "out" / link).is_file(), link


def test_every_picture_has_words(tmp_path: Path) -> None:
    report(tmp_path, *turning(), analysis(99, pair("Velmar accepted the talks.", "support", "VEL")))
    page = page_of(tmp_path)
    assert page.count("<figure") == page.count('role="img" ')
    assert "Own statements of Orsa by week. 2024-01-01: 1 oppose;" in page
    assert page.count("<svg") == page.count('<svg viewBox="') == page.count('aria-hidden="true">\n <defs>')


def test_too_few_statements_are_called_so(tmp_path: Path) -> None:
    report(tmp_path, analysis(1, pair("Orsa called for talks.", "support")))
    page = page_of(tmp_path)
    assert "too few statements to say" in page
    assert "100\u202f%" not in page
    assert rows_of(tmp_path, "actors")[0]["note"] == "too few statements to say"


def test_the_counts_of_periods_add_up_to_those_of_the_actor(tmp_path: Path) -> None:
    rows = [*turning(), analysis(50, pair("Orsa spoke of talks once more.", "support"), day=None)]
    rows.append(analysis(51, pair("In 2015, Orsa walked out of the hall.", "oppose"), day=date(2024, 2, 1)))
    report(tmp_path, *rows)
    (actor,) = rows_of(tmp_path, "actors")
    timeline = rows_of(tmp_path, "timeline")
    assert "undated" in {row["period"] for row in timeline}
    for column in ("n", "support", "oppose", "none", "unsure", "claimed_support"):
        assert sum(int(str(row[column])) for row in timeline if row["period"] != "past") == actor[column]
    assert [row["n"] for row in timeline if row["period"] == "past"] == [actor["past"]] == [1]


def test_what_is_left_out_is_listed(tmp_path: Path) -> None:
    rows = turning(12)
    copied = dict(rows[3]) | {"id": "again", "date": "2024-06-01"}
    summary = report(tmp_path, *rows, copied, analysis(70, day=None), {"id": "bad", "pairs": 1, "sentences": 1})
    assert (summary.documents, summary.copies, summary.undated, len(summary.unread)) == (14, 1, 1, 1)
    assert [row["document"] for row in rows_of(tmp_path, "copies")] == ["again"]
    assert [row["place"] for row in rows_of(tmp_path, "unread")] == ["row 15"]
    text = Tags(page_of(tmp_path)).text
    assert all(word in text for word in ("again", "d70", "row 15", "it has no date"))


def test_no_cell_becomes_a_formula(tmp_path: Path) -> None:
    report(tmp_path, *(analysis(at, pair(text, "support", id=text), title=text) for at, text in enumerate(FORMULAS)))
    with (tmp_path / "out" / "statements.csv").open(encoding="utf-8", newline="") as stream:
        cells = [row["sentence"] for row in csv.DictReader(stream)]
    assert cells == [*(f"'{text}" for text in FORMULAS[:-1]), "#N/A"]
    sheet = load_workbook(tmp_path / "out" / "report.xlsx")["statements"]
    column = next(cell.column for cell in sheet[1] if cell.value == "sentence")
    written = [sheet.cell(row, column) for row in range(2, 2 + len(FORMULAS))]
    assert [cell.value for cell in written] == list(FORMULAS)
    assert {cell.data_type for cell in written} == {"s"}
    assert [row["sentence"] for row in rows_of(tmp_path, "statements")] == list(FORMULAS)


def test_the_three_forms_of_a_table_agree(tmp_path: Path) -> None:
    report(tmp_path, *turning())
    book = load_workbook(tmp_path / "out" / "report.xlsx", read_only=True)
    assert book.sheetnames == list(TABLES)
    for name in TABLES:
        rows = rows_of(tmp_path, name)
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            assert len(list(csv.DictReader(stream))) == len(rows)
        assert max(0, len(list(book[name].iter_rows())) - 1) == len(rows)


def test_a_cell_that_excel_cannot_hold_is_cut_there_alone(tmp_path: Path) -> None:
    long = "Orsa\x00 wants talks " + "x" * 40_000
    report(tmp_path, analysis(1, pair(long, "support")))
    sheet = load_workbook(tmp_path / "out" / "report.xlsx")["statements"]
    cells = [str(cell.value) for cell in sheet[2]]
    assert any(cell.startswith("Orsa_x0000_ wants") and len(cell) == 32_767 for cell in cells)
    assert rows_of(tmp_path, "statements")[0]["sentence"] == long


def test_the_same_input_makes_the_same_page(tmp_path: Path) -> None:
    report(tmp_path, *turning())
    first = page_of(tmp_path)
    report(tmp_path, *turning())
    assert page_of(tmp_path) == first


def test_an_earlier_report_is_replaced_and_any_other_folder_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    report(tmp_path, *turning())
    (tmp_path / "out" / "old.txt").write_text("old", encoding="utf-8")
    report(tmp_path, *turning())
    assert not (tmp_path / "out" / "old.txt").exists()
    (tmp_path / "out" / "report.json").unlink()
    with pytest.raises(InputError, match="is not an earlier report"):
        report(tmp_path, *turning())
    assert (tmp_path / "out" / "index.html").is_file()


def test_a_report_that_fails_leaves_the_earlier_one_and_nothing_beside(tmp_path: Path) -> None:
    report(tmp_path, *turning())
    before = page_of(tmp_path)
    with pytest.raises(InputError, match="to compare"):
        report(tmp_path, *turning(), options=ReportOptions(compare=("Orsa", "Kyra")))
    assert page_of(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "rows.jsonl"]


def test_a_place_where_no_report_can_be_is_refused(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", *turning())
    for place, words in (
        (tmp_path, "holds the input"),
        (source / "out", "cannot be made"),
        (source, "is not an earlier report|never overwritten"),
    ):
        with pytest.raises(InputError, match=words):
            write_report(source, place, NoAnalyzer())
    with pytest.raises(InputError, match=r"gone\.jsonl does not exist"):
        write_report(tmp_path / "gone.jsonl", tmp_path / "out", NoAnalyzer())


def test_folders_above_the_report_are_made(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", *turning())
    write_report(source, tmp_path / "runs" / "may" / "report", NoAnalyzer())
    assert (tmp_path / "runs" / "may" / "report" / "index.html").is_file()


def test_text_that_turns_or_hides_is_made_visible() -> None:
    assert shown("a\u202eb\x1b[31m\ud800") == "a\ufffdb\ufffd[31m\ufffd"
    assert shown("soft\u00adly\nsaid\t“سلام”") == "softly said “سلام”"
    assert len(shown("x" * 100_000)) == 600


def test_marks_that_texts_from_right_to_left_need_stay() -> None:
    assert shown("\u200fسلام\u200f (UN)\u200e") == "\u200fسلام\u200f (UN)\u200e"


def test_an_address_that_the_page_would_cut_is_no_link(tmp_path: Path) -> None:
    report(tmp_path, *(row | {"url": f"https://a.test/{'x' * 700}"} for row in turning()))
    assert not [value for name, value in Tags(page_of(tmp_path)).attributes if name == "href" and "…" in str(value)]


def test_the_words_for_a_picture_are_whole(tmp_path: Path) -> None:
    months = [date(2022 + at // 12, at % 12 + 1, 1) for at in range(36)]
    report(tmp_path, *(analysis(at, pair(f"Orsa agreed {at}.", "support"), day=day) for at, day in enumerate(months)))
    words = [str(value) for name, value in Tags(page_of(tmp_path)).attributes if name == "aria-label"]
    assert any("2024-12: 1 support." in each for each in words)


def test_two_actors_of_one_name_are_told_apart(tmp_path: Path) -> None:
    both = (pair("Orsa agreed.", "support", "ORS"), pair("The other refused.", "oppose", "ORS2", actor_name="Orsa"))
    report(tmp_path, analysis(1, *both))
    assert {row["actor_name"] for row in rows_of(tmp_path, "actors")} == {"Orsa (ORS)", "Orsa (ORS2)"}
    with pytest.raises(InputError, match="'Orsa' is the name of 2 actors; give one of the ids ORS, ORS2"):
        report(tmp_path, analysis(1, *both), options=ReportOptions(compare=("Orsa", "ORS")))


def test_a_statement_says_whether_it_is_counted(tmp_path: Path) -> None:
    said = "Orsa said that it was ready for talks with anybody."
    report(
        tmp_path,
        analysis(1, pair(said, "support"), pair("Orsa wavered.", "oppose", abstained=True)),
        analysis(2, pair(said, "support"), pair("Velmar said that Orsa refused.", "oppose", voice="other_party:VEL")),
    )
    assert [row["counted_as"] for row in rows_of(tmp_path, "statements")] == ["own", None, None, "claim"]


def test_a_link_that_leads_nowhere_is_no_place_for_a_report(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", *turning())
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="is not an earlier report"):
        write_report(source, tmp_path / "link", NoAnalyzer())


def test_nothing_but_rows_that_cannot_be_read_is_still_a_report(tmp_path: Path) -> None:
    summary = report(tmp_path, {"id": "bad", "pairs": 1, "sentences": 1})
    assert (summary.documents, len(summary.unread)) == (0, 1)
    assert "No actor was found" in page_of(tmp_path)
