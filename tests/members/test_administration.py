"""Ending mandates, substitutes, leaders, the directory, settings and the logo."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from sqlalchemy import select, update
from tests.cast import Cast
from tests.desk import Desk
from tests.world import World, good

from cartable.audit.tables import AuditEvent
from cartable.authorities import pictures, rules
from cartable.authorities.tables import Authority
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio

TODAY = datetime.now(UTC).date()
PAST = (TODAY - timedelta(days=5)).isoformat()


def _code(answer: Any) -> str:
    return str(answer.json()["code"])


async def _member(cast: Cast, email: str) -> Any:
    listed = good(await cast.ines.get(f"{cast.town.path}/members"))
    return next(line for line in listed if line["email"] == email)


async def test_a_mandate_ends_for_everybody_and_is_given_back(cast: Cast) -> None:
    council, path = cast.town.assemblies["council"], cast.town.path
    mandate = f"{path}/assemblies/{council}/mandate"
    losses = good(await cast.ines.get(f"{mandate}?last_day={PAST}"))
    assert len(losses) == 3
    left = {loss["first_name"]: loss["is_left_without_role"] for loss in losses}
    # Alice sits in another assembly too.
    assert left == {"Alice": False, "Bruno": True, "Paul": True}
    order = {"last_day": PAST, "deactivates": True, "seats": [one["seat_id"] for one in losses]}
    fewer = {**order, "seats": order["seats"][:2]}
    assert _code(await cast.ines.post(f"{mandate}/end", fewer)) == "mandate_changed"
    early = {**order, "last_day": TODAY.isoformat()}
    assert _code(await cast.ines.post(f"{mandate}/end", early)) == "mandate_not_over"
    ended = good(await cast.ines.post(f"{mandate}/end", order))
    assert (ended["seats"], ended["deactivated"], ended["can_undo"]) == (3, 2, True)
    assert good(await cast.ines.get(f"{mandate}?last_day={PAST}")) == []
    assert not (await _member(cast, "bruno@staubin.example"))["is_active"]
    assert (await _member(cast, "alice@staubin.example"))["seats"][0]["ends_on"] == PAST
    assert (await cast.bruno.get(f"{path}/sync/head")).status_code in (401, 404)
    # Paul still sits in the other town.
    assert len(good(await cast.paul.get("/api/me"))["memberships"]) == 1

    undo = f"{path}/mandate-ends/{ended['id']}/undo"
    assert not good(await cast.ines.post(undo))["can_undo"]
    assert _code(await cast.ines.post(undo)) == "nothing_to_undo"
    assert (await _member(cast, "bruno@staubin.example"))["is_active"]
    assert (await _member(cast, "bruno@staubin.example"))["seats"][0]["ends_on"] is None
    assert (await cast.irma.post(undo)).status_code == 404
    assert [one["id"] for one in good(await cast.ines.get(f"{path}/mandate-ends"))] == [ended["id"]]


async def test_people_come_back_within_the_quota(cast: Cast, runtime: Runtime) -> None:
    mandate = f"{cast.town.path}/assemblies/{cast.town.assemblies['council']}/mandate"
    losses = good(await cast.ines.get(f"{mandate}?last_day={PAST}"))
    order = {"last_day": PAST, "deactivates": True, "seats": [one["seat_id"] for one in losses]}
    ended = good(await cast.ines.post(f"{mandate}/end", order))
    there = sum(
        line["is_active"] for line in good(await cast.ines.get(f"{cast.town.path}/members"))
    )
    undo = f"{cast.town.path}/mandate-ends/{ended['id']}/undo"
    for room, status in ((1, 409), (2, 200)):
        async with runtime.writing() as db:
            town = update(Authority).where(Authority.id == cast.town.id)
            await db.execute(town.values(members_allowed=there + room))
        answer = await cast.ines.post(undo)
        assert answer.status_code == status, answer.text
    assert not (await _member(cast, "bruno@staubin.example"))["deactivated_at"]


async def test_what_changed_since_is_not_undone(cast: Cast) -> None:
    council, path = cast.town.assemblies["council"], cast.town.path
    mandate = f"{path}/assemblies/{council}/mandate"
    losses = good(await cast.ines.get(f"{mandate}?last_day={PAST}"))
    order = {"last_day": PAST, "seats": [one["seat_id"] for one in losses]}
    ended = good(await cast.ines.post(f"{mandate}/end", order))
    alice = cast.alice.member[cast.town.name]
    again = {"assembly_id": council, "starts_on": TODAY.isoformat()}
    good(await cast.ines.post(f"{path}/members/{alice}/seats", again))
    undo = await cast.ines.post(f"{path}/mandate-ends/{ended['id']}/undo")
    assert _code(undo) == "nothing_to_undo"
    assert (await _member(cast, "bruno@staubin.example"))["seats"][0]["ends_on"] == PAST


async def test_substitutes_are_declared_in_order(cast: Cast) -> None:
    path = cast.town.path
    world = World(cast, cast.town, cast.claire, cast.ines)
    seat = (await _member(cast, "alice@staubin.example"))["seats"][0]["id"]
    one, two = await world.member(), await world.member()
    given_ = good(
        await cast.ines.put(f"{path}/seats/{seat}/substitutes", {"members": [two, one, two]})
    )
    assert given_["substitutes"] == [two, one]
    edited = good(await cast.ines.patch(f"{path}/seats/{seat}", {"rank": 9}))
    assert edited["substitutes"] == [two, one]
    bruno = str(cast.bruno.member[cast.town.name])
    sits = await cast.ines.put(f"{path}/seats/{seat}/substitutes", {"members": [bruno]})
    assert (_code(sits), sits.json()["details"]) == ("substitute_sits", {"member_id": bruno})
    alice = str(cast.alice.member[cast.town.name])
    own = await cast.ines.put(f"{path}/seats/{seat}/substitutes", {"members": [alice]})
    assert _code(own) == "substitute_sits"
    shown = await _member(cast, "alice@staubin.example")
    assert shown["seats"][0]["substitutes"] == [two, one]
    good(await cast.ines.delete(f"{path}/seats/{seat}"))


async def test_a_leader_belongs_to_the_group(cast: Cast) -> None:
    path, alice = cast.town.path, str(cast.alice.member[cast.town.name])
    group = good(await cast.ines.post(f"{path}/groups", {"name": "Ensemble"}))["id"]
    leaders = f"{path}/groups/{group}/leaders"
    assert _code(await cast.ines.put(leaders, {"members": [alice]})) == "leader_of_another_group"
    good(await cast.ines.patch(f"{path}/members/{alice}", {"group_id": group}))
    assert good(await cast.ines.put(leaders, {"members": [alice]}))[0]["leaders"] == [alice]
    good(await cast.ines.patch(f"{path}/members/{alice}", {"group_id": None}))
    assert good(await cast.ines.get(f"{path}/groups"))[0]["leaders"] == []


async def test_the_directory_shows_what_people_and_town_agree_to(cast: Cast) -> None:
    desk, path = Desk(cast), cast.town.path
    alice = str(cast.alice.member[cast.town.name])
    mine = {"phone": "06 12 34 56 78", "shows_email": True, "shows_phone": True}
    assert good(await cast.alice.put(f"{path}/my-listing", mine))["phone"] == "+33612345678"
    assert (
        _code(await cast.alice.put(f"{path}/my-listing", {**mine, "phone": "12"}))
        == "invalid_phone"
    )

    async def seen() -> tuple[str, str]:
        rows = (await desk.view(cast.bruno))["member"]
        one = next(row for row in rows if row["id"] == alice)
        return one["email"], one["phone"]

    assert await seen() == ("alice@staubin.example", "+33612345678")
    good(await cast.alice.put(f"{path}/my-listing", {**mine, "shows_email": False}))
    assert await seen() == ("", "+33612345678")
    good(await cast.ines.patch(f"{path}/settings", {"directory_shows_phones": False}))
    assert await seen() == ("", "")
    assert (await _member(cast, "alice@staubin.example"))["phone"] == "+33612345678"

    new = {"name": " Accueil ", "role": "Mairie", "phone": "01 02 03 04 05", "email": ""}
    contact = good(await cast.ines.post(f"{path}/contacts", new))
    assert (contact["name"], contact["phone"]) == ("Accueil", "+33102030405")
    assert (await desk.view(cast.bruno))["contact"] == [contact]
    edited = {**new, "email": "Accueil@Val.example"}
    good(await cast.ines.put(f"{path}/contacts/{contact['id']}", edited))
    assert (await desk.view(cast.gus))["contact"][0]["email"] == "accueil@val.example"
    good(await cast.ines.delete(f"{path}/contacts/{contact['id']}"))
    assert "contact" not in await desk.view(cast.bruno)
    assert (await cast.ines.delete(f"{path}/contacts/{contact['id']}")).status_code == 404
    assert (await cast.irma.put(f"{path}/contacts/{contact['id']}", new)).status_code == 404


async def test_each_setting_that_changes_leaves_its_line(cast: Cast, runtime: Runtime) -> None:
    path = f"{cast.town.path}/settings"
    first = good(await cast.ines.get(path))
    law = {rule["setting"]: rule for rule in first["law"]}
    # Without a population the longer notice is the safe one.
    assert (law["notice_days"]["days"], law["notice_days"]["article"]) == (5, "L2121-12")
    edit = {
        "siren": "210 100 012", "siret": "21010001200017", "population": 860,
        "department": "67", "address": "1 place de la Mairie", "budget_notice_days": 10,
    }  # fmt: skip
    changed = good(await cast.ines.patch(path, edit))
    assert (changed["siren"], changed["is_alsace_moselle"]) == ("210100012", True)
    law = {rule["setting"]: rule for rule in changed["law"]}
    assert (law["notice_days"]["days"], law["notice_days"]["article"]) == (3, "L2541-2")
    assert law["budget_notice_days"]["is_to_verify"]
    assert good(await cast.ines.patch(path, edit)) == changed
    async with runtime.reading() as db:
        lines = select(AuditEvent.seq).where(AuditEvent.event == "setting.changed")
        numbers = list(await db.scalars(lines))
    # Six settings changed, by one deed; sent again they change nothing.
    assert (len(numbers), len(set(numbers))) == (6, 1)
    for wrong, code in (
        ({"siren": "210100013"}, "invalid_siren"), ({"siret": "35600000000048"}, "invalid_siret"),
        ({"department": "96"}, "invalid_department"),
        ({"time_zone": "Europe/Val"}, "unknown_time_zone"),
        ({"time_zone": "America/Martinique"}, "time_zone_in_use"), ({"name": " "}, "invalid_input"),
        ({"notice_days": 99}, "invalid_input"),
    ):  # fmt: skip
        assert _code(await cast.ines.patch(path, wrong)) == code, wrong
    assert _code(await cast.claire.patch(path, {"population": 1})) == "role_missing"
    assert good(await cast.claire.get(path)) == changed


def _png(width: int = 40, height: int = 20, **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "PNG", **more)
    return out.getvalue()


async def test_the_logo_is_drawn_again_and_kept_by_browsers(cast: Cast) -> None:
    path = f"{cast.town.path}/logo"
    assert (await cast.alice.get(path)).status_code == 404
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "<script>canary</script>")
    sent = await cast.ines.http.put(path, content=_png(900, 300, pnginfo=note) + b"<script>canary")
    sha256 = good(sent)["logo"]
    shown = await cast.alice.get(f"{path}?v={sha256}")
    assert shown.headers["content-type"] == "image/webp"
    assert "immutable" in shown.headers["cache-control"]
    assert b"canary" not in shown.content
    with Image.open(io.BytesIO(shown.content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (512, 171))
    again = await cast.alice.get(path, headers={"if-none-match": shown.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "no-cache" in again.headers["cache-control"]
    me = good(await cast.alice.get("/api/me"))
    assert me["memberships"][0]["authority"]["logo"] == sha256
    assert (await cast.carla.get(path)).status_code == 404
    for content, reason in (
        (b"GIF89a", "unreadable"), (b"", "unreadable"), (_png()[:60], "unreadable"),
        (_png(5000, 4000), "pixels"), (bytes(pictures.MOST_BYTES + 1), "size"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unreadable"),
    ):  # fmt: skip
        refused = await cast.ines.http.put(path, content=content)
        assert (refused.status_code, refused.json()["details"]["reason"]) == (422, reason)
    assert (await cast.claire.http.put(path, content=_png())).status_code == 403
    good(await cast.ines.delete(path))
    assert (await cast.alice.get(path)).status_code == 404


@given(st.integers(0, 10**8 - 1), st.integers(0, 8), st.integers(1, 9))
def test_luhn_finds_every_wrong_digit(number: int, at: int, more: int) -> None:
    digits = next(f"{number:08}{d}" for d in range(10) if rules.has_luhn(f"{number:08}{d}"))
    assert rules.check_siren(digits) == digits
    wrong = digits[:at] + str((int(digits[at]) + more) % 10) + digits[at + 1 :]
    with pytest.raises(rules.InvalidSiren):
        rules.check_siren(wrong)


def test_sirens_of_real_communes(shared: Any) -> None:
    lines = (shared / "reference" / "communes_extrait.csv").read_text().splitlines()[1:]
    assert len(lines) > 10
    for line in lines:
        siren = next(cell for cell in line.split(",") if len(cell) == 9 and cell.isdigit())
        assert rules.check_siren(siren) == siren


@pytest.mark.parametrize(
    ("kind", "population", "department", "days", "article"),
    [
        ("commune", 3499, "01", 3, "L2121-11"), ("commune", 3500, "01", 5, "L2121-12"),
        ("commune", 3499, "57", 3, "L2541-2"), ("commune", None, "57", 5, "L2121-12"),
        ("epci", 40_000, "", 5, "L5211-1"), ("epci", 900, "", 3, "L5211-1"),
        ("departement", None, "", 12, "L3121-19"), ("region", 5, "", 12, "L4132-18"),
    ],
)  # fmt: skip
def test_the_notice_of_the_law(
    kind: str, population: int | None, department: str, days: int, article: str
) -> None:
    rule = rules.notice_of(kind, population, department)
    assert (rule.days, rule.article) == (days, article)
    assert rules.urgent_notice_of(kind, population, department).days == 1
