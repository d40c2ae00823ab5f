"""The host's deeds at the terminal: `cartable authority | operator | way-in | audit …`."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from cartable.accounts.rules import LastWayIn
from cartable.audit import checkpoints
from cartable.audit.signing import sign_chains, signing_key
from cartable.audit.verification import Reason, Verdict, verify
from cartable.authorities.rules import AuthoritySuspended
from cartable.authorities.tables import Authority
from cartable.errors import NotFound
from cartable.hosting import actions
from cartable.hosting.actions import Operator
from cartable.hosting.measures import hosted_authorities, support_view
from cartable.hosting.rules import QuotaInvalid
from cartable.hosting.shapes import HostedAuthority, NewAuthority, Quota
from cartable.hosting.ways_in import reset_ways_in
from cartable.members.rules import InvalidEmail
from cartable.runtime import Runtime
from cartable.sealing import public_key_file

Said = tuple[int, list[str]]
"""Exit status, and sentences for the person at the terminal."""

UNKNOWN = (2, ["Aucune collectivité n’a ce nom ni ce numéro : voir « cartable authority list »."])

WRONG: dict[Reason, str] = {
    "missing": "une ligne manque ou a été ajoutée ici",
    "moved": "elle ne suit pas la ligne d’avant",
    "changed": "elle a été changée",
    "payload": "ses détails ont été échangés ou changés",
    "rebuilt": "elle n’est pas celle que le point de contrôle signé connaît",
    "cut": "la fin a été coupée : un point de contrôle signé connaît des lignes au-delà",
    "forged": "un point de contrôle n’est pas signé par la clé de ce serveur",
}


async def _find(runtime: Runtime, given: str) -> UUID | None:
    """The authority of an id, or of a name that only one bears."""
    async with runtime.reading() as db:
        rows = (await db.execute(select(Authority.id, Authority.name))).all()
    same = [row.id for row in rows if given in (str(row.id), row.name)]
    return same[0] if len(same) == 1 else None


async def _authorities(runtime: Runtime) -> dict[UUID, str]:
    async with runtime.reading() as db:
        rows = await db.execute(select(Authority.id, Authority.name).order_by(Authority.name))
        return {row.id: row.name for row in rows}


async def list_authorities(runtime: Runtime, _chosen: argparse.Namespace) -> Said:
    """One line each."""
    return 0, [_in_words(one) for one in await hosted_authorities(runtime)] or ["Aucune."]


def _in_words(one: HostedAuthority) -> str:
    members = f"{one.members} membre{'s' if one.members > 1 else ''}"
    if one.members_allowed:
        members += f" sur {one.members_allowed}"
    size = f"{one.bytes_stored / 1_000_000:.0f} Mo"
    if one.megabytes_allowed:
        size += f" sur {one.megabytes_allowed}"
    state = "suspendue" if one.suspended_at else "ouverte"
    return f"{one.id}  {one.name} : {state}, {members}, {size}"


async def show_authority(runtime: Runtime, chosen: argparse.Namespace) -> Said:
    """What helps somebody who calls: counts and states, nothing that anybody wrote."""
    found = await _find(runtime, chosen.authority)
    if found is None:
        return UNKNOWN
    view = await support_view(runtime, found)
    last = f"{view.last_deed_at:%d/%m/%Y %H:%M} (UTC)" if view.last_deed_at else "aucun"
    counts = {
        "Administrations": view.administrators,
        "Invitations en attente": view.members_invited,
        "Jamais venus": view.members_never_seen,
        "Appareils connectés": view.devices,
        "Séances en brouillon": view.sittings_draft,
        "Séances convoquées": view.sittings_called,
        "Pièces": view.pieces,
        "Pièces en cours de lecture": view.pieces_checking,
        "Fichiers refusés": view.pieces_refused,
        "Lignes du journal": view.journal_lines,
        "Dernier acte": last,
    }
    return 0, [_in_words(view.authority), *(f"  {name} : {n}" for name, n in counts.items())]


async def create_authority(runtime: Runtime, chosen: argparse.Namespace) -> Said:
    """Open one, and say the link of its first administrator."""
    fields = ("name", "kind", "siren", "first_name", "last_name", "email")
    now = datetime.now(UTC)
    try:
        new = msgspec.convert({name: getattr(chosen, name) for name in fields}, NewAuthority)
        async with runtime.writing() as db:
            founded = await actions.open_authority(
                db, runtime.master_key, Operator(), new, now, by_mail=False
            )
    except (InvalidEmail, msgspec.ValidationError):
        return 2, ["Il faut des noms d’une ligne et une adresse électronique complète."]
    return 0, [
        f"{new.name} est ouverte ({founded.authority_id}).",
        f"{new.email} entre par ce lien, valable 72 heures : {founded.invitation}",
    ]


async def suspend(runtime: Runtime, chosen: argparse.Namespace) -> Said:
    """Close one."""
    found = await _find(runtime, chosen.authority)
    if found is None:
        return UNKNOWN
    async with runtime.writing() as db:
        now = datetime.now(UTC)
        await actions.suspend_authority(db, Operator(), found, chosen.reason or "", now)
    return 0, ["Suspendue. Les tablettes gardent leurs papiers, lisibles hors ligne."]


async def reopen(runtime: Runtime, chosen: argparse.Namespace) -> Said:
    """Open one again."""
    found = await _find(runtime, chosen.authority)
    if found is None:
        return UNKNOWN
    async with runtime.writing() as db:
        await actions.reopen_authority(db, Operator(), found)
    return 0, ["Ouverte de nouveau."]


async def set_quota(runtime: Runtime, chosen: argparse.Namespace) -> Said:
    """What one may hold; what is not given has no limit."""
    found = await _find(runtime, chosen.authority)
    if found is None:
        return UNKNOWN
    quota = Quota(megabytes=chosen.megabytes, members=chosen.members)
    try:
        async with runtime.writing() as db:
            await actions.set_quota(db, Operator(), found, quota)
    except QuotaInvalid:
        return 2, ["Une limite est un nombre entre 1 et 10 000 000."]
    return 0, ["Limites changées. Ce qui est déjà là reste."]


async def name_operator(runtime: Runtime, chosen: argparse.Namespace) -> Said:
    """Let somebody run the host, or no more."""
    try:
        async with runtime.writing() as db:
            await actions.name_operator(db, chosen.email, to_operator=not chosen.remove)
    except NotFound:
        return 2, ["Personne ne se connecte avec cette adresse."]
    if chosen.remove:
        return 0, [f"{chosen.email} ne gère plus l’hébergement."]
    return 0, [f"{chosen.email} gère l’hébergement, à l’adresse {runtime.settings.address}"
               "/hebergement"]  # fmt: skip


async def reset_way_in(runtime: Runtime, chosen: argparse.Namespace) -> Said:
    """Let somebody who lost every way in come back."""
    try:
        async with runtime.writing() as db:
            now = datetime.now(UTC)
            link = await reset_ways_in(db, runtime.master_key, chosen.email, now)
    except NotFound:
        return 2, ["Personne ne se connecte avec cette adresse."]
    except AuthoritySuspended:
        return 2, ["Aucune de ses collectivités n’est ouverte : un lien ne mènerait nulle part.",
                   "Rien n’a été retiré. Rouvrez-la : « cartable authority reopen »."]  # fmt: skip
    except LastWayIn:
        return 2, ["Sans collectivité ni mot de passe, plus rien ne lui permettrait d’entrer.",
                   "Rien n’a été retiré. « cartable operator » confie l’hébergement à un autre "
                   "compte."]  # fmt: skip
    said = ["Clés d’accès, codes, services d’identification, liens en attente et appareils "
            "connectés sont retirés ; un courriel le lui dit."]  # fmt: skip
    if link is None:
        return 0, [*said, "Sans collectivité, il ne lui reste que son mot de passe."]
    return 0, [
        *said,
        f"{chosen.email} entre par ce lien, une seule fois, dans les 72 heures : {link}",
        "Il ne sera plus montré : remettez-le en main propre ou par un canal sûr.",
    ]


async def verify_chains(runtime: Runtime, chosen: argparse.Namespace) -> Said:
    """Recompute the chain of one authority, or all of them and the host's."""
    names = await _authorities(runtime)
    wanted: list[tuple[UUID | None, str]] = [*names.items(), (None, "Comptes et appareils")]
    if chosen.authority:
        found = await _find(runtime, chosen.authority)
        if found is None:
            return UNKNOWN
        wanted = [(found, names[found])]
    known = await asyncio.to_thread(checkpoints.read, runtime.settings.checkpoints)
    public = signing_key(runtime).public
    status, said = 0, []
    for authority_id, name in wanted:
        async with runtime.reading(authority_id) as db:
            verdict = await verify(db, authority_id, known, public)
        status = status or int(verdict.broken is not None)
        said += _verdict(name, verdict)
    return status, said


def _verdict(name: str, verdict: Verdict) -> list[str]:
    if verdict.broken is not None:
        first = f"✗ {name} : ligne {verdict.broken.position}, {WRONG[verdict.broken.reason]}."
    else:
        first = f"✓ {name} : {verdict.lines} lignes intactes, signées jusqu’à la ligne "
        first += f"{verdict.signed_to}."
    said = [first]
    if verdict.erased:
        said.append(f"  {verdict.erased} lignes ont perdu leurs détails, effacés sur demande.")
    said += [
        f"  Lignes {gap.first} à {gap.last} perdues avec une sauvegarde remise en place ({gap.at})."
        for gap in verdict.gaps
    ]
    return said


async def checkpoint(runtime: Runtime, _chosen: argparse.Namespace) -> Said:
    """Sign every chain that grew."""
    made = await sign_chains(runtime, list(await _authorities(runtime)), datetime.now(UTC))
    return 0, [f"Points de contrôle signés : {len(made)} ({runtime.settings.checkpoints})."]


async def public_key(runtime: Runtime, _chosen: argparse.Namespace) -> Said:
    """The key that verifies checkpoints, for whoever audits."""
    return 0, [public_key_file(signing_key(runtime).public).strip()]


Deed = Callable[[Runtime, argparse.Namespace], Awaitable[Said]]

DEEDS: dict[tuple[str, str], Deed] = {
    ("authority", "list"): list_authorities,
    ("authority", "show"): show_authority,
    ("authority", "create"): create_authority,
    ("authority", "suspend"): suspend,
    ("authority", "reopen"): reopen,
    ("authority", "quota"): set_quota,
    ("audit", "verify"): verify_chains,
    ("audit", "checkpoint"): checkpoint,
    ("audit", "public-key"): public_key,
    ("operator", ""): name_operator,
    ("way-in", ""): reset_way_in,
}
"""By command and what it is asked to do."""
