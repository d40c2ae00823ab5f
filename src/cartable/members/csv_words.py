"""The words of the columns and cells of a file of members, read and written."""

import re
import unicodedata
from datetime import date

_NAMES: dict[str, tuple[str, ...]] = {
    "civility": ("Civilité", "Genre", "Code sexe", "Sexe", "Titre de civilité"),
    "first_name": ("Prénom", "Prénom de l'élu", "Prénoms", "Firstname"),
    "last_name": ("Nom", "Nom de l'élu", "Nom de famille", "Nom d'usage", "Lastname"),
    "email": (
        "Adresse électronique", "Adresse e-mail", "Adresse mail", "E-mail", "Mail", "Courriel",
        "Mél",
    ),
    "phone": ("Téléphone", "Tél", "Portable", "Mobile", "Numéro de téléphone", "Phone"),
    "position": ("Fonction", "Libellé de la fonction", "Titre", "Position"),
    "roles": ("Rôles", "Rôle", "Rôle dans Cartable", "Profil"),
    "group": ("Groupe", "Groupe politique"),
    "assemblies": ("Assemblées", "Assemblée", "Instances", "Instance", "Sièges", "Types"),
    "starts_on": ("Début du mandat", "Date de début du mandat", "Début", "Depuis le"),
    "ends_on": ("Fin du mandat", "Date de fin du mandat", "Fin", "Dernier jour"),
    "rank": ("Rang", "Ordre", "Ordre du tableau", "Rang au tableau"),
    "voting": ("Voix délibérative", "Vote", "Votant"),
    "substitute": ("Suppléant", "Suppléante", "Adresse du suppléant", "Suppléant(e)"),
    "login": ("Identifiant", "Login", "Nom d'utilisateur"),
}  # fmt: skip
WRITTEN = (
    "civility", "first_name", "last_name", "email", "phone", "position", "roles", "group",
    "assemblies", "starts_on", "ends_on", "rank", "voting", "substitute",
)  # fmt: skip
"""Columns of the file we write, in order; it can be read back."""

REFERENCE = (
    "civility", "login", "first_name", "last_name", "email", "roles", "phone", "position",
    "substitute", "assemblies",
)  # fmt: skip
REFERENCE_CIVILITIES = {"0": "", "1": "Mme", "2": "M."}
REFERENCE_ROLES = {
    "1": "clerk", "2": "admin", "3": "councillor", "4": "staff", "5": "guest", "6": "councillor",
}  # fmt: skip
"""Secretary, administrator, elected, employee, guest, deputy: a deputy is elected too."""

_ROLES: dict[str, tuple[str, ...]] = {
    "councillor": (
        "Conseillère ou conseiller", "Conseiller", "Conseillère", "Élu", "Élue", "Élus",
        "Suppléant", "Suppléante", "Maire", "Adjoint", "Adjointe",
    ),
    "clerk": ("Secrétariat des assemblées", "Secrétariat", "Secrétaire", "Gestionnaire"),
    "admin": ("Administration", "Administrateur", "Administratrice", "Admin"),
    "staff": ("Services", "Agente ou agent", "Agent", "Agente", "Service", "Employé", "Employée"),
    "guest": ("Personne invitée", "Invité", "Invitée"),
}  # fmt: skip


class BadCell(ValueError):
    """A cell that cannot be understood; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fold(text: str) -> str:
    """For comparing words: no case, accents, spaces or punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return re.sub(r"[^0-9a-z]", "", plain)


HEADERS = {fold(word): name for name, words in _NAMES.items() for word in words}
_ROLE_WORDS = {fold(word): role for role, words in _ROLES.items() for word in words}
_CIVILITIES = {
    "mme": "Mme", "madame": "Mme", "f": "Mme", "femme": "Mme", "mlle": "Mme",
    "m": "M.", "mr": "M.", "monsieur": "M.", "h": "M.", "homme": "M.",
}  # fmt: skip
_YES, _NO = {"oui", "o", "1", "vrai", "x"}, {"non", "n", "0", "faux"}


def heading(name: str) -> str:
    """How a column is called in the file we write."""
    return _NAMES[name][0]


def role_word(role: str) -> str:
    """How a role is called in the file we write."""
    return _ROLES[role][0]


def parts(cell: str) -> list[str]:
    """The names of a cell, separated by a bar; each once."""
    names = [name.strip() for name in cell.split("|")]
    return list({fold(name): name for name in names if fold(name)}.values())


def as_civility(typed: str) -> str:
    """Raises: BadCell."""
    found = _CIVILITIES.get(fold(typed))
    if found is None:
        raise BadCell("civility")
    return found


def as_roles(typed: str) -> list[str]:
    """Roles separated by a bar, a comma or a slash. Raises: BadCell."""
    roles: list[str] = []
    for word in re.split(r"[|,/]", typed):
        if not word.strip():
            continue
        role = _ROLE_WORDS.get(fold(word))
        if role is None:
            raise BadCell("role")
        if role not in roles:
            roles.append(role)
    return roles


def as_date(typed: str) -> date:
    """`2026-03-22` or `22/03/2026`. Raises: BadCell."""
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", typed, re.ASCII)
    french = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", typed, re.ASCII)
    try:
        if iso:
            return date(*map(int, iso.groups()))
        if french:
            day, month, year = map(int, french.groups())
            return date(year, month, day)
    except ValueError:
        pass
    raise BadCell("date")


def as_rank(typed: str) -> int:
    """Raises: BadCell."""
    if not re.fullmatch(r"\d{1,4}", typed, re.ASCII):
        raise BadCell("rank")
    return int(typed)


def as_voting(typed: str) -> bool:
    """Raises: BadCell."""
    word = fold(typed)
    if word not in _YES | _NO:
        raise BadCell("yes_or_no")
    return word in _YES


def french(day: date | None) -> str:
    """`22/03/2026`, empty without a day."""
    return f"{day:%d/%m/%Y}" if day else ""
