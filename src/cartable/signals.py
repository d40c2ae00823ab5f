"""Hearing that the process is asked to stop, beside whoever serves it.

A server waits for the answers under way before it ends the application: one that never ends would
make it wait for ever.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType


@contextmanager
def on_stop(deed: Callable[[], None]) -> Iterator[None]:
    """While the block lasts, SIGINT and SIGTERM also do `deed`, in the running loop.

    What was to happen still does: a loop's own handlers are woken by the interpreter itself
    (`signal.set_wakeup_fd`), and a handler that was set before is called.
    """
    if current_thread() is not main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def hear(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(deed)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)
        elif handler is signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    for number in before:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
