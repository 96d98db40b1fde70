"""Where things lie: what ships with the code, and what a user adds."""

import os
from pathlib import Path
from typing import Final

import platformdirs

SEEDS: Final = Path(__file__).parent.parent / "seeds"


def data_folder() -> Path:
    """Labels, snapshots and verdicts: `PARLEY_DATA`, else the platform's folder for the user's data.

    Not made here: only what writes makes a folder.
    """
    return Path(os.environ.get("PARLEY_DATA") or platformdirs.user_data_path("parley", appauthor=False))


def models_folder() -> Path:
    """The versions of the model: `PARLEY_MODELS`, else `models` in the data folder."""
    return Path(os.environ.get("PARLEY_MODELS") or data_folder() / "models")
