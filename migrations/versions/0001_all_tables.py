"""All tables of the first release.

Revision ID: 0001
Revises: none
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("backends", sa.JSON(), nullable=False),
        sa.Column("budget", sa.JSON(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("stopped_by", sa.Text(), nullable=False),
        sa.Column("judged_patch", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_created_at_id"), "runs", ["created_at", "id"])

    op.create_table(
        "candidates",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=True),
        sa.Column("patch", sa.Text(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("proposer", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("spent_candidates", sa.BigInteger(), nullable=False),
        sa.Column("spent_tokens", sa.BigInteger(), nullable=False),
        sa.Column("spent_dollars", sa.Double(), nullable=False),
        sa.Column("spent_seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "parent"],
            ["candidates.run_id", "candidates.number"],
            name=op.f("fk_candidates_run_id_parent_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_candidates_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_candidates")),
    )
    op.create_index(op.f("ix_candidates_run_id_parent"), "candidates", ["run_id", "parent"])

    op.create_table(
        "model_calls",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("candidate", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("dollars", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_model_calls_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "key", name=op.f("pk_model_calls")),
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("speedup", sa.Double(), nullable=True),
        sa.Column("speedup_low", sa.Double(), nullable=True),
        sa.Column("speedup_high", sa.Double(), nullable=True),
        sa.Column("by_workload", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "number"],
            ["candidates.run_id", "candidates.number"],
            name=op.f("fk_evaluations_run_id_number_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("run_id", "number", "kind", name=op.f("uq_evaluations_run_id_number_kind")),
    )
    op.create_table(
        "profiles",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "number"],
            ["candidates.run_id", "candidates.number"],
            name=op.f("fk_profiles_run_id_number_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_profiles")),
    )
    op.create_table(
        "checks",
        sa.Column("evaluation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name=op.f("fk_checks_evaluation_id_evaluations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "position", name=op.f("pk_checks")),
    )
    op.create_table(
        "timings",
        sa.Column("evaluation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("workload", sa.Text(), nullable=False),
        sa.Column("loops", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name=op.f("fk_timings_evaluation_id_evaluations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "position", name=op.f("pk_timings")),
    )
    op.create_table(
        "samples",
        sa.Column("evaluation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("timing", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pair", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("taken_first", sa.Boolean(), nullable=False),
        sa.Column("wall_seconds", sa.Double(), nullable=False),
        sa.Column("cpu_seconds", sa.Double(), nullable=False),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=False),
        sa.Column("instructions", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["evaluation_id", "timing"],
            ["timings.evaluation_id", "timings.position"],
            name=op.f("fk_samples_evaluation_id_timing_timings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "timing", "pair", "side", name=op.f("pk_samples")),
    )


def downgrade() -> None:
    op.drop_table("samples")
    op.drop_table("timings")
    op.drop_table("checks")
    op.drop_table("profiles")
    op.drop_table("evaluations")
    op.drop_table("model_calls")
    op.drop_index(op.f("ix_candidates_run_id_parent"), table_name="candidates")

    op.drop_table("candidates")
    op.drop_index(op.f("ix_runs_created_at_id"), table_name="runs")

    op.drop_table("runs")
