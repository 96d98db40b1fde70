"""The audit log: who did what to the model and when, one line an event, each line sealed by the next.

A line holds the hash of its own content and of the line before, so that `verify` finds a line that was edited, taken
out, put in or moved. It does not find lines that are missing from the end, nor a chain that was written anew as a
whole: keep a copy of the last hash elsewhere where that matters. No text of users belongs into a log.
"""

import errno
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from model.disk import sync
from model.errors import BusyError, InputError, ParleyError

START: Final = "0" * 64  # what the first line names as its predecessor
REMEDY: Final = "restore the file from a copy, or keep it under another name to begin a new log"
LOCK_SECONDS: Final = 30.0
LOCK_POLL_SECONDS: Final = 0.05


class AuditError(ParleyError):
    """The audit log is damaged, or says something else than what is there."""

    exit_code = 4
    title = "The audit log does not hold"


@dataclass(frozen=True)
class Entry:
    """One line. `time` is UTC in ISO 8601, `tool` the version of Parley, `previous` the hash of the line before."""

    number: int
    time: str
    event: str
    who: str
    details: dict[str, Any]
    tool: str
    previous: str
    hash: str = ""

    def seal(self) -> str:
        """SHA-256 of the content without `hash`, as JSON with sorted keys and no spaces."""
        content = {key: value for key, value in asdict(self).items() if key != "hash"}
        return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def well_typed(self) -> bool:
        texts = (self.time, self.event, self.who, self.tool, self.previous, self.hash)
        return (
            all(isinstance(each, str) for each in texts)
            and isinstance(self.number, int)
            and isinstance(self.details, dict)
        )

    def line(self) -> bytes:
        return json.dumps(asdict(self), separators=(",", ":")).encode() + b"\n"


class Audit:
    """A log in `file`. Safe to append to from several processes and threads."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.torn_file = file.with_suffix(".torn")
        self._lock_file = file.with_suffix(".lock")

    def append(self, event: str, who: str, **details: Any) -> Entry:
        """Write one line and see it onto the disk; `details` must be JSON. OSError leaves the log as it was."""
        if not event.strip() or not who.strip():
            raise InputError("an entry of the audit log needs an event and the name of who did it")
        held = json.loads(json.dumps(details, allow_nan=False))  # as it will be read: tuples are lists, keys are text
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with exclusive(self._lock_file):
            self._set_torn_aside()
            lines = self._lines()
            previous = self._parse(lines[-1], len(lines)).hash if lines else START
            entry = Entry(len(lines) + 1, now, event, who, held, _tool(), previous)
            entry = replace(entry, hash=entry.seal())
            write_at_end(self.file, entry.line())
        return entry

    def entries(self) -> list[Entry]:
        """All whole lines in order; AuditError where one cannot be read. The chain is not checked."""
        return [self._parse(line, number) for number, line in enumerate(self._lines(), 1)]

    def verify(self) -> None:
        """AuditError names the first line that breaks the chain, or says that the last one is torn."""
        previous = START
        for number, line in enumerate(self._lines(), 1):
            entry = self._parse(line, number)
            if entry.line() != line or entry.seal() != entry.hash:
                raise AuditError(f"{self._at(number)} was edited: its hash is not that of its content; {REMEDY}")
            if entry.number != number or entry.previous != previous:
                raise AuditError(
                    f"{self._at(number)} does not follow the line before: that one was edited, or lines were taken "
                    f"out, put in or moved here; {REMEDY}"
                )
            previous = entry.hash
        if self._torn() and self._torn_for_good():
            raise AuditError(
                f"{self.file}: the last line is torn, as a kill while writing leaves it; the next entry sets it aside"
            )

    def repair(self) -> str | None:
        """Set a torn last line aside, and say so; None where there is nothing to mend."""
        if not self._torn():
            return None
        with exclusive(self._lock_file):
            mended = self._set_torn_aside()
        return f"the torn last line of {self.file.name} was set aside in {self.torn_file.name}" if mended else None

    def _read(self) -> bytes:
        try:
            return self.file.read_bytes()
        except FileNotFoundError:
            return b""

    def _lines(self) -> list[bytes]:
        return [line + b"\n" for line in self._read().split(b"\n")[:-1]]

    def _torn(self) -> bytes:
        """What stands after the last line break: a write that did not end."""
        return self._read().rpartition(b"\n")[2]

    def _torn_for_good(self) -> bool:
        """Whether the line stays torn once nobody is writing."""
        with exclusive(self._lock_file):
            return bool(self._torn())

    def _set_torn_aside(self) -> bool:
        """A kill between the two steps leaves the torn line in both places, never in none."""
        torn = self._torn()
        if torn:
            write_at_end(self.torn_file, torn + b"\n")
            with self.file.open("r+b") as stream:
                stream.truncate(len(self._read()) - len(torn))
                os.fsync(stream.fileno())
        return bool(torn)

    def _parse(self, line: bytes, number: int) -> Entry:
        try:
            entry = Entry(**json.loads(line))
        except (ValueError, TypeError, RecursionError):
            entry = None
        if entry is None or not entry.well_typed():
            raise AuditError(f"{self._at(number)} is no entry: it was edited or damaged; {REMEDY}")
        return entry

    def _at(self, number: int) -> str:
        return f"{self.file}, line {number}"


@contextmanager
def exclusive(file: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock on `file`, which is made where it is missing. It ends with its process, however that ends.

    BusyError where another holds it for longer than `seconds`.
    """
    with file.open("a", encoding="utf-8") as stream:
        deadline = time.monotonic() + seconds
        while not _locked(stream.fileno()):
            if time.monotonic() >= deadline:
                raise BusyError(
                    f"another Parley process has held {file} for {seconds:.0f} s; try again when it has finished"
                )
            time.sleep(LOCK_POLL_SECONDS)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_at_end(file: Path, content: bytes) -> None:
    """Append all of `content` and see it onto the disk, or leave the file as it was and raise OSError."""
    new = not file.exists()
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        try:
            if os.write(descriptor, content) < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)
    if new:
        sync(file.parent)


def _tool() -> str:
    from importlib.metadata import PackageNotFoundError, version  # slow to import, and only writers need it

    try:
        return version("parley")
    except PackageNotFoundError:  # a checkout that is run without being installed
        return "unknown"
