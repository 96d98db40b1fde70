"""A hundred hostile inputs to the release bundle, over HTTP and on the command line.

Each gets a valid answer or a clear error, in bounded time: never a stack trace, never a hang.
"""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hostile_texts import CROWDED, UNITS, grown, known_actors, unknown_parties
from servers import served

from model.actors import load_registry
from model.analysis import MAX_DOCUMENT_PAIRS, Analyzer, load_analyzer
from model.errors import LimitError
from model.records import MAX_DOCUMENT_CHARACTERS, MAX_TITLE_CHARACTERS, document_from_row
from serving.batch import run_batch
from serving.schemas import AnalysisOut, AnalyzeResponse, Problem

ROOT: Final = Path(__file__).parents[2]
LENGTH: Final = 20_000
SECONDS: Final = 60  # for any answer, also where the machine is busy
MEMORY: Final = 1_500_000  # KiB of a process that reads the longest document
TALK: Final = {"text": "Moscow said it will not talk to Kyiv."}

Json = dict[str, Any]
Answer = tuple[int, str, Json]
Post = Callable[[bytes | Json], Answer]

LONGEST: Final = (
    "one letter",
    "one name",
    "quotation marks",
    "emoji",
    "NUL",
    "Arabic",
    "Chinese without spaces",
    "base64",
)

ODD_DOCUMENTS: Final[dict[str, Json]] = {
    "one word": {"text": "Moscow"},
    "one character": {"text": "x"},
    "a zero-width space": {"text": "\u200b"},
    "white space around": {"text": " \n\u3000 Moscow refused. \t\n"},
    "an emoji with a NUL": {"text": "\U0001f600 Moscow \0 refused."},
    "the longest title": {**TALK, "title": grown("Moscow ", MAX_TITLE_CHARACTERS)},
    "a title of several lines": {**TALK, "title": "\nMoscow refused\n\nKyiv "},
    "a blank title": {**TALK, "title": " \n"},
    "a title of controls": {**TALK, "title": "\x1b[2J\u202e\0"},
    "a date that is none": {**TALK, "date": "the other day"},
    "a date of zeros": {**TALK, "date": "0000-00-00"},
    "a date before newspapers": {**TALK, "date": "0001-01-01"},
    "a date of the far future": {**TALK, "date": "9999-12-31"},
    "a date before Christ": {**TALK, "date": "-0044-03-15"},
    "a date that may be two": {**TALK, "date": "03/04/2021"},
    "a date of seconds": {**TALK, "date": "1625097600"},
    "a date of other digits": {**TALK, "date": "٢٠٢١-٠٧-٠١"},
    "a date of superscripts": {**TALK, "date": "²⁰²¹-⁰⁷-⁰¹"},
    "a time that is none": {**TALK, "date": "2021-07-01T25:61:61Z"},
    "a zone that is none": {**TALK, "date": "Thu, 01 Jul 2021 00:00:00 +99999999999"},
    "a date of many digits": {**TALK, "date": "9" * 300},
    "a date of NUL": {**TALK, "date": "\0"},
    "the longest id": {**TALK, "id": "x" * 300},
    "a negative id": {**TALK, "id": -1},
    "an id of 300 digits": {**TALK, "id": 10**299},
    "an id of controls": {**TALK, "id": "\0\u202e"},
    "a blank id": {**TALK, "id": "  "},
    "a source that is an object": {**TALK, "source": {"a": [None]}, "url": [[[]]]},
}  # fmt: skip

ODD_ACTORS: Final[dict[str, list[str]]] = {
    "names of regex characters": ["(", "[", "*", "\\", "a|b", "(?P<x>", "$", "^", ".*", "(a+)+$", "\\b", "{1,9}"],
    "a thousand times the same": ["Moscow"] * 1000,
    "a thousand names": [f"Front {number} (" for number in range(1000)],
    "the longest name": ["x" * 300],
    "words of the sentence": ["it", "will", "not talk", "said", "to Kyiv."],
    "controls": ["\0", "\u202e", "\x1b[31m", "\ufeff"],
    "letters that grow in lower case": ["İ", "ß", "ﬁ"],
    "white space inside": ["not  talk", " Kyiv ", "Moscow\nsaid"],
}

WRONG_REQUESTS: Final[dict[str, tuple[Json, str, str]]] = {
    "no documents": ({"documents": []}, "documents", "at least 1"),
    "documents that are no list": ({"documents": TALK}, "documents", "list"),
    "an empty text": ({"documents": [TALK, {"text": ""}]}, "documents[1].text", "give a non-empty string"),
    "a blank text": ({"documents": [{"text": " \n\t\u3000"}]}, "documents[0].text", "give a non-empty string"),
    "a text of separators": ({"documents": [{"text": "\x1c\x1d\x85"}]}, "documents[0].text", "give a non-empty"),
    "a text that is null": ({"documents": [{"text": None}]}, "documents[0].text", "string"),
    "a text that is a list": ({"documents": [{"text": ["a"]}]}, "documents[0].text", "string"),
    "a text that is a number": ({"documents": [{"text": 1}]}, "documents[0].text", "string"),
    "a text too long by one": (
        {"documents": [{"text": "x" * (MAX_DOCUMENT_CHARACTERS + 1)}]}, "documents[0].text", "at most 200,000",
    ),
    "a text of nearly 10 MB": ({"documents": [{"text": "x" * 9_900_000}]}, "documents[0].text", "at most 200,000"),
    "half a surrogate pair": ({"documents": [{"text": "\ud83d"}]}, "documents[0].text", "well-formed Unicode"),
    "a title of 20,000 characters": ({"documents": [{**TALK, "title": "x" * 20_000}]}, "documents[0].title", "2,000"),
    "a title that is a number": ({"documents": [{**TALK, "title": 1}]}, "documents[0].title", "string"),
    "a date that is a number": ({"documents": [{**TALK, "date": 2021}]}, "documents[0].date", "string"),
    "a date that is a list": ({"documents": [{**TALK, "date": [2021, 7]}]}, "documents[0].date", "string"),
    "a date that is true": ({"documents": [{**TALK, "date": True}]}, "documents[0].date", "string"),
    "a date too long": ({"documents": [{**TALK, "date": "1" * 301}]}, "documents[0].date", "at most 300"),
    "an id that is an object": ({"documents": [{**TALK, "id": {"a": 1}}]}, "documents[0].id", "string"),
    "an id that is a list": ({"documents": [{**TALK, "id": [1]}]}, "documents[0].id", "string"),
    "an id that is a fraction": ({"documents": [{**TALK, "id": 1.5}]}, "documents[0].id", "string"),
    "an id that is true": ({"documents": [{**TALK, "id": True}]}, "documents[0].id", "string"),
    "an id of 4,000 digits": ({"documents": [{**TALK, "id": 10**3999}]}, "documents[0].id", "at most 300 characters"),
    "an unknown field": ({"documents": [{**TALK, "stance": "support"}]}, "documents[0].stance", "not permitted"),
    "a field with a long name": ({"documents": [{**TALK, "k" * 100_000: 1}]}, "documents[0]." + "k" * 100, "not"),
    "a hundred thousand fields": (
        {"documents": [{**TALK, **{f"k{number}": 1 for number in range(100_000)}}]}, "documents[0]", "at most 100",
    ),
    "a million numbers": ({"documents": [1] * 1_000_000}, "documents", "at most 100,000"),
    "actors that are a string": ({"documents": [TALK], "actors": "Moscow"}, "actors", "list"),
    "no actors": ({"documents": [TALK], "actors": []}, "actors", "at least 1"),
    "a blank actor": ({"documents": [TALK], "actors": ["Moscow", " "]}, "actors[1]", "give a non-empty string"),
    "an actor that is null": ({"documents": [TALK], "actors": [None]}, "actors[0]", "string"),
    "an actor too long": ({"documents": [TALK], "actors": ["x" * 301]}, "actors[0]", "at most 300 characters"),
    "too many actors": ({"documents": [TALK], "actors": ["x"] * 1001}, "actors", "at most 1000"),
}  # fmt: skip

WRONG_BODIES: Final[dict[str, tuple[bytes, int, str]]] = {
    "nothing": (b"", 422, "Field required"),
    "a string": (b'"Moscow"', 422, "body"),
    "NaN": (b'{"documents":[{"text":NaN}]}', 422, "documents[0].text"),
    "infinity": (b'{"documents":[{"text":-Infinity}]}', 422, "documents[0].text"),
    "deep nesting": (b"[" * 100_000 + b"]" * 100_000, 400, "The body cannot be read"),
    "deep nesting of objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "The body cannot be read"),
    "a number of 5,000 digits": (b'{"documents":[{"id":' + b"9" * 5000 + b"}]}", 400, "digits"),
    "a raw control character": (b'{"documents":[{"text":"\x01"}]}', 400, "control character at character 23"),
    "an end in the middle": (b'{"documents":[{"text":"Moscow', 400, "Unterminated string starting at character 22"),
    "bytes that are not UTF-8": (b'{"documents":[{"text":"\xff\xfe"}]}', 400, "utf-8"),
    "HTML": (b"<html><script>alert(1)</script></html>", 400, "not JSON"),
    "more than 10 MB": (b'{"documents":[{"text":"' + b"x" * 10_000_000 + b'"}]}', 413, "10,000,000 bytes"),
    "more documents than allowed": (json.dumps({"documents": [TALK] * 51}).encode(), 413, "at most 50"),
}


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Sends a body to /v1/analyze of a real server."""
    environment = {**os.environ, "PARLEY_DATA": str(tmp_path_factory.mktemp("served"))}
    with served([sys.executable, "-m", "parley", "serve"], ROOT, environment) as place:

        def send(body: bytes | Json) -> Answer:
            sent = body if isinstance(body, bytes) else json.dumps(body).encode()
            request = urllib.request.Request(f"http://{place}/v1/analyze", sent, {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                    return answer.status, answer.headers["content-type"], json.load(answer)
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.headers["content-type"], json.load(error)

        yield send


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load_analyzer()


def check_analysis(document: Json, analysis: Json) -> None:
    """Every offset is right, every probability is one, and the actors' table counts the pairs."""
    AnalysisOut.model_validate(analysis, strict=True)
    title = document["title"] if (document.get("title") or "").strip() else None
    sentences = {each["index"]: each for each in analysis["sentences"]}
    assert list(sentences) == list(range(len(sentences)))
    assert analysis["title"] == title
    for index, sentence in sentences.items():
        home = title if title and index == 0 else document["text"]
        assert home[sentence["start"] : sentence["end"]] == sentence["text"] != ""
    for pair in analysis["pairs"]:
        text = sentences[pair["sentence"]]["text"]
        assert text[pair["start"] : pair["end"]] == pair["mention"] != ""
        if pair["condition"]:
            assert text[pair["condition"]["start"] : pair["condition"]["end"]] == pair["condition"]["text"] != ""
        for kind in ("stance", "sentiment"):
            chances = pair[f"{kind}_probabilities"]
            assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
            assert chances[pair[kind]] == max(chances.values())
    assert sum(row["count"] for row in analysis["actors"]) == len(analysis["pairs"])


def check_answer(answer: Answer, *documents: Json) -> list[Json]:
    status, kind, body = answer
    assert (status, kind) == (200, "application/json"), body
    AnalyzeResponse.model_validate(body, strict=True)
    for document, analysis in zip(documents, body["documents"], strict=True):
        check_analysis(document, analysis)
    return list(body["documents"])


def check_problem(answer: Answer, status: int) -> Problem:
    found, kind, body = answer
    assert (found, kind) == (status, "application/problem+json"), body
    problem = Problem.model_validate(body, strict=True)
    assert problem.status == status
    assert len(json.dumps(body)) < 10_000  # what was sent is not sent back
    assert "Traceback" not in json.dumps(body)
    return problem


# Over HTTP


@pytest.mark.parametrize("name", [*UNITS, *CROWDED])
def test_a_repeated_unit_is_answered(name: str, post: Post) -> None:
    length = LENGTH // 4 if name in CROWDED else LENGTH
    document = {"text": grown({**UNITS, **CROWDED}[name], length), "title": name, "date": "2021-07-01"}
    check_answer(post({"documents": [document]}), document)


@pytest.mark.parametrize("name", LONGEST)
def test_the_longest_document_is_answered_within_a_minute(name: str, post: Post) -> None:
    document = {"text": grown(UNITS[name], MAX_DOCUMENT_CHARACTERS)}
    check_answer(post({"documents": [document]}), document)


def test_one_sentence_of_many_parties_is_answered(post: Post) -> None:
    documents = [{"text": known_actors(load_registry(), LENGTH // 4)}, {"text": unknown_parties(LENGTH // 4)}]
    known, unknown = check_answer(post({"documents": documents}), *documents)
    assert min(len(known["actors"]), len(unknown["actors"])) > 100


@pytest.mark.parametrize("name", ODD_DOCUMENTS)
def test_an_odd_document_is_answered(name: str, post: Post) -> None:
    document = ODD_DOCUMENTS[name]
    check_answer(post({"documents": [document]}), document)


@pytest.mark.parametrize("name", ODD_ACTORS)
def test_odd_actors_are_looked_for(name: str, post: Post) -> None:
    check_answer(post({"documents": [TALK], "actors": ODD_ACTORS[name]}), TALK)


@pytest.mark.parametrize("name", WRONG_REQUESTS)
def test_a_wrong_request_names_its_field_and_what_would_be_right(name: str, post: Post) -> None:
    body, field, reason = WRONG_REQUESTS[name]
    problem = check_problem(post(body), 422)
    assert problem.errors is not None
    assert problem.errors[0]["field"] == field
    assert reason in problem.errors[0]["reason"]
    assert problem.detail.startswith(f"{field}: ")


@pytest.mark.parametrize("name", WRONG_BODIES)
def test_a_wrong_body_is_refused_and_says_why(name: str, post: Post) -> None:
    body, status, reason = WRONG_BODIES[name]
    assert reason in check_problem(post(body), status).detail


def test_more_pairs_than_are_read_in_a_document_are_refused_before_any_is_scored(post: Post) -> None:
    crowded = {"text": "Moscow refused. " * (MAX_DOCUMENT_PAIRS + 1)}
    problem = check_problem(post({"documents": [TALK, crowded]}), 413)
    assert problem.detail.startswith(
        "documents[1].text: refers to actors 10,001 times; give it in parts of at most 10,000"
    )


# In the library


def test_ten_thousand_pairs_of_one_actor_are_answered(analyzer: Analyzer) -> None:
    document = {"text": "Moscow refused. " * MAX_DOCUMENT_PAIRS}
    analysis = analyzer.analyze(document_from_row(document))
    check_analysis(document, analysis)
    assert [row["count"] for row in analysis["actors"]] == [MAX_DOCUMENT_PAIRS]
    with pytest.raises(LimitError, match=r"^text: refers to actors 10,001 times; give it in parts"):
        analyzer.analyze(document_from_row({"text": document["text"] + "Moscow refused."}))


# In files


def test_a_batch_of_hostile_documents_answers_each_or_says_why_not(analyzer: Analyzer, tmp_path: Path) -> None:
    rows = [*ODD_DOCUMENTS.values(), *({"text": grown(unit, 500)} for unit in UNITS.values())]
    wrong = [body["documents"][-1] for body, field, _ in WRONG_REQUESTS.values() if ".text" in field]
    lines = [json.dumps(row) for row in [*rows, *wrong]] + ["[" * 100_000, "NaN", "\0", '{"text": "Moscow']
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    report = run_batch(tmp_path / "in.jsonl", tmp_path / "out.jsonl", analyzer, "documents")
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert (report.rows, report.failed) == (len(lines), len(wrong) + 4)
    for row, answer in zip(rows, answers, strict=False):
        assert answer["error"] is None
        check_analysis(row, {**answer, "title": answer["title"] if (row.get("title") or "").strip() else None})
    assert all(answer["error"] and answer["pairs"] is None for answer in answers[len(rows) :])


# On the command line


def parley(*arguments: str | Path, stdin: bytes = b"", code: int = 0) -> tuple[bytes, str]:
    """Run a command; what it wrote, and on standard error a line and no stack trace."""
    command = [sys.executable, "-W", "error", "-m", "parley", *map(str, arguments)]
    result = subprocess.run(command, input=stdin, capture_output=True, cwd=ROOT, check=False, timeout=2 * SECONDS)
    said = result.stderr.decode()
    assert result.returncode == code, said
    assert "Traceback" not in said
    if code == 2:
        assert said.count("\n") == 1
        assert said.startswith("parley: ")
    return result.stdout, said


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "text: is empty"),
        ("a.txt", b"\xef\xbb\xbf \n", "text: is empty"),
        ("a.txt", b"Moscow \xff", "is not UTF-8 (byte 7)"),
        ("a.txt", b"x" * 200_001, "text: has 200,001 characters; at most 200,000"),
        ("a.json", b"[1]", "must hold one object"),
        ("a.json", b"[" * 100_000, "is not JSON"),
        ("a.json", b'{"text": NaN}', "text: is float; give a string"),
        ("a.json", b'{"text": "\\ud83d"}', "text: holds half of a surrogate pair"),
        ("a.json", b'{"text": "a", "id": {}}', "id: is dict; give a string"),
    ],
)
def test_a_wrong_article_gets_one_line(name: str, content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert reason in parley("score", tmp_path / name, code=2)[1]


@pytest.mark.parametrize("text", ["\x1b[2J Moscow refused.\0 \u202eKyiv agreed.", "[bold]Moscow[/] refused."])
def test_an_odd_article_from_standard_input_is_a_table_and_json(text: str) -> None:
    table, _ = parley("score", "-", stdin=text.encode())
    assert "Russia" in table.decode()
    assert not {"\x1b", "\0", "\u202e"} & set(table.decode())
    check_analysis({"text": text}, json.loads(parley("score", "-", "--json", stdin=text.encode())[0]))


def test_the_longest_article_is_scored_in_bounded_memory(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(grown(UNITS["listed letters"], MAX_DOCUMENT_CHARACTERS), encoding="utf-8")
    command = [sys.executable, "-m", "parley", "score", str(tmp_path / "a.txt"), "--json"]
    with (tmp_path / "out.json").open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert usage.ru_maxrss < MEMORY


def test_a_report_of_hostile_documents_lists_what_it_could_not_read(tmp_path: Path) -> None:
    rows = [*ODD_DOCUMENTS.values(), {"text": ""}, {"text": "x" * 200_001}, {"text": "\ud83d"}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    _, said = parley("report", tmp_path / "in.jsonl", "--output", tmp_path / "report", code=3)
    assert said.count("not read: ") == 3
    assert "\x1b" not in (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
