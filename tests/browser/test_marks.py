"""The marks in the text and the card of each, in a real browser."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from browser_pages import TITLE, answer_with, read, show_made_up

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def test_pointing_at_a_mark_shows_its_figures(open_page: Open) -> None:
    page = open_page()
    show_made_up(page)
    page.locator("#s1 .mark").hover()
    card = page.get_by_role("dialog", name="Velmar")
    card.wait_for()
    said = " ".join(card.inner_text().split())
    assert "sets a condition for talks" in said
    assert "conditional 82 %" in said
    assert "neutral 70 % (negative 10 %, positive 20 %)" in said
    assert "Voice in its own words" in said
    assert "Condition “if the siege is lifted” withdrawal" in said
    page.mouse.move(2, 2)
    card.wait_for(state="hidden")


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("#s2 .mark >> nth=1", ["claimed by Russia", "opposes talks"]),
        ("#s2 .mark >> nth=0", ["told by the text"]),
        ("#s3 .mark", ["Velmar", "supports talks", "Orsa", "by unnamed sources", "unsure"]),
    ],
)
def test_a_mark_tells_whose_voice_it_is_and_all_that_it_stands_for(open_page: Open, mark: str, said: list[str]) -> None:
    page = open_page()
    show_made_up(page)
    page.locator(mark).click()
    shown = page.locator("#card").inner_text()
    assert [words for words in said if words not in shown] == []


def test_conditions_are_marked_in_the_sentence(open_page: Open) -> None:
    page = open_page()
    show_made_up(page)
    assert page.locator("#reading .condition").all_inner_texts() == ["if the siege is lifted"]
    assert page.locator("#reading .headline").inner_text().startswith(TITLE[:6])


def test_why_shades_the_words_that_moved_the_answer(open_page: Open) -> None:
    page = open_page()
    show_made_up(page)
    words = [
        {"text": "refuses", "start": 26, "end": 33, "weight": 0.4},
        {"text": "said", "start": 9, "end": 13, "weight": -0.1},
    ]
    page.route(
        "**/v1/explain", answer_with({"explanations": [{"actor": "Velmar", "stance": "oppose", "words": words}]})
    )
    page.locator("#s2 .mark").last.click()
    with page.expect_request("**/v1/explain") as sent:
        page.get_by_role("button", name="Why?").click()
    assert sent.value.post_data_json["pairs"][0]["mention"] == "Velmar"
    page.locator(".toward").wait_for()
    assert page.locator(".toward").inner_text() == "refuses"
    assert page.locator(".against").inner_text() == "said"


def test_a_service_that_cannot_explain_says_so(open_page: Open) -> None:
    page = open_page(expected=("404",))
    show_made_up(page)
    page.route("**/v1/explain", answer_with({"title": "Not Found", "detail": "Not Found"}, 404))
    page.locator("#s2 .mark").last.click()
    page.get_by_role("button", name="Why?").click()
    page.get_by_text("This service does not explain its answers.").wait_for()


def test_a_tap_on_a_phone_opens_the_card_below_the_mark(open_page: Open) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    show_made_up(page)
    mark = page.locator("#s3 .mark")
    mark.tap()
    page.locator("#card").wait_for()
    assert page.evaluate("document.activeElement.id") == "card"
    at, card = mark.bounding_box(), page.locator("#card").bounding_box()
    assert at is not None
    assert card is not None
    assert at["y"] + at["height"] <= card["y"]


def test_why_is_answered_by_the_service(open_page: Open) -> None:
    page = open_page()
    read(page, "It snowed. Iran refused to attend the talks.")
    page.locator("#reading .mark:has-text('Iran')").click()
    page.get_by_role("button", name="Why?").click()
    page.locator(".toward").first.wait_for()
    assert "refused" in page.locator(".toward").all_inner_texts()
