"""The web pages: their files, and the headers that let them load and run nothing but those files."""

from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from model.errors import BundleError

FOLDER: Final = Path(__file__).with_name("page")
CODEBOOK: Final = Path(__file__).parent.parent / "seeds" / "CODEBOOK.md"
# Not those of the platform: a browser runs no module whose type a stray registry entry has changed.
TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",  # kept, but asked for anew: a page never meets the scripts of another version
}
NO_CODEBOOK: Final = (
    "This installation has no codebook: it comes with the source code, as `seeds/CODEBOOK.md`, and not with the wheel."
)

CardFile = Callable[[], Path]


def install_pages(app: FastAPI, card_file: CardFile) -> None:
    """Add the pages; `card_file` names the card of the model that is served, or raises BundleError."""
    files = PageFiles(directory=FOLDER)
    app.mount("/page", files)

    @app.get("/", include_in_schema=False)
    async def show_article(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    @app.get("/queue", include_in_schema=False)
    async def show_queue(request: Request) -> Response:
        return await files.get_response("queue.html", request.scope)

    @app.get("/model", include_in_schema=False)
    async def show_model() -> HTMLResponse:
        return HTMLResponse(await run_in_threadpool(model_page, card_file, CODEBOOK), headers=HEADERS)


class PageFiles(StaticFiles):
    """The files of the folder, with the headers of the pages; an unchanged one is answered 304."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        if kind := TYPES.get(Path(path).suffix):
            response.headers["Content-Type"] = f"{kind}; charset=utf-8"
        return response


def model_page(card_file: CardFile, codebook_file: Path) -> str:
    """The page of the model's card and the codebook; each that cannot be had says why."""
    try:
        card = without_front_matter(card_file().read_text(encoding="utf-8"))
    except (BundleError, OSError) as error:
        card = f"The card cannot be shown: {error}." if isinstance(error, BundleError) else "The card cannot be read."
    codebook = codebook_file.read_text(encoding="utf-8") if codebook_file.is_file() else NO_CODEBOOK
    page = Template((FOLDER / "model.html").read_text(encoding="utf-8"))
    return page.substitute(card=html_of(card, "card"), codebook=html_of(codebook, "codebook"))


def without_front_matter(card: str) -> str:
    """The card without the YAML that model hubs read."""
    if not card.startswith("---\n"):
        return card
    _, _, rest = card[4:].partition("\n---\n")
    return rest or card


def html_of(markdown: str, name: str) -> str:
    """Markdown as HTML that holds no markup, style, image or script of the writer's own.

    Headings sink by one level, below that of the page, and wide tables scroll: in a region with a name.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = parser.parse(markdown)
    for token in tokens:
        _fit(token)
    html: str = parser.renderer.render(tokens, parser.options, {})
    region = f'<div class="wide" role="region" aria-label="Table of the {name}" tabindex="0"><table>'
    return html.replace("<table>", region).replace("</table>", "</table></div>")


def _fit(token: Token) -> None:
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    if token.type == "th_open":
        token.attrSet("scope", "col")
    if style := token.attrGet("style"):  # of a column's alignment; the policy forbids styles in markup
        del token.attrs["style"]
        token.attrSet("class", str(style).removeprefix("text-align:"))
