import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from model.errors import InputError
from training.rows import load_rows

GOOD = {"text": "Kyra will talk.", "actor": "Kyra", "mention": "Kyra", "stance": "support"}


def test_jsonl_csv_and_parquet_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(GOOD) + "\n\n")
    (tmp_path / "a.csv").write_text("text,actor,mention,stance,sentiment\nKyra will talk.,Kyra,Kyra,support,\n")
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([GOOD]), tmp_path / "a.parquet")
    rows = load_rows([tmp_path])
    assert len(rows) == 3
    assert {(row.pair.text, row.pair.start, row.stance, row.sentiment) for row in rows} == {
        ("Kyra will talk.", 0, "support", None)
    }


def test_every_bad_row_is_named_by_file_line_field_and_reason(tmp_path: Path) -> None:
    bad = [GOOD | {"stance": "maybe"}, GOOD, GOOD | {"text": ""}, {"text": "Kyra.", "actor": "Kyra"}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in bad))
    with pytest.raises(InputError) as caught:
        load_rows([tmp_path / "a.jsonl"])
    message = str(caught.value)
    assert "3 bad rows of 4" in message
    assert "a.jsonl, line 1, field stance: is 'maybe'; give one of support" in message
    assert "line 3, field text: is empty" in message
    assert "line 4, field stance: is missing" in message


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.jsonl", b'{"text": \n', "line 1 is not JSON"),
        ("a.jsonl", b"[1]\n", "not an object"),
        ("a.jsonl", '{"text": "caf\u00e9"}'.encode("latin-1"), "not UTF-8"),
        ("a.csv", b"text,actor,stance\na,b,none,extra\n", "more fields than the header"),
        ("a.parquet", b"PAR1 no", "not a Parquet file"),
        ("a.txt", b"", "must end in one of"),
    ],
)
def test_a_damaged_file_is_refused_with_the_reason(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=reason):
        load_rows([tmp_path / name])


def test_newsmtsc_rows_give_sentiment_only(tmp_path: Path) -> None:
    record = {"mention": "Mr. Lee", "polarity": -1, "from": 4, "to": 11, "sentence": "Sad Mr. Lee lost.", "id": "1"}
    (tmp_path / "n.jsonl").write_text(json.dumps(record))
    [row] = load_rows([tmp_path / "n.jsonl"])
    assert (row.stance, row.sentiment, row.pair.start) == (None, "negative", 4)
