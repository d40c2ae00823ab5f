"""What a councillor writes for themselves is seen by nobody else: words that stand nowhere else are
written in every private field, then looked for wherever somebody else could look.

The server has no search index: what a councillor searches is indexed on the tablet, sealed there
(tests/flows/test_lost_tablet.py looks at its database).
"""

import asyncio
import base64
import email
import email.policy
import io
import logging
import os
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import update
from sqlalchemy.engine import make_url

from cartable.hosting.actions import name_operator
from cartable.mutations.tables import Mutation
from cartable.runtime import Runtime
from cartable.settings import Settings
from cartable.sync import hints
from cartable.sync.catalogue import DEEDS
from tests.calls import calls, own_calls
from tests.cast import PASSWORD, Cast, Person, add
from tests.doors import DOORS
from tests.pushing import NOTE, Piece, Tablet, piece, two_tablets
from tests.world import World, good

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
OTHERS = (
    "claire", "bruno", "gus", "ines", "paul", "carla", "daniel", "irma", "anonymous", "revoked",
    "former", "operator",
)  # fmt: skip
ENDS = {
    "change_password", "leave_provider", "sign_in", "sign_out", "sign_out_device",
    "sign_out_other_devices",
}  # fmt: skip


class Canaries:
    """Words that nobody would write by chance, and where each was written."""

    def __init__(self) -> None:
        self.mark = uuid4().hex[:10]
        self.where: dict[str, str] = {}

    def __call__(self, where: str) -> str:
        """A new word for a field."""
        word = f"canari{len(self.where):02}{self.mark}"
        self.where[word] = where
        return word

    def found(self, place: bytes) -> set[str]:
        """The fields that `place` tells, in clear or thinly disguised."""
        words = self.where.items()
        return {where for word, where in words if any(form in place for form in _forms(word))}


def _forms(word: str) -> Iterable[bytes]:
    """A word in the encodings that dumps and logs use; base64 at each of its three alignments."""
    plain = word.encode()
    yield plain
    yield plain.hex().encode()
    yield word.encode("utf-16-le")
    for shift in range(3):
        code = base64.b64encode(b"\0" * shift + plain).decode()
        # The first and last letters also tell of what stands around the word.
        yield code[4:-4].encode()


async def write_everywhere(one: Tablet, two: Tablet, on: Piece, word: Canaries) -> None:
    """Every private field, kept, changed, merged, forked, deleted, parked and discarded."""
    quote = {name: word(f"quote {name}") for name in ("exact", "prefix", "suffix")}
    highlight = {
        "kind": "highlight", "colour": "green", "quads": [[0] * 8], "quote": quote,
        "label": word("label"),
    }  # fmt: skip
    about = {name: word(f"{name} around a note") for name in ("exact", "prefix", "suffix")}
    text = f"{word('note')} milieu {word('end of a note')}"
    note = one.put(on, NOTE | {"text": text, "quote": about, "label": word("label of a note")})
    gone = one.note(on, word("deleted note"))
    ink = {"kind": "ink", "colour": "red", "width": 1, "points": [0, 0, 0.5]}
    drawn = one.put(on, ink | {"label": word("label of ink")})
    await one.did(one.put(on, highlight), note, gone, drawn)
    await one.did(
        one.put(on, {"kind": "bookmark", "label": word("bookmark")}),
        one.mutation("style_annotation", {"label": word("style")}, drawn["entity"], drawn["mid"]),
        one.edit(gone["entity"], word("text of a deleted note"), gone["mid"]),
    )
    at = await one.seq("annotation", gone["entity"])
    await one.did(one.mutation("delete_annotation", {}, gone["entity"], at))
    at = await one.seq("annotation", note["entity"])
    await one.did(one.edit(note["entity"], text + f" {word('added')}", at))
    merged = two.edit(note["entity"], f"{word('merged')} {text}", at)
    forked = two.edit(note["entity"], text + f" {word('forked')}", at)
    assert await two.push(merged, forked) == [("merged", None), ("forked", None)]
    prepared = {name: word(name) for name in ("argument", "speech", "question")}
    await one.did(one.prepare(on.item, choice="for", **prepared))
    other = {name: word(f"other {name}") for name in ("argument", "speech", "question")}
    assert await two.push(two.prepare(on.item, choice="against", **other)) == [("merged", None)]
    position = {"sha256": on.sha256, "page": 1, "pages": 1, "place": word("reading place")}
    reading = {"document_id": on.document, "position": position}
    await one.did(one.mutation("keep_reading", reading, one.reading(on.document)))
    parked = one.mutation(word("name of a deed"), {"text": word("parked body")}, at=word("clock"))
    broken = one.note(on, word("invalid body")) | {"version": 7}
    dropped = one.edit(str(uuid4()), word("discarded"), 0)
    assert {outcome for outcome, _ in await one.push(parked, broken, dropped)} == {"parked"}
    await one.did(one.mutation("discard_parked", {}, dropped["mid"]))
    wrote = {where for sent in one.sent for where in _written(sent["body"], sent["name"], word)}
    texts = {
        where
        for (name, _), deed in DEEDS.items()
        if deed.is_private
        for where in _texts(msgspec.inspect.type_info(deed.body), name)
    }
    assert len(texts) > 10
    assert texts <= wrote, "a private field was not written"


def _texts(kind: msgspec.inspect.Type, where: str) -> Iterable[str]:
    """Each place of a body where somebody may write words of their own."""
    match kind:
        case msgspec.inspect.StrType(pattern=None):
            yield where
        case msgspec.inspect.Metadata(type=inner):
            yield from _texts(inner, where)
        case msgspec.inspect.UnionType(types=several):
            for one in several:
                yield from _texts(one, where)
        case msgspec.inspect.StructType(fields=fields, tag=tag):
            for one in fields:
                yield from _texts(one.type, f"{where}{f':{tag}' if tag else ''}.{one.encode_name}")
        case (
            msgspec.inspect.ListType(item_type=inner)
            | msgspec.inspect.VarTupleType(item_type=inner)
        ):
            yield from _texts(inner, f"{where}[]")


def _written(value: Any, where: str, word: Canaries) -> Iterable[str]:
    """Each place of a body that was sent where a canary stands."""
    if isinstance(value, dict):
        tag = f":{value['kind']}" if "kind" in value else ""
        for name, inner in value.items():
            yield from _written(inner, f"{where}{tag}.{name}", word)
    elif isinstance(value, list):
        for inner in value:
            yield from _written(inner, f"{where}[]", word)
    elif isinstance(value, str) and word.found(value.encode()):
        yield where


async def _people(cast: Cast) -> dict[str, Person]:
    """The cast; nobody signed in; who was let go; whose tablet was taken; who runs the host."""
    people = {**cast.people, "anonymous": Person("anonymous", cast.browser())}
    people["revoked"] = await cast.sign_in("bruno@staubin.example")
    device = good(await people["revoked"].get("/api/me"))["device"]["id"]
    bruno = f"{cast.town.path}/members/{cast.bruno.member[cast.town.name]}"
    good(await cast.ines.post(f"{bruno}/devices/{device}/revoke"))
    for name, town, admin, seats in (
        ("former", cast.town, cast.ines, ("council",)), ("operator", cast.other, cast.irma, ()),
    ):  # fmt: skip
        people[name] = await add(cast, town, admin, name, "host", ["councillor"], seats)
    gone = people["former"].member[cast.town.name]
    good(await cast.ines.post(f"{cast.town.path}/members/{gone}/deactivate"))
    people["former"] = await cast.sign_in("former@host.example", name="former")
    async with cast.runtime.writing() as db:
        await name_operator(db, "operator@host.example")
    return people


async def _heard(cast: Cast, on: Piece, do_jobs: Any) -> dict[str, bytes]:
    """Everything that everybody else is answered, by every operation."""
    world = World(cast, cast.town, cast.claire, cast.ines)
    made = calls(world, on.sha256, str(cast.gus.member[cast.town.name]))
    await world.spare_device()  # before so many guess at the clerk's password
    http = cast.browser()
    document = (await http.get("/api/openapi.json")).json()
    await http.aclose()
    people, own = await _people(cast), {}
    for person in OTHERS:
        me = await people[person].get("/api/me")
        device = me.json()["device"]["id"] if me.is_success else str(uuid4())
        assert me.is_success or person in ("anonymous", "revoked")
        own[person] = own_calls(person, device, device, PASSWORD)
    heard: dict[str, bytes] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            if name in ENDS:
                continue
            for person in OTHERS:
                ids, sent = await made[name]() if name in made else own[person][name]
                where = path.format(authority_id=cast.town.id, **ids)
                answer = await people[person].http.request(method, where, **sent)
                heard[f"{name} by {person}"] = _bytes(answer)
    for person in OTHERS:
        for where in (
            f"sittings/{on.sitting}", f"sittings/{on.sitting}/documents",
            f"sittings/{on.sitting}/attendance", f"files/{on.sha256}", "members",
        ):  # fmt: skip
            answer = await people[person].get(f"{cast.town.path}/{where}")
            heard[f"{where} by {person}"] = _bytes(answer)
        pulled = await people[person].post(f"{cast.town.path}/sync/pull", {})
        heard[f"pull by {person}"] = _bytes(pulled)
    await do_jobs()
    return heard


def _bytes(answer: Any) -> bytes:
    """What an answer says, an archive opened: words hide in compressed bytes."""
    told = answer.content + b"\n" + str(answer.headers.raw).encode()
    if not answer.content.startswith(b"PK"):
        return bytes(told)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return b"\n".join([told, *(archive.read(name) for name in archive.namelist())])


def _mailed(settings: Settings) -> bytes:
    """Every message that left, as its reader sees it: a mail program undoes the encodings."""
    said = []
    for path in sorted(settings.mail_folder.glob("**/*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        said.append(path.read_bytes())
        said += [part.get_content().encode() for part in message.walk()
                 if part.get_content_maintype() == "text"]  # fmt: skip
    return b"\n".join(said)


def _backed_up(settings: Settings) -> bytes:
    """What a backup of the data folder holds; the keys are backed up apart."""
    keys = settings.data / "keys"
    files = sorted(settings.data.rglob("*"))
    return b"\n".join(
        path.read_bytes() for path in files if path.is_file() and keys not in path.parents
    )


async def _at_rest(settings: Settings) -> bytes:
    """The database as somebody who steals it has it: the files, or what pg_dump writes."""
    if settings.is_sqlite:
        path = Path(str(make_url(settings.database_url).database))
        beside = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
        return b"".join(file.read_bytes() for file in beside if file.exists())
    url = make_url(settings.owner_url)
    dump = max(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))
    done = await asyncio.to_thread(
        subprocess.run,
        [
            dump, "--inserts", f"--host={url.host}", f"--port={url.port}",
            f"--username={url.username}", str(url.database),
        ],
        env={**os.environ, "PGPASSWORD": url.password or ""},
        capture_output=True,
        check=True,
    )  # fmt: skip
    return done.stdout


def _logged(caplog: pytest.LogCaptureFixture) -> bytes:
    lines = [f"{record.getMessage()} {vars(record)} {record.exc_text}" for record in caplog.records]
    return "\n".join([caplog.text, *lines]).encode()


async def test_nobody_else_sees_a_word_of_it(
    cast: Cast,
    do_jobs: Any,
    runtime: Runtime,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hints, "OPEN_FOR", 0)  # a stream ends as soon as it has begun
    on, word, clear = await piece(cast, do_jobs), Canaries(), Canaries()
    one, two = await two_tablets(cast)
    caplog.set_level(logging.DEBUG)
    await write_everywhere(one, two, on, word)

    mine = _bytes(await one.person.post(f"{cast.town.path}/sync/pull", {}))
    erased = {"deleted note", "text of a deleted note", "discarded", "label of ink"}
    assert set(word.where.values()) - word.found(mine) == erased, "the author sees it all"

    member = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    good(await cast.ines.patch(member, {"position": clear("position")}))
    heard = await _heard(cast, on, do_jobs)
    told = {who: word.found(answer) for who, answer in heard.items() if word.found(answer)}
    assert told == {}
    passed = {who.partition(" by ")[0] for who in heard}
    assert set(DOORS) - passed == ENDS, "every operation was asked"
    found = {who for who, answer in heard.items() if clear.found(answer)}
    assert {"pull by bruno", "members by claire"} <= found, "the search is blind"

    assert word.found(_logged(caplog)) == set()
    logging.getLogger("cartable").debug("note %s", clear("log"), extra={"x": clear("extra")})
    assert clear.found(_logged(caplog)) >= {"log", "extra"}, "the search is blind"

    mailed = _mailed(runtime.settings)
    assert mailed, "invitations were written"
    assert word.found(mailed) == set()
    assert clear.found(mailed + clear("mail").encode()) == {"mail"}, "the search is blind"

    assert word.found(_backed_up(runtime.settings)) == set()
    (runtime.settings.data / "left-behind").write_text(clear("file"))
    assert clear.found(_backed_up(runtime.settings)) == {"file"}, "the search is blind"

    assert word.found(await _at_rest(runtime.settings)) == set()
    async with runtime.writing() as db:
        ours = Mutation.member_id == one.member
        bare = clear("bytes").encode()
        await db.execute(update(Mutation).where(ours).values(code=clear("text")))
        await _unsealed(db, bare)
    rest = await _at_rest(runtime.settings)
    assert clear.found(rest) >= {"position", "text", "bytes"}, "the search is blind"


async def _unsealed(db: Any, bare: bytes) -> None:
    """What a defect of sealing would leave: the column's own type refuses it."""
    connection = await db.connection()
    table = Mutation.__table__
    mid = (await connection.execute(table.select().with_only_columns(table.c.id))).scalars().first()
    is_sqlite = connection.dialect.name == "sqlite"
    change = "UPDATE mutation SET result = {} WHERE id = {}"
    await connection.exec_driver_sql(
        change.format("?", "?") if is_sqlite else change.format("$1", "$2"),
        (bare, mid.hex if is_sqlite else mid),
    )
