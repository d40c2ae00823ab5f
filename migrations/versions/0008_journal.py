"""The journal in chains: lines that were there are chained in the order of their numbers.

How a line is hashed is written out here too: a migration must not change with the code. Payloads of
these lines stay as plain as they were (a first byte of zero says so): no key is at hand.
"""

import hashlib
import hmac
import json
import os
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _payloads_and_keys()
    _host()
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("digest", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("previous", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("hash", sa.Text(), nullable=True))
    _chain_what_is_there(op.get_bind())
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.alter_column("position", existing_type=sa.BigInteger(), nullable=False)
        for name in ("digest", "previous", "hash"):
            batch_op.alter_column(name, existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_audit_event_authority_id_position"), ["authority_id", "position"]
        )
        batch_op.drop_column("details")
    if op.get_bind().dialect.name == "postgresql":
        # Checks that wait for the commit would keep later migrations from altering these tables.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _payloads_and_keys() -> None:
    op.create_table(
        "audit_payload",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_audit_payload_event_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_audit_payload_authority_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_payload")),
    )
    for column in ("authority_id", "account_id"):
        op.create_index(op.f(f"ix_audit_payload_{column}"), "audit_payload", [column])
    op.create_table(
        "audit_key",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_audit_key")),
    )


def _host() -> None:
    op.create_table(
        "host_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_event")),
        sa.UniqueConstraint("position", name=op.f("uq_host_event_position")),
    )
    op.create_index(
        op.f("ix_host_event_account_id_position"), "host_event", ["account_id", "position"]
    )
    op.create_table(
        "host_payload",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["host_event.id"],
            name=op.f("fk_host_payload_event_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_host_payload")),
    )
    op.create_index(op.f("ix_host_payload_account_id"), "host_payload", ["account_id"])


LINES = sa.table(
    "audit_event",
    sa.column("id", sa.Uuid()),
    sa.column("authority_id", sa.Uuid()),
    sa.column("seq", sa.BigInteger()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("member_id", sa.Uuid()),
    sa.column("device_id", sa.Uuid()),
    sa.column("event", sa.Text()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("details", sa.JSON()),
    sa.column("position", sa.BigInteger()),
    sa.column("digest", sa.Text()),
    sa.column("previous", sa.Text()),
    sa.column("hash", sa.Text()),
)
PAYLOADS = sa.table(
    "audit_payload",
    sa.column("event_id", sa.Uuid()),
    sa.column("authority_id", sa.Uuid()),
    sa.column("sealed", sa.LargeBinary()),
)


def _chain_what_is_there(connection: sa.Connection) -> None:
    authorities = connection.execute(sa.select(LINES.c.authority_id).distinct()).scalars().all()
    for authority_id in authorities:
        previous = "0" * 64
        rows = connection.execute(
            sa.select(LINES)
            .where(LINES.c.authority_id == authority_id)
            .order_by(LINES.c.seq, LINES.c.id)
        ).all()
        for position, row in enumerate(rows, 1):
            digest = _keep_payload(connection, row)
            made = _hash(row, position, digest, previous)
            connection.execute(
                sa.update(LINES)
                .where(LINES.c.id == row.id)
                .values(position=position, digest=digest, previous=previous, hash=made)
            )
            previous = made


def _keep_payload(connection: sa.Connection, row: Any) -> str:
    if not row.details:
        return ""
    salt = os.urandom(16)
    said = json.dumps(row.details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    connection.execute(
        sa.insert(PAYLOADS).values(
            event_id=row.id, authority_id=row.authority_id, sealed=b"\x00" + salt + said.encode()
        )
    )
    return hmac.digest(salt, said.encode(), "sha256").hex()


def _hash(row: Any, position: int, digest: str, previous: str) -> str:
    at: datetime = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
    texts = (
        "cartable-journal-1", row.authority_id, position, row.id, row.seq,
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), row.member_id, row.device_id,
        row.event, row.subject_id, digest or None, previous,
    )  # fmt: skip
    text = "\n".join("-" if one is None else str(one) for one in texts)
    return hashlib.sha256(text.encode()).hexdigest()
