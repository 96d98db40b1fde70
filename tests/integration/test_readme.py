"""The README's commands are run, its options exist, and its figures are those of the release."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import served

from model.bundle import load_bundle
from training.report import headline_table, sentiment_table
from training.targets import targets_table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BASH = [
    line.strip()
    for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
]
PARLEY = [line.removeprefix(".venv/bin/parley ") for line in BASH if line.startswith(".venv/bin/parley ")]


@pytest.mark.parametrize("line", [line for line in PARLEY if line.startswith(("score", "batch", "actors", "report"))])
def test_the_commands_that_read_text_work(line: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    result = subprocess.run(
        [sys.executable, "-m", "parley", *shlex.split(line)],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, check=False,
    )  # fmt: skip
    one_row_is_wrong = 3 if line.startswith("report") else 0
    assert result.returncode == one_row_is_wrong, result.stderr.decode()


def test_the_commands_about_labels_and_models_work_in_their_order(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "PARLEY_DATA": str(tmp_path / "data"), "USER": "anna"}
    expected = {"models rollback": 2}  # nothing was promoted: the README retrains before
    for line in PARLEY:
        if not line.startswith(("labels", "models")):
            continue
        command = [sys.executable, "-m", "parley", *shlex.split(line)]
        result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        rejected = 3 if "--dry-run" in line else 0  # labels of other names, which the next line maps
        assert result.returncode == expected.get(line, rejected), line + result.stderr


@pytest.mark.parametrize("line", [line for line in PARLEY if line.startswith(("train", "evaluate", "retrain"))])
def test_the_commands_that_train_name_options_and_files_that_exist(line: str) -> None:
    """Training takes minutes: its steps run in test_pipeline, with a tiny encoder."""
    command, *arguments = shlex.split(line)
    result = subprocess.run(
        [sys.executable, "-m", "parley", command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert all(argument in result.stdout for argument in arguments if argument.startswith("--"))
    assert all((ROOT / argument).exists() for argument in arguments if argument.startswith("seeds/"))


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_the_python_blocks_run(block: str) -> None:
    result = subprocess.run([sys.executable, "-W", "error", "-c", block], cwd=ROOT, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environment = {**os.environ, "PARLEY_DATA": str(tmp_path_factory.mktemp("served"))}
    with served([sys.executable, "-m", "parley", "serve"], ROOT, environment) as place:
        yield place


@pytest.mark.skipif(shutil.which("curl") is None and "CI" not in os.environ, reason="curl is not installed")
@pytest.mark.parametrize("line", [line for line in BASH if line.startswith("curl")])
def test_the_requests_are_answered(address: str, line: str) -> None:
    command = shlex.split(line.replace("127.0.0.1:8000", address))
    answer = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert answer.get("added") == 1 or answer["model"] == load_bundle().name


def test_the_tables_are_those_of_the_release() -> None:
    manifest = load_bundle().manifest
    sets = manifest["evaluation"]["sets"]
    assert headline_table(sets) in README
    assert sentiment_table(sets) in README
    assert targets_table(manifest) in README


@pytest.mark.parametrize("name", ["campaign", "campaign-release"])
def test_the_figures_of_the_campaign_are_those_of_its_report(name: str) -> None:
    from benchmarks.campaign import table

    report = json.loads((ROOT / "benchmarks" / "report" / f"{name}.json").read_text(encoding="utf-8"))
    assert table(report) in README


def test_the_figures_of_the_articles_are_those_of_their_report() -> None:
    from benchmarks.articles import table

    report = json.loads((ROOT / "benchmarks" / "report" / "articles.json").read_text(encoding="utf-8"))
    assert table(report) in README
    assert report["model"] == load_bundle().name


def test_the_tree_names_every_module() -> None:
    tree = README.partition("## The house")[2]
    folders = ("model", "model/reading", "training", "training/formats", "serving", "serving/report")
    modules = [file for folder in folders for file in (ROOT / folder).glob("*.py")]
    assert all(f" {file.name} " in tree for file in modules if file.name != "__init__.py")


def test_a_client_that_sends_far_too_much_still_reads_the_reason(address: str) -> None:
    request = urllib.request.Request(f"http://{address}/v1/predict", b"x" * 20_000_000)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    assert caught.value.code == 413
    assert json.loads(caught.value.read())["status"] == 413
