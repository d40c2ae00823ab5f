"""The OpenAPI document as it is served: what Litestar writes, put right and completed.

Litestar documents a 400 that is never answered and puts an `id` in examples, which OpenAPI 3.1 has
not; it cannot know our header, our cookie, nor what any operation answers when a part is away.
"""

from inspect import cleandoc
from typing import Any

import msgspec
from litestar import Request, Router
from litestar.openapi.plugins import JsonRenderPlugin

from cartable.errors import CartableError, Unavailable
from cartable.samples import sample
from cartable.web import PROBLEM, example_of

Document = dict[str, Any]
_SAFE = ("get", "head")
EVENTS = "text/event-stream"
_HEADER = {
    "name": "X-Cartable",
    "in": "header",
    "required": True,
    "description": "Another site cannot send it: with it, a request comes from our own pages.",
    "schema": {"type": "string", "enum": ["1"]},
}
_COOKIE = {
    "type": "apiKey",
    "in": "cookie",
    "name": "__Host-cartable",
    "description": "Given by `sign_in`, HttpOnly. Named `cartable` where people come over HTTP.",
}


class Specification(JsonRenderPlugin):
    """Serves the finished document at `/api/openapi.json`."""

    def __init__(self, shapes: tuple[type, ...] = ()) -> None:
        """`shapes` travel inside others (rows of a pull, bodies of mutations): listed too."""
        super().__init__()
        self._shapes = shapes
        self._finished: Document | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: Document) -> bytes:
        """The document, finished when first asked for."""
        if self._finished is None:
            self._finished = finish(openapi_schema, self._shapes)
        return super().render(request, self._finished)

    def receive_router(self, router: Router) -> None:
        """Unknown paths under `/api` are problems like any other, not Litestar's page."""
        router.routes = [r for r in router.routes if not r.path.endswith("{path:str}")]


def finish(document: Document, shapes: tuple[type, ...] = ()) -> Document:
    """The same document, complete."""
    components = document["components"]
    _, more = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    for schema in more.values():
        schema["description"] = cleandoc(schema.get("description", ""))
    components["schemas"] = {**more, **components["schemas"]}
    components["parameters"] = {"XCartable": _HEADER}
    components["securitySchemes"] = {"device": _COOKIE}
    components["responses"] = {
        "500": _problem(CartableError, "A fault of ours: logged, never shown."),
        "503": _problem(Unavailable, "The database or the storage does not answer: try again."),
    }
    for methods in document["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation, components["schemas"])
    return document


def _problem(error: type[CartableError], description: str) -> Document:
    example = {error.code: {"summary": error.code, "value": example_of(error)}}
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {PROBLEM: {"schema": schema, "examples": example}}
    return {"description": description, "content": content}


def _complete(method: str, operation: Document, schemas: dict[str, Document]) -> None:
    answers = operation["responses"]
    if PROBLEM not in answers.get("400", {}).get("content", {}):
        answers.pop("400", None)
    answers.get("204", {}).pop("content", None)
    for status in ("500", "503"):
        answers[status] = {"$ref": f"#/components/responses/{status}"}
    if method not in _SAFE:
        parameter = {"$ref": "#/components/parameters/XCartable"}
        operation["parameters"] = [parameter, *operation.get("parameters", [])]
    if "not_signed_in" in answers.get("401", {}).get("description", ""):
        operation["security"] = [{"device": []}]
    for part in (operation.get("requestBody", {}), *answers.values()):
        for media_type, content in part.get("content", {}).items():
            for example in content.get("examples", {}).values():
                example.pop("id", None)
            if media_type == "application/json":
                content["example"] = sample(content["schema"], schemas)
            elif media_type not in (PROBLEM, EVENTS):
                content["schema"] = {"type": "string", "format": "binary"}
