"""The host at the terminal of its server: authorities, operators, the journal verified."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.cast import Cast
from tests.lines import host_lines
from tests.world import World, good

from cartable.audit.tables import AuditEvent, HostEvent
from cartable.authorities.tables import Authority
from cartable.cli import _parser
from cartable.hosting.terminal import DEEDS
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
TOWN = "Commune de Saint-Aubin-le-Val"


async def typed(runtime: Runtime, *words: str) -> tuple[int, str]:
    """Type a command: its exit status, and what it says."""
    chosen = _parser().parse_args(words)
    status, said = await DEEDS[chosen.command, getattr(chosen, "what", "")](runtime, chosen)
    return status, "\n".join(said)


async def test_an_authority_is_opened_limited_suspended_and_opened_again(
    cast: Cast, runtime: Runtime
) -> None:
    person = ("--first-name", "Ada", "--last-name", "Noir", "--email", "ada@rivet.example")
    assert (await typed(runtime, "authority", "create", "--name", "Le\nRivet", *person))[0] == 2
    status, said = await typed(runtime, "authority", "create", "--name", "Le Rivet", *person)
    assert (status, "Le Rivet est ouverte" in said) == (0, True)
    found, link = re.search(r"\(([0-9a-f-]{36})\)", said), re.search(r"/invitation#(\S+)", said)
    assert found
    assert link
    ada = await cast.accept("ada@rivet.example", secret=link[1])
    path = f"/api/authorities/{found[1]}"
    assert good(await ada.get(f"{path}/members"))[0]["roles"] == ["admin"]

    quota = ("authority", "quota", "Le Rivet", "--megabytes", "500", "--members", "1")
    assert (await typed(runtime, *quota))[0] == 0
    told = {line.partition("  ")[0]: line for line in
            (await typed(runtime, "authority", "list"))[1].splitlines()}  # fmt: skip
    assert set(told) == {found[1], str(cast.town.id), str(cast.other.id)}
    assert told[found[1]].endswith("Le Rivet : ouverte, 1 membre sur 1, 0 Mo sur 500")
    full = await ada.post(f"{path}/members", {
        "first_name": "Zoé", "last_name": "Petit", "email": "zoe@rivet.example",
        "roles": ["councillor"],
    })  # fmt: skip
    assert full.json()["code"] == "quota_exceeded"
    assert (await typed(runtime, *quota[:3], "--members", "0"))[0] == 2

    closing = ("authority", "suspend", found[1], "--reason", "Fin du contrat")
    assert (await typed(runtime, *closing))[0] == 0
    assert (await ada.get(f"{path}/members")).json()["code"] == "authority_suspended"
    assert "Le Rivet : suspendue" in (await typed(runtime, "authority", "list"))[1]
    assert (await typed(runtime, "authority", "reopen", "Le Rivet"))[0] == 0
    good(await ada.get(f"{path}/members"))
    async with runtime.reading() as db:
        about = HostEvent.subject_id == UUID(found[1])
        lines = await db.scalars(select(HostEvent.event).where(about))
        assert set(lines) >= {
            "authority.founded", "authority.quota_changed", "authority.suspended",
            "authority.reopened",
        }  # fmt: skip


async def test_what_is_shown_of_an_authority_counts_and_names_nothing(
    cast: Cast, runtime: Runtime
) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    await world.item()
    status, said = await typed(runtime, "authority", "show", TOWN)
    assert status == 0
    assert f"{cast.town.id}  {TOWN} : ouverte, 6 membres" in said
    assert "Administrations : 1\n" in said
    assert "Séances en brouillon : 1\n" in said
    assert not re.search("budget|nom-|@|council", said, re.IGNORECASE)


@pytest.mark.parametrize("what", ["show", "suspend", "reopen", "quota"])
async def test_a_name_that_nobody_or_several_bear_is_not_guessed(
    cast: Cast, runtime: Runtime, what: str
) -> None:
    assert (await typed(runtime, "authority", what, "Nulle part"))[0] == 2
    async with runtime.writing() as db:
        await db.execute(update(Authority).values(name="Même nom"))
    assert (await typed(runtime, "authority", what, "Même nom"))[0] == 2
    assert (await cast.claire.get(f"{cast.town.path}/sync/head")).status_code == 200


async def test_an_operator_is_named_and_dismissed(cast: Cast, runtime: Runtime) -> None:
    hosting = "/api/hosting/authorities"
    assert (await cast.daniel.get(hosting)).status_code == 404
    assert (await typed(runtime, "operator", "daniel@breuil.example"))[0] == 0
    assert len(good(await cast.daniel.get(hosting))) == 2
    assert (await typed(runtime, "operator", "daniel@breuil.example", "--remove"))[0] == 0
    assert (await cast.daniel.get(hosting)).status_code == 404
    assert (await typed(runtime, "operator", "nobody@breuil.example"))[0] == 2
    lines = ["operator.named", "operator.dismissed"]
    assert await host_lines(runtime, *lines) == lines


async def test_the_journal_is_verified_and_an_altered_line_is_told(
    cast: Cast, runtime: Runtime
) -> None:
    status, said = await typed(runtime, "audit", "checkpoint")
    assert (status, "Points de contrôle signés : 3" in said) == (0, True)
    status, said = await typed(runtime, "audit", "verify")
    assert status == 0
    assert [line[:1] for line in said.splitlines()] == ["✓", "✓", "✓"], said
    async with runtime.writing(cast.town.id) as db:
        altered = AuditEvent.authority_id == cast.town.id, AuditEvent.position == 3
        await db.execute(update(AuditEvent).where(*altered).values(event="member.removed"))
    status, said = await typed(runtime, "audit", "verify")
    assert status == 1
    assert f"✗ {TOWN} : ligne 3, elle a été changée." in said
    assert f"✓ {cast.other.name}" in said
    assert (await typed(runtime, "audit", "verify", "--authority", cast.other.name))[0] == 0
    assert (await typed(runtime, "audit", "verify", "--authority", TOWN))[0] == 1
    assert (await typed(runtime, "audit", "verify", "--authority", "Nulle part"))[0] == 2
    assert "BEGIN PUBLIC KEY" in (await typed(runtime, "audit", "public-key"))[1]
