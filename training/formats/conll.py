"""CoNLL: a token a line, its tag in the last column (B-support, I-support, O), an empty line between sentences.

The tagged words are the mention, the tag its label: the bare column `label`, unless a comment says `# label_is =
stance`. Comments before a sentence, `# key = value`, are columns; a value in JSON quotes may hold any character. The
text is the tokens with single spaces between them, or `# text = ...` where the tokens are just that text. IOB1, IOBES
and BILOU tags are read too, `-DOCSTART-` lines are passed over.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from model.errors import InputError
from training.formats.base import NOT_LABELLED, Format, RawRow, Record, Records, about, from_labels, is_labelled
from training.formats.files import Line, cell, clean, encoding_of, lines_of, replacing, to_json
from training.formats.sample import Sample

_COMMENT = re.compile(r"#\s*([^\s=]+)\s*=\s?(.*)", re.DOTALL)
_TAG = re.compile(r"O|[BIESLU]-\S+")
_TOKEN = re.compile(r"\w+|[^\w\s]")

Token = tuple[str, str]


def read_conll(path: Path) -> Iterator[RawRow]:
    block: list[Line] = []
    for line in lines_of(path, encoding_of(path)):
        if line.text.strip():
            block.append(line)
        elif block:
            yield from _block_rows(block)
            block = []
    if block:
        yield from _block_rows(block)


def write_conll(records: Records, path: Path) -> None:
    """InputError names the first labelled record whose text does not show the mention: there is nothing to tag."""
    blocks = [_block(record, f"record {record.get('id') or number}") for number, record in enumerate(records, 1)]
    with replacing(path) as part:
        part.write_bytes("\n".join(blocks).encode())


def _block_rows(block: list[Line]) -> Iterator[RawRow]:
    place = f"line {block[0].number}"
    comments: dict[str, str] = {}
    tokens: list[Token] = []
    for line in block:
        columns = line.text.split("\t") if "\t" in line.text else line.text.split()
        if columns[0] == "-DOCSTART-":
            continue
        tagged = len(columns) > 1 and _TAG.fullmatch(columns[-1])
        if not tokens and line.text.startswith("#") and not tagged:
            if match := _COMMENT.fullmatch(line.text):
                comments[match[1]] = _value(match[2])
        elif line.error or not tagged:
            error = f"line {line.number} {line.error or 'does not end in a tag such as B-support or O'}"
            yield RawRow(place, {"raw": "\n".join(each.text for each in block)}, error=error)
            return
        else:
            tokens.append((columns[0], columns[-1]))
    if tokens:
        yield from _sentence_rows(place, comments, tokens)


def _sentence_rows(place: str, comments: Mapping[str, str], tokens: list[Token]) -> Iterator[RawRow]:
    text, places = _aligned(comments.get("text"), [token for token, _ in tokens])
    item: Record = {name: value for name, value in comments.items() if name not in ("text", "label_is")}
    if str(item.get("start")).isdecimal():
        item["start"] = int(item["start"])
    item["text"] = text
    spans = list(_spans([tag for _, tag in tokens]))
    if not spans:
        yield RawRow(place, item, ignored=None if is_labelled(item) else NOT_LABELLED)
    for number, (first, last, label) in enumerate(spans, 1):
        said = from_labels([label])
        if comments.get("label_is") in ("stance", "sentiment") and "label" in said:
            said[comments["label_is"]] = said.pop("label")
        here = place if len(spans) == 1 else f"{place}, mention {number}"
        yield RawRow(here, about(item, places[first][0], places[last][1]) | said)


def _aligned(text: str | None, tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text and the offsets of its tokens: the given one, if it is these tokens, else one with single spaces."""
    places: list[tuple[int, int]] = []
    end = 0
    for token in tokens if text is not None else []:
        start = text.find(token, end)  # type: ignore[union-attr]
        if start < 0 or text[end:start].strip():  # type: ignore[index]
            break
        end = start + len(token)
        places.append((start, end))
    if text is not None and len(places) == len(tokens) and not text[end:].strip():
        return text, places
    places, end = [], 0
    for token in tokens:
        places.append((end, end + len(token)))
        end += len(token) + 1
    return " ".join(tokens), places


def _spans(tags: list[str]) -> Iterator[tuple[int, int, str]]:
    """First token, last token and label of each tagged run of tokens."""
    start, label = 0, ""
    for number, tag in enumerate([*tags, "O"]):
        kind, _, name = tag.partition("-")
        begins = kind in ("B", "S", "U") or name != label
        if label and begins:
            yield start, number - 1, label
        if begins:
            start, label = number, name
        if label and kind in ("S", "U", "E", "L"):
            yield start, number, label
            label = ""


def _value(text: str) -> str:
    if text.startswith('"'):
        try:
            value = json.loads(text)
            return value if isinstance(value, str) else text
        except ValueError:
            pass
    return text


def _block(record: Mapping[str, Any], place: str) -> str:
    kind = next((name for name in ("stance", "sentiment") if record.get(name)), None)
    comments = {name: value for name, value in record.items() if name != kind and value is not None}
    if kind:
        comments["label_is"] = kind
    lines = [f"# {_key(name)} = {_comment(value)}" for name, value in comments.items()]
    text, mention, start = str(record.get("text", "")), record.get("mention"), record.get("start")
    if not isinstance(start, int) or not mention or text[start : start + len(mention)] != mention:
        if kind:
            raise InputError(f"{place} has no mention that stands in its text, which CoNLL tags; write jsonl or csv")
        start, mention = 0, ""
    end = start + len(mention)
    for part, inside in ((text[:start], False), (text[start:end], kind), (text[end:], False)):
        for number, token in enumerate(_TOKEN.findall(part)):
            tag = f"{'I' if number else 'B'}-{record[kind]}" if inside and kind else "O"
            lines.append(f"{clean(token)}\t{tag}")
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return re.sub(r"[\s=]", "_", clean(name))


def _comment(value: Any) -> str:
    """A value on one line; in JSON quotes where it would not come back as it is."""
    text = cell(value)
    plain = text.strip() == text and text and not text.startswith('"') and text.isprintable()
    return text if plain else to_json(text)


def _is_conll(sample: Sample) -> bool:
    lines = [line.split() for line in sample.lines if line.strip() and not line.startswith(("#", "-DOCSTART-"))]
    tagged = sum(len(columns) > 1 and bool(_TAG.fullmatch(columns[-1])) for columns in lines)
    return bool(lines) and tagged >= 0.8 * len(lines)


CONLL: Final = Format("conll", "CoNLL, a token a line with BIO tags", _is_conll, read_conll, write_conll)
