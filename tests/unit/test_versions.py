"""The models folder: versions that never change, the champion, and the way back."""

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from disks import disk_of

from model import versions as versions_module
from model.audit import AuditError, exclusive
from model.bundle import FILES, RELEASE, digest_of, load_bundle
from model.errors import BundleError, BusyError, InputError
from model.labels import SENTIMENTS, STANCES
from model.versions import Versions, champion_bundle

ROOT = Path(__file__).parents[2]


def make_bundle(folder: Path, name: str, **more: Any) -> Path:
    """A bundle that loads; its model is no model, which the versions need not know."""
    (folder / "onnx").mkdir(parents=True)
    for file in FILES:
        (folder / file).write_text(f"{file} of {name}", encoding="utf-8")
    manifest = {
        "schema_version": 1, "name": name, "created": "2026-01-01", "snapshot": "s1", "parent": None,
        "labels": {"stance": list(STANCES), "sentiment": list(SENTIMENTS)},
        "training": {}, "calibration": {}, "abstention": {},
        "files": {file: digest_of(folder / file) for file in FILES}, **more,
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "README.md").write_text(f"# {name}", encoding="utf-8")
    return folder


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "release", "parley-release")


@pytest.fixture
def empty(tmp_path: Path, release: Path) -> Versions:
    return Versions(tmp_path / "models", release)


@pytest.fixture
def versions(empty: Versions, tmp_path: Path) -> Versions:
    """With parley-a1 and parley-b2, of which none is champion."""
    for name in ("parley-a1", "parley-b2"):
        empty.add(make_bundle(tmp_path / "made" / name, name), "mara")
    return empty


def events(versions: Versions) -> list[str]:
    return [entry.event for entry in versions.audit.entries()]


def names(versions: Versions) -> list[str]:
    return [version.name for version in versions.list()]


# The release


def test_the_release_is_champion_while_nothing_was_promoted(empty: Versions, release: Path) -> None:
    assert empty.champion() == release
    assert empty.current_name() == "parley-release"
    assert empty.find("parley-rel") == release
    assert [(version.name, version.champion) for version in empty.list()] == [("parley-release", True)]
    assert empty.verify() == []
    assert not empty.folder.exists()


def test_the_champion_of_an_empty_models_folder_is_the_release_that_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_MODELS", str(tmp_path / "none"))
    assert champion_bundle() == RELEASE


def test_reading_the_champion_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = ("onnxruntime", "pyarrow", "yaml", "sqlalchemy", "importlib.metadata", "rich", "model.scorer")
    code = f"import sys, model.versions as v; v.champion_bundle(); print([m for m in {heavy} if m in sys.modules])"
    environment = {**os.environ, "PARLEY_MODELS": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
    assert run.stdout.decode().strip() == "[]"


def test_the_release_that_was_champion_stays_when_parley_is_upgraded(versions: Versions, tmp_path: Path) -> None:
    versions.promote("parley-a1", "mara")
    upgraded = Versions(versions.folder, make_bundle(tmp_path / "next", "parley-next"))
    assert upgraded.current_name() == "parley-a1"
    assert upgraded.rollback("mara") == "parley-release"
    assert load_bundle(upgraded.champion()).name == "parley-release"
    assert {"parley-next", "parley-release"} <= set(names(upgraded))
    assert upgraded.verify() == []


def test_a_damaged_release_takes_no_other_version_along(versions: Versions, release: Path) -> None:
    versions.promote("parley-a1", "mara")
    (release / "manifest.json").write_text("{", encoding="utf-8")
    again = Versions(versions.folder, release)
    assert again.champion().name == again.current_name() == "parley-a1"


# Adding


def test_an_added_version_is_a_whole_copy_that_nobody_can_write(empty: Versions, tmp_path: Path) -> None:
    source = make_bundle(tmp_path / "made", "parley-a1")
    (source / "verdict.json").write_text('{"verdict": "promote"}', encoding="utf-8")
    folder = empty.add(source, "mara", snapshot_file="s1.jsonl")
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {str(file.relative_to(folder)) for file in files} == {*FILES, "manifest.json", "README.md", "verdict.json"}
    assert all((folder / each.name).exists() for each in source.iterdir())
    assert not any(file.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) for file in files)
    [entry] = empty.audit.entries()
    assert (entry.event, entry.who, entry.details["version"]) == ("train", "mara", "parley-a1")
    assert entry.details["snapshot_file"] == "s1.jsonl"


def test_adding_the_same_bundle_twice_is_fine(versions: Versions, tmp_path: Path) -> None:
    before = events(versions)
    assert versions.add(tmp_path / "made" / "parley-a1", "mara") == versions.folder / "parley-a1"
    assert events(versions) == before


def test_adding_the_release_copies_nothing(empty: Versions, release: Path) -> None:
    assert empty.add(release, "mara") == release


def test_another_bundle_of_the_same_name_is_refused(versions: Versions, tmp_path: Path) -> None:
    other = make_bundle(tmp_path / "other", "parley-a1", snapshot="s2")
    with pytest.raises(InputError, match="another version parley-a1"):
        versions.add(other, "mara")
    assert load_bundle(versions.find("parley-a1")).manifest["snapshot"] == "s1"


def test_a_damaged_bundle_is_refused_and_nothing_is_created(empty: Versions, tmp_path: Path) -> None:
    damaged = make_bundle(tmp_path / "made", "parley-a1")
    (damaged / "tokenizer.json").write_text("other", encoding="utf-8")
    with pytest.raises(BundleError, match=r"tokenizer\.json is damaged"):
        empty.add(damaged, "mara")
    assert not empty.folder.exists()


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/b", ".hidden", "current", "audit.jsonl", "x" * 101, "a b", "é"])
def test_a_bundle_whose_name_is_no_plain_folder_name_is_refused(empty: Versions, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name of a version"):
        empty.add(make_bundle(tmp_path / "made", name), "mara")
    assert not empty.folder.exists()


def test_links_are_copied_as_the_files_that_they_name(empty: Versions, tmp_path: Path) -> None:
    source = make_bundle(tmp_path / "made", "parley-a1")
    (source / "config.json").rename(tmp_path / "blob")
    (source / "config.json").symlink_to(tmp_path / "blob")
    (source / "loop").symlink_to(source)
    (source / "dangling").symlink_to(tmp_path / "nowhere")
    folder = empty.add(source, "mara")
    assert not any(path.is_symlink() for path in folder.rglob("*"))
    assert not (folder / "loop").exists()


def test_what_a_killed_add_left_is_removed_by_the_next(versions: Versions, tmp_path: Path) -> None:
    left = versions.folder / ".adding-1"
    make_bundle(left, "parley-half")
    versions.add(make_bundle(tmp_path / "made" / "c", "parley-c3"), "mara")
    assert not left.exists()
    assert names(versions) == ["parley-a1", "parley-b2", "parley-c3", "parley-release"]


# Finding


@pytest.mark.parametrize("name", ["../models/parley-a1", "/parley-a1", "", ".", "parley-z", "current", "PARLEY-A1"])
def test_a_name_that_is_no_version_is_refused_and_the_versions_are_listed(versions: Versions, name: str) -> None:
    with pytest.raises(InputError, match="is no version; there are parley-a1, parley-b2, parley-release"):
        versions.find(name)
    with pytest.raises(InputError):
        versions.promote(name, "mara")


def test_a_unique_beginning_is_enough(versions: Versions) -> None:
    assert versions.find("parley-a").name == "parley-a1"
    assert versions.promote("parley-b", "mara") == "parley-b2"
    with pytest.raises(InputError, match="'parley-' fits parley-a1, parley-b2, parley-release"):
        versions.find("parley-")


def test_a_whole_name_wins_over_a_longer_one(versions: Versions, tmp_path: Path) -> None:
    versions.add(make_bundle(tmp_path / "made" / "long", "parley-a1-long"), "mara")
    assert versions.find("parley-a1").name == "parley-a1"


def test_the_list_shows_what_manifest_and_verdict_say(empty: Versions, tmp_path: Path) -> None:
    sets = {"voa-dev": {"stance": {"macro_f1": 0.7}}, "newsmtsc": {"sentiment": {"macro_f1": 0.8}}}
    source = make_bundle(tmp_path / "made", "parley-a1", parent="parley-release", evaluation={"sets": sets})
    (source / "verdict.json").write_text('{"verdict": "hold"}', encoding="utf-8")
    empty.promote(empty.add(source, "mara").name, "mara")
    [shown] = [version for version in empty.list() if version.champion]
    assert (shown.name, shown.parent) == ("parley-a1", "parley-release")
    assert (shown.created, shown.snapshot) == ("2026-01-01", "s1")
    assert (shown.verdict, shown.macro_f1, shown.problem) == ("hold", {"voa-dev": 0.7}, None)
    empty.audit.append("judge", "mara", challenger="parley-a1", champion="parley-release", verdict="reject")
    assert [version.verdict for version in empty.list() if version.champion] == ["reject"]


@pytest.mark.parametrize("content", ["", "[]", "null", '{"name": "other"}', "[" * 5000, '{"name": "parley-a1"'])
def test_a_damaged_version_is_listed_with_its_problem(versions: Versions, content: str) -> None:
    manifest = versions.folder / "parley-a1" / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text(content, encoding="utf-8")
    (versions.folder / "parley-b2" / "verdict.json").write_text(content, encoding="utf-8")
    problems = {version.name: version.problem for version in versions.list()}
    assert problems["parley-a1"]
    assert problems["parley-b2"] is None


def test_other_folders_are_no_versions(versions: Versions) -> None:
    (versions.folder / "lost").mkdir()
    (versions.folder / "note.txt").write_text("mine", encoding="utf-8")
    assert names(versions) == ["parley-a1", "parley-b2", "parley-release"]
    assert versions.verify() == []


# Promotion and the way back


def test_a_promotion_is_logged_and_then_served(versions: Versions) -> None:
    versions.promote("parley-a1", "mara", "the gate said so", verdict="promote")
    assert versions.champion() == versions.folder / "parley-a1"
    entry = versions.audit.entries()[-1]
    assert (entry.event, entry.who) == ("promote", "mara")
    assert entry.details == {
        "version": "parley-a1", "before": "parley-release", "reason": "the gate said so", "override": False,
        "verdict": "promote",
    }  # fmt: skip
    assert versions.verify() == []


def test_promoting_the_champion_changes_nothing(versions: Versions) -> None:
    versions.promote("parley-a1", "mara")
    before = events(versions)
    assert versions.promote("parley-a1", "mara") == "parley-a1"
    assert events(versions) == before


def test_a_promoted_release_stays_champion_when_parley_is_upgraded(empty: Versions, tmp_path: Path) -> None:
    empty.promote("parley-release", "mara")
    upgraded = Versions(empty.folder, make_bundle(tmp_path / "next", "parley-next"))
    assert upgraded.current_name() == upgraded.champion().name == "parley-release"


@pytest.mark.parametrize("reason", [None, "", " "])
def test_an_override_needs_a_reason(versions: Versions, reason: str | None) -> None:
    with pytest.raises(InputError, match="an override needs a reason"):
        versions.promote("parley-a1", "mara", reason, override=True)
    assert versions.current_name() == "parley-release"


def test_a_promotion_needs_a_name(versions: Versions) -> None:
    with pytest.raises(InputError, match="name of who did it"):
        versions.promote("parley-a1", " ", "a reason", override=True)
    assert versions.current_name() == "parley-release"


@pytest.mark.parametrize("file", ["onnx/model.onnx", "manifest.json", "README.md"])
def test_a_version_that_was_changed_is_not_promoted(versions: Versions, file: str) -> None:
    path = versions.folder / "parley-a1" / file
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8").replace("parley-a1", "parley-a1 "), encoding="utf-8")
    with pytest.raises(BundleError, match="parley-a1"):
        versions.promote("parley-a1", "mara")
    assert versions.current_name() == "parley-release"


def test_rollbacks_go_back_through_the_champions_like_undo(versions: Versions) -> None:
    versions.promote("parley-a1", "mara")
    versions.promote("parley-b2", "mara")
    assert versions.rollback("mara", "worse on ceasefires") == "parley-a1"
    assert versions.audit.entries()[-1].details["reason"] == "worse on ceasefires"
    assert versions.rollback("mara") == versions.current_name() == "parley-release"
    with pytest.raises(InputError, match="no champion before parley-release"):
        versions.rollback("mara")
    assert versions.verify() == []


def test_a_promotion_after_a_rollback_forgets_what_was_undone(versions: Versions) -> None:
    versions.promote("parley-a1", "mara")
    versions.rollback("mara")
    versions.promote("parley-b2", "mara")
    assert versions.rollback("mara") == "parley-release"


def test_a_champion_may_come_again(versions: Versions) -> None:
    for name in ("parley-a1", "parley-b2", "parley-a1"):
        versions.promote(name, "mara")
    assert [versions.rollback("mara") for _ in range(3)] == ["parley-b2", "parley-a1", "parley-release"]


def test_there_is_no_way_back_where_nothing_was_promoted(empty: Versions, versions: Versions, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no champion before parley-release"):
        versions.rollback("mara")
    with pytest.raises(InputError, match="nothing was ever promoted"):
        Versions(tmp_path / "nowhere").rollback("mara")
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_predecessor_is_not_gone_back_to(versions: Versions) -> None:
    versions.promote("parley-a1", "mara")
    versions.promote("parley-b2", "mara")
    (versions.folder / "parley-a1" / "config.json").unlink()
    with pytest.raises(BundleError, match=r"config\.json is missing"):
        versions.rollback("mara")
    assert versions.current_name() == "parley-b2"


# A `current` that is not as it should be


@pytest.mark.parametrize("content", [b"", b"\n", b"../release", b"/etc", b"parley-\xff", b"a\nb", b"x" * 10_000])
def test_a_current_that_holds_no_name_says_how_to_go_back(versions: Versions, content: bytes) -> None:
    versions.promote("parley-a1", "mara")
    (versions.folder / "current").write_bytes(content)
    with pytest.raises(BundleError, match=r"names no version; go back with `parley models rollback`, .*parley-b2"):
        versions.champion()
    assert not any(version.champion for version in versions.list())
    assert versions.rollback("mara") == "parley-a1"
    assert versions.verify() == []


@pytest.mark.parametrize(("name", "says"), [("parley-gone", "is not among"), ("parley-b2", "lacks config.json")])
def test_a_current_that_names_nothing_usable_says_how_to_go_back(versions: Versions, name: str, says: str) -> None:
    versions.promote("parley-a1", "mara")
    (versions.folder / "parley-b2" / "config.json").unlink()
    (versions.folder / "current").write_text(name, encoding="utf-8")
    with pytest.raises(BundleError, match=f"names {name}, which {says}.*`parley models rollback`"):
        versions.champion()
    assert versions.rollback("mara") == versions.current_name() == "parley-a1"


def test_a_current_that_cannot_be_read_is_a_clear_error(versions: Versions) -> None:
    (versions.folder / "current").mkdir()
    with pytest.raises(BundleError, match=r"cannot be read .*PARLEY_MODELS"):
        versions.champion()


def test_a_models_folder_that_is_a_file_is_a_clear_error(tmp_path: Path, release: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BundleError, match="cannot be read"):
        Versions(tmp_path / "file", release).champion()


def test_a_current_written_by_hand_is_found_and_goes_into_the_history(versions: Versions) -> None:
    versions.promote("parley-a1", "mara")
    (versions.folder / "current").write_text("parley-b2\n", encoding="utf-8")
    with pytest.raises(AuditError, match="names parley-b2, but by the audit log the champion is parley-a1"):
        versions.verify()
    versions.promote("parley-release", "mara")
    assert "current changed by hand" in events(versions)
    assert versions.rollback("mara") == "parley-b2"
    assert versions.verify() == []


def test_a_current_without_a_log_can_be_promoted_and_undone(versions: Versions) -> None:
    versions.promote("parley-a1", "mara")
    versions.audit.file.rename(versions.folder / "old.jsonl")
    with pytest.raises(AuditError, match="the champion is parley-release"):
        versions.verify()
    versions.promote("parley-a1", "mara")
    assert versions.rollback("mara") == "parley-release"


# Verification


def test_a_broken_chain_stops_every_change(versions: Versions) -> None:
    log = versions.audit.file
    log.write_bytes(log.read_bytes().replace(b"mara", b"eve", 1))
    for change in (lambda: versions.promote("parley-a1", "mara"), lambda: versions.rollback("mara"), versions.verify):
        with pytest.raises(AuditError, match="line 1 was edited"):
            change()
    assert versions.current_name() == "parley-release"


@pytest.mark.parametrize("file", [*FILES, "manifest.json", "README.md"])
def test_a_changed_file_of_any_version_is_found(versions: Versions, file: str) -> None:
    path = versions.folder / "parley-b2" / file
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(BundleError, match=file):
        versions.verify()


def test_a_version_that_is_gone_or_unknown_is_noted(versions: Versions, tmp_path: Path) -> None:
    make_bundle(versions.folder / "parley-hand", "parley-hand")
    (versions.folder / "parley-b2").rename(tmp_path / "elsewhere")
    assert versions.verify() == [
        "parley-b2 was added, but is not there", "parley-hand was not added by Parley: the audit log does not know it",
    ]  # fmt: skip


def test_a_folder_under_another_name_is_found(versions: Versions) -> None:
    (versions.folder / "parley-b2").rename(versions.folder / "parley-c3")
    with pytest.raises(BundleError, match="parley-c3 holds parley-b2"):
        versions.verify()


# Two at once, and a full disk


def test_a_second_process_waits_and_then_says_that_it_cannot(
    versions: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions_module, "LOCK_SECONDS", 0.1)
    with exclusive(versions.folder / ".lock"):
        assert versions.current_name() == "parley-release"
        with pytest.raises(BusyError, match="another Parley process"):
            versions.promote("parley-a1", "mara")
    assert versions.promote("parley-a1", "mara") == "parley-a1"


@pytest.mark.parametrize("step", range(1, 25))
def test_a_disk_that_fails_at_any_step_leaves_the_old_or_the_new_champion(
    versions: Versions, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing_at(step))
        with suppress(OSError):  # the last of these steps lie beyond the end
            versions.promote("parley-a1", "mara")
    assert load_bundle(versions.champion()).name in ("parley-release", "parley-a1")
    versions.verify()
    assert names(versions) == ["parley-a1", "parley-b2", "parley-release"]
    assert versions.promote("parley-a1", "mara") == versions.current_name()
    assert versions.verify() == []


def failing_at(step: int) -> Any:
    real, calls = os.fsync, iter(range(1, 1000))

    def fsync(descriptor: int) -> None:
        if next(calls) >= step:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    return fsync


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disk_of("64k", tmp_path / "disk") as place:
        yield place


def test_a_full_disk_leaves_no_half_version(small_disk: Path, tmp_path: Path, release: Path) -> None:
    versions = Versions(small_disk / "models", release)
    large = make_bundle(tmp_path / "made", "parley-large")
    (large / "notes.txt").write_bytes(b"x" * 100_000)
    with pytest.raises(OSError, match="No space left"):
        versions.add(large, "mara")
    assert names(versions) == ["parley-release"]
    assert not list(versions.folder.glob(".adding-*"))
    assert versions.verify() == []
