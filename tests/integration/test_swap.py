"""A new champion is picked up while requests run: none fails, and each answer is wholly that of the model it names."""

import json
import logging
import os
import shutil
import sys
import threading
import time
import urllib.request
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from fastapi.testclient import TestClient
from onnx import numpy_helper
from servers import served

from model.analysis import load_analyzer
from model.bundle import digest_of, load_bundle
from model.errors import BundleError, InputError
from model.records import pair_from_row
from model.scorer import Prediction, usable_cores
from model.versions import Versions
from serving import app as app_module
from serving.app import bundle_wanted, create_app
from serving.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
TEXTS = ("Arda will gladly attend the talks soon", "Belun refuses only ships", "Corvia counted every silent meeting")
PAIRS = [{"text": text, "actor": text.split()[0]} for text in TEXTS]


def with_other_bias(bundle: Path, target: Path, name: str) -> Path:
    """A bundle that gives other numbers: its stance head leans to support."""
    shutil.copytree(bundle, target)
    graph = onnx.load(str(target / "onnx" / "model.onnx"))
    [bias] = [each for each in graph.graph.initializer if each.name == "network.stance.bias"]
    leaning = numpy_helper.to_array(bias) + np.array([1, 0, 0, 0], dtype=np.float32)
    bias.CopyFrom(numpy_helper.from_array(leaning, bias.name))
    onnx.save(graph, str(target / "onnx" / "model.onnx"))
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    manifest["name"] = name
    manifest["calibration"]["stance_temperature"] *= 10
    manifest["files"]["onnx/model.onnx"] = digest_of(target / "onnx" / "model.onnx")
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def versions(tiny_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Versions:
    """A models folder with two versions; the first is the champion."""
    folder = tmp_path_factory.mktemp("swap")
    versions = Versions(folder / "models", tiny_bundle)
    versions.add(with_other_bias(tiny_bundle, folder / "made", "tiny-other"), "mara")
    versions.promote(versions.current_name(), "mara")
    return versions


@pytest.fixture(scope="module")
def expected(versions: Versions) -> dict[str, list[dict[str, Any]]]:
    """What each version says of the pairs, by its name."""
    pairs = [pair_from_row(row) for row in PAIRS]
    return {
        version.name: [
            {"actor": pair.actor, **prediction.as_json()}
            for pair, prediction in zip(pairs, load_analyzer(version.folder).score_pairs(pairs), strict=True)
        ]
        for version in versions.list()
    }


@pytest.fixture(scope="module")
def address(versions: Versions) -> Iterator[str]:
    data = {"PARLEY_DATA": str(versions.folder.parent), "PARLEY_MODELS": str(versions.folder)}
    environment = {**os.environ, **data, "PARLEY_POLL_SECONDS": "0.05"}
    with served([sys.executable, "-m", "parley", "serve"], ROOT, environment) as place:
        yield place


def get(address: str, path: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://{address}{path}", timeout=30) as answer:
        return dict(json.load(answer))


def predict(address: str) -> dict[str, Any]:
    body = json.dumps({"pairs": PAIRS}).encode()
    request = urllib.request.Request(f"http://{address}/v1/predict", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.load(answer))


def wait_until(condition: Callable[[], Any], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


# A real server


def test_requests_go_on_while_the_champion_changes(
    address: str, versions: Versions, expected: dict[str, list[dict[str, Any]]]
) -> None:
    stopped = threading.Event()

    def hammer() -> list[dict[str, Any]]:
        answers = []
        while not stopped.is_set():
            answers.append(predict(address))
        return answers

    first, other = versions.current_name(), "tiny-other"
    with ThreadPoolExecutor(4) as clients:
        running = [clients.submit(hammer) for _ in range(4)]
        try:
            for name in (other, first, other, first):
                versions.promote(name, "mara")
                wait_until(lambda name=name: get(address, "/v1/model")["model"] == name)
        finally:
            stopped.set()
        answers = [answer for each in running for answer in each.result()]
    assert {answer["model"] for answer in answers} == {first, other}
    assert all(answer["predictions"] == expected[answer["model"]] for answer in answers)
    assert expected[first] != expected[other]


@pytest.mark.parametrize("current", ["tiny-damaged", "tiny-gone", "../elsewhere", ""])
def test_a_champion_that_cannot_be_used_leaves_the_old_one_serving(
    address: str, versions: Versions, current: str
) -> None:
    damaged = versions.folder / "tiny-damaged"
    if not damaged.exists():
        with_other_bias(versions.find("tiny-other"), damaged, "tiny-damaged")
        (damaged / "onnx" / "model.onnx").chmod(0o644)
        (damaged / "onnx" / "model.onnx").write_bytes(b"no model")
    before = get(address, "/v1/model")["model"]
    (versions.folder / "current").write_text(current, encoding="utf-8")
    time.sleep(0.5)  # ten looks
    assert get(address, "/readyz") == {"status": "ready"}
    assert predict(address)["model"] == before
    better = "tiny-other" if before != "tiny-other" else versions.rollback("mara")
    versions.promote(better, "mara")
    wait_until(lambda: get(address, "/v1/model")["model"] == better)


# Inside


class FakeAnalyzer:
    """Answers once its gate is open."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        bundle = SimpleNamespace(name=self.name, folder=folder, card_file=Path(__file__), manifest={})
        self.scorer = SimpleNamespace(bundle=bundle)
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def score_pairs(self, pairs: list[Any]) -> list[Prediction]:
        self.entered.set()
        assert self.gate.wait(10)
        return [Prediction((0.7, 0.1, 0.1, 0.1), (0.1, 0.2, 0.7), False) for _ in pairs]


class Wanted:
    """What `current` says, in a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self) -> Path:
        return self.folder


def served_name(client: TestClient) -> str:
    return str(client.get("/v1/model").json().get("model"))


def test_a_request_ends_with_the_model_it_began_with_which_is_then_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, weakref.ref[FakeAnalyzer]] = {}

    def load(folder: Path) -> FakeAnalyzer:
        analyzer = FakeAnalyzer(folder)
        made[folder.name] = weakref.ref(analyzer)
        return analyzer

    monkeypatch.setattr(app_module, "load_analyzer", load)
    wanted = Wanted(Path("old"))
    with (
        TestClient(create_app(Settings(poll_seconds=0.02), wanted=wanted)) as client,
        ThreadPoolExecutor(1) as other,
    ):
        wait_until(lambda: served_name(client) == "old")
        old = made["old"]()
        assert old is not None
        old.entered.clear()
        old.gate.clear()
        running = other.submit(client.post, "/v1/predict", json={"pairs": PAIRS})
        assert old.entered.wait(10)
        wanted.folder = Path("new")
        wait_until(lambda: served_name(client) == "new")
        old.gate.set()
        del old
        assert running.result().json()["model"] == "old"
        assert client.post("/v1/predict", json={"pairs": PAIRS}).json()["model"] == "new"
        wait_until(lambda: made["old"]() is None)


def test_replaced_models_leave_no_threads_behind(versions: Versions, tiny_bundle: Path) -> None:
    def scoring_threads() -> int:
        return sum(thread.name.startswith("parley-score") for thread in threading.enumerate())

    before = scoring_threads()
    folders = {load_bundle(folder).name: folder for folder in (tiny_bundle, versions.find("tiny-other"))}
    wanted = Wanted(folders["tiny-other"])
    with TestClient(create_app(Settings(poll_seconds=0.01), wanted=wanted)) as client:
        for name in [*folders, *folders, *folders]:
            wanted.folder = folders[name]
            wait_until(lambda name=name: served_name(client) == name)
            assert client.post("/v1/predict", json={"pairs": PAIRS}).status_code == 200
        wait_until(lambda: scoring_threads() <= before + usable_cores())


def test_a_failure_is_logged_once_and_what_comes_after_it_is_served(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def load(folder: Path) -> FakeAnalyzer:
        tries.append(folder.name)
        if folder.name == "bad":
            raise BundleError("bad is damaged")
        return FakeAnalyzer(folder)

    monkeypatch.setattr(app_module, "load_analyzer", load)
    wanted = Wanted(Path("good"))
    with caplog.at_level(logging.ERROR), TestClient(create_app(Settings(poll_seconds=0.01), wanted=wanted)) as client:
        wait_until(lambda: served_name(client) == "good")
        wanted.folder = Path("bad")
        wait_until(lambda: "bad" in tries)
        time.sleep(0.2)
        assert client.get("/readyz").status_code == 200
        assert served_name(client) == "good"
        wanted.folder = Path("better")
        wait_until(lambda: served_name(client) == "better")
    assert tries == ["good", "bad", "better"]
    assert [record.message for record in caplog.records] == ["bad is damaged"]


def test_a_bundle_that_is_named_is_not_followed(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_MODELS", str(versions.folder))
    assert bundle_wanted(Settings(bundle=Path("mine")))() == Path("mine")
    assert bundle_wanted(Settings())() == versions.champion()


def test_an_analyzer_that_is_given_is_never_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "load_analyzer", lambda folder: pytest.fail("something was loaded"))
    with TestClient(create_app(Settings(poll_seconds=0.01), FakeAnalyzer(Path("mine")))) as client:  # type: ignore[arg-type]
        time.sleep(0.1)
        assert served_name(client) == "mine"


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "soon"])
def test_the_pause_between_two_looks_must_be_some_seconds(value: str) -> None:
    with pytest.raises(InputError, match=f"^PARLEY_POLL_SECONDS={value}: "):
        load_settings({"PARLEY_POLL_SECONDS": value})
