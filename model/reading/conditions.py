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

from model.reading.condition_kinds import condition_kind

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
    """The words of a condition: `text` stands at `start`, in characters of the sentence.

    `kind` is one of `KINDS` of model/condition_kinds.py.
    """

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
_TERM = r"(?:condition|proviso|understanding|rule|promise)"
_CUES: Final = (
    _Cue(_words(r"only (?:if|when|once|after|until|in (?:exchange|return) for|on (?:the )?condition that)"), 4),
    _Cue(_words(r"unless|on (?:(?:the|one) )?condition,? (?:that|of(?! anonymity))"), 4),
    _Cue(_words(rf"on (?:the |an? |one )(?:\w+ )?{_TERM}(?:,? (?:namely|which is)\b)?[:,]?(?: that| of)?"), 4),
    _Cue(_words(r"provid(?:ed|ing) (?:only )?that|providing|provided(?! (?:by|with|for|an?)\b)"), 4),
    _Cue(_words(r"in (?:exchange|return) for"), 4),
    _Cue(_words(r"(?<!as )if(?! not\b)(?:, and only if,)?|once(?! more| again)|(?:as|so) long as|as soon as"), 3),
    _Cue(_words(r"(?:at|for) such time as|on (?:an?|one|the) (?:\w+ )?footing:"), 3),
    _Cue(_words(r"when, and (?:not|only)[^,]{1,30},|on the stroke of|presuppos(?:es|ed)"), 3),
    _Cue(_words(r"price (?:for|of) [^,;:]{1,60}?(?::| (?:is|was)(?: that)?)"), 3),
    _Cue(_words(r"(?<=, )were(?= [^,;:]{2,40} to \w)"), 2.5, kept=True),
    _Cue(_words(r"until|till|not before|subject to|(?:contingent|conditional|conditioned|dependent) (?:up)?on"), 3),
    _Cue(_words(r"depend(?:s|ed|ing)? (?:up)?on|(?:hing|rest|turn|hang)(?:s|es|ed|ing)? on"), 3),
    _Cue(_words(r"hung on|(?:up)?on receipt of"), 3),
    _Cue(_words(r"insist(?:s|ed|ing)?(?: (?:that|on))?|first wants|wants first|wants, in return,"), 2.5),
    _Cue(_words(r"need(?:s|ed)? to see"), 2.6),
    _Cue(_words(r"(?<!\ba )(?<!\bthe )demand(?:s|ed|ing)?(?: that)?(?! from| by)"), 2.5),
    _Cue(_words(r"(?:tie[sd]?|tying|link(?:s|ed)?) (?:(?:\w+ )?return(?:ing)? to )?[^,;:]{1,60}? to"), 2.5),
    _Cue(_words(rf"(?:not (?!to\b)|only |never )(?:{_IN}|before)(?! principle)(?= \w)"), 2.5, kept=True),
    _Cue(_words(r"without|(?:every|any|no)thing (?:but|except)|except(?: for)?|other than"), 2, kept=True),
    _Cue(_words(rf"but not(?! (?:{_IN})\b)"), 2, kept=True),
    _Cue(_words(r"(?:on )?(?:the )?(?:very )?(?:moment|minute|day|morning|week after)(?: that)?(?= \w+ \w+)"), 2),
    _Cue(_words(r"(?:on |from )?the (?:hour|evening|night)(?: that| (?:in|at|from|on) which)?(?= \w+ \w+)"), 2),
    _Cue(_words(r"(?:any|no|an?) [\w-]+ (?:[\w-]+ )?(?:in|from|at|on|to) (?:which|whom)|(?<=, )yes to"), 2),
    _Cue(_words(r"conditions? [^;:]{0,60}?(?:, among them|, including|:)|but(?= (?:under|with|on) )"), 1.8),
    _Cue(_words(r"on (?:an?|the) (?:\w+ ){0,3}(?:basis|footing|foundation) (?:of|that)"), 2, kept=True),
    _Cue(_words(r"limited to|confined to|restricted to|nothing (?:that|which)"), 2),
    _Cue(_words(r"(?:any|every|no)(?:one|body|where)(?: at all)? (?:but|except)|in isolation from"), 1.8, kept=True),
    _Cue(_words(r"outside (?:the|any|its) [\w-]+ (?:framework|format|process)"), 1.8, kept=True),
    _Cue(_words(rf"(?:(?:{_IN}) )?(?:no one|nobody|nothing|nowhere) else"), 1.8, kept=True),
    _Cue(_words(r"rather than|separately from"), 1.5, kept=True),
    _Cue(_words(r"(?:any(?:one|body)?|every|those) (?:[\w-]+ ){0,5}?(?:that|who|which)"), 1.5),
    _Cue(_words(r"(?:hang|pin|stake)(?:s|ed)? [^,;:]{1,50}? on|threaten(?:s|ed|ing)? to [^,;:]{1,60}? over"), 1.5),
    _Cue(_words(r"ask(?:s|ed|ing)? for(?! (?:a )?(?:talks|dialogue|meeting|comment))"), 1.0),
    _Cue(_words(r"any (?:[\w-]+ ){1,3}(?:attended|chaired|hosted) by"), 1.5, kept=True),
    _Cue(_words(r"(?:not|never|no longer) (?:discuss|talk about|negotiate (?:about|on|over))"), 1, kept=True),
    _Cue(_words(r"(?:through|via)(?= (?-i:[A-Z]))"), 0.9, kept=True),
    _Cue(_words(r"as (?:an?|one|equals)(?! (?:result|rule|matter|sign|means|step|whole)\b)"), 0.9, kept=True),
    _Cue(_words(r"requir(?:es|ed|ing)|wants?|wanted|wait(?:s|ed|ing)? (?:for|on)"), 1.5),
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
    r"respect|recogni[sz]e|remove|hand|leave|get|unlock|reopen|restore|come|admit|halt|allow|cut"
)
# What is given for it: "and we will come", "or the delegation leaves".
_ANSWER = (
    r"(?:(?:we|i|you|he|she|they|it|then|find|come|certain|talks?)\b|(?:the|an?|our|my|[\w’']+) (?:[^,;.]{3,60}? )?"
    r"(?:will|shall|would|can|may|could|is|are|comes?|leaves?|stays?|sails?|flies|fly|walks?|goes)\b)"
)
# It holds no second one of these prepositions: of "talks in Oslo on prisoners only", the last three words.
_PHRASE = rf"(?:{_IN}) (?:(?!(?:{_IN})\b)[\w.'’-]+ ){{1,8}}?"
_WHOLE: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), strength)
    for pattern, strength in (
        (rf"\b(?:of (?:[\w'’-]+ ){{1,3}}?|{_PHRASE})only\b(?! (?:{_IN}|as|if|when|after|once|until)\b)", 3.1),
        (
            rf"\b(?:{_IN}|as|only) (?:(?!(?:{_IN}|who|which)\b(?! the room| person))[\w.'’-]+,? ){{1,9}}?"
            rf"(?:and|or) (?:not at all|nowhere(?: else)?|nobody|"
            rf"(?:(?:{_IN}) )?(?:no one|nobody|nothing|none|no other)(?: else| \w+)?)\b",
            3.0,
        ),
        (
            r"\b(?:mak(?:es|ing)|made|set|sets|setting|nam(?:es|ed|ing)|want(?:s|ed)) "
            r"([^,;:]{2,80}?)(?: as)? (?:an?|the|its|his|her|their) (?:precondition|condition|price|ticket)\b",
            3.0,
        ),
        (
            r"\b(only [^,;:\"“”]{3,60}?),? (?:[^,;:\"“”]{3,40}, )?(?:would|will|could|can|might) "
            r"(?:make|bring|get|persuade|open|lead|move)\b",
            2.5,
        ),
        (r"\beither ([^,;:\"“”]{4,120}?)(?:,[^,;:\"“”]{3,40},|,)? or\b", 2.5),
        (rf"\b{_PHRASE}alone\b", 2.2),
        (rf"\b(?:{_IN}|for|as) [^,;:]{{2,50}}?(?:,| and) (?:not|never) (?:{_IN}|for|as) [^,;:.]{{2,50}}", 2.2),
        (r"\bwith(?:out)? [^,;:]{2,50}? (?:present|(?:at|around) the table|in the (?:room|chair))\b", 1.8),
        (r"\bat a table (?:of|with) [^,;:.]{2,40}|\b[\w-]+ or (?:nobody|nowhere)\b", 1.8),
        (
            r"\bno (?:talks|bargaining|negotiations?|dialogue|meetings?|deal|peace) "
            r"((?:under|amid|with|on|over|at) [^,;:.]{3,60})",
            1.2,
        ),
        (
            r"(?:^|: )([^;:]{4,60}?),? or (?:no|none|forget|nothing|we|an? empty|"
            r"[\w'’]+ (?:off|out|stays?|leaves?|walks?|goes))\b",
            2.0,
        ),
        (r"\b(no [^,;:\"“”]{1,60}), (?:and )?no\b", 2.0),
        (
            rf"(?:^|[\"“:;.] ?)((?:{_IMPERATIVE})\b[^;:.\"“”]{{2,160}}?),?"
            rf"(?:[\"”] [^\"“”]{{3,80}} [\"“]| )(?:then|(?:and|or) {_ANSWER})",
            2.0,
        ),
        (rf"(?:^|[\"“:;.] ?)((?:{_IMPERATIVE})\b[^,;:.\"“”]{{2,160}}?),? (?:and|or) ", 1.8),
        (
            r"(?:^|[\"“:;] ?)((?:one|two|three|another|no) [^;:.\"“”]{2,80}?),?(?:[\"”] [^\"“”]{3,80} [\"“]| )"
            rf"(?:and|or) {_ANSWER}",
            1.6,
        ),
        (r"(?:^|[,;:.\"“] ?)([^,;:.\"“”]{4,100}?),? (?:and )?then (?:we|i|our|a|the|talks?|dialogue)\b", 2.0),
    )
)
_FIRST: Final = _words(r"first(?! (?:\w+ )?(?:round|time|step|day|meeting|session|of))")
_FIRST_ENDS: Final = re.compile(r"[,;.\"”]|$")
# What turns the clause before it into a condition; the span ends there.
_ENDED: Final = _words(
    r"(?<=, )(?:failing which|or else|otherwise)|"
    r"(?:is|are|was|were) (?:[\w.’'-]+ ){1,5}?(?:price|ticket|precondition)|"
    r"(?:would be|is|was) enough to|is the (?:price|condition)"
)
# What makes a clause a limit of the agenda; the span is the whole clause.
_BARRED: Final = _words(
    r"(?:not|never) (?:be )?(?:for discussion|up for|open to|taken up|discussed|negotiable)|not be among|"
    r"(?:stays?|stayed|kept|left|remains?) off|the (?:sole|one and only|only) "
    r"(?:item|topic|subject|point|setting|ones|mediator|channel|format|framework|forum|talks|venue|place)"
)
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
    r";|,? (?:while|whereas) |, (?:but(?! (?:not|never|only)\b)|and|which|who) |, (?:said|says|told) |"
    r"[.?!][\"”’]*\s|\s—\s",
    re.IGNORECASE,
)
_CLAUSE_START: Final = re.compile(
    r"[,;:\"“”—]\s*(?:(?:and|but|so)\s)?|\b(?:that|says?|said|wants?|wanted|demanded|demands|asked for|ask for|but)\s",
    re.IGNORECASE,
)

# What opens no condition: a cue before punctuation, "until it is", "until then". "Until Friday" is a weak one.
_PUNCTUATION: Final = re.compile(r"[,;:.?!”]|\"(?=\s|$)")
_EMPTY: Final = re.compile(
    r"(?:(?:it|he|she|they|that|this) (?:is|was|does|did|do|were|could|can|has|had|came)|that|then .*)$", re.DOTALL
)
_DATE: Final = re.compile(
    r"(?:midnight|noon|\d|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
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
    for match in _ENDED.finditer(window, low):
        start, end = _trimmed(window, _start_of_clause(window, match.start() - 2), match.start())
        yield _Candidate(start, start, end, 2.5)
    for match in _BARRED.finditer(window, low):
        start, end = _trimmed(window, _start_of_clause(window, match.start()), _end_of_clause(window, match.end()))
        yield _Candidate(start, start, end, 1.5)
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
        between, behind = sentence[mention.end : candidate.cue + len("only")], 0.0
    else:
        between, behind = sentence[candidate.end : mention.start], 0.5
    breaks = sum(1 for _ in _CLAUSE_BREAK.finditer(between))
    return 1.5 * min(breaks, 3) + behind + len(between) / REACH
