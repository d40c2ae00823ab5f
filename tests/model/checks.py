"""The invariants of sync.md, section 9, asked after every step and at the end of a history."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cartable.sealing import SealedBytes
from cartable.sync.shapes import Pulled, Pushed
from tests.model import truth
from tests.model.ledger import Ledger, Violation, Written
from tests.model.tablets import Answer, Tablet
from tests.model.town import Asked, Reply, Town
from tests.model.truth import View
from tests.model.watch import TABLES
from tests.sync.reference import Truth

if TYPE_CHECKING:
    from tests.model.history import History, Message


REVOKED = 403
"""Thirty days after: what was not sent until then is lost, and that is the rule."""


class Checker:
    """Looks at every tablet after everything that happens there, and at every push."""

    def __init__(self, history: "History") -> None:
        self._history = history
        self._expected: dict[str, tuple[View | None, Pulled]] = {}
        self._seen: dict[str, dict[str, Any] | None] = {}
        self._status: dict[str, int] = {}
        town = self._town
        self._keys = {
            name: truth.key_of(town.memory, town.runtime.master_key, town.people[name].account_id)
            for name in ("alice", "bruno")
        }

    @property
    def _town(self) -> Town:
        return self._history.town

    @property
    def _ledger(self) -> Ledger:
        return self._history.ledger

    @property
    def served(self) -> set[str]:
        """Every mid in the server's log."""
        return {truth.text(mid) for (mid,) in self._town.memory.all("SELECT id FROM mutation")}

    def intend(self, tablet: Tablet, seen: dict[str, Any] | None) -> None:
        """Its person is about to write, with this on the screen."""
        self._seen[tablet.name] = seen

    def expect(self, tablet: Tablet, message: "Message") -> None:
        """An answer is about to reach a tablet."""
        self._status[tablet.name] = message.reply.status if message.reply else 0
        if message.reply and isinstance(message.reply.body, Pulled):
            self._expected[tablet.name] = (message.view, message.reply.body)

    async def look(self, tablet: Tablet, answer: Answer) -> None:
        """What a tablet's disk became: news are written down, rules are checked."""
        for name in answer.wipes:
            self._wiped(self._history.tablets[name])
        disk = answer.disk
        if disk is None:
            return
        before = tablet.holds
        waiting, kept = set(tablet.outbox), set(tablet.sent)
        tablet.outbox, tablet.sent, tablet.mark = disk["outbox"], disk["sent"], disk["mark"]
        for one in disk.get("news", ()):
            self._written(tablet, one)
        self._history.counts["went back to the outbox"] += len(kept & set(tablet.outbox))
        view, value = self._expected.pop(tablet.name, (None, None))
        if "rows" in disk:
            old = tablet.rows
            tablet.rows = {(kind, id_): (seq, value) for kind, id_, seq, value in disk["rows"]}
            if value and tablet.mark and value.cursor == tablet.mark["cursor"]:
                self._applied(tablet, old, view, value, waiting & set(tablet.sent))
        gone = before - tablet.holds
        if not gone <= kept:
            raise Violation(f"{tablet.name} dropped {sorted(gone - kept)} from its outbox")
        if gone:
            self._history.counts["pruned"] += len(gone)
            self._ledger.prune(gone, self.served)

    def _written(self, tablet: Tablet, one: dict[str, Any]) -> None:
        if one["mid"] in self._ledger.writes:
            raise Violation(f"two writes are named {one['mid']}")
        fields = {name: one[name] for name in ("mid", "name", "entity", "base", "body", "at")}
        written = Written(tablet=tablet.name, member=tablet.member, **fields)
        if one["name"] != "discard_parked":
            written.seen = self._seen.get(tablet.name)
        self._ledger.writes[one["mid"]] = written
        self._history.counts["writes"] += 1

    def _wiped(self, tablet: Tablet) -> None:
        self._history.counts["wiped"] += 1
        self._history.note(tablet.name, "is wiped")
        unsent = set(tablet.outbox) - self.served
        if unsent and self._status.get(tablet.name) != REVOKED:
            raise Violation(f"{tablet.name} wiped {unsent}, which it had not sent")
        self.forget(tablet)

    def forget(self, tablet: Tablet) -> None:
        """A tablet has lost its memory."""
        lost = tablet.holds
        self.lay(tablet)
        self._ledger.forget(lost, self._history.held, self.served)

    def lay(self, tablet: Tablet) -> None:
        """Its disk is about to become another, whatever it holds now."""
        tablet.outbox, tablet.sent, tablet.mark, tablet.rows = [], [], None, {}
        tablet.field = None

    # ---- pulls ----

    async def view(self, name: str, token: str, value: Pulled) -> View:
        """What the snapshot of a pull shows its member, asked in the session of `token`.

        Values of public rows are compared at the end, and now and then.
        """
        tablet = self._history.tablets[name]
        if self._town.state_of(tablet, token) != "open":
            return {}
        if not value.more and self._history.chance.random() < 0.05:
            return (await self._views(tablet.member))[tablet.member]
        return self._outline(tablet.member)

    async def _views(self, *members: str) -> dict[str, View]:
        """What some members must see, or all who have tablets, with its values."""
        town, views = self._town, {}
        async with town.runtime.reading() as db:
            found = await Truth(db, town.authority_id, town.runtime.master_key).load()
        for member in members or self._keys:
            seen = found.view(town.members[member])
            public = {(kind, str(name)): value for (kind, name), value in seen.items()}
            private = self._outline(member)
            views[member] = public | {k: value for k, value in private.items() if value is not None}
        return views

    def _outline(self, member: str) -> View:
        """Every row there must be; of public ones only that they are there."""
        memory, who = self._town.memory, self._town.members[member]
        sees = truth.readable(memory, who)
        view: View = {(kind, truth.text(raw)): None for kind, ids in sees.items() for raw in ids}
        for kind in ("authority", "assembly", "member"):
            view |= {
                (kind, truth.text(raw)): None for (raw,) in memory.all(f"SELECT id FROM {kind}")
            }
        return view | truth.private(memory, self._keys[member], who, sees)

    def _applied(
        self, tablet: Tablet, old: dict[Any, Any], view: View | None, value: Pulled, acked: set[str]
    ) -> None:
        self._history.counts["pages"] += 1
        self._history.counts["resets"] += value.reset
        self._ledger.acknowledged |= acked
        if view is None:
            return
        # Whether its first page is there or its last, a scan takes nothing away that may be read.
        for key in old:
            if key in view and key not in tablet.rows:
                raise Violation(f"{tablet.name}: {key} may be read but left the screen")
        if not value.more:
            self._same(tablet, view)
        for mid in acked:
            self._visible(tablet, view, self._ledger.writes[mid])

    def _visible(self, tablet: Tablet, view: View, one: Written) -> None:
        """What is acknowledged stays on its author's screen."""
        landed = self._town.memory.one(
            "SELECT landed, outcome, id FROM mutation WHERE id = ?", UUID(one.mid).hex
        )
        if landed is None:
            return
        entity = truth.text(landed[0] if landed[1] != "parked" else landed[2])
        there = {key for key in view if key[1] == entity}
        if not there <= tablet.rows.keys():
            raise Violation(f"acknowledged {one.name} {one.mid} left its author's screen")

    def _same(self, tablet: Tablet, view: View) -> None:
        have = {key: value for key, (_, value) in tablet.rows.items()}
        if extra := sorted(have.keys() - view.keys()):
            raise Violation(f"{tablet.name} keeps {extra[:3]}, which it may not see")
        if missing := sorted(view.keys() - have.keys()):
            raise Violation(f"{tablet.name} misses {missing[:3]}")
        for key, value in view.items():
            shown = have[key]
            if value and key[0] in ("attendance_answer", "parked_mutation"):
                shown = {name: shown[name] for name in value}
            if value is not None and shown != value:
                raise Violation(f"{tablet.name} has {key} stale: {shown} is {value}")

    # ---- pushes ----

    async def push(self, name: str, asked: Asked) -> Reply:
        """Serve a push; what it changes is checked, write by write."""
        town, tablet = self._town, self._history.tablets[name]
        who, key = town.members[tablet.member], self._keys[tablet.member]
        mids = [one["mid"] for one in asked.body["mutations"]]
        known, before = self.served, truth.private(town.memory, key, who, None)
        has_left = town.has_left(tablet.member)
        reply = await town.answer(asked)
        if not isinstance(reply.body, Pushed):
            return reply
        self._history.counts["pushes"] += 1
        if set(mids) <= known:
            self._history.counts["pushes repeated"] += 1
            if before != truth.private(town.memory, key, who, None):
                raise Violation(f"a push that was known changed something: {mids}")
        if [str(one.mid) for one in reply.body.outcomes] != mids:
            raise Violation(f"a push of {mids} tells of {reply.body.outcomes}")
        for one in reply.body.outcomes:
            if str(one.mid) not in known:
                self._history.counts[one.outcome] += 1
                if has_left and one.outcome != "parked":
                    raise Violation(f"{one.mid} was applied without the right")
                if one.code == "unknown_entity":
                    self._comes_after(tablet, self._ledger.writes[str(one.mid)])
        self._deeds()
        return reply

    def _comes_after(self, tablet: Tablet, late: Written) -> None:
        """What a tablet made itself, and still holds, is sent before what changes it."""
        if self._ledger.made_by(tablet.holds - self.served, late):
            raise Violation(f"{late.name} {late.mid} was sent before what it changes")

    def _deeds(self) -> None:
        """Every deed of the push that was just served, and none twice."""
        town = self._town
        log = {truth.text(mid): told for mid, *told in
               town.memory.all("SELECT id, outcome, landed, seq FROM mutation")}  # fmt: skip
        outcomes = {mid: outcome for mid, (outcome, _, _) in log.items()}
        # A batch that cannot be done as a whole is undone, then done one by one: the last count.
        for done in {done.mid: done for done in town.watch.take()}.values():
            if outcomes.get(done.mid) == "parked":
                continue
            town.applied[done.mid] += 1
            if town.applied[done.mid] > 1:
                raise Violation(f"{done.name} {done.mid} was applied twice")
            if done.mid in self._ledger.writes:
                done.check(self._ledger.writes[done.mid], self._ledger, outcomes)
            if done.after and done.mid in log:
                _, landed, seq = log[done.mid]
                self._ledger.make(truth.text(landed), seq, done.after)

    # ---- the end ----

    async def final(self) -> None:
        """Everything is at rest: every tablet is what the server says, every write is somewhere."""
        town, views = self._town, await self._views()
        for tablet in self._history.tablets.values():
            state = town.state_of(tablet)
            if state == "unknown":  # ended for somebody whose session a restore has forgotten
                continue
            if state == "open" and tablet.is_lost:
                raise Violation(f"{tablet.name}, which was revoked, reads again")
            if state == "open":
                self._same(tablet, views[tablet.member])
            elif tablet.rows or tablet.sent:
                raise Violation(f"{tablet.name} ({state}) is not emptied")
            if tablet.outbox:
                raise Violation(f"stuck queue on {tablet.name}: {tablet.outbox}")
        for one in self._ledger.owed():
            self._found(one)
        self._counted()

    def _found(self, one: Written) -> None:
        """A write is in the log, word for word, and where it landed."""
        memory = self._town.memory
        row = memory.one(
            "SELECT outcome, landed, body, deleted_at FROM mutation WHERE id = ?",
            UUID(one.mid).hex,
        )
        if row is None:
            if one.mid in self._history.held:
                return
            raise Violation(f"lost {one.name} {one.mid}: the server never got it")
        outcome, landed, body, discarded = row
        if body is not None:
            opened = self._keys[one.member].open(SealedBytes(body), f"mutation.body:{one.mid}")
            if json.loads(opened)[3] != one.body:
                raise Violation(f"the log tells another body of {one.name} {one.mid}")
        elif not self._was_deleted(landed, discarded):
            raise Violation(f"the body of {one.name} {one.mid} was erased")
        if outcome == "parked" or one.name == "discard_parked":
            return
        table = TABLES[one.name]
        is_there = memory.one(f"SELECT 1 FROM {table} WHERE id = ?", landed) is not None
        if not is_there and not self._was_deleted(landed, None):
            raise Violation(f"lost {one.name} {one.mid}: {outcome}, but nothing is there")

    def _was_deleted(self, landed: str, discarded: Any) -> bool:
        deleted = self._town.memory.one(
            "SELECT 1 FROM mutation WHERE landed = ? AND name = 'delete_annotation'"
            " AND outcome = 'applied'",
            landed,
        )
        return discarded is not None or deleted is not None

    def _counted(self) -> None:
        """Nothing is there twice."""
        memory = self._town.memory
        answers = memory.one("SELECT count(*) FROM attendance_answer")[0]
        applied = memory.one(
            "SELECT count(*) FROM mutation WHERE name = 'answer_call' AND outcome = 'applied'"
        )[0]
        if answers != applied:
            raise Violation(f"{answers} answers for {applied} acts")
        for table, parent in (
            ("vote_intention", "agenda_item_id"),
            ("reading_state", "document_id"),
        ):
            rows = Counter(memory.all(f"SELECT member_id, {parent} FROM {table}"))
            if rows and max(rows.values()) > 1:
                raise Violation(f"two of {table} for one member")
