"""Background work on personal data."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from cartable import jobs
from cartable.authorities.tables import Authority
from cartable.personal.actions.erase import erase_due
from cartable.personal.actions.purge import end_notes
from cartable.runtime import Runtime


async def erase(runtime: Runtime, _body: Mapping[str, Any]) -> None:
    """`personal.erase`: everything that is due, whichever request rang."""
    await erase_due(runtime, datetime.now(UTC))


async def night(runtime: Runtime, now: datetime) -> None:
    """What ends by age, and the requests that had to wait."""
    async with runtime.reading() as db:
        authorities = list(await db.scalars(select(Authority).order_by(Authority.id)))
    await jobs.each(
        *(end_notes(runtime, authority, now) for authority in authorities),
        erase_due(runtime, now),
    )
