"""Labels, the imports that they came by, answered requests, the queue, and counts of traffic."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

APPEND_ONLY = ("judgements", "imports", "requests", "queue", "traffic")


def upgrade() -> None:
    op.create_table(
        "imports",
        _number(),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, index=True),
        sa.Column("format", sa.String(40), nullable=False),
        sa.Column("report", sa.Text, nullable=False),  # JSON
        sa.Column("recorded", sa.String(32), nullable=False),
    )
    op.create_table(
        "judgements",
        _number(),
        sa.Column("id", sa.String(64), nullable=False, unique=True),  # digest of what was said, by whom, when
        sa.Column("op", sa.String(12), nullable=False),
        sa.Column("item", sa.String(64), nullable=False, index=True),  # which sentence and actor
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("mention", sa.Text),
        sa.Column("start", sa.Integer),
        sa.Column("context", sa.Text),
        sa.Column("stance", sa.String(12)),
        sa.Column("sentiment", sa.String(12)),
        sa.Column("sure", sa.Boolean),
        sa.Column("alternative", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("annotator", sa.String(300), nullable=False, index=True),
        sa.Column("created", sa.String(32)),
        sa.Column("recorded", sa.String(32), nullable=False),
        sa.Column("codebook", sa.String(40), nullable=False),
        sa.Column("file", sa.Text),
        sa.Column("digest", sa.String(64)),
        sa.Column("place", sa.Text),
        sa.Column("supersedes", sa.String(64)),
        sa.Column("columns", sa.Text, nullable=False),  # JSON
    )
    op.create_table(
        "requests",
        sa.Column("key", sa.String(300), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),  # JSON
        sa.Column("recorded", sa.String(32), nullable=False),
    )
    op.create_table(
        "queue",
        _number(),
        sa.Column("item", sa.String(64), nullable=False, index=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),  # JSON
        sa.Column("recorded", sa.String(32), nullable=False),
    )
    op.create_table(
        "traffic",
        _number(),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),  # JSON
        sa.Column("recorded", sa.String(32), nullable=False, index=True),
    )
    for table in APPEND_ONLY:
        _refuse_changes(table)


def downgrade() -> None:
    """Not offered: it would throw labels away."""
    raise NotImplementedError("labels are never thrown away; restore a copy of the database instead")


def _number() -> sa.Column[int]:
    # SQLite counts on by itself only in a column of the very type INTEGER.
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("number", kind, primary_key=True, autoincrement=True)


def _refuse_changes(table: str) -> None:
    """Let the database itself refuse to edit or delete a row."""
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added to'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} are only ever added to'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_added_to()"
    )
