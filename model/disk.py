"""Files that are whole whenever they are there, also after a kill or a power cut."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """See a file, or the names in a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put(written: Path, place: Path) -> None:
    """Move a file to its place: content first, then name."""
    sync(written)
    written.replace(place)
    sync(place.parent)


def write_whole(text: str, file: Path) -> None:
    """Write a file beside its place, and put it there."""
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    put(part, file)
