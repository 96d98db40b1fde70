"""The command line as a person or a script meets it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "seeds" / "articles" / "afghanistan-july-2021.json"

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def parley() -> Run:
    def run(*arguments: str | Path, stdin: bytes = b"", code: int = 0) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-W", "error", "-m", "parley", *map(str, arguments)]
        result = subprocess.run(command, input=stdin, capture_output=True, cwd=ROOT, check=False)
        assert result.returncode == code, result.stderr.decode()
        assert b"Traceback" not in result.stderr
        return result

    return run


def test_help_needs_no_model(parley: Run) -> None:
    shown = parley("--help").stdout.decode()
    assert all(command in shown for command in ("score", "batch", "serve", "train", "evaluate", "export"))


def test_an_article_is_a_table_for_people(parley: Run) -> None:
    shown = parley("score", ARTICLE).stdout.decode()
    assert "Taliban" in shown
    assert "conditions" in shown


def test_an_article_is_one_object_for_programs(parley: Run) -> None:
    analysis = json.loads(parley("score", ARTICLE, "--json").stdout)
    assert {"id", "title", "model", "sentences", "pairs", "actors"} <= analysis.keys()
    sentence = {each["index"]: each for each in analysis["sentences"]}
    text = json.loads(ARTICLE.read_text(encoding="utf-8"))["text"]
    for pair in analysis["pairs"]:
        home = sentence[pair["sentence"]]
        assert home["text"][pair["start"] : pair["end"]] == pair["mention"]
        assert sum(pair["stance_probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert all(text[each["start"] : each["end"]] == each["text"] for each in analysis["sentences"][1:])


def test_the_words_that_moved_an_answer_are_told(parley: Run) -> None:
    pair = ("--text", "Kyra will talk only if the prisoners are released.", "--actor", "Kyra", "--explain")
    answer = json.loads(parley("score", *pair, "--json").stdout)
    heaviest = max(answer["words"], key=lambda word: word["weight"])
    assert (answer["stance"], heaviest["text"]) == ("conditional", "only")
    assert "why" in parley("score", *pair).stdout.decode()


def test_a_report_names_the_row_that_it_could_not_read(parley: Run, tmp_path: Path) -> None:
    lines = (ROOT / "seeds" / "examples" / "report.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "some.jsonl").write_text("\n".join([lines[0], lines[-1]]), encoding="utf-8")
    told = parley("report", tmp_path / "some.jsonl", "--output", tmp_path / "report", code=3).stderr.decode()
    assert "1 documents" in told
    assert "row 2: text: is empty" in told
    assert (tmp_path / "report" / "index.html").is_file()


def test_an_article_may_come_from_standard_input(parley: Run) -> None:
    analysis = json.loads(parley("score", "-", "--json", stdin="Moscow refused. Café talks failed.".encode()).stdout)
    assert [each["text"] for each in analysis["sentences"]] == ["Moscow refused.", "Café talks failed."]


def test_one_pair_scores_the_same_on_the_command_line_and_in_a_batch(parley: Run, tmp_path: Path) -> None:
    text, actor = "The Taliban ruled out any meeting with Kabul.", "Taliban"
    answer = json.loads(parley("score", "--text", text, "--actor", actor, "--json").stdout)
    rows = [{"text": text, "actor": actor}, {"text": "Paris offered to mediate.", "actor": "France"}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    parley("batch", tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    first, second = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert first["p_oppose"] == answer["stance_probabilities"]["oppose"]
    assert (first["stance"], second["stance"], first["model"]) == ("oppose", "support", answer["model"])


def test_a_batch_with_a_bad_row_keeps_its_place_and_says_so_by_its_exit_code(parley: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text,actor\n1,,Kyra\n2,Kyra refused to talk.,Kyra\n")
    parley("batch", tmp_path / "in.csv", tmp_path / "out.jsonl", code=3)
    bad, good = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert "text" in bad["error"]
    assert (bad["stance"], good["error"]) == (None, None)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["score"], "give either a FILE"),
        (["score", "no-such-file.txt"], "cannot be read"),
        (["score", "--text", "Kyra talks."], "needs one --actor"),
        (["score", "--text", "", "--actor", "Kyra"], "text: is empty"),
        (["batch", "no-such-file.csv", "out.csv"], "no-such-file.csv"),
        (["batch", "README.md", "out.csv"], "README.md"),
        (["batch", "a.csv", "b.csv", "--kind", "words"], "give pairs or documents"),
        (["train", "no-such-file.csv", "--out", "runs/x"], "does not exist"),
        (["train", "seeds/pairs", "--out", "runs/x", "--marking", "bold"], "give one of pair, markers"),
        (["evaluate", "no-such-file.csv"], "does not exist"),
        (["export", "no-such-folder", "runs/x"], "no run.json"),
    ],
)
def test_a_mistake_gets_one_clear_sentence(parley: Run, arguments: list[str], reason: str) -> None:
    assert reason in parley(*arguments, code=2).stderr.decode()


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xff\xfe\x00"])
def test_an_empty_or_foreign_article_is_refused(parley: Run, content: bytes) -> None:
    parley("score", "-", stdin=content, code=2)


def test_a_bundle_that_is_none_is_refused(parley: Run, tmp_path: Path) -> None:
    result = parley("score", ARTICLE, "--bundle", tmp_path, code=4)
    assert "is not a bundle" in result.stderr.decode()


def test_labelled_files_are_evaluated(parley: Run, tmp_path: Path) -> None:
    lines = (ROOT / "seeds" / "pairs" / "colombia.jsonl").read_text(encoding="utf-8").splitlines()[:40]
    (tmp_path / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    [report] = json.loads(parley("evaluate", tmp_path / "gold.jsonl", "--json").stdout)["sets"].values()
    assert report["rows"] == 40
    assert 0 <= report["stance"]["macro_f1_interval"][0] <= report["stance"]["macro_f1"] <= 1
    assert "| class |" in parley("evaluate", tmp_path / "gold.jsonl").stdout.decode()


def test_a_missing_extra_names_the_install_command(parley: Run, tmp_path: Path) -> None:
    (tmp_path / "fastapi_offline.py").write_text("raise ModuleNotFoundError('no', name='fastapi')")
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); sys.argv[0] = 'parley'; import parley; parley.main()"
    result = subprocess.run(
        [sys.executable, "-c", code, tmp_path, "serve"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert result.returncode == 6
    assert "pip install 'parley[serve]'" in result.stderr


def test_the_public_names_are_there() -> None:
    import parley

    assert all(getattr(parley, name) for name in parley.__all__)
    with pytest.raises(AttributeError):
        _ = parley.no_such_name
