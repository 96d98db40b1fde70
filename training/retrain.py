"""From labels to a new champion: snapshot, challenger, gate, promotion; each step is done once and gone on from.

<data>/retrains/<job>/
  run/          the training run, with checkpoints until it is finished
  bundle/       the challenger
  verdict.json  what the gate found
  verdict.html  the same as a page

A job is named by the digest of all that its challenger depends on: the same again is not trained again. Under other
rules or behavioral cases, only the verdict is made anew.
"""

import fcntl
import hashlib
import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from model.bundle import RELEASE, Bundle, digest_of, load_bundle
from model.encoding import Marking
from model.errors import BusyError, InputError
from model.folders import SEEDS, data_folder
from model.judgements import item_of
from model.ledger import Ledger
from model.scorer import Scorer
from model.versions import Versions
from training.baselines import predictions_of, quick_controls
from training.continuation import Continuation
from training.finetune import TrainingSettings
from training.gate import Facts, compare
from training.pipeline import Sources, export, train, write_json
from training.pretrained import DEFAULT_ENCODER
from training.resolve import BASE, LEDGER_SOURCES, Policy
from training.rows import LabelledPair, load_rows, read_records
from training.rules import Rules
from training.snapshot import Material, Snapshot, annotators_of, changed_items, home_of, load_snapshot, take_snapshot
from training.split import repeats, side_of, split_rows
from training.verdict import page

BEHAVIOUR: Final = SEEDS / "behaviour.jsonl"
STARTS: Final = ("champion", "base")
# Going on from a trained network: fewer and smaller steps than from the encoder alone.
RELEASE_TEST: Final = SEEDS / "release_test"
MATERIAL: Final = Material((SEEDS / "pairs",), (SEEDS / "unseen",), (RELEASE_TEST,) if RELEASE_TEST.is_dir() else ())
GOING_ON: Final = TrainingSettings(epochs=2.0, learning_rate=5e-5)

Json = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What a retraining depends on, beside the ledger and the champion.

    `start` says whether training goes on from the champion, or begins at the encoder, with a `teacher` or without.
    """

    material: Material = field(default_factory=lambda: MATERIAL)
    start: str = "champion"
    encoder: str = DEFAULT_ENCODER
    teacher: Path | None = None
    unlabelled: Sequence[Path] = ()
    settings: TrainingSettings | None = None  # None: those that are usual for the start
    replay: int = Continuation.replay
    times: int = Continuation.times
    policy: Policy = field(default_factory=Policy)
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        if self.start not in STARTS:
            raise InputError(f"no start {self.start!r}; give {' or '.join(STARTS)}")

    @property
    def training(self) -> TrainingSettings:
        return self.settings or (GOING_ON if self.start == "champion" else TrainingSettings())


@dataclass(frozen=True)
class Outcome:
    """What came of a retraining: a verdict, or only `words` that say why there was nothing to do."""

    words: str
    folder: Path | None = None
    verdict: Json | None = None


def plan_of(
    start: str,
    data: Sequence[Path] | None,
    frozen: Sequence[Path] | None,
    texts: Sequence[Path] | None,
    teacher: Path | None,
    unlabelled: Sequence[Path] | None,
    encoder: str | None,
    training: Mapping[str, Any],
    replay: int | None,
    times: int | None,
    policy: Policy,
    rules: Rules,
) -> Plan:
    """A plan from options; the default holds where one is None. InputError where two do not go together."""
    if start == "champion" and (teacher or unlabelled or encoder):
        raise InputError("--teacher, --unlabelled and --encoder belong to --from base")
    if start == "base" and (replay is not None or times is not None):
        raise InputError("--replay and --times belong to --from champion")
    if frozen and {file.resolve() for file in frozen} & {file.resolve() for file in MATERIAL.aside}:
        raise InputError(f"{RELEASE_TEST} is read only when a release is made; judge by other files")
    usual = Plan(start=start)
    given = {name: value for name, value in training.items() if value is not None}
    return Plan(
        Material(data or MATERIAL.base, frozen or MATERIAL.frozen, MATERIAL.aside, texts or ()), start,
        encoder or usual.encoder, teacher, unlabelled or (), replace(usual.training, **given),
        usual.replay if replay is None else replay, times or usual.times, policy, rules,
    )  # fmt: skip


def retrain(
    plan: Plan, ledger: Ledger, versions: Versions, who: str, command: str, say: Say, again: bool = False
) -> Outcome:
    """Snapshot, train, judge, and keep the challenger among the versions; promoting it is another step.

    A job that was interrupted goes on; one that was finished is reported, and judged `again` only if that is wished.
    BusyError where another retraining runs.
    """
    with alone(data_folder()):
        _sweep(data_folder())
        champion = load_bundle(versions.champion())
        plan = _fitting(plan, champion)
        snapshot = take_snapshot(ledger, plan.material, plan.policy, data_folder() / "snapshots")
        say(f"snapshot {snapshot.name}: {snapshot.manifest['rows']:,} rows, {snapshot.manifest['disputed']:,} disputed")
        before = _snapshot_of(champion)
        new = frozenset(_new_items(snapshot, champion, before))
        if reason := _nothing_to_do(plan, snapshot, champion, new, before):
            return Outcome(reason)
        folder = data_folder() / "retrains" / _job(plan, snapshot, champion)
        finished = not again and _is_judged(folder, plan)
        if not finished:
            challenger = _challenger(plan, snapshot, champion, new, folder, command, say)
            say(f"judging {challenger.name} against {champion.name}")
            verdict = _judged(plan, snapshot, champion, challenger, new, folder, versions, _learnt_by(champion, before))
            versions.folder.mkdir(parents=True, exist_ok=True)
            details = {"challenger": challenger.name, "champion": champion.name, "snapshot": snapshot.name}
            rules = {name: value for name, value in verdict["rules"].items() if value != getattr(Rules(), name)}
            versions.audit.append("judge", who, **details, verdict=verdict["verdict"], other_rules=rules)
            _keep(verdict, folder)
        verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
        # Also where it is finished: the run that finished it may have been killed before this.
        keep_version(load_bundle(folder / "bundle"), versions, who, snapshot.name, verdict["verdict"])
        return Outcome("nothing changed since this was judged" if finished else "", folder, verdict)


def rebuild(
    version: Bundle, versions: Versions, folder: Path, teacher: Path | None, unlabelled: Sequence[Path], say: Say
) -> Bundle:
    """Train a version of this place again from its snapshot and manifest, into `folder`.

    On the same processor with the same packages the weights are the same to the bit; the caller compares them.
    InputError where what it was trained from is not here or not given.
    """
    manifest = version.manifest
    home = home_of(str(manifest["snapshot"]))
    if not home.is_dir():
        raise InputError(f"{version.name} cannot be trained again: its snapshot is not here, there is no {home}")
    snapshot = load_snapshot(home)
    before = manifest.get("continuation")
    continuation = None
    if before:
        start = load_bundle(versions.find(before["from"]))
        if start.manifest["files"] != before["files"]:
            raise InputError(f"{version.name} went on from another {start.name} than the one that is here")
        continuation = Continuation(
            start, frozenset(before["new"]), _judged_items(snapshot), before["replay"], before["times"], before["share"]
        )
    if manifest["teacher"] and teacher is None:
        raise InputError(f"{version.name} learnt from {manifest['teacher']['name']}; give its folder with --teacher")
    if manifest["data"]["unlabelled"] and not unlabelled:
        raise InputError(f"{version.name} learnt from sentences without labels, too; give them with --unlabelled")
    training = {**manifest["training"], "marking": Marking(manifest["training"]["marking"])}
    sources = _sources(snapshot, teacher, unlabelled)
    say(f"training {version.name} again from snapshot {snapshot.name}")
    with redirect_stdout(sys.stderr):
        train(sources, manifest["encoder"]["name"], TrainingSettings(**training), folder / "run", False,
              manifest["command"], continuation)  # fmt: skip
    return export(folder / "run", folder / "bundle", _family(version))


def keep_version(challenger: Bundle, versions: Versions, who: str, snapshot: str, verdict: str) -> None:
    """Add the challenger to the versions, unless one of the same weights is there: trained under another champion."""
    there = versions.folder / challenger.name
    if not there.is_dir() or load_bundle(there).manifest["files"] != challenger.manifest["files"]:
        versions.add(challenger.folder, who, snapshot=snapshot, verdict=verdict)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of retraining in the data folder; BusyError where another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "retrain.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"another retraining is at work in {folder}; wait for it, or stop it") from None
        yield


def _sweep(folder: Path) -> None:
    """Remove what killed retrainings left half-written: while the lock is held, nobody is writing."""
    for left in (*folder.glob("snapshots/.part-*"), *folder.glob("retrains/*/tmp*")):
        shutil.rmtree(left, ignore_errors=True)


def _fitting(plan: Plan, champion: Bundle) -> Plan:
    """Going on from the champion, the plan reads a pair as the champion does."""
    if plan.start != "champion":
        return plan
    settings = replace(
        plan.training,
        marking=champion.marking,
        max_length=champion.max_length,
        context_sentences=champion.context_learnt,
    )
    return replace(plan, settings=settings)


def _new_items(snapshot: Snapshot, champion: Bundle, before: Snapshot | None) -> set[str]:
    """The pairs that the champion, trained on the snapshot `before`, did not learn, or learnt with another label.

    Where that is not here, these are the pairs that people of this place judged; for the release that ships,
    which learnt the seeds, also those that are not in the seeds.
    """
    if before:
        return changed_items(before, snapshot)
    known = {item_of(row.pair) for row in (_seeds() if _is_release(champion) else snapshot.rows)}
    return {item for row in snapshot.rows if (item := item_of(row.pair)) not in known} | _judged_items(snapshot)


def _judged_items(snapshot: Snapshot) -> frozenset[str]:
    who = annotators_of(snapshot)
    return frozenset(item_of(row.pair) for row in snapshot.rows if row.id in who)


def _snapshot_of(champion: Bundle) -> Snapshot | None:
    """The snapshot that the champion was trained on, if it was trained here."""
    folder = home_of(str(champion.manifest["snapshot"]))
    return load_snapshot(folder) if folder.is_dir() else None


def _is_release(champion: Bundle) -> bool:
    return champion.name == load_bundle(RELEASE).name


def _seeds() -> list[LabelledPair]:
    return load_rows([SEEDS / "pairs"]) if (SEEDS / "pairs").is_dir() else []


def _learnt_by(champion: Bundle, before: Snapshot | None) -> list[str]:
    """The sentences that the champion was trained on, as far as that is known here."""
    if before:
        return [row.pair.text for row in split_rows(before.rows, before.kept_out).train]
    return [row.pair.text for row in split_rows(_seeds()).train] if _is_release(champion) else []


def _nothing_to_do(
    plan: Plan, snapshot: Snapshot, champion: Bundle, new: frozenset[str], before: Snapshot | None
) -> str:
    """Why there is nothing to train; empty where there is something."""
    if plan.start == "base":
        manifest = champion.manifest
        same = (
            manifest["snapshot"] == snapshot.manifest["snapshot"]
            and not manifest.get("continuation")
            and manifest["training"] == plan.training.as_json()
            and manifest["encoder"]["name"] == plan.encoder
            and bool(manifest["teacher"]) == bool(plan.teacher)
        )
        return f"nothing changed since {champion.name} was trained" if same else ""
    if not new and before and (gone := len(changed_items(snapshot, before))):
        return f"{gone:,} labels were taken back: going on from {champion.name} cannot unlearn them, use --from base"
    if not new:
        return f"nothing to learn: {champion.name} knows every label of this snapshot"
    texts = [row.pair.text for row in snapshot.rows if item_of(row.pair) in new]
    held_back = repeats(texts, [row.pair.text for row in snapshot.kept_out])
    if all(back or side_of(text) != "train" for text, back in zip(texts, held_back, strict=True)):
        return f"nothing to learn: the {len(new)} new pairs are all kept for calibrating and testing"
    return ""


def _job(plan: Plan, snapshot: Snapshot, champion: Bundle) -> str:
    """A digest of all that the challenger depends on, and of the champion that it is judged against."""
    content = {
        "snapshot": snapshot.manifest["snapshot"], "champion": champion.manifest["files"], "start": plan.start,
        "encoder": plan.encoder, "settings": plan.training.as_json(), "replay": plan.replay, "times": plan.times,
        "teacher": load_bundle(plan.teacher).manifest["files"] if plan.teacher else None,
        "unlabelled": [digest_of(file) for file in plan.unlabelled],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _sources(snapshot: Snapshot, teacher: Path | None, unlabelled: Sequence[Path]) -> Sources:
    return Sources(
        [snapshot.rows_file], snapshot.frozen_files, teacher=teacher, unlabelled=unlabelled,
        aside=snapshot.aside_files, snapshot=snapshot.manifest["snapshot"],
    )  # fmt: skip


def _challenger(
    plan: Plan, snapshot: Snapshot, champion: Bundle, new: frozenset[str], folder: Path, command: str, say: Say
) -> Bundle:
    """Train and export, going on where a killed run of the same job stopped."""
    run, made = folder / "run", folder / "bundle"
    if not (run / "run.json").is_file():
        say(f"training from {champion.name if plan.start == 'champion' else plan.encoder}")
        continuation = None
        if plan.start == "champion":
            continuation = Continuation(champion, new, _judged_items(snapshot), plan.replay, plan.times)
        sources = _sources(snapshot, plan.teacher, plan.unlabelled)
        with redirect_stdout(sys.stderr):  # what the trainer prints would stand before a result in JSON
            train(sources, plan.encoder, plan.training, run, False, command, continuation)
    if not (made / "manifest.json").is_file():  # the folder gets its place only when it is complete
        say("exporting, checking and evaluating")
        export(
            run, made, _family(champion), champion.folder, refuse=False, context_read=champion.context_read
        )  # the gate judges what is off
    return load_bundle(made)


def _judged(
    plan: Plan, snapshot: Snapshot, champion: Bundle, challenger: Bundle, new: frozenset[str], folder: Path,
    versions: Versions, learnt_before: Sequence[str],
) -> Json:  # fmt: skip
    """What the gate says, on the rows of the run that were kept out of training.

    Sentences that the champion was trained on, as a new frozen file may hold, count as shared, too.
    """
    run = folder / "run"
    details = json.loads((run / "run.json").read_text(encoding="utf-8"))
    sets = {name: load_rows([run / "rows" / f"{name}.jsonl"]) for name in details["sets"]}
    learnt = load_rows([run / "rows" / "train.jsonl"])
    ours = _of_the_ledger(sets)
    graded = [row.pair.text for rows in sets.values() for row in rows]
    # A sentence that somebody labels may be like one that the champion learnt: then it decides nothing here.
    deciding = [row.pair.text for name, rows in sets.items() if name not in ours for row in rows]
    new_rows = [row for row in learnt if item_of(row.pair) in new]
    facts = Facts(
        data_grew=bool(new_rows),
        shared_rows=sum(repeats(graded, [row.pair.text for row in learnt])) + sum(repeats(deciding, learnt_before)),
        parity=challenger.manifest["parity"],
        controls=predictions_of(quick_controls(learnt, plan.training.seed), sets),
        behaviour=[record for _, record in read_records(BEHAVIOUR)] if BEHAVIOUR.is_file() else [],
        learnt_from=new_rows,
        who=annotators_of(snapshot),
        disputes=_disputes(snapshot),
        known_actors=details["known_actors"],
        snapshot=snapshot.name,
        parent_snapshot=snapshot.manifest["parent"],
        reads=1 + sum(entry.event == "judge" for entry in versions.audit.entries()),
    )
    verdict = compare(Scorer(champion), Scorer(challenger), sets, facts, plan.rules, reported_only=ours)
    return {**verdict, "behaviour_digest": _behaviour_digest()}


def _disputes(snapshot: Snapshot) -> dict[str, int]:
    """In how many of the pairs that are not settled each annotator has a voice."""
    with (snapshot.folder / "disputed.jsonl").open(encoding="utf-8") as lines:
        voices = [{vote.rpartition(": ")[0] for vote in json.loads(line)["votes"]} for line in lines]
    return dict(Counter(name for each in voices for name in each if name != BASE))


def _is_judged(folder: Path, plan: Plan) -> bool:
    """Whether the job has a verdict under the plan's rules and today's behavioral cases."""
    file = folder / "verdict.json"
    if not file.is_file():
        return False
    verdict = json.loads(file.read_text(encoding="utf-8"))
    return bool(verdict["rules"] == asdict(plan.rules) and verdict["behaviour_digest"] == _behaviour_digest())


def _behaviour_digest() -> str | None:
    return digest_of(BEHAVIOUR) if BEHAVIOUR.is_file() else None


def _of_the_ledger(sets: Mapping[str, Sequence[LabelledPair]]) -> list[str]:
    """The sets of people's own labels: shown, but not what decides, else who labels could move the test."""
    return [name for name, rows in sets.items() if {row.source for row in rows} <= set(LEDGER_SOURCES)]


def _keep(verdict: Json, folder: Path) -> None:
    """The verdict as JSON and as a page, in the job's folder and beside the challenger."""
    for place in (folder / "bundle", folder):  # the job's last: its verdict.json says that all is done
        (place / "verdict.html").write_text(page(verdict), encoding="utf-8")
        write_json(verdict, place / "verdict.json")


def _family(bundle: Bundle) -> str:
    """The name without the digest: `parley` of `parley-5c1adadb`."""
    return bundle.name.rpartition("-")[0] or bundle.name
