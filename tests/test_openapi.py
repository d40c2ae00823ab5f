"""The specification is valid, complete, and the server keeps to it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import hypothesis
import jsonschema_rs
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cartable.accounts.tables import Passkey
from cartable.app import create_app
from cartable.database import uuid7
from cartable.errors import CartableError, Conflict, Invalid
from cartable.hosting.actions import name_operator
from cartable.runtime import Runtime
from cartable.settings import Settings
from tests.cast import Cast
from tests.doors import DOORS
from tests.serving import served
from tests.world import PROVIDER, World, good

FRENCH = Path(__file__).resolve().parents[1] / "frontend" / "src" / "i18n" / "fr.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
METHODS = {"get", "post", "patch", "delete", "head", "put"}
Document = dict[str, Any]


@pytest.fixture
async def document(app: Any) -> Document:
    """The specification as the server gives it."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://cartable.test"
    ) as http:
        answer = await http.get("/api/openapi.json")
    given: Document = answer.json()
    return given


def _operations(document: Document) -> Iterator[tuple[str, Document]]:
    for methods in document["paths"].values():
        for method, operation in methods.items():
            assert method in METHODS
            yield method, operation


def _contents(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Every body that an operation takes or gives: where, media type, what is said of it."""
    shared = document["components"]["responses"]
    for _, operation in _operations(document):
        where = operation["operationId"]
        for media, said in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{where} takes", media, said
        for status, answer in operation["responses"].items():
            answer = shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
            for media, said in answer.get("content", {}).items():
                yield f"{where} {status}", media, said


@pytest.mark.anyio
async def test_it_is_a_valid_document_of_openapi_3_1(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": DIALECT, **schema})
    pointers = _references(document)
    for pointer in pointers:
        found: Any = document
        for step in pointer.removeprefix("#/").split("/"):
            assert step in found, pointer
            found = found[step]
    known = {"summary", "description", "value", "externalValue"}
    for where, _, said in _contents(document):
        for example in said.get("examples", {}).values():
            assert set(example) <= known, where


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(_references, value.values()))
    return set().union(*map(_references, value)) if isinstance(value, list) else set()


@pytest.mark.anyio
async def test_every_operation_is_a_deed_with_summary_refusals_and_examples(
    document: Document,
) -> None:
    named = [operation["operationId"] for _, operation in _operations(document)]
    assert sorted(named) == sorted(DOORS)
    for method, operation in _operations(document):
        name, answers = operation["operationId"], operation["responses"]
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert {"500", "503"} <= set(answers), name
        if "anonymous" not in DOORS[name].who:
            assert "not_signed_in" in answers["401"]["description"], name
            assert operation["security"] == [{"device": []}], name
        if method not in ("get", "head"):
            header = {"$ref": "#/components/parameters/XCartable"}
            assert header in operation["parameters"], name
            assert "cross_site_request" in answers["403"]["description"], name
        assert any(status.startswith("2") for status in answers), name
        for status, answer in answers.items():
            assert answer.get("description") or "$ref" in answer, (name, status)
            assert not (status == "204" and "content" in answer), name


@pytest.mark.anyio
async def test_every_body_has_an_example_that_fits_its_schema(document: Document) -> None:
    components = {"components": document["components"]}
    seen = 0
    for where, media, said in _contents(document):
        if media == "application/json":
            examples = [said["example"]]
        elif media == "application/problem+json":
            examples = [one["value"] for one in said["examples"].values()]
            assert examples, where
        elif media == "text/event-stream":
            assert said["schema"] == {"type": "string"}, where
            continue
        else:
            assert said["schema"] == {"type": "string", "format": "binary"}, where
            continue
        validator = jsonschema_rs.validator_for({**said["schema"], **components})
        for example in examples:
            error = next(validator.iter_errors(example), None)
            assert error is None, (where, example, error)
            seen += 1
    assert seen > 150


def _refusals(family: type[CartableError] = CartableError) -> Iterator[type[CartableError]]:
    for refusal in family.__subclasses__():
        if refusal not in (Conflict, Invalid) and refusal.__module__.startswith("cartable."):
            yield refusal
        yield from _refusals(refusal)


def test_every_refusal_has_words_in_french_and_says_what_it_is() -> None:
    create_app(Settings(), has_worker=False)  # every domain is loaded
    french = json.loads(FRENCH.read_text(encoding="utf-8"))["errors"]
    codes = {refusal.code for refusal in _refusals()}
    assert len(codes) >= 40
    assert not codes - set(french), "add a sentence under errors. in fr.json"
    for refusal in _refusals():
        assert (refusal.__doc__ or "").strip(), refusal
        assert 400 <= refusal.status < 600, refusal
        sentence = french[refusal.code]
        assert sentence.endswith((".", "?", "}", "}).")), sentence


LAST = (
    "reopen_authority", "sign_out_device", "change_password", "leave_provider", "sign_out",
    "sign_out_other_devices",
)  # fmt: skip
"""What takes away what other operations need: after them, in this order."""

ENDS_THE_SESSION = {"change_password", "leave_provider", "sign_out"}
"""Each is tried from a device of its own."""

NEVER_ENDS = {"follow_hints"}
"""A stream, left out: its beginning is looked at in tests/sync, and it has no end to validate."""

FOUND = {
    "list_hosted_authorities", "read_support_view", "read_health", "open_authority", "set_quota",
    "suspend_authority", "reopen_authority", "edit_contact", "remove_contact", "edit_connection",
    "check_connection", "remove_connection", "undo_mandate_end", "rename_passkey",
    "remove_passkey", "rename_device", "sign_out_device", "revoke_device", "list_member_devices",
    "dismiss_guest", "read_journal_export", "leave_provider", "sign_out",
}  # fmt: skip
"""Operations upon what is hard to have: it is there, and whoever asks may."""

BODIES = {"edit_connection": PROVIDER}
"""A body that fits, for what no body made by chance is likely to."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
INES = "ines@staubin.example"


@schemathesis.serializer("application/pdf")
def _bytes(_context: Any, value: Any) -> bytes:
    """What is sent as a piece: some bytes, seldom a PDF."""
    return value if isinstance(value, bytes) else str(value).encode()


@dataclass
class Known:
    """Something there for each id that a path can hold, and cookies of devices.

    `ids`: by parameter; `own`: for one operation, where the usual row would not do.
    """

    ids: dict[str, str] = field(default_factory=dict)
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    devices: list[str] = field(default_factory=list)

    async def fill(self, cast: Cast, runtime: Runtime) -> None:
        """Ines becomes clerk and councillor too, and runs the host; some of everything is made."""
        town, me = cast.town.path, good(await cast.ines.get("/api/me"))
        ines = me["memberships"][0]["member_id"]
        roles = {"roles": ["admin", "clerk", "councillor"]}
        good(await cast.ines.patch(f"{town}/members/{ines}", roles))
        self.devices = [(await _device(cast, INES))[0] for _ in ENDS_THE_SESSION]
        _, spare = await _device(cast, INES)
        _, taken = await _device(cast, "claire@staubin.example")
        world = World(cast, cast.town, cast.ines, cast.ines)
        sitting = await world.sitting()
        document, sha256 = await world.document(sitting)
        guest = await world.guest(sitting)
        export = good(await cast.ines.post(f"{town}/journal/exports"))
        self.ids = {
            "authority_id": str(cast.town.id),
            "sitting_id": sitting,
            "item_id": await world.item(sitting),
            "document_id": document,
            "sha256": sha256,
            "member_id": await world.member(),
            "seat_id": await world.seat(),
            "assembly_id": await world.assembly(),
            "group_id": await world.group(),
            "contact_id": await world.contact(),
            "connection_id": await world.connection(),
            "mandate_end_id": await world.mandate_end(),
            "position": str(export["position"]),
            "device_id": spare,
        }
        claire = {"member_id": str(cast.claire.member[cast.town.name]), "device_id": taken}
        self.own = {"dismiss_guest": {"member_id": guest}, "revoke_device": claire,
                    "say_wiped": claire, "list_member_devices": claire}  # fmt: skip
        async with runtime.writing() as db:
            account = await name_operator(db, INES)
            self.ids["passkey_id"] = str(_passkey(db, account.id))

    def of(self, operation: str, path: str, other: str) -> dict[str, str]:
        """What stands in the path; `other`: the authority that the host acts upon."""
        host = {"authority_id": other} if path.startswith("/api/hosting/") else {}
        return {**self.ids, **host, **self.own.get(operation, {})}


async def _device(cast: Cast, email: str) -> tuple[str, str]:
    """A device more: its cookie and its id."""
    person = await cast.sign_in(email)
    cookie, me = person.http.cookies["cartable"], good(await person.get("/api/me"))
    await person.http.aclose()
    return cookie, me["device"]["id"]


def _passkey(db: Any, account_id: UUID) -> UUID:
    """A key that no authenticator holds."""
    row = Passkey(
        id=uuid7(), account_id=account_id, credential_id=b"nobody's", public_key=b"nobody's",
        sign_count=0, is_syncable=False, is_backed_up=False, transports=[], name="Tablette",
        created_at=datetime.now(UTC), last_used_at=None,
    )  # fmt: skip
    db.add(row)
    return row.id


def _rank(operation: Any) -> tuple[int, bool]:
    """What creates and changes first, then what removes, then `LAST`."""
    name = operation.definition.raw["operationId"]
    return (LAST.index(name) + 1 if name in LAST else 0), operation.method == "delete"


@pytest.mark.slow
def test_whatever_is_sent_the_server_answers_as_it_says() -> None:
    """Somebody who may do everything sends what the specification allows, over real HTTP."""
    known = Known()
    with served(known.fill, has_worker=False) as server:
        main = server.cast.ines.http.cookies["cartable"]
        other, devices = str(server.cast.other.id), iter(known.devices)
        schema = schemathesis.openapi.from_url(f"{server.base}/api/openapi.json")
        operations = sorted((found.ok() for found in schema.get_all_operations()), key=_rank)
        answered: dict[str, set[int]] = {}
        for operation in operations:
            name = operation.definition.raw["operationId"]
            if name in NEVER_ENDS:
                continue
            cookie = next(devices) if name in ENDS_THE_SESSION else main
            ids = known.of(name, operation.path, other)
            answered[name] = _try(operation, ids, {"cartable": cookie})
        assert set(answered) == set(DOORS) - NEVER_ENDS
        with httpx.Client(base_url=server.base, cookies={"cartable": main}) as http:
            assert http.get("/api/me").status_code == 200
    assert not {name for name in FOUND if min(answered[name]) >= 400}


def _try(operation: Any, ids: dict[str, str], cookies: dict[str, str]) -> set[int]:
    """Send a dozen requests; the statuses of their answers."""
    statuses: set[int] = set()

    @hypothesis.settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy())
    def send(case: Any) -> None:
        case.path_parameters = {name: ids[name] for name in case.path_parameters}
        statuses.add(case.call_and_validate(cookies=cookies, checks=CHECKS).status_code)

    send()
    if body := BODIES.get(operation.definition.raw["operationId"]):
        case = operation.Case(
            path_parameters={one.name: ids[one.name] for one in operation.path_parameters},
            headers={"x-cartable": "1"}, body=body, media_type="application/json",
        )  # fmt: skip
        statuses.add(case.call_and_validate(cookies=cookies, checks=CHECKS).status_code)
    return statuses
