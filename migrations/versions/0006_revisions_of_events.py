"""The commit that a webhook's event is about.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    op.add_column("webhook_events", sa.Column("revision", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("webhook_events", "revision")
