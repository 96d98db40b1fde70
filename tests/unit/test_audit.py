"""The audit log: a chain that shows every kind of tampering, and loses nothing when a write is cut short."""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from model.audit import START, Audit, AuditError, Entry, exclusive
from model.errors import BusyError, InputError

Lines = list[bytes]


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    """A log of five entries."""
    log = Audit(tmp_path / "audit.jsonl")
    for number in range(5):
        log.append("train", "mara", version=f"parley-{number}")
    return log


def lines_of(audit: Audit) -> Lines:
    return audit.file.read_bytes().splitlines(keepends=True)


def test_an_entry_says_who_did_what_when_and_with_which_parley(audit: Audit) -> None:
    entry = audit.append("promote", "Zoë", version="parley-1", scores=(1, 2))
    assert audit.entries()[-1] == entry
    assert (entry.number, entry.event, entry.who) == (6, "promote", "Zoë")
    assert entry.details == {"version": "parley-1", "scores": [1, 2]}
    assert entry.time.endswith("+00:00")
    assert entry.tool


def test_each_entry_holds_the_hash_of_the_one_before(audit: Audit) -> None:
    entries = audit.entries()
    assert [each.previous for each in entries] == [START, *(each.hash for each in entries[:-1])]
    audit.verify()


def test_nothing_is_created_before_the_first_entry(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    assert audit.entries() == []
    audit.verify()
    assert audit.repair() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("who", ["", "  "])
def test_an_entry_needs_a_name(audit: Audit, who: str) -> None:
    with pytest.raises(InputError, match="name of who did it"):
        audit.append("promote", who)


@pytest.mark.parametrize("value", [float("nan"), Path("/x"), b"bytes"])
def test_details_that_json_cannot_hold_are_refused_and_nothing_is_written(audit: Audit, value: object) -> None:
    before = audit.file.read_bytes()
    with pytest.raises((TypeError, ValueError)):
        audit.append("train", "mara", value=value)
    assert audit.file.read_bytes() == before


@pytest.mark.parametrize("text", ["two\nlines", "\u2028", "half \ud800", "\x00", '"}'])
def test_any_text_stays_on_one_line(audit: Audit, text: str) -> None:
    audit.append("promote", "mara", reason=text)
    audit.verify()
    assert audit.entries()[-1].details["reason"] == text


def replaced(old: bytes, new: bytes) -> Callable[[Lines], Lines]:
    return lambda lines: [*lines[:2], lines[2].replace(old, new), *lines[3:]]


def forged(lines: Lines) -> Lines:
    """Line 3 with another content and a hash that fits it."""
    entry = replace(Entry(**json.loads(lines[2])), who="eve")
    return [*lines[:2], replace(entry, hash=entry.seal()).line(), *lines[3:]]


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (replaced(b"mara", b"eve"), "line 3 was edited"),
        (replaced(b'"number":3', b'"number":4'), "line 3 was edited"),
        (replaced(b'"who":"mara"', b'"who":"eve","who":"mara"'), "line 3 was edited"),
        (replaced(b'"who":', b'"who": '), "line 3 was edited"),
        (replaced(b'"who":', b'"whom":'), "line 3 is no entry"),
        (replaced(b'"number":3', b'"number":"3"'), "line 3 is no entry"),
        (replaced(b"mara", b"\xff"), "line 3 is no entry"),
        (replaced(b"{", b""), "line 3 is no entry"),
        (forged, "line 4 does not follow"),
        (lambda lines: lines[1:], "line 1 does not follow"),
        (lambda lines: [*lines[:2], *lines[3:]], "line 3 does not follow"),
        (lambda lines: [*lines[:2], lines[3], lines[2], lines[4]], "line 3 does not follow"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "line 3 does not follow"),
        (lambda lines: [*lines[:2], b"\n", *lines[2:]], "line 3 is no entry"),
        (lambda lines: [*lines[:2], b"[" * 5000 + b"\n", *lines[2:]], "line 3 is no entry"),
        (lambda lines: [*lines[:2], b"null\n", *lines[2:]], "line 3 is no entry"),
    ],
)
def test_the_first_line_that_breaks_the_chain_is_named(
    audit: Audit, tamper: Callable[[Lines], Lines], says: str
) -> None:
    audit.file.write_bytes(b"".join(tamper(lines_of(audit))))
    with pytest.raises(AuditError, match=says):
        audit.verify()


@pytest.mark.parametrize("kept", [1, 40, -1])
def test_a_torn_last_line_is_reported_and_set_aside_by_the_next_entry(audit: Audit, kept: int) -> None:
    *whole, last = lines_of(audit)
    audit.file.write_bytes(b"".join(whole) + last[:kept])
    assert len(audit.entries()) == 4
    with pytest.raises(AuditError, match="torn"):
        audit.verify()
    assert audit.append("train", "mara").number == 5
    audit.verify()
    assert audit.torn_file.read_bytes() == last[:kept] + b"\n"


def test_a_repair_sets_a_torn_line_aside_and_says_so(audit: Audit) -> None:
    with audit.file.open("ab") as stream:
        stream.write(b'{"number":6,')
    assert "set aside in audit.torn" in str(audit.repair())
    assert audit.repair() is None
    audit.verify()


def test_every_torn_line_is_kept(audit: Audit) -> None:
    for torn in (b"first", b"second"):
        with audit.file.open("ab") as stream:
            stream.write(torn)
        audit.repair()
    assert audit.torn_file.read_bytes() == b"first\nsecond\n"


def test_a_full_disk_leaves_the_log_as_it_was(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    before, write = audit.file.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:10]))
    with pytest.raises(OSError, match="No space left"):
        audit.append("train", "mara")
    assert audit.file.read_bytes() == before


def test_a_damaged_last_line_stops_the_next_entry(audit: Audit) -> None:
    audit.file.write_bytes(b"".join([*lines_of(audit)[:4], b"garbage\n"]))
    with pytest.raises(AuditError, match="line 5 is no entry"):
        audit.append("train", "mara")


def test_entries_of_several_threads_make_one_chain(audit: Audit) -> None:
    def write() -> None:
        for _ in range(5):
            Audit(audit.file).append("import", "mara")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    audit.verify()
    assert len(audit.entries()) == 25


def test_a_lock_that_another_holds_is_waited_for_and_then_refused(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path / "lock"),
        pytest.raises(BusyError, match="try again when it has finished"),
        exclusive(tmp_path / "lock", 0.1),
    ):
        pytest.fail("two held the lock")
    with exclusive(tmp_path / "lock", 0):
        pass
