"""Example values for the specification, made from its schemas: one word for each name of a field.

Invented people and papers; a test checks that every example fits its schema.
"""

import re
from typing import Any

_ID = "0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
_FORMATS = {
    "uuid": _ID,
    "date": "2026-12-10",
    "date-time": "2026-12-10T17:30:00Z",
}
WORDS: dict[str, Any] = {
    "oldest": 1,
    "assembly_name": "Conseil municipal", "civility": "Mme", "count": 2,
    "current": "quatre mots sans rapport",
    "cursor": "WyIwMTk3YTNjNCIsNDIsNDJd", "cursor_in": None, "device_name": "Tablette de Claire",
    "email": "claire.martin@mairie.example", "epoch": _ID, "file_name": "rapport-budget.pdf",
    "first_name": "Claire", "flags": [], "kind": None, "last_name": "Martin", "limit": 200,
    "member_id": _ID, "document_id": _ID, "members": 3, "message": "Expected `str`, got `int`",
    "minimum": 12, "name": "Commission des finances", "new": "cinq autres mots bien choisis",
    "number": 1, "secret": "Zk3vT0sWq1nB7yLx5rHd8eJm2uCf9aPo4iGt6wVzXbQ", "code": "KF7M Q2XW",
    "part": "database", "pages": 12,
    "password": "quatre mots sans rapport", "path": "email", "place": "Salle du conseil",
    "position": None, "rank": 1, "reason": "Correction du tableau de la page 3", "refusal": None,
    "retry_after": 30, "role": "admin", "seq": 42, "sha256": _SHA256, "siren": "217500016",
    "size": 182044, "slices": [_SHA256], "starts_at": None, "time_zone": "Europe/Paris",
    "title": "Budget primitif 2027", "withdrawn_at": None, "withdrawn_reason": "",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg", "begins": "21:00", "ends": "07:30", "key": _POINT,
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAAA", "p256dh": _POINT,
    "host": "push.example", "deactivated_at": None, "ends_on": None, "state": None,
    "issuer": "https://sso.mairie.example", "client_id": "cartable", "scopes": ["openid", "email"],
    "acr_asked": ["eidas1"], "acr_accepted": ["eidas1"], "check": "nonce",
    "holding": [], "held": [], "what": "members", "smallest": 1, "largest": 10_000_000,
    "verdict": "pass",
}  # fmt: skip
"""By name of field; None when the schema alone decides."""

Schema = dict[str, Any]


def sample(schema: Schema, components: dict[str, Schema], name: str = "") -> Any:
    """A value of `schema`; `name` is the field it stands in."""
    if "$ref" in schema:
        return sample(components[schema["$ref"].rpartition("/")[2]], components)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            kinds = schema[several]
            if {"type": "null"} in kinds and name in WORDS and WORDS[name] is None:
                return None
            rest = {key: value for key, value in schema.items() if key != several}
            return sample({**rest, **kinds[0]}, components, name)
    if "enum" in schema:
        return WORDS[name] if WORDS.get(name) in schema["enum"] else schema["enum"][0]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {
            field: sample(one, components, field)
            for field, one in schema.get("properties", {}).items()
        }
    word = WORDS.get(name)
    # `members` counts them in a line, and lists them elsewhere.
    if kind == "array" and not isinstance(word, list):
        return [sample(schema["items"], components, name)]
    if word is not None and schema.get("format") is None:
        return word
    return _plain(schema)


def _plain(schema: Schema) -> Any:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if "pattern" in schema and r"T\d{2}" in schema["pattern"]:
        return "2026-12-10T18:30"
    text, number = "0" * schema.get("minLength", 0), max(1, schema.get("minimum", 1))
    return {"string": text, "integer": number, "boolean": True}.get(schema.get("type", ""), {})


def details_of(docstring: str) -> dict[str, Any]:
    """Example details of a refusal, from the `details:` of its docstring."""
    told = re.search(r"details: ([^.]+)", docstring)
    return {
        word: WORDS[word] for word in re.findall(r"\w+", told[1] if told else "") if word in WORDS
    }
