"""The call of a sitting."""
