"""Reading, all but the scoring, of texts that no newspaper prints: right offsets, in a time that grows with them."""

import time
from collections.abc import Sequence

import pytest
from hostile_texts import CROWDED, UNITS, grown, known_actors, unknown_parties

from model.actors import Registry, load_registry
from model.analysis import document_sentences, find_pairs
from model.reading.conditions import find_condition
from model.reading.sentences import MAX_SENTENCE_CHARACTERS, Sentence, split_sentences
from model.reading.speech import Voiced
from model.records import MAX_TITLE_CHARACTERS, Document
from model.times import is_past

LENGTH = 20_000
SECONDS = 15  # of processor time; what is quadratic takes minutes at ten times the length


@pytest.fixture(scope="module")
def registry() -> Registry:
    registry = load_registry()
    registry.resolve("Moscow")  # what is built at the first use counts for no text
    find_pairs(split_sentences("Moscow will talk."), registry)
    return registry


def read(document: Document, registry: Registry) -> tuple[Sequence[Sentence], list[tuple[Sentence, Voiced]]]:
    """Read a document and check every offset of it."""
    begin = time.process_time()
    sentences = document_sentences(document)
    pairs = find_pairs(sentences, registry, document.published)
    for sentence, voiced in pairs:
        mention = voiced.mention
        assert sentence.text[mention.start : mention.start + len(mention.text)] == mention.text != ""
        is_past(sentence.text, document.published)
        condition = find_condition(sentence.text, mention)
        assert condition is None or sentence.text[condition.start : condition.end] == condition.text
    assert time.process_time() - begin < SECONDS
    for sentence in sentences[1 if document.title else 0 :]:
        assert document.text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert 0 < len(sentence.text) <= MAX_SENTENCE_CHARACTERS
    return sentences, pairs


@pytest.mark.parametrize("name", [*UNITS, *CROWDED])
def test_a_repeated_unit_is_read_in_bounded_time(name: str, registry: Registry) -> None:
    text = grown({**UNITS, **CROWDED}[name], LENGTH)
    sentences, _ = read(Document(text, title=text[:MAX_TITLE_CHARACTERS], date="2021-07-01"), registry)
    kept = "".join(sentence.text for sentence in sentences[1:])
    assert "".join(kept.split()) == "".join(text.split())  # nothing of the text is lost or doubled


def test_one_sentence_of_many_parties_is_read_in_bounded_time(registry: Registry) -> None:
    _, unknown = read(Document(unknown_parties(LENGTH)), registry)
    _, known = read(Document(known_actors(registry, LENGTH)), registry)
    assert len(unknown) > 400
    assert len(known) > 400


def test_every_character_that_exists_is_read(registry: Registry) -> None:
    for start in (0, 0x3000, 0x10000, 0x1F000, 0xE0000):
        read(Document("".join(f"{chr(code)} Moscow{chr(code)}" for code in range(start, start + 2_000))), registry)


@pytest.mark.parametrize("pause", ["\n", ". ", "; ", ", ", " "])
def test_what_has_no_end_is_cut_where_it_pauses(pause: str) -> None:
    line = "x" * (MAX_SENTENCE_CHARACTERS - 100) + pause
    assert [each.text for each in split_sentences(line + line)] == [line.rstrip()] * 2


def test_a_word_without_end_is_cut_where_it_must_be() -> None:
    lengths = [len(each.text) for each in split_sentences("x" * (MAX_SENTENCE_CHARACTERS + 1))]
    assert lengths == [MAX_SENTENCE_CHARACTERS, 1]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The envoy, Ms. Valverde, left. Ms. Lee stayed.", ["The envoy, Ms. Valverde, left.", "Ms. Lee stayed."]),
        ("Nobody believes me. A guard laughed.", ["Nobody believes me.", "A guard laughed."]),
        ('"Nobody believes me." A guard laughed.', ['"Nobody believes me."', "A guard laughed."]),
        ("He asked me. “Go,” I said.", ["He asked me.", "“Go,” I said."]),
        ("He lives in Bangor, Me. with a dog.", ["He lives in Bangor, Me. with a dog."]),
    ],
)
def test_titles_and_pronouns_do_not_mislead_the_splitter(text: str, sentences: list[str]) -> None:
    assert [each.text for each in split_sentences(text)] == sentences
