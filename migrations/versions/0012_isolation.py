"""Isolation: row security on every table that has an `authority_id` (PostgreSQL).

Policies are made for the tables that the migrations before this one leave. A later one that makes
such a table makes its policies too: tests compare them with the tables and with `tenancy.DOORS`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

AUTHORITY = "(SELECT nullif(current_setting('cartable.authority', true), '')::uuid)"
ACCOUNT = "(SELECT nullif(current_setting('cartable.account', true), '')::uuid)"
IS_MEMBER = (
    "EXISTS (SELECT FROM member AS own"
    f" WHERE own.authority_id = {{table}}.authority_id AND own.account_id = {ACCOUNT})"
)
READING = {
    "memberships": {
        "member": f"account_id = {ACCOUNT}",
        "authority_head": IS_MEMBER,
        "notification_switch": IS_MEMBER,
        "device_copy": IS_MEMBER,
    },
    "heads": {"authority_head": "true"},
}
"""By door, then by table: which rows it shows, to read."""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    inspector = sa.inspect(connection)
    tables = [
        table
        for table in sorted(inspector.get_table_names())
        if any(column["name"] == "authority_id" for column in inspector.get_columns(table))
    ]
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY of_authority ON {table} USING (authority_id = {AUTHORITY})")
        # Whoever owns the tables is held too, but while it migrates them.
        op.execute(
            f"CREATE POLICY migrations ON {table} TO CURRENT_USER USING ({_passes('migrations')})"
        )
    for door, opened in READING.items():
        for table, rows in opened.items():
            op.execute(
                f"CREATE POLICY across_{door} ON {table} FOR SELECT"
                f" USING ({_passes(door)} AND {rows.format(table=table)})"
            )


def _passes(door: str) -> str:
    return f"(SELECT current_setting('cartable.across', true)) = '{door}'"
