"""Parties by what a document lets them do: "the Greens said", "Forward's lawmakers", "the leader of Concord".

Such names say nothing of a party by themselves, so they need evidence: acts, and nouns that only a body owns.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from model.actors import Registry
from model.names import HEADS, LEADING, TITLE, words

_OFFICERS: Final = (
    r"(?:leaders?|leadership|founders?|co-(?:chair|leader|founder)s?|lawmakers|members?|delegat\w+|negotiators?|voters|"
    r"ministers|politburo|central\s+committee|commanders?|fighters|deputies|spokes\w+|chair\w*|secretary-general)"
)
_VERBS: Final = (
    r"(?:also\s+|now\s+|still\s+|then\s+|later\s+|never\s+)?(?:say|said|says|would|will|had|has|have|want|wants|wanted|"
    r"refuse\w*|reject\w*|accept\w*|agree\w*|walk\w*|demand\w*|insist\w*|den(?:y|ies|ied)|offer\w*|call(?:s|ed)?|wait|"
    r"won|were|are|was|did|do|does|replied|answered|threaten\w*|warn\w*|oppos\w*|back(?:s|ed)?|support\w*|sent|sends?|"
    r"join\w*|quit|left|promised?|voted?|urged?|asked|told|may|might|could)\b"
)
_ACTS: Final = re.compile(rf"\s+{_VERBS}")
_OWNS: Final = re.compile(rf"['’]s?\s+(?:[\w-]+\s+){{0,3}}?{_OFFICERS}\b")
_OWNED: Final = re.compile(
    rf"\b{_OFFICERS}\s+(?:of|for|from)\s+(?:the\s+)?$|\b(?:between|with|against|join|for|by)\s+(?:the\s+)?$"
)
_OFFICER: Final = re.compile(rf"\b{_OFFICERS}\s+(?:of|for|from)\s+(?:the\s+)?$")
_RELATED: Final = re.compile(rf",\s+which\s+{_VERBS}")
_ARTICLE: Final = re.compile(r"\b[Tt]he\s+$|['’]s?\s+$")
_TITLED: Final = re.compile(rf"\b(?:{TITLE}|Father|Dame|Brother|Sister|Bishop|Archbishop)\s+$")
_PLACE: Final = re.compile(r"\b(?:in|near|at|around|through|across)\s+(?:the\s+)?$")
_PERSON_AFTER: Final = re.compile(r",\s+(?:who\b|whose\b|\d\d\b|an?\s|the\s)")
_NO_PLURAL: Final = words(
    "Islands Alps Hills Mountains Times News Games Gardens Heights Falls Waters Talks Plains Straits Lakes Rivers "
    "Affairs Rights Kings Queens Days Years Christians Muslims Jews Kurds Sunnis Catholics Protestants Americas "
    "Elders Fields Nations States Chambers Archives Headquarters Ministers Minutes"
)
ENOUGH: Final = 2  # the evidence that makes a party of a plural, or of a name of several words
ENOUGH_SINGLE: Final = 3  # and of a single word, which is often a person or a place


def parties_in_use(text: str, runs: Sequence[tuple[int, int]], persons: set[str], registry: Registry) -> list[str]:
    """The names among the runs of capitalised words that act as parties do, though nothing in them says so.

    `persons` are the names of persons, which own things and act, too.
    """
    evidence: Counter[str] = Counter()
    singles = Counter(text[start:end] for start, end in runs)
    for start, end in runs:
        name = " ".join(text[start:end].split())
        if name in persons or not _may_be(name, registry):
            continue
        before, after = text[max(0, start - 40) : start], text[end : end + 60]
        plural = name.endswith("s") and bool(_ARTICLE.search(before))
        if " " not in name and not plural and _PLACE.search(before):
            evidence[name] -= ENOUGH_SINGLE
        evidence[name] += 2 * bool(_OWNS.match(after)) + 2 * bool(_OFFICER.search(before))
        evidence[name] += bool(_RELATED.match(after)) * 2
        evidence[name] += (2 if plural else 1 if " " not in name else 0) * bool(_ACTS.match(after))
        evidence[name] += bool(plural and _OWNED.search(before))
    least = {name: ENOUGH if " " in name or name.endswith("s") else ENOUGH_SINGLE for name in evidence}
    return [name for name, weight in evidence.items() if weight >= least[name] and singles[name]]


def _may_be(name: str, registry: Registry) -> bool:
    parts = name.split()
    known = any(registry.resolve(part) for part in (name, *parts))
    return not known and not _NO_PLURAL & set(parts) and not (LEADING | HEADS) & set(parts[:1]) and len(name) > 3


def persons_in(text: str, runs: Iterable[tuple[int, int]]) -> set[str]:
    """Names of persons, by a title, a surname that stands alone elsewhere, or "X, who"; and their parts."""
    runs = list(runs)
    names = [(text[start:end], start, end) for start, end in runs]
    alone = {name for name, *_ in names if " " not in name}
    found: set[str] = set()
    for name, start, end in names:
        parts = name.split()
        surname = len(parts) in (2, 3) and parts[-1] in alone and not name.endswith("s")
        titled = _TITLED.search(text[max(0, start - 20) : start])
        if surname or titled or (len(parts) > 1 and _PERSON_AFTER.match(text, end)):
            found |= {name, *parts}
    return found
