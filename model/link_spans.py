"""The words of a sentence that may stand for a party named elsewhere: pronouns, common nouns, collectives.

What is found here is only a candidate; `model.links` says whom it means, or that it means no party.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from model.names import words
from model.roles import FORCES, GOVERNMENTS, GROUPS, ORGANIZATIONS, PERSONS, TEAMS, singular

MOST: Final = 40  # candidates of one sentence: more is no prose, and the work stays linear

_FORMS: Final = {
    "I": "i me my mine",
    "we": "we us our ours",
    "you": "you your yours",
    "he": "he him his she her hers",
    "it": "it its",
    "they": "they them their theirs",
}
_FORM_OF: Final = {word.lower(): form for form, spelled in _FORMS.items() for word in spelled.split()}
_PRONOUN: Final = re.compile(rf"(?<![\w'’.-])(?i:{'|'.join(sorted(_FORM_OF, key=len, reverse=True))})(?![\w.-])")

_MORE_PERSONS: Final = (
    "visitor|guest|exile|absentee|neighbor|neighbour|enemy|opponent|rival|foe|ally|partner|politician|founder|man|woman|"
    "chieftain|elder|co-chairman|speaker|formateur|bishop|monk|nationalist|senator|governor|mayor|lawmaker|candidate|"
    "successor|predecessor|front-runner|peacemaker|patriarch|broker|winner|loser|organizer|convener|professor|lawyer"
)
_MORE_GROUPS: Final = (
    "opposition|camp|clan|tribe|socialist|liberal|conservative|nationalist|islamist|communist|democrat|unionist|separatist|"
    "republican|green|party|network|platform|insurgent|militant|fugitive|mountaineer|islander"
)
_MORE_STATES: Final = (
    "country|state|nation|kingdom|republic|capital|power|parliament|senate|island|host|neighbor|neighbour"
)

_NOUNS: Final = {
    "person": f"{PERSONS}|{_MORE_PERSONS}",
    "force": FORCES,
    "government": GOVERNMENTS,
    "team": TEAMS,
    "group": f"{GROUPS}|{_MORE_GROUPS}",
    "organization": ORGANIZATIONS,
    "state": _MORE_STATES,
}
_SORT_OF: Final = {singular(noun): sort for sort, nouns in reversed(_NOUNS.items()) for noun in nouns.split("|")}
_PLURAL_OF: Final = {"parties": "party", "countries": "country", "armies": "army", "ministries": "ministry",
    "allies": "ally", "enemies": "enemy", "embassies": "embassy", "militias": "militia", "deputies": "deputy",
    "men": "man", "women": "woman", "bodies": "body", "agencies": "agency", "secretaries": "secretary",
    "chairmen": "chairman", "spokesmen": "spokesman"}  # fmt: skip
_WORD: Final = "|".join(
    sorted({*_SORT_OF, *(f"{noun}s" for noun in _SORT_OF if noun[-1] not in "sy"), *_PLURAL_OF}, key=len, reverse=True)
)
# Words that may stand between a determiner and its noun: none that ends a phrase.
_BETWEEN: Final = (
    r"(?:(?!(?:and|or|of|in|on|at|to|for|with|from|by|that|who|which|was|were|is|are|has|had|have|will|would|said|says|"
    r"former|late|not|as|than|into|over|a|an|the)\b)[\w’-]+,?\s+){0,3}?"
)
_NOMINAL: Final = re.compile(
    rf"(?<![\w’'-])(?P<det>[Tt]he(?:se)?|[Tt]his|[Tt]hat|[Tt]hose|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Oo]ur|[Mm]y|[Yy]our)\s+"
    rf"{_BETWEEN}(?P<noun>{_WORD})\b(?![-’']\w|\s+(?:{_WORD})\b)"
)
_BARE: Final = re.compile(
    r"(?<![\w’'-])(?P<noun>[Rr]ebels|[Ii]nsurgents|[Mm]ilitants|[Gg]uerrillas|[Ss]eparatists|[Mm]inisters|[Oo]fficials|[Mm]ediators|"
    r"[Nn]egotiators|[Ss]oldiers|[Gg]enerals|[Dd]iplomats)\b(?![-’']\w)"
)
_NUMBER: Final = "two|three|four|five"
_COLLECTIVE: Final = re.compile(
    rf"(?<![\w’'-])(?:(?i:both|neither|either|each|all|one|none|every one|which)\s+(?:of\s+)?(?:(?:the|these|those)\s+)?"
    rf"(?:(?:{_NUMBER})\s+)?(?:them\b|us\b|{_BETWEEN}(?P<noun>{_WORD})\b)|"
    rf"(?i:the|these|those|all)\s+(?:{_NUMBER})\b(?:\s+of\s+them\b|\s+{_BETWEEN}(?P<counted>{_WORD})\b)?|"
    r"(?i:both|neither|each)\b(?!\s+(?:of|the)\b)|"
    r"(?i:the)\s+(?:rival\s+|warring\s+|opposing\s+|other\s+)?(?P<plural>sides|parties|leaders|rivals|neighbors|neighbours|delegations|"
    r"governments|capitals|camps|foes|enemies|countries|belligerents|adversaries|delegates|negotiators)\b)"
)
_OWNERS: Final = words("my our your his her its their")
_RELATED: Final = words(  # the noun of somebody else than the owner: "our hosts", "its opponents"
    "neighbor neighbour enemy opponent rival foe ally partner host guest colleague counterpart visitor brother friend successor "
    "predecessor mediator critic interlocutor"
)


@dataclass(frozen=True)
class LinkSpan:
    """Words that may stand for a party, at `start` in characters of the sentence.

    `form` is the pronoun ("I", "we", "you", "he", "it", "they"; "he" is also "she"), else the sort of the noun
    ("person", "force", "government", "team", "group", "organization", "state"), or "collective". `noun` is the head noun
    in the singular, "" for a pronoun. `owner` is true for a possessive pronoun.
    """

    text: str
    start: int
    form: str
    noun: str = ""
    plural: bool = False
    owner: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def link_spans(sentence: str) -> list[LinkSpan]:
    """The candidates of a sentence from left to right, none inside another."""
    kept: list[LinkSpan] = []
    ends = 0
    found = [*_collectives(sentence), *_nominals(sentence), *_pronouns(sentence)]
    for span in sorted(found, key=lambda each: (each.start, -each.end)):
        if span.start >= ends:
            kept.append(span)
            ends = span.end
    return kept[:MOST]


def noun_of(phrase: str) -> str:
    """The last word of a phrase in the singular: what a later "the ..." may repeat; "" where there is none."""
    last = phrase.lower().split()[-1:]
    return _PLURAL_OF.get(last[0], singular(last[0])) if last else ""


def pronoun_form(text: str) -> str:
    """The form of a pronoun as in `LinkSpan`; "" for other words."""
    return _FORM_OF.get(text.lower(), "")


def _collectives(sentence: str) -> Iterator[LinkSpan]:
    for found in islice(_COLLECTIVE.finditer(sentence), MOST):
        noun = found["noun"] or found["counted"] or found["plural"] or ""
        yield LinkSpan(found[0], found.start(), "collective", noun_of(noun), plural=True)


def _nominals(sentence: str) -> Iterator[LinkSpan]:
    for pattern in (_NOMINAL, _BARE):
        for found in islice(pattern.finditer(sentence), MOST):
            noun = noun_of(found["noun"])
            owner = found["det"].lower() in _OWNERS if pattern is _NOMINAL else False
            if owner and noun not in _RELATED:
                continue  # "his office" stands for whoever he is: the pronoun is the candidate
            yield LinkSpan(found[0], found.start(), _SORT_OF.get(noun, "group"), noun, noun != found["noun"].lower())


def _pronouns(sentence: str) -> Iterator[LinkSpan]:
    for found in islice(_PRONOUN.finditer(sentence), MOST):
        word = found[0].lower()
        if found[0] != "i":
            yield LinkSpan(found[0], found.start(), _FORM_OF[word], owner=word in _OWNERS)
