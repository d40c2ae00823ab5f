"""The deeds on one's own data."""
