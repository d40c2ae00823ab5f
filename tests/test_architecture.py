"""The floors hold, the linter that holds them bites, and the README tells the truth."""

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cartable.cli import _parser
from cartable.settings import TABLE

ROOT = Path(__file__).resolve().parents[1]
PLANTS = {
    "floors": ("sittings/access.py", "from cartable.documents import tables"),
    "shapes know nothing but other shapes": (
        "sittings/shapes.py",
        "from cartable.sittings import tables",
    ),
    "tables have no behaviour": ("audit/tables.py", "import msgspec"),
    "rules are pure": ("accounts/rules.py", "import sqlalchemy"),
    "the tables of annotations are met in annotations": (
        "sync/push.py",
        "from cartable.annotations import tables",
    ),
    "the tables of votes are met in votes": (
        "sync/catalogue.py",
        "from cartable.votes import tables",
    ),
    "the tables of readings are met in readings": (
        "sync/routes.py",
        "from cartable.readings import tables",
    ),
    "the tables of mutations are met in mutations": (
        "annotations/access.py",
        "from cartable.mutations import tables",
    ),
    "only routes and their guards speak Litestar": ("sittings/lines.py", "import litestar"),
    "minio is met in s3": ("runtime.py", "import minio"),
    "WebAuthn is met in accounts.webauthn": ("accounts/access.py", "import webauthn"),
    "QR codes are met in accounts.totp": ("accounts/access.py", "import segno"),
    "argon2 is met in accounts.passwords": ("accounts/actions/passwords.py", "import argon2"),
    "readers of PDF are met in documents.pdf": ("documents/actions/upload.py", "import pikepdf"),
    "Typst is met in demo.papers": ("commands.py", "import typst"),
    "ciphers are met in sealing": ("accounts/throttle.py", "import cryptography"),
    "Alembic is met in schema": ("doctor.py", "import alembic"),
    "Granian is met in cli": ("app.py", "import granian"),
    "SMTP is met in mail.smtp": ("mail/actions/write.py", "import aiosmtplib"),
    "Web Push is met in notifications.push": ("notifications/routes.py", "import webpush"),
    "calls leave from notifications.push and connections.calls": (
        "connections/oidc.py",
        "import httpx",
    ),
    "OpenID Connect is met in connections.oidc": ("connections/routes.py", "import joserfc"),
    "pictures are met in authorities.pictures and where papers are drawn": (
        "authorities/actions.py",
        "import PIL",
    ),
}


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--config", root / "pyproject.toml"],
        cwd=root / "src",
        env={**os.environ, "PYTHONPATH": str(root / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the server's code and of the rules."""
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    shutil.copytree(
        ROOT / "src" / "cartable",
        tmp_path / "src" / "cartable",
        ignore=shutil.ignore_patterns("__pycache__", "*.typ", "*.csv"),
    )
    return tmp_path


def _contracts() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


def _broken(report: str) -> set[str]:
    return {line.removesuffix(" BROKEN") for line in report.splitlines() if "BROKEN" in line}


def test_every_floor_holds(house: Path) -> None:
    done = _lint(house)
    assert done.returncode == 0, done.stdout
    assert f"{len(_contracts())} kept, 0 broken" in done.stdout


def test_each_contract_bites_on_a_planted_import(house: Path) -> None:
    assert set(PLANTS) == set(_contracts()), "a contract without its planted import"
    for file, line in PLANTS.values():
        path = house / "src" / "cartable" / file
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    done = _lint(house)
    assert done.returncode == 1, done.stdout
    assert _broken(done.stdout) == set(PLANTS), done.stdout
    for name, (file, line) in PLANTS.items():
        importer = "cartable." + file.removesuffix(".py").replace("/", ".")
        words = line.replace("from ", "").replace("import ", "").split()
        told = f"{importer} is not allowed to import {words[0]}|{importer} -> {'.'.join(words)}"
        assert re.search(told, done.stdout), (name, done.stdout)


def test_a_folder_nobody_placed_is_refused(house: Path) -> None:
    folder = house / "src" / "cartable" / "ballots"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Secret ballots."""\n', encoding="utf-8")
    done = _lint(house)
    assert done.returncode == 1
    assert _broken(done.stdout) == {"floors"}, done.stdout
    assert "ballots" in done.stdout


def _first_column(heading: str) -> list[str]:
    """Names in backticks of the first column of the table under a heading of the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"\n{heading}\n" in readme, f"README has no {heading}"
    part = readme.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| *`([^`]+)`", part, re.MULTILINE)


def test_the_map_of_folders_is_the_real_one() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    package = "src/cartable/"
    domains = {
        f"{package}{path.removeprefix(package).split('/')[0]}/"
        for path in tracked
        if path.startswith(package) and "/" in path.removeprefix(package)
    }
    tops = {f"{path.split('/')[0]}/" for path in tracked if "/" in path} - {"src/", ".ci/"}
    assert set(_first_column("## Map of folders")) == domains | tops | {package}


def test_the_table_of_settings_is_the_real_one() -> None:
    assert _first_column("## Settings") == [name for name, _, _ in TABLE]


def _choices(parser: argparse.ArgumentParser) -> dict[str, set[str]]:
    """The commands of a parser, or the words of its first argument; what each takes in its turn."""
    for action in vars(parser)["_actions"]:
        if isinstance(action.choices, dict):
            return {name: set(_choices(one)) for name, one in action.choices.items()}
        if action.choices and not action.option_strings:
            return {name: set() for name in action.choices}
    return {}


def _commands_told(readme: str) -> dict[str, set[str]]:
    """Each `cartable …` of the README, with the words that are said to follow: `show | new`."""
    told: dict[str, set[str]] = {}
    for name, then in re.findall(r"(?:^|`)cartable ([a-z][a-z-]*)([^`\n]*)", readme, re.MULTILINE):
        following = told.setdefault(name, set())
        if given := re.match(r" ([a-z][a-z-]*)", then):
            following.add(given[1])
        for listed in re.findall(r"[a-z-]+(?: \| [a-z-]+)+", then):
            following.update(listed.split(" | "))
    return told


def test_the_commands_are_the_real_ones() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert _commands_told(readme) == _choices(_parser())


def test_a_command_that_is_told_is_understood() -> None:
    told = "cartable serve --no-worker  # or\n`cartable keys show | new`, `cartable way-in <a>`"
    assert _commands_told(told) == {"serve": set(), "keys": {"show", "new"}, "way-in": set()}


def test_files_and_functions_stay_small() -> None:
    for path in (ROOT / "src" / "cartable").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) <= 400, path
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, (path, node.name)
