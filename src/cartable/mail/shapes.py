"""Mail on the wire."""

from datetime import datetime
from typing import Literal

import msgspec

MailState = Literal["waiting", "accepted", "refused", "unreached", "written", "too_late"]


class MailFate(msgspec.Struct, kw_only=True):
    """What became of a message. `said`: the words of the mail server, when it refused."""

    state: MailState
    said: str
    at: datetime
