"""The clerk's deeds on pieces, and what the reading of a file found."""
