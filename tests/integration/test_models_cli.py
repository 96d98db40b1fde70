"""Retraining and the versions of the model on the command line."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from commands import Commands
from worlds import RULES, World

from model.bundle import load_bundle


@pytest.fixture
def world(retrained_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A place whose challenger the gate would promote."""
    copy = retrained_world.copy(tmp_path / "world")
    copy.enter(monkeypatch)
    return copy


def champion(world: World) -> str:
    return load_bundle(world.versions.champion()).name


def ruled(world: World, **rules: Any) -> list[str]:
    """Options by which the gate says something else."""
    world.rules.write_text(json.dumps({**RULES, **rules}), encoding="utf-8")
    return world.options


def terminal(answer: str) -> tuple[str, int]:
    """A terminal at which somebody answers: its name, and what to close."""
    ours, theirs = os.openpty()
    os.write(ours, f"{answer}\n".encode())
    return os.ttyname(theirs), theirs


def test_auto_promotes_what_the_gate_promotes_and_says_how_to_go_back(commands: Commands, world: World) -> None:
    shown = commands(world, "retrain", *world.options, "--promote", "auto", "--who", "mara").out
    assert shown.startswith("nothing changed since this was judged\nPROMOTE: ")
    assert shown.endswith(f"{world.challenger} is the champion now; go back with: parley models rollback\n")
    assert champion(world) == world.challenger
    entry = world.versions.audit.entries()[-1]
    assert (entry.event, entry.who, entry.details["reason"]) == ("promote", "mara", "the gate says promote")


@pytest.mark.parametrize("promote", ["ask", "never"])
def test_without_a_terminal_nothing_is_promoted_unasked(commands: Commands, world: World, promote: str) -> None:
    shown = commands(world, "retrain", *world.options, "--promote", promote).out
    assert shown.endswith(f"not promoted yet; do it with: parley models promote {world.challenger}\n")
    assert world.versions.champion() == world.release


@pytest.mark.parametrize(("answer", "promoted"), [("y", True), ("n", False)])
def test_at_a_terminal_a_person_is_asked(commands: Commands, world: World, answer: str, promoted: bool) -> None:
    name, descriptor = terminal(answer)
    shown = commands(world, "retrain", *world.options, stdin=name)
    os.close(descriptor)
    assert f"Serve {world.challenger} from now on?" in shown.err
    assert (champion(world) == world.challenger) is promoted


def test_programs_get_the_verdict_as_json_and_are_not_asked(commands: Commands, world: World) -> None:
    name, descriptor = terminal("y")
    report = json.loads(commands(world, "retrain", *world.options, "--json", stdin=name).out)
    os.close(descriptor)
    assert (report["verdict"], report["promoted"], report["challenger"]) == ("promote", False, world.challenger)
    assert Path(report["folder"], "verdict.html").is_file()


def test_a_challenger_that_the_gate_holds_exits_with_8(commands: Commands, world: World) -> None:
    options = ruled(world, accept_no_worse=False)
    shown = commands(world, "retrain", *options, "--promote", "auto", code=8).out
    assert "HOLD: " in shown
    assert f"against the gate: parley models promote {world.challenger} --override --who NAME --reason WHY" in shown
    assert world.versions.champion() == world.release


def test_a_challenger_that_the_gate_rejects_exits_with_9(commands: Commands, world: World) -> None:
    options = ruled(world, max_size_mb=0.1)
    assert "REJECT: " in commands(world, "retrain", *options, "--promote", "auto", code=9).out
    assert world.versions.champion() == world.release


def test_against_the_gate_only_a_person_with_a_name_and_a_reason_promotes(commands: Commands, world: World) -> None:
    commands(world, "retrain", *ruled(world, max_size_mb=0.1), code=9)
    name = world.challenger
    assert f"the gate says reject to {name}" in commands(world, "models", "promote", name, code=2).err
    for missing in (["--who", "mara"], ["--reason", "it is small enough"]):
        refused = commands(world, "models", "promote", name, "--override", *missing, code=2)
        assert "an override needs your name and a reason" in refused.err
    assert world.versions.champion() == world.release
    commands(world, "models", "promote", name, "--override", "--who", "mara", "--reason", "it is small enough")
    assert champion(world) == name
    entry = json.loads(commands(world, "models", "audit", "--json").out)["entries"][-1]
    assert (entry["event"], entry["who"]) == ("promote", "mara")
    assert (entry["details"]["override"], entry["details"]["reason"]) == (True, "it is small enough")
    shown = commands(world, "models", "audit").out
    assert f"mara: promote {name} (against the gate, it is small enough)" in shown
    assert f"judge {name} (reject)" in shown


def test_what_the_gate_promotes_needs_no_override(commands: Commands, world: World) -> None:
    assert commands(world, "models", "promote", world.challenger[:8]).out == f"champion: {world.challenger}\n"


def test_a_version_that_the_gate_never_judged_needs_an_override(
    commands: Commands, world: World, tmp_path: Path
) -> None:
    manifest = load_bundle(world.release).manifest
    other = World(world.folder, world.release).copy(tmp_path / "other").versions.find(world.challenger)
    (other / "manifest.json").chmod(0o644)
    (other / "manifest.json").write_text(json.dumps({**manifest, **load_bundle(other).manifest, "name": "elsewhere"}))
    commands(world, "models", "add", other, "--who", "mara")
    refused = commands(world, "models", "promote", "elsewhere", code=2).err
    assert f"the gate has not judged elsewhere against {manifest['name']}" in refused


def test_a_version_that_was_rolled_back_comes_again_only_by_override(commands: Commands, world: World) -> None:
    before, name = champion(world), world.challenger
    commands(world, "models", "promote", name)
    assert commands(world, "models", "rollback", "--who", "mara", "--reason", "odd").out == f"champion: {before}\n"
    assert champion(world) == before
    assert world.versions.audit.entries()[-1].details["reason"] == "odd"
    assert "there is no champion before" in commands(world, "models", "rollback", code=2).err
    assert "was served and replaced since" in commands(world, "models", "promote", name, code=2).err
    again = commands(world, "retrain", *world.options, "--promote", "auto")
    assert champion(world) == before
    assert "was served and replaced since" in again.out
    override = ("--override", "--who", "mara", "--reason", "it was not the model")
    assert commands(world, "models", "promote", name, *override).out == f"champion: {name}\n"
    assert commands(world, "models", "promote", before).out == f"champion: {before}\n"


def test_versions_are_listed_with_their_verdicts(commands: Commands, world: World) -> None:
    listed = {each["name"]: each for each in json.loads(commands(world, "models", "list", "--json").out)}
    name = world.challenger
    assert listed[name]["verdict"] == "promote"
    assert listed[name]["parent"] == champion(world)
    assert not listed[name]["champion"]
    assert listed[champion(world)]["champion"]
    assert set(listed[name]["macro_f1"]) == {"other-test", "inputs-frozen"}
    assert all(each in commands(world, "models", "list").out for each in listed)


def test_a_version_is_shown_as_its_card_or_its_manifest(commands: Commands, world: World) -> None:
    name = world.challenger
    assert commands(world, "models", "show", name).out.strip() == (
        (world.versions.find(name) / "README.md").read_text().strip()
    )
    assert json.loads(commands(world, "models", "show", name, "--json").out)["name"] == name
    assert json.loads(commands(world, "models", "show", "--json").out)["name"] == champion(world)
    assert "is no version; there are" in commands(world, "models", "show", "nothing", code=2).err


def test_two_versions_are_compared_by_settings_measures_and_rows(commands: Commands, world: World) -> None:
    found = json.loads(commands(world, "models", "diff", champion(world), world.challenger, "--json").out)
    assert found["versions"] == [champion(world), world.challenger]
    assert found["settings"]["learning_rate"] == [0.003, 0.002]
    assert found["rows"] is None
    assert "one of the snapshots is not here" in commands(world, "models", "diff", world.challenger).out


def test_a_version_is_trained_again_from_its_snapshot_to_the_byte(
    commands: Commands, world: World, tmp_path: Path
) -> None:
    name = world.challenger
    shown = commands(world, "models", "rebuild", name, tmp_path / "again")
    assert shown.out == f"{name} in {tmp_path}/again/bundle is the same to the byte\n"
    again, there = (load_bundle(folder) for folder in (tmp_path / "again" / "bundle", world.versions.find(name)))
    assert again.manifest["files"] == there.manifest["files"]


def test_a_version_whose_snapshot_is_not_here_cannot_be_trained_again(
    commands: Commands, world: World, tmp_path: Path
) -> None:
    refused = commands(world, "models", "rebuild", champion(world), tmp_path / "again", code=2).err
    assert f"{champion(world)} cannot be trained again: its snapshot is not here" in refused
    assert not (tmp_path / "again").exists()


def test_an_audit_log_that_was_edited_is_reported(commands: Commands, world: World) -> None:
    shown = commands(world, "models", "audit").out
    assert shown.endswith("the chain of 2 entries holds, and every version is whole\n")
    log = world.versions.audit.file
    log.write_text(log.read_text().replace('"verdict":"promote"', '"verdict":"reject"', 1))
    assert "line 1 was edited" in commands(world, "models", "audit", code=4).err


def test_a_damaged_champion_has_its_own_exit_code(commands: Commands, world: World) -> None:
    world.versions.promote(world.challenger, "mara")
    file = world.versions.champion() / "onnx" / "model.onnx"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert "model.onnx is damaged" in commands(world, "retrain", *world.options, code=4).err
    assert "model.onnx is damaged" in commands(world, "models", "audit", code=4).err


def test_without_labels_the_command_says_so_and_exits_with_0(
    commands: Commands, empty_world: World, tmp_path: Path
) -> None:
    world = empty_world.copy(tmp_path / "empty")
    shown = commands(world, "retrain", *world.options)
    words = f"nothing to learn: {champion(world)} knows every label of this snapshot"
    assert shown.out == f"{words}\n"
    assert json.loads(commands(world, "retrain", *world.options, "--json").out) == {"verdict": None, "words": words}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--promote", "maybe"], "give auto, ask or never"),
        (["--from", "nowhere"], "give champion or base"),
        (["--from", "base", "--replay", "5"], "--replay and --times belong to --from champion"),
        (["--policy", "loudest"], "no policy 'loudest'"),
        (["--rules", "missing.yaml"], "missing.yaml cannot be read"),
        (["--data", "missing.jsonl"], "missing.jsonl"),
    ],
)
def test_options_that_cannot_be_are_refused(commands: Commands, world: World, options: list[str], words: str) -> None:
    before = world.events()
    assert words in commands(world, "retrain", *world.options, *options, code=2).err
    assert world.events() == before
