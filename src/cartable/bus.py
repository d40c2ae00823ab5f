"""Hints inside one process: from a commit to the streams that are open (sync.md, section 8).

A hint says that an authority's number line went on, never what was written. Losing one is
harmless; `Bus.check` finds again what was lost.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import NamedTuple
from uuid import UUID

STREAMS_OF_DEVICE = 4
"""Open at once for one device, the newest: each tab of a browser may have one."""


class Hint(NamedTuple):
    """The authority's numbers from `first` to `seq` were committed.

    `account_id`: the one account that may read their rows, when nobody else may.
    """

    authority_id: UUID
    first: int
    seq: int
    account_id: UUID | None = None


class Listener:
    """One open stream. However slow its reader, one number an authority waits, the last."""

    __slots__ = ("_awake", "_waiting", "account_id", "device_id", "heads", "is_over", "is_replaced")

    def __init__(self, account_id: UUID, device_id: UUID, heads: Mapping[UUID, int]) -> None:
        """`heads`: last number of each authority to follow, as they are when it opens."""
        self.account_id, self.device_id, self.heads = account_id, device_id, heads
        self.is_over = self.is_replaced = False
        self._waiting: dict[UUID, int] = {}
        self._awake = asyncio.Event()

    def tell(self, authority_id: UUID, seq: int) -> None:
        """Keep a hint until the stream takes it."""
        self._waiting[authority_id] = max(seq, self._waiting.get(authority_id, 0))
        self._awake.set()

    def end(self, *, is_replaced: bool = False) -> None:
        """The stream closes as soon as it can."""
        self.is_over, self.is_replaced = True, is_replaced
        self._awake.set()

    async def wait(self, seconds: float) -> dict[UUID, int]:
        """The last number of each authority that went on; nothing when none did in that time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        self._awake.clear()
        told, self._waiting = self._waiting, {}
        return told


class _Line:
    """What was heard of one authority: every number up to `heard`, and some `above`.

    Commits are told after they are made, so the second may be heard before the first.
    """

    __slots__ = ("above", "heard", "listeners")

    def __init__(self, heard: int) -> None:
        self.heard, self.above = heard, set[int]()
        self.listeners: set[Listener] = set()

    @property
    def last(self) -> int:
        """The last number heard."""
        return max(self.above, default=self.heard)

    def hear(self, first: int, seq: int) -> None:
        self.above.update(range(max(first, self.heard + 1), seq + 1))
        self._join()

    def skip_to(self, head: int) -> bool:
        """Whether some number up to `head` was not heard; it counts as heard from now on."""
        if head <= self.heard:
            return False
        self.heard = head
        self.above = {seq for seq in self.above if seq > head}
        self._join()
        return True

    def _join(self) -> None:
        while self.heard + 1 in self.above:
            self.heard += 1
            self.above.remove(self.heard)


class Bus:
    """The streams of one process, by authority. `outlet` is given what this process committed."""

    def __init__(self) -> None:
        self.outlet: Callable[[Hint], None] | None = None
        self._lines: dict[UUID, _Line] = {}
        self._devices: dict[UUID, list[Listener]] = {}
        self._is_closed = False

    @property
    def followed(self) -> list[UUID]:
        """The authorities that somebody follows."""
        return list(self._lines)

    def publish(self, hint: Hint) -> None:
        """Something was committed here."""
        self.hear(hint)
        if self.outlet is not None:
            self.outlet(hint)

    def hear(self, hint: Hint) -> None:
        """Something was committed, here or elsewhere."""
        line = self._lines.get(hint.authority_id)
        if line is None:
            return
        line.hear(hint.first, hint.seq)
        for listener in line.listeners:
            if hint.account_id in (None, listener.account_id):
                listener.tell(hint.authority_id, hint.seq)

    def check(self, heads: Mapping[UUID, int]) -> None:
        """The net: where the database is ahead of what was heard, everybody is told."""
        for authority_id, head in heads.items():
            line = self._lines.get(authority_id)
            if line is not None and line.skip_to(head):
                for listener in line.listeners:
                    listener.tell(authority_id, head)

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """The listener hears while the block lasts."""
        self._join(listener)
        try:
            yield
        finally:
            self._leave(listener)

    def _join(self, listener: Listener) -> None:
        same_device = self._devices.setdefault(listener.device_id, [])
        same_device.append(listener)
        if len(same_device) > STREAMS_OF_DEVICE:
            same_device.pop(0).end(is_replaced=True)
        for authority_id, head in listener.heads.items():
            line = self._lines.setdefault(authority_id, _Line(head))
            line.listeners.add(listener)
            if line.last > head:
                # Committed while this stream was being opened.
                listener.tell(authority_id, line.last)
        if self._is_closed:
            listener.end()

    def _leave(self, listener: Listener) -> None:
        same_device = self._devices.get(listener.device_id, [])
        if listener in same_device:
            same_device.remove(listener)
            if not same_device:
                del self._devices[listener.device_id]
        for authority_id in listener.heads:
            line = self._lines[authority_id]
            line.listeners.remove(listener)
            if not line.listeners:
                del self._lines[authority_id]

    def close(self) -> None:
        """The server stops: every stream ends, and so does one that would still open."""
        self._is_closed = True
        for same_device in self._devices.values():
            for listener in same_device:
                listener.end()
