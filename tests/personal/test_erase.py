"""Erasing an account: asked, cancelled, done once, and what the law keeps."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.cast import Cast, Person
from tests.letterbox import letters, secret_of
from tests.lines import host_lines, lines_of
from tests.pushing import Tablet, piece, two_tablets
from tests.test_canaries import Canaries, write_everywhere
from tests.world import good

from cartable.accounts.tables import Account, AccountKey, Device, Passkey
from cartable.attendance.tables import AttendanceAnswer
from cartable.audit import checkpoints
from cartable.audit.signing import signing_key
from cartable.audit.verification import verify
from cartable.mail.letters import Letter
from cartable.mail.tables import Mail
from cartable.members.tables import Member
from cartable.personal.actions import erase
from cartable.personal.actions.erase import erase_due
from cartable.personal.rules import GRACE
from cartable.personal.tables import Erasure
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
ALICE = "alice@staubin.example"


def code(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


async def _after(runtime: Runtime, more: timedelta = timedelta(minutes=1)) -> int:
    return await erase_due(runtime, datetime.now(UTC) + GRACE + more)


async def _account(runtime: Runtime, cast: Cast, name: str) -> Account:
    async with runtime.reading(cast.town.id) as db:
        member = await db.get_one(Member, cast.people[name].member[cast.town.name])
        return await db.get_one(Account, member.account_id)


async def _told(runtime: Runtime, to: str) -> list[Letter]:
    subject = "Votre compte Cartable sera effacé"
    return [one for one in await letters(runtime, to) if one.subject == subject]


async def _asked(person: Person) -> Any:
    return good(await person.post("/api/erasure"))


async def test_it_waits_seven_days_and_a_message_cancels_it(cast: Cast, runtime: Runtime) -> None:
    state = await _asked(cast.alice)
    waits = datetime.fromisoformat(state["erasure"]["due_at"]) - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < waits <= GRACE
    assert (await _asked(cast.alice))["erasure"] == state["erasure"], "again changes nothing"
    told = await _told(runtime, ALICE)
    assert len(told) == 1
    assert await erase_due(runtime, datetime.now(UTC) + GRACE - timedelta(hours=1)) == 0
    http = cast.browser()
    secret = secret_of(told[0].text)
    wrong = await http.post("/api/erasure/cancellation", json={"secret": "x" * 43})
    assert wrong.status_code == 404
    for status in (204, 404):
        done = await http.post("/api/erasure/cancellation", json={"secret": secret})
        assert done.status_code == status, "the link serves once"
    await http.aclose()
    assert good(await cast.alice.get("/api/personal-data"))["erasure"] is None
    assert await _after(runtime) == 0
    assert (await cast.alice.get("/api/me")).status_code == 200
    lines = ["account.erasure_asked", "account.erasure_cancelled"]
    assert await host_lines(runtime, *lines) == lines


async def test_one_s_own_session_cancels_it_too(cast: Cast, runtime: Runtime) -> None:
    await _asked(cast.alice)
    assert (await cast.alice.delete("/api/erasure")).status_code == 204
    assert await _after(runtime) == 0


async def test_the_last_administrator_stays(cast: Cast, runtime: Runtime) -> None:
    assert good(await cast.ines.get("/api/personal-data"))["last_administrator"]
    assert code(await cast.ines.post("/api/erasure")) == (409, "last_administrator")
    member = f"{cast.town.path}/members/{cast.claire.member[cast.town.name]}"
    good(await cast.ines.patch(member, {"roles": ["admin", "clerk"]}))
    await _asked(cast.ines)
    good(await cast.ines.patch(member, {"roles": ["clerk"]}))
    assert await _after(runtime) == 0, "it waits for somebody to administer"


async def test_what_goes_and_what_stays(cast: Cast, runtime: Runtime, do_jobs: Any) -> None:
    on, word = await piece(cast, do_jobs), Canaries()
    one, two = await two_tablets(cast)
    await write_everywhere(one, two, on, word)
    answer = one.mutation("answer_call", {"sitting_id": on.sitting, "answer": "present"})
    await one.did(answer)
    before = await _account(runtime, cast, "alice")
    await _asked(cast.alice)
    assert await _after(runtime) == 1
    assert await _after(runtime) == 0, "once"
    for lines, event in (
        (await host_lines(runtime, "account.erased"), "account.erased"),
        (await lines_of(runtime, cast.town.id, "member.erased"), "member.erased"),
    ):
        assert lines == [event]

    refused = await cast.browser().post(
        "/api/sign-in", json={"email": ALICE, "password": "une phrase de passe longue"}
    )
    assert refused.status_code == 401
    assert code(await cast.alice.get("/api/me")) == (401, "device_signed_out")
    pulled = good(await one.person.post(f"{cast.town.path}/sync/pull", {}))
    assert pulled["rows"] == [], "tablets empty themselves"
    async with runtime.reading(cast.town.id) as db:
        account = await db.get_one(Account, before.id)
        assert account.email == f"{before.id}@efface.invalid"
        assert (account.password_hash, account.email_verified_at) == (None, None)
        assert account.last_name == before.last_name, "she sat in the council"
        for table in (AccountKey, Passkey):
            assert await _count(db, table, table.account_id == before.id) == 0
        names = set(await db.scalars(select(Device.name).where(Device.account_id == before.id)))
        assert names == {""}
        assert await _count(db, Mail, Mail.recipient == ALICE) == 0
        member = await db.get_one(Member, cast.alice.member[cast.town.name])
        assert member.deactivated_at is not None
        assert (member.phone, member.group_id) == ("", None)
        kept = AttendanceAnswer.member_id == member.id
        assert await _count(db, AttendanceAnswer, kept) == 1, "answers to calls are archives"
        known = checkpoints.read(runtime.settings.checkpoints)
        verdict = await verify(db, cast.town.id, known, signing_key(runtime).public)
        assert verdict.broken is None
    papers = good(await cast.claire.get(f"{cast.town.path}/sittings/{on.sitting}/documents"))
    assert papers, "so are the dossiers"


async def _count(db: Any, table: Any, *which: Any) -> int:
    return await db.scalar(select(func.count()).select_from(table).where(*which)) or 0


async def test_who_never_sat_is_named_no_more(cast: Cast, runtime: Runtime) -> None:
    await _asked(cast.gus)
    assert await _after(runtime) == 1
    account = await _account(runtime, cast, "gus")
    assert (account.civility, account.first_name, account.last_name) == ("", "", "Compte effacé")
    listed = good(await cast.ines.get(f"{cast.town.path}/members"))
    assert "gus" not in str(listed).lower().replace(str(account.id), "")


async def test_a_deed_cut_half_way_goes_on(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> None:
        raise RuntimeError("the power is gone")

    await _asked(cast.paul)
    with monkeypatch.context() as patch:
        patch.setattr("cartable.personal.actions.erase.forget_person", fails)
        with pytest.raises(ExceptionGroup, match="parts of a job"):
            await _after(runtime)
    assert (await _account(runtime, cast, "paul")).email.startswith("paul@")
    assert await _after(runtime) == 1
    assert (await _account(runtime, cast, "paul")).email.endswith("@efface.invalid")


async def test_one_erasure_that_fails_keeps_no_other_from_being_done(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (cast.paul, cast.gus, cast.bruno):
        await _asked(person)
    purge, tried = erase.purge_notes, []

    async def fails_once(*given: Any) -> None:
        tried.append(given)
        if len(tried) == 1:
            raise RuntimeError("a bad row")
        await purge(*given)

    with monkeypatch.context() as patch:
        patch.setattr(erase, "purge_notes", fails_once)
        with pytest.raises(ExceptionGroup, match="parts of a job"):
            await _after(runtime)
    async with runtime.reading() as db:
        assert await _count(db, Erasure, Erasure.done_at.is_not(None)) == 2
    assert await _after(runtime) == 1


async def test_an_administrator_enters_a_request(cast: Cast, runtime: Runtime) -> None:
    members, path = cast.town.path + "/members", cast.town.path
    bruno = cast.bruno.member[cast.town.name]
    [line] = good(await cast.ines.post(f"{members}/{bruno}/erasure"))
    assert UUID(line["member_id"]) == bruno
    assert line["done_at"] is None
    [letter] = await _told(runtime, "bruno@staubin.example")
    assert cast.town.name in letter.text
    paul = cast.paul.member[cast.town.name]
    assert code(await cast.ines.post(f"{members}/{paul}/erasure")) == (409, "account_shared")
    assert (await cast.claire.post(f"{members}/{bruno}/erasure")).status_code == 403
    assert (await cast.irma.post(f"{members}/{bruno}/erasure")).status_code == 404
    assert good(await cast.irma.get(f"{cast.other.path}/erasures")) == []
    assert await _after(runtime) == 1
    [line] = good(await cast.ines.get(f"{path}/erasures"))
    assert line["done_at"] is not None
    async with runtime.reading() as db:
        [row] = await db.scalars(select(Erasure))
    assert row.secret_hash is None


async def test_administrators_see_who_asked_themselves(cast: Cast, runtime: Runtime) -> None:
    await _asked(cast.alice)
    path = f"{cast.town.path}/erasures"
    [line] = good(await cast.ines.get(path))
    assert UUID(line["member_id"]) == cast.alice.member[cast.town.name]
    assert line["is_own"]
    assert line["name"].startswith("Alice")
    assert good(await cast.irma.get(f"{cast.other.path}/erasures")) == []
    assert (await cast.claire.get(path)).status_code == 403
    assert (await cast.alice.delete("/api/erasure")).status_code == 204
    assert good(await cast.ines.get(path)) == [], "changing one's mind is nobody else's business"
    await _asked(cast.paul)
    for admin, town in ((cast.ines, cast.town), (cast.irma, cast.other)):
        [line] = good(await admin.get(f"{town.path}/erasures"))
        assert UUID(line["member_id"]) == cast.paul.member[town.name]
    assert await _after(runtime) == 1
    [line] = good(await cast.ines.get(path))
    assert line["done_at"] is not None


async def test_a_tablet_that_still_writes_is_told_to_forget(
    cast: Cast, runtime: Runtime, do_jobs: Any
) -> None:
    on = await piece(cast, do_jobs)
    tablet = Tablet(cast, cast.alice)
    await _asked(cast.alice)
    assert await _after(runtime) == 1
    answer = await tablet.person.post(
        f"{cast.town.path}/sync/push",
        {"epoch": str(UUID(int=1)), "mutations": [tablet.note(on, "trop tard")]},
    )
    assert answer.status_code in (401, 403, 409), answer.text
