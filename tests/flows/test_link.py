"""Signing in by a message and by a clerk’s code, as on a tablet whose password is forgotten."""

import re

import httpx

from tests.cast import HEADERS
from tests.flows.conftest import Open
from tests.flows.people import is_accessible, link_in, message_to, sign_in, text_of
from tests.serving import Served

ALICE = "alice@staubin.example"
SUBJECT = "Votre lien"


def _allow(server: Served) -> None:
    admin = server.sign_in("ines@staubin.example")
    admin.put(f"{server.cast.town.path}/links", json={"is_enabled": True}).raise_for_status()


def test_a_link_is_asked_for_and_opened(server: Served, browsers: Open) -> None:
    _allow(server)
    tablet = browsers("tablet", (820, 1180))
    tablet.open(f"{server.settings.address}/connexion")
    tablet.click("link", "Recevoir un lien par messagerie")
    tablet.see("heading", "Entrer sans mot de passe")
    is_accessible(tablet)
    tablet.fill("Adresse électronique", ALICE)
    tablet.click("button", "Recevoir le message")
    tablet.see("heading", "Regardez votre messagerie")
    is_accessible(tablet)
    message = message_to(server, ALICE, subject=SUBJECT)
    link = link_in(message)

    # A scanner of mail follows the link, twice: nothing opens, nothing is used up.
    for _ in range(2):
        assert httpx.get(link, headers=HEADERS).status_code == 200
    elsewhere = browsers("safari", (820, 1180))
    elsewhere.open(link)
    elsewhere.see("heading", "Vous voilà presque arrivé")
    is_accessible(elsewhere)
    elsewhere.click("button", "Ouvrir ma session")
    elsewhere.wait_text("Ce lien s'ouvre sur l'appareil où vous l'avez demandé")
    is_accessible(elsewhere)

    code = re.search(r"^\w{4} \w{4}$", text_of(message), re.MULTILINE)
    assert code
    tablet.fill("Code du message", "AAAA AAAA")
    tablet.click("button", "Entrer")
    tablet.wait_text("Ce code n'est pas le bon")
    tablet.fill("Code du message", code[0].lower())
    tablet.click("button", "Entrer")
    tablet.see("heading", "Mes séances", patience=60)


def test_the_link_opens_in_its_own_browser(server: Served, browsers: Open) -> None:
    _allow(server)
    tablet = browsers("tablet", (820, 1180))
    tablet.open(f"{server.settings.address}/lien")
    tablet.see("field", "Adresse électronique")
    tablet.fill("Adresse électronique", ALICE)
    tablet.click("button", "Recevoir le message")
    tablet.see("heading", "Regardez votre messagerie")
    tablet.open(link_in(message_to(server, ALICE, subject=SUBJECT)))
    tablet.see("button", "Ouvrir ma session")
    tablet.click("button", "Ouvrir ma session")
    tablet.see("heading", "Mes séances", patience=60)


def test_a_clerk_gives_a_code_before_the_sitting(server: Served, browsers: Open) -> None:
    clerk = browsers("clerk")
    sign_in(clerk, server.settings.address, "claire@staubin.example")
    clerk.click("link", "Donner un code")
    clerk.see("heading", "Donner un code")
    clerk.fill("Chercher une personne", "alice")
    is_accessible(clerk)
    clerk.click("button", "Donner un code à Alice Nom-alice")
    clerk.click("button", "Donner un code", within="dialog[open]")
    clerk.wait_text("Ce code n'est montré qu'une fois", within="dialog[open]")
    is_accessible(clerk)
    code = clerk.text("dialog[open] .secret").strip()
    tablet = browsers("tablet", (820, 1180))
    tablet.open(f"{server.settings.address}/connexion")
    tablet.click("link", "J'ai un code du secrétariat")
    tablet.see("field", "Code")
    is_accessible(tablet)
    tablet.fill("Code", code.lower())
    tablet.click("button", "Entrer")
    tablet.see("heading", "Mes séances", patience=60)
    told = text_of(message_to(server, ALICE, subject="Nouvel appareil"))
    assert "Un code donné par le secrétariat l’a ouvert" in told
