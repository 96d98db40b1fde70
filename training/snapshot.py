"""A snapshot: the rows that one model is trained and tested on, kept for ever under the digest of their content.

<data>/snapshots/<digest>/
  rows.jsonl      every row, settled by the policy, with who judged it
  frozen/         the sets that models are graded on and never trained on, as <folder>/<file>.jsonl
  aside/          the sets that are neither trained on nor graded on here, likewise
  disputed.jsonl  the pairs that are not settled, with who says what
  changes.txt     what is new, gone or relabelled since the snapshot before
  manifest.json   digest, policy, codebook, the ledger's head, the files of the base data, counts, parent
"""

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from model.bundle import tree_digest
from model.disk import sync
from model.errors import InputError
from model.folders import data_folder
from model.judgements import item_of, now
from model.labels import CODEBOOK_VERSION
from model.ledger import Ledger
from training.resolve import Disputed, Policy, Resolution, resolve
from training.rows import LabelledPair, load_rows, row_record

NAME_DIGITS: Final = 16  # of the digest, in the name of its folder

Json = dict[str, Any]
Labels = tuple[str | None, str | None]


@dataclass(frozen=True)
class Snapshot:
    folder: Path
    manifest: Json

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def rows_file(self) -> Path:
        return self.folder / "rows.jsonl"

    @property
    def frozen_files(self) -> list[Path]:
        return sorted((self.folder / "frozen").glob("*/*.jsonl"))

    @property
    def aside_files(self) -> list[Path]:
        return sorted((self.folder / "aside").glob("*/*.jsonl"))

    @cached_property
    def rows(self) -> list[LabelledPair]:
        return load_rows([self.rows_file])

    @cached_property
    def kept_out(self) -> list[LabelledPair]:
        """The rows of the frozen sets and of those left aside: none of their sentences is trained on."""
        return load_rows([*self.frozen_files, *self.aside_files])

    @property
    def changes(self) -> str:
        return (self.folder / "changes.txt").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Material:
    """The files of a snapshot: `base` data, `frozen` sets that models are graded on, sets that are left `aside` (kept
    for a release, neither trained on nor graded on), and `texts` with sentences that rows name by id."""

    base: Sequence[Path]
    frozen: Sequence[Path] = ()
    aside: Sequence[Path] = ()
    texts: Sequence[Path] = ()

    def sets(self) -> dict[str, list[LabelledPair]]:
        """The rows of each frozen or left out file or folder, by the place that they get in the snapshot."""
        files = [("frozen", file) for file in self.frozen] + [("aside", file) for file in self.aside]
        places = [f"{kind}/{file.resolve().parent.name}/{file.stem}.jsonl" for kind, file in files]
        if len(set(places)) < len(places):
            raise InputError("two frozen files share folder name and file name; rename one")
        return {place: load_rows([file], self.texts) for place, (_, file) in zip(places, files, strict=True)}


def home_of(digest: str) -> Path:
    """The folder of the snapshot with this digest, whether it is here or not."""
    return data_folder() / "snapshots" / digest[:NAME_DIGITS]


def take_snapshot(
    ledger: Ledger, material: Material, policy: Policy, folder: Path, head: int | None = None
) -> Snapshot:
    """Settle the ledger (up to number `head`) over the base data, and keep the result; the same again is the same."""
    head = ledger.head() if head is None else head
    rows = load_rows(material.base, material.texts)
    resolution = resolve(ledger.entries(head), rows, policy, ledger.queue_reasons())
    lines = [_line(row, resolution.who) for row in resolution.rows]
    frozen = {place: [_line(row, {}) for row in rows] for place, rows in material.sets().items()}
    digest = _digest(lines, frozen, policy, CODEBOOK_VERSION)
    target = folder / digest[:NAME_DIGITS]
    if not (target / "manifest.json").is_file():
        parent = last_snapshot(folder)
        manifest: Json = {
            "snapshot": digest, "created": now(), "parent": parent.name if parent else None,
            "policy": {"name": policy.name, "gold": list(policy.gold)}, "codebook": CODEBOOK_VERSION,
            "ledger_head": head,
            "base": _digests(material.base), "frozen": _digests(material.frozen), "aside": _digests(material.aside),
            "texts": _digests(material.texts),
            "rows": len(lines), "disputed": len({each.item for each in resolution.disputed}),
            "sources": _count(row.source for row in resolution.rows),
            "stances": _count(row.stance or "" for row in resolution.rows),
            "annotators": _count(name for names in resolution.who.values() for name in names),
        }  # fmt: skip
        changes = changes_between(_labels_of(parent.rows) if parent else {}, _labels_of(resolution.rows))
        _write(target, lines, frozen, resolution, manifest, changes)
    return load_snapshot(target)


def load_snapshot(folder: Path) -> Snapshot:
    """A snapshot that was taken; InputError where there is none, or where its rows are not those of its digest."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        snapshot = Snapshot(folder, manifest)
        lines = _lines(snapshot.rows_file)
        files = [*snapshot.frozen_files, *snapshot.aside_files]
        frozen = {file.relative_to(folder).as_posix(): _lines(file) for file in files}
        policy = Policy(manifest["policy"]["name"], tuple(manifest["policy"]["gold"]))
        digest = _digest(lines, frozen, policy, manifest["codebook"])
        is_whole = digest == manifest["snapshot"]
    except (OSError, ValueError, KeyError, TypeError, InputError) as error:
        raise InputError(f"{folder} is no snapshot: {error!r}") from None
    if not is_whole:
        raise InputError(f"{folder} was changed after the snapshot was taken: its digest is another")
    return snapshot


def last_snapshot(folder: Path) -> Snapshot | None:
    """The newest snapshot in the folder of snapshots that is whole."""
    files = sorted(folder.glob("*/manifest.json"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in files:
        with suppress(InputError):  # a damaged one is named by what needs it
            return load_snapshot(file.parent)
    return None


def annotators_of(snapshot: Snapshot) -> dict[str, list[str]]:
    """By row id, who judged it; rows of the base data alone are left out."""
    with snapshot.rows_file.open(encoding="utf-8") as lines:
        records = (json.loads(line) for line in lines)
        return {record["id"]: record["annotators"] for record in records if record.get("annotators")}


def changes_between(before: Mapping[str, tuple[str, Labels]], after: Mapping[str, tuple[str, Labels]]) -> list[str]:
    """What was added (+), is gone (-) or has other labels (~), a readable line each."""
    lines = [f"+ {_words(labels)}  {text}" for item, (text, labels) in after.items() if item not in before]
    lines += [f"- {_words(labels)}  {text}" for item, (text, labels) in before.items() if item not in after]
    lines += [
        f"~ {_words(before[item][1])} -> {_words(labels)}  {text}"
        for item, (text, labels) in after.items()
        if item in before and before[item][1] != labels
    ]
    return lines


def changes_of(before: Path, after: Path) -> list[str]:
    """What changed from one snapshot to another, a readable line each."""
    return changes_between(*(_labels_of(load_snapshot(folder).rows) for folder in (before, after)))


def changed_items(before: Snapshot | None, after: Snapshot) -> set[str]:
    """The pairs that `after` has, and `before` has not or with other labels."""
    old = _labels_of(before.rows) if before else {}
    return {item for item, each in _labels_of(after.rows).items() if old.get(item, (None, None))[1] != each[1]}


def _labels_of(rows: Sequence[LabelledPair]) -> dict[str, tuple[str, Labels]]:
    # On one line, whatever counts as a line end.
    return {
        item_of(row.pair): (" ".join(f"{row.pair.actor}: {row.pair.text}".split()), (row.stance, row.sentiment))
        for row in rows
    }


def _words(labels: Labels) -> str:
    return "/".join(label or "?" for label in labels)


def _line(row: LabelledPair, who: Mapping[str, list[str]]) -> str:
    record = row_record(row)
    if row.id in who:
        record["annotators"] = who[row.id]
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n")[:-1]  # not splitlines: a text may hold other line ends


def _digest(lines: Sequence[str], frozen: Mapping[str, Sequence[str]], policy: Policy, codebook: str) -> str:
    """Of the rows, whatever their order, the frozen sets, and the policy and codebook that settled them."""
    head = json.dumps([policy.name, list(policy.gold), codebook])
    sets = [line for place in sorted(frozen) for line in (place, *sorted(frozen[place]))]
    return hashlib.sha256("\n".join([head, *sorted(lines), *sets]).encode()).hexdigest()


def _digests(files: Sequence[Path]) -> list[Json]:
    return [{"file": file.name, "sha256": tree_digest(file)} for file in files]


def _write(
    target: Path,
    lines: Sequence[str],
    frozen: Mapping[str, Sequence[str]],
    resolution: Resolution,
    manifest: Mapping[str, Any],
    changes: Sequence[str],
) -> None:
    """All of it or nothing: written beside its place, and moved there when complete."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".part-") as scratch:
        made = Path(scratch) / target.name
        made.mkdir()
        for place, part in {"rows.jsonl": lines, **frozen}.items():
            (made / place).parent.mkdir(parents=True, exist_ok=True)
            (made / place).write_text("".join(line + "\n" for line in part), encoding="utf-8")
        disputed = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in disputed_records(resolution))
        (made / "disputed.jsonl").write_text(disputed, encoding="utf-8")
        (made / "changes.txt").write_text("".join(line + "\n" for line in changes), encoding="utf-8")
        (made / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        for file in made.rglob("*"):
            sync(file)
        shutil.rmtree(target, ignore_errors=True)  # what a killed run may have left
        made.rename(target)
        sync(target.parent)


def disputed_records(resolution: Resolution) -> Iterator[Json]:
    """The list to adjudicate, a record a pair: fill in the labels and the annotator, and import it."""
    by_item: dict[str, list[Disputed]] = {}
    for each in resolution.disputed:
        by_item.setdefault(each.item, []).append(each)
    for item, parts in by_item.items():
        pair = parts[0].pair
        yield {
            "id": item, "text": pair.text, "actor": pair.actor, "mention": pair.mention, "start": pair.start,
            "context": pair.context, "op": "adjudicate", **{part.label: "" for part in parts}, "annotator": "",
            "votes": [f"{vote.who}: {vote.label}" for part in parts for vote in part.votes],
        }  # fmt: skip


def _count(values: Iterator[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())
