"""What a report is made of: its options, the articles that were read, and the statements found in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model import positions
from model.errors import InputError
from model.times import When

TAKEN: Final = ("support", "conditional", "oppose")  # the stances that are a position
UNITS: Final = ("day", "week", "month", "quarter", "year")  # from fine to coarse
OWN_VOICES: Final = (None, *positions.OWN_VOICES)  # None: an analysis by a version that does not tell voices apart
TOO_FEW: Final = "too few statements to say"


@dataclass(frozen=True)
class ReportOptions:
    """What a user may choose.

    `period`: auto or a unit of UNITS. `dates`: event (the day the sentence tells, where it surely does) or publication;
    what is past counts at its publication in neither.
    `minimum`: the fewest statements from which shares are told, and on either side of a change.
    `compare`: two actors by id or name; None: the two with most statements. `level`: the significance level of changes.
    """

    period: str = "auto"
    dates: str = "event"
    minimum: int = 5
    compare: tuple[str, str] | None = None
    level: float = 0.05
    seed: int = 0
    actors_shown: int = 20

    def __post_init__(self) -> None:
        if self.period not in ("auto", *UNITS):
            raise InputError(f"the period is {self.period!r}; give auto, {', '.join(UNITS)}")
        if self.dates not in ("event", "publication"):
            raise InputError(f"dates is {self.dates!r}; give event or publication")
        if self.minimum < 1 or self.actors_shown < 1:
            raise InputError("the minimum of statements and the number of actors shown must be 1 or more")
        if not 0 < self.level < 1:
            raise InputError(f"the level is {self.level}; give a number between 0 and 1")


@dataclass(frozen=True, slots=True)
class Article:
    """A document that was read, without its text. `place` says where in the input it stands."""

    place: str
    id: str
    title: str | None
    date: date | None
    undated_because: str | None
    source: str | None
    url: str | None
    pairs: int


@dataclass(frozen=True, slots=True)
class Condition:
    """The words of a condition, where they start in the sentence, their kind, and the actors that stand in them."""

    text: str
    start: int
    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One pair of an analysis. `article` is an index of `Corpus.articles`.

    `when`: the time that the sentence tells, else the day of publication; None without that. `past`: the sentence puts
    what it tells in the past (R13 of the codebook). `text` is empty where the stance is `none`: only its count is ever
    shown, and most pairs are such. `key` is a hash of the sentence by which repeated ones are found; 0 for one too
    short to be known again.
    """

    article: int
    actor: str
    text: str
    key: int
    stance: str
    probability: float
    unsure: bool
    voice: str | None
    when: When | None
    published: date | None
    past: bool
    condition: Condition | None
    headline: bool

    @property
    def own(self) -> bool:
        return self.voice in OWN_VOICES

    @property
    def day(self) -> date | None:
        """The day that is meant; None where it is not known: of undated articles, and of a past that is not told."""
        return None if self.when is None or (self.past and not self.when.told) else self.when.day

    @property
    def takes_position(self) -> bool:
        return self.stance in TAKEN and not self.unsure


@dataclass(frozen=True)
class Unread:
    """A row or file that could not be read, and why."""

    place: str
    id: str | None
    reason: str


@dataclass
class Corpus:
    """All that was read. `shingles` has one sorted array of hashes an article, in the order of `articles`.

    `unresolved` are the actors that no registry knows: their ids are their names.
    """

    articles: list[Article] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    unresolved: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    shingles: list[NDArray[np.uint64]] = field(default_factory=list)


Row = Mapping[str, Any]


def voice_in_words(voice: str | None, name_of: Callable[[str], str]) -> str:
    """The voice as people read it; an empty string where the analysis does not tell."""
    if voice is not None and voice.startswith("other_party:"):
        return f"claimed by {name_of(voice.partition(':')[2])}"
    known = {
        "self": "in its own words", "narrator": "told by the text", "expert": "by an expert",
        "unnamed": "by unnamed sources",
    }  # fmt: skip
    return known.get(voice or "", voice or "")
