"""Counts of what the service answered."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from model.errors import StoreError
from model.labels import STANCES
from model.ledger import Ledger
from serving.traffic import Traffic, written


def answer(stance: str, probability: float, abstained: bool = False) -> dict[str, Any]:
    probabilities = {each: probability if each == stance else (1 - probability) / 3 for each in STANCES}
    pair = {"actor": "Kyra", "mention": "the Kyrans", "stance": stance, "stance_probabilities": probabilities}
    return {**pair, "sentiment": "neutral", "abstained": abstained}


class Shelf:
    """A ledger that can be out of order."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Any]] = []
        self.failures: list[Exception] = []

    def count_traffic(self, model: str, counts: Any) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.kept.append((model, json.loads(json.dumps(counts))))

    async def run(self, work: Callable[[Any], None]) -> None:
        await asyncio.to_thread(work, self)


@pytest.fixture
def ledger(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setenv("PARLEY_DATABASE_URL", database_url)
    ledger = Ledger()
    yield ledger
    ledger.database.close()


def test_answers_of_a_model_are_added_up(ledger: Ledger) -> None:
    traffic = Traffic()
    traffic.count("old", [answer("support", 0.95), answer("none", 0.41, abstained=True)])
    traffic.count("old", [answer("support", 1.0)])
    traffic.count("new", [answer("oppose", 0.3, abstained=True)])
    traffic.flush(ledger)
    assert dict(ledger.traffic()) == {
        "old": {
            "pairs": 3, "stances": {"support": 2, "conditional": 0, "oppose": 0, "none": 1}, "abstained": 1,
            "confidence": [0, 0, 0, 0, 1, 0, 0, 0, 0, 2], "known_actors": None,
        },
        "new": {
            "pairs": 1, "stances": {"support": 0, "conditional": 0, "oppose": 1, "none": 0}, "abstained": 1,
            "confidence": [0, 0, 0, 1, 0, 0, 0, 0, 0, 0], "known_actors": None,
        },
    }  # fmt: skip


def test_what_was_written_is_not_written_again() -> None:
    traffic, shelf = Traffic(), Shelf()
    traffic.count("m", [answer("none", 0.8)])
    traffic.flush(shelf)  # type: ignore[arg-type]
    assert traffic.is_empty()
    traffic.flush(shelf)  # type: ignore[arg-type]
    assert len(shelf.kept) == 1


def test_an_answer_without_pairs_counts_nothing() -> None:
    traffic = Traffic()
    traffic.count("m", [])
    assert traffic.is_empty()


def test_counts_hold_no_text_and_no_name() -> None:
    traffic, shelf = Traffic(), Shelf()
    traffic.count("m", [answer("none", 0.8)])
    traffic.flush(shelf)  # type: ignore[arg-type]
    assert "kyra" not in json.dumps(shelf.kept).lower()


def test_what_could_not_be_written_is_kept_and_the_rest_is_not_written_twice() -> None:
    traffic, shelf = Traffic(), Shelf()
    traffic.count("old", [answer("none", 0.8)])
    traffic.flush(shelf)  # type: ignore[arg-type]
    traffic.count("old", [answer("none", 0.8)])
    traffic.count("new", [answer("none", 0.8)])
    shelf.failures = [StoreError("gone")]
    with pytest.raises(StoreError):
        traffic.flush(shelf)  # type: ignore[arg-type]
    traffic.count("old", [answer("none", 0.8)])
    traffic.flush(shelf)  # type: ignore[arg-type]
    assert sorted((model, counts["pairs"]) for model, counts in shelf.kept) == [("new", 1), ("old", 1), ("old", 2)]


def test_threads_lose_no_count() -> None:
    traffic, shelf = Traffic(), Shelf()

    def work() -> None:
        for _ in range(500):
            traffic.count("m", [answer("support", 0.9)])
            traffic.flush(shelf)  # type: ignore[arg-type]

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    traffic.flush(shelf)  # type: ignore[arg-type]
    assert sum(counts["pairs"] for _, counts in shelf.kept) == 2000


def served(traffic: Traffic, shelf: Shelf, seconds: float, *, until: Callable[[], bool] = lambda: True) -> None:
    """Keep writing until something is so, then end."""

    async def serve() -> None:
        async with asyncio.timeout(10), written(traffic, shelf.run, seconds):
            while not until():
                await asyncio.sleep(0.001)

    asyncio.run(serve())


def test_counts_are_written_every_so_often_and_at_the_end() -> None:
    traffic, shelf = Traffic(), Shelf()
    traffic.count("m", [answer("none", 0.8)])
    served(traffic, shelf, 0.01, until=lambda: len(shelf.kept) == 1)
    traffic.count("m", [answer("none", 0.8)])
    served(traffic, shelf, 3600)
    assert len(shelf.kept) == 2


def test_nothing_counted_opens_no_database() -> None:
    shelf = Shelf()
    shelf.failures = [AssertionError("was asked")]
    served(Traffic(), shelf, 0.001, until=lambda: True)
    assert shelf.kept == []
    assert len(shelf.failures) == 1


def test_zero_seconds_write_nothing() -> None:
    traffic, shelf = Traffic(), Shelf()
    traffic.count("m", [answer("none", 0.8)])
    served(traffic, shelf, 0)
    assert shelf.kept == []


@pytest.mark.parametrize("failure", [StoreError("the disk is full"), ZeroDivisionError("the disk is full")])
def test_a_failure_is_logged_once_and_the_counts_are_written_when_it_is_over(
    caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    traffic, shelf = Traffic(), Shelf()
    traffic.count("m", [answer("none", 0.8)])
    shelf.failures = [failure] * 3
    with caplog.at_level(logging.WARNING):
        served(traffic, shelf, 0.001, until=lambda: bool(shelf.kept))
    assert [counts["pairs"] for _, counts in shelf.kept] == [1]
    [line] = [record.getMessage() for record in caplog.records]
    assert "kept for later: the disk is full" in line
