"""Who I am; members, seats, assemblies and groups of an authority."""

from cartable.members.routes import assemblies, devices, me, people

handlers = [*me.handlers, *people.handlers, *assemblies.handlers, *devices.handlers]
