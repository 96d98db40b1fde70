"""The settings of the service: name, default and sentence of each, in this one place.

A field `max_pairs` is read from the environment variable `PARLEY_MAX_PAIRS`.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from model.errors import InputError

PREFIX: Final = "PARLEY_"
# What Kubernetes sets in every container beside a service named parley.
ORCHESTRATOR: Final = re.compile(r"PARLEY_(?:SERVICE_|PORT(?:_|$))")
OF_THE_COMMAND_LINE: Final = frozenset({"PARLEY_ACTORS", "PARLEY_DATA", "PARLEY_DATABASE_URL", "PARLEY_MODELS"})


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    bundle: Path | None = Field(
        default=None, description="Folder of the bundle that is served; without it, the champion of the models folder."
    )
    poll_seconds: float = Field(
        default=2, gt=0, allow_inf_nan=False, description="Seconds between two looks whether there is a new champion."
    )
    max_body_bytes: int = Field(default=10_000_000, gt=0, description="Largest request body, in bytes.")
    max_pairs: int = Field(default=1000, gt=0, description="Most pairs in one request.")
    max_documents: int = Field(default=50, gt=0, description="Most documents in one request.")
    max_concurrent: int = Field(default=8, gt=0, description="Most requests that are scored at once; others get 429.")
    max_labels: int = Field(default=1000, gt=0, description="Most labels in one request, given or asked for.")
    traffic_seconds: float = Field(
        default=60, ge=0, allow_inf_nan=False, description="How often counts of the answers are written; 0 is never."
    )


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read PARLEY_*; InputError where a name is unknown (a misspelt limit is no limit) or a value is wrong."""
    known = {PREFIX + field.upper(): field for field in Settings.model_fields}
    given = {
        name: value for name, value in environment.items() if name.startswith(PREFIX) and not ORCHESTRATOR.match(name)
    }
    if unknown := sorted(given.keys() - known.keys() - OF_THE_COMMAND_LINE):
        names = ", ".join(sorted({*known, *OF_THE_COMMAND_LINE}))
        raise InputError(f"{', '.join(unknown)}: no such setting; the settings are {names}")
    try:
        return Settings.model_validate({field: given[name] for name, field in known.items() if name in given})
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise InputError(f"{name}={given[name]}: {first['msg']}") from None
