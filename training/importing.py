"""Labels from a file into the ledger, in two steps: check every row and report, then keep what is right.

Nothing is guessed: a label of another name needs a mapping, a row without an annotator needs one. What is wrong with
a row is said; rejected rows go to a file from which they can be imported again.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml

from model.bundle import tree_digest
from model.disk import write_whole
from model.errors import InputError, RowError
from model.judgements import Judgement, judgement_from_row
from model.labels import LABELS
from model.ledger import Entry, Ledger, Origin, latest
from model.text import folded
from training.formats import RawRow, described, read_rows
from training.formats.base import finished
from training.split import repeats, repeats_earlier, side_of, skeleton

MOST_COMPARED: Final = 50_000_000  # pairs of sentences; above this, near-duplicates are not looked for
REJECTED_ENDING: Final = ".rejected.jsonl"
REASON: Final = "rejected_because"  # columns of the file of rejected rows
PLACE: Final = "rejected_at"

Json = dict[str, Any]


@dataclass(frozen=True)
class Names:
    """What a file calls things: columns and labels, theirs to ours. `label_is` says which label a bare `label` is."""

    columns: Mapping[str, str] = field(default_factory=dict)
    stance: Mapping[str, str] = field(default_factory=dict)
    sentiment: Mapping[str, str] = field(default_factory=dict)
    label_is: str | None = None

    def __post_init__(self) -> None:
        if self.label_is not in (None, *LABELS):
            raise InputError(f"a label can be {' or '.join(LABELS)}, not {self.label_is!r}")
        for name, allowed in LABELS.items():
            for theirs, ours in getattr(self, name).items():
                if ours not in allowed:
                    raise InputError(f"{name} {theirs!r} is mapped to {ours!r}; map it to one of {', '.join(allowed)}")

    def applied(self, row: RawRow) -> RawRow:
        """The row with our names; what has no mapping stays as it is."""
        ours = {name: value for name, value in row.record.items() if name not in self.columns}
        ours |= {self.columns[name]: value for name, value in row.record.items() if name in self.columns}
        if self.columns:  # what was read under another name gets the touches that ours had while reading
            row = finished(replace(row, record=ours), self.label_is)
            ours = dict(row.record)
        for name in LABELS:
            if isinstance(value := ours.get(name), str | int | float):
                ours[name] = getattr(self, name).get(str(value), value)
        return replace(row, record=ours)


def pairs_of(options: Sequence[str] | None) -> dict[str, str]:
    """THEIRS=OURS, several times; InputError where one has no equals sign."""
    parts = [option.rpartition("=") for option in options or ()]
    if wrong := [option for option, (theirs, _, _) in zip(options or (), parts, strict=True) if not theirs]:
        raise InputError(f"{wrong[0]!r} is no pair; give THEIRS=OURS, for example Favor=support")
    return {theirs: ours for theirs, _, ours in parts}


def merged(first: Names, second: Names) -> Names:
    """Both mappings; where they differ the second holds."""
    return Names(
        {**first.columns, **second.columns}, {**first.stance, **second.stance},
        {**first.sentiment, **second.sentiment}, second.label_is or first.label_is,
    )  # fmt: skip


def read_names(file: Path) -> Names:
    """A mapping from a YAML or JSON file with any of columns, stance, sentiment (theirs: ours) and label_is."""
    try:
        # Names as they are written: to a loader that knows types, No is false and 1.0 a number.
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{file} cannot be read as a mapping: {error}") from None
    known = {"columns", "stance", "sentiment", "label_is"}
    if not isinstance(content, dict) or not content.keys() <= known:
        raise InputError(f"{file} must hold only {', '.join(sorted(known))}")
    for name in known - {"label_is"}:
        if not isinstance(content.get(name, {}), dict):
            raise InputError(f"{file}, {name}: give pairs such as Favor: support")
    pairs = {name: {str(a): str(b) for a, b in content.get(name, {}).items()} for name in known - {"label_is"}}
    return Names(label_is=content.get("label_is") or None, **pairs)


@dataclass(frozen=True)
class Rejected:
    place: str
    reason: str
    record: Json


@dataclass(frozen=True)
class Checked:
    """A file after the first step: what would be kept, what would not, and the report on it."""

    file: Path
    format: str
    judgements: list[Judgement]
    places: list[str]
    rejected: list[Rejected]
    report: Json


def check_file(
    file: Path,
    ledger: Ledger,
    names: Names = Names(),
    form: str | None = None,
    annotator: str | None = None,
    frozen: Sequence[str] = (),
    adjudicate: bool = False,
) -> Checked:
    """Read and check every row; nothing is kept yet. `frozen` are the sentences of the frozen tests.

    With `adjudicate` rows that name no `op` settle their pairs over all annotators, as the filled-in list of disputed
    pairs does.

    InputError where the file cannot be read at all.
    """
    if form is None and file.name.endswith(REJECTED_ENDING):
        form = "jsonl"  # whatever its rows look like: they come from files of any format
    form, rows = read_rows(file, form, names.label_is)
    judgements: list[Judgement] = []
    places: list[str] = []
    rejected: list[Rejected] = []
    ignored: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for row in rows:
        if row.ignored:
            ignored[row.ignored] += 1
            continue
        ours = names.applied(replace(row, record=_without_verdict(row.record)))
        try:
            judgements.append(_judgement(ours, annotator, adjudicate))
            places.append(row.place)
        except RowError as error:
            rejected.append(Rejected(row.place, str(error), row.record))
            unknown.update(_unknown_label(error, ours.record))
    report: Json = {
        "file": readable(str(file)), "format": form, "read_as": described(file, form),
        "rows": len(judgements) + len(rejected) + ignored.total(),
        "accepted": len(judgements), "rejected": len(rejected),
        "reasons": dict(Counter(_kind(each.reason) for each in rejected).most_common()),
        "unknown_labels": dict(unknown.most_common()), "ignored": dict(ignored),
        **_counts(judgements), **_duplicates(judgements, ledger.entries()), **_uses(judgements, frozen),
    }  # fmt: skip
    return Checked(file, form, judgements, places, rejected, report)


def keep(checked: Checked, ledger: Ledger, folder: Path) -> Json:
    """The second step: the judgements go into the ledger, all or none; rejected rows into a file in `folder`.

    Returns the report with what was added, what was known, and the file of rejected rows.
    """
    digest = tree_digest(checked.file)
    report = dict(checked.report)
    if checked.rejected:
        report["rejected_rows"] = readable(str(write_rejected(checked.rejected, checked.file, digest, folder)))
    origin = Origin(readable(checked.file.name), digest, checked.format, report)
    added = ledger.add(checked.judgements, [readable(place) for place in checked.places], origin)
    return {**report, "added": sum(added), "known": len(added) - sum(added)}


def write_rejected(rejected: Sequence[Rejected], file: Path, digest: str, folder: Path) -> Path:
    """A JSONL file of the rows as they were read, each with why it was rejected and where it stood."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = readable(file.name.removesuffix(REJECTED_ENDING).removesuffix(file.suffix))
    short = stem.encode()[:180].decode(errors="ignore")  # a name may have 255 bytes
    target = folder / f"{short}-{digest[:8]}{REJECTED_ENDING}"
    lines = (json.dumps({**each.record, REASON: each.reason, PLACE: each.place}, default=str) for each in rejected)
    write_whole("\n".join(lines) + "\n", target)
    return target


def readable(name: str) -> str:
    """The name of a file, or of a place in it, as text that can be kept and shown, whatever it is made of."""
    return name.replace("\0", "�").encode(errors="replace").decode()


def import_summary(report: Mapping[str, Any]) -> str:
    """The report in words, for a terminal."""
    lines = [
        f"{report['file']}: {report['rows']:,} rows, read as {report['format']} ({report['read_as']})",
        f"  right {report['accepted']:,}, rejected {report['rejected']:,}"
        + (f" ({report['rejected_rows']})" if "rejected_rows" in report else ""),
    ]
    lines += [f"    {count:,} x {reason}" for reason, count in report["reasons"].items()]
    lines += [
        f"    no such label: {label} ({count:,} rows); give a mapping (--stance or --sentiment THEIRS=OURS)"
        for label, count in report["unknown_labels"].items()
    ]
    lines += [f"  left aside {count:,}: {reason}" for reason, count in report["ignored"].items()]
    lines.append(
        f"  given twice in the file {report['duplicates']:,}, known before {report['known_before']:,}, "
        f"sentences much like another {_or_unknown(report['near_duplicates'])}"
    )
    lines.append(
        f"  pairs on which annotators differ {report['conflicts']:,}, "
        f"rows that change what the same annotator said before {report['changed']:,}"
    )
    if report["not_named"]:
        words = "without a `mention` and without the actor's name in the sentence"
        lines.append(f"  {words} {report['not_named']:,}: is it the right sentence?")
    if report["taken_back_since"]:
        lines.append(
            f"  known, but its annotator has said otherwise since {report['taken_back_since']:,}: "
            "the later word stays; to say it again, give `created`"
        )
    for label in LABELS:
        if report[label]:
            lines.append(f"  {label}: " + ", ".join(f"{name} {count:,}" for name, count in report[label].items()))
    lines.append("  by annotator: " + ", ".join(f"{name} {count:,}" for name, count in report["annotators"].items()))
    uses = report["uses"]
    lines.append(
        f"  to be trained on {uses['train']:,}, to calibrate {uses['calibration']:,}, to test {uses['test']:,} "
        f"(a sentence's words decide), in a frozen test and so never trained on {uses['frozen']:,}"
    )
    if "added" in report:
        lines.append(
            f"  kept {report['added']:,}, known already {report['known']:,}"
            + (": nothing was added" if not report["added"] else "")
        )
    else:
        lines.append("  nothing was kept: this was a dry run")
    return "\n".join(lines)


def _judgement(row: RawRow, annotator: str | None, adjudicate: bool) -> Judgement:
    record = row.record
    if adjudicate and not record.get("op"):
        record = {**record, "op": "adjudicate"}
    if record.get("op") == "adjudicate" and not adjudicate:
        raise RowError("op", "is adjudicate, which settles a pair over all annotators; say so with --adjudicate")
    if row.error:
        raise RowError("row", row.error)
    if "label" in record and not record.get("stance") and not record.get("sentiment"):
        raise RowError("label", f"is {record['label']!r}; say which label it is: --label-is stance or sentiment")
    return judgement_from_row(record, annotator)


def _without_verdict(record: Mapping[str, Any]) -> Json:
    return {name: value for name, value in record.items() if name not in (REASON, PLACE)}


def _unknown_label(error: RowError, record: Mapping[str, Any]) -> list[str]:
    value = record.get(error.field) if error.field in LABELS else None
    return [f"{error.field} {value!r}"] if value not in (None, "", *LABELS.get(error.field, ())) else []


def _kind(reason: str) -> str:
    """The reason without the values that only one row has, so that like rows are counted together."""
    return re.sub(r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"|\d[\d,]*", "…", reason)[:200]


def _counts(judgements: Sequence[Judgement]) -> Json:
    counts: Json = {
        name: dict(Counter(getattr(each, name) for each in judgements if getattr(each, name)).most_common())
        for name in LABELS
    }
    counts["annotators"] = dict(Counter(each.annotator for each in judgements).most_common())
    counts["actors"] = dict(Counter(each.pair.actor for each in judgements).most_common(20))
    pairs = [each.pair for each in judgements]
    counts["not_named"] = sum(pair.start is None and pair.actor not in pair.text for pair in pairs)
    counts["other_codebooks"] = sum(each.codebook != Judgement.codebook for each in judgements)
    return counts


def _duplicates(judgements: Sequence[Judgement], entries: Sequence[Entry]) -> Json:
    """What the file has twice, what the ledger has already, and where opinions differ."""
    last = latest(entries)
    said = {key: entry.judgement.said for key, entry in last.items()}
    kept = {entry.judgement.id for entry in entries}
    keys = [(each.item, each.annotator) for each in judgements]
    known = taken_back = changed = 0
    for key, each in zip(keys, judgements, strict=True):
        known += each.id in kept or (each.created is None and said.get(key) == each.said)
        taken_back += each.id in kept and each.created is None and said[key] != each.said
    times = Counter((*key, each.said) for key, each in zip(keys, judgements, strict=True))
    votes: dict[str, dict[str, tuple[str | None, str | None]]] = defaultdict(dict)
    for (item, who), entry in last.items():
        votes[item][who] = entry.judgement.stance, entry.judgement.sentiment
    for (item, who), each in zip(keys, judgements, strict=True):
        if each.id not in kept and said.get((item, who)) != each.said:
            changed += (item, who) in said
            said[item, who] = each.said
            votes[item][who] = each.stance, each.sentiment
            kept.add(each.id)
    return {
        "duplicates": len(judgements) - len(times), "known_before": known, "taken_back_since": taken_back,
        "changed": changed, "near_duplicates": _near_duplicates(judgements, entries),
        "conflicts": sum(_differ(votes[item].values()) for item in {item for item, _ in keys}),
    }  # fmt: skip


def _near_duplicates(judgements: Sequence[Judgement], entries: Sequence[Entry]) -> int | None:
    """Sentences of the file that the ledger lacks and that are much like another; None where they are too many."""
    before = {folded(entry.judgement.pair.text): entry.judgement.pair.text for entry in entries}
    texts = {folded(each.pair.text): each.pair.text for each in judgements}
    fresh = [text for key, text in texts.items() if key not in before]
    known = {skeleton(text): text for text in before.values()}
    apart = [text for outline, text in {skeleton(text): text for text in fresh}.items() if outline not in known]
    if len(apart) * (len(apart) + len(known)) > MOST_COMPARED:
        return None
    pairs = zip(repeats(apart, list(known.values())), repeats_earlier(apart), strict=True)
    return len(fresh) - len(apart) + sum(left or right for left, right in pairs)


def _differ(votes: Iterable[tuple[str | None, str | None]]) -> bool:
    stances, sentiments = zip(*votes, strict=True)
    return len({*stances} - {None}) > 1 or len({*sentiments} - {None}) > 1


def _uses(judgements: Sequence[Judgement], frozen: Sequence[str]) -> Json:
    """For what retraining would use each pair; a sentence of a frozen test is kept and never trained on."""
    texts = list(dict.fromkeys(each.pair.text for each in judgements))
    flags = dict(zip(texts, repeats(texts, frozen), strict=True))
    counts = Counter("frozen" if flags[each.pair.text] else side_of(each.pair.text) for each in judgements)
    return {"uses": {name: counts[name] for name in ("train", "calibration", "test", "frozen")}}


def _or_unknown(count: int | None) -> str:
    return "not looked for, too many" if count is None else f"{count:,}"
