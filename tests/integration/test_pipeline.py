"""From labelled rows to a bundle and back, with a tiny random encoder."""

import json
import re
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from model.bundle import digest_of, load_bundle
from model.encoding import collate
from model.errors import BundleError, CheckError, InputError
from model.records import Pair
from model.scorer import Scorer
from training import export as export_module
from training.export import Parity
from training.network import load_encoder, load_network
from training.pipeline import export, read_run


def test_a_trained_bundle_answers_what_it_was_taught(tiny_bundle: Path) -> None:
    scorer = Scorer(load_bundle(tiny_bundle))
    texts = {
        "support": "Goran will gladly attend the talks soon",
        "conditional": "Arda joins only if guns fall silent today",
        "oppose": "Jasna refuses every meeting friday",
        "none": "Belun counted ships near harbor monday",
    }
    predictions = scorer.score([Pair(text, text.split()[0], text.split()[0], 0) for text in texts.values()])
    assert [each.stance for each in predictions] == list(texts)


def test_a_pair_scores_the_same_alone_and_in_any_company(tiny_bundle: Path) -> None:
    scorer = Scorer(load_bundle(tiny_bundle))
    names = ["Arda", "Belun", "Corvia"]
    pairs = [
        Pair(f"{name} refuses every meeting {'again ' * n}".strip(), name, name, 0) for n in range(20) for name in names
    ]
    alone = [scorer.score([pair])[0] for pair in pairs]
    assert scorer.score(pairs) == alone
    assert scorer.score(pairs[::-1]) == alone[::-1]


def test_the_actors_of_a_sentence_get_the_same_digits_alone_and_together(tiny_bundle: Path) -> None:
    scorer = Scorer(load_bundle(tiny_bundle))
    text = " and ".join(f"Arda{n} refuses Belun{n}" for n in range(20))
    words = [match for match in re.finditer(r"\w+\d", text)]  # more than one call holds
    pairs = [Pair(text, word[0], word[0], word.start()) for word in words]
    alone = np.concatenate([scorer.logits([pair])[0] for pair in pairs])
    assert len(np.unique(alone, axis=0)) > 1
    assert np.array_equal(scorer.logits(pairs)[0], alone)
    assert np.array_equal(scorer.logits(pairs[:2])[0], alone[:2])


def test_a_bundle_from_before_texts_were_shared_still_answers(tiny_bundle: Path, tmp_path: Path) -> None:
    old = shutil.copytree(tiny_bundle, tmp_path / "old")
    export_without_text_mask(old)
    pair = Pair("Arda refuses every meeting friday", "Arda", "Arda", 0)
    expected, found = (Scorer(load_bundle(folder)).logits([pair, pair])[0] for folder in (tiny_bundle, old))
    assert np.allclose(found, expected, atol=0.05)  # one is in 8 bit


def export_without_text_mask(folder: Path) -> None:
    """Replace the served file by one of the older form: as many texts as pairs, the mean over all tokens."""

    class Before(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = load_network(folder)

        def forward(self, input_ids: Any, attention_mask: Any, target_mask: Any, token_type_ids: Any) -> Any:
            return self.network(input_ids, attention_mask, attention_mask, target_mask, token_type_ids)

    names = ["input_ids", "attention_mask", "target_mask", "token_type_ids"]
    batch = collate(Scorer(load_bundle(folder)).encoder.encode([Pair("Arda refuses", "Arda", "Arda", 0)] * 2))
    axes = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Before().eval(), kwargs={name: torch.from_numpy(batch[name]) for name in names},
            f=str(folder / "onnx" / "model.onnx"), input_names=names, output_names=["stance", "sentiment"],
            dynamic_shapes={name: axes for name in names}, dynamo=True, external_data=False, verbose=False,
        )  # fmt: skip
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["onnx/model.onnx"] = digest_of(folder / "onnx" / "model.onnx")
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_the_manifest_holds_what_an_auditor_asks_for(tiny_bundle: Path) -> None:
    manifest = json.loads((tiny_bundle / "manifest.json").read_text())
    assert manifest["labels"]["stance"] == ["support", "conditional", "oppose", "none"]
    assert manifest["parity"]["fp32_max_difference"] < 1e-4
    assert manifest["training"]["seed"] == 7
    assert set(manifest["files"]) == {"config.json", "tokenizer.json", "model.safetensors", "onnx/model.onnx"}
    controls = manifest["evaluation"]["sets"]["other-test"]["stance"]["controls"]
    assert set(controls) == {
        "majority", "sentiment lexicon (VADER)", "TF-IDF + logistic regression",
        "frozen encoder + logistic regression", "same encoder, blind to the actor",
    }  # fmt: skip


def test_the_served_file_does_not_tell_where_it_was_made(tiny_bundle: Path) -> None:
    assert str(Path(__file__).parents[2]).encode() not in (tiny_bundle / "onnx" / "model.onnx").read_bytes()


def test_the_card_is_made_from_the_manifest(tiny_bundle: Path) -> None:
    card = (tiny_bundle / "README.md").read_text()
    macro = load_bundle(tiny_bundle).manifest["evaluation"]["sets"]["other-test"]["stance"]["macro_f1"]
    assert f"{macro:.3f}" in card


def test_the_encoder_of_a_bundle_loads_as_any_other(tiny_bundle: Path) -> None:
    encoder = load_encoder(tiny_bundle)
    trained = load_network(tiny_bundle).encoder
    for name, weight in encoder.state_dict().items():
        assert np.array_equal(weight.numpy(), trained.state_dict()[name].numpy()), name


@pytest.mark.parametrize("file", ["onnx/model.onnx", "tokenizer.json", "model.safetensors"])
def test_a_damaged_bundle_is_refused_by_name_of_the_file(tiny_bundle: Path, tmp_path: Path, file: str) -> None:
    copy = shutil.copytree(tiny_bundle, tmp_path / "copy")
    (copy / file).write_bytes((copy / file).read_bytes()[:-1] + b"x")
    with pytest.raises(BundleError, match=re.escape(f"{file} is damaged")):
        load_bundle(copy)


def test_an_incomplete_or_newer_bundle_is_refused(tiny_bundle: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_bundle, tmp_path / "copy")
    (copy / "tokenizer.json").unlink()
    with pytest.raises(BundleError, match=r"tokenizer\.json is missing"):
        load_bundle(copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 99}))
    with pytest.raises(BundleError, match="schema version 99"):
        load_bundle(copy)
    with pytest.raises(BundleError, match="no manifest"):
        load_bundle(tmp_path)


def test_an_export_that_fails_its_check_writes_nothing(
    tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Parity) -> None:
        raise CheckError("no")

    monkeypatch.setattr(Parity, "check", refuse)
    with pytest.raises(CheckError):
        export(tiny_run, tmp_path / "bundle", "tiny")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("fp32", "same", "f1"), [(2e-4, 1.0, 0.9), (1e-6, 0.99, 0.9), (1e-6, 1.0, 0.89)])
def test_parity_refuses_each_kind_of_difference(fp32: float, same: float, f1: float) -> None:
    with pytest.raises(CheckError):
        Parity(100, fp32, 0.0, same, 0.9, f1).check()


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no run\.json"):
        read_run(tmp_path)


@pytest.mark.parametrize(("good", "wanted"), [(64, [64]), (32, [64, 32]), (16, [64, 32, 16]), (0, [64, 32, 16])])
def test_smaller_blocks_are_taken_where_large_ones_change_answers(
    good: int, wanted: list[int], monkeypatch: pytest.MonkeyPatch, tiny_run: Path, tmp_path: Path
) -> None:
    tried: list[int] = []
    monkeypatch.setattr(export_module, "quantise", lambda source, target, block: tried.append(block))
    monkeypatch.setattr(
        export_module, "check_parity", lambda *_: Parity(100, 0.0, 0.0, 1.0 if tried[-1] <= good else 0.9, 0.9, 0.9)
    )
    network = load_network(tiny_run / "network")
    arguments: tuple[Any, ...] = (network, None, tmp_path / "fp32.onnx", tmp_path / "int8.onnx", [])
    if good:
        assert export_module.quantise_within_limits(*arguments).int8_same_label == 1.0
    else:
        with pytest.raises(CheckError, match=r"10\.00% of rows"):
            export_module.quantise_within_limits(*arguments)
    assert tried == wanted
