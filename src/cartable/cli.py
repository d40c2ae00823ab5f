"""`cartable serve | work | migrate | demo | doctor | …`: the doors of the building.

Only what reads the command line and supervises the web processes is loaded here: the process that
stays in memory beside them must stay small.
"""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from cartable.settings import Settings, WrongSetting, load_settings

KINDS = ("commune", "epci", "departement", "region", "syndicat", "ccas")


def _in_child(name: str, settings: Settings) -> int:
    """Run a function of `commands` in a process of its own, which gives its memory back."""
    child = multiprocessing.get_context("spawn").Process(target=_call, args=(name, settings))
    child.start()
    child.join()
    return child.exitcode or 0


def _call(name: str, settings: Settings) -> None:
    from cartable import commands

    work: Callable[[Settings], int] = getattr(commands, name)
    sys.exit(work(settings))


def serve(settings: Settings, *, has_worker: bool = True) -> int:
    """Serve until stopped."""
    # One arena per thread would double what threads hold for nothing (glibc, mallopt M_ARENA_MAX).
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    factory = "serve" if has_worker else "serve_without_worker"
    Granian(
        f"cartable.app:{factory}",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        factory=True,
        log_enabled=False,
        backlog=1024,
        workers_kill_timeout=10,
    ).serve()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cartable", description="Cartable, le cartable ouvert de l’élu."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    serving = commands.add_parser("serve", help="servir Cartable")
    serving.add_argument("--no-worker", action="store_true", help="sans les travaux de fond")
    commands.add_parser("work", help="faire les travaux de fond dans un processus à part")
    commands.add_parser("migrate", help="mettre la base à jour")
    commands.add_parser("demo", help="créer la collectivité de démonstration et la servir")
    commands.add_parser("restored", help="après avoir remis une sauvegarde de la base en place")
    commands.add_parser("register", help="écrire le registre des traitements (Markdown)")
    commands.add_parser("doctor", help="dire en clair ce qui ne va pas")
    keys = commands.add_parser("keys", help="nommer la clé maîtresse, en tirer une, en changer")
    keys.add_argument("what", choices=("show", "new", "rotate"), metavar="show | new | rotate")
    found = commands.add_parser("found", help="ouvrir une collectivité et son administration")
    _describe_authority(found)
    _add_hosting(commands)
    return parser


def _describe_authority(command: argparse.ArgumentParser) -> None:
    command.add_argument("--name", required=True, help="nom, par exemple « Commune de … »")
    command.add_argument("--kind", choices=KINDS, default="commune")
    command.add_argument("--siren", help="numéro SIREN (9 chiffres)")
    for option in ("--first-name", "--last-name", "--email"):
        command.add_argument(option, required=True, help="de la première administration")


def _add_hosting(commands: Any) -> None:
    """Authorities, operators and the journal: deeds of the host."""
    operator = commands.add_parser("operator", help="désigner qui gère l’hébergement")
    operator.add_argument("email", help="adresse d’une personne qui se connecte déjà")
    operator.add_argument("--remove", action="store_true", help="ne plus la désigner")
    way_in = commands.add_parser(
        "way-in", help="faire revenir qui a perdu tous ses moyens d’entrer"
    )
    way_in.add_argument("email", help="adresse de la personne, que vous avez reconnue")
    authority = commands.add_parser("authority", help="les collectivités de cet hébergement")
    what = authority.add_subparsers(dest="what", required=True, metavar="quoi")
    what.add_parser("list", help="les lister, avec membres et mégaoctets")
    _describe_authority(what.add_parser("create", help="en ouvrir une"))
    for name, meaning in (
        ("show", "dire où en est l’une d’elles, en nombres, sans rien lire de ce qu’elle contient"),
        ("suspend", "en suspendre une : ses tablettes gardent leurs papiers"),
        ("reopen", "rouvrir celle qui était suspendue"),
        ("quota", "dire ce qu’elle peut garder ; une limite absente est levée"),
    ):
        one = what.add_parser(name, help=meaning)
        one.add_argument("authority", help="nom exact ou numéro")
        if name == "suspend":
            one.add_argument("--reason", help="dite aux membres de la collectivité")
        if name == "quota":
            one.add_argument("--megabytes", type=int)
            one.add_argument("--members", type=int)
    audit = commands.add_parser("audit", help="vérifier et signer le journal")
    what = audit.add_subparsers(dest="what", required=True, metavar="quoi")
    verify = what.add_parser("verify", help="refaire le calcul de chaque ligne")
    verify.add_argument("--authority", help="une seule collectivité : nom exact ou numéro")
    what.add_parser("checkpoint", help="signer maintenant la dernière ligne de chaque chaîne")
    what.add_parser("public-key", help="montrer la clé qui vérifie les signatures")


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Do the command; its exit status."""
    if chosen.command == "serve":
        refused = _in_child("check_schema", settings)
        return refused or serve(settings, has_worker=not chosen.no_worker)
    if chosen.command == "demo":
        # The accounts just printed must stay in sight: no line for each request.
        os.environ.setdefault("CARTABLE_LOG_LEVEL", "warning")
        return _in_child("prepare_demo", settings) or serve(settings)
    from cartable.commands import COMMANDS

    return COMMANDS[chosen.command](settings, chosen)


def main() -> None:
    """Read the command line."""
    chosen = _parser().parse_args()
    try:
        sys.exit(run(load_settings(), chosen))
    except WrongSetting as error:
        sys.stderr.write(f"Réglage à corriger. {error}\n")
        sys.exit(2)
