"""What shows a failed check, replays beside the workloads, and costs that a workload reports itself.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    op.add_column("checks", sa.Column("witness", sa.Text(), server_default="", nullable=False))
    op.add_column("timings", sa.Column("role", sa.String(length=32), server_default="workload", nullable=False))
    op.add_column("samples", sa.Column("uncounted", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("samples", sa.Column("reported", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("samples", "reported")
    op.drop_column("samples", "uncounted")
    op.drop_column("timings", "role")
    op.drop_column("checks", "witness")
