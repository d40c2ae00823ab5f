"""Pieces, their versions, what was read in them, and their bytes."""
