"""Structured logs: one JSON object a line on the standard error, without personal data.

The text of an exception may quote what was typed or stored: a log keeps its kind and its place.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import msgspec

request_id: ContextVar[str] = ContextVar("request_id")
"""The request that this task serves: each of its lines bears it."""

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Time, level, logger, message, then what the caller added."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if serving := request_id.get(""):
            line["request_id"] = serving
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info and (error := record.exc_info[1]):
            line["fault"] = [*_kinds_and_places(error)]
        return msgspec.json.encode(line, enc_hook=str).decode()


def _kinds_and_places(error: BaseException) -> Iterator[str]:
    """The chain of causes, the deepest first: where each was raised, never what it says."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _kinds_and_places(cause)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _kinds_and_places(one)


def set_up_logs(level: str) -> None:
    """Send the logs of this process to the standard error.

    `level` is for our own lines: libraries would say what they write to the database.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("cartable").setLevel(level.upper())
