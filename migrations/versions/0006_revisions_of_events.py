"""What a webhook's event is about.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"

COLUMNS = ("revision", "head")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("webhook_events", sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("webhook_events", name)
