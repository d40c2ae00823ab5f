"""The budget adds up: sections balance, functions and operations lose no euro."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartable.demo.assets import all_assets, allowances
from cartable.demo.budget import amount, budget_lines, total
from cartable.demo.budget_book import budget_book, key_figures
from cartable.demo.figures import rows, shared_out
from cartable.demo.loans import all_loans, capital_of, interest_of, schedule

YEARS = (2026, 2027, 2028)


@pytest.mark.parametrize("year", YEARS)
def test_both_sections_balance(year: int) -> None:
    for section in "FI":
        assert total(year, section, "D") == total(year, section, "R") > 1_000_000
        here = [line for line in budget_lines(year) if line.section == section]
        spent = sum(line.previous for line in here if line.sense == "D")
        assert spent == sum(line.previous for line in here if line.sense == "R")


@pytest.mark.parametrize("year", YEARS)
def test_orders_between_sections_answer_each_other(year: int) -> None:
    assert amount(year, "F", "D", "023") == amount(year, "I", "R", "021") > 0
    assert total(year, "F", "D", "042") == total(year, "I", "R", "040")
    assert total(year, "F", "R", "042") == total(year, "I", "D", "040")
    assert total(year, "I", "D", "041") == total(year, "I", "R", "041")
    assert amount(year, "F", "D", "6811") == sum(allowances(year, year).values())


@pytest.mark.parametrize("year", YEARS)
def test_own_resources_repay_the_debt(year: int) -> None:
    own = sum(amount(year, "I", "R", article) for article in ("021", "024", "10222", "10226"))
    assert own + total(year, "I", "R", "040") > amount(year, "I", "D", "1641") == capital_of(year)
    assert amount(year, "F", "D", "66111") == interest_of(year)
    assert amount(year, "I", "R", "1641") > 0


def test_functions_and_chapters_tell_the_same_totals() -> None:
    book = budget_book(2027)
    for section in "FI":
        for sense in "DR":
            by_function = sum(f["sides"][section + sense]["total"] for f in book["functions"])
            by_chapter = sum(
                c["proposed"]
                for c in book["chapters"]
                if (c["section"], c["sense"]) == (section, sense)
            )
            assert by_function == by_chapter == total(2027, section, sense)


def test_every_article_belongs_to_a_chapter_and_a_known_function() -> None:
    chapters = {(c["section"], c["sense"], c["chapter"]) for c in rows("chapters")}
    functions = {row["function"] for row in rows("functions")}
    for line in budget_lines(2027):
        assert (line.section, line.sense, line.chapter) in chapters
        assert {code for code, _ in line.functions} <= functions
        assert sum(weight for _, weight in line.functions) == 100, line.article
        assert line.proposed >= 0 or line.article == "66112"


def test_operations_hold_all_equipment_and_stay_within_their_cost() -> None:
    operations = key_figures(2027)["operations"]
    equipment = sum(total(2027, "I", "D", chapter) for chapter in ("20", "204", "21", "23"))
    assert sum(operation["proposed"] for operation in operations) == equipment
    for operation in operations:
        assert operation["paid"] + operation["proposed"] <= operation["total"]


def test_grants_voted_are_those_listed() -> None:
    listed = sum(int(row["proposed"]) for row in rows("associations"))
    assert amount(2027, "F", "D", "65748") == listed


def test_tax_yield_fits_the_article() -> None:
    facts = key_figures(2027)
    assert 0 < facts["taxes"]["yield"] <= facts["direct_taxes"]


def test_loans_are_repaid_to_the_last_cent() -> None:
    for loan in all_loans():
        assert sum(line.capital for line in loan.instalments) == loan.capital
        assert loan.instalments[-1].remaining == 0
        payments = {line.capital + line.interest for line in loan.instalments[:-1]}
        assert len(payments) == 1


@given(
    st.integers(10_000, 10**10),
    st.floats(0.1, 9.0),
    st.sampled_from([1, 4, 12]),
    st.integers(1, 40),
)
def test_any_schedule_ends_at_zero(capital: int, rate: float, periods: int, years: int) -> None:
    lines = schedule(capital, rate, periods, years, date(2020, 1, 15))
    assert len(lines) == periods * years
    assert sum(line.capital for line in lines) == capital
    assert lines[-1].remaining == 0
    assert all(a.due < b.due for a, b in pairwise(lines))


def test_assets_are_written_off_to_nothing_and_no_further() -> None:
    assets = all_assets(2027)
    assert len({asset.number for asset in assets}) == len(assets) > 200
    for asset in assets:
        assert asset.written_off_before(asset.year + asset.years + 1) == asset.value


@given(
    st.integers(0, 10**9),
    st.dictionaries(st.text(min_size=1), st.integers(1, 100), min_size=1, max_size=12),
)
def test_shares_add_up(amount_to_share: int, weights: dict[str, int]) -> None:
    shares = shared_out(amount_to_share, weights)
    assert sum(shares.values()) == amount_to_share
    assert shares.keys() == weights.keys()
