"""The specification is valid, complete, and the server keeps to it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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

from cartable.app import create_app
from cartable.errors import CartableError, Conflict, Invalid
from cartable.runtime import Runtime
from cartable.settings import Settings
from tests.cast import Cast
from tests.doors import DOORS
from tests.serving import served
from tests.world import World, good

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


ENDS_THE_SESSION = {"sign_out", "leave_provider", "change_password"}
NEVER_ENDS = {"follow_hints"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/pdf")
def _bytes(_context: Any, value: Any) -> bytes:
    """What is sent as a piece: some bytes, seldom a PDF."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.mark.slow
def test_whatever_is_sent_the_server_answers_as_it_says() -> None:
    """A clerk who is also administrator sends what the specification allows, over real HTTP."""
    ids: dict[str, str] = {}

    async def fill(cast: Cast, _runtime: Runtime) -> None:
        town, ines = cast.town.path, good(await cast.ines.get("/api/me"))["memberships"][0]
        roles = {"roles": ["admin", "clerk", "councillor"]}
        good(await cast.ines.patch(f"{town}/members/{ines['member_id']}", roles))
        world = World(cast, cast.town, cast.ines, cast.ines)
        sitting = await world.sitting()
        document, sha256 = await world.document(sitting)
        ids.update(
            authority_id=str(cast.town.id),
            sitting_id=sitting,
            item_id=await world.item(sitting),
            document_id=document,
            sha256=sha256,
            member_id=await world.member(),
            seat_id=await world.seat(),
            assembly_id=await world.assembly(),
            group_id=await world.group(),
            device_id="0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071",
        )

    with served(fill, has_worker=False) as server:
        http = server.sign_in("ines@staubin.example")
        schema = schemathesis.openapi.from_url(f"{server.base}/api/openapi.json")
        tried = 0
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.definition.raw["operationId"] in ENDS_THE_SESSION | NEVER_ENDS:
                continue
            _try(operation, ids, {"cartable": http.cookies["cartable"]})
            tried += 1
        assert tried == len(DOORS) - len(ENDS_THE_SESSION | NEVER_ENDS)
        assert http.get("/api/me").status_code == 200


def _try(operation: Any, ids: dict[str, str], cookies: dict[str, str]) -> None:
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
        # What no row was made for keeps the value drawn: it is not found.
        case.path_parameters = {n: ids.get(n, drawn) for n, drawn in case.path_parameters.items()}
        case.call_and_validate(cookies=cookies, checks=CHECKS)

    send()
