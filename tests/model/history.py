"""One random history: who does what when is drawn from its seed, and every step is checked."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cartable.sync.shapes import Pulled, Pushed
from tests.model.checks import Checker
from tests.model.ledger import Ledger, Violation
from tests.model.tablets import Answer, Child, Tablet
from tests.model.town import DEEDS, Asked, Reply, Town
from tests.model.writes import Pen


@dataclass
class Message:
    """A request on its way to the server, or (`reply`) an answer on its way back to a tab."""

    tab: str
    tablet: str
    id: int
    asked: Asked
    reply: Reply | None = None
    view: Any = None


@dataclass
class History:
    """A town, the tablets of two of its members, and a network that does its worst."""

    town: Town
    child: Child
    seed: int
    trace: list[str] | None = None
    often: Mapping[str, float] = field(default_factory=dict)
    tablets: dict[str, Tablet] = field(default_factory=dict)
    net: list[Message] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    saved: dict[str, list[str]] = field(default_factory=dict)
    tabs: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(f"history {self.seed}")
        self.ledger = Ledger()
        self.pens = {
            name: Pen(self.chance, self.ledger, self.town.members[name])
            for name in ("alice", "bruno")
        }
        self.checker = Checker(self)

    def note(self, *what: Any) -> None:
        """A line of the trace."""
        if self.trace is not None:
            when = self.town.now.strftime("%m-%d %H:%M")
            self.trace.append(f"{when}  " + " ".join(str(one) for one in what))

    @property
    def held(self) -> set[str]:
        """Mids of which some tablet has a copy."""
        return set().union(*(tablet.holds for tablet in self.tablets.values()))

    async def begin(self) -> None:
        """One to three tablets for alice, one or two for bruno, all signed in."""
        self.child.call("reset", seed=self.seed + 1, authority=str(self.town.authority_id))
        for member, most in (("alice", 3), ("bruno", 2)):
            for number in range(self.chance.randint(1, most)):
                tablet = Tablet(f"{member}{number}", member)
                self.tablets[tablet.name] = tablet
                await self.town.sign_in_on(tablet)
                await self.open(tablet)

    async def call(self, what: str, tablet: Tablet, tab: str = "", **given: Any) -> Answer:
        """Something happens on a tablet; what came of it is written down and checked."""
        now = self.town.milliseconds + tablet.skew
        answer = self.child.call(what, now, device=tablet.name, tab=tab, **given)
        for asked in answer.asked:
            self.counts["requests"] += 1
            request = Asked(asked["kind"], tablet.token, asked["body"], asked["etag"])
            self.net.append(Message(asked["tab"], tablet.name, asked["id"], request))
        alive = set(answer.alive)
        for one in self.tablets.values():
            one.tabs = [name for name in one.tabs if name in alive]
        if tab and tab in alive and tab not in tablet.tabs:
            tablet.tabs.append(tab)
        await self.checker.look(tablet, answer)
        return answer

    async def open(self, tablet: Tablet) -> str:
        """A tab of the application on a tablet."""
        self.tabs += 1
        tab = f"t{self.tabs}"
        self.note(tablet.name, "opens", tab)
        await self.call("open", tablet, tab)
        return tab

    async def tab_of(self, tablet: Tablet) -> str:
        """A tab open on it, opened now if there is none."""
        return self.chance.choice(tablet.tabs) if tablet.tabs else await self.open(tablet)

    async def write(self, tablet: Tablet, dies: int | None = None) -> None:
        """Its person writes; `dies` durable writes later the tab is killed."""
        tab = await self.tab_of(tablet)
        drawn = self.pens[tablet.member].draw(tablet)
        if drawn is None or tab not in tablet.tabs:
            return
        draft, seen = drawn
        again = draft.pop("again", False)
        self.checker.intend(tablet, seen)
        options = {} if dies is None else {"dies": dies}
        drafts = [draft]
        if again:
            parked = next(k[1] for k, v in tablet.rows.items() if v[1].get("body") == draft["body"])
            drafts.append({"name": "discard_parked", "entity": parked, "body": {}})
        await self.call("write", tablet, tab, drafts=drafts, **options)
        self.note(tablet.name, "writes", draft["name"], draft["entity"][:8], draft["body"],
                  "" if dies is None else f"and is killed after {dies}")  # fmt: skip

    async def deliver(self, at: int, *, dies: int | None = None, times: int = 1) -> None:
        """One message arrives."""
        message = self.net.pop(at)
        tablet = self.tablets[message.tablet]
        if message.reply is None:
            for _ in range(times):
                await self._serve(message)
            self.net.append(message)
            return
        if message.tab not in tablet.tabs:
            self.counts["answers too late"] += 1
            return
        options = {} if dies is None else {"dies": dies}
        self.checker.expect(tablet, message)
        self.note(tablet.name, message.tab, "hears", message.asked.kind, told(message.reply))
        await self.call(
            "answer", tablet, message.tab, id=message.id, reply=message.reply, **options
        )

    async def _serve(self, message: Message) -> None:
        self.counts["messages"] += 1
        if message.asked.kind == "push":
            reply = await self.checker.push(message.tablet, message.asked)
        else:
            reply = await self.town.answer(message.asked)
        self.note("server", message.asked.kind, "of", message.tablet, told(reply))
        if message.asked.kind == "pull" and reply.status == 200:
            message.view = await self.checker.view(message.tablet, message.asked.token, reply.body)
        message.reply = reply

    async def lose(self, at: int) -> None:
        """A message is lost: its tab hears nothing, in the end."""
        message = self.net.pop(at)
        tablet = self.tablets[message.tablet]
        self.counts["lost"] += 1
        self.note(
            "lost:", message.asked.kind, "of", message.tablet, "answer" if message.reply else ""
        )
        if message.tab in tablet.tabs:
            await self.call("answer", tablet, message.tab, id=message.id)

    async def settle(self) -> None:
        """The faults end: everything must come to rest by itself, and be whole."""
        self.note("--- the faults end")
        for round_ in range(40):
            before = self._state()
            for tablet in list(self.tablets.values()):
                await self._calm(tablet, is_asked=round_ == 0)
            if before == self._state():
                break
        else:
            raise Violation("no fixed point is reached")
        await self.checker.final()

    async def _calm(self, tablet: Tablet, *, is_asked: bool) -> None:
        """One tablet in peace: signed in if its person may, answered at once, its timers rung."""
        state = self.town.state_of(tablet)
        if state in ("out", "unknown") and not (tablet.is_lost and state == "out"):
            await self.town.sign_in_on(tablet)
        if not tablet.tabs:
            await self.open(tablet)
        elif is_asked:
            for tab in list(tablet.tabs):
                await self.call("tell", tablet, tab, event={"type": "shown", "shown": True})
                await self.call("tell", tablet, tab, event={"type": "nudged"})
        for _ in range(60):
            before = self._state()
            await self._empty_net()
            for tab in list(tablet.tabs):
                await self.call("ring", tablet, tab)
            await self._empty_net()
            if before == self._state():
                return
        raise Violation(f"{tablet.name} never comes to rest")

    async def _empty_net(self) -> None:
        for _ in range(400):
            if not self.net:
                return
            await self.deliver(0)
        raise Violation("the tablets never stop asking")

    def _state(self) -> Any:
        head = self.town.memory.one("SELECT epoch, seq FROM authority_head")
        return head, [
            # One that was wiped stands closed, and is not at rest before somebody opens it.
            (t.name, bool(t.tabs), t.mark and t.mark["cursor"], list(t.outbox))
            for t in self.tablets.values()
        ]

    def clone_name(self) -> str:
        """A name for another tablet."""
        return f"clone{len(self.tablets)}"

    def later(self, hours: float) -> None:
        """Time passes."""
        self.town.now += timedelta(hours=hours)

    async def deed(self) -> None:
        """A clerk or an administrator acts."""
        drawn = {one: int(n * self.often.get(one.__name__, 1)) for one, n in DEEDS.items()}
        if await self.town.step(drawn):
            told = self.town.told[-1]
            self.counts.update(["deeds", told])
            self.note("town:", told)


def told(reply: Reply) -> str:
    """An answer in few words."""
    body = reply.body
    if reply.status >= 400:
        return f"{reply.status} {body['code']}"
    if isinstance(body, Pulled):
        kinds = Counter(row.kind for row in body.rows)
        rows = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
        marks = ("reset " if body.reset else "") + ("more " if body.more else "")
        return f"{marks}[{rows}] held {[str(mid)[-4:] for mid in body.held]}"
    if isinstance(body, Pushed):
        return " ".join(f"{str(o.mid)[-4:]} {o.outcome} {o.code or ''}" for o in body.outcomes)
    return str(reply.status)
