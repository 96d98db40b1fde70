"""Evaluation results and a manifest as Markdown that a person can read."""

from collections.abc import Mapping
from typing import Any

from model.labels import STANCES
from training.targets import targets_table

Json = Mapping[str, Any]
READING = """Macro-F1 is the mean F1 of the four stances, rare ones counting as much as common ones; in brackets 95 %
intervals by bootstrap over sentences. Slices: the rules are those of `seeds/CODEBOOK.md`; macro-F1 is over the classes
that a slice has; "worse" where its accuracy is below that of the other rows (Fisher's test, p adjusted by Holm, 0.05).
"""


def markdown_report(report: Json, plots: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The whole evaluation: one section a set of rows; `plots` are file names by set and caption."""
    parts = [f"# Evaluation of {report['model']}\n", READING]
    for name, part in report["sets"].items():
        parts.append(f"## {name} ({part['rows']} rows)\n")
        parts += [f"![{caption}]({file})\n" for caption, file in (plots or {}).get(name, {}).items()]
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
    lines = [
        "| rows | who | macro-F1, four stances | accuracy | model above by | McNemar p |",
        "|---|---|---|---|---|---|",
    ]
    for name, part in sets.items():
        stance = part.get("stance")
        if stance is None:
            continue
        low, high = stance["macro_f1_interval"]
        lines.append(
            f"| {name} | **Parley** | **{stance['macro_f1']:.3f}** ({low:.3f} to {high:.3f}) "
            f"| {stance['accuracy']:.3f} | | |"
        )
        for control, row in stance["controls"].items():
            low, high = row["model_above_by_interval"]
            lines.append(
                f"| {name} | {control} | {row['macro_f1']:.3f} | {row['accuracy']:.3f} "
                f"| {row['model_above_by']:.3f} ({low:.3f} to {high:.3f}) | {_p_value(row['mcnemar_p'])} |"
            )
    return "\n".join(lines) + "\n"


def headline_table(sets: Json) -> str:
    """One line a set: the model, and the macro-F1 of each control beside it."""
    stances = {name: part["stance"] for name, part in sets.items() if "stance" in part}
    controls = list(dict.fromkeys(control for stance in stances.values() for control in stance["controls"]))
    names = ["rows", "**Parley** macro-F1", "accuracy", "surest 80 %", "changed by names", *controls]
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for name, stance in stances.items():
        low, high = stance["macro_f1_interval"]
        cells = [
            f"{name} ({sets[name]['rows']})", f"**{stance['macro_f1']:.3f}** ({low:.3f} to {high:.3f})",
            f"{stance['accuracy']:.3f}", f"{stance['accuracy_at_coverage']['0.8']:.3f}",
            f"{stance['name_swap']['flipped']:.1%}",
            *(f"{stance['controls'][each]['macro_f1']:.3f}" if each in stance["controls"] else "" for each in controls),
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
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


def _p_value(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _stance_details(stance: Json) -> list[str]:
    return [
        _stance_sentences(stance),
        _class_table(stance),
        _slice_table(stance["slices"]),
    ]


def _slice_table(slices: Json) -> str:
    lines = ["| slice | rows | macro-F1 | accuracy | worse than the rest |", "|---|---|---|---|---|"]
    for name, each in slices.items():
        worse = "yes" if each["worse"] else ""
        lines.append(f"| {name} | {each['rows']} | {each['macro_f1']:.3f} | {each['accuracy']:.3f} | {worse} |")
    return "\n".join(lines) + "\n"


def _stance_sentences(stance: Json) -> str:
    low, high = stance["macro_f1_without_none_interval"]
    answered, swap, reader = stance["accuracy_when_answered"], stance["name_swap"], stance["second_reader"]
    largest = max((row["detectable_difference"] for row in stance["controls"].values()), default=None)
    lines = [
        f"- Macro-F1 without `none` {stance['macro_f1_without_none']:.3f} ({low:.3f} to {high:.3f}); mean F1 of "
        f"`support` and `oppose` {stance['support_oppose_f1']:.3f}; Matthews correlation {stance['matthews']:.3f}.",
        f"- Calibration error {stance['calibration_error']:.3f} ({stance['calibration_error_unscaled']:.3f} before "
        f"scaling; perfect probabilities would show {stance['calibration_floor']:.3f} on so few rows); "
        f"negative log-likelihood {stance['negative_log_likelihood']:.3f}; Brier {stance['brier']:.3f}.",
        f"- Answered: {stance['coverage']:.1%} of the rows"
        + (f", right in {answered:.1%} of them." if answered is not None else ".")
        + f" The surest 80 % are right in {stance['accuracy_at_coverage']['0.8']:.1%}; area under the "
        f"risk-coverage curve {stance['area_under_risk_coverage']:.3f}.",
        f"- Every name of a sentence replaced by another: {swap['flipped']:.1%} of {swap['rows']} answers change.",
    ]
    if reader:
        lines.append(
            f"- On {reader['rows']} rows that a second reader labelled: the reader {reader['reader_macro_f1']:.3f}, "
            f"the model {reader['model_macro_f1']:.3f} (macro-F1 against the labels). Both readers are of one "
            f"kind: an upper bound of what readers agree on."
        )
    if largest is not None:
        lines.append(
            f"- Against the control that differs most from the model, a true difference in accuracy of {largest:.3f} "
            f"or more would be found with 80 % power; against the others a smaller one."
        )
    return "\n".join(lines) + "\n"


def _class_table(stance: Json) -> str:
    lines = [
        "| class | precision | recall | F1 | rows | " + " | ".join(f"said {name}" for name in STANCES) + " |",
        "|---|---|---|---|---|" + "---|" * len(STANCES),
    ]
    for row, name in zip(stance["confusion"], STANCES, strict=True):
        each = stance["classes"][name]
        lines.append(
            f"| {name} | {each['precision']:.3f} | {each['recall']:.3f} | {each['f1']:.3f} | {each['support']} | "
            + " | ".join(str(count) for count in row) + " |"
        )  # fmt: skip
    return "\n".join(lines) + "\n"


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
{training["swapped_share"]:.0%} of the sentences with a stance and a name were also learnt under another name.
{training["networks"]} network(s) were trained in different orders of the rows, and their weights averaged.
{_orders_sentence(manifest["orders"])}{_teacher_sentence(manifest["teacher"], data)}{_continued(manifest)}
Served with 8-bit weights over ONNX Runtime.

## What it learnt from
{sources}

{data["train"]:,} rows trained it, {data["calibration"]:,} calibrated it, {data["test"]:,} were kept for the test;
{data["dropped"]:,} were left out because they repeat a held-out sentence. Snapshot
`{manifest["snapshot"][:16]}…`.

{_agreement_sentence(manifest["agreement"])}## How good it is
Measured on the quantised model that is served. {READING}
{targets_table(manifest)}
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
- `conditional` and `oppose` are rare in news: the figures of these classes rest on few rows.
- English only.
"""


def _reads_sentence(part: Json) -> str:
    return f"This set has been read {part['reads']} time(s).\n" if "reads" in part else ""


def _agreement_sentence(agreement: Json | None) -> str:
    if agreement is None:
        return ""
    figures = []
    for label in ("stance", "sentiment"):
        low, high = agreement[label]["alpha_interval"]
        figures.append(f"{agreement[label]['alpha']:.3f} ({low:.3f} to {high:.3f}) on {label}")
    return (
        f"Two readers labelled {agreement['pairs']:,} pairs, the second without sight of the first: Krippendorff's "
        f"alpha {', '.join(figures)}. Readers of one kind with one codebook: an upper bound.\n\n"
    )


def _orders_sentence(orders: Mapping[str, list[float]]) -> str:
    if not any(len(scores) > 1 for scores in orders.values()):
        return ""
    each = "; ".join(f"{name} " + ", ".join(f"{score:.3f}" for score in scores) for name, scores in orders.items())
    return f"Stance macro-F1 of each of them alone, in single precision: {each}.\n"


def _continued(manifest: Json) -> str:
    continuation = manifest.get("continuation")
    if continuation is None:
        begun_from = manifest.get("begun_from")
        return f"The training began with the weights of {begun_from}.\n" if begun_from else ""
    return (
        f"The training went on from {continuation['from']}: {len(continuation['new']):,} pairs were new or had another "
        f"label, each learnt {continuation['times']} times an epoch, beside up to {continuation['replay']:,} old ones. "
        f"The weights are the mean of both.\n"
    )


def _teacher_sentence(teacher: Json | None, data: Json) -> str:
    if teacher is None:
        return ""
    return (
        f"It also learnt from the answers of {teacher['name']} ({teacher['encoder']['name']}), on these rows and on "
        f"{data['unlabelled']:,} unlabelled ones.\n"
    )


def _set_details(name: str, part: Json) -> str:
    return f"### {name}\n" + _reads_sentence(part) + "\n".join(_stance_details(part["stance"])) + "\n"
