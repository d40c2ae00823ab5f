"""Ways in: when a device last showed who holds it, and how it signed in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("method", sa.Text(), nullable=True))
    op.execute("UPDATE device SET proved_at = created_at, method = 'password'")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.alter_column("proved_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column("method", existing_type=sa.Text(), nullable=False)
