"""Links bound to their browser, codes of messages and of clerks: over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from tests.accounts.authenticator import Authenticator
from tests.accounts.test_passkeys import enrol
from tests.accounts.test_tickets import ALICE, age, invite, refused
from tests.cast import PASSWORD, Cast
from tests.letterbox import invitation_of, letters, secret_of
from tests.lines import lines_of
from tests.world import good

from cartable import worker
from cartable.accounts.tables import Account, CodeSecret, Guess, Ticket
from cartable.accounts.throttle import PER_NETWORK_OF_CODES, Guesser, buckets_of_door
from cartable.accounts.tickets import new_code, typed_code
from cartable.jobs import Job
from cartable.members.actions.links import ASKED, new_browser
from cartable.members.rules import may_have_link
from cartable.runtime import Runtime
from cartable.sealing import SealedBytes

pytestmark = pytest.mark.anyio


async def _allow(cast: Cast, runtime: Runtime, *, other: bool = False) -> None:
    admin, town = (cast.irma, cast.other) if other else (cast.ines, cast.town)
    assert not good(await admin.get(f"{town.path}/links"))["is_enabled"], "off until allowed"
    good(await admin.http.put(f"{town.path}/links", json={"is_enabled": True}))


async def _ask(
    cast: Cast, runtime: Runtime, email: str, http: httpx.AsyncClient | None = None
) -> tuple[httpx.AsyncClient, list[Any]]:
    """The browser that asked, and the letters that waited after that."""
    http = http or cast.browser()
    answer = await http.post("/api/link", json={"email": email})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "cartable-asking" in http.cookies
    ringing = await letters(runtime, email)
    async with runtime.reading() as db:
        assert list(await db.scalars(select(Ticket.id).where(Ticket.kind == "magic_link"))) == []
    await worker.run_one(runtime, Job.name == ASKED)
    return http, [one for one in await letters(runtime, email) if one not in ringing]


async def test_only_councillors_of_towns_that_allow_it_are_written_to(
    cast: Cast, runtime: Runtime
) -> None:
    await worker.drain(runtime)
    for email in (ALICE, "nobody@staubin.example", "claire@staubin.example"):
        assert (await _ask(cast, runtime, email))[1] == []
    await _allow(cast, runtime)
    # Clerks and administrators never; Paul’s other town has not allowed it.
    for email in ("claire@staubin.example", "ines@staubin.example", "paul@staubin.example"):
        assert (await _ask(cast, runtime, email))[1] == []
    assert (await cast.browser().post("/api/link", json={"email": f" {ALICE.upper()} "})).is_success
    await worker.run_one(runtime, Job.name == ASKED)
    assert len(await letters(runtime, ALICE)) == 1


async def test_a_link_opens_in_its_browser_and_a_code_is_typed_there(
    cast: Cast, runtime: Runtime
) -> None:
    await worker.drain(runtime)
    await _allow(cast, runtime)
    http, (letter,) = await _ask(cast, runtime, ALICE)
    secret = {"secret": secret_of(letter.text)}
    assert "/lien#" in letter.text
    # A scanner opens the page: GET, in another browser, and nothing happens.
    scanner = cast.browser()
    assert (await scanner.get("/lien")).status_code in (200, 404)
    refused(await scanner.post("/api/link/open", json=secret), 403, "another_browser")
    refused(await cast.bruno.post("/api/link/open", secret), 403, "another_browser")
    good(await http.post("/api/link/open", json=secret))
    assert good(await http.get("/api/me"))["account"]["email"] == ALICE
    refused(await http.post("/api/link/open", json=secret), 410, "ticket_used")
    code = _code_in(letter.text)
    refused(await http.post("/api/link/code", json={"code": code}), 410, "ticket_used")


@pytest.mark.parametrize("has_passkey", [False, True])
async def test_a_mailbox_proves_less_than_a_passkey(
    cast: Cast, runtime: Runtime, has_passkey: bool
) -> None:
    await worker.drain(runtime)
    await _allow(cast, runtime)
    key = Authenticator()
    if has_passkey:
        await enrol(cast.alice, key)
    for way in ("open", "code"):
        http, (letter,) = await _ask(cast, runtime, ALICE)
        body = {"secret": secret_of(letter.text), "code": _code_in(letter.text)}
        good(await http.post(f"/api/link/{way}", json=body))
        assert (await http.get(f"{cast.town.path}/sync/head")).status_code == 200
        asked = await http.post("/api/recovery-codes")
        if has_passkey:
            refused(asked, 403, "proof_needed")
            options = good(await http.post("/api/proof/question"))["options"]
            good(await http.post("/api/proof", json={"credential": key.get(options)}))
            asked = await http.post("/api/recovery-codes")
        assert len(good(asked)["codes"]) == 10
        async with runtime.writing() as db:
            await db.execute(Ticket.__table__.delete().where(Ticket.kind == "magic_link"))


def _code_in(text: str) -> str:
    (line,) = [one for one in text.splitlines() if len(one) == 9 and one[4] == " "]
    return line


async def test_a_code_is_typed_and_five_wrong_ones_end_it(cast: Cast, runtime: Runtime) -> None:
    await worker.drain(runtime)
    await _allow(cast, runtime)
    http, (letter,) = await _ask(cast, runtime, ALICE)
    code = _code_in(letter.text)
    elsewhere = cast.browser()
    refused(await elsewhere.post("/api/link/code", json={"code": code}), 403, "code_wrong")
    for _ in range(4):
        wrong = await http.post("/api/link/code", json={"code": "AAAA AAAA"})
        refused(wrong, 403, "code_wrong")
    again = {"code": code.lower().replace(" ", "-")}
    good(await http.post("/api/link/code", json=again))
    assert good(await http.get("/api/me"))["account"]["email"] == ALICE

    async with runtime.writing() as db:
        await db.execute(Ticket.__table__.delete().where(Ticket.kind == "magic_link"))
    http, (letter,) = await _ask(cast, runtime, ALICE)
    for _ in range(5):
        await http.post("/api/link/code", json={"code": "AAAA AAAA"})
    right = {"code": _code_in(letter.text)}
    refused(await http.post("/api/link/code", json=right), 429, "too_many_attempts")
    # Another message, in the same browser, gives five tries again.
    async with runtime.writing() as db:
        await db.execute(Ticket.__table__.delete().where(Ticket.kind == "magic_link"))
    http, (letter,) = await _ask(cast, runtime, ALICE, http)
    good(await http.post("/api/link/code", json={"code": _code_in(letter.text)}))


async def test_invented_cookies_are_counted_where_they_come_from(
    cast: Cast, runtime: Runtime
) -> None:
    """Each would have a count of its own, and a row of the database."""
    await worker.drain(runtime)
    await _allow(cast, runtime)
    http, (letter,) = await _ask(cast, runtime, ALICE)
    master, home = runtime.master_key, Guesser("127.0.0.1")
    ((door, allowed),) = buckets_of_door(master, home)[:1]

    async def has_room(room: int) -> None:
        async with runtime.writing() as db:
            await db.merge(Guess(bucket=door, failures=allowed - room, since=datetime.now(UTC)))

    async def invents() -> httpx.Response:
        invented = {"Cookie": f"cartable-asking={new_browser()}"}
        return await cast.browser().post(
            "/api/link/code", json={"code": "AAAA AAAA"}, headers=invented
        )

    async def rows() -> int:
        async with runtime.reading() as db:
            return await db.scalar(select(func.count()).select_from(Guess)) or 0

    await has_room(1)
    refused(await invents(), 403, "code_wrong")
    before = await rows()
    refused(await invents(), 429, "too_many_attempts")
    assert await rows() == before
    # A right code gives its try back: a council signs in at once from the town hall.
    await has_room(1)
    good(await http.post("/api/link/code", json={"code": _code_in(letter.text)}))
    refused(await invents(), 403, "code_wrong")


async def test_who_only_invites_an_address_closes_nothing_of_another(
    cast: Cast, runtime: Runtime
) -> None:
    await worker.drain(runtime)
    await _allow(cast, runtime)
    http, (letter,) = await _ask(cast, runtime, ALICE)
    given = good(await cast.claire.post(f"{_alice(cast)}/code"))
    await invite(cast, ALICE, other=True)
    good(await cast.irma.http.put(f"{cast.other.path}/links", json={"is_enabled": False}))
    good(await cast.browser().post("/api/code", json={"code": given["code"]}))
    good(await http.post("/api/link/open", json={"secret": secret_of(letter.text)}))


async def test_what_a_code_answers_tells_nothing_of_who_exists(
    cast: Cast, runtime: Runtime
) -> None:
    """Whoever has not the code hears the same, and as often, of an address that is nobody's."""
    await worker.drain(runtime)
    await _allow(cast, runtime)
    hers, letters_of_hers = await _ask(cast, runtime, ALICE)
    assert letters_of_hers
    async with runtime.writing() as db:
        await db.execute(update(Ticket).where(Ticket.kind == "magic_link").values(kind="kept"))
    nobodys, _ = await _ask(cast, runtime, "nobody@staubin.example")
    async with runtime.writing() as db:
        await db.execute(update(Ticket).where(Ticket.kind == "kept").values(kind="magic_link"))
    await age(runtime, timedelta(minutes=15, seconds=1))
    for tries in range(7):
        for http in (hers, nobodys):
            answer = await http.post("/api/link/code", json={"code": "AAAA AAAA"})
            expected = (403, "code_wrong") if tries < 5 else (429, "too_many_attempts")
            refused(answer, *expected)


async def test_strangers_who_ask_close_nobodys_link(cast: Cast, runtime: Runtime) -> None:
    await worker.drain(runtime)
    await _allow(cast, runtime)
    http, (letter,) = await _ask(cast, runtime, ALICE)
    for _ in range(5):
        assert (await cast.browser().post("/api/link", json={"email": ALICE})).is_success
    flood = await cast.browser().post("/api/link", json={"email": ALICE})
    refused(flood, 429, "too_many_attempts")
    await worker.drain(runtime)
    good(await http.post("/api/link/open", json={"secret": secret_of(letter.text)}))


async def test_a_link_lasts_a_quarter_of_an_hour(cast: Cast, runtime: Runtime) -> None:
    await worker.drain(runtime)
    await _allow(cast, runtime)
    http, (letter,) = await _ask(cast, runtime, ALICE)
    await age(runtime, timedelta(minutes=15, seconds=1))
    body = {"secret": secret_of(letter.text)}
    refused(await http.post("/api/link/open", json=body), 410, "ticket_expired")
    typed = {"code": _code_in(letter.text)}
    refused(await http.post("/api/link/code", json=typed), 410, "ticket_expired")


async def test_a_clerk_gives_a_code(cast: Cast, runtime: Runtime) -> None:
    listed = good(await cast.ines.get(f"{cast.town.path}/members"))
    ids = {one["first_name"].lower(): one["id"] for one in listed}

    def code_of(name: str) -> str:
        return f"{cast.town.path}/members/{ids[name]}/code"

    first = good(await cast.claire.post(code_of("alice")))
    given = good(await cast.claire.post(code_of("alice")))
    http = cast.browser()
    replaced = await http.post("/api/code", json={"code": first["code"]})
    refused(replaced, 410, "ticket_cancelled")
    async with runtime.reading() as db:
        kept = " ".join(str(vars(row)) for row in await db.scalars(select(Ticket)))
    assert typed_code(given["code"]) not in kept
    good(await http.post("/api/code", json={"code": given["code"], "device_name": "Neuve"}))
    assert good(await http.get("/api/me"))["account"]["email"] == ALICE
    refused(await http.post("/api/code", json={"code": given["code"]}), 410, "ticket_used")
    refused(await cast.claire.post(code_of("ines")), 409, "code_not_for_them")
    refused(await cast.claire.post(code_of("claire")), 409, "code_not_for_them")
    refused(await cast.claire.post(code_of("paul")), 409, "account_shared")
    refused(await cast.ines.post(code_of("alice")), 403, "role_missing")
    refused(await cast.alice.post(code_of("bruno")), 403, "role_missing")
    line = await invite(cast, "eve@staubin.example")
    waiting = f"{cast.town.path}/members/{line['id']}/code"
    refused(await cast.claire.post(waiting), 409, "not_accepted_yet")


async def test_a_code_of_a_clerk_lasts_a_quarter_of_an_hour_and_is_in_the_journal(
    cast: Cast, runtime: Runtime
) -> None:
    for late, status in ((-30, 201), (1, 410)):
        given = good(await cast.claire.post(f"{_alice(cast)}/code"))
        assert given["code"]
        line = good(await cast.ines.get(f"{cast.town.path}/journal"))["lines"][0]
        assert (line["event"], line["who"]) == ("member.code_given", "Claire Nom-claire")
        assert line["subject_id"] == str(cast.alice.member[cast.town.name])
        assert given["code"] not in str(line)
        await age(runtime, timedelta(minutes=15, seconds=late))
        answer = await cast.browser().post("/api/code", json={"code": given["code"]})
        assert answer.status_code == status, answer.text
    refused(answer, 410, "ticket_expired")


def _alice(cast: Cast) -> str:
    return f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"


async def _runs_the_host(runtime: Runtime) -> None:
    async with runtime.writing() as db:
        await db.execute(update(Account).where(Account.email == ALICE).values(is_operator=True))


async def test_neither_code_nor_link_opens_the_host(cast: Cast, runtime: Runtime) -> None:
    await worker.drain(runtime)
    await _allow(cast, runtime)
    await _runs_the_host(runtime)
    refused(await cast.claire.post(f"{_alice(cast)}/code"), 409, "code_not_for_them")
    assert (await _ask(cast, runtime, ALICE))[1] == []


async def _becomes_operator(cast: Cast, runtime: Runtime) -> None:
    await _runs_the_host(runtime)


async def _becomes_clerk(cast: Cast, runtime: Runtime) -> None:
    good(await cast.ines.patch(_alice(cast), {"roles": ["councillor", "clerk"]}))


async def _joins_another(cast: Cast, runtime: Runtime) -> None:
    await invite(cast, ALICE, other=True)
    secret = await invitation_of(runtime, ALICE)
    good(await cast.alice.post("/api/invitation/accept", {"secret": secret}))


async def _turns_codes_on(cast: Cast, runtime: Runtime) -> None:
    async with runtime.writing() as db:
        account = (await db.scalars(select(Account).where(Account.email == ALICE))).one()
        now = datetime.now(UTC)
        db.add(CodeSecret(account_id=account.id, sealed=SealedBytes(b"-"), last_step=0,
                          confirmed_at=now))  # fmt: skip


async def _is_removed(cast: Cast, runtime: Runtime) -> None:
    good(await cast.ines.post(f"{_alice(cast)}/deactivate"))


async def _changes_password(cast: Cast, runtime: Runtime) -> None:
    new = {"current": PASSWORD, "new": "cinq autres mots choisis"}
    assert (await cast.alice.post("/api/password", new)).is_success


async def _links_are_off(cast: Cast, runtime: Runtime) -> None:
    good(await cast.ines.http.put(f"{cast.town.path}/links", json={"is_enabled": False}))
    off = "links.disabled"
    assert await lines_of(runtime, cast.town.id, off) == [off]


SINCE = [
    _becomes_operator, _becomes_clerk, _joins_another, _turns_codes_on, _is_removed,
    _changes_password,
]  # fmt: skip


@pytest.mark.parametrize("since", SINCE)
async def test_a_code_given_before_opens_no_more_than_one_given_now(
    cast: Cast, runtime: Runtime, since: Any
) -> None:
    given = good(await cast.claire.post(f"{_alice(cast)}/code"))
    await since(cast, runtime)
    answer = await cast.browser().post("/api/code", json={"code": given["code"]})
    refused(answer, 410, "ticket_cancelled")


@pytest.mark.parametrize("since", [*SINCE, _links_are_off])
async def test_a_link_sent_before_opens_no_more_than_one_sent_now(
    cast: Cast, runtime: Runtime, since: Any
) -> None:
    await worker.drain(runtime)
    await _allow(cast, runtime)
    http, (letter,) = await _ask(cast, runtime, ALICE)
    await since(cast, runtime)
    secret, code = {"secret": secret_of(letter.text)}, {"code": _code_in(letter.text)}
    refused(await http.post("/api/link/open", json=secret), 410, "ticket_cancelled")
    refused(await http.post("/api/link/code", json=code), 410, "ticket_cancelled")


async def test_guesses_of_given_codes_are_slowed_where_they_come_from(
    cast: Cast, runtime: Runtime
) -> None:
    async with runtime.writing() as db:
        await db.execute(Guess.__table__.delete())
    wrong = await cast.browser().post("/api/code", json={"code": new_code()})
    refused(wrong, 403, "code_wrong")
    async with runtime.writing() as db:
        await db.execute(update(Guess).values(failures=PER_NETWORK_OF_CODES - 1))
    wrong = await cast.browser().post("/api/code", json={"code": new_code()})
    refused(wrong, 403, "code_wrong")
    slowed = await cast.browser().post("/api/code", json={"code": new_code()})
    refused(slowed, 429, "too_many_attempts")
    # Other ways in are counted apart, and so is who signed in on this browser before.
    await cast.sign_in(ALICE)
    refused(await cast.alice.post("/api/code", {"code": new_code()}), 403, "code_wrong")


ROLES = st.frozensets(st.sampled_from(["councillor", "clerk", "admin", "guest"]), min_size=1)


@given(st.lists(ROLES, max_size=4))
def test_links_are_for_councillors_who_work_for_nobody(towns: list[frozenset[str]]) -> None:
    assert may_have_link(towns) is (
        towns != []
        and all("councillor" in roles and not roles & {"clerk", "admin"} for roles in towns)
    )
