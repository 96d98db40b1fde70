"""The page of an article in a real browser: from the text to what is shown of it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser_pages import answer_with, expect, pair, read

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

Open = Callable[..., "Page"]

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
BUSY = {"title": "Busy", "status": 429, "detail": "too much is being scored"}


def name_of(page: "Page", mark: str) -> str:
    return page.locator("#reading .mark", has_text=mark).first.get_attribute("aria-label") or ""


# From the text to the analysis


def test_an_article_is_shown_whole_with_its_actors(open_page: Open, article: dict[str, Any]) -> None:
    page = open_page()
    read(page, article["text"], article["title"])
    badges = "badge => badge.remove()"
    page.locator("#reading .badge").evaluate_all(f"badges => badges.forEach({badges})")
    shown = " ".join(page.locator("#reading").inner_text().split())
    assert shown == " ".join(f"{article['title']} {article['text']}".split())
    assert page.locator("#reading p").count() == article["text"].count("\n\n") + 1
    assert page.locator("button.actor").count() >= 8
    assert "Sudanese Armed Forces, sets a condition for talks, " in name_of(page, "Sudan's army")


def test_the_example_is_one_click_away(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Show an example").click()
    page.keyboard.press("Enter")
    page.locator("#status", has_text="read by").wait_for()
    assert {"Armenia", "Azerbaijan"} <= set(page.locator("button.actor").all_inner_texts())


def test_further_actors_and_the_date_are_sent(open_page: Open) -> None:
    page = open_page()
    page.locator("#actors").fill("Green Bloc, ")
    page.locator("#date").fill("2024-05-01")
    with page.expect_request("**/v1/analyze") as sent:
        read(page, "The Green Bloc offered to host talks.")
    text = "The Green Bloc offered to host talks."
    assert sent.value.post_data_json == {"documents": [{"text": text, "date": "2024-05-01"}], "actors": ["Green Bloc"]}
    assert "Green Bloc, supports talks" in name_of(page, "Green Bloc")


@pytest.mark.parametrize(
    ("name", "content", "text", "title"),
    [
        ("a.txt", "Oslo offered to mediate. ☂", "Oslo offered to mediate. ☂", ""),
        ("a.json", json.dumps({"title": "T", "text": "Oslo.", "gold": []}), "Oslo.", "T"),
    ],
)
def test_a_file_is_opened(open_page: Open, tmp_path: Path, name: str, content: str, text: str, title: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    page = open_page()
    page.locator("#file").set_input_files(tmp_path / name)
    expect(page.locator("#text")).to_have_value(text)
    expect(page.locator("#title")).to_have_value(title)


@pytest.mark.parametrize(("content", "said"), [("{", "a.json is not JSON"), ('["x"]', "a.json has no text")])
def test_a_file_that_is_no_article_is_refused_in_words(
    open_page: Open, tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    page = open_page()
    page.locator("#file").set_input_files(tmp_path / "a.json")
    page.locator("#message", has_text=said).wait_for()


def test_a_dropped_file_is_opened(open_page: Open) -> None:
    page = open_page()
    page.locator("#form").evaluate(
        """form => {
            const dropped = new DataTransfer();
            dropped.items.add(new File(["Oslo offered to mediate."], "a.txt"));
            form.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator("#text")).to_have_value("Oslo offered to mediate.")


# When the service does not answer


def test_a_busy_service_is_asked_again_and_the_user_told(open_page: Open) -> None:
    page = open_page(expected=("429",))
    answers = [answer_with(BUSY, 429, {"Retry-After": "1"})]
    page.route("**/v1/analyze", lambda route: answers.pop()(route) if answers else route.continue_())
    page.locator("#text").fill("Oslo offered to mediate.")
    page.locator("#text").press("Control+Enter")
    page.locator("#status", has_text="The service is busy; asking again in 1 second").wait_for()
    page.locator("#status", has_text="read by").wait_for()
    assert page.locator("#message").inner_text() == ""


def test_waiting_for_a_busy_service_can_be_canceled(open_page: Open) -> None:
    page = open_page(expected=("429",))
    page.route("**/v1/analyze", answer_with(BUSY, 429, {"Retry-After": "20"}))
    page.locator("#text").fill("Oslo offered to mediate.")
    page.locator("#analyze").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel").wait_for(state="hidden")
    assert page.locator("#analyze").get_attribute("aria-disabled") == "false"


def test_what_the_service_refuses_is_said_in_its_words(open_page: Open) -> None:
    page = open_page(expected=("422",))
    page.locator("#text").fill("x" * 200_001)
    page.locator("#analyze").click()
    page.locator("#message", has_text="at most 200,000 are allowed").wait_for()
    assert page.locator("#results").is_hidden()


def test_a_service_that_is_gone_is_said_plainly(open_page: Open) -> None:
    page = open_page(expected=("ERR_FAILED",))
    page.route("**/v1/analyze", lambda route: route.abort())
    page.locator("#text").fill("Oslo offered to mediate.")
    page.locator("#analyze").click()
    page.locator("#message", has_text="The service cannot be reached").wait_for()


# Texts that are not kind


def test_markup_is_shown_as_text_wherever_it_stands(open_page: Open) -> None:
    page = open_page()
    text = f"Russia {HOSTILE} offered to mediate. {HOSTILE} urged Russia to talk."
    page.locator("#actors").fill(HOSTILE)
    read(page, text, HOSTILE)
    assert page.locator("main img, main script").count() == 0
    assert HOSTILE in page.locator("#reading").inner_text()
    for mark in page.locator("#reading .mark").all():
        mark.click()
        page.locator("#card").get_by_role("button", name="Correct").first.click()
        page.keyboard.press("Escape")


def test_a_right_to_left_text_keeps_its_direction_and_its_marks(open_page: Open) -> None:
    page = open_page()
    page.locator("#actors").fill("حزب السلام")
    read(page, "رفض حزب السلام المحادثات مع Russia 🕊 أمس.")
    assert page.locator("#reading p").evaluate("p => getComputedStyle(p).direction") == "rtl"
    mark = page.locator("#reading .mark", has_text="حزب السلام")
    assert mark.evaluate("mark => getComputedStyle(mark).unicodeBidi") == "isolate"
    assert page.locator("#reading .mark", has_text="Russia").count() == 1


def test_offsets_after_an_emoji_are_right(open_page: Open) -> None:
    page = open_page()
    read(page, "👩‍🚀🕊🕊 Russia offered 🕊 to mediate; Iran refused.")
    marks = page.locator("#reading .mark").evaluate_all("marks => marks.map(mark => mark.firstChild.textContent)")
    assert marks == ["Russia", "Iran"]


def test_the_longest_text_does_not_freeze_the_page(open_page: Open) -> None:
    """Drawing is measured, not scoring: the analysis is made up."""
    page = open_page()
    sentence = "Velmar offered on Monday to host new talks with Orsa. "
    count = 200_000 // len(sentence)
    text = sentence * count
    page.route("**/v1/analyze", long_answer(sentence.strip(), count))
    page.evaluate(
        """() => {
            window.longest = 0;
            let last = performance.now();
            const tick = () => {
                const now = performance.now();
                window.longest = Math.max(window.longest, now - last);
                last = now;
                setTimeout(tick, 0);
            };
            tick();
        }"""
    )
    began = time.monotonic()
    read(page, text)
    assert page.locator("#reading .mark").count() == count
    assert time.monotonic() - began < 20
    assert page.evaluate("window.longest") < 2000


def long_answer(sentence: str, count: int) -> Callable[["Route"], None]:
    pairs = [pair(index, sentence, "Velmar", "velmar", "support", voice="self") for index in range(count)]
    sentences = [{"index": index, "start": 0, "end": 0, "text": sentence} for index in range(count)]
    row = {"actor": "velmar", "actor_name": "Velmar", "stances": {"support": count}, "position": "support"}
    document = {"title": None, "model": "made-up", "sentences": sentences, "pairs": pairs,
                "actors": [{**row, "evidence": list(range(count))}]}  # fmt: skip
    return answer_with({"model": "made-up", "documents": [document]})
