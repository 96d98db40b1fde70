"""Every format by its name, the most specific first: where several fit a file, the first is taken."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from model.errors import InputError
from training.formats.argilla import ARGILLA
from training.formats.base import Format
from training.formats.brat import BRAT
from training.formats.conll import CONLL
from training.formats.doccano import DOCCANO
from training.formats.excel import EXCEL
from training.formats.json_records import JSON, JSONL
from training.formats.label_studio import LABEL_STUDIO
from training.formats.label_studio_min import LABEL_STUDIO_MIN
from training.formats.newsmtsc import NEWSMTSC
from training.formats.parquet import PARQUET
from training.formats.prodigy import PRODIGY
from training.formats.tables import CSV, TSV

FORMATS: Final[Mapping[str, Format]] = {
    form.name: form
    for form in (
        BRAT, PARQUET, EXCEL, CONLL, LABEL_STUDIO, LABEL_STUDIO_MIN, ARGILLA, PRODIGY, NEWSMTSC, DOCCANO,
        JSONL, JSON, TSV, CSV,
    )
}  # fmt: skip

ENDINGS: Final[Mapping[str, str]] = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".parquet": "parquet", ".xlsx": "excel", ".conll": "conll", ".ann": "brat",
}  # fmt: skip


def format_of(path: Path | str) -> str:
    """The format that the name of a file to be written asks for; InputError where its ending says none."""
    ending = Path(path).suffix.casefold()
    if ending not in ENDINGS:
        raise InputError(
            f"{path}: the ending {ending!r} says no format; give {', '.join(ENDINGS)}, or name one: --format"
        )
    return ENDINGS[ending]
