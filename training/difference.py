"""What distinguishes two versions of the model: data, settings and measures, for programs and in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from model.bundle import Bundle
from training.snapshot import changes_of, home_of

Json = dict[str, Any]


def difference(left: Bundle, right: Bundle) -> Json:
    """Settings that differ, measures of the sets that both were graded on, and the rows that differ, where known."""
    before, after = left.manifest, right.manifest
    settings = {
        name: [before["training"].get(name), value]
        for name, value in after["training"].items()
        if before["training"].get(name) != value
    }
    return {
        "versions": [left.name, right.name],
        "parents": [before.get("parent"), after.get("parent")],
        "snapshots": [before["snapshot"], after["snapshot"]],
        "rows": _rows(str(before["snapshot"]), str(after["snapshot"])),
        "settings": settings,
        "measures": dict(_measures(before, after)),
    }


def difference_words(found: Mapping[str, Any], most: int = 40) -> str:
    """The difference for a terminal; at most so many rows are shown."""
    left, right = found["versions"]
    lines = [f"{left} -> {right}"]
    lines += [f"  {name}: {before} -> {after}" for name, (before, after) in found["settings"].items()]
    for name, (before, after) in found["measures"].items():
        lines.append(f"  {name}: {before:.3f} -> {after:.3f} ({after - before:+.3f})")
    rows = found["rows"]
    if rows is None:
        lines.append("  rows: one of the snapshots is not here")
    else:
        lines.append(f"  rows that were added (+), are gone (-) or have another label (~): {len(rows):,}")
        lines += [f"    {row}" for row in rows[:most]]
        lines += [f"    and {len(rows) - most:,} more"] if len(rows) > most else []
    return "\n".join(lines)


def _rows(before: str, after: str) -> list[str] | None:
    folders = [home_of(digest) for digest in (before, after)]
    if before == after:
        return []
    return changes_of(*folders) if all(folder.is_dir() for folder in folders) else None


def _measures(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, list[float]]]:
    """Macro-F1 on the sets of the same name and size."""
    left, right = before["evaluation"]["sets"], after["evaluation"]["sets"]
    for name in (name for name in right if name in left):
        for label in ("stance", "sentiment"):
            parts = [each[name].get(label) for each in (left, right)]
            if all(parts) and left[name]["rows"] == right[name]["rows"]:
                yield f"{name}, {label} macro-F1", [float(part["macro_f1"]) for part in parts]
