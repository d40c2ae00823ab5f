"""Guesses are slowed where they come from, and nobody can shut out another."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.connection import ASGIConnection
from sqlalchemy import update
from tests.cast import HEADERS, PASSWORD, Cast

from cartable.accounts.cookies import address_of
from cartable.accounts.rules import WINDOW, wait_after
from cartable.accounts.tables import Guess
from cartable.accounts.throttle import (
    KNOWN,
    PER_DOOR,
    PER_KNOWN_AT_DOOR,
    PER_NETWORK,
    PER_NETWORK_OF_CODES,
    PER_PAIR,
    SITE,
    Buckets,
    Guesser,
    buckets_of_asking,
    buckets_of_door,
    buckets_of_given_code,
    buckets_of_guess,
    forget_guesses,
    mark_for,
    network_of,
    take_guess,
)
from cartable.accounts.tickets import new_code
from cartable.database import uuid7
from cartable.errors import TooManyAttempts
from cartable.runtime import Runtime
from cartable.sealing import Key
from cartable.settings import Settings

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ALICE, BRUNO = "alice@staubin.example", "bruno@staubin.example"


async def _guess(runtime: Runtime, buckets: Buckets, now: datetime = NOW) -> int:
    """Seconds to wait; 0 when the guess was counted."""
    try:
        async with runtime.writing() as db:
            await take_guess(db, buckets, now)
    except TooManyAttempts as refusal:
        return int(refusal.details["retry_after"])
    return 0


async def _right(runtime: Runtime, buckets: Buckets) -> None:
    async with runtime.writing() as db:
        await forget_guesses(db, buckets)


def _from(runtime: Runtime, email: str, address: str, mark: str = "") -> Buckets:
    return buckets_of_guess(runtime.master_key, email, Guesser(address, mark))


@pytest.mark.anyio
async def test_a_pair_waits_for_its_window_and_no_longer(runtime: Runtime) -> None:
    here = _from(runtime, ALICE, "192.0.2.1")
    for second in range(PER_PAIR):
        assert await _guess(runtime, here, NOW + timedelta(seconds=second)) == 0
    late = NOW + timedelta(minutes=10)
    assert await _guess(runtime, here, late) == 300
    # Asking again does not make anybody wait longer.
    assert await _guess(runtime, here, late) == 300
    assert await _guess(runtime, here, NOW + WINDOW) == 0
    assert await _guess(runtime, _from(runtime, ALICE, "192.0.2.2"), late) == 0
    assert await _guess(runtime, _from(runtime, BRUNO, "192.0.2.1"), late) == 0


@pytest.mark.anyio
async def test_a_network_that_tries_every_address_is_slowed(runtime: Runtime) -> None:
    for number in range(PER_NETWORK):
        buckets = _from(runtime, f"{number}@staubin.example", f"2001:db8:1:2::{number:x}")
        assert await _guess(runtime, buckets) == 0
    assert await _guess(runtime, _from(runtime, ALICE, "2001:db8:1:2::ffff")) > 0
    assert await _guess(runtime, _from(runtime, ALICE, "2001:db8:1:3::1")) == 0


@pytest.mark.anyio
async def test_who_holds_a_whole_site_is_slowed_too(runtime: Runtime) -> None:
    for number in range(SITE * PER_NETWORK):
        buckets = _from(runtime, f"{number}@staubin.example", f"2001:db8:1:{number:x}::1")
        assert await _guess(runtime, buckets) == 0
    assert await _guess(runtime, _from(runtime, ALICE, "2001:db8:1:ffff::1")) > 0
    assert await _guess(runtime, _from(runtime, ALICE, "2001:db8:2:ffff::1")) == 0


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("buckets_of", "allowed"),
    [
        (buckets_of_door, PER_DOOR),
        (lambda key, guesser: buckets_of_asking(key, guesser.address, guesser), PER_NETWORK),
        (buckets_of_given_code, PER_NETWORK_OF_CODES),
    ],
)
async def test_a_whole_site_is_counted_at_every_door(
    runtime: Runtime, buckets_of: Callable[[Key, Guesser], Buckets], allowed: int
) -> None:
    def at(address: str) -> Buckets:
        return buckets_of(runtime.master_key, Guesser(address))

    assert await _guess(runtime, at("2001:db8:1:1::1")) == 0
    # As after one request from each of many networks, none of which came to its own count.
    async with runtime.writing() as db:
        ours = {bucket for bucket, _ in at("2001:db8:1:1::1")}
        site = ours & {bucket for bucket, _ in at("2001:db8:1:2::1")}
        many = update(Guess).where(Guess.bucket.in_(site))
        await db.execute(many.values(failures=SITE * allowed))
    assert await _guess(runtime, at("2001:db8:1:2::1")) > 0
    assert await _guess(runtime, at("2001:db8:2:2::1")) == 0


@pytest.mark.anyio
async def test_questions_at_the_door_are_counted(cast: Cast, runtime: Runtime) -> None:
    http = cast.browser()
    question = "/api/sign-in/passkey/question"
    assert (await http.post(question)).is_success
    async with runtime.writing() as db:
        await db.execute(update(Guess).values(failures=PER_DOOR))
    assert (await http.post(question)).json()["code"] == "too_many_attempts"


@pytest.mark.anyio
async def test_links_asked_for_by_others_take_none_from_a_browser_that_is_known(
    cast: Cast,
) -> None:
    asked, stranger = {"email": ALICE}, cast.browser()
    for _ in range(PER_PAIR):
        assert (await stranger.post("/api/link", json=asked)).is_success
    assert (await stranger.post("/api/link", json=asked)).json()["code"] == "too_many_attempts"
    for _ in range(PER_PAIR):
        assert (await cast.alice.post("/api/link", asked)).is_success
    assert (await cast.alice.post("/api/link", asked)).json()["code"] == "too_many_attempts"
    # Bruno's browser is known, and not to her account.
    assert (await cast.bruno.post("/api/link", asked)).json()["code"] == "too_many_attempts"


@pytest.mark.anyio
async def test_a_flood_at_the_door_closes_it_to_no_browser_that_is_known(
    cast: Cast, runtime: Runtime
) -> None:
    strangers = Guesser("192.0.2.1")
    mark = mark_for(runtime.master_key, ALICE, uuid7())
    for buckets_of, allowed, of_known in (
        (buckets_of_door, PER_DOOR, PER_KNOWN_AT_DOOR),
        (buckets_of_given_code, PER_NETWORK_OF_CODES, PER_PAIR),
    ):
        flooded = buckets_of(runtime.master_key, strangers)
        known = buckets_of(runtime.master_key, Guesser("192.0.2.1", mark))
        for _ in range(allowed):
            assert await _guess(runtime, flooded) == 0
        assert await _guess(runtime, flooded) > 0
        # Its own tries are counted too.
        for _ in range(of_known):
            assert await _guess(runtime, known) == 0
        assert await _guess(runtime, known) > 0
        # Whoever has one account may make many marks: together they are counted too.
        _, (many, most) = known
        assert most == KNOWN * allowed
        async with runtime.writing() as db:
            await db.execute(update(Guess).where(Guess.bucket == many).values(failures=most))
        another = Guesser("192.0.2.1", mark_for(runtime.master_key, ALICE, uuid7()))
        assert await _guess(runtime, buckets_of(runtime.master_key, another)) > 0
        # A mark that was not given, whole or in part, is a stranger's.
        device, of_alice, at_door = mark.split(".")
        for forged in (
            f"{device}.{of_alice}", f"{device}.{of_alice}.", f"{device}.{of_alice}.{of_alice}",
            f"{uuid7().hex}.{of_alice}.{at_door}", f"{device}.{of_alice}.{at_door}é", ".", "..",
        ):  # fmt: skip
            assert buckets_of(runtime.master_key, Guesser("192.0.2.1", forged)) == flooded
        # What comes after is no new bucket.
        longer = Guesser("192.0.2.1", f"{mark}.more")
        assert buckets_of(runtime.master_key, longer) == known


@pytest.mark.anyio
async def test_who_signed_in_here_before_enters_during_a_flood(
    cast: Cast, runtime: Runtime
) -> None:
    question = "/api/sign-in/passkey/question"
    member = cast.alice.member[cast.town.name]
    code = (await cast.claire.post(f"{cast.town.path}/members/{member}/code")).json()["code"]
    stranger = cast.browser()
    assert (await stranger.post(question)).is_success
    assert (await stranger.post("/api/code", json={"code": new_code()})).status_code == 403
    async with runtime.writing() as db:
        await db.execute(update(Guess).values(failures=PER_DOOR))
    assert (await stranger.post(question)).status_code == 429
    assert (await stranger.post("/api/code", json={"code": code})).status_code == 429
    assert (await cast.alice.post("/api/sign-out")).is_success
    assert (await cast.alice.post(question)).is_success
    assert (await cast.alice.post("/api/code", {"code": code})).is_success


@pytest.mark.anyio
async def test_a_whole_council_signs_in_from_the_town_hall(runtime: Runtime) -> None:
    for number in range(PER_NETWORK + 30):
        buckets = _from(runtime, f"{number}@staubin.example", "192.0.2.1")
        assert await _guess(runtime, buckets) == 0
        await _right(runtime, buckets)
    # Somebody who owns an account gains no guess by signing in between two.
    own, target = _from(runtime, BRUNO, "192.0.2.9"), _from(runtime, ALICE, "192.0.2.9")
    waits = []
    for _ in range(PER_PAIR + 1):
        waits.append(await _guess(runtime, target))
        await _guess(runtime, own)
        await _right(runtime, own)
    assert waits[:-1] == [0] * PER_PAIR
    assert waits[-1] > 0


@pytest.mark.anyio
async def test_strangers_never_shut_out_a_browser_that_is_known(runtime: Runtime) -> None:
    mark = mark_for(runtime.master_key, ALICE, uuid7())
    known = _from(runtime, ALICE, "192.0.2.1", mark)
    for buckets in (_from(runtime, ALICE, "192.0.2.1"), _from(runtime, ALICE, "198.51.100.7")):
        for _ in range(PER_PAIR):
            assert await _guess(runtime, buckets) == 0
        assert await _guess(runtime, buckets) > 0
    assert await _guess(runtime, known) == 0
    # The mark serves its own account, unaltered, and is itself counted.
    altered = mark.replace(".", ".é", 1)
    for other in (_from(runtime, BRUNO, "192.0.2.1", mark), _from(runtime, ALICE, "", altered)):
        assert len(other) == 2
    # What stands behind its proof gives it no other count.
    assert _from(runtime, ALICE, "192.0.2.1", mark + "é") == known
    for _ in range(PER_PAIR - 1):
        assert await _guess(runtime, known) == 0
    assert await _guess(runtime, known) > 0


@pytest.mark.anyio
async def test_guesses_at_once_are_all_counted(runtime: Runtime) -> None:
    here = _from(runtime, ALICE, "192.0.2.1")
    waits = await asyncio.gather(*(_guess(runtime, here) for _ in range(PER_PAIR * 2)))
    assert waits.count(0) == PER_PAIR


@pytest.mark.anyio
async def test_right_and_wrong_guesses_at_once_never_fail(runtime: Runtime) -> None:
    mark = mark_for(runtime.master_key, ALICE, uuid7())
    known = _from(runtime, ALICE, "192.0.2.1", mark)
    turns = [_right(runtime, known) if n % 2 else _guess(runtime, known) for n in range(60)]
    answers = await asyncio.gather(*turns, return_exceptions=True)
    assert [one for one in answers if isinstance(one, BaseException)] == []


@pytest.mark.anyio
async def test_over_http(cast: Cast) -> None:
    async with cast.browser() as http:
        wrong = {"email": ALICE, "password": "pas le bon du tout"}
        answers = await asyncio.gather(
            *(http.post("/api/sign-in", json=wrong) for _ in range(PER_PAIR + 2))
        )
        assert sorted(a.status_code for a in answers) == [401] * PER_PAIR + [429, 429]
        right = await http.post("/api/sign-in", json={"email": ALICE, "password": PASSWORD})
        assert right.status_code == 429
        wait = right.json()["details"]["retry_after"]
        assert 0 < wait <= WINDOW.total_seconds()
        assert right.headers["retry-after"] == str(wait)
        other = await http.post("/api/sign-in", json={"email": BRUNO, "password": PASSWORD})
        assert other.status_code == 201
    # Alice's own browser still shows its mark, even from the same network.
    again = {"email": ALICE, "password": PASSWORD}
    assert (await cast.alice.post("/api/sign-in", again)).status_code == 201


@pytest.mark.anyio
async def test_a_tablet_left_open_does_not_serve_to_guess_its_password(cast: Cast) -> None:
    wrong = {"current": "pas le bon", "new": "cinq autres mots choisis"}
    for _ in range(PER_PAIR):
        assert (await cast.alice.post("/api/password", wrong)).status_code == 401
    refused = await cast.alice.post("/api/password", {**wrong, "current": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    # A mistyped new password costs nothing once the one in use was right.
    for _ in range(PER_PAIR + 1):
        short = await cast.bruno.post("/api/password", {"current": PASSWORD, "new": "court"})
        assert short.json()["code"] == "password_too_short"


@pytest.mark.anyio
async def test_a_forwarded_address_is_believed_from_our_proxy_alone(cast: Cast) -> None:
    transport = httpx.ASGITransport(app=cast.app, client=("192.0.2.50", 1))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://cartable.test", headers=HEADERS
    ) as http:
        for number in range(PER_PAIR + 1):
            answer = await http.post(
                "/api/sign-in",
                json={"email": ALICE, "password": "pas le bon"},
                headers={"x-forwarded-for": f"203.0.113.{number}"},
            )
    assert answer.status_code == 429


def test_the_last_hop_is_the_one_our_proxy_saw() -> None:
    def seen(peer: str, forwarded: str) -> str:
        headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
        scope: Any = {"type": "http", "client": (peer, 1), "headers": headers}
        return address_of(ASGIConnection(scope), Settings(trusted_proxy="192.0.2.1"))

    assert seen("192.0.2.1", "") == "192.0.2.1"
    assert seen("192.0.2.1", "203.0.113.9") == "203.0.113.9"
    assert seen("192.0.2.1", "10.0.0.1, 203.0.113.9") == "203.0.113.9"
    assert seen("192.0.2.2", "203.0.113.9") == "192.0.2.2"


@given(st.ip_addresses(v=6))
def test_a_subscriber_of_ipv6_is_one_network(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    neighbour = type(address)(number ^ 1)  # type: ignore[call-arg]
    if getattr(address, "ipv4_mapped", None) is None:
        assert network_of(str(address)) == network_of(str(neighbour))


@given(
    st.integers(0, 200),
    st.integers(1, 100),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=2)),
)
def test_nobody_waits_longer_than_the_window(failures: int, allowed: int, age: timedelta) -> None:
    wait = wait_after(failures, NOW - age, allowed, NOW)
    assert 0 <= wait <= WINDOW.total_seconds()
    assert (wait > 0) == (failures >= allowed and age < WINDOW)
