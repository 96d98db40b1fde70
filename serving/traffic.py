"""Counts of what the service answered, for drift: sums by model, never a text or a name."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from model.counts import counts_of_answers
from model.labels import STANCES
from model.ledger import Ledger

Json = dict[str, Any]
log = logging.getLogger("parley.serving")


class Traffic:
    """Adds up answers until they are written to the ledger. Safe to use from several threads."""

    def __init__(self) -> None:
        self._counts: dict[str, Json] = {}
        self._lock = threading.Lock()

    def count(self, model: str, answers: Sequence[Mapping[str, Any]]) -> None:
        """Add the answers of one request: pairs as `Prediction.as_json` makes them."""
        if answers:
            self._add(model, counts_of_answers(answers))

    def flush(self, ledger: Ledger) -> None:
        """Write what was counted since the last time; what cannot be written is kept for the next."""
        with self._lock:
            waiting, self._counts = self._counts, {}
        try:
            while waiting:
                model = next(iter(waiting))
                ledger.count_traffic(model, waiting[model])
                del waiting[model]
        finally:
            for model, counts in waiting.items():
                self._add(model, counts)

    def is_empty(self) -> bool:
        return not self._counts

    def _add(self, model: str, counts: Json) -> None:
        with self._lock:
            before = self._counts.get(model)
            self._counts[model] = summed(before, counts) if before else counts


def summed(left: Json, right: Json) -> Json:
    """The sum of two counts."""
    return {
        "pairs": left["pairs"] + right["pairs"],
        "stances": {stance: left["stances"][stance] + right["stances"][stance] for stance in STANCES},
        "abstained": left["abstained"] + right["abstained"],
        "confidence": [one + other for one, other in zip(left["confidence"], right["confidence"], strict=True)],
        "known_actors": None,
    }


@asynccontextmanager
async def written(
    traffic: Traffic, run: Callable[[Callable[[Ledger], None]], Awaitable[None]], seconds: float
) -> AsyncIterator[None]:
    """Meanwhile write the counts every so many seconds, and once more at the end; 0 writes nothing.

    `run` does work on the ledger in a thread.
    """
    if not seconds:
        yield
        return
    ended = asyncio.Event()
    writer = asyncio.create_task(_write(traffic, run, seconds, ended))
    try:
        yield
    finally:
        ended.set()
        await writer


async def _write(
    traffic: Traffic, run: Callable[[Callable[[Ledger], None]], Awaitable[None]], seconds: float, ended: asyncio.Event
) -> None:
    failed = False
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ended.wait()
        last = ended.is_set()  # before the writing, in which more may be counted
        if not traffic.is_empty():
            try:
                await run(traffic.flush)
                failed = False
            except Exception as error:  # whatever it is, scoring goes on
                if not failed:
                    log.warning("Counts of traffic cannot be written now, and are kept for later: %s", error)
                failed = True
        if last:
            return
