"""Whoever invites an address learns nothing of its account, and takes nothing from it, before its
owner has accepted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.cast import Cast
from tests.desk import code
from tests.letterbox import invitation_of
from tests.members.test_import import HEADER, preview
from tests.world import good

from cartable.accounts.tables import Account, Device
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
ALICE = "alice@staubin.example"
DANIEL = "daniel@breuil.example"


async def invited(cast: Cast, email: str) -> Any:
    """Saint-Aubin invites an address, which has an account for Le Breuil already."""
    body = {"first_name": "Dan", "last_name": "Inconnu", "email": email, "roles": ["councillor"]}
    return good(await cast.ines.post(f"{cast.town.path}/members", body))


async def test_devices_are_shown_once_accepted(cast: Cast) -> None:
    line = await invited(cast, DANIEL)
    assert (line["last_seen_at"], line["devices"]) == (None, [])
    member = f"{cast.town.path}/members/{line['id']}"
    assert good(await cast.ines.get(f"{member}/devices")) == []
    own = good(await cast.daniel.get("/api/devices/copies"))
    assert {one["authority_id"] for one in own} == {str(cast.other.id)}
    secret = await invitation_of(cast.runtime, DANIEL)
    good(await cast.daniel.post("/api/invitation/accept", {"secret": secret}))
    listed = good(await cast.ines.get(f"{cast.town.path}/members?q={DANIEL}"))
    assert len(listed[0]["devices"]) == len(good(await cast.ines.get(f"{member}/devices"))) == 1


async def test_a_file_tells_nothing_of_anothers_invitation(cast: Cast) -> None:
    """Le Breuil invites Alice, of Saint-Aubin alone: her own administrator still corrects her
    name, and is told of nobody else."""
    body = {"first_name": "A", "last_name": "B", "email": ALICE, "roles": ["councillor"]}
    good(await cast.irma.post(f"{cast.other.path}/members", body))
    shown = await preview(cast, f"{HEADER}\nAlicia;Nom-alice;{ALICE};;;;;;;;\n")
    told = {"field": "first_name", "before": "Alice", "after": "Alicia"}
    assert [(one["changes"], one["notes"]) for one in shown["people"]] == [([told], [])]
    secret = await invitation_of(cast.runtime, ALICE)
    good(await cast.alice.post("/api/invitation/accept", {"secret": secret}))
    shown = await preview(cast, f"{HEADER}\nAlicia;Nom-alice;{ALICE};;;;;;;;\n")
    assert [(one["changes"], one["notes"]) for one in shown["people"]] == [([], ["name_kept"])]


async def test_an_invitation_takes_no_device(cast: Cast) -> None:
    device = good(await cast.daniel.get("/api/me"))["device"]["id"]
    line = await invited(cast, DANIEL)
    path = f"{cast.town.path}/members/{line['id']}/devices/{device}/revoke"
    assert (await cast.ines.post(path)).status_code == 404
    good(await cast.daniel.get("/api/me"))


@pytest.mark.parametrize("accepts", [True, False])
async def test_removing_somebody_leaves_who_runs_the_host(
    cast: Cast, runtime: Runtime, *, accepts: bool
) -> None:
    """Somebody who belongs to no authority, but runs the host; invited, then removed, again and
    again."""
    leaving = f"{cast.other.path}/members/{cast.daniel.member[cast.other.name]}/deactivate"
    good(await cast.irma.post(leaving))
    operator = await cast.sign_in(DANIEL)
    async with runtime.writing() as db:
        theirs = update(Account).where(Account.email == DANIEL)
        await db.execute(theirs.values(is_operator=True))
    line = await invited(cast, DANIEL)
    if accepts:
        secret = await invitation_of(cast.runtime, DANIEL)
        good(await operator.post("/api/invitation/accept", {"secret": secret}))
    member = f"{cast.town.path}/members/{line['id']}"
    good(await cast.ines.post(f"{member}/deactivate"))
    good(await operator.get("/api/me"))


async def test_removing_an_invitation_signs_nobody_out(cast: Cast) -> None:
    leaving = f"{cast.other.path}/members/{cast.daniel.member[cast.other.name]}/deactivate"
    good(await cast.irma.post(leaving))
    assert code(await cast.daniel.get("/api/me")) == (401, "device_signed_out")
    daniel = await cast.sign_in(DANIEL)
    line = await invited(cast, DANIEL)
    good(await cast.ines.post(f"{cast.town.path}/members/{line['id']}/deactivate"))
    good(await daniel.get("/api/me"))


@pytest.mark.parametrize("name", ["Zoé\nhttps://faux.example", "\x00", "a\x7fb", "\r\n"])
async def test_a_name_is_on_one_line(cast: Cast, name: str) -> None:
    body = {"first_name": name, "last_name": "Petit", "email": "z@b.fr", "roles": ["councillor"]}
    answer = await cast.ines.post(f"{cast.town.path}/members", body)
    assert code(answer) == (422, "invalid_input")
    settings = await cast.ines.patch(f"{cast.town.path}/settings", {"name": name})
    assert code(settings) == (422, "invalid_input")
    credentials = {"email": DANIEL, "password": "x", "device_name": name}
    async with cast.browser() as http:
        assert code(await http.post("/api/sign-in", json=credentials)) == (422, "invalid_input")


async def test_what_gives_a_lot_back_asks_for_a_proof(cast: Cast, runtime: Runtime) -> None:
    """Opening a desk again, writing to somebody who has a way in, letting links in."""
    members = f"{cast.town.path}/members"
    people = {one: cast.people[one].member[cast.town.name] for one in ("claire", "gus", "alice")}
    for name in ("claire", "gus"):
        good(await cast.ines.post(f"{members}/{people[name]}/deactivate"))
    async with runtime.writing() as db:
        await db.execute(update(Device).values(proved_at=datetime.now(UTC) - timedelta(hours=1)))
    for path in (f"{people['claire']}/reactivate", f"{people['alice']}/invite"):
        assert code(await cast.ines.post(f"{members}/{path}")) == (403, "proof_needed")
    switch = await cast.ines.put(f"{cast.town.path}/links", {"is_enabled": True})
    assert code(switch) == (403, "proof_needed")
    # A councillor who comes back, a first invitation sent again: as before.
    good(await cast.ines.post(f"{members}/{people['gus']}/reactivate"))
    waiting = await invited(cast, "zoe@staubin.example")
    good(await cast.ines.post(f"{members}/{waiting['id']}/invite"))
