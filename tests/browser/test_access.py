"""The pages for everybody: keyboard, screen reader, colors, narrow screens, print."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser_pages import show_made_up

from model.labels import STANCES

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]

PATHS = ("/", "/queue", "/model")

HERE = Path(__file__).parent
WRONG_STRUCTURE, CONTRASTS = ((HERE / name).read_text("utf-8") for name in ("structure.js", "contrasts.js"))


def opened(open_page: Open, path: str, **options: Any) -> "Page":
    """A page with as much on it as it can have."""
    page = open_page(path, **options)
    if path == "/":
        show_made_up(page)
        page.get_by_role("button", name="Show all details").click()
        page.locator("#s2 .mark").last.click()
        page.get_by_role("button", name="Correct").click()
    return page


@pytest.mark.parametrize("path", PATHS)
def test_names_roles_and_headings_are_in_order(open_page: Open, path: str) -> None:
    assert opened(open_page, path).evaluate(WRONG_STRUCTURE) == []


@pytest.mark.parametrize(("path", "scheme"), list(product(PATHS, ("light", "dark"))))
def test_all_text_stands_out_from_its_ground(open_page: Open, path: str, scheme: str) -> None:
    page = opened(open_page, path, color_scheme=scheme, reduced_motion="reduce")
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 15
    assert [each for each in contrasts if each[0] < 4.5] == []


@pytest.mark.parametrize("path", PATHS)
def test_no_page_is_wider_than_a_phone(open_page: Open, path: str) -> None:
    page = opened(open_page, path, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_stances_differ_in_line_and_sign_and_not_only_in_color(open_page: Open) -> None:
    marks = open_page().locator(".legend .mark")
    lines = marks.evaluate_all("marks => marks.map(mark => getComputedStyle(mark.firstChild).textDecorationStyle)")
    signs = marks.evaluate_all("marks => marks.map(mark => mark.querySelector('.badge').textContent)")
    assert len(set(lines)) == len(set(signs)) == len(STANCES)


def test_marks_are_named_for_a_screen_reader(open_page: Open) -> None:
    page = open_page()
    show_made_up(page)
    page.get_by_role("button", name="Moscow: Russia, takes no position on talks, 82 percent").wait_for()
    conditional = "Velmar, sets a condition for talks, 82 percent, condition: if the siege is lifted (withdrawal)"
    page.get_by_role("button", name=conditional).wait_for()
    page.get_by_role("status").filter(has_text="2 actors, 6 mentions, 4 sentences").wait_for()


def test_everything_can_be_done_from_the_keyboard(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    show_made_up(page)
    assert page.evaluate("document.activeElement.id") == "results-heading"
    page.locator("#s1 .mark").focus()
    card = page.get_by_role("dialog")
    card.wait_for()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Why?"
    for _ in ("Correct", "Close", "the mark again"):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.sentence').id") == "s1"
    card.wait_for(state="hidden")
    page.keyboard.press("Space")
    card.wait_for()
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.closest('.sentence').id") == "s1"


def test_the_focus_can_be_seen(open_page: Open) -> None:
    page = open_page()
    page.locator("#example").focus()
    page.keyboard.press("Shift+Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


def test_nothing_moves_where_less_motion_is_wished(open_page: Open) -> None:
    page = open_page(reduced_motion="reduce")
    show_made_up(page)
    page.get_by_role("button", name="Velmar", exact=True).click()
    page.get_by_role("button", name="Both sides sent observers.").click()
    assert page.locator(".flash").evaluate("each => getComputedStyle(each).animationName") == "none"


def test_print_has_the_text_and_every_detail_and_no_controls(open_page: Open) -> None:
    page = open_page()
    show_made_up(page)
    page.emulate_media(media="print")
    assert page.locator("tr.details").first.is_visible()
    assert page.locator("#reading").is_visible()
    assert page.locator("nav").is_hidden()
    assert page.locator("#form").is_hidden()
