"""The primitive budget under the M57 accounts: every total is computed, both sections balance."""

from dataclasses import dataclass, replace
from functools import cache

from cartable.demo.assets import allowances
from cartable.demo.figures import rows, shared_out
from cartable.demo.loans import capital_of, interest_of

OPERATING, INVESTMENT = "F", "I"
SPENDING, INCOME = "D", "R"
DEPRECIATION_LABELS = {
    "2802": "documents d’urbanisme",
    "28031": "frais d’études",
    "28041582": "subventions d’équipement versées",
    "28051": "concessions et droits similaires",
    "28121": "plantations",
    "28132": "bâtiments privés",
    "281568": "matériel d’incendie",
    "2815731": "matériel roulant de voirie",
    "281578": "autre matériel technique",
    "281828": "autres matériels de transport",
    "281838": "autre matériel informatique",
    "281848": "autres matériels de bureau et mobiliers",
    "28188": "autres immobilisations corporelles",
}


@dataclass(frozen=True)
class Line:
    section: str
    sense: str
    chapter: str
    article: str
    label: str
    previous: int
    proposed: int
    functions: tuple[tuple[str, int], ...]
    operation: str

    def by_function(self) -> dict[str, int]:
        return shared_out(self.proposed, dict(self.functions))


def _written() -> list[Line]:
    lines = []
    for row in rows("articles"):
        pairs = (pair.split(":") for pair in row["functions"].split())
        functions = tuple((code, int(weight)) for code, weight in pairs)
        lines.append(
            Line(
                row["section"],
                row["sense"],
                row["chapter"],
                row["article"],
                row["label"],
                int(row["previous"]),
                int(row["proposed"]),
                functions,
                row["operation"],
            )
        )
    return lines


def _depreciation(template: Line, year: int) -> list[Line]:
    """The single line « 28 » of the file becomes one line per account of the register."""
    now, before = allowances(year, year), allowances(year - 1, year)
    return [
        replace(
            template,
            article=account,
            label=f"Amortissement, {DEPRECIATION_LABELS[account]}",
            previous=before.get(account, 0),
            proposed=now.get(account, 0),
        )
        for account in sorted(now.keys() | before.keys())
    ]


def _set(lines: list[Line], section: str, sense: str, article: str, amounts: list[int]) -> None:
    for rank, line in enumerate(lines):
        if (line.section, line.sense, line.article) == (section, sense, article):
            lines[rank] = replace(line, previous=amounts[0], proposed=amounts[1])


def _gap(lines: list[Line], section: str, sense: str) -> list[int]:
    """What the other side has more than `sense`, for the previous and the proposed year."""
    sign = {SPENDING: -1, INCOME: 1} if sense == SPENDING else {SPENDING: 1, INCOME: -1}
    here = [line for line in lines if line.section == section]
    return [
        sum(sign[line.sense] * line.previous for line in here),
        sum(sign[line.sense] * line.proposed for line in here),
    ]


@cache
def budget_lines(year: int) -> tuple[Line, ...]:
    """All articles of the budget of `year`, in the order of the accounts, balanced."""
    lines: list[Line] = []
    for line in _written():
        lines += _depreciation(line, year) if line.article == "28" else [line]
    grants = [
        sum(int(row["granted"]) for row in rows("associations")),
        sum(int(row["proposed"]) for row in rows("associations")),
    ]
    allowance = [sum(allowances(y, year).values()) for y in (year - 1, year)]
    _set(lines, OPERATING, SPENDING, "65748", grants)
    _set(lines, OPERATING, SPENDING, "6811", allowance)
    _set(lines, OPERATING, SPENDING, "66111", [interest_of(year - 1), interest_of(year)])
    _set(lines, INVESTMENT, SPENDING, "1641", [capital_of(year - 1), capital_of(year)])
    savings = _gap(lines, OPERATING, SPENDING)
    _set(lines, OPERATING, SPENDING, "023", savings)
    _set(lines, INVESTMENT, INCOME, "021", savings)
    _set(lines, INVESTMENT, INCOME, "1641", _gap(lines, INVESTMENT, INCOME))
    return tuple(lines)


def total(year: int, section: str, sense: str, chapter: str | None = None) -> int:
    """Proposed credits in euros of a section, or of one of its chapters."""
    return sum(
        line.proposed
        for line in budget_lines(year)
        if (line.section, line.sense) == (section, sense) and chapter in (None, line.chapter)
    )


def amount(year: int, section: str, sense: str, article: str) -> int:
    """Proposed credits in euros of one article, over all its lines."""
    return sum(
        line.proposed
        for line in budget_lines(year)
        if (line.section, line.sense, line.article) == (section, sense, article)
    )
