"""The HTTP service: routes, limits, and the life of the model behind them."""

import asyncio
import json
import logging
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import uvicorn
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool

from model.analysis import Analyzer, load_analyzer
from model.errors import BundleError, BusyError, LimitError, ParleyError, RowError
from model.records import Document, Pair, document_from_row, pair_from_row
from model.versions import champion_bundle
from serving.corrections import Store, install_corrections
from serving.pages import install_pages
from serving.problems import describe_problems, install_problems
from serving.schemas import (
    AnalyzeRequest,
    AnalyzeResponse,
    ExplainRequest,
    ExplainResponse,
    ModelResponse,
    PredictRequest,
    PredictResponse,
    RequestPart,
    Status,
)
from serving.settings import Settings
from serving.traffic import Traffic, written

EXAMPLE: Final = {"pairs": [{"text": "Hamas said it would send a delegation to Cairo.", "actor": "Hamas"}]}

LOADING: Final = "The model is being loaded"
AGAIN_SECONDS: Final = 30  # until a bundle that could not be loaded is tried again

Wanted = Callable[[], Path]
Row = TypeVar("Row")
Answer = TypeVar("Answer")

log = logging.getLogger("parley.serving")


class Service:
    """The analyzer, once it is loaded, and how many requests may use it at once. Used from the event loop only.

    `wanted` names the folder of the bundle to serve; None where the analyzer given is never replaced. A request holds
    the analyzer that it began with: a replaced one, with its threads, is freed when its last request has ended.
    """

    def __init__(self, settings: Settings, analyzer: Analyzer | None, wanted: Wanted | None) -> None:
        self.settings = settings
        self._analyzer = analyzer
        self._wanted = wanted
        self._tried = analyzer.scorer.bundle.folder if analyzer and wanted else None
        self._again = math.inf  # when to try a bundle that failed once more
        self._failure = LOADING
        self._free = settings.max_concurrent

    @property
    def analyzer(self) -> Analyzer:
        if self._analyzer is None:
            raise BundleError(self._failure)
        return self._analyzer

    async def live(self, stopped: asyncio.Event) -> None:
        """Load the bundle that is wanted and, until `stopped`, each other one that is wanted later."""
        while self._wanted and not stopped.is_set():
            await self._refresh(self._wanted)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), self.settings.poll_seconds)

    async def _refresh(self, wanted: Wanted) -> None:
        """Serve what is wanted once it has answered; a failure is logged, and told to requests if nothing else serves.

        A bundle that failed is tried again after a while: what was wrong may have been mended.
        """
        try:
            folder = await run_in_threadpool(wanted)
            if folder != self._tried or time.monotonic() >= self._again:
                self._tried, self._again = folder, math.inf
                self._analyzer = await run_in_threadpool(_load_and_try, folder)
                self._failure = LOADING
                log.info("serving %s", self._analyzer.name)
        except ParleyError as error:
            self._fail(str(error))
        except Exception as error:
            self._fail("The model cannot be loaded; the log tells why", error)

    def _fail(self, reason: str, error: Exception | None = None) -> None:
        """Log a reason once, however often it is met in a row."""
        if reason != self._failure:
            log.error("%s", reason, exc_info=error)
        self._failure = reason
        self._again = time.monotonic() + AGAIN_SECONDS

    async def run(self, work: Callable[[Analyzer], Answer]) -> Answer:
        """Do the work in a thread, or refuse it at once where too much is being done already."""
        with self._slot():
            return await run_in_threadpool(work, self.analyzer)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._free == 0:
            raise BusyError(f"{self.settings.max_concurrent} requests are being scored; try again in a second")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


def create_app(settings: Settings, analyzer: Analyzer | None = None, wanted: Wanted | None = None) -> FastAPI:
    """The application. Without an analyzer it loads the bundle after start-up, answering 503 until that is done.

    `wanted` is asked every `poll_seconds` which folder to serve; an analyzer given without it is never replaced.
    """
    service = Service(settings, analyzer, wanted or (bundle_wanted(settings) if analyzer is None else None))
    store, traffic = Store(), Traffic()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        stopped = asyncio.Event()
        life = asyncio.create_task(service.live(stopped))
        async with store.closed_at_the_end(), written(traffic, store.run, settings.traffic_seconds):
            yield
        stopped.set()
        await life

    app = FastAPIOffline(
        title="Parley",
        description="Who supports, conditions or opposes negotiations, and which sentence shows it.",
        redoc_url=None,
        lifespan=lifespan,
    )
    install_problems(app, settings.max_body_bytes)
    install_corrections(app, settings, store)
    install_pages(app, lambda: service.analyzer.scorer.bundle.card_file)
    scoring_problems = describe_problems(400, 413, 415, 422, 429, 500, 503)

    @app.post("/v1/predict", response_model=PredictResponse, responses=scoring_problems, tags=["scores"])
    async def predict(request: PredictRequest) -> dict[str, Any]:
        """Stance and sentiment of sentence-actor pairs."""
        check_count("pairs", request.pairs, settings.max_pairs)

        def work(analyzer: Analyzer) -> dict[str, Any]:
            pairs: list[Pair] = read_rows("pairs", request.pairs, pair_from_row)
            scored = zip(pairs, analyzer.score_pairs(pairs), strict=True)
            predictions = [{"actor": pair.actor, **prediction.as_json()} for pair, prediction in scored]
            traffic.count(analyzer.name, predictions)
            return {"model": analyzer.name, "predictions": predictions}

        return await service.run(work)

    @app.post("/v1/explain", response_model=ExplainResponse, responses=scoring_problems, tags=["scores"])
    async def explain(request: ExplainRequest) -> dict[str, Any]:
        """Which words of a sentence moved the answer: each is hidden in turn."""

        def work(analyzer: Analyzer) -> dict[str, Any]:
            pairs = read_rows("pairs", request.pairs, pair_from_row)
            return {"model": analyzer.name, "explanations": [analyzer.explain(pair) for pair in pairs]}

        return await service.run(work)

    @app.post("/v1/analyze", response_model=AnalyzeResponse, responses=scoring_problems, tags=["scores"])
    async def analyze(request: AnalyzeRequest) -> dict[str, Any]:
        """Whole articles: their sentences, the actors in them, and each actor's position with its evidence."""
        check_count("documents", request.documents, settings.max_documents)

        def work(analyzer: Analyzer) -> dict[str, Any]:
            documents = read_rows("documents", request.documents, document_from_row)
            analyses = analyze_each(analyzer, documents, request.actors)
            traffic.count(analyzer.name, [pair for analysis in analyses for pair in analysis["pairs"]])
            return {"model": analyzer.name, "documents": analyses}

        return await service.run(work)

    @app.get("/v1/model", response_model=ModelResponse, responses=describe_problems(503), tags=["model"])
    async def model() -> dict[str, Any]:
        """Which bundle is served, with its card and its manifest."""
        bundle = service.analyzer.scorer.bundle
        card = bundle.card_file.read_text(encoding="utf-8")
        return {"model": bundle.name, "card": card, "manifest": dict(bundle.manifest)}

    @app.get("/healthz", tags=["machines"])
    async def healthz() -> Status:
        """The process runs."""
        return Status(status="ok")

    @app.get("/readyz", responses=describe_problems(503), tags=["machines"])
    async def readyz() -> Status:
        """The model answers."""
        _ = service.analyzer
        return Status(status="ready")

    return app


def run(host: str, port: int, settings: Settings) -> None:
    """Serve until told to stop. A bundle that cannot be used is a BundleError before anything listens."""
    wanted = bundle_wanted(settings)
    app = create_app(settings, load_analyzer(wanted()), wanted)
    config = uvicorn.Config(app, host=host, port=port, server_header=False)
    listener = config.bind_socket()  # by now a taken port has been reported, and port 0 has become a number
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    url = f"http://{shown}:{listener.getsockname()[1]}"
    print(f"Page  {url}/\nDocs  {url}/docs\nTry   {curl_command(url)}", flush=True)
    with suppress(KeyboardInterrupt):  # which uvicorn raises anew after its shutdown
        uvicorn.Server(config).run(sockets=[listener])


def bundle_wanted(settings: Settings) -> Wanted:
    """The bundle of the settings, or whichever is the champion when asked."""
    bundle = settings.bundle
    return champion_bundle if bundle is None else lambda: bundle


def curl_command(url: str) -> str:
    return f"curl -s {url}/v1/predict -H 'Content-Type: application/json' -d '{json.dumps(EXAMPLE)}'"


def check_count(field: str, items: Sequence[RequestPart], limit: int) -> None:
    if len(items) > limit:
        raise LimitError(f"{field}: has {len(items):,} items; at most {limit:,} are allowed in one request")


def read_rows(field: str, items: Sequence[RequestPart], read: Callable[[dict[str, Any]], Row]) -> list[Row]:
    """Make each item a pair or document; a RowError names the item too."""
    rows = []
    for index, item in enumerate(items):
        try:
            rows.append(read(item.model_dump()))
        except RowError as error:
            raise RowError(f"{field}[{index}].{error.field}", error.reason) from None
    return rows


def analyze_each(
    analyzer: Analyzer, documents: Sequence[Document], actors: Sequence[str] | None
) -> list[dict[str, Any]]:
    """The analyses in order; a LimitError names the document too."""
    analyses = []
    for index, document in enumerate(documents):
        try:
            analyses.append(analyzer.analyze(document, actors))
        except LimitError as error:
            raise LimitError(f"documents[{index}].{error}") from None
    return analyses


def _load_and_try(folder: Path) -> Analyzer:
    analyzer = load_analyzer(folder)
    analyzer.score_pairs([pair_from_row(row) for row in EXAMPLE["pairs"]])
    return analyzer
