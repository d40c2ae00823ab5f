"""Which tables of authorities a statement touches, and which of them without `authority_id = …`.

Read from the SQL that goes to the driver: whatever wrote it (ORM, Core, text), this is what runs.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from cartable import tenancy
from cartable.schema import metadata

TENANT = frozenset(table.name for table in metadata.sorted_tables if "authority_id" in table.c)
_TOKEN = re.compile(
    r"'(?:[^']|'')*'"
    r'|"?\w+"?(?:\."?\w+"?)*'
    r"|\$\d+|:\w+|\?|<>|[<>!]=|::|\S"
)
_PARAMETER = re.compile(r"\?|\$\d+|:\w+")
_BEFORE_TABLE = {"from", "join", "update", "using", ",", "(", "only"}
_SETS = {"union", "except", "intersect"}


class Unconfined(AssertionError):
    """A statement on a table of authorities does not say which authority."""


@dataclass
class _Query:
    """One SELECT, UPDATE or DELETE: its tables by the name they go by, and those confined."""

    tables: dict[str, str] = field(default_factory=dict)
    confined: set[str] = field(default_factory=set)

    def unconfined(self) -> set[str]:
        """Tables without the criterion; a bare `authority_id` speaks of the only table there is."""
        if "" in self.confined and len(self.tables) == 1:
            return set()
        return {table for name, table in self.tables.items() if name not in self.confined}


@lru_cache(maxsize=4096)
def read_statement(sql: str) -> tuple[frozenset[str], frozenset[str]]:
    """Tables of authorities that a statement reads, changes or removes; those of them unconfined.

    An INSERT counts by what it selects: what it puts in is checked by value (tenancy.py).
    """
    tokens = [token.replace('"', "") for token in _TOKEN.findall(sql)]
    lower = [token.lower() for token in tokens]
    done: list[_Query] = []
    queries, depths = [_Query()], [0]
    depth, is_insert = 0, lower[:1] == ["insert"]
    for at, token in enumerate(lower):
        before = lower[at - 1] if at else ""
        if token == "(":
            depth += 1
            if lower[at + 1 : at + 2] == ["select"]:
                queries.append(_Query())
                depths.append(depth)
        elif token == ")":
            if depths[-1] == depth and len(queries) > 1:
                done.append(queries.pop())
                depths.pop()
            depth -= 1
        elif token in _SETS:
            done.append(queries[-1])
            queries[-1] = _Query()
        elif token in TENANT and before in _BEFORE_TABLE and not (is_insert and len(queries) == 1):
            name = lower[at + 2] if lower[at + 1 : at + 2] == ["as"] else token
            queries[-1].tables[name] = token
        elif token == "=":
            for one, other in ((before, lower[at + 1]), (lower[at + 1], before)):
                if one.rpartition(".")[2] == "authority_id" and _PARAMETER.fullmatch(other):
                    queries[-1].confined.add(one.rpartition(".")[0])
    done += queries
    touched = frozenset(table for query in done for table in query.tables.values())
    return touched, frozenset().union(*(query.unconfined() for query in done))


is_watching = True
"""Off while a protection is taken away on purpose."""


def watch() -> None:
    """From now on, every statement of a session that is not confined is refused."""
    event.listen(Engine, "before_cursor_execute", _refuse)


def _refuse(
    connection: Connection, _cursor: Any, sql: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    session = tenancy.session_on(connection)
    if not is_watching or session is None or session.is_flushing or session.scope.door == "tests":
        return
    touched, bare = read_statement(sql)
    if session.scope.door:
        bare = touched - tenancy.DOORS[session.scope.door].tables
    elif session.scope.authority_id is None:
        bare = touched
    if bare:
        raise Unconfined(f"{', '.join(sorted(bare))}: {session.scope} runs {sql}")
