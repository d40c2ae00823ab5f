"""PostgreSQL's own protection: policies on every table of authorities, a role that they hold."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from cartable.doctor import examine
from cartable.runtime import Runtime
from cartable.settings import Settings
from cartable.tenancy import DOORS
from tests.cast import Cast
from tests.isolation.eyes import DOOR
from tests.isolation.statements import TENANT

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]


async def _rows(runtime: Runtime, sql: str, **given: Any) -> list[Any]:
    async with runtime.engine.begin() as connection:
        for name, value in given.items():
            setting = text("SELECT set_config(:name, :value, true)")
            await connection.execute(setting, {"name": f"cartable.{name}", "value": str(value)})
        return list((await connection.execute(text(sql))).all())


async def test_every_table_of_authorities_is_forced(runtime: Runtime) -> None:
    forced = await _rows(
        runtime, "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    )
    assert {row.relname for row in forced} == TENANT


async def test_policies_are_those_of_the_doors(runtime: Runtime) -> None:
    found = await _rows(
        runtime, "SELECT tablename, policyname, cmd FROM pg_policies WHERE policyname <> 'tests'"
    )
    expected = {(table, "of_authority", "ALL") for table in TENANT}
    expected |= {(table, "migrations", "ALL") for table in TENANT}
    for name, door in DOORS.items():
        if name != DOOR:
            kind = "ALL" if door.writes else "SELECT"
            expected |= {(table, f"across_{name}", kind) for table in door.tables}
    assert {tuple(row) for row in found} == expected


async def test_the_role_that_serves_cannot_pass(runtime: Runtime) -> None:
    (role,) = await _rows(
        runtime,
        "SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
        " AS owned FROM pg_roles AS r WHERE rolname = current_user",
    )
    assert tuple(role) == (False, False, 0)


@pytest.mark.parametrize("table", sorted(TENANT))
async def test_whoever_says_nothing_sees_nothing(cast: Cast, runtime: Runtime, table: str) -> None:
    asked = f"SELECT DISTINCT authority_id FROM {table}"
    assert await _rows(runtime, asked) == []
    assert await _rows(runtime, asked, across="migrations") == []
    seen = {row.authority_id for row in await _rows(runtime, asked, authority=cast.town.id)}
    assert seen <= {cast.town.id}


async def test_a_door_for_an_account_shows_its_memberships_alone(
    cast: Cast, runtime: Runtime
) -> None:
    (paul,) = await _rows(
        runtime,
        f"SELECT account_id FROM member WHERE id = '{cast.paul.member[cast.town.name]}'",
        authority=cast.town.id,
    )
    given = {"across": "memberships", "account": paul.account_id}
    members = await _rows(runtime, "SELECT account_id FROM member", **given)
    assert [row.account_id for row in members] == [paul.account_id] * 2
    assert await _rows(runtime, "SELECT id FROM sitting", **given) == []
    assert await _rows(runtime, "SELECT id FROM member", across="heads") == []


async def test_the_doctor_warns_of_a_role_that_passes(settings: Settings, runtime: Runtime) -> None:
    passing = replace(settings, database=settings.owner_url)
    told = [finding.sentence for finding in await examine(passing) if not finding.is_well]
    assert any("passe outre" in sentence for sentence in told)
