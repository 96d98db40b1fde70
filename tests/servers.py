"""A real `parley serve` process on loopback, for the tests that want one."""

import re
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Iterator[str]:
    """Run a `serve` command on a free port; yields host:port once the service is ready."""
    server = subprocess.Popen([*command, "--port", "0"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    # A pipe that nobody reads fills up with the log of requests, and the server then waits for ever.
    reader = threading.Thread(target=server.stdout.read)
    try:
        printed = ""
        while "curl" not in printed:
            line = server.stdout.readline()
            assert line, "the server ended before it served"
            printed += line
        address = re.search(r"http://([^/]+)/", printed)
        assert address is not None
        wait_until_ready(f"http://{address[1]}/readyz")
        reader.start()
        yield address[1]
    finally:
        server.terminate()
        server.wait(timeout=20)
        if reader.ident is not None:
            reader.join(timeout=20)
        server.stdout.close()


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=4).close()
            return
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < deadline
            time.sleep(0.1)
