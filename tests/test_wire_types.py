"""The interface's types are those of the server's own document."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from cartable.app import create_app
from cartable.settings import Settings

FRONTEND = Path(__file__).resolve().parents[1] / "frontend"


async def document(data: Path) -> str:
    """The OpenAPI document as it is served."""
    transport = httpx.ASGITransport(app=create_app(Settings(data=data), has_worker=False))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.get("/api/openapi.json")).text


def test_the_interface_knows_the_present_shapes(tmp_path: Path) -> None:
    if not shutil.which("node") or not (FRONTEND / "node_modules").is_dir():
        pytest.skip("the packages of the interface are not installed")
    source = tmp_path / "openapi.json"
    source.write_text(asyncio.run(document(tmp_path)))
    run = subprocess.run(
        ["node", "tools/make-types.js", str(source), "--check"],
        cwd=FRONTEND,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
