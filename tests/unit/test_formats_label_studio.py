"""Label Studio: full exports, small exports, and the configuration that they belong to."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from model.folders import SEEDS
from model.labels import SENTIMENTS, STANCES
from training.formats import RawRow, detect, read_rows, write_rows
from training.formats.label_studio import CONTROLS, HTML, OBJECT

TEXT = "😀 Oslo thanked Kyra, but Kyra will talk only once its envoys are freed."
START = TEXT.rindex("Kyra")
ITEM = {"id": "q1", "text": TEXT, "actor": "Kyra", "mention": "Kyra", "start": START, "topic": "kyra"}


def choice(name: str, *values: str, **more: Any) -> dict[str, Any]:
    value = {"choices": list(values), **more}
    return {"id": "x" + name, "from_name": name, "to_name": "sentence", "type": "choices", "value": value}


def region(key: str, start: int, end: int, quoted: str, label: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": quoted, "labels": [label]}
    return {"id": key, "from_name": "ner", "to_name": "text", "type": "labels", "value": value}


def task(data: dict[str, Any], *annotations: Any, **more: Any) -> dict[str, Any]:
    return {"id": 7, "data": data, "annotations": list(annotations), "project": 83, **more}


def answer(number: int, *results: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "result": list(results), "was_cancelled": False, "ground_truth": False, "completed_by": 5,
        "created_at": "2026-05-01T10:00:00.5Z", "updated_at": "2026-05-02T10:00:00.5Z", "lead_time": 4.2, **more,
    }  # fmt: skip


def read(tmp_path: Path, content: Any, label_is: str | None = None) -> list[RawRow]:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(content))
    name, rows = read_rows(path, label_is=label_is)
    assert name.startswith("label-studio")
    return list(rows)


def test_each_annotation_is_a_judgement_of_its_annotator(tmp_path: Path) -> None:
    note = {"from_name": "note", "to_name": "sentence", "type": "textarea", "value": {"text": ["a", "b"]}}
    first = answer(31, choice("stance", "conditional"), choice("sentiment", "neutral"), choice("unsure", "unsure"),
                   choice("alternative", "none"), note)  # fmt: skip
    second = answer(32, choice("Stance", "none"), completed_by={"id": 9, "email": "bo@example.org"}, updated_at=None)
    one, two = read(tmp_path, [task({**ITEM, "parley_id": "q1", HTML: "<p>", "context": ""}, first, second)])
    assert one.place == "task 7, annotation 31"
    assert one.record == ITEM | {
        "stance": "conditional", "sentiment": "neutral", "sure": False, "alternative": "none", "note": "a\nb",
        "annotator": "5", "created": "2026-05-02T10:00:00.5Z",
    }  # fmt: skip
    assert (two.record["stance"], two.record["annotator"]) == ("none", "bo@example.org")
    assert two.record["created"] == "2026-05-01T10:00:00.5Z"


def test_predictions_drafts_and_cancelled_annotations_are_no_labels(tmp_path: Path) -> None:
    cancelled, empty = answer(31, choice("stance", "support"), was_cancelled=True), answer(32)
    guess = {"model_version": "m", "score": 0.9, "result": [choice("stance", "support")]}
    rows = read(tmp_path, [
        task(ITEM, cancelled, empty, predictions=[guess, 4], drafts=[guess]),
        task(ITEM, predictions=[guess]),
        {"id": 8, "data": ITEM, "completions": [{"result": [], "skipped": True}]},
    ])  # fmt: skip
    assert [row.ignored for row in rows] == [
        "a cancelled annotation", "an annotation that says nothing", "a prediction, not an annotation",
        "a prediction, not an annotation", "a draft, not an annotation", "a prediction, not an annotation",
        "not labelled yet", "a cancelled annotation",
    ]  # fmt: skip
    assert not any("stance" in row.record for row in rows)


def test_marked_regions_are_judgements_of_their_words_in_code_points_or_utf16(tmp_path: Path) -> None:
    points = region("r1", 2, 6, "Oslo", "support")
    units = region("r2", START + 1, START + 5, "Kyra", "conditional")
    mood = choice("sentiment", "neutral", start=2, end=6, text="Oslo") | {"id": "r1"}
    wrong = region("r3", 0, 4, "Bern", "none")
    rows = read(tmp_path, [task({"text": TEXT}, answer(31, points, units, mood, wrong))], label_is="stance")
    assert [(row.record.get("mention"), row.record.get("start"), row.record["stance"]) for row in rows[:2]] == [
        ("Oslo", 2, "support"), ("Kyra", START, "conditional"),
    ]  # fmt: skip
    assert [row.record.get("sentiment") for row in rows[:2]] == ["neutral", None]
    assert rows[2].error == "the text from 0 to 4 does not read 'Bern'"
    assert rows[2].record["marked"] == wrong["value"]


def test_two_choices_of_one_kind_are_an_error_that_keeps_both(tmp_path: Path) -> None:
    [row] = read(tmp_path, [task(ITEM, answer(31, choice("stance", "support", "oppose")))])
    assert row.error == "stance has 2 values (support, oppose); give one"
    assert row.record["stance"] == ["support", "oppose"]


def test_controls_of_other_names_become_columns(tmp_path: Path) -> None:
    rating = {"from_name": "stars", "type": "rating", "value": {"rating": 4}}
    path = {"from_name": "stance", "type": "taxonomy", "value": {"taxonomy": [["position", "oppose"]]}}
    [row] = read(tmp_path, [task(ITEM, answer(31, choice("choice", "Pro"), rating, path))])
    assert (row.record["choice"], row.record["stars"], row.record["stance"]) == ("Pro", 4, "oppose")


def test_tasks_that_are_no_tasks_are_kept_with_a_reason(tmp_path: Path) -> None:
    rows = read(tmp_path, [task(ITEM, 31), 4, {"id": 1, "annotations": []}])
    assert [row.error for row in rows] == [
        "is only the number of an annotation; export them whole",
        "is a JSON int; give an object such as {'text': ..., 'actor': ...}",
        "has no data; export the project as JSON",
    ]


def test_a_single_task_and_tasks_a_line_are_read_too(tmp_path: Path) -> None:
    [row] = read(tmp_path, task(ITEM, answer(31, choice("stance", "none"))))
    assert row.record["stance"] == "none"
    path = tmp_path / "tasks.jsonl"
    path.write_text(json.dumps(task(ITEM, answer(31, choice("stance", "none")))) + "\n" + json.dumps(task(ITEM)) + "\n")
    assert detect(path) == "label-studio"
    assert [row.record.get("stance") for row in read_rows(path)[1]] == ["none", None]


def test_queue_items_are_tasks_with_all_that_the_configuration_shows(tmp_path: Path) -> None:
    hostile = {"id": "q2", "text": "<script>x</script> Kyra & co", "actor": "Kyra", "mention": "Kyra", "start": 19}
    write_rows([ITEM | {"p_support": 0.2, "p_none": 0.8, "model": "parley-1"}, hostile], tmp_path / "a.json",
               "label-studio")  # fmt: skip
    guessed, plain = json.loads((tmp_path / "a.json").read_text())
    shown = {tag.get("value", "")[1:] for tag in configuration().iter() if tag.get("value", "").startswith("$")}
    assert all(isinstance(each["data"][name], str) for each in (guessed, plain) for name in shown)
    [prediction] = guessed["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("parley-1", 0.8)
    assert prediction["result"][0]["value"] == {"choices": ["none"]}
    assert guessed["annotations"] == []
    assert "predictions" not in plain
    assert "&lt;script&gt;x&lt;/script&gt; <mark>Kyra</mark> &amp; co" in plain["data"][HTML]


def test_several_annotators_of_an_item_share_a_task(tmp_path: Path) -> None:
    both = [ITEM | {"stance": stance, "annotator": who} for stance, who in (("none", "a@b.c"), ("oppose", "d@e.f"))]
    write_rows(both, tmp_path / "a.json", "label-studio")
    [made] = json.loads((tmp_path / "a.json").read_text())
    assert [each["completed_by"] for each in made["annotations"]] == [{"email": "a@b.c"}, {"email": "d@e.f"}]


def configuration() -> ElementTree.Element:
    return ElementTree.parse(SEEDS / "label_studio.xml").getroot()


def test_the_configuration_has_the_controls_and_labels_that_are_read() -> None:
    controls = {tag.get("name"): tag for tag in configuration().iter() if tag.get("toName")}
    assert set(controls) == {*CONTROLS, "unsure", "note"}
    assert {tag.get("toName") for tag in controls.values()} == {OBJECT}
    choices = {name: tuple(each.get("value") for each in tag) for name, tag in controls.items()}
    assert choices["stance"] == choices["alternative"] == STANCES
    assert choices["sentiment"] == SENTIMENTS
    assert choices["unsure"] == ("unsure",)


FLAT = {
    **ITEM, "id": 7, "parley_id": "q1", "annotator": 5, "annotation_id": 31, "created_at": "2026-05-01T10:00:00Z",
    "updated_at": "2026-05-02T10:00:00Z", "lead_time": 4.2,
}  # fmt: skip


def test_small_exports_have_a_row_for_each_annotation(tmp_path: Path) -> None:
    rows = read(tmp_path, [
        {**FLAT, "stance": "none", "sentiment": "neutral", "unsure": "unsure", "note": "hm"},
        {**FLAT, "stance": {"choices": ["support", "oppose"]}, "annotator": "bo@example.org"},
        {**FLAT, "annotator": None, "annotation_id": None},
        {name: value for name, value in FLAT.items() if name != "parley_id"} | {"stance": "none"},
    ])  # fmt: skip
    assert rows[0].record == ITEM | {
        "stance": "none", "sentiment": "neutral", "sure": False, "note": "hm", "annotator": "5",
        "created": "2026-05-02T10:00:00Z",
    }  # fmt: skip
    assert rows[1].error == "stance has 2 values (support, oppose); give one"
    assert rows[2].ignored == "not labelled yet"
    assert (rows[3].record.get("id"), rows[3].record["task_id"]) == (None, 7)


def test_regions_of_small_exports_are_judgements_of_their_words(tmp_path: Path) -> None:
    marked = [region("", 2, 6, "Oslo", "support")["value"], region("", 0, 4, "Bern", "none")["value"]]
    foreign = {name: value for name, value in FLAT.items() if name not in ("actor", "mention", "start")}
    good, bad = read(tmp_path, [foreign | {"ner": marked}])
    assert (good.record["mention"], good.record["start"], good.record["label"]) == ("Oslo", 2, "support")
    assert bad.error == "the text from 0 to 4 does not read 'Bern'"


def test_the_csv_of_label_studio_reads_like_its_json(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    lines = [
        '"actor","annotation_id","annotator","created_at","id","lead_time","parley_id","stance","text","updated_at"',
        '"Kyra",31,"bo@example.org","2026-05-01T10:00:00Z",7,4.2,"q1","None","Kyra, it says, waits.",""',
        '"Kyra",32,"5","2026-05-01T10:00:00Z",7,4.2,"q1","{""choices"": [""a"", ""b""]}","Kyra waits.",""',
        '"Kyra","","","",8,"","q2","","Kyra talks.",""',
    ]
    path.write_text("\n".join(lines))
    name, found = read_rows(path)
    one, two, three = found
    assert name == "label-studio-min"
    assert one.record == {
        "actor": "Kyra", "text": "Kyra, it says, waits.", "stance": "None", "annotator": "bo@example.org", "id": "q1",
        "created": "2026-05-01T10:00:00Z",
    }  # fmt: skip
    assert two.error == "stance has 2 values (a, b); give one"
    assert three.ignored == "not labelled yet"


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_small_exports_that_are_written_come_back(tmp_path: Path, ending: str) -> None:
    said = {"stance": "none", "sure": True, "note": 'a "b"\nc', "annotator": "a@b.c", "created": "2026-05-01T10:00:00"}
    path = tmp_path / f"a{ending}"
    write_rows([ITEM | said, ITEM | {"id": "q2"}], path, "label-studio-min")
    name, found = read_rows(path)
    labelled, queued = found
    assert name == "label-studio-min"
    assert labelled.record == ITEM | said
    assert (queued.ignored, queued.record["id"]) == ("not labelled yet", "q2")
