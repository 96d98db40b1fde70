"""The labeling queue by its keys, in a real browser and on the real ledger."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser_pages import answer_with

from model.database import Database
from model.judgements import item_of
from model.ledger import Entry, Ledger, Queued
from model.records import pair_from_row

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]

RECORDS = [
    {"text": "Oslo 🕊 offered to mediate.", "actor": "Norway", "mention": "Oslo", "start": 0, "context": "It snowed.",
     "suggested_stance": "oppose", "suggested_sentiment": "neutral"},
    {"text": "<b>Velmar</b> 🕊 left.", "actor": "Velmar", "mention": "Velmar", "start": 3},
    {"text": "Orsa waits.", "actor": "Orsa", "mention": "Orsa", "start": 0},
]  # fmt: skip


@pytest.fixture
def ledger(data_folder: Path, service: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Entry]]:
    """Fills the queue; gives what stands in the ledger."""
    monkeypatch.setenv("PARLEY_DATA", str(data_folder))
    database = Database()
    items = [item_of(pair_from_row(record)) for record in RECORDS]
    Ledger(database).enqueue([Queued(record, "uncertain", "model-1") for record in RECORDS], items)
    database.close()

    def entries() -> list[Entry]:
        database = Database()
        try:
            return Ledger(database).entries()
        finally:
            database.close()

    return entries


def begin(open_page: Open, annotator: str, **options: Any) -> "Page":
    page = open_page("/queue", **options)
    page.get_by_label("Your name").fill(annotator)
    page.keyboard.press("Enter")
    page.locator("#pair .pair").wait_for()
    return page


def answered(page: "Page", count: int) -> None:
    page.locator("#progress-words", has_text=f"{count} pair").wait_for()


def test_the_queue_is_answered_by_keys_alone(open_page: Open, ledger: Callable[[], list[Entry]]) -> None:
    page = begin(open_page, "kim")
    assert page.locator(".target").inner_text() == "Oslo"
    assert page.locator(".context").inner_text() == "It snowed."
    page.keyboard.press("9")
    page.keyboard.press("1")
    answered(page, 1)
    assert page.locator(".target").inner_text() == "Velmar"
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("4")
    answered(page, 2)
    page.keyboard.press("s")
    page.get_by_text("Nothing waits to be labeled by you").wait_for()
    said = [each.judgement.said[:3] for each in ledger() if each.judgement.annotator == "kim"]
    assert said == [("label", "support", "positive"), ("label", "none", "negative"), ("skip", None, None)]


def test_what_the_model_thinks_is_told_only_after_the_answer(
    open_page: Open, ledger: Callable[[], list[Entry]]
) -> None:
    page = begin(open_page, "lou")
    assert "opposes talks" not in page.locator("main").inner_text()
    page.keyboard.press("1")
    page.get_by_text("You said: support. The model says:").wait_for()
    assert "opposes talks" in page.locator("#told").inner_text()


def test_undo_takes_the_last_answer_back_and_asks_again(open_page: Open, ledger: Callable[[], list[Entry]]) -> None:
    page = begin(open_page, "max")
    page.keyboard.press("3")
    answered(page, 1)
    page.keyboard.press("u")
    answered(page, 0)
    assert page.locator(".target").inner_text() == "Oslo"
    page.keyboard.press("2")
    answered(page, 1)
    said = [(each.judgement.op, each.judgement.stance) for each in ledger() if each.judgement.annotator == "max"]
    assert said == [("label", "oppose"), ("retract", None), ("label", "conditional")]


def test_keys_typed_into_a_field_label_nothing(open_page: Open, ledger: Callable[[], list[Entry]]) -> None:
    page = begin(open_page, "nia")
    page.get_by_label("Your name").press("1")
    page.get_by_label("Your name").press("u")
    assert [each for each in ledger() if each.judgement.annotator == "nia"] == []


def test_an_answer_that_is_not_kept_stays_on_the_screen(open_page: Open, ledger: Callable[[], list[Entry]]) -> None:
    page = begin(open_page, "oda", expected=("503",))
    page.route("**/v1/labels", answer_with({"title": "Unavailable", "detail": "the log tells why"}, 503))
    page.keyboard.press("1")
    page.locator("#message", has_text="Unavailable: the log tells why").wait_for()
    assert page.locator(".target").inner_text() == "Oslo"


def test_a_phone_shows_the_queue_without_scrolling_sideways(open_page: Open, ledger: Callable[[], list[Entry]]) -> None:
    page = open_page("/queue", viewport={"width": 360, "height": 740}, has_touch=True)
    page.get_by_label("Your name").fill("pia")
    page.get_by_role("button", name="Begin").tap()
    page.get_by_role("button", name="support").tap()
    answered(page, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
