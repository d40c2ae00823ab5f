"""Tablets: the real TypeScript core and store in a Node process, asked one JSON line at a time."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from cartable.settings import ROOT

FRONTEND = ROOT / "frontend"
_DECODE = msgspec.json.Decoder()


@dataclass(frozen=True)
class Patch:
    """A passage of the interface's sources replaced by another, for a planted defect."""

    file: str
    was: str
    becomes: str


def bundle(out: Path, patches: tuple[Patch, ...] = ()) -> Path:
    """One file for Node from the interface's own sources."""
    given = [{"file": p.file, "from": p.was, "to": p.becomes} for p in patches]
    subprocess.run(
        ["node", "tools/bundle-tablets.js", str(out)],
        cwd=FRONTEND,
        input=json.dumps(given).encode(),
        check=True,
    )
    return out


class Answer(msgspec.Struct):
    """What a line changed: requests sent, tablets wiped, tabs alive, and the tablet's disk."""

    result: Any
    asked: list[dict[str, Any]]
    wipes: list[str]
    errors: list[str]
    alive: list[str]
    disk: dict[str, Any] | None


class Child:
    """The Node process. Every call waits until nothing moves any more in it."""

    def __init__(self, script: Path) -> None:
        self._process = subprocess.Popen(
            ["node", "--max-semi-space-size=32", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._encode = msgspec.json.Encoder()
        self._answer = msgspec.json.Decoder(Answer)

    def call(self, what: str, now: int = 0, **given: Any) -> Answer:
        """One line there, one line back. `now` is the tablet's own clock, in milliseconds."""
        line = {"do": what, "now": now, "device": "", "tab": "", **given}
        into, out = self._process.stdin, self._process.stdout
        assert into
        assert out
        into.write(self._encode.encode(line) + b"\n")
        into.flush()
        answer = self._answer.decode(out.readline())
        if answer.errors:
            raise TabletBroke("\n".join(answer.errors))
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(10)


class TabletBroke(AssertionError):
    """The tablet's own code threw where nothing should."""


@dataclass
class Tablet:
    """One installation of the application: what its disk holds, and who is signed in on it.

    `skew` is how wrong its clock is (milliseconds). `tabs` are those open on it. `field` is a note
    that somebody is changing on its screen. `is_lost`: nobody signs in on it again.
    """

    name: str
    member: str
    token: str = ""
    device_id: Any = None
    skew: int = 0
    tabs: list[str] = field(default_factory=list)
    rows: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    outbox: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    mark: dict[str, Any] | None = None
    field: Any = None
    is_lost: bool = False

    @property
    def holds(self) -> set[str]:
        """Mids of which this tablet has a copy."""
        return {*self.outbox, *self.sent}
