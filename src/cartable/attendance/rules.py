"""Rules of answers to the call."""

from datetime import datetime

from cartable.errors import Conflict


class NotCalled(Conflict):
    """Only those who are called to a sitting answer its call."""


def is_late(starts_at: datetime, received_at: datetime) -> bool:
    """Whether an answer came once the sitting had begun: kept, and marked."""
    return received_at > starts_at
