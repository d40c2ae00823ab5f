"""`cartable serve | work | migrate | demo | doctor`: the doors of the building, in words."""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import get_args

from granian import Granian
from granian.constants import Interfaces

from cartable.authorities.shapes import AuthorityKind
from cartable.doctor import examine
from cartable.logs import set_up_logs
from cartable.members.actions.found import Founded, found_authority
from cartable.members.rules import InvalidEmail
from cartable.members.shapes import NewMember
from cartable.runtime import open_runtime
from cartable.schema import is_current, migrate
from cartable.settings import Settings, WrongSetting, load_settings
from cartable.worker import work


def say(sentence: str) -> None:
    """A sentence for the person at the terminal."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def run_serve(settings: Settings, *, no_worker: bool = False) -> int:
    """Serve until stopped."""
    if not asyncio.run(is_current(settings.database_url)):
        say("La base n’est pas à jour. Lancez d’abord « cartable migrate ».")
        return 1
    factory = "serve_without_worker" if no_worker else "serve"
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


def run_work(settings: Settings) -> int:
    """Do background jobs until stopped."""

    async def until_stopped() -> None:
        async with open_runtime(settings) as runtime:
            task = asyncio.current_task()
            if task is not None:
                for number in (signal.SIGINT, signal.SIGTERM):
                    asyncio.get_running_loop().add_signal_handler(number, task.cancel)
            await work(runtime)

    set_up_logs(settings.log_level)
    with suppress(asyncio.CancelledError):
        asyncio.run(until_stopped())
    return 0


def run_migrate(settings: Settings) -> int:
    """Bring the database to the newest schema."""
    settings.data.mkdir(parents=True, exist_ok=True)
    asyncio.run(migrate(settings.database_url))
    say("La base est à jour.")
    return 0


def run_demo(settings: Settings) -> int:
    """Migrate, build the demonstration authority when absent, say how to enter, serve."""
    # Typesetting is only for the demonstration: the server itself never loads it.
    from cartable.demo.serve import build_and_tell

    settings.data.mkdir(parents=True, exist_ok=True)
    logging.getLogger().setLevel(logging.WARNING)
    asyncio.run(migrate(settings.database_url))
    asyncio.run(build_and_tell(settings, say))
    return run_serve(settings)


def run_found(settings: Settings, chosen: argparse.Namespace) -> int:
    """Open an authority and its first administrator's account."""
    administrator = NewMember(
        first_name=chosen.first_name,
        last_name=chosen.last_name,
        email=chosen.email,
        roles=["admin"],
    )

    async def found() -> Founded:
        async with open_runtime(settings) as runtime, runtime.writing() as db:
            return await found_authority(
                db,
                runtime.master_key,
                name=chosen.name,
                kind=chosen.kind,
                siren=chosen.siren,
                administrator=administrator,
                now=datetime.now(UTC),
            )

    try:
        founded = asyncio.run(found())
    except InvalidEmail:
        say("Il manque une partie de l’adresse électronique, par exemple « .fr ».")
        return 2
    say(f"{chosen.name} est ouverte.")
    if founded.one_time_password:
        say(f"Première connexion : {chosen.email}, mot de passe {founded.one_time_password}")
        say("Ce mot de passe ne sera plus montré ; il sera changé à la première connexion.")
    else:
        say(f"{chosen.email} s’y connecte avec son mot de passe habituel.")
    return 0


def run_doctor(settings: Settings) -> int:
    """Say in words what is wrong, or that all is well."""
    findings = asyncio.run(examine(settings))
    for finding in findings:
        say(("✓ " if finding.is_well else "✗ ") + finding.sentence)
    return 0 if all(finding.is_well for finding in findings) else 1


COMMANDS: dict[str, tuple[Callable[[Settings], int], str]] = {
    "serve": (run_serve, "servir Cartable"),
    "work": (run_work, "faire les travaux de fond dans un processus à part"),
    "migrate": (run_migrate, "mettre la base à jour"),
    "demo": (run_demo, "créer la collectivité de démonstration et la servir"),
    "doctor": (run_doctor, "dire en clair ce qui ne va pas"),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cartable", description="Cartable, le cartable ouvert de l’élu."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    for name, (_, meaning) in COMMANDS.items():
        command = commands.add_parser(name, help=meaning)
        if name == "serve":
            command.add_argument(
                "--no-worker", action="store_true", help="sans les travaux de fond"
            )
    found = commands.add_parser("found", help="ouvrir une collectivité et son administration")
    found.add_argument("--name", required=True, help="nom, par exemple « Commune de … »")
    found.add_argument("--kind", choices=get_args(AuthorityKind), default="commune")
    found.add_argument("--siren", help="numéro SIREN (9 chiffres)")
    for option in ("--first-name", "--last-name", "--email"):
        found.add_argument(option, required=True, help="de la première administration")
    return parser


def main() -> None:
    """Read the command line."""
    chosen = _parser().parse_args()
    try:
        settings = load_settings()
    except WrongSetting as error:
        say(f"Réglage à corriger. {error}")
        sys.exit(2)
    if chosen.command == "found":
        sys.exit(run_found(settings, chosen))
    if chosen.command == "serve":
        sys.exit(run_serve(settings, no_worker=chosen.no_worker))
    sys.exit(COMMANDS[chosen.command][0](settings))
