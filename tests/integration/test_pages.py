"""The routes of the web pages: what they serve, under which headers, and Markdown without the writer's markup."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from model.analysis import Analyzer
from model.errors import BundleError
from serving.app import create_app
from serving.pages import FOLDER, html_of, model_page, without_front_matter
from serving.settings import Settings

PATHS = ("/", "/queue", "/model")
TEMPLATE = "<h1>The model and its codebook</h1>"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "README.md").write_text("---\nlicense: x\n---\n# Fake card\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n")
    bundle = SimpleNamespace(name="fake", card_file=tmp_path / "README.md")
    analyzer = SimpleNamespace(name="fake", scorer=SimpleNamespace(bundle=bundle))
    with TestClient(create_app(Settings(), cast(Analyzer, analyzer))) as client:
        yield client


def names() -> list[str]:
    return sorted(f"/page/{file.name}" for file in FOLDER.iterdir())


@pytest.mark.parametrize("path", [*PATHS, *names()])
def test_every_file_comes_with_the_policy_and_its_type(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    kinds = {".js": "text/javascript", ".css": "text/css"}
    assert answer.headers["content-type"] == f"{kinds.get(Path(path).suffix, 'text/html')}; charset=utf-8"


@pytest.mark.parametrize("path", [*PATHS, *names()])
def test_no_file_holds_what_the_policy_forbids(client: TestClient, path: str) -> None:
    text = client.get(path).text
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", text)
    if Path(path).suffix not in (".js", ".css"):
        assert not re.search(r"<style|<script(?! type=\"module\" src=\"/page/)| style=| on\w+=", text)
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


@pytest.mark.parametrize("path", names())
def test_every_module_that_is_imported_is_served(client: TestClient, path: str) -> None:
    imported = re.findall(r'from "\./(\w+\.js)"', client.get(path).text)
    assert all(client.get(f"/page/{name}").status_code == 200 for name in imported)


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/page/app.css").headers["etag"]
    again = client.get("/page/app.css", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/page/", "/page/no.js", "/page/%2e%2e/app.py", "/page/..%2fapp.py"])
def test_nothing_but_the_files_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_pages_are_no_part_of_the_api(client: TestClient) -> None:
    assert not {*PATHS, "/page"} & client.get("/openapi.json").json()["paths"].keys()


def test_the_card_is_a_page_with_a_table(client: TestClient) -> None:
    text = client.get("/model").text
    assert "<h2>Fake card</h2>" in text
    assert '<th scope="col" class="right">b</th>' in text
    assert "license" not in text.split("<main")[1].split('id="codebook"')[0]


def card_of(failure: Exception) -> Any:
    def fail() -> Path:
        raise failure

    return fail


@pytest.mark.parametrize(
    ("failure", "said"),
    [(BundleError("The model is being loaded"), "The model is being loaded."), (OSError("secret"), "cannot be read")],
)
def test_a_card_that_cannot_be_had_is_said_on_the_page(tmp_path: Path, failure: Exception, said: str) -> None:
    page = model_page(card_of(failure), tmp_path / "none.md")
    assert TEMPLATE in page
    assert said in page
    assert "secret" not in page


def test_an_installation_without_the_codebook_says_so(tmp_path: Path) -> None:
    assert "This installation has no codebook" in model_page(card_of(OSError()), tmp_path / "none.md")


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "text <img src=x onerror=alert(1)>",
        "![x](https://example.org/x.png)",
        "[x](javascript:alert(1))",
        '[x](https://example.org "><script>alert(1)</script>")',
        "# <b onclick=alert(1)>",
        "```<script>\n</script>```",
    ],
)
def test_markdown_makes_no_markup_of_its_own(markdown: str) -> None:
    html = html_of(markdown, "card")
    assert not re.search(r"<(?:script|img|b)\b|href=\"javascript", html)
    assert " style=" not in html


def test_dollars_and_placeholders_in_a_card_stay_as_they_are(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text("Costs $5, $card and $codebook.", encoding="utf-8")
    assert "Costs $5, $card and $codebook." in model_page(lambda: card, tmp_path / "none.md")


@pytest.mark.parametrize(
    ("card", "rest"),
    [("---\na: b\n---\n# T", "# T"), ("# T\n---\n", "# T\n---\n"), ("---\nnever closed", "---\nnever closed")],
)
def test_front_matter_is_left_out(card: str, rest: str) -> None:
    assert without_front_matter(card) == rest
