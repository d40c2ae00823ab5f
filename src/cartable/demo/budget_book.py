"""The budget as the papers print it: plain dictionaries, whole euros unless said otherwise."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from cartable.demo.assets import all_assets
from cartable.demo.budget import (
    INCOME,
    INVESTMENT,
    OPERATING,
    SPENDING,
    Line,
    amount,
    budget_lines,
    total,
)
from cartable.demo.figures import rows
from cartable.demo.loans import all_loans, capital_of, interest_of
from cartable.demo.loans_book import debt

SIDES = [(OPERATING, SPENDING), (OPERATING, INCOME), (INVESTMENT, SPENDING), (INVESTMENT, INCOME)]


def _previous(lines: Iterable[Line]) -> int:
    return sum(line.previous for line in lines)


def _article(line: Line) -> dict[str, Any]:
    return {
        "article": line.article,
        "label": line.label,
        "previous": line.previous,
        "proposed": line.proposed,
        "chapter": line.chapter,
    }


def chapters(year: int) -> list[dict[str, Any]]:
    """Chapters in the order of the accounts, each with its articles."""
    found = []
    for row in rows("chapters"):
        lines = [
            line
            for line in budget_lines(year)
            if (line.section, line.sense, line.chapter)
            == (row["section"], row["sense"], row["chapter"])
        ]
        found.append(
            {
                **row,
                "previous": _previous(lines),
                "proposed": sum(line.proposed for line in lines),
                "articles": [_article(line) for line in lines if line.previous or line.proposed],
            }
        )
    return found


def taxes() -> dict[str, Any]:
    """Bases, rates and yields of the direct taxes; rates in hundredths of a percent."""
    lines = []
    for row in rows("taxes"):
        rate = round(float(row["rate"]) * 100)
        base, before = int(row["base"]), int(row["previous_base"])
        lines.append(
            {
                "tax": row["tax"],
                "base": base,
                "previous_base": before,
                "rate": rate,
                "yield": round(base * rate / 10_000),
            }
        )
    return {"lines": lines, "yield": sum(line["yield"] for line in lines)}


def operations(year: int) -> list[dict[str, Any]]:
    found = []
    for row in rows("operations"):
        lines = [line for line in budget_lines(year) if line.operation == row["operation"]]
        spending = [_article(line) for line in lines if line.sense == SPENDING]
        income = [_article(line) for line in lines if line.sense == INCOME]
        found.append(
            {
                "operation": row["operation"],
                "label": row["label"],
                "start": year + int(row["start"]),
                "total": int(row["total"]) or sum(line["proposed"] for line in spending),
                "paid": int(row["paid"]),
                "spending": spending,
                "income": income,
                "proposed": sum(line["proposed"] for line in spending),
                "funded": sum(line["proposed"] for line in income),
            }
        )
    return found


def _crossed(year: int) -> list[dict[str, Any]]:
    """The same credits presented by function; every line is split without losing a euro."""
    split = [(line, line.by_function()) for line in budget_lines(year)]
    found = []
    for row in rows("functions"):
        code = row["function"]
        sides = {}
        for section, sense in SIDES:
            here = [
                {**_article(line), "proposed": shares[code]}
                for line, shares in split
                if (line.section, line.sense) == (section, sense) and shares.get(code)
            ]
            sides[section + sense] = {
                "lines": here,
                "total": sum(line["proposed"] for line in here),
            }
        found.append({"function": code, "label": row["label"], "sides": sides})
    return found


def _assets(year: int) -> list[dict[str, Any]]:
    found = []
    for asset in all_assets(year):
        before, now = asset.written_off_before(year), asset.allowance(year)
        found.append(
            {
                "number": asset.number,
                "account": asset.account,
                "to": asset.depreciation_account,
                "name": asset.name,
                "year": asset.year,
                "value": asset.value,
                "years": asset.years,
                "before": before,
                "now": now,
                "net": asset.value - before - now,
            }
        )
    return found


def _ahead(year: int) -> dict[str, list[int]]:
    """Allowances of the ten years from `year`, by account, of what is already bought."""
    found: dict[str, list[int]] = {}
    for asset in all_assets(year):
        sums = found.setdefault(asset.depreciation_account, [0] * 10)
        for rank in range(10):
            sums[rank] += asset.allowance(year + rank)
    return found


@cache
def key_figures(year: int) -> dict[str, Any]:
    """What reports quote; `savings` are gross, `net_savings` after repayment of capital."""
    of_order_in = total(year, OPERATING, INCOME, "042")
    of_order_out = sum(total(year, OPERATING, SPENDING, c) for c in ("023", "042"))
    income = total(year, OPERATING, INCOME) - of_order_in
    spending = total(year, OPERATING, SPENDING) - of_order_out
    at_start = round(sum(loan.remaining_at_start(year) for loan in all_loans()) / 100)
    loan = amount(year, INVESTMENT, INCOME, "1641")
    return {
        "population": 2412,
        "operating": total(year, OPERATING, SPENDING),
        "investment": total(year, INVESTMENT, SPENDING),
        "operating_before": _previous(
            x for x in budget_lines(year) if (x.section, x.sense) == (OPERATING, SPENDING)
        ),
        "investment_before": _previous(
            x for x in budget_lines(year) if (x.section, x.sense) == (INVESTMENT, SPENDING)
        ),
        "income": income,
        "spending": spending,
        "savings": income - spending,
        "net_savings": income - spending - capital_of(year),
        "capital": capital_of(year),
        "interest": interest_of(year),
        "loan": loan,
        "debt_start": at_start,
        "debt_end": at_start - capital_of(year) + loan,
        "transfer": amount(year, OPERATING, SPENDING, "023"),
        "allowance": amount(year, OPERATING, SPENDING, "6811"),
        "grants": amount(year, OPERATING, SPENDING, "65748"),
        "grants_asked": sum(int(row["asked"]) for row in rows("associations")),
        "taxes": taxes(),
        "direct_taxes": amount(year, OPERATING, INCOME, "73111"),
        "chapters": [{k: v for k, v in c.items() if k != "articles"} for c in chapters(year)],
        "operations": operations(year),
    }


def budget_book(year: int) -> dict[str, Any]:
    """Every table of the complete budget document."""
    return {
        "chapters": chapters(year),
        "functions": _crossed(year),
        "assets": _assets(year),
        "ahead": _ahead(year),
        "debt": debt(year),
        "guaranteed": debt(year, "guarantee"),
        "contracts": rows("contracts"),
        "in_kind": rows("in_kind"),
        "staff": rows("staff"),
        "associations": rows("associations"),
    }
