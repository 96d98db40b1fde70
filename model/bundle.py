"""A bundle: the folder with everything that one trained model needs to be served, retrained and audited."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

from model.encoding import Marking
from model.errors import BundleError
from model.labels import SENTIMENTS, STANCES

SCHEMA_VERSION: Final = 1
KEYS: Final = ("training", "calibration", "abstention", "files")
RELEASE: Final = Path(__file__).parent / "release"
FILES: Final = ("config.json", "tokenizer.json", "model.safetensors", "onnx/model.onnx")


@dataclass(frozen=True)
class Bundle:
    """A checked bundle. `manifest` is the parsed manifest.json; the rest are the parts that scoring needs."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.manifest["name"])

    @property
    def tokenizer_file(self) -> Path:
        return self.folder / "tokenizer.json"

    @property
    def onnx_file(self) -> Path:
        return self.folder / "onnx" / "model.onnx"

    @property
    def card_file(self) -> Path:
        return self.folder / "README.md"

    @property
    def marking(self) -> Marking:
        return Marking(self.manifest["training"]["marking"])

    @property
    def max_length(self) -> int:
        return int(self.manifest["training"]["max_length"])

    @property
    def context_learnt(self) -> int:
        """How many sentences before its own the network has learnt to read; more would mislead it."""
        return int(self.manifest["training"].get("context_sentences", 0))

    @property
    def context_read(self) -> int:
        """How many it is given when an article is read: what was measured to be best when the bundle was made."""
        return int(self.manifest.get("analysis", {}).get("context_sentences", 0))

    @property
    def temperatures(self) -> tuple[float, float]:
        """Divisors of the stance and the sentiment logits."""
        calibration = self.manifest["calibration"]
        return float(calibration["stance_temperature"]), float(calibration["sentiment_temperature"])

    @property
    def abstain_below(self) -> float:
        """A pair whose most probable stance is less probable than this abstains."""
        return float(self.manifest["abstention"]["stance_probability"])


def load_bundle(folder: Path = RELEASE) -> Bundle:
    """Read the manifest and check the schema version, the labels and the digest of each file."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except OSError:
        raise BundleError(f"{folder} is not a bundle: it has no manifest.json") from None
    except ValueError as error:
        raise BundleError(f"{folder}/manifest.json is damaged: {error}") from None
    version = manifest.get("schema_version") if isinstance(manifest, dict) else None
    if version != SCHEMA_VERSION:
        raise BundleError(f"{folder} has schema version {version}; this Parley reads version {SCHEMA_VERSION}")
    if manifest.get("labels") != {"stance": list(STANCES), "sentiment": list(SENTIMENTS)}:
        raise BundleError(f"{folder} was trained for other labels or another order: {manifest.get('labels')}")
    missing = [key for key in KEYS if not isinstance(manifest.get(key), dict)]
    if missing or not manifest.get("name"):
        raise BundleError(f"{folder}/manifest.json is incomplete: {', '.join(missing) or 'name'} is missing")
    for file in FILES:
        _check_digest(folder, file, manifest["files"].get(file))
    return Bundle(folder, manifest)


def digest_of(file: Path) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def tree_digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of all files in a folder."""
    if not path.is_dir():
        return digest_of(path)
    files = sorted(file for file in path.rglob("*") if file.is_file())
    lines = "".join(f"{digest_of(file)}  {file.relative_to(path).as_posix()}\n" for file in files)
    return sha256(os.fsencode(lines)).hexdigest()


def _check_digest(folder: Path, file: str, expected: str | None) -> None:
    path = folder / file
    if not path.is_file():
        raise BundleError(f"{folder} is incomplete: {file} is missing")
    if digest_of(path) != expected:
        raise BundleError(f"{path} is damaged: its SHA-256 is not the one in the manifest")
