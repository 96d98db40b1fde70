"""Whom a pronoun stands for, where that is clear; where it is not, nobody.

"He" and "she" are the person who spoke or came last; "it" and "they" are the subject of the sentence
before; "them" after a verb such as "told" are those whom it spoke of together. A wrong pair costs as much
as a missed one.
"""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from model.actors import Actor
from model.clauses import MOST
from model.mentions import Mention
from model.speakers import Memory, Speaker

_FIRST: Final = re.compile(r"(?<![\w'’.-])(?:I|[Ww]e|us|me|[Oo]ur|ours|[Mm]y)(?![\w.-])")
_SECOND: Final = re.compile(r"(?<![\w'’.-])[Yy]ou(?:r|rs)?(?![\w.-])")
_THIRD: Final = re.compile(
    r"(?:[QA]:\s+)?(?:(?:But|And|Yet|Still|So|Nor would|Nor did|Nor will|Instead|Also|Now|Then|However|Meanwhile|What|"
    r"When|If|While|Although|Though|Because|Until|Once|"
    r"(?:Late|Later|Early|Earlier|On|In|At|After|Before|Since|For|By|Last|Despite|During)\b[^,;:.\0]{1,60}),?\s+)?(He|She|It|They|His|Her|Its|Their|he|she|it|they|his|her|its|their)\b"
)
_EXPLETIVE: Final = re.compile(
    r"(?:['’]s)?\s+(?:(?:is|was|will be|would be|has been|had been|may be|might be|could be)\s+"
    r"(?:not\s+|still\s+|\w+ly\s+){0,3}(?:\w+ (?:that|to|whether|if|how|when|who|why|for)\b|unclear|clear|known|"
    r"possible|too|time|hoped|expected|an?\s|the\s)|"
    r"(?:seem|appear|remain|took|take|turn|happen|rain|matter|follow|come|came|look)(?:s|ed)?\b|means?\b|meant\b)"
)
_ADDRESSED: Final = re.compile(
    r"\b(?:told|tells?|urged|urges|reminded|asked|thanked|warned|invited|pressed|accused|blamed|called on|assured|"
    r"called)\s+(them|him|her)\b"
)
_PLURAL: Final = re.compile(
    r"(?:s|men|people|both|Taliban|police)$|\b(?:sides|rebels|officials|leaders|forces|members|delegates)\b",
    re.IGNORECASE,
)
_SINGULAR: Final = re.compile(r"\b(?:States|Nations|Emirates|Netherlands|Philippines)$")
_OFTEN_THEY: Final = ("armed_group", "organization", "opposition", "coalition")
_DATELINE: Final = re.compile(r"[A-Z][A-Z .,'’]{2,40}(?:\([\w ]+\)\s*)?(?:,[\w .]{3,12})?\s*[—–-]+\s+|[QA]:\s+")
_BEFORE_SUBJECT: Final = re.compile(
    r"\s*(?:(?:Late|Early|On|In|At|After|Before|Since|By|For|Last|But|And|Yet|Still)\b[^,]*,?\s*)?(?:[Tt]he|[Aa]n?)?\s*"
)
_BODY_AFTER: Final = re.compile(
    r"['’]s?\s+(?:[\w-]+\s+)?(?:government|army|military|ministry|parliament|delegation|office|side|team|leadership|wing|forces|"
    r"cabinet)\b",
    re.IGNORECASE,
)
_PERSONAL: Final = ("he", "she", "his", "her")


def first_person(text: str) -> list[tuple[int, str]]:
    """Where a sentence says "I", "we" or "our", and the word."""
    return [(found.start(), found.group()) for found in islice(_FIRST.finditer(text), MOST)]


def second_person(text: str, asked: Actor) -> list[Mention]:
    """The "you" of a question to `asked`."""
    found = _SECOND.search(text)
    return [Mention(asked, found.group(), found.start(), "pronoun")] if found else []


def third_person(text: str, memory: Memory) -> list[Mention]:
    """The pronouns that stand for clear actors. `text` has its quotations masked."""
    shift = len(text) - len(text.lstrip("—–- "))
    opening = _THIRD.match(text, shift)
    found = [_opening(text, opening, memory)] if opening else []
    addressed = _ADDRESSED.search(text)
    if addressed:
        chosen = memory.together if addressed[1] == "them" else memory.person
        actors = chosen.actors if chosen else ()
        found += [Mention(actor, addressed[1], addressed.start(1), "pronoun") for actor in actors]
    return [mention for mention in found if mention]


def _opening(text: str, found: re.Match[str], memory: Memory) -> Mention | None:
    """The pronoun with which a sentence begins."""
    word = found[1].casefold()
    if word == "it" and _EXPLETIVE.match(text, found.end(1)):
        return None
    chosen = memory.person if word in _PERSONAL else memory.subject
    if chosen is None or len(chosen.actors) != 1 or not (word in _PERSONAL or _agrees(word, chosen)):
        return None
    return Mention(chosen.actors[0], found[1], found.start(1), "pronoun")


def _agrees(word: str, subject: Speaker) -> bool:
    """Whether "it" or "they" fits the words of the subject; a group is often "they"."""
    text = next(iter(subject.names), "")
    is_plural = bool(_PLURAL.search(text)) and not _SINGULAR.search(text)
    if word in ("they", "their"):
        return is_plural or subject.actors[0].type in _OFTEN_THEY
    return not is_plural or text.isupper()


def subject_of(text: str, mentions: Sequence[Mention]) -> Speaker | None:
    """The one actor with which a sentence begins, as what "it" and "they" may mean next; `names` holds its words."""
    dateline = _DATELINE.match(text)
    leading = dateline.end() if dateline else 0
    if not mentions or mentions[0].start > leading + 40:
        return None
    first = mentions[0]
    if first.kind == "pronoun":
        return Speaker((first.actor,), "party", names=frozenset({first.text})) if first.start < 5 else None
    if not _BEFORE_SUBJECT.fullmatch(text, leading, first.start):
        return None
    if text.startswith(("'", "’"), first.end) and not _BODY_AFTER.match(text, first.end):
        return None
    together = re.compile(r",?\s+and\s+(?:the\s+)?").match(text, first.end)
    others = [
        other for other in mentions[1:3] if other.start in (first.start, together.end() if together else first.start)
    ]
    return None if others else Speaker((first.actor,), "party", names=frozenset({first.text}))


def together_in(mentions: Sequence[Mention]) -> Speaker | None:
    """The actors of the one plural mention of a sentence: "both sides", "the rebels"."""
    plural = {
        mention.start for mention in mentions if _PLURAL.search(mention.text) and not _SINGULAR.search(mention.text)
    }
    if len(plural) != 1:
        return None
    return Speaker(tuple(mention.actor for mention in mentions if mention.start in plural), "party")
