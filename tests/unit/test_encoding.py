from dataclasses import replace
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from model.encoding import EncodedPair, Marking, PairEncoder, call_inputs, collate
from model.records import Pair

TEXT = "Arda refuses every meeting again"
PAIR = Pair(TEXT, "Arda", "Arda", 0)


def encoder(folder: Path, marking: Marking, max_length: int = 64) -> PairEncoder:
    return PairEncoder(Tokenizer.from_file(str(folder / "tokenizer.json")), marking, max_length)


def target_text(encoder: PairEncoder, encoded: EncodedPair) -> str:
    return encoder.tokenizer.decode(encoded.ids[slice(*encoded.target)])


@pytest.mark.parametrize("marking", list(Marking))
def test_the_target_is_the_mention(tiny_encoder: Path, marking: Marking) -> None:
    tool = encoder(tiny_encoder, marking)
    [encoded] = tool.encode([PAIR])
    assert target_text(tool, encoded) == "arda"


@pytest.mark.parametrize("marking", list(Marking))
def test_an_actor_that_is_not_named_is_read_in_the_second_segment(tiny_encoder: Path, marking: Marking) -> None:
    tool = encoder(tiny_encoder, marking)
    [encoded] = tool.encode([Pair(TEXT, "Belun")])
    assert target_text(tool, encoded) == "belun"
    assert encoded.types[encoded.target[0]] == 1


def test_the_sentence_ends_where_its_context_begins(tiny_encoder: Path) -> None:
    tool = encoder(tiny_encoder, Marking.SPAN)
    alone, after = tool.encode([PAIR, replace(PAIR, context="Belun refuses every meeting.")])
    assert alone.text == (0, len(alone))
    assert after.text == alone.text
    assert len(after) > len(alone)


def test_a_call_holds_one_text_and_the_targets_of_its_pairs(tiny_encoder: Path) -> None:
    tool = encoder(tiny_encoder, Marking.SPAN)
    inputs = call_inputs(tool.encode([PAIR, Pair(TEXT, "meeting", "meeting", TEXT.index("meeting"))]))
    assert inputs["input_ids"].shape[0] == inputs["text_mask"].shape[0] == 1
    assert inputs["target_mask"].shape[0] == 2


def test_the_second_of_two_mentions_can_be_meant(tiny_encoder: Path) -> None:
    tool = encoder(tiny_encoder, Marking.SPAN)
    text = "Arda refuses Arda"
    first, second = tool.encode([Pair(text, "Arda", "Arda", 0), Pair(text, "Arda", "Arda", 13)])
    assert first.ids == second.ids
    assert first.target[1] <= second.target[0]


@pytest.mark.parametrize("marking", list(Marking))
@pytest.mark.parametrize("start", [0, 1998, 3996])
def test_a_long_text_is_cut_to_a_window_that_holds_the_mention(
    tiny_encoder: Path, marking: Marking, start: int
) -> None:
    tool = encoder(tiny_encoder, marking, max_length=32)
    words = "again " * 1000
    text = f"{words[:start]}Arda {words[start:]}"
    [encoded] = tool.encode([Pair(text, "Arda", "Arda", text.index("Arda"))])
    assert len(encoded) <= 32
    assert target_text(tool, encoded) == "arda"


def test_a_mention_longer_than_the_window_is_cut(tiny_encoder: Path) -> None:
    tool = encoder(tiny_encoder, Marking.BOTH, max_length=16)
    name = "Arda " * 40 + "Arda"
    [encoded] = tool.encode([Pair(f"{name} refuses", name, name, 0)])
    assert len(encoded) <= 16
    assert encoded.target[0] < encoded.target[1] <= 16


def test_context_is_read_and_dropped_first_when_room_is_short(tiny_encoder: Path) -> None:
    tool = encoder(tiny_encoder, Marking.SPAN, max_length=16)
    [plain] = tool.encode([PAIR])
    [short] = tool.encode([Pair(TEXT, "Arda", "Arda", 0, context="Belun refuses")])
    [long] = tool.encode([Pair(TEXT, "Arda", "Arda", 0, context="Belun refuses " * 20)])
    assert len(short) > len(plain)
    assert long == plain


def test_a_batch_is_padded_and_masked(tiny_encoder: Path) -> None:
    tool = encoder(tiny_encoder, Marking.SPAN)
    batch = collate(tool.encode([PAIR, Pair("Arda refuses", "Arda", "Arda", 0)]))
    assert batch["input_ids"].shape == batch["target_mask"].shape
    assert batch["attention_mask"][1].sum() < batch["attention_mask"][0].sum()
    assert batch["target_mask"][1].sum() == 1
