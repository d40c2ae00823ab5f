"""Upgrades of a database that has lived, from the oldest schema that was installed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, MetaData, inspect, select, text

from cartable.audit.reading import details_of
from cartable.audit.tables import AuditEvent, AuditPayload
from cartable.audit.verification import verify
from cartable.members.tables import Member
from cartable.runtime import open_runtime
from cartable.schema import is_current, migrate, plain_engine
from cartable.sealing import Key, SigningKey
from cartable.settings import Settings, WrongSetting
from tests.conftest import IS_POSTGRESQL, on_server, settings_of

pytestmark = pytest.mark.anyio
OLD = "0003"
NOW = datetime(2026, 3, 14, 18, 30, tzinfo=UTC)
TOWN, ACCOUNT, MEMBER, DEVICE = (UUID(int=n) for n in range(1, 5))
MASTER = Key(b"\x07" * 32)
SAID = {"title": "Budget primitif"}

ROWS: list[tuple[str, dict[str, Any]]] = [
    ("authority", {"id": TOWN, "name": "Saint-Aubin", "kind": "commune", "seq": 1,
                   "time_zone": "Europe/Paris", "created_at": NOW}),
    ("authority_head", {"authority_id": TOWN, "epoch": UUID(int=9), "seq": 3, "access_seq": 1,
                        "floor": 0}),
    ("account", {"id": ACCOUNT, "email": "claire@staubin.example", "civility": "Mme",
                 "first_name": "Claire", "last_name": "Morel", "password_hash": "argon2",
                 "must_change_password": False, "created_at": NOW}),
    ("device", {"id": DEVICE, "account_id": ACCOUNT, "name": "Poste", "token_hash": "hash",
                "created_at": NOW, "last_seen_at": NOW}),
    ("member", {"id": MEMBER, "authority_id": TOWN, "account_id": ACCOUNT, "access_seq": 1,
                "roles": ["clerk"], "position": "", "created_at": NOW, "seq": 2}),
    ("audit_event", {"id": UUID(int=5), "authority_id": TOWN, "seq": 3, "at": NOW,
                     "member_id": MEMBER, "device_id": DEVICE, "event": "document.uploaded",
                     "details": SAID}),
    ("audit_event", {"id": UUID(int=6), "authority_id": TOWN, "seq": 3, "at": NOW,
                     "event": "sitting.created", "details": {}}),
    ("account_key", {"account_id": ACCOUNT,
                     "wrapped": MASTER.seal(bytes(32), f"account_key:{ACCOUNT}")}),
    ("server_secret", {"name": "push_identity", "created_at": NOW,
                       "sealed": MASTER.seal(bytes(32), "server_secret.sealed:push_identity")}),
]  # fmt: skip


@pytest.fixture
async def old(template: str, tmp_path: Path) -> AsyncIterator[Settings]:
    """A server of the old schema, with one of each thing that later ones change."""
    name = f"cartable_old_{uuid4().hex[:12]}" if IS_POSTGRESQL else str(tmp_path / "old.sqlite3")
    if IS_POSTGRESQL:
        await on_server(f'CREATE DATABASE "{name}"')
    settings = replace(settings_of(name, tmp_path / "var"), master_key="07" * 32)
    await migrate(settings.owner_url, revision=OLD)
    await _do(settings, _plant)
    yield settings
    if IS_POSTGRESQL:
        await on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _plant(connection: Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)
    for name, values in ROWS:
        table = tables.tables[name]
        # SQLite's tables tell nothing of ids: they are text without hyphens there.
        plain = {
            column: value.hex if isinstance(value, UUID) and not IS_POSTGRESQL else value
            for column, value in values.items()
        }
        connection.execute(table.insert().values(plain))


async def _do(settings: Settings, what: Any) -> Any:
    engine = plain_engine(settings.owner_url)
    async with engine.begin() as connection:
        done = await connection.run_sync(what)
    await engine.dispose()
    return done


async def test_an_upgrade_keeps_what_was_there(old: Settings) -> None:
    await migrate(old.owner_url, old.serving_role)
    assert await is_current(old.database_url)
    async with open_runtime(old) as runtime, runtime.reading(TOWN) as db:
        verdict = await verify(db, TOWN, (), SigningKey(bytes(32)).public)
        assert (verdict.lines, verdict.broken) == (2, None)
        uploaded = select(AuditEvent.id).where(AuditEvent.event == "document.uploaded")
        line = (await db.scalars(uploaded)).one()
        assert await details_of(db, AuditPayload, line) == SAID
        member = await db.get_one(Member, MEMBER)
        assert member.accepted_at == NOW, "who had a password stays in"


async def test_an_upgrade_that_failed_is_done_again_whole(old: Settings) -> None:
    await _do(old, lambda c: c.execute(text("CREATE TABLE device_copy (id INTEGER)")))
    with pytest.raises(Exception, match="device_copy"):
        await migrate(old.owner_url, old.serving_role)
    columns = await _do(old, lambda c: {one["name"] for one in inspect(c).get_columns("device")})
    assert "proved_at" not in columns, "nothing of it stays"
    await _do(old, lambda c: c.execute(text("DROP TABLE device_copy")))
    await migrate(old.owner_url, old.serving_role)
    assert await is_current(old.database_url)


@pytest.mark.parametrize("only", ["account_key", "server_secret"])
async def test_what_was_sealed_before_tells_another_key(old: Settings, only: str) -> None:
    await migrate(old.owner_url, old.serving_role)
    other = "account_key" if only == "server_secret" else "server_secret"
    await _do(old, lambda c: c.execute(text(f"DELETE FROM {other}")))
    with pytest.raises(WrongSetting, match="pas celle de cette base"):
        async with open_runtime(replace(old, master_key="0f" * 32)):
            pass
    async with open_runtime(old):
        pass
    with pytest.raises(WrongSetting, match=MASTER.fingerprint):
        async with open_runtime(replace(old, master_key="0f" * 32)):
            pass
