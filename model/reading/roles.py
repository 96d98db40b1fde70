"""Titles and roles: the words around a name that say which body of a party, or which person of it, is meant.

"Iran's chief negotiator", "the U.S. envoy", "Afghan soldiers" act for the party; "the Syrian opposition" and
"Russia's parliament" are parties of their own inside it; "Iranian oil" and "a former Israeli minister" are neither.
"""

import re
from dataclasses import dataclass
from typing import Final

PERSONS: Final = (
    "president|premier|prime minister|minister|chancellor|king|queen|emir|sultan|monarch|crown prince|prince|"
    "spokesman|spokeswoman|spokesperson|spokespeople|ambassador|envoy|emissary|representative|negotiator|mediator|"
    "diplomat|official|officer|leader|chief|head|commander|general|secretary|undersecretary|counterpart|adviser|"
    "advisor|aide|delegate|deputy|chairman|chairwoman|chair|chairperson|facilitator|co-chair|director|"
    "secretary-general|soldier|ruler|strongman|attache|coordinator|interlocutor|admiral|colonel|captain|brigadier|"
    "go-between|intermediary|colleague|host|boss|warlord|vice-president|commissioner|vice-minister"
)
FORCES: Final = (
    "army|police|fleet|warships|navy|military|armed forces|troops|forces|generals|soldiers|air force|warplanes|jets|"
    "artillery|guns|gunners|drones|tanks|coast guard|patrol ship|patrol boat|cutter|frigate|vessel|ship|gunboat"
)
GOVERNMENTS: Final = (
    "government|administration|authorities|cabinet|presidency|leadership|regime|junta|ministry|foreign ministry|"
    "foreign office|office|department|embassy|state department|treasury|monarchy|palace|executive"
)
TEAMS: Final = "delegation|team|side|mission|panel|camp|negotiating team|contingent"
GROUPS: Final = (
    "movement|group|rebel|rebels|insurgents|militia|militias|militants|guerrilla|guerrillas|fighters|front|faction|"
    "insurgency|gunmen|paramilitaries|separatists|extremists|combatants|militiamen|jihadists|mutineers"
)
ORGANIZATIONS: Final = (
    "bloc|alliance|union|organization|organisation|agency|commission|council|coalition|league|secretariat|watchdog|"
    "party|body|federation|authority|assembly|committee|network|forum|association|guild"
)
_PARLIAMENT: Final = (
    "parliament|legislature|lawmakers?|legislators?|senate|senators?|congress|MPs?|deputies|knesset|majlis"
)
_OPPOSITION: Final = "opposition|dissidents?"
_SEATS: Final = (
    "officials?|ministry|office|government|palace|authorities|leaders|leadership|spokesman|spokeswoman|generals|"
    "administration|cabinet|regime|junta|rulers|policymakers|diplomats"
)
_NOUNS: Final = "|".join(
    f"{noun}s?" if noun[-1] not in "sy" else noun
    for group in (PERSONS, FORCES, GOVERNMENTS, TEAMS, GROUPS, ORGANIZATIONS)
    for noun in group.split("|")
)
_ANY: Final = rf"{_NOUNS}|{_PARLIAMENT}|{_OPPOSITION}"
_MODIFIERS: Final = (
    "chief|top|senior|special|foreign|prime|deputy|lead|leading|nuclear|peace|interim|new|ruling|military|security|"
    "armed|ground|main|two|three|four|five|six|seven|permanent|acting|outgoing|visiting|transitional|presidential|"
    "royal|defense|defence|interior|finance|trade|justice|oil|water|energy|vice|high-level|high-ranking|ranking|"
    "parliamentary|political|negotiating|unity|caretaker|civilian|national|federal|regional|central|own|key|"
    "intelligence|army|police|border|naval|air|elite|diplomatic|climate|crisis|humanitarian|roving|veteran|"
    "military-led|supreme|state|hard-line|hardline|technical|assistant|exiled|elected|coalition|minority|provisional|"
    "de|facto|self-declared|breakaway|spiritual|joint|first|second|small|large|whole|entire|young|old|government|"
    "cabinet|delegation|party|rebel|embassy|junior"
)
_WORD: Final = rf"(?:[A-ZÀ-Þ][\w’'.-]*|{_MODIFIERS})"
_ROLE_AFTER: Final = re.compile(
    rf"(?:['’]s?)?(?P<words>(?:(?:,|\s+and|\s+or)?\s+(?:the\s+)?{_WORD}){{0,4}}?)\s+(?:and\s+)?"
    rf"(?P<noun>(?i:{_ANY}))\b(?!-|\s+partners?\b)(?:(?:['’]s(?:\s+{_WORD}){{0,3}}?)?\s+(?P<second>(?i:{PERSONS})s?)\b)?"
)
# One word of a field between an adjective and its noun: not a verb, and not a word that begins another phrase.
_ROLE_IN_FIELD: Final = re.compile(
    r"(?P<words>\s+(?!(?:from|with|that|into|over|when|while|will|have|would|were|said|told|sent|held|took|gave|made|"
    r"left|kept|lost|fled|shot|against|under|after|before)\b)[a-z-]{4,}(?<!ed)(?<!ing)(?<!s))\s+"
    rf"(?P<noun>(?i:{_NOUNS}))\b(?!-)(?:\s+(?P<second>(?i:{PERSONS})s?)\b)?"
)
# After a possessive the words up to the first noun of a role are all its own: "Tovia's railway commissioner".
_OWN_ROLE: Final = re.compile(
    r"['’]s?(?P<words>(?:\s+(?!(?:a|an|and|or|to|of|in|on|at|by|for|from|with|that|who|which|into|over|when|while|will|have|has|"
    r"had|would|is|are|was|were|said|says|told|not|but|as|if|than|against|under|after|before|former|late|ousted|deposed|"
    r"\w+['’]s?)\b)[\w-]+){0,4}?)\s+"
    rf"(?P<noun>(?i:{_ANY}))\b(?!-|\s+partners?\b)(?:(?:['’]s(?:\s+{_WORD}){{0,3}}?)?\s+(?P<second>(?i:{PERSONS})s?)\b)?"
)
_PRIVATE: Final = re.compile(
    r"\b(?:business|religious|church|tribal|community|union|student|labou?r|civil|company|industry|Muslim|Christian|"
    r"Jewish|"
    r"Shi['’]?ite|Sunni|Kurdish|Islamist|protest|protester|settler|refugee|media|television|radio|newspaper|village|"
    r"town|local|bank|airline|football|team)\b"
)
_ROLE_BEFORE: Final = re.compile(
    rf"\b(?P<noun>(?i:{_ANY}|members?|wing|people)(?=\s+(?:of|from|at)\s)|"
    r"(?:government|junta|authorities|regime|rulers|army)(?=\s+in\s))\s+"
    r"(?:of|from|at|in)\s+(?:(?:Foreign\s+Affairs|External\s+Affairs|Defen[cs]e|the\s+Interior)\s+of\s+)?"
    r"(?:(?:the\s+)?(?:Republic|Kingdom|State)\s+of\s+)?(?:the\s+|President\s+|Prime\s+Minister\s+|King\s+)?$"
)
_SEATED: Final = re.compile(
    r"(?:^|(?<!\w)[a-z]+,?\s+|[:;—–”“\"]\s*|\b(?:The|An?)\s+)"
    r"(?:(?:Foreign|Commerce|Defen[cs]e|Interior|Finance|Trade|Oil|Water|Energy|presidential|government|royal|senior|"
    r"foreign|defen[cs]e|military|new|current)\s+){0,3}"
    rf"(?P<noun>(?i:{_SEATS}))\s+in\s+(?:[A-ZÀ-Þ]\w+\s+and\s+(?:in\s+)?)?$"
)
_MAY_LEAD: Final = re.compile(  # a cheap test that spares most names the two patterns above
    r"\b(?:of|from|at|in)\s+(?:the\s+|President\s+|Prime\s+Minister\s+|King\s+|[A-ZÀ-Þ]\w+\s+and\s+(?:in\s+)?)?$"
)
_SENT: Final = re.compile(
    r"\b(?:envoy|representative|ambassador|mission|coordinator|adviser|advisor|delegate|emissary|"
    r"mediator)s?\s+(?:\w+\s+)?"
    r"(?:to|for|on|in)\s+(?:the\s+)?$"
)
_FORMER: Final = re.compile(
    r"\b(?:former|ex|one-time|onetime|retired|late|deposed|ousted)[\s-]+(?:[A-Z][\w.]*\s+)?$", re.IGNORECASE
)
_OPPOSITION_FIRST: Final = re.compile(r"(?:['’]s?)?\s+(?:[a-z]+\s+)?opposition\b")


@dataclass(frozen=True)
class Role:
    """The noun that a name carries, where its phrase ends (in characters from the name), and what is meant.

    `part` is "" for the party itself, "PARL" or "OPP" for a party inside it, "group" for an armed group or a party of
    its country, and "none" for nobody.
    """

    noun: str
    length: int
    part: str


def role_after(before: str, after: str, adjective: bool = True) -> Role | None:
    """The role that follows a name ("Iran" + "'s chief negotiator"); None where no role does.

    An adjective may share its role ("Israeli" + " and Palestinian mediators") and take a field of work in between
    ("Israeli" + " health authorities"); a noun may not.
    """
    found = _ROLE_AFTER.match(after) or _OWN_ROLE.match(after) or (_ROLE_IN_FIELD.match(after) if adjective else None)
    if not found or (not adjective and found["words"].lstrip().startswith((",", "and ", "or "))):
        return None
    part = "none" if _PRIVATE.search(found["words"]) else _part(found["noun"], before, after)
    return Role((found["second"] or found["noun"]).lower(), found.end(), part)


def role_before(before: str, capital: bool) -> Role | None:
    """The role that leads up to a name ("the government of" + "Iran"); its length counts back from the name.

    A capital takes only roles that sit there: "officials in London" are Britain's.
    """
    if not _MAY_LEAD.search(before[-24:]):
        return None
    found = (_SEATED if capital else _ROLE_BEFORE).search(before)
    if not found:
        return None
    return Role(
        found["noun"].lower(), len(before) - found.start("noun"), _part(found["noun"], before[: found.start()], "")
    )


def is_sent_to(before: str) -> bool:
    """Whether the name is where somebody is sent: "envoy to Afghanistan" is not Afghanistan's."""
    return bool(_SENT.search(before[-50:]))


def singular(noun: str) -> str:
    """One form for the nouns of a role: "negotiators" and "negotiator" are the same."""
    noun = noun.lower()
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


_PARTY_NOUNS: Final = frozenset({"party", "union", "league", "alliance", "bloc", "federation", "body"})
_GROUP_NOUNS: Final = frozenset(singular(noun) for noun in GROUPS.split("|")) | {"gunmen", "militiamen"}


def _part(noun: str, before: str, after: str) -> str:
    if _FORMER.search(before[-40:]):
        return "none"
    if singular(noun) in _GROUP_NOUNS | _PARTY_NOUNS:
        return "group"
    if re.fullmatch(_PARLIAMENT, noun, re.IGNORECASE):
        return "PARL"
    if re.fullmatch(_OPPOSITION, noun, re.IGNORECASE) or _OPPOSITION_FIRST.match(after):
        return "OPP"
    return ""
