"""Background work of notifications."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from cartable.notifications.actions.deliver import Line
from cartable.notifications.actions.deliver import deliver as deliver_line
from cartable.runtime import Runtime


async def deliver(runtime: Runtime, body: Mapping[str, Any]) -> None:
    """`notifications.push`: body is a `Line`."""
    await deliver_line(runtime, msgspec.convert(body, Line), datetime.now(UTC))
