"""Labels over HTTP: corrections in, what to label next out; and the ledger behind both."""

import hashlib
import json
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Header, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import SkipValidation, ValidationError
from starlette.concurrency import run_in_threadpool

from model.errors import BusyError, InputError, LimitError, RowError, StoreError
from model.judgements import Judgement, judgement_from_row, now
from model.ledger import Ledger, answer_of
from serving.problems import describe_problems
from serving.schemas import KeptName, LabelsRequest, LabelsResponse, QueueResponse
from serving.settings import Settings

THREADS: Final = 4  # of the database's own: while it hangs, those that score are free
MOST_WAITING: Final = 16  # requests, with those in the threads
OPENING_SECONDS: Final = 5  # for another thread to open the database
QUEUE_SHOWN: Final = 20

Json = dict[str, Any]
Answer = TypeVar("Answer")
FileIdentity = tuple[int, int] | None  # device and inode of SQLite's file

log = logging.getLogger("parley.serving")


@dataclass(frozen=True)
class _Opened:
    ledger: Ledger
    file: FileIdentity


class Store:
    """The ledger, opened on first use and again after a failure, in a few threads. `run` is for the event loop."""

    def __init__(self) -> None:
        self._opened: _Opened | None = None
        self._opening = threading.Lock()
        self._threads = CapacityLimiter(THREADS)
        self._waiting = 0

    async def run(self, work: Callable[[Ledger], Answer]) -> Answer:
        """Do the work in a thread. StoreError where the database cannot be used, BusyError where too much waits."""
        if self._waiting == MOST_WAITING:
            raise BusyError(f"{MOST_WAITING} requests wait for the database of labels; try again in a second")
        self._waiting += 1
        try:
            return await to_thread.run_sync(self._work, work, limiter=self._threads)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        opened, self._opened = self._opened, None
        if opened:
            opened.ledger.database.close()

    @asynccontextmanager
    async def closed_at_the_end(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await run_in_threadpool(self.close)

    def _work(self, work: Callable[[Ledger], Answer]) -> Answer:
        try:
            opened = self._open()
            answer = work(opened.ledger)
            # SQLite writes on into a file that was deleted or replaced, where nobody would find it.
            if identity_of(opened.ledger) != opened.file:
                raise StoreError(f"{opened.ledger.database}: the file was replaced while it was open")
            return answer
        except (StoreError, OSError) as error:
            self.close()  # to look again at the next request: tables may have to be made
            raise StoreError(str(error)) from error

    def _open(self) -> _Opened:
        if not self._opening.acquire(timeout=OPENING_SECONDS):
            raise StoreError("the database is still being opened")
        try:
            if self._opened is None:
                ledger = Ledger()
                self._opened = _Opened(ledger, identity_of(ledger))
            return self._opened
        except InputError as error:  # of the URL, which no client has given
            raise StoreError(str(error)) from error
        finally:
            self._opening.release()


def identity_of(ledger: Ledger) -> FileIdentity:
    """Which file on the disk SQLite's database is; None for another database, or where there is no file."""
    if not ledger.database.is_sqlite or not ledger.database.url.database:
        return None
    try:
        found = os.stat(ledger.database.url.database)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def install_corrections(app: FastAPI, settings: Settings, store: Store) -> None:
    """Add the routes of labels to the application."""
    problems = (400, 409, 413, 415, 422, 429, 500, 503)
    added: dict[int | str, dict[str, Any]] = {201: {"model": LabelsResponse, "description": "Something was added"}}

    async def ask(work: Callable[[Ledger], Answer]) -> Answer:
        try:
            return await store.run(work)
        except StoreError as error:
            log.error("The database of labels cannot be used: %s", error)  # it may name hosts and folders
            raise StoreError(
                "Labels can be neither kept nor read right now; the log tells why, and the request may be sent again"
            ) from None

    @app.post(
        "/v1/labels",
        response_model=LabelsResponse,
        responses={**added, **describe_problems(*problems)},
        response_description="Nothing was new",
        tags=["labels"],
    )
    async def keep_labels(
        body: SkipValidation[LabelsRequest],  # validated by read_labels, in a thread
        response: Response,
        idempotency_key: Annotated[KeptName | None, Header(description="As in the body.")] = None,
    ) -> Json:
        """Keep what people say of pairs: all the labels of a request, or none where one is wrong."""
        request = await run_in_threadpool(read_labels, body, settings.max_labels)
        key = agreed_key(request.idempotency_key, idempotency_key)
        answer = await ask(lambda ledger: keep(ledger, request, key, body))
        response.status_code = 201 if answer["added"] else 200
        return answer

    @app.get(
        "/v1/labels/queue",
        response_model=QueueResponse,
        responses=describe_problems(422, 429, 500, 503),
        tags=["labels"],
    )
    async def show_queue(
        limit: Annotated[int, Query(ge=1, le=settings.max_labels)] = min(QUEUE_SHOWN, settings.max_labels),
        annotator: Annotated[
            KeptName | None, Query(description="Leave out what this person has judged; else what anybody has.")
        ] = None,
    ) -> Json:
        """What to label next."""
        name = annotator.strip() if annotator else None
        queued = await ask(lambda ledger: ledger.queue(limit, name))
        return {"items": [{**each.record, "reason": each.reason, "model": each.model} for each in queued]}


def read_labels(body: Any, most: int) -> LabelsRequest:
    """Check the body; each wrong field of each label is named."""
    try:
        request = LabelsRequest.model_validate(body)
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from None
    if request.labels and len(request.labels) > most:
        raise LimitError(f"labels: has {len(request.labels):,} items; at most {most:,} are allowed in one request")
    return request


def agreed_key(in_body: str | None, in_header: str | None) -> str | None:
    if in_body and in_header and in_body != in_header:
        raise RowError("idempotency_key", "is not the key of the header Idempotency-Key; give one of the two")
    return in_body or in_header


def keep(ledger: Ledger, request: LabelsRequest, key: str | None, body: Any) -> Json:
    judgements = judgements_of(request)
    if key is None:
        return answer_of(judgements, ledger.add(judgements))
    return ledger.add_once(key, digest_of(body), judgements)


def judgements_of(request: LabelsRequest) -> list[Judgement]:
    """The labels of a checked request. Each gets its own time: a word, another and the first again are three."""
    rows = [label.row() for label in request.each()]
    return [judgement_from_row({**row, "created": row.get("created") or now()}, request.annotator) for row in rows]


def digest_of(body: Any) -> str:
    """The same for the same labels, whatever the order of their fields, and wherever the key is given."""
    content = {name: value for name, value in body.items() if name != "idempotency_key"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
