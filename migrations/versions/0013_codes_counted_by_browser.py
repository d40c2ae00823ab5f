"""Wrong codes of a message are counted by browser, like every guess: `ticket` counts none."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_column("tries")
