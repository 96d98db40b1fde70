"""Whom a pronoun may mean: those of whom the last sentences spoke, the most prominent first.

The order within a sentence follows centering: its subject before whoever else it names. The nearest referent
of fitting person, sex and number is meant, also where it is nobody's official: then no actor is.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from model.reading.speakers import Speaker

# How many sentences back each pronoun reaches. A person stays in mind longer than a body or a group.
REACHES: Final = {"he": 8, "she": 8, "they": 2, "it": 1}
UNSURE: Final = 4  # "she" prefers a woman who came so many sentences before somebody of unknown sex
FORMS: Final = {
    form: pronoun
    for pronoun, forms in (
        ("he", "he him his"), ("she", "she her hers"), ("it", "it its"), ("they", "they them their theirs"),
    )
    for form in forms.split()
}  # fmt: skip


class Referents:
    """The referents of the last sentences, and what the text has told of their sex."""

    def __init__(self, sexes: Mapping[str, str] | None = None) -> None:
        self._past: deque[Sequence[Speaker]] = deque(maxlen=max(REACHES.values()))
        self._sexes: dict[str, str] = dict(sexes or {})

    def close_sentence(self, referents: Sequence[Speaker]) -> None:
        """Keep the referents of a sentence that has been read, the most prominent first."""
        if referents:
            self._past.appendleft(tuple(referents))
        for referent in referents:
            if referent.sex:
                self._sexes |= dict.fromkeys(referent.names, referent.sex)

    def choose(
        self, pronoun: str, here: Sequence[Speaker] = (), but: Sequence[Speaker] = (), spoken: bool = False
    ) -> Speaker | None:
        """Whom "he", "she", "it" or "they" means.

        `here` are the referents of the sentence itself that may be meant, `but` those who may not. In `spoken`
        words a state may be "they".
        """
        unsure, until = None, REACHES[pronoun]
        for age, referents in enumerate([here, *self._past]):
            if age > until:
                break
            for referent in referents:
                if any(is_one(referent, other) for other in but) or not self._fits(pronoun, referent, spoken):
                    continue
                if pronoun == "she" and self._sex(referent) != "she" and unsure is None:
                    unsure, until = referent, age + UNSURE
                elif pronoun != "she" or self._sex(referent) == "she":
                    return self._learn(pronoun, referent)
        return self._learn(pronoun, unsure) if unsure else None

    def _fits(self, pronoun: str, referent: Speaker, spoken: bool) -> bool:
        if pronoun in ("he", "she"):
            return referent.person and not referent.plural and self._sex(referent) in (pronoun, "")
        if pronoun == "they":
            is_body = (
                len(referent.actors) == 1 and not referent.person and (spoken or referent.actors[0].type != "state")
            )
            return referent.plural or is_body
        return not referent.plural and not (referent.person and referent.names)

    def _sex(self, referent: Speaker) -> str:
        return referent.sex or next((self._sexes[name] for name in referent.names if name in self._sexes), "")

    def _learn(self, pronoun: str, referent: Speaker) -> Speaker:
        if pronoun not in ("he", "she"):
            return referent
        self._sexes |= dict.fromkeys(referent.names, pronoun)
        return replace(referent, sex=pronoun)


def is_one(first: Speaker, second: Speaker) -> bool:
    """Whether two referents are the same party or person."""
    if first.actors or second.actors:
        return first.actors == second.actors
    return bool(first.names & second.names)
