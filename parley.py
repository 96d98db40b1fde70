"""The front door: the `parley` command line, and the few names for `from parley import ...`.

Exit codes: 0 done, 1 failed, 2 the input or the options are wrong, 3 some rows of a file could not be scored or
imported, 4 the model cannot be used, 5 a trained model failed a check, 6 an extra is not installed, 7 the database
cannot be used, 8 the gate holds a challenger, 9 it rejects it.
"""

import getpass
import importlib
import json
import math
import shlex
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer

from model.errors import InputError, MissingExtraError, ParleyError
from model.text import printable

if TYPE_CHECKING:
    from model.analysis import Analyzer, load_analyzer
    from model.bundle import Bundle, load_bundle
    from model.records import Document, Pair
    from model.scorer import Prediction, Scorer
    from model.versions import Versions
    from training.resolve import Policy
    from training.rows import LabelledPair

__all__ = ["Analyzer", "Document", "Pair", "Prediction", "Scorer", "load_analyzer", "load_bundle", "main"]

_HOMES = {
    "Analyzer": "model.analysis", "load_analyzer": "model.analysis", "load_bundle": "model.bundle",
    "Document": "model.records", "Pair": "model.records", "Prediction": "model.scorer", "Scorer": "model.scorer",
}  # fmt: skip
_EXTRAS = {
    "fastapi": "serve", "fastapi_offline": "serve", "uvicorn": "serve",
    "torch": "train", "transformers": "train", "datasets": "train", "accelerate": "train", "sklearn": "train",
    "scipy": "train", "xxhash": "train", "onnx": "train", "onnxscript": "train", "safetensors": "train",
    "matplotlib": "report", "openpyxl": "report", "jinja2": "report", "vaderSentiment": "train", "cleanlab": "train",
    "sqlalchemy": "train", "alembic": "train", "pg8000": "train",
}  # fmt: skip
SOME_ROWS_FAILED = 3
NOT_PROMOTED = {"hold": 8, "reject": 9}  # exit codes by verdict
PAIRS_A_SHARD = 2000  # what a killed run scores again at the most
DOCUMENTS_A_SHARD = 50

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
labels = typer.Typer(no_args_is_help=True, help="Human labels: in, out, what is disputed, what to label next.")
models = typer.Typer(no_args_is_help=True, help="The versions of the model, and which of them is the champion.")
actors = typer.Typer(no_args_is_help=True, help="The registry of actors: whom a name means, what is wrong in a file.")
app.add_typer(actors, name="actors")
app.add_typer(labels, name="labels")
app.add_typer(models, name="models")


def __getattr__(name: str) -> Any:
    """Load the public names when they are asked for, so that `parley --help` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'parley' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def main() -> None:
    """Run the command line."""
    app()


def reports_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn Parley's own errors into one clear message and an exit code."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ParleyError as error:
            typer.echo(f"parley: {error}", err=True)
            raise typer.Exit(error.exit_code) from None
        except OSError as error:  # a full disk, a folder that may not be written
            typer.echo(f"parley: {error}", err=True)
            raise typer.Exit(1) from None
        except ModuleNotFoundError as error:
            extra = _EXTRAS.get((error.name or "").partition(".")[0])
            if extra is None:
                raise
            typer.echo(f"parley: {MissingExtraError(command.__name__.replace('_command', ''), extra)}", err=True)
            raise typer.Exit(MissingExtraError.exit_code) from None
        except KeyboardInterrupt:
            typer.echo("parley: stopped", err=True)
            raise typer.Exit(130) from None

    return wrapped


BundleOption = Annotated[Path | None, typer.Option("--bundle", help="A bundle folder; default: the champion.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON for programs.")]
WhoOption = Annotated[str | None, typer.Option("--who", help="Who does this, for the audit log; default: your login.")]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why, for the audit log.")]
PolicyOption = Annotated[str, typer.Option(help="How disagreement is settled: majority, unanimous or latest.")]
GoldOption = Annotated[list[str] | None, typer.Option(help="An annotator whose word counts above that of others.")]
BaseOption = Annotated[
    list[Path] | None, typer.Option("--data", help="Labelled files the labels join; default: the written pairs.")
]
ContextReadOption = Annotated[
    int, typer.Option(help="Sentences before its own that a pair of an article is read with.", min=0)
]
FormatOption = Annotated[str | None, typer.Option("--format", help="The format; default: by the file.")]


def _analyzer(bundle: Path | None) -> "Analyzer":
    from model.analysis import load_analyzer
    from model.versions import champion_bundle

    return load_analyzer(bundle or champion_bundle())


def _seed_rows(*folders: str) -> "list[LabelledPair]":
    """The labelled rows of folders of the seeds, which an installed wheel does not bring along."""
    from model.folders import SEEDS
    from training.rows import load_rows

    return load_rows([SEEDS / folder for folder in folders if (SEEDS / folder).is_dir()])


def _base_rows(data: list[Path] | None) -> "list[LabelledPair]":
    """The rows that the labels join: of the files given, else of the written pairs."""
    from training.rows import load_rows

    return load_rows(data) if data else _seed_rows("pairs")


def _policy(name: str, gold: list[str] | None) -> "Policy":
    from training.resolve import Policy

    return Policy(name, tuple(gold or ()))


def _who(given: str | None) -> str:
    try:
        return given or getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        raise InputError("your login has no name here; give --who") from None


def _show(answer: Any, words: str, as_json: bool) -> None:
    """JSON for programs, or words for people, without the characters that a terminal would obey rather than show."""
    if as_json:
        typer.echo(json.dumps(_plain(answer), ensure_ascii=False, indent=1).encode(errors="replace").decode())
    else:
        typer.echo("\n".join(printable(line) for line in words.split("\n")))


def _plain(value: Any) -> Any:
    """The value without the NaN that JSON does not have."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@app.command("score")
@reports_errors
def score_command(
    file: Annotated[
        str | None, typer.Argument(help="An article: .txt, .json with title and text, or - for stdin.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="One sentence to score, with --actor.")] = None,
    actor: Annotated[
        list[str] | None, typer.Option(help="The actor of --text; with FILE, further actors to look for.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="With --text: also the words that moved the answer.")
    ] = False,
    as_json: JsonOption = False,
    bundle: BundleOption = None,
) -> None:
    """Score one article, or one sentence and actor: parley score --text "Kyra will talk." --actor Kyra"""
    from serving.show import article_table, pair_table, read_article

    if (file is None) == (text is None):
        raise InputError("give either a FILE (or -) or --text with --actor")
    if file is not None and explain:
        raise InputError("--explain needs --text with --actor; in an article, take one of its sentences")
    if file is not None:
        document = read_article(file)
        analysis = _analyzer(bundle).analyze(document, actor)
        typer.echo(json.dumps(analysis, ensure_ascii=False)) if as_json else article_table(analysis)
        return
    if not actor or len(actor) != 1:
        raise InputError("--text needs one --actor")
    from model.records import pair_from_row

    analyzer = _analyzer(bundle)
    pair = pair_from_row({"text": text, "actor": actor[0]})
    found = analyzer.explain(pair) if explain else analyzer.score_pairs([pair])[0].as_json()
    answer = {"model": analyzer.name, "text": text, "actor": actor[0], **found}
    typer.echo(json.dumps(answer, ensure_ascii=False)) if as_json else pair_table(answer)


@app.command("batch")
@reports_errors
def batch_command(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help=".jsonl, .csv or .parquet")],
    target: Annotated[Path, typer.Argument(metavar="OUTPUT", help=".jsonl, .csv or .parquet")],
    kind: Annotated[str, typer.Option(help="pairs or documents")] = "pairs",
    bundle: BundleOption = None,
) -> None:
    """Score a file of any size; started again after a kill, it goes on where it was.

    parley batch pairs.csv scored.csv
    """
    from serving.batch import run_batch
    from serving.show import progress_bar

    if kind not in ("pairs", "documents"):
        raise InputError(f"--kind is {kind!r}; give pairs or documents")
    rows = DOCUMENTS_A_SHARD if kind == "documents" else PAIRS_A_SHARD
    with progress_bar() as progress:
        report = run_batch(
            source, target, _analyzer(bundle), "documents" if kind == "documents" else "pairs", rows, progress
        )
    if report.discarded:
        typer.echo("the half-finished run of another input or model was thrown away", err=True)
    resumed = f" ({report.resumed_rows:,} from an earlier run)" if report.resumed_rows else ""
    typer.echo(f"{report.rows:,} rows{resumed}, {report.failed:,} could not be scored: {target}", err=True)
    if report.failed:
        raise typer.Exit(SOME_ROWS_FAILED)


@app.command("report")
@reports_errors
def report_command(
    source: Annotated[
        Path, typer.Argument(metavar="INPUT", help="Documents (.jsonl, .csv, .parquet, a folder), or their analyses.")
    ],
    output: Annotated[Path, typer.Option(help="The folder to write; one that is no earlier report is refused.")],
    period: Annotated[str, typer.Option(help="auto, day, week, month, quarter or year")] = "auto",
    dates: Annotated[str, typer.Option(help="event: the time that a sentence tells, if any; or publication")] = "event",
    minimum: Annotated[int, typer.Option(help="Statements on each side of a change, and to say anything at all.")] = 5,
    compare: Annotated[
        tuple[str, str] | None, typer.Option(help="Two actors side by side; default: the two that say most.")
    ] = None,
    bundle: BundleOption = None,
) -> None:
    """Who wants to talk, on what condition, since when: timelines, changes and conditions over many documents.

    parley report articles.jsonl --output report
    """
    from serving.report.records import ReportOptions
    from serving.report.writing import write_report
    from serving.show import progress_bar

    options = ReportOptions(period=period, dates=dates, minimum=minimum, compare=compare)
    with progress_bar("documents") as progress:
        summary = write_report(source, output, _analyzer(bundle), options, progress)
    typer.echo(
        f"{summary.documents:,} documents ({summary.copies:,} copies, {summary.undated:,} without a date), "
        f"{summary.statements:,} statements of {summary.actors:,} actors, {summary.changes:,} changes, "
        f"{summary.conditions:,} conditions: {output / 'index.html'}",
        err=True,
    )
    for each in summary.unread:
        typer.echo(f"not read: {printable(each.place)}: {printable(each.reason)}", err=True)
    if summary.unread:
        raise typer.Exit(SOME_ROWS_FAILED)


@actors.command("resolve")
@reports_errors
def resolve_command(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names or ids of actors.")],
    date: Annotated[str | None, typer.Option(help="The day on which the name was used, as 2021-08-15.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say which actor a name means: parley actors resolve Kabul --date 2022-01-01"""
    from model.actors import load_registry
    from model.registry_check import resolve_report, resolve_words
    from model.times import publication_date

    day, problem = publication_date(date)
    if date is not None and problem:
        raise InputError(f"--date: {problem}")
    found = resolve_report(names, load_registry(), day)
    _show([each.as_json() for each in found], resolve_words(found), as_json)


@actors.command("check")
@reports_errors
def check_command(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE...]", help="Your own files of actors.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the registry, PARLEY_ACTORS and the files given: all that is wrong, and how many actors there are."""
    from model.registry_check import check_files, check_words

    report = check_files(*(files or ()))
    _show(report.as_json(), check_words(report), as_json)
    if report.problems:
        raise typer.Exit(InputError.exit_code)


@app.command("serve")
@reports_errors
def serve_command(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
) -> None:
    """Serve the HTTP API and the web page."""
    from serving.app import run
    from serving.settings import load_settings

    run(host, port, load_settings())


@app.command("train")
@reports_errors
def train_command(
    data: Annotated[list[Path], typer.Argument(help="Labelled files, or folders of them: .jsonl, .csv, .parquet")],
    out: Annotated[Path, typer.Option(help="The bundle folder to write.")],
    evaluation: Annotated[
        list[Path] | None, typer.Option("--eval", help="Labelled files to grade on; never trained on.")
    ] = None,
    texts: Annotated[
        list[Path] | None, typer.Option(help="Sentences (id, text) of labels that name them by text_id.")
    ] = None,
    teacher: Annotated[Path | None, typer.Option(help="A larger bundle whose answers are learnt too.")] = None,
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="Sentences without labels that the teacher labels.")
    ] = None,
    second: Annotated[
        Path | None, typer.Option(help="A second reader's labels (id, stance, sentiment) of some of the rows.")
    ] = None,
    release_test: Annotated[
        Path | None, typer.Option(help="A folder that is graded on only for a release; each reading is noted in it.")
    ] = None,
    run: Annotated[Path, typer.Option(help="The working folder; a stopped run goes on from it.")] = Path("runs/latest"),
    name: Annotated[str, typer.Option(help="The name of the bundle.")] = "parley",
    encoder: Annotated[
        str, typer.Option(help="A folder, or a model of the hub.")
    ] = "sentence-transformers/all-MiniLM-L6-v2",
    marking: Annotated[str, typer.Option(help="pair, markers, both or span")] = "span",
    epochs: Annotated[float, typer.Option(help="Passes over the data.")] = 2.5,
    learning_rate: Annotated[float, typer.Option(help="The highest learning rate.")] = 2e-4,
    batch_size: Annotated[int, typer.Option(help="Sentences a step.", min=1)] = 32,
    max_length: Annotated[int, typer.Option(help="Tokens of a pair.", min=16)] = 256,
    freeze_embeddings: Annotated[bool, typer.Option(help="Leave the word vectors as they are.")] = True,
    context_sentences: Annotated[int, typer.Option(help="Sentences before its own that a pair may be read with.")] = 2,
    networks: Annotated[int, typer.Option(help="Trainings whose weights are averaged.", min=1)] = 1,
    keep: Annotated[
        float,
        typer.Option(help="Where --encoder is a bundle: its share in the mean with the new weights.", min=0, max=1),
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 7,
    controls: Annotated[bool, typer.Option(help="Also train the controls to compare with.")] = True,
    parent: Annotated[Path | None, typer.Option(help="The bundle to be replaced, graded beside the new one.")] = None,
    context_read: ContextReadOption = 0,
    report: Annotated[Path | None, typer.Option(help="Also write the evaluation there, with plots.")] = None,
) -> None:
    """Train, export, check and evaluate: from labelled files to a bundle.

    parley train seeds/pairs --out runs/my-bundle
    """
    from model.encoding import Marking
    from training.finetune import TrainingSettings
    from training.pipeline import Sources, train

    if marking not in list(Marking):
        raise InputError(f"--marking is {marking!r}; give one of {', '.join(Marking)}")
    settings = TrainingSettings(
        marking=Marking(marking), epochs=epochs, learning_rate=learning_rate, batch_size=batch_size,
        max_length=max_length, freeze_embeddings=freeze_embeddings, context_sentences=context_sentences,
        kept_share=keep, networks=networks, seed=seed,
    )  # fmt: skip
    sources = Sources(data, evaluation or [], texts or [], teacher, unlabelled or [], second, release_test)
    train(sources, encoder, settings, run, controls, "parley " + shlex.join(sys.argv[1:]))
    made = _exported(run, out, name, parent, report, context_read)
    typer.echo(made.card_file.read_text(encoding="utf-8"))


@app.command("export")
@reports_errors
def export_command(
    run: Annotated[Path, typer.Argument(help="The working folder of a training run.")],
    out: Annotated[Path, typer.Argument(help="The bundle folder to write.")],
    name: Annotated[str, typer.Option(help="The name of the bundle.")] = "parley",
    parent: Annotated[Path | None, typer.Option(help="The bundle to be replaced, graded beside the new one.")] = None,
    context_read: ContextReadOption = 0,
    report: Annotated[Path | None, typer.Option(help="Also write the evaluation there, with plots.")] = None,
) -> None:
    """Export a training run to ONNX, check it against torch, calibrate and evaluate it, and write the bundle."""
    typer.echo(str(_exported(run, out, name, parent, report, context_read).folder))


def _exported(run: Path, out: Path, name: str, parent: Path | None, report: Path | None, context_read: int) -> "Bundle":
    from training.pipeline import export
    from training.plots import write_report

    made = export(run, out, name, parent, context_read=context_read)
    if report is not None:
        write_report(made.manifest["evaluation"], report)
    return made


@app.command("evaluate")
@reports_errors
def evaluate_command(
    files: Annotated[list[Path], typer.Argument(help="Labelled files, each reported on its own.")],
    bundle: BundleOption = None,
    second: Annotated[
        Path | None, typer.Option(help="A second reader's labels (id, stance, sentiment) of some of the rows.")
    ] = None,
    texts: Annotated[
        list[Path] | None, typer.Option(help="Sentences (id, text) of labels that name them by text_id.")
    ] = None,
    folder: Annotated[Path | None, typer.Option("--report", help="Also write a report with plots there.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a bundle on labelled files."""
    from model.bundle import load_bundle
    from model.versions import champion_bundle
    from training.pipeline import evaluate_files
    from training.plots import write_report
    from training.report import markdown_report

    report = evaluate_files(load_bundle(bundle or champion_bundle()), files, second, texts or [])
    if folder is not None:
        write_report(report, folder)
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else markdown_report(report))


@labels.command("import")
@reports_errors
def labels_import_command(
    file: Annotated[Path, typer.Argument(help="A file of labels, or a brat folder.")],
    form: FormatOption = None,
    annotator: Annotated[str | None, typer.Option(help="Whose labels these are, where a row does not say.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="YAML with columns, stance, sentiment: theirs to ours.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="THEIRS=OURS, for example sentence=text.")] = None,
    stance: Annotated[list[str] | None, typer.Option(help="THEIRS=OURS, for example Favor=support.")] = None,
    sentiment: Annotated[list[str] | None, typer.Option(help="THEIRS=OURS, for example POS=positive.")] = None,
    label_is: Annotated[str | None, typer.Option(help="What a bare `label` is: stance or sentiment.")] = None,
    adjudicate: Annotated[bool, typer.Option(help="These labels settle their pairs over all annotators.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Check and report; keep nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check every row of a file of labels, then keep what is right.

    parley labels import answers.csv --annotator anna
    """
    from model.folders import data_folder
    from model.ledger import Ledger
    from training.importing import Names, check_file, import_summary, keep, merged, pairs_of, read_names

    given = Names(pairs_of(column), pairs_of(stance), pairs_of(sentiment), label_is)
    names = merged(read_names(mapping), given) if mapping else given
    frozen = [row.pair.text for row in _seed_rows("unseen", "release_test")]
    ledger = Ledger()
    checked = check_file(file, ledger, names, form, annotator, frozen, adjudicate)
    report = checked.report if dry_run else keep(checked, ledger, data_folder() / "rejected")
    _show(report, import_summary(report), as_json)
    if checked.rejected:
        raise typer.Exit(SOME_ROWS_FAILED)


@labels.command("export")
@reports_errors
def labels_export_command(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    form: FormatOption = None,
    kind: Annotated[str, typer.Option(help="judgements, history, settled or disputed")] = "judgements",
    data: BaseOption = None,
    policy: PolicyOption = "majority",
    gold: GoldOption = None,
) -> None:
    """Write labels in any of the formats that can be imported.

    parley labels export labels.json --format label-studio
    """
    from model.ledger import Ledger
    from training.exporting import records_to_export
    from training.formats import format_of, write_rows

    records = records_to_export(Ledger(), kind, _policy(policy, gold), _base_rows(data))
    write_rows(records, file, form or format_of(file))
    typer.echo(f"{len(records):,} records: {file}", err=True)


@labels.command("status")
@reports_errors
def labels_status_command(
    recent: Annotated[Path | None, typer.Argument(help="Recent pairs or articles, to look for drift in.")] = None,
    earlier: Annotated[Path | None, typer.Option(help="What to compare with; default: held-out written pairs.")] = None,
    traffic: Annotated[bool, typer.Option(help="Look for drift in what the service answered lately.")] = False,
    data: BaseOption = None,
    policy: PolicyOption = "majority",
    gold: GoldOption = None,
    as_json: JsonOption = False,
) -> None:
    """How the labels stand, and whether what is read has moved away from what the champion was trained on."""
    from model.bundle import load_bundle
    from model.ledger import Ledger
    from model.versions import champion_bundle
    from training.candidates import candidates
    from training.status import Reference, label_status, status_words

    ledger, base = Ledger(), _base_rows(data)
    report = label_status(ledger, load_bundle(champion_bundle()), _policy(policy, gold), base)
    words = [status_words(report)]
    if recent or traffic:
        analyzer = _analyzer(None)
        reference = Reference(analyzer, base, candidates([earlier], analyzer.registry).records if earlier else ())
        reference_name = str(earlier or "held-out written pairs")
    if recent:
        drift = reference.drift_of_records(candidates([recent], analyzer.registry).records)
        report["drift_of_file"] = drift.as_json()
        words += ["", f"{recent} against {reference_name}:", *drift.words]
    if traffic:
        drift = reference.drift_of_traffic(ledger)
        report["drift_of_traffic"] = drift.as_json()
        words += ["", f"recent traffic against {reference_name}:", *drift.words]
    _show(report, "\n".join(words), as_json)


@labels.command("queue")
@reports_errors
def labels_queue_command(
    files: Annotated[list[Path] | None, typer.Argument(help="Unlabelled pairs, sentences or articles.")] = None,
    size: Annotated[int, typer.Option(help="How many pairs to choose.", min=1)] = 100,
    out: Annotated[Path | None, typer.Option(help="Also write them there, for a labelling tool.")] = None,
    form: FormatOption = None,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 7,
    as_json: JsonOption = False,
) -> None:
    """Choose what to label next from FILES; without FILES, what is still to be labelled.

    parley labels queue articles.jsonl --out next.json --format label-studio
    """
    from model.ledger import Ledger
    from serving.show import progress_bar
    from training.formats import format_of, write_rows
    from training.selection import queue_up

    ledger = Ledger()
    said: list[str] = []
    if files:
        with progress_bar() as progress:
            said = queue_up(files, size, _analyzer(None), ledger, seed, progress)
    queued = ledger.queue(size)
    records = [{**each.record, "queue_reason": each.reason} for each in queued]
    if out:
        write_rows(records, out, form or format_of(out))
        said.append(f"{len(records):,} pairs: {out}")
    shown = [f"{each['queue_reason']:<24} {each['actor']}: {each['text']}" for each in records]
    _show({"items": records, "words": said}, "\n".join([*([] if out else shown), *said]), as_json)


@labels.command("agreement")
@reports_errors
def labels_agreement_command(as_json: JsonOption = False) -> None:
    """How far annotators agree: Krippendorff's alpha, of all, by class and by annotator."""
    from model.ledger import Ledger
    from training.agreement import agreement_words, annotators_agreement

    report = annotators_agreement(Ledger().entries())
    _show(report, agreement_words(report), as_json)


@labels.command("errors")
@reports_errors
def labels_errors_command(
    out: Annotated[Path, typer.Argument(help="The list to write: .jsonl, .csv or .xlsx")],
    data: BaseOption = None,
    folds: Annotated[int, typer.Option(help="Parts, each judged by a network that learnt the others.", min=2)] = 3,
    policy: PolicyOption = "majority",
    gold: GoldOption = None,
) -> None:
    """List labels that are likely wrong, to be read again: each is judged by a network that never saw its sentence."""
    from model.ledger import Ledger
    from serving.show import progress_bar
    from training.formats import format_of, write_rows
    from training.label_errors import suspect_record, suspects
    from training.pretrained import find_encoder
    from training.resolve import resolve

    resolution = resolve(Ledger().entries(), _base_rows(data), _policy(policy, gold))
    with progress_bar("folds") as progress:
        found = suspects(resolution.rows, find_encoder(), folds=folds, who=resolution.who, progress=progress)
    write_rows([suspect_record(each) for each in found], out, format_of(out))
    typer.echo(f"{len(found):,} of {len(resolution.rows):,} rows to read again: {out}", err=True)


@app.command("retrain")
@reports_errors
def retrain_command(
    start: Annotated[str, typer.Option("--from", help="champion: go on from it; base: begin anew.")] = "champion",
    data: Annotated[list[Path] | None, typer.Option(help="Labelled files the labels join; default: seeds.")] = None,
    frozen: Annotated[list[Path] | None, typer.Option(help="Labelled files to judge by, never trained on.")] = None,
    texts: Annotated[list[Path] | None, typer.Option(help="Sentences of labels that name them by text_id.")] = None,
    teacher: Annotated[Path | None, typer.Option(help="From base: a larger bundle to learn from too.")] = None,
    unlabelled: Annotated[list[Path] | None, typer.Option(help="Sentences that the teacher labels.")] = None,
    encoder: Annotated[str | None, typer.Option(help="From base: a folder, or a model of the hub.")] = None,
    epochs: Annotated[float | None, typer.Option(help="Passes over the data.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="The highest learning rate.")] = None,
    networks: Annotated[int | None, typer.Option(help="Trainings whose weights are averaged.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="Of everything that is drawn.")] = None,
    replay: Annotated[int | None, typer.Option(help="From the champion: old rows learnt again.", min=0)] = None,
    times: Annotated[int | None, typer.Option(help="From the champion: how often a new row.", min=1)] = None,
    policy: PolicyOption = "majority",
    gold: GoldOption = None,
    rules: Annotated[Path | None, typer.Option(help="YAML of rules of the gate that differ.")] = None,
    again: Annotated[bool, typer.Option(help="Judge again what was judged, with new timings.")] = False,
    promote: Annotated[str, typer.Option(help="auto, ask or never")] = "ask",
    who: WhoOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn the labels: snapshot, challenger, verdict, and a new champion if it is no worse.

    parley retrain --promote auto
    """
    from model.ledger import Ledger
    from model.versions import Versions
    from training.promotion import objection
    from training.retrain import plan_of, retrain
    from training.rules import Rules
    from training.verdict import summary

    if promote not in ("auto", "ask", "never"):
        raise InputError(f"--promote is {promote!r}; give auto, ask or never")
    plan = plan_of(
        start, data, frozen, texts, teacher, unlabelled, encoder,
        {"epochs": epochs, "learning_rate": learning_rate, "networks": networks, "seed": seed}, replay, times,
        _policy(policy, gold), Rules.from_file(rules) if rules else Rules(),
    )  # fmt: skip
    name, versions = _who(who), Versions()
    command = "parley " + shlex.join(sys.argv[1:])
    outcome = retrain(plan, Ledger(), versions, name, command, lambda words: typer.echo(words, err=True), again)
    if outcome.verdict is None:
        _show({"verdict": None, "words": outcome.words}, outcome.words, as_json)
        return
    against = objection(versions, outcome.verdict["challenger"], by_itself=True)
    promoted = _promote_if_wished(versions, outcome.verdict, promote, name, as_json, against)
    report = {
        **outcome.verdict, "folder": str(outcome.folder), "promoted": promoted, "objection": against,
        "words": outcome.words,
    }  # fmt: skip
    lines = [outcome.words, summary(outcome.verdict), f"page: {outcome.folder}/verdict.html"]
    lines.append(_what_now(outcome.verdict, promoted, against))
    _show(report, "\n".join(line for line in lines if line), as_json)
    if not promoted and outcome.verdict["verdict"] in NOT_PROMOTED:
        raise typer.Exit(NOT_PROMOTED[outcome.verdict["verdict"]])


def _promote_if_wished(
    versions: "Versions", verdict: dict[str, Any], promote: str, who: str, quiet: bool, against: str
) -> bool:
    """Promote on `auto` where nothing speaks against it, on `ask` where a person at the terminal says so."""
    challenger, found = verdict["challenger"], verdict["verdict"]
    if versions.current_name() == challenger:
        return True
    wished = promote == "auto" and not against
    if promote == "ask" and not against and not quiet and sys.stdin.isatty():
        typer.echo("\n".join(verdict["reasons"]), err=True)
        wished = typer.confirm(f"Serve {challenger} from now on?", err=True)
    if wished:
        versions.promote(challenger, who, f"the gate says {found}", instead_of=verdict["champion"])
    return wished


def _what_now(verdict: dict[str, Any], promoted: bool, against: str) -> str:
    if promoted:
        return f"{verdict['challenger']} is the champion now; go back with: parley models rollback"
    if not against:
        return f"not promoted yet; do it with: parley models promote {verdict['challenger']}"
    command = f"parley models promote {verdict['challenger']} --override --who NAME --reason WHY"
    return f"not promoted: {against}; against the gate: {command}"


@models.command("list")
@reports_errors
def models_list_command(as_json: JsonOption = False) -> None:
    """Every version, with its verdict and its macro-F1; the champion is marked."""
    from model.versions import Versions
    from serving.show import versions_table

    found = Versions().list()
    if as_json:
        _show([{**vars(each), "folder": str(each.folder)} for each in found], "", True)
    else:
        versions_table(found)


@models.command("show")
@reports_errors
def models_show_command(
    name: Annotated[str | None, typer.Argument(help="A version; default: the champion.")] = None,
    as_json: JsonOption = False,
) -> None:
    """The card of a version; with --json its manifest."""
    from model.bundle import load_bundle
    from model.versions import Versions

    versions = Versions()
    bundle = load_bundle(versions.find(name) if name else versions.champion())
    _show(dict(bundle.manifest), bundle.card_file.read_text(encoding="utf-8") if not as_json else "", as_json)


@models.command("diff")
@reports_errors
def models_diff_command(
    left: Annotated[str, typer.Argument(help="A version.")],
    right: Annotated[str | None, typer.Argument(help="Another; default: the champion.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What distinguishes two versions: settings, measures, and the rows that they learnt."""
    from model.bundle import load_bundle
    from model.versions import Versions
    from training.difference import difference, difference_words

    versions = Versions()
    folders = versions.find(left), versions.find(right) if right else versions.champion()
    found = difference(*(load_bundle(folder) for folder in folders))
    _show(found, difference_words(found), as_json)


@models.command("add")
@reports_errors
def models_add_command(
    bundle: Annotated[Path, typer.Argument(help="A bundle folder, such as `parley train` writes.")],
    who: WhoOption = None,
) -> None:
    """Copy a bundle into the models folder."""
    from model.versions import Versions

    typer.echo(str(Versions().add(bundle, _who(who), "add")))


@models.command("promote")
@reports_errors
def models_promote_command(
    name: Annotated[str, typer.Argument(help="A version, or the beginning of its name.")],
    override: Annotated[bool, typer.Option(help="Against the gate, or without its verdict; needs --reason.")] = False,
    reason: ReasonOption = None,
    who: WhoOption = None,
) -> None:
    """Make a version the champion. What the gate did not promote needs --override, --who and --reason."""
    from model.versions import Versions
    from training.promotion import champion_name, objection

    if override and (not who or not reason):
        raise InputError("an override needs your name and a reason: --who NAME --reason WHY")
    versions = Versions()
    champion = champion_name(versions) or None
    if not override and (reason_against := objection(versions, name)):
        raise InputError(f"{reason_against}; against the gate, add --override --who NAME --reason WHY")
    typer.echo(f"champion: {versions.promote(name, _who(who), reason, override, champion)}")


@models.command("rollback")
@reports_errors
def models_rollback_command(reason: ReasonOption = None, who: WhoOption = None) -> None:
    """Make the champion before this one the champion again."""
    from model.versions import Versions

    typer.echo(f"champion: {Versions().rollback(_who(who), reason)}")


@models.command("audit")
@reports_errors
def models_audit_command(as_json: JsonOption = False) -> None:
    """Check the audit log, `current` and every version, and show who did what when."""
    from model.versions import Versions

    versions = Versions()
    notes = versions.verify()
    entries = versions.audit.entries()
    lines = [f"{each.time} {each.who}: {each.event} {_what_of(each.details)}".rstrip() for each in entries]
    holds = f"the chain of {len(entries):,} entries holds, and every version is whole"
    _show({"entries": [vars(each) for each in entries], "notes": notes}, "\n".join([*lines, *notes, holds]), as_json)


def _what_of(details: dict[str, Any]) -> str:
    """Which version an entry of the audit log is about, and what the gate or the person said of it."""
    said = ["against the gate"] if details.get("override") else []
    said += [str(details[name]) for name in ("verdict", "reason") if details.get(name)]
    version = details.get("version") or details.get("challenger") or ""
    return f"{version} ({', '.join(said)})" if said else str(version)


@models.command("rebuild")
@reports_errors
def models_rebuild_command(
    name: Annotated[str, typer.Argument(help="A version that was retrained here.")],
    out: Annotated[Path, typer.Argument(help="A working folder; the bundle is written into it.")],
    teacher: Annotated[Path | None, typer.Option(help="The teacher's bundle, if it learnt from one.")] = None,
    unlabelled: Annotated[list[Path] | None, typer.Option(help="Its sentences without labels, if any.")] = None,
) -> None:
    """Train a version again from its snapshot and manifest, and say whether it is the same."""
    from model.bundle import load_bundle
    from model.versions import Versions
    from training.retrain import rebuild

    versions = Versions()
    version = load_bundle(versions.find(name))
    again = rebuild(version, versions, out, teacher, unlabelled or [], lambda words: typer.echo(words, err=True))
    same = again.manifest["files"] == version.manifest["files"]
    typer.echo(f"{again.name} in {again.folder} is " + ("the same to the byte" if same else f"not {version.name}"))
    if not same:
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
