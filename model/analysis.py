"""Documents in, analyses out: sentences, pairs, and a table of actors with the evidence for each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from model.actors import Registry, load_registry
from model.bundle import RELEASE, load_bundle
from model.labels import STANCES
from model.mentions import first_mention, mentions_in, one_per_actor
from model.records import Document, Pair
from model.scorer import Prediction, Scorer
from model.sentences import Sentence, split_sentences

Json = dict[str, Any]


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
        return self.scorer.score([self._with_mention(pair) for pair in pairs])

    def analyze(self, document: Document, actors: Sequence[str] | None = None) -> Json:
        """The analysis of one document, in the form that the HTTP service and the files share.

        `actors` names further parties to look for, beside those of the registry.
        """
        registry = self.registry.extended(actors or ())
        sentences = document_sentences(document)
        found = [
            (sentence, mention)
            for sentence in sentences
            for mention in one_per_actor(mentions_in(sentence.text, registry))
        ]
        pairs = [Pair(sentence.text, mention.actor.name, mention.text, mention.start) for sentence, mention in found]
        scored = [
            {
                "sentence": sentence.index, "actor": mention.actor.id, "actor_name": mention.actor.name,
                "mention": mention.text, "start": mention.start, "end": mention.end,
                **prediction.as_json(), "voice": None, "condition": None,
            }
            for (sentence, mention), prediction in zip(found, self.scorer.score(pairs), strict=True)
        ]  # fmt: skip
        return {
            "id": document.id,
            "title": document.title,
            "model": self.name,
            "sentences": [vars(sentence) for sentence in sentences],
            "pairs": scored,
            "actors": actor_table(scored),
        }

    def _with_mention(self, pair: Pair) -> Pair:
        found = None if pair.mention else first_mention(pair.text, pair.actor, self.registry)
        return replace(pair, mention=found[0], start=found[1]) if found else pair


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


def actor_table(pairs: Sequence[Json]) -> list[Json]:
    """One row an actor, the most mentioned first: counts, position, and the pairs that show it."""
    by_actor: dict[str, list[int]] = defaultdict(list)
    for index, pair in enumerate(pairs):
        by_actor[pair["actor"]].append(index)
    rows = [_actor_row([(index, pairs[index]) for index in indexes]) for indexes in by_actor.values()]
    return sorted(rows, key=lambda row: -sum(row["stances"].values()))


def _actor_row(pairs: Sequence[tuple[int, Json]]) -> Json:
    """Position: the stance other than `none` with the most probability, over the pairs that are sure of one."""
    weight: dict[str, float] = defaultdict(float)
    for _, pair in pairs:
        if pair["stance"] != "none" and not pair["abstained"]:
            weight[pair["stance"]] += pair["stance_probabilities"][pair["stance"]]
    position = max(weight, key=weight.__getitem__) if weight else "none"
    evidence = [(index, pair["stance_probabilities"][position]) for index, pair in pairs if pair["stance"] == position]
    return {
        "actor": pairs[0][1]["actor"],
        "actor_name": pairs[0][1]["actor_name"],
        "stances": {stance: sum(pair["stance"] == stance for _, pair in pairs) for stance in STANCES},
        "abstained": sum(pair["abstained"] for _, pair in pairs),
        "position": position,
        "evidence": [index for index, _ in sorted(evidence, key=lambda each: -each[1])],
    }
