"""The night: what fails in one authority keeps nothing from being done elsewhere."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from cartable import worker
from cartable.accounts.rules import TICKETS_KEPT
from cartable.accounts.tables import Ticket
from cartable.authorities.tables import Authority
from cartable.database import uuid7
from cartable.runtime import Runtime
from tests.cast import Cast

pytestmark = pytest.mark.anyio


async def test_one_authority_that_fails_stops_no_other(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, done = worker.archive_sittings, []

    async def fails_once(db: Any, authority_id: UUID, now: datetime) -> None:
        done.append(authority_id)
        if len(done) == 1:
            raise RuntimeError("a bad row")
        await archive(db, authority_id, now)

    async with runtime.writing() as db:
        account_id = await db.scalar(select(Ticket.account_id).limit(1))
        long_ago = datetime.now(UTC) - TICKETS_KEPT - timedelta(days=1)
        db.add(
            Ticket(
                id=uuid7(), kind="invitation", account_id=account_id, is_renewal=False,
                created_at=long_ago, expires_at=long_ago,
            )
        )  # fmt: skip
    monkeypatch.setattr(worker, "archive_sittings", fails_once)
    with pytest.raises(ExceptionGroup, match="parts of a job"):
        await worker.nightly(runtime, {})
    async with runtime.reading() as db:
        assert set(done) == set(await db.scalars(select(Authority.id)))
        old = select(func.count()).where(Ticket.expires_at <= long_ago)
        assert await db.scalar(old) == 0
    assert runtime.settings.checkpoints.exists(), "the journal is signed all the same"


@pytest.mark.parametrize("part", ["forget_old_devices", "forget_old_tickets", "remove_leftovers"])
async def test_what_cannot_be_forgotten_stops_nothing_else(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    others = {"forget_old_devices", "forget_old_guesses", "forget_old_mail", "forget_old_tickets"}
    others -= {part}
    done = []

    def fails(*_: Any) -> None:
        raise OSError("Permission denied")

    async def fails_later(*_: Any) -> None:
        fails()

    for name in others:
        forget = getattr(worker, name)

        async def forgets(*given: Any, name: str = name, forget: Any = forget) -> None:
            await forget(*given)
            done.append(name)

        monkeypatch.setattr(worker, name, forgets)
    monkeypatch.setattr(worker, part, fails if part == "remove_leftovers" else fails_later)
    archived = []

    async def archives(_db: Any, authority_id: UUID, _now: datetime) -> None:
        archived.append(authority_id)

    monkeypatch.setattr(worker, "archive_sittings", archives)
    with pytest.raises(ExceptionGroup, match="parts of a job"):
        await worker.nightly(runtime, {})
    assert set(done) == others
    assert {cast.town.id, cast.other.id} <= set(archived)
    assert runtime.settings.checkpoints.exists(), "the journal is signed all the same"
