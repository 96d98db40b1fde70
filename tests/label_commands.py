"""`parley labels` commands, each in a fork of one process that has imported what is slow.

A command may be told to fail at a step of its work with the database.
"""

import importlib
import json
import os
import runpy
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from forks import Forks, forking, serve

SLOW = ("model.analysis", "training.exporting", "training.importing", "training.status")
# The moments of a command at which something may happen to it, by SQLAlchemy's names for them.
STATEMENT, AFTER_STATEMENT, COMMIT, AFTER_COMMIT = "before_cursor_execute", "after_cursor_execute", "commit", "checkin"


@dataclass(frozen=True)
class Result:
    """What a command wrote."""

    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Fault:
    """What befalls a command at the given one of its `moment`s.

    kill: it is killed. disconnect: PostgreSQL ends its connections. stop: the PostgreSQL server with the number in
    `process` ends at once. With `pages`, SQLite's disk has only so many pages.
    """

    what: str = "kill"
    moment: str = STATEMENT
    number: int = 1
    process: int = 0
    pages: int = 0
    chunk: int = 20  # rows a statement: few, so that few rows are several statements


class LabelCommands:
    """Runs commands in a folder, with the environment as it then is."""

    def __init__(self, forks: Forks) -> None:
        self._forks = forks

    def __call__(
        self, folder: Path, *arguments: str | Path, code: int | None = 0, fault: Fault | None = None
    ) -> tuple[int, Result]:
        """Run `parley labels` and expect the exit code, or any where it is None; -9 is that of a killed one."""
        out, err = folder / ".out", folder / ".err"
        for file in (out, err):
            file.write_bytes(b"")
        environment = {name: value for name, value in os.environ.items() if name.startswith("PARLEY_")}
        job = {
            "arguments": ["labels", *map(str, arguments)], "environment": environment, "folder": str(folder),
            "streams": [str(out), str(err)], "fault": vars(fault) if fault else None,
        }  # fmt: skip
        found = self._forks.run(job)
        result = Result(out.read_text(), err.read_text())
        assert code in (None, found), (arguments, fault, found, result)
        assert "Traceback" not in result.err, result.err
        return found, result


@contextmanager
def running_label_commands() -> Iterator[LabelCommands]:
    with forking(__file__) as forks:
        yield LabelCommands(forks)


def run(job: dict[str, Any]) -> None:
    """`python -m parley`, in its fork."""
    for number, name in enumerate(job["streams"], 1):
        os.dup2(os.open(name, os.O_WRONLY), number)
    os.environ.update(job["environment"])
    os.chdir(job["folder"])
    sys.argv = ["parley", *job["arguments"]]
    if job["fault"]:
        arm(Fault(**job["fault"]))
    runpy.run_module("parley", run_name="__main__")


def arm(fault: Fault) -> None:
    from sqlalchemy import Engine, Pool, event

    from model import ledger

    ledger.CHUNK = fault.chunk  # type: ignore[misc]
    if fault.pages:
        event.listen(
            Engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count={fault.pages}")
        )
        return
    calls = count(1)
    strike: dict[str, Callable[[], None]] = {
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "disconnect": disconnect,
        "stop": lambda: stop(fault.process),
    }

    def happens(*_: Any) -> None:
        if next(calls) == fault.number:
            strike[fault.what]()

    event.listen(Pool if fault.moment == AFTER_COMMIT else Engine, fault.moment, happens)


def disconnect() -> None:
    """Let PostgreSQL end every other connection to the database."""
    import pg8000.native
    from sqlalchemy import make_url

    url = make_url(os.environ["PARLEY_DATABASE_URL"])
    connection = pg8000.native.Connection(str(url.username), host=url.host, port=url.port or 0, database=url.database)
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    connection.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    while connection.run(f"SELECT 1 FROM pg_stat_activity WHERE {others}"):
        time.sleep(0.01)
    connection.close()


def stop(process: int) -> None:
    """End a server at once, as a crash would, and wait until its port is closed."""
    os.kill(process, signal.SIGQUIT)
    while Path(f"/proc/{process}/stat").exists() and " Z " not in Path(f"/proc/{process}/stat").read_text():
        time.sleep(0.01)


if __name__ == "__main__":
    for name in SLOW:
        importlib.import_module(name)
    serve(run)
