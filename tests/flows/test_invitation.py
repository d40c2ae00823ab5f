"""An invitation, from the administrator’s table to the first screen of somebody of 70."""

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.people import invite, is_accessible, link_in, message_to, sign_in, text_of
from tests.serving import Served

PASSWORD = "quatre chevaux bleus volent"
JEANNE = "jeanne@mairie.example"


def _open(browser: Browser, server: Served, email: str) -> None:
    browser.open(link_in(message_to(server, email, subject="invite")))


def test_somebody_is_invited_and_comes_in(server: Served, browsers: Open) -> None:
    invite(server, JEANNE)
    message = message_to(server, JEANNE, subject="invite")
    assert "Commune de Saint-Aubin-le-Val" in str(message["subject"])
    assert "Bonjour Jeanne Moulin" in text_of(message)
    page = message.get_body(("html",))
    assert page is not None

    tablet = browsers("tablet", (820, 1180))
    _open(tablet, server, JEANNE)
    tablet.see("heading", "Bienvenue Jeanne Moulin", patience=60)
    assert "#" not in tablet.url, "the secret stays in no history"
    tablet.wait_text("Commune de Saint-Aubin-le-Val")
    is_accessible(tablet)
    tablet.reload()
    tablet.see("heading", "Bienvenue Jeanne Moulin", patience=60)
    tablet.tab_to("textbox", "Choisissez un mot de passe")
    tablet.type(PASSWORD)
    tablet.press("Enter")
    tablet.see("heading", "Mes séances", patience=60)

    late = browsers("another tablet", (820, 1180))
    _open(late, server, JEANNE)
    late.wait_text("a déjà servi")
    is_accessible(late)
    late.click("link", "Me connecter")
    late.see("heading", "Se connecter")

    admin = browsers("administrator")
    sign_in(admin, server.settings.address, "ines@staubin.example")
    admin.see("heading", "Membres")
    admin.fill("Chercher", "jeanne")
    admin.wait_text("1 personne trouvée")
    admin.click("button", "Actions pour Jeanne Moulin")
    admin.see("button", "Nouveau mot de passe par message")


def test_a_second_town_is_accepted_while_signed_in(server: Served, browsers: Open) -> None:
    invite(server, "alice@staubin.example", by="irma@breuil.example")
    stranger = browsers("stranger")
    _open(stranger, server, "alice@staubin.example")
    stranger.wait_text("Vous avez déjà un accès à Cartable")
    is_accessible(stranger)
    stranger.click("link", "Me connecter")
    stranger.see("field", "Adresse électronique")
    stranger.fill("Adresse électronique", "alice@staubin.example")
    stranger.fill("Mot de passe", "une phrase de passe longue")
    stranger.click("button", "Se connecter")
    stranger.see("button", "Accepter", patience=60)
    stranger.click("button", "Accepter")
    stranger.see("heading", "Mes séances", patience=60)
    stranger.wait_text("Commune du Breuil")


def test_it_is_cancelled_and_sent_again(server: Served, browsers: Open) -> None:
    invite(server, JEANNE)
    first = link_in(message_to(server, JEANNE, subject="invite"))
    admin = browsers("administrator")
    sign_in(admin, server.settings.address, "ines@staubin.example")
    admin.see("heading", "Membres")
    admin.fill("Chercher", "jeanne")
    admin.wait_text("Invitation envoyée")
    admin.click("button", "Actions pour Jeanne Moulin")
    admin.click("button", "Annuler l'invitation")
    admin.see("heading", "Annuler l'invitation de Jeanne Moulin")
    is_accessible(admin)
    admin.click("button", "Annuler l'invitation", within="dialog[open]")
    admin.wait_text("Pas d'invitation")
    late = browsers("tablet", (820, 1180))
    late.open(first)
    late.wait_text("a été remplacé ou annulé")
