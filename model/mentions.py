"""Where a sentence refers to an actor by name, title or role.

A place is not an actor: "Moscow warned" is Russia, "talks in Moscow" and "the Moscow process" are not.
The rules here look at the words next to a name; what needs the rest of the document is in `model.chains`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from model.actors import Actor, Match, Registry

NEAR: Final = 80  # the characters on either side of a name that the rules look at

_PLACE_BEFORE_STATE = re.compile(
    r"\b(?:in|inside|across|throughout|into|within|near|around|outside|northern|southern|eastern|western|central|"
    r"north|south|east|west|northeastern|northwestern|southeastern|southwestern)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_PLACE_BEFORE_CITY = re.compile(
    r"\b(?:in|at|near|around|outside|inside|of|from|to|into|for|over|across|via|through|toward|towards|left|leaving|"
    r"visit|visited|visiting|reached|entered|downtown|central|greater|southern|northern|eastern|western|city)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_TRACK_AFTER = re.compile(
    r"(?:[-–][A-Z]\w+)?\s+(?:talks?|process|track|format|accords?|agreements?|round|conference|summit|meetings?|protocol|"
    r"deal|treaty|declaration|communiqu[eé]|airport|river|province|suburbs?|stock|time|residents?|hotel|university)\b"
)
_ACTS_AS_DEMONYM = re.compile(
    r"\s+(?:(?:[a-z]+|Foreign|Prime|Interior|Defense|Defence|Vice|Deputy|State|National|Supreme)\s+){0,3}?"
    r"(?:government|authorit(?:y|ies)|administration|officials?|side|delegat(?:ion|es?)|negotiators?|envoys?|diplomats?|"
    r"leaders?(?:ship)?|army|military|forces?|troops|presiden(?:t|cy)|minist(?:ers?|ry)|premier|chancellor|king|"
    r"spokes(?:man|woman|person)|ambassador|representatives?|cabinet|regime|state|team|commanders?|counterparts?|"
    r"President|Minister|Ministry|Premier|Chancellor|King|Ambassador|Government|Army|Secretary|Embassy|embassy|mediators?)\b"
)


@dataclass(frozen=True)
class Mention:
    """Where a sentence refers to an actor: `text` stands at `start`, in characters of the sentence.

    `kind` is the kind of the alias, or says which rule found it: see `model.chains` and `model.speech`.
    """

    actor: Actor
    text: str
    start: int
    kind: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def mentions_in(sentence: str, registry: Registry, day: date | None = None) -> list[Mention]:
    """Every reference to an actor in agent position, from left to right."""
    return [
        Mention(match.actor, match.text, match.start, match.alias.kind)
        for match in registry.matches(sentence, day)
        if _is_agent(match, sentence)
    ]


def first_mention(sentence: str, actor: str, registry: Registry) -> tuple[str, int] | None:
    """Where the sentence names `actor`: by that very name, else by an alias in agent position, else by any."""
    name = rf"(?<!\w){re.escape(actor.strip())}(?!\w)"
    exact = re.search(name, sentence) or re.search(name, sentence, re.IGNORECASE)
    if exact:
        return exact.group(), exact.start()
    known = registry.resolve(actor)
    if known is None:
        return None
    found = [match for match in registry.matches(sentence) if match.actor.id == known.id]
    best = next((match for match in found if _is_agent(match, sentence)), found[0] if found else None)
    return (best.text, best.start) if best else None


def one_per_actor(mentions: Sequence[Mention]) -> list[Mention]:
    """The first mention of each actor: a sentence and an actor make one pair."""
    first: dict[str, Mention] = {}
    for mention in mentions:
        first.setdefault(mention.actor.id, mention)
    return list(first.values())


def _is_agent(mention: Match, sentence: str) -> bool:
    before = sentence[max(0, mention.start - NEAR) : mention.start]
    after = sentence[mention.end : mention.end + NEAR]
    if mention.actor.type == "place" or _is_hyphenated(before, after):
        return False
    match mention.alias.kind:
        case "capital" | "palace":
            return not _PLACE_BEFORE_CITY.search(before) and not _TRACK_AFTER.match(after)
        case "demonym":
            return bool(_ACTS_AS_DEMONYM.match(after)) or _is_people(mention, before, after)
        case "name" if mention.actor.type == "state":
            return not _PLACE_BEFORE_STATE.search(before) and not _TRACK_AFTER.match(after)
        case _:
            return True


def _is_hyphenated(before: str, after: str) -> bool:
    """Part of a compound such as "U.S.-backed" or "Afghan-Afghan"."""
    return before.endswith(("-", "–")) or bool(re.match(r"[-–]\w", after))


def _is_people(mention: Match, before: str, after: str) -> bool:
    """A demonym that stands for a party: "the Russians", "Iranians said", "the British will"."""
    ends_phrase = not re.match(r"\s+[a-z]", after) or re.match(
        r"\s+(?:and|or|have|has|had|will|would|said|say|are|were|want|must|can|could|did|do|to|who|that|not)\b", after
    )
    noun = mention.text.endswith("s") or before.endswith(("the ", "The "))
    return bool(ends_phrase) and noun
