"""The verdict of the gate for people: its sentences, the page, and what the terminal shows.

A verdict holds texts and names that anybody may have written. The page escapes them, loads nothing and runs nothing;
the summary shows no control characters, which a terminal would obey.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from model.errors import InputError
from model.text import printable, visible
from training.metrics import Difference

Json = Mapping[str, Any]
OUTCOMES: Final = ("pass", "hold", "reject")
NAMED = 5  # cases, classes, slices or annotators that a sentence or the summary names
ROWS_ON_PAGE = 300  # of a table of sentences; the JSON has them all
LONGEST = 400  # characters of a line of the summary
NOT_WHOLE: Final = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)  # what a missing part raises


def check(name: str, outcome: str, measured: Any, limit: Any, sentence: str) -> dict[str, Any]:
    """One check of a verdict; `outcome` is pass, hold or reject."""
    return {"check": name, "outcome": outcome, "measured": measured, "limit": limit, "sentence": sentence}


def both(found: Difference) -> dict[str, float]:
    """A difference as a verdict shows it."""
    return {
        "champion": found.left, "challenger": found.right, "difference": found.gain, "low": found.low,
        "high": found.high,
    }  # fmt: skip


def words_of(found: Difference, measure: str = "macro-F1") -> str:
    """A difference in words, with its interval."""
    return (
        f"{measure} {found.right:.3f}, before {found.left:.3f}: {found.gain:+.3f} "
        f"(95 % interval {found.low:+.3f} to {found.high:+.3f})"
    )


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(short(name) for name in names[:NAMED])
    return f"{shown} and {len(names) - NAMED} more" if len(names) > NAMED else shown


def short(text: str, characters: int = 120) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"


def page(verdict: Json) -> str:
    """One HTML page that needs nothing else; InputError where the verdict lacks a part."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, finalize=_shown,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(figures=figures, signed=signed, share=share)
    try:
        return environment.get_template("verdict.html.j2").render(verdict=verdict, most=ROWS_ON_PAGE)
    except (TemplateError, *NOT_WHOLE) as error:
        raise InputError(f"this is not a whole verdict of the gate: {error}") from None


def summary(verdict: Json) -> str:
    """About 15 lines for a terminal, without control characters; InputError where the verdict lacks a part."""
    try:
        lines = [*_decision(verdict), *_comparison(verdict), *_labels(verdict)]
    except NOT_WHOLE as error:
        raise InputError(f"this is not a whole verdict of the gate: {type(error).__name__} {error}") from None
    return "\n".join(short(printable(line), LONGEST) for line in lines)


def _shown(value: Any) -> Any:
    """A value that is put in the page, without characters that would hide or turn around what is beside them."""
    return visible(value) if isinstance(value, str) else value


def _decision(verdict: Json) -> list[str]:
    names = {
        outcome: [each["check"] for each in verdict["checks"] if each["outcome"] == outcome] for outcome in OUTCOMES
    }
    counts = [f"{len(names['pass'])} of {len(verdict['checks'])} checks pass"]
    counts += [f"{outcome}: {', '.join(names[outcome])}" for outcome in ("reject", "hold") if names[outcome]]
    return [
        f"{verdict['verdict'].upper()}: {short(verdict['challenger'])} in place of {short(verdict['champion'])}",
        *(f"- {reason}" for reason in verdict["reasons"][:NAMED]),
        "; ".join(counts),
    ]


def _comparison(verdict: Json) -> list[str]:
    sets = [
        f"  {short(name, 40)}{'' if part['decides'] else ' (reported only)'}: {part['rows']:,} rows, macro-F1 "
        f"{part['champion']:.3f} -> {part['challenger']:.3f} ({part['low']:+.3f} to {part['high']:+.3f})"
        for name, part in verdict["sets"].items()
        if part["rows"]
    ]
    classes = ", ".join(
        f"{name} {each['champion']:.3f} -> {each['challenger']:.3f}" for name, each in verdict["classes"].items()
    )
    flips = verdict["flips"]
    return [
        f"Compared on {verdict['rows']:,} rows of {verdict['sentences']:,} sentences; this test has been read "
        f"{verdict['reads']} times and could see a difference of {verdict['detectable_difference']['macro_f1']:.3f}",
        *sets[:NAMED],
        f"F1: {classes}",
        f"Sentences: {len(flips['gained'])} gained, {len(flips['lost'])} lost",
    ]


def _labels(verdict: Json) -> list[str]:
    learnt = verdict["learnt"]
    people = [
        f"  {short(each['annotator'], 40)}: {each['rows']:,} labels; the champion disagrees with "
        f"{each['champion_disagrees']:,}, the challenger with {each['challenger_disagrees']:,}; "
        f"has a voice in {each['disputed']:,} disputed pairs, which were not learnt"
        for each in learnt["annotators"]
    ]
    more = [f"  and {len(people) - NAMED} more annotators"] if len(people) > NAMED else []
    return [
        f"New labels: {learnt['challenger_right']:,} of {learnt['rows']:,} learnt, {learnt['champion_right']:,} were "
        "right before",
        *people[:NAMED],
        *more,
    ]


def figures(value: Any) -> str:
    """What a check measured or allows: a number, or numbers by name."""
    if isinstance(value, Mapping):
        parts = [f"{name.replace('_', ' ')} {figures(each)}" for name, each in value.items()]
        return ", ".join(
            f"({part})" if isinstance(each, Mapping) else part for part, each in zip(parts, value.values(), strict=True)
        )
    if isinstance(value, float):
        return f"{value:.1e}" if 0 < abs(value) < 0.0005 else f"{value:.3f}"
    return "" if value is None else str(value)


def signed(value: float) -> str:
    return f"{value:+.3f}"


def share(value: float) -> str:
    return f"{value:.1%}".replace("%", " %")
