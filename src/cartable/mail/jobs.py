"""Background work of mail."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cartable.mail.actions import deliver as deed
from cartable.runtime import Runtime


async def deliver(runtime: Runtime, body: Mapping[str, Any]) -> None:
    """`mail.send`: body names the message."""
    await deed.deliver(runtime, UUID(body["mail_id"]), datetime.now(UTC))


async def give_up(runtime: Runtime, body: Mapping[str, Any]) -> None:
    """`mail.send.given_up`: eight tries failed."""
    await deed.give_up(runtime, UUID(body["mail_id"]), datetime.now(UTC))
