"""The words of a condition: what an actor asks for before it will talk, and of which kind that is.

Words such as "unless", "only in" or "insists on" open candidates; the strongest near the actor's own clause is taken.
The span leaves the connective out ("its prisoners are freed"), but keeps the words that limit ("not through Doha").
Grammar alone does this: to hide each candidate from the network, and prefer the one that moved its answer most, was
tried and found no more of the words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

REACH: Final = 800  # characters on either side of the mention in which a condition is looked for
CANDIDATES: Final = 24  # so that a hostile text of nothing but "if" costs little

Span = tuple[int, int]


class Spanned(Protocol):
    """What is needed of a mention: where it stands in the sentence, in characters."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class Condition:
    """The words of a condition: `text` stands at `start`, in characters of the sentence; `kind` is one of KINDS."""

    text: str
    start: int
    kind: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class _Cue:
    """Words that open a condition. `strength` ranks them; `kept` means that they belong to the span."""

    words: re.Pattern[str]
    strength: float
    kept: bool = False


@dataclass(frozen=True)
class _Candidate:
    """`cue` is where the connective begins, `start` and `end` bound the condition itself."""

    cue: int
    start: int
    end: int
    strength: float


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)


_IN = r"in|on|at|through|via|with|under|by|among|between|to|about|over|inside|within"
_CUES: Final = (
    _Cue(_words(r"only (?:if|when|once|after|until|in (?:exchange|return) for|on (?:the )?condition that)"), 4),
    _Cue(_words(r"unless|on (?:(?:the|one) )?condition,? (?:that|of)|on (?:the|one) understanding:? that"), 4),
    _Cue(_words(r"provid(?:ed|ing) (?:only )?that|providing|provided(?! by| with| for| an?)"), 4),
    _Cue(_words(r"in (?:exchange|return) for"), 4),
    _Cue(_words(r"(?<!as )if(?! not\b)(?:, and only if,)?|once(?! more| again)|(?:as|so) long as|as soon as"), 3),
    _Cue(_words(r"until|till|not before|subject to|(?:contingent|conditional|conditioned|dependent) (?:up)?on"), 3),
    _Cue(_words(r"depend(?:s|ed|ing)? (?:up)?on|hing(?:es|ed|ing) on|(?:up)?on receipt of"), 3),
    _Cue(_words(r"insist(?:s|ed|ing)?(?: (?:that|on))?"), 2.5),
    _Cue(_words(r"(?<!\ba )(?<!\bthe )demand(?:s|ed|ing)?(?: that)?(?! from| by)"), 2.5),
    _Cue(_words(r"(?:tie[sd]?|tying|link(?:s|ed)?) (?:(?:\w+ )?return(?:ing)? to )?[^,;:]{1,60}? to"), 2.5),
    _Cue(_words(rf"(?:not (?!to\b)|only |never )(?:{_IN}|before)(?! principle)(?= \w)"), 2.5, kept=True),
    _Cue(_words(r"without|(?:every|any|no)thing (?:but|except)|except(?: for)?|other than"), 2, kept=True),
    _Cue(_words(rf"but not(?! (?:{_IN})\b)"), 2, kept=True),
    _Cue(_words(r"(?:on )?(?:the )?(?:very )?(?:moment|minute|day|morning|week after)(?: that)?(?= \w+ \w+)"), 2),
    _Cue(_words(r"(?:any|no|an?) [\w-]+ (?:[\w-]+ )?(?:in|from|at|on|to) (?:which|whom)|(?<=, )yes to"), 2),
    _Cue(_words(r"limited to|confined to|restricted to|nothing (?:that|which)"), 2),
    _Cue(_words(rf"(?:(?:{_IN}) )?(?:no one|nobody|nothing|nowhere) else"), 1.8, kept=True),
    _Cue(_words(r"rather than"), 1.5, kept=True),
    _Cue(_words(r"requir(?:es|ed|ing)|need(?:s|ed)? to see|wants?|wanted|wait(?:s|ed|ing)? (?:for|on)"), 1.5),
    _Cue(_words(r"should(?= (?:the|an?|any|its|their|his|(?-i:[A-Z][a-z]+)) )"), 1.5),
    _Cue(_words(r"upon|(?:suggest|propos|prefer|ask)e?(?:s|red|ed|ing)?(?: that| for)?(?=[^,;:.]{1,80} instead)"), 1.2),
)

# Words of time only date a deed, unless something is promised or refused before them: "will talk when".
_TIMES: Final = _words(r"when|whenever|after|before|while|in case")
_PROMISED: Final = _words(r"\w+n['’]t|not|no|never|nothing|none|nobody|neither|nor|will|would|shall|could|can|only")
# After "before", this is the talks and not what must come first: "before they can meet", "before any dialogue".
_RESUMING: Final = re.compile(
    r"\s*(?:there (?:is|was|are|were|can|could|will|would)|"
    r"(?:it|he|she|they|we|i|any\w*|either|talks|dialogue|negotiations|"
    r"(?:the|a|any|further|new|its|their)(?: [\w-]+){1,3}) (?:(?:can|could|will|would|may|might)\b|"
    r"(?:is|was|are|were) (?:discussed|signed|held)|"
    r"(?:sit|sat|talk|meet|met|start|beg[ai]n|resume|go|join|return|come|came)(?:s|ed)?\b)|"
    r"(?:any|further|more|new) (?:talks|dialogue|negotiations?|meetings?|rounds?)|"
    r"(?:coming|returning|going|sitting|resuming|talking|joining|negotiating|signing|entering)\b)",
    re.IGNORECASE,
)

# Conditions that hold their cue or stand before it, each with its strength; a group, where there is one, is the span.
_IMPERATIVE = (
    r"bring|give|let|take|sign|free|lift|stop|revoke|pull|put|name|return|open|release|withdraw|drop|end|show|send|pay|"
    r"respect|recogni[sz]e|remove|hand|leave|get"
)
# It holds no second one of these prepositions: of "talks in Oslo on prisoners only", the last three words.
_PHRASE = rf"(?:{_IN}) (?:(?!(?:{_IN})\b)[\w.'’-]+ ){{1,8}}?"
_WHOLE: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), strength)
    for pattern, strength in (
        (rf"\b{_PHRASE}only\b(?! (?:{_IN}|if|when|after|once)\b)", 3.1),
        (
            rf"\b(?:{_IN}|as|only) [^,;:]{{2,60}}?,? (?:and|or) (?:not at all|nowhere else|nobody|"
            rf"(?:(?:{_IN}) )?(?:no one|nobody|nothing|none|no other)(?: else| \w+)?)\b",
            3.0,
        ),
        (r"\b(?:mak(?:es|ing)|made|set|sets|setting) ([^,;:]{2,80}?) (?:an? (?:pre)?condition|the price)\b", 3.0),
        (r"\beither ([^,;:\"“”]{4,120}?),? or\b", 2.5),
        (rf"\b{_PHRASE}alone\b", 2.2),
        (r"(?:^|: )([^,;:]{4,60}?),? or (?:no|none|forget|nothing|an? empty|\w+ off)\b", 2.0),
        (r"\b(no [^,;:\"“”]{1,60}), (?:and )?no\b", 2.0),
        (rf"(?:^|[\"“:;.] ?)((?:{_IMPERATIVE})\b[^,;:.\"“”]{{2,160}}?),? (?:and|or|then) ", 2.0),
        (r"(?:^|[,;:.\"“] ?)([^,;:.\"“”]{4,100}?),? (?:and )?then (?:we|i|our|a|the|talks?|dialogue)\b", 2.0),
    )
)
_FIRST: Final = _words(r"first(?! (?:\w+ )?(?:round|time|step|day|meeting|session|of))")
_FIRST_ENDS: Final = re.compile(r"[,;.\"”]|$")
_MUST: Final = _words(r"must|has to|have to|had to|would need to|needs to")
_GATING: Final = _words(r"before|first")

# Where a clause ends, and what goes on beyond a comma.
_SAID = (
    r"said|says|told|tells|wrote|writes|added|adds|called|calls|accused|urged|praised|asked|warned|vowed|repeated|"
    r"have vowed|has vowed|answered|offered"
)
_HARD_END: Final = re.compile(r"[;:!?]|\s[—–-]\s|—|\.(?=[\s\"”’]*$)|(?<=\S)[\"”]|[\"”](?=\W*$)")
_SOFT_END: Final = re.compile(
    r"\sinstead\b|\s(?:because|whereas|although|though|otherwise)\b|"
    r"\s(?:and|but) (?:not (?:before|until|sooner|(?:one|an?) (?:day|minute|hour|morning|moment))|"
    rf"(?:he|she|they|it|we|then|now) |(?:\w+ )?(?:{_SAID})\b)"
)
_BEFORE: Final = re.compile(r"\s(?:before|after)\b")
_QUOTED: Final = re.compile(r"(?<=\s)[\"“][^\"“”]{1,200}[\"”](?=\s+\w)")
_GOES_ON: Final = re.compile(
    r"\s(?:not|nor|too|or|however|with|without|and (?:if|that|not with|unless|only|in an?|with))\b", re.IGNORECASE
)
_ASIDE: Final = re.compile(
    r"\s[^,;]{1,120},\s(?:had|has|have|was|were|is|are|be|did|does|do|would|will|could|can|took|came|went|left|ran|stays|"
    r"takes|comes|\w{2,20}ed)\b"
)
_LIST_ITEM: Final = re.compile(
    r"\s(?!(?:while|but|and|which|who|because|he|she|it|they|adding|calling|an?|its|his|her|then|the|before|after|"
    r"until|in|on|as)\s)(?:[\w'’.-]+\s){1,4}(?:and|or)\s"
)
_CLAUSE_BREAK: Final = re.compile(
    r";|,? (?:while|whereas) |, (?:but|and|which|who) |, (?:said|says|told) |[.?!][\"”’]*\s|\s—\s", re.IGNORECASE
)
_CLAUSE_START: Final = re.compile(
    r"[,;:\"“”—]\s*(?:(?:and|but|so)\s)?|\b(?:that|says?|said|wants?|wanted|demanded|demands)\s", re.IGNORECASE
)

# What opens no condition: a cue before punctuation, "until it is", "until then". "Until Friday" is a weak one.
_PUNCTUATION: Final = re.compile(r"[,;:.?!”]|\"(?=\s|$)")
_EMPTY: Final = re.compile(
    r"(?:(?:it|he|she|they|that|this) (?:is|was|does|did|do|were|could|can|has|had|came)|that|then .*)$", re.DOTALL
)
_DATE: Final = re.compile(
    r"(?:midnight|noon|\d|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
)

# Each kind by words that tell it, and by words that only hint at it.
_KINDS: Final = {
    "ceasefire": (
        r"cease-?fires?|truces?|fighting|shell(?:s|ed|ing)|bomb(?:s|ed|ing|ings|ardments?)?|rockets?|violence|"
        r"kill(?:s|ed|ing|ings)|shooting|shot at|hostilities|(?:air ?)?strikes|raids|offensives?|guns|arms|weapons|"
        r"storm(?:s|ed|ing)|drones?|disarm\w*|terror\w*|war's end|jets?",
        r"attack(?:s|ed|ing)?|military operation|flights over|helicopters?|mines|silen\w+|fire|firing|war",
    ),
    "withdrawal": (
        r"withdrawals?|pull(?:s|ed|ing)?(?:-| )?(?:out|back)|pull(?:s|ed|ing)? (?:its|their|his)|sieges?|blockades?|"
        r"encircle\w*|garrisons?|troops|tanks|peacekeepers|retreat(?:s|ed)?|demilitari[sz]\w+|checkpoints?|barracks|"
        r"vacat(?:e|es|ed)|fleet|forces|(?:leave|leaves|left|quits?) (?:the|our|its|their|his|(?-i:[A-Z])\w+)|"
        r"roadblocks|cordon|occup(?:y|ies|ied|ation)|evacuat\w+|patrol boats|warships?",
        r"withdr[ae]w\w*|leaves?|left|(?:come|came) down from|soldiers|passes",
    ),
    "release": (
        r"releas(?:e|es|ed|ing)|freed|frees|free|freeing|prisoners?|hostages?|detain\w+|captives?|captur\w+|jail\w*|"
        r"amnest(?:y|ied)|bod(?:y|ies) of|abduct\w+|let (?:go|out)|prisons?|imprison\w+|arrested|pardon(?:s|ed)?|"
        r"kidnap\w+",
        r"(?:given|gives?|gave|hand(?:s|ed)?) (?:back|over)|returned|held|home",
    ),
    "recognition": (
        r"recogni[sz]\w+|legitima\w+|sovereign\w*|acknowledg\w+|equals?|flags?|statehood|independen(?:ce|t)|right to|"
        r"two-state|two states|second state|federal (?:state|republic)|political entity|apolog\w+|minority|titles?",
        r"named?|names|status|accept(?:s|ed)?",
    ),
    "sanctions": (
        r"sanctions?|assets|tariffs?|embargo(?:es)?|dut(?:y|ies)|unfr(?:eeze|ozen|eezes|oze)|frozen|blacklist|levies|"
        r"snapback|export (?:curbs|controls|bans?)|(?:travel|flight) bans?|direct flights|ports|border crossings?|"
        r"corridor|entity list",
        r"exports?|banks?|curbs",
    ),
    "guarantees": (
        r"guarant\w+|assur\w+|legally binding|safe (?:passage|conduct)|monitor\w*|immunity|inspect\w+|verif\w+|"
        r"in writing|cameras|bodyguards?|safety|security (?:pact|treaty)",
        r"written|pledg\w+|promis\w+|security|protect\w*",
    ),
    "format": (
        r"mediat\w+|facilitat\w+|observers?|in the room|at (?:the|a|its|any) table|chair(?:s|ed|man)?|seats?|seated|"
        r"attend\w*|delegat\w+|direct(?:ly)?|indirect(?:ly)?|face(?:-| )to(?:-| )face|invit\w+|presen(?:t|ce)|"
        r"tak(?:es?|ing) part|took part|(?:stays?|stayed|kept) (?:away|out)|excluded?|includ(?:es?|ed)|witness\w*|"
        r"format|messages|represent\w+|sponsor\w*|join(?:s|ed)?|participa\w+|among those|intermediar\w+|go-between|"
        r"bilateral\w*|multilateral\w*|no one else|nobody else|member of|took the chair|the United Nations|"
        r"the U\.?N\.?|the African Union",
        r"team|envoys?|sit(?:s|ting)?|sat|with(?:out)?|through|led|someone|somebody|alone|between|comes?|sen(?:t|ds?)",
    ),
    "venue": (
        r"venue|host|held in|hosted (?:by|in)|(?:on|in) (?:\w+ )?soil|neutral (?:ground|country|place)|third country|"
        r"in another country|moved (?:from|to)|nowhere else|in no other|not on an? (?:island|ship)|"
        r"(?:not|only) (?:in|at|through) (?-i:[A-Z])\w+|in (?-i:[A-Z])\w+ (?:only|alone|or)",
        r"(?:through|in|at) (?-i:[A-Z])\w+$",
    ),
    "agenda": (
        r"agenda|on the table|topics?|discuss\w*|items?|raise[sd]?|off the (?:table|list)|tops? the list|limited to|"
        r"(?:on|about|over) [\w ]{1,40} (?:only|alone)|not (?:on|about|over)|only (?:on|about)|single package|"
        r"everything except",
        r"issues?|on|about|mention(?:s|ed)?|questions?",
    ),
    "sequence": (
        r"elections?|votes?|referendum|ballot|next (?:week|month|year)|new (?:government|parliament)|sworn in|"
        r"inaugurat\w+|talks? (?:later|after)|budget",
        r"first(?! day)|before|after|until",
    ),
}
KINDS: Final = (*_KINDS, "other")
_KIND_PATTERNS: Final = tuple(
    {kind: re.compile(rf"(?<!\w)(?:{words[tier]})(?!\w)", re.IGNORECASE) for kind, words in _KINDS.items()}
    for tier in (0, 1)
)


def find_condition(sentence: str, mention: Spanned) -> Condition | None:
    """The condition under which the actor at `mention` would talk, or None where the sentence does not tell it.

    Meant for a pair whose stance is `conditional`: the words alone do not show whether a condition is the actor's.
    """
    candidates = _candidates(sentence, mention)
    if not candidates:
        return None
    best = max(candidates, key=lambda each: each.strength - _distance(sentence, mention, each))
    text = sentence[best.start : best.end]
    return Condition(text, best.start, condition_kind(text))


def condition_kind(text: str) -> str:
    """The kind of a condition by its words: that of the first telling word, else of the first hint, else `other`."""
    for patterns in _KIND_PATTERNS:
        found = [(match.start(), kind) for kind, pattern in patterns.items() if (match := pattern.search(text))]
        if found:
            return min(found, key=lambda each: each[0])[1]
    return "other"


def _candidates(sentence: str, mention: Spanned) -> list[_Candidate]:
    """What the cues near the mention open, the nearest first; a clause that runs into the mention ends before it."""
    low, window = max(0, mention.start - REACH), sentence[: mention.end + REACH]
    found = []
    for each in (*_opened(window, low), *_timed(window, low), *_whole(window, low), *_preceding(window, low)):
        if each.start < mention.start < each.end:
            start, end = _trimmed(window, each.start, mention.start)
            each = _Candidate(each.cue, start, end, each.strength - 1)
        if each.end - each.start > 4 and not _EMPTY.match(window, each.start, each.end):
            found.append(each)
    return sorted(found, key=lambda each: (abs(each.cue - mention.start), each.end))[:CANDIDATES]


def _opened(window: str, low: int) -> Iterator[_Candidate]:
    """Candidates that follow their cue."""
    for cue in _CUES:
        for match in cue.words.finditer(window, low):
            if not cue.kept and _PUNCTUATION.match(window, match.end()):
                continue
            opening = match.start() if cue.kept else match.end()
            start, end = _trimmed(window, opening, _end_of_clause(window, match.end()))
            yield _Candidate(match.start(), start, end, cue.strength - 2 * bool(_DATE.match(window, start)))


def _timed(window: str, low: int) -> Iterator[_Candidate]:
    """Candidates that follow a word of time; none where it is the talks that would follow ("before they can meet")."""
    for match in _TIMES.finditer(window, low):
        resuming = match.group().lower() in ("before", "after") and _RESUMING.match(window, match.end())
        if resuming or _PUNCTUATION.match(window, match.end()):
            continue
        promised = _PROMISED.search(window, max(low, match.start() - 160), match.start())
        contrast = window[max(0, match.start() - 2) : match.start()] == ", "
        start, end = _trimmed(window, match.end(), _end_of_clause(window, match.end()))
        yield _Candidate(match.start(), start, end, (2.5 if promised else 0.8) - contrast)


def _whole(window: str, low: int) -> Iterator[_Candidate]:
    """Candidates that hold their cue: "on prisoners only", "in Geneva or nowhere", "no cash, no signature"."""
    for pattern, strength in _WHOLE:
        for match in pattern.finditer(window, low):
            start, end = _trimmed(window, *match.span(pattern.groups))
            yield _Candidate(start, start, end, strength)


def _preceding(window: str, low: int) -> Iterator[_Candidate]:
    """Candidates that begin before their cue: "salaries first", "the army must leave before any talks"."""
    for match in _FIRST.finditer(window, low):
        end_here = _FIRST_ENDS.match(window, match.end())
        end = match.end() if end_here else _end_of_clause(window, match.end())
        start, end = _trimmed(window, _start_of_clause(window, match.start()), end)
        yield _Candidate(start, start, end, 1.8)
    for match in _MUST.finditer(window, low):
        start, end = _trimmed(window, _start_of_clause(window, match.start()), _end_of_clause(window, match.end()))
        gating = _GATING.search(window, start, end + len(" before"))
        yield _Candidate(start, start, end, 2.5 if gating else 1.2)


def _start_of_clause(window: str, at: int) -> int:
    left = max(0, at - 120)
    starts = [match.end() for match in _CLAUSE_START.finditer(window, left, at)]
    return starts[-1] if starts else left


def _end_of_clause(window: str, opening: int) -> int:
    """Where the clause that begins at `opening` ends: punctuation, a new clause, or whoever is said to say it."""
    limit = min(len(window), opening + REACH)
    stop = min(_hard_end(window, opening, limit), _soft_end(window, opening, limit))
    comma = window.find(",", opening, stop)
    while comma >= 0:
        aside = _ASIDE.match(window, comma + 1, stop)
        if aside:
            comma = window.find(",", aside.end(), stop)
        elif _GOES_ON.match(window, comma + 1, stop) or _LIST_ITEM.match(window, comma + 1, stop):
            comma = window.find(",", comma + 1, stop)
        else:
            return comma
    return stop


def _hard_end(window: str, opening: int, limit: int) -> int:
    """Punctuation that ends a clause; a word or two in quotation marks inside it does not."""
    at = opening
    while match := _HARD_END.search(window, at, limit):
        quoted = next((q for q in _QUOTED.finditer(window, opening, limit) if q.start() < match.end() <= q.end()), None)
        if quoted is None:
            return match.start()
        at = quoted.end()
    return limit


def _soft_end(window: str, opening: int, limit: int) -> int:
    ends = [match.start() for match in [_SOFT_END.search(window, opening, limit)] if match]
    for match in _BEFORE.finditer(window, opening, limit):
        if _RESUMING.match(window, match.end()):
            ends.append(match.start())
            break
    return min(ends, default=limit)


def _trimmed(window: str, start: int, end: int) -> Span:
    while start < end and window[start] in ' ,:;."“':
        start += 1
    while end > start and window[end - 1] in ' ,."”':
        end -= 1
    return start, end


def _distance(sentence: str, mention: Spanned, candidate: _Candidate) -> float:
    """How far a candidate is from the clause of the mention, in the unit of a cue's strength."""
    if candidate.cue >= mention.end:
        between, behind = sentence[mention.end : candidate.cue], 0.0
    else:
        between, behind = sentence[candidate.end : mention.start], 0.5
    breaks = sum(1 for _ in _CLAUSE_BREAK.finditer(between))
    return 1.5 * min(breaks, 3) + behind + len(between) / REACH
