"""New marks: on what one may read, for oneself alone, given back on every tablet."""

from typing import Any

import pytest
from tests.cast import Cast
from tests.pushing import NOTE, Tablet, piece, two_tablets

pytestmark = pytest.mark.anyio

QUOTE = {"exact": "attribution de compensation", "prefix": "le montant de l’", "suffix": " est"}
MARKS = {
    "ink": {"kind": "ink", "colour": "blue", "width": 1.5, "points": [1.25, 2, 0.5, 3, 4.75, 1]},
    "highlight": {
        "kind": "highlight", "colour": "green", "quads": [[1, 2, 3, 2, 1, 4, 3, 4.5]],
        "quote": QUOTE, "label": "à vérifier",
    },
    "note": NOTE | {"x": 12.5, "y": -3, "quote": QUOTE, "label": ""},
    "bookmark": {"kind": "bookmark", "colour": "red", "label": "Annexe"},
}  # fmt: skip


@pytest.mark.parametrize("kind", MARKS)
async def test_every_mark_comes_back_as_it_was_drawn(cast: Cast, do_jobs: Any, kind: str) -> None:
    on = await piece(cast, do_jobs)
    tablet, other = await two_tablets(cast)
    mutation = tablet.put(on, MARKS[kind])
    await tablet.did(mutation)
    for device in (tablet, other):
        (value,) = (await device.values("annotation")).values()
        assert value["id"] == mutation["entity"]
        assert (value["document_id"], value["sha256"], value["page"]) == (on.document, on.sha256, 1)
        assert value["mark"] == {"label": ""} | MARKS[kind]
        assert value["created_at"] == value["modified_at"]
        assert value["forked_from"] is None


async def test_nobody_else_is_given_a_mark(cast: Cast, do_jobs: Any) -> None:
    on = await piece(cast, do_jobs)
    await Tablet(cast, cast.alice).did(Tablet(cast, cast.alice).put(on))
    for name in ("bruno", "claire", "gus", "ines", "paul"):
        assert await Tablet(cast, cast.people[name]).values("annotation") == {}
