"""Labels over HTTP, on the real ledger, over a fake analyzer."""

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast, get_args

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from model.analysis import Analyzer
from model.database import Database
from model.judgements import OPERATIONS, judgement_from_row
from model.ledger import Entry, Ledger, Queued
from model.records import Document, Pair
from model.scorer import Prediction
from serving import corrections
from serving.app import create_app
from serving.schemas import Operation
from serving.settings import Settings, load_settings

LABEL = {"text": "Hamas will send a delegation.", "actor": "Hamas", "mention": "Hamas", "stance": "support"}
PAIRS = {"pairs": [{"text": "Hamas will talk.", "actor": "Hamas"}] * 3}
SETTINGS = Settings(max_labels=5, max_body_bytes=200_000)


class FakeAnalyzer:
    name = "fake"
    scorer = SimpleNamespace(bundle=SimpleNamespace(name="fake", folder=Path("fake")))

    def score_pairs(self, pairs: Sequence[Pair]) -> list[Prediction]:
        return [Prediction((0.7, 0.1, 0.1, 0.1), (0.1, 0.2, 0.7), False) for _ in pairs]

    def analyze(self, document: Document, actors: Sequence[str] | None = None) -> dict[str, Any]:
        [prediction] = self.score_pairs([Pair(document.text, "Hamas")])
        place = {"sentence": 0, "actor": "hamas", "actor_name": "Hamas", "mention": "Hamas", "start": 0, "end": 5}
        head = {"id": None, "title": None, "model": "fake", "sentences": [], "actors": []}
        return {**head, "pairs": [{**place, **prediction.as_json()}]}


@contextmanager
def serving(settings: Settings = SETTINGS) -> Iterator[TestClient]:
    with TestClient(create_app(settings, cast(Analyzer, FakeAnalyzer())), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A service whose database, where it is used, is SQLite in the test's own data folder."""
    with serving() as client:
        yield client


@pytest.fixture
def either(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A service on each kind of database."""
    monkeypatch.setenv("PARLEY_DATABASE_URL", database_url)
    with serving() as client:
        yield client


@contextmanager
def ledger() -> Iterator[Ledger]:
    """The ledger of the service, by another connection."""
    database = Database()
    try:
        yield Ledger(database)
    finally:
        database.close()


def entries() -> list[Entry]:
    with ledger() as found:
        return found.entries()


def post(client: TestClient, *labels: dict[str, Any], key: str | None = None, **more: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/v1/labels", json={"annotator": "anna", "labels": labels, **more}, headers=headers)


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    return body


def fields(response: Any) -> list[str]:
    """The wrong fields that a refusal names."""
    return [error["field"] for error in problem(response, 422)["errors"]]


# What is kept


def test_a_single_correction_is_kept_as_it_was_given(either: TestClient) -> None:
    more = {"start": 0, "context": "Before.", "sentiment": "neutral", "sure": False, "alternative": "none"}
    kept = {"id": 7, "title": "Cairo", "date": "2026-01-02", "topic": "gaza", "source": "wire"}
    answer = either.post("/v1/labels", json={**LABEL, **more, **kept, "note": "“why” ☂", "annotator": " anna "})
    assert answer.status_code == 201
    [entry] = entries()
    judgement = entry.judgement
    assert answer.json() == {
        "added": 1,
        "known": 0,
        "labels": [{"id": judgement.id, "item": judgement.item, "added": True}],
    }
    assert judgement.pair == Pair(LABEL["text"], "Hamas", "Hamas", 0, "Before.")
    assert judgement.said == ("label", "support", "neutral", False, "none", "“why” ☂")
    assert (judgement.annotator, judgement.columns) == ("anna", {**kept, "id": "7"})
    assert judgement.created is not None


def test_each_label_may_name_its_own_annotator(either: TestClient) -> None:
    answer = post(either, LABEL, {**LABEL, "annotator": "ben"}, {**LABEL, "actor": "a delegation", "mention": None})
    assert answer.status_code == 201
    assert [each["added"] for each in answer.json()["labels"]] == [True] * 3
    assert [entry.judgement.annotator for entry in entries()] == ["anna", "ben", "anna"]


def test_a_word_another_and_the_first_again_are_three(either: TestClient) -> None:
    stances = ["support", "oppose", "support"]
    assert [post(either, {**LABEL, "stance": stance}).status_code for stance in stances] == [201] * 3
    assert [entry.judgement.stance for entry in entries()] == stances


def test_a_word_another_and_the_first_again_are_three_in_one_request_too(client: TestClient) -> None:
    stances = ["support", "oppose", "support"]
    assert post(client, *({**LABEL, "stance": stance} for stance in stances)).json()["added"] == 3


def test_the_same_word_again_is_known_and_200(either: TestClient) -> None:
    assert post(either, LABEL).status_code == 201
    again = post(either, LABEL, LABEL)
    assert (again.status_code, again.json()["added"], again.json()["known"]) == (200, 0, 2)
    assert len(entries()) == 1


def test_a_label_may_be_taken_back(client: TestClient) -> None:
    post(client, LABEL)
    taken_back = {name: LABEL[name] for name in ("text", "actor", "mention")} | {"op": "retract"}
    assert post(client, taken_back).status_code == 201
    assert [entry.judgement.op for entry in entries()] == ["label", "retract"]


@pytest.mark.parametrize(
    "hostile", ["'); DROP TABLE judgements; --", "<script>alert(1)</script>", "=HYPERLINK(1)", "{reason} %s \\0 \u202e"]
)
def test_hostile_text_is_only_text(either: TestClient, hostile: str) -> None:
    label = {**LABEL, "text": f"Hamas {hostile}", "note": hostile, "alternative": hostile, "topic": hostile}
    assert post(either, label, annotator=hostile).status_code == 201
    [entry] = entries()
    judgement = entry.judgement
    assert judgement.pair.text == f"Hamas {hostile}"
    assert [judgement.annotator, judgement.note, judgement.alternative, judgement.columns["topic"]] == [hostile] * 4


# Idempotency


def test_the_same_request_under_a_key_gets_the_same_answer_and_adds_nothing(either: TestClient) -> None:
    first = post(either, LABEL, key="k")
    post(either, {**LABEL, "stance": "oppose"})
    again = post(either, LABEL, key="k")
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, first.json())
    assert [entry.judgement.stance for entry in entries()] == ["support", "oppose"]


def test_the_key_may_stand_in_the_body_or_the_header(client: TestClient) -> None:
    first = post(client, LABEL, idempotency_key="k")
    assert first.status_code == 201
    assert post(client, LABEL, key="k").json() == first.json()
    assert post(client, LABEL, key="k", idempotency_key="k").json() == first.json()
    assert fields(post(client, LABEL, key="k", idempotency_key="other")) == ["idempotency_key"]


def test_the_same_key_for_other_labels_is_a_conflict(either: TestClient) -> None:
    post(either, LABEL, key="k")
    body = problem(post(either, {**LABEL, "stance": "oppose"}, key="k"), 409)
    assert "'k'" in body["detail"]
    assert body["type"] == "urn:parley:ConflictError"
    assert len(entries()) == 1


def test_the_same_key_in_two_threads_at_once_adds_once(either: TestClient) -> None:
    start = threading.Barrier(4)

    def send(_: int) -> Any:
        start.wait(10)
        return post(either, LABEL, key="k")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.text for answer in answers}) == 1
    assert len(entries()) == 1


def test_labels_from_many_threads_are_all_kept(either: TestClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: post(either, {**LABEL, "text": f"Hamas said {n}."}), range(40)))
    assert [answer.status_code for answer in answers] == [201] * 40
    assert len(entries()) == 40


# What is refused


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ({**LABEL, "stance": "for"}, "stance"),
        ({**LABEL, "stance": ["support"]}, "stance"),
        ({**LABEL, "stance": None}, "stance"),
        ({**LABEL, "sentiment": "good"}, "sentiment"),
        ({**LABEL, "op": "delete"}, "op"),
        ({**LABEL, "op": "retract"}, "stance"),
        ({**LABEL, "text": " "}, "text"),
        ({**LABEL, "text": "Hamas " * 4000}, "text"),
        ({**LABEL, "text": 5}, "text"),
        ({"actor": "Hamas", "stance": "support"}, "text"),
        ({**LABEL, "actor": "x" * 301}, "actor"),
        ({**LABEL, "mention": "Fatah"}, "mention"),
        ({**LABEL, "start": 3}, "start"),
        ({**LABEL, "start": True}, "start"),
        ({**LABEL, "start": 10**40}, "start"),
        ({**LABEL, "sure": "yes"}, "sure"),
        ({**LABEL, "created": "yesterday"}, "created"),
        ({**LABEL, "created": "9999-12-31T23:59:59Z"}, "created"),
        ({**LABEL, "codebook": "x" * 41}, "codebook"),
        ({**LABEL, "annotator": " "}, "annotator"),
        ({**LABEL, "annotator": "x" * 301}, "annotator"),
        ({**LABEL, "id": {"a": 1}}, "id"),
        ({**LABEL, "source": ["wire"]}, "source"),
        ({**LABEL, "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_label_is_422_and_named_alone_or_among_others(client: TestClient, label: Any, field: str) -> None:
    assert fields(post(client, LABEL, label)) == [f"labels[1].{field}"]
    assert fields(client.post("/v1/labels", json={"annotator": "anna", **label})) == [field]
    assert entries() == []


def test_one_wrong_label_refuses_all_and_every_wrong_one_is_named(client: TestClient) -> None:
    labels = [LABEL, {**LABEL, "stance": "for"}, {**LABEL, "mention": "Fatah"}, {**LABEL, "text": 5, "sure": 1}]
    answer = post(client, *labels, key="k")
    assert fields(answer) == ["labels[1].stance", "labels[2].mention", "labels[3].text", "labels[3].sure"]
    assert entries() == []
    assert post(client, LABEL, key="k").status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"labels": [LABEL]}, "annotator"),
        (LABEL, "annotator"),
        ({"annotator": "anna", "labels": []}, "labels"),
        ({"annotator": "anna", "labels": LABEL}, "labels"),
        ({"annotator": "anna", "labels": ["Hamas"]}, "labels[0]"),
        ({"annotator": "anna", "labels": [LABEL], "stance": "support"}, "labels"),
        ({"annotator": "anna", "labels": [LABEL], "idempotency_key": " "}, "idempotency_key"),
        ({"annotator": "anna", "labels": [LABEL], "idempotency_key": "x" * 301}, "idempotency_key"),
        ({"annotator": "anna", "labels": [LABEL], "force": True}, "force"),
        ({}, "stance"),
        ([LABEL], "body"),
        ("label", "body"),
    ],
)
def test_a_body_of_another_shape_is_422_and_says_where(client: TestClient, body: Any, field: str) -> None:
    assert fields(client.post("/v1/labels", json=body)) == [field]


@pytest.mark.parametrize("character", ["\ud800", "\0"])
@pytest.mark.parametrize(
    "field", ["text", "actor", "mention", "context", "alternative", "note", "created", "codebook", "annotator", "id",
              "title", "date", "topic", "source"],
)  # fmt: skip
def test_what_no_database_keeps_is_422_in_every_field(client: TestClient, field: str, character: str) -> None:
    label = json.dumps({**LABEL, field: f"Hamas {character}"})
    for body, place in ((label, field), (f'{{"labels": [{label}]}}', f"labels[0].{field}")):
        answer = client.post("/v1/labels", content=body, headers={"Content-Type": "application/json"})
        assert place in fields(answer)


@pytest.mark.parametrize("character", ["\ud800", "\0"])
@pytest.mark.parametrize("field", ["annotator", "idempotency_key"])
def test_what_no_database_keeps_is_422_around_the_labels_too(client: TestClient, field: str, character: str) -> None:
    body = json.dumps({"annotator": "anna", "labels": [LABEL], field: f"k{character}"})
    answer = client.post("/v1/labels", content=body, headers={"Content-Type": "application/json"})
    assert fields(answer) == [field]


def test_a_long_key_in_the_header_is_422(client: TestClient) -> None:
    assert fields(post(client, LABEL, key="x" * 301)) == ["idempotency-key"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        ('{"text": "caf\xe9"}'.encode("latin-1"), "application/json", 400),
        (json.dumps(LABEL).encode(), "text/plain", 415),
        (b"", "application/json", 422),
        (b"null", "application/json", 422),
        (b" " * 200_001, "application/json", 413),
    ],
)
def test_a_body_that_is_no_json_or_too_large_is_refused(
    client: TestClient, content: bytes, kind: str, status: int
) -> None:
    problem(client.post("/v1/labels", content=content, headers={"Content-Type": kind}), status)


def test_too_many_labels_are_413_and_none_is_kept(client: TestClient) -> None:
    assert "at most 5" in problem(post(client, *[LABEL] * 6), 413)["detail"]
    assert entries() == []


# The queue


def enqueue(*texts: str) -> None:
    records = [{"text": text, "actor": "Hamas", "mention": "Hamas", "start": 0, "id": text} for text in texts]
    suggested = {"suggested_stance": "none", "p_none": 0.4, "suggested_sentiment": "neutral"}
    queued = [Queued({**record, **suggested}, "uncertain", "parley-1") for record in records]
    items = [judgement_from_row({**record, "stance": "none"}, "x").item for record in records]
    with ledger() as found:
        found.enqueue(queued, items)


def queue(client: TestClient, query: str = "") -> list[str]:
    answer = client.get(f"/v1/labels/queue{query}")
    assert answer.status_code == 200, answer.text
    return [item["text"] for item in answer.json()["items"]]


def test_the_queue_tells_what_to_label_and_why(either: TestClient) -> None:
    enqueue("Hamas paused.")
    assert either.get("/v1/labels/queue").json() == {
        "items": [
            {
                "text": "Hamas paused.", "actor": "Hamas", "mention": "Hamas", "start": 0, "context": None,
                "id": "Hamas paused.", "reason": "uncertain", "model": "parley-1", "suggested_stance": "none",
                "p_none": 0.4, "suggested_sentiment": "neutral",
            }
        ]
    }  # fmt: skip


def test_what_was_judged_leaves_the_queue_of_who_judged_it(either: TestClient) -> None:
    enqueue("Hamas paused.", "Hamas left.", "Hamas came.")
    post(either, {**LABEL, "text": "Hamas paused."})
    post(either, {**LABEL, "text": "Hamas left.", "annotator": "ben"})
    assert queue(either) == ["Hamas came."]
    assert queue(either, "?annotator=anna") == ["Hamas left.", "Hamas came."]
    assert queue(either, "?annotator=%20ben%20") == ["Hamas paused.", "Hamas came."]
    assert queue(either, "?annotator=anna&limit=1") == ["Hamas left."]


def test_an_item_of_the_queue_can_be_sent_back_with_a_label(client: TestClient) -> None:
    enqueue("Hamas paused.")
    [item] = client.get("/v1/labels/queue").json()["items"]
    asked = {name: item[name] for name in ("id", "text", "actor", "mention", "start", "context")}
    assert post(client, {**asked, "stance": "oppose"}).status_code == 201
    assert queue(client) == []


def test_an_empty_queue_is_no_error(client: TestClient) -> None:
    assert queue(client) == []


def test_a_number_that_is_none_in_the_queue_is_null(client: TestClient) -> None:
    with ledger() as found:
        found.enqueue([Queued({"text": "A.", "actor": "B", "score": float("nan")}, "random", "m")], ["i"])
    assert client.get("/v1/labels/queue").json()["items"][0]["score"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=6", "limit"),
        ("limit=many", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("annotator=", "annotator"),
        ("annotator=%00", "annotator"),
        ("annotator=" + "x" * 301, "annotator"),
    ],
)
def test_a_wrong_question_to_the_queue_is_422(client: TestClient, query: str, field: str) -> None:
    assert fields(client.get(f"/v1/labels/queue?{query}")) == [field]


# The database


def test_without_a_database_labels_are_503_scoring_goes_on_and_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file where the folder should be")
    monkeypatch.setenv("PARLEY_DATA", str(folder))
    for answer in (post(client, LABEL, key="k"), client.get("/v1/labels/queue")):
        body = problem(answer, 503)
        assert body["title"] == "The database cannot be used"
        assert str(tmp_path) not in body["detail"]
        assert answer.headers["retry-after"] == "1"
    assert client.post("/v1/predict", json=PAIRS).status_code == 200
    assert client.get("/readyz").status_code == 200
    folder.unlink()
    assert post(client, LABEL, key="k").status_code == 201


@pytest.mark.parametrize("url", ["oracle://x", "no url", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_meant_or_reached_is_503_and_logged(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    monkeypatch.setenv("PARLEY_DATABASE_URL", url)
    problem(post(client, LABEL), 503)
    assert len(caplog.records) == 1


def test_labels_are_not_written_into_a_file_that_was_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    monkeypatch.setenv("PARLEY_DATA", str(tmp_path))
    assert post(client, LABEL).status_code == 201
    for file in tmp_path.glob("parley.db*"):
        file.unlink()
    problem(post(client, LABEL), 503)
    assert post(client, LABEL).status_code == 201
    assert len(entries()) == 1


def test_a_full_disk_is_503_and_nothing_is_kept_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    monkeypatch.setenv("PARLEY_DATA", str(tmp_path))
    post(client, LABEL)

    def fill(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")  # it sinks to the size that the file has

    labels = [{**LABEL, "text": f"Hamas {number} {'x' * 19_000}"} for number in range(5)]
    event.listen(Engine, "connect", fill)
    try:
        with serving() as later:
            problem(post(later, *labels, key="k"), 503)
    finally:
        event.remove(Engine, "connect", fill)
    assert len(entries()) == 1
    assert post(client, *labels, key="k").json()["added"] == 5


def test_a_database_that_hangs_leaves_scoring_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    monkeypatch.setenv("PARLEY_DATA", str(tmp_path))
    monkeypatch.setattr(corrections, "MOST_WAITING", 44)  # more than the threads that score
    post(client, LABEL)
    with ThreadPoolExecutor(46) as pool:
        with closing(sqlite3.connect(tmp_path / "parley.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            sent = [pool.submit(post, client, LABEL, annotator=f"annotator {number}") for number in range(45)]
            refused = next(as_completed(sent, timeout=10))
            scored = pool.submit(client.post, "/v1/predict", json=PAIRS).result(10)
            assert sum(each.done() for each in sent) == 1
            other.execute("ROLLBACK")
        answers = [each.result(30).status_code for each in sent]
    problem(refused.result(), 429)
    assert scored.status_code == 200
    assert sorted(answers) == [201] * 44 + [429]


# Traffic


def traffic() -> list[tuple[str, dict[str, Any]]]:
    with ledger() as found:
        return list(found.traffic())


def test_what_was_answered_is_counted_without_texts(either: TestClient) -> None:
    with serving() as client:
        client.post("/v1/predict", json=PAIRS)
        client.post("/v1/analyze", json={"documents": [{"text": "Hamas will talk."}] * 2})
        client.post("/v1/predict", json={"pairs": []})
    [(model, counts)] = traffic()
    assert (model, counts["pairs"], counts["stances"]["support"], counts["confidence"][7]) == ("fake", 5, 5, 5)
    assert "hamas" not in json.dumps(counts).lower()


def test_traffic_is_written_while_the_service_runs() -> None:
    with serving(Settings(traffic_seconds=0.01)) as client:
        client.post("/v1/predict", json=PAIRS)
        wait_until(lambda: bool(traffic()))


def test_a_service_that_is_not_used_or_may_not_count_makes_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_DATA", str(tmp_path / "data"))
    with serving() as client:
        client.get("/readyz")
    with serving(Settings(traffic_seconds=0)) as client:
        client.post("/v1/predict", json=PAIRS)
    assert not (tmp_path / "data").exists()


def test_where_nothing_can_be_written_the_service_scores_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file")
    monkeypatch.setenv("PARLEY_DATA", str(tmp_path / "data"))
    with caplog.at_level(logging.INFO, "parley"), serving(Settings(traffic_seconds=0.005)) as client:
        for _ in range(5):
            assert client.post("/v1/predict", json=PAIRS).status_code == 200
            time.sleep(0.01)
    assert ["Counts of traffic" in record.getMessage() for record in caplog.records if record.name[:6] == "parley"] == [
        True
    ]


# What is documented


def test_openapi_documents_every_status_of_the_routes_of_labels(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    keeping = paths["/v1/labels"]["post"]
    assert set(keeping["responses"]) == {"200", "201", "400", "409", "413", "415", "422", "429", "500", "503"}
    assert list(keeping["responses"]["409"]["content"]) == ["application/problem+json"]
    properties = keeping["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {"labels", "annotator", "idempotency_key", "text", "stance", "created"} <= properties.keys()
    assert {each["name"] for each in keeping["parameters"]} == {"idempotency-key"}
    assert set(paths["/v1/labels/queue"]["get"]["responses"]) == {"200", "422", "429", "500", "503"}


def test_the_operations_of_the_schema_are_those_of_judgements() -> None:
    """All but adjudicating: whoever can reach the service must not settle disputes."""
    assert set(get_args(Operation)) == {*OPERATIONS} - {"adjudicate"}


def test_the_settings_allow_the_database_of_the_ledger() -> None:
    assert load_settings({"PARLEY_DATABASE_URL": "sqlite:///x", "PARLEY_TRAFFIC_SECONDS": "0"}).traffic_seconds == 0


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)
