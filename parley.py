"""The front door: the `parley` command line, and the few names for `from parley import ...`.

Exit codes: 0 done, 1 failed, 2 the input or the options are wrong, 3 some rows of a batch could not be
scored, 4 the model cannot be used, 5 a trained model failed a check, 6 an extra is not installed.
"""

import importlib
import json
import shlex
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer

from model.errors import InputError, MissingExtraError, ParleyError

if TYPE_CHECKING:
    from model.analysis import Analyzer, load_analyzer
    from model.bundle import Bundle, load_bundle
    from model.records import Document, Pair
    from model.scorer import Prediction, Scorer

__all__ = ["Analyzer", "Document", "Pair", "Prediction", "Scorer", "load_analyzer", "load_bundle", "main"]

_HOMES = {
    "Analyzer": "model.analysis", "load_analyzer": "model.analysis", "load_bundle": "model.bundle",
    "Document": "model.records", "Pair": "model.records", "Prediction": "model.scorer", "Scorer": "model.scorer",
}  # fmt: skip
_EXTRAS = {
    "fastapi": "serve", "fastapi_offline": "serve", "uvicorn": "serve",
    "torch": "train", "transformers": "train", "datasets": "train", "accelerate": "train", "sklearn": "train",
    "scipy": "train", "xxhash": "train", "onnx": "train", "onnxscript": "train", "safetensors": "train",
    "matplotlib": "train", "vaderSentiment": "train", "platformdirs": "train",
}  # fmt: skip
SOME_ROWS_FAILED = 3
PAIRS_A_SHARD = 2000  # what a killed run scores again at the most
DOCUMENTS_A_SHARD = 50

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


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


BundleOption = Annotated[Path | None, typer.Option("--bundle", help="A bundle folder; default: the release.")]


def _analyzer(bundle: Path | None) -> "Analyzer":
    from model.analysis import load_analyzer
    from model.bundle import RELEASE

    return load_analyzer(bundle or RELEASE)


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
    as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False,
    bundle: BundleOption = None,
) -> None:
    """Score one article, or one sentence and actor: parley score --text "Kyra will talk." --actor Kyra"""
    from serving.show import article_table, pair_table, read_article

    if (file is None) == (text is None):
        raise InputError("give either a FILE (or -) or --text with --actor")
    if file is not None:
        document = read_article(file)
        analysis = _analyzer(bundle).analyze(document, actor)
        typer.echo(json.dumps(analysis, ensure_ascii=False)) if as_json else article_table(analysis)
        return
    if not actor or len(actor) != 1:
        raise InputError("--text needs one --actor")
    from model.records import pair_from_row

    analyzer = _analyzer(bundle)
    [prediction] = analyzer.score_pairs([pair_from_row({"text": text, "actor": actor[0]})])
    answer = {"model": analyzer.name, "text": text, "actor": actor[0], **prediction.as_json()}
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
    networks: Annotated[int, typer.Option(help="Trainings whose weights are averaged.", min=1)] = 1,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 7,
    controls: Annotated[bool, typer.Option(help="Also train the controls to compare with.")] = True,
    parent: Annotated[Path | None, typer.Option(help="The bundle to be replaced, graded beside the new one.")] = None,
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
        max_length=max_length, freeze_embeddings=freeze_embeddings, networks=networks, seed=seed,
    )  # fmt: skip
    sources = Sources(data, evaluation or [], texts or [], teacher, unlabelled or [], second, release_test)
    train(sources, encoder, settings, run, controls, "parley " + shlex.join(sys.argv[1:]))
    made = _exported(run, out, name, parent, report)
    typer.echo(made.card_file.read_text(encoding="utf-8"))


@app.command("export")
@reports_errors
def export_command(
    run: Annotated[Path, typer.Argument(help="The working folder of a training run.")],
    out: Annotated[Path, typer.Argument(help="The bundle folder to write.")],
    name: Annotated[str, typer.Option(help="The name of the bundle.")] = "parley",
    parent: Annotated[Path | None, typer.Option(help="The bundle to be replaced, graded beside the new one.")] = None,
    report: Annotated[Path | None, typer.Option(help="Also write the evaluation there, with plots.")] = None,
) -> None:
    """Export a training run to ONNX, check it against torch, calibrate and evaluate it, and write the bundle."""
    typer.echo(str(_exported(run, out, name, parent, report).folder))


def _exported(run: Path, out: Path, name: str, parent: Path | None, report: Path | None) -> "Bundle":
    from training.pipeline import export
    from training.plots import write_report

    made = export(run, out, name, parent)
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
    as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False,
) -> None:
    """Measure a bundle on labelled files."""
    from model.bundle import RELEASE, load_bundle
    from training.pipeline import evaluate_files
    from training.plots import write_report
    from training.report import markdown_report

    report = evaluate_files(load_bundle(bundle or RELEASE), files, second, texts or [])
    if folder is not None:
        write_report(report, folder)
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else markdown_report(report))


if __name__ == "__main__":
    main()
