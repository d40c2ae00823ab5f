"""A file of sixty members, as a town hall writes one: in a spreadsheet, with three slips."""

FIRST = (
    "Agnès", "Bruno", "Chloé", "Denis", "Élise", "Farid", "Gaëlle", "Hugo", "Inès", "Jérôme",
    "Karine", "Léo", "Maëlle", "Noé", "Odile", "Pierre", "Quentin", "Rosa", "Simon", "Thaïs",
)  # fmt: skip
LAST = ("Aubert", "Le Bihan", "Nuñez")
HEADER = (
    "Civilité;Prénom;Nom;Adresse électronique;Téléphone;Fonction;Rôles;Groupe;Assemblées;"
    "Début du mandat;Rang"
)
RIGHT = {12: "p12@val.example", 33: "06 12 34 56 33", 47: "22/03/2026"}
WRONG = {12: "p12@val", 33: "06 12 34", 47: "31/02/2026"}
"""What three lines of the file hold, by number, once mended and before."""


def sixty(*, mended: bool) -> bytes:
    """The bytes of the file, as French Windows writes them."""
    slips = RIGHT if mended else WRONG
    lines = [HEADER]
    for number in range(1, 61):
        first, last = FIRST[number % 20], LAST[number % 3]
        place = "council|Commission des écoles" if number % 2 else "council"
        cells = [
            "Mme" if number % 2 else "M.", first, f"{last} {number}", f"p{number}@val.example",
            f"06 12 34 56 {number:02}", "Conseillère" if number % 2 else "Conseiller", "Élu",
            "Ensemble" if number <= 40 else "", place, "22/03/2026", str(number),
        ]  # fmt: skip
        for line, column in ((12, 3), (33, 4), (47, 9)):
            if number == line:
                cells[column] = slips[line]
        lines.append(";".join(cells))
    return "\r\n".join(lines).encode("cp1252")
