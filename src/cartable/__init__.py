"""Cartable, the open digital briefcase of elected officials: the server."""
