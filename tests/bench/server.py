"""How long a server takes to answer after its start, and what it holds in memory at rest."""

import time

import httpx

from tests.serving import served


def main() -> None:
    """Budget: at most 150 MB resident at rest."""
    with served() as server:
        for _ in range(20):
            httpx.get(f"{server.base}/health/ready")
        time.sleep(3)
        resident = server.resident() / 1e6
        verdict = "within" if resident <= 150 else "OVER"
        print(f"resident at rest: {resident:.0f} MB ({verdict} the budget of 150 MB)")


if __name__ == "__main__":
    main()
