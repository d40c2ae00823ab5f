"""The clerk's deeds on sittings and their agenda."""
