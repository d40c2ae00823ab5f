"""Generated from the specification: nobody of one authority sees or changes another.

Le Breuil's people try on Saint-Aubin, which is stuffed with canaries: every operation, each of
them, every place where an id can stand. Then the same with one protection or the other taken away:
what remains must hold; and with all of them away, where the test must find what is told.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from cartable.runtime import Runtime
from cartable.sync import hints
from cartable.sync.catalogue import DEEDS
from tests.calls import Call, calls, own_calls
from tests.cast import PASSWORD, Cast, Person
from tests.doors import DOORS
from tests.isolation import planting
from tests.isolation.attack import LIKE, WHOLE, Attack, Try
from tests.isolation.stuffing import OWNERS, Stuffed
from tests.isolation.writings import MADE, Writer
from tests.pushing import Piece, Tablet, piece, two_tablets
from tests.test_canaries import Canaries, write_everywhere
from tests.world import World, good

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
READS = {"pull_changes"}
"""Operations that read by POST."""

OWN_PROVIDERS = {"depart_to_link", "depart_to_prove", "unlink_connection"}
"""What a person does with the providers of their authorities."""

MEMBERS = {"daniel", "other_group", "paul"}
"""Councillors who are called: every deed of a tablet is for them."""


async def _people(cast: Cast) -> dict[str, Person]:
    """Those of Le Breuil, and what an administrator there can make of them."""
    people = {name: cast.people[name] for name in ("daniel", "carla", "irma", "paul")}
    people["anonymous"] = Person("anonymous", cast.browser())
    people["signed_out"] = await cast.sign_in("daniel@breuil.example")
    device = good(await people["signed_out"].get("/api/me"))["device"]["id"]
    good(await cast.daniel.delete(f"/api/devices/{device}"))
    people["revoked"] = await cast.sign_in("daniel@breuil.example")
    for name in ("signed_out", "revoked"):
        people[name].member = cast.daniel.member
    device = good(await people["revoked"].get("/api/me"))["device"]["id"]
    taken = f"{cast.other.path}/members/{cast.daniel.member[cast.other.name]}/devices/{device}"
    good(await cast.irma.post(f"{taken}/revoke"))
    group = good(await cast.irma.post(f"{cast.other.path}/groups", {"name": "Opposition"}))["id"]
    for name, more in (("other_group", {"group_id": group}), ("ended", {})):
        email = f"{name.replace('_', '.')}@breuil.example"
        seat = {"assembly_id": cast.other.assemblies["council"], "starts_on": "2026-01-01"}
        body = {"first_name": "Nora", "last_name": "Nom", "email": email, "seats": [seat],
                "roles": ["councillor"], **more}  # fmt: skip
        member = good(await cast.irma.post(f"{cast.other.path}/members", body))["id"]
        people[name] = await cast.accept(email, name)
        people[name].member[cast.other.name] = UUID(member)
    good(await cast.irma.post(f"{cast.other.path}/members/{member}/deactivate"))
    held, people["ended"] = people["ended"].member, await cast.sign_in(email)
    people["ended"].member = held
    assert set(people) == set(LIKE)
    return people


async def _right(world: World, guest: UUID, do_jobs: Any) -> dict[str, Call]:
    """A right request of each operation of an authority, and of those about oneself."""
    sitting = await world.ready_to_convene()
    _, file = await world.document(sitting)
    await do_jobs()
    good(await world.clerk.post(f"{world.town.path}/sittings/{sitting}/convene"))
    made = {name: await make() for name, make in calls(world, file, str(guest)).items()}
    me = good(await world.admin.get("/api/me"))
    spare = await world.cast.sign_in(me["account"]["email"])
    device = good(await spare.get("/api/me"))["device"]["id"]
    await spare.http.aclose()
    own = own_calls(
        world.admin.name, me["device"]["id"], device, PASSWORD, await world.connection()
    )
    return {**own, **made}


@pytest.fixture
async def attack(
    cast: Cast, runtime: Runtime, do_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Attack]:
    """Everything is ready; nobody has tried yet."""
    monkeypatch.setattr(hints, "OPEN_FOR", 0)  # a stream ends as soon as it has begun
    theirs = Stuffed(cast.town.id)
    words = Canaries()
    words.mark = theirs.mark.removeprefix("canari")
    on = await piece(cast, do_jobs)
    tablet, other = await two_tablets(cast)
    await write_everywhere(tablet, other, on, words)
    notes, parked = list(await tablet.rows("annotation")), list(await tablet.parked())
    mirror = replace(cast, town=cast.other, other=cast.town)
    second = Tablet(mirror, await cast.sign_in("daniel@breuil.example", name="daniel"))
    written = await piece(mirror, do_jobs, clerk=cast.carla)
    await write_everywhere(Tablet(mirror, cast.daniel), second, written, Canaries())
    at_home = await piece(mirror, do_jobs, clerk=cast.carla)
    there = World(cast, cast.town, cast.claire, cast.ines, count(1000))
    right = await _right(there, cast.gus.member[cast.town.name], do_jobs)
    home = World(cast, cast.other, cast.carla, cast.irma)
    people = await _people(cast)
    own = await _right(home, cast.daniel.member[cast.other.name], do_jobs)
    pulled = good(await cast.alice.post(f"{cast.town.path}/sync/pull", {"limit": 1}))
    head = await cast.alice.get(f"{cast.town.path}/sync/head")
    async with runtime.writing() as db:
        await theirs.fill(db)
        await Stuffed(cast.other.id).fill_up(db)
    for name in ("rename_passkey", "remove_passkey"):
        right[name][0]["passkey_id"] = str(theirs.rows["passkey"])
    document = (await people["anonymous"].get("/api/openapi.json")).json()
    ids = await planting.ids_of(runtime, cast.town.id)
    ids |= {"cursor": pulled["cursor"], "etag": head.headers["etag"]}
    ids |= {"account": theirs.rows["account"], "device": theirs.rows["device"]}
    own_ids = await planting.ids_of(runtime, cast.other.id)
    assert [kind for kind, one in own_ids.items() if one is None] == []
    ids, own_ids = ids | _kinds(on), own_ids | _kinds(at_home)
    ids |= {"annotation": notes[0], "sibling": notes[1], "parked": parked[0]}
    mids = [mutation["mid"] for mutation in tablet.sent if mutation["mid"] not in parked]
    yield Attack(cast, runtime, people, theirs, document, own, right, ids, own_ids, mids)
    for person in people.values():
        await person.http.aclose()


def _kinds(on: Piece) -> dict[str, str]:
    """What members may write about."""
    return {"sitting": on.sitting, "agenda_item": on.item, "document": on.document,
            "file": on.sha256}  # fmt: skip


async def _reads(attack: Attack, people: list[str]) -> None:
    """What people are shown of their own authority tells nothing of the other."""
    for name, method, path, _ in attack.operations:
        if (method not in ("GET", "HEAD") and name not in READS) or "position" in path:
            continue
        ids, options = attack.own[name]
        where = path.format(authority_id=attack.cast.other.id, **ids)
        for person in people:
            # Of oneself, who belongs to both is rightly told of both.
            if person != "paul" or DOORS[name].is_of_authority:
                one = Try(name, "nothing", method, where, options, frozenset())
                await attack.send(person, one)


async def _swaps(attack: Attack, people: list[str]) -> None:
    for name, method, path, operation in attack.operations:
        before = await attack.look()
        for one in attack.tries(name, method, path, operation):
            for person in people:
                if person == "paul" and (one.place in WHOLE or name in OWN_PROVIDERS):
                    continue  # he is a member there
                await attack.send(person, one)
        await attack.check_unchanged(before, name)


async def _pushes(attack: Attack, people: list[str]) -> None:
    """Each deed of a tablet with each id swapped: kept for its author as it would be if the id
    named nothing, done to nobody. With ids of one's own alone, the same is done."""
    before = await attack.look()
    for person in people:
        await _tokens(attack, person, f"{attack.cast.other.path}/sync")
    for person in people:
        member = attack.people[person].member.get(attack.cast.other.name, uuid4())
        schemas = attack.document["components"]["schemas"]
        writer = Writer(schemas, member, attack.own_ids, attack.ids, attack.mids)
        right, wrong = list(writer.right()), list(writer.wrong())
        assert {one.place.split()[0] for one in wrong} == {name for name, _ in DEEDS}
        nothing, all_sent = [one.nowhere for one in wrong], list(right)
        for one in wrong:
            all_sent += one.foreign, one.nowhere
        await _push(attack, person, "mutation before", *(m for sent in all_sent for m in sent[:-1]))
        done = await _push(attack, person, "mutation of one's own", *(sent[-1] for sent in right))
        for *_, sent in right if person in MEMBERS else []:
            assert done[sent["mid"]] == ("applied", None), (person, sent, done)
        done = await _push(attack, person, "mutation of nothing", *(sent[-1] for sent in nothing))
        for one in wrong:
            place = f"mutation {one.place}"
            done |= await _push(attack, person, place, one.foreign[-1])
            foreign, nowhere = (done.get(sent[-1]["mid"]) for sent in (one.foreign, one.nowhere))
            is_parked = foreign is None or foreign[0] == "parked"
            if foreign != nowhere or not (is_parked or one.place in MADE):
                attack.blame(place, f"{place} by {person}: {foreign}, of nothing: {nowhere}")
    await attack.check_unchanged(before, "push_changes")


async def _push(attack: Attack, person: str, place: str, *mutations: Any) -> dict[str, Any]:
    """Outcome and code of each mutation, when the push is heard."""
    body = {"epoch": str(attack.own_ids["epoch"]), "mutations": mutations}
    said = str(body).encode()
    sent = frozenset(one for one in attack.theirs.ids if one in said)
    path = f"{attack.cast.other.path}/sync/push"
    one = Try("push_changes", place, "POST", path, {"json": body}, sent, frozenset({200}))
    answer = await attack.send(person, one)
    told = answer.json()["outcomes"] if answer.status_code == 200 else []
    return {one["mid"]: (one["outcome"], one["code"]) for one in told}


async def _tokens(attack: Attack, person: str, path: str) -> None:
    """Cursor, acknowledgement and ETag of the other authority are worth nothing here."""
    cursor = {"cursor": attack.ids["cursor"]}
    mids = [str(attack.ids["mutation"]), str(uuid4())]
    sent = frozenset(one.encode() for one in mids)
    for place, body in (("cursor", cursor), ("holding", {"holding": mids})):
        one = Try("pull_changes", f"token {place}", "POST", f"{path}/pull", {"json": body}, sent,
                  frozenset({200}))  # fmt: skip
        answer = await attack.send(person, one)
        if answer.status_code == 200 and (answer.json()["held"] or not answer.json()["reset"]):
            attack.blame(f"token {place}", f"{place} by {person}: {answer.text[:200]}")
    tag = {"if-none-match": attack.ids["etag"]}
    one = Try("read_head", "header if-none-match", "GET", f"{path}/head", {"headers": tag},
              frozenset(), frozenset({200}))  # fmt: skip
    await attack.send(person, one)
    if person != "anonymous":
        account = {"x-cartable": str(attack.ids["account"])}
        one = Try("read_head", "header x-cartable", "GET", f"{path}/head", {"headers": account},
                  frozenset(), frozenset({409}))  # fmt: skip
        await attack.send(person, one)


def _table(attack: Attack) -> str:
    """What was tried, by whom, how often."""
    asked = {operation for operation, _ in attack.places}
    lines = [f"  {person:<12} {count:>5} requests" for person, count in attack.counts.items()]
    return "\n".join((
        "", f"strangers: {len(DOORS)} operations, {len(asked)} of them with an id or an answer to"
        f" watch, {len(attack.places)} places, {attack.counts.total()} requests",
        *lines,
        f"  watched: {len(attack.theirs.ids)} ids and hashes, {len(attack.theirs.filled)} columns"
        f" stuffed, {len(OWNERS) + 1} tables unchanged", "",
    ))  # fmt: skip


async def test_nobody_sees_or_changes_another_authority(
    attack: Attack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await _attack(attack, monkeypatch, people=list(LIKE))
    with capsys.disabled():
        sys.stdout.write(_table(attack))
    assert {name for name, *_ in attack.operations} == set(DOORS)
    assert not attack.wrong, "\n".join(attack.wrong)


async def _attack(
    attack: Attack, monkeypatch: pytest.MonkeyPatch, *plants: str, people: list[str]
) -> None:
    """All of it, by `people`, with protections taken away."""
    async with AsyncExitStack() as stack:
        for plant in plants:
            stack.enter_context(planting.PLANTS[plant](monkeypatch))
        await _reads(attack, people)  # what is parked later tells its author what they had sent
        await _pushes(attack, people)
        await _swaps(attack, people)


async def test_the_criterion_of_sessions_holds_alone(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with planting.as_owner(attack.runtime, monkeypatch):
        await _attack(attack, monkeypatch, "by hand", people=list(LIKE))
    assert not attack.wrong, "\n".join(attack.wrong)


@pytest.mark.postgresql
async def test_row_security_holds_alone(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    await _attack(attack, monkeypatch, "by hand", "by session", people=list(LIKE))
    assert not attack.wrong, "\n".join(attack.wrong)


async def test_without_any_of_them_all_is_told(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with planting.as_owner(attack.runtime, monkeypatch):
        plants = "by hand, heads apart", "by session"
        await _attack(attack, monkeypatch, *plants, people=["carla", "irma"])
    told = [line for line in attack.wrong if " tells " in line]
    assert len(told) > 20, attack.wrong
    # Not a header, nor a token: an ETag, an account and a cursor are compared with the asker's own,
    # and acknowledgements looked for among the mutations of their member, which no plant takes out.
    for kind in ("nothing", "path", "query", "body", "mutation"):
        assert attack.found[kind], f"{kind}: nothing found in\n" + "\n".join(attack.wrong)
    done = [line for line in attack.wrong if line.startswith("mutation ") and "applied" in line]
    assert any("prepare_vote body" in line for line in done), attack.wrong
    # A pull reaches their rows too, and fails on them: words stand where a tablet wants others.
    assert any(line.startswith("pull_changes by ") for line in attack.wrong), attack.wrong
