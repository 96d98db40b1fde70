"""Documents in, analyses out: sentences, pairs, and a table of actors with the evidence for each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from model.actors import Registry, load_registry
from model.bundle import RELEASE, load_bundle
from model.errors import LimitError
from model.explanation import explain
from model.positions import actor_table
from model.reading.chains import document_mentions
from model.reading.conditions import Condition, find_condition
from model.reading.mentions import Mention, first_mention
from model.reading.sentences import Sentence, split_sentences
from model.reading.speech import Voiced, read_speech
from model.records import Document, Pair
from model.scorer import Prediction, Scorer
from model.times import is_past

Json = dict[str, Any]

MAX_DOCUMENT_PAIRS = 10_000  # three times what the longest article holds; bounds the time that one takes


class Analyzer:
    """A scorer and a registry: all that reading an article takes. Safe to call from several threads."""

    def __init__(self, scorer: Scorer, registry: Registry) -> None:
        self.scorer = scorer
        self.registry = registry

    @property
    def name(self) -> str:
        """The name of the bundle that answers."""
        return self.scorer.bundle.name

    def score_pairs(self, pairs: Sequence[Pair]) -> list[Prediction]:
        """Score pairs; one without a mention is first looked up in its own text."""
        return self.scorer.score([self.with_mention(pair) for pair in pairs])

    def with_mention(self, pair: Pair) -> Pair:
        """The pair with the words that name its actor, where it came without them and its text has them."""
        found = None if pair.mention else first_mention(pair.text, pair.actor, self.registry)
        return replace(pair, mention=found[0], start=found[1]) if found else pair

    def explain(self, pair: Pair) -> Json:
        """The answer for a pair, and by how much each word of its text moved it (`model.explanation`)."""
        pair = self.with_mention(pair)
        [prediction] = self.scorer.score([pair])
        words = explain(self.scorer, pair, prediction.stance)
        return {"actor": pair.actor, **prediction.as_json(), "words": [vars(word) for word in words]}

    def analyze(self, document: Document, actors: Sequence[str] | None = None) -> Json:
        """The analysis of one document, in the form that the HTTP service and the files share.

        `actors` names further parties to look for, beside those of the registry. LimitError where the document
        refers to actors more than MAX_DOCUMENT_PAIRS times.
        """
        sentences = document_sentences(document)
        found = find_pairs(sentences, self.registry.extended(actors or ()), document.published)
        if len(found) > MAX_DOCUMENT_PAIRS:
            raise LimitError(
                f"text: refers to actors {len(found):,} times; give it in parts of at most {MAX_DOCUMENT_PAIRS:,}"
            )
        contexts = contexts_of(sentences, bool(document.title), self.scorer.bundle.context_read)
        past = [is_past(sentence.text, document.published) for sentence in sentences]
        predictions = self.scorer.score(
            [_pair(sentence, each.mention, contexts[sentence.index]) for sentence, each in found]
        )
        pairs = [
            _pair_json(sentence, each, prediction, past[sentence.index])
            for (sentence, each), prediction in zip(found, predictions, strict=True)
        ]
        return {
            "id": document.id,
            "title": document.title,
            "model": self.name,
            "sentences": [vars(sentence) for sentence in sentences],
            "pairs": pairs,
            "actors": self._actor_rows(pairs, [each.mention for _, each in found]),
        }

    def _actor_rows(self, pairs: Sequence[Json], mentions: Sequence[Mention]) -> list[Json]:
        calibrated = bool(self.scorer.bundle.manifest["calibration"].get("rows"))
        known = {mention.actor.id: mention.actor for mention in mentions}
        return [
            row | {"type": known[row["actor"]].type, "resolved": known[row["actor"]].resolved}
            for row in actor_table(pairs, calibrated)
        ]


def load_analyzer(bundle_folder: Path = RELEASE) -> Analyzer:
    """Load a bundle and the registry; BundleError or InputError says what is wrong."""
    return Analyzer(Scorer(load_bundle(bundle_folder)), load_registry())


def document_sentences(document: Document) -> list[Sentence]:
    """The title, where there is one, as sentence 0, then the sentences of the text."""
    body = split_sentences(document.text)
    if not document.title:
        return body
    title = Sentence(0, 0, len(document.title), document.title)
    return [title, *(replace(sentence, index=sentence.index + 1) for sentence in body)]


def find_pairs(
    sentences: Sequence[Sentence], registry: Registry, day: date | None = None
) -> list[tuple[Sentence, Voiced]]:
    """Each sentence with each actor that it refers to, once, at the first mention, in order."""
    voiced = read_speech(sentences, document_mentions(sentences, registry, day))
    return [
        (sentence, each)
        for sentence, of_sentence in zip(sentences, voiced, strict=True)
        for each in _one_per_actor(of_sentence)
    ]


def _one_per_actor(voiced: Sequence[Voiced]) -> list[Voiced]:
    first: dict[str, Voiced] = {}
    for each in sorted(voiced, key=lambda each: each.mention.start):
        first.setdefault(each.mention.actor.id, each)
    return list(first.values())


def contexts_of(sentences: Sequence[Sentence], has_title: bool, most: int) -> list[str | None]:
    """For each sentence, the text of at most `most` sentences before it; the title is nobody's context."""
    first = 1 if has_title else 0
    return [
        " ".join(each.text for each in sentences[max(first, index - most) : index]) or None
        for index in range(len(sentences))
    ]


def _pair(sentence: Sentence, mention: Mention, context: str | None) -> Pair:
    return Pair(sentence.text, mention.actor.name, mention.text, mention.start, context)


def _pair_json(sentence: Sentence, voiced: Voiced, prediction: Prediction, past: bool) -> Json:
    mention = voiced.mention
    condition = find_condition(sentence.text, mention) if prediction.stance == "conditional" else None
    return {
        "sentence": sentence.index, "actor": mention.actor.id, "actor_name": mention.actor.name,
        "mention": mention.text, "start": mention.start, "end": mention.end, **prediction.as_json(),
        "voice": voiced.voice, "past": past, "condition": _condition_json(condition),
    }  # fmt: skip


def _condition_json(condition: Condition | None) -> Json | None:
    if condition is None:
        return None
    return {"text": condition.text, "start": condition.start, "end": condition.end, "kind": condition.kind}
