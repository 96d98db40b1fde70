"""A real service with the release bundle, and a real Chromium that may talk to nothing else."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from servers import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
WAIT = 15_000  # milliseconds, on a busy machine


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps its labels."""
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="session")
def service(data_folder: Path) -> Iterator[str]:
    """The address of a service, for the whole session."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    environment |= {"PARLEY_DATA": str(data_folder), "OMP_WAIT_POLICY": "passive"}
    with served([sys.executable, "-m", "parley", "serve"], ROOT, environment) as place:
        yield f"http://{place}"


@pytest.fixture(scope="module")  # a module at a time: while it lives, no other test of its thread could run a loop
def browser() -> Iterator["Browser"]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        lacks("the package playwright")
    if not shutil.which(CHROMIUM):
        lacks("Chromium, which tests/install_system.sh installs,")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def lacks(what: str) -> None:
    reason = f"{what} is not installed"
    assert os.environ.get("CI") != "true", reason
    pytest.skip(reason)


@pytest.fixture
def open_page(browser: "Browser", service: str) -> Iterator[Callable[..., "Page"]]:
    """Opens a page of the service, in a browser of its own; afterwards nothing must have gone wrong in it.

    `expected` holds parts of the messages that a test expects on the console.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_one(path: str = "/", expected: Sequence[str] = (), **options: Any) -> "Page":
        def check(message: str) -> None:
            if not any(part in message for part in expected):
                wrong.append(message)

        context = browser.new_context(base_url=service, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("console", lambda message: message.type in ("error", "warning") and check(message.text))
        page.on("pageerror", lambda error: check(str(error)))
        page.on("dialog", lambda dialog: check(f"dialog: {dialog.message}"))
        page.on("request", lambda request: is_own(request.url) or check(f"request to {request.url}"))
        page.goto(path)
        return page

    def is_own(url: str) -> bool:
        return urlsplit(url).scheme in ("data", "blob") or url.startswith(f"{service}/")

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture(scope="session")
def article() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "seeds/articles/sudan-ceasefire-geneva.json").read_text("utf-8"))
    return found
