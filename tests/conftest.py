"""What tests share: a tiny random encoder and a bundle trained from it, each built once a session; two databases."""

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING

import postgres
import pytest

if TYPE_CHECKING:
    from commands import Commands
    from matches import Match
    from worlds import World

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

ROOT = Path(__file__).parent.parent

# Toy rows in which one word decides: enough for a tiny network to be sure of its answer.
SENTENCES = {
    "support": "{} will gladly attend the talks {}",
    "conditional": "{} joins only if guns fall silent {}",
    "oppose": "{} refuses every meeting {}",
    "none": "{} counted ships near harbor {}",
}
NAMES = ("Arda", "Belun", "Corvia", "Dasht", "Elmar", "Fenya", "Goran", "Hulia", "Ivora", "Jasna")
TIMES = ("monday", "tuesday", "friday", "today", "again", "soon")


def toy_rows() -> list[dict[str, object]]:
    rows = []
    for stance, sentence in SENTENCES.items():
        for name in NAMES:
            for time in TIMES:
                text = sentence.format(name, time)
                sentiment = "negative" if stance == "oppose" else "neutral"
                rows.append(
                    {"text": text, "actor": name, "mention": name, "start": 0, "stance": stance, "sentiment": sentiment}
                )
    return rows


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees, or writes, what the user of this machine has."""
    monkeypatch.setenv("PARLEY_DATA", str(tmp_path_factory.mktemp("data")))
    monkeypatch.delenv("PARLEY_MODELS", raising=False)
    monkeypatch.delenv("PARLEY_DATABASE_URL", raising=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    folder = postgres.programs()
    if folder is None:
        reason = "PostgreSQL is not installed; tests/install_system.sh installs it"
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)
    with postgres.running(folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'parley.db'}"
    import sqlalchemy

    url = sqlalchemy.make_url(request.getfixturevalue("postgres_server")).set(drivername="postgresql+pg8000")
    name = f"test_{uuid.uuid4().hex}"
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def one_thread() -> Iterator[None]:
    """Torch on one thread: over networks so small, several mostly wait for each other."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of two layers in the Hugging Face layout."""
    from tokenizers.implementations import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, set_seed

    folder = tmp_path_factory.mktemp("encoder")
    # A vocabulary that is the same in every session; a trained one is not.
    words = sorted({word.lower() for row in toy_rows() for word in str(row["text"]).split()})
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *words,
        *ascii_lowercase,
        *(f"##{x}" for x in ascii_lowercase),
    ]
    tokenizer = BertWordPieceTokenizer({piece: number for number, piece in enumerate(dict.fromkeys(pieces))})
    tokenizer.save(str(folder / "tokenizer.json"))
    set_seed(1)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=128, max_position_embeddings=128,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def toy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("toy") / "pairs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in toy_rows()), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path, toy_file: Path, one_thread: None) -> Path:
    """A finished training run of the tiny encoder."""
    from training.finetune import TrainingSettings
    from training.pipeline import Sources, train

    run = tmp_path_factory.mktemp("run")
    # No contexts: what the toy sentences teach is too little to survive them.
    settings = TrainingSettings(
        epochs=12, batch_size=16, learning_rate=3e-3, max_length=64, freeze_embeddings=False, context_sentences=0
    )
    train(Sources([toy_file]), str(tiny_encoder), settings, run, controls=True, command="test")
    return run


@pytest.fixture(scope="session")
def tiny_bundle(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle exported from it."""
    from training.pipeline import export

    return export(tiny_run, tmp_path_factory.mktemp("bundles") / "tiny", "tiny").folder


@pytest.fixture(scope="session")
def empty_world(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path) -> "World":
    """A place to retrain in, without labels; work on a copy."""
    from worlds import make_world

    return make_world(tmp_path_factory.mktemp("world") / "empty", tiny_bundle, toy_rows())


@pytest.fixture(scope="session")
def retrained_world(tmp_path_factory: pytest.TempPathFactory, empty_world: "World", one_thread: None) -> "World":
    """One with eight labels and a challenger that learnt them and was not promoted yet; work on a copy."""
    from worlds import corrections

    world = empty_world.copy(tmp_path_factory.mktemp("world") / "retrained")
    with pytest.MonkeyPatch.context() as patch:
        world.enter(patch)
        world.label(corrections())
        world.retrain()
    return world


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Commands"]:
    """`parley` commands in a world, without the seconds that their imports take."""
    from commands import running_commands

    with running_commands(tmp_path_factory.mktemp("output")) as running:
        yield running


@pytest.fixture
def match(tmp_path: Path) -> "Match":
    """Two fake models that answer alike, and a challenger without fault."""
    from matches import Match

    return Match(tmp_path)
