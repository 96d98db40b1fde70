"""An import that is killed, cut off or out of room leaves all of its file or nothing, and the next one completes."""

import json
import os
import pwd
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import postgres
import pytest
from disks import disk_of
from label_commands import (
    AFTER_COMMIT,
    AFTER_STATEMENT,
    COMMIT,
    STATEMENT,
    Fault,
    LabelCommands,
    Result,
    running_label_commands,
)

from model.database import Database
from model.errors import StoreError
from model.judgements import judgement_from_row
from model.ledger import Ledger

ROWS = 50  # three statements of the ledger
FILE = "labels.jsonl"

Import = Callable[..., tuple[int, Result]]


@pytest.fixture(scope="module")
def label_commands() -> Iterator[LabelCommands]:
    with running_label_commands() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the file to be imported lies."""
    write_rows(tmp_path / FILE, 0, ROWS)
    return tmp_path


@pytest.fixture
def run(label_commands: LabelCommands, folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Import the file into an empty database of either kind."""
    monkeypatch.setenv("PARLEY_DATABASE_URL", database_url)
    return lambda **options: label_commands(folder, "import", FILE, "--json", **options)


def write_rows(file: Path, first: int, last: int) -> None:
    rows = [
        {"text": f"Kyra counts {n} ships.", "actor": "Kyra", "stance": "none", "annotator": "anna"}
        for n in range(first, last)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def kept() -> tuple[int, int]:
    """How many judgements and how many imports the ledger holds, which is whole."""
    database = Database()
    ledger = Ledger(database)
    found = len(ledger.entries()), len(ledger.imports())
    if database.is_sqlite:
        with closing(sqlite3.connect(str(database.url.database))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
    return found


def completes(run: Import) -> None:
    report = run()[1].json
    assert report["added"] + report["known"] == ROWS
    assert kept()[0] == ROWS


# Killed


@pytest.mark.parametrize("moment", [STATEMENT, COMMIT, AFTER_COMMIT])
def test_an_import_killed_at_any_step_leaves_all_or_nothing(run: Import, moment: str) -> None:
    database = Database()
    database.close()
    outcomes = []
    for number in range(1, 100, 5 if database.is_sqlite else 1):  # SQLite has a statement for each row
        code, _ = run(code=None, fault=Fault(moment=moment, number=number))
        outcomes.append(kept())
        if code == 0 or outcomes[-1][0]:
            break
        assert code == -9
    assert outcomes[:-1] == [(0, 0)] * (len(outcomes) - 1)
    assert outcomes[-1] == (ROWS, 1)
    completes(run)


@pytest.mark.parametrize("number", [1, 4, 9, 20, 33])
def test_an_import_killed_while_it_makes_the_tables_leaves_nothing_in_the_way(run: Import, number: int) -> None:
    assert run(code=-9, fault=Fault(number=number))[0] == -9
    completes(run)


# Cut off


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("moment", [STATEMENT, AFTER_STATEMENT])
@pytest.mark.parametrize("number", [5, 8, 11])
def test_a_connection_that_is_ended_is_said_and_nothing_is_kept(run: Import, moment: str, number: int) -> None:
    Database().close()
    _, result = run(code=7, fault=Fault("disconnect", moment, number))
    assert result.err.count("\n") == 1
    assert "the connection was lost" in result.err
    assert "nothing of this step was kept" in result.err
    assert kept() == (0, 0)
    completes(run)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_is_ended_at_the_commit_leaves_it_open_what_was_kept(run: Import) -> None:
    Database().close()
    _, result = run(code=7, fault=Fault("disconnect", COMMIT))
    assert "whether this step was kept is not known: do it again, nothing is added twice" in result.err
    assert kept()[0] in (0, ROWS)
    completes(run)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server that a test may stop."""
    programs = postgres.programs()
    if programs is None:
        assert os.environ.get("CI") != "true", "PostgreSQL is not installed; tests/install_system.sh installs it"
        pytest.skip("PostgreSQL is not installed; tests/install_system.sh installs it")
    with postgres.running(programs) as url:
        yield url


def test_a_server_that_is_gone_is_said_and_the_import_completes_when_it_is_back(
    label_commands: LabelCommands, folder: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_DATABASE_URL", server)
    database = Database()
    with database.reading() as connection:
        data = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
    database.close()
    process = int((data / "postmaster.pid").read_text().splitlines()[0])
    command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")[:-1]

    def run(**options: object) -> tuple[int, Result]:
        return label_commands(folder, "import", FILE, "--json", **options)  # type: ignore[arg-type]

    gone = run(code=7, fault=Fault("stop", STATEMENT, 9, process))[1].err
    assert "the connection was lost" in gone
    assert "nothing of this step was kept" in gone
    assert "Can't create a connection" in run(code=7)[1].err
    with started(command, data):
        assert kept() == (0, 0)
        completes(run)


@contextmanager
def started(command: list[bytes], data: Path) -> Iterator[None]:
    """A server on its old data folder."""
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    as_user = {"user": account.pw_uid, "group": account.pw_gid} if account else {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=data, **as_user, **quiet)  # type: ignore[call-overload]
    try:
        wait_until(answers)
        yield
    finally:
        process.terminate()
        process.wait(30)


def answers() -> bool:
    try:
        Database().close()
    except StoreError:
        return False
    return True


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# Out of room


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("room", [-3, 0, 2, 4])
def test_a_full_disk_is_said_and_nothing_is_lost(run: Import, room: int, tmp_path: Path) -> None:
    """`room` is how many pages there are beside those of the empty tables."""
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    with empty.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    empty.close()
    _, result = run(code=7, fault=Fault(pages=pages + room))
    assert "database or disk is full; nothing of this step was kept" in result.err
    assert kept() == (0, 0)
    completes(run)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disk_of("512k", tmp_path / "small") as place:
        yield place


def test_on_a_disk_that_is_too_small_what_was_there_stays_and_more_goes_in_when_there_is_room(
    label_commands: LabelCommands, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_DATA", str(small_disk))
    write_rows(tmp_path / "few.jsonl", 0, 50)
    write_rows(tmp_path / FILE, 0, ROWS)
    label_commands(tmp_path, "import", "few.jsonl")
    (small_disk / "other").write_bytes(b"x" * 200_000)
    write_rows(tmp_path / "many.jsonl", 0, 500)
    shown = label_commands(tmp_path, "import", "many.jsonl", code=7)[1].err
    assert "disk is full" in shown or "disk I/O error" in shown
    assert kept() == (50, 1)
    (small_disk / "other").unlink()
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    assert label_commands(tmp_path, "import", "many.jsonl", "--json")[1].json["added"] == 450
    assert kept() == (500, 2)


# Two at once


def test_two_imports_at_once_each_keep_what_the_other_lacks(run: Import, folder: Path) -> None:
    Database().close()
    write_rows(folder / "other.jsonl", ROWS // 2, 2 * ROWS)
    with running_label_commands() as second, ThreadPoolExecutor() as pool:
        (folder / "second").mkdir()
        other = pool.submit(second, folder / "second", "import", "../other.jsonl", "--json")
        reports = [run()[1].json, other.result()[1].json]
    assert sum(report["added"] for report in reports) == 2 * ROWS
    assert kept() == (2 * ROWS, 2)


def test_an_import_waits_for_another_writer_and_a_reader_does_not(run: Import, folder: Path) -> None:
    database = Database()
    with ThreadPoolExecutor() as pool:
        with database.writing():
            waiting = pool.submit(run)
            time.sleep(0.5)
            assert kept() == (0, 0)
            assert not waiting.done()
        assert waiting.result()[1].json["added"] == ROWS
    database.close()


def test_a_writer_that_never_ends_is_said(run: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.database.WAIT_SECONDS", 1)
    holding, waiting = Database(), Database()
    judgement = judgement_from_row({"text": "Kyra left.", "actor": "Kyra", "stance": "none", "annotator": "anna"})
    with (
        holding.writing(),
        pytest.raises(StoreError, match="another process has been writing for 1 seconds; try again later"),
    ):
        Ledger(waiting).add([judgement])
    assert Ledger(waiting).add([judgement]) == [True]
    holding.close()
    waiting.close()
