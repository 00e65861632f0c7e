"""The queue of runs, tokens, logs, workers and archives; what lists show; where an evaluation took place.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"

INDEXES = (
    ("status", "created_at", "id"),
    ("owner", "created_at", "id"),
    ("repository", "created_at", "id"),
    ("name", "created_at", "id"),
    ("batch", "created_at", "id"),
    ("speedup", "id"),
    ("status", "owner", "priority", "queued_at"),
    ("owner", "started_at"),
    ("owner", "ended_at"),
    ("status", "ended_at"),
)
CALLS = ("run_id", "asked_at", "dollars", "input_tokens", "output_tokens")


def columns() -> list[sa.Column[object]]:
    """Of `runs`: each has a default or may be null, since the release before knows none of them."""

    def text(name: str, default: str = "") -> sa.Column[object]:
        return sa.Column(name, sa.Text(), server_default=default, nullable=False)

    def moment(name: str) -> sa.Column[object]:
        return sa.Column(name, sa.DateTime(timezone=True), nullable=True)

    by_character = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return [
        sa.Column("name", by_character, server_default="", nullable=False),
        *(sa.Column(name, sa.Double(), nullable=True) for name in ("speedup", "speedup_low", "speedup_high")),
        text("owner", "local"),
        sa.Column("priority", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        text("fingerprint"),
        text("batch"),
        moment("queued_at"),
        moment("nudged_at"),
        text("claimed_by"),
        moment("lease_until"),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), server_default=sa.false(), nullable=False),
        text("stage"),
        text("progress"),
        text("machine"),
        moment("started_at"),
        moment("ended_at"),
        sa.Column("imported", sa.Boolean(), server_default=sa.false(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requests_per_minute", sa.BigInteger(), nullable=False),
        sa.Column("dollars_per_day", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tokens")),
    )
    op.create_index(op.f("ix_tokens_name"), "tokens", ["name"])
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("working_on", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )
    op.create_table(
        "archives",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_archives_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_archives")),
    )
    op.create_table(
        "log_entries",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_log_entries_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_log_entries")),
    )
    op.add_column("evaluations", sa.Column("machine", sa.Text(), server_default="", nullable=False))
    for column in columns():
        op.add_column("runs", column)
    for names in INDEXES:
        op.create_index(op.f(f"ix_runs_{'_'.join(names)}"), "runs", list(names))
    op.create_index(op.f("ix_model_calls_asked_at"), "model_calls", ["asked_at"])
    op.create_index(op.f("ix_model_calls_run_id_candidate"), "model_calls", ["run_id", "candidate"])
    op.create_index(op.f("ix_runs_owner_key"), "runs", ["owner", "key"], unique=True)
    op.create_index(op.f(f"ix_model_calls_{'_'.join(CALLS)}"), "model_calls", list(CALLS))
    fill()


def fill() -> None:
    """What lists show of the runs that are there."""
    connection = op.get_bind()
    for run_id, repository in connection.execute(sa.text("SELECT id, repository FROM runs")).all():
        name = repository.rstrip("/").rpartition("/")[2].removesuffix(".git").lower()
        connection.execute(sa.text("UPDATE runs SET name = :name WHERE id = :id"), {"name": name, "id": run_id})
    winners = sa.text(
        "SELECT run_id, speedup, speedup_low, speedup_high FROM evaluations WHERE verdict = 'confirmed' ORDER BY speedup_low"
    )
    change = sa.text(
        "UPDATE runs SET speedup = :speedup, speedup_low = :speedup_low, speedup_high = :speedup_high WHERE id = :run_id"
    )
    for row in connection.execute(winners).mappings().all():
        connection.execute(change, dict(row))


def downgrade() -> None:
    op.drop_index(op.f("ix_model_calls_asked_at"), "model_calls")
    op.drop_index(op.f("ix_model_calls_run_id_candidate"), "model_calls")
    op.drop_index(op.f(f"ix_model_calls_{'_'.join(CALLS)}"), "model_calls")
    op.drop_index(op.f("ix_runs_owner_key"), "runs")
    for names in INDEXES:
        op.drop_index(op.f(f"ix_runs_{'_'.join(names)}"), "runs")
    for column in reversed(columns()):
        op.drop_column("runs", column.name)
    op.drop_column("evaluations", "machine")
    for table in ("log_entries", "archives", "workers", "tokens"):
        op.drop_table(table)
