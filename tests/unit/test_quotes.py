"""Which words of a document stand inside quotation marks."""

import pytest

from model.analysis import document_sentences
from model.reading.quotes import masked, paragraphs_of, quoted_spans
from model.reading.sentences import Sentence
from model.records import Document


def quoted(*texts: str) -> list[str]:
    """The quoted words of sentences that follow one another in one paragraph."""
    at, sentences = 0, []
    for index, text in enumerate(texts):
        sentences.append(Sentence(index, at, at + len(text), text))
        at += len(text) + 1
    spans = quoted_spans(sentences)
    return [text[start:end] for text, each in zip(texts, spans, strict=True) for start, end in each]


@pytest.mark.parametrize(
    "quotation",
    [
        '"We will come."',
        "“We will come.”",
        "„We will come.“",
        "«We will come.»",
        "»We will come.«",
        "``We will come.''",
    ],
)
def test_marks_of_every_kind_enclose_a_quotation(quotation: str) -> None:
    assert quoted(f"{quotation} he said.") == [quotation]


@pytest.mark.parametrize("quotation", ["'We will come,'", "‘We will come,’"])
def test_single_marks_enclose_a_quotation(quotation: str) -> None:
    assert quoted(f"{quotation} the envoy's deputy said.") == [quotation]


def test_apostrophes_and_plural_possessives_are_no_marks() -> None:
    assert quoted("The rebels' offer wasn't the army's, and the '90s are over.") == []


def test_a_single_quotation_holds_a_plural_possessive() -> None:
    assert quoted("'The rebels' offer is dead,' he said.") == ["'The rebels' offer is dead,'"]


def test_a_sentence_holds_several_quotations() -> None:
    assert quoted('"Yes," he said, "but not in Lund."') == ['"Yes,"', '"but not in Lund."']


def test_a_quotation_runs_over_sentences() -> None:
    assert quoted("“We are ready.", "They are not.”", "He left.") == ["“We are ready.", "They are not.”"]


def test_a_paragraph_that_opens_with_a_mark_continues_the_quotation_of_the_one_before() -> None:
    document = Document('"We are ready. They know it.\n\n"We shall wait," he said.\n\nThe hall was empty.')
    sentences = document_sentences(document)
    spans = quoted_spans(sentences)
    inside = [sentence.text[start:end] for sentence, each in zip(sentences, spans, strict=True) for start, end in each]
    assert "They know it." in " ".join(inside)
    assert '"We shall wait,"' in inside
    assert spans[-1] == []


def test_a_lost_closing_mark_ends_with_its_sentence() -> None:
    assert quoted('He said "we will come.', "The army did not.") == ['"we will come.']


def test_a_lost_opening_mark_is_taken_to_be_at_the_start() -> None:
    assert quoted('We will come," he said.') == ['We will come,"']


def test_marks_set_apart_by_spaces_are_read_in_turn() -> None:
    assert quoted('" We will come , " he said .') == ['" We will come , "']


def test_a_title_is_a_paragraph_of_its_own() -> None:
    sentences = document_sentences(Document("They met. They ate.\n\nThey left.", title="A meeting"))
    assert paragraphs_of(sentences) == [range(0, 1), range(1, 3), range(3, 4)]


def test_masking_keeps_every_offset() -> None:
    assert masked('He said "no" twice.', [(8, 12)]) == "He said \0\0\0\0 twice."


@pytest.mark.parametrize(
    "text", ["", '"', '""', '"' * 10_000, "'" * 10_000, "“" * 5_000 + "”" * 5_000, '\u202e"\u05d0\u05d1" \u05d2']
)
def test_odd_marks_give_spans_in_order_inside_the_text(text: str) -> None:
    (spans,) = quoted_spans([Sentence(0, 0, len(text), text)])
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


def test_no_sentences_give_no_spans() -> None:
    assert quoted_spans([]) == []
