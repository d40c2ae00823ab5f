"""An administrator trusts a provider and looks at it; a councillor comes in by it, and is refused
in words when the provider says no. The provider is a real one (npm oidc-provider)."""

from collections.abc import Iterator

import pytest

from tests.connections.real import Real, client, real_provider
from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.people import is_accessible, sign_in
from tests.serving import Served, served

SIRET = "21750001600019"
PEOPLE = {
    "alice": {"email": "alice@staubin.example", "email_verified": True},
    "passant": {"email": "passant@ailleurs.example", "email_verified": True},
}
AGENTS = {
    "alice": {
        "email": "alice@staubin.example", "given_name": "Alice", "usual_name": "Nom-alice",
        "siret": SIRET,
    },
    "bruno": {
        "email": "bruno@staubin.example", "given_name": "Bruno", "usual_name": "Nom-bruno",
        "siret": "21750001600027",
    },
}  # fmt: skip
"""As ProConnect tells of people: nothing says that their address was verified, it always is."""

THERE = "return location.port !== args[0] && !!document.forms[0]?.login"


@pytest.fixture
def server() -> Iterator[Served]:
    """A server that may call a provider of this machine."""
    with served(connection_hosts=("127.0.0.1",)) as running:
        yield running


def _value_of(browser: Browser, name: str) -> str:
    """What a field of the page holds."""
    labels = "[...document.querySelectorAll('label')]"
    return str(browser.wait_until(
        f"return {labels}.find((each) => each.innerText.trim() === args[0])?.control?.value", name
    ))  # fmt: skip


def _sign_in_there(browser: Browser, login: str) -> None:
    """The provider's own pages: who it is, then agreeing."""
    browser.wait_until(THERE, "")
    browser.script("document.forms[0].login.value = args[0]", login)
    browser.script("document.forms[0].password.value = 'peu importe'")
    browser.click_css("button[type=submit]")
    browser.wait_until("return document.forms[0]?.prompt?.value === 'consent'")
    browser.click_css("button[type=submit]")


def test_a_town_trusts_a_provider(server: Served, browsers: Open) -> None:
    origin = server.settings.address
    with real_provider([client("cartable", origin)], PEOPLE) as real:
        desk = browsers("desk", (1180, 820))
        sign_in(desk, origin, "ines@staubin.example")
        desk.open(f"{origin}/administration/{server.cast.town.id}/connexion")
        desk.click("button", "Ajouter un autre service (OpenID Connect)")
        is_accessible(desk)
        desk.fill("Nom du bouton", "Compte de la mairie")
        desk.fill("Adresse de l'émetteur", f"{real.issuer}/")
        desk.click("button", "Enregistrer")
        desk.see("heading", "Compte de la mairie", exact=False)
        # The service gives its identifier and secret in exchange for our address.
        real.learn("cartable", _value_of(desk, "Adresse de retour"))
        desk.fill("Identifiant", "cartable")
        desk.fill("Secret", "secret de cartable")
        desk.check("En service : le bouton paraît à la connexion")
        desk.click("button", "Enregistrer")
        desk.wait_no_text("Pas en service")
        desk.click("button", "Tester")
        desk.wait_text("Quelque chose empêche d'entrer")
        # The final slash: an issuer is compared to the letter.
        desk.fill("Adresse de l'émetteur", real.issuer)
        desk.fill("Secret", "secret de cartable")
        desk.click("button", "Enregistrer")
        desk.wait_no_text("Quelque chose empêche d'entrer")
        desk.click("button", "Tester")
        desk.wait_text("Tout ce qui est nécessaire est en place")
        is_accessible(desk)

        tablet = browsers("tablet", (820, 1180))
        tablet.open(f"{origin}/connexion/{server.cast.town.id}")
        tablet.see("button", "Entrer avec Compte de la mairie")
        is_accessible(tablet)
        tablet.click("button", "Entrer avec Compte de la mairie")
        _sign_in_there(tablet, "alice")
        tablet.wait_until(
            "return location.origin === args[0] && !location.pathname.startsWith('/connexion')",
            origin,
        )
        assert "code=" not in tablet.url
        tablet.open(f"{origin}/compte")
        tablet.see("heading", "Services d'identification")
        tablet.see("button", "Retirer Compte de la mairie")
        is_accessible(tablet)

        other = browsers("other", (820, 1180))
        other.open(f"{origin}/connexion/{server.cast.town.id}")
        other.click("button", "Entrer avec Compte de la mairie")
        _sign_in_there(other, "passant")
        other.see("heading", "Vous n'êtes pas entré")
        other.wait_text("personne ne vous a invité ici sous cette adresse")
        assert "code=" not in other.url
        is_accessible(other)
        other.click("link", "Revenir à la connexion")
        # The browser remembers whose door it came by.
        other.see("button", "Entrer avec Compte de la mairie")


def _describe_proconnect(desk: Browser, real: Real) -> None:
    """From a screen that lacks the SIRET to a connection that everything is there for."""
    desk.wait_text("Donnez le SIRET de la collectivité")
    is_accessible(desk)
    desk.click("link", "Ouvrir les réglages")
    desk.fill("SIREN", "217 500 016")
    desk.fill("SIRET", "217 500 016 00019")
    desk.click("button", "Enregistrer")
    desk.wait_text("C'est enregistré.")
    desk.back()
    desk.see("button", "Ajouter ProConnect")
    desk.wait_no_text("Donnez le SIRET de la collectivité")
    desk.click("button", "Ajouter ProConnect")
    desk.see("heading", "Ajouter ProConnect")
    is_accessible(desk)
    desk.fill("Adresse de l'émetteur", real.issuer)
    desk.click("button", "Enregistrer")
    desk.see("heading", "ProConnect", exact=False)
    desk.wait_text("Pas en service")
    real.learn("proconnect", _value_of(desk, "Adresse de retour"))
    desk.fill("Identifiant", "proconnect")
    desk.fill("Secret", "secret de proconnect")
    desk.check("En service : le bouton paraît à la connexion")
    desk.click("button", "Enregistrer")
    desk.wait_no_text("Pas en service")
    desk.click("button", "Tester")
    desk.wait_text("Tout ce qui est nécessaire est en place")
    desk.wait_text("L'organisation est vérifiée")
    is_accessible(desk)


def test_proconnect_lets_in_the_people_of_the_town_alone(server: Served, browsers: Open) -> None:
    origin, town = server.settings.address, server.cast.town.id
    with real_provider([client("proconnect", origin)], AGENTS) as real:
        desk = browsers("desk", (1180, 820))
        sign_in(desk, origin, "ines@staubin.example")
        desk.open(f"{origin}/administration/{town}/connexion")
        _describe_proconnect(desk, real)

        # Bruno is a member, but came for another organisation.
        other = browsers("other", (820, 1180))
        other.open(f"{origin}/connexion/{town}")
        other.click("button", "Entrer avec ProConnect")
        _sign_in_there(other, "bruno")
        other.see("heading", "Vous n'êtes pas entré")
        other.wait_text("une autre organisation")
        is_accessible(other)

        tablet = browsers("tablet", (820, 1180))
        tablet.open(f"{origin}/connexion/{town}")
        tablet.click("button", "Entrer avec ProConnect")
        _sign_in_there(tablet, "alice")
        tablet.see("heading", "Mes séances", patience=60)
        assert tablet.url.startswith(origin)

        # Leaving Cartable leads to ProConnect's own page, then back to the door.
        tablet.click("link", "Mon compte")
        tablet.click("button", "Se déconnecter")
        tablet.click("button", "Se déconnecter", within="dialog[open]")
        tablet.wait_until(
            "return location.origin === args[0] && location.pathname === '/session/end'",
            real.issuer,
        )
        tablet.click_css("button[name=logout]")
        tablet.see("button", "Entrer avec ProConnect", patience=60)
        assert tablet.url.startswith(f"{origin}/connexion")
        is_accessible(tablet)
        # Nobody is signed in there any more: it asks who comes.
        tablet.click("button", "Entrer avec ProConnect")
        tablet.wait_until(THERE, "")
