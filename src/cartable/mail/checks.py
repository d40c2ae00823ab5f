"""What the DNS says of a domain that messages might come from: hints for whoever sets it."""

import asyncio
from typing import Literal

from cartable.mail import spf
from cartable.mail.dns import Silent
from cartable.mail.shapes import SenderCheck, SenderChecks, Verdict
from cartable.settings import Settings

PATIENCE = 8.0
"""Seconds for all the questions."""


async def look_at(settings: Settings, domain: str, lookup: spf.Lookup) -> SenderChecks:
    """SPF (RFC 7208), where answers would go (MX), and what a message that fails meets (DMARC,
    RFC 7489)."""
    *checks, verdict = await asyncio.gather(
        _found("spf", domain, "TXT", "v=spf1", lookup),
        _found("mx", domain, "MX", "", lookup),
        _found("dmarc", f"_dmarc.{domain}", "TXT", "v=dmarc1", lookup),
        _verdict(settings, domain, lookup),
    )
    return SenderChecks(domain=domain, verdict=verdict, checks=checks)


async def _found(
    check: Literal["spf", "mx", "dmarc"], name: str, kind: str, begins: str, lookup: spf.Lookup
) -> SenderCheck:
    try:
        async with asyncio.timeout(PATIENCE):
            told = await lookup(name, kind)
    except (Silent, TimeoutError):
        return SenderCheck(check=check, state="silent", said="")
    # A domain that takes no mail names an empty server (RFC 7505).
    records = [one for one in told if one and one.lower().startswith(begins)]
    return SenderCheck(
        check=check, state="found" if records else "absent", said=", ".join(records)[:1000]
    )


async def _verdict(settings: Settings, domain: str, lookup: spf.Lookup) -> Verdict | None:
    """Of the address by which our mail server is known; it may send from another."""
    if not settings.smtp_host or settings.is_local_relay:
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            for address in (await lookup(settings.smtp_host, "A"))[:1]:
                return await spf.verdict(domain, address, lookup)
    except (Silent, TimeoutError):
        pass
    return None
