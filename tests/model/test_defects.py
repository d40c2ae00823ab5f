"""The model is not blind: each rule of the real code is taken away in turn, and it shows."""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.model.hunt import DEFECTS, hunt, told

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

LEAST = 20
PROCESSES = 2


def test_every_planted_defect_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    names = list(DEFECTS)
    assert len(names) >= LEAST
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        shares = pool.map(hunt, [names[number::PROCESSES] for number in range(PROCESSES)])
        hunted = [one for share in shares for one in share]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(told(one) for one in hunted) + "\n")
    unseen = [one.name for one in hunted if one.what is None]
    assert not unseen, f"the model is blind to: {unseen}"
    assert len(hunted) == len(names)
