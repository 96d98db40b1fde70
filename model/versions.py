"""The versions of the model: immutable bundles in one folder, of which `current` names the champion.

    <name>/       a bundle under the name in its manifest; read-only, and in place whole or not at all
    current       the name of the champion; while there is none, the release that ships is the champion
    audit.jsonl   what happened, by `model.audit`

Every change is first written into the audit log and then made, under one lock. A kill between the two leaves the old
champion served; whoever holds the lock next sees it and notes that the change was not completed. A release is copied
here when it becomes or stops being the champion, so that the way back survives an upgrade of Parley.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from model.audit import LOCK_SECONDS, Audit, AuditError, Entry, exclusive
from model.bundle import FILES, RELEASE, Bundle, digest_of, load_bundle
from model.disk import sync
from model.errors import BundleError, InputError
from model.folders import models_folder

Json = dict[str, Any]
Sentences = list[str]
Digests = Mapping[str, Mapping[str, str]]  # SHA-256 by version and file

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
RESERVED: Final = frozenset({"current", "audit.jsonl", "audit.lock", "audit.torn"})
ADDING: Final = ".adding-"
# The changes of the champion, and what is noted where `current` was not written after one.
NOT_COMPLETED: Final = {"promote": "promotion not completed", "rollback": "rollback not completed"}
BY_HAND: Final = "current changed by hand"
ITSELF: Final = "parley"  # who notes what no person did


@dataclass(frozen=True)
class Version:
    """One row of the list. `macro_f1` is the stance's by evaluation set; `problem` says why it cannot be used."""

    name: str
    folder: Path
    champion: bool
    created: str | None
    parent: str | None
    snapshot: str | None
    verdict: str | None
    macro_f1: Mapping[str, float]
    problem: str | None


class Versions:
    """The models folder. Nothing is created until something is written."""

    def __init__(self, folder: Path | None = None, release: Path = RELEASE) -> None:
        self.folder = folder or models_folder()
        self.audit = Audit(self.folder / "audit.jsonl")
        self._release = release
        self._current_file = self.folder / "current"

    # Reading

    def champion(self) -> Path:
        """The folder of the champion, looked at but not loaded; BundleError where `current` names nothing usable."""
        name = self._read_current()
        if name is None:
            return self._release
        folder = self._folders().get(name)
        problem = "is not among the versions" if folder is None else _problem(folder, name)
        if folder is None or problem:
            raise BundleError(f"{self._current_file} names {name}, which {problem}; {self._way_back()}")
        return folder

    def current_name(self) -> str:
        """The name of the champion; BundleError where `current` holds no name."""
        return self._read_current() or self._release_name

    def find(self, name: str) -> Path:
        """The folder of a version, by its name or the beginning of it; InputError lists those there are."""
        folders = self._folders()
        if name in folders:
            return folders[name]
        matches = [each for each in folders if name and each.startswith(name)]
        if len(matches) != 1:
            found = f"fits {', '.join(matches)}" if matches else f"is no version; there are {', '.join(folders)}"
            raise InputError(f"{name!r} {found}")
        return folders[matches[0]]

    def list(self) -> Sequence[Version]:
        """Every version, the oldest first; a damaged one is listed with its problem."""
        champion = self._named()
        found = [_version(name, folder, name == champion) for name, folder in self._folders().items()]
        # What was judged again has its newest verdict in the audit log alone.
        judged = {each.details.get("challenger"): each.details.get("verdict") for each in self._judgings()}
        found = [replace(each, verdict=judged.get(each.name, each.verdict)) for each in found]
        return sorted(found, key=lambda version: (version.created or "", version.name))

    # Writing

    def add(self, bundle_folder: Path, who: str, event: str = "train", **details: Any) -> Path:
        """Copy a bundle in and return its folder: the files of the bundle, and every other file directly in its folder.

        One that is there already is left as it is; InputError for another bundle under the same name.
        """
        if event in NOT_COMPLETED:
            raise InputError(f"the event of an added version cannot be {event!r}")
        bundle = load_bundle(bundle_folder)
        if not NAME.fullmatch(bundle.name) or bundle.name in RESERVED:
            raise InputError(
                f"{bundle.name!r} cannot be the name of a version; give up to 100 letters, digits, . _ or -, "
                "the first a letter or digit"
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            self._settle()
            there = self._folders().get(bundle.name)
            return self._place(bundle, who, event, details) if there is None else _same(there, bundle)

    def promote(
        self,
        name: str,
        who: str,
        reason: str | None = None,
        override: bool = False,
        instead_of: str | None = None,
        **details: Any,
    ) -> str:
        """Make a version the champion and return its name; one that is champion already stays so.

        An override of the gate needs a reason. `instead_of` names the champion that it was judged against: InputError
        where another has taken its place since. BundleError where the version is damaged.
        """
        if override and not (reason or "").strip():
            raise InputError("an override needs a reason")
        folder = self.find(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            self._settle()
            name = self._checked(folder).name
            if self._current_file.exists() and self._named() == name and self._history()[-1:] == [name]:
                sync(self.folder)  # a kill may have come just before this step
                return name
            if instead_of is not None and self._named() != instead_of:
                raise InputError(
                    f"{name} was judged against {instead_of}, but {self._named()} is the champion now; judge it anew"
                )
            self._keep_release(name, who)
            self._note_change_by_hand()
            self._crown("promote", name, who, reason=reason, override=override, **details)
        return name

    def rollback(self, who: str, reason: str | None = None) -> str:
        """Make the champion before this one the champion again, and return its name.

        Like undo: each further rollback goes one champion further back, and a promotion begins anew from there.
        """
        if not self.folder.is_dir():
            raise InputError("there is no champion to go back to: nothing was ever promoted")
        with self._lock():
            self._settle()
            self._note_change_by_hand()
            name = previous_champion(self._history())
            if name is None:
                raise InputError(f"there is no champion before {self._named() or 'this one'} to go back to")
            folder = self._folders().get(name)
            if folder is None:
                raise BundleError(f"the champion before was {name}, which is not among the versions; {self._choices()}")
            self._checked(folder)
            self._crown("rollback", name, who, reason=reason)
        return name

    def verify(self) -> Sequence[str]:
        """Check the log, `current` and every version; what was mended or is odd without being wrong, in sentences.

        AuditError where the log is broken or `current` is another than it says; BundleError for a damaged version.
        """
        if not self.folder.is_dir():
            load_bundle(self._release)
            return []
        with self._lock():
            notes = self._settle()
            entries = self.audit.entries()
            self._check_current(entries)
        known, folders = _digests(entries), self._folders()
        for name in sorted({*known, *folders}):
            folder = folders.get(name, self.folder / name)
            if not folder.exists():
                notes.append(f"{name} was added, but is not there")
                continue
            self._checked(folder, known)
            if name not in known and folder != self._release:
                notes.append(f"{name} was not added by Parley: the audit log does not know it")
        return notes

    # What there is

    @cached_property
    def _release_name(self) -> str:
        return str(_manifest(self._release)["name"])

    def _folders(self) -> Mapping[str, Path]:
        """Every version by name, also a damaged one; the release last, unless there is a copy of it."""
        here = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        found = {each.name: each for each in here if NAME.fullmatch(each.name) and (each / "manifest.json").is_file()}
        with suppress(BundleError):  # a damaged release takes no other version along
            found.setdefault(self._release_name, self._release)
        return found

    def _read_current(self) -> str | None:
        """What `current` names, None where there is no such file; BundleError where it holds no name."""
        try:
            with self._current_file.open("rb") as stream:
                text = stream.read(200).decode("utf-8", errors="replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BundleError(
                f"{self._current_file} cannot be read ({error.strerror}); PARLEY_MODELS names another folder"
            ) from None
        if not NAME.fullmatch(text):
            raise BundleError(f"{self._current_file} names no version; {self._way_back()}")
        return text

    def _named(self) -> str:
        """The champion's name, "" where `current` holds none."""
        try:
            return self.current_name()
        except BundleError:
            return ""

    def _way_back(self) -> str:
        return f"go back with `parley models rollback`, or {self._choices()}"

    def _choices(self) -> str:
        return f"run `parley models promote NAME` with one of {', '.join(self._folders())}"

    def _history(self) -> Sequence[str]:
        return champions(self.audit.entries())

    def _checked(self, folder: Path, known: Digests | None = None) -> Bundle:
        """Load a version; BundleError where a file is not the one that was added."""
        bundle = load_bundle(folder)
        if folder == self._release:
            return bundle
        if bundle.name != folder.name:
            raise BundleError(f"{folder} holds {bundle.name}; a version's folder must bear the name in its manifest")
        known = _digests(self.audit.entries()) if known is None else known
        for file, digest in known.get(bundle.name, {}).items():
            if not (folder / file).is_file() or digest_of(folder / file) != digest:
                raise BundleError(f"{folder / file} is missing or no longer what it was when the version was added")
        return bundle

    def _check_current(self, entries: Sequence[Entry]) -> None:
        history = champions(entries)
        expected = history[-1] if history else self._release_name
        if self._named() != expected:
            raise AuditError(
                f"{self._current_file} names {self._named() or 'no version'}, but by the audit log the champion is "
                f"{expected}; {self._choices()}"
            )
        self.champion()

    def _judgings(self) -> Sequence[Entry]:
        with suppress(AuditError):  # a broken log is for `verify` to report
            return [each for each in self.audit.entries() if each.event == "judge"]
        return []

    # Changing it, with the lock held

    def _lock(self) -> AbstractContextManager[None]:
        return exclusive(self.folder / ".lock", LOCK_SECONDS)

    def _settle(self) -> Sentences:
        """Mend what a kill left, and say so; AuditError where the log is broken: nothing may rest on it then."""
        notes = [note for note in [self.audit.repair()] if note]
        self.audit.verify()
        for left in self.folder.glob(ADDING + "*"):  # while the lock is held, nobody is adding
            shutil.rmtree(left, ignore_errors=True)
            notes.append("the half copy of a version that was being added was removed; add it again")
        last = next((each for each in reversed(self.audit.entries()) if _changes_champion(each)), None)
        if last is not None and last.event in NOT_COMPLETED:
            wanted, before = last.details["version"], last.details["before"]
            if self._named() == before != wanted:
                self.audit.append(NOT_COMPLETED[last.event], ITSELF, version=wanted, stays=before)
                notes.append(f"{NOT_COMPLETED[last.event]}: it was of {wanted}, and {before} is still the champion")
        return notes

    def _note_change_by_hand(self) -> None:
        """Note a `current` that is another than the log says, so that the history goes on from what was served."""
        history, found = self._history(), self._named()
        expected = history[-1] if history else self._release_name
        if found != expected:
            self.audit.append(BY_HAND, ITSELF, version=found, before=expected)

    def _keep_release(self, promoted: str, who: str) -> None:
        """Copy the release in where it is the champion now or is to become it."""
        there = self._folders().get(self._release_name)
        if there == self._release and self._release_name in (promoted, self._named()):
            self._place(load_bundle(self._release), who, "keep", {})

    def _crown(self, event: str, name: str, who: str, **details: Any) -> None:
        """Log, then replace `current`, whose new text is on the disk by then: a full disk stops it before the log."""
        fresh = self.folder / ".current"
        fresh.write_text(name + "\n", encoding="utf-8")
        sync(fresh)
        self.audit.append(event, who, version=name, before=self._named(), **details)
        os.replace(fresh, self._current_file)
        sync(self.folder)

    def _place(self, bundle: Bundle, who: str, event: str, details: Mapping[str, Any]) -> Path:
        """Copy, check the copy, log, then rename into place."""
        target = self.folder / bundle.name
        made = Path(tempfile.mkdtemp(prefix=ADDING, dir=self.folder))
        try:
            digests = _copy(bundle.folder, made)
            manifest = load_bundle(made).manifest
            facts = {"parent": manifest.get("parent"), "snapshot": manifest.get("snapshot"), **details}
            self.audit.append(event, who, version=bundle.name, sha256=digests, **facts)
            os.rename(made, target)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        sync(self.folder)
        return target


def champion_bundle() -> Path:
    """The folder of the bundle that is used where none is named."""
    return Versions().champion()


def champions(entries: Iterable[Entry]) -> Sequence[str]:
    """The champions up to now, undone ones left out: the last is what `current` should name.

    Empty where nothing was ever promoted; "" stands for a `current` that named nothing.
    """
    now: Sequence[str] = []
    before = now
    for entry in entries:
        if entry.event in NOT_COMPLETED.values():
            now = before
        elif _changes_champion(entry):
            now, before = _after(now, entry), now
    return now


def previous_champion(history: Sequence[str]) -> str | None:
    """The last one in the history that is another than the present champion; None where there is none."""
    return next((name for name in reversed(history[:-1]) if name not in ("", history[-1])), None)


def _after(history: Sequence[str], entry: Entry) -> Sequence[str]:
    name = entry.details["version"]
    if entry.event == "rollback":
        return history[: max(at for at, each in enumerate(history[:-1]) if each == name) + 1]
    start = history or [entry.details["before"]]
    return start if start[-1] == name else [*start, name]


def _changes_champion(entry: Entry) -> bool:
    return entry.event in {*NOT_COMPLETED, *NOT_COMPLETED.values(), BY_HAND}


def _digests(entries: Iterable[Entry]) -> Digests:
    """What the files of every version were when it was added."""
    details = [each.details for each in entries]
    return {each["version"]: each["sha256"] for each in details if {"version", "sha256"} <= each.keys()}


def _copy(source: Path, target: Path) -> Mapping[str, str]:
    """Copy the files of a bundle and those beside them, read-only and onto the disk; their digests."""
    names = sorted({*FILES, *(each.name for each in source.iterdir() if each.is_file())})
    target.chmod(0o755)
    for name in names:
        copy = target / name
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(source / name, copy)
        copy.chmod(0o444)
        sync(copy)
    for folder in {(target / name).parent for name in names}:
        sync(folder)
    return {name: digest_of(target / name) for name in names}


def _same(there: Path, bundle: Bundle) -> Path:
    if load_bundle(there).manifest != bundle.manifest:
        raise InputError(f"there is another version {bundle.name}, and versions are never replaced; rename the bundle")
    return there


def _manifest(folder: Path) -> Json:
    """The manifest as it stands; BundleError where it cannot be read."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or not manifest.get("name"):
        raise BundleError(f"{folder} is not a bundle: it has no manifest.json that can be read")
    return manifest


def _problem(folder: Path, name: str) -> str | None:
    """What can be seen to be wrong with a version without reading its large files."""
    try:
        held = _manifest(folder)["name"]
    except BundleError:
        return "has no manifest.json that can be read"
    if held != name:
        return f"holds {held} by its manifest"
    missing = [file for file in FILES if not (folder / file).is_file()]
    return f"lacks {', '.join(missing)}" if missing else None


def _version(name: str, folder: Path, champion: bool) -> Version:
    problem = _problem(folder, name)
    try:
        manifest = _manifest(folder)
    except BundleError:
        manifest = {}
    return Version(
        name, folder, champion, _text(manifest, "created"), _text(manifest, "parent"), _text(manifest, "snapshot"),
        _verdict(folder), _macro_f1(manifest), problem,
    )  # fmt: skip


def _text(values: Mapping[str, Any], key: str) -> str | None:
    return str(values[key]) if values.get(key) is not None else None


def _verdict(folder: Path) -> str | None:
    """What the gate said: promote, hold or reject."""
    try:
        return _text(json.loads((folder / "verdict.json").read_text(encoding="utf-8")), "verdict")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None


def _macro_f1(manifest: Json) -> Mapping[str, float]:
    try:
        sets = manifest["evaluation"]["sets"]
        return {name: float(part["stance"]["macro_f1"]) for name, part in sets.items() if "stance" in part}
    except (KeyError, TypeError, ValueError, AttributeError):  # a bundle need not be evaluated
        return {}
