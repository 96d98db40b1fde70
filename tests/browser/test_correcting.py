"""Corrections from the page: into the ledger, or where that cannot be used into the browser and a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_pages import SENTENCES, TITLE, answer_with, read, show_made_up

from model.database import Database
from model.judgements import judgement_from_row
from model.ledger import Entry, Ledger

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]

TEXT = "It snowed. The talks paused. Oslo grew cold. Norway offered to mediate 🕊 in the dispute."
DOWN = {"title": "Unavailable", "status": 503, "detail": "Labels can be neither kept nor read right now"}


@pytest.fixture
def kept(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Entry]]:
    """What stands in the ledger of the service."""
    monkeypatch.setenv("PARLEY_DATA", str(data_folder))

    def entries() -> list[Entry]:
        database = Database()
        try:
            return Ledger(database).entries()
        finally:
            database.close()

    return entries


def correct(page: "Page", mark: str, annotator: str, stance: str = "oppose") -> None:
    """Open the form of a mark's last answer, fill it in and send it."""
    page.locator(mark).last.click()
    page.get_by_role("button", name="Correct").last.click()
    page.get_by_label("Right stance").select_option(stance)
    page.get_by_label("Your name").fill(annotator)
    page.get_by_role("button", name="Keep", exact=True).click()


def test_a_correction_stands_in_the_ledger_with_its_place_and_context(
    open_page: Open, kept: Callable[[], list[Entry]]
) -> None:
    page = open_page()
    page.locator("#date").fill("2024-05-01")
    read(page, TEXT, "Snow")
    correct(page, "#reading .mark:has-text('Norway')", "vera", "support")
    page.get_by_text("Kept.").wait_for()
    [entry] = [each for each in kept() if each.judgement.annotator == "vera"]
    judgement = entry.judgement
    assert (judgement.op, judgement.stance, judgement.sentiment) == ("label", "support", None)
    assert (judgement.pair.actor, judgement.pair.mention, judgement.pair.start) == ("Norway", "Norway", 0)
    assert judgement.pair.context == "The talks paused. Oslo grew cold."
    assert judgement.columns == {"title": "Snow", "date": "2024-05-01"}


def test_what_is_no_actor_and_doubt_can_be_said_too(open_page: Open, kept: Callable[[], list[Entry]]) -> None:
    page = open_page()
    read(page, TEXT)
    page.locator("#reading .mark:has-text('Norway')").click()
    page.get_by_role("button", name="Correct").click()
    page.get_by_label("Your name").fill("wim")
    page.get_by_label("Right sentiment").select_option("positive")
    page.get_by_label("I am not sure").check()
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("Kept.").wait_for()
    with page.expect_response("**/v1/labels"):
        page.get_by_role("button", name="Not an actor here").click()
    page.get_by_text("Kept.").wait_for()
    said = [each.judgement.said[:4] for each in kept() if each.judgement.annotator == "wim"]
    assert said == [("label", None, "positive", False), ("skip", None, None, None)]


def test_the_name_is_remembered_and_an_empty_correction_refused(open_page: Open) -> None:
    page = open_page(expected=("422",))
    show_made_up(page)
    correct(page, "#s1 .mark", "anna", "")
    page.locator(".outcome.failed", has_text="stance: is missing").wait_for()
    assert page.get_by_role("button", name="Keep it in this browser").count() == 0
    page.keyboard.press("Escape")
    page.locator("#s2 .mark").last.click()
    page.get_by_role("button", name="Correct").click()
    assert page.get_by_label("Your name").input_value() == "anna"


def test_without_a_label_store_corrections_become_a_file_that_labels_import_reads(
    open_page: Open, tmp_path: Path
) -> None:
    from training.formats import read_rows

    page = open_page(expected=("503",))
    show_made_up(page)
    page.route("**/v1/labels", answer_with(DOWN, 503))
    correct(page, "#s2 .mark", "anna")
    page.get_by_role("button", name="Keep it in this browser").click()
    page.keyboard.press("Escape")
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / download.value.suggested_filename)
    found, rows = read_rows(tmp_path / "corrections.jsonl")
    [row] = rows
    judgement = judgement_from_row(row.record)
    assert (found, judgement.stance, judgement.annotator) == ("jsonl", "oppose", "anna")
    assert (judgement.pair.text, judgement.pair.mention) == (SENTENCES[1], "Velmar")
    assert judgement.columns == {"title": TITLE}
    assert judgement.created is not None


def test_kept_corrections_are_sent_once_the_service_keeps_labels_again(
    open_page: Open, kept: Callable[[], list[Entry]]
) -> None:
    page = open_page()
    label = {"text": "Oslo offered to mediate.", "actor": "Norway", "stance": "support", "annotator": "later",
             "created": "2024-05-01T10:00:00.000Z"}  # fmt: skip
    page.evaluate("labels => localStorage.setItem('parley.labels', labels)", json.dumps([label]))
    page.reload()
    page.get_by_role("button", name="Send").click()
    page.locator("#kept").wait_for(state="hidden")
    [entry] = [each for each in kept() if each.judgement.annotator == "later"]
    assert entry.judgement.created == "2024-05-01T10:00:00.000000+00:00"
