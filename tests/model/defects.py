"""Defects planted one at a time, each in place of one rule of the real code, on both sides.

Each must be found by the model within `MOST` histories, or the model is blind.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest

from cartable.annotations import actions as annotations
from cartable.authorities import actions as authorities
from cartable.members.actions import enter as entrance
from cartable.mutations.actions import Log
from cartable.readings import actions as readings
from cartable.sync import actions as pulling
from cartable.sync import catalogue, restoring
from cartable.sync import push as pushing
from cartable.sync.rules import Cursor, HeadState
from cartable.sync.rules import must_reset as real_must_reset
from cartable.tenancy import bind
from cartable.votes import actions as votes
from tests.model import town
from tests.model.tablets import Patch

MOST = 120
"""Histories in which a planted defect must be found."""

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Defect:
    """One rule removed: by `plant` in the server, by `patches` in the tablet.

    `often`: what happens, or what the town does, so many times more while it is looked for.
    """

    plant: Plant | None = None
    patches: tuple[Patch, ...] = ()
    often: Mapping[str, float] = field(default_factory=dict)


def _put(module: Any, name: str, value: Any) -> Plant:
    return lambda patch: patch.setitem(vars(module), name, value)


async def _nothing(*_args: Any, **_options: Any) -> int:
    return 0


def _held_too_early(patch: pytest.MonkeyPatch) -> None:
    real = pulling.pull_changes

    async def defective(db: Any, actor: Any, master: Any, request: Any, now: Any) -> Any:
        answer = await real(db, actor, master, request, now)
        if answer.more:
            answer.held = await vars(pulling)["held"](db, actor, request.holding)
        return answer

    patch.setattr(pulling, "pull_changes", defective)


def _same_epoch_after_a_restore(patch: pytest.MonkeyPatch) -> None:
    real = restoring.begin_epoch

    async def defective(db: Any, authority_id: UUID, epoch: UUID, now: Any) -> Any:
        await bind(db, authority_id)
        head = await db.get_one(authorities.AuthorityHead, authority_id)
        return await real(db, authority_id, head.epoch, now)

    patch.setitem(vars(restoring), "begin_epoch", defective)


def _numbers_given_twice(patch: pytest.MonkeyPatch) -> None:
    """The epoch is new, but numbers go on from those of the backup."""
    real = restoring.begin_epoch

    async def defective(db: Any, authority_id: UUID, epoch: UUID, now: Any) -> Any:
        await bind(db, authority_id)
        head = await db.get_one(authorities.AuthorityHead, authority_id)
        before = head.seq
        await real(db, authority_id, epoch, now)
        await db.refresh(head)
        head.seq = before + 1
        await db.flush()
        return head.seq

    patch.setitem(vars(restoring), "begin_epoch", defective)


def _blind(**neutral: Any) -> Plant:
    """The decision to scan again, blind to one thing of the head."""

    def rule(cursor: Cursor | None, head: HeadState) -> bool:
        known = {name: getattr(head, name) for name in ("epoch", "seq", "access", "floor")}
        return real_must_reset(cursor, HeadState(**{**known, **neutral}))

    return _put(pulling, "must_reset", rule)


def _cut_anywhere(sizes: list[tuple[int, int]], most: int) -> int:
    return min(len(sizes), most) if all(size == 1 for _, size in sizes) else len(sizes)


def _no_tombstones(patch: pytest.MonkeyPatch) -> None:
    real = pulling.pull_changes

    async def defective(*args: Any) -> Any:
        answer = await real(*args)
        answer.rows = [row for row in answer.rows if row.deleted is not True]
        return answer

    patch.setattr(pulling, "pull_changes", defective)


def _without_concurrency(*names: str) -> Plant:
    """A deed that does not ask what was written meanwhile."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        deeds = {
            form: replace(deed, upon=() if form[0] in names else deed.upon)
            for form, deed in catalogue.DEEDS.items()
        }
        patch.setattr(catalogue, "DEEDS", deeds)

    return plant


def _refusals_dropped(patch: pytest.MonkeyPatch) -> None:
    """What is refused is answered for, and not kept."""
    real = Log.add

    def defective(self: Any, mutation: Any, name: str, landed: Any, code: Any = None) -> Any:
        told = real(self, mutation, name, landed, code)
        if landed.outcome == "parked":
            vars(self)["_rows"].pop()
        return told

    patch.setattr(Log, "add", defective)


def _rights_not_seen_again(patch: pytest.MonkeyPatch) -> None:
    real = entrance.enter_with_writings

    async def defective(db: Any, actor: Any) -> Any:
        seq, now, device, _refusal = await real(db, actor)
        return seq, replace(now, is_ended=False), device, None

    patch.setitem(vars(pushing), "enter_with_writings", defective)


def _revoked_reads_on(patch: pytest.MonkeyPatch) -> None:
    real = town.actor_in

    async def defective(db: Any, person: Any, authority_id: UUID) -> Any:
        return await real(db, replace(person, is_signed_out=False), authority_id)

    patch.setattr(town, "actor_in", defective)


def _answers_again(patch: pytest.MonkeyPatch) -> None:
    """A push forgets what the log knows: everything is done again."""

    async def defective(*_args: Any) -> dict[Any, Any]:
        return {}

    patch.setitem(vars(pushing), "_known", defective)


def _vote_overwritten(patch: pytest.MonkeyPatch) -> None:
    real = votes.merge

    def defective(*given: Any) -> Any:
        return real(*given)._replace(differs=False)

    patch.setitem(vars(votes), "merge", defective)


def _chain_forgotten(entity: Any, base: Any, past: Any) -> Any:
    return (0 if isinstance(base, UUID) else base), {}


def _seen_is_now(landed: Any, root: int, chain: Any, past: Any, names: Any) -> Any:
    """What the author had in front of them is taken for what is there now."""
    return real_seen_at(landed, sys.maxsize, {}, past, names)


real_seen_at = pushing.seen_at

SERVER: dict[str, Defect] = {
    # The server says it too early, and the tablet believes it: each alone is held by the other.
    "acknowledges before the last page": Defect(
        _held_too_early,
        (Patch("sync/receive.ts", "receipt: answer.more ? null :", "receipt:"),),
        {"deed": 3},
    ),
    "a known mutation is done again": Defect(_answers_again, often={"double": 4}),
    "the epoch of a push is not compared": Defect(
        _put(pushing, "_check_epoch", _nothing), often={"restore": 6, "back_up": 3, "lose": 2}
    ),
    "a restore keeps its epoch": Defect(
        _same_epoch_after_a_restore, often={"restore": 4, "back_up": 3}
    ),
    "a restore gives numbers twice": Defect(
        _numbers_given_twice, often={"restore": 4, "back_up": 3, "write": 2}
    ),
    "a restore gives access back": Defect(
        _put(restoring, "end_memberships_again", _nothing),
        often={"restore": 4, "back_up": 3, "deed": 5},
    ),
    "a restore forgets revoked tablets": Defect(
        _put(restoring, "sign_out_again", _nothing),
        often={"restore": 4, "back_up": 3, "revoke": 8},
    ),
    "a fork is not followed": Defect(
        _put(pushing, "landing", lambda entity, _base, _past: entity), often={"write": 3}
    ),
    "one's own chain counts as another's": Defect(
        _put(pushing, "chain_of", _chain_forgotten), often={"write": 2}
    ),
    "the base of a merge is what is there now": Defect(
        _put(pushing, "seen_at", _seen_is_now), often={"write": 2}
    ),
    "the last writer of a note wins": Defect(
        _put(annotations, "merge_texts", lambda _base, mine, _theirs: mine), often={"write": 2}
    ),
    "a delete beats a concurrent edit": Defect(
        _without_concurrency("delete_annotation"), often={"write": 3}
    ),
    "a vote is overwritten without a word": Defect(_vote_overwritten, often={"write": 3}),
    "the later opening counts": Defect(
        _put(readings, "min", lambda _one, other: other), often={"write": 2}
    ),
    "a fault of a deed fails the push": Defect(
        _put(pushing, "is_outage", lambda _error: True), often={"write": 2}
    ),
    "what is refused is dropped": Defect(_refusals_dropped, often={"write": 2}),
    "rights are not looked at again": Defect(_rights_not_seen_again, often={"deed": 4}),
    "a revoked tablet reads on": Defect(_revoked_reads_on, often={"revoke": 10}),
    "changes of access are ignored": Defect(_blind(access=0), often={"deed": 3}),
    "the floor is ignored": Defect(
        _blind(floor=0),
        often={"deed": 3, "purge_old": 25, "withdraw_piece": 4, "remove_item": 4},
    ),
    "a page is cut inside a number": Defect(_put(pulling, "cut", _cut_anywhere), often={"deed": 2}),
    "tombstones are not sent": Defect(_no_tombstones, often={"write": 2}),
}


def _in(file: str, was: str, becomes: str) -> tuple[Patch, ...]:
    return (Patch(file, was, becomes),)


TABLET: dict[str, Defect] = {
    "what was listed counts as acknowledged": Defect(
        patches=_in("sync/receive.ts", ".filter((mid) => has.has(mid))", ""),
    ),
    "what a restore lost is not given back": Defect(
        patches=_in("sync/receive.ts", "sent.filter((mid) => !has.has(mid))", "[]"),
        often={"restore": 4, "back_up": 3},
    ),
    "what was sent is forgotten at once": Defect(
        patches=_in("sync/receive.ts", "35 * 24 * 3_600_000", "0"),
        often={"restore": 4, "back_up": 3},
    ),
    "a late answer is applied": Defect(
        patches=_in("sync/receive.ts", "if (answer.cursor_in !== mark.cursor) return null", ""),
        often={"second_tab": 8, "lose": 2},
    ),
    "the sweep is forgotten": Defect(
        patches=_in("sync/receive.ts", "sweep: scanning && !answer.more", "sweep: false"),
        often={"deed": 3},
    ),
    "the sweep comes with the first page": Defect(
        patches=_in("sync/receive.ts", "sweep: scanning && !answer.more", "sweep: scanning"),
        often={"deed": 3},
    ),
    "every last page sweeps": Defect(
        patches=_in(
            "sync/receive.ts",
            "const scan = answer.reset ? mark.scan + 1 : mark.scan",
            "const scan = mark.scan + 1",
        ),
        often={"deed": 2},
    ),
    "a scan that starts again keeps its number": Defect(
        patches=_in(
            "sync/receive.ts",
            "answer.reset ? mark.scan + 1 : mark.scan",
            "answer.reset && !mark.scanning ? mark.scan + 1 : mark.scan",
        ),
        often={"deed": 8, "put_in_camera": 5, "change_roles": 5, "stir": 2},
    ),
    "tombstones are kept": Defect(
        patches=_in("local/rows.ts", ": into.delete([kind, id])", ": Promise.resolve(undefined)"),
        often={"write": 2},
    ),
    "the screen goes blank at a reset": Defect(
        patches=_in(
            "local/rows.ts",
            "const into = tx.objectStore('rows')\n",
            "const into = tx.objectStore('rows')\n  if (mark.scanning) await into.clear()\n",
        ),
        often={"deed": 2},
    ),
    "a reset empties the outbox": Defect(
        patches=_in(
            "local/rows.ts",
            "const into = tx.objectStore('rows')\n",
            "const into = tx.objectStore('rows')\n"
            "  if (mark.scanning) await tx.objectStore('outbox').clear()\n",
        ),
        often={"deed": 2},
    ),
    "the cursor is kept before its rows": Defect(
        patches=(
            Patch(
                "local/rows.ts",
                "  const tx = store.db.transaction(['rows', 'meta', 'outbox', 'sent']",
                "  const early = decide(await readMark(store))\n"
                "  if (early) await store.db.put('meta', early.mark, MARK)\n"
                "  const tx = store.db.transaction(['rows', 'meta', 'outbox', 'sent']",
            ),
            Patch("local/rows.ts", "const decision = decide(found)", "const decision = early"),
        ),
        often={"deliver_and_die": 8},
    ),
    "a tablet that is signed out wipes what it has not sent": Defect(
        patches=_in("sync/core.ts", "rows === 0 && pending === 0", "rows === 0"),
        often={"revoke": 6, "deed": 2, "write": 2},
    ),
    "a change does not know the one before it": Defect(
        patches=_in("local/outbox.ts", "last?.mid ??", "null ??"),
        often={"write": 3},
    ),
}
