"""The commune's register of fixed assets and its yearly depreciation, in whole euros."""

from dataclasses import dataclass
from functools import cache

from cartable.demo.figures import rows


@dataclass(frozen=True)
class Asset:
    number: str
    account: str
    depreciation_account: str
    name: str
    year: int
    value: int
    years: int

    def allowance(self, year: int) -> int:
        """Straight line from the year after purchase; the last year takes the rounding."""
        rank = year - self.year
        if not 1 <= rank <= self.years:
            return 0
        share = self.value // self.years
        return self.value - share * (self.years - 1) if rank == self.years else share

    def written_off_before(self, year: int) -> int:
        return sum(self.allowance(past) for past in range(self.year + 1, year))


@cache
def all_assets(year: int) -> tuple[Asset, ...]:
    """The register as it stands when the budget of `year` is prepared."""
    assets: list[Asset] = []
    for row in rows("assets"):
        for rank, place in enumerate(row["places"].split("|")):
            # Purchases are spread over the years and priced apart, as real ones are.
            bought = year - 1 - int(row["age"]) - (rank * 3) % int(row["years"])
            value = int(row["value"]) * (100 + (rank * 7) % 23 - 9) // 100
            number = f"{bought}-{row['account']}-{len(assets) + 1:04d}"
            name = f"{row['designation']} : {place}"
            years = int(row["years"])
            assets.append(
                Asset(number, row["account"], row["depreciation"], name, bought, value, years)
            )
    return tuple(assets)


def allowances(year: int, register_of: int) -> dict[str, int]:
    """Depreciation of `year` by account 28…, from the register of `register_of`."""
    totals: dict[str, int] = {}
    for asset in all_assets(register_of):
        amount = asset.allowance(year)
        totals[asset.depreciation_account] = totals.get(asset.depreciation_account, 0) + amount
    return {account: amount for account, amount in sorted(totals.items()) if amount}
