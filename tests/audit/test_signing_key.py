"""The key that signs the journal is never replaced in silence."""

from datetime import UTC, datetime

import pytest
from tests.cast import Cast

from cartable.audit.signing import sign_chains, signing_key
from cartable.doctor import examine
from cartable.runtime import Runtime
from cartable.settings import WrongSetting

pytestmark = pytest.mark.anyio


async def test_a_key_that_is_gone_is_told_and_not_drawn_again(cast: Cast, runtime: Runtime) -> None:
    settings = runtime.settings
    key = settings.data / "keys" / "journal.key"
    first = signing_key(runtime).public
    await sign_chains(runtime, [cast.town.id], datetime.now(UTC))
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(WrongSetting, match=r"journal\.key"):
        signing_key(runtime)
    assert not key.exists()
    findings = [one for one in await examine(settings) if "journal.key" in one.sentence]
    assert [one.is_well for one in findings] == [False]
    key.write_bytes(kept)
    assert signing_key(runtime).public == first
    key.unlink()
    settings.checkpoints.rename(settings.data / "aside.jsonl")
    assert signing_key(runtime).public != first, "whoever lost it for good goes on with another"
