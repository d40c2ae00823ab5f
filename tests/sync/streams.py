"""The reader of a stream of hints: what an EventSource gets, straight from the application."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from tests.cast import Person

SOON = 30.0
"""Seconds within which what must come comes, on a machine that is slow or busy."""


class Reader:
    """One open stream. `takes` is cleared to read nothing more, as a tablet that went to sleep."""

    def __init__(self, person: Person, query: str = "") -> None:
        cookies = "; ".join(f"{each.name}={each.value}" for each in person.http.cookies.jar)
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/api/sync/hints",
            "raw_path": b"/api/sync/hints",
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"cartable.test"), (b"cookie", cookies.encode())],
            "client": ("127.0.0.1", 1),
            "server": ("cartable.test", 80),
            "state": {},
        }
        self.status, self.headers, self.body = 0, dict[str, str](), b""
        self.over = asyncio.Event()
        self.takes = asyncio.Event()
        self.takes.set()
        self.came = asyncio.Event()
        self._leave = asyncio.Event()
        self._texts: asyncio.Queue[str] = asyncio.Queue()
        self._asked = False

    async def receive(self) -> dict[str, Any]:
        """What a server tells the application."""
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """What the application answers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {n.decode().lower(): v.decode() for n, v in message["headers"]}
            return
        await self.takes.wait()
        text = message.get("body", b"").decode()
        self.body += text.encode()
        for block in text.split("\n\n"):
            if block:
                self._texts.put_nowait(block)
        if not message.get("more_body", False):
            self.over.set()
        self.came.set()

    async def block(self, seconds: float = SOON) -> str:
        """The next block of lines."""
        async with asyncio.timeout(seconds):
            return await self._texts.get()

    async def hint(self, seconds: float = SOON) -> tuple[UUID, int]:
        """The next hint, whatever stands between."""
        async with asyncio.timeout(seconds):
            while True:
                block = await self._texts.get()
                if block.startswith("data: "):
                    told = json.loads(block.removeprefix("data: "))
                    return UUID(told["authority"]), told["seq"]

    async def nothing(self, seconds: float = 0.6) -> None:
        """No hint comes."""
        with suppress(TimeoutError):
            raise AssertionError(f"a hint came: {await self.hint(seconds)}")

    async def heads(self, count: int) -> dict[UUID, int]:
        """The first hints: the heads as they are."""
        return dict([await self.hint() for _ in range(count)])

    async def ends(self, seconds: float = SOON) -> None:
        """The server ends the stream, as it should."""
        async with asyncio.timeout(seconds):
            await self.over.wait()

    def leave(self) -> None:
        """The reader closes the connection."""
        self._leave.set()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(int(SOON / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be so")


@asynccontextmanager
async def reading(app: Any, person: Person, query: str = "") -> AsyncIterator[Reader]:
    """A stream that is open, once its answer began; left at the end."""
    reader = Reader(person, query)
    task = asyncio.create_task(app(reader.scope, reader.receive, reader.send))
    try:
        async with asyncio.timeout(SOON):
            await reader.came.wait()
        yield reader
    finally:
        reader.takes.set()
        reader.leave()
        async with asyncio.timeout(SOON):
            await task
