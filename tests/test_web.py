"""What every answer shares: protection against other sites, headers, problems, silence of logs."""

import asyncio
import io
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import get
from litestar.di import NamedDependency
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.app import create_app
from cartable.authorities.tables import Authority
from cartable.database import begin_write, create_engine, session_maker, uuid7
from cartable.headers import SECURITY
from cartable.interface import Interface
from cartable.logs import set_up_logs
from cartable.members.tables import Group, Member
from cartable.runtime import Runtime
from cartable.settings import Settings
from cartable.storage import FileStorage
from cartable.tenancy import bind
from tests.cast import HEADERS, PASSWORD, Cast
from tests.letterbox import invitation_of
from tests.world import World, good

pytestmark = pytest.mark.anyio
SECRET_WORDS = "le secret de Madame Durand"


def _problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The details of a problem whose whole shape is right (RFC 9457)."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem == {
        "type": f"urn:cartable:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "details": problem["details"],
    }
    assert isinstance(problem["details"], dict)
    return dict(problem["details"])


@pytest.fixture
async def http(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://cartable.test", headers=HEADERS
    ) as client:
        yield client


async def test_other_sites_cannot_act(http: httpx.AsyncClient) -> None:
    body = {"email": "a@b.example", "password": "x"}
    for headers, passes in (
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://cartable.test"}, True),
        ({"origin": "http://cartable.test"}, True),
        ({"x-cartable": None}, False),
        ({"x-cartable": None, "sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "http://evil.test"}, False),
        ({"origin": "http://cartable.test.evil.test"}, False),
        ({"origin": "http://cartable.test:8000"}, False),
        ({"origin": "null"}, False),
    ):
        request = http.build_request("POST", "/api/sign-in", json=body)
        for name, value in headers.items():
            if value is None:
                del request.headers[name]
            else:
                request.headers[name] = value
        answer = await http.send(request)
        if passes:
            _problem(answer, 401, "wrong_credentials")
        else:
            _problem(answer, 403, "cross_site_request")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A small built interface, with a file beside it that nobody may read."""
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>Cartable</title>", encoding="utf-8")
    (root / "service-worker.js").write_text("self.x = 1\n", encoding="utf-8")
    (root / "assets" / "app-1a2b3c.js").write_text("const a = 'é';\n" * 200, encoding="utf-8")
    (root / "assets" / "font.woff2").write_bytes(bytes(2000))
    (root / "manifest.webmanifest").write_text("{}", encoding="utf-8")
    (tmp_path / "secret.txt").write_text(SECRET_WORDS, encoding="utf-8")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    return root


@pytest.fixture
async def site(
    dist: Path, settings: Settings, runtime: Runtime
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on a server that serves `dist`."""
    app = create_app(replace(settings, web_root=dist), has_worker=False, runtime=runtime)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="http://cartable.test") as client,
    ):
        yield client


async def test_every_kind_of_answer_bears_the_security_headers(site: httpx.AsyncClient) -> None:
    seen = set()
    for method, path, status in (
        ("GET", "/", 200),
        ("GET", "/assets/app-1a2b3c.js", 200),
        ("GET", "/assets/absent.js", 404),
        ("GET", "/api/me", 401),
        ("GET", "/api/absent", 404),
        ("GET", "/api/openapi.json", 200),
        ("POST", "/api/sign-in", 403),
        ("GET", "/health/live", 200),
        ("GET", "/health/ready", 200),
    ):
        answer = await site.request(method, path)
        assert answer.status_code == status, path
        for name, value in SECURITY.items():
            assert answer.headers.get_list(name) == [value], (path, name)
        assert "strict-transport-security" not in answer.headers
        seen.add(answer.headers["x-request-id"])
        if path.startswith("/api/"):
            assert answer.headers["cache-control"] == "no-store"
    assert len(seen) == 9
    csp = SECURITY["content-security-policy"]
    assert "unsafe-inline" not in csp
    assert "'unsafe-eval'" not in csp
    assert csp.startswith("default-src 'none'; script-src 'self'")


async def test_pages_and_assets_are_served(site: httpx.AsyncClient, dist: Path) -> None:
    page = await site.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    for path in ("/seances", "/seances/0197/pieces", "/mon-compte/", "/a" * 500, "/" + "a" * 3000):
        assert (await site.get(path)).content == page.content, path[:40]
    again = await site.get("/seances", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await site.head("/")
    assert (head.status_code, head.headers["etag"]) == (200, page.headers["etag"])
    script = await site.get("/assets/app-1a2b3c.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["vary"] == "Accept-Encoding"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    plain = await site.get("/assets/app-1a2b3c.js", headers={"accept-encoding": "identity"})
    assert plain.content == script.content == (dist / "assets/app-1a2b3c.js").read_bytes()
    assert "content-encoding" not in plain.headers
    font = await site.get("/assets/font.woff2")
    assert font.headers["content-type"] == "font/woff2"
    assert "content-encoding" not in font.headers
    worker = await site.get("/service-worker.js")
    assert worker.headers["cache-control"] == "no-cache"
    (dist / "service-worker.js").write_text("self.x = 2\n", encoding="utf-8")
    assert (await site.get("/service-worker.js")).text == "self.x = 2\n"


async def test_nothing_outside_the_interface_can_be_read(site: httpx.AsyncClient) -> None:
    for raw in (
        "/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt", "/..%5csecret.txt", "//etc/passwd", "/%2fetc%2fpasswd",
        "/link.txt", "/secret.txt%00.js", "/%00", "/.env", "/..%c0%afsecret.txt",
    ):  # fmt: skip
        url = httpx.URL("http://cartable.test").copy_with(raw_path=raw.encode())
        answer = await site.get(url)
        assert answer.status_code in (200, 404), raw
        assert SECRET_WORDS not in answer.text, raw
        assert "root:" not in answer.text, raw


def test_another_way_to_write_a_path_is_not_another_copy(dist: Path) -> None:
    interface = Interface(dist)
    found = interface.find("/assets/app-1a2b3c.js")
    assert found is not None
    assert found.is_immutable
    for path in ("assets//app-1a2b3c.js", "/assets/./app-1a2b3c.js", "x/../assets/app-1a2b3c.js"):
        assert interface.find(path) is found
    assert interface.find("/seances") is interface.find("/")


async def test_bodies_that_come_slowly_keep_nobody_waiting(cast: Cast) -> None:
    last_byte = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await last_byte.wait()
        yield b"}"

    # More of them than the database has connections.
    path = f"{cast.town.path}/sync/pull"
    slow_ones = [asyncio.create_task(cast.alice.http.post(path, content=slow())) for _ in range(20)]
    await asyncio.sleep(0.2)
    async with asyncio.timeout(5):
        assert (await cast.bruno.get("/api/me")).status_code == 200
    last_byte.set()
    answers = await asyncio.gather(*slow_ones)
    assert {answer.status_code for answer in answers} == {200}


async def test_problems_of_requests_that_are_wrong(cast: Cast) -> None:
    path, http = f"{cast.town.path}/assemblies", cast.ines.http
    json = {"content-type": "application/json"}
    for content, where in (
        (b"{", ""),
        (b"", ""),
        (b"name=x", ""),
        (b'"\xff"', ""),
        (b"[" * 100_000, ""),
        (b"[]", ""),
        (b'{"kind": "other"}', "name"),
        (b'{"name": 1, "kind": "other"}', "name"),
        (b'{"name": "x", "kind": "parliament"}', "kind"),
        (b'{"name": "' + b"x" * 121 + b'", "kind": "other"}', "name"),
    ):
        details = _problem(
            await http.post(path, content=content, headers=json), 422, "invalid_input"
        )
        assert details["path"] == where, (content[:40], details)
    # PostgreSQL holds no NUL; what it cannot hold is not a database that is away.
    nul = await http.post(path, json={"name": "a\0b", "kind": "other"})
    if nul.status_code != 201:
        _problem(nul, 422, "invalid_input")
    text_body = await http.post(path, content=b"<a/>", headers={"content-type": "text/xml"})
    _problem(text_body, 422, "invalid_input")
    large = await http.post(path, content=b" " * 2_000_001, headers=json)
    assert _problem(large, 413, "body_too_large") == {"limit": 2_000_000}
    for method, unknown in (
        ("PUT", path),
        ("TRACE", "/api/me"),
        ("GET", "/api/nothing/here"),
        ("POST", "/seances"),
        ("GET", "/api/authorities/not-an-id/members"),
        ("GET", f"{cast.town.path}/sittings/not-an-id"),
        ("GET", "/api/authorities/0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071/members"),
    ):
        _problem(await http.request(method, unknown), 404, "not_found")


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a server set to say everything writes; the test's own logs afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("cartable")
    kept = root.handlers[:], root.level, ours.level
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    set_up_logs("debug")
    yield written
    root.handlers[:] = kept[0]
    root.setLevel(kept[1])
    ours.setLevel(kept[2])


@get("/planted/fault", sync_to_thread=False)
def _fault() -> None:
    raise ValueError(SECRET_WORDS)


@get("/planted/twice")
async def _twice(db: NamedDependency[AsyncSession]) -> None:
    row = "INSERT INTO account (id, email, civility, first_name, last_name, password_hash, " \
        "created_at) SELECT '0197a3c45d6e7f809a1b2c3d4e5f6071', email, " \
        "civility, :words, last_name, password_hash, created_at " \
        "FROM account WHERE email = 'alice@staubin.example'"  # fmt: skip
    await db.execute(text(row), {"words": SECRET_WORDS})


async def test_a_fault_of_ours_shows_nothing_of_itself(
    app: Any, http: httpx.AsyncClient, logs: io.StringIO
) -> None:
    app.inside.register(_fault)
    answer = await http.get("/planted/fault")
    assert _problem(answer, 500, "cartable_error") == {}
    lines = logs.getvalue()
    assert "ValueError" in lines
    assert "_fault" in lines, "the log says where"
    assert answer.headers["x-request-id"] in lines
    assert SECRET_WORDS not in lines + answer.text


@get("/planted/commit")
async def _commit_fails(db: NamedDependency[AsyncSession]) -> None:
    """Writes a row, then something that the database refuses only when it commits."""
    await begin_write(db)
    authority = await db.scalar(select(Authority))
    assert authority is not None
    await bind(db, authority.id)
    db.add(Group(id=uuid7(), authority_id=authority.id, name="Ensemble"))
    await db.flush()
    if db.get_bind().dialect.name == "sqlite":
        await db.execute(text("PRAGMA defer_foreign_keys = ON"))
        await db.execute(update(Member).values(group_id=uuid7()))
    else:
        column = "x int UNIQUE DEFERRABLE INITIALLY DEFERRED"
        await db.execute(text(f"CREATE TEMPORARY TABLE twice ({column}) ON COMMIT DROP"))
        await db.execute(text("INSERT INTO twice VALUES (1), (1)"))


async def test_a_failed_commit_writes_nothing_and_says_so(cast: Cast) -> None:
    cast.app.inside.register(_commit_fails)
    for _ in range(12):
        _problem(await cast.ines.get("/planted/commit"), 503, "unavailable")
    path = f"{cast.town.path}/groups"
    assert good(await cast.ines.get(path)) == []
    good(await cast.ines.post(path, {"name": "Ensemble"}))


async def test_probes_and_problems_while_a_part_is_away(
    cast: Cast, runtime: Runtime, tmp_path: Path
) -> None:
    http, state = cast.alice.http, cast.app.inside.state
    assert (await http.get("/health/live")).json() == {"status": "ok"}
    well = {"database": "ok", "storage": "ok"}
    assert (await http.get("/health/ready")).json() == well
    (tmp_path / "file").write_bytes(b"")
    state.runtime = replace(runtime, storage=FileStorage(tmp_path / "file" / "below"))
    answer = await http.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {**well, "storage": "unreachable"})
    away = create_engine("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/nowhere")
    state.runtime = replace(runtime, engine=away, sessions=session_maker(away))
    answer = await http.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {**well, "database": "unreachable"})
    assert (await http.get("/health/live")).status_code == 200
    refused = await http.get("/api/me")
    assert _problem(refused, 503, "unavailable")["part"] == "database"
    assert refused.headers["retry-after"] == "2"
    state.runtime = runtime
    assert (await http.get("/api/me")).status_code == 200


async def test_logs_name_nobody_and_no_paper(
    app: Any, cast: Cast, do_jobs: Any, logs: io.StringIO
) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    sitting = await world.ready_to_convene()
    _, sha256 = await world.document(sitting)
    await do_jobs()
    good(await cast.claire.post(f"{cast.town.path}/sittings/{sitting}/convene"))
    good(await cast.ines.get(f"{cast.town.path}/members?q=Lefevre"))
    await cast.alice.get(f"{cast.town.path}/files/{sha256}?name=budget.pdf")
    again = await cast.sign_in("alice@staubin.example")
    await cast.browser().post("/api/sign-in", json={"email": "eve@a.example", "password": "faux"})
    await again.post("/api/password", {"current": PASSWORD, "new": "cinq autres mots choisis"})
    good(await cast.ines.post(f"{cast.town.path}/members/{await world.member()}/invite"))
    (invited,) = {one["email"] for one in good(await cast.ines.get(f"{cast.town.path}/members"))
                  if one["first_name"] == "Ève"}  # fmt: skip
    secret = await invitation_of(cast.runtime, invited)
    await cast.browser().post("/api/invitation/read", json={"secret": secret})
    await do_jobs()
    app.inside.register(_fault)
    app.inside.register(_twice)
    assert (await cast.alice.get("/planted/fault")).status_code == 500
    assert (await cast.alice.get("/planted/twice")).status_code == 503
    lines = logs.getvalue()
    assert lines.count('"message":"request"') > 10
    assert "database failed" in lines
    for word in (
        "alice", "lefevre", "Lefèvre", "Nom-", "staubin.example", "eve@", "Budget", "budget.pdf",
        PASSWORD, "cinq autres mots", "faux", secret, SECRET_WORDS,
        again.http.cookies["cartable"], cast.alice.http.cookies["cartable"], "argon2id$",
    ):  # fmt: skip
        assert not re.search(re.escape(word), lines, re.IGNORECASE), word
