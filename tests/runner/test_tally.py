"""The total that `make test` prints is the truth, whatever a runner does."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.runner.scripts import tally

CASES = """
import pytest

def test_good(): pass
def test_bad(): assert False
@pytest.mark.skip(reason="not today")
def test_left_out(): pass
@pytest.mark.xfail
def test_known(): assert False
@pytest.fixture
def broken():
    yield
    raise RuntimeError
def test_clean_up(broken): pass
"""

VITEST = """<?xml version="1.0" encoding="UTF-8" ?>
<testsuites name="vitest tests" tests="3" failures="1" errors="0" time="0.1">
  <testsuite name="src/a.test.ts" tests="3" failures="1" errors="0" skipped="1" time="0.1">
    <testcase classname="src/a.test.ts" name="adds" time="0.001"></testcase>
    <testcase classname="src/a.test.ts" name="breaks" time="0.001">
      <failure message="no" type="AssertionError">no</failure>
    </testcase>
    <testcase classname="src/a.test.ts" name="waits" time="0"><skipped/></testcase>
  </testsuite>
</testsuites>
"""


@pytest.mark.slow
def test_counts_are_those_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_cases.py").write_text(CASES)
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-c/dev/null", "-pno:cacheprovider", tmp_path]
    done = subprocess.run(
        [*command, f"--junit-xml={report}"], cwd=tmp_path, capture_output=True, check=False
    )
    counts = tally.read_junit(report, done.returncode)
    assert (counts.passed, counts.failed, counts.skipped) == (1, 2, 2), done.stdout.decode()


def test_counts_are_those_of_vitest(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(VITEST)
    assert str(tally.read_junit(report, 1)) == "1 passed, 1 failed, 1 skipped"


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        pytest.param(None, 139, "0 passed, 1 failed, 0 skipped", id="crash"),
        pytest.param("<testsuites><testsui", 1, "0 passed, 1 failed, 0 skipped", id="half"),
        pytest.param("<testsuites/>", 0, "0 passed, 1 failed, 0 skipped", id="no test at all"),
        pytest.param(
            "<testsuites><testcase/></testsuites>", 1, "1 passed, 1 failed, 0 skipped", id="exit"
        ),
    ],
)
def test_a_run_that_went_wrong_is_never_green(
    tmp_path: Path, text: str | None, status: int, expected: str
) -> None:
    report = tmp_path / "report.xml"
    if text is not None:
        report.write_text(text)
    assert str(tally.read_junit(report, status)) == expected


@pytest.mark.parametrize(("strict", "expected"), [(True, (0, 1, 0)), (False, (0, 0, 1))])
def test_what_cannot_be_run_fails_on_the_integration_server(
    strict: bool, expected: tuple[int, int, int]
) -> None:
    counted = tally.Tally(strict=strict)
    counted.cannot("stories in webkit", "Nobody here may install packages.")
    total = counted.total
    assert (total.passed, total.failed, total.skipped) == expected
