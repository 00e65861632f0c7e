"""Several machines on one run: how many may work on it, who helps, and who evaluates which candidate.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    op.add_column("runs", sa.Column("machines", sa.BigInteger(), server_default="1", nullable=False))
    op.create_table(
        "helpers",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_helpers_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "worker", name=op.f("pk_helpers")),
    )
    op.create_table(
        "takes",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "number"],
            ["candidates.run_id", "candidates.number"],
            name=op.f("fk_takes_run_id_number_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_takes")),
    )


def downgrade() -> None:
    op.drop_table("takes")
    op.drop_table("helpers")
    op.drop_column("runs", "machines")
