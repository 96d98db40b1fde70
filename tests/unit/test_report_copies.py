"""Wire copy that repeats is counted once."""

import random
from datetime import date
from pathlib import Path

from report_parts import analysis, corpus_of, pair

from serving.report.copies import copied_articles, repeated_statements, sentence_key, shingles_of

WORDS = [f"{first}{last}" for first in ("ba", "ko", "li", "mu", "re") for last in ("dan", "fel", "gor", "hin", "sta")]
LONG = "Orsa said that it was ready to begin talks with Velmar in the spring."


def article(seed: int, sentences: int = 20) -> list[str]:
    choose = random.Random(seed)
    return [" ".join(choose.choices(WORDS, k=12)) + "." for _ in range(sentences)]


def pairs_of(texts: list[str]) -> list[dict[str, object]]:
    return [pair(text, "support") for text in texts]


def test_an_article_with_one_sentence_changed_is_a_copy_of_the_earlier_one(tmp_path: Path) -> None:
    original, changed = article(1), [*article(1)[:19], "Something else was added at the end of it."]
    late = analysis(1, *pairs_of(changed), day=date(2024, 3, 2))
    corpus = corpus_of(tmp_path, late, analysis(2, *pairs_of(original), day=date(2024, 3, 1)))
    copies = copied_articles(corpus)
    assert list(copies) == [0]
    assert copies[0].original == 1
    assert 0.8 < copies[0].similarity < 1


def test_an_undated_copy_never_takes_the_place_of_a_dated_article(tmp_path: Path) -> None:
    rows = [analysis(at, *pairs_of(article(1)), day=day) for at, day in enumerate((None, date(2024, 3, 9)))]
    assert list(copied_articles(corpus_of(tmp_path, *rows))) == [0]


def test_articles_that_share_a_quarter_of_their_sentences_are_no_copies(tmp_path: Path) -> None:
    rows = [analysis(at, *pairs_of(article(0)[:5] + article(at + 1)[:15])) for at in range(5)]
    corpus = corpus_of(tmp_path, *rows)
    assert copied_articles(corpus) == {}
    assert len(repeated_statements(corpus, {})) == 4 * 5


def test_bands_lose_no_copy_among_many(tmp_path: Path) -> None:
    rows = []
    for at in range(60):
        texts = article(at)
        rows += [
            analysis(2 * at, *pairs_of(texts)),
            analysis(2 * at + 1, *pairs_of(texts[:17] + article(at + 1000, 3))),
        ]
    copies = copied_articles(corpus_of(tmp_path, *rows))
    assert {copy: each.original for copy, each in copies.items()} == {2 * at + 1: 2 * at for at in range(60)}


def test_a_repeated_sentence_counts_once_for_each_actor(tmp_path: Path) -> None:
    both = [pair(LONG, "support"), pair(LONG, "none", "VEL")]
    other = LONG.replace(" talks", " talks").upper()
    corpus = corpus_of(
        tmp_path,
        analysis(1, *both, pair("Cod was dear.", "none"), day=date(2024, 3, 5)),
        analysis(2, pair(other, "support"), pair("Quite another thing stood here.", "none"), day=date(2024, 3, 1)),
    )
    repeats = repeated_statements(corpus, {})
    assert {(each.statement, each.original) for each in repeats.values()} == {(0, 3)}


def test_a_short_sentence_may_be_said_anew(tmp_path: Path) -> None:
    rows = [analysis(at, pair("Orsa refused to talk.", "oppose"), *pairs_of(article(at))) for at in range(2)]
    assert repeated_statements(corpus_of(tmp_path, *rows), {}) == {}
    assert sentence_key("Orsa refused to talk.") == 0


def test_typography_makes_no_other_sentence() -> None:
    assert sentence_key("“We are ready — at last — to talk,” he said.") == sentence_key(
        '"we are ready - at last - to talk,"  he said.'
    )


def test_shingles_know_texts_of_any_length() -> None:
    assert len(shingles_of([])) == 0
    assert len(shingles_of(["one"])) == 1
    assert len(shingles_of(["one two three four five six"])) == 2
    assert shingles_of(["one two three", "four five"]).tolist() == shingles_of(["One two  three four five!"]).tolist()
