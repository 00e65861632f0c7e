"""Indexes that answer what models have cost lately, and which runs of an owner were the fastest.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    covering = ["asked_at", "dollars", "input_tokens", "output_tokens"]
    op.create_index(op.f("ix_model_calls_asked_at_dollars_input_tokens_output_tokens"), "model_calls", covering)
    op.drop_index(op.f("ix_model_calls_asked_at"), table_name="model_calls")
    op.create_index(op.f("ix_runs_owner_speedup_id"), "runs", ["owner", "speedup", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_runs_owner_speedup_id"), table_name="runs")
    op.create_index(op.f("ix_model_calls_asked_at"), "model_calls", ["asked_at"])
    op.drop_index(op.f("ix_model_calls_asked_at_dollars_input_tokens_output_tokens"), table_name="model_calls")
