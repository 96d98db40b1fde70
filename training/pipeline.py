"""The steps from labelled files to a bundle, each a plain function that the command line calls.

run folder (not for serving)          bundle
  network/   weights, tokenizer         see model/bundle.py
  rows/      train, calibration, test and evaluation rows
  run.json   settings, data, controls
"""

import hashlib
import json
import platform
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError

from model.bundle import FILES, SCHEMA_VERSION, Bundle, digest_of, load_bundle
from model.disk import write_whole
from model.encoding import load_pair_encoder
from model.errors import InputError
from model.labels import SENTIMENTS, STANCES
from model.scorer import Scorer, softmax
from training.agreement import agreement, readings, second_labels
from training.augment import with_swapped_names
from training.baselines import control_predictions
from training.calibrate import choose_abstention, fit_temperature
from training.contexts import with_contexts
from training.continuation import Continuation, averaged_with, rows_to_go_on_with
from training.distill import taught
from training.evaluate import evaluate, truth_of
from training.export import export_onnx, quantise_within_limits
from training.finetune import TrainingSettings, finetune_mean, logits_of, mean_network, network_states
from training.metrics import macro_f1
from training.network import load_network, save_network
from training.pretrained import find_encoder
from training.report import model_card
from training.resolve import LEDGER_SOURCES
from training.rows import LabelledPair, load_rows, load_unlabelled, to_dataset
from training.slices import MIN_SLICE
from training.split import split_rows, without_repeats

Json = dict[str, Any]
RELEASE_TEST = "release-test"  # the name of that set
WRITE_FAILED = ("I/O error", "inline_container", "PytorchStreamWriter")  # safetensors, torch, torch
READS = "reads.txt"  # in the folder of a release test: which models were graded on it


@dataclass(frozen=True)
class Sources:
    """The files of a training run.

    `labelled` is trained on, less what calibrates and tests; `evaluation` is only graded on. `texts` hold the
    sentences of labels that lie apart from them. A `teacher` (a bundle) also labels the sentences in `unlabelled`.
    `second` holds what another reader called some of the rows. `release_test` is a folder that is graded on only when
    a bundle is made to be released: each reading is noted in it. Sentences of `aside` are neither learnt nor graded
    on. `snapshot` is the digest of the snapshot that the labelled rows are, where they are one.
    """

    labelled: Sequence[Path]
    evaluation: Sequence[Path] = ()
    texts: Sequence[Path] = ()
    teacher: Path | None = None
    unlabelled: Sequence[Path] = ()
    second: Path | None = None
    release_test: Path | None = None
    aside: Sequence[Path] = ()
    snapshot: str | None = None


def train(
    sources: Sources,
    encoder: str,
    settings: TrainingSettings,
    run: Path,
    controls: bool,
    command: str,
    continuation: Continuation | None = None,
) -> None:
    """Fine-tune and write a run folder; rows like those that are graded on are kept out of training.

    With a `continuation` the training goes on from its bundle, and `encoder` is not looked at.
    """
    frozen = graded_sets(sources)
    release_test = load_rows([sources.release_test], sources.texts) if sources.release_test else []
    aside = load_rows(sources.aside, sources.texts) if sources.aside else []
    graded = [*release_test, *aside, *(row for rows in frozen.values() for row in rows)]
    if sources.unlabelled and sources.teacher is None:
        raise InputError("--unlabelled needs a --teacher, whose answers its sentences are learnt with")
    teacher = load_bundle(sources.teacher) if sources.teacher else None
    everything = load_rows(sources.labelled, sources.texts)
    second = second_labels(sources.second) if sources.second else []
    agreed = agreement([*everything, *graded], second) if second else None
    split = split_rows(everything, graded)
    for side, part in (("train", split.train), ("calibrate", split.calibration), ("test", split.test)):
        if not any(row.stance for row in part):
            raise InputError(f"no row with a stance fell to the {side} side; {len(everything)} rows are too few")
    sets = tests_by_source(split.test)
    if clash := set(sets) & {*frozen, RELEASE_TEST} or {RELEASE_TEST} & set(frozen):
        raise InputError(f"two sets of rows to grade on would both be called {', '.join(clash)}; rename a file")
    sets |= frozen
    folder = continuation.bundle.folder if continuation else find_encoder(encoder)
    rows = split.train
    unlabelled = new_sentences(sources.unlabelled, [*everything, *graded], [*split.calibration, *split.test, *graded])
    job: Json = {
        "settings": settings.as_json(), "encoder": digest_of(folder / "model.safetensors"),
        "rows": rows_digest([*rows, *unlabelled]), "teacher": teacher.manifest["files"] if teacher else None,
        "continuation": continuation.as_json() if continuation else None,
    }  # fmt: skip
    start_run(run, job)
    if continuation:
        rows = rows_to_go_on_with(rows, continuation, settings)
    else:
        rows = rows_to_learn(rows, unlabelled, teacher, settings)
    with disk_errors(run):
        network = finetune_mean(rows, folder, settings, run / "checkpoints")
        if continuation:
            network = averaged_with(network, continuation.bundle, 1 - continuation.share)
        elif settings.kept_share:
            network = averaged_with(network, begun_from(folder), settings.kept_share)
        (run / "network").mkdir(parents=True, exist_ok=True)
        save_network(network, run / "network")
    shutil.copy(folder / "tokenizer.json", run / "network" / "tokenizer.json")
    parts = {"train": split.train, "calibration": split.calibration, RELEASE_TEST: release_test, **sets}
    for name, part in parts.items():
        write_rows(part, run / "rows" / f"{name}.jsonl")
    before = continuation.bundle if continuation else bundle_in(folder)
    details: Json = {
        "command": command,
        "encoder": before.manifest["encoder"] if before else {"name": encoder, "sha256": job["encoder"]},
        "begun_from": before.name if before else None,
        "continuation": continuation.as_json() if continuation else None,
        "training": settings.as_json(),
        "environment": environment(),
        "snapshot": sources.snapshot or snapshot_hash(everything),
        "teacher": {"name": teacher.name, "encoder": teacher.manifest["encoder"]} if teacher else None,
        "data": {
            "files": dict(sorted(Counter(source_of(row) for row in everything).items())),
            "train": len(split.train), "calibration": len(split.calibration), "test": len(split.test),
            "dropped": len(split.dropped), "unlabelled": len(unlabelled),
            "unlabelled_digest": snapshot_hash(unlabelled) if unlabelled else None,
        },
        "agreement": agreed,
        "second_readings": readings(second),
        "known_actors": sorted({row.pair.actor for row in split.train}),
        "sets": list(sets),
        "release_test": str(sources.release_test.resolve()) if sources.release_test else None,
        "orders": scores_by_order(run / "checkpoints", folder, settings, sets),
        "controls": {},
    }  # fmt: skip
    if controls:
        details["controls"] = control_predictions(split.train, sets, folder, settings, run / "checkpoints-blind")
    write_json(details, run / "run.json")
    shutil.rmtree(run / "checkpoints", ignore_errors=True)


def export(
    run: Path, target: Path, name: str, parent: Path | None = None, refuse: bool = True, context_read: int = 0
) -> Bundle:
    """Export, calibrate, check and evaluate a run, and write the bundle; nothing is written if a check fails.

    `parent` is the bundle that the new one is to replace: it is graded beside it, on the same rows. Without `refuse`
    an 8-bit form that answers otherwise than the network too often is written all the same, for the gate to judge.
    `context_read` is how many sentences before its own a pair of an article is to be read with.
    """
    details = read_run(run)
    before = Scorer(load_bundle(parent)) if parent else None
    network = load_network(run / "network")
    settings = details["training"]
    encoder = load_pair_encoder(run / "network" / "tokenizer.json", settings["marking"], settings["max_length"])
    calibration = unique(load_rows([run / "rows" / "calibration.jsonl"]))
    sets = {each: load_rows([run / "rows" / f"{each}.jsonl"]) for each in details["sets"]}
    parity_rows = [row for rows in sets.values() for row in rows if row.stance] or calibration
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / target.name
        (made / "onnx").mkdir(parents=True)
        for file in ("config.json", "tokenizer.json", "model.safetensors"):
            shutil.copy(run / "network" / file, made / file)
        plain = Path(scratch) / "fp32.onnx"
        export_onnx(network, encoder, plain)
        parity = quantise_within_limits(network, encoder, plain, made / "onnx" / "model.onnx", parity_rows, refuse)
        manifest: Json = {
            "schema_version": SCHEMA_VERSION,
            "name": f"{name}-{digest_of(made / 'onnx' / 'model.onnx')[:8]}",
            "created": datetime.now(UTC).date().isoformat(),
            "parent": before.bundle.name if before else None,
            "labels": {"stance": list(STANCES), "sentiment": list(SENTIMENTS)},
            **{
                key: details[key]
                for key in (
                    "command",
                    "encoder",
                    "begun_from",
                    "continuation",
                    "training",
                    "environment",
                    "teacher",
                    "snapshot",
                    "data",
                    "agreement",
                    "orders",
                )
            },
            "parity": parity.as_json(),
            "calibration": {"stance_temperature": 1.0, "sentiment_temperature": 1.0},
            "abstention": {"stance_probability": 0.0},
            "analysis": {"context_sentences": context_read},
            "files": {file: digest_of(made / file) for file in FILES},
        }
        write_json(manifest, made / "manifest.json")
        manifest |= calibrated(load_bundle(made), calibration)
        write_json(manifest, made / "manifest.json")
        if details["release_test"]:
            sets[RELEASE_TEST] = load_rows([run / "rows" / f"{RELEASE_TEST}.jsonl"])
            reads = note_reading(Path(details["release_test"]), manifest["name"])
        manifest["evaluation"] = evaluate(
            Scorer(load_bundle(made)), sets, with_parent(details["controls"], sets, before),
            set(details["known_actors"]), details["second_readings"],
        )  # fmt: skip
        if details["release_test"]:
            manifest["evaluation"]["sets"][RELEASE_TEST]["reads"] = reads
        write_json(manifest, made / "manifest.json")
        (made / "README.md").write_text(model_card(manifest), encoding="utf-8")
        replace_folder(made, target)
    return load_bundle(target)


def with_parent(
    controls: Mapping[str, Mapping[str, Sequence[int]]],
    sets: Mapping[str, Sequence[LabelledPair]],
    parent: Scorer | None,
) -> dict[str, dict[str, Sequence[int]]]:
    """The controls, and what the parent says of each set that has stances."""
    found = {name: dict(each) for name, each in controls.items()}
    for name, rows in sets.items():
        if parent is not None and any(row.stance for row in rows):
            stances = parent.logits([row.pair for row in rows])[0].argmax(axis=1)
            found.setdefault(name, {})[f"the release before ({parent.bundle.name})"] = stances.tolist()
    return found


def note_reading(folder: Path, model: str) -> int:
    """Note in `folder` that `model` was graded on it; how often that has happened, this time included."""
    notes = folder / READS
    with notes.open("a", encoding="utf-8") as stream:
        stream.write(f"{datetime.now(UTC).date().isoformat()} {model}\n")
    return len(notes.read_text(encoding="utf-8").splitlines())


def evaluate_files(
    bundle: Bundle, files: Sequence[Path], second: Path | None = None, texts: Sequence[Path] = ()
) -> Json:
    """Evaluate a bundle on labelled files, or folders of them, each a set of its own."""
    stances = readings(second_labels(second)) if second else {}
    return evaluate(Scorer(bundle), {str(file): load_rows([file], texts) for file in files}, {}, (), stances)


def rows_to_learn(
    rows: Sequence[LabelledPair], unlabelled: Sequence[LabelledPair], teacher: Bundle | None, settings: TrainingSettings
) -> list[LabelledPair]:
    """The rows as training sees them: with a teacher's answers, if there is one, contexts, and copies renamed."""
    if teacher is not None:
        rows = taught([*rows, *unlabelled], teacher)
    # After the teacher: what it said of a sentence holds after other sentences and under other names, too.
    rows = with_contexts(rows, settings.context_sentences, settings.context_share, settings.seed)
    return with_swapped_names(rows, settings.swapped_share, settings.seed)


def graded_sets(sources: Sources) -> dict[str, list[LabelledPair]]:
    """The rows of each --eval file, by folder and file name."""
    sets = {
        f"{file.resolve().parent.name}-{file.stem}": load_rows([file], sources.texts) for file in sources.evaluation
    }
    if len(sets) < len(sources.evaluation):
        raise InputError("two --eval files share folder name and file name; rename one")
    return sets


def new_sentences(
    files: Sequence[Path], labelled: Sequence[LabelledPair], held_out: Sequence[LabelledPair]
) -> list[LabelledPair]:
    """The unlabelled pairs that nobody labelled and that repeat no held-out sentence."""
    known = {(row.pair.text, row.pair.start) for row in labelled}
    rows = [row for row in load_unlabelled(files) if (row.pair.text, row.pair.start) not in known]
    return without_repeats(rows, held_out)[0]


def calibrated(bundle: Bundle, rows: Sequence[LabelledPair]) -> Json:
    """Temperatures and the abstention threshold, fitted on the quantised scores of held-out rows."""
    stance, sentiment = Scorer(bundle).logits([row.pair for row in rows])
    stances = [STANCES.index(row.stance) if row.stance else -1 for row in rows]
    sentiments = [SENTIMENTS.index(row.sentiment) if row.sentiment else -1 for row in rows]
    temperature = fit_temperature(stance, stances)
    return {
        "calibration": {
            "stance_temperature": temperature, "sentiment_temperature": fit_temperature(sentiment, sentiments),
            "rows": len(rows),
        },
        "abstention": choose_abstention(softmax(stance, temperature), stances).as_json(),
    }  # fmt: skip


def scores_by_order(
    work: Path, encoder_folder: Path, settings: TrainingSettings, sets: Mapping[str, Sequence[LabelledPair]]
) -> dict[str, list[float]]:
    """Stance macro-F1 on each set of the single networks whose weights were averaged: the spread over seeds."""
    encoder = load_pair_encoder(encoder_folder / "tokenizer.json", settings.marking, settings.max_length)
    scores: dict[str, list[float]] = {}
    for state in network_states(work, settings.networks):
        network = mean_network([state], encoder_folder)
        for name, rows in sets.items():
            known = [row for row in rows if row.stance]
            if known:
                predicted = np.asarray(logits_of(network, encoder, [row.pair for row in known])[0]).argmax(axis=1)
                scores.setdefault(name, []).append(macro_f1(truth_of(known), predicted, len(STANCES)))
    return scores


def bundle_in(folder: Path) -> Bundle | None:
    """The bundle that a folder of weights is, if it is one."""
    return load_bundle(folder) if (folder / "manifest.json").is_file() else None


def begun_from(folder: Path) -> Bundle:
    """The bundle that training begins from; InputError where the folder is an encoder alone."""
    bundle = bundle_in(folder)
    if bundle is None:
        raise InputError(f"{folder} is no bundle, so nothing of it can be kept; leave out --keep")
    return bundle


def unique(rows: Sequence[LabelledPair]) -> list[LabelledPair]:
    """The rows, one that was given twice only once."""
    return list({(row.source, row.pair): row for row in rows}.values())


def tests_by_source(rows: Sequence[LabelledPair]) -> dict[str, list[LabelledPair]]:
    """The held-out rows that have a stance, a set for each source; a row given twice counts once."""
    with_stance = unique([row for row in rows if row.stance])
    counts = Counter(row.source for row in with_stance)
    # What people of this place labelled stays apart however few it is: it must not decide among the rest.
    large = {name for name, count in counts.items() if count >= MIN_SLICE or name in LEDGER_SOURCES}
    sets: dict[str, list[LabelledPair]] = {}
    for row in with_stance:
        name = re.sub(r"[^\w-]+", "-", row.source)[:40] if row.source in large else "other"
        sets.setdefault(f"{name}-test", []).append(row)
    return sets


def environment() -> Json:
    """What the weights depend on beside data, settings and processor: the same again gives the same to the bit."""
    packages = {name: metadata.version(name) for name in ("parley", "torch", "transformers", "tokenizers")}
    return {**packages, "python": platform.python_version(), "threads": torch.get_num_threads()}


def start_run(run: Path, job: Json) -> None:
    """Make the run folder; what a run of other settings or data left there is not gone on with."""
    wanted = json.dumps(job, indent=1, sort_keys=True)
    started = run / "job.json"
    if not started.is_file() or started.read_text(encoding="utf-8") != wanted:
        for left in ("checkpoints", "checkpoints-blind", "network", "rows"):
            shutil.rmtree(run / left, ignore_errors=True)
    (run / "run.json").unlink(missing_ok=True)
    run.mkdir(parents=True, exist_ok=True)
    write_whole(wanted, started)


def rows_digest(rows: Sequence[LabelledPair]) -> str:
    """A digest of the rows in their order, which the draws of training depend on."""
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()


def snapshot_hash(rows: Sequence[LabelledPair]) -> str:
    """A digest of the rows, whatever their order."""
    lines = sorted(json.dumps(each, sort_keys=True, ensure_ascii=False) for each in to_dataset(rows).to_list())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def source_of(row: LabelledPair) -> str:
    return "seeds/pairs (written for Parley)" if row.source == "parley" else f"{row.source} ({row.file})"


def write_rows(rows: Sequence[LabelledPair], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as stream:
        for record in to_dataset(rows).to_list():
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_json(value: Any, file: Path) -> None:
    write_whole(json.dumps(value, ensure_ascii=False, indent=1) + "\n", file)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """A full disk is an OSError, as it is elsewhere, and not what safetensors and torch make of it."""
    try:
        yield
    except (SafetensorError, RuntimeError) as error:
        words = str(error)
        if not any(sign in words for sign in WRITE_FAILED):
            raise
        raise OSError(f"{folder}: weights could not be written; is the disk full? ({words})") from error


def read_run(run: Path) -> Json:
    try:
        details: Json = json.loads((run / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{run} is not a finished training run: it has no run.json; run `parley train` first"
        ) from None
    return details


def replace_folder(made: Path, target: Path) -> None:
    """Put `made` where `target` is; what was there is removed only after the new one is complete."""
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)
