"""The letters that let somebody in: French, plain, and no secret but the one link or code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """A subject and a text, as `send_mail` takes them."""

    subject: str
    text: str


def invitation(authority: str, person: str, link: str, until: str, *, is_first: bool) -> Written:
    """To somebody who is let in. `is_first`: they have no way in yet."""
    begin = (
        "Pour commencer, ouvrez ce lien sur la tablette ou l’ordinateur que vous utiliserez :"
        if is_first
        else "Vous utilisez déjà Cartable. Ouvrez ce lien pour accepter, sur un appareil où vous "
        "êtes connecté :"
    )
    return Written(
        f"{authority} vous invite sur Cartable",
        f"Bonjour {person},\n\n"
        f"{authority} utilise Cartable pour les papiers de ses séances : convocations, ordres du "
        "jour et rapports. Un accès a été préparé pour vous.\n\n"
        f"{begin}\n{link}\n\n"
        f"Ce lien sert une seule fois, jusqu’au {until}. Passé ce délai, demandez-en un autre au "
        "secrétariat.\n\n"
        "Si vous n’attendiez pas ce message, n’en faites rien : rien ne se passe tant que "
        "l’invitation n’est pas acceptée.",
    )


def renewal(authority: str, person: str, link: str, until: str) -> Written:
    """To a member who lost their ways in."""
    return Written(
        "Choisissez un nouveau mot de passe pour Cartable",
        f"Bonjour {person},\n\n"
        f"{authority} vous envoie ce lien pour entrer de nouveau dans Cartable et choisir un "
        "nouveau mot de passe :\n"
        f"{link}\n\n"
        f"Il sert une seule fois, jusqu’au {until}. Vos autres appareils seront déconnectés. Si "
        "une clé d’accès ou les codes d’une application protègent votre compte, ils vous seront "
        "demandés ensuite.\n\n"
        "Si vous n’avez rien demandé, n’ouvrez pas ce lien et prévenez le secrétariat.",
    )


def magic_link(person: str, link: str, code: str) -> Written:
    """To a councillor who asked for a link."""
    return Written(
        "Votre lien pour entrer dans Cartable",
        f"Bonjour {person},\n\n"
        "Ouvrez ce lien sur l’appareil où vous l’avez demandé :\n"
        f"{link}\n\n"
        "S’il s’ouvre ailleurs que dans Cartable, tapez plutôt ce code dans Cartable :\n"
        f"{code}\n\n"
        "Le lien et le code servent une seule fois, pendant 15 minutes. Ne donnez ce code à "
        "personne, pas même au secrétariat.\n\n"
        "Si vous n’avez rien demandé, n’en faites rien : personne n’entre sans ce message.",
    )


def sender_code(authority: str, code: str) -> Written:
    """To an address from which an authority's messages are to come."""
    return Written(
        f"Le code de {authority} pour écrire depuis cette adresse",
        "Bonjour,\n\n"
        f"{authority} souhaite que ses messages de Cartable partent de cette adresse. Si vous êtes "
        "d’accord, donnez ce code à la personne qui règle Cartable :\n"
        f"{code}\n\n"
        "Il sert jusqu’à demain soir.\n\n"
        "Si vous n’attendiez pas ce message, ne donnez le code à personne : rien ne partira de "
        "votre adresse.",
    )


def sender_try(authority: str, person: str, address: str | None, platform: str) -> Written:
    """To the administrator who looks at how messages arrive."""
    signed = (
        f"S’il vient de {address}, vos messages partent bien de votre adresse. S’il vient de "
        f"{platform}, le serveur d’envoi n’accepte pas encore la vôtre : montrez ce message à qui "
        "s’occupe de votre messagerie."
        if address
        else f"Il vient de {platform}, l’adresse de la plateforme."
    )
    return Written(
        f"Message d’essai de {authority}",
        f"Bonjour {person},\n\n"
        f"Voici à quoi ressemblent les messages que {authority} envoie avec Cartable. {signed}\n\n"
        "S’il est arrivé dans les indésirables, ceux des élus y arriveront aussi.",
    )
