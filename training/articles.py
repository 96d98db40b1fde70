"""Labelled articles as training rows, each sentence with those before it.

python -m training.articles seeds/articles > seeds/pairs/articles.jsonl
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from model.actors import Registry, load_registry
from model.analysis import contexts_of, document_sentences
from model.errors import InputError
from model.records import Document

CONTEXT_SENTENCES: Final = 2

Json = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder of labelled articles; those of the side train are taken")
    registry = load_registry()
    for article in load_articles(parser.parse_args().folder, "train"):
        for row in rows_of_article(article, registry):
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def load_articles(folder: Path, split: str) -> list[Json]:
    """The labelled articles of a folder that are of one side: train, dev or test; by file name."""
    articles = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]
    return [article for article in articles if article["split"] == split]


def rows_of_article(article: Json, registry: Registry) -> Iterator[Json]:
    """One row a labelled pair; InputError where its sentence is none of the article's."""
    document = Document(article["text"], title=article["title"])
    sentences = document_sentences(document)
    contexts = contexts_of(sentences, bool(document.title), CONTEXT_SENTENCES)
    place = {sentence.text: sentence.index for sentence in reversed(sentences)}
    seen: Counter[int] = Counter()
    for gold in article["gold"]:
        at = place.get(gold["sentence"])
        if at is None:
            raise InputError(f"{article['id']}: {gold['sentence']!r} is no sentence of the article")
        known = registry.actors.get(gold["actor"])
        row = {
            "id": f"article-{article['id']}-{at}#{seen[at]}", "text": gold["sentence"],
            "actor": known.name if known else gold["actor"], "mention": gold["mention"], "start": gold["start"],
            "stance": gold["stance"], "sentiment": gold["sentiment"], "topic": f"article-{article['id']}",
            "register": "headline" if at == 0 else article["register"], "rule": "", "source": "parley",
        }  # fmt: skip
        seen[at] += 1
        if contexts[at]:
            row["context"] = contexts[at]
        if gold.get("alternative") not in (None, gold["stance"]):
            row |= {"sure": False, "alternative": gold["alternative"]}
        yield row


if __name__ == "__main__":
    main()
