"""Administration: settings, logo, directory, substitutes, leaders, mandates ended together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _settings()
    _members()
    _beside_members()


def _settings() -> None:
    op.create_table(
        "authority_settings",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=True),
        sa.Column("urgent_notice_days", sa.Integer(), nullable=True),
        sa.Column("committee_notice_days", sa.Integer(), nullable=True),
        sa.Column("budget_notice_days", sa.Integer(), nullable=True),
        sa.Column("recusal_leaves_quorum", sa.Boolean(), nullable=False),
        sa.Column("chair_leaves_account", sa.Boolean(), nullable=False),
        sa.Column("eldest_wins_tie", sa.Boolean(), nullable=False),
        sa.Column("directory_shows_emails", sa.Boolean(), nullable=False),
        sa.Column("directory_shows_phones", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_authority_settings_authority_id")
        ),
        sa.PrimaryKeyConstraint("authority_id", name=op.f("pk_authority_settings")),
    )
    op.execute(
        "INSERT INTO authority_settings (authority_id, department, address, "
        "recusal_leaves_quorum, chair_leaves_account, eldest_wins_tie, directory_shows_emails, "
        "directory_shows_phones) SELECT id, '', '', true, true, true, true, true FROM authority"
    )
    op.create_table(
        "authority_logo",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_authority_logo_authority_id")
        ),
        sa.PrimaryKeyConstraint("authority_id", name=op.f("pk_authority_logo")),
    )
    op.add_column("authority", sa.Column("logo", sa.Text(), nullable=True))


def _members() -> None:
    op.add_column("member", sa.Column("phone", sa.Text(), nullable=False, server_default=""))
    for shown in ("shows_email", "shows_phone"):
        op.add_column(
            "member", sa.Column(shown, sa.Boolean(), nullable=False, server_default=sa.true())
        )
    op.create_table(
        "contact",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_contact_authority_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_authority_id_seq"), "contact", ["authority_id", "seq"])


def _beside_members() -> None:
    op.create_table(
        "substitute",
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_substitute_authority_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_substitute_member_id")),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["seat.id"], name=op.f("fk_substitute_seat_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seat_id", "member_id", name=op.f("pk_substitute")),
    )
    op.create_index(op.f("ix_substitute_member_id"), "substitute", ["member_id"])
    op.create_table(
        "group_leader",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_group_leader_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["political_group.id"],
            name=op.f("fk_group_leader_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_group_leader_member_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "member_id", name=op.f("pk_group_leader")),
    )
    op.create_index(op.f("ix_group_leader_member_id"), "group_leader", ["member_id"])
    op.create_table(
        "mandate_end",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("assembly_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", JSON, nullable=False),
        sa.Column("deactivated", JSON, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assembly_id"], ["assembly.id"], name=op.f("fk_mandate_end_assembly_id")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_mandate_end_authority_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_end")),
    )
    op.create_index(op.f("ix_mandate_end_authority_id"), "mandate_end", ["authority_id"])
