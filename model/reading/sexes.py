"""Whether a person is "he" or "she", as titles, nouns and given names tell."""

import re
from typing import Final
from unicodedata import combining, normalize

from model.reading.given_names import MEN, WOMEN

_MAN: Final = re.compile(
    r"\b(?:Mr|Sir|Lord|King|Prince|Sheikh|Mullah|Mawlawi|Ayatollah|Emir|Sultan|Pope|Imam|Father|[a-z]*(?<!wo)man|father|"
    r"son|brother|husband|king|prince|gentleman)\b"
)
_WOMAN: Final = re.compile(
    r"\b(?:Mrs|Ms|Miss|Madam|Madame|Lady|Queen|Princess|Baroness|Dame|[a-z]*woman|mother|daughter|sister|wife|widow|queen|"
    r"princess|lady)\b"
)
_FULL_NAME: Final = re.compile(
    r"\b([A-ZÀ-Þ][\w’'-]{1,30})\.?\s+(?:[A-Z]\.\s+|[A-ZÀ-Þ][\w’'-]{1,30}\s+|(?:al|de|von|van|bin|ag)\s+){0,2}([A-ZÀ-Þ][\w-]{1,30})"
)


def sex_of(words: str) -> str:
    """ "he" or "she" as the words tell by a title, a noun or a given name; "" where they do not."""
    first = _without_accents(words).split()[:4]
    if _WOMAN.search(words) or not WOMEN.isdisjoint(first):
        return "she"
    return "he" if _MAN.search(words) or not MEN.isdisjoint(first) else ""


def sexes_by_surname(text: str) -> dict[str, str]:
    """The sex of each person whom a text names with a title or a given name, by surname."""
    found: dict[str, str] = {}
    for name in _FULL_NAME.finditer(text):
        sex = sex_of(name[1])
        if sex:
            found.setdefault(name[2], sex)
    return found


def _without_accents(words: str) -> str:
    return "".join(each for each in normalize("NFKD", words) if not combining(each))
