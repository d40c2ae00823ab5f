"""Tablets that push over HTTP, for ever and whatever happens, to a server that is being killed."""

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from cartable.database import uuid7
from tests.cast import HEADERS, PASSWORD

CROWDED = 200
"""Mutations that wait: enough to load a server that has just come back."""


@dataclass
class Pusher:
    """One signed-in device: what it wrote and what of it was acknowledged by a pull."""

    base: str
    path: str
    email: str
    document: dict[str, Any]
    seed: int
    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    answered: dict[str, str] = field(default_factory=dict)
    failures: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._http = httpx.Client(base_url=self.base, headers=HEADERS, timeout=10)
        self._cursor: str | None = None
        self._epoch: str | None = None

    def sign_in(self) -> None:
        """Once, while the server is up."""
        said = {"email": self.email, "password": PASSWORD}
        self._http.post("/api/sign-in", json=said).raise_for_status()

    def work(self, stop: threading.Event) -> None:
        """Write, push, pull, until told to stop; failures are tried again."""
        while not stop.is_set():
            if len(self.waiting) < CROWDED:
                self._write()
            try:
                self.round()
            except httpx.HTTPError:
                self.failures += 1
                time.sleep(0.05)

    def finish(self) -> None:
        """Everything that waits is pushed and acknowledged."""
        for _ in range(100):
            self.round()
            if not self.waiting:
                return
        raise AssertionError(f"{len(self.waiting)} mutations are never acknowledged")

    def round(self) -> None:
        """One push of what waits, one pull that acknowledges."""
        if self._epoch is not None and self.waiting:
            batch = self.waiting[: self._chance.choice([1, 5, 50])]
            body = {"epoch": self._epoch, "mutations": batch}
            pushed = self._http.post(f"{self.path}/sync/push", json=body)
            pushed.raise_for_status()
            for one in pushed.json()["outcomes"]:
                before = self.answered.setdefault(one["mid"], one["outcome"])
                assert before == one["outcome"], "an outcome that changes"
        holding = [one["mid"] for one in self.waiting]
        asked = {"cursor": self._cursor, "holding": holding}
        answer = self._http.post(f"{self.path}/sync/pull", json=asked)
        answer.raise_for_status()
        pulled = answer.json()
        self._cursor, self._epoch = pulled["cursor"], pulled["epoch"]
        held = set(pulled["held"])
        self.acknowledged |= held
        self.waiting = [one for one in self.waiting if one["mid"] not in held]

    def _write(self) -> None:
        for _ in range(self._chance.choice([1, 1, 3, 10])):
            name, body = self._drawn()
            mutation = {
                "mid": str(uuid7()), "name": name, "version": 1, "entity": str(uuid.uuid4()),
                "base": 0, "at": "2026-11-21T10:00:00Z", "body": body,
            }  # fmt: skip
            self.written[mutation["mid"]] = mutation
            self.waiting.append(mutation)

    def _drawn(self) -> tuple[str, dict[str, Any]]:
        if self._chance.random() < 0.2:
            answer = self._chance.choice(["present", "absent", "excused"])
            return "answer_call", {"sitting_id": self.document["sitting"], "answer": answer}
        mark = {"kind": "note", "colour": "yellow", "text": f"mot {len(self.written)}"}
        where = {name: self.document[name] for name in ("document_id", "sha256")}
        return "put_annotation", {**where, "page": 1, "mark": mark}
