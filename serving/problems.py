"""Every error as RFC 9457 problem details, and the request id that each answer carries."""

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from model.errors import BusyError, InputError, ParleyError, RowError
from serving.schemas import Problem

MEDIA_TYPE: Final = "application/problem+json"
ACCEPTED_REQUEST_ID: Final = re.compile(r"[\x21-\x7e]{1,128}")
ERRORS_SHOWN: Final = 20
NAME_SHOWN: Final = 100  # characters of a field name that is quoted back
DISCARDED_TIMES: Final = 5  # how often the largest body is read and forgotten before the connection is cut
DISCARD_SECONDS: Final = 5

log = logging.getLogger("parley.serving")


def install_problems(app: FastAPI, max_body_bytes: int) -> None:
    for kind in (ParleyError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer_problem)
    app.add_middleware(Envelope, max_body_bytes=max_body_bytes)


def describe_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for OpenAPI."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


class Envelope:
    """Gives each request an id, returned as X-Request-ID, and measures its body, chunked or not."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if ACCEPTED_REQUEST_ID.fullmatch(given) else uuid4().hex
        scope["parley.request_id"] = request_id
        declared = headers.get("content-length", "")
        too_large = HTTPException(413, f"The body is larger than {self.max_body_bytes:,} bytes")
        received = 0

        async def measured_receive() -> Message:
            nonlocal received
            declared_too_large = declared.isdecimal() and int(declared) > self.max_body_bytes
            message = await receive()
            received += len(message.get("body", b""))
            if declared_too_large or received > self.max_body_bytes:
                await discard(message, receive, DISCARDED_TIMES * self.max_body_bytes)
                raise too_large
            return message

        async def identified_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["X-Request-ID"] = request_id
                answer["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self.app(scope, measured_receive, identified_send)


async def discard(message: Message, receive: Receive, most: int) -> None:
    """Read on for a while and forget it: a client that still sends would see a broken connection, not the 413."""
    dropped = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            while message.get("more_body") and dropped < most:
                message = await receive()
                dropped += len(message.get("body", b""))


def answer_problem(request: Request, error: Exception) -> Response:
    """The answer for any error; what was not raised on purpose tells the log, not the client."""
    match error:
        case RequestValidationError():
            return _answer_invalid(request, error)
        case HTTPException():
            # FastAPI keeps the reason why a body cannot be parsed (bytes that are not UTF-8) as the cause.
            reason = f"The body cannot be read: {error.__cause__}" if error.__cause__ else error.detail
            return _answer(request, error.status_code, reason, headers=error.headers)
        case ParleyError() if error.status != 500:
            fields = [(error.field, error.reason)] if isinstance(error, RowError) else ()
            return _answer(request, error.status, str(error), kind=type(error), fields=fields)
    log.error("Request %s failed: %r", request.scope.get("parley.request_id"), error)
    return _answer(request, 500, "The service failed; its log tells why, under this request id")


def _answer_invalid(request: Request, error: RequestValidationError) -> Response:
    """400 for a body that is not JSON, 415 for one that does not say that it is, else 422 naming each field."""
    problems = error.errors()
    first = problems[0]
    if first["type"] == "json_invalid":
        reason = first["ctx"]["error"].removesuffix(" at")
        return _answer(request, 400, f"The body is not JSON: {reason} at character {first['loc'][1]}")
    if first["loc"] == ("body",) and "json" not in request.headers.get("content-type", ""):
        return _answer(request, 415, "Send a JSON body with Content-Type: application/json")
    fields = [(field_path(each["loc"]), each["msg"].removeprefix("Value error, ")) for each in problems]
    more = f" (and {len(fields) - 1} more)" if len(fields) > 1 else ""
    return _answer(request, 422, ": ".join(fields[0]) + more, kind=InputError, fields=fields)


def field_path(location: Sequence[str | int]) -> str:
    """("body", "pairs", 3, "mention") as pairs[3].mention."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part[:NAME_SHOWN]}" for part in location[1:]]
    return "".join(parts).lstrip(".") or "body"


def _answer(
    request: Request,
    status: int,
    detail: str,
    *,
    kind: type[ParleyError] | None = None,
    fields: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    problem = Problem(
        type=f"urn:parley:{kind.__name__}" if kind else "about:blank",
        title=kind.title if kind else HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=request.scope.get("parley.request_id", ""),
        errors=[{"field": field, "reason": reason} for field, reason in fields[:ERRORS_SHOWN]] or None,
    )
    more = {"X-Request-ID": problem.request_id}  # a 500 is answered outside the envelope
    if status in (429, 503):
        more["Retry-After"] = str(BusyError.retry_after_seconds)
    # ASCII, because a field name that is quoted back may hold what UTF-8 cannot.
    body = json.dumps(problem.model_dump(exclude_none=True))
    return Response(body, status, {**(headers or {}), **more}, MEDIA_TYPE)
