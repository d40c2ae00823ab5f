"""The table of OWASP ASVS 5.0.0, levels 1 and 2: whole, honest, and its evidence there.

`asvs-5.0-l2.csv`: requirement, in our own words; state; evidence (a test, or a file); reason.
"""

import ast
import csv
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("asvs-5.0-l2.csv")
STATES = {"met", "partial", "missing", "not_applicable"}
LEVELS = {"1": 70, "2": 183}
"""Requirements of each level in OWASP's own list of 5.0.0."""
CHAPTERS = 17
MISSING_AT_MOST = 1
PARTIAL_AT_MOST = 15
"""Ceilings that only go down."""
PROVES_ITSELF = (".md", ".test.ts")
"""Endings of what says by itself how a requirement is met, as all of `tests/` does: documents that
people read, tests of the interface. Why a source file would, somebody must say."""


def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _speaks(row: dict[str, str]) -> bool:
    """Whether somebody who reads the row knows why it is believed."""
    path = row["evidence"].partition("::")[0]
    return bool(row["reason"]) or path.startswith("tests/") or path.endswith(PROVES_ITSELF)


def _is_there(evidence: str) -> bool:
    path, _, name = evidence.partition("::")
    file = ROOT / path
    if not name or not file.is_file():
        return file.is_file() and not name
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        for node in tree.body
    )


def test_every_requirement_is_there_once() -> None:
    rows = _rows()
    assert Counter(row["level"] for row in rows) == LEVELS
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["id"].split(".")[0] for row in rows} == {f"V{n}" for n in range(1, CHAPTERS + 1)}
    for row in rows:
        chapter, section, number = row["id"].removeprefix("V").split(".")
        assert min(int(chapter), int(section), int(number)) >= 1
        assert row["requirement"], row["id"]
        assert row["chapter"], row["id"]


def test_each_says_its_state_with_evidence_or_a_reason() -> None:
    for row in _rows():
        assert row["state"] in STATES, row["id"]
        if row["state"] in ("met", "partial"):
            assert row["evidence"], row["id"]
            assert _speaks(row), f"{row['id']}: how does {row['evidence']} meet it?"
        if row["state"] != "met":
            assert row["reason"], f"{row['id']}: why?"
        if row["evidence"]:
            assert _is_there(row["evidence"]), f"{row['id']}: {row['evidence']} is not there"


def test_what_is_missing_only_goes_down(capsys: pytest.CaptureFixture[str]) -> None:
    counts = Counter(row["state"] for row in _rows())
    with capsys.disabled():
        sys.stdout.write(f"\nASVS 5.0.0 L2: {dict(counts)}\n")
    assert counts["missing"] == MISSING_AT_MOST
    assert counts["partial"] == PARTIAL_AT_MOST


def test_evidence_that_is_not_there_is_found() -> None:
    assert not _is_there("tests/asvs/test_asvs.py::test_that_nobody_wrote")
    assert not _is_there("tests/asvs/nothing.md")
    assert _is_there("tests/asvs/test_asvs.py::test_evidence_that_is_not_there_is_found")


def test_a_source_file_without_a_reason_is_found() -> None:
    row = {"evidence": "src/cartable/web.py", "reason": ""}
    assert not _speaks(row)
    assert _speaks(row | {"reason": "One handler takes what no other did."})
    assert _speaks(row | {"evidence": "frontend/src/accounts/safe-path.test.ts"})
