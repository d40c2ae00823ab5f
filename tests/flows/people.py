"""What every person of the stories does."""

import re
import time
from email.message import EmailMessage

from tests.cast import PASSWORD
from tests.flows.browsers import Browser
from tests.letterbox import written
from tests.serving import Served


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


def message_to(server: Served, email: str, *, subject: str, patience: float = 60) -> EmailMessage:
    """The last message to an address whose subject has those words, once the worker wrote it."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        found = [
            one
            for one in written(server.settings.mail_folder, email)
            if subject in str(one["subject"])
        ]
        if found:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError(f"nothing came to {email}")


def text_of(message: EmailMessage) -> str:
    """What a message says."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def invite(server: Served, email: str, *, by: str = "ines@staubin.example") -> None:
    """An administrator invites Jeanne Moulin."""
    town = server.cast.town if "staubin" in by else server.cast.other
    who = {"first_name": "Jeanne", "last_name": "Moulin", "email": email, "roles": ["councillor"]}
    client = server.sign_in(by)
    client.post(f"{town.path}/members", json=who).raise_for_status()


def link_in(message: EmailMessage) -> str:
    """The link of a message."""
    found = re.search(r"https?://\S+", text_of(message))
    assert found
    return found[0]


def accept(browser: Browser, server: Served, email: str, password: str = PASSWORD) -> None:
    """Open the invitation of a message, choose a password."""
    browser.open(link_in(message_to(server, email, subject="invite")))
    browser.see("field", "Choisissez un mot de passe", patience=60)
    browser.fill("Choisissez un mot de passe", password)
    browser.click("button", "Accepter et entrer")
    browser.gone("field", "Choisissez un mot de passe")
