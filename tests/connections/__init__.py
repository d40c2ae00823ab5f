"""Connections: providers of identity, right and wrong."""
