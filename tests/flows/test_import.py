"""Sixty members come in by a file: its errors are shown, mended, and all of it is imported."""

from pathlib import Path

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.import_file import sixty
from tests.flows.people import is_accessible, sign_in
from tests.serving import Served


def go_to_import(admin: Browser, address: str) -> None:
    """From the door to the screen of imports, as an administrator does."""
    sign_in(admin, address, "ines@staubin.example")
    admin.see("heading", "Membres")
    admin.click("link", "Importer un fichier")
    admin.see("heading", "Importer des membres")


def test_sixty_members_come_in(server: Served, browsers: Open, tmp_path: Path) -> None:
    file = tmp_path / "membres.csv"
    file.write_bytes(sixty(mended=False))
    admin = browsers("administrator", (820, 1180))
    go_to_import(admin, server.settings.address)
    is_accessible(admin)
    admin.upload([file], "Choisir un fichier")
    admin.wait_text("3 erreurs à corriger")
    for where, what in (
        ("Ligne 13, colonne D", "Cette adresse n'est pas complète."),
        ("Ligne 34, colonne E", "Ce numéro de téléphone n'existe pas sous cette forme."),
        ("Ligne 48, colonne J", "Écrivez un jour comme 22/03/2026."),
    ):
        admin.wait_text(where)
        admin.wait_text(what)
    is_accessible(admin)
    assert not admin.has("button", "Importer", exact=False)

    file.write_bytes(sixty(mended=True))
    admin.upload([file], "Choisir un autre fichier")
    admin.wait_text("À créer avec ce fichier ?")
    admin.wait_text("Commission des écoles")
    admin.wait_text("60 personnes recevront un message pour entrer.")
    is_accessible(admin)
    admin.check("Envoyer les invitations maintenant", False)
    admin.click("button", "Importer 60 personnes")
    admin.see("heading", "C'est importé")
    admin.wait_text("60 personnes ajoutées")
    admin.wait_text("Aucune invitation n'est partie")
    is_accessible(admin)

    admin.click("link", "Voir les membres")
    admin.see("heading", "Membres")
    admin.wait_text("66 personnes ont un accès ouvert")
    admin.wait_no_text("Invitation envoyée")
    admin.choose("Assemblée", "Commission des écoles")
    admin.wait_text("30 personnes trouvées")
    admin.choose("Groupe", "Ensemble")
    admin.wait_text("20 personnes trouvées")

    # The same file again: everything is there, and nothing is left to do.
    admin.click("link", "Importer un fichier")
    admin.upload([file], "Choisir un fichier")
    admin.wait_text("Aperçu de « membres.csv »")
    admin.see("button", "Importer 0 personne")
    admin.wait_text("Rien à faire")
