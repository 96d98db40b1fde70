"""What the reader of a document remembers from sentence to sentence."""

from dataclasses import dataclass, field

from model.reading.referents import Referents
from model.reading.speakers import Speaker


@dataclass
class Memory:
    """What the sentences before leave behind."""

    floor: Speaker | None = None  # whoever "I" is outside of quotations
    speaker: Speaker | None = None  # who made the last statement
    experts: frozenset[str] = frozenset()  # the surnames of those whom the text introduces as experts
    persons: frozenset[str] = frozenset()  # the surnames of all whom it introduces, or names with a title
    referents: Referents = field(default_factory=Referents)
