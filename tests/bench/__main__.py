"""`make bench`: every measure beside what it is compared to, in the same run.

python -m tests.bench            all of them
python -m tests.bench pull files some of them
"""

import importlib
import sys

BENCHES = (
    "server", "upload", "pull", "push", "files", "ingestion", "weight", "offline", "reader",
    "marks", "sealing",
)  # fmt: skip


def main() -> None:
    """Run the benches named, or all, and say so when one cannot run here."""
    for name in sys.argv[1:] or BENCHES:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"tests.bench.{name}").main()


if __name__ == "__main__":
    main()
