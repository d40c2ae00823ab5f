"""Sittings, their agenda, their states, and who is called to them."""
