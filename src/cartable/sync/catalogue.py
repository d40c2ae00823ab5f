"""The two tables of the sync: what a pull walks, and (with pushes) which deed a mutation names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Select, inspect
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.annotations.shapes import (
    Annotation,
    DeleteAnnotation,
    EditNote,
    PutAnnotation,
    StyleAnnotation,
)
from cartable.attendance.shapes import AnswerCall, AttendanceAnswer
from cartable.authorities.access import readable_authorities
from cartable.authorities.shapes import Authority as AuthorityShape
from cartable.authorities.tables import Authority
from cartable.database import Synced
from cartable.documents.access import readable_documents, readable_versions
from cartable.documents.desk import document_shape, version_shape
from cartable.documents.tables import Document, DocumentVersion
from cartable.members.access import readable_assemblies, readable_members
from cartable.members.shapes import Assembly as AssemblyShape
from cartable.members.shapes import Member as MemberShape
from cartable.members.tables import Assembly, Member
from cartable.mutations.shapes import DiscardParked, ParkedMutation
from cartable.readings.shapes import KeepReading, ReadingState
from cartable.sittings.access import readable_agenda_items, readable_sittings
from cartable.sittings.lines import item_shape, sitting_shape
from cartable.sittings.tables import AgendaItem, Sitting
from cartable.sync.shapes import Pushed, PushRequest, RowKind
from cartable.votes.shapes import PrepareVote, VoteIntention

Value = msgspec.Struct


@dataclass(frozen=True)
class Kind:
    """One kind of row: its readable set, its table, and how a row of the set becomes a value.

    `value` is given a row of the table's columns and of `beside`, and the authority's time zone.
    Plain rows, not entities: a first pull reads thousands of them.
    """

    name: RowKind
    table: type[Synced]
    readable: Callable[[Actor], Select[*tuple[Any, ...]]]
    value: Callable[[Any, str], Value]
    beside: tuple[SQLCoreOperations[Any], ...] = ()

    @property
    def seq(self) -> ColumnElement[int]:
        """The number of a row's last change."""
        column: ColumnElement[int] = inspect(self.table).columns["seq"]
        return column

    def rows(self, actor: Actor) -> Select[*tuple[Any, ...]]:
        """The readable set as plain rows."""
        return self.readable(actor).with_only_columns(*inspect(self.table).columns, *self.beside)


def _sittings_on_tablets(actor: Actor) -> Select[Any]:
    return readable_sittings(actor).where(Sitting.archived_at.is_(None))


def _items_on_tablets(actor: Actor) -> Select[Any]:
    return readable_agenda_items(actor).where(Sitting.archived_at.is_(None))


def _documents_on_tablets(actor: Actor) -> Select[Any]:
    return readable_documents(actor).where(Sitting.archived_at.is_(None))


def _versions_on_tablets(actor: Actor) -> Select[Any]:
    return readable_versions(actor).where(Sitting.archived_at.is_(None))


def _authority(row: Authority, _zone: str) -> Value:
    return msgspec.convert(row, AuthorityShape, from_attributes=True)


def _assembly(row: Assembly, _zone: str) -> Value:
    return msgspec.convert(row, AssemblyShape, from_attributes=True)


def _member(row: Any, _zone: str) -> Value:
    return msgspec.convert(row, MemberShape, from_attributes=True)


def _agenda_item(row: AgendaItem, _zone: str) -> Value:
    return item_shape(row)


def _document(row: Document, _zone: str) -> Value:
    return document_shape(row)


def _version(row: DocumentVersion, _zone: str) -> Value:
    return version_shape(row)


_NAMES = (Account.civility, Account.first_name, Account.last_name)

KINDS = (
    Kind("authority", Authority, readable_authorities, _authority),
    Kind("assembly", Assembly, readable_assemblies, _assembly),
    Kind("member", Member, readable_members, _member, _NAMES),
    Kind("sitting", Sitting, _sittings_on_tablets, sitting_shape),
    Kind("agenda_item", AgendaItem, _items_on_tablets, _agenda_item),
    Kind("document", Document, _documents_on_tablets, _document),
    Kind("document_version", DocumentVersion, _versions_on_tablets, _version),
)

SHAPES: tuple[type, ...] = (
    MemberShape, Annotation, VoteIntention, ReadingState, AttendanceAnswer, ParkedMutation,
    PutAnnotation, EditNote, StyleAnnotation, DeleteAnnotation, PrepareVote, KeepReading,
    AnswerCall, DiscardParked, PushRequest, Pushed,
)  # fmt: skip
"""Values of rows and bodies of mutations, for the specification."""
