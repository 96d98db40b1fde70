"""States that the registry does not know: names that a document treats as it treats states.

"Velmar's foreign minister", "between Velmar and Orsa", "the Republic of Velmar" are evidence for a state, and so is
an adjective made from the name ("Velmari"), which then goes with it, as does the city that the document calls its
capital.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from model.actors import Actor, Registry
from model.reading.names import ACT, HEADS, LEADING, POLITY, WORD, party_of, words
from model.reading.roles import role_after

# Where a clause begins: a name there is its subject.
_CLAUSE: Final = r"(?:(?<!\w\s)|(?<=\sand\s)|(?<=\sbut\s)|(?<=\sthat\s)|(?<=\swhile\s))"
_AN_ACT: Final = rf"(?:{ACT}|(?:suspended|has|had|will|would|broke|hosted|withdrew|keeps|kept)\b)"
_ASIDE_OF_STATE: Final = r",\s+(?:which|for\s+its)\s[^,.;\n]{1,120},"
_A_POLITY: Final = (
    rf"an?\s+(?:[\w-]+\s+){{0,2}}{POLITY}(?=[,.;]|\s+(?:that|which|whose|of|in|on|off|with|between|and)\b)"
)
_LIKE_A_STATE: Final = (
    (3, re.compile(rf"\b(?:Republic|Kingdom|State|Sultanate|Emirate|Duchy|Commonwealth)\s+of\s+({WORD})\b")),
    (2, re.compile(rf"\bbetween\s+(?:the\s+)?({WORD})\s+and\s+(?:the\s+)?({WORD})\b")),
    (
        2,
        re.compile(
            rf"\b(?:government|president|premier|prime\s+minister|king|queen|parliament|republic|foreign\s+"
            rf"minist(?:er|ry)|\w{{3,12}}\s+minister|army|kingdom|emirate|embassy)\s+of\s+({WORD})\b"
        ),
    ),
    (3, re.compile(rf"\b({WORD}),\s+{_A_POLITY}")),
    (2, re.compile(rf"{_CLAUSE}({WORD}){_ASIDE_OF_STATE}\s+{ACT}")),
    (2, re.compile(rf"{_CLAUSE}({WORD})\s+{ACT}[^.,;—\n]{{1,50}}?\sits\s")),
    (
        1,
        re.compile(
            rf"\b(?:offers?|proposals?|plans?|drafts?|demands?|requests?|invitations?|threats?|refusals?)\s+"
            rf"(?:by|from)\s+({WORD})"
        ),
    ),
    (1, re.compile(rf"\b(?:government|junta|army|authorities|regime|rulers|parliament)\s+in\s+({WORD})\b")),
    (
        1,
        re.compile(rf"{_CLAUSE}({WORD})(?:{_ASIDE_OF_STATE})?\s+(?:and\s+{WORD}\s+)?{_AN_ACT}"),
    ),
    (1, re.compile(rf"\b(?:with|against|urged|told|accused|pressed|asked|warned)\s+({WORD})\b")),
    (1, re.compile(rf"\b({WORD})\s+and\s+({WORD})\b")),
)
_IN: Final = re.compile(rf"\b(?:in|from|to|of)\s+({WORD})")
_OWNS: Final = re.compile(r"(?<![\w-])([A-ZÀ-ÞĀ-Ž][\w-]{0,40})['’]s?\s+[a-z]")
_FORMAL: Final = re.compile(rf"\b(?:Republic|Kingdom|State|Sultanate|Emirate|Duchy|Commonwealth)\s+of\s+{WORD}\b")
_SINGLE: Final = re.compile(rf"(?<![\w-]){WORD}")
_LOWER: Final = re.compile(r"(?<![\w’'-])[a-z]{3,}")
_NO_STATES: Final = words(
    "Europe Europeans Africa African Africans Asia Asian Asians America Arctic Balkans Caucasus Sahel Gulf "
    "Mediterranean "
    "Pacific Atlantic Western Eastern Northern Southern Internet Christmas Ramadan Easter Parliament Shi'ite "
    "Shiite Sunni "
    "Muslim Muslims Christian Christians Jewish Jews Catholic Protestant Hindu Buddhist Islam Islamic "
    "Islamist Marxist Defense Defence Interior Finance Justice Trade Energy Agriculture Health "
    "Education Culture Water Intelligence"
)
MOST_STATES: Final = 12  # no article treats of more states that nobody knows
_ENDINGS: Final = "i|n|an|ian|ean|ese|ish|ite|ar|ari|ni|ic|er|lander|ander|esian"
_DERIVED: Final = re.compile(rf"(?:{_ENDINGS})s?$|s$")
_PAIR: Final = re.compile(rf"(?<![\w.])({WORD}|(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Maj|Capt|Adm|Sen|Prof|St)\.) (?=({WORD}))")
LEAD: Final = 300  # characters in which a dateline stands, and the state that it belongs to
_BRACKETS: Final = r"(?:\s+\([^)]{2,20}\))?"
_DATELINE: Final = re.compile(
    rf"(?:^|\n\s*)([A-Z]{{4,20}}(?: [A-Z]{{3,20}})?)(?:,[^—–\n(-]{{1,30}})?{_BRACKETS}\s*[—–-]{{1,2}}\s"
)
_PLACE_BEFORE: Final = re.compile(r"\b(?:in|from|to|across|near|on|off)\s+(?:the\s+)?$")
_RULED: Final = re.compile(
    r"\b(?:government|governor|president|premier|prime\s+minister|parliament|assembly|authorities|ministry|"
    r"minister|army|"
    r"people|capital)\s+of\s+(?:the\s+)?$"
)
_ACTS: Final = re.compile(rf"\s+{_AN_ACT}")
_CALLED_STATE: Final = re.compile(rf",\s+{_A_POLITY}")
_WITH: Final = re.compile(r"\b(?:with|against|between|urged|told|accused|pressed|asked|warned)\s+(?:the\s+)?$")
_SENTENCE_END: Final = re.compile(r"[.?!]\s+(?=[A-Z])|\n")
ENOUGH: Final = 3  # the evidence that makes a state of a name that no adjective is made from
WITH_ADJECTIVE: Final = 2  # the evidence that a name and the adjectives made from it need together


def unknown_states(text: str, registry: Registry, used: frozenset[str] | set[str]) -> list[Actor]:
    """Single names that the document treats as states; those `used` in longer names only on more evidence.

    Each has the adjectives made from it and its capital among its aliases.
    """
    count = Counter(_bare(found[0]) for found in _SINGLE.finditer(text))
    common = set(_LOWER.findall(text))
    surnames, beside = _parts_of_longer_names(text, common)
    unknown = {
        word for word in count
        if len(word) > 2 and re.split("['’]", word)[0] not in LEADING and word not in HEADS
        and word.lower() not in common and not word.isupper() and word not in _NO_STATES
        and registry.resolve(word) is None
    }  # fmt: skip
    evidence = _evidence(text, unknown)
    also = evidence + Counter(set(_IN.findall(text)) - surnames) + Counter(set(_OWNS.findall(text)) - surnames)
    adjectives = _adjectives(unknown, also)
    roots = {root for root in adjectives if 2 * beside[root] < count[root]}
    derived = {word for made in adjectives.values() for word in made}

    roots |= {
        name for name in unknown - surnames - derived
        if evidence[name] > 1 and also[name] >= ENOUGH and 2 * beside[name] < count[name]
    }  # fmt: skip
    roots = {root for root in roots if root not in used or evidence[root] > ENOUGH}
    most = sorted(roots - derived, key=lambda root: (-evidence[root], root))[:MOST_STATES]
    seat = _seat_of_lead(text, most, registry)
    return [_state(root, text, adjectives.get(root, set()), seat.get(root)) for root in most]


def compound_states(text: str, runs: Sequence[tuple[int, int]], persons: set[str], registry: Registry) -> list[Actor]:
    """Names of several words ("the Salt Coast") that the document treats as states; `runs` are where they stand."""
    evidence: Counter[str] = Counter()
    places: set[str] = set()
    for start, end in runs:
        name = " ".join(text[start:end].split())
        parts = name.split()
        if not 2 <= len(parts) <= 3 or name in persons or HEADS & set(parts) or registry.resolve(name):
            continue
        before, after = text[max(0, start - 40) : start], text[end : end + 60]
        called = bool(_CALLED_STATE.match(after))
        if called or _PLACE_BEFORE.search(before):
            places.add(name)
        evidence[name] += WITH_ADJECTIVE * called
        evidence[name] += 2 * bool(_RULED.search(before)) + 2 * _has_role(text, end)
        evidence[name] += bool(_ACTS.match(after)) + bool(_WITH.search(before))
    most = [name for name, weight in evidence.items() if weight >= WITH_ADJECTIVE and name in places]
    return [replace(party_of(name, _compound_forms(name, text)), type="state") for name in most[:MOST_STATES]]


def _compound_forms(name: str, text: str) -> dict[str, str]:
    last = name.split()[-1]
    people = re.findall(rf"(?<![\w-]){re.escape(last)}(?:n|ns|an|ans|ers|er|i|is)(?![\w-])", text)
    return {name: "name"} | dict.fromkeys(people, "demonym")


def _adjectives(unknown: set[str], evidence: Counter[str]) -> dict[str, set[str]]:
    """For each name the words made from it ("Velmari", "Velmaris"), where all are used as of a state."""
    found: dict[str, set[str]] = {}
    for word in unknown:
        ending = _DERIVED.search(word)
        if not ending:
            continue
        starts = {word[:at] for at in range(max(3, ending.start()), len(word)) if _DERIVED.fullmatch(word[at:])}
        for root in {start + vowel for start in starts for vowel in ("", *"aeiouy")} & unknown - {word}:
            found.setdefault(root, set()).add(word)
    return {
        root: made
        for root, made in found.items()
        if evidence[root] + sum(evidence[word] for word in made) >= (ENOUGH if made == {f"{root}s"} else WITH_ADJECTIVE)
    }


def _seat_of_lead(text: str, names: Sequence[str], registry: Registry) -> dict[str, str]:
    """The city of the dateline for the state that the lead begins with: a story is mostly filed from the capital."""
    dateline = _DATELINE.search(text[:LEAD])
    if not dateline or registry.resolve(dateline[1].title()):
        return {}
    lead = text[dateline.end() : dateline.end() + LEAD]
    first = min((name for name in names if name in lead), key=lead.index, default=None)
    return {first: dateline[1].title()} if first else {}


def _state(name: str, text: str, adjectives: set[str], seat: str | None) -> Actor:
    forms = {name: "name"} | dict.fromkeys(_FORMAL.findall(text), "name")
    forms = {form: kind for form, kind in forms.items() if form.endswith(name)}
    for word in sorted(adjectives):
        forms |= {word: "demonym"} if word.endswith("s") else {word: "demonym", f"{word}s": "demonym"}
    owner = "|".join(re.escape(word) for word in (f"{name}'s", f"{name}’s", *adjectives))
    for found in re.finditer(
        rf"({WORD}),\s+the\s+(?:{owner})\s+capital\b|\b(?:{owner})\s+capital(?:,|\s+of)\s+({WORD})", text
    ):
        forms.setdefault(found[1] or found[2], "capital")
    if seat and "capital" not in forms.values():
        forms.setdefault(seat, "capital")
    return replace(party_of(name, forms), type="state")


def _evidence(text: str, names: set[str]) -> Counter[str]:
    """How much the document treats each of the names as a state."""
    evidence: Counter[str] = Counter()
    for weight, pattern in _LIKE_A_STATE:
        for found in pattern.finditer(text):
            for word in found.groups():
                evidence[_bare(word)] += weight
    for found in _SINGLE.finditer(text):
        word = _bare(found[0])
        if word in names:
            evidence[word] += 2 * _has_role(text, found.start() + len(word))
    return evidence


def _has_role(text: str, end: int) -> bool:
    """Whether a noun of a role follows a name that ends there, in the same sentence."""
    return role_after("", _SENTENCE_END.split(text[end : end + 60])[0]) is not None


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s").rstrip("'’")


def _parts_of_longer_names(text: str, common: set[str]) -> tuple[set[str], Counter[str]]:
    """Words that follow a capitalised word, as surnames do, and how often each word stands in such a pair."""
    surnames: set[str] = set()
    beside: Counter[str] = Counter()
    for found in _PAIR.finditer(text):
        if found[1] not in LEADING and found[1].lower() not in common:
            surnames.add(_bare(found[2]))
            beside.update((found[1], _bare(found[2])))
    return surnames, beside
