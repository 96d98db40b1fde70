"""Kills at every step of adding, promoting and rolling back, and two processes at once: nothing half-done is served."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from model.audit import AuditError
from model.bundle import load_bundle
from model.versions import Versions

ROOT = Path(__file__).parents[2]

# Reads jobs from standard input. Each runs in a fork that kills itself before, after or in the middle of its nth step
# that reaches the disk; answers with the fork's exit code.
KILLED = """
import json, os, signal, sys, traceback
from itertools import count
from pathlib import Path
from model.versions import Versions

def armed(step, number, when, steps):
    def run(*arguments):
        if next(steps) != number:
            return step(*arguments)
        if when == "after":
            step(*arguments)
        if when == "amid" and step.__name__ == "write":
            step(arguments[0], arguments[1][: len(arguments[1]) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    return run

for line in sys.stdin:
    number, when, names, models, release, change, arguments = json.loads(line)
    child = os.fork()
    if child == 0:
        try:
            steps = count(1)
            for name in names:
                setattr(os, name, armed(getattr(os, name), number, when, steps))
            if change == "add":
                arguments[0] = Path(arguments[0])
            getattr(Versions(Path(models), Path(release)), change)(*arguments)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
STEPS = ("replace", "rename", "fsync", "write")

Kill = Callable[..., int]


@pytest.fixture(scope="module")
def kill() -> Iterator[Kill]:
    """Run a change of the models folder and kill it at a step: -9, or 0 where it has fewer steps."""
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(number: int, when: str, names: tuple[str, ...], versions: Versions, release: Path, *job: Any) -> int:
            change, *arguments = [str(each) for each in job]
            line = json.dumps([number, when, names, str(versions.folder), str(release), change, arguments])
            process.stdin.write(line + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield run
        process.stdin.close()


def renamed(bundle: Path, target: Path, name: str) -> Path:
    shutil.copytree(bundle, target)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    (target / "manifest.json").write_text(json.dumps({**manifest, "name": name}), encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def bundles(tiny_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three real bundles: a release and two that may replace it."""
    folder = tmp_path_factory.mktemp("bundles")
    return {name: renamed(tiny_bundle, folder / name, name) for name in ("tiny-release", "tiny-a", "tiny-b")}


def models_folder(folder: Path, bundles: dict[str, Path], added: list[str], promoted: list[str]) -> Versions:
    versions = Versions(folder, bundles["tiny-release"])
    for name in added:
        versions.add(bundles[name], "mara")
    for name in promoted:
        versions.promote(name, "mara")
    return versions


def check(versions: Versions, allowed: set[str]) -> None:
    """The champion loads and is one of those allowed; the list and the verification work."""
    assert load_bundle(versions.champion()).name in allowed
    assert all(version.problem is None for version in versions.list())
    assert all(isinstance(note, str) for note in versions.verify())
    assert not list(versions.folder.glob(".adding-*"))


@pytest.mark.parametrize("when", ["before", "after", "amid"])
@pytest.mark.parametrize(
    ("added", "promoted", "change", "outcome"),
    [
        ([], [], "add", {"tiny-release"}),
        (["tiny-a"], [], "promote", {"tiny-release", "tiny-a"}),
        (["tiny-a", "tiny-b"], ["tiny-b"], "promote", {"tiny-b", "tiny-a"}),
        (["tiny-a", "tiny-b"], ["tiny-a", "tiny-b"], "rollback", {"tiny-b", "tiny-a"}),
    ],
)
def test_a_kill_at_any_step_leaves_the_old_or_the_new_and_the_command_can_be_repeated(
    kill: Kill, bundles: dict[str, Path], tmp_path: Path, when: str, added: list[str], promoted: list[str],
    change: str, outcome: set[str],
) -> None:  # fmt: skip
    prepared = models_folder(tmp_path / "prepared", bundles, added, promoted)
    old = prepared.current_name()
    arguments = {"add": (bundles["tiny-a"], "mara"), "promote": ("tiny-a", "mara"), "rollback": ("mara",)}[change]
    names = ("write",) if when == "amid" else STEPS
    for number in count(1):
        versions = Versions(tmp_path / str(number), bundles["tiny-release"])
        if prepared.folder.exists():
            shutil.copytree(prepared.folder, versions.folder)
        code = kill(number, when, names, versions, bundles["tiny-release"], change, *arguments)
        assert code in (0, -9)
        check(versions, outcome)
        if change != "rollback" or versions.current_name() == old:  # a further rollback would go further back
            getattr(versions, change)(*arguments)
        check(versions, outcome)
        assert versions.find("tiny-a") == versions.folder / "tiny-a"
        assert change == "add" or versions.current_name() == "tiny-a"
        assert versions.verify() == []
        if code == 0:
            break
    assert number > (1 if when == "amid" else 4)


def test_a_kill_between_log_and_current_is_noted_by_the_next_change(
    kill: Kill, bundles: dict[str, Path], tmp_path: Path
) -> None:
    versions = models_folder(tmp_path / "models", bundles, ["tiny-a", "tiny-b"], ["tiny-b"])
    assert kill(1, "before", ("replace",), versions, bundles["tiny-release"], "promote", "tiny-a", "mara") == -9
    assert versions.current_name() == "tiny-b"
    assert versions.audit.entries()[-1].event == "promote"
    assert versions.verify() == ["promotion not completed: it was of tiny-a, and tiny-b is still the champion"]
    assert versions.audit.entries()[-1].event == "promotion not completed"
    assert versions.rollback("mara") == "tiny-release"


def test_a_kill_in_the_middle_of_a_log_line_is_reported_and_mended(
    kill: Kill, bundles: dict[str, Path], tmp_path: Path
) -> None:
    versions = models_folder(tmp_path / "models", bundles, ["tiny-a", "tiny-b"], ["tiny-b"])
    assert kill(1, "amid", ("write",), versions, bundles["tiny-release"], "promote", "tiny-a", "mara") == -9
    with pytest.raises(AuditError, match="torn"):
        versions.audit.verify()
    assert versions.verify() == ["the torn last line of audit.jsonl was set aside in audit.torn"]
    assert b'"tiny-a"' in versions.audit.torn_file.read_bytes()
    assert versions.current_name() == "tiny-b"


def test_two_processes_that_promote_at_once_take_turns(bundles: dict[str, Path], tmp_path: Path) -> None:
    versions = models_folder(tmp_path / "models", bundles, ["tiny-a", "tiny-b"], [])
    code = (
        "import sys; from pathlib import Path; from model.versions import Versions\n"
        "for turn in range(10):\n"
        "    Versions(Path(sys.argv[1]), Path(sys.argv[2])).promote(sys.argv[3], f'turn {turn}')\n"
    )
    places = [str(versions.folder), str(bundles["tiny-release"])]
    running = [subprocess.Popen([sys.executable, "-c", code, *places, name], cwd=ROOT) for name in ("tiny-a", "tiny-b")]
    assert [process.wait(60) for process in running] == [0, 0]
    assert versions.verify() == []
    assert versions.audit.entries()[-1].details["version"] == versions.current_name()
