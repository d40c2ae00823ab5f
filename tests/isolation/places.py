"""Where an id can stand in a request, read from the specification."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from cartable.samples import sample
from cartable.schema import metadata

Document = dict[str, Any]
Step = str | int
Steps = tuple[Step, ...]
SYNONYMS = {
    "item": "agenda_item", "after": "agenda_item", "items": "agenda_item", "group":
    "political_group", "rapporteur": "member", "member": "member", "members": "member",
    "seats": "seat", "account": "account", "sha256": "file", "epoch": "epoch", "mid": "mutation",
    "base": "mutation", "holding": "mutation", "cursor": "cursor",
}  # fmt: skip
"""Fields that are not named after the table whose rows they name."""

NOT_IDS = {"position", "provider", "slug"}
"""Parameters of paths that count or name something within what another one names."""


@dataclass(frozen=True)
class Place:
    """`where`: path, query, header, body or mutation; `steps` lead to the value."""

    where: str
    steps: Steps

    @property
    def name(self) -> str:
        """The field's own name."""
        return next(str(step) for step in reversed(self.steps) if isinstance(step, str))

    @property
    def kind(self) -> str:
        """The table whose row it names, or what else it is.

        Raises:
            KeyError: neither a table nor a synonym has this name.
        """
        plain = self.name.removesuffix("_id") if self.name != "id" else self.name
        return SYNONYMS[plain] if plain in SYNONYMS else metadata.tables[plain].name

    def __str__(self) -> str:
        return f"{self.where} {'.'.join(map(str, self.steps))}"


def places_of(template: str, operation: Document, schemas: Document) -> Iterator[Place]:
    """Every place of an operation."""
    for given in operation.get("parameters", []):
        if "$ref" in given:
            continue
        schema, name = given["schema"], given["name"]
        is_id = _is_id(schema) or any(_is_id(one) for one in schema.get("oneOf", []))
        if given["in"] == "path" and name not in NOT_IDS:
            assert is_id or name == "sha256", f"{template}: is {name} an id? See NOT_IDS"
            yield Place("path", (name,))
        elif is_id:
            yield Place(given["in"], (name,))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        for steps in ids_in(content["schema"], schemas):
            yield Place("body", steps)


def _is_id(schema: Document) -> bool:
    return schema.get("format") == "uuid"


def ids_in(schema: Document, schemas: Document, seen: tuple[str, ...] = ()) -> Iterator[Steps]:
    """The steps that lead to every id that a value of `schema` can hold."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from ids_in(schemas[name], schemas, (*seen, name))
        return
    if _is_id(schema):
        yield ()
    found: set[Steps] = set()
    for several in ("oneOf", "anyOf", "allOf"):
        for one in schema.get(several, []):
            found |= set(ids_in(one, schemas, seen))
    yield from sorted(found, key=str)
    for field, one in schema.get("properties", {}).items():
        steps = list(ids_in(one, schemas, seen))
        if field in ("sha256", "cursor") and not steps:
            steps = [()]
        yield from ((field, *rest) for rest in steps)
    if isinstance(schema.get("items"), dict):
        yield from ((0, *rest) for rest in ids_in(schema["items"], schemas, seen))


def put(value: Any, steps: Steps, one: Any, schema: Document, schemas: Document) -> Any:
    """A copy of a body with `one` at the end of `steps`; what lacks on the way is an example."""
    if not steps:
        return one
    step, rest = steps[0], steps[1:]
    schema = _plain(schema, step, schemas)
    if isinstance(step, int):
        inner = schema["items"]
        held = list(value) if isinstance(value, list) else []
        held = held or [sample(inner, schemas)]
        held[0] = put(held[0], rest, one, inner, schemas)
        return held
    inner = schema["properties"][step]
    made = deepcopy(value) if isinstance(value, dict) else sample(schema, schemas)
    made[step] = put(made.get(step), rest, one, inner, schemas)
    return made


def _plain(schema: Document, step: Step, schemas: Document) -> Document:
    """The schema itself, or that of its forms in which the step can be taken."""
    if "$ref" in schema:
        return _plain(schemas[schema["$ref"].rpartition("/")[2]], step, schemas)
    for several in ("oneOf", "anyOf", "allOf"):
        for one in schema.get(several, []):
            found = _plain(one, step, schemas)
            if step in found.get("properties", {}) or (isinstance(step, int) and "items" in found):
                return found
    return schema


def get(value: Any, steps: Steps) -> Any:
    """What stands at the end of `steps`; None when nothing does."""
    for step in steps:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value
