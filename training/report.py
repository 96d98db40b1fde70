"""Evaluation results and a manifest as Markdown that a person can read."""

from collections.abc import Mapping
from typing import Any

from model.labels import STANCES

Json = Mapping[str, Any]


def markdown_report(report: Json) -> str:
    """The whole evaluation: one section a set of rows."""
    parts = [f"# Evaluation of {report['model']}\n"]
    for name, part in report["sets"].items():
        parts.append(f"## {name} ({part['rows']} rows)\n")
        if "stance" in part:
            parts += [summary_table({name: part}), *_stance_details(part["stance"])]
        if "sentiment" in part:
            sentiment = part["sentiment"]
            parts.append(
                f"Sentiment: macro-F1 {sentiment['macro_f1']:.3f}, accuracy {sentiment['accuracy']:.3f}, "
                f"calibration error {sentiment['calibration_error']:.3f}.\n"
            )
    return "\n".join(parts)


def summary_table(sets: Json) -> str:
    """Macro-F1 of the model and its controls; in brackets 95 % intervals by bootstrap over sentences."""
    lines = ["| rows | who | macro-F1, four stances | accuracy | model above by |", "|---|---|---|---|---|"]
    for name, part in sets.items():
        stance = part.get("stance")
        if stance is None:
            continue
        low, high = stance["macro_f1_interval"]
        lines.append(
            f"| {name} | **Parley** | **{stance['macro_f1']:.3f}** ({low:.3f} to {high:.3f}) "
            f"| {stance['accuracy']:.3f} | |"
        )
        for control, row in stance["controls"].items():
            low, high = row["model_above_by_interval"]
            lines.append(
                f"| {name} | {control} | {row['macro_f1']:.3f} | {row['accuracy']:.3f} "
                f"| {row['model_above_by']:.3f} ({low:.3f} to {high:.3f}) |"
            )
    return "\n".join(lines) + "\n"


def sentiment_table(sets: Json) -> str:
    lines = ["| rows | sentiment macro-F1 | accuracy | calibration error |", "|---|---|---|---|"]
    for name, part in sets.items():
        if "sentiment" in part:
            each = part["sentiment"]
            lines.append(
                f"| {name} ({part['rows']}) | {each['macro_f1']:.3f} | {each['accuracy']:.3f} "
                f"| {each['calibration_error']:.3f} |"
            )
    return "\n".join(lines) + "\n"


def _stance_details(stance: Json) -> list[str]:
    low, high = stance["macro_f1_without_none_interval"]
    answered = stance["accuracy_when_answered"]
    lines = [
        f"Macro-F1 without `none`: {stance['macro_f1_without_none']:.3f} ({low:.3f} to {high:.3f}). "
        f"Calibration error: {stance['calibration_error']:.3f}. "
        f"Answered: {stance['coverage']:.1%} of the rows"
        + (f", right in {answered:.1%} of them.\n" if answered is not None else ".\n"),
        "| class | precision | recall | F1 | rows | " + " | ".join(f"said {name}" for name in STANCES) + " |",
        "|---|---|---|---|---|" + "---|" * len(STANCES),
    ]
    for row, name in zip(stance["confusion"], STANCES, strict=True):
        each = stance["classes"][name]
        lines.append(
            f"| {name} | {each['precision']:.3f} | {each['recall']:.3f} | {each['f1']:.3f} | {each['support']} | "
            + " | ".join(str(count) for count in row) + " |"
        )  # fmt: skip
    lines += ["", "| slice | rows | macro-F1 | accuracy |", "|---|---|---|---|"]
    for name, each in stance["slices"].items():
        lines.append(f"| {name} | {each['rows']} | {each['macro_f1']:.3f} | {each['accuracy']:.3f} |")
    return ["\n".join(lines) + "\n"]


def model_card(manifest: Json) -> str:
    """The bundle's README.md: made from its manifest, so that the two never disagree."""
    training, data, parity = manifest["training"], manifest["data"], manifest["parity"]
    sources = "\n".join(f"- {name}: {count:,} rows" for name, count in data["files"].items())
    calibration, abstention = manifest["calibration"], manifest["abstention"]
    sets = manifest["evaluation"]["sets"]
    return f"""---
license: apache-2.0
language: en
pipeline_tag: text-classification
base_model: {manifest["encoder"]["name"]}
---
# {manifest["name"]}

Says, for one sentence and one actor in it, whether that actor supports, conditions, opposes or takes no
position on negotiations (`stance`), and how the sentence evaluates the actor (`sentiment`). What the labels
mean is in `seeds/CODEBOOK.md`.

Made {manifest["created"]} by `{manifest["command"]}`.

## What it is
{manifest["encoder"]["name"]} (SHA-256 `{manifest["encoder"]["sha256"][:16]}…`) with two linear heads on the mean of
the sentence and the mean of the mention; marking `{training["marking"]}`, {training["epochs"]:g} epochs,
batches of {training["batch_size"]}, learning rate {training["learning_rate"]:g}, seed {training["seed"]}.
{training["swapped_share"]:.0%} of the rows with a stance and a name were also learnt under another name.
Served with 8-bit weights over ONNX Runtime.

## What it learnt from
{sources}

{data["train"]:,} rows trained it, {data["calibration"]:,} calibrated it, {data["test"]:,} were kept for the test;
{data["dropped"]:,} were left out because they repeat a held-out sentence. Snapshot
`{manifest["snapshot"][:16]}…`.

## How good it is
Measured on the quantised model that is served. In brackets, 95 % intervals by bootstrap over sentences.

{summary_table(sets)}
{sentiment_table(sets)}
{"".join(_set_details(name, part) for name, part in sets.items() if "stance" in part)}
## How sure it is
Logits are divided by {calibration["stance_temperature"]:.3f} (stance) and
{calibration["sentiment_temperature"]:.3f} (sentiment), fitted on the calibration rows. A pair whose most probable
stance is below {abstention["stance_probability"]:.3f} abstains: chosen for {abstention["wanted_precision"]:.0%} right
answers, on the calibration rows it gave
{abstention["precision"]:.1%} at {abstention["coverage"]:.1%} coverage.

## Is the exported model the trained one?
On {parity["rows"]} rows: the single-precision ONNX file differs from torch by at most
{parity["fp32_max_difference"]:.1e} in any probability; the 8-bit file gives the same stance for
{parity["int8_same_label"]:.2%} of them (macro-F1 {parity["macro_f1_int8"]:.4f} against {parity["macro_f1_torch"]:.4f}).

## What it does not know
- It reads one sentence: irony, and what only the rest of the article tells, escape it.
- It reports what the text ascribes to an actor. It makes no claim about sincerity, and `none` is not neutrality.
- `conditional` and `oppose` are rare in news: trust the intervals above more than the point values.
- English only.
"""


def _set_details(name: str, part: Json) -> str:
    return f"### {name}\n" + "\n".join(_stance_details(part["stance"])) + "\n"
