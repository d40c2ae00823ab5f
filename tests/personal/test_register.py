"""The register says all that the tables hold, and keeps the promises of the nightly jobs."""

import inspect

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from tests.cast import Cast
from tests.world import good

from cartable import keys, worker
from cartable.accounts.rules import REMEMBERED, TICKETS_KEPT
from cartable.mail.rules import MAIL_KEPT
from cartable.mutations.rules import KEPT_DELETED, KEPT_TOMBSTONES
from cartable.personal import register
from cartable.personal.publication import as_markdown
from cartable.personal.register import ACTIVITIES, PLAIN, classified
from cartable.personal.retention import Retention
from cartable.schema import metadata
from cartable.sealing import Sealed
from cartable.sync import actions as sync


def _unclassified(tables: MetaData) -> set[str]:
    known = classified()
    return {
        f"{table.name}.{column.name}"
        for table in tables.sorted_tables
        for column in table.columns
        if column.name not in known.get(table.name, set())
    }


def test_every_column_is_classified() -> None:
    assert keys.ServerSecret.__tablename__ in metadata.tables
    assert _unclassified(metadata) == set()


def test_a_new_column_that_nobody_classified_is_found() -> None:
    planted = MetaData()
    Table("account", planted, Column("id", Integer), Column("shoe_size", Integer))
    Table("diary", planted, Column("id", Integer))
    assert _unclassified(planted) == {"account.shoe_size", "diary.id"}


def test_nothing_is_declared_that_is_not_there_nor_twice() -> None:
    real = {table.name: set(table.columns.keys()) for table in metadata.sorted_tables}
    for table, columns in classified().items():
        assert columns <= real[table], table
    personal = [(one.table, name) for act in ACTIVITIES for one in act.held for name in one.columns]
    assert len(personal) == len(set(personal))
    plain = {(table, name) for table, names in PLAIN.items() for name in names}
    assert not plain & set(personal)


def test_what_is_sealed_is_personal() -> None:
    """A secret of the server apart, nothing is sealed that says nothing of a person."""
    sealed = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    }
    plain = {f"{table}.{name}" for table, names in PLAIN.items() for name in names}
    assert sealed & plain <= {"server_secret.sealed", "connection.secret"}


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (Retention.MAIL, MAIL_KEPT.days),
        (Retention.TICKET, TICKETS_KEPT.days),
        (Retention.DEVICE, REMEMBERED.days),
        (Retention.ARCHIVE, KEPT_TOMBSTONES.days),
        (Retention.NOTES, KEPT_DELETED.days),
    ],
)
def test_days_shown_are_those_of_the_night(rule: Retention, days: int) -> None:
    assert f" {days} jours" in f" {rule.said(45)}"


def test_the_night_uses_those_values() -> None:
    night = inspect.getsource(worker.nightly)
    for name in ("REMEMBERED", "MAIL_KEPT", "TICKETS_KEPT"):
        assert f"now - {name}" in night
    assert "now - KEPT_TOMBSTONES" in inspect.getsource(sync.purge_tombstones)


def test_an_authority_s_own_days_are_shown() -> None:
    assert "45 jours" in Retention.NOTES.said(45)
    assert "90 jours" in as_markdown()
    assert "{" not in as_markdown()
    for activity in register.ACTIVITIES:
        assert f"## {activity.title}" in as_markdown()


@pytest.mark.anyio
async def test_members_read_it_with_their_own_days(cast: Cast) -> None:
    good(await cast.ines.patch(f"{cast.town.path}/settings", {"notes_kept_days": 45}))
    read = good(await cast.alice.get(f"{cast.town.path}/register"))
    said = [entry["retention"] for act in read["activities"] for entry in act["entries"]]
    assert any("45 jours" in one for one in said)
    assert read["authority_name"] == cast.town.name
    assert (await cast.carla.get(f"{cast.town.path}/register")).status_code == 404
