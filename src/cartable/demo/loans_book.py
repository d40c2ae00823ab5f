"""The debt as the papers print it: plain dictionaries, amounts in cents."""

from typing import Any

from cartable.demo.loans import Instalment, Loan, all_loans


def _line(line: Instalment) -> dict[str, Any]:
    return {
        "due": f"{line.due:%d/%m/%Y}",
        "interest": line.interest,
        "capital": line.capital,
        "payment": line.interest + line.capital,
        "remaining": line.remaining,
    }


def _loan(loan: Loan, year: int) -> dict[str, Any]:
    this_year = loan.during(year)
    return {
        "contract": loan.contract,
        "lender": loan.lender,
        "purpose": loan.purpose,
        "signed": f"{loan.signed:%d/%m/%Y}",
        "capital": loan.capital,
        "years": loan.years,
        "rate": loan.rate,
        "last": loan.instalments[-1].due.year,
        "at_start": loan.remaining_at_start(year),
        "interest": sum(line.interest for line in this_year),
        "repaid": sum(line.capital for line in this_year),
        "at_end": loan.remaining_at_start(year + 1),
        "lines": [_line(line) for line in loan.instalments if line.due.year >= year],
    }


def debt(year: int, register: str = "loans") -> dict[str, Any]:
    """Loans still alive on 1 January of `year` and what they cost in the years after."""
    loans = [loan for loan in all_loans(register) if loan.remaining_at_start(year)]
    return {
        "loans": [_loan(loan, year) for loan in loans],
        "at_start": sum(loan.remaining_at_start(year) for loan in loans),
        "years": [
            {
                "year": later,
                "at_start": sum(loan.remaining_at_start(later) for loan in loans),
                "interest": sum(i.interest for loan in loans for i in loan.during(later)),
                "capital": sum(i.capital for loan in loans for i in loan.during(later)),
            }
            for later in range(year, year + 12)
        ],
    }
