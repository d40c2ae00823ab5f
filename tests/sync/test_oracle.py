"""The oracle of sync.md, section 1: the view built by deltas is the view of a fresh pull.

Every run lives histories for half a minute; `CARTABLE_TEST_ORACLE_SECONDS` asks for longer, and
`CARTABLE_TEST_ORACLE_SEED` for other ones than the first.
"""

import os
import sys
import time
from typing import Any

import pytest

from cartable.runtime import Runtime
from tests.sync.defects import SERVER, TABLET
from tests.sync.histories import Violation, history, without_fsync

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

SECONDS = float(os.environ.get("CARTABLE_TEST_ORACLE_SECONDS", "30"))
FIRST = int(os.environ.get("CARTABLE_TEST_ORACLE_SEED", "0"))
LEAST = 3
MOST = 12
"""Histories in which a planted defect must be found."""


def say(sentence: str) -> None:
    """Shown when pytest runs with -s or when the test fails."""
    sys.stdout.write(sentence + "\n")


async def test_deltas_and_fresh_pulls_agree(runtime: Runtime) -> None:
    compared, lived, begin = 0, 0, time.monotonic()
    async with without_fsync(runtime):
        while lived < LEAST or time.monotonic() - begin < SECONDS:
            seed, lived = FIRST + lived, lived + 1
            try:
                compared += await history(runtime, seed)
            except Violation as error:
                raise AssertionError(f"history {seed}: {error}") from error
    say(f"{lived} histories, {compared} comparisons")
    assert compared > 20 * lived


async def _hunt(runtime: Runtime, what: str, **rules: Any) -> None:
    """Live histories until one shows the planted defect."""
    async with without_fsync(runtime):
        for seed in range(MOST):
            try:
                await history(runtime, seed, **rules)
            except (Violation, AssertionError) as error:
                say(f"{what}: found in history {seed}: {error}")
                return
    pytest.fail(f"{what}: not found in {MOST} histories, the oracle is blind")


@pytest.mark.parametrize("what", SERVER)
async def test_defects_of_the_server_are_found(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    plant, concerned = SERVER[what]
    plant(monkeypatch)
    await _hunt(runtime, what, concerned=concerned)


@pytest.mark.parametrize("what", TABLET)
async def test_defects_of_a_tablet_are_found(runtime: Runtime, what: str) -> None:
    await _hunt(runtime, what, **TABLET[what])
