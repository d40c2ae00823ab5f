"""The deeds of administrators, and how every deed of a member enters its authority."""
