"""Tickets over HTTP: invitations, links bound to their browser, codes of messages and of clerks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from tests.cast import PASSWORD, Cast
from tests.letterbox import invitation_of
from tests.lines import lines_of
from tests.world import good

from cartable.accounts.passwords import LETTERS
from cartable.accounts.rules import check_ticket
from cartable.accounts.tables import Account, Ticket
from cartable.accounts.tickets import shown_code, typed_code
from cartable.members.tables import Member
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
ALICE = "alice@staubin.example"


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def invite(cast: Cast, email: str, *, other: bool = False) -> dict[str, Any]:
    admin, town = (cast.irma, cast.other) if other else (cast.ines, cast.town)
    who = {"first_name": "Ève", "last_name": "Roy", "email": email, "roles": ["councillor"]}
    made: dict[str, Any] = good(await admin.post(f"{town.path}/members", who))
    return made


async def age(runtime: Runtime, by: timedelta) -> None:
    """As if `by` had passed since every ticket was made."""
    async with runtime.writing() as db:
        for ticket in await db.scalars(select(Ticket)):
            ticket.created_at -= by
            ticket.expires_at -= by


async def test_an_invitation_opens_once_and_proves_the_address(
    cast: Cast, runtime: Runtime
) -> None:
    accepted = "member.invitation_accepted"
    before = len(await lines_of(runtime, cast.town.id, accepted))
    line = await invite(cast, "eve@staubin.example")
    assert (line["entry"], line["mail"]["state"]) == ("invited", "waiting")
    secret = await invitation_of(runtime, "eve@staubin.example")
    http = cast.browser()
    body = {"secret": secret}
    for _ in range(3):  # A scanner that goes as far as reading it changes nothing.
        told = good(await http.post("/api/invitation/read", json=body))
    assert (told["authority_name"], told["email"]) == (cast.town.name, "eve@staubin.example")
    assert not told["must_sign_in"]
    short = await http.post("/api/invitation/accept", json={**body, "password": "court"})
    refused(short, 422, "password_too_short")
    good(await http.post("/api/invitation/accept", json={**body, "password": PASSWORD}))
    assert (await http.get(f"{cast.town.path}/sync/head")).status_code == 200
    for path in ("read", "accept"):
        refused(await http.post(f"/api/invitation/{path}", json=body), 410, "ticket_used")
    async with runtime.reading() as db:
        account = await db.scalar(select(Account).where(Account.email == "eve@staubin.example"))
        assert account is not None
        assert account.email_verified_at is not None
    (line,) = good(await cast.ines.get(f"{cast.town.path}/members?q=eve@"))
    assert line["entry"] == "accepted"
    assert len(await lines_of(runtime, cast.town.id, accepted)) == before + 1
    await cast.sign_in("eve@staubin.example")


async def test_an_invitation_lasts_three_days(cast: Cast, runtime: Runtime) -> None:
    await invite(cast, "eve@staubin.example")
    body = {"secret": await invitation_of(runtime, "eve@staubin.example")}
    await age(runtime, timedelta(hours=71, minutes=59))
    good(await cast.browser().post("/api/invitation/read", json=body))
    await age(runtime, timedelta(minutes=2))
    refused(await cast.browser().post("/api/invitation/read", json=body), 410, "ticket_expired")
    accept = {**body, "password": PASSWORD}
    refused(await cast.browser().post("/api/invitation/accept", json=accept), 410, "ticket_expired")


async def test_sending_again_or_cancelling_closes_the_one_before(
    cast: Cast, runtime: Runtime
) -> None:
    line = await invite(cast, "eve@staubin.example")
    first = await invitation_of(runtime, "eve@staubin.example")
    member = f"{cast.town.path}/members/{line['id']}"
    assert good(await cast.ines.post(f"{member}/invite"))["entry"] == "invited"
    second = await invitation_of(runtime, "eve@staubin.example")
    http = cast.browser()
    old = await http.post("/api/invitation/read", json={"secret": first})
    refused(old, 410, "ticket_cancelled")
    good(await http.post("/api/invitation/read", json={"secret": second}))
    assert good(await cast.ines.post(f"{member}/cancel-invitation"))["entry"] == "uninvited"
    gone = await http.post("/api/invitation/read", json={"secret": second})
    refused(gone, 410, "ticket_cancelled")
    alice = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    refused(await cast.ines.post(f"{alice}/cancel-invitation"), 409, "already_accepted")
    good(await cast.ines.post(f"{member}/invite"))
    third = {"secret": await invitation_of(runtime, "eve@staubin.example")}
    good(await cast.ines.post(f"{member}/deactivate"))
    refused(await http.post("/api/invitation/read", json=third), 410, "ticket_cancelled")


async def test_a_second_town_reads_and_shows_nothing_before_the_person_accepts(
    cast: Cast, runtime: Runtime
) -> None:
    await invite(cast, ALICE, other=True)
    body = {"secret": await invitation_of(runtime, ALICE)}
    there = f"{cast.other.path}/sync/head"
    assert (await cast.alice.get(there)).status_code == 404
    assert (await cast.alice.post(f"{cast.other.path}/sync/pull", {})).status_code == 404
    me = good(await cast.alice.get("/api/me"))
    assert [one["authority"]["name"] for one in me["memberships"]] == [cast.town.name]
    stranger = cast.browser()
    assert good(await stranger.post("/api/invitation/read", json=body))["must_sign_in"]
    taken = {**body, "password": "une phrase de voleur"}
    refused(await stranger.post("/api/invitation/accept", json=taken), 401, "not_signed_in")
    refused(await cast.bruno.post("/api/invitation/accept", taken), 403, "invitation_of_another")
    good(await cast.alice.post("/api/invitation/accept", body))
    assert (await cast.alice.get(there)).status_code == 200
    await cast.sign_in(ALICE)  # The password is still hers.


async def test_what_another_town_began_binds_nobody(cast: Cast) -> None:
    """An invitation that was never accepted does not make an account shared."""
    await invite(cast, ALICE, other=True)
    alice = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    good(await cast.ines.post(f"{alice}/deactivate"))
    refused(await cast.alice.get("/api/me"), 401, "device_signed_out")


async def test_a_lost_way_in_is_renewed_only_where_the_address_is_proven(
    cast: Cast, runtime: Runtime
) -> None:
    paul = f"{cast.town.path}/members/{cast.paul.member[cast.town.name]}"
    async with runtime.writing() as db:
        await db.execute(update(Account).values(email_verified_at=None))
    refused(await cast.ines.post(f"{paul}/invite"), 409, "account_shared")
    async with runtime.writing() as db:
        await db.execute(update(Account).values(email_verified_at=datetime.now(UTC)))
    good(await cast.ines.post(f"{paul}/invite"))
    http = cast.browser()
    new = {"secret": await invitation_of(runtime, "paul@staubin.example"), "password": "a" * 3}
    refused(await http.post("/api/invitation/accept", json=new), 422, "password_too_short")
    new["password"] = "encore une autre phrase"
    good(await http.post("/api/invitation/accept", json=new))
    assert (await cast.paul.get("/api/me")).json()["code"] == "device_signed_out"


async def _renewal(cast: Cast, runtime: Runtime) -> dict[str, str]:
    member = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    good(await cast.ines.post(f"{member}/invite"))
    return {"secret": await invitation_of(runtime, ALICE)}


async def test_a_renewal_is_taken_back(cast: Cast, runtime: Runtime) -> None:
    member = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    body = await _renewal(cast, runtime)
    assert good(await cast.ines.post(f"{member}/cancel-invitation"))["entry"] == "accepted"
    refused(await cast.browser().post("/api/invitation/read", json=body), 410, "ticket_cancelled")
    refused(await cast.ines.post(f"{member}/cancel-invitation"), 409, "already_accepted")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/api/password", {"current": PASSWORD, "new": "cinq autres mots choisis"}),
        ("/api/devices/sign-out-others", None),
    ],
)
async def test_what_its_owner_does_closes_a_renewal(
    cast: Cast, runtime: Runtime, path: str, sent: Any
) -> None:
    body = await _renewal(cast, runtime)
    assert (await cast.alice.post(path, sent)).is_success
    refused(await cast.browser().post("/api/invitation/read", json=body), 410, "ticket_cancelled")


async def test_old_tickets_are_forgotten(cast: Cast, runtime: Runtime) -> None:
    from cartable.accounts.tickets import forget_old_tickets

    await invite(cast, "eve@staubin.example")
    async with runtime.writing() as db:
        await forget_old_tickets(db, datetime.now(UTC))
    async with runtime.reading() as db:
        left = list(await db.scalars(select(Ticket)))
        assert [ticket.used_at for ticket in left if ticket.used_at is None] == [None]
    async with runtime.writing() as db:
        await forget_old_tickets(db, datetime.now(UTC) + timedelta(days=4))
    async with runtime.reading() as db:
        assert list(await db.scalars(select(Ticket))) == []
        assert await db.scalar(select(Member.id).limit(1))


@given(st.text(alphabet=LETTERS, min_size=8, max_size=8), st.data())
def test_a_code_is_the_same_however_it_is_typed(code: str, data: st.DataObject) -> None:
    typed = "".join(
        data.draw(st.sampled_from([letter, letter.upper(), f" {letter}", f"{letter}-"]))
        for letter in code
    )
    assert typed_code(typed) == code
    assert typed_code(shown_code(code)) == code


@given(st.booleans(), st.booleans(), st.timedeltas(timedelta(days=-1), timedelta(days=1)))
def test_a_ticket_opens_only_unused_uncancelled_and_in_time(
    used: bool, cancelled: bool, left: timedelta
) -> None:
    now = datetime(2026, 12, 3, tzinfo=UTC)
    try:
        check_ticket(now if used else None, now if cancelled else None, now + left, now)
        opens = True
    except Exception:
        opens = False
    assert opens is (not used and not cancelled and left > timedelta())
