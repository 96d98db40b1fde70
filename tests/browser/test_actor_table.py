"""The table of actors beside the text, in a real browser."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from browser_pages import SENTENCES, expect, read, show_made_up

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def test_an_actor_chosen_in_the_table_is_the_only_one_in_color(open_page: Open) -> None:
    page = open_page()
    show_made_up(page)
    page.get_by_role("button", name="Orsa", exact=True).click()
    assert page.locator("#reading .mark.chosen").count() == 1
    page.locator("#status", has_text="Only Orsa is shown: 1 mention").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#reading .chosen").count() == 0


def test_the_table_tells_own_words_from_claims(open_page: Open) -> None:
    page = open_page()
    show_made_up(page)
    rows = [" ".join(row.split()) for row in page.locator("tbody tr").all_inner_texts()]
    assert "conditional moderate confidence" in rows[0]
    assert "no own statement" in " ".join(rows)
    assert "armed group, not in the registry" in " ".join(rows)
    page.get_by_role("button", name="Velmar", exact=True).click()
    details = " ".join(page.locator("tr.details").first.inner_text().split())
    assert f"Claims by others Russia: × oppose 1 {SENTENCES[1]}" in details
    assert "withdrawal “if the siege is lifted”" in details


def test_evidence_leads_to_its_sentence(open_page: Open) -> None:
    page = open_page(viewport={"width": 800, "height": 300})
    show_made_up(page)
    page.get_by_role("button", name="Velmar", exact=True).click()
    page.get_by_role("button", name="Both sides sent observers.").click()
    assert page.evaluate("document.activeElement.closest('.sentence').id") == "s3"
    expect(page.locator("#s3")).to_be_in_viewport()


def test_a_text_without_actors_says_so(open_page: Open) -> None:
    page = open_page()
    read(page, "It rained.")
    assert "No actor was found" in page.locator("#actor-table").inner_text()
