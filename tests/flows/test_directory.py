"""The directory is on the tablet: services and colleagues are reached without a network."""

from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.people import is_accessible, sign_in
from tests.serving import Served

DIALOG = "dialog[open]"


def test_people_are_reached_off_line(server: Served, gate: Gate, browsers: Open) -> None:
    admin = browsers("administrator")
    sign_in(admin, server.settings.address, "ines@staubin.example")
    admin.click("link", "Réglages")
    admin.see("heading", "Réglages")
    is_accessible(admin)
    admin.click("link", "Services de l'annuaire")
    admin.see("heading", "Aucun service")
    admin.click("button", "Ajouter un service")
    admin.fill("Nom du service", "Accueil de la mairie", within=DIALOG)
    admin.fill("Téléphone", "12", within=DIALOG)
    admin.click("button", "Ajouter un service", within=DIALOG)
    admin.wait_text("Ce numéro de téléphone n'existe pas", within=DIALOG)
    admin.fill("Téléphone", "01 02 03 04 05", within=DIALOG)
    admin.click("button", "Ajouter un service", within=DIALOG)
    admin.see("heading", "Accueil de la mairie")
    is_accessible(admin)

    tablet = browsers("tablet", (820, 1180))
    sign_in(tablet, gate.url, "alice@staubin.example")
    tablet.see("heading", "Mes séances")
    tablet.click("link", "Annuaire")
    tablet.see("heading", "Annuaire")
    tablet.see("link", "Appeler Accueil de la mairie", exact=False)
    tablet.wait_text("À jour")
    gate.close()
    tablet.restart()
    tablet.open(f"{gate.url}/annuaire")
    tablet.see("link", "Appeler Accueil de la mairie", exact=False)
    tablet.fill("Chercher", "bruno")
    tablet.wait_text("1 réponse")
    tablet.see("link", "Écrire à Bruno", exact=False)
    is_accessible(tablet)
