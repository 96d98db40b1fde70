"""The database of what people add: SQLite in the data folder, or PostgreSQL by `PARLEY_DATABASE_URL`.

Its tables are made and changed by the Alembic migrations in `model/migrations`, on first use. One writer at a time:
so the numbers of rows grow in the order in which they become visible, and "all labels up to number n" names the same
labels for ever.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, SQLAlchemyError

from model.errors import InputError, StoreError
from model.folders import data_folder

REVISION: Final = "0001"  # of the newest migration
WAIT_SECONDS: Final = 30  # for another writer
ANSWER_SECONDS: Final = WAIT_SECONDS + 10  # for PostgreSQL's answer, which may be that it waited in vain
WRITERS_LOCK: Final = 7_275_395  # any number of our own: names the lock in PostgreSQL
MIGRATIONS: Final = Path(__file__).parent / "migrations"
NOTHING_KEPT: Final = "nothing of this step was kept"
_WAITED_IN_VAIN: Final = ("database is locked", "lock timeout")  # as SQLite and PostgreSQL say it


def database_url(given: str | None = None) -> URL:
    """`given`, else `PARLEY_DATABASE_URL`, else SQLite in the data folder; InputError where it is no such URL."""
    wanted = given or os.environ.get("PARLEY_DATABASE_URL")
    if not wanted:
        return URL.create("sqlite", database=str(data_folder() / "parley.db"))
    try:
        url = make_url(wanted)
    except ArgumentError:
        raise InputError("PARLEY_DATABASE_URL is no URL; give one like postgresql://user:word@host/name") from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+pg8000")
    if url.get_backend_name() == "sqlite":
        return url
    raise InputError(f"PARLEY_DATABASE_URL names {url.get_backend_name()}; give postgresql://... or sqlite:///...")


class Database:
    """Connections to the database, whose tables are up to date. Safe to use from several threads."""

    def __init__(self, url: str | None = None) -> None:
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            try:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"{self}: {error.strerror}") from None
        try:
            self.engine = self._engine()
        except NoSuchModuleError as error:
            raise InputError(f"PARLEY_DATABASE_URL: {error}") from None
        try:
            with self.reading() as connection:
                is_new = revision_of(connection) == REVISION
            if not is_new:  # else nothing is to be written, and another writer need not be waited for
                with self.writing() as connection:
                    migrate(connection)
        except StoreError:
            self.close()
            raise

    def __str__(self) -> str:
        """Where the database is, without its password."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries, each of which sees one state of the database."""
        with self._errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one transaction that may write; all of it is kept, or nothing."""
        with self._errors(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITERS_LOCK})
            yield connection
            # PostgreSQL may have kept it all and be gone before it could say so.
            unknown = "whether this step was kept is not known: do it again, nothing is added twice"
            with self._errors(NOTHING_KEPT if self.is_sqlite else unknown):
                connection.commit()

    def close(self) -> None:
        """Close every connection; one is opened again where it is needed."""
        self.engine.dispose()

    @contextmanager
    def _errors(self, outcome: str = NOTHING_KEPT) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, InterfaceError) as error:
            reason = _first_line(error.orig)
            if any(words in reason for words in _WAITED_IN_VAIN):
                reason = f"another process has been writing for {WAIT_SECONDS} seconds; try again later"
            elif getattr(error, "connection_invalidated", False):
                reason = f"the connection was lost ({reason})"
            raise StoreError(f"{self}: {reason}; {outcome}") from error
        except SQLAlchemyError as error:
            raise StoreError(f"{self}: {error}") from error
        except OSError as error:  # a connection that broke which pg8000 lets through
            raise StoreError(f"{self}: the connection was lost ({error.strerror or error}); {outcome}") from error

    def _engine(self) -> Engine:
        # A lost connection is reported as a StoreError; the pool would show its traceback besides.
        logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
        if not self.is_sqlite:
            # Pre-ping: a connection that the server closed while it lay idle is replaced, not reported.
            return create_engine(self.url, pool_pre_ping=True, connect_args={"timeout": ANSWER_SECONDS})
        engine = create_engine(self.url, connect_args={"timeout": WAIT_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine


def revision_of(connection: Connection) -> str | None:
    """The migration that the tables have reached; None where there are no tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest revision; StoreError where a newer Parley made them."""
    found = revision_of(connection)
    if found == REVISION:
        return
    logging.getLogger("alembic").setLevel(logging.WARNING)  # where a library made the root logger talkative
    from alembic import command  # here, since it costs a fifth of a second
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StoreError(
            f"the database has revision {found}, which this Parley does not know; install the newer Parley that made it"
        ) from None


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where this file says so
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # readers do not wait for the writer
    cursor.execute("PRAGMA synchronous=FULL")  # what was reported as kept outlives a power cut
    cursor.close()


def _first_line(error: Any) -> str:
    if error is not None and error.args and isinstance(error.args[0], dict):  # as pg8000 reports
        return str(error.args[0].get("M", error.args[0]))
    return (str(error).splitlines() or [type(error).__name__])[0]
