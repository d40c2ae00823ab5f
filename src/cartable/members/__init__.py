"""Who belongs to an authority: members and their roles, assemblies, seats, political groups."""
