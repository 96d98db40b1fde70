"""Texts as they are compared, and as they are shown."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_PLAIN: Final = {"'": "‘’‚‛`´", '"': "“”„‟«»", "-": "‐‑‒–—―"}
_QUOTES_AND_DASHES: Final = str.maketrans({odd: plain for plain, many in _PLAIN.items() for odd in many})
# Control characters but tab and line ends, what turns the direction of text around, and halves of surrogate pairs.
_UNSHOWN: Final = dict.fromkeys(
    (*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A),
     *range(0xD800, 0xE000)),
    "\ufffd",
)  # fmt: skip
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")  # and XML turns \r into \n
_LOOKS_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
LONGEST_CELL: Final = 32_767  # characters of a cell of Excel
_MOST_NEAR: Final = 5
_NEAR: Final = 0.75  # the ratio of difflib from which a name is near enough to be meant


def folded(text: str) -> str:
    """The text without what typography and capitals add."""
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES_AND_DASHES).casefold()
    return re.sub(r"\s+", " ", plain).strip()


def printable(text: str) -> str:
    """The text with a replacement for all that a terminal would obey rather than show, line ends too."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def visible(text: str) -> str:
    """The text with a replacement for all that would hide, or act on what is beside it; its lines stay."""
    return text.translate(_UNSHOWN)


def in_excel(text: str) -> str:
    """The text as a cell of Excel holds it: in Excel's own escapes (_x0007_) what XML lacks, or what looks like one."""
    plain = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", plain)


def near_names(name: str, names: Iterable[str]) -> list[str]:
    """At most five of the names that look like this one, the nearest first, capitals aside."""
    by_folded = {each.casefold(): each for each in names}
    found = difflib.get_close_matches(name.strip().casefold(), by_folded, _MOST_NEAR, _NEAR)
    return [by_folded[each] for each in found]
