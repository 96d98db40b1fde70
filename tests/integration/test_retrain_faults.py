"""What a retraining leaves behind where it is killed or finds the disk full, another at work, or something damaged."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Commands, Fault
from disks import disk_of
from worlds import World, corrections

from model.bundle import load_bundle
from model.errors import BundleError, BusyError, InputError
from training.retrain import alone, rebuild

KILLED = -signal.SIGKILL


@pytest.fixture
def retrained(retrained_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A place whose challenger was judged, and not promoted yet."""
    copy = retrained_world.copy(tmp_path / "retrained")
    copy.enter(monkeypatch)
    return copy


def files(folder: Path) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}


def flip_a_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)


def command(world: World) -> tuple[str, ...]:
    return ("retrain", *world.options, "--promote", "auto", "--who", "mara")


# In this order each goes on from what the one before left.
KILLS = [
    Fault("training.snapshot:disputed_records"),  # in the middle of the snapshot
    Fault("training.retrain:_new_items"),  # the snapshot is written
    Fault("training.finetune:PairTrainer._save_checkpoint", "after"),
    Fault("transformers.trainer_callback:TrainerState.save_to_json"),  # in the middle of the next checkpoint
    Fault("training.pipeline:write_rows", "after", 2),  # trained, and the rows half written
    Fault("training.retrain:export"),
    Fault("training.pipeline:export_onnx"),  # in the middle of the export
    Fault("training.retrain:_keep"),  # judged, and no verdict written
    Fault("training.retrain:page", call=2),  # the verdict lies beside the bundle, and not in its own place
    Fault("training.retrain:_keep", "after"),
    Fault("model.versions:_copy", "after"),  # half added to the versions
    Fault("model.versions:Versions.add", "after"),
    Fault("model.versions:os.replace"),  # champion by the log, and not by `current`
]
CROWNED = Fault("model.versions:os.replace", "after")


@pytest.fixture(scope="module")
def survivor(commands: Commands, empty_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A place where the same command was killed at every step, each time looked at, until it was done.

    Its labels are those of the retrained world, in another order.
    """
    world = empty_world.copy(tmp_path_factory.mktemp("killed") / "world")
    with pytest.MonkeyPatch.context() as patch:
        world.enter(patch)
        world.label(reversed(corrections()))
    for kill in KILLS:
        result = commands(world, *command(world), fault=kill, code=KILLED)
        assert result.out == "", kill
        assert world.versions.champion() == world.release, kill
        assert all(version.problem is None for version in world.versions.list()), kill
        world.versions.audit.verify()
    commands(world, *command(world), fault=CROWNED, code=KILLED)
    return world


def test_a_retraining_killed_at_every_step_ends_with_the_challenger_of_one_that_was_not(
    survivor: World, retrained_world: World
) -> None:
    """So equal plans in two places give equal digests, too."""
    champion = load_bundle(survivor.versions.champion())
    untouched = load_bundle(retrained_world.versions.find(retrained_world.challenger))
    assert champion.name == untouched.name
    assert champion.manifest["files"] == untouched.manifest["files"]
    assert champion.manifest["snapshot"] == untouched.manifest["snapshot"]


def test_the_command_that_was_killed_last_has_nothing_left_to_do(survivor: World, commands: Commands) -> None:
    name = survivor.versions.current_name()
    assert (
        commands(survivor, *command(survivor)).out == f"nothing to learn: {name} knows every label of this snapshot\n"
    )


def test_after_all_the_kills_the_log_holds_and_tells_what_happened(survivor: World) -> None:
    assert survivor.versions.verify() == []
    assert survivor.events() == [
        "judge", "judge", "judge", "train", "keep", "promote", "promotion not completed", "promote",
    ]  # fmt: skip


def test_nothing_half_written_is_left(survivor: World) -> None:
    [snapshot] = (survivor.data / "snapshots").iterdir()
    assert (snapshot / "manifest.json").is_file()
    assert sorted(each.name for each in survivor.job.iterdir()) == ["bundle", "run", "verdict.html", "verdict.json"]
    assert sorted(each.name for each in (survivor.job / "run").iterdir()) == ["job.json", "network", "rows", "run.json"]
    assert not list(survivor.data.rglob("*.part"))
    assert not list(survivor.versions.folder.glob(".adding-*"))


def test_training_goes_on_from_its_checkpoint(commands: Commands, empty_world: World, tmp_path: Path) -> None:
    world = empty_world.copy(tmp_path / "world")
    with pytest.MonkeyPatch.context() as patch:
        world.enter(patch)
        world.label(corrections())
    commands(world, *command(world), fault=KILLS[2], code=KILLED)
    [first] = (world.job / "run" / "checkpoints" / "order-0").iterdir()
    commands(world, *command(world), fault=KILLS[2], code=KILLED)
    [second] = (world.job / "run" / "checkpoints" / "order-0").iterdir()
    steps = [int(folder.name.removeprefix("checkpoint-")) for folder in (first, second)]
    assert steps[1] == 2 * steps[0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disk_of("12m", tmp_path / "disk") as place:
        yield place


def test_a_disk_that_is_full_at_any_step_is_reported_and_the_next_run_goes_on(
    commands: Commands, empty_world: World, retrained_world: World, small_disk: Path
) -> None:
    world = empty_world.copy(small_disk / "world")
    with pytest.MonkeyPatch.context() as patch:
        world.enter(patch)
        world.label(corrections())
    filler = small_disk / "filler"
    steps = (
        "training.snapshot:_write",
        "training.finetune:PairTrainer._save_checkpoint",
        "training.pipeline:save_network",
        "training.pipeline:export_onnx",
        "training.retrain:_keep",
        "model.versions:_copy",
        "model.versions:Versions._crown",
    )
    for step in steps:
        result = commands(world, *command(world), fault=Fault(step, fill=str(filler)), code=1)
        assert "No space left on device" in result.err or "is the disk full?" in result.err, step
        assert world.versions.champion() == world.release, step
        filler.unlink()
        assert all(version.problem is None for version in world.versions.list()), step
    commands(world, *command(world))
    assert world.versions.current_name() == retrained_world.challenger
    assert world.versions.verify() == []


def test_a_second_retraining_at_the_same_time_is_told_so(commands: Commands, retrained: World) -> None:
    with alone(retrained.data), pytest.raises(BusyError, match="another retraining is at work in"):
        retrained.retrain()
    with alone(retrained.data):
        assert "another retraining is at work in" in commands(retrained, *command(retrained), code=1).err
    assert retrained.retrain().words == "nothing changed since this was judged"


@pytest.mark.parametrize("file", ["onnx/model.onnx", "model.safetensors"])
def test_a_damaged_champion_is_named_and_nothing_is_written(retrained: World, file: str) -> None:
    retrained.versions.promote(retrained.challenger, "mara")
    flip_a_byte(retrained.versions.champion() / file)
    retrained.label(corrections("piet"))
    before = files(retrained.data)
    with pytest.raises(BundleError, match=rf"{file} is damaged: its SHA-256 is not the one in the manifest"):
        retrained.retrain()
    after = files(retrained.data)
    assert {each for each in after if after[each] != before.get(each)} <= {retrained.data / "retrain.lock"}


def test_a_damaged_challenger_is_named_and_not_added(retrained: World) -> None:
    flip_a_byte(retrained.job / "bundle" / "onnx" / "model.onnx")
    before = retrained.events()
    with pytest.raises(BundleError, match=r"bundle/onnx/model\.onnx is damaged"):
        retrained.retrain()
    assert retrained.events() == before


def test_a_damaged_snapshot_is_named_and_nothing_is_trained_from_it(retrained: World, tmp_path: Path) -> None:
    [snapshot] = (retrained.data / "snapshots").iterdir()
    rows = (snapshot / "rows.jsonl").read_text()
    (snapshot / "rows.jsonl").write_text(rows.replace('"oppose"', '"support"', 1))
    words = f"{snapshot} was changed after the snapshot was taken"
    with pytest.raises(InputError, match=words):
        retrained.retrain()
    version = load_bundle(retrained.versions.find(retrained.challenger))
    with pytest.raises(InputError, match=words):
        rebuild(version, retrained.versions, tmp_path / "again", None, (), print)
    assert not (tmp_path / "again").exists()
