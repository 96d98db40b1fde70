"""The parts of the recipe beside plain fine-tuning, with a tiny encoder: teacher, averages, labels without texts."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import toy_rows
from safetensors.torch import load_file, save_file

from model.bundle import load_bundle
from model.encoding import Marking, PairEncoder
from model.errors import InputError
from model.records import Pair
from training.distill import taught
from training.examples import Examples, distribution, to_tensors
from training.finetune import TrainingSettings, finetune_mean, last_checkpoint, logits_of
from training.network import StanceNetwork, load_encoder
from training.pipeline import Sources, evaluate_files, export, read_run, train
from training.plots import write_report
from training.rows import LabelledPair, load_rows, load_unlabelled

QUICK = TrainingSettings(epochs=1, batch_size=16, learning_rate=1e-3, max_length=64, freeze_embeddings=False)


def write_lines(file: Path, records: list[dict[str, object]]) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def test_pairs_of_one_text_share_a_pass_and_keep_their_numbers(tiny_encoder: Path) -> None:
    from tokenizers import Tokenizer

    network = StanceNetwork(load_encoder(tiny_encoder)).eval()
    encoder = PairEncoder(Tokenizer.from_file(str(tiny_encoder / "tokenizer.json")), Marking.SPAN, 64)
    text = "Arda refuses every meeting Belun counted ships"
    pairs = [Pair(text, "Arda", "Arda", 0), Pair("Goran joins", "Goran", "Goran", 0), Pair(text, "Belun", "Belun", 27)]
    rows = [LabelledPair(str(i), pair, "oppose", None, "t", "", "s", "f") for i, pair in enumerate(pairs)]
    assert len(Examples(rows, encoder)) == 2
    together = logits_of(network, encoder, pairs)[0]
    alone = torch.cat([logits_of(network, encoder, [pair])[0] for pair in pairs])
    assert torch.allclose(together, alone, atol=1e-5)
    assert not torch.allclose(together[0], together[2], atol=1e-3)
    batch = to_tensors([Examples(rows, encoder)[0]])
    assert batch["text_of_pair"].tolist() == [0, 0]
    assert network(**batch)["loss"] > 0


def test_a_row_is_learnt_as_the_mean_of_its_label_and_the_teachers_answer() -> None:
    names = ("a", "b")
    assert distribution("a", None, names) == (1.0, 0.0)
    assert distribution(None, (0.2, 0.8), names) == (0.2, 0.8)
    assert distribution("a", (0.2, 0.8), names) == (0.6, 0.4)
    assert distribution(None, None, names) == (0.0, 0.0)


def test_averaged_networks_start_alike_and_a_stopped_run_goes_on(
    tiny_encoder: Path, toy_file: Path, tmp_path: Path
) -> None:
    rows = load_rows([toy_file])[:64]
    mean = finetune_mean(rows, tiny_encoder, replace(QUICK, networks=2), tmp_path, quiet=True)
    first, second = (load_file(tmp_path / f"network-{order}.safetensors") for order in (0, 1))
    assert not torch.equal(first["stance.weight"], second["stance.weight"])
    assert torch.allclose(mean.stance.weight, (first["stance.weight"] + second["stance.weight"]) / 2)
    saved = tmp_path / "network-1.safetensors"
    save_file(first, saved)  # a mark: a run that goes on must take what it finds, not train it again
    again = finetune_mean(rows, tiny_encoder, replace(QUICK, networks=2), tmp_path, quiet=True)
    assert torch.allclose(again.stance.weight, first["stance.weight"])
    saved.unlink()  # as if the run had been stopped there
    again = finetune_mean(rows, tiny_encoder, replace(QUICK, networks=2), tmp_path, quiet=True)
    assert torch.equal(mean.stance.weight, again.stance.weight)


def test_a_checkpoint_that_a_kill_left_half_written_is_passed_over(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path) is None
    for step in (9, 10, 11):
        (tmp_path / f"checkpoint-{step}").mkdir()
    for step in (9, 10):
        (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text("{}")
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoint-10")


def test_a_run_does_not_go_on_with_weights_that_saw_a_new_test(
    tiny_encoder: Path, toy_file: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    train(Sources([toy_file]), str(tiny_encoder), QUICK, run, controls=False, command="test")
    (run / "checkpoints").mkdir(exist_ok=True)
    left = run / "checkpoints" / "network-0.safetensors"
    left.write_text("weights of a run that was stopped")
    kept = write_lines(tmp_path / "kept.jsonl", toy_rows()[::7])
    train(Sources([toy_file], [kept]), str(tiny_encoder), QUICK, run, controls=False, command="test")
    assert read_run(run)["data"]["dropped"] > 0


def test_frozen_word_vectors_stay_as_they_were(tiny_encoder: Path, toy_file: Path, tmp_path: Path) -> None:
    settings = replace(QUICK, freeze_embeddings=True)
    network = finetune_mean(load_rows([toy_file])[:32], tiny_encoder, settings, tmp_path, quiet=True)
    before, after = (
        each.state_dict()["embeddings.word_embeddings.weight"] for each in (load_encoder(tiny_encoder), network.encoder)
    )
    assert torch.equal(before, after)


def test_a_teacher_that_never_read_contexts_is_not_asked_about_them(tiny_bundle: Path, toy_file: Path) -> None:
    [row] = load_rows([toy_file])[:1]
    alone, after = taught([row, replace(row, pair=replace(row.pair, context="It rained."))], load_bundle(tiny_bundle))
    assert alone.taught_stance
    assert after.taught_stance is None


def test_training_that_begins_from_a_bundle_says_so(tiny_bundle: Path, toy_file: Path, tmp_path: Path) -> None:
    train(Sources([toy_file]), str(tiny_bundle), QUICK, tmp_path / "run", controls=False, command="test")
    details = read_run(tmp_path / "run")
    first = load_bundle(tiny_bundle)
    assert (details["begun_from"], details["encoder"]) == (first.name, first.manifest["encoder"])


def test_a_student_learns_from_a_teacher_and_from_sentences_without_labels(
    tiny_encoder: Path, tiny_bundle: Path, toy_file: Path, tmp_path: Path
) -> None:
    sentence: dict[str, object] = {"id": "u1", "text": "Zelda refuses every meeting today", "mentions": [
        {"mention": "Zelda", "start": 0, "type": "per"}, {"mention": "meeting", "start": 20, "type": "geo"},
    ]}  # fmt: skip
    unlabelled = write_lines(tmp_path / "unlabelled.jsonl", [sentence])
    [row] = load_unlabelled([unlabelled])
    [answer] = taught([row], load_bundle(tiny_bundle))
    assert answer.taught_stance is not None
    assert sum(answer.taught_stance) == pytest.approx(1, abs=1e-4)
    run = tmp_path / "run"
    sources = Sources([toy_file], teacher=tiny_bundle, unlabelled=[unlabelled])
    train(sources, str(tiny_encoder), QUICK, run, controls=False, command="test")
    details = read_run(run)
    assert details["data"]["unlabelled"] == 1
    assert details["teacher"]["name"] == load_bundle(tiny_bundle).name
    with pytest.raises(InputError, match="--teacher"):
        train(replace(sources, teacher=None), str(tiny_encoder), QUICK, run, controls=False, command="test")


def test_labels_find_their_texts_and_say_what_is_wrong(tmp_path: Path) -> None:
    texts = write_lines(tmp_path / "texts.jsonl", [{"id": "s1", "text": "Kyra will talk."}])
    label: dict[str, object] = {"text_id": "s1", "start": 0, "end": 4, "actor": "Kyra", "stance": "support"}
    [row] = load_rows([write_lines(tmp_path / "labels.jsonl", [label])], [texts])
    assert (row.pair.text, row.pair.mention, row.pair.start) == ("Kyra will talk.", "Kyra", 0)
    for change, words in (({"text_id": "s2"}, "no such sentence"), ({"end": 99}, "inside the 15 characters")):
        with pytest.raises(InputError, match=f"labels.jsonl, line 1, field .*{words}"):
            load_rows([write_lines(tmp_path / "labels.jsonl", [{**label, **change}])], [texts])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"id": "toy-1", "stance": "maybe", "sentiment": "neutral"}', "line 1, field stance is 'maybe'"),
        ('{"stance": "none", "sentiment": "neutral"}', "line 1, field id is missing"),
        ('{"id": "nobody", "stance": "none", "sentiment": "neutral"}', "none of the second reader's ids"),
        ("[1]", "line 1 is not an object"),
    ],
)
def test_bad_labels_of_a_second_reader_are_refused_before_training(
    line: str, words: str, tiny_encoder: Path, toy_file: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second.jsonl"
    second.write_text(line + "\n")
    with pytest.raises(InputError, match=words):
        train(Sources([toy_file], second=second), str(tiny_encoder), QUICK, tmp_path / "run", False, "test")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"id": "u"}, "line 1, field text is missing"),
        ({"text": "Kyra spoke.", "mentions": None}, "line 1, field mentions must be a list"),
        ({"text": "Kyra spoke.", "mentions": ["Kyra"]}, "line 1, field mentions must be a list"),
        (
            {"text": "Kyra spoke.", "mentions": [{"mention": "Kyra", "start": 3, "type": "gpe"}]},
            "line 1, mentions, field",
        ),
    ],
)
def test_bad_unlabelled_sentences_are_named(record: dict[str, object], words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        load_unlabelled([write_lines(tmp_path / "unlabelled.jsonl", [record])])


def test_a_release_test_is_kept_apart_and_its_readings_are_counted(
    tiny_encoder: Path, tiny_bundle: Path, toy_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "release_test"
    folder.mkdir()
    kept = {
        **toy_rows()[0],
        "id": "k1",
        "text": "Quill refuses every meeting at dusk",
        "actor": "Quill",
        "mention": "Quill",
    }
    write_lines(folder / "kept.jsonl", [kept])
    second = write_lines(tmp_path / "second.jsonl", [{"id": "k1", "stance": "oppose", "sentiment": "neutral"}])
    run = tmp_path / "run"
    sources = Sources([toy_file], release_test=folder, second=second)
    train(sources, str(tiny_encoder), replace(QUICK, epochs=12, learning_rate=3e-3), run, False, "test")
    for reading in (1, 2):
        bundle = export(run, tmp_path / f"bundle-{reading}", "tiny", parent=tiny_bundle)
        assert bundle.manifest["evaluation"]["sets"]["release-test"]["reads"] == reading
        assert f"read {reading} time(s)" in bundle.card_file.read_text()
    assert len((folder / "reads.txt").read_text().splitlines()) == 2
    assert bundle.manifest["agreement"]["pairs"] == 1
    before = load_bundle(tiny_bundle).name
    assert bundle.manifest["parent"] == before
    for part in bundle.manifest["evaluation"]["sets"].values():
        assert f"the release before ({before})" in part["stance"]["controls"]


def test_a_report_has_plots_and_the_same_numbers_for_programs(
    tiny_bundle: Path, toy_file: Path, tmp_path: Path
) -> None:
    report = evaluate_files(load_bundle(tiny_bundle), [toy_file])
    write_report(report, tmp_path / "report")
    again = json.loads((tmp_path / "report" / "report.json").read_text())
    assert again["sets"][str(toy_file)]["stance"]["macro_f1"] == report["sets"][str(toy_file)]["stance"]["macro_f1"]
    text = (tmp_path / "report" / "report.md").read_text()
    plots = sorted(file.name for file in (tmp_path / "report").glob("*.png"))
    assert len(plots) == 2
    assert all(name in text for name in plots)
    assert "answers change" in text
