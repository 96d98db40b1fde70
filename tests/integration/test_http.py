"""The HTTP protocol, over a fake analyzer: nothing here needs a model."""

import json
import re
import shlex
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast, get_args

import pytest
import uvicorn
from fastapi.testclient import TestClient

from model.analysis import Analyzer
from model.errors import BundleError, InputError
from model.labels import SENTIMENTS, STANCES
from model.positions import actor_table
from model.records import Document, Pair
from model.scorer import Prediction
from serving import app as app_module
from serving.app import create_app, curl_command
from serving.schemas import Sentiment, Stance
from serving.settings import Settings, load_settings

PAIR = {"text": "Hamas will send a delegation.", "actor": "Hamas"}
LIMITS = Settings(max_body_bytes=5000, max_pairs=3, max_documents=2, max_concurrent=1)


class FakeAnalyzer:
    """Supports everything, once `gate` is open; fails with `failure` where one is set."""

    name = "fake"

    def __init__(self, folder: Path) -> None:
        (folder / "README.md").write_text("# Fake card", encoding="utf-8")
        bundle = SimpleNamespace(name=self.name, card_file=folder / "README.md", manifest={"schema_version": 1})
        self.scorer = SimpleNamespace(bundle=bundle)
        self.failure: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def score_pairs(self, pairs: Sequence[Pair]) -> list[Prediction]:
        self.entered.set()
        assert self.gate.wait(10)
        if self.failure:
            raise self.failure
        return [Prediction((0.7, 0.1, 0.1, 0.1), (0.1, 0.2, 0.7), False) for _ in pairs]

    def analyze(self, document: Document, actors: Sequence[str] | None = None) -> dict[str, Any]:
        actor = (actors or ["Hamas"])[0]
        [prediction] = self.score_pairs([Pair(document.text, actor)])
        pair = {"sentence": 0, "actor": actor, "actor_name": actor, "mention": actor, "start": 0, "end": len(actor)}
        pairs = [{**pair, **prediction.as_json(), "voice": "self", "past": False, "condition": None}]
        sentences = [{"index": 0, "start": 0, "end": len(document.text), "text": document.text}]
        head = {"id": document.id, "title": document.title, "model": self.name}
        rows = [{**row, "type": "armed_group", "resolved": True} for row in actor_table(pairs, calibrated=True)]
        return {**head, "sentences": sentences, "pairs": pairs, "actors": rows}

    def explain(self, pair: Pair) -> dict[str, Any]:
        [prediction] = self.score_pairs([pair])
        word = {"text": pair.text[:3], "start": 0, "end": 3, "weight": 0.25}
        return {"actor": pair.actor, **prediction.as_json(), "words": [word]}


@pytest.fixture
def analyzer(tmp_path: Path) -> FakeAnalyzer:
    return FakeAnalyzer(tmp_path)


@pytest.fixture
def client(analyzer: FakeAnalyzer) -> Iterator[TestClient]:
    with TestClient(create_app(LIMITS, cast(Analyzer, analyzer)), raise_server_exceptions=False) as client:
        yield client


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem details of a response that must be one, in full."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance", "request_id"} <= body.keys()
    assert body["status"] == status
    assert body["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return body


def send(client: TestClient, body: bytes | str, path: str = "/v1/predict") -> Any:
    return client.post(path, content=body, headers={"Content-Type": "application/json"})


# Answers


def test_predictions_come_in_the_order_of_the_pairs(client: TestClient) -> None:
    pairs = [PAIR, {**PAIR, "actor": "the delegation", "mention": "a delegation", "start": 16, "context": "Earlier."}]
    answer = client.post("/v1/predict", json={"pairs": pairs})
    assert answer.status_code == 200
    assert answer.json()["model"] == "fake"
    assert [each["actor"] for each in answer.json()["predictions"]] == ["Hamas", "the delegation"]
    assert answer.json()["predictions"][0] == {
        "actor": "Hamas",
        "stance": "support",
        "stance_probabilities": {"support": 0.7, "conditional": 0.1, "oppose": 0.1, "none": 0.1},
        "sentiment": "positive",
        "sentiment_probabilities": {"negative": 0.1, "neutral": 0.2, "positive": 0.7},
        "abstained": False,
    }


def test_an_analysis_is_answered_exactly_as_the_analyzer_made_it(client: TestClient, analyzer: FakeAnalyzer) -> None:
    item = {"id": 7, "title": "Cairo", "text": "Hamas will send a delegation.", "date": "2021-07-01"}
    answer = client.post("/v1/analyze", json={"documents": [item], "actors": ["Fatah"]})
    expected = analyzer.analyze(Document(item["text"], "7", item["title"]), ["Fatah"])  # type: ignore[arg-type]
    assert answer.json() == {"model": "fake", "documents": [expected]}


def test_an_explanation_weighs_the_words_of_a_pair(client: TestClient) -> None:
    answer = client.post("/v1/explain", json={"pairs": [{"text": "Hamas will come.", "actor": "Hamas"}]})
    assert answer.status_code == 200, answer.text
    [explanation] = answer.json()["explanations"]
    assert explanation["stance"] == "support"
    assert explanation["words"] == [{"text": "Ham", "start": 0, "end": 3, "weight": 0.25}]


def test_more_explanations_than_a_request_may_ask_for_are_422(client: TestClient) -> None:
    pairs = [{"text": "Hamas will come.", "actor": "Hamas"}] * 9
    assert "at most 8" in problem(client.post("/v1/explain", json={"pairs": pairs}), 422)["detail"]


def test_the_model_route_shows_the_card_and_the_manifest(client: TestClient) -> None:
    expected = {"model": "fake", "card": "# Fake card", "manifest": {"schema_version": 1}}
    assert client.get("/v1/model").json() == expected


def test_health_and_readiness_answer(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_the_labels_of_the_schema_are_the_labels_of_the_model() -> None:
    assert get_args(Stance) == STANCES
    assert get_args(Sentiment) == SENTIMENTS


def test_openapi_describes_answers_and_problems(client: TestClient) -> None:
    responses = client.get("/openapi.json").json()["paths"]["/v1/predict"]["post"]["responses"]
    assert responses["200"]["content"]["application/json"]["schema"]["$ref"].endswith("PredictResponse")
    assert {"400", "413", "415", "422", "429", "500", "503"} <= responses.keys()
    assert list(responses["422"]["content"]) == ["application/problem+json"]


def test_the_docs_load_nothing_from_another_machine(client: TestClient) -> None:
    page = client.get("/docs").text
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(sources) >= 2
    assert all(source.startswith("/") and client.get(source).status_code == 200 for source in sources)


# Request ids


def test_a_request_id_is_returned(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert problem(client.get("/nowhere", headers={"X-Request-ID": "abc-1"}), 404)["request_id"] == "abc-1"


@pytest.mark.parametrize("given", ["", "x" * 129, "two words", b"caf\xe9"])
def test_a_long_or_unprintable_request_id_is_replaced(client: TestClient, given: str | bytes) -> None:
    answer = client.get("/healthz", headers=[(b"X-Request-ID", given if isinstance(given, bytes) else given.encode())])
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


# Errors: what was sent


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        ([PAIR, PAIR, {**PAIR, "mention": "Fatah"}], "pairs[2].mention"),
        ([PAIR, {**PAIR, "mention": "Hamas", "start": 3}], "pairs[1].start"),
        ([PAIR, {**PAIR, "mention": 5}], "pairs[1].mention"),
        ([{**PAIR, "text": " "}], "pairs[0].text"),
        ([{**PAIR, "text": None}], "pairs[0].text"),
        ([{"text": "No actor."}], "pairs[0].actor"),
        ([{**PAIR, "actor": "x" * 301}], "pairs[0].actor"),
        ([{**PAIR, "start": True}], "pairs[0].start"),
        ([{**PAIR, "start": -1}], "pairs[0].start"),
        ([{**PAIR, "start": 1.5}], "pairs[0].start"),
        ([{**PAIR, "mention": "Hamas", "start": 10**40}], "pairs[0].start"),
        ([{**PAIR, "stance": "support"}], "pairs[0].stance"),
        (["Hamas"], "pairs[0]"),
        ([], "pairs"),
        ("Hamas", "pairs"),
        (None, "pairs"),
    ],
)
def test_a_wrong_pair_is_422_and_names_its_field(client: TestClient, pairs: Any, field: str) -> None:
    body = problem(client.post("/v1/predict", json={"pairs": pairs}), 422)
    assert body["errors"][0]["field"] == field
    assert body["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"documents": []}, "documents"),
        ({"documents": [{"text": "A."}, {"text": ""}]}, "documents[1].text"),
        ({"documents": [{"text": "A.", "id": 1.5}]}, "documents[0].id"),
        ({"documents": [{"text": "A.", "id": "x" * 301}]}, "documents[0].id"),
        ({"documents": [{"text": "A.", "date": 2021}]}, "documents[0].date"),
        ({"documents": [{"text": "A."}], "actors": []}, "actors"),
        ({"documents": [{"text": "A."}], "actors": ["Hamas", " "]}, "actors[1]"),
        ({"documents": [{"text": "A."}], "actor": ["Hamas"]}, "actor"),
        ({}, "documents"),
    ],
)
def test_a_wrong_document_is_422_and_names_its_field(client: TestClient, body: Any, field: str) -> None:
    assert problem(client.post("/v1/analyze", json=body), 422)["errors"][0]["field"] == field


@pytest.mark.parametrize("field", ["text", "actor", "mention", "context"])
def test_half_a_surrogate_pair_is_422_in_every_field_of_a_pair(client: TestClient, field: str) -> None:
    body = json.dumps({"pairs": [{**PAIR, field: "Hamas \ud800"}]})
    assert problem(send(client, body), 422)["errors"][0]["field"] == f"pairs[0].{field}"


@pytest.mark.parametrize("field", ["id", "title", "text", "date"])
def test_half_a_surrogate_pair_is_422_in_every_field_of_a_document(client: TestClient, field: str) -> None:
    body = json.dumps({"documents": [{"text": "A.", field: "\ud800"}]})
    assert problem(send(client, body, "/v1/analyze"), 422)["errors"][0]["field"] == f"documents[0].{field}"


def test_half_a_surrogate_pair_in_a_field_name_is_422(client: TestClient) -> None:
    problem(send(client, json.dumps({"pairs": [{**PAIR, "\ud800": 1}]})), 422)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("field", ["text", "start"])
def test_a_number_that_is_none_is_422(client: TestClient, field: str, value: str) -> None:
    body = f'{{"pairs": [{{"actor": "Hamas", "{field}": {value}}}]}}'
    fields = {each["field"] for each in problem(send(client, body), 422)["errors"]}
    assert f"pairs[0].{field}" in fields


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"pairs": [', "The body is not JSON"),
        (b"Hamas", "The body is not JSON"),
        ('{"pairs": [{"text": "caf\xe9"}]}'.encode("latin-1"), "utf-8"),
        (b'{"pairs": [{"start": ' + b"9" * 4500 + b"}]}", "Exceeds the limit"),
        (b"[" * 4900, "The body"),
    ],
)
def test_a_body_that_is_not_json_is_400_and_says_why(client: TestClient, body: bytes, detail: str) -> None:
    assert detail in problem(send(client, body), 400)["detail"]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"1", b'"pairs"'])
def test_a_body_of_another_shape_is_422(client: TestClient, body: bytes) -> None:
    problem(send(client, body), 422)


def test_a_body_without_the_json_content_type_is_415(client: TestClient) -> None:
    body = json.dumps({"pairs": [PAIR]})
    problem(client.post("/v1/predict", content=body, headers={"Content-Type": "text/plain"}), 415)


def test_an_unknown_route_is_404(client: TestClient) -> None:
    assert problem(client.get("/v3/predict"), 404)["instance"] == "/v3/predict"


def test_a_wrong_method_is_405_and_says_what_is_allowed(client: TestClient) -> None:
    answer = client.get("/v1/predict")
    problem(answer, 405)
    assert answer.headers["allow"] == "POST"


# Errors: how much was sent


def test_a_large_body_is_413(client: TestClient) -> None:
    assert "5,000 bytes" in problem(send(client, b" " * 5001), 413)["detail"]


def test_a_large_body_in_chunks_is_413(client: TestClient) -> None:
    chunks = (b" " * 1000 for _ in range(6))
    answer = client.post("/v1/predict", content=chunks, headers={"Content-Type": "application/json"})
    assert "content-length" not in answer.request.headers
    problem(answer, 413)


def test_a_body_of_just_the_largest_size_is_read(client: TestClient) -> None:
    assert send(client, json.dumps({"pairs": [PAIR]}).ljust(5000)).status_code == 200


def test_too_many_pairs_or_documents_are_413(client: TestClient) -> None:
    assert "at most 3" in problem(client.post("/v1/predict", json={"pairs": [PAIR] * 4}), 413)["detail"]
    documents = {"documents": [{"text": "A."}] * 3}
    assert "at most 2" in problem(client.post("/v1/analyze", json=documents), 413)["detail"]


def test_a_request_beyond_the_limit_is_429_and_the_place_is_free_afterwards(
    client: TestClient, analyzer: FakeAnalyzer
) -> None:
    analyzer.gate.clear()
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(client.post("/v1/predict", json={"pairs": [PAIR]})))
    first.start()
    assert analyzer.entered.wait(10)
    refused = client.post("/v1/analyze", json={"documents": [{"text": "A."}]})
    healthy = client.get("/healthz")
    analyzer.gate.set()
    first.join(10)
    problem(refused, 429)
    assert refused.headers["retry-after"] == "1"
    assert healthy.status_code == answers[0].status_code == 200
    assert client.post("/v1/predict", json={"pairs": [PAIR]}).status_code == 200


# Errors: what went wrong inside


def test_a_failure_is_500_without_its_reason_and_the_place_is_free_afterwards(
    client: TestClient, analyzer: FakeAnalyzer
) -> None:
    analyzer.failure = ZeroDivisionError("secret reason")
    answer = client.post("/v1/predict", json={"pairs": [PAIR]})
    assert "secret" not in json.dumps(problem(answer, 500))
    analyzer.failure = None
    assert client.post("/v1/predict", json={"pairs": [PAIR]}).status_code == 200


def test_an_error_raised_on_purpose_has_its_own_status_and_title(client: TestClient, analyzer: FakeAnalyzer) -> None:
    analyzer.failure = InputError("there is no such actor")
    body = problem(client.post("/v1/predict", json={"pairs": [PAIR]}), 422)
    assert (body["title"], body["detail"]) == (InputError.title, "there is no such actor")


def test_the_service_is_503_until_the_model_has_answered(
    analyzer: FakeAnalyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "load_analyzer", lambda folder: analyzer)
    analyzer.gate.clear()
    with TestClient(create_app(LIMITS)) as client:
        assert client.get("/healthz").status_code == 200
        answers = [client.get("/readyz"), client.get("/v1/model"), client.post("/v1/predict", json={"pairs": [PAIR]})]
        analyzer.gate.set()
        wait_until(lambda: client.get("/readyz").status_code == 200)
    assert ["being loaded" in problem(answer, 503)["detail"] for answer in answers] == [True] * 3
    assert answers[0].headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("failure", "detail"),
    [(BundleError("the bundle is damaged"), "the bundle is damaged"), (OSError("secret"), "the log tells why")],
)
def test_a_bundle_that_cannot_be_loaded_is_503_and_says_so(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, detail: str
) -> None:
    def fail(folder: Path) -> Analyzer:
        raise failure

    monkeypatch.setattr(app_module, "load_analyzer", fail)
    with TestClient(create_app(LIMITS)) as client:
        wait_until(lambda: detail in client.get("/readyz").text)
        assert "secret" not in problem(client.get("/readyz"), 503)["detail"]


def test_serving_a_bundle_that_is_missing_fails_before_anything_listens(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="is not a bundle"):
        app_module.run("127.0.0.1", 0, Settings(bundle=tmp_path))


# Settings


def test_settings_come_from_the_environment() -> None:
    environment = {"PARLEY_MAX_PAIRS": "5", "PARLEY_BUNDLE": "/b", "PARLEY_DATA": "/d", "PARLEY_MODELS": "/m", "A": "/"}
    assert load_settings(environment) == Settings(max_pairs=5, bundle=Path("/b"))


def test_a_misspelt_setting_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(InputError, match=r"^PARLEY_MAX_PAIR: no such setting.*PARLEY_MAX_PAIRS"):
        load_settings({"PARLEY_MAX_PAIR": "5"})


@pytest.mark.parametrize("value", ["many", "0", "-1", ""])
def test_a_wrong_value_names_its_setting(value: str) -> None:
    with pytest.raises(InputError, match=f"^PARLEY_MAX_PAIRS={value}: "):
        load_settings({"PARLEY_MAX_PAIRS": value})


def test_every_setting_has_a_sentence() -> None:
    assert all(field.description for field in Settings.model_fields.values())


# A real server


@contextmanager
def served(analyzer: FakeAnalyzer) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(create_app(LIMITS, cast(Analyzer, analyzer)), log_level="critical")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def test_a_real_server_answers_the_printed_command_and_refuses_too_large_a_body(analyzer: FakeAnalyzer) -> None:
    with served(analyzer) as url:
        _, _, target, _, header, _, body = shlex.split(curl_command(url))
        headers = dict([header.split(": ")])
        with urllib.request.urlopen(urllib.request.Request(target, body.encode(), headers), timeout=10) as answer:
            assert json.load(answer)["predictions"][0]["stance"] == "support"
        chunks = (b" " * 1000 for _ in range(6))  # an iterable is sent chunked
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(target, chunks, headers), timeout=10)
        with refused.value as error:
            assert error.code == 413
            assert error.headers["content-type"] == "application/problem+json"


def wait_until(condition: Any, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)
