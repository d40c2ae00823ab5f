"""The demonstration, built through the product's deeds and seen through its doors."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from sqlalchemy import Select, func, select, update

from cartable.accounts.tables import Account, Device
from cartable.actor import Person
from cartable.authorities.tables import Authority
from cartable.demo.build import build_demo
from cartable.demo.figures import rows
from cartable.demo.serve import welcome
from cartable.demo.town import PASSWORD, is_built
from cartable.documents.tables import Document
from cartable.members.access import actor_in, readable_memberships
from cartable.runtime import Runtime
from cartable.sittings.access import readable_sittings
from cartable.sittings.tables import Sitting
from cartable.tenancy import across_authorities

Found = TypeVar("Found")
HEADERS = {"x-cartable": "1"}


@pytest.fixture
async def browser(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://cartable.test", headers=HEADERS
    ) as http:
        yield http


async def sign_in(http: httpx.AsyncClient, email: str) -> list[dict[str, Any]]:
    """The memberships of the person, commune first."""
    answer = await http.post("/api/sign-in", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    me = (await http.get("/api/me")).json()
    memberships: list[dict[str, Any]] = me["memberships"]
    return sorted(memberships, key=lambda one: one["authority"]["kind"])


async def sittings(http: httpx.AsyncClient, membership: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/api/authorities/{membership['authority']['id']}/sittings"
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


@pytest.mark.slow
async def test_the_demonstration(
    runtime: Runtime, browser: httpx.AsyncClient, demo_papers: Path
) -> None:
    """One building serves every check: it takes half a minute."""
    assert await build_demo(runtime, demo_papers, datetime.now(UTC))
    await check_nobody_stays_signed_in(runtime)
    await check_who_sees_which_sittings(runtime)
    await check_what_the_clerk_finds(browser)
    await check_what_tablets_find(browser)
    await check_every_account_printed_can_sign_in(browser)
    await check_a_second_start_changes_nothing(runtime, demo_papers / "unused")
    await check_an_interrupted_building_is_taken_up(runtime, demo_papers)


async def check_what_the_clerk_finds(browser: httpx.AsyncClient) -> None:
    (commune,) = await sign_in(browser, "n.berthier@staubin.example")
    found = await sittings(browser, commune)
    now = datetime.now(UTC)
    coming = [s for s in found if datetime.fromisoformat(s["starts_at"]) > now]
    assert {(s["state"], s["items"]) for s in coming} == {("convened", 12), ("draft", 6)}
    assert [s["state"] for s in found if s not in coming] == ["convened", "convened"]
    called = next(s for s in coming if s["state"] == "convened")
    assert called["recipients"] == 19
    path = f"/api/authorities/{commune['authority']['id']}/sittings"
    pieces = (await browser.get(f"{path}/{called['id']}/documents")).json()
    assert 24 <= len(pieces) <= 27
    assert {piece["state"] for piece in pieces} == {"ready"}
    assert max(piece["current"]["pages"] for piece in pieces) > 100
    flags = {flag for piece in pieces for flag in piece["current"]["flags"]}
    assert flags == {"little_text", "giant_page"}
    draft = next(s for s in coming if s["state"] == "draft")
    prepared = (await browser.get(f"{path}/{draft['id']}/documents")).json()
    assert sorted(piece["state"] for piece in prepared) == ["ready", "ready", "ready", "refused"]
    (refused,) = [piece["pending"] for piece in prepared if piece["state"] == "refused"]
    assert refused["refusal"] == "password_needed"


async def check_what_tablets_find(browser: httpx.AsyncClient) -> None:
    """What two councillors wrote: each finds their own, on their own tablet, and nobody else's."""
    marks = rows("marks")
    for email, key in (
        ("f.diallo@staubin.example", "diallo"),
        ("o.delorme@staubin.example", "delorme"),
    ):
        commune = (await sign_in(browser, email))[0]
        path = f"/api/authorities/{commune['authority']['id']}/sync/pull"
        answer = (await browser.post(path, json={})).json()
        assert not answer["more"]
        found = Counter(row["kind"] for row in answer["rows"])
        assert found["annotation"] == len([line for line in marks if line["person"] == key])
        assert found["vote_intention"] == len(
            [line for line in rows("preparations") if line["person"] == key]
        )
        assert found["attendance_answer"] == 1
        assert found["parked_mutation"] == 0


async def check_who_sees_which_sittings(built: Runtime) -> None:
    """The finances committee is for its seven; the community for three; the draft for clerks."""
    assert await seen_by(built, "p.aubry@staubin.example") == {"commune": 2}
    assert await seen_by(built, "o.delorme@staubin.example") == {"commune": 3}
    assert await seen_by(built, "f.diallo@staubin.example") == {"commune": 3, "epci": 1}
    assert await seen_by(built, "c.morel@valdaubin.example") == {"epci": 1}
    assert await seen_by(built, "i.duval@staubin.example") == {"commune": 0}
    assert await seen_by(built, "n.berthier@staubin.example") == {"commune": 4}


async def seen_by(built: Runtime, email: str) -> dict[str, int]:
    """Living sittings a person may read, by kind of authority."""
    async with built.reading() as db:
        account_id = await db.scalar(select(Account.id).where(Account.email == email))
        assert account_id is not None
        person = Person(account_id, account_id)
        async with across_authorities(db, "memberships", account_id):
            theirs = await db.execute(readable_memberships(person))
            towns = [(row[1].id, row[1].kind) for row in theirs]
    counts = {}
    for authority_id, kind in towns:
        async with built.reading(authority_id) as db:
            actor = await actor_in(db, person, authority_id)
            living = readable_sittings(actor).where(Sitting.deleted_at.is_(None))
            counts[kind] = len((await db.scalars(living)).all())
    return counts


async def of_both_towns(built: Runtime, wanted: Select[tuple[Found]]) -> list[Found]:
    """What a statement finds in each authority, one after the other."""
    async with built.reading() as db:
        towns = (await db.scalars(select(Authority.id))).all()
    found: list[Found] = []
    for town in towns:
        async with built.reading(town) as db:
            found += await db.scalars(wanted)
    return found


async def counted(built: Runtime) -> list[int]:
    """How many authorities, accounts, sittings and pieces there are."""
    async with built.reading() as db:
        hosted = [await db.scalar(select(func.count(t.id))) or 0 for t in (Authority, Account)]
    return hosted + [
        sum(await of_both_towns(built, select(func.count(t.id)))) for t in (Sitting, Document)
    ]


async def check_a_second_start_changes_nothing(built: Runtime, unused: Path) -> None:
    before = await counted(built)
    assert not await build_demo(built, unused, datetime.now(UTC))
    assert before == await counted(built) == [2, 34, 5, before[3]]
    assert before[3] > 24
    assert not (unused).exists()


async def check_nobody_stays_signed_in(built: Runtime) -> None:
    async with built.reading() as db:
        open_devices = select(func.count()).where(Device.signed_out_at.is_(None))
        assert await db.scalar(open_devices) == 0
        assert await db.scalar(select(func.count(Device.id))) > 0


async def check_every_account_printed_can_sign_in(browser: httpx.AsyncClient) -> None:
    lines = welcome("http://localhost:8000")
    emails = [line.split()[0] for line in lines if "@" in line]
    assert len(emails) >= 7
    assert any(PASSWORD in line for line in lines)
    for email in emails:
        assert await sign_in(browser, email)


async def check_an_interrupted_building_is_taken_up(built: Runtime, demo_papers: Path) -> None:
    async with built.reading() as db:
        community = await db.scalar(select(Authority.id).where(Authority.kind == "epci"))
    async with built.writing(community) as db:
        await db.execute(update(Sitting).values(state="draft", convened_at=None))
    assert not await is_built(built)
    assert await build_demo(built, demo_papers, datetime.now(UTC))
    assert await is_built(built)
    living = select(Sitting.state).where(Sitting.deleted_at.is_(None))
    assert sorted(await of_both_towns(built, living)) == ["convened"] * 4 + ["draft"]
    async with built.reading() as db:
        assert await db.scalar(select(func.count(Account.id))) == 34
