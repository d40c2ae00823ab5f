"""Builds the demonstration through the product's own deeds, as its people would do them."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from cartable.demo.content import Demonstration, demonstration
from cartable.demo.dossiers import (
    call,
    called,
    called_at,
    forget_drafts,
    prepare,
    read_all,
)
from cartable.demo.papers import make_papers
from cartable.demo.tablets import Written, write_on_tablets
from cartable.demo.town import is_built, leave, open_accounts, open_town
from cartable.runtime import Runtime

Progress = Callable[[str], None]


def _silent(_sentence: str) -> None:
    """Nobody watches."""


async def build_demo(
    runtime: Runtime, papers_folder: Path, now: datetime, progress: Progress = _silent
) -> bool:
    """Make the two authorities, their people, sittings and papers; `False` when they are there.

    `now` is an instant; days are counted from its date in Paris.
    """
    if await is_built(runtime):
        return False
    today = now.astimezone(ZoneInfo("Europe/Paris")).date()
    progress("Rédaction des pièces…")
    papers = await asyncio.to_thread(partial(make_papers, papers_folder, today))
    await _live(runtime, demonstration(today), papers, now, progress)
    return True


async def _live(
    runtime: Runtime,
    demo: Demonstration,
    papers: dict[str, Path],
    now: datetime,
    progress: Progress,
) -> None:
    progress("Ouverture des comptes…")
    await open_accounts(runtime, demo.people, now)
    towns = {a.key: await open_town(runtime, a, now) for a in demo.authorities}
    for town in towns.values():
        await forget_drafts(runtime, town, now)
    prepared = {}
    there = {}
    for sitting in demo.sittings:
        town = towns[sitting.authority]
        there[sitting.key] = await called(runtime, town, sitting)
        if there[sitting.key] is None:
            progress(f"Dépôt des pièces : {sitting.title}…")
            prepared[sitting.key] = await prepare(runtime, town, sitting, papers, now)
    progress("Lecture des pièces…")
    await read_all(runtime)
    # The community's sitting comes last: once it is called, everything is there.
    for authority, sitting in ((a, s) for a in demo.authorities for s in demo.sittings):
        if sitting.authority != authority.key or not sitting.is_convened:
            continue
        town, sitting_id = towns[authority.key], there[sitting.key]
        if sitting_id is None:
            sitting_id = prepared[sitting.key]
            await call(runtime, town, sitting, sitting_id, now)
        dossier = Written(authority, sitting, sitting_id, papers)
        await write_on_tablets(runtime, town, dossier, called_at(sitting, now), now)
    for town in towns.values():
        await leave(runtime, town.clerk, now)
