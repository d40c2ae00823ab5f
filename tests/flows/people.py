"""What every person of the stories does."""

from tests.cast import PASSWORD
from tests.flows.browsers import Browser


def sign_in(browser: Browser, origin: str, email: str) -> None:
    """As a person does."""
    browser.open(f"{origin}/connexion")
    browser.see("field", "Adresse électronique")
    browser.fill("Adresse électronique", email)
    browser.fill("Mot de passe", PASSWORD)
    browser.click("button", "Se connecter")
    browser.gone("heading", "Se connecter")


def is_accessible(browser: Browser) -> None:
    """axe finds nothing on what is shown."""
    found = browser.axe()
    assert not found, "\n".join(found)
