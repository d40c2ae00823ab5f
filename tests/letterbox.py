"""What the server has written to somebody: read in its outbox, before the worker sends it."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import msgspec
from sqlalchemy import select

from cartable.mail.actions.write import place_of
from cartable.mail.letters import Letter
from cartable.mail.tables import Mail
from cartable.runtime import Runtime


async def letters(runtime: Runtime, to: str) -> list[Letter]:
    """Letters that wait for an address, oldest first."""
    async with runtime.reading() as db:
        rows = list(
            await db.scalars(
                select(Mail)
                .where(Mail.recipient == to, Mail.sealed.is_not(None))
                .order_by(Mail.created_at, Mail.id)
            )
        )
    return [
        msgspec.json.decode(runtime.master_key.open(row.sealed, place_of(row.id)), type=Letter)
        for row in rows
        if row.sealed is not None
    ]


async def invitation_of(runtime: Runtime, to: str) -> str:
    """The secret of the last invitation sent to an address."""
    return secret_of((await letters(runtime, to))[-1].text)


def secret_of(text: str) -> str:
    """What follows the `#` of the link in a text."""
    found = re.search(r"https?://\S+#(\S+)", text)
    assert found, text
    return found[1]


def written(folder: Path, to: str) -> list[EmailMessage]:
    """Messages that the worker wrote to files for an address, oldest first."""
    read = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]
    return [one for one in read if isinstance(one, EmailMessage) and to in str(one["to"])]
