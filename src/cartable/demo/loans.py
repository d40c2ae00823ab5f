"""Repayment schedules of the commune's loans: constant instalments, amounts in cents."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from cartable.demo.figures import rows


@dataclass(frozen=True)
class Instalment:
    due: date
    interest: int
    capital: int
    remaining: int


@dataclass(frozen=True)
class Loan:
    contract: str
    lender: str
    purpose: str
    signed: date
    capital: int
    years: int
    rate: float
    instalments: tuple[Instalment, ...]

    def during(self, year: int) -> tuple[Instalment, ...]:
        return tuple(line for line in self.instalments if line.due.year == year)

    def remaining_at_start(self, year: int) -> int:
        before = [line for line in self.instalments if line.due.year < year]
        return before[-1].remaining if before else self.capital


def schedule(
    capital: int, yearly_rate: float, periods_a_year: int, years: int, signed: date
) -> tuple[Instalment, ...]:
    """Instalments of a loan of `capital` cents; the last one clears what rounding left."""
    count, rate = years * periods_a_year, yearly_rate / 100 / periods_a_year
    payment = round(capital * rate / (1 - (1 + rate) ** -count))
    remaining, lines = capital, []
    for number in range(1, count + 1):
        interest = round(remaining * rate)
        repaid = remaining if number == count else payment - interest
        remaining -= repaid
        months = signed.month - 1 + number * 12 // periods_a_year
        due = date(signed.year + months // 12, months % 12 + 1, signed.day)
        lines.append(Instalment(due, interest, repaid, remaining))
    return tuple(lines)


@cache
def all_loans(register: str = "loans") -> tuple[Loan, ...]:
    """The commune's own loans, or those of another register (`guarantee`: what it stands for)."""
    loans = []
    for row in rows(register):
        signed, capital = date.fromisoformat(row["signed"]), int(row["capital"]) * 100
        years, rate = int(row["years"]), float(row["rate"])
        lines = schedule(capital, rate, int(row["periods"]), years, signed)
        loans.append(
            Loan(row["contract"], row["lender"], row["object"], signed, capital, years, rate, lines)
        )
    return tuple(loans)


def interest_of(year: int) -> int:
    """Interest due in `year` over all loans, in whole euros."""
    return round(sum(i.interest for loan in all_loans() for i in loan.during(year)) / 100)


def capital_of(year: int) -> int:
    """Capital repaid in `year` over all loans, in whole euros."""
    return round(sum(i.capital for loan in all_loans() for i in loan.during(year)) / 100)
