"""Legal pages: an administrator publishes them, anybody reads them before signing in."""

from tests.flows.conftest import Open
from tests.flows.people import is_accessible, sign_in
from tests.serving import Served


def test_legal_pages_are_published_and_read_by_anybody(server: Served, browsers: Open) -> None:
    admin = browsers("administrator")
    sign_in(admin, server.settings.address, "ines@staubin.example")
    admin.click("link", "Réglages")
    admin.click("link", "Données personnelles")
    admin.see("heading", "Pages légales")
    is_accessible(admin)
    admin.fill("Éditeur", "Commune de Saint-Aubin-le-Val")
    admin.fill("Délégué à la protection des données", "dpo@staubin.example")
    admin.choose("Conformité au RGAA", "Partiellement conforme")
    admin.click("button", "Publier")
    admin.wait_text("Les pages légales sont publiées")

    tablet = browsers("tablet", (820, 1180))
    tablet.open(f"{server.settings.address}/connexion")
    tablet.click("link", "Accessibilité")
    tablet.wait_text("partiellement conforme au RGAA 4.1")
    tablet.wait_text("Défenseur des droits")
    is_accessible(tablet)
