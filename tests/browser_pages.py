"""What the tests of the web page do with it, and a made-up analysis in which every field is filled."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from model.labels import SENTIMENTS, STANCES

if TYPE_CHECKING:
    from playwright.sync_api import Locator, LocatorAssertions, Page, Route

Json = dict[str, Any]

TITLE = "Velmar and Orsa 🕊 before the talks"
SENTENCES = (
    "Velmar will come only if the siege is lifted, its minister said.",
    "Moscow 🕊 said that Velmar refuses every talk.",
    "Both sides sent observers.",
)
TEXT = f"{SENTENCES[0]} {SENTENCES[1]}\n\n{SENTENCES[2]}"


def read(page: "Page", text: str, title: str = "") -> None:
    """Have a text analyzed, and wait until it is shown."""
    page.locator("#text").fill(text)
    page.locator("#title").fill(title)
    page.locator("#text").press("Control+Enter")
    page.locator("#status", has_text="read by").wait_for()


def expect(locator: "Locator") -> "LocatorAssertions":
    """Playwright's own, imported only where a browser was found: it waits until what is asserted holds."""
    from playwright.sync_api import expect

    return expect(locator)


def answer_with(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Callable[["Route"], None]:
    """A handler for `page.route`."""
    return lambda route: route.fulfill(
        status=status, headers=headers or {}, content_type="application/json", body=json.dumps(body)
    )


def show_made_up(page: "Page") -> None:
    page.route("**/v1/analyze", answer_with({"model": "made-up", "documents": [made_up()]}))
    read(page, TEXT, TITLE)


def made_up() -> Json:
    """An analysis with a condition, a claim, a collective, an unsure answer and an unresolved actor."""
    texts = (TITLE, *SENTENCES)
    sentences = [{"index": index, "start": 0, "end": len(text), "text": text} for index, text in enumerate(texts)]
    condition = {"text": "if the siege is lifted", "kind": "withdrawal", "voice": "self", "pair": 1}
    start = SENTENCES[0].index("if the siege")
    where = {"start": start, "end": start + len("if the siege is lifted")}
    pairs = [
        pair(0, texts[0], "Velmar", "velmar", "none", voice="narrator"),
        pair(1, texts[1], "Velmar", "velmar", "conditional", voice="self", condition={**condition, **where}),
        pair(2, texts[2], "Moscow", "russia", "none", voice="narrator", name="Russia"),
        pair(2, texts[2], "Velmar", "velmar", "oppose", voice="other_party:russia"),
        pair(3, texts[3], "Both sides", "velmar", "support", voice="narrator"),
        pair(3, texts[3], "Both sides", "Orsa", "none", voice="unnamed", abstained=True),
    ]
    velmar = {
        "actor": "velmar", "actor_name": "Velmar", "type": "state", "resolved": True,
        "stances": {"support": 1, "conditional": 1, "oppose": 1, "none": 1},
        "own": {"support": 1, "conditional": 1, "oppose": 0, "none": 1},
        "claims": [{"by": "other_party:russia", "stances": {"oppose": 1}, "pairs": [3]}],
        "position": "conditional", "own_statement": True, "confidence": "moderate",
        "sentiments": {"negative": 1, "neutral": 3, "positive": 0}, "conditions": [condition], "count": 4,
        "best_quote": 1, "evidence": [1, 4],
    }  # fmt: skip
    orsa = {
        "actor": "Orsa", "actor_name": "Orsa", "type": "armed_group", "resolved": False, "stances": {"none": 1},
        "position": "none", "own_statement": False, "evidence": [],
    }  # fmt: skip
    return {"id": None, "title": TITLE, "model": "made-up", "sentences": sentences, "pairs": pairs,
            "actors": [velmar, orsa]}  # fmt: skip


def pair(
    sentence: int, text: str, mention: str, actor: str, stance: str, *, voice: str, name: str | None = None,
    condition: Json | None = None, abstained: bool = False,
) -> Json:  # fmt: skip
    start = text.index(mention)
    return {
        "sentence": sentence, "actor": actor, "actor_name": name or actor.capitalize(), "mention": mention,
        "start": start, "end": start + len(mention), "stance": stance,
        "stance_probabilities": {each: 0.82 if each == stance else 0.06 for each in STANCES},
        "sentiment": "neutral", "sentiment_probabilities": dict(zip(SENTIMENTS, (0.1, 0.7, 0.2), strict=True)),
        "abstained": abstained, "voice": voice, "condition": condition,
    }  # fmt: skip
