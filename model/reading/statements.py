"""Who says what inside one sentence.

No grammar is parsed. A verb of speech is found by its form, its subject in the words next to it, its
content by the order of the words: what follows the verb, or all that stands before in `"...," said X`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from model.reading.clauses import REACH, Clauses, Group
from model.reading.memory import Memory
from model.reading.mentions import Mention
from model.reading.pronouns import is_clear
from model.reading.quotes import Span
from model.reading.referents import FORMS
from model.reading.speakers import MOST, Speaker, Statement, is_person
from model.reading.speech_words import (
    EXPERT,
    NO_VERB_AFTER,
    NOBODY,
    NOUN_OF_SPEECH,
    OFFICE,
    OTHER_SIDE,
    PASSIVE_BEFORE,
    SAID_OF_THINGS,
    SPOKEN_ABOUT,
    Verb,
    verbs_in,
)
from model.reading.strangers import expert, stranger
from model.reading.subjects import prefix_end

_BACKGROUND = re.compile(r"\b(?:hours |days |weeks |months |shortly |soon )?(?:after|as(?! an? )|because|since|when)\s")
_RELATIVE = re.compile(r"\s(?:who|which|whose)\s")
_PERSONAL = re.compile(r"(?<![\w'’])(I|we|you|he|she|it|they)(?:['’]\w+)?\s+(?:[a-z]+\s+){0,2}$", re.IGNORECASE)
_WHO = re.compile(r"(?<![\w'’])(who|which)\s+(?:[a-z]+\s+){0,2}$")
_OPENS_WITH_IT = re.compile(
    r"(?:(?:But|And|Yet|Still|Nor (?:would|did|will)|So),? )?(?:[Ii]t|[Tt]hey|[Ii]ts|[Tt]heir)\b"
)
_OPENS_WITH_PRONOUN = re.compile(r"\s*(?:(?:And|But|Yet|Still),?\s+)?(he|she|it|they|I|we)\b", re.IGNORECASE)
_OWNED_AND_DESCRIBED = re.compile(  # "Its founder, a retired driver, told": the party speaks
    r"\s*(?:(?:And|But|Yet|Still),?\s+)?(its|their|his|her)\s+([^,;:\0]{3,50}),[^;:\0]{3,120},\s*", re.IGNORECASE
)
_NAMED_AND_DESCRIBED = re.compile(r"\s*[A-Z][\w.'’-]{0,30}(?:\s[A-Z][\w.'’-]{0,30}){1,4},[^\0;:]{3,160},\s*")
_THEIRS = re.compile(r"\s*(?:\w+\s+)?(its|his|her|their|my|our)\s+[a-z]", re.IGNORECASE)
_NAMED_BY_PRONOUN = re.compile(r"\s*(he|she|its|his|her|their)\b", re.IGNORECASE)
_THEIR_OFFICIAL = re.compile(rf"\s+(?:its|his|her|their)\s+(?:[a-z]+\s+){{0,2}}{OFFICE}(?:[,.]|$)")
_OF_WHICH = re.compile(r"\b(?:to|of|in|by|for|at|with|from)\s+(?:which|whom)\s")
_ONE_OF_THEIRS = re.compile(
    r"\s*(?:one|some|many|(?:an?|the) [a-z]+) (?:of|in|at|from|for) (its|his|her|their|them)\b", re.IGNORECASE
)
_BOTH = re.compile(r"\b(?:both|each|the two)\b")
_NEXT_TO = re.compile(r"(?:['’]s?)?(?: [\w.'’-]{1,30}){0,4}(?:,[^,]{0,60})?,?\s*")
_PREDICATE = re.compile(  # what stands between a subject and its second verb: no noun that could be its subject
    r"^(?:\s|[—–-]|\b(?:has|have|had|also|again|then|later|did|not|once|still|and|or|now|just|too|however|meanwhile|instead|first|"
    r"twice|never|even|duly|yet|so|[a-z]+ly)\b)*$|^\s*(?:on|in|at|for|during|by|from|with|to|of|last|this|late|early)\b|"
    r"\b(?:and|or|then|but)\s+(?:\w+ly\s+)?$|^\s*(?-i:[a-z]+(?:ing|ed))\s",
    re.IGNORECASE,
)
_JOINS = re.compile(r"\s*(?:and|but|while|whereas|although|though|yet|as)\b")
_COPULA = re.compile(r"\b(?:was|were|is|are|looked|sounded|seemed)\b")
_BARE_ROLE = re.compile(
    rf"\s*(?:the|another)\s+(?:foreign\s+)?(?:{OFFICE}|statement|ministry|group|movement|delegation)\s*$", re.IGNORECASE
)
_MAY_BE_SUBJECT = re.compile(r"(?:\b(?!has|was|is|his|its|as)\w+s|,)\s+$")
_NOT_ANYBODY = re.compile(
    r"\s*(?:whom )?(?:nobody|no one|nothing|anybody|anyone|everybody|everyone|whoever)\b", re.IGNORECASE
)
_IN_WORDS_OF = re.compile(r"\bin (?=(?:the )?[A-Z][^,.;\0]{1,40}['’]s? (?:words|view|opinion|telling)\b)")
_PUTS_IT = re.compile(  # "His office, after some whispering: it is", "The ministry was plainer: it would"
    r"[^:,\0]{2,80}?(,[^:\0]{0,60}| (?:again|himself|herself|later)\b[^:\0]{0,40}|"
    r" (?:was|were) (?:more )?\w{1,20}er?\b[^:\0]{0,40}):\s+(?=[a-z])"
)
_AIDE = re.compile(  # who speaks for whoever the text is about
    r"\s*(?:an?|the|one|another)\s+(?:senior\s+|close\s+|top\s+)?"
    r"(?:aide|advis[eo]r|lawyer|spokes(?:man|woman|person)|deputy)\s*$",
    re.IGNORECASE,
)
_SAID = re.compile(r"[,\0]\s*(?:said|says|added|adds|told|warned|insisted|replied)\s+$")
_ACCORDING = re.compile(r"\b(?:according to|in the (?:words|view|opinion|eyes) of|quoting|citing)\s+", re.IGNORECASE)
_IN_HIS_VIEW = re.compile(r"\bin (his|her|its|their) (?:view|words|opinion|telling)\b", re.IGNORECASE)
_QUOTED_AS = re.compile(r"\b(quot(?:ed|es)|cit(?:ed|es))\s[^,;:\0]{0,120}?\sas\s(?:saying|telling|warning)\b")
_AGENT = re.compile(r"[^,.;:\0]{0,80}?\bby\s+")
_END_OF_NAME = re.compile(r"[,;\0]|\.$|\b(?:that|and|but|who|which|whose|after|while|when|because)\b")
_APPOSITION = re.compile(r"[,\s]{0,3}(?:who|whose|which|an?|the)\s[^,;\0]{0,100}")
_NO_SUBJECT = re.compile(r"\s+(?:that|it|he|she|they|there|this|no|not|so|in|on|at|to|for)\b|\s*[,.;]", re.IGNORECASE)
_AUDIENCE = re.compile(
    r"\s+(?:me|us|reporters|journalists|lawmakers|(?:the|an?) \w+(?: \w+)?|state television|\w+ TV)\b"
)
_TAG_AFTER = re.compile(
    r"\s*(?:$|[.,;?!\0]|(?:on|in|at|after|during|to|late|early|yesterday|today|this|last|by|via|through|from|when|of|with|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b)"
)
_NAME_ENDS = re.compile(rf"(?:\s+[A-Z][\w.'’-]{{0,30}}){{0,5}}{_TAG_AFTER.pattern}")
_WILL = re.compile(r"\s+(?:would|will)\b")
_NAMED_OR_SPOKESMAN = re.compile(r"\b[A-Z][\w'’-]+\s+$|\bspokes(?:man|woman|person)\b")
_CALL_BY = re.compile(rf"\b{NOUN_OF_SPEECH}\s+(?:\w+\s+){{0,2}}?(?:by|from)\s+(?:\w+\s+){{0,2}}$", re.IGNORECASE)
_CALL_AFTER = re.compile(rf"\s+(?:[\w-]+\s+)?{NOUN_OF_SPEECH}\b")
_CALL_OF = re.compile(rf"['’]s?\s+(?:[\w-]+\s+){{0,2}}?{NOUN_OF_SPEECH}\b", re.IGNORECASE)
_HEARSAY = re.compile(
    r"\b(?:(?:is|are|was|were|been) (?:widely |also )?(?:said|reported|rumou?red|believed|thought|"
    r"understood|alleged) to|reportedly|allegedly|(?:is|was) (?:reported|rumou?red|alleged) that)\b"
)


def statements_in(text: str, mentions: Sequence[Mention], memory: Memory) -> list[Statement]:
    """The acts of speech of a sentence, by where their subjects stand.

    `text` has its quotations masked (`model.reading.quotes.masked`); `mentions` are those outside of them, from left to
    right.
    """
    reader = _Reader(Clauses(text, mentions), memory)
    reader.read_views()
    for verb in islice(verbs_in(_without_headline_capitals(text)), MOST):
        reader.read_verb(verb)
    reader.read_phrases()
    return sorted(reader.found, key=lambda statement: statement.at)


def makes_call(text: str, mention: Mention) -> bool:
    """Whether a noun gives the actor the word: "an offer from Doha", "Doha's offer"."""
    before, after = text[max(0, mention.start - 60) : mention.start], text[mention.end : mention.end + 60]
    of_country = mention.kind == "demonym" and _CALL_AFTER.match(after)
    return bool(of_country or _CALL_BY.search(before) or _CALL_OF.match(after))


def hearsay_spans(text: str) -> list[Span]:
    """The clauses that the text marks as rumor: "is said to", "reportedly"."""
    clauses = Clauses(text, ())
    return [clauses.any_clause_around(*found.span()) for found in islice(_HEARSAY.finditer(text), MOST)]


def _without_headline_capitals(text: str) -> str:
    """Lower case where every word is capitalized, as in headlines: verbs are known by their small letters."""
    words = re.findall(r"\b[^\W\d_]{4,}", text) if len(text) <= REACH else []
    if not words or sum(word[0].isupper() for word in words) < 0.8 * len(words):
        return text
    lower = text.lower()
    return lower if len(lower) == len(text) else text


@dataclass(frozen=True)
class _Subject:
    """Whoever a verb of speech belongs to, and where it stands; `by_deed` as in `Statement`."""

    speaker: Speaker
    at: int
    by_deed: bool = False


class _Reader:
    """One sentence, and the statements found in it so far."""

    def __init__(self, clauses: Clauses, memory: Memory) -> None:
        self.clauses = clauses
        self.text = clauses.text
        self.memory = memory
        self.found: list[Statement] = []
        self.read_to = 0

    def read_views(self) -> None:
        """Add what "in his view" attributes to somebody of the sentences before."""
        for phrase in islice(_IN_HIS_VIEW.finditer(self.text), MOST):
            speaker = self._pronoun(phrase[1].casefold(), phrase.span(1))
            if speaker:
                self._add(_Subject(speaker, phrase.start(1)), (phrase.end(), len(self.text)))

    def read_verb(self, verb: Verb) -> None:
        """Add the statement that a verb of speech makes, if it is one: "Will Orsa refuse?" states no act."""
        if not verb.tells and self.text.endswith("?"):
            return
        before = self.text[max(0, verb.start - 40) : verb.start]
        has_agent = (
            verb.text.endswith("ed") and self.text.startswith(" by ", verb.end) and self._is_somebody(verb.end + 4)
        )
        if PASSIVE_BEFORE.search(before) or has_agent:
            self._read_passive(verb)
        elif self._is_verb(verb, before) and not self._read_inverted(verb):
            self._read_active(verb)

    def read_phrases(self) -> None:
        """Add what "according to X" and a colon before a quotation attribute."""
        for phrase in islice(_QUOTED_AS.finditer(self.text), MOST):
            verb = Verb(phrase[1], phrase.start(1), phrase.end(1), tells=True)
            passive = PASSIVE_BEFORE.search(self.text[max(0, verb.start - 40) : verb.start])
            subject = self._subject(verb, self._opening(verb)) if passive else self._named_after(verb.end)
            if subject:
                self._add(subject, (phrase.end(), self.clauses.clause_end(phrase.end())))
        for phrase in islice(_ACCORDING.finditer(self.text), MOST):
            start = self.clauses.clause_start(phrase.start())
            self._add(self._named_after(phrase.end()), (start, self.clauses.clause_end(phrase.end())))
        for phrase in islice(_IN_WORDS_OF.finditer(self.text), MOST):
            self._add(self._named_after(phrase.end()), (self.clauses.clause_start(phrase.start()), phrase.start()))
        headline = re.match(r"\0+\s*[:–—-]\s*", self.text)
        colon = re.search(r":\s*\0", self.text)
        if headline and not self.found:
            self._add(self._named_after(headline.end()), (0, headline.end()))
        spoken = _PUTS_IT.match(self.text, prefix_end(self.text))
        first = self.clauses.group(0, spoken.end()) if spoken and not self.found else None
        if spoken and first and first.end <= spoken.start(1):
            self._add(_Subject(first.speaker, first.start), (spoken.end(), len(self.text)))
        elif colon and not any(statement.covers(colon.end()) for statement in self.found):
            first = self.clauses.group(0, colon.start())
            if first:
                self._add(_Subject(first.speaker, first.start), (colon.end() - 1, len(self.text)))

    def _add(self, subject: _Subject, *spans: Span, tells: bool = True) -> None:
        self.found.append(Statement(subject.speaker, subject.at, spans, tells, subject.by_deed))

    def _end_others(self, at: int) -> None:
        """End the statements so far where somebody is named who reports them: "Orsa had refused, Velmar said"."""
        self.found = [
            replace(each, spans=tuple((start, min(end, at)) for start, end in each.spans)) for each in self.found
        ]

    def _is_verb(self, verb: Verb, before: str) -> bool:
        if NO_VERB_AFTER.search(before):
            return False
        return not verb.may_be_noun or bool(
            self.clauses.follows_mention(verb.start)
            or _PERSONAL.search(before)
            or _WHO.search(before)
            or _MAY_BE_SUBJECT.search(before)
        )

    def _read_passive(self, verb: Verb) -> None:
        """Read an agent: in "X was accused by Y" Y speaks, about X too; in "it was rejected by Y" Y speaks."""
        agent = _AGENT.match(self.text, verb.end)
        if agent and self._is_somebody(agent.end()):
            about = verb.tells or verb.text.startswith(SPOKEN_ABOUT)
            start = self.clauses.clause_start(verb.start) if about else agent.end()
            self._add(self._named_after(agent.end()), (start, self.clauses.clause_end(agent.end())), tells=verb.tells)

    def _is_somebody(self, start: int) -> bool:
        """Whether a party, an expert or a known kind of nobody follows, not a date or a way: "agreed by Friday"."""
        words = self.text[start : start + 60]
        return bool(self.clauses.between(start, start + 60) or EXPERT.search(words) or NOBODY.search(words))

    def _read_inverted(self, verb: Verb) -> bool:
        """Read `"...," said X`: the subject follows the verb, what is said comes before it."""
        before = self.text[max(0, verb.start - 3) : verb.start].rstrip()
        if not verb.tells or verb.is_participle or not before.endswith(("\0", ",")):
            return False
        if _NO_SUBJECT.match(self.text, verb.end) or verb.text in ("told", "tells"):
            return False  # whoever stands after "told" is the one who is told
        if before.endswith(",") and not _THEIR_OFFICIAL.match(self.text, verb.end):
            near = self.clauses.between(verb.end, verb.end + 12)
            if not near or not _NAME_ENDS.match(self.text, near[0].end):
                return False
        start = self.clauses.clause_start(verb.start - 3)
        end = self.clauses.clause_end(verb.end)
        self._end_others(verb.start)
        self._add(self._named_after(verb.end), (start, verb.start), (verb.end, end))
        self.read_to = verb.end
        return True

    def _read_active(self, verb: Verb) -> None:
        start = self._opening(verb)
        subject = self._subject(verb, start)
        if not _WHO.search(self.text[max(0, verb.start - 40) : verb.start]):
            self.read_to = verb.end  # the verb after "who asked not to be named" has its subject before "who"
        if subject is None or (
            subject.speaker.is_thing and not (verb.tells and not verb.text.startswith(SAID_OF_THINGS))
        ):
            return
        subject = self._spokesman(subject, verb)
        if _HEARSAY.search(self.text, subject.at, verb.end):
            subject = replace(subject, speaker=Speaker(person=True))
        at = subject.at
        end = self.clauses.clause_end(verb.end)
        if not verb.tells:
            background = _BACKGROUND.search(self.text, verb.end, end)
            end = background.start() if background else end
            if _BACKGROUND.search(self.text[max(0, at - 12) : at + 1]):
                subject = replace(subject, by_deed=True)
        spans: list[Span] = [(verb.end, end)]
        opening = min(start, at, self._described_from(verb))
        if self._is_tag(opening, verb):
            self._end_others(opening)
            spans.insert(0, (self.clauses.clause_start(opening), opening))
        if not subject.speaker.actors and subject.speaker.word is None:
            spans.insert(0, (at, verb.start))  # the party in "people close to the army" does not speak
        self._add(subject, *spans, tells=verb.tells)

    def _opening(self, verb: Verb) -> int:
        """Where the words begin that hold together with a verb."""
        limit = max(0, verb.start - REACH, min(self.read_to, verb.start))
        return self.clauses.last_edge(limit, verb.start)

    def _described_from(self, verb: Verb) -> int:
        """Where the subject begins that is described after a quotation: "...," Ann Lee, an aide to X, told."""
        quoted_to = self.text.rfind("\0", 0, verb.start) + 1
        described = quoted_to and _NAMED_AND_DESCRIBED.fullmatch(self.text, quoted_to, verb.start)
        return quoted_to if verb.tells and described else verb.start

    def _spokesman(self, subject: _Subject, verb: Verb) -> _Subject:
        """Somebody unknown who says what "the movement" will do speaks for it."""
        speaker = subject.speaker
        near = self.clauses.between(verb.end, verb.end + 12)
        if speaker.kind != "unnamed" or not speaker.person or not near or not _WILL.match(self.text, near[0].end):
            return subject
        words = self.text[subject.at : verb.start]
        is_own = near[0].text[:1].islower() or self.text[verb.end : near[0].start].endswith(" the ")
        if not is_own or not (speaker.word or _NAMED_OR_SPOKESMAN.search(words)):
            return subject
        actors = tuple(mention.actor for mention in near if mention.start == near[0].start)
        return replace(subject, speaker=replace(speaker, actors=actors, kind="party"))

    def _is_tag(self, opening: int, verb: Verb) -> bool:
        """Whether subject and verb close what was said: "..., X said." or "...," X told reporters on Friday."""
        before = self.text[max(0, opening - 10) : opening].rstrip()
        is_tag = verb.tells or verb.text in ("calls", "called")
        if not is_tag or verb.is_participle or not before.endswith((",", "\0")):
            return False
        if before.endswith("\0"):
            return True
        start = self.clauses.clause_start(opening)
        only_leads = self.clauses.leads(start, opening) == len(self.text[:opening].rstrip())
        audience = _AUDIENCE.match(self.text, verb.end) if verb.text.startswith(("tell", "told")) else None
        after = audience.end() if audience else verb.end
        joins = _JOINS.match(self.text, opening)
        return bool(_TAG_AFTER.match(self.text, after)) and not only_leads and not joins

    def _subject(self, verb: Verb, start: int) -> _Subject | None:
        """The subject of a verb; the words from `start` to the verb hold together."""
        head = self.text[start : verb.start]
        if self.text[start - 4 : start] == "that" and _PREDICATE.match(head):
            return self._spoken(self._relative(start - 4), start - 4)
        pronoun = _PERSONAL.search(head) or _WHO.search(head)
        if pronoun and not self.clauses.between(start + pronoun.end(1), verb.start):
            where = (start + pronoun.start(1), start + pronoun.end(1))
            return self._spoken(self._pronoun(pronoun[1].casefold(), where), where[0])
        if self.clauses.follows_mention(verb.start):
            inherits = verb.is_participle and head.lstrip().startswith("and")
        else:
            inherits = verb.is_participle or bool(_PREDICATE.search(head))
        return self._inherited(verb, head) if inherits else self._noun(head, start)

    def _noun(self, head: str, start: int) -> _Subject | None:
        """The subject that the words right before the verb name."""
        relative = _RELATIVE.search(head, 1)
        noun = head[: relative.start()] if relative and not _OF_WHICH.match(head) else head
        group = self.clauses.group(start, start + len(noun))
        if group:
            return _Subject(self._judged(group, noun), group.start)
        if _NOT_ANYBODY.match(noun):
            return None
        if EXPERT.search(noun):
            return _Subject(expert(noun), start)
        both = self.clauses.group(0, start) if _BOTH.search(noun) else None
        if both:
            return _Subject(both.speaker, start)
        theirs = _THEIRS.match(noun) or _ONE_OF_THEIRS.match(noun)
        if theirs and not OTHER_SIDE.search(noun):
            owner = self._pronoun(theirs[1].casefold(), (start + theirs.start(1), start + theirs.end(1)))
            return self._spoken(replace(owner, person=True) if owner and is_person(noun) else owner, start)
        if _AIDE.match(noun):
            group = self.clauses.group(0, start)
            last = group.speaker if group else self.memory.referents.choose("he") or self.memory.referents.choose("it")
            return self._spoken(replace(last, person=True) if last and last.actors else Speaker(person=True), start)
        if _BARE_ROLE.match(noun):
            speaker = self.memory.speaker
            return self._spoken(speaker if speaker and speaker.actors else None, start)
        return _Subject(stranger(noun, self.memory.experts), start)

    def _inherited(self, verb: Verb, head: str) -> _Subject | None:
        """The subject of the whole clause: "X, who ..., said", "X went home and said", "X went home, saying"."""
        group = self.clauses.group(self.clauses.clause_start(verb.start), verb.start)
        group = group or self.clauses.group(0, verb.start)
        made = [statement for statement in self.found if group is None or statement.covers(group.start)]
        if made:
            return _Subject(made[0].speaker, verb.start, made[0].by_deed)
        if group is None:
            return self._without_mention(verb)
        first = not any(statement.speaker.is_same(group.speaker) for statement in self.found)
        by_deed = verb.is_participle and first and not _COPULA.search(self.text, group.end, verb.start)
        return _Subject(self._judged(group, ""), group.start, by_deed)

    def _without_mention(self, verb: Verb) -> _Subject | None:
        """The subject of a clause that names no actor before the verb."""
        low = max(0, verb.start - REACH)
        words = self.text[low : verb.start]
        owned = _OWNED_AND_DESCRIBED.fullmatch(words) if low == 0 else None
        if owned and not OTHER_SIDE.search(owned[2]) and not EXPERT.search(words):
            owner = self._pronoun(owned[1].casefold(), owned.span(1))
            return self._spoken(replace(owner, person=True) if owner else None, owned.start(1))
        pronoun = _OPENS_WITH_PRONOUN.match(words) if low == 0 else None
        if pronoun:
            speaker = self._pronoun(pronoun[1].casefold(), pronoun.span(1))
            return self._spoken(speaker, pronoun.start(1), by_deed=not _COPULA.search(words))
        return _Subject(stranger(words, self.memory.experts), low) if words.strip("\0 ,") else None

    def _spoken(self, speaker: Speaker | None, at: int, by_deed: bool = False) -> _Subject | None:
        return _Subject(speaker, at, by_deed) if speaker else None

    def _judged(self, group: Group, words: str) -> Speaker:
        """A party, unless it only helps to describe somebody else: "residents of Kabul", "an analyst in Moscow"."""
        others = words.replace(self.text[group.start : group.end], "")
        if EXPERT.search(others):
            return expert(words)
        if NOBODY.search(others):
            return Speaker(person=True)
        return replace(group.speaker, person=group.speaker.person or is_person(words))

    def _pronoun(self, word: str, where: Span) -> Speaker | None:
        """Whoever a pronoun that speaks stands for; somebody unnamed where that is not clear."""
        if word in ("i", "we", "my", "our"):
            return replace(self.memory.floor, word=where) if self.memory.floor else None
        if word == "you":
            return None
        if word in ("who", "which"):
            return self._relative(where[0])
        inside = [statement.speaker for statement in self.found if statement.speaker.actors]
        group = self.clauses.group(0, where[0])
        if group:
            inside.append(group.speaker)
        pronoun = FORMS[word]
        if pronoun in ("he", "she") or _OPENS_WITH_IT.match(self.text) or is_clear(self.text, *where):
            opening = _OPENS_WITH_IT.match(self.text)
            owned = opening and opening.group().endswith(("ts", "eir")) and pronoun in ("he", "she")
            chosen = self.memory.referents.choose(pronoun, inside if owned or not opening else [])
        elif word in ("its", "their") and (not inside or _SAID.search(self.text, 0, where[0])):
            chosen = self.memory.referents.choose(pronoun)
        else:
            chosen = next((speaker for speaker in inside if not speaker.person), inside[0] if inside else None)
        return replace(chosen, word=where) if chosen else Speaker(person=pronoun in ("he", "she"), word=where)

    def _relative(self, at: int) -> Speaker:
        """The noun before "who", "which" or "that"."""
        mention = self.clauses.last_before(at)
        if mention:
            between = self.text[mention.end : at]
            group = self.clauses.group(mention.start, at)
            if group and _NEXT_TO.fullmatch(between) and not any(verbs_in(between)):
                return self._judged(group, between)
        return stranger(self.text[max(0, at - 80) : at], self.memory.experts)

    def _named_after(self, start: int) -> _Subject:
        """Whoever is named after "said", "by" or "according to"."""
        edge = _END_OF_NAME.search(self.text, start + 1, start + 120)
        end = edge.start() if edge else min(len(self.text), start + 120)
        words = self.text[start:end]
        pronoun = _NAMED_BY_PRONOUN.match(words)
        if pronoun:
            where = (start + pronoun.start(1), start + pronoun.end(1))
            speaker = self._pronoun(pronoun[1].casefold(), where)
            if speaker and speaker.actors:
                return _Subject(replace(speaker, person=True), start)
        apposition = _APPOSITION.match(self.text, end)
        described = words + (apposition.group() if apposition else "")
        group = self.clauses.group(start, end)
        if group is None and apposition:
            group = self.clauses.group(end, apposition.end())
        if group is None:
            return _Subject(stranger(described, self.memory.experts), start)
        listed = self.clauses.group(group.start, group.end + 120)
        if listed and " and " in self.text[group.start : listed.end + 5]:  # not "according to X, Y ..."
            group = listed
        return _Subject(self._judged(group, described), start)
