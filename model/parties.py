"""Parties that the registry does not know: capitalised names that look like one.

A name is a party if its head says so ("Popular Front of the Gourma"), if the text introduces it so ("Nur, a militia"),
or if a common noun behind it does ("the Ghad party"). Names that act like states are in `model.unknown_states`.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from model.actors import Actor, Registry
from model.names import ACRONYM, BRACKET, HEADS, LEADING, WORD, party_of, words
from model.unknown_states import unknown_states

# With the name of a state these are its own bodies ("Syrian Army"), not a party beside it.
_OWN_BODIES: Final = words(
    "Foreign Defense Defence Interior Ministry Army Armed Forces Force Air Navy Government Security Council "
    "Embassy State National Supreme Guard Guards Federation Republic Administration Authority Commission Union "
    "Command Border Central Assembly Congress Parliament Senate Cabinet Presidential Islamic People's Military "
    "Joint Chiefs Agency Committee"
)
_NO_PARTY: Final = words(
    "Security Human Rights Crisis Olympic Football Cup Bar Press News Broadcasting Shopping Trade Labor Workers' "
    "Teachers' Soviet Davos Research Studies University Institute Center Centre Science Sports Champions Premier "
    "Supreme Federal City Town Village Chambers"
)
_RUN: Final = re.compile(rf"{WORD}(?:(?:\s+|\s+(?:of|for|and)\s+|\s+(?:of|for)\s+the\s+){WORD}){{0,9}}")
_FIRST: Final = re.compile(r"[\w’'-]+")
_CONNECTORS: Final = re.compile(r"(?:\s+(?:of|for|and|in|the))*\s+")
_OWNER: Final = re.compile(r"[A-ZÀ-Þ][\w-]{0,40}(?:\s+[A-ZÀ-Þ][\w-]{0,40})?['’]s\s+")
_IN_NAMES: Final = re.compile(r"(?:People|Nation|Women|Children|Men)['’]s\s")
_ACRONYM: Final = re.compile(rf"(?<![\w-]){ACRONYM}(?![\w-])")
_KINDS_OF_PARTY: Final = (
    r"militia|movement|rebel group|armed group|group|faction|party|alliance|coalition|front|guerrilla group|splinter|"
    r"bloc|insurgency|federation|separatist group|paramilitary group|rebel army|rebels|council|organization|"
    r"organisation"
)
_LOWER_HEAD: Final = re.compile(
    r"\s+(?:party|movement|militia|rebels|guerrillas|fighters|insurgents|militants|rebel\s+group|faction|tribe|clan|"
    r"alliance|front|separatists)\b(?!-)"
)
_ADJECTIVE: Final = re.compile(r"(?:-\w+|ist|Muslim|Christian|Sunni|Shi['’]?ite|Shia|day)$")
_CALLED: Final = re.compile(
    rf"(?:\s+\({ACRONYM}\))?,\s+(?:an?|the|another)\s+(?:[\w’'-]+\s+){{0,4}}?(?:{_KINDS_OF_PARTY})\b(?!['’-])"
)


def unknown_parties(text: str, registry: Registry, day: date | None) -> list[Actor]:
    """The parties of a document that the registry does not know, each with the words that the document uses."""
    aliases: dict[str, dict[str, str]] = {}
    acronyms = set(_ACRONYM.findall(text))
    taken = [
        (match.start, match.end)
        for match in registry.matches(text, day)
        if match.alias.kind not in ("demonym", "capital") and match.actor.type not in ("state", "place")
    ]
    for name, end in _named_parties(text, registry, day, taken):
        forms = aliases.setdefault(name, {name: "name"})
        bracket = BRACKET.match(text, end)
        acronym = bracket[1] if bracket else _initials(name)
        if acronym in acronyms and registry.resolve(acronym) is None:
            forms[acronym] = "acronym"
    _merge_short_names(aliases)
    parties = [party_of(name, forms) for name, forms in aliases.items()]
    used = HEADS | {word for name in aliases for word in name.split()} | _words_of(text, taken)
    return parties + unknown_states(text, registry, used)


def _words_of(text: str, spans: Iterable[tuple[int, int]]) -> set[str]:
    return {word for start, end in spans for word in text[start:end].split()}


def _initials(name: str) -> str:
    return "".join(part[0] for part in name.split() if part[0].isupper())


def _merge_short_names(aliases: dict[str, dict[str, str]]) -> None:
    """ "The Lorne Delta movement" is the Lorne Delta Congress, where the document has that too."""
    for name in [name for name in aliases if name.split()[-1].islower()]:
        stem = name[: name.rindex(" ") + 1]
        full = next((other for other in aliases if other != name and other.startswith(stem)), None)
        if full:
            aliases[full] |= aliases.pop(name)


def _named_parties(
    text: str, registry: Registry, day: date | None, taken: list[tuple[int, int]]
) -> Iterable[tuple[str, int]]:
    used = _words_of(text, taken)
    at = 0
    for run in _RUN.finditer(text):
        for start, end in _split_run(text, run.start(), run.end(), registry):
            while at < len(taken) and taken[at][1] <= start:
                at += 1
            known = at < len(taken) and taken[at][0] < end
            name = " ".join(text[start:end].split())
            if known or not name:
                continue
            noun = None if _ADJECTIVE.search(name) or _is_known(name, registry) else _LOWER_HEAD.match(text, end)
            noun = (
                None if name.split()[-1] in used else noun
            )  # "Tigray rebels" beside the Tigray People's Liberation Front
            if noun:
                yield f"{name} {' '.join(noun[0].split())}", noun.end()
            elif _has_party_head(name, registry) or _is_introduced(text, name, end, registry):
                yield name, end


def _split_run(text: str, start: int, end: int, registry: Registry) -> list[tuple[int, int]]:
    """A run of capitalised words without the words that only begin the sentence, and without a first party of two."""
    while True:
        word = _FIRST.match(text, start, end)
        if not word or word[0] not in LEADING:
            break
        rest = _CONNECTORS.match(text, word.end(), end)
        if not rest:
            return []
        start = rest.end()
    own = _OWNER.match(text, start, end)
    start = own.end() if own and not _IN_NAMES.match(own[0]) else start
    joined = text.find(" and ", start, end)
    if joined > 0 and _is_whole(text[start:joined], registry):
        return [(start, joined), *_split_run(text, joined + 5, end, registry)]
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    return [(start, end)] if start < end else []


def _is_whole(name: str, registry: Registry) -> bool:
    """Whether what stands before "and" is a party by itself, unlike in "Justice and Equality Movement"."""
    return registry.resolve(name) is not None or name.endswith("s") or name.split()[-1] in HEADS


def _is_known(name: str, registry: Registry) -> bool:
    return any(registry.resolve(part) for part in (name, *name.split()))


def _has_party_head(name: str, registry: Registry) -> bool:
    parts = name.split()
    lead = re.split(r"\s+(?:of|for|in)\s+", name)[0].split()
    head = lead[-1].rstrip("'’")
    if len(parts) < 2 or head not in HEADS or _NO_PARTY & set(parts):
        return False
    rest = [word for word in parts if word not in _OWN_BODIES and word not in ("of", "the", "and", "for")]
    known = {word for word in rest if registry.resolve(word)}
    return bool(set(rest) - known) or (bool(known) and any(word in HEADS - _OWN_BODIES for word in lead))


def _is_introduced(text: str, name: str, end: int, registry: Registry) -> bool:
    """ "Nur al-Sabah, a militia": the words after the name say that it is a party."""
    begins = " " not in name and not re.search(r"[\w,] (?:the )?$", text[max(0, end - len(name) - 6) : end - len(name)])
    return len(name) > 2 and not begins and registry.resolve(name) is None and bool(_CALLED.match(text, end, end + 90))
