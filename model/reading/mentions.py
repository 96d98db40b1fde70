"""Where a sentence refers to an actor by name, title or role.

A place is not an actor: "Moscow warned" is Russia, "talks in Moscow" and "the Moscow process" are not
(`model.reading.agency`). A name that carries a role, "the Russian Foreign Ministry", is the party or a party inside it
(`model.reading.roles`). What needs the rest of the document is in `model.reading.chains`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from model.actors import Actor, Match, Registry
from model.reading.agency import is_agent, is_part_of_compound
from model.reading.names import words
from model.reading.roles import Role, is_sent_to, role_after, role_before

NEAR: Final = 80  # the characters on either side of a name that the rules look at
_PARTS: Final = {"PARL": "parliament", "OPP": "opposition"}
_TITLES = words(
    "Mr Mrs Ms Dr Gen Col Lt Maj Brig Sgt Adm Sir Lady Lord Sheikh Mullah Mawlawi Ayatollah King Queen Prince "
    "Emir Sultan President Prime Minister Premier Chancellor Secretary Ambassador Envoy General Colonel Commander "
    "Senator Leader Foreign Defense Defence Interior Chief Chairman Spokesman Spokeswoman Deputy Vice State "
    "Negotiator Pope Crown Special Representative Marshal Field Major Army Governor Justice Judge Professor "
    "Comrade Imam Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June "
    "July August September October November December"
)
_FORMER = re.compile(r"\b(?:[Ff]ormer|[Oo]ne-time|[Ll]ate|[Ee]x-?)\s*(?:[\w.-]+,?\s+){0,3}$")
_HAD = re.compile(r"['’]s?\s+(?:former|late|ousted|deposed|one-time|ex-\w+)\b")
_OPPOSITION_LEADER = re.compile(r"\b[Oo]pposition\s+(?:[Ll]eader|figure|politician|chief|lawmaker|candidate)\s+$")
_MISSION = re.compile(r"\s+(?:peace\s+)?(?:envoy|coordinator|mediator|mission|adviser|experts?)\b")
_OF_STATES = re.compile(r"\s+(?:envoys?|negotiators?|delegat\w+|ambassador|embassy|government|foreign ministry)\b")
_GIVEN_NAME = re.compile(r"(?<=[a-z,] )([A-ZÀ-Þ][a-zà-þ]+(?:-\w+)?) $")


@dataclass(frozen=True)
class Mention:
    """Where a sentence refers to an actor: `text` stands at `start`, in characters of the sentence.

    `kind` is the kind of the alias, or "role" (a name with its title); `model.reading.chains` adds "nominal" and
    "collective", `model.reading.speech` adds "pronoun".
    """

    actor: Actor
    text: str
    start: int
    kind: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Reference:
    """A mention with the noun of its role, such as "negotiator"; "" where it has none."""

    mention: Mention
    noun: str = ""


Memory = dict[tuple[int, str, str], Reference | None]


def mentions_in(sentence: str, registry: Registry, day: date | None = None) -> list[Mention]:
    """Every reference to an actor in agent position, from left to right."""
    return [reference.mention for reference in references_in(sentence, registry.matches(sentence, day), registry)]


def references_in(
    sentence: str, matches: Iterable[Match], registry: Registry, memory: Memory | None = None
) -> list[Reference]:
    """The matches that are actors, each widened to the role it carries ("Iran's chief negotiator").

    `memory` keeps what the rules said of a match, for a sentence that is read again.
    """
    memory = {} if memory is None else memory
    found = []
    for match in matches:
        key = (match.start, match.text, match.actor.id)
        if key not in memory:
            memory[key] = _reference(match, sentence, registry)
        reference = memory[key]
        if reference:
            found.append(reference)
    return sorted(found, key=lambda each: each.mention.start)


def first_mention(sentence: str, actor: str, registry: Registry) -> tuple[str, int] | None:
    """Where the sentence names `actor`: by that very name, else by an alias in agent position, else by any."""
    name = rf"(?<!\w){re.escape(actor.strip())}(?!\w)"
    exact = re.search(name, sentence) or re.search(name, sentence, re.IGNORECASE)
    if exact:
        return exact.group(), exact.start()
    known = registry.resolve(actor)
    if known is None:
        return None
    agent = next((each for each in mentions_in(sentence, registry) if each.actor.id == known.id), None)
    if agent:
        return agent.text, agent.start
    named = next((match for match in registry.matches(sentence) if match.actor.id == known.id), None)
    return (named.text, named.start) if named else None


def one_per_actor(mentions: Sequence[Mention]) -> list[Mention]:
    """The first mention of each actor: a sentence and an actor make one pair."""
    first: dict[str, Mention] = {}
    for mention in mentions:
        first.setdefault(mention.actor.id, mention)
    return list(first.values())


def sub_actor(actor: Actor, part: str, registry: Registry) -> Actor:
    """The parliament or the opposition of a state: the registry's where it has one, else made after its pattern."""
    known = registry.actors.get(f"{actor.id}/{part}")
    return known or Actor(f"{actor.id}/{part}", f"{actor.name} ({_PARTS[part]})", "opposition", (), resolved=False)


def _reference(match: Match, sentence: str, registry: Registry) -> Reference | None:
    before = sentence[max(0, match.start - NEAR) : match.start]
    after = sentence[match.end : match.end + NEAR]
    if match.actor.type == "place" or is_part_of_compound(before, after):
        return None
    kind = match.alias.kind
    if kind == "person":
        other = _is_namesake(match, before, registry) or _FORMER.search(before[-40:])
        return None if other else _person(match, before, after, registry)
    if is_sent_to(before) or _HAD.match(after):
        return None
    # "Tehran officials" may be the city's, "the Tehran envoy" is not.
    by_itself = kind == "capital" and not after.startswith(("'", "’")) and not _OF_STATES.match(after)
    role = None if by_itself else role_after(before, after, kind in ("demonym", "acronym"))
    if role and not _is_subject_of_mission(match, after):
        return _with_role(match, role, match.start, match.end + role.length, sentence, registry)
    role = role_before(before, kind == "capital")
    if role and kind != "demonym":
        return _with_role(match, role, match.start - role.length, match.end, sentence, registry)
    if not is_agent(match, before, after):
        return None
    noun = match.text.split()[-1].lower() if kind == "office" else ""
    return Reference(Mention(match.actor, match.text, match.start, kind), noun)


def _person(match: Match, before: str, after: str, registry: Registry) -> Reference:
    """A person, with the role of whoever is named through the person: "Khin's deputy"."""
    role = role_after(before, after, adjective=False) if after.startswith(("'", "’")) else None
    in_opposition = match.actor.type == "state" and _OPPOSITION_LEADER.search(before)
    actor = sub_actor(match.actor, "OPP", registry) if in_opposition else match.actor
    if role and not role.part:
        return Reference(Mention(actor, match.text + after[: role.length], match.start, "role"), role.noun)
    return Reference(Mention(actor, match.text, match.start, "person"))


def _is_subject_of_mission(match: Match, after: str) -> bool:
    """ "The Syria envoy" is sent to Syria, while "the U.S. envoy" and "Syria's envoy" come from there."""
    adjective = match.alias.kind != "name" or "." in match.text or match.text.isupper()
    return match.actor.type == "state" and not adjective and bool(_MISSION.match(after))


def _with_role(match: Match, role: Role, start: int, end: int, sentence: str, registry: Registry) -> Reference | None:
    if role.part == "none" or (role.part == "group" and match.actor.type == "state"):
        return None
    if match.text == "European" and role.noun.startswith("diplomat"):  # of one country of Europe, nobody says which
        return None
    inside = role.part in _PARTS and match.actor.type == "state"
    actor = sub_actor(match.actor, role.part, registry) if inside else match.actor
    return Reference(Mention(actor, sentence[start:end], start, "role"), role.noun)


def _is_namesake(match: Match, before: str, registry: Registry) -> bool:
    """A surname after a given name that the registry does not know belongs to somebody else."""
    given = None if " " in match.text else _GIVEN_NAME.search(before[-40:])
    return given is not None and given[1] not in _TITLES and registry.resolve(given[1]) is None
