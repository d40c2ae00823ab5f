"""The administrator's story: somebody new comes in, holds a seat, loses the access."""

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.people import is_accessible, link_in, message_to, sign_in
from tests.serving import Served

NEW_PASSWORD = "quatre chevaux bleus volent"
DIALOG = "dialog[open]"


def add_member(admin: Browser) -> None:
    """Zoé, with a seat in the council: an invitation is sent."""
    admin.click("button", "Ajouter un membre")
    is_accessible(admin)
    admin.fill("Prénom", "Zoé", within=DIALOG)
    admin.fill("Nom", "Aubry", within=DIALOG)
    admin.fill("Adresse électronique", "zoe@staubin", within=DIALOG)
    admin.click("button", "Ajouter un membre", within=DIALOG)
    admin.wait_text("Il manque la fin de l'adresse", within=DIALOG)
    admin.fill("Adresse électronique", "zoe@staubin.example", within=DIALOG)
    admin.check("council", within=DIALOG)
    admin.click("button", "Ajouter un membre", within=DIALOG)
    admin.see("heading", "Zoé Aubry est membre")
    is_accessible(admin)
    admin.wait_text("Un message est parti à zoe@staubin.example", within=DIALOG)
    admin.click("button", "Terminer", within=DIALOG)


def test_somebody_comes_and_goes(server: Served, browsers: Open) -> None:
    admin = browsers("administrator")
    sign_in(admin, server.settings.address, "ines@staubin.example")
    admin.see("heading", "Membres")
    is_accessible(admin)
    add_member(admin)
    admin.fill("Chercher", "zoe aub")
    admin.wait_text("1 personne trouvée")

    tablet = browsers("tablet", (820, 1180))
    tablet.open(link_in(message_to(server, "zoe@staubin.example", subject="invite")))
    tablet.see("heading", "Bienvenue Zoé Aubry", patience=60)
    is_accessible(tablet)
    tablet.fill("Choisissez un mot de passe", "trop court")
    tablet.click("button", "Accepter et entrer")
    tablet.wait_text("encore 2")
    tablet.fill("Choisissez un mot de passe", NEW_PASSWORD)
    tablet.click("button", "Accepter et entrer")
    tablet.see("heading", "Mes séances")
    tablet.click("link", "Mon compte")
    tablet.see("heading", "Zoé Aubry")
    tablet.wait_text("Cet appareil")
    is_accessible(tablet)

    admin.click("button", "Actions pour Zoé Aubry")
    admin.click("button", "Désactiver")
    admin.see("heading", "Désactiver Zoé Aubry ?")
    is_accessible(admin)
    admin.click("button", "Désactiver", within=DIALOG)
    admin.wait_text("Zoé Aubry n'a plus d'accès.")
    tablet.reload()
    tablet.see("button", "Se connecter")


def test_the_last_administrator_stays(server: Served, browsers: Open) -> None:
    admin = browsers("administrator")
    sign_in(admin, server.settings.address, "ines@staubin.example")
    admin.see("button", "Actions pour", exact=False)
    admin.fill("Chercher", "ines@")
    admin.wait_text("1 personne trouvée")
    admin.click("button", "Actions pour", exact=False)
    admin.click("button", "Désactiver")
    admin.click("button", "Désactiver", within=DIALOG)
    admin.wait_text("C'est la dernière personne chargée de l'administration", within=DIALOG)
