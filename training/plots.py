"""An evaluation as a folder that a person can read: report.md with plots, and report.json for programs."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure  # drawn without pyplot, so that no display is looked for

from training.report import markdown_report

Json = Mapping[str, Any]


def write_report(report: Json, folder: Path) -> None:
    """Write report.json, report.md and two plots for each set that has stances."""
    folder.mkdir(parents=True, exist_ok=True)
    plots: dict[str, dict[str, str]] = {}
    for name, part in report["sets"].items():
        if "stance" not in part:
            continue
        stem = "".join(each if each.isalnum() else "-" for each in name).strip("-")
        plots[name] = {"reliability": f"{stem}-reliability.png", "risk and coverage": f"{stem}-coverage.png"}
        reliability_plot(part["stance"], folder / plots[name]["reliability"])
        coverage_plot(part["stance"], folder / plots[name]["risk and coverage"])
    (folder / "report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "report.md").write_text(markdown_report(report, plots), encoding="utf-8")


def reliability_plot(stance: Json, file: Path) -> None:
    """Confidence against accuracy; the diagonal is perfect calibration."""
    figure = Figure(figsize=(4, 4), layout="tight")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    bins = stance["reliability"]
    axes.plot([each["confidence"] for each in bins], [each["accuracy"] for each in bins], marker="o")
    axes.set(xlabel="probability of the stance", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    figure.savefig(file, dpi=80)


def coverage_plot(stance: Json, file: Path) -> None:
    """Accuracy when only the surest rows are answered."""
    figure = Figure(figsize=(4, 4), layout="tight")
    axes = figure.subplots()
    points = stance["accuracy_at_coverage"]
    axes.plot([float(share) for share in points], list(points.values()), marker="o")
    axes.set(xlabel="share of rows answered", ylabel="share right", xlim=(0, 1.02), ylim=(0.5, 1.01))
    figure.savefig(file, dpi=80)
