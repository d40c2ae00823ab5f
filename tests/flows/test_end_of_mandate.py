"""After elections: the seats of the council end together, and that is undone once."""

from tests.flows.conftest import Open
from tests.flows.people import is_accessible, sign_in
from tests.serving import Served

DIALOG = "dialog[open]"


def test_a_mandate_ends_and_is_given_back(server: Served, browsers: Open) -> None:
    admin = browsers("administrator", (820, 1180))
    sign_in(admin, server.settings.address, "ines@staubin.example")
    admin.see("heading", "Membres")
    admin.click("button", "Autres actions")
    admin.click("link", "Finir des mandats")
    admin.see("heading", "Fin de mandat")
    admin.choose("Assemblée", "council")
    admin.fill("Dernier jour du mandat", "21/06/2026")
    admin.wait_text("3 sièges finiraient le")
    admin.wait_text("N'a plus aucun rôle ici")
    is_accessible(admin)
    admin.check("Désactiver aussi les 2 personnes qui n'ont plus aucun rôle")
    admin.click("button", "Finir 3 sièges")
    admin.wait_text("2 personnes perdent leur accès.", within=DIALOG)
    is_accessible(admin)
    admin.click("button", "Finir 3 sièges", within=DIALOG)
    admin.wait_text("Aucun siège à finir")
    admin.wait_text("2 accès fermés")
    is_accessible(admin)

    admin.click("button", "Tout annuler")
    admin.wait_text("C'est annulé : chacun retrouve son siège.")
    admin.wait_text("3 sièges finiraient le")
    admin.gone("button", "Tout annuler")
