"""What a count may tell.

Counts come from members, devices, sittings, pieces and acts of answering. Never from notes,
intentions or readings: these are private, and no sum of them is shown either.
"""

SMALLEST_GROUP = 5
"""What depends on what people did is told of a group of at least so many: under it, a count comes
close to saying who (the threshold of French public statistics is often higher, for finer data)."""


def told(count: int, group: int) -> int | None:
    """The count of those who did something among a group, or None when the group is too small."""
    return count if group >= SMALLEST_GROUP else None
