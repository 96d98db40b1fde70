"""Whom a pronoun or a common noun means where the rules do not say: learned weights decide, or leave it open.

The rules (`model.chains`, `model.speech`) run first. For each candidate that they leave (`model.link_features`) the weights
of `links.json`, which `training.links` fits, give the log-odds of each actor; the likeliest one is meant, several are by a
collective, if it passes the threshold (Denis and Baldridge 2008: candidates ranked, "nobody" among them).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

from model.link_features import Choice, LinkReader
from model.mentions import Mention
from model.sentences import Sentence
from model.speech import Voiced

WEIGHTS: Final = Path(__file__).with_name("links.json")
SEVERAL: Final = ("collective", "they")  # the forms that may mean more than one actor
MOST_MEANT: Final = 4  # actors that they mean


@dataclass(frozen=True)
class LinkWeights:
    """The log-odds that each feature adds, and the least sum for a link; without one nothing is linked."""

    intercept: float
    weights: Mapping[str, float]
    threshold: float | None

    def score(self, choice: Choice) -> float:
        return self.intercept + sum(self.weights.get(feature, 0.0) for feature in choice.features)


def add_links(sentences: Sequence[Sentence], voiced: Sequence[Sequence[Voiced]]) -> list[list[Mention]]:
    """The mentions, of kind "link", that each sentence has beyond those in `voiced`: none of an actor that it has there.

    `voiced` is the answer of `model.speech.read_speech`, one list a sentence; so is the answer.
    """
    return links_by(load_link_weights(), sentences, voiced)


def links_by(
    weights: LinkWeights, sentences: Sequence[Sentence], voiced: Sequence[Sequence[Voiced]]
) -> list[list[Mention]]:
    """As `add_links`, by weights of one's own."""
    if weights.threshold is None:
        return [[] for _ in sentences]
    reader = LinkReader(sentences, voiced)
    added = []
    for index in range(len(sentences)):
        links = _chosen(reader.choices(index), weights, weights.threshold)
        reader.close(index, links)
        added.append(links)
    return added


@cache
def load_link_weights(file: Path = WEIGHTS) -> LinkWeights:
    """The weights that ship with Parley, or others of that form."""
    return LinkWeights(**json.loads(file.read_text(encoding="utf-8")))


def likeliest(choices: Iterable[Choice], weights: LinkWeights) -> list[tuple[float, Choice]]:
    """The best choices of each candidate with their log-odds, one or as many as its form may mean."""
    best: list[tuple[float, Choice]] = []
    for _, of_span in groupby(choices, key=lambda choice: choice.span.start):
        scored = sorted(((weights.score(choice), choice) for choice in of_span), key=lambda each: -each[0])
        best += scored[: MOST_MEANT if scored[0][1].span.form in SEVERAL else 1]
    return best


def _chosen(choices: Sequence[Choice], weights: LinkWeights, threshold: float) -> list[Mention]:
    links: dict[str, Mention] = {}
    for score, choice in likeliest(choices, weights):
        if score >= threshold:
            mention = Mention(choice.actor, choice.span.text, choice.span.start, "link")
            links.setdefault(choice.actor.id, mention)
    return list(links.values())
