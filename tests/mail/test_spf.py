"""Reading SPF records, with the examples of RFC 7208 (appendix A) and those of town halls."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartable.mail.spf import LOOKUPS, in_words, verdict

pytestmark = pytest.mark.anyio
ZONE = {
    ("example.com", "A"): ["192.0.2.10", "192.0.2.11"],
    ("example.com", "MX"): ["mail-a.example.com", "mail-b.example.com"],
    ("mail-a.example.com", "A"): ["192.0.2.129"],
    ("mail-b.example.com", "A"): ["192.0.2.130"],
    ("amy.example.com", "A"): ["192.0.2.65"],
    ("host.example", "TXT"): ["v=spf1 ip4:198.51.100.0/24 -all"],
    ("six.example", "AAAA"): ["2001:db8::25"],
    ("loop.example", "TXT"): ["v=spf1 include:loop.example -all"],
}


async def _said(record: Sequence[str] | str, address: str) -> str:
    texts = [record] if isinstance(record, str) else list(record)

    async def lookup(name: str, kind: str) -> Sequence[str]:
        if (name, kind) == ("example.com", "TXT"):
            return texts
        return ZONE.get((name, kind), [])

    return await verdict("example.com", address, lookup)


@pytest.mark.parametrize(("record", "address", "expected"), [
    ("v=spf1 +all", "192.0.2.129", "pass"),
    ("v=spf1 a -all", "192.0.2.10", "pass"),
    ("v=spf1 a -all", "192.0.2.65", "fail"),
    ("v=spf1 a:amy.example.com -all", "192.0.2.65", "pass"),
    ("v=spf1 mx -all", "192.0.2.130", "pass"),
    ("v=spf1 mx -all", "192.0.2.10", "fail"),
    ("v=spf1 mx/30 -all", "192.0.2.131", "pass"),
    ("v=spf1 mx/30 -all", "192.0.2.140", "fail"),
    ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", "pass"),
    ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", "fail"),
    ("v=spf1 ip4:192.0.2.1 ~all", "192.0.2.65", "softfail"),
    ("v=spf1 ip4:192.0.2.1 ?all", "192.0.2.65", "neutral"),
    ("v=spf1 ip4:192.0.2.1", "192.0.2.65", "neutral"),
    ("v=spf1 include:host.example ~all", "198.51.100.7", "pass"),
    ("v=spf1 include:host.example ~all", "203.0.113.7", "softfail"),
    ("v=spf1 redirect=host.example", "198.51.100.7", "pass"),
    ("v=spf1 redirect=host.example", "203.0.113.7", "fail"),
    ("V=SPF1 MX -ALL", "192.0.2.129", "pass"),
    ("v=spf1 a:six.example -all", "2001:db8::25", "pass"),
    ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::1", "pass"),
    ("v=spf1 ip6:2001:db8::/32 -all", "192.0.2.1", "fail"),
    ("v=spf1 ptr -all", "192.0.2.1", "fail"),
    ("v=spf10 -all", "192.0.2.1", "none"),
    ("google-site-verification=x", "192.0.2.1", "none"),
    ("v=spf1 exists:%{i}.example -all", "192.0.2.1", "unknown"),
    ("v=spf1 ip4:nonsense -all", "192.0.2.1", "unknown"),
    ("v=spf1 include:loop.example -all", "192.0.2.1", "unknown"),
    (["v=spf1 -all", "v=spf1 +all"], "192.0.2.1", "unknown"),
    ([], "192.0.2.1", "none"),
])  # fmt: skip
async def test_what_a_record_says(record: Sequence[str] | str, address: str, expected: str) -> None:
    assert await _said(record, address) == expected


@given(st.text(max_size=80))
async def test_any_text_has_a_verdict_in_words(text: str) -> None:
    said = await _said(f"v=spf1 {text}", "192.0.2.1")
    assert "example.com" in in_words(said, "example.com")  # type: ignore[arg-type]


async def test_no_record_asks_for_ever() -> None:
    asked = 0

    async def lookup(name: str, _kind: str) -> Sequence[str]:
        nonlocal asked
        asked += 1
        return [f"v=spf1 include:a{name} include:b{name} -all"]

    assert await verdict("example.com", "192.0.2.1", lookup) == "unknown"
    assert asked <= LOOKUPS + 1
