"""Whoever runs the server opens an authority, limits it, closes it for a while and says why, looks
at its numbers and at the server's health; its administrator sees each of these."""

from collections.abc import Iterator

import pytest

from cartable.hosting.actions import name_operator
from cartable.hosting.health import BACKUP_MARK
from cartable.runtime import Runtime
from tests.cast import Cast
from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.people import accept, is_accessible, sign_in
from tests.serving import Served, served

IRMA, MAUD = "irma@breuil.example", "maud@valmont.example"
VALMONT = "Commune de Valmont"
REASON = "Fin du contrat au 31 décembre"
DIALOG = "dialog[open]"


@pytest.fixture
def hosted() -> Iterator[Served]:
    """The two towns; the administrator of the second one runs the server too."""

    async def fill(cast: Cast, runtime: Runtime) -> None:
        async with runtime.writing() as db:
            await name_operator(db, IRMA)

    with served(fill) as running:
        yield running


def go_to_hosting(operator: Browser, origin: str) -> None:
    """From the door to the authorities of the server."""
    sign_in(operator, origin, IRMA)
    operator.click("link", "Hébergement")
    operator.see("heading", "Hébergement")
    operator.see("row", "Commune de Saint-Aubin-le-Val", exact=False)
    is_accessible(operator)


def open_valmont(operator: Browser) -> None:
    """What is missing or wrong is said where it is, then the authority is there."""
    operator.click("button", "Ouvrir une collectivité")
    operator.see("heading", "Ouvrir une collectivité", within=DIALOG)
    operator.click("button", "Ouvrir et inviter", within=DIALOG)
    operator.wait_text("Ce champ est nécessaire.", within=DIALOG)
    is_accessible(operator)
    operator.fill("Nom de la collectivité", VALMONT, within=DIALOG)
    operator.fill("Prénom", "Maud", within=DIALOG)
    operator.fill("Nom", "Giraud", within=DIALOG)
    operator.fill("Adresse électronique", "maud@valmont", within=DIALOG)
    operator.wait_no_text("Ce champ est nécessaire.", within=DIALOG)
    operator.press("Enter")
    operator.wait_text("Cette adresse électronique n'est pas complète", within=DIALOG)
    is_accessible(operator)
    operator.fill("Adresse électronique", MAUD, within=DIALOG)
    operator.press("Enter")
    operator.wait_text(f"{VALMONT} est ouverte. L'invitation est partie.")
    operator.see("row", f"{VALMONT} Commune Ouverte", exact=False)


def begin(operator: Browser, act: str) -> None:
    """Choose what to do with the new authority."""
    operator.click("button", f"Actions pour {VALMONT}")
    operator.click("button", act)


def limit_valmont(operator: Browser) -> None:
    """Twenty members, five hundred megabytes; words are no limit."""
    begin(operator, "Changer les limites")
    operator.see("heading", f"Limites de {VALMONT}")
    operator.fill("Mégaoctets de pièces", "500", within=DIALOG)
    operator.fill("Membres actifs", "vingt", within=DIALOG)
    operator.press("Enter")
    operator.wait_text("Écrivez un nombre entre 1", within=DIALOG)
    is_accessible(operator)
    operator.fill("Membres actifs", "20", within=DIALOG)
    operator.press("Enter")
    operator.gone("heading", f"Limites de {VALMONT}")
    operator.wait_text("1 sur 20")
    operator.wait_text("sur 500 Mo")


def test_an_authority_is_opened_suspended_and_opened_again(hosted: Served, browsers: Open) -> None:
    origin = hosted.settings.address
    operator = browsers("operator")
    go_to_hosting(operator, origin)
    open_valmont(operator)
    limit_valmont(operator)
    admin = browsers("administrator", (820, 1180))
    accept(admin, hosted, MAUD)
    admin.see("heading", "Membres")

    begin(operator, "Suspendre")
    operator.see("heading", f"Suspendre {VALMONT} ?")
    is_accessible(operator)
    operator.fill("Motif, dit à qui prépare et administre", REASON, within=DIALOG)
    operator.press("Enter")
    operator.see("row", f"{VALMONT} Commune Suspendue", exact=False)
    is_accessible(operator)
    admin.reload()
    admin.wait_text(f"L'hébergeur a suspendu cette collectivité : « {REASON} ».")
    is_accessible(admin)

    begin(operator, "Rouvrir")
    operator.see("row", f"{VALMONT} Commune Ouverte", exact=False)
    admin.reload()
    admin.see("heading", "Membres")
    admin.click("link", "Journal")
    admin.see("row", "L'hébergeur a rouvert la collectivité", exact=False)
    admin.see("row", f"L'hébergeur a suspendu la collectivité Motif : {REASON}.", exact=False)
    is_accessible(admin)


def test_numbers_and_health_are_all_that_is_seen(hosted: Served, browsers: Open) -> None:
    with Gate(hosted.settings.port) as way:
        operator = browsers("operator", (820, 1180))
        go_to_hosting(operator, way.url)
        # The first of the choices has the focus: it is opened and closed without a mouse.
        operator.click("button", "Actions pour Commune de Saint-Aubin-le-Val")
        operator.press("Enter")
        operator.see("heading", "État de Commune de Saint-Aubin-le-Val")
        operator.wait_text("Lignes du journal", within=DIALOG)
        is_accessible(operator)
        said = operator.text(f"{DIALOG} dl")
        assert "Appareils connectés" in said
        assert not any(word in said for word in ("Nom-", "@", "council"))
        operator.press("Escape")
        operator.gone("heading", "État de Commune de Saint-Aubin-le-Val")
        assert operator.focused() == ("button", "Actions pour Commune de Saint-Aubin-le-Val")

        operator.wait_text("Aucune connue")
        (hosted.settings.data / BACKUP_MARK).touch()
        operator.click("button", "Regarder de nouveau")
        operator.wait_no_text("Aucune connue")
        is_accessible(operator)
        way.close()
        operator.click("button", "Regarder de nouveau")
        operator.wait_text("Le serveur de la mairie ne répond pas")
        is_accessible(operator)
