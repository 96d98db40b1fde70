"""The Dockerfile: linted, and its steps done in a clean folder, since tests have no container engine."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from servers import served

ROOT = Path(__file__).parents[2]
COPIED = ("pyproject.toml", "constraints.txt", "README.md", "parley.py", "model", "training", "serving")


def test_the_linter_finds_nothing_in_the_dockerfile() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    result = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_the_test_copies_what_the_dockerfile_copies() -> None:
    lines = [line.split() for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("COPY")]
    copied = {source for line in lines if line[1] != "--from=build" for source in line[1:-1]}
    assert copied == {*COPIED, "seeds/actors.yaml", "seeds/actors", "seeds/CODEBOOK.md"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image's virtual environment, made in an empty folder by the Dockerfile's own steps."""
    folder = tmp_path_factory.mktemp("image")
    source = folder / "source"
    (source / "seeds").mkdir(parents=True)
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    shutil.copy(ROOT / "seeds" / "actors.yaml", source / "seeds" / "actors.yaml")
    shutil.copy(ROOT / "seeds" / "CODEBOOK.md", source / "seeds" / "CODEBOOK.md")
    shutil.copytree(ROOT / "seeds" / "actors", source / "seeds" / "actors")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pip = [folder / "venv" / "bin" / "pip", "install", "--quiet", "--constraint", "constraints.txt", ".[serve]"]
    subprocess.run(pip, cwd=source, check=True, capture_output=True)
    shutil.rmtree(source)
    return folder / "venv"


def environment(venv: Path) -> dict[str, str]:
    path = f"{venv}/bin:{os.environ['PATH']}"
    data = str(venv / "data")
    return {"PATH": path, "PARLEY_DATA": data, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


def test_the_installed_package_scores_without_the_checkout_or_torch(installed: Path, tmp_path: Path) -> None:
    command = ["parley", "score", "--text", "Moscow refused to talk.", "--actor", "Russia", "--json"]
    result = subprocess.run(
        command, cwd=tmp_path, env=environment(installed), capture_output=True, text=True, check=True
    )
    assert json.loads(result.stdout)["stance"] == "oppose"
    assert not list(installed.glob("lib/*/site-packages/torch"))


def test_the_served_package_keeps_labels(installed: Path, tmp_path: Path) -> None:
    label = {"text": "Oslo offered to mediate.", "actor": "Norway", "stance": "support", "annotator": "anna"}
    with served([str(installed / "bin" / "parley"), "serve"], tmp_path, environment(installed)) as address:
        request = urllib.request.Request(f"http://{address}/v1/labels", json.dumps(label).encode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 201


def test_the_health_check_of_the_image_succeeds_on_the_served_package(installed: Path, tmp_path: Path) -> None:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    health = json.loads(next(line for line in lines if line.startswith("HEALTHCHECK")).partition("CMD")[2])
    with served([str(installed / "bin" / "parley"), "serve"], tmp_path, environment(installed)) as address:
        command = [part.replace("127.0.0.1:8000", address) for part in health]
        subprocess.run(command, env=environment(installed), check=True)
