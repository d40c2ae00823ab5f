"""Counts of tests over several runners, and the lines that tell a person about them."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Counts:
    """Numbers of tests of one run."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_junit(report: Path, status: int) -> Counts:
    """Count the cases of a JUnit report written by pytest or vitest, whose exit status is given.

    A run that ended badly without naming a failed case (a crash, a refused option, an error
    outside any test, no test at all) is one failure: it must never look green.
    """
    counts = Counts()
    try:
        cases = list(ET.parse(report).iter("testcase"))
    except (FileNotFoundError, ET.ParseError):
        cases = []
    for case in cases:
        if case.find("failure") is not None or case.find("error") is not None:
            counts += Counts(failed=1)
        elif case.find("skipped") is not None:
            counts += Counts(skipped=1)
        else:
            counts += Counts(passed=1)
    if counts.failed == 0 and (status != 0 or not cases):
        counts += Counts(failed=1)
    return counts


@dataclass
class Tally:
    """Everything counted so far, by section, in the order it was run."""

    strict: bool
    """On the integration server: what cannot be run is a failure, not a skip."""
    sections: list[tuple[str, Counts, float]] = field(default_factory=list)

    def add(self, name: str, counts: Counts, seconds: float = 0.0) -> None:
        """Record a section and print its line."""
        self.sections.append((name, counts, seconds))
        mark = "FAIL" if counts.failed else "ok  " if counts.passed else "skip"
        print(f"{mark} {name}: {counts}  ({seconds:.1f} s)", flush=True)

    def cannot(self, name: str, why: str) -> None:
        """Record a section that this machine cannot run."""
        print(f"{name} cannot be run here. {why}", flush=True)
        self.add(name, Counts(failed=1) if self.strict else Counts(skipped=1))

    @property
    def total(self) -> Counts:
        return sum((counts for _, counts, _ in self.sections), Counts())

    def table(self) -> str:
        """One line per section: seconds, counts, name."""
        return "\n".join(
            f"{seconds:8.1f} s  {counts!s:40}  {name}" for name, counts, seconds in self.sections
        )
