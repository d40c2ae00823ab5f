"""People of one authority who put ids of another wherever an id can stand."""

from collections import Counter
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import httpx

from cartable.runtime import Runtime
from tests.calls import Call
from tests.cast import Cast, Person
from tests.doors import DOORS
from tests.isolation.places import Document, Place, get, places_of, put
from tests.isolation.stuffing import Stuffed, snapshot

LIKE = {
    "anonymous": "anonymous", "daniel": "alice", "other_group": "bruno", "carla": "claire",
    "irma": "ines", "ended": "deactivated", "revoked": "signed_out", "signed_out": "signed_out",
    "paul": "paul",
}  # fmt: skip
"""Who tries, and who of the cast of doors is the same in his own town. `paul` belongs to both; the
device of `revoked` was taken by the administrator, that of `signed_out` by its owner."""

MADE_THERE = {
    ("upload_document", "query id"),
}
"""Ids that whoever asks makes: met elsewhere they must only show and change nothing."""

OTHERWISE = {
    ("order_agenda", "body items.0"): {409},
    ("end_mandate", "body seats.0"): {409},
    ("read_journal", "query member"): {200},
    ("push_changes", "body epoch"): {409},
    ("follow_hints", "query account"): {401, 409},
    ("read_door", "query authority"): {200},
    ("depart_to_enter", "path connection_id"): {422},
    ("return_from_provider", "path connection_id"): {410},
}
"""What else than 404 says nothing: the agenda, the seats or the line are not these, the page is not
this person's; a journal without a line of such a member. The buttons of a door are for anybody, and
this one leads to an address that is refused; nobody left by them, wherever they say they come back
from."""

SHOWN = {
    "read_door": {"connection"},
    "list_legal_notices": {"authority", "legal_notice"},
}
"""Tables of which an operation shows something to anybody, on purpose."""

WHOLE = {"path authority_id", "all of it"}
"""Places where the authority itself is the other: even a refusal of the role would say too much."""

BEARERS = {"say_wiped"}
"""What is sent says who speaks, whoever is signed in: a right request is right from anybody."""

SHOWS_NOTHING = {401, 404}

BATCHES = {("push_changes", "mutations"), ("pull_changes", "cursor"), ("pull_changes", "holding")}
"""Places that are tried apart, one mutation or token at a time: the answer is a success."""


@dataclass(frozen=True)
class Try:
    """One request. `sent`: ids of the stranger's authority that are in it."""

    operation: str
    place: str
    method: str
    path: str
    options: dict[str, Any]
    sent: frozenset[bytes]
    allowed: frozenset[int] | None = None


@dataclass
class Attack:
    """`theirs`: the authority that must stay unseen; `own`, `right`: a right request of each
    operation in one's own authority and in theirs; `own_ids`, `ids`: an id of each kind; `mids`:
    mutations of theirs; `found`: how much was told or done at each kind of place."""

    cast: Cast
    runtime: Runtime
    people: dict[str, Person]
    theirs: Stuffed
    document: Document
    own: dict[str, Call]
    right: dict[str, Call]
    ids: Mapping[str, Any]
    own_ids: Mapping[str, Any]
    mids: list[str]
    wrong: list[str] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    places: set[tuple[str, str]] = field(default_factory=set)

    @property
    def operations(self) -> Iterable[tuple[str, str, str, Document]]:
        """Name, method, path and description of each operation."""
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield operation["operationId"], method.upper(), path, operation

    def tries(self, name: str, method: str, path: str, operation: Document) -> Iterable[Try]:
        """A right request with each id swapped in turn, then one that is all theirs."""
        schemas = self.document["components"]["schemas"]
        home, there = str(self.cast.other.id), str(self.theirs.authority_id)
        own, right = self.own[name], self.right[name]
        # Bodies first: what is made elsewhere, unprotected, stands in the way of what follows.
        for place in sorted(places_of(path, operation, schemas), key=lambda one: one.where):
            if (name, place.steps[0]) in BATCHES:
                continue
            value = there if place.steps == ("authority_id",) else self._theirs(place, right)
            ids, options = {"authority_id": home, **own[0]}, deepcopy(own[1])
            self._swap(place, value, ids, options, operation)
            allowed = OTHERWISE.get((name, str(place)))
            if (name, str(place)) in MADE_THERE:
                allowed = set(range(200, 500))
            yield self._try(name, str(place), method, path, ids, options, allowed)
        if "{authority_id}" in path and name not in BEARERS:
            ids = {"authority_id": there, **right[0]}
            yield self._try(name, "all of it", method, path, ids, right[1], None)

    def _theirs(self, place: Place, right: Call) -> str:
        """The id at the same place of a right request of theirs, else one of the same kind."""
        found = None
        if place.where == "path":
            found = right[0].get(place.name)
        elif place.where == "body":
            found = get(right[1].get("json"), place.steps)
        return str(found or self.ids[place.kind if place.name != "id" else "document"])

    def _swap(
        self, place: Place, value: str, ids: dict[str, str], options: Any, operation: Document
    ) -> None:
        if place.where == "path":
            ids[place.name] = value
        elif place.where == "query":
            options["params"] = {**options.get("params", {}), place.name: value}
        else:
            content = operation["requestBody"]["content"]["application/json"]
            schemas = self.document["components"]["schemas"]
            body = put(options.get("json"), place.steps, value, content["schema"], schemas)
            options["json"] = body

    def _try(
        self, name: str, place: str, method: str, path: str, ids: dict[str, str], options: Any,
        allowed: Iterable[int] | None,
    ) -> Try:  # fmt: skip
        where = path.format(**ids)
        said = f"{where} {options.get('params')} {options.get('json')}".encode()
        sent = frozenset(one for one in self.theirs.ids if one in said)
        return Try(name, place, method, where, options, sent,
                   None if allowed is None else frozenset(allowed))  # fmt: skip

    async def send(self, person: str, one: Try) -> httpx.Response:
        """Send a request; what it should not have been answered is kept in `wrong`."""
        answer = await self.people[person].http.request(one.method, one.path, **one.options)
        self.counts[person] += 1
        self.places.add((one.operation, one.place))
        where = f"{one.operation} by {person}, {one.place}: {answer.status_code}"
        heard = answer.content + str(answer.headers.raw).encode()
        shown = SHOWN.get(one.operation, set())
        but = one.sent.union(*(self.theirs.keys[table] for table in shown))
        if told := self.theirs.told(heard, but, shown):
            self.blame(one.place, f"{where} tells {sorted(told)[:3]}")
        if not self._is_fitting(person, one, answer.status_code):
            self.blame(one.place, f"{where} {answer.text[:160]}", is_done=answer.is_success)
        return answer

    def blame(self, place: str, what: str, *, is_done: bool = True) -> None:
        """Keep what should not have been. `is_done`: not merely refused in another way."""
        self.wrong.append(what)
        self.found[place.split()[0]] += is_done

    def _is_fitting(self, person: str, one: Try, status: int) -> bool:
        if status in SHOWS_NOTHING:
            return True
        if one.place == "nothing":
            return status < 500
        if status in (one.allowed or ()):
            return True
        is_same_for_all = status == 403 == DOORS[one.operation].expected(LIKE[person])
        return is_same_for_all and one.place not in WHOLE

    async def check_unchanged(self, before: Mapping[str, str], what: str) -> None:
        """Their rows are what they were."""
        after = await self.look()
        changed = [table for table in before if before[table] != after[table]]
        if changed:
            self.wrong.append(f"{what} changed {changed}")

    async def look(self) -> Mapping[str, str]:
        """What their authority holds."""
        async with self.runtime.reading() as db:
            return await snapshot(db, self.theirs.authority_id)
