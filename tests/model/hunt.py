"""Looks for planted defects: how many histories until the model sees each of them."""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.model.defects import MOST, SERVER, TABLET, Defect
from tests.model.run import live_in
from tests.model.tablets import bundle
from tests.model.town import founded

DEFECTS: dict[str, Defect] = {**SERVER, **TABLET}


@dataclass(frozen=True)
class Hunted:
    """A defect, the history that showed it, how many that took, and what was seen; or nothing."""

    name: str
    seed: int
    histories: int
    what: str | None


async def _hunt(names: Sequence[str], most: int) -> list[Hunted]:
    hunted = []
    with tempfile.TemporaryDirectory() as folder:
        sound = bundle(Path(folder) / "sound.mjs")
        async with founded() as (town, template):
            for name in names:
                defect = DEFECTS[name]
                script = sound
                if defect.patches:
                    script = bundle(Path(folder) / "defective.mjs", defect.patches)
                with pytest.MonkeyPatch.context() as patch:
                    if defect.plant:
                        defect.plant(patch)
                    tally = await live_in(town, template, script, range(most), often=defect.often)
                found = tally.found[0] if tally.found else None
                one = Hunted(name, found.seed if found else -1, tally.histories,
                             found.what if found else None)  # fmt: skip
                sys.stdout.write(told(one) + "\n")
                sys.stdout.flush()
                hunted.append(one)
    return hunted


def hunt(names: Sequence[str], most: int = MOST) -> list[Hunted]:
    """Each defect in turn, up to the first history that shows it."""
    return asyncio.run(_hunt(names, most))


def told(one: Hunted) -> str:
    """A line of the list."""
    if one.what is None:
        return f"{one.name:>56}  NOT FOUND in {one.histories} histories"
    return f"{one.name:>56}  {one.histories:>4}  {one.what[:110]}"
