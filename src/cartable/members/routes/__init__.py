"""Who I am; members, seats, assemblies and groups of an authority."""

from cartable.members.routes import (
    assemblies,
    devices,
    directory,
    imports,
    invitations,
    links,
    me,
    people,
    seats,
    sender,
    settings,
)

handlers = [
    *me.handlers, *people.handlers, *invitations.handlers, *links.handlers, *seats.handlers,
    *imports.handlers, *assemblies.handlers, *directory.handlers, *settings.handlers,
    *sender.handlers, *devices.handlers,
]  # fmt: skip
