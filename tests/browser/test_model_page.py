"""The page of the model's card and the codebook, in a real browser."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def test_the_card_and_the_codebook_are_shown_as_pages(open_page: Open) -> None:
    page = open_page("/model")
    assert page.locator("#model-card h2").first.inner_text().startswith("parley-")
    assert page.locator("#codebook h2").first.inner_text().startswith("Codebook")
    assert page.locator("#model-card table").count() >= 1
    assert "license:" not in page.locator("#model-card").inner_text()


def test_the_queue_leads_to_the_codebook(open_page: Open) -> None:
    page = open_page("/queue")
    page.get_by_role("link", name="codebook").click()
    page.wait_for_url("**/model#codebook")
    assert page.locator("#codebook").is_visible()
