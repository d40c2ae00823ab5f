"""A councillor's ways in: a passkey made, used, lost; the codes that were printed; a confirmation.

Chromium alone has an authenticator to drive (WebAuthn.addVirtualAuthenticator).
"""

import sqlite3
from typing import cast

import pytest

from tests.cast import PASSWORD
from tests.flows.browsers import Browser
from tests.flows.chromium import Chromium
from tests.flows.conftest import Open
from tests.flows.people import invite, is_accessible, link_in, message_to, sign_in
from tests.serving import Served

ALICE, JEANNE = "alice@staubin.example", "jeanne@mairie.example"
DIALOG = "dialog[open]"


def give_authenticator(browser: Browser) -> None:
    """A device that holds passkeys and always recognises its owner."""
    chromium = cast(Chromium, browser)
    assert chromium.context is not None
    devtools = chromium.context.new_cdp_session(chromium.page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def age_proofs(server: Served) -> None:
    """Yesterday was the last time that anybody showed who they are."""
    with sqlite3.connect(server.settings.data / "cartable.sqlite3", timeout=30) as database:
        database.execute("UPDATE device SET proved_at = datetime('now', '-1 day') || '.000000'")
    database.close()


def codes_shown(browser: Browser) -> list[str]:
    """The recovery codes of the open dialog."""
    return browser.text(f"{DIALOG} code").split()


def make_first_passkey(tablet: Browser) -> list[str]:
    """Accept what is proposed after a sign-in by password; gives the codes that come with it."""
    tablet.wait_text("Entrez d'un doigt ou d'un regard")
    is_accessible(tablet)
    tablet.tab_to("button", "Créer ma clé d'accès")
    tablet.press("Enter")
    codes = add_first_passkey(tablet)
    tablet.wait_no_text("Entrez d'un doigt ou d'un regard")
    return codes


def add_first_passkey(tablet: Browser) -> list[str]:
    """Go through the dialog that makes it; gives the codes that come with it."""
    tablet.see("heading", "Ajouter une clé d'accès")
    is_accessible(tablet)
    tablet.tab_to("button", "Créer la clé")
    tablet.press("Enter")
    tablet.see("heading", "Codes de secours")
    is_accessible(tablet)
    codes = codes_shown(tablet)
    assert len(set(codes)) == 10
    tablet.tab_to("button", "Je les ai gardés")
    tablet.press("Enter")
    tablet.gone("heading", "Codes de secours")
    return codes


def sign_out(tablet: Browser) -> None:
    """From the account's screen."""
    tablet.click("link", "Mon compte")
    tablet.click("button", "Se déconnecter")
    tablet.click("button", "Se déconnecter", within=DIALOG)
    tablet.see("heading", "Se connecter")


@pytest.fixture
def tablet(server: Served, browsers: Open) -> Browser:
    """Alice's, that holds passkeys; she is signed in by her password."""
    browser = browsers("tablet", (820, 1180))
    give_authenticator(browser)
    sign_in(browser, server.settings.address, ALICE)
    browser.see("heading", "Mes séances")
    return browser


def test_a_passkey_is_made_used_and_lost(server: Served, tablet: Browser, browsers: Open) -> None:
    codes = make_first_passkey(tablet)
    tablet.click("link", "Mon compte")
    tablet.see("heading", "Sécurité")
    tablet.wait_text("Il vous reste 10 codes.")
    is_accessible(tablet)
    sign_out(tablet)
    is_accessible(tablet)
    tablet.tab_to("button", "Me connecter avec ma clé d'accès")
    tablet.press("Enter")
    tablet.see("heading", "Mon compte", patience=30)
    tablet.wait_text("Dernier usage")
    tablet.reload()
    tablet.wait_text("Dernier usage")
    assert "Entrez d'un doigt" not in tablet.text()

    # Another computer, where the passkey is not: the password is only the first step.
    desk = browsers("desk")
    desk.open(f"{server.settings.address}/connexion")
    desk.fill("Adresse électronique", ALICE)
    desk.fill("Mot de passe", PASSWORD)
    desk.click("button", "Se connecter")
    desk.see("heading", "Encore une étape")
    is_accessible(desk)
    desk.fill("Code", "000000")
    desk.click("button", "Continuer")
    desk.wait_text("Ce code n'est pas le bon")
    desk.fill("Code", codes[0].upper())
    desk.press("Enter")
    desk.see("heading", "Mes séances", patience=30)
    sign_out(desk)

    # She lost it, and comes in by the sheet she printed.
    desk.click("link", "J'ai perdu ma clé ou mon mot de passe")
    desk.see("heading", "Entrer autrement")
    is_accessible(desk)
    desk.fill("Adresse électronique", ALICE)
    desk.fill("Code de secours", codes[1])
    desk.click("button", "Se connecter")
    desk.wait_text("ne va pas avec les autres")
    desk.fill("Mot de passe, si vous en avez un", PASSWORD)
    desk.click("button", "Se connecter")
    desk.see("heading", "Sécurité", patience=30)
    desk.wait_text("Il vous reste 8 codes.")

    # What she lost is removed, once she has confirmed who she is.
    age_proofs(server)
    desk.reload()
    desk.see("button", "Retirer la clé Ordinateur Linux")
    desk.click("button", "Retirer la clé Ordinateur Linux")
    desk.click("button", "Retirer", within=DIALOG)
    desk.see("heading", "Confirmez que c'est bien vous")
    is_accessible(desk)
    desk.fill("Mot de passe", PASSWORD, within=DIALOG)
    desk.fill("Code", codes[2], within=DIALOG)
    desk.click("button", "Confirmer", within=DIALOG)
    desk.wait_text("Vous n'avez pas encore de clé d'accès.")
    assert codes[2] not in desk.text()

    # The tablet still shows it; it opens nothing.
    sign_out(tablet)
    tablet.click("button", "Me connecter avec ma clé d'accès")
    tablet.wait_text("Cette clé d'accès n'ouvre pas Cartable ici.")


def test_somebody_invited_never_chooses_a_password(server: Served, browsers: Open) -> None:
    invite(server, JEANNE)
    tablet = browsers("tablet", (820, 1180))
    give_authenticator(tablet)
    tablet.open(link_in(message_to(server, JEANNE, subject="invite")))
    tablet.see("heading", "Bienvenue Jeanne Moulin", patience=60)
    is_accessible(tablet)
    tablet.tab_to("button", "Entrer avec mon visage, mon empreinte ou le code de l'appareil")
    tablet.press("Enter")
    codes = add_first_passkey(tablet)
    tablet.see("heading", "Mes séances", patience=60)
    assert "Entrez d'un doigt" not in tablet.text()
    is_accessible(tablet)
    sign_out(tablet)
    tablet.tab_to("button", "Me connecter avec ma clé d'accès")
    tablet.press("Enter")
    tablet.see("heading", "Mon compte", patience=30)
    tablet.wait_text("Il vous reste 10 codes.")
    tablet.wait_text("Dernier usage")
    tablet.click("link", "Mes séances")
    tablet.see("heading", "Mes séances")

    # On a computer that holds no key, what she kept is enough, once for each code.
    desk = browsers("desk")
    desk.open(f"{server.settings.address}/connexion")
    for code, opens in ((codes[0], True), (codes[0], False), (codes[1], True)):
        if not desk.has("field", "Code de secours"):
            desk.click("link", "J'ai perdu ma clé ou mon mot de passe")
        desk.fill("Adresse électronique", JEANNE)
        desk.fill("Code de secours", code)
        desk.click("button", "Se connecter")
        if opens:
            desk.see("heading", "Sécurité", patience=30)
            sign_out(desk)
        else:
            desk.wait_text("ne va pas avec les autres")


def test_a_clerk_confirms_in_the_morning_and_goes_on(server: Served, browsers: Open) -> None:
    desk = browsers("desk")
    sign_in(desk, server.settings.address, "claire@staubin.example")
    desk.see("heading", "Séances")
    age_proofs(server)
    desk.reload()
    desk.see("heading", "Confirmez que c'est bien vous")
    is_accessible(desk)
    desk.fill("Mot de passe", "pas le bon du tout", within=DIALOG)
    desk.click("button", "Confirmer", within=DIALOG)
    desk.wait_text("mot de passe", within=DIALOG)
    desk.fill("Mot de passe", PASSWORD, within=DIALOG)
    desk.press("Enter")
    desk.gone("heading", "Confirmez que c'est bien vous")
    desk.wait_text("À jour.")
    # Whoever would rather not stays where they were, and is told why nothing came.
    age_proofs(server)
    desk.reload()
    desk.click("button", "Annuler", within=DIALOG)
    desk.gone("heading", "Confirmez que c'est bien vous")
    desk.wait_no_text("Chargement")


def test_a_sixth_device_makes_room(server: Served, browsers: Open) -> None:
    for _ in range(4):
        server.sign_in("bruno@staubin.example").close()
    tablet = browsers("tablet", (820, 1180))
    tablet.open(f"{server.settings.address}/connexion")
    tablet.fill("Adresse électronique", "bruno@staubin.example")
    tablet.fill("Mot de passe", PASSWORD)
    tablet.click("button", "Se connecter")
    tablet.see("heading", "Un appareil de trop")
    tablet.wait_text("Navigateur")
    is_accessible(tablet)
    tablet.reload()
    tablet.see("heading", "Un appareil de trop")
    tablet.click("button", "Déconnecter Navigateur")
    tablet.see("heading", "Mes séances", patience=30)
