"""Whether a domain lets a server send for it (SPF, RFC 7208): the reading, without the network.

A hint for whoever sets an address, never a judgement of a message: macros and `exists` are not
followed, they give "unknown".
"""

from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from cartable.mail.shapes import Verdict

Address = IPv4Address | IPv6Address
Lookup = Callable[[str, str], Awaitable[Sequence[str]]]
"""`(name, kind)` gives the answers to a question: kind is TXT, A, AAAA or MX (names alone)."""

LOOKUPS = 10
"""Questions that reading one record may ask (RFC 7208, section 4.6.4)."""

_SIGNS: dict[str, Verdict] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class Unreadable(Exception):
    """The record is wrong, asks too much, or uses what is not followed here."""


class _Reading:
    def __init__(self, address: Address, lookup: Lookup) -> None:
        self.address, self._lookup, self._asked = address, lookup, 0

    async def ask(self, name: str, kind: str) -> Sequence[str]:
        self._asked += 1
        if self._asked > LOOKUPS:
            raise Unreadable
        return await self._lookup(name, kind)

    async def record(self, domain: str, texts: Sequence[str]) -> Verdict:
        """The verdict of a domain whose TXT answers are `texts`."""
        records = [one for one in texts if one.lower().split(" ")[0] == "v=spf1"]
        if not records:
            return "none"
        if len(records) > 1:
            raise Unreadable
        redirect = ""
        for term in records[0].split()[1:]:
            if term.lower().startswith("redirect="):
                redirect = term[9:]
            elif "=" in term.split(":")[0].split("/")[0]:
                continue
            elif await self._matches(domain, term.lstrip("+-~?")):
                return _SIGNS.get(term[0], "pass")
        if not redirect:
            return "neutral"
        return await self.record(redirect, await self.ask(redirect, "TXT"))

    async def _matches(self, domain: str, mechanism: str) -> bool:
        if "%" in mechanism:
            raise Unreadable
        name, _, value = mechanism.partition(":")
        bare, _, prefix = name.partition("/")
        match bare.lower():
            case "all":
                return True
            case "ip4" | "ip6":
                return self._inside(value)
            case "include":
                texts = await self.ask(value, "TXT")
                return await self.record(value, texts) == "pass"
            case "a" | "mx" as kind:
                place, _, more = value.partition("/")
                return await self._named(kind, place or domain, prefix or more)
            case "ptr":
                return False
        raise Unreadable

    def _inside(self, network: str) -> bool:
        try:
            return self.address in ip_network(network, strict=False)
        except ValueError:
            raise Unreadable from None

    async def _named(self, kind: str, name: str, prefix: str) -> bool:
        hosts = [name] if kind == "a" else list(await self.ask(name, "MX"))[:LOOKUPS]
        wanted = "A" if self.address.version == 4 else "AAAA"
        lengths = prefix.split("//")
        length = lengths[0] if wanted == "A" else lengths[-1] if len(lengths) > 1 else ""
        for host in hosts:
            for found in await self.ask(host, wanted):
                if self._inside(f"{found}/{length}" if length else found):
                    return True
        return False


async def verdict(domain: str, address: str, lookup: Lookup) -> Verdict:
    """What `domain` says of mail that comes from `address`; "unknown" when it cannot be read."""
    reading = _Reading(ip_address(address), lookup)
    try:
        return await reading.record(domain, await lookup(domain, "TXT"))
    except Unreadable:
        return "unknown"


def in_words(found: Verdict, domain: str) -> str:
    """The verdict, in a sentence for whoever sets the address, and what to ask for."""
    ask = f"Demandez à qui gère les noms de {domain} d’ajouter le serveur à l’enregistrement SPF."
    return {
        "pass": f"Le domaine {domain} autorise ce serveur à envoyer en son nom.",
        "fail": f"Le domaine {domain} interdit à ce serveur d’envoyer en son nom : les messages "
        f"seront refusés. {ask}",
        "softfail": f"Le domaine {domain} n’attend pas de messages de ce serveur : ils risquent "
        f"d’être classés indésirables. {ask}",
        "neutral": f"Le domaine {domain} ne se prononce pas sur ce serveur. {ask}",
        "none": f"Le domaine {domain} ne dit pas qui peut envoyer en son nom (pas "
        f"d’enregistrement SPF). {ask}",
        "unknown": f"L’enregistrement SPF de {domain} n’a pas pu être lu jusqu’au bout.",
    }[found]
