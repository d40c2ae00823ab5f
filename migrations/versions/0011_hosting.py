"""Hosting: operators, suspended authorities, quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column(
        "account",
        sa.Column("is_operator", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.alter_column("is_operator", existing_type=sa.Boolean(), server_default=None)
    for column in (
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("megabytes_allowed", sa.Integer(), nullable=True),
        sa.Column("members_allowed", sa.Integer(), nullable=True),
        sa.Column("suspension_reason", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("authority", column)
    with op.batch_alter_table("authority", schema=None) as batch_op:
        batch_op.alter_column("suspension_reason", existing_type=sa.Text(), server_default=None)
