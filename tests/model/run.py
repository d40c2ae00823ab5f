"""Runs of many histories, and the table that tells of them."""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.model.faults import happen, weights
from tests.model.history import History
from tests.model.ledger import Violation
from tests.model.tablets import Child, TabletBroke
from tests.model.town import Town, founded, quick_questions, seeded
from tests.model.watch import watching

STEPS = 60
COLLECTED = 20
"""Histories between two collections of garbage."""


@dataclass
class Found:
    """A history that broke a rule."""

    seed: int
    what: str


@dataclass
class Tally:
    """What happened in a run."""

    histories: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Both together."""
        self.histories += other.histories
        self.counts.update(other.counts)
        self.found += other.found
        self.trace += other.trace


async def live(
    script: Path,
    seeds: Iterable[int],
    *,
    steps: int = STEPS,
    traced: bool = False,
) -> Tally:
    """Histories one after the other, up to the first that breaks a rule."""
    async with founded() as (town, template):
        return await live_in(town, template, script, seeds, steps=steps, traced=traced)


async def live_in(
    town: Town,
    template: bytes,
    script: Path,
    seeds: Iterable[int],
    *,
    steps: int = STEPS,
    traced: bool = False,
    often: Mapping[str, float] | None = None,
) -> Tally:
    """The same in a town that is there; `often`: things that happen so many times more."""
    tally, child = Tally(), Child(script)
    try:
        with watching(town.memory) as watch, quick_questions(), rarely_collecting():
            for seed in seeds:
                if tally.histories % COLLECTED == 0:
                    gc.collect()
                trace = tally.trace if traced else None
                with seeded(seed):
                    begun = town.begin(seed, template, watch)
                    history = History(begun, child, seed, trace, often or {})
                    try:
                        await _one(history, steps)
                    except (Violation, TabletBroke) as error:
                        tally.found.append(Found(seed, str(error)))
                tally.histories += 1
                tally.counts.update(_counted(history, steps))
                if tally.found:
                    break
    finally:
        child.close()
    return tally


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Garbage waits: looking for it at every turn took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


async def _one(history: History, steps: int) -> None:
    happenings = weights(history.often)
    await history.begin()
    for _ in range(steps):
        await happen(history, happenings)
    await history.settle()


def _counted(history: History, steps: int) -> Counter[str]:
    ledger = history.ledger
    told = Counter({"steps": steps, "acknowledged": len(ledger.acknowledged),
                    "excused": len(ledger.excused)})  # fmt: skip
    return history.counts + told
