"""Snapshots: the same content is the same snapshot, what was changed is noticed, and differences can be read."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from model.bundle import Bundle
from model.database import Database
from model.errors import InputError
from model.folders import data_folder
from model.judgements import item_of, judgement_from_row
from model.ledger import Ledger, Queued
from training.difference import difference, difference_words
from training.exporting import records_to_export
from training.resolve import Policy
from training.rows import load_rows
from training.snapshot import (
    Material,
    Snapshot,
    annotators_of,
    changed_items,
    changes_of,
    last_snapshot,
    load_snapshot,
    take_snapshot,
)
from training.status import label_status, status_words

ODD = ["Kyra says “yes”\u2028and “no”\x85.", 'Kyra: "a"\nb\r\nc', "Kyra — ☂ 😀 \\n", "مرحبا Kyra"]

MAJORITY = Policy()

Json = dict[str, Any]
Take = Callable[..., Snapshot]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    database = Database(f"sqlite:///{tmp_path}/parley.db")
    yield Ledger(database)
    database.close()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    rows = [
        {"id": f"s{n}", "text": text, "actor": "Kyra", "stance": "none", "topic": "x"} for n, text in enumerate(ODD)
    ]
    return file_of(tmp_path / "base.jsonl", *rows)


@pytest.fixture
def take(ledger: Ledger, base: Path) -> Take:
    """Take a snapshot of the ledger over the base data, in the data folder."""

    def taken(
        files: tuple[Path, ...] | None = None, policy: Policy = MAJORITY, head: int | None = None, frozen: Any = ()
    ) -> Snapshot:
        return take_snapshot(ledger, Material(files or (base,), frozen), policy, data_folder() / "snapshots", head)

    return taken


def file_of(path: Path, *rows: Json) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def label(ledger: Ledger, who: str, stance: str, text: str = "Kyra will attend.", **more: Any) -> None:
    ledger.add([judgement_from_row({"text": text, "actor": "Kyra", "stance": stance, "annotator": who, **more})])


# The same is the same


def test_a_snapshot_holds_the_rows_with_who_judged_them(ledger: Ledger, take: Take) -> None:
    label(ledger, "anna", "support")
    snapshot = take()
    rows = load_rows([snapshot.rows_file])
    assert [(row.pair.text, row.stance) for row in rows] == [*((text, "none") for text in ODD),
                                                             ("Kyra will attend.", "support")]  # fmt: skip
    assert annotators_of(snapshot) == {rows[-1].id: ["anna"]}
    assert (snapshot.manifest["rows"], snapshot.manifest["ledger_head"], snapshot.manifest["parent"]) == (5, 1, None)


def test_the_same_content_is_the_same_snapshot_whatever_the_order(ledger: Ledger, take: Take, tmp_path: Path) -> None:
    lines = [{"id": f"r{n}", "text": f"Kyra counts {n}.", "actor": "Kyra", "stance": "none"} for n in range(4)]
    one = take((file_of(tmp_path / "a" / "base.jsonl", *lines),))
    other = take((file_of(tmp_path / "b" / "base.jsonl", *lines[::-1]),))
    assert (one.folder, one.manifest) == (other.folder, other.manifest)


def test_taken_again_it_is_not_written_again(ledger: Ledger, take: Take) -> None:
    label(ledger, "anna", "support")
    first = take()
    before = (first.folder / "manifest.json").stat().st_mtime_ns
    assert take() == first
    assert (first.folder / "manifest.json").stat().st_mtime_ns == before


def test_policy_labels_and_frozen_sets_make_another_snapshot(ledger: Ledger, take: Take, tmp_path: Path) -> None:
    frozen = file_of(tmp_path / "held" / "f.jsonl", {"text": "Kyra waits.", "actor": "Kyra", "stance": "none"})
    names = [take().name, take(policy=Policy("latest")).name, take(policy=Policy(gold=("zoe",))).name]
    names.append(take(frozen=(frozen,)).name)
    label(ledger, "anna", "support")
    assert len({*names, take().name}) == 5


def test_frozen_sets_are_kept_in_the_snapshot(take: Take, tmp_path: Path) -> None:
    row = {"text": "Kyra waits.", "actor": "Kyra", "stance": "none"}
    files = [file_of(tmp_path / folder / "f.jsonl", row) for folder in ("dev", "test")]
    assert [str(each.relative_to(take(frozen=files).folder)) for each in take(frozen=files).frozen_files] == [
        "frozen/dev/f.jsonl", "frozen/test/f.jsonl",
    ]  # fmt: skip
    with pytest.raises(InputError, match="share folder name and file name"):
        take(frozen=[files[0], files[0]])


# Rebuilt


def test_rebuilt_up_to_its_head_it_is_the_same_after_more_labels_came(ledger: Ledger, take: Take) -> None:
    label(ledger, "anna", "support")
    label(ledger, "ben", "oppose", ODD[0])
    then = take()
    label(ledger, "anna", "oppose")
    label(ledger, "cleo", "none", "Kyra is away.")
    label(ledger, "ben", "support", ODD[0], created="1999-01-01")
    assert take().name != then.name
    assert take(head=then.manifest["ledger_head"]).manifest == then.manifest


def test_rebuilt_it_is_the_same_after_the_queue_grew(ledger: Ledger, take: Take) -> None:
    label(ledger, "anna", "support")
    then = take()
    [entry] = ledger.entries()
    ledger.enqueue([Queued({"text": "Kyra will attend.", "actor": "Kyra"}, "uncertain", "m")], [entry.judgement.item])
    assert take().manifest == then.manifest


def test_a_pair_that_was_queued_before_it_was_judged_is_marked(ledger: Ledger, take: Take) -> None:
    record = {"text": "Kyra will attend.", "actor": "Kyra"}
    ledger.enqueue([Queued(record, "uncertain", "m")], [judgement_from_row({**record, "stance": "none"}, "x").item])
    label(ledger, "anna", "support")
    assert take().manifest["sources"] == {"base": 4, "labels-selected": 1}


def test_an_older_snapshot_is_still_whole_under_a_newer_codebook(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    then = take()
    monkeypatch.setattr("training.snapshot.CODEBOOK_VERSION", "2")
    assert load_snapshot(then.folder) == then
    assert take().name != then.name


# Tampering


@pytest.mark.parametrize("name", ["rows.jsonl", "frozen/held/f.jsonl"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"none"', '"oppose"', 1), lambda text: text + text.splitlines()[0] + "\n",
        lambda text: "", lambda text: text.replace("Kyra", "Arda", 1),
    ],
)  # fmt: skip
def test_rows_that_were_changed_are_noticed(
    take: Take, tmp_path: Path, name: str, change: Callable[[str], str]
) -> None:
    frozen = file_of(tmp_path / "held" / "f.jsonl", {"text": "Kyra waits.", "actor": "Kyra", "stance": "none"})
    snapshot = take(frozen=(frozen,))
    file = snapshot.folder / name
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError, match="was changed after the snapshot was taken"):
        load_snapshot(snapshot.folder)
    with pytest.raises(InputError, match=snapshot.name):
        take(frozen=(frozen,))


def test_a_policy_that_was_changed_is_noticed(take: Take) -> None:
    file = take().folder / "manifest.json"
    file.write_text(file.read_text().replace('"majority"', '"latest"'))
    with pytest.raises(InputError, match="was changed"):
        load_snapshot(file.parent)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"policy": "x"}', '{"policy": {"name": "x", "gold": []}}', "null"]
)
def test_a_manifest_that_is_none_is_refused(take: Take, content: str) -> None:
    folder = take().folder
    (folder / "manifest.json").write_text(content)
    with pytest.raises(InputError, match=f"{folder.name} is no snapshot"):
        load_snapshot(folder)


def test_what_a_killed_run_left_does_not_stand_in_the_way(take: Take) -> None:
    snapshot = take()
    (snapshot.folder / "manifest.json").unlink()
    (snapshot.folder.parent / ".part-x" / "half").mkdir(parents=True)
    assert take().manifest["snapshot"] == snapshot.manifest["snapshot"]
    assert last_snapshot(snapshot.folder.parent) == take()


# What changed


def test_changes_can_be_read_a_line_each(ledger: Ledger, take: Take) -> None:
    take()
    label(ledger, "anna", "oppose", ODD[0])
    label(ledger, "ben", "oppose", ODD[0])
    label(ledger, "anna", "support", "Kyra\nwill\u2028attend “it”.")
    second = take()
    assert second.changes.splitlines() == [
        "+ support/?  Kyra: Kyra will attend “it”.",
        "~ none/? -> oppose/?  Kyra: Kyra says “yes” and “no” .",
    ]
    label(ledger, "anna", "none", ODD[1], op="adjudicate", sentiment="neutral")
    ledger.add([judgement_from_row({"text": "Kyra\nwill\u2028attend “it”.", "actor": "Kyra", "op": "retract"}, "anna")])
    third = take()
    assert third.manifest["parent"] == second.name
    assert third.changes.splitlines() == [
        "- support/?  Kyra: Kyra will attend “it”.", "~ none/? -> none/neutral  Kyra: Kyra: \"a\" b c",
    ]  # fmt: skip
    assert third.changes.splitlines() == changes_of(second.folder, third.folder)


def test_changed_items_are_the_new_and_the_relabelled_ones(ledger: Ledger, take: Take) -> None:
    first = take()
    label(ledger, "anna", "oppose", ODD[0], op="adjudicate")
    label(ledger, "anna", "support")
    second = take()
    rows = load_rows([second.rows_file])
    assert changed_items(first, second) == {item_of(rows[0].pair), item_of(rows[-1].pair)}
    assert changed_items(None, first) == {item_of(row.pair) for row in load_rows([first.rows_file])}


def test_the_disputed_pairs_stand_in_the_snapshot_as_in_the_export(ledger: Ledger, take: Take, base: Path) -> None:
    label(ledger, "anna", "oppose", ODD[1])
    snapshot = take()
    lines = (snapshot.folder / "disputed.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    records = records_to_export(ledger, "disputed", Policy(), load_rows([base]))
    assert [json.loads(line) for line in lines] == records
    assert records[0]["votes"] == ["the base data: none", "anna: oppose"]


def test_the_status_counts_what_a_snapshot_would_find(ledger: Ledger, take: Take, base: Path) -> None:
    label(ledger, "anna", "oppose", ODD[1])
    label(ledger, "anna", "support")
    label(ledger, "anna", "conditional")
    champion = cast(Bundle, SimpleNamespace(name="tiny"))
    status = label_status(ledger, champion, Policy(), load_rows([base]))
    assert (status["judgements"], status["superseded"], status["pairs"]) == (3, 1, 2)
    assert (status["disputed"], status["stances"]) == (take().manifest["disputed"], {"conditional": 1})
    assert "disputed: 1; write them with: parley labels export FILE --kind disputed" in status_words(status)


# Two versions beside each other


def bundle_of(name: str, snapshot: str, epochs: float, macro_f1: float) -> Bundle:
    sets = {each: {"rows": 10, "stance": {"macro_f1": macro_f1}, "sentiment": None} for each in ("b", "a", name)}
    manifest = {"name": name, "parent": None, "snapshot": snapshot, "training": {"epochs": epochs, "seed": 7}}
    return Bundle(Path(name), {**manifest, "evaluation": {"sets": sets}})


def test_two_versions_differ_in_settings_measures_and_rows(ledger: Ledger, take: Take) -> None:
    first = take()
    label(ledger, "anna", "support")
    left = bundle_of("parley-1", first.manifest["snapshot"], 2.0, 0.5)
    right = bundle_of("parley-2", take().manifest["snapshot"], 3.0, 0.6)
    words = difference_words(difference(left, right)).splitlines()
    assert words == [
        "parley-1 -> parley-2", "  epochs: 2.0 -> 3.0", "  b, stance macro-F1: 0.500 -> 0.600 (+0.100)",
        "  a, stance macro-F1: 0.500 -> 0.600 (+0.100)",
        "  rows that were added (+), are gone (-) or have another label (~): 1",
        "    + support/?  Kyra: Kyra will attend.",
    ]  # fmt: skip


def test_where_a_snapshot_is_elsewhere_the_difference_says_so(take: Take) -> None:
    left, right = bundle_of("a", "0" * 64, 2.0, 0.5), bundle_of("b", take().manifest["snapshot"], 2.0, 0.5)
    assert "rows: one of the snapshots is not here" in difference_words(difference(left, right))
    assert difference(right, right)["rows"] == []
