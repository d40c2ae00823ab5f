"""Rules of the host."""

from cartable.errors import Invalid


class QuotaInvalid(Invalid):
    """A quota is at least 1, or none. details: smallest, largest."""


LARGEST_QUOTA = 10_000_000


def check_quota(*given: int | None) -> None:
    """Each limit is absent, or between 1 and ten million.

    Raises:
        QuotaInvalid
    """
    if any(one is not None and not 1 <= one <= LARGEST_QUOTA for one in given):
        raise QuotaInvalid(smallest=1, largest=LARGEST_QUOTA)
