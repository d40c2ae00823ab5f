"""What `cartable demo` does before it serves: build what is absent, say how to enter."""

from collections.abc import Callable
from datetime import UTC, datetime

from cartable.demo.content import people
from cartable.demo.town import PASSWORD, is_built
from cartable.runtime import open_runtime
from cartable.settings import Settings

# Who to show, and what each of them lets one see.
ACCOUNTS = (
    ("diallo", "élue de la commune et de la communauté"),
    ("lemoine", "maire, vice-président de la communauté"),
    ("delorme", "élu de l’autre groupe, à la commune seulement"),
    ("berthier", "secrétariat des assemblées de la commune"),
    ("duval", "administration de la commune"),
    ("mercier", "secrétariat de la communauté"),
    ("chauvin", "administration de la communauté"),
)


async def build_and_tell(settings: Settings, say: Callable[[str], None]) -> None:
    """Build the demonstration when it is absent; then the address and the accounts."""
    async with open_runtime(settings) as runtime:
        if not await is_built(runtime):
            # The typesetter and the PDF libraries are for the first start only.
            from cartable.demo.build import build_demo

            say("Première préparation de la démonstration : moins d’une minute.")
            await build_demo(runtime, settings.data / "demo", datetime.now(UTC), say)
    for line in welcome(settings.address):
        say(line)


def welcome(address: str) -> list[str]:
    """The lines that open the demonstration: address, password, accounts."""
    known = people()
    width = max(len(known[key].email) for key, _ in ACCOUNTS)
    lines = ["", f"  Cartable de démonstration : {address}", ""]
    lines.append(f"  Mot de passe de tous les comptes : {PASSWORD}")
    lines.append("")
    for key, meaning in ACCOUNTS:
        person = known[key]
        lines.append(f"    {person.email:<{width}}  {person.name}, {meaning}")
    return [*lines, "", "  Pour arrêter : Ctrl et C.", ""]
