"""Weight of the interface against its budgets (stack.md): what `npm run weight` prints."""

import subprocess
from pathlib import Path


def main() -> None:
    """Shell, style, service worker, reader, whole off-line install, in gzip."""
    root = Path(__file__).resolve().parents[2]
    subprocess.run(["npm", "--prefix", str(root / "frontend"), "run", "-s", "weight"], check=False)


if __name__ == "__main__":
    main()
