"""Thousands of random histories of the real server core and the real tablet core together.

`CARTABLE_TEST_MODEL_SEEDS` asks for more of them, `CARTABLE_TEST_MODEL_FIRST` for others.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.model.many import SEEDS, live_many, missing, table
from tests.model.tablets import bundle

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

HISTORIES = int(os.environ.get("CARTABLE_TEST_MODEL_SEEDS", SEEDS))
FIRST = int(os.environ.get("CARTABLE_TEST_MODEL_FIRST", "0"))


@pytest.fixture(scope="module")
def tablets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interface's own core, bundled for Node."""
    return bundle(tmp_path_factory.mktemp("model") / "tablets.mjs")


def test_no_history_breaks_a_rule(tablets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = live_many(tablets, range(FIRST, FIRST + HISTORIES))
    with capsys.disabled():
        sys.stdout.write(f"\n{table(tally)}\n")
    assert not tally.found, table(tally)
    assert tally.histories == HISTORIES
    assert not missing(tally), f"never happened: {missing(tally)}"


def test_the_same_seed_tells_the_same_history(tablets: Path) -> None:
    told = [live_many(tablets, [7], 1, traced=True).trace for _ in range(2)]
    assert len(told[0]) > 50
    assert told[0] == told[1]
