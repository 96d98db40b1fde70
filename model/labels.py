"""The two label sets, in the order that every array, table and file uses."""

from typing import Final

STANCES: Final = ("support", "conditional", "oppose", "none")
SENTIMENTS: Final = ("negative", "neutral", "positive")
LABELS: Final = {"stance": STANCES, "sentiment": SENTIMENTS}
CODEBOOK_VERSION: Final = "1"  # of seeds/CODEBOOK.md, which says what they mean
