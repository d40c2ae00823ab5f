"""Letting people in and out: passwords shown once, shared accounts, the last administrator."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select
from tests.cast import PASSWORD, Cast
from tests.letterbox import invitation_of
from tests.lines import lines_of
from tests.world import World, good

from cartable.audit.reading import details_of, said_in, salted_payloads
from cartable.audit.tables import AuditEvent, AuditPayload
from cartable.authorities.tables import AuthorityHead
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio


def _refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    details: dict[str, Any] = answer.json()["details"]
    return details


def _new(email: str, **more: Any) -> dict[str, Any]:
    return {
        "first_name": "Ève", "last_name": "Cœur-Lefèvre", "email": email,
        "roles": ["councillor"], **more,
    }  # fmt: skip


async def _journal(runtime: Runtime, cast: Cast) -> list[tuple[str, int]]:
    async with runtime.reading() as db:
        rows = await db.execute(
            select(AuditEvent.event, AuditEvent.seq)
            .where(AuditEvent.authority_id == cast.town.id)
            .order_by(AuditEvent.seq, AuditEvent.event)
        )
        return [(row.event, row.seq) for row in rows]


async def _number(runtime: Runtime, cast: Cast) -> int:
    async with runtime.reading() as db:
        head = await db.get_one(AuthorityHead, cast.town.id)
        return head.seq


async def test_adding_people(cast: Cast, runtime: Runtime) -> None:
    members = f"{cast.town.path}/members"
    line = good(await cast.ines.post(members, _new(" Eve@StAubin.example ")))
    assert line["email"] == "eve@staubin.example"
    assert (line["is_active"], line["last_seen_at"], line["devices"]) == (True, None, [])
    assert (line["entry"], line["accepted_at"], line["mail"]["state"]) == (
        "invited", None, "waiting")  # fmt: skip
    secret = await invitation_of(runtime, "eve@staubin.example")
    assert secret not in (await cast.ines.get(members)).text
    before = await _number(runtime, cast), await _journal(runtime, cast)
    details = _refused(
        await cast.ines.post(members, _new("eve@staubin.example")), 409, "member_already_there"
    )
    assert details == {"member_id": line["id"]}
    for email in ("eve", "eve@", "@staubin.example", "eve@staubin", "e ve@a.example", "a@b@c.fr"):
        _refused(await cast.ines.post(members, _new(email)), 422, "invalid_email")
    for wrong, path in (
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"first_name": "   "}, "first_name"),
        ({"last_name": ""}, "last_name"),
        ({"civility": "Dr"}, "civility"),
        ({"seats": [{"starts_on": "2026-01-01"}]}, "assembly_id"),
        ({"seats": [{"assembly_id": "x", "starts_on": "2026-01-01"}]}, "assembly_id"),
    ):
        told = _refused(
            await cast.ines.post(members, _new("max@staubin.example", **wrong)),
            422,
            "invalid_input",
        )
        assert path in told["path"], told
    half = {"seats": [{"assembly_id": cast.town.assemblies["council"], "starts_on": "2026-05-01",
                       "ends_on": "2026-04-01"}]}  # fmt: skip
    _refused(
        await cast.ines.post(members, _new("max@staubin.example", **half)),
        422,
        "seat_ends_before_start",
    )
    assert (await _number(runtime, cast), await _journal(runtime, cast)) == before
    assert good(await cast.ines.get(f"{members}?q=max@")) == []


async def test_somebody_of_another_town_keeps_name_and_password(cast: Cast) -> None:
    members = f"{cast.town.path}/members"
    added = good(await cast.ines.post(members, _new("daniel@breuil.example")))
    assert (added["first_name"], added["last_name"]) == ("Daniel", "Nom-daniel")
    me = good(await cast.daniel.get("/api/me"))
    assert [m["authority"]["name"] for m in me["memberships"]] == [cast.other.name]
    secret = await invitation_of(cast.runtime, "daniel@breuil.example")
    good(await cast.daniel.post("/api/invitation/accept", {"secret": secret}))
    me = good(await cast.daniel.get("/api/me"))
    assert {m["authority"]["name"] for m in me["memberships"]} == {cast.town.name, cast.other.name}
    member = f"{members}/{added['id']}"
    _refused(await cast.ines.patch(member, {"last_name": "Autre"}), 409, "account_shared")
    assert good(await cast.ines.post(f"{member}/invite"))["entry"] == "accepted"
    # What is said again unchanged is no renaming; what belongs to this town may change.
    same = {"first_name": "Daniel ", "position": " Invité permanent ", "roles": ["guest"]}
    edited = good(await cast.ines.patch(member, same))
    assert (edited["position"], edited["roles"]) == ("Invité permanent", ["guest"])
    good(await cast.ines.post(f"{member}/deactivate"))
    assert (await cast.daniel.get("/api/me")).status_code == 200, "still a member of Le Breuil"
    assert (await cast.daniel.get(f"{cast.other.path}/sync/head")).status_code == 200
    assert (await cast.daniel.get(f"{cast.town.path}/sync/head")).status_code == 404
    # His name stands in the papers of both: the tablets of the town he left would not be told.
    own = f"{cast.other.path}/members/{cast.daniel.member[cast.other.name]}"
    _refused(await cast.irma.patch(own, {"last_name": "Autre"}), 409, "account_shared")


async def test_paul_leaves_one_town_and_stays_in_the_other(cast: Cast) -> None:
    paul = f"{cast.town.path}/members/{cast.paul.member[cast.town.name]}"
    good(await cast.ines.post(f"{paul}/deactivate"))
    pulled = good(await cast.paul.post(f"{cast.town.path}/sync/pull", {}))
    assert (pulled["reset"], pulled["rows"]) == (True, [])
    assert (await cast.paul.get(f"{cast.town.path}/assemblies")).status_code == 404
    assert good(await cast.paul.post(f"{cast.other.path}/sync/pull", {}))["rows"]
    me = good(await cast.paul.get("/api/me"))
    assert [m["authority"]["name"] for m in me["memberships"]] == [cast.other.name]
    good(await cast.ines.post(f"{paul}/reactivate"))
    assert good(await cast.paul.post(f"{cast.town.path}/sync/pull", {}))["rows"]


async def test_leaving_the_only_town_signs_devices_out(cast: Cast) -> None:
    gus = f"{cast.town.path}/members/{cast.gus.member[cast.town.name]}"
    line = good(await cast.ines.post(f"{gus}/deactivate"))
    assert not line["is_active"]
    assert line["deactivated_at"]
    assert line["devices"] == []
    assert (await cast.gus.get("/api/me")).json()["code"] == "device_signed_out"
    again = await cast.sign_in("gus@staubin.example")
    assert good(await again.get("/api/me"))["memberships"] == []
    assert good(await cast.ines.post(f"{gus}/deactivate")) == good(
        await cast.ines.post(f"{gus}/deactivate")
    )
    good(await cast.ines.post(f"{gus}/reactivate"))
    assert len(good(await again.get("/api/me"))["memberships"]) == 1


async def test_an_authority_keeps_an_administrator(cast: Cast) -> None:
    members = f"{cast.town.path}/members"
    ines = next(m for m in good(await cast.ines.get(members)) if "admin" in m["roles"])
    own = f"{members}/{ines['id']}"
    _refused(await cast.ines.patch(own, {"roles": ["clerk"]}), 409, "last_administrator")
    _refused(await cast.ines.post(f"{own}/deactivate"), 409, "last_administrator")
    good(await cast.ines.patch(own, {"roles": ["clerk", "admin", "admin"]}))
    claire = f"{members}/{cast.claire.member[cast.town.name]}"
    good(await cast.ines.patch(claire, {"roles": ["admin", "clerk"]}))
    assert good(await cast.ines.patch(own, {"roles": ["clerk"]}))["roles"] == ["clerk"]
    _refused(await cast.ines.patch(own, {"roles": ["admin"]}), 403, "role_missing")
    _refused(await cast.claire.post(f"{claire}/deactivate"), 409, "last_administrator")


async def test_a_lost_password_is_renewed(cast: Cast) -> None:
    bruno = f"{cast.town.path}/members/{cast.bruno.member[cast.town.name]}"
    good(await cast.ines.post(f"{bruno}/invite"))
    assert (await cast.bruno.get("/api/me")).status_code == 200, "a mail alone takes nothing away"
    secret = await invitation_of(cast.runtime, "bruno@staubin.example")
    http, new = cast.browser(), "encore une autre phrase"
    told = good(await http.post("/api/invitation/read", json={"secret": secret}))
    assert (told["is_renewal"], told["must_sign_in"]) == (True, False)
    good(await http.post("/api/invitation/accept", json={"secret": secret, "password": new}))
    assert (await http.get(f"{cast.town.path}/sync/head")).status_code == 200
    assert (await cast.bruno.get("/api/me")).json()["code"] == "device_signed_out"
    old = {"email": "bruno@staubin.example", "password": PASSWORD}
    refused = await cast.browser().post("/api/sign-in", json=old)
    _refused(refused, 401, "wrong_credentials")
    await cast.sign_in("bruno@staubin.example", new)
    renewed = "member.way_in_renewed"
    assert await lines_of(cast.runtime, cast.town.id, renewed) == [renewed]


async def test_members_are_found_whatever_the_accents(cast: Cast) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    members = f"{cast.town.path}/members"
    good(await cast.ines.post(members, _new("eve.cl@staubin.example")))
    gone = await world.member("staff")
    good(await cast.ines.post(f"{members}/{gone}/deactivate"))

    async def found(query: str) -> list[str]:
        return [m["email"] for m in good(await cast.claire.get(f"{members}?{query}"))]

    for words in ("lefevre coeur", "LEFÈVRE ève cœur", "cœur", "eve.cl@", "  Eve   Lefevre coeur "):
        assert await found(f"q={words}") == ["eve.cl@staubin.example"], words
    assert await found("q=eve dupont") == []
    assert "eve.cl@staubin.example" in await found("state=never")
    assert "alice@staubin.example" not in await found("state=never")
    assert len(await found("state=inactive")) == 1
    assert set(await found("role=clerk")) == {"claire@staubin.example"}
    assert await found("role=clerk&state=inactive") == []
    everybody = await found("")
    assert len(everybody) == 8
    assert "daniel@breuil.example" not in everybody
    _refused(await cast.claire.get(f"{members}?state=dead"), 422, "invalid_input")
    _refused(await cast.claire.get(f"{members}?role=king"), 422, "invalid_input")


async def test_each_deed_leaves_one_line_with_its_number(cast: Cast, runtime: Runtime) -> None:
    town, ines = cast.town.path, cast.ines
    begun = len(await _journal(runtime, cast))
    member = good(await ines.post(f"{town}/members", _new("eve@staubin.example")))["id"]
    path = f"{town}/members/{member}"
    seat = {"assembly_id": cast.town.assemblies["council"], "starts_on": "2026-01-01"}
    given = good(await ines.post(f"{path}/seats", seat))["id"]
    good(await ines.patch(f"{town}/seats/{given}", {"ends_on": "2026-06-30"}))
    good(await ines.delete(f"{town}/seats/{given}"))
    good(await ines.patch(path, {"position": "Maire"}))
    good(await ines.patch(path, {"roles": ["clerk"]}))
    good(await ines.post(f"{path}/invite"))
    good(await ines.post(f"{path}/deactivate"))
    good(await ines.post(f"{path}/reactivate"))
    group = good(await ines.post(f"{town}/groups", {"name": "Ensemble"}))["id"]
    good(await ines.patch(f"{town}/groups/{group}", {"name": "Ensemble !"}))
    good(await ines.delete(f"{town}/groups/{group}"))
    made = good(await ines.post(f"{town}/assemblies", {"name": "Bureau", "kind": "bureau"}))["id"]
    good(await ines.patch(f"{town}/assemblies/{made}", {"name": "Bureau municipal"}))
    lines = (await _journal(runtime, cast))[begun:]
    assert [event for event, _ in lines] == [
        "member.added", "seat.given", "seat.edited", "seat.removed", "member.edited",
        "member.edited", "member.roles_changed", "member.invited", "member.deactivated",
        "member.reactivated", "group.created", "group.renamed", "group.deleted",
        "assembly.created", "assembly.edited",
    ]  # fmt: skip
    first = lines[0][1]
    # One number for each deed, without holes.
    assert sorted({seq for _, seq in lines}) == list(range(first, first + 14))
    assert await _number(runtime, cast) == first + 13
    async with runtime.reading() as db:
        line = await db.scalar(select(AuditEvent).where(AuditEvent.seq == first))
        assert line is not None
        assert (line.subject_id, await details_of(db, AuditPayload, line.id)) == (
            type(line.id)(member),
            {"roles": ["councillor"]},
        )
        lines_of_all = list(await db.scalars(select(AuditEvent.id)))
        payloads = await salted_payloads(db, AuditPayload, lines_of_all)
        journal = str([said_in(payload) for payload in payloads.values()])
    assert "Lefèvre" not in journal
    assert "@" not in journal
