"""Batch scoring with a fake analyzer whose numbers come from a hash of the text."""

import csv
import datetime as dt
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from model.errors import BusyError, InputError
from model.records import Document, Pair
from model.scorer import Prediction
from serving.batch import PAIR_COLUMNS, run_batch
from serving.tables import open_table

ROOT = Path(__file__).parents[2]
FORMATS = ("jsonl", "csv", "parquet")
SCORES = [name for name in PAIR_COLUMNS if name != "error"]


class Killed(Exception):
    """Stands for the end of the process."""


class FakeAnalyzer:
    name = "fake-1"

    def __init__(self, die_after: int | None = None, pause: float = 0.0) -> None:
        self.calls = 0
        self.die_after = die_after
        self.pause = pause

    def score_pairs(self, pairs: Sequence[Pair]) -> list[Prediction]:
        self._count()
        return [_predict(pair.text) for pair in pairs]

    def analyze(self, document: Document) -> dict[str, Any]:
        self._count()
        sentence = {"index": 1, "start": 0, "end": len(document.text), "text": document.text}
        pair = {"sentence": 1, "actor": "A", **_predict(document.text).as_json()}
        return {
            "id": document.id,
            "title": document.title,
            "model": self.name,
            "sentences": [sentence],
            "pairs": [pair],
            "actors": [{"actor": "A"}],
        }

    def _count(self) -> None:
        if self.calls == self.die_after:
            raise Killed
        self.calls += 1
        time.sleep(self.pause)


def _predict(text: str) -> Prediction:
    digest = hashlib.sha256(text.encode()).digest()
    stance, sentiment = [each + 1 for each in digest[:4]], [each + 1 for each in digest[4:7]]
    return Prediction(
        tuple(each / sum(stance) for each in stance),
        tuple(each / sum(sentiment) for each in sentiment),
        stance[0] > 128,
    )


def make_rows(count: int) -> list[dict[str, Any]]:
    return [{"id": f"r{i}", "text": f"Señor {i}, „said“\nno.", "actor": "Iran", "note": f"n,{i}"} for i in range(count)]


def write(path: Path, rows: Sequence[dict[str, Any]], group: int = 7) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=group)
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return list(pq.ParquetFile(path).read().to_pylist())
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    return [json.loads(line, parse_constant=pytest.fail) for line in lines if line]


def score(source: Path, ending: str = "jsonl", **options: Any) -> list[dict[str, Any]]:
    target = source.with_name(f"scored.{ending}")
    run_batch(source, target, FakeAnalyzer(), **options)
    return read(target)


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "partial" in path.name or path.suffix == ".tmp"]


@pytest.mark.parametrize("given", FORMATS)
@pytest.mark.parametrize("wanted", FORMATS)
def test_every_format_becomes_every_format_with_order_and_columns_kept(tmp_path: Path, given: str, wanted: str) -> None:
    rows = make_rows(20)
    scored = score(write(tmp_path / f"in.{given}", rows), wanted, shard_rows=6)
    assert [{name: row[name] for name in rows[0]} for row in scored] == rows
    assert list(scored[0]) == [*rows[0], *PAIR_COLUMNS]
    expected = [_predict(row["text"]) for row in rows]
    assert [row["stance"] for row in scored] == [each.stance for each in expected]
    assert [float(row["p_none"]) for row in scored] == [each.stance_probabilities[3] for each in expected]
    assert [float(row["sentiment_probability"]) for row in scored] == [max(e.sentiment_probabilities) for e in expected]
    assert [str(row["abstained"]).lower() for row in scored] == [str(each.abstained).lower() for each in expected]
    assert {row["model"] for row in scored} == {"fake-1"}
    assert {row["error"] for row in scored} <= {None, ""}
    assert leftovers(tmp_path) == []


def test_the_report_and_the_progress_count_rows(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", [*make_rows(5), {"text": "No actor."}])
    seen: list[tuple[int, int | None]] = []
    report = run_batch(source, tmp_path / "out.jsonl", FakeAnalyzer(), "pairs", 4, lambda *each: seen.append(each))
    assert (report.rows, report.failed, report.resumed_rows, report.discarded) == (6, 1, 0, False)
    assert seen == [(0, 6), (4, 6), (6, 6)]


def test_labels_of_the_user_are_kept_as_input_columns(tmp_path: Path) -> None:
    for given in FORMATS:
        rows = [{**row, "stance": "oppose", "input_stance": "older", "error": "e"} for row in make_rows(3)]
        for row in score(write(tmp_path / f"in.{given}", rows), given):
            assert (row["input_input_stance"], row["input_stance"], row["input_error"]) == ("oppose", "older", "e")
            assert row["stance"] == _predict(row["text"]).stance


def test_parquet_columns_keep_their_arrow_types(tmp_path: Path) -> None:
    columns = {
        "text": pa.array(["One.", "Two."]),
        "actor": pa.array(["A", "B"]).dictionary_encode(),
        "when": pa.array([1, None], pa.timestamp("ns", "UTC")),
        "tags": pa.array([["x"], None], pa.list_(pa.string())),
        "year": pa.array([2021, None], pa.int16()),
        "weight": pa.array([float("nan"), 1.5]),
    }
    table = pa.table(columns)
    pq.write_table(table, tmp_path / "in.parquet")
    score(tmp_path / "in.parquet", "parquet", shard_rows=1)
    out = pq.ParquetFile(tmp_path / "scored.parquet").read()
    assert out.select(list(columns)).schema == table.schema
    for name in ("when", "tags", "year", "actor"):
        assert out.column(name).to_pylist() == table.column(name).to_pylist() or name == "when"
    assert out.column("when").cast(pa.int64()).to_pylist() == [1, None]
    in_json = score(tmp_path / "in.parquet")
    assert [row["weight"] for row in in_json] == [None, 1.5]
    assert in_json[0]["when"].startswith("1970-01-01 00:00:00.000000001")


def test_json_values_are_carried_as_they_were(tmp_path: Path) -> None:
    extra = {"flag": True, "n": 12345678901234567890, "nested": {"a": [1, None, "é"]}, "half": "\ud800", "x": 1.5}
    (tmp_path / "in.jsonl").write_text(json.dumps({**make_rows(1)[0], **extra}) + "\n")
    (row,) = score(tmp_path / "in.jsonl")
    assert {name: row[name] for name in extra} == extra
    assert "Señor" in (tmp_path / "scored.jsonl").read_text(encoding="utf-8")
    (row,) = score(tmp_path / "in.jsonl", "parquet")
    assert (row["flag"], row["n"], row["x"]) == (True, "12345678901234567890", 1.5)
    assert json.loads(row["nested"]) == extra["nested"]


def test_nan_is_never_written_as_json(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "T.", "actor": "A", "w": NaN, "v": [-Infinity, 1e999]}\n')
    (row,) = score(tmp_path / "in.jsonl")
    assert (row["w"], row["v"], row["error"]) == (None, [None, None], None)


def test_json_columns_that_vary_by_row_are_all_in_the_table(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"text": "T.", "actor": "A", "a": 1}, {"text": "T.", "actor": "A", "b": "x"}]
    source = write(tmp_path / "in.jsonl", rows)
    assert [(row["a"], row["b"]) for row in score(source, "csv")] == [("1", ""), ("", "x")]
    assert [(row["a"], row["b"]) for row in score(source, "parquet", shard_rows=1)] == [(1, None), (None, "x")]
    assert ["a" in row for row in score(source)] == [True, False]


def test_start_is_a_number_in_parquet_also_from_csv(tmp_path: Path) -> None:
    rows = [{"text": "Iran said no.", "actor": "IRN", "mention": "Iran", "start": start} for start in (0, "")]
    assert [row["start"] for row in score(write(tmp_path / "in.csv", rows), "parquet")] == [0, None]
    rows[1]["start"] = "zero"
    scored = score(write(tmp_path / "in.csv", rows), "parquet")
    assert [row["start"] for row in scored] == ["0", "zero"]
    assert scored[1]["error"].startswith("start: is 'zero'")


def test_a_bad_json_row_keeps_its_place_and_says_what_is_wrong(tmp_path: Path) -> None:
    good = b'{"text": "T.", "actor": "A"}'
    lines = [
        (good, None),
        (b'{"text": "T."}', "actor: is missing"),
        (b'{"text": " ", "actor": "A"}', "text: is empty"),
        (b'{"text": 7, "actor": "A"}', "text: is int"),
        (b'{"text": "T.", "actor": "A", "mention": "B"}', "mention: 'B' does not occur"),
        (b"{oops", "line 6: is not JSON"),
        (b"[1]", "line 7: is a JSON list"),
        (b'{"text": "\xff"}', "line 8: is not UTF-8"),
        (b"[" * 100_000, "line 9: is not JSON that can be read"),
        (b'{"\\ud800": 1}', "line 10: has a column name"),
        (good, None),
    ]
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(line for line, _ in lines))
    for ending in FORMATS:
        scored = score(tmp_path / "in.jsonl", ending, shard_rows=3)
        for row, (line, error) in zip(scored, lines, strict=True):
            assert (row["error"] or "").startswith(error or "")
            assert bool(row["error"]) == bool(error)
            assert bool(row["stance"]) == (error is None)
            assert all(row[name] in (None, "") for name in SCORES) == bool(error)
            if error and error.startswith("line"):
                assert row["raw"] == line.decode("utf-8", "replace")


def test_blank_json_lines_are_no_rows_but_count_as_lines(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('\n{"text": "T.", "actor": "A"}\n  \n\noops\n')
    scored = score(tmp_path / "in.jsonl", shard_rows=1)
    assert [row["error"] and row["error"][:7] for row in scored] == [None, "line 5:"]


def test_a_csv_row_of_the_wrong_length_keeps_its_place(tmp_path: Path) -> None:
    text = '\ufefftext,actor,note\r\n"A\nb.",A,1\r\n\r\nshort,A\r\nlong,A,1,"x,y"\r\n,A,1\r\nT.,A,007\r\n'
    (tmp_path / "in.csv").write_bytes(text.encode())
    scored = score(tmp_path / "in.csv", shard_rows=2)
    assert [row["error"] for row in scored] == [
        None,
        "line 5: has 2 fields where the header has 3",
        'line 6: has 4 fields where the header has 3; without a column: ["x,y"]',
        "text: is empty; give a non-empty string",
        None,
    ]
    assert scored[4]["note"] == "007"


def test_a_csv_cell_may_be_long_and_hold_any_line_ending(tmp_path: Path) -> None:
    rows = [{"text": "T.", "actor": "A", "note": note} for note in ("x" * 200_000, "a\rb", "a\nb", "\u2028", '"')]
    assert [row["note"] for row in score(write(tmp_path / "in.csv", rows), "csv")] == [row["note"] for row in rows]


def test_a_null_in_parquet_is_an_error_of_that_row(tmp_path: Path) -> None:
    source = write(tmp_path / "in.parquet", [{"text": "T.", "actor": "A"}, {"text": None, "actor": "A"}])
    first, second = score(source, "parquet")
    assert (first["error"], second["error"]) == (None, "text: is missing; give a non-empty string")
    assert {second[name] for name in SCORES} == {None}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("in.txt", b"", "ending '.txt'"),
        ("in.csv", b"", "is empty"),
        ("in.csv", b"text,actor\nT.,A\nT\xe9.,A\n", r"byte 17 \(line 3\) is 0xe9"),
        ("in.csv", b"text,who\nT.,A\n", "no column 'actor'"),
        ("in.csv", b"a,b\n", "no column 'text' and no column 'actor'"),
        ("in.csv", b"text,actor,x,x\n", "more than one column named 'x'"),
        ("in.parquet", b"PAR1", "not a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        run_batch(tmp_path / name, tmp_path / "out.jsonl", FakeAnalyzer())
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_parquet_file_without_an_actor_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'actor'"):
        score(write(tmp_path / "in.parquet", [{"text": "T."}]))


def test_the_input_is_never_overwritten_and_the_folder_must_exist(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", make_rows(1))
    (tmp_path / "link.jsonl").symlink_to(source)
    for target, said in [("in.jsonl", "input itself"), ("link.jsonl", "input itself"), ("no/out.csv", "not exist")]:
        with pytest.raises(InputError, match=said):
            run_batch(source, tmp_path / target, FakeAnalyzer())
    with pytest.raises(InputError, match="not a file"):
        run_batch(tmp_path / "absent.csv", tmp_path / "out.csv", FakeAnalyzer())
    assert read(source) == make_rows(1)


@pytest.mark.parametrize("wanted", FORMATS)
def test_no_rows_give_a_valid_empty_output(tmp_path: Path, wanted: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"")
    (tmp_path / "b.csv").write_bytes(b"text,actor\n")
    pq.write_table(
        pa.table({"text": pa.array([], pa.string()), "actor": pa.array([], pa.string())}), tmp_path / "c.parquet"
    )
    for name in ("a.jsonl", "b.csv", "c.parquet"):
        assert score(tmp_path / name, wanted) == []


@pytest.mark.parametrize("given", FORMATS)
@pytest.mark.parametrize("wanted", ["jsonl", "parquet"])
def test_documents_become_one_analysis_a_row(tmp_path: Path, given: str, wanted: str) -> None:
    rows = [
        {"id": f"d{i}", "title": "Title", "text": t, "url": "u", "pairs": "mine"} for i, t in enumerate(["One.", " "])
    ]
    good, bad = score(write(tmp_path / f"in.{given}", rows), wanted, kind="documents")
    expected = FakeAnalyzer().analyze(Document("One.", "d0", "Title"))
    for name, value in expected.items():
        assert (json.loads(good[name]) if wanted == "parquet" and isinstance(value, list) else good[name]) == value
    assert (good["url"], good["input_pairs"], good["error"], "text" in good) == ("u", "mine", None, False)
    assert (bad["id"], bad["sentences"], bad["error"]) == ("d1", None, "text: is empty; give a non-empty string")


def test_dates_of_parquet_documents_are_read(tmp_path: Path) -> None:
    source = write(tmp_path / "in.parquet", [{"text": "T.", "date": dt.date(2021, 7, 1)}])
    (row,) = score(source, kind="documents")
    assert (row["date"], row["error"]) == ("2021-07-01", None)


def test_an_analysis_in_a_csv_file_is_json_in_its_cells(tmp_path: Path) -> None:
    [row] = score(write(tmp_path / "in.jsonl", make_rows(1)), "csv", kind="documents")
    assert isinstance(json.loads(row["sentences"]), list)


@pytest.mark.parametrize("given", FORMATS)
@pytest.mark.parametrize("wanted", FORMATS)
def test_a_run_killed_anywhere_goes_on_to_the_same_bytes(tmp_path: Path, given: str, wanted: str) -> None:
    source = write(tmp_path / f"in.{given}", [*make_rows(16), {**make_rows(1)[0], "text": ""}, *make_rows(2)])
    whole, target = tmp_path / f"whole.{wanted}", tmp_path / f"out.{wanted}"
    expected = run_batch(source, whole, FakeAnalyzer(), shard_rows=3)
    for die_after in range(7):
        with pytest.raises(Killed):
            run_batch(source, target, FakeAnalyzer(die_after), shard_rows=3)
        assert not target.exists()
        analyzer = FakeAnalyzer()
        report = run_batch(source, target, analyzer, shard_rows=3)
        assert target.read_bytes() == whole.read_bytes()
        assert (report.rows, report.failed) == (expected.rows, expected.failed) == (19, 1)
        assert (report.resumed_rows > 0) == (die_after > 0)
        assert leftovers(tmp_path) == []
        target.unlink()


@pytest.mark.parametrize("step", ["write_part", "put", "join_parts", "_remove"])
def test_a_run_that_dies_while_it_writes_goes_on(tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "in.jsonl", make_rows(10))
    run_batch(source, tmp_path / "whole.csv", FakeAnalyzer(), shard_rows=3)

    def die(*parts: Any) -> None:
        (tmp_path / "out.csv.partial" / "shard.tmp").write_text("half a sh")
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(f"serving.batch.{step}", die)
        with pytest.raises(Killed):
            run_batch(source, tmp_path / "out.csv", FakeAnalyzer(), shard_rows=3)
    run_batch(source, tmp_path / "out.csv", FakeAnalyzer(), shard_rows=3)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert leftovers(tmp_path) == []


def start_slow_run(source: Path, target: Path) -> subprocess.Popen[bytes]:
    """A run in a process of its own, that sleeps at every shard; returns once a few shards are there."""
    code = (
        "import sys; from pathlib import Path; from test_batch import FakeAnalyzer, run_batch;"
        "run_batch(Path(sys.argv[1]), Path(sys.argv[2]), FakeAnalyzer(pause=0.05), shard_rows=5)"
    )
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    process = subprocess.Popen([sys.executable, "-c", code, source, target], env={**os.environ, "PYTHONPATH": path})
    deadline = time.monotonic() + 60
    while len(list(target.parent.glob(f"{target.name}.partial/shard-0*"))) < 3:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def test_a_process_killed_in_the_middle_loses_no_shard(tmp_path: Path) -> None:
    source, target = write(tmp_path / "in.jsonl", make_rows(400)), tmp_path / "out.parquet"
    run_batch(source, tmp_path / "whole.parquet", FakeAnalyzer(), shard_rows=5)
    for _ in range(3):
        process = start_slow_run(source, target)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not target.exists()
    report = run_batch(source, target, FakeAnalyzer(), shard_rows=5)
    assert 15 <= report.resumed_rows < 400
    assert target.read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_a_second_run_at_the_same_target_is_refused(tmp_path: Path) -> None:
    source, target = write(tmp_path / "in.jsonl", make_rows(2000)), tmp_path / "out.jsonl"
    process = start_slow_run(source, target)
    try:
        with pytest.raises(BusyError, match="another run is writing"):
            run_batch(source, target, FakeAnalyzer(), shard_rows=5)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    assert run_batch(source, target, FakeAnalyzer(), shard_rows=5).resumed_rows >= 15


@pytest.mark.parametrize("change", ["input", "model", "shard_rows"])
def test_shards_of_another_job_are_discarded_and_the_report_says_so(tmp_path: Path, change: str) -> None:
    source, target = write(tmp_path / "in.jsonl", make_rows(10)), tmp_path / "out.jsonl"
    with pytest.raises(Killed):
        run_batch(source, target, FakeAnalyzer(die_after=2), shard_rows=3)
    analyzer = FakeAnalyzer()
    if change == "input":
        write(source, make_rows(11)[1:])
    if change == "model":
        analyzer.name = "fake-2"
    report = run_batch(source, target, analyzer, shard_rows=4 if change == "shard_rows" else 3)
    assert (report.resumed_rows, report.discarded) == (0, True)
    assert [row["id"] for row in read(target)] == [row["id"] for row in read(source)]
    assert {row["model"] for row in read(target)} == {analyzer.name}


def test_an_input_that_changes_during_the_run_is_noticed(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", make_rows(5))
    with pytest.raises(InputError, match="changed while it was read"):
        run_batch(source, tmp_path / "out.jsonl", FakeAnalyzer(), progress=lambda *_: os.utime(source, (1, 1)))
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("form", FORMATS)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, form: str) -> None:
    peaks = []
    for count in (2_000, 20_000):
        source = write(tmp_path / f"in-{count}.{form}", make_rows(count), group=300)
        before, arrow = pa.total_allocated_bytes(), [0]
        tracemalloc.start()
        for _ in open_table(source).chunks(500):
            arrow.append(pa.total_allocated_bytes() - before)
        run_batch(source, tmp_path / f"out.{form}", FakeAnalyzer(), shard_rows=500)
        peaks.append(tracemalloc.get_traced_memory()[1] + max(arrow))
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
