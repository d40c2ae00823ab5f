"""An administrator has the authority's messages leave under its own name, and tries it."""

import re

from tests.flows.conftest import Open
from tests.flows.people import is_accessible, message_to, sign_in, text_of
from tests.serving import Served

MAIRIE, INES = "mairie@staubin.example", "ines@staubin.example"


def test_an_authority_signs_its_messages(server: Served, browsers: Open) -> None:
    admin = browsers("administrator", (820, 1180))
    sign_in(admin, server.settings.address, INES)
    admin.see("heading", "Membres")
    admin.open(f"{server.settings.address}/administration/{server.cast.town.id}/reglages")
    admin.see("heading", "Messages envoyés par la collectivité")
    admin.wait_text("Aucun serveur de messagerie n'est réglé")
    admin.fill("Nom affiché", "Mairie de Saint-Aubin")
    admin.fill("Adresse d'expédition", MAIRIE)
    # Here the names of `.example` do not exist, or nobody answers: both are said in words.
    admin.click("button", "Vérifier le domaine")
    admin.wait_text("Qui peut envoyer en son nom (SPF)", patience=60)
    is_accessible(admin)

    admin.click("button", "Envoyer un code à cette adresse")
    admin.wait_text("Un code est parti à")
    card = "form:has([placeholder=Cartable])"
    admin.fill("Code reçu à cette adresse", "11111 11111")
    admin.click("button", "Enregistrer", within=card)
    admin.wait_text("Ce code n'est pas celui que cette adresse a reçu")
    is_accessible(admin)
    asked = text_of(message_to(server, MAIRIE, subject="code"))
    code = re.search(r"[0-9A-F]{5} [0-9A-F]{5}", asked)
    assert code
    admin.fill("Code reçu à cette adresse", code[0].lower())
    admin.click("button", "Enregistrer", within=card)
    admin.gone("field", "Code reçu à cette adresse")

    admin.click("button", "M'envoyer un essai")
    admin.wait_text("Message écrit dans un fichier, pas envoyé", patience=60)
    letter = message_to(server, INES, subject="essai")
    assert letter["from"] == f"Mairie de Saint-Aubin <{MAIRIE}>"
    admin.open(f"{server.settings.address}/administration/{server.cast.town.id}/journal")
    admin.wait_text("a changé l'adresse d'expédition des courriels")
