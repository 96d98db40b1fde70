"""What the gate asks for: every rule with its default, and how a file replaces some of them."""

import math
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from model.errors import InputError

MAX_RULES_BYTES = 100_000
LEAST_RESAMPLES = 200


def _check_rule(name: str, value: object, default: object) -> None:
    """InputError where a rule has a value that it cannot have. The value is not shown: a file may hold anything."""
    if isinstance(default, bool):
        good, wanted = isinstance(value, bool), "true or false"
    elif isinstance(default, int):
        good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1_000_000
        wanted = "a whole number of 1 to 1,000,000"
    else:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        good, wanted = number and 0 <= float(str(value)) < math.inf, "a number, 0 or more"
    if not good:
        raise InputError(f"rule {name}: give {wanted}")


@dataclass(frozen=True)
class Rules:
    """What the gate asks for. Shares and F1 are 0 to 1: 0.01 is one point."""

    resamples: int = 10_000  # draws of the bootstrap over sentences
    seed: int = 7  # of the bootstrap
    non_inferiority_margin: float = 0.01  # macro-F1 that a challenger may lose at the most and count as no worse
    accept_no_worse: bool = True  # promote one that is no worse and whose data grew; False: hold, a person confirms
    class_drop: float = 0.03  # F1 that no class may lose, where the loss is significant
    slice_min_rows: int = 30  # smaller slices say nothing
    slice_level: float = 0.05  # level at which a slice is worse, after Holm
    max_negative_flips: float = 0.04  # share of rows that the champion has right and the challenger wrong
    calibration_margin: float = 0.02  # calibration error that may be added
    coverage_margin: float = 0.05  # share of answered rows that may be lost at the same accuracy
    # How much the share of failing cases of a kind may rise. At 0, one case more would hold an equally good challenger.
    behaviour_drop: float = 0.05
    max_size_mb: float = 75.0  # the whole bundle, in millions of bytes
    max_slowdown: float = 1.2  # challenger's seconds a pair by the champion's, 95th percentile

    def __post_init__(self) -> None:
        for rule in fields(self):
            _check_rule(rule.name, getattr(self, rule.name), rule.default)
        if self.resamples < LEAST_RESAMPLES:
            raise InputError(f"rule resamples: fewer than {LEAST_RESAMPLES} give no interval")

    @classmethod
    def from_file(cls, path: Path) -> "Rules":
        """The defaults, with those replaced that a YAML or JSON file gives by name; InputError names what is wrong."""
        try:
            if path.stat().st_size > MAX_RULES_BYTES:
                raise InputError(f"{path} is too large to be rules: at most {MAX_RULES_BYTES:,} bytes are read")
            given = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise InputError(f"{path} is neither YAML nor JSON: {type(error).__name__}") from None
        if not isinstance(given, dict) or not given:
            raise InputError(f"{path} holds no rules; give names and values, such as class_drop: 0.05")
        names = [rule.name for rule in fields(cls)]
        if unknown := [str(name)[:80] for name in given if name not in names]:
            raise InputError(f"{path}: no rule is called {', '.join(unknown)}; there are {', '.join(names)}")
        try:
            return cls(**given)
        except InputError as error:
            raise InputError(f"{path}, {error}") from None
