"""Settings: each wrong value stops the start with a sentence that says what to do."""

from dataclasses import fields
from pathlib import Path

import pytest

from cartable.settings import TABLE, Settings, WrongSetting, load_settings


def _sentence(**environment: str) -> str:
    with pytest.raises(WrongSetting) as error:
        load_settings({f"CARTABLE_{name}": value for name, value in environment.items()})
    return str(error.value)


def test_without_any_it_is_sqlite_and_files_on_loopback() -> None:
    settings = load_settings({"PATH": "/bin", "CARTABLE_TEST_DATABASE": "postgresql"})
    assert settings == Settings()
    assert settings.is_sqlite
    assert settings.database_url.endswith("/var/cartable.sqlite3")
    assert (settings.host, settings.address) == ("127.0.0.1", "http://localhost:8000")
    assert not settings.is_https
    assert load_settings({"CARTABLE_PORT": "", "CARTABLE_DATABASE": ""}) == settings


def test_right_values_are_read(tmp_path: Path) -> None:
    settings = load_settings({
        "CARTABLE_DATA": str(tmp_path), "CARTABLE_PORT": "8123", "CARTABLE_WORKERS": "4",
        "CARTABLE_DATABASE": "postgresql+asyncpg://u:p@db/cartable", "CARTABLE_STORAGE": "s3",
        "CARTABLE_S3_ENDPOINT": "https://s3.mairie.fr/", "CARTABLE_S3_ACCESS_KEY": "a",
        "CARTABLE_S3_SECRET_KEY": "b", "CARTABLE_PUBLIC_URL": "https://cartable.mairie.fr/",
        "CARTABLE_MASTER_KEY": "0F" * 32,
    })  # fmt: skip
    assert (settings.data, settings.port, settings.workers) == (tmp_path, 8123, 4)
    assert settings.is_https
    assert settings.address == "https://cartable.mairie.fr"
    assert settings.s3_endpoint == "https://s3.mairie.fr"
    assert not settings.is_sqlite


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "http", "un nombre entier entre 1 et 65535"),
        ("PORT", "0", "un nombre entier entre 1 et 65535"),
        ("PORT", "65536", "un nombre entier entre 1 et 65535"),
        ("PORT", "-1", "un nombre entier entre 1 et 65535"),
        ("UPLOAD_LIMIT", "1,5", "un nombre entier entre 1 et 10000"),
        ("STORAGE", "disque", "« files » ou « s3 »"),
        ("LOG_LEVEL", "INFO", "« debug » ou « info »"),
        ("FILE_SENDING", "nginx", "« direct » ou « x-accel »"),
        ("DATABASE", "postgresql://u@db/cartable", "postgresql+asyncpg://"),
        ("DATABASE", "cartable.sqlite3", "sqlite+aiosqlite://"),
        ("PUBLIC_URL", "cartable.mairie.fr", "https://cartable.mairie.fr, sans chemin"),
        ("PUBLIC_URL", "https://mairie.fr/cartable", "sans chemin"),
        ("PUBLIC_URL", "ftp://mairie.fr", "sans chemin"),
        ("PUBLIC_URL", "https://mairie.fr:port", "sans chemin"),
        ("PUBLIC_URL", "https://mairie.fr?x=1", "sans chemin"),
        ("PUBLIC_URL", "https://[mairie", "sans chemin"),
        ("S3_ENDPOINT", "s3.mairie.fr", "sans chemin"),
        ("WORKERS", "2", "avec SQLite, un seul processus"),
        ("MASTER_KEY", "0f" * 31, "64 chiffres hexadécimaux"),
        ("MASTER_KEY", "0g" * 32, "64 chiffres hexadécimaux"),
        ("PORTE", "8000", "n’est pas un réglage de Cartable"),
    ],
)
def test_each_wrong_value_has_its_sentence(name: str, value: str, expected: str) -> None:
    sentence = _sentence(**{name: value})
    assert f"CARTABLE_{name}" in sentence
    assert expected in sentence
    assert sentence.endswith(".")
    assert sentence.count("\n") == 0


def test_s3_says_what_it_lacks() -> None:
    given = {"STORAGE": "s3"}
    for name in ("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
        assert f"CARTABLE_{name} manque" in _sentence(**given)
        given[name] = "https://s3.mairie.fr" if name == "S3_ENDPOINT" else "x"
    load_settings({f"CARTABLE_{name}": value for name, value in given.items()})


def test_secrets_come_from_files(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("0f" * 32 + "\n", encoding="utf-8")
    file.chmod(0o644)
    assert f"chmod 600 {file}" in _sentence(MASTER_KEY_FILE=str(file))
    file.chmod(0o600)
    settings = load_settings({"CARTABLE_MASTER_KEY_FILE": str(file)})
    assert settings.master_key == "0f" * 32
    both = _sentence(MASTER_KEY="0f" * 32, MASTER_KEY_FILE=str(file))
    assert "gardez-en un" in both
    assert "ne peut pas être lu" in _sentence(MASTER_KEY_FILE=str(tmp_path / "absent"))
    assert "ne peut pas être lu" in _sentence(MASTER_KEY_FILE=str(tmp_path))
    file.write_bytes(b"\xff\xfe")
    assert "ne peut pas être lu" in _sentence(MASTER_KEY_FILE=str(file))
    file.write_text("huit mille", encoding="utf-8")
    assert "CARTABLE_PORT : il faut un nombre" in _sentence(PORT_FILE=str(file))
    assert "n’est pas un réglage" in _sentence(PORTE_FILE=str(file))


def test_a_secret_is_never_quoted() -> None:
    secret = "zz" * 32
    assert secret not in _sentence(MASTER_KEY=secret)
    assert "hunter2" not in _sentence(DATABASE="mysql://u:hunter2@db/cartable")
    shown = repr(Settings(master_key=secret, s3_secret_key="hunter2"))
    assert secret not in shown
    assert "hunter2" not in shown


def test_the_table_is_every_setting() -> None:
    assert [name for name, _, _ in TABLE] == [
        f"CARTABLE_{f.name.upper()}" for f in fields(Settings)
    ]
    assert all(meaning for _, _, meaning in TABLE)
