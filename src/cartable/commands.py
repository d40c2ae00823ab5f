"""What the commands do, but for serving: loaded only by the process that does it."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime

from cartable.audit.signing import check_signing_key
from cartable.doctor import examine
from cartable.hosting.terminal import DEEDS, Said
from cartable.keys import add_key, drop_old_key, key_file, open_master_key
from cartable.logs import set_up_logs
from cartable.members.actions.found import Founded, found_authority
from cartable.members.rules import InvalidEmail
from cartable.members.shapes import NewMember
from cartable.personal.actions.erase import erase_again
from cartable.personal.publication import as_markdown
from cartable.rotation import Renewed, rotate
from cartable.runtime import open_runtime
from cartable.schema import is_current, migrate
from cartable.settings import Settings, WrongSetting
from cartable.sync.hints import hinting
from cartable.sync.restoring import Restored, restored
from cartable.worker import work


def say(sentence: str) -> None:
    """A sentence for the person at the terminal."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def _look_at_schema(settings: Settings) -> bool | None:
    """Whether the schema is the newest; None, and a sentence, when the database does not answer."""
    settings.data.mkdir(parents=True, exist_ok=True)
    try:
        return asyncio.run(is_current(settings.database_url))
    except Exception as error:
        # Drivers raise errors of their own: whichever it is, the doctor says more.
        say(f"La base ne répond pas ({type(error).__name__}). Lancez « cartable doctor ».")
        return None


def check_schema(settings: Settings) -> int:
    """Whether the server may start on this database."""
    is_newest = _look_at_schema(settings)
    if is_newest is False:
        say("La base n’est pas à jour. Lancez d’abord « cartable migrate ».")
    return _check_key(settings) if is_newest else 1


def _check_key(settings: Settings) -> int:
    """Whether the keys are those of this database and of its journal."""

    async def match() -> None:
        async with open_runtime(settings):
            check_signing_key(settings)

    try:
        asyncio.run(match())
    except WrongSetting as wrong:
        say(str(wrong))
        return 1
    return 0


def run_work(settings: Settings, _chosen: argparse.Namespace) -> int:
    """Do background jobs until stopped."""

    async def until_stopped() -> None:
        async with open_runtime(settings) as runtime, hinting(runtime):
            task = asyncio.current_task()
            if task is not None:
                for number in (signal.SIGINT, signal.SIGTERM):
                    asyncio.get_running_loop().add_signal_handler(number, task.cancel)
            await work(runtime)

    if check_schema(settings):
        return 1
    set_up_logs(settings.log_level)
    with suppress(asyncio.CancelledError):
        asyncio.run(until_stopped())
    return 0


def run_migrate(settings: Settings, _chosen: argparse.Namespace) -> int:
    """Bring the database to the newest schema."""
    if _look_at_schema(settings) is None:
        return 1
    asyncio.run(migrate(settings.owner_url, settings.serving_role))
    say("La base est à jour.")
    return 0


def prepare_demo(settings: Settings) -> int:
    """Migrate, build the demonstration authority when absent, and say how to enter."""
    # Typesetting is only for the demonstration: the server itself never loads it.
    from cartable.demo.serve import build_and_tell

    settings.data.mkdir(parents=True, exist_ok=True)
    logging.getLogger().setLevel(logging.WARNING)
    asyncio.run(migrate(settings.owner_url, settings.serving_role))
    asyncio.run(build_and_tell(settings, say))
    return 0


def run_found(settings: Settings, chosen: argparse.Namespace) -> int:
    """Open an authority and its first administrator's account."""
    if check_schema(settings):
        return 1
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
    say(f"Invitation de {chosen.email}, à ouvrir une seule fois, dans les 72 heures :")
    say(founded.invitation)
    say("Ce lien ne sera plus montré : remettez-le en main propre ou par un canal sûr.")
    return 0


def run_restored(settings: Settings, _chosen: argparse.Namespace) -> int:
    """What must be done once after a backup of the database was put back."""
    if check_schema(settings):
        return 1

    async def restore() -> tuple[Restored, int]:
        async with open_runtime(settings) as runtime:
            now = datetime.now(UTC)
            return await restored(runtime, now), await erase_again(runtime, now)

    done, erased = asyncio.run(restore())
    say(f"Collectivités qui repartent de la sauvegarde : {done.authorities}.")
    say(f"Appareils déconnectés de nouveau : {done.devices}.")
    say(f"Personnes retirées de nouveau : {done.memberships}.")
    say(f"Appareils privés de nouveau d’une collectivité : {done.copies}.")
    say(f"Comptes effacés de nouveau : {erased}.")
    say("Les tablettes rendront d’elles-mêmes ce qui avait été écrit depuis la sauvegarde.")
    return 0


def run_keys(settings: Settings, chosen: argparse.Namespace) -> int:
    """Name the master key, draw one, or change it for another."""
    if chosen.what == "new":
        say(os.urandom(32).hex())
        return 0
    if check_schema(settings):
        return 1
    if chosen.what == "rotate":
        return _rotate(settings)
    say(f"Clé maîtresse en service : empreinte {open_master_key(settings).fingerprint}")
    return 0


def _rotate(settings: Settings) -> int:
    is_given = bool(settings.master_key or settings.master_key_command)
    if not is_given:
        open_master_key(settings)
        add_key(key_file(settings))
    elif not open_master_key(settings).is_changing:
        say("Donnez d’abord les deux clés au réglage ou au service de clés, la nouvelle en premier")
        say("(« cartable keys new » en tire une), redémarrez Cartable, puis recommencez.")
        return 2

    async def renew() -> Renewed:
        async with open_runtime(settings) as runtime:
            return await rotate(runtime)

    done = asyncio.run(renew())
    say(f"Scellés de nouveau avec la nouvelle clé : {done.done}.")
    if done.broken:
        say(f"Illisibles avec l’ancienne clé comme avec la nouvelle : {done.broken}.")
        say("L’ancienne clé est gardée : ces données viennent d’une autre clé encore.")
        return 1
    if is_given:
        say("Retirez maintenant l’ancienne clé, et redémarrez Cartable.")
    elif aside := drop_old_key(key_file(settings)):
        say(f"L’ancienne clé n’est plus acceptée. Elle est dans {aside} : gardez-la avec les")
        say("sauvegardes d’avant ce changement, ailleurs que sur cette machine, puis effacez-la.")
    return 0


def run_doctor(settings: Settings, _chosen: argparse.Namespace) -> int:
    """Say in words what is wrong, or that all is well."""
    findings = asyncio.run(examine(settings))
    for finding in findings:
        say(("✓ " if finding.is_well else "✗ ") + finding.sentence)
    return 0 if all(finding.is_well for finding in findings) else 1


def run_register(_settings: Settings, _chosen: argparse.Namespace) -> int:
    """Write the register of processing, as the tables and the nightly jobs have it."""
    sys.stdout.write(as_markdown())
    return 0


def run_hosting(settings: Settings, chosen: argparse.Namespace) -> int:
    """The host's deeds, the journal's verification and its checkpoints."""
    if check_schema(settings):
        return 1

    async def do() -> Said:
        async with open_runtime(settings) as runtime:
            return await DEEDS[chosen.command, getattr(chosen, "what", "")](runtime, chosen)

    status, sentences = asyncio.run(do())
    for sentence in sentences:
        say(sentence)
    return status


COMMANDS = {
    "audit": run_hosting,
    "authority": run_hosting,
    "operator": run_hosting,
    "way-in": run_hosting,
    "work": run_work,
    "migrate": run_migrate,
    "found": run_found,
    "doctor": run_doctor,
    "register": run_register,
    "keys": run_keys,
    "restored": run_restored,
}
