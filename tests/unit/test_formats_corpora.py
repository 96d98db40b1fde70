"""NewsMTSC, CoNLL and brat: files of corpora, and their traps."""

import json
from pathlib import Path
from typing import Any

import pytest

from model.errors import InputError
from training.formats import RawRow, detect, read_rows, write_rows


def read(path: Path, content: str | None = None, label_is: str | None = None) -> list[RawRow]:
    if content is not None:
        path.write_bytes(content.encode())
    return list(read_rows(path, label_is=label_is)[1])


# NewsMTSC


def test_each_target_of_a_newsmtsc_sentence_is_a_judgement(tmp_path: Path) -> None:
    targets = [
        {"Input.gid": "g1", "from": 0, "to": 4, "mention": "Kyra", "polarity": 2.0, "further_mentions": []},
        {"Input.gid": "g2", "from": 11, "to": 15, "mention": "Oslo", "polarity": 6},
        {"Input.gid": "g3", "from": 11, "to": 15, "mention": "Oslo", "polarity": 5.0},
        "Oslo",
    ]
    line = {"primary_gid": "g1", "sentence_normalized": "Kyra mocks Oslo again.", "targets": targets}
    path = tmp_path / "a.jsonl"
    kyra, oslo, odd, broken = read(path, json.dumps(line))
    assert detect(path) == "newsmtsc"
    assert kyra.record == {
        "id": "g1", "text": "Kyra mocks Oslo again.", "mention": "Kyra", "actor": "Kyra", "start": 0,
        "sentiment": "negative", "source": "newsmtsc", "primary_gid": "g1", "further_mentions": [],
    }  # fmt: skip
    assert (oslo.place, oslo.record["sentiment"]) == ("line 1, target 2", "positive")
    assert odd.error == "polarity is 5.0; it can be 2, 4, 6"
    assert broken.error == "is not an object with mention, from and polarity"


@pytest.mark.parametrize(("polarity", "name"), [(-1, "negative"), (0, "neutral"), ("1", "positive")])
def test_the_hugging_face_variant_counts_from_minus_one(tmp_path: Path, polarity: Any, name: str) -> None:
    line = {"mention": "Kyra", "polarity": polarity, "from": 0, "to": 4, "sentence": "Kyra waits.", "id": "g1"}
    [row] = read(tmp_path / "a.jsonl", json.dumps(line))
    assert row.record == {
        "id": "g1", "text": "Kyra waits.", "mention": "Kyra", "actor": "Kyra", "start": 0,
        "source": "newsmtsc", "sentiment": name,
    }  # fmt: skip


def test_newsmtsc_refuses_what_it_cannot_hold(tmp_path: Path) -> None:
    pair = {"id": "q1", "text": "Kyra waits.", "mention": "Kyra", "start": 0}
    with pytest.raises(InputError, match="record q1 has no sentiment, which NewsMTSC needs"):
        write_rows([pair | {"stance": "none"}], tmp_path / "a.jsonl", "newsmtsc")
    with pytest.raises(InputError, match="no number for the sentiment 'None'"):
        write_rows([pair | {"sentiment": "None"}], tmp_path / "a.jsonl", "newsmtsc")
    assert not list(tmp_path.iterdir())


# CoNLL

SENTENCE = "Oslo\tO\nthanked\tO\nNew\tB-support\nKyra\tI-support\n,\tO\nthen\tO\nKyra\tB-none\n.\tO\n"


def test_tagged_words_are_mentions_of_the_tokens_joined_by_spaces(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    first, second = read(path, f"-DOCSTART-\tO\n\n# sent_id = s1\n{SENTENCE}\n\n", label_is="stance")
    assert detect(path) == "conll"
    assert first.place == "line 3, mention 1"
    assert first.record == {
        "text": "Oslo thanked New Kyra , then Kyra .", "mention": "New Kyra", "actor": "New Kyra", "start": 13,
        "stance": "support", "sent_id": "s1",
    }  # fmt: skip
    assert (second.record["start"], second.record["stance"]) == (29, "none")


def test_without_a_word_on_what_the_tag_is_it_stays_a_bare_label(tmp_path: Path) -> None:
    first, _ = read(tmp_path / "a.txt", SENTENCE)
    assert first.record["label"] == "support"
    first, _ = read(tmp_path / "a.txt", "# label_is = sentiment\n" + SENTENCE)
    assert first.record["sentiment"] == "support"
    first, _ = read(tmp_path / "a.txt", "# label_is = text\n" + SENTENCE)
    assert first.record["label"] == "support"


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("I-a I-a O", [("x y", "a")]),
        ("B-a B-a O", [("x", "a"), ("y", "a")]),
        ("B-a I-b O", [("x", "a"), ("y", "b")]),
        ("S-a S-a U-b", [("x", "a"), ("y", "a"), ("z", "b")]),
        ("B-a E-a B-a", [("x y", "a"), ("z", "a")]),
        ("B-a I-a L-a", [("x y z", "a")]),
    ],
)
def test_every_tagging_scheme_gives_the_same_spans(tmp_path: Path, tags: str, spans: list[tuple[str, str]]) -> None:
    lines = [f"{token} {tag}\n" for token, tag in zip("xyz", tags.split(), strict=True)]
    rows = read(tmp_path / "a.conll", "".join(lines))
    assert [(row.record["mention"], row.record["label"]) for row in rows] == spans


def test_columns_between_token_and_tag_are_passed_over(tmp_path: Path) -> None:
    [row] = read(tmp_path / "a.conll", "-DOCSTART- -X- O\n\nKyra -X- _ B-none\nwaits -X- _ O\n")
    assert (row.record["text"], row.record["label"]) == ("Kyra waits", "none")


def test_the_text_in_a_comment_is_used_where_the_tokens_are_that_text(tmp_path: Path) -> None:
    own, other = read(
        tmp_path / "a.conll",
        '# text = "Kyra," he said.\n"\tO\nKyra\tB-none\n,\tO\n"\tO\nhe\tO\nsaid\tO\n.\tO\n\n'
        "# text = Bern.\nKyra\tB-none\n",
    )
    assert (own.record["text"], own.record["start"]) == ('"Kyra," he said.', 1)
    assert other.record["text"] == "Kyra"


def test_a_block_with_a_line_without_a_tag_is_an_error_and_the_next_is_read(tmp_path: Path) -> None:
    bad, good = read(tmp_path / "a.conll", "Kyra\tB-none\nwaits\n\nOslo\tB-none\ntalks\tO\nand\tO\nso\tO\nx\tO\n")
    assert bad.error == "line 2 does not end in a tag such as B-support or O"
    assert bad.record["raw"] == "Kyra\tB-none\nwaits"
    assert good.record["mention"] == "Oslo"


def test_a_label_without_a_mention_cannot_be_tagged(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="record q1 has no mention that stands in its text"):
        write_rows([{"id": "q1", "text": "Talks resume.", "stance": "none"}], tmp_path / "a.conll", "conll")


# brat

DOCUMENT = "Oslo waited. 😀 Kyra will talk.\r\nThen New\nKyra left."


def brat(folder: Path, annotations: str, text: str = DOCUMENT) -> Path:
    (folder / "doc1.txt").write_bytes(text.encode())
    (folder / "doc1.ann").write_bytes(annotations.encode())
    return folder / "doc1.ann"


def test_a_mark_with_attributes_is_a_judgement_of_its_sentence(tmp_path: Path) -> None:
    path = brat(
        tmp_path,
        "T1\tActor 15 19\tKyra\nA1\tStance T1 support\nA2\tSentiment T1 neutral\nA3\tUnsure T1\n"
        "#1\tAnnotatorNotes T1\tlooks clear\nR1\tNear Arg1:T1 Arg2:T2\n*\tEquiv T1 T2\nT2\tOrganization 0 4\tOslo\n",
    )
    kyra, oslo = read(path)
    assert (kyra.place, detect(path), detect(path.with_suffix(".txt"))) == ("T1 of doc1.ann", "brat", "brat")
    assert kyra.record == {
        "text": "😀 Kyra will talk.", "mention": "Kyra", "actor": "Kyra", "start": 2, "stance": "support",
        "sentiment": "neutral", "sure": False, "note": "looks clear",
    }  # fmt: skip
    assert (oslo.record["text"], oslo.record["label"]) == ("Oslo waited.", "Organization")


def test_a_mark_over_a_line_end_is_one_mention_and_other_gaps_are_errors(tmp_path: Path) -> None:
    text_end = DOCUMENT.index("New")
    joined, parted = read(brat(
        tmp_path,
        f"T1\tActor {text_end} {text_end + 3};{text_end + 4} {text_end + 8}\tNew Kyra\nA1\tStance T1 none\n"
        "T2\tActor 0 4;15 19\tOslo Kyra\n",
    ))  # fmt: skip
    assert (joined.record["mention"], joined.record["stance"]) == ("New\nKyra", "none")
    assert parted.error == "is a mark of several parts; mark the words that name the actor in one piece"


def test_offsets_in_utf16_are_mended_by_the_words_that_brat_quotes(tmp_path: Path) -> None:
    marks = "T1\tsupport 16 20\tKyra\nT2\tsupport 0 4\tBern\n"
    mended, wrong = read(brat(tmp_path, marks, "Oslo waited. 😀 Kyra, Kyra."))
    assert (mended.record["mention"], mended.record["start"]) == ("Kyra", 2)
    assert wrong.error == "the text from 0 to 4 does not read 'Bern'"


def test_a_byte_order_mark_counts_as_it_does_in_brat(tmp_path: Path) -> None:
    [row] = read(brat(tmp_path, "T1\tnone 1 5\tKyra\n", "\ufeffKyra told Kyra."))
    assert (row.record["text"], row.record["start"]) == ("Kyra told Kyra.", 0)


def test_lines_that_are_no_annotations_are_kept_with_their_place(tmp_path: Path) -> None:
    rows = read(brat(tmp_path, "T1 Actor 0 4 Oslo\nA1\tStance T7 none\nT2\tActor 0 4\tOslo\n"))
    assert [row.error is None for row in rows] == [False, False, True]
    assert (rows[0].place, rows[0].record["raw"]) == ("doc1.ann, line 1", "T1 Actor 0 4 Oslo")
    assert rows[2].ignored == "not labelled yet"


def test_two_stances_on_one_mark_are_an_error(tmp_path: Path) -> None:
    [row] = read(brat(tmp_path, "T1\tActor 0 4\tOslo\nA1\tStance T1 none\nA2\tStance T1 oppose\n"))
    assert row.error == "stance has 2 values (none, oppose); give one"


def test_a_folder_is_read_whole_and_a_missing_text_is_said(tmp_path: Path) -> None:
    brat(tmp_path, "T1\tnone 0 4\tOslo\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "doc2.ann").write_text("T1\tActor 0 4\tOslo\n")
    oslo, lost = read(tmp_path)
    assert oslo.record["label"] == "none"
    assert lost.error == "has no text beside it: doc2.txt does not exist"
    with pytest.raises(InputError, match=r"doc2\.txt does not exist"):
        read(tmp_path / "more" / "doc2.ann")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"folder without \.ann"):
        detect(tmp_path / "empty")


ITEM = {"id": "q1", "text": "Kyra waits. Kyra talks.", "actor": "Kyra's envoy", "mention": "Kyra", "start": 12}


def test_a_brat_folder_has_a_document_a_text_and_a_configuration(tmp_path: Path) -> None:
    other = {"id": "q2", "text": "Oslo waits.", "actor": "Oslo", "mention": "Oslo", "start": 0}
    write_rows([ITEM, ITEM | {"id": "q3", "start": 0}, other], tmp_path / "out", "brat")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["000001.ann", "000001.txt", "000002.ann", "000002.txt", "annotation.conf"]
    configuration = (tmp_path / "out" / "annotation.conf").read_text()
    assert "Stance Arg:<ENTITY>, Value:support|conditional|oppose|none" in configuration
    rows = read(tmp_path / "out")
    assert [(row.record["id"], row.record["text"], row.ignored) for row in rows] == [
        ("q1", ITEM["text"], "not labelled yet"), ("q3", ITEM["text"], "not labelled yet"),
        ("q2", "Oslo waits.", "not labelled yet"),
    ]  # fmt: skip
    with pytest.raises(InputError, match="exists already"):
        write_rows([ITEM], tmp_path / "out", "brat")


def test_a_brat_label_that_was_changed_is_no_longer_the_first_annotators(tmp_path: Path) -> None:
    path = tmp_path / "a.ann"
    write_rows([ITEM | {"stance": "none", "annotator": "ann", "note": "a\nb"}], path, "brat")
    [same] = read(path)
    assert same.record == ITEM | {"stance": "none", "annotator": "ann", "note": "a\nb"}
    path.write_text(path.read_text().replace("Stance T1 none", "Stance T1 oppose"))
    [changed] = read(path)
    assert changed.record == ITEM | {"stance": "oppose", "note": "a b"}


def test_a_mark_that_was_moved_is_another_pair_of_the_same_text(tmp_path: Path) -> None:
    path = tmp_path / "a.ann"
    write_rows([ITEM], path, "brat")
    path.write_text(path.read_text().replace("Actor 12 16\tKyra", "Actor 17 22\ttalks") + "A1\tStance T1 none\n")
    [row] = read(path)
    assert (row.record["text"], row.record["mention"], row.record["actor"]) == (ITEM["text"], "talks", "talks")
    assert "id" not in row.record


def test_brat_refuses_a_pair_without_a_mention(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="record q1 has no mention that stands in its text, which brat marks"):
        write_rows([{"id": "q1", "text": "Talks resume."}], tmp_path / "out", "brat")
    assert not list(tmp_path.iterdir())
