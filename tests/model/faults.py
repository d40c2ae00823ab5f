"""What may happen next in a history, and how often each is drawn."""

from collections.abc import Awaitable, Callable, Mapping

from tests.model.history import History
from tests.model.ledger import Violation
from tests.model.tablets import Tablet

WRONG_CLOCKS = (0, 0, -100, 100, 4000)
"""Days that a tablet's clock may be off."""


def _any(h: History) -> Tablet:
    return h.chance.choice(list(h.tablets.values()))


async def write(h: History) -> None:
    """Somebody writes, once or a few times."""
    tablet = _any(h)
    for _ in range(h.chance.choice([1, 1, 2, 3])):
        await h.write(tablet)


async def write_and_die(h: History) -> None:
    """A tab is killed while it writes: before or after the change is kept."""
    h.counts["killed in a write"] += 1
    await h.write(_any(h), dies=h.chance.choice([0, 1]))


async def stir(h: History) -> None:
    """Somebody asks, looks, hides the window; a timer rings."""
    tablet = _any(h)
    tab = await h.tab_of(tablet)
    if tab not in tablet.tabs:
        return
    what = h.chance.random()
    if what < 0.45:
        await h.call("tell", tablet, tab, event={"type": "nudged"})
    elif what < 0.6:
        shown = h.chance.random() < 0.6
        await h.call("tell", tablet, tab, event={"type": "shown", "shown": shown})
    else:
        await h.call("ring", tablet, tab)


async def deliver(h: History) -> None:
    """Messages arrive, mostly in order."""
    for _ in range(h.chance.choice([1, 2, 4, 8])):
        if h.net:
            in_order = h.chance.random() < 0.6
            h.counts["out of order"] += not in_order
            await h.deliver(0 if in_order else h.chance.randrange(len(h.net)))


async def deliver_and_die(h: History) -> None:
    """A tab is killed while it takes an answer in: between any two durable writes."""
    answers = [at for at, message in enumerate(h.net) if message.reply is not None]
    if answers:
        h.counts["killed in an answer"] += 1
        await h.deliver(h.chance.choice(answers), dies=h.chance.choice([0, 1, 2]))


async def double(h: History) -> None:
    """A request reaches the server twice."""
    requests = [at for at, message in enumerate(h.net) if message.reply is None]
    if requests:
        h.counts["doubled"] += 1
        await h.deliver(h.chance.choice(requests), times=2)


async def lose(h: History) -> None:
    """A request or an answer is lost."""
    if h.net:
        await h.lose(h.chance.randrange(len(h.net)))


async def kill(h: History) -> None:
    """A tab is closed or killed."""
    tablet = _any(h)
    if tablet.tabs:
        h.counts["killed"] += 1
        h.note(tablet.name, "is killed")
        await h.call("kill", tablet, h.chance.choice(tablet.tabs))


async def second_tab(h: History) -> None:
    """Another tab on the same tablet, working beside the first."""
    tablet = _any(h)
    if len(tablet.tabs) == 1:
        h.counts["two tabs"] += 1
        await h.open(tablet)


async def save(h: History) -> None:
    """The tablet's own backup."""
    tablet = _any(h)
    await h.call("save", tablet, copy=tablet.name)
    h.saved[tablet.name] = [*tablet.outbox, *tablet.sent]


async def roll_back(h: History) -> None:
    """A tablet is put back to its own backup."""
    tablet = _any(h)
    if tablet.name in h.saved:
        await _lay(h, tablet, tablet.name)
        h.counts["rolled back"] += 1


async def evict(h: History) -> None:
    """The browser takes the tablet's memory away."""
    await _lay(h, _any(h), "")
    h.counts["evicted"] += 1


async def _lay(h: History, tablet: Tablet, copy: str) -> None:
    h.note(tablet.name, "is put back" if copy else "is evicted")
    for tab in list(tablet.tabs):
        await h.call("kill", tablet, tab)
    lost = tablet.holds
    h.checker.lay(tablet)
    await h.call("lay", tablet, copy=copy)
    h.ledger.forget(lost - tablet.holds, h.held, h.checker.served)


async def clone(h: History) -> None:
    """A tablet becomes two: a new one is set up from the backup of the old."""
    tablet = _any(h)
    if len(h.tablets) < 6:
        h.counts["cloned"] += 1
        await h.call("save", tablet, copy="clone")
        other = Tablet(h.clone_name(), tablet.member, tablet.token, tablet.device_id)
        h.tablets[other.name] = other
        h.note(tablet.name, "is cloned as", other.name)
        await h.call("lay", other, copy="clone")


async def sign_in(h: History) -> None:
    """Somebody signs in again on a tablet that was signed out."""
    tablet = _any(h)
    if h.town.state_of(tablet) in ("out", "unknown") and not tablet.is_lost:
        h.counts["signed in again"] += 1
        await h.town.sign_in_on(tablet)
        h.note(tablet.name, "is signed in again")


async def revoke(h: History) -> None:
    """A tablet is signed out from elsewhere; half of them are never found again."""
    tablet = _any(h)
    if sum(one.is_lost for one in h.tablets.values()) < 2:
        h.counts["revoked"] += 1
        tablet.is_lost = h.chance.random() < 0.5
        for one in h.tablets.values():
            if one.token == tablet.token:
                one.is_lost = tablet.is_lost
        h.note(tablet.name, "is revoked", "for good" if tablet.is_lost else "")
        await h.town.revoke(tablet)


async def clock(h: History) -> None:
    """A tablet's clock is wrong."""
    h.counts["wrong clocks"] += 1
    _any(h).skew = h.chance.choice(WRONG_CLOCKS) * 86_400_000


async def deed(h: History) -> None:
    """A clerk or an administrator acts."""
    await h.deed()


async def back_up(h: History) -> None:
    """The server is backed up."""
    h.counts["backups"] += 1
    h.note("the server is backed up")
    h.town.back_up()


async def restore(h: History) -> None:
    """The server is restored from one of its backups."""
    if h.town.backups:
        left = [name for name in h.pens if h.town.has_left(name)]
        age, ended = await h.town.restore_from(h.chance.randrange(len(h.town.backups)))
        if back := [name for name in left if not h.town.has_left(name)]:
            raise Violation(f"a restore gave {back} their access back")
        h.counts["restored"] += 1
        h.note("the server is restored, to", age, "ago")
        h.ledger.restored(age, ended, h.held, h.checker.served)


Happening = Callable[[History], Awaitable[None]]

HAPPENINGS: dict[Happening, float] = {
    write: 26, write_and_die: 1.5, stir: 14, deliver: 30, deliver_and_die: 2.5, double: 3,
    lose: 4, kill: 2, second_tab: 1.5, save: 1.2, roll_back: 0.9, evict: 0.6, clone: 0.6,
    sign_in: 2, revoke: 0.5, clock: 0.7, deed: 9, back_up: 2.2, restore: 1.3,
}  # fmt: skip
HOURS = (0.1, 0.1, 1, 1, 6, 24, 96)


def weights(often: Mapping[str, float]) -> dict[Happening, float]:
    """How often each is drawn, some of them so many times more."""
    return {one: weight * often.get(one.__name__, 1) for one, weight in HAPPENINGS.items()}


async def happen(h: History, drawn: dict[Happening, float]) -> None:
    """One random thing, a little later."""
    h.later(h.chance.choice(HOURS))
    await h.chance.choices(list(drawn), list(drawn.values()))[0](h)
