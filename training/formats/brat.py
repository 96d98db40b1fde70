"""brat: `.ann` files beside `.txt` files, one pair of them or a folder.

A marked text (T line) is the mention, its attributes `Stance`, `Sentiment`, `Alternative` and `Unsure` the labels, a
note of the annotator the note; `annotation.conf`, written into a folder, tells brat so. Without such attributes the
type of the marked text is the bare column `label`, unless it is `Actor`. Offsets count code points of the document; the
pair's text is the sentence. Marks of several parts are errors, unless only white space is between the parts (brat
parts a mark at every line end).

Notes of the type `Parley` hold the columns of the item, and where its text lies in the document. What was said along
with the labels (by whom, when) is taken from them only where the labels are still those that we wrote.
"""

import bisect
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from model.disk import sync
from model.errors import InputError
from model.labels import SENTIMENTS, STANCES
from model.reading.sentences import split_sentences
from training.formats.base import (
    NOT_LABELLED,
    Format,
    RawRow,
    Record,
    Records,
    Unusable,
    about,
    from_labels,
    is_labelled,
    located,
    parted,
    sealed,
    to_labels,
    unsealed,
)
from training.formats.files import clean, encoding_of, parse_json, replacing, to_json, write_text
from training.formats.sample import Sample

TYPE: Final = "Actor"
NOTE: Final = "Parley"
ATTRIBUTES: Final = {"stance": "Stance", "sentiment": "Sentiment", "alternative": "Alternative"}
CONFIGURATION: Final = f"""[entities]
{TYPE}
[relations]
[events]
[attributes]
Stance Arg:<ENTITY>, Value:{"|".join(STANCES)}
Sentiment Arg:<ENTITY>, Value:{"|".join(SENTIMENTS)}
Alternative Arg:<ENTITY>, Value:{"|".join(STANCES)}
Unsure Arg:<ENTITY>
"""
_MARK = re.compile(r"(T\S+)\t(\S+) ([\d ;]+)(?:\t(.*))?")
_ATTRIBUTE = re.compile(r"[AM]\S*\t(\S+) (\S+)(?: (.*))?")
_NOTED = re.compile(r"#\S*\t(\S+) (\S+)\t(.*)")
_LINE_ENDS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


@dataclass
class Mark:
    """A T line with all that refers to it."""

    kind: str
    parts: list[tuple[int, int]]
    quoted: str
    attributes: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    ours: Record = field(default_factory=dict)


def read_brat(path: Path) -> Iterator[RawRow]:
    if path.is_dir():
        found = sorted(path.rglob("*.ann"))
        if not found:
            raise InputError(f"{path} holds no .ann file")
        for file in found:
            yield from _document_rows(file, str(file.relative_to(path)))
        return
    file = path.with_suffix(".ann")
    for each in (file, file.with_suffix(".txt")):
        if not each.is_file():
            raise InputError(f"{each} does not exist; brat has an .ann file beside every .txt file")
    yield from _document_rows(file, file.name)


def write_brat(records: Records, path: Path) -> None:
    """A new folder with a document for each text, or, where `path` ends in .ann, one document of them all.

    InputError names the first record whose mention does not stand in its text: there is nothing to mark.
    """
    if path.suffix.casefold() == ".ann":
        words_file = path.with_suffix(".txt")
        if path.exists() or words_file.exists():
            raise InputError(f"{path} or {words_file.name} exists already; give another name, since the two are one")
        text, marks = _document(records)
        with replacing(path) as part, replacing(words_file) as words:
            write_text(text, words)
            write_text(marks, part)
        return
    if path.exists():
        raise InputError(f"{path} exists already; give a new folder, or a file that ends in .ann")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is not a folder; make it first")
    part = path.with_name(f".{secrets.token_hex(6)}")
    try:
        part.mkdir()
        write_text(CONFIGURATION, part / "annotation.conf")
        by_text: dict[str, list[Any]] = {}
        for record in records:
            by_text.setdefault(str(record.get("text")), []).append(record)
        for number, group in enumerate(by_text.values(), 1):
            text, marks = _document(group)
            write_text(text, part / f"{number:06}.txt")
            write_text(marks, part / f"{number:06}.ann")
        part.rename(path)
        sync(path.parent)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _document_rows(file: Path, name: str) -> Iterator[RawRow]:
    words = file.with_suffix(".txt")
    if not words.is_file():
        yield RawRow(name, {}, error=f"has no text beside it: {words.name} does not exist")
        return
    text = _text(words)
    marks, wrong = _parse(_text(file))
    for number, line in wrong:
        yield RawRow(f"{name}, line {number}", {"raw": line}, error="is not an annotation of brat, or its mark is gone")
    sentences = [(each.start, each.end) for each in (split_sentences(text) if marks else [])]
    starts = [start for start, _ in sentences]
    for key, mark in marks.items():
        place = f"{key} of {name}"
        try:
            yield _mark_row(place, mark, text, sentences, starts)
        except Unusable as error:
            yield RawRow(place, {"raw": mark.quoted, **_said(mark)}, error=str(error))


def _text(path: Path) -> str:
    """The document with its line ends as they are; a byte-order mark counts as a character, as it does in brat."""
    encoding = encoding_of(path)
    name = encoding.name.removesuffix("-sig")
    try:
        return re.sub("^\ufeff", " ", path.read_bytes().decode(name))
    except UnicodeError as error:
        raise InputError(f"{path} is not {encoding.title}: {error}") from None


def _parse(content: str) -> tuple[dict[str, Mark], list[tuple[int, str]]]:
    """The marks by their names, and the lines that are about none of them. Relations and events are passed over."""
    marks: dict[str, Mark] = {}
    wrong: list[tuple[int, str]] = []
    lines = [(number, line.rstrip("\r")) for number, line in enumerate(content.split("\n"), 1)]
    for number, line in lines:
        if line.startswith("T"):
            match = _MARK.fullmatch(line)
            parts = [part.split() for part in match[3].split(";")] if match else []
            if match and all(len(part) == 2 for part in parts):
                marks[match[1]] = Mark(match[2], [(int(a), int(b)) for a, b in parts], match[4] or "")
            else:
                wrong.append((number, line))
    for number, line in lines:
        if line.startswith(("A", "M")):
            match = _ATTRIBUTE.fullmatch(line)
            if match and match[2] in marks:
                marks[match[2]].attributes.setdefault(match[1].casefold(), []).append(match[3] or "")
            elif not match or match[2].startswith("T"):
                wrong.append((number, line))
        elif line.startswith("#") and (match := _NOTED.fullmatch(line)) and match[2] in marks:
            _add_note(marks[match[2]], match[1], match[3])
    return marks, wrong


def _add_note(mark: Mark, kind: str, content: str) -> None:
    if kind != NOTE:
        mark.notes.append(content)
        return
    try:
        value = parse_json(content)
    except ValueError:
        return
    mark.ours = value if isinstance(value, dict) else {}


def _mark_row(place: str, mark: Mark, text: str, sentences: list[tuple[int, int]], starts: list[int]) -> RawRow:
    start, end = _joined(mark, text)
    begin, close = _own_extent(mark, start, end, len(text)) or _sentence(sentences, starts, start, end)
    item = mark.ours.get("item") if isinstance(mark.ours.get("item"), dict) else {}
    record = about({**(item or {}), "text": text[begin:close]}, start - begin, end - begin)
    said = _said(mark)
    if mark.kind != TYPE:
        record["type"] = mark.kind
    labelled = mark.attributes or mark.kind != TYPE or is_labelled(said)
    return RawRow(place, record | said, ignored=None if labelled else NOT_LABELLED)


def _joined(mark: Mark, text: str) -> tuple[int, int]:
    """Where the mark begins and ends; Unusable where other words lie between its parts."""
    start, end = mark.parts[0][0], mark.parts[-1][1]
    for (_, before), (after, _) in zip(mark.parts, mark.parts[1:], strict=False):
        if text[before:after].strip() or after < before:
            raise Unusable("is a mark of several parts; mark the words that name the actor in one piece")
    return located(text, start, end, mark.quoted.rstrip() if len(mark.parts) == 1 else None)


def _own_extent(mark: Mark, start: int, end: int, length: int) -> tuple[int, int] | None:
    """Where our own note says that the text of the item lies."""
    at = mark.ours.get("at")
    if isinstance(at, list) and len(at) == 2 and all(isinstance(each, int) for each in at):
        begin, close = at
        return (begin, close) if 0 <= begin <= start < end <= close <= length else None
    return None


def _sentence(sentences: list[tuple[int, int]], starts: list[int], start: int, end: int) -> tuple[int, int]:
    """The sentence, or the sentences, in which the mark lies."""
    if not starts:
        return start, end
    first = max(0, bisect.bisect_right(starts, start) - 1)
    last = max(first, bisect.bisect_left(starts, end) - 1)
    return min(start, sentences[first][0]), max(end, sentences[last][1])


def _said(mark: Mark) -> Record:
    said: Record = {}
    for name, values in mark.attributes.items():
        if name == "unsure":
            said["sure"] = False
        else:
            said[name] = (values[0] or True) if len(values) == 1 else values
    if not said and mark.kind != TYPE:
        said = from_labels([mark.kind])
    note = "\n".join(mark.notes)
    labels = [f"{name}:{value}" for name in ATTRIBUTES for value in mark.attributes.get(name, [])]
    kept = unsealed(mark.ours.get("said"), [*labels, *(["unsure"] if "unsure" in mark.attributes else [])])
    if kept.get("note") and _LINE_ENDS.sub(" ", str(kept["note"])) != note:
        del kept["note"]
    return said | ({"note": note} if note else {}) | kept


def _document(records: Sequence[Any]) -> tuple[str, str]:
    """The text of a document, each text of the records once, and the lines of its .ann file."""
    text = ""
    begins: dict[str, int] = {}
    lines: list[str] = []
    attribute = note = 0
    for number, record in enumerate(records, 1):
        asked, said = parted(record)
        words, mention, start = clean(str(asked.get("text", ""))), asked.get("mention"), asked.get("start")
        if not mention or not isinstance(start, int) or words[start : start + len(mention)] != mention:
            where = f"record {asked.get('id') or number}"
            raise InputError(f"{where} has no mention that stands in its text, which brat marks; write jsonl or csv")
        if words not in begins:
            text += "\n\n" if text else ""
            begins[words] = len(text)
            text += words
        begin = begins[words]
        lines.append(_mark_line(f"T{number}", mention, begin + start))
        labels = [label for label in to_labels(said) if label != "sure"]
        for label in labels:
            attribute += 1
            kind, _, value = label.partition(":")
            lines.append(f"A{attribute}\t{ATTRIBUTES.get(kind, 'Unsure')} T{number} {value}".rstrip())
        ours: Record = {"at": [begin, begin + len(words)], "item": {k: v for k, v in asked.items() if k != "text"}}
        if said:
            ours["said"] = sealed(said, labels)
        for kind, content in (("AnnotatorNotes", _LINE_ENDS.sub(" ", said.get("note", ""))), (NOTE, _ascii(ours))):
            if content:
                note += 1
                lines.append(f"#{note}\t{kind} T{number}\t{content}")
    return text + "\n", "".join(f"{line}\n" for line in lines)


def _mark_line(name: str, mention: str, start: int) -> str:
    """A T line; brat has a part for each line that the mark touches."""
    parts: list[tuple[int, int]] = []
    at = 0
    for gap in [*_LINE_ENDS.finditer(mention), None]:
        end = gap.start() if gap else len(mention)
        if end > at:
            parts.append((start + at, start + end))
        at = gap.end() if gap else end
    quoted = " ".join(mention[a - start : b - start] for a, b in parts)
    return f"{name}\t{TYPE} {';'.join(f'{a} {b}' for a, b in parts)}\t{quoted}"


def _ascii(value: Any) -> str:
    """JSON on one line, whatever counts as a line end."""
    return _LINE_ENDS.sub(lambda match: "".join(f"\\u{ord(each):04x}" for each in match[0]), to_json(value))


def _is_brat(sample: Sample) -> bool:
    if sample.kind == "folder":
        return next(sample.path.rglob("*.ann"), None) is not None
    return sample.path.suffix == ".ann" or (sample.path.suffix == ".txt" and sample.path.with_suffix(".ann").is_file())


BRAT: Final = Format("brat", "brat, .ann beside .txt, or a folder of them", _is_brat, read_brat, write_brat)
