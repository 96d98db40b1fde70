"""Argilla, doccano and Prodigy: their exports, their traps, and our tasks for them."""

import json
from pathlib import Path
from typing import Any

import pytest

from training.formats import RawRow, read_rows, write_rows

TEXT = "😀 Oslo thanked Kyra, but Kyra will talk only once its envoys are freed."
START = TEXT.rindex("Kyra")
ITEM = {"id": "q1", "text": TEXT, "actor": "Kyra", "mention": "Kyra", "start": START}
SAID = {"stance": "conditional", "sentiment": "neutral", "sure": False, "annotator": "ann", "note": "a\nb"}


def read(
    tmp_path: Path, items: list[Any], expected: str, lines: bool = True, label_is: str | None = None
) -> list[RawRow]:
    path = tmp_path / "export.json"
    path.write_text("\n".join(map(json.dumps, items)) if lines else json.dumps(items))
    name, rows = read_rows(path, label_is=label_is)
    assert name == expected
    return list(rows)


def written(tmp_path: Path, form: str, *records: dict[str, Any]) -> list[Any]:
    write_rows(records, tmp_path / "a.json", form)
    text = (tmp_path / "a.json").read_text()
    return list(json.loads(text)) if form == "argilla" else [json.loads(line) for line in text.splitlines()]


# Argilla


def argilla(responses: Any, **more: Any) -> dict[str, Any]:
    fields = {"text": TEXT, "actor": "Kyra", "context": ""}
    return {"id": "q1", "fields": fields, "metadata": {"mention": "Kyra", "start": START}, "suggestions": {},
            "responses": responses, "vectors": {}, "_server_id": "s", **more}  # fmt: skip


def test_the_responses_of_each_argilla_user_are_one_judgement(tmp_path: Path) -> None:
    rows = read(tmp_path, [argilla({
        "stance": [{"value": "none", "user_id": "u1"}, {"value": "oppose", "user_id": "u2"}],
        "sure": [{"value": "no", "user_id": "u1"}], "mood": [{"value": ["x"], "user_id": "u2"}],
    })], "argilla", lines=False)  # fmt: skip
    assert [row.place for row in rows] == ["record 1, user u1", "record 1, user u2"]
    assert rows[0].record == ITEM | {"annotator": "u1", "stance": "none", "sure": False}
    assert rows[1].record == ITEM | {"annotator": "u2", "stance": "oppose", "mood": ["x"]}


def test_suggestions_drafts_and_discarded_responses_are_no_labels(tmp_path: Path) -> None:
    states = [{"value": "none", "user_id": f"u{number}", "status": status}
              for number, status in enumerate(("draft", "discarded", "submitted"))]  # fmt: skip
    guess = {"stance": {"value": "support", "score": 0.9, "agent": "m"}}
    rows = read(tmp_path, [argilla({"stance": states}), argilla({}, suggestions=guess)], "argilla")
    assert [row.ignored for row in rows] == [
        "a response with status draft", "a response with status discarded", None, "a suggestion, not a response",
        "not labelled yet",
    ]  # fmt: skip
    assert [row.record.get("stance") for row in rows] == [None, None, "none", None, None]


def test_flattened_and_old_argilla_records_are_read(tmp_path: Path) -> None:
    flat = {
        **ITEM, "stance.responses": ["none", "oppose"], "stance.responses.users": ["u1", "u2"],
        "stance.responses.status": ["submitted", "draft"], "stance.suggestion": None, "status": "pending",
    }  # fmt: skip
    response = {"user_id": "u1", "status": "submitted", "values": {"stance": {"value": "none"}}}
    old = {"external_id": "q1", "fields": {"text": TEXT}, "metadata": {}, "suggestions": [], "responses": [response]}
    one, draft, three = read(tmp_path, [flat, old], "argilla")
    assert one.record == ITEM | {"annotator": "u1", "stance": "none"}
    assert draft.ignored == "a response with status draft"
    assert three.record == {"id": "q1", "text": TEXT, "annotator": "u1", "stance": "none"}


def test_spans_of_argilla_are_judgements_of_their_words(tmp_path: Path) -> None:
    spans = [{"start": 2, "end": 6, "label": "support"}, {"start": 2, "end": 999, "label": "none"}]
    record = argilla({"parties": [{"value": spans, "user_id": "u1"}]})
    good, bad = read(tmp_path, [record], "argilla", label_is="stance")
    assert (good.record["mention"], good.record["actor"], good.record["stance"]) == ("Oslo", "Oslo", "support")
    assert "id" not in good.record
    assert bad.error == f"start 2 and end 999 do not lie inside the {len(TEXT)} characters of the text"


def test_argilla_records_hold_what_its_dataset_needs(tmp_path: Path) -> None:
    guess = {"p_none": 0.25, "suggested_sentiment": "neutral"}
    first, second = written(tmp_path, "argilla", ITEM | guess, ITEM | {"id": "q2"} | SAID)
    assert first["fields"] == {"text": TEXT, "actor": "Kyra", "context": ""}
    assert first["suggestions"] == {
        "stance": {"value": "none", "score": 0.25, "agent": "parley"},
        "sentiment": {"value": "neutral", "score": None, "agent": "parley"},
    }
    assert first["responses"] == {}
    assert second["responses"]["sure"] == [{"value": "no", "user_id": "ann"}]


# doccano


def test_doccano_spans_count_utf16_units_and_merge_the_labels_of_a_mention(tmp_path: Path) -> None:
    there = START + 1, START + 5
    marks = [[*there, "stance:none"], [3, 7, "stance:support"], [*there, "sentiment:neutral"]]
    line = {"id": 3, "text": TEXT, "label": marks, "Comments": ["hm"]}
    kyra, oslo = read(tmp_path, [line], "doccano")
    assert kyra.record == {"id": "3", "text": TEXT, "mention": "Kyra", "start": START, "actor": "Kyra",
                           "stance": "none", "sentiment": "neutral", "note": "hm"}  # fmt: skip
    assert (oslo.record["mention"], oslo.record["start"], oslo.record["stance"]) == ("Oslo", 2, "support")


def test_two_labels_of_a_kind_on_one_mention_are_an_error(tmp_path: Path) -> None:
    [row] = read(tmp_path, [{"id": 3, "text": "Kyra waits.", "label": [[0, 4, "none"], [0, 4, "oppose"]]}], "doccano")
    assert row.error == "label has 2 values (none, oppose); give one"


@pytest.mark.parametrize(
    "line",
    [
        {"text": "Kyra waits.", "label": ["None"]},
        {"text": "Kyra waits.", "labels": [[0, 4, "None"]]},
        {"text": "Kyra waits.", "entities": [{"id": 1, "label": "None", "start_offset": 0, "end_offset": 4}]},
        {"data": "Kyra waits.", "cats": ["None"], "entities": []},
        {"text": "Kyra waits.", "annotations": [{"label": "None", "start_offset": 0, "end_offset": 4, "user": 2}]},
    ],
)  # fmt: skip
def test_every_shape_of_doccano_gives_the_bare_label(tmp_path: Path, line: dict[str, Any]) -> None:
    [row] = read(tmp_path, [line], "doccano")
    assert (row.record["text"], row.record["label"]) == ("Kyra waits.", "None")
    assert row.record.get("annotator") == ("2" if "annotations" in line else None)


def test_doccano_offsets_outside_the_text_are_kept_aside(tmp_path: Path) -> None:
    [row] = read(tmp_path, [{"text": "Kyra waits.", "label": [[0, 40, "none"]]}], "doccano")
    assert row.error == "start 0 and end 40 do not lie inside the 11 characters of the text"
    assert row.record["marked"] == [0, 40]


def test_a_doccano_label_that_was_changed_is_no_longer_the_first_annotators(tmp_path: Path) -> None:
    [line] = written(tmp_path, "doccano", ITEM | SAID)
    [same] = read(tmp_path, [line | {"id": 55}], "doccano")
    assert same.record == ITEM | SAID
    line["label"] = [[start, end, label.replace("conditional", "oppose")] for start, end, label in line["label"]]
    [changed] = read(tmp_path, [line], "doccano")
    assert (changed.record["id"], changed.record["stance"]) == ("q1", "oppose")
    assert "annotator" not in changed.record


def test_doccano_tasks_carry_no_label_that_nobody_gave(tmp_path: Path) -> None:
    [line] = written(tmp_path, "doccano", ITEM | {"p_support": 0.9})
    assert line["label"] == []
    [row] = read(tmp_path, [line], "doccano")
    assert (row.ignored, row.record["id"]) == ("not labelled yet", "q1")


def test_doccano_without_mentions_is_written_as_classification(tmp_path: Path) -> None:
    [line] = written(tmp_path, "doccano", {"text": "Talks resume.", "actor": "Kyra", "stance": "none", "sure": True})
    assert line["label"] == ["stance:none", "sure"]


# Prodigy


def prodigy(**more: Any) -> dict[str, Any]:
    task = {"text": TEXT, "meta": {name: value for name, value in ITEM.items() if name != "text"},
            "spans": [{"start": START, "end": START + 4, "label": "ACTOR"}], "options": [{"id": "stance:none"}],
            "_input_hash": 1, "_task_hash": 2, "_view_id": "choice", "answer": "accept", "accept": ["stance:none"],
            "_timestamp": 1777629600, "_annotator_id": "pairs-ann", "_session_id": "pairs-ann"}  # fmt: skip
    return {**task, **more}


def test_an_accepted_prodigy_choice_is_a_judgement(tmp_path: Path) -> None:
    [row] = read(tmp_path, [prodigy(accept=["stance:none", "sentiment:neutral", "unsure"], user_input="hm")], "prodigy")
    assert row.record == ITEM | {
        "stance": "none", "sentiment": "neutral", "sure": False, "note": "hm", "annotator": "pairs-ann",
        "created": "2026-05-01T10:00:00+00:00",
    }  # fmt: skip


def test_reject_gives_no_class_and_ignore_no_judgement(tmp_path: Path) -> None:
    binary = {"text": TEXT, "label": "support", "_input_hash": 1}
    rows = read(tmp_path, [binary | {"answer": "reject"}, prodigy(answer="ignore"), binary | {"answer": "accept"},
                           prodigy(accept=[]), prodigy(answer=None)], "prodigy")  # fmt: skip
    assert rows[0].error == "the answer is reject: that says which class it is not, not which it is"
    assert rows[0].record["label"] == "support"
    assert rows[1].ignored == "the answer is ignore"
    assert rows[2].record == {"text": TEXT, "label": "support"}
    assert rows[3].error == "was accepted without a choice"
    assert rows[4].ignored == "not labelled yet"


def test_two_bare_choices_are_an_error(tmp_path: Path) -> None:
    [row] = read(tmp_path, [prodigy(accept=["support", "oppose"])], "prodigy")
    assert row.error == "label has 2 values (support, oppose); give one"


def test_manual_spans_of_prodigy_are_judgements_of_their_words(tmp_path: Path) -> None:
    spans = [{"start": 2, "end": 6, "label": "support", "token_start": 1}, {"start": 5, "end": 500, "label": "none"}]
    task = {"text": TEXT, "tokens": [], "spans": spans, "answer": "accept", "_view_id": "ner_manual"}
    good, bad = read(tmp_path, [task], "prodigy")
    assert good.record == {"text": TEXT, "mention": "Oslo", "start": 2, "actor": "Oslo", "label": "support"}
    assert bad.error == f"start 5 and end 500 do not lie inside the {len(TEXT)} characters of the text"


def test_a_session_without_a_name_is_no_annotator(tmp_path: Path) -> None:
    [row] = read(tmp_path, [prodigy(_annotator_id="2026-05-01_10-00-00")], "prodigy")
    assert "annotator" not in row.record


def test_a_prodigy_task_answered_anew_is_the_new_annotators(tmp_path: Path) -> None:
    [task] = written(tmp_path, "prodigy", ITEM | SAID | {"created": "2026-05-01T10:00:00.5+00:00"})
    [same] = read(tmp_path, [task], "prodigy")
    assert same.record == ITEM | SAID | {"created": "2026-05-01T10:00:00.5+00:00"}
    [other] = read(tmp_path, [task | {"_annotator_id": "bo", "_timestamp": 1777716000, "user_input": ""}], "prodigy")
    assert other.record == ITEM | {"stance": "conditional", "sentiment": "neutral", "sure": False, "annotator": "bo",
                                   "created": "2026-05-02T10:00:00+00:00"}  # fmt: skip


def test_prodigy_tasks_show_the_mention_and_offer_the_labels(tmp_path: Path) -> None:
    [task] = written(tmp_path, "prodigy", ITEM)
    assert task["spans"] == [{"start": START, "end": START + 4, "label": "ACTOR"}]
    assert [option["id"] for option in task["options"]][:2] == ["stance:support", "stance:conditional"]
    assert "answer" not in task
    assert "accept" not in task
