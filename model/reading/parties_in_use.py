"""Parties by what a document lets them do: "the Greens said", "Forward's lawmakers", "the leader of Concord".

Such names say nothing of a party by themselves, so they need evidence: acts, nouns that only a body owns, an acronym.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from model.actors import Registry
from model.reading.names import ACT, ASIDE, BRACKET, HEADS, LEADING, POLITY, TITLE, words

_OFFICERS: Final = (
    r"(?:leaders?|leadership|founders?|co-(?:chair|leader|founder)s?|lawmakers|members?|delegat\w+|negotiators?|voters|"
    r"ministers|politburo|central\s+committee|commanders?|fighters|deputies|spokes\w+|chair\w*|secretary-general)"
)
_VERBS: Final = (
    rf"(?:{ACT}|(?:also\s+|now\s+|still\s+|then\s+|later\s+|never\s+)?(?:would|will|had|has|have|wait|walk(?:s|ed)?|won|"
    r"were|are|was|did|do|does|left|came|comes?|stayed|stays?|may|might|could)\b)"
)
_ACTS: Final = re.compile(rf"{ASIDE}\s+{_VERBS}")
_SPEAKS: Final = re.compile(rf"{ASIDE}\s+{ACT}")
_OWNS: Final = re.compile(rf"['’]s?\s+(?:[\w-]+\s+){{0,3}}?{_OFFICERS}\b")
_ITS: Final = re.compile(rf"\s+{_VERBS}[^.;\n]{{0,80}}?\b(?:its|their)\s+(?:[\w-]+\s+)?{_OFFICERS}\b")
_OWNED: Final = re.compile(
    rf"\b{_OFFICERS}\s+(?:of|for|from)\s+(?:the\s+)?$|\b(?:between|with|against|join|for|by)\s+(?:the\s+)?$"
)
_OFFICER: Final = re.compile(rf"\b{_OFFICERS}\s+(?:of|for|from)\s+(?:the\s+)?$")
_OF_PERSON: Final = re.compile(r"[A-ZÀ-Þ][\w’-]{1,30} [A-ZÀ-Þ][\w’-]{1,30} of\s+(?:the\s+)?$")
_ADDRESSED: Final = re.compile(r"\b(?:call(?:s|ed)?\s+on|urge[sd]?|invite[sd]?|accuse[sd]?)\s+(?:the\s+)?$")
_RELATED: Final = re.compile(rf",\s+which\s+{_VERBS}")
_OF: Final = re.compile(r"\s(?:of|for)\s")
_ARTICLE: Final = re.compile(r"\b[Tt]he\s+$|['’]s?\s+$")
_THE: Final = re.compile(r"\b[Tt]he\s+$")
_TITLED: Final = re.compile(rf"\b(?:{TITLE}|Father|Dame|Brother|Sister|Bishop|Archbishop)\s+$")
_PLACE: Final = re.compile(r"\b(?:in|near|at|around|through|across)\s+(?:the\s+)?$")
_PERSON_AFTER: Final = re.compile(rf",\s+(?:who\b|whose\b|\d\d\b|(?:an?|the)\s(?!(?:[\w-]+\s+){{0,2}}{POLITY}\b))")
_NO_PLURAL: Final = words(
    "Islands Alps Hills Mountains Times News Games Gardens Heights Falls Waters Talks Plains Straits Lakes Rivers "
    "Affairs Rights Kings Queens Days Years Christians Muslims Jews Kurds Sunnis Catholics Protestants Americas "
    "Fields Nations States Chambers Archives Headquarters Ministers Minutes"
)
# Works, accords, tracks, places, media, firms and offices: what has such a word in its name is no party.
_THINGS: Final = words(
    "Accord Accords Agreement Treaty Pact Protocol Charter Declaration Constitution Plan Process Talks Track Round "
    "Summit Dialogue Deal Act Law Bill Court Tribunal Memorandum Roadmap Framework Resolution River Sea Lake Valley "
    "Mountain Mount Island Peninsula Strait Gulf Street Square Road Bridge Airport Port Hotel Palace House Castle "
    "Hall Theater Theatre Church University College Institute Museum School Hospital Bank Company Corporation Fund "
    "Post Herald Tribune Journal Gazette Standard Mail Telegraph Observer Chronicle Radio Television TV Press "
    "Broadcasting Magazine Daily Weekly War Revolution Day Week Football Cup Olympic Sports Champions Bar Research "
    "Studies Center Centre Office Ministry Department Minister President Premier Chancellor King Queen Prince Emir "
    "Sultan Secretary Ambassador Envoy Representative Speaker Commissioner Commander General Colonel Marshal "
    "Admiral Major Captain Senator Governor Mayor Judge Justice Professor Pope Chief Chairman Chairwoman Director "
    "Coordinator Negotiator Mediator Leader Parliament Government Cabinet Senate Police Embassy Member Members "
    "Staff Assistant Deputy Horn East West North South"
)
SHORTEST: Final = 3  # characters of a name that is no party yet
ENOUGH: Final = 2  # the evidence that makes a party of a plural or of a name of several words
ENOUGH_SINGLE: Final = 3  # and of a single word, which is often a person or a place
FREQUENT: Final = 3  # how often a single word stands in a document that speaks of it enough to make it a party


def parties_in_use(text: str, runs: Sequence[tuple[int, int]], persons: set[str], registry: Registry) -> list[str]:
    """The names among the runs of capitalised words that act as parties do, though nothing in them says so.

    `persons` are the names of persons, which own things and act, too.
    """
    evidence: Counter[str] = Counter()
    count = Counter(" ".join(text[start:end].split()) for start, end in runs)
    for start, end in runs:
        name = " ".join(text[start:end].split())
        before, after = text[max(0, start - 70) : start], text[end : end + 200]
        definite = " " in name and _may_be_definite(name, registry)
        if definite and _THE.search(before):
            evidence[name] += 2 * bool(_SPEAKS.match(after)) + 2 * bool(_RELATED.match(after))
            evidence[name] += bool(_ADDRESSED.search(before))
        if definite and (bracket := BRACKET.match(text, end)):
            evidence[name] += (1 + (bracket[1][0] == name[0])) * bool(_ACTS.match(after))
        if name in persons or not _may_be(name, registry):
            continue
        evidence[name] += _weight(name, before, after)
        evidence[name] += (ENOUGH_SINGLE if count[name] >= FREQUENT else 1) * bool(_ADDRESSED.search(before))
    return [name for name, weight in evidence.items() if weight >= _least(name)]


def _weight(name: str, before: str, after: str) -> int:
    """How much one place in the text speaks for a party."""
    plural = name.endswith("s") and bool(_ARTICLE.search(before))
    several = " " in name
    weight = 2 * bool(_OWNS.match(after)) + 2 * bool(_OFFICER.search(before)) + 2 * bool(_ITS.match(after))
    weight += 2 * bool(_RELATED.match(after)) + 2 * bool(several and _OF_PERSON.search(before))
    weight += (2 if plural else 0 if several else 1) * bool(_ACTS.match(after))
    weight += bool(plural and _OWNED.search(before))
    return weight - ENOUGH_SINGLE * bool(not several and not plural and _PLACE.search(before))


def _least(name: str) -> int:
    return ENOUGH if " " in name or name.endswith("s") else ENOUGH_SINGLE


def _may_be(name: str, registry: Registry) -> bool:
    parts = name.split()
    known = any(registry.resolve(part) for part in (name, *parts))
    begins = re.split(r"[’']", parts[0])[0] in LEADING  # "It'll"
    return not known and not is_thing(name) and not begins and parts[0] not in HEADS and len(name) > SHORTEST


def _may_be_definite(name: str, registry: Registry) -> bool:
    """Whether a name of several words that has an article or an acronym may be a party's: persons have neither."""
    first = registry.resolve(name.split()[0])
    return not is_thing(name) and registry.resolve(name) is None and (first is None or first.type != "state")


def is_thing(name: str) -> bool:
    """Whether a name is that of a work, an accord, a place, a medium, a firm or an office."""
    return not (_NO_PLURAL | _THINGS).isdisjoint(_OF.split(name)[0].split())


def persons_in(text: str, runs: Iterable[tuple[int, int]]) -> set[str]:
    """Names of persons, by a title, a surname that stands alone elsewhere, or "X, who"; and their parts."""
    runs = list(runs)
    names = [(text[start:end], start, end) for start, end in runs]
    alone = {name for name, start, _ in names if " " not in name and not _THE.search(text[max(0, start - 5) : start])}
    found: set[str] = set()
    for name, start, end in names:
        parts = name.split()
        surname = len(parts) in (2, 3) and parts[-1] in alone and not name.endswith("s")
        titled = _TITLED.search(text[max(0, start - 20) : start])
        if surname or titled or (len(parts) > 1 and _PERSON_AFTER.match(text, end)):
            found |= {name, *parts}
    return found
