"""Devices: what each holds of an authority or lost, how long it opens without a word, keys."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _copies()
    _leases()
    op.add_column("server_secret", sa.Column("fingerprint", sa.Text(), nullable=True))


def _copies() -> None:
    op.create_table(
        "device_copy",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("share", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_device_copy_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.id"],
            name=op.f("fk_device_copy_device_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("device_id", "authority_id", name=op.f("pk_device_copy")),
    )
    op.create_index(op.f("ix_device_copy_authority_id"), "device_copy", ["authority_id"])


def _leases() -> None:
    for name, days in (("lease_days", "30"), ("lease_days_in_camera", "7")):
        op.add_column(
            "authority", sa.Column(name, sa.Integer(), nullable=False, server_default=days)
        )
