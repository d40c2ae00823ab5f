"""An authority is readable by its members."""

from sqlalchemy import Select, false, select

from cartable.actor import Actor
from cartable.authorities.tables import Authority


def readable_authorities(actor: Actor) -> Select[Authority]:
    """The actor's own authority, nothing once the membership ended."""
    mine = select(Authority).where(Authority.id == actor.authority_id)
    return mine.where(false()) if actor.is_ended else mine
