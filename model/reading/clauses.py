"""The clauses of a sentence, as far as commas, connectives and the mentions of actors show them."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from model.reading.mentions import Mention
from model.reading.speakers import MOST, Speaker, names_of, names_person
from model.reading.speech_words import OFFICE

REACH: Final = 300  # the characters before a verb in which its subject is looked for

_EDGE = re.compile(
    r"[,;:\0—()]|[?!]\s|\b(?:that|whether|if|after|when|because|until|unless|although|though|while|before|as|but|since|than|where)\b",
    re.IGNORECASE,
)
_NEW_CLAUSE = re.compile(r"(?:[;:]|[,\0]\s+(?:and|but|while|whereas|although|though|yet|as)\b|[?!]\s)\s*")
_BEFORE_NAME = re.compile(
    r"(?:\s*(?:(?:the|an?|some|both|its|his|her|their|other|senior|many|most|even|now)\b|[A-Z][\w.'’-]*(?=\s|$)|"
    rf"(?:{OFFICE}s?|members?) (?:for|of|at|from|to)\b)){{0,8}}\s*"
)
_HEADLINE_CLAUSE = re.compile(r",\s+")
_PRESENT = re.compile(r"\s+[a-z]+s\b")
_LEADING = re.compile(
    r"\s*(?:after|when|while|asked|if|although|though|as|since|once|unless|because|before|in|on|at|speaking|under|during|despite|"
    r"with|for|following)\b[^,]{0,200},",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?:\s*\([A-Z][\w-]{1,12}\))?\s*(?:,|,?\s*and|,?\s*or)\s*(?:the\s+)?")


@dataclass(frozen=True)
class Group:
    """Mentions that are listed together, "Britain, France and Germany", as one speaker."""

    speaker: Speaker
    start: int
    end: int


class Clauses:
    """A sentence without its quotations, and its mentions of actors from left to right."""

    def __init__(self, text: str, mentions: Sequence[Mention]) -> None:
        self.text = text
        self.mentions = mentions
        self._starts = [mention.start for mention in mentions]
        self._ends = {mention.end for mention in mentions}

    def between(self, start: int, end: int) -> Sequence[Mention]:
        """The mentions that begin in a stretch."""
        return self.mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def last_before(self, at: int) -> Mention | None:
        index = bisect_left(self._starts, at) - 1
        return self.mentions[index] if index >= 0 else None

    def follows_mention(self, at: int) -> bool:
        """Whether nothing but a space stands between a mention and an offset."""
        return len(self.text[max(0, at - REACH) : at].rstrip()) + max(0, at - REACH) in self._ends

    def group(self, start: int, end: int) -> Group | None:
        """The first mention of a stretch with those that it is listed with.

        A clause that comes first ("After Iran refused, Turkey ...") is passed over.
        """
        leading = self.leads(start, end)
        inside = (leading and self.between(leading, end)) or self.between(start, end)
        if not inside:
            return None
        members = [inside[0]]
        for mention in inside[1:]:
            apart = self.text[members[-1].end : mention.start]
            if mention.start != members[-1].start and not _LISTED.fullmatch(apart):
                break
            members.append(mention)
        at = bisect_left(self._starts, members[0].start)
        while (
            at and len(members) > 1 and self.text[self.mentions[at - 1].end : members[0].start].strip() in (",", "and")
        ):
            at -= 1
            members.insert(0, self.mentions[at])
        actors = tuple({mention.actor.id: mention.actor for mention in members}.values())
        person = len(actors) == 1 and names_person(self.text, members[0])
        names = names_of(members[0].text) if person else frozenset()
        return Group(Speaker(actors, "party", person, names), members[0].start, members[-1].end)

    def leads(self, start: int, end: int) -> int | None:
        """Where a clause that comes first ends: "After Iran refused,"."""
        leading = _LEADING.match(self.text, start, end)
        return leading.end() if leading else None

    def last_edge(self, start: int, end: int) -> int:
        """Where the last comma, connective or quotation of a stretch ends: its words hold together from there."""
        return max([start, *(edge.end() for edge in _EDGE.finditer(self.text, start, end))])

    def clause_start(self, at: int) -> int:
        """Where the last clause before `at` that opens with an actor of its own begins; else the sentence."""
        edges = [edge.end() for edge in _NEW_CLAUSE.finditer(self.text, max(0, at - REACH), max(0, at))]
        return next((edge for edge in reversed(edges) if self._opens_with_mention(edge, at)), 0)

    def clause_end(self, start: int) -> int:
        """Where the next clause that opens with an actor of its own begins; else the end of the sentence."""
        for edge in islice(_NEW_CLAUSE.finditer(self.text, start), MOST):
            if self._opens_with_mention(edge.end(), len(self.text)):
                return edge.start()
        return self._headline_clause_end(start)

    def _headline_clause_end(self, start: int) -> int:
        """The same in a headline, where a comma is enough: "Velmar rejects talks, Orsa presses on"."""
        if self.text.endswith((".", "?", "!", "\0")):
            return len(self.text)
        for comma in islice(_HEADLINE_CLAUSE.finditer(self.text, start), MOST):
            following = self.between(comma.end(), comma.end() + 1)
            if following and _PRESENT.match(self.text, following[0].end):
                return comma.start()
        return len(self.text)

    def any_clause_around(self, start: int, end: int) -> tuple[int, int]:
        """The clause around a stretch, whatever it opens with."""
        low = max(0, start - REACH)
        after = _NEW_CLAUSE.search(self.text, end)
        edges = [edge.end() for edge in _NEW_CLAUSE.finditer(self.text, low, start)]
        return max([low, *edges]), after.start() if after else len(self.text)

    def _opens_with_mention(self, at: int, end: int) -> bool:
        following = self.between(at, min(at + 30, end))
        return bool(following) and bool(_BEFORE_NAME.fullmatch(self.text, at, following[0].start))
