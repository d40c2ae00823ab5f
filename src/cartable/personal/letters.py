"""What is written to people about their own data: French, plain, and no opinion."""

from dataclasses import dataclass

ERASED_NAME = "Compte effacé"
"""Stands where the name of somebody who held no mandate was."""


@dataclass(frozen=True)
class Written:
    """A subject and a text, as `send_mail` takes them."""

    subject: str
    text: str


def erasure_asked(person: str, day: str, link: str, by: str) -> Written:
    """To somebody whose account will be erased. `by`: the authority that asked, or nobody."""
    asked = (
        f"{by} a enregistré votre demande d’effacer votre compte Cartable."
        if by
        else "Vous avez demandé l’effacement de votre compte Cartable."
    )
    return Written(
        "Votre compte Cartable sera effacé",
        f"Bonjour {person},\n\n"
        f"{asked} Il aura lieu le {day}. Jusque-là, vous pouvez encore télécharger vos données "
        "dans « Mon compte ».\n\n"
        "Pour tout arrêter, ouvrez ce lien et confirmez :\n"
        f"{link}\n\n"
        "Vos notes, vos intentions de vote, vos lectures, vos appareils et vos moyens de connexion "
        "seront effacés pour toujours. Les dossiers des séances, les actes où votre nom figure et "
        "les réponses que vous avez données aux convocations restent : ce sont des archives "
        "publiques.",
    )


def erasure_cancelled(person: str) -> Written:
    """To somebody whose account stays."""
    return Written(
        "Votre compte Cartable est conservé",
        f"Bonjour {person},\n\n"
        "La demande d’effacement de votre compte a été annulée. Rien n’a été effacé.",
    )


def notes_end(authority: str, person: str, ended: str, day: str, link: str) -> Written:
    """To somebody whose mandate is over."""
    return Written(
        f"Vos notes seront effacées le {day}",
        f"Bonjour {person},\n\n"
        f"Votre mandat à {authority} a pris fin le {ended}. Vos notes personnelles, vos intentions "
        f"de vote et vos lectures seront effacées le {day}, pour toujours.\n\n"
        "Pour les garder, téléchargez une copie de vos données ici :\n"
        f"{link}\n\n"
        "Les dossiers des séances ne sont pas touchés : ce sont des archives publiques.",
    )
