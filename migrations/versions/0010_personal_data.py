"""Personal data: what ends with a mandate, requests of erasure, legal notices."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    _settings()
    _erasures()
    _ends()
    _notices()
    for table in ("vote_intention", "reading_state"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("body", existing_type=sa.LargeBinary(), nullable=True)


def _settings() -> None:
    op.add_column(
        "authority_settings",
        sa.Column("notes_kept_days", sa.Integer(), nullable=False, server_default="90"),
    )
    with op.batch_alter_table("authority_settings", schema=None) as batch_op:
        batch_op.alter_column("notes_kept_days", existing_type=sa.Integer(), server_default=None)


def _erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("for_authority", sa.Uuid(), nullable=True),
        sa.Column("for_member", sa.Uuid(), nullable=True),
        sa.Column("secret_hash", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_erasure_account_id")),
        sa.ForeignKeyConstraint(
            ["for_authority"], ["authority.id"], name=op.f("fk_erasure_for_authority")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_erasure_secret_hash")),
    )
    op.create_index(op.f("ix_erasure_account_id"), "erasure", ["account_id"])
    op.create_index(op.f("ix_erasure_for_authority"), "erasure", ["for_authority"])


def _ends() -> None:
    op.create_table(
        "notes_end",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_notes_end_authority_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_notes_end_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_notes_end")),
    )
    op.create_index(op.f("ix_notes_end_authority_id"), "notes_end", ["authority_id"])


def _notices() -> None:
    texts = (
        "publisher", "director", "host", "dpo", "contact", "accessibility",
        "accessibility_contact", "accessibility_gaps",
    )  # fmt: skip
    op.create_table(
        "legal_notice",
        sa.Column("for_authority", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["for_authority"], ["authority.id"], name=op.f("fk_legal_notice_for_authority")
        ),
        sa.PrimaryKeyConstraint("for_authority", name=op.f("pk_legal_notice")),
    )
