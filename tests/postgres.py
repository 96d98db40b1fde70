"""A real PostgreSQL server of the tests' own: made in an empty folder, on a free port, and stopped at the end."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

WAIT_SECONDS = 30


def programs() -> Path | None:
    """The folder with initdb and postgres; Debian does not put it on the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Yields the URL of a server's first database."""
    # PostgreSQL refuses to run as root, and its own user must be able to enter the folder.
    as_user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    with TemporaryDirectory(prefix="pg", dir=None if as_user else folder) as scratch:
        data = Path(scratch) / "data"
        if as_user:
            account = pwd.getpwnam("postgres")
            os.chown(scratch, account.pw_uid, account.pw_gid)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        initdb = [folder / "initdb", "-D", data, "-U", "parley", "-A", "trust", "--no-sync"]
        subprocess.run(initdb, check=True, cwd=scratch, **as_user, **quiet)  # type: ignore[call-overload]
        port = _free_port()
        command = [folder / "postgres", "-D", data, "-p", str(port), "-k", scratch, "-c", "listen_addresses=127.0.0.1"]
        command += ["-c", "fsync=off"]  # nothing of it is to outlive the tests
        server = subprocess.Popen(command, cwd=scratch, **as_user, **quiet)  # type: ignore[call-overload]
        try:
            _wait_for(port, server)
            yield f"postgresql://parley@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(WAIT_SECONDS)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    import pg8000.exceptions
    import pg8000.native

    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            pg8000.native.Connection("parley", host="127.0.0.1", port=port, database="postgres").close()
            return
        except (pg8000.exceptions.InterfaceError, pg8000.exceptions.DatabaseError, OSError):
            assert server.poll() is None, "PostgreSQL ended before it served"
            assert time.monotonic() < deadline
            time.sleep(0.1)
