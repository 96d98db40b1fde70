"""Who is found in public texts: python -m benchmarks.mentions data/re3d/documents.jsonl data/voa/dev.jsonl

re3d (whole documents, entities marked): of the mentions found that touch an entity which people marked, the share
that is an organisation, a person or a nationality rather than only a place; and the share of the entities that name a
political party that are found. VOA (single sentences, one actor a row): the share of the rows' actors that are found.
VOA rows are a lower bound: a sentence alone does not say who "the rebels" or an unknown "Mr. Aziz" is.
"""

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from model.actors import Registry, load_registry
from model.reading.chains import document_mentions
from model.reading.roles import role_after
from model.reading.sentences import Sentence, split_sentences

PARTS: Final = {"all": slice(None), "even": slice(0, None, 2), "odd": slice(1, None, 2)}
ACTORS: Final = ("Organisation", "Person", "Nationality")
# What names a country and yet no party: its people, private bodies, chance groups.
NO_PARTY: Final = re.compile(
    r"\b(?:people|civilians|families|communit\w+|group of|alumni|businesses|citizens|refugees|conference|parties)\b",
    re.I,
)

Json = dict[str, Any]
Span = tuple[int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path, help="documents.jsonl of re3d")
    parser.add_argument("rows", type=Path, help="rows of VOA sentences with text, mention and start")
    parser.add_argument(
        "--part", choices=PARTS, default="odd", help="which re3d documents; the rules saw the even ones"
    )
    arguments = parser.parse_args()
    registry = load_registry()
    report = {
        "re3d": whole_documents(_read(arguments.documents)[PARTS[arguments.part]], registry),
        "voa": single_sentences(_read(arguments.rows), registry),
    }
    print(json.dumps(report, indent=1))


def whole_documents(documents: Sequence[Json], registry: Registry) -> Json:
    """Precision against places, and recall over the entities that name a party."""
    right = wrong = unmarked = found = named = 0
    for document in documents:
        spans = mention_spans(split_sentences(document["text"]), registry)
        for span in spans:
            types = [entity["type"] for entity in document["entities"] if _meet(span, _span(entity))]
            right += any(kind in ACTORS for kind in types)
            wrong += bool(types) and not any(kind in ACTORS for kind in types)
            unmarked += not types
        parties = [entity for entity in document["entities"] if names_party(entity, registry)]
        named += len(parties)
        found += sum(any(_meet(span, _span(entity)) for span in spans) for entity in parties)
    return {
        "documents": len(documents),
        "mentions": right + wrong + unmarked,
        "precision": right / (right + wrong),
        "unmarked": unmarked,
        "parties": named,
        "recall": found / named,
    }


def single_sentences(rows: Sequence[Json], registry: Registry) -> Json:
    """Recall over the actors of rows."""
    spans = {row["text"]: mention_spans([Sentence(0, 0, len(row["text"]), row["text"])], registry) for row in rows}
    found = sum(
        any(_meet(span, (row["start"], row["start"] + len(row["mention"]))) for span in spans[row["text"]])
        for row in rows
    )
    return {"rows": len(rows), "recall": found / len(rows)}


def mention_spans(sentences: Sequence[Sentence], registry: Registry) -> list[Span]:
    """Where the mentions of a document stand, in characters of the document."""
    return [
        (sentence.start + mention.start, sentence.start + mention.end)
        for sentence, mentions in zip(sentences, document_mentions(sentences, registry), strict=True)
        for mention in mentions
    ]


def names_party(entity: Json, registry: Registry) -> bool:
    """An organisation whose words end in an actor's name, or in a role behind one, and that is no people or company."""
    text = entity["text"].strip()
    if entity["type"] != "Organisation" or NO_PARTY.search(text):
        return False
    for match in registry.matches(text):
        role = role_after(text[: match.start], text[match.end :])
        if match.actor.type != "place" and (match.end == len(text) or role is not None):
            return True
    return False


def _read(file: Path) -> list[Json]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _span(entity: Json) -> Span:
    return entity["start"], entity["end"]


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


if __name__ == "__main__":
    main()
