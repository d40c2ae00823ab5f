"""Mutations of a push with an id of another authority in each place of each."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any
from uuid import uuid4

from cartable.database import uuid7
from cartable.samples import sample
from cartable.sync.catalogue import DEEDS
from tests.isolation.places import Document, Place, ids_in, put

ENTITIES = {
    "put_annotation": "annotation", "edit_note": "annotation", "style_annotation": "annotation",
    "delete_annotation": "annotation", "prepare_vote": "vote_intention", "keep_reading":
    "reading_state", "answer_call": "attendance_answer", "discard_parked": "mutation",
}  # fmt: skip
"""The table of the row that each deed writes."""


def writings(
    schemas: Document, own: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Where the id stands, and the mutation. `own` and `theirs`: an id of each kind."""
    for name, version in DEEDS:
        schema = {"$ref": f"#/components/schemas/{DEEDS[name, version].body.__name__}"}
        body: Any = sample(schema, schemas)
        inside = list(ids_in(schema, schemas))
        for steps in inside:
            body = put(body, steps, str(own[Place("body", steps).kind]), schema, schemas)
        right = {
            "mid": str(uuid7()), "name": name, "version": version, "entity": str(uuid4()),
            "base": 0, "at": "2026-12-01T08:00:00Z", "body": body,
        }  # fmt: skip
        table = ENTITIES[name]
        yield f"{name} entity", {**right, "mid": str(uuid7()), "entity": str(theirs[table])}
        yield f"{name} base", {**right, "mid": str(uuid7()), "base": str(theirs["mutation"])}
        yield f"{name} mid", {**right, "mid": str(theirs["mutation"])}
        for steps in inside:
            there = str(theirs[Place("body", steps).kind])
            body = put(deepcopy(right["body"]), steps, there, schema, schemas)
            where = ".".join(map(str, steps))
            yield f"{name} body {where}", {**right, "mid": str(uuid7()), "body": body}
