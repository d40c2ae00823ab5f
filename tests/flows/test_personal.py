"""One's own data: legal pages that anybody reads, a copy, the request to erase it all, and the two
ways to keep it after all."""

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.people import is_accessible, link_in, message_to, sign_in
from tests.serving import Served

ALICE = "alice@staubin.example"
DIALOG = "dialog[open]"


def _open_desk(admin: Browser, origin: str) -> None:
    sign_in(admin, origin, "ines@staubin.example")
    admin.click("link", "Réglages")
    admin.click("link", "Données personnelles")
    admin.see("heading", "Pages légales")


def _is_ready_off_line(browser: Browser) -> None:
    """The application is kept whole on the device, with what the law wants told."""
    browser.wait_until("""
        const kept = await caches.match('/api/legal-notices', { ignoreVary: true })
        return !!kept && !!navigator.serviceWorker.controller""")


def test_legal_pages_are_published_and_read_by_anybody_off_line_too(
    server: Served, gate: Gate, browsers: Open
) -> None:
    admin = browsers("administrator")
    _open_desk(admin, server.settings.address)
    is_accessible(admin)
    admin.fill("Éditeur", "Commune de Saint-Aubin-le-Val")
    admin.fill("Délégué à la protection des données", "dpo@staubin.example")
    admin.choose("Conformité au RGAA", "Partiellement conforme")
    admin.click("button", "Publier")
    admin.wait_text("Les pages légales sont publiées")

    tablet = browsers("tablet", (820, 1180))
    tablet.open(f"{gate.url}/connexion")
    _is_ready_off_line(tablet)
    gate.close()
    tablet.restart()
    tablet.open(f"{gate.url}/accessibilite")
    tablet.wait_text("partiellement conforme au RGAA 4.1")
    tablet.wait_text("Défenseur des droits")
    is_accessible(tablet)
    tablet.click("link", "Mentions légales")
    tablet.wait_text("dpo@staubin.example")
    is_accessible(tablet)

    gate.open()
    admin.fill("Éditeur", "Mairie de Saint-Aubin-le-Val")
    admin.click("button", "Publier")
    admin.wait_until("""
        const [said] = await (await fetch('/api/legal-notices')).json()
        return said.publisher.startsWith('Mairie')""")
    tablet.reload()
    tablet.wait_text("Mairie de Saint-Aubin-le-Val")


def test_erasure_is_asked_seen_by_the_administrator_and_cancelled(
    server: Served, browsers: Open
) -> None:
    origin = server.settings.address
    tablet = browsers("tablet", (820, 1180))
    sign_in(tablet, origin, ALICE)
    tablet.open(f"{origin}/compte")
    tablet.click("link", "Voir mes données")
    _ask(tablet)
    elsewhere = browsers("elsewhere")
    elsewhere.open(link_in(message_to(server, ALICE, subject="sera effacé")))
    elsewhere.see("heading", "Garder votre compte ?")
    is_accessible(elsewhere)
    elsewhere.click("button", "Garder mon compte")
    elsewhere.wait_text("Votre compte est conservé")
    is_accessible(elsewhere)
    tablet.reload()
    tablet.gone("button", "Garder mon compte")

    _ask(tablet)
    admin = browsers("administrator")
    sign_in(admin, origin, "ines@staubin.example")
    admin.wait_text("Le compte de Alice")
    is_accessible(admin)
    admin.click("link", "Ce que cela veut dire")
    admin.wait_text("En attente")
    admin.wait_text("Demandé par la personne")
    admin.wait_text("Rien n'est effacé")
    is_accessible(admin)
    tablet.open(f"{origin}/")
    tablet.wait_text("Votre compte sera effacé le")
    is_accessible(tablet)
    tablet.click("link", "Changer d'avis")
    tablet.click("button", "Garder mon compte")
    tablet.wait_text("Votre compte est conservé")
    tablet.see("button", "Demander l'effacement…")
    admin.reload()
    admin.wait_text("Aucune demande.")


def _ask(tablet: Browser) -> None:
    tablet.see("heading", "Effacer mon compte")
    tablet.wait_text("archives publiques")
    is_accessible(tablet)
    tablet.click("button", "Demander l'effacement…")
    tablet.see("button", "Télécharger mes données", within=DIALOG)
    is_accessible(tablet)
    tablet.click("button", "Effacer dans 7 jours", within=DIALOG)
    tablet.see("button", "Garder mon compte")
    is_accessible(tablet)


def test_a_copy_is_taken_and_the_register_read(server: Served, browsers: Open) -> None:
    tablet = browsers("tablet", (820, 1180))
    sign_in(tablet, server.settings.address, ALICE)
    tablet.open(f"{server.settings.address}/compte/donnees")
    tablet.click("button", "Télécharger mes données")
    tablet.wait_text("Vos données sont téléchargées")
    is_accessible(tablet)
    tablet.click("link", "Commune de Saint-Aubin-le-Val")
    tablet.see("heading", "Notes personnelles et préparation")
    tablet.wait_text("Pas encore renseigné par votre collectivité")
    is_accessible(tablet)
