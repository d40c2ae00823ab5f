"""Reads the figures kept beside the code: semicolon CSV files with a header line."""

import csv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Lines of `data/<name>.csv`, in file order, every value as text."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))


def shared_out(amount: int, weights: dict[str, int]) -> dict[str, int]:
    """`amount` split by weights into whole numbers whose sum is `amount` (largest remainders)."""
    total = sum(weights.values())
    shares = {key: amount * weight // total for key, weight in weights.items()}
    missing = amount - sum(shares.values())
    by_remainder = sorted(weights, key=lambda key: (-(amount * weights[key] % total), key))
    for key in by_remainder[:missing]:
        shares[key] += 1
    return shares
