"""Texts as they are compared, and as they are shown."""

import re
import unicodedata
from typing import Final

_PLAIN: Final = {"'": "‘’‚‛`´", '"': "“”„‟«»", "-": "‐‑‒–—―"}
_QUOTES_AND_DASHES: Final = str.maketrans({odd: plain for plain, many in _PLAIN.items() for odd in many})


def folded(text: str) -> str:
    """The text without what typography and capitals add."""
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES_AND_DASHES).casefold()
    return re.sub(r"\s+", " ", plain).strip()


def printable(text: str) -> str:
    """The text with a replacement for all that a terminal would obey rather than show."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
