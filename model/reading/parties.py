"""Parties that the registry does not know: capitalised names that look like one.

A name is a party if its head says so ("Popular Front of the Gourma"), if the text introduces it so ("Nur, a militia"),
or if a common noun behind it does ("the Ghad party"). Names that act like states are in `model.reading.unknown_states`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from model.actors import Actor, Alias, Registry
from model.reading.names import ACRONYM, BRACKET, HEADS, LEADING, TITLE, WORD, Spans, party_of, words
from model.reading.parties_in_use import is_thing, parties_in_use, persons_in
from model.reading.unknown_states import compound_states, unknown_states

# With the name of a state these are its own bodies ("Syrian Army"), not a party beside it.
_OWN_BODIES: Final = words(
    "Foreign Defense Defence Interior Ministry Army Armed Forces Force Air Navy Government Security Council "
    "Embassy State National Supreme Guard Guards Federation Republic Administration Authority Commission Union "
    "Command Border Central Assembly Congress Parliament Senate Cabinet Presidential Islamic People's Military "
    "Joint Chiefs Agency Committee General"
)
_ORDINALS: Final = words("First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth")
_NO_PARTY: Final = words(
    "Security Human Rights Crisis Olympic Football Cup Bar Press News Broadcasting Shopping Trade Labor Workers' "
    "Teachers' Soviet Davos Research Studies University Institute Center Centre Science Sports Champions Premier "
    "Supreme Federal City Town Village Chambers"
)
MOST_WORDS: Final = 4  # a longer run of capitals is more than a name
_POLITICAL: Final = words("Party Front Movement Coalition Alliance")
_MONTH: Final = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_RUN: Final = re.compile(  # with the numbers of "9 August Brigade" and "Line 29 Movement"
    rf"(?:\d\d?\s+(?={_MONTH}\s+[A-Z]))?{WORD}"
    rf"(?:(?:\s+|\s+(?:of|for|and)\s+|\s+(?:of|for)\s+the\s+)(?:(?:al|as|ash|an|ad|el)-)?{WORD}|"
    rf"\s+\d{{1,3}}(?=\s+(?:{'|'.join(sorted(HEADS))})\b)){{0,9}}"
)
_OFFICES: Final = words("President Prime Minister Gen Mr")
_PERSON_IN: Final = re.compile(  # "Bo Tarn of the Rural Union"
    rf"{WORD}(?:\s+{WORD}){{1,2}}(\s+of\s+(?:the\s+)?)(?={WORD}\s+{WORD})"
)
_FIRST: Final = re.compile(r"[\w’'-]+")
_CONNECTORS: Final = re.compile(r"(?:\s+(?:of|for|and|in|the))*\s+")
_GOVERNMENTS: Final = ("{} government", "Autonomous {} Government", "{} Regional Government", "{} authorities")
_STATE: Final = re.compile(r"(?:Republic|Emirate|Commonwealth)\s+of\s")
_PERSON_OF: Final = re.compile(
    rf"(?:(?:{TITLE})\s+){WORD}(?:\s+{WORD}){{0,3}}(\s+of\s+(?:the\s+)?)"
)  # "Sir X of the Y Group"
_OWNER: Final = re.compile(r"[A-ZÀ-Þ][\w-]{0,40}(?:\s+[A-ZÀ-Þ][\w-]{0,40})?['’]s\s+")
_IN_NAMES: Final = re.compile(r"(?:People|Nation|Women|Children|Men)['’]s\s")
_ACRONYM: Final = re.compile(rf"(?<![\w-]){ACRONYM}(?![\w-])")
_KINDS_OF_PARTY: Final = (
    r"militia|movement|rebel group|armed group|group|faction|party|alliance|coalition|front|guerrilla group|"
    r"splinter|"
    r"bloc|association|caucus|committee|guild|union|network|band|insurgency|federation|separatist group|"
    r"paramilitary group|rebel army|rebels|council|organization|"
    r"organisation"
)
_LOWER_HEAD: Final = re.compile(
    r"\s+(?:party|movement|militia|rebels|guerrillas|fighters|insurgents|militants|rebel\s+group|faction|tribe|"
    r"clan|"
    r"alliance|front|separatists)\b(?!-)"
)
_ADJECTIVE: Final = re.compile(r"(?:-\w+|ist|Muslim|Christian|Sunni|Shi['’]?ite|Shia|day)$")
_KIND_BEFORE: Final = re.compile(  # "a smaller band, the Guardians of the Realm, has"
    rf"\b(?:[Aa]n?|[Tt]he|[Aa]nother)\s+(?:[\w’'-]+\s+){{0,3}}(?:{_KINDS_OF_PARTY})(?:\s+(?!and\b|with\b)[\w’'-]+){{0,4}},\s+(?:the\s+)?$"
)
_CALLED: Final = re.compile(
    rf"(?:\s+\({ACRONYM}\))?,\s+(?:an?|the|another)\s+(?:[\w’'-]+\s+){{0,4}}?(?:{_KINDS_OF_PARTY})\b(?!['’-])"
)


def unknown_parties(text: str, registry: Registry, day: date | None) -> list[Actor]:
    """The parties of a document that the registry does not know, each with the words that the document uses.

    A party of the registry is among them where the document writes its name with other capitals.
    """
    aliases: dict[str, dict[str, str]] = {}
    acronyms = set(_ACRONYM.findall(text))
    taken = [
        (match.start, match.end)
        for match in registry.matches(text, day)
        if match.alias.kind not in ("demonym", "capital") and match.actor.type not in ("state", "place")
    ]
    runs = _free_runs(text, registry, taken)
    for name, end in _named_parties(text, runs, registry, taken):
        forms = aliases.setdefault(name, {name: "name"})
        bracket = BRACKET.match(text, end)
        acronym = bracket[1] if bracket else _initials(name)
        if acronym in acronyms and registry.resolve(acronym) is None:
            forms[acronym] = "acronym"
    used = {word for name in aliases for word in name.split()} | _words_of(text, taken)
    persons = persons_in(text, runs)
    states = unknown_states(text, registry, used)
    persons -= {name for name in persons if " " in name and name.split()[-1] in {state.name for state in states}}
    states += compound_states(text, runs, persons, registry)
    of_states = {alias.text for state in states for alias in state.aliases}
    for name in parties_in_use(text, runs, persons, registry):
        if not of_states & {name, *name.split()[:1]} and not (_OWN_BODIES | _ORDINALS).issuperset(name.split()):
            aliases.setdefault(name, {name: "name"})
    for name in {text[start:end] for start, end in runs}:
        people = next((actor for actor, alias in registry.holders(f"{name}s") if alias.kind == "demonym"), None)
        if people and registry.resolve(name) is None:
            aliases.setdefault(people.id, {})[name] = "demonym"
    _merge_short_names(aliases, {" ".join(text[start:end].split()) for start, end in runs} - persons)
    others = _words_of(text, taken) | {form for state in states for form in (alias.text for alias in state.aliases)}
    _add_short_names(aliases, Counter(text[start:end] for start, end in runs), registry, others)
    return [_actor(name, forms, registry) for name, forms in aliases.items()] + [
        _government_of(state, registry) for state in states
    ]


def _government_of(state: Actor, registry: Registry) -> Actor:
    """The registry's own government of a region that the document treats as a state, under the document's words."""
    known = next((found for form in _GOVERNMENTS if (found := registry.resolve(form.format(state.name)))), None)
    return replace(known, aliases=state.aliases) if known else state


def _actor(name: str, forms: dict[str, str], registry: Registry) -> Actor:
    known = registry.resolve(name)
    if known is None:
        return party_of(name, forms)
    return replace(known, aliases=tuple(Alias(form, kind) for form, kind in forms.items()))


def _words_of(text: str, spans: Iterable[tuple[int, int]]) -> set[str]:
    return {word for start, end in spans for word in text[start:end].split()}


def _initials(name: str) -> str:
    return "".join(part[0] for part in name.split() if part[0].isupper())


def _merge_short_names(aliases: dict[str, dict[str, str]], runs: set[str]) -> None:
    """ "The Lorne Delta movement" is the Lorne Delta Congress, "the Liberals" are the Social Liberals."""
    for name in list(aliases):
        if name.split()[-1].islower():
            stem = name[: name.rindex(" ") + 1]
            full = [other for other in aliases if other != name and other.startswith(stem)][:1]
        else:
            full = [
                other for other in runs | set(aliases) if other.endswith(f" {name}") and other.count(" ") < MOST_WORDS
            ]
        if len(full) == 1:
            aliases[full[0]] = {full[0]: "name"} | aliases.get(full[0], {}) | aliases.pop(name)


def _add_short_names(
    aliases: dict[str, dict[str, str]], runs: Counter[str], registry: Registry, others: set[str]
) -> None:
    """ "Forward" for Forward Tarvia, "Land leader" for one of the Land Party, "a Green" for one of the Greens."""
    for name, forms in aliases.items():
        parts = name.split()
        first = parts[0].rstrip("'’")
        begun = [other for other in aliases if other.split()[0].rstrip("'’") == first]
        free = first not in _OWN_BODIES | HEADS | others and registry.resolve(first) is None
        if len(parts) > 1 and len(begun) == 1 and free:
            is_name = runs[first] > 1 and parts[-1] not in HEADS
            forms.setdefault(first, "name" if is_name else "demonym")
        for form in list(forms):
            if form.endswith("s") and not form.endswith("ss") and form.split()[-1] not in HEADS:
                forms.setdefault(form[:-1], "demonym")


def _free_runs(text: str, registry: Registry, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The runs of capitalised words that the registry does not know."""
    spans = Spans(taken)
    return [
        (start, end)
        for run in _RUN.finditer(text)
        for start, end in _split_run(text, run.start(), run.end(), registry)
        if text[start:end].strip() and (not spans.overlaps(start, end) or _is_offshoot(text[start:end], registry))
    ]


def _is_offshoot(name: str, registry: Registry) -> bool:
    """A party whose name begins with another's: "the Renamo Military Junta"."""
    first, *rest = name.split()
    head = rest[-1] if rest else ""
    offshoot = len(rest) > 1 and head in HEADS - _OWN_BODIES and registry.resolve(first) is not None
    return offshoot and registry.resolve(name) is None


def _named_parties(
    text: str, runs: list[tuple[int, int]], registry: Registry, taken: list[tuple[int, int]]
) -> Iterable[tuple[str, int]]:
    used = _words_of(text, taken)
    for start, end in runs:
        name = " ".join(text[start:end].split())
        bare = None if _ADJECTIVE.search(name) or _is_known(name, registry) else _LOWER_HEAD.match(text, end)
        # "Tigray rebels" beside the Tigray People's Liberation Front
        noun = None if name.split()[-1] in used else bare
        if noun:
            yield f"{name} {' '.join(noun[0].split())}", noun.end()
        elif (
            _is_respelled(name, registry)
            or _has_party_head(name, registry)
            or _is_introduced(text, name, end, registry)
        ):
            yield name, end


def _is_respelled(name: str, registry: Registry) -> bool:
    """Whether the registry knows this longer name with other capitals: "the Montana Group"."""
    known = registry.resolve(name) if " " in name else None
    return known is not None and known.type not in ("state", "place")


def _split_run(text: str, start: int, end: int, registry: Registry) -> list[tuple[int, int]]:
    """A run of capitalised words without the words that only begin the sentence, and without a first party of two."""
    while True:
        word = _FIRST.match(text, start, end)
        definite = text[max(0, start - 4) : start] in ("the ", "The ")  # "the Tomorrow List"
        if not word or word[0] not in LEADING or (definite and word[0] not in _OFFICES):
            break
        rest = _CONNECTORS.match(text, word.end(), end)
        if not rest:
            return []
        start = rest.end()
    of_body = _PERSON_OF.match(text, start, end) or _person_in(text, start, end)
    if of_body:
        return [(start, of_body.start(1)), (of_body.end(), end)]
    own = _OWNER.match(text, start, end)
    start = own.end() if own and not _IN_NAMES.search(own[0]) else start
    joined = text.find(" and ", start, end)
    bracket = BRACKET.match(text, end)
    whole = bracket is not None and bracket[1] == _initials(text[start:end])
    if joined > 0 and not whole and _is_whole(text[start:joined], registry):
        return [(start, joined), *_split_run(text, joined + 5, end, registry)]
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    return [(start, end)] if start < end else []


def _person_in(text: str, start: int, end: int) -> re.Match[str] | None:
    """A person's name before "of" and that of a body: no article, and no word that parties or things are named by."""
    found = _PERSON_IN.match(text, start, end)
    if not found or text[max(0, start - 4) : start].lower() == "the ":
        return None
    person = text[start : found.start(1)].split()
    other = HEADS & set(person) or is_thing(" ".join(person)) or person[-1].endswith("s")
    return None if other else found


def _is_whole(name: str, registry: Registry) -> bool:
    """Whether what stands before "and" is a party by itself, unlike in "Justice and Equality Movement"."""
    return registry.resolve(name) is not None or name.endswith("s") or name.split()[-1] in HEADS


def _is_known(name: str, registry: Registry) -> bool:
    return any(registry.resolve(part) for part in (name, *name.split()))


def _has_party_head(name: str, registry: Registry) -> bool:
    parts = name.split()
    lead = re.split(r"\s+(?:of|for|in)\s+", name)[0].split()
    last = "" if " the " in name or is_thing(name) else parts[-1]  # "Friends for Peace Movement"
    head = next((word for word in (lead[-1].rstrip("'’"), last) if word in HEADS), "")
    private = bool(_NO_PARTY & set(parts)) and head not in _POLITICAL
    numbered = parts[0] in _ORDINALS and parts[1:] == [head]  # a unit of an army
    if len(parts) < 2 or not head or private or numbered or _STATE.match(name):
        return False
    rest = [word for word in parts if word not in _OWN_BODIES and word not in ("of", "the", "and", "for")]
    known = {word for word in rest if registry.resolve(word)}
    return bool(set(rest) - known) or (bool(known) and any(word in HEADS - _OWN_BODIES for word in lead))


def _is_introduced(text: str, name: str, end: int, registry: Registry) -> bool:
    """ "Nur al-Sabah, a militia": the words after the name say that it is a party."""
    begins = " " not in name and not re.search(r"[\w,] (?:the )?$", text[max(0, end - len(name) - 6) : end - len(name)])
    start = end - len(name)
    before = text[max(0, start - 100) : start] if text.startswith(",", end) else ""
    called = _CALLED.match(text, end, end + 90) or _KIND_BEFORE.search(before)
    return len(name) > 2 and not (begins and " " not in name) and registry.resolve(name) is None and bool(called)
