"""The push: what a tablet wrote, in order, each in its savepoint (sync.md, section 3).

Nothing here reads a clock or draws lots: the same pushes give the same rows.
"""

import logging
import traceback
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.access import account_key
from cartable.actor import Actor
from cartable.authorities.actions import hint_only
from cartable.authorities.tables import AuthorityHead
from cartable.database import is_outage
from cartable.errors import CartableError
from cartable.members.actions.enter import enter_with_writings
from cartable.mutations.access import outcomes
from cartable.mutations.actions import Log
from cartable.mutations.rules import (
    Arrival,
    Change,
    DeedFailed,
    EpochChanged,
    Landed,
    Seen,
    chain_of,
    claimed,
    is_concurrent,
    landing,
    seen_at,
)
from cartable.mutations.shapes import Mutation, MutationOutcome
from cartable.sealing import Key
from cartable.sync.catalogue import DEEDS, Deed, deed_of
from cartable.sync.shapes import Pushed, PushRequest

log = logging.getLogger(__name__)


async def push_changes(
    db: AsyncSession, actor: Actor, master: Key, request: PushRequest, now: datetime
) -> Pushed:
    """What became of each mutation. `db`: a session that may still become a writer.

    A push of mutations that are all known writes nothing and takes no number. A refusal and a fault
    of a deed park that mutation; only an outage of the database fails the push, as a whole.

    Raises:
        EpochChanged
    """
    mids = [mutation.mid for mutation in request.mutations]
    await _check_epoch(db, actor, request.epoch)
    known = await _known(db, actor, mids)
    if len(known) < len(set(mids)):
        known = await _Push(db, actor, request, now).run(master)
    return Pushed(outcomes=[known[mid] for mid in mids])


async def _check_epoch(db: AsyncSession, actor: Actor, epoch: UUID) -> None:
    head = await db.get_one(AuthorityHead, actor.authority_id, populate_existing=True)
    if head.epoch != epoch:
        raise EpochChanged


async def _known(
    db: AsyncSession, actor: Actor, mids: Collection[UUID]
) -> dict[UUID, MutationOutcome]:
    return {one.mid: one for one in await outcomes(db, actor, mids)}


class _Push:
    """One push under the authority's lock."""

    def __init__(self, db: AsyncSession, actor: Actor, request: PushRequest, now: datetime) -> None:
        self._db, self._actor, self._request, self._now = db, actor, request, now

    async def run(self, master: Key) -> dict[UUID, MutationOutcome]:
        """The outcomes, by mid."""
        db, sent = self._db, self._request.mutations
        seq, self._actor, device_name, refusal = await enter_with_writings(db, self._actor)
        await _check_epoch(db, self._actor, self._request.epoch)
        self._key = await account_key(db, master, self._actor.account_id)
        self._arrival = Arrival(seq, self._now, device_name)
        known = await _known(db, self._actor, [mutation.mid for mutation in sent])
        new: dict[UUID, Mutation] = {}
        for mutation in sent:
            if mutation.mid not in known:
                new.setdefault(mutation.mid, mutation)
        done = None if refusal else await self._together(new.values())
        if done is None:
            done = await self._one_by_one(new.values(), refusal.code if refusal else None)
        await self._log.write()
        if self._is_private:
            hint_only(db, self._actor.account_id)
        return known | {outcome.mid: outcome for outcome in done}

    async def _begin(self, mutations: Collection[Mutation]) -> None:
        self._log = Log(self._db, self._actor, self._key, self._arrival)
        self._is_private = True
        self._asked: dict[Any, bool] = {}
        await self._log.read([one.entity for one in mutations if _asks_the_log(one)])

    async def _together(self, mutations: Collection[Mutation]) -> list[MutationOutcome] | None:
        """All in one savepoint, which costs far less; None, and nothing done, when one cannot be
        done: then each must stand alone."""
        await self._begin(mutations)
        outcomes: list[MutationOutcome] = []
        try:
            async with self._db.begin_nested():
                for mutation in mutations:
                    name, deed, body = deed_of(mutation.name, mutation.version, mutation.body)
                    change = await self._change(mutation, deed)
                    landed = await deed.do(self._db, self._actor, self._key, change, body)
                    outcomes.append(self._landed(mutation, name, deed, landed))
        except Exception as error:
            if is_outage(error):
                raise
            return None
        return outcomes

    async def _one_by_one(
        self, mutations: Collection[Mutation], code: str | None
    ) -> list[MutationOutcome]:
        """Each in its savepoint, or parked; `code`: nothing of its author's can be applied any
        more."""
        await self._begin(mutations)
        return [await self._take(mutation, code) for mutation in mutations]

    async def _take(self, mutation: Mutation, code: str | None) -> MutationOutcome:
        entity, name = mutation.entity, ""
        if code is None:
            try:
                name, deed, body = deed_of(mutation.name, mutation.version, mutation.body)
                change = await self._change(mutation, deed)
                entity = change.entity
                async with self._db.begin_nested():
                    landed = await deed.do(self._db, self._actor, self._key, change, body)
                return self._landed(mutation, name, deed, landed)
            except CartableError as refusal:
                code = refusal.code
            except Exception as error:
                if is_outage(error):
                    raise
                _tell(error, name)
                code = DeedFailed.code
        return self._log.add(mutation, name, Landed(entity, "parked"), code)

    def _landed(self, mutation: Mutation, name: str, deed: Deed, landed: Landed) -> MutationOutcome:
        self._is_private = self._is_private and deed.is_private
        return self._log.add(mutation, name, landed)

    async def _change(self, mutation: Mutation, deed: Deed) -> Change:
        """What the deed is given: forks followed, and what was written meanwhile if it asks."""
        m, entity = mutation, mutation.entity
        concurrent, seen = False, None
        if deed.upon:
            past = await self._log.past_of(entity)
            entity = landing(m.entity, m.base, past)
            past = await self._log.past_of(entity)
            root, chain = chain_of(m.entity, m.base, past)
            concurrent = is_concurrent(entity, root, chain, past, deed.upon)
            if concurrent:
                seen = await self._seen(*seen_at(entity, root, chain, past, deed.upon))
        return Change(
            mid=m.mid,
            entity=entity,
            seq=self._arrival.seq,
            at=claimed(m, self._now),
            now=self._now,
            device_name=self._arrival.device_name,
            is_concurrent=concurrent,
            seen=seen,
            is_first=self._log.is_new(entity),
            asked=self._asked,
        )

    async def _seen(self, mid: UUID | None, is_own: bool) -> Seen | None:
        found = await self._log.open(mid) if mid else None
        if found is None:
            return None
        written, result = found
        _, _, body = deed_of(written.name, written.version, msgspec.json.decode(written.body))
        return Seen(body, None if is_own else result)


def _asks_the_log(mutation: Mutation) -> bool:
    """A reading is kept at each page turned: its long history is read by nobody."""
    deed = DEEDS.get((mutation.name, mutation.version))
    return deed is not None and (deed.makes or bool(deed.upon))


def _tell(error: Exception, name: str) -> None:
    """Which fault, of which deed, at which line: never what it says, which may quote a note."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "a deed failed; its mutation is parked",
        extra={
            "deed": name,
            "fault": type(error).__qualname__,
            "place": f"{place.filename}:{place.lineno}",
        },
    )
