"""Jobs that each run in a fork of one process, which has imported what is slow.

A module with `serve(run)` at its end is such a process when it is run as a program: a line of JSON in is a job, and a
line out is the exit code of its fork.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


class Forks:
    """The process that forks, seen from the tests."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, job: dict[str, Any]) -> int:
        """The exit code of the job's fork; -9 is that of a killed one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def forking(program: str, **environment: str) -> Iterator[Forks]:
    """Start `program`, a Python file, with these variables beside those of the tests."""
    variables = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", **environment}
    command = [sys.executable, "-W", "error", program]
    with subprocess.Popen(
        command, cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Forks(process)
        assert process.stdin is not None
        process.stdin.close()


def serve(run: Callable[[dict[str, Any]], None]) -> None:
    """Run each job in a fork, whose exit code is that of the `SystemExit` it ends with, or 1 after another error."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _end(run, json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _end(run: Callable[[dict[str, Any]], None], job: dict[str, Any]) -> None:
    code: Any = 0
    try:
        run(job)
    except SystemExit as exit:
        code = exit.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
