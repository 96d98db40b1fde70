"""Fits the weights of `model.links` to articles whose pairs are known: python -m training.links [FOLDER ...]

A logistic regression with few weights on the choices of all candidates, those that the rules have read too, which the
feature "left by the rules" tells from the others. The threshold comes from cross-validation over whole articles: the
lowest one at which at least PRECISION of the links are right, none where there is no such. What is printed of links was
measured on articles that neither the weights nor the threshold have seen.
"""

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from model.actors import Registry, load_registry
from model.analysis import document_sentences
from model.chains import document_mentions
from model.errors import InputError
from model.folders import SEEDS
from model.link_features import Choice, LinkReader
from model.links import WEIGHTS, LinkWeights, likeliest, links_by
from model.mentions import Mention
from model.records import Document
from model.sentences import Sentence
from model.speech import Voiced, read_speech

FOLDS: Final = 8
SEED: Final = 3
STRENGTH: Final = 0.2  # of the evidence against the penalty on weights (scikit-learn's C); keeps about 100 of them
FEWEST: Final = 12  # choices that a feature must hold of
PRECISION: Final = 0.7
ENOUGH: Final = 20  # links by which the precision is judged
FOLDERS: Final = (SEEDS / "articles_train", SEEDS / "articles")
DIGITS: Final = 3

Json = dict[str, Any]
Key = tuple[int, str]  # sentence, actor


@dataclass(frozen=True)
class Example:
    """A choice and whether it is right."""

    choice: Choice
    right: bool


@dataclass(frozen=True)
class Article:
    """An article as the rules read it, its gold pairs by sentence and actor, and what it teaches."""

    id: str
    sentences: list[Sentence]
    mentions: list[list[Mention]]
    voiced: list[list[Voiced]]
    gold: dict[Key, Json]
    examples: list[Example]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=FOLDERS, help="folders of articles with gold pairs")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    registry = load_registry()
    articles = [read_article(article, registry) for article in load_articles(arguments.folders)]
    print(json.dumps(measured(articles), indent=1))
    save(fit_with_threshold(articles), arguments.out)


def load_articles(folders: Sequence[Path]) -> list[Json]:
    """Every article of the folders but those set aside for tests."""
    files = [file for folder in folders for file in sorted(folder.glob("*.json"))]
    articles = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    kept = [article for article in articles if article["split"] != "test"]
    if len(kept) < FOLDS:
        named = ", ".join(str(folder) for folder in folders)
        raise InputError(f"{named}: {len(kept)} articles beside those for tests; the fit needs at least {FOLDS}")
    return kept


def read_article(article: Json, registry: Registry) -> Article:
    document = Document(article["text"], id=article["id"], title=article["title"], date=article["date"])
    sentences = document_sentences(document)
    mentions = document_mentions(sentences, registry, document.published)
    place = {sentence.text: sentence.index for sentence in reversed(sentences)}
    gold = {(place[row["sentence"]], folded(row["actor"])): row for row in article["gold"]}
    voiced = read_speech(sentences, mentions)
    return Article(article["id"], sentences, mentions, voiced, gold, examples_of(sentences, voiced, gold))


def folded(actor: str) -> str:
    """An actor that no registry knows is known by its name, with or without its article."""
    return actor.casefold().removeprefix("the ")


def examples_of(
    sentences: Sequence[Sentence], voiced: Sequence[Sequence[Voiced]], gold: Mapping[Key, Json]
) -> list[Example]:
    """Every choice of an article with its answer; what is right is known to the sentences after.

    A sentence whose gold pair has other words than the candidate tells nothing of that candidate and that actor.
    """
    reader = LinkReader(sentences, voiced)
    found: list[Example] = []
    for index in range(len(sentences)):
        known = {each.mention.actor.id for each in voiced[index]}
        links: dict[str, Mention] = {}
        for choice in reader.choices(index, with_known=True):
            row = gold.get((index, folded(choice.actor.id)))
            right = row is not None and _overlaps(choice, row)
            if row is None or right:
                found.append(Example(choice, right))
            if right and choice.actor.id not in known:
                mention = Mention(choice.actor, choice.span.text, choice.span.start, "link")
                links.setdefault(choice.actor.id, mention)
        reader.close(index, list(links.values()))
    return found


def _overlaps(choice: Choice, row: Json) -> bool:
    return choice.span.start < row["start"] + len(row["mention"]) and row["start"] < choice.span.end


def fit(examples: Sequence[Example]) -> LinkWeights:
    """The weights, without a threshold. Deterministic."""
    counts = Counter(feature for example in examples for feature in example.choice.features)
    rows = [{feature: 1.0 for feature in example.choice.features if counts[feature] >= FEWEST} for example in examples]
    vectors = DictVectorizer(sparse=False)
    model = LogisticRegression(C=STRENGTH, l1_ratio=1.0, solver="liblinear", max_iter=2000, random_state=SEED)
    model.fit(vectors.fit_transform(rows), [example.right for example in examples])
    named = zip(vectors.feature_names_, model.coef_[0], strict=True)
    kept = {name: round(float(value), DIGITS) for name, value in sorted(named) if round(float(value), DIGITS)}
    return LinkWeights(round(float(model.intercept_[0]), DIGITS), kept, None)


def fit_with_threshold(articles: Sequence[Article]) -> LinkWeights:
    """Weights of all the articles, the threshold by cross-validation over them."""
    scored: list[tuple[float, bool]] = []
    for training, held in _folds(len(articles)):
        weights = fit([example for index in training for example in articles[index].examples])
        scored += [answer for index in held for answer in answers_to(weights, articles[index])]
    weights = fit([example for article in articles for example in article.examples])
    return replace(weights, threshold=lowest_threshold(scored))


def answers_to(weights: LinkWeights, article: Article) -> list[tuple[float, bool]]:
    """The log-odds of the best choices that the rules leave, and whether the gold pairs have them."""
    reader = LinkReader(article.sentences, article.voiced)
    found: list[tuple[float, bool]] = []
    for index in range(len(article.sentences)):
        best = likeliest(reader.choices(index), weights)
        found += [(score, (index, folded(choice.actor.id)) in article.gold) for score, choice in best]
        reader.close(index, [])
    return found


def lowest_threshold(scored: Sequence[tuple[float, bool]]) -> float | None:
    """The lowest score from which on at least PRECISION are right; None where ENOUGH never are so many."""
    right, lowest = 0, None
    for count, (score, is_right) in enumerate(sorted(scored, reverse=True), start=1):
        right += is_right
        if count >= ENOUGH and right / count >= PRECISION:
            lowest = round(score, DIGITS)
    return lowest


def measured(articles: Sequence[Article]) -> Json:
    """The pairs of the rules alone and those with links, by weights and a threshold that never saw the article."""
    ruled: list[set[Key]] = []
    linked: list[set[Key]] = []
    links: list[set[Key]] = []
    gold: list[set[Key]] = []
    for training, held in _folds(len(articles)):
        weights = fit_with_threshold([articles[index] for index in training])
        for article in (articles[index] for index in held):
            added = links_by(weights, article.sentences, article.voiced)
            both = [[*here, *more] for here, more in zip(article.mentions, added, strict=True)]
            ruled.append(_pairs_of(article.voiced))
            linked.append(_pairs_of(read_speech(article.sentences, both)))
            links.append(_pairs(added))
            gold.append(set(article.gold))
    return {
        "articles": len(articles),
        "rules": _scores(ruled, gold),
        "with_links": _scores(linked, gold),
        "links_alone": _scores(links, gold),
    }


def _scores(found: Sequence[set[Key]], gold: Sequence[set[Key]]) -> Json:
    right = sum(len(these & those) for these, those in zip(found, gold, strict=True))
    all_found, all_gold = sum(map(len, found)), sum(map(len, gold))
    return {
        "found": all_found,
        "right": right,
        "precision": round(right / max(all_found, 1), DIGITS),
        "recall": round(right / max(all_gold, 1), DIGITS),
        "f1": round(2 * right / max(all_found + all_gold, 1), DIGITS),
    }


def _pairs_of(voiced: Sequence[Sequence[Voiced]]) -> set[Key]:
    return _pairs([[each.mention for each in here] for here in voiced])


def _pairs(mentions: Sequence[Sequence[Mention]]) -> set[Key]:
    return {(index, folded(mention.actor.id)) for index, here in enumerate(mentions) for mention in here}


def _folds(count: int) -> list[tuple[list[int], list[int]]]:
    """The indexes to train on and those held out, FOLDS times."""
    order = [int(index) for index in np.random.default_rng(SEED).permutation(count)]
    folds = min(FOLDS, count)
    return [
        ([at for place, at in enumerate(order) if place % folds != fold], order[fold::folds]) for fold in range(folds)
    ]


def save(weights: LinkWeights, file: Path) -> None:
    """Write the weights as JSON, names sorted."""
    text = json.dumps(vars(weights), indent=1, sort_keys=True, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
