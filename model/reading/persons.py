"""The persons of a document and the bodies that they act for.

A full name that the text ties to a body ("Russia's envoy, Anton Vasin") stands for it, and so does the surname, but
not where two persons of different bodies share it. What the text says outright outweighs what was only inferred.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from model.actors import Actor
from model.reading.names import name_forms

STATED: Final = 3  # the weight of an introduction that names the body
INFERRED: Final = 1  # the weight of one that leaves the body to the context: "Foreign Minister Ana Ruiz"


@dataclass
class People:
    """Who acts for whom, by full name."""

    actors: dict[str, Actor] = field(default_factory=dict)
    evidence: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, name: str, actor: Actor, weight: int) -> None:
        """The text ties this name to the actor."""
        self.actors.setdefault(actor.id, actor)
        self.evidence[name][actor.id] += weight

    def body_of(self, name: str) -> Actor | None:
        """For whom a person acts; None where two are equally likely."""
        ranked = self.evidence[name].most_common(2) if name in self.evidence else []
        if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
            return None
        return self.actors[ranked[0][0]]

    def forms(self) -> dict[str, Actor]:
        """Every form of the names, with its one actor: "Anton Vasin", "Vasin", "Mr. Vasin"."""
        owners: dict[str, dict[str, Actor]] = defaultdict(dict)
        for name in self.evidence:
            body = self.body_of(name)
            for form in name_forms(name):
                owners[form][body.id if body else ""] = body or next(iter(self.actors.values()))
        return {form: next(iter(held.values())) for form, held in owners.items() if len(held) == 1 and "" not in held}
