"""The register as it is shown, and as a file."""

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.authorities.access import settings_of
from cartable.authorities.tables import Authority
from cartable.database import Table
from cartable.personal.register import ACTIVITIES, MEASURES, Held
from cartable.personal.rules import NOTES_KEPT_DAYS
from cartable.personal.shapes import Register, RegisterActivity, RegisterEntry
from cartable.personal.tables import LegalNotice
from cartable.sealing import Sealed


async def register_of(db: AsyncSession, actor: Actor) -> Register:
    """The register of an authority, with its own days and its own officer."""
    authority = await db.get_one(Authority, actor.authority_id)
    kept = (await settings_of(db, actor.authority_id)).notes_kept_days
    notice = await db.get(LegalNotice, actor.authority_id)
    return _register(authority.name, notice.dpo if notice else "", kept)


def as_markdown(register: Register | None = None) -> str:
    """The register as a text that opens anywhere."""
    register = register or _register("", "", NOTES_KEPT_DAYS)
    lines = [f"# Registre des traitements {register.authority_name}".rstrip()]
    if register.dpo:
        lines += ["", f"Délégué à la protection des données : {register.dpo}"]
    for one in register.activities:
        lines += [
            "",
            f"## {one.title}",
            "",
            f"- Finalité : {one.purpose}",
            f"- Base légale : {one.legal_basis}",
            f"- Destinataires : {one.recipients}",
            "",
            "| données | personnes | sensibles | chiffrées | conservation | où |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_line(entry) for entry in one.entries]
    lines += ["", "## Mesures de sécurité", "", *(f"- {one}" for one in register.security)]
    return "\n".join(lines) + "\n"


def _line(entry: RegisterEntry) -> str:
    marks = ("oui" if mark else "non" for mark in (entry.is_sensitive, entry.is_sealed))
    cells = (entry.category, entry.people, *marks, entry.retention, ", ".join(entry.columns))
    return f"| {' | '.join(cells)} |"


def _register(name: str, dpo: str, notes_kept_days: int) -> Register:
    return Register(
        authority_name=name,
        dpo=dpo,
        security=list(MEASURES),
        activities=[
            RegisterActivity(
                title=one.title,
                purpose=one.purpose,
                legal_basis=one.legal_basis,
                recipients=one.recipients,
                entries=[_entry(held, notes_kept_days) for held in one.held],
            )
            for one in ACTIVITIES
        ],
    )


def _entry(held: Held, notes_kept_days: int) -> RegisterEntry:
    columns = Table.metadata.tables[held.table].c
    return RegisterEntry(
        category=held.category,
        people=held.people,
        columns=[f"{held.table}.{name}" for name in held.columns],
        retention=held.retention.said(notes_kept_days),
        is_sensitive=held.is_sensitive,
        is_sealed=any(isinstance(columns[name].type, Sealed) for name in held.columns),
    )
