"""The doctor says in words what is wrong, and the command lines say it too."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from cartable.database import create_engine
from cartable.doctor import examine
from cartable.runtime import Runtime
from cartable.sealing import Key
from cartable.settings import Settings

pytestmark = pytest.mark.anyio


async def _wrong(settings: Settings) -> list[str]:
    return [f.sentence for f in await examine(settings) if not f.is_well]


@pytest.fixture
def well(settings: Settings, runtime: Runtime, tmp_path: Path) -> Settings:
    """Settings of a server on which nothing is wrong."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    return replace(settings, web_root=tmp_path / "dist")


async def test_all_is_well(well: Settings) -> None:
    findings = await examine(well)
    assert [f.sentence for f in findings if not f.is_well] == []
    told = " ".join(f.sentence for f in findings)
    for word in (
        "schéma",
        "clé maîtresse",
        "disque",
        "interface",
        "stockage",
        "horloge",
        "travail",
        "messagerie",
    ):
        assert word in told, word


async def test_a_database_that_was_not_migrated(well: Settings, tmp_path: Path) -> None:
    empty = f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite3'}"
    assert await _wrong(replace(well, database=empty)) == [
        "Le schéma de la base n’est pas à jour : lancez « cartable migrate »."
    ]


async def test_a_database_that_does_not_answer(well: Settings) -> None:
    away = "postgresql+asyncpg://u:hunter2@127.0.0.1:1/cartable"
    (sentence,) = await _wrong(replace(well, database=away))
    assert "La base ne répond pas" in sentence
    assert "CARTABLE_DATABASE" in sentence
    assert "hunter2" not in sentence


async def test_a_storage_that_is_away(well: Settings, tmp_path: Path) -> None:
    away = replace(
        well, storage="s3", s3_endpoint="http://127.0.0.1:1", s3_access_key="a", s3_secret_key="b"
    )
    (sentence,) = await _wrong(away)
    assert "Le stockage des pièces ne répond pas" in sentence


async def test_a_key_that_others_can_read_or_that_is_damaged(well: Settings) -> None:
    key = well.data / "keys" / "master.key"
    key.chmod(0o644)
    (sentence,) = await _wrong(well)
    assert f"lisible par d’autres : chmod 600 {key}" in sentence
    key.chmod(0o600)
    key.write_text("ce n'est pas une clé", encoding="utf-8")
    (sentence,) = await _wrong(well)
    assert "abîmée" in sentence
    assert str(key) in sentence
    (sentence,) = await _wrong(replace(well, master_key="0f" * 32))
    assert "n’est pas celle de cette base" in sentence
    assert Key(b"\x0f" * 32).fingerprint in sentence


async def test_a_key_beside_the_embedded_database_of_a_server(well: Settings) -> None:
    public = replace(well, public_url="https://cartable.mairie.fr", trusted_proxy="127.0.0.1")
    wrong = await _wrong(public)
    said = "une sauvegarde de ce dossier ouvrirait tout"
    assert [said in sentence for sentence in wrong] == ([True] if well.is_sqlite else [])


async def test_a_server_that_takes_everybody_for_its_proxy(well: Settings) -> None:
    public = replace(well, public_url="https://cartable.mairie.fr", master_key="0f" * 32)
    said = "CARTABLE_TRUSTED_PROXY est vide"
    assert [one for one in await _wrong(public) if said in one]
    behind = replace(public, trusted_proxy="127.0.0.1")
    assert not [one for one in await _wrong(behind) if said in one]


async def test_an_interface_that_is_not_built(well: Settings, tmp_path: Path) -> None:
    (sentence,) = await _wrong(replace(well, web_root=tmp_path / "absent"))
    assert "L’interface n’est pas construite" in sentence


async def test_work_that_failed_for_good(well: Settings) -> None:
    engine = create_engine(well.database_url)
    async with engine.begin() as connection:
        if well.is_sqlite:
            await connection.exec_driver_sql("COMMIT")
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        await connection.execute(text(
            "INSERT INTO job (id, name, body, due_at, attempts, dead_at) VALUES "
            "('0197a3c45d6e7f809a1b2c3d4e5f6071', 'x', '{}', '2026-01-01 00:00:00+00', 8, "
            "'2026-01-01 00:00:00+00')" if not well.is_sqlite else
            "INSERT INTO job (id, name, body, due_at, attempts, dead_at) VALUES "
            "('0197a3c45d6e7f809a1b2c3d4e5f6071', 'x', '{}', '2026-01-01 00:00:00', 8, "
            "'2026-01-01 00:00:00')"
        ))  # fmt: skip
    await engine.dispose()
    (sentence,) = await _wrong(well)
    assert "ont échoué pour de bon" in sentence


async def test_the_doctor_changes_nothing(well: Settings, tmp_path: Path) -> None:
    nowhere = replace(well, data=tmp_path / "deep" / "down")
    told = [f.sentence for f in await examine(nowhere)]
    assert "La clé maîtresse sera créée au premier démarrage." in told
    assert not (nowhere.data / "keys").exists()


def _cartable(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("cartable"), *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_command_line(tmp_path: Path) -> None:
    here = {"CARTABLE_DATA": str(tmp_path / "var")}
    wrong = _cartable("serve", CARTABLE_PORT="http")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("Réglage à corriger. CARTABLE_PORT : il faut un nombre")
    assert "Traceback" not in wrong.stderr
    early = _cartable("serve", **here)
    assert early.returncode == 1
    assert "Lancez d’abord « cartable migrate »" in early.stdout
    away = {**here, "CARTABLE_DATABASE": "postgresql+asyncpg://u:hunter2@127.0.0.1:1/cartable"}
    for command in ("serve", "work", "migrate"):
        refused = _cartable(command, **away)
        assert refused.returncode == 1
        assert "La base ne répond pas" in refused.stdout
        assert "Traceback" not in refused.stderr
        assert "hunter2" not in refused.stdout + refused.stderr
    assert _cartable("migrate", **here).stdout == "La base est à jour.\n"
    ines = ("--first-name", "Inès", "--last-name", "Roy", "--email")
    half = _cartable("found", "--name", "Commune", *ines, "ines@mairie", **here)
    assert half.returncode == 2
    assert "Il manque une partie de l’adresse" in half.stdout
    opened = _cartable("found", "--name", "Commune", *ines, "ines@mairie.example", **here)
    assert opened.returncode == 0
    assert "Invitation de ines@mairie.example, à ouvrir une seule fois" in opened.stdout
    assert "\nhttp://localhost:8000/invitation#" in opened.stdout
    again = _cartable("found", "--name", "Syndicat", *ines, "ines@mairie.example", **here)
    assert "http://localhost:8000/invitation#" in again.stdout
    doctor = _cartable("doctor", CARTABLE_WEB_ROOT=str(tmp_path), **here)
    assert doctor.returncode == 1
    assert "✓ La base répond et son schéma est à jour." in doctor.stdout
    assert "✗ L’interface n’est pas construite" in doctor.stdout
