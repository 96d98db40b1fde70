"""States that the registry does not know: names that a document treats as it treats states.

"Velmar's foreign minister", "between Velmar and Orsa", "the government of Velmar" are evidence for a state; the
adjective "Velmari" then goes with it, and so does the city that the document calls its capital.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from model.actors import Actor, Registry
from model.names import LEADING, WORD, party_of
from model.roles import role_after

_AN_ACT: Final = (
    r"(?:said|says|rejected|rejects|accused|accuses|warned|warns|refused|refuses|agreed|agrees|offered|offers|"
    r"demanded|demands|insisted|insists|urged|urges|denied|denies|accepted|accepts|called|announced|threatened|"
    r"threatens|wants|wanted|proposed|proposes|suspended|has\s+(?:said|offered|refused|rejected|agreed|accused|"
    r"warned|long)|would|will|signed|broke|hosted|withdrew|replied|answered|retorted|countered)"
)
_LIKE_A_STATE: Final = (
    (2, re.compile(rf"\bbetween\s+(?:the\s+)?({WORD})\s+and\s+(?:the\s+)?({WORD})\b")),
    (
        2,
        re.compile(
            rf"\b(?:government|president|king|parliament|republic|foreign\s+minist(?:er|ry)|army|kingdom|"
            rf"emirate)\s+of\s+({WORD})\b"
        ),
    ),
    (2, re.compile(rf"\b(?:government|junta|army|authorities|regime|rulers|parliament)\s+in\s+({WORD})\b")),
    (1, re.compile(rf"(?<![\w.]\s)({WORD})\s+(?:and\s+{WORD}\s+)?{_AN_ACT}\b")),
    (1, re.compile(rf"\b(?:with|against|urged|told|accused|pressed|asked|warned)\s+({WORD})\b")),
)
_SINGLE: Final = re.compile(rf"(?<![\w-]){WORD}")
MOST_STATES: Final = 12  # no article treats of more states that nobody knows
_DEMONYM_ENDINGS: Final = ("i", "n", "an", "ian", "ese", "ish", "ite", "ar", "ari", "ni", "ean", "er")
_PAIR: Final = re.compile(rf"(?<![\w.])({WORD}\.?) (?=({WORD}))")  # not across sentences
LEAD: Final = 300  # characters in which a dateline stands, and the state that it belongs to
_BRACKETS: Final = r"(?:\s+\([^)]{2,20}\))?"
_DATELINE: Final = re.compile(
    rf"(?:^|\n\s*)([A-Z]{{4,20}}(?: [A-Z]{{3,20}})?)(?:,[^—–\n(-]{{1,30}})?{_BRACKETS}\s*[—–-]{{1,2}}\s"
)
ENOUGH: Final = 3  # the evidence that makes a state of a name that no adjective is made from


def unknown_states(text: str, registry: Registry, used: frozenset[str] | set[str]) -> list[Actor]:
    """Single names, none of those `used` in longer ones, that the document treats as states.

    Each has the adjectives made from it and its capital among its aliases.
    """
    count = Counter(_bare(found[0]) for found in _SINGLE.finditer(text))
    surnames, beside = _parts_of_longer_names(text)
    unknown = {
        word for word in count
        if len(word) > 3 and word not in LEADING and word not in used and registry.resolve(word) is None
    }  # fmt: skip
    evidence = _evidence(text, unknown)
    adjectives = _adjectives(unknown, evidence)
    roots = {root for root in adjectives if 2 * beside[root] < count[root]}
    derived = {word for made in adjectives.values() for word in made}
    roots |= {name for name in unknown - surnames - derived if evidence[name] >= ENOUGH and not beside[name]}
    most = sorted(roots, key=lambda root: (-evidence[root], root))[:MOST_STATES]
    seat = _seat_of_lead(text, most, registry)
    return [_state(root, text, adjectives.get(root, set()), seat.get(root)) for root in most]


def _adjectives(unknown: set[str], evidence: Counter[str]) -> dict[str, set[str]]:
    """For each name the adjectives made from it, where the text uses one as of a state: "Velmari" from "Velmar"."""
    found: dict[str, set[str]] = {}
    for word in unknown:
        for ending in _DEMONYM_ENDINGS:
            stem = word.removesuffix(ending)
            if stem == word or len(stem) < 3 or evidence[word] < 2:
                continue
            for root in ({stem} | {stem + vowel for vowel in "aeiouy"}) & unknown - {word}:
                found.setdefault(root, set()).add(word)
    return found


def _seat_of_lead(text: str, names: Sequence[str], registry: Registry) -> dict[str, str]:
    """The city of the dateline for the state that the lead begins with: a story is mostly filed from the capital."""
    dateline = _DATELINE.search(text[:LEAD])
    if not dateline or registry.resolve(dateline[1].title()):
        return {}
    lead = text[dateline.end() : dateline.end() + LEAD]
    first = min((name for name in names if name in lead), key=lead.index, default=None)
    return {first: dateline[1].title()} if first else {}


def _state(name: str, text: str, adjectives: set[str], seat: str | None) -> Actor:
    forms = {name: "name"}
    for word in sorted(adjectives):
        forms |= {word: "demonym", f"{word}s": "demonym"}
    owner = "|".join(re.escape(word) for word in (f"{name}'s", f"{name}’s", *adjectives))
    for found in re.finditer(
        rf"({WORD}),\s+the\s+(?:{owner})\s+capital\b|\b(?:{owner})\s+capital(?:,|\s+of)\s+({WORD})", text
    ):
        forms.setdefault(found[1] or found[2], "capital")
    if seat and "capital" not in forms.values():
        forms.setdefault(seat, "capital")
    return replace(party_of(name, forms), type="state")


def _evidence(text: str, words: set[str]) -> Counter[str]:
    """How much the document treats each of the words as a state."""
    evidence: Counter[str] = Counter()
    for weight, pattern in _LIKE_A_STATE:
        for found in pattern.finditer(text):
            for word in found.groups():
                evidence[_bare(word)] += weight
    for found in _SINGLE.finditer(text):
        word = _bare(found[0])
        if word in words:
            role = role_after("", text[found.start() + len(word) : found.start() + len(word) + 60])
            evidence[word] += 2 if role else 0
    return evidence


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s").rstrip("'’")


def _parts_of_longer_names(text: str) -> tuple[set[str], Counter[str]]:
    """Words that follow a capitalised word, as surnames do, and how often each word stands in such a pair."""
    surnames: set[str] = set()
    beside: Counter[str] = Counter()
    for found in _PAIR.finditer(text):
        if found[1] not in LEADING:
            surnames.add(_bare(found[2]))
            beside.update((found[1], _bare(found[2])))
    return surnames, beside
