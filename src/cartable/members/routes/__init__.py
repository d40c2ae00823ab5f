"""Who I am; members, seats, assemblies and groups of an authority."""

from cartable.members.routes import assemblies, me, people

handlers = [*me.handlers, *people.handlers, *assemblies.handlers]
