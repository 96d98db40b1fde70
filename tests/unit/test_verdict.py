"""The page and the summary of a verdict: what stands in them, and that nothing hostile gets through."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from model.errors import InputError
from training.metrics import Difference
from training.verdict import both, check, figures, listed, page, share, short, summary, words_of

HOSTILE = "<script>alert(1)</script>\" onload='x' {{ 7 * 7 }} \x1b[31m\u202etxt\u2069 \ud800 [red]\r\n& é Київ 🕊"
FOUND = Difference(left=0.7, right=0.72, low=-0.001, high=0.04, detectable=0.03)


def row(text: str, name: str = "r1") -> dict[str, Any]:
    return {
        "set": "written", "id": name, "text": text, "actor": "Kyra", "gold": "support", "champion": "support",
        "champion_probability": 0.7, "challenger": "none", "challenger_probability": 0.55,
    }  # fmt: skip


def annotator(name: str, rows: int, champion: int, challenger: int, disputed: int) -> dict[str, Any]:
    disagreeing = {"champion_disagrees": champion, "challenger_disagrees": challenger}
    return {"annotator": name, "rows": rows, **disagreeing, "disputed": disputed}


def verdict(**changes: Any) -> dict[str, Any]:
    behaviour: dict[str, Any] = {
        "must": 1, "kinds": {"minimum": {"cases": 2, "champion": 2, "challenger": 1}}, "newly_passing": [],
        "newly_failing": [
            {
                "id": "R01-01", "kind": "minimum", "rule": "R1", "what": "an edit", "must": True,
                "pairs": [
                    {
                        "text": "Kyra spoke.", "actor": "Kyra", "gold": "none", "champion": "none",
                        "challenger": "support",
                    }
                ],
            }
        ],
    }  # fmt: skip
    learnt = {
        "rows": 103, "champion_right": 4, "challenger_right": 5,
        "annotators": [
            annotator("mallory", 100, 98, 97, 9),
            annotator("ana", 3, 1, 0, 0),
        ],
        "still_wrong": [
            {
                "id": "l1", "text": "Kyra left.", "actor": "Kyra", "annotator": "mallory", "label": "support",
                "champion": "none", "challenger": "none",
            }
        ],
    }  # fmt: skip
    whole: dict[str, Any] = {
        "verdict": "reject", "reasons": ["A case that must pass fails."], "champion": "parley-old",
        "challenger": "parley-new", "created": "2025-11-25T12:00:00+00:00", "snapshot": "v13", "parent_snapshot": None,
        "reads": 14, "rows": 1200, "sentences": 800,
        "detectable_difference": {"macro_f1": 0.021, "accuracy": 0.018},
        "checks": [
            check("macro-F1", "hold", both(FOUND), -0.01, "These rows cannot tell."),
            check("must-pass cases", "reject", 1, 0, "A case that must pass fails."),
            check("sentiment", "pass", None, -0.01, "No row has a sentiment."),
        ],
        "sets": {
            "written": {"rows": 1200, "decides": True, **both(FOUND)},
            "queued": {"rows": 60, "decides": False, **both(FOUND)},
            "tones": {"rows": 0, "decides": True},
        },
        "classes": {"support": {"rows": 300, **both(FOUND)}},
        "slices": {
            "topic better": {
                "rows": 40, "champion": 0.5, "challenger": 0.6, "difference": 0.1, "p": 1.0, "worse": False,
            },
            "topic worse": {
                "rows": 40, "champion": 0.8, "challenger": 0.5, "difference": -0.3, "p": 0.001, "worse": True,
            },
        },
        "flips": {"lost": [row("Kyra was lost.")], "gained": [row("Kyra was gained.")]},
        "learnt": learnt, "behaviour": behaviour, "rules": {"class_drop": 0.03, "slice_min_rows": 30},
    }  # fmt: skip
    return whole | changes


class Tags(HTMLParser):
    """Every tag, attribute and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_says_the_verdict_and_its_reasons_first() -> None:
    texts = [text.strip() for text in Tags(page(verdict())).texts if text.strip()]
    body = texts[texts.index("May") :]
    assert body.index("reject") < body.index("A case that must pass fails.") < body.index("Checks")


def test_the_page_has_every_part_and_the_lost_sentences_before_the_gained_ones() -> None:
    html = page(verdict())
    for words in ("parley-new", "0.021", "read 14 times", "reported only", "R01-01", "Kyra left.", "mallory", "97.0 %"):
        assert words in html
    assert html.index("Kyra was lost.") < html.index("Kyra was gained.")
    assert html.index("topic worse") < html.index("topic better")


def test_the_page_is_whole_and_loads_and_runs_nothing() -> None:
    html = page(verdict())
    tags = Tags(html)
    assert tags.open == []
    assert not {"script", "link", "img", "iframe", "object"} & set(tags.tags)
    assert not {"src", "href", "style"} & {name for name, _ in tags.attributes}
    assert not re.search(r"https?:|url\(|@import", html)
    assert "default-src 'none'" in html


def hostile(value: Any) -> Any:
    """The same with something hostile in every text and name that a user, a file or a model could have given."""
    if isinstance(value, dict):
        return {name: hostile(each) for name, each in value.items()}
    if isinstance(value, list):
        return [hostile(each) for each in value]
    return HOSTILE if isinstance(value, str) else value


def test_nothing_hostile_gets_into_the_page() -> None:
    clean, attacked = Tags(page(verdict())), Tags(page(hostile(verdict())))
    assert sorted(attacked.tags) == sorted(clean.tags)
    assert {name for name, _ in attacked.attributes} == {name for name, _ in clean.attributes}
    assert any("<script>alert(1)</script>" in text for text in attacked.texts)
    assert any("{{ 7 * 7 }}" in text for text in attacked.texts)


def test_names_of_sets_and_slices_are_escaped_too() -> None:
    whole = verdict()
    for part in ("sets", "slices"):
        whole[part] = {HOSTILE: next(iter(whole[part].values()))}
    assert "script" not in Tags(page(whole)).tags


def test_characters_that_hide_or_turn_text_around_do_not_reach_the_page() -> None:
    html = page(hostile(verdict()))
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", html.replace("\r", ""))
    assert "Київ 🕊" in html
    html.encode("utf-8")  # which half of a surrogate pair would not let


def test_a_long_list_of_sentences_is_cut_and_says_so() -> None:
    html = page(verdict(flips={"lost": [row(f"Sentence {i}.") for i in range(1000)], "gained": []}))
    assert "Sentence 299." in html
    assert "Sentence 300." not in html
    assert "700 more stand in the JSON" in html


def test_a_round_without_new_labels_has_a_page_and_a_summary() -> None:
    nothing = {"rows": 0, "champion_right": 0, "challenger_right": 0, "annotators": [], "still_wrong": []}
    assert "There were none." in page(verdict(learnt=nothing))
    assert "New labels: 0 of 0 learnt" in summary(verdict(learnt=nothing))


def test_the_summary_is_a_few_lines_that_say_what_matters() -> None:
    lines = summary(verdict()).splitlines()
    assert len(lines) <= 15
    assert lines[0] == "REJECT: parley-new in place of parley-old"
    assert lines[1] == "- A case that must pass fails."
    assert lines[2] == "1 of 3 checks pass; reject: must-pass cases; hold: macro-F1"
    assert "Sentences: 1 gained, 1 lost" in lines
    assert "New labels: 5 of 103 learnt, 4 were right before" in lines
    [mallory] = [line for line in lines if "mallory" in line]
    assert "100 labels; the champion disagrees with 98, the challenger with 97; has a voice in 9 disputed" in mallory


def test_a_terminal_is_given_nothing_to_obey() -> None:
    text = summary(hostile(verdict()))
    assert all(line.isprintable() for line in text.splitlines())
    assert "\x1b" not in text


def test_long_names_and_many_annotators_do_not_flood_the_terminal() -> None:
    whole = verdict(champion="x" * 10_000, reasons=["y" * 10_000] * 100)
    person = whole["learnt"]["annotators"][0]
    whole["learnt"]["annotators"] = [person | {"annotator": f"{i}" * 5000} for i in range(1000)]
    text = summary(whole)
    assert len(text.splitlines()) < 25
    assert len(text) < 6000
    assert "and 995 more annotators" in text


@pytest.mark.parametrize("show", [page, summary])
@pytest.mark.parametrize("broken", [{}, [], "x", None, {"verdict": "promote"}, verdict(checks=None), verdict(sets=[1])])
def test_what_is_no_verdict_is_refused(show: Any, broken: Any) -> None:
    with pytest.raises(InputError, match="not a whole verdict"):
        show(broken)


def test_numbers_and_names_in_words() -> None:
    assert words_of(FOUND) == "macro-F1 0.720, before 0.700: +0.020 (95 % interval -0.001 to +0.040)"
    assert listed(["a", "b"]) == "a, b"
    assert listed(list("abcdefg")) == "a, b, c, d, e and 2 more"
    assert short("x" * 200) == "x" * 119 + "…"
    assert figures({"champion_ms": 1.5, "tfidf": {"low": 0.25}}) == "champion ms 1.500, (tfidf low 0.250)"
    assert [figures(value) for value in (None, 3, 0.0, 4.7e-06)] == ["", "3", "0.000", "4.7e-06"]
    assert share(0.043) == "4.3 %"
