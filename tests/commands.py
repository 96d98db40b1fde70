"""`parley` commands in a world, each in a fork of one process that has imported what is slow.

A command may be told to die, or to find the disk full, at a call of a function.
"""

import errno
import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from forks import Forks, forking, serve


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Fault:
    """What befalls a command `before` or `after` the given call of a function, named as module:name.

    Without `fill` it is killed; else the disk is filled up by a file of that name.
    """

    function: str
    when: str = "before"
    call: int = 1
    fill: str | None = None


class Commands:
    """Runs commands; `folder` takes what they write."""

    def __init__(self, forks: Forks, folder: Path) -> None:
        self._forks, self._folder, self._numbers = forks, folder, count(1)

    def __call__(
        self, world: Any, *arguments: str | Path, fault: Fault | None = None, stdin: str = os.devnull, code: int = 0
    ) -> Result:
        """Run `parley` with these arguments in the world, and expect the exit code; -9 is that of a killed one."""
        out, err = (self._folder / f"{next(self._numbers)}" for _ in range(2))
        job = {
            "arguments": [str(each) for each in arguments], "streams": [stdin, str(out), str(err)],
            "world": [str(world.folder), str(world.release)], "fault": vars(fault) if fault else None,
        }  # fmt: skip
        found = Result(self._forks.run(job), out.read_text(), err.read_text())
        assert found.code == code, (arguments, fault, found.code, found.out, found.err)
        assert "Traceback" not in found.err, found.err
        return found


@contextmanager
def running_commands(folder: Path) -> Iterator[Commands]:
    with forking(__file__, OMP_NUM_THREADS="1") as forks:
        yield Commands(forks, folder)


def run(job: dict[str, Any]) -> None:
    """One command, in its fork."""
    import pytest
    from worlds import World

    import parley

    redirect(job["streams"])
    World(*map(Path, job["world"])).enter(pytest.MonkeyPatch())
    if job["fault"]:
        arm(Fault(**job["fault"]))
    sys.argv = ["parley", *job["arguments"]]
    parley.main()


def redirect(streams: list[str]) -> None:
    for number, file in enumerate(streams):
        os.dup2(os.open(file, os.O_RDWR | os.O_NOCTTY | (os.O_CREAT if number else 0), 0o644), number)


def arm(fault: Fault) -> None:
    module, _, path = fault.function.partition(":")
    *parents, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for parent in parents:
        owner = getattr(owner, parent)
    setattr(owner, name, faulty(getattr(owner, name), fault))


def faulty(function: Callable[..., Any], fault: Fault) -> Callable[..., Any]:
    calls = count(1)

    def wrapped(*arguments: Any, **options: Any) -> Any:
        here = next(calls) == fault.call
        if here and fault.when == "before":
            strike(fault)
        result = function(*arguments, **options)
        if here and fault.when == "after":
            strike(fault)
        return result

    return wrapped


def strike(fault: Fault) -> None:
    if fault.fill is None:
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        fill_up(Path(fault.fill))


def fill_up(file: Path) -> None:
    """Write until the disk takes no more."""
    with file.open("wb", buffering=0) as stream:
        for size in (65_536, 1):
            try:
                while True:
                    stream.write(b"x" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


if __name__ == "__main__":
    import worlds  # noqa: F401  what is slow, once for all forks

    serve(run)
