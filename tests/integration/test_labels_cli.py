"""The `parley labels` commands as a person meets them: files in, files out, disputes settled, words and exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from label_commands import LabelCommands, Result, running_label_commands

ROOT = Path(__file__).parents[2]
TEXT = "Kyra's envoys will take part in the conference in Oslo."
ROWS = [
    {"text": TEXT, "actor": "Kyra", "mention": "Kyra", "start": 0, "stance": "support", "annotator": "anna"},
    {"text": TEXT, "actor": "Kyra", "mention": "Kyra", "start": 0, "stance": "oppose", "annotator": "ben"},
    {"text": "Velmar dismissed the invitation.", "actor": "Velmar", "stance": "oppose", "annotator": "anna"},
]

Json = dict[str, Any]


Run = Callable[..., Result]


@pytest.fixture(scope="module")
def label_commands() -> Iterator[LabelCommands]:
    with running_label_commands() as running:
        yield running


@pytest.fixture
def labels(label_commands: LabelCommands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `parley labels` in the test's folder; expect the exit code."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path, code: int = 0) -> Result:
        return label_commands(tmp_path, *arguments, code=code)[1]

    return run


@pytest.fixture
def either(labels: Run, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same on each kind of database."""
    monkeypatch.setenv("PARLEY_DATABASE_URL", database_url)
    return labels


@pytest.fixture
def nothing_else(tmp_path: Path) -> Path:
    """Base data that no label touches."""
    return file_of({"text": "Nobody counted ships.", "actor": "Nobody", "stance": "none"}, name="base.jsonl")


def file_of(*rows: Json, name: str = "labels.jsonl") -> Path:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return Path(name)


def records_in(name: str) -> list[Json]:
    return [json.loads(line) for line in Path(name).read_text(encoding="utf-8").split("\n")[:-1]]


def counts(report: Json) -> tuple[int, int, int]:
    return report["added"], report["known"], report["rejected"]


# In


def test_a_file_is_checked_kept_and_known_when_it_comes_again(either: Run) -> None:
    file = file_of(*ROWS)
    assert "nothing was kept: this was a dry run" in either("import", file, "--dry-run").out
    assert either("status", "--json").json["judgements"] == 0
    assert "kept 3, known already 0" in either("import", file).out
    again = either("import", file).out
    assert "known before 3" in again
    assert "kept 0, known already 3: nothing was added" in again
    status = either("status", "--json").json
    assert (status["judgements"], status["pairs"], status["imports"]) == (3, 2, 1)
    assert status["annotators"] == {"anna": 2, "ben": 1}


def test_foreign_names_are_refused_and_taken_with_a_mapping(either: Run) -> None:
    Path("votes.csv").write_text(f'sentence,who,verdict\n"{TEXT}",Kyra,Favor\n"{TEXT}",envoys,No\n"",Kyra,No\n')
    columns = ["--column", "sentence=text", "--column", "who=actor", "--column", "verdict=stance"]
    refused = either("import", "votes.csv", *columns, "--annotator", "anna", "--json", code=3).json
    assert counts(refused) == (0, 0, 3)
    assert refused["unknown_labels"] == {"stance 'Favor'": 1, "stance 'No'": 2}
    Path("map.yaml").write_text("columns: {sentence: text, who: actor, verdict: stance}\nstance: {No: oppose}\n")
    mapping = ["--mapping", "map.yaml", "--stance", "Favor=support", "--annotator", "anna", "--json"]
    taken = either("import", refused["rejected_rows"], *mapping, code=3).json
    assert counts(taken) == (2, 0, 1)
    [left] = records_in(taken["rejected_rows"])
    assert left["rejected_because"].startswith("text: is")


def test_the_report_for_people_says_all_that_the_one_for_programs_says(labels: Run) -> None:
    shown = labels("import", file_of(*ROWS, {**ROWS[0], "stance": "Yes"}, {**ROWS[0], "text": ""}), code=3).out
    for words in (
        "labels.jsonl: 5 rows, read as jsonl (one JSON object a line; UTF-8)", "right 3, rejected 2 (",
        "1 x stance: is …; give one of support, conditional, oppose, none", "1 x text: is empty",
        "no such label: stance 'Yes' (1 rows); give a mapping", "pairs on which annotators differ 1,",
        "stance: oppose 2, support 1", "by annotator: anna 2, ben 1", "in a frozen test and so never trained on 0",
    ):  # fmt: skip
        assert words in shown


def test_a_sentence_of_a_frozen_test_is_known_as_one(labels: Run) -> None:
    line = next((ROOT / "seeds" / "unseen").glob("*.jsonl")).read_text(encoding="utf-8").split("\n")[0]
    row = {**json.loads(line), "annotator": "anna"}
    assert labels("import", file_of(row), "--json").json["uses"]["frozen"] == 1


# Out, and in again


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out.json --format label-studio", "brat --format brat"])
def test_what_goes_out_and_comes_in_again_adds_nothing(labels: Run, name: str) -> None:
    file, *form = name.split(" ")
    rows = [{**row, "mention": row["actor"], "start": 0, "sentiment": "neutral"} for row in ROWS]
    labels("import", file_of(*rows))
    assert labels("export", file, *form).err == f"3 records: {file}\n"
    assert counts(labels("import", file, "--json").json) == (0, 3, 0)


def test_a_disputed_pair_is_written_filled_in_and_settled(either: Run, nothing_else: Path) -> None:
    either("import", file_of(*ROWS))
    base = ["--data", nothing_else]
    status = either("status", *base).out
    assert "disputed: 1; write them with: parley labels export FILE --kind disputed" in status
    either("export", "disputed.jsonl", "--kind", "disputed", *base)
    [record] = records_in("disputed.jsonl")
    assert (record["stance"], record["op"], record["votes"]) == ("", "adjudicate", ["anna: support", "ben: oppose"])
    assert counts(either("import", "disputed.jsonl", "--annotator", "zoe", "--json", code=3).json) == (0, 0, 1)
    filled_in = file_of({**record, "stance": "none", "annotator": "zoe"})
    assert "say so with --adjudicate" in either("import", filled_in, code=3).out
    assert counts(either("import", filled_in, "--adjudicate", "--json").json)[0] == 1
    assert either("status", *base, "--json").json["disputed"] == 0
    either("export", "settled.jsonl", "--kind", "settled", *base)
    assert {row["actor"]: (row["stance"], row["annotators"]) for row in records_in("settled.jsonl")} == {
        "Kyra": ("none", "zoe"), "Velmar": ("oppose", "anna"),
    }  # fmt: skip


def test_a_policy_and_a_gold_annotator_settle_otherwise(labels: Run, nothing_else: Path) -> None:
    labels("import", file_of(*ROWS))
    base = ["--data", nothing_else, "--json"]
    assert labels("status", *base).json["stances"] == {"oppose": 1}
    assert labels("status", *base, "--policy", "latest").json["stances"] == {"oppose": 2}
    assert labels("status", *base, "--gold", "anna").json["stances"] == {"support": 1, "oppose": 1}


def test_who_contradicts_the_written_pairs_is_in_the_list_of_disputes(labels: Run) -> None:
    line = (ROOT / "seeds" / "pairs" / "colombia.jsonl").read_text(encoding="utf-8").split("\n")[0]
    row = json.loads(line)
    other = next(stance for stance in ("support", "oppose") if stance != row["stance"])
    labels("import", file_of({**row, "stance": other, "annotator": "anna"}))
    assert "disputed: 1" in labels("status").out
    labels("export", "disputed.jsonl", "--kind", "disputed")
    [record] = records_in("disputed.jsonl")
    assert record["votes"] == [f"the base data: {row['stance']}", f"anna: {other}"]


def test_history_has_every_word_and_judgements_the_last(labels: Run) -> None:
    for stance in ("support", "oppose"):
        labels("import", file_of({**ROWS[0], "stance": stance}))
    for kind, stances in (("history", ["support", "oppose"]), ("judgements", ["oppose"])):
        labels("export", "out.jsonl", "--kind", kind)
        assert [record["stance"] for record in records_in("out.jsonl")] == stances


# The others


def test_agreement_is_told_in_words_and_numbers(either: Run) -> None:
    assert "0 annotators" in either("agreement").out
    either("import", file_of(*ROWS))
    report = either("agreement", "--json").json
    assert report["stance"]["pairs_judged_by_several"] == 1
    assert report["stance"]["classes"]["none"] is None  # undefined: JSON has no NaN
    assert "anna: on 1 pairs, says what another says in 0.0%" in either("agreement").out


def test_the_queue_leads_through_a_tool_back_to_the_same_pairs(either: Run) -> None:
    sentences = ["Paris urged Moscow to talk.", "Kyiv rejected the offer.", "Beijing counted ships near the harbor."]
    articles = file_of(*({"id": f"d{n}", "text": text} for n, text in enumerate(sentences)), name="articles.jsonl")
    chosen = either("queue", articles, "--size", "3", "--out", "next.json", "--format", "label-studio", "--json").json
    assert len(chosen["items"]) == 3
    tasks = json.loads(Path("next.json").read_text())
    result = {"from_name": "stance", "to_name": "sentence", "type": "choices", "value": {"choices": ["none"]}}
    for task in tasks[:2]:
        task["annotations"] = [{"id": 1, "completed_by": {"email": "anna@example.org"}, "result": [result]}]
    Path("done.json").write_text(json.dumps(tasks))
    assert counts(either("import", "done.json", "--json").json) == (2, 0, 0)
    [left] = either("queue", "--json").json["items"]
    assert left["text"] == tasks[2]["data"]["text"]
    assert either("status", "--json").json["queued"] == 1


def test_the_status_tells_whether_a_file_has_moved_away_from_the_training_data(labels: Run, tmp_path: Path) -> None:
    lines = (ROOT / "seeds" / "pairs" / "colombia.jsonl").read_text(encoding="utf-8").split("\n")[:150]
    Path("base.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = labels("status", "base.jsonl", "--data", "base.jsonl", "--json").json
    assert report["drift_of_file"]["words"]
    shown = labels("status", "--traffic", "--data", "base.jsonl").out
    assert "recent traffic against" in shown
    assert "Too few pairs (0) to tell" in shown


# What goes wrong


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "missing.csv"], "missing.csv does not exist"),
        (["import", "junk.csv"], "is in none of the formats"),
        (["import", "labels.jsonl", "--format", "word"], "there is no format 'word'; give one of brat"),
        (["import", "labels.jsonl", "--format", "parquet"], "is not a Parquet file"),
        (["import", "labels.jsonl", "--stance", "Favor=good"], "'Favor' is mapped to 'good'"),
        (["import", "labels.jsonl", "--stance", "Favor"], "'Favor' is no pair; give THEIRS=OURS"),
        (["import", "labels.jsonl", "--label-is", "tone"], "a label can be stance or sentiment, not 'tone'"),
        (["import", "labels.jsonl", "--mapping", "junk.csv"], "junk.csv cannot be read as a mapping"),
        (["export", "out.docx"], "the ending '.docx' says no format"),
        (["export", "out.csv", "--kind", "all"], "no kind 'all'; give one of judgements"),
        (["export", "out.csv", "--policy", "loudest"], "no policy 'loudest'"),
        (["export", "no/such/folder/out.csv"], "no/such/folder is not a folder"),
        (["queue", "missing.jsonl"], "missing.jsonl"),
        (["errors", "out.csv", "--data", "missing.jsonl"], "missing.jsonl does not exist"),
    ],
)
def test_a_mistake_gets_one_clear_sentence(labels: Run, arguments: list[str], words: str) -> None:
    file_of(*ROWS)
    Path("junk.csv").write_bytes(bytes(range(256)) * 50)
    shown = labels(*arguments, code=2).err.splitlines()[-1]
    assert words in shown
    assert shown.startswith("parley: ")


def test_a_database_that_cannot_be_used_is_said_in_one_sentence(labels: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    file = file_of(*ROWS)
    monkeypatch.setenv("PARLEY_DATABASE_URL", "postgresql://parley:secret@127.0.0.1:1/none")
    shown = labels("import", file, code=7).err
    assert "127.0.0.1:1" in shown
    assert "secret" not in shown
    monkeypatch.setenv("PARLEY_DATABASE_URL", f"sqlite:///{file}/parley.db")
    assert "labels.jsonl/parley.db: File exists" in labels("status", code=7).err
    monkeypatch.setenv("PARLEY_DATABASE_URL", "")
    Path(os.environ["PARLEY_DATA"], "parley.db").write_text("these are my notes\n" * 100)
    assert "not a database" in labels("import", file, code=7).err


def test_hostile_text_is_only_text(either: Run) -> None:
    hostile = ["'); DROP TABLE judgements; --", "[red]x[/red] \x1b[31m", "{0} %s", "\u202egnorts", "=1+1"]
    rows = [{**ROWS[0], "text": f"Kyra {each}", "annotator": each, "note": each} for each in hostile]
    reject = {**ROWS[0], "stance": "\ud83d", "annotator": "x"}
    assert counts(either("import", file_of(*rows, reject), "--json", code=3).json) == (5, 0, 1)
    assert either("status", "--json").json["annotators"] == dict.fromkeys(hostile, 1)


def test_python_m_parley_is_what_was_tested_here(tmp_path: Path) -> None:
    os.chdir(ROOT)
    rows = tmp_path / "labels.jsonl"
    rows.write_text(json.dumps(ROWS[0]) + "\n")
    command = [sys.executable, "-W", "error", "-m", "parley", "labels", "import", str(rows)]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert "kept 1, known already 0" in shown
