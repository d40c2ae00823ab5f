"""A session belongs to one authority; whoever looks across says why, and sees no more than that."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from cartable import tenancy
from cartable.authorities.tables import AuthorityHead
from cartable.members.tables import Assembly, Group, Member
from cartable.runtime import Runtime
from cartable.tenancy import DOORS, Another, across_authorities, bind
from tests.cast import Cast
from tests.isolation.eyes import DOOR
from tests.isolation.statements import TENANT, Unconfined, read_statement

pytestmark = pytest.mark.anyio
SOURCES = Path(tenancy.__file__).parent
LISTED = set(DOORS) - {DOOR}


def _blind(runtime: Runtime) -> Any:
    """A session as the product opens it, seeing nothing yet."""
    return runtime.sessions()


async def test_a_session_sees_its_own_authority_alone(cast: Cast, runtime: Runtime) -> None:
    for town in (cast.town, cast.other):
        async with _blind(runtime) as db:
            await bind(db, town.id)
            assert {row.authority_id for row in await db.scalars(select(Member))} == {town.id}
            assert await db.scalar(select(func.count()).select_from(AuthorityHead)) == 1
            theirs = cast.other if town is cast.town else cast.town
            assert await db.get(AuthorityHead, theirs.id) is None


async def test_a_session_belongs_to_one_authority_for_good(cast: Cast, runtime: Runtime) -> None:
    async with _blind(runtime) as db:
        await bind(db, cast.town.id)
        await bind(db, cast.town.id)
        with pytest.raises(Another):
            await bind(db, cast.other.id)


async def test_changes_stay_inside(cast: Cast, runtime: Runtime) -> None:
    async with runtime.sessions() as db:
        await bind(db, cast.town.id)
        await db.execute(update(Assembly).values(kind="bureau"))
        await db.commit()
    async with runtime.reading() as db:
        rows = (await db.execute(select(Assembly.authority_id, Assembly.kind))).all()
    assert {row.kind for row in rows if row.authority_id == cast.town.id} == {"bureau"}
    assert "bureau" not in {row.kind for row in rows if row.authority_id == cast.other.id}


async def test_a_row_of_another_authority_is_not_put_in(cast: Cast, runtime: Runtime) -> None:
    row = {"id": uuid4(), "authority_id": cast.other.id, "name": "Intrus"}
    own = {"id": uuid4(), "authority_id": cast.town.id, "name": "Chez soi"}
    async with _blind(runtime) as db:
        await bind(db, cast.town.id)
        with pytest.raises(Another):
            await db.execute(insert(Group).values(**row))
        with pytest.raises(Another):
            await db.execute(insert(Group), [own, row])
        db.add(Group(**row))
        with pytest.raises(Another):
            await db.flush()


async def test_a_statement_that_does_not_say_its_authority_is_refused(
    cast: Cast, runtime: Runtime
) -> None:
    async with _blind(runtime) as db:
        await bind(db, cast.town.id)
        for bare in (select(Member.__table__), text("SELECT count(*) FROM member")):
            with pytest.raises(Unconfined):
                await db.execute(bare)
        table = Member.__table__
        await db.execute(select(table).where(table.c.authority_id == cast.town.id))


async def test_a_session_of_no_authority_is_refused_and_shown_nothing(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _blind(runtime) as db:
        with pytest.raises(Unconfined):
            await db.scalar(select(Member.id))
        await db.rollback()
        monkeypatch.setattr("tests.isolation.statements.is_watching", False)
        assert (await db.scalars(select(Member.id))).all() == []


async def test_a_door_shows_what_it_lists_and_closes(cast: Cast, runtime: Runtime) -> None:
    async with _blind(runtime) as db:
        async with across_authorities(db, "heads"):
            assert len((await db.scalars(select(AuthorityHead))).all()) == 2
            with pytest.raises(Unconfined):
                await db.scalar(select(Member.id))
        with pytest.raises(Unconfined):
            await db.get(AuthorityHead, cast.town.id)


async def test_rows_seen_through_a_door_do_not_stay(cast: Cast, runtime: Runtime) -> None:
    async with _blind(runtime) as db:
        await bind(db, cast.town.id)
        async with across_authorities(db, "heads"):
            seen = (await db.scalars(select(AuthorityHead))).all()
        assert len(seen) == 2
        assert await db.get(AuthorityHead, cast.other.id) is None


async def test_a_door_for_one_account_needs_it(runtime: Runtime) -> None:
    async with _blind(runtime) as db:
        for reason, account in (("memberships", None), ("heads", uuid4())):
            with pytest.raises(ValueError, match="account"):
                async with across_authorities(db, reason, account):
                    pass
        with pytest.raises(KeyError):
            async with across_authorities(db, "because"):
                pass


async def test_a_door_closes_after_a_failure_too(cast: Cast, runtime: Runtime) -> None:
    async with _blind(runtime) as db:
        await bind(db, cast.town.id)
        with pytest.raises(IntegrityError):
            async with across_authorities(db, "heads"):
                await db.execute(text("INSERT INTO guess (bucket) VALUES (NULL)"))
        assert tenancy.scope_of(db) == tenancy.Scope(cast.town.id)
        await db.rollback()
        assert await db.scalar(select(func.count()).select_from(AuthorityHead)) == 1


def test_every_use_of_a_door_is_listed_and_every_door_is_used() -> None:
    uses = set()
    for path in SOURCES.rglob("*.py"):
        words = path.read_text(encoding="utf-8")
        given = re.findall(r'across_authorities\(\s*\w[\w.]*,\s*"(\w+)"', words)
        calls = words.count("across_authorities(") - words.count("def across_authorities(")
        assert calls == len(given), f"{path}: the reason is written out where the door is taken"
        uses |= set(given)
    assert uses == LISTED
    for door in DOORS.values():
        assert door.why
        assert door.tables <= TENANT


@pytest.mark.parametrize(
    ("sql", "touched", "bare"),
    [
        ("SELECT 1 FROM member WHERE member.authority_id = ?", {"member"}, set()),
        ("SELECT 1 FROM member AS m WHERE member.authority_id = ?", {"member"}, {"member"}),
        ("SELECT 1 FROM member WHERE authority_id = :a", {"member"}, set()),
        ("UPDATE seat SET rank=$1 WHERE seat.rank > $2", {"seat"}, {"seat"}),
        ('DELETE FROM "seat" WHERE seat.authority_id = $1::UUID', {"seat"}, set()),
        ("SELECT 1 FROM account WHERE EXISTS (SELECT 1 FROM seat)", {"seat"}, {"seat"}),
        ("SELECT 1 FROM seat JOIN member ON member.authority_id = ? AND seat.authority_id = ?",
         {"seat", "member"}, set()),
        ("SELECT 1 FROM seat WHERE seat.authority_id = ? UNION SELECT 1 FROM member",
         {"seat", "member"}, {"member"}),
        ("SELECT 1 FROM seat JOIN member ON seat.authority_id = member.authority_id",
         {"seat", "member"}, {"seat", "member"}),
        ("INSERT INTO mutation (id, recipient) VALUES (?, ?)", set(), set()),
        ("SELECT 'from member'", set(), set()),
    ],
)  # fmt: skip
def test_statements_are_read(sql: str, touched: set[str], bare: set[str]) -> None:
    assert read_statement(sql) == (touched, bare)
