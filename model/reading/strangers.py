"""Those who speak or are spoken of and are no party: experts, and people of whom only a name or a trade is known."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from model.reading.mentions import Mention
from model.reading.sexes import sex_of
from model.reading.speakers import CAPITALS, MOST, Speaker
from model.reading.speech_words import EXPERT, NOBODY, OFFICE, PERSON_NOUN

_NAME_FIRST: Final = re.compile(
    r"(?!The |A |An )[A-Z][\w'’-]+ (?:[A-Z]\. |al-|Ag |bin |van )?[A-Z][\w'’-]+(?:,| [a-z])"
)
_SOMEBODY: Final = re.compile(rf"\b(?:[Tt]he|[Aa]n?|[Oo]ne|[Aa]nother)\s+(?:[\w-]{1, 30}\s+){{0,2}}?{PERSON_NOUN}\b")
_DESCRIBES: Final = re.compile(r"(?:,|\b(?:is|was|are|were|be|been|being|as|became|of|like))\s+(?:\w+ly\s+)?$")
_INTRODUCED: Final = re.compile(
    r"\b[A-ZÀ-Þ][\w’'-]{1,30} (?:[A-Z]\. )?([A-ZÀ-Þ][\w-]{1,30}), ((?:who|an?|the|one of)\b[^.;\n\"“”]{0,90})"
)
_STUDIES: Final = re.compile(r"who (?:has )?(?:follow|stud(?:y|ie)|track|watch|monitor|teach|taught|research|advise)")
_EXPERT_BEFORE: Final = re.compile(
    r"\b(?:analyst|professor|historian|researcher|scholar|expert|economist|scientist|Professor)s? "
    r"[A-ZÀ-Þ][\w’'-]{1,30} (?:[A-Z]\. )?([A-ZÀ-Þ][\w-]{1,30})"
)
_IS_PERSON_NOUN: Final = re.compile(rf"\b{PERSON_NOUN}\b")
_PEOPLE: Final = re.compile(
    rf"\b(?:{OFFICE}s?|[a-z]+men|[a-z]+women|people|others|some|many|delegates?|[a-z]+ers|[a-z]+ors|[a-z]+ists|rebels|"
    r"government|ministry|group|movement|party|militia|army|council|court|committee|agency|[A-Z][\w'’-]+)\b[^\w]*$"
)


def expert(words: str) -> Speaker:
    """The expert whom these words introduce."""
    return Speaker(kind="expert", person=True, names=frozenset(CAPITALS.findall(words)[:6]), sex=sex_of(words))


def introduced_names(text: str) -> frozenset[str]:
    """The surnames of those whom a text introduces: "Ada Moss, a fisherman"."""
    return frozenset(found[1] for found in _INTRODUCED.finditer(text))


def experts_in(text: str) -> frozenset[str]:
    """The surnames of those whom a text introduces as experts: "Ada Moss, who studies borders"."""
    introduced = (found for found in _INTRODUCED.finditer(text) if EXPERT.search(found[2]) or _STUDIES.match(found[2]))
    before = _EXPERT_BEFORE.finditer(text)
    return frozenset([*(found[1] for found in introduced), *(found[1] for found in before)])


def stranger(words: str, experts: Collection[str] = ()) -> Speaker:
    """Somebody who is no party: an expert if the words say so or if it has one of the names of `experts`."""
    names = CAPITALS.findall(words)[:6]
    if EXPERT.search(words) or any(name in experts for name in names):
        return expert(words)
    return Speaker(
        person=bool(NOBODY.search(words) or _PEOPLE.search(words)), names=frozenset(names), sex=sex_of(words)
    )


def is_person_noun(words: str) -> bool:
    """Whether lower-case words have a noun for a person in them."""
    return bool(_IS_PERSON_NOUN.search(words))


def is_stranger(words: str) -> bool:
    """Whether words begin with somebody's name or with a noun for a person."""
    return bool(_NAME_FIRST.match(words) or _SOMEBODY.match(words))


def strangers_in(text: str, taken: Sequence[Mention]) -> list[tuple[int, Speaker]]:
    """Those whom a noun for a person names and who are no mention, and where: "the carpenter"."""
    found = islice(_SOMEBODY.finditer(text), MOST)
    return [
        (each.start(), Speaker(person=True, sex=sex_of(each.group())))
        for each in found
        if not _DESCRIBES.search(text[max(0, each.start() - 12) : each.start()])
        and not any(mention.start < each.end() + 30 and each.start() < mention.end for mention in taken)
    ]


def introduced_in(text: str, taken: Sequence[Mention], experts: Collection[str]) -> list[tuple[int, Speaker]]:
    """Those whom a sentence introduces by name and who are no mention, and where: "Ada Moss, a fisherman"."""
    found = islice(_INTRODUCED.finditer(text), MOST)
    return [
        (each.start(), replace(stranger(each.group(), experts), person=True, names=frozenset({each[1]})))
        for each in found
        if not any(mention.start < each.end(1) and each.start() < mention.end for mention in taken)
    ]
