"""One actor's timeline as SVG that stands inside a page: shares with intervals above, counts below.

A stance differs in colour (Okabe and Ito's palette, which the colour-blind can tell apart), in marker and in hatching.
No text of an article or name of an actor is ever drawn, so that none has to be escaped here.
"""

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import matplotlib
from matplotlib.figure import Figure  # drawn without pyplot, so that no display is looked for
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from serving.report.records import TAKEN
from serving.report.timeline import Calendar, Tally, Timeline

COLORS: Final = {"support": "#0072B2", "conditional": "#E69F00", "oppose": "#D55E00", "none": "#999999"}
MARKERS: Final = {"support": "o", "conditional": "^", "oppose": "s"}
HATCHES: Final = {"support": "", "conditional": "///", "oppose": "xx"}
_LINES: Final = {"support": "-", "conditional": "--", "oppose": ":"}
LABELS_AN_INCH: Final = 1.5  # of periods, under the axis
MOST_NUMBERED: Final = 40  # bars that have their number above them
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "parley",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "hatch.linewidth": 0.6,
}


def timeline_svg(
    timeline: Timeline, calendar: Calendar, minimum: int, changes: Sequence[date] = (), width: float = 9.0
) -> str:
    """The picture of a timeline, `width` in inches of 72 points; shares only of periods with `minimum` statements.

    `changes` are the first days after a change, drawn as a line before the period that holds it.
    """
    tallies = [timeline.get(start, Tally()) for start in calendar.starts]
    has_shares = any(tally.taken >= minimum for tally in tallies)
    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=(width, 3.4 if has_shares else 1.6), layout="constrained")
        panels = figure.subplots(1 + has_shares, 1, sharex=True, squeeze=False, height_ratios=(3, 2)[-1 - has_shares :])
        counts = panels[-1, 0]
        if has_shares:
            _draw_shares(panels[0, 0], tallies, minimum)
        _draw_counts(counts, tallies)
        _draw_changes(panels[:, 0], changes, calendar)
        _name_periods(counts, calendar, most=int(LABELS_AN_INCH * width))
        return _svg(figure)


def describe(timeline: Timeline, calendar: Calendar, name: str) -> str:
    """The picture in words, for those who cannot see it."""
    shown = [(calendar.label(start), timeline[start]) for start in calendar.starts if start in timeline]
    parts = [
        f"{label}: {', '.join(f'{tally.own[stance]} {stance}' for stance in TAKEN if tally.own[stance])}"
        for label, tally in shown
        if tally.taken
    ]
    return f"Own statements of {name} by {calendar.unit}. " + ("; ".join(parts) or "None takes a position") + "."


def legend_svg() -> str:
    """The key to every picture, once a page."""
    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=(4.6, 0.35))
        handles: list[Any] = [
            (
                Patch(facecolor=COLORS[stance], hatch=HATCHES[stance], edgecolor="white"),
                Line2D([], [], color="black", marker=MARKERS[stance], markersize=5, linestyle=""),
            )
            for stance in TAKEN
        ]
        figure.legend(handles, list(TAKEN), loc="center left", ncols=3, frameon=False)
        return _svg(figure)


def _draw_shares(axes: Any, tallies: Sequence[Tally], minimum: int) -> None:
    """Points with intervals; a line joins them only over periods in a row, since between others nothing is known."""
    for number, stance in enumerate(TAKEN):
        shares = [tally.share(stance) if tally.taken >= minimum else None for tally in tallies]
        positions = [at + 0.14 * (number - 1) for at in range(len(tallies))]
        values = [share.value if share else math.nan for share in shares]
        # Rounding may put an end of the interval a hair on the wrong side of the share.
        below = [max(0.0, share.value - share.low) if share else math.nan for share in shares]
        above = [max(0.0, share.high - share.value) if share else math.nan for share in shares]
        axes.errorbar(
            positions, values, yerr=[below, above], color=COLORS[stance], marker=MARKERS[stance], markersize=5,
            linestyle=_LINES[stance], linewidth=1.2, elinewidth=1, capsize=2,
        )  # fmt: skip
    axes.set(ylim=(-0.03, 1.03), ylabel="share")
    axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    _plain_frame(axes)


def _draw_counts(axes: Any, tallies: Sequence[Tally]) -> None:
    bottom = [0] * len(tallies)
    for stance in TAKEN:
        drawn = [at for at, tally in enumerate(tallies) if tally.own[stance]]
        axes.bar(
            drawn, [tallies[at].own[stance] for at in drawn], bottom=[bottom[at] for at in drawn], width=0.7,
            color=COLORS[stance], hatch=HATCHES[stance], edgecolor="white", linewidth=0.4,
        )  # fmt: skip
        bottom = [below + tally.own[stance] for below, tally in zip(bottom, tallies, strict=True)]
    if len(tallies) <= MOST_NUMBERED:
        for at, total in enumerate(bottom):
            if total:
                axes.annotate(
                    str(total), (at, total), xytext=(0, 1), textcoords="offset points", ha="center", fontsize=8
                )
    most = max(bottom, default=0)
    axes.set(ylabel="statements", ylim=(0, max(1, most) * 1.25))
    axes.yaxis.get_major_locator().set_params(integer=True)
    _plain_frame(axes)


def _draw_changes(panels: Iterable[Any], changes: Sequence[date], calendar: Calendar) -> None:
    positions = [sum(start <= change for start in calendar.starts) - 1.5 for change in changes]
    for number, axes in enumerate(panels):
        for position in positions:
            axes.axvline(position, color="0.2", linewidth=1.2, linestyle=(0, (4, 3)))
            if number == 0:
                axes.annotate(
                    "change", (position, 1.0), xycoords=("data", "axes fraction"), xytext=(3, -9),
                    textcoords="offset points", fontsize=8, color="0.2",
                )  # fmt: skip


def _name_periods(axes: Any, calendar: Calendar, most: int) -> None:
    step = max(1, math.ceil(len(calendar.starts) / most))
    labels = [calendar.label(start) for start in calendar.starts[::step]]
    rotation = 30 if calendar.unit in ("day", "week") else 0
    axes.set_xticks(range(0, len(calendar.starts), step), labels, rotation=rotation)
    axes.set_xlim(-0.6, len(calendar.starts) - 0.4)


def _plain_frame(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)


def _svg(figure: Figure) -> str:
    """The SVG element alone, without what only a file of its own needs; hidden from readers that get words instead."""
    stream = io.StringIO()
    metadata: Mapping[str, None] = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(stream, format="svg", transparent=False, metadata=metadata)
    element = stream.getvalue()
    element = element[element.index("<svg") :]
    element = re.sub(r'<svg [^>]*?viewBox="([^"]+)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true">', element, count=1)
    element = re.sub(r"(\d\.\d\d)\d+", r"\1", element)  # hundredths of a point are enough, and half the size
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    return element.replace("xlink:href", "href")
