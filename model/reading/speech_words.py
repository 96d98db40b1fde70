"""The words of speech: verbs that report what somebody says, and nouns for those who speak and are no party."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Verbs whose content is what was said: "X added that", "...," X said.
_SAY: Final = _words(
    """
    say add announce state declare insist argue claim warn reply respond counter note explain stress tweet
    write vow pledge promise reiterate repeat confirm deny acknowledge concede admit suggest predict
    complain hint signal maintain contend assert emphasize emphasise recall observe caution affirm comment
    joke believe think doubt fear estimate conclude recount tell ask remind assure swear hail continue
    retort quip grumble boast snap muse remark testify rejoin reckon charge expect hope lament regret report
    reveal disclose allege interject fume sigh shout cry stipulate underline underscore advise inform read
    clarify specify elaborate counsel thunder groan guess wish answer
    """
)
# Acts of speech toward somebody, or about an offer: "X urged Y", "X rejected it".
_ACT: Final = _words(
    """
    urge call press demand accuse blame praise thank appeal invite criticize criticise condemn denounce
    welcome endorse back commend congratulate threaten applaud slam rebuke offer propose reject refuse
    dismiss decline express voice protest request describe label brand scoff mock taunt apologize apologise
    want seek beg chide scold castigate oppose favor favour advocate plead implore agree rebuff spurn
    question challenge tie deplore decry object
    """
)
_ACT_PHRASES: Final = {
    "brush": "aside|off",
    "drop": "(?:his|her|its|their) (?:demand|objection)s?",
    "find": "common ground",
    "give": "(?:his|her|its|their) answer",
    "hit": "back|out",
    "lash": "out",
    "laugh": "off",
    "lay": "the blame",
    "let": "it be known",
    "make": "(?:it )?(?:clear|known|plain)",
    "play": "down",
    "point": "out",
    "push": "for|back against",
    "rule": "out",
    "send": "word",
    "set": "(?:out )?(?:new |its |his |her |their )?(?:terms|conditions)",
    "shoot": "back",
    "shrug": "off",
    "speak": "of",
    "spell": "out",
    "turn": "(?:(?:it|them|that|this|(?:the|its|an?) [a-z]+) )?(?:down|away)",
    "wave": "aside|away",
}
_IRREGULAR: Final = {
    "admit": "admit admits admitted admitting",
    "back": "backs backed",
    "beg": "beg begs begged begging",
    "call": "call calls called calling",
    "drop": "drop drops dropped",
    "find": "find finds found finding",
    "give": "give gives gave giving",
    "hail": "hails hailed hailing",
    "hit": "hit hits hitting",
    "label": "labels labeled labelled labeling",
    "lay": "lay lays laid laying",
    "let": "let lets letting",
    "make": "make makes made making",
    "quip": "quip quips quipped quipping",
    "read": "reads read",
    "regret": "regret regrets regretted regretting",
    "say": "say says said saying",
    "seek": "seek seeks sought seeking",
    "send": "send sends sent sending",
    "set": "set sets setting",
    "shoot": "shoot shoots shot shooting",
    "shrug": "shrug shrugs shrugged",
    "signal": "signal signals signaled signalled signaling signalling",
    "slam": "slam slams slammed slamming",
    "snap": "snap snaps snapped snapping",
    "speak": "speak speaks spoke spoken speaking",
    "spell": "spell spells spelled spelt",
    "swear": "swear swears swore sworn swearing",
    "tell": "tell tells told telling",
    "think": "think thinks thought thinking",
    "tie": "ties tied tying",
    "write": "write writes wrote written writing",
}
# Forms that are as often nouns: verbs only right after a subject.
_NOUNS: Final = _words(
    """
    offer offers demand demands call calls claim claims note notes state states promise promises pledge
    pledges request requests appeal appeals signal signals comment comments protest protests vow vows report
    reports charge charges doubt doubts fear fears hope hopes press back question questions challenge
    challenges brand label reply replies estimate estimates favor favour voice voices blame praise caution
    counter counters cry quip boast stress regret regrets remark remarks joke jokes repeat sigh counsel
    thunder answer answers wish wishes guess
    """
)


def _forms(verb: str) -> list[str]:
    """The inflected forms of a verb."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb].split()
    if verb.endswith("e"):
        return [verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"]
    if verb.endswith("y") and verb[-2] not in "aeou":
        return [verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"]
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"
    return [verb, third, f"{verb}ed", f"{verb}ing"]


_TELLS: Final = {
    form: tells for verbs, tells in ((_SAY, True), (_ACT, False)) for verb in verbs for form in _forms(verb)
}
_PHRASES: Final = {form: re.compile(rf" (?:{rest})\b") for verb, rest in _ACT_PHRASES.items() for form in _forms(verb)}
_WORD: Final = re.compile(r"(?<![\w-])[a-z]{3,}(?![\w-])")
_OTHER_SENSE: Final = {  # "called off", "called an election", "pressed on", "replied with tariffs": deeds
    "call": re.compile(
        r" (?:(?:him|her|it)self\b|themselves\b|off\b|"
        r"an? (?:\w+ )?(?:referendum|meeting|session|election|vote|strike|halt|truce|ceasefire|conference|summit)\b)"
    ),
    "pres": re.compile(r" (?:on|ahead)\b"),
    "repl": re.compile(r" (?:\w+ ){0,4}(?:with|by)\b"),
    "answ": re.compile(r" (?:\w+ ){0,4}(?:with|by)\b"),
    "resp": re.compile(r" (?:\w+ ){0,4}(?:with|by)\b"),
}


@dataclass(frozen=True)
class Verb:
    """A form of a verb of speech in a text. `tells` is true for "said" or "warned", false for "rejected" or "urged"."""

    text: str
    start: int
    end: int
    tells: bool

    @property
    def is_participle(self) -> bool:
        return self.text.endswith("ing")

    @property
    def may_be_noun(self) -> bool:
        return self.text in _NOUNS


def verbs_in(text: str, start: int = 0, end: int | None = None) -> Iterator[Verb]:
    """The verbs of speech in small letters, from left to right."""
    for word in _WORD.finditer(text, start, len(text) if end is None else end):
        form = word.group()
        rest = _PHRASES[form].match(text, word.end()) if form in _PHRASES else None
        if rest:
            yield Verb(form, word.start(), rest.end(), tells=False)
        elif form in _TELLS and not _is_deed(form, text, word.end()):
            yield Verb(form, word.start(), word.end(), _TELLS[form])


def _is_deed(form: str, text: str, end: int) -> bool:
    other = _OTHER_SENSE.get(form[:4])
    return bool(other and other.match(text, end))


NO_VERB_AFTER: Final = re.compile(  # what makes the same form an infinitive, a noun or an adjective
    r"(?:\b(?:to|would|could|will|can|should|might|may|must|cannot|not|the|an?|its|his|her|their|our|my|your|no|any|such|of|"
    r"for|with|by|in|on|so|(?:would|could|might|may|should|must) have|new|fresh|repeated|previous|earlier|mutual|these|"
    r"those|some|many|two|three|more|without)|['’](?:s|d|ll)|[-–]|s['’])\s*$",
    re.IGNORECASE,
)
PASSIVE_BEFORE: Final = re.compile(
    r"\b(?:was|were|is|are|been|be|being)\s+(?:(?:\w+ly|also|again|once|not|later|then|earlier)\s+)?$"
)
# The beginnings of verbs whose passive tells something of its subject: "X was accused by Y".
SPOKEN_ABOUT: Final = _words(
    """
    accus urg ask press blam critic condemn denounc prais thank invit threaten challeng call brand label
    describ rebuk chid scold castigat begged congratulat commend mock taunt slam
    """
)
# The beginnings of verbs that deeds and papers are the subjects of as well as people: "the attack suggests".
SAID_OF_THINGS: Final = _words(
    """
    suggest under confirm signal hint reveal stress recall promis stipulat read announc stat warn
    """
)
NOUN_OF_SPEECH: Final = (
    r"(?:offer|invitation|proposal|demand|call|appeal|threat|warning|accusation|claim|promise|pledge|refusal|rejection|"
    r"request|suggestion|statement|ultimatum|retort|answer|reply|response|insistence|plea|objection)s?"
)
OFFICE: Final = (
    r"(?:minister|envoy|president|spokes(?:man|woman|person)|chief|leader|official|advis[eo]r|ambassador|commander|general|"
    r"negotiator|chancellor|premier|head|king|secretary|representative|diplomat|mediator|deputy|officer|chair(?:man|woman)?)"
)
PERSON_NOUN: Final = (
    rf"(?:{OFFICE}|man|woman|boy|girl|friend|neighbou?r|prisoner|professor|reader|writer|driver|farmer|teacher|lawyer|"
    r"carpenter|soldier|aide|adjutant|doctor|author|mayor|lawmaker|trader|colleague|student|nurse|priest|bishop|widow|"
    r"commissioner|governor|senator|delegate|colonel|successor|predecessor|facilitator|nephew|rapporteur|[a-z]+(?:man|woman|ist|ian))"
)
TITLE: Final = (
    r"(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Brig|Adm|Sen|Rep|Sir|Lord|Sheikh|Mullah|Ayatollah|President|Minister|Chancellor|King|Secretary|"
    r"Premier|General|Admiral|Colonel|Ambassador|Prince|Senator)\.?"
)
OTHER_SIDE: Final = re.compile(  # "his counterpart" does not act for his side
    r"\b(?:counterparts?|rivals?|opponents?|enem(?:y|ies)|adversar(?:y|ies)|opposite number|critics?|hosts?|guests?|"
    r"neighbou?rs?)\b"
)
EXPERT: Final = re.compile(
    r"\b(?:analysts?|experts?|professors?|researchers?|scholars?|academics?|historians?|lecturers?|scientists?|economists?|"
    r"think[ -]tanks?|fellows?|commentators?|columnists?|strategists?|pundits?|specialists?|observers?|teaches|studies|"
    r"institutes?|universit(?:y|ies)|International Crisis Group|Chatham House|research (?:group|center|centre)|"
    r"(?:former|retired|one-time) (?:[\w.-]+ ){0,3}?(?:officials?|diplomats?|ministers?|negotiators?|ambassadors?|"
    r"envoys?|generals?|presidents?|officers?|secretary|advis[eo]rs?|mediators?))\b",
    re.IGNORECASE,
)
NOBODY: Final = re.compile(
    r"\b(?:residents?|sources?|witness(?:es)?|people (?:familiar|close|briefed)|media|newspapers?|news agenc(?:y|ies)|"
    r"television|radio|reports?|close to|familiar with|activists?|critics?|villagers?|doctors?|traders?|opponents?|"
    r"aid (?:groups?|workers?)|monitoring group|insiders?)\b",
    re.IGNORECASE,
)
