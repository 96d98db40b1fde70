"""Memory and recovery of `parley batch` at size: python -m benchmarks.batch --rows 200000

Scores a tenth of the rows, then all of them, then all of them with a SIGKILL in the middle and a second start,
and says whether memory stayed flat and whether both large files are the same to the byte. The rows repeat the
thousand shortest sentences of the seeds.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from model.bundle import digest_of

ROOT = Path(__file__).parent.parent


def write_rows(file: Path, count: int) -> None:
    lines = [
        json.loads(line)
        for source in sorted((ROOT / "seeds" / "pairs").glob("*.jsonl"))
        for line in source.read_text(encoding="utf-8").splitlines()
    ]
    shortest = sorted(lines, key=lambda row: (len(row["text"]), row["id"]))[:1000]
    with file.open("w", encoding="utf-8") as stream:
        for number in range(count):
            row = shortest[number % len(shortest)]
            stream.write(json.dumps({**row, "id": number}, ensure_ascii=False) + "\n")


def start(source: Path, target: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "parley", "batch", str(source), str(target)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def finish(process: subprocess.Popen[bytes]) -> float:
    """Wait for the end; the peak memory in megabytes."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"parley batch ended with {process.returncode}"
    return usage.ru_maxrss / 1024


def kill_half_way(process: subprocess.Popen[bytes], target: Path, shards: int) -> int:
    partial = target.with_name(f"{target.name}.partial")
    while len(list(partial.glob("shard-0*"))) < shards // 2:
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return len(list(partial.glob("shard-0*")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_rows(folder / "few.jsonl", rows // 10)
        write_rows(folder / "many.jsonl", rows)
        few = finish(start(folder / "few.jsonl", folder / "few.out.jsonl"))
        began = time.perf_counter()
        many = finish(start(folder / "many.jsonl", folder / "whole.jsonl"))
        seconds = time.perf_counter() - began
        killed_after = kill_half_way(
            start(folder / "many.jsonl", folder / "killed.jsonl"), folder / "killed.jsonl", rows // 2000
        )
        finish(start(folder / "many.jsonl", folder / "killed.jsonl"))
        result = {
            "rows": rows,
            "rows_per_second": rows / seconds,
            "peak_memory_megabytes": {f"{rows // 10} rows": few, f"{rows} rows": many},
            "killed_after_shards": killed_after,
            "same_file": digest_of(folder / "whole.jsonl") == digest_of(folder / "killed.jsonl"),
        }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
