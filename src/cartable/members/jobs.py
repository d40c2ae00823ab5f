"""Background work of members."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cartable.members.actions import links
from cartable.runtime import Runtime


async def send_link(runtime: Runtime, body: Mapping[str, Any]) -> None:
    """`members.link_asked`: body is sealed."""
    await links.send_link(runtime, body, datetime.now(UTC))
