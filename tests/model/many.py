"""Histories by the thousand, in several processes, and their table."""

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.model.run import STEPS, Tally, live

SEEDS = 2000
"""Histories of `make test`."""

MUST_HAPPEN = (
    "writes", "acknowledged", "applied", "merged", "forked", "parked", "excused", "pruned",
    "deeds", "lost", "doubled", "out of order", "answers too late", "pushes repeated", "resets",
    "killed", "killed in a write", "killed in an answer", "two tabs", "rolled back", "evicted",
    "cloned", "wiped", "revoked", "signed in again", "wrong clocks", "backups", "restored",
    "went back to the outbox", "give_seat", "edit_seat", "remove_seat", "convene", "call_guest",
    "put_in_camera", "withdraw_piece", "deactivate", "reactivate", "archive_old", "purge_old",
    "erase_old",
)  # fmt: skip
"""A run in which one of these never happened has shown nothing of it."""


def _live(script: Path, seeds: Sequence[int], steps: int, traced: bool) -> Tally:
    return asyncio.run(live(script, seeds, steps=steps, traced=traced))


def live_many(
    script: Path,
    seeds: Sequence[int],
    processes: int = 2,
    *,
    steps: int = STEPS,
    traced: bool = False,
) -> Tally:
    """All of them, dealt out; each process stops at the first that breaks a rule."""
    whole = Tally()
    shares = [seeds[number::processes] for number in range(processes)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        lived = [pool.submit(_live, script, share, steps, traced) for share in shares]
        for one in lived:
            whole.add(one.result())
    return whole


def table(tally: Tally) -> str:
    """What happened, a line for each thing, and every rule that broke with its seed."""
    lines = [f"{'histories':>26} {tally.histories}"]
    lines += [f"{what:>26} {count}" for what, count in sorted(tally.counts.items())]
    lines.append(f"{'violations':>26} {len(tally.found)}")
    for found in tally.found:
        lines += [
            f"seed {found.seed}: {found.what}",
            f"  again: python -m tests.model --seed {found.seed} --trace",
        ]
    return "\n".join(lines)


def missing(tally: Tally) -> list[str]:
    """What ought to have happened, and did not."""
    return [what for what in MUST_HAPPEN if not tally.counts[what]]
