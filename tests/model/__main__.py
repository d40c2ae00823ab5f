"""Many histories, or one again: `python -m tests.model --runs 20000`, `--seed 42 --trace`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.model.hunt import DEFECTS, hunt
from tests.model.many import SEEDS, live_many, table
from tests.model.run import STEPS, live
from tests.model.tablets import bundle


def main() -> int:
    """0 when every rule held."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--runs", type=int, default=SEEDS, help="histories to live")
    parser.add_argument("--seed", type=int, default=0, help="the first of them")
    parser.add_argument("--steps", type=int, default=STEPS, help="things that happen in each")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--trace", action="store_true", help="tell the history of --seed")
    parser.add_argument("--hunt", nargs="*", metavar="DEFECT", help="look for planted defects")
    given = parser.parse_args()
    if given.hunt is not None:
        hunted = hunt(given.hunt or list(DEFECTS))
        return 1 if any(one.what is None for one in hunted) else 0
    with tempfile.TemporaryDirectory() as folder:
        script = bundle(Path(folder) / "tablets.mjs")
        if given.trace:
            tally = asyncio.run(live(script, [given.seed], steps=given.steps, traced=True))
            sys.stdout.write("\n".join(tally.trace) + "\n")
        else:
            seeds = range(given.seed, given.seed + given.runs)
            tally = live_many(script, seeds, given.processes, steps=given.steps)
    sys.stdout.write(table(tally) + "\n")
    return 1 if tally.found else 0


if __name__ == "__main__":
    sys.exit(main())
