"""Importing members: what is shown is what is done, all of it or nothing, and again."""

from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, update
from tests.cast import Cast
from tests.members.test_csv import unmasked
from tests.world import good

from cartable.accounts.tables import Account
from cartable.audit.tables import AuditEvent
from cartable.authorities.tables import Authority
from cartable.members.actions import import_members
from cartable.members.actions.write_import import Writer
from cartable.members.tables import Member
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio

HEADER = (
    "Prénom;Nom;Adresse électronique;Téléphone;Rôles;Groupe;Assemblées;Début du mandat;"
    "Fin du mandat;Rang;Suppléant"
)


def body(text: str, **more: Any) -> dict[str, Any]:
    return {"content": b64encode(text.encode()).decode(), **more}


async def preview(cast: Cast, text: str) -> Any:
    path = f"{cast.town.path}/members/import/preview"
    return good(await cast.ines.post(path, body(text)))


async def take(cast: Cast, text: str, shown: Any, **more: Any) -> httpx.Response:
    order = {
        "assemblies": [{"name": n, "kind": "committee"} for n in shown["new_assemblies"]],
        "groups": shown["new_groups"],
        "previewed": [line["fingerprint"] for line in shown["people"]],
        **more,
    }
    return await cast.ines.post(f"{cast.town.path}/members/import", body(text, **order))


async def members(cast: Cast) -> dict[str, Any]:
    listed = good(await cast.ines.get(f"{cast.town.path}/members"))
    return {line["email"]: line for line in listed}


async def count(runtime: Runtime, table: Any) -> int:
    async with runtime.reading() as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


FILE = f"""{HEADER}
Zoé;Petit;zoe@val.example;06 12 34 56 78;Élue;Ensemble;council|Écoles;22/03/2026;;7;max@val.example
Max;Roy;max@val.example;;Suppléant;;;;;;
ALICE;nom-alice;alice@staubin.example;01 02 03 04 05;Secrétariat;Ensemble;council;;;2;
;;alice@staubin.example;;;;Écoles;01/04/2026;30/06/2026;;
"""


async def test_what_is_shown_is_done(cast: Cast, runtime: Runtime) -> None:
    before = await count(runtime, Account), await count(runtime, AuditEvent)
    shown = await preview(cast, FILE)
    assert (await count(runtime, Account), await count(runtime, AuditEvent)) == before
    assert (shown["format"], shown["lines"], shown["errors"]) == ("own", 4, [])
    assert (shown["new_assemblies"], shown["new_groups"]) == (["Écoles"], ["Ensemble"])
    assert [line["verdict"] for line in shown["people"]] == ["new", "new", "changed"]
    alice = {(c["field"], c["after"]) for c in shown["people"][2]["changes"]}
    assert alice == {
        ("phone", "+33102030405"),
        ("roles", "Conseillère ou conseiller, Secrétariat des assemblées"),
        ("group", "Ensemble"), ("rank", "2"), ("seat", "Écoles · 01/04/2026 – 30/06/2026"),
    }  # fmt: skip
    done = good(await take(cast, FILE, shown, invites=False))
    assert (done["added"], done["changed"], done["same"]) == (2, 1, 0)
    now = await members(cast)
    zoe, max_, alice = (
        now[f"{n}"] for n in ("zoe@val.example", "max@val.example", "alice@staubin.example")
    )
    assert (zoe["phone"], zoe["roles"], len(zoe["seats"])) == ("+33612345678", ["councillor"], 2)
    assert all(seat["substitutes"] == [max_["id"]] and seat["rank"] == 7 for seat in zoe["seats"])
    assert (alice["first_name"], alice["roles"]) == ("Alice", ["clerk", "councillor"])
    assert zoe["group_id"] == alice["group_id"] is not None
    assert len(alice["seats"]) == 3
    assert done["new_members"] == [zoe["id"], max_["id"]]
    assert [zoe["entry"], max_["entry"]] == ["uninvited", "uninvited"]

    # Again: nothing is left to do, and nothing is done.
    written = await count(runtime, Account), await count(runtime, Member)
    again = good(await take(cast, FILE, shown))
    assert (again["added"], again["changed"], again["same"]) == (0, 0, 3)
    assert (await count(runtime, Account), await count(runtime, Member)) == written
    assert await members(cast) == now
    assert {line["verdict"] for line in (await preview(cast, FILE))["people"]} == {"same"}


async def test_files_of_the_reference_product_come_in(cast: Cast, shared: Path) -> None:
    folder = shared / "reference" / "idelibre"
    text = unmasked(folder / "user_success.csv").decode()
    shown = await preview(cast, text)
    assert (shown["format"], shown["errors"]) == ("reference", [])
    done = good(await take(cast, text, shown))
    assert (done["added"], done["changed"], done["same"]) == (3, 0, 0)
    deputies = unmasked(folder / "user_success_deputy.csv").decode()
    done = good(await take(cast, deputies, await preview(cast, deputies)))
    assert (done["added"], done["changed"]) == (1, 3)
    now = await members(cast)
    replaced = now["ligne0@example.org"]["seats"]
    deputy = now["ligne2@example.org"]["id"]
    assert [seat["substitutes"] for seat in replaced] == [[deputy]] * 4
    again = good(await take(cast, deputies, await preview(cast, deputies)))
    assert (again["added"], again["changed"], again["same"]) == (0, 0, 4)
    missing = (folder / "user_missing_fields.csv").read_text()
    assert [(e["line"], e["code"]) for e in (await preview(cast, missing))["errors"]] == [
        (1, "missing")
    ]


async def test_errors_keep_everything_out(cast: Cast, runtime: Runtime) -> None:
    before = await count(runtime, Account)
    text = (
        f"{HEADER}\nZoé;Petit;zoe@val.example;;;;council;;;;nobody@val.example\n"
        "Bob;;bob@val;;;;;;;;\n"
    )
    shown = await preview(cast, text)
    told = [(e["line"], e["field"], e["code"]) for e in shown["errors"]]
    assert told == [
        (2, "substitute", "substitute_unknown"), (3, "last_name", "missing"),
        (3, "email", "email"),
    ]  # fmt: skip
    refused = await take(cast, text, shown)
    assert (refused.status_code, refused.json()["code"]) == (422, "import_has_errors")
    assert refused.json()["details"] == {"errors": 3}
    assert await count(runtime, Account) == before


async def test_who_sits_replaces_nobody_there_and_the_preview_says_so(cast: Cast) -> None:
    def lines(*more: str) -> str:
        return "\n".join([HEADER, *more])

    zoe = "Zoé;Petit;zoe@val.example;;;;council|Écoles;2026-03-22;;7;{}"
    max_ = "Max;Roy;max@val.example;;;;{}"
    sits = ("substitute", "substitute_sits")
    for text, expected in (
        # Bruno sits in the council already; Max will, by this file, where it is not there yet.
        (lines(zoe.format("bruno@staubin.example")), [(2, *sits)]),
        (lines(zoe.format("max@val.example"), max_.format("Écoles;2026-03-22;;8;")), [(2, *sits)]),
        # Max leaves the day before.
        (lines(zoe.format("max@val.example"), max_.format("Écoles;2026-01-01;2026-03-21;8;")), []),
    ):
        shown = await preview(cast, text)
        told = [(e["line"], e["field"], e["code"]) for e in shown["errors"]]
        assert told == expected
        done = await take(cast, text, shown)
        assert (done.status_code, done.json().get("code")) == (
            (422, "import_has_errors") if expected else (200, None)
        )
    # Max, who replaces Zoé now, is given a seat beside hers.
    text = lines(zoe.format("max@val.example"), max_.format("Écoles;2026-03-22;;8;"))
    assert [e["code"] for e in (await preview(cast, text))["errors"]] == ["substitute_sits"]


async def test_a_change_since_the_preview_refuses_all(cast: Cast, runtime: Runtime) -> None:
    shown = await preview(cast, FILE)
    before = await count(runtime, Account)
    alice = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    good(await cast.ines.patch(alice, {"phone": "06 00 00 00 01"}))
    refused = await take(cast, FILE, shown)
    assert (refused.status_code, refused.json()["code"]) == (409, "import_changed")
    assert await count(runtime, Account) == before
    assert "Écoles" not in {
        a["name"] for a in good(await cast.ines.get(f"{cast.town.path}/assemblies"))
    }
    other = await take(cast, FILE, {**shown, "people": shown["people"][:2]})
    assert other.json()["code"] == "import_changed"


async def test_a_substitute_taken_back_since_the_preview_refuses_all(cast: Cast) -> None:
    good(await take(cast, FILE, await preview(cast, FILE)))
    shown = await preview(cast, FILE)
    assert {line["verdict"] for line in shown["people"]} == {"same"}
    seat = (await members(cast))["zoe@val.example"]["seats"][0]["id"]
    path = f"{cast.town.path}/seats/{seat}/substitutes"
    assert good(await cast.ines.put(path, {"members": []}))["substitutes"] == []
    refused = await take(cast, FILE, shown)
    assert (refused.status_code, refused.json()["code"]) == (409, "import_changed")
    assert (await members(cast))["zoe@val.example"]["seats"][0]["substitutes"] == []


async def test_a_whole_council_comes_in_by_one_deed_or_not_at_all(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        f"P{n};Nom{n};p{n}@val.example;;;Ensemble;council|Écoles|Travaux;2026-03-22;;{n};"
        for n in range(1, 101)
    ]
    text = "\n".join([HEADER, *people])
    shown = await preview(cast, text)
    before = await members(cast)
    written = Writer.person
    wrote = 0

    async def stops_near_the_end(*args: Any) -> None:
        nonlocal wrote
        wrote += 1
        if wrote == 99:
            raise OSError("the power went")
        await written(*args)

    monkeypatch.setattr(Writer, "person", stops_near_the_end)
    assert (await take(cast, text, shown)).status_code >= 500
    assert await members(cast) == before
    assert "Écoles" not in {
        one["name"] for one in good(await cast.ines.get(f"{cast.town.path}/assemblies"))
    }
    monkeypatch.setattr(Writer, "person", written)
    done = good(await take(cast, text, shown))
    assert (done["added"], done["same"]) == (100, 0)
    now = await members(cast)
    assert all(len(now[f"p{n}@val.example"]["seats"]) == 3 for n in range(1, 101))
    async with runtime.reading(cast.town.id) as db:
        new = [UUID(one) for one in done["new_members"]]
        numbers = list(await db.scalars(select(Member.seq).where(Member.id.in_(new))))
        lines = await db.scalars(select(AuditEvent.seq).where(AuditEvent.seq == numbers[0]))
    assert (len(numbers), len(set(numbers))) == (100, 1)
    # The import, the group, two assemblies, and each person.
    assert len(list(lines)) >= 104


async def test_a_long_file_takes_several_deeds_and_can_be_taken_up_again(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Substitutes are written once everybody is there, in the last deed.
    people = [
        f"P{n};Nom{n};p{n}@val.example;;;;council;2026-03-22;;{n};{'max@val.example' * (n < 3)}"
        for n in range(1, 41)
    ]
    text = "\n".join([HEADER, *people, "Max;Roy;max@val.example;;Suppléant;;;;;;"])
    shown = await preview(cast, text)
    monkeypatch.setattr(import_members, "PEOPLE", 12)
    entered = import_members.enter
    deeds = 0

    async def stops_at_third(*args: Any) -> int:
        nonlocal deeds
        deeds += 1
        if deeds == 3:
            raise OSError("the power went")
        return await entered(*args)

    monkeypatch.setattr(import_members, "enter", stops_at_third)
    assert (await take(cast, text, shown, invites=False)).status_code >= 500
    some = sum(email.endswith("@val.example") for email in await members(cast))
    assert 0 < some < 40
    monkeypatch.setattr(import_members, "enter", entered)
    done = good(await take(cast, text, shown, invites=False))
    assert (done["added"], done["changed"], done["same"]) == (41 - some, 2, some - 2)
    now = await members(cast)
    for n in range(1, 41):
        [seat] = now[f"p{n}@val.example"]["seats"]
        assert seat["substitutes"] == [now["max@val.example"]["id"]] * (n < 3)
    assert all(len(now[f"p{n}@val.example"]["seats"]) == 1 for n in range(1, 41))
    async with runtime.reading() as db:
        seqs = list(
            await db.scalars(select(AuditEvent.seq).where(AuditEvent.event == "members.imported"))
        )
    assert len(seqs) == len(set(seqs)) > 3


async def test_a_long_file_changes_seats_that_are_held_in_several_deeds(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_members, "PEOPLE", 12)

    def file(phone: str, shift: int) -> str:
        people = [
            f"P{n};Nom{n};p{n}@val.example;{phone};;;council;2026-03-22;;{n + shift};"
            for n in range(1, 31)
        ]
        return "\n".join([HEADER, *people])

    for text, expected in (
        (file("", 0), (30, 0, 0)),
        (file("0601020304", 100), (0, 30, 0)),
        (file("0601020304", 100), (0, 0, 30)),
    ):
        done = good(await take(cast, text, await preview(cast, text), invites=False))
        assert (done["added"], done["changed"], done["same"]) == expected
    now = await members(cast)
    for n in range(1, 31):
        assert [seat["rank"] for seat in now[f"p{n}@val.example"]["seats"]] == [n + 100]


async def test_names_shared_with_another_authority_stay(cast: Cast) -> None:
    text = (
        f"{HEADER}\nPaulo;Autre;paul@staubin.example;;;;;;;;\n"
        "Dan;Iel;daniel@breuil.example;;;;;;;;\n"
    )
    shown = await preview(cast, text)
    paul, daniel = shown["people"]
    assert (paul["verdict"], paul["notes"]) == ("same", ["name_kept"])
    assert (daniel["verdict"], daniel["notes"]) == ("new", [])
    # Who has an account elsewhere is not to be read from a file.
    assert {"field": "name", "before": "", "after": "Dan Iel"} in daniel["changes"]
    good(await take(cast, text, shown, invites=False))
    now = await members(cast)
    assert now["paul@staubin.example"]["first_name"] == "Paul"
    assert now["daniel@breuil.example"]["first_name"] == "Daniel"


async def test_an_access_that_was_closed_opens_again(cast: Cast) -> None:
    gus = f"{cast.town.path}/members/{cast.gus.member[cast.town.name]}"
    good(await cast.ines.post(f"{gus}/deactivate"))
    text = f"{HEADER}\nGus;Nom-gus;gus@staubin.example;;;;council;;;;\n"
    shown = await preview(cast, text)
    assert shown["people"][0]["changes"][0] == {
        "field": "access",
        "before": "",
        "after": "reopened",
    }
    good(await take(cast, text, shown))
    assert (await members(cast))["gus@staubin.example"]["is_active"]


async def test_more_people_than_places_keeps_everybody_out(cast: Cast, runtime: Runtime) -> None:
    gus = f"{cast.town.path}/members/{cast.gus.member[cast.town.name]}"
    good(await cast.ines.post(f"{gus}/deactivate"))
    people = [f"P{n};Nom{n};p{n}@val.example;;;;council;2026-03-22;;{n};" for n in range(1, 120)]
    back = "Gus;Nom-gus;gus@staubin.example;;;;council;;;;"
    text = "\n".join([HEADER, *people, back])
    there = sum(one["is_active"] for one in (await members(cast)).values())

    async def places(room: int) -> None:
        async with runtime.writing() as db:
            town = update(Authority).where(Authority.id == cast.town.id)
            await db.execute(town.values(members_allowed=there + room))

    shown = await preview(cast, text)
    before = await count(runtime, Account), await count(runtime, AuditEvent)
    for room in (100, 119):
        await places(room)
        refused = await take(cast, text, shown, invites=False)
        assert (refused.status_code, refused.json()["code"]) == (409, "quota_exceeded")
        assert (await count(runtime, Account), await count(runtime, AuditEvent)) == before
    await places(120)
    done = good(await take(cast, text, shown, invites=False))
    assert (done["added"], done["changed"]) == (119, 1)
    assert good(await take(cast, text, shown, invites=False))["same"] == 120, "full, and nobody new"


async def test_what_is_left_out_is_told_and_left_out(cast: Cast) -> None:
    text = f"{HEADER}\nZoé;Petit;zoe@val.example;;;Ensemble;Écoles|council;;;;\n"
    shown = await preview(cast, text)
    path = f"{cast.town.path}/members/import"
    changed = await cast.ines.post(
        path, body(text, previewed=[line["fingerprint"] for line in shown["people"]])
    )
    # Left out of the order: it would do less than shown, unless the question was answered so.
    assert changed.json()["code"] == "import_changed"
    out = ["Écoles", "Ensemble"]
    left = good(await cast.ines.post(f"{path}/preview", body(text, leaves_out=out)))
    assert set(left["people"][0]["notes"]) == {"assembly_left_out", "group_left_out"}
    done = good(await take(cast, text, left, leaves_out=out, assemblies=[], groups=[]))
    assert done["added"] == 1
    assert (await members(cast))["zoe@val.example"]["entry"] == "invited"
    zoe = (await members(cast))["zoe@val.example"]
    assert (zoe["group_id"], len(zoe["seats"])) == (None, 1)


async def test_only_administrators_import(cast: Cast) -> None:
    path = f"{cast.town.path}/members/import/preview"
    assert (await cast.claire.post(path, body(FILE))).status_code == 403
    assert (await cast.irma.post(path, body(FILE))).status_code == 404
    bad = await cast.ines.post(path, {"content": "n'importe"})
    assert bad.status_code in (400, 422)


async def test_the_table_goes_out_and_comes_back(cast: Cast) -> None:
    shown = await preview(cast, FILE.replace("Zoé", "=1+1"))
    good(await take(cast, FILE.replace("Zoé", "=1+1"), shown, invites=False))
    answer = await cast.ines.post(f"{cast.town.path}/members/export")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    assert ";'=1+1;Petit;zoe@val.example;06 12 34 56 78;" in text
    again = await preview(cast, text)
    assert again["errors"] == []
    assert {line["verdict"] for line in again["people"]} == {"same"}
    assert len(again["people"]) == len(await members(cast))
    assert (await cast.claire.post(f"{cast.town.path}/members/export")).status_code == 403
