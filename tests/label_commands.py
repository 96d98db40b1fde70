"""`parley labels` commands, each in a fork of one process that has imported what is slow.

A command may be told to fail at a step of its work with the database. Run as a program, a line of JSON in is a
command, and a line out its exit code.
"""

import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
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

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(
        self, folder: Path, *arguments: str | Path, code: int | None = 0, fault: Fault | None = None
    ) -> tuple[int, Result]:
        """Run `parley labels` and expect the exit code, or any where it is None; -9 is that of a killed one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        out, err = folder / ".out", folder / ".err"
        for file in (out, err):
            file.write_bytes(b"")
        environment = {name: value for name, value in os.environ.items() if name.startswith("PARLEY_")}
        job = {
            "arguments": ["labels", *map(str, arguments)], "environment": environment, "folder": str(folder),
            "streams": [str(out), str(err)], "fault": vars(fault) if fault else None,
        }  # fmt: skip
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        found = int(self._process.stdout.readline())
        result = Result(out.read_text(), err.read_text())
        assert code in (None, found), (arguments, fault, found, result)
        assert "Traceback" not in result.err, result.err
        return found, result


@contextmanager
def running_label_commands() -> Iterator[LabelCommands]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    command = [sys.executable, "-W", "error", __file__]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield LabelCommands(process)
        assert process.stdin is not None
        process.stdin.close()


def serve() -> None:
    """Run `python -m parley` for each job, in a fork."""
    for name in SLOW:
        importlib.import_module(name)
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            run(job)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def run(job: dict[str, Any]) -> None:
    for number, name in enumerate(job["streams"], 1):
        os.dup2(os.open(name, os.O_WRONLY), number)
    os.environ.update(job["environment"])
    os.chdir(job["folder"])
    sys.argv = ["parley", *job["arguments"]]
    code: Any = 0
    try:
        if job["fault"]:
            arm(Fault(**job["fault"]))
        runpy.run_module("parley", run_name="__main__")
    except SystemExit as exit:
        code = exit.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


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
    serve()
