"""The two tables of the sync: what a pull walks, and (with pushes) which deed a mutation names."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Select, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.annotations import actions as annotations
from cartable.annotations.access import open_annotation, readable_annotations
from cartable.annotations.shapes import (
    Annotation,
    DeleteAnnotation,
    EditNote,
    PutAnnotation,
    StyleAnnotation,
)
from cartable.attendance import actions as attendance
from cartable.attendance.access import answer_shape, readable_answers
from cartable.attendance.shapes import AnswerCall, AttendanceAnswer
from cartable.authorities.access import readable_authorities
from cartable.authorities.shapes import Authority as AuthorityShape
from cartable.documents.access import readable_documents, readable_versions
from cartable.documents.desk import document_shape, version_shape
from cartable.members.access import (
    readable_assemblies,
    readable_contacts,
    readable_members,
    shown_email,
    shown_phone,
)
from cartable.members.shapes import Assembly as AssemblyShape
from cartable.members.shapes import Contact as ContactShape
from cartable.members.shapes import Member as MemberShape
from cartable.mutations import actions as mutations
from cartable.mutations.access import parked_shape, readable_parked
from cartable.mutations.rules import Change, InvalidBody, Landed, UnknownDeed
from cartable.mutations.shapes import DiscardParked, ParkedMutation
from cartable.readings import actions as readings
from cartable.readings.access import open_reading, readable_reading_states
from cartable.readings.shapes import KeepReading, ReadingState
from cartable.sealing import Key
from cartable.sittings.access import readable_agenda_items, readable_sittings
from cartable.sittings.lines import item_shape, sitting_shape
from cartable.sittings.tables import Sitting
from cartable.sync.shapes import HintEvent, RowKind
from cartable.votes import actions as votes
from cartable.votes.access import open_intention, readable_vote_intentions
from cartable.votes.shapes import PrepareVote, VoteIntention

Value = msgspec.Struct


class View(NamedTuple):
    """What values are made with: the authority's time zone, the key of who asks."""

    zone: str
    key: Key


_ANYBODY = Actor(UUID(int=0), UUID(int=0), UUID(int=0), UUID(int=0), frozenset())


@dataclass(frozen=True)
class Kind:
    """One kind of row: its readable set, and how a row of the set becomes a value.

    `value` is given a row of the table's columns and of `beside`. Plain rows, not entities: a first
    pull reads thousands of them.
    """

    name: RowKind
    readable: Callable[[Actor], Select[*tuple[Any, ...]]]
    value: Callable[[Any, View], Value]
    beside: tuple[SQLCoreOperations[Any], ...] = ()

    @cached_property
    def table(self) -> Any:
        """The table of the set, which other domains need not name."""
        return self.readable(_ANYBODY).column_descriptions[0]["entity"]

    @property
    def seq(self) -> ColumnElement[int]:
        """The number of a row's last change. Of the entity, not of its table: a session confines
        the entities that a statement speaks of."""
        column: ColumnElement[int] = self.table.seq.expression
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


def _annotations_on_tablets(actor: Actor) -> Select[Any]:
    return readable_annotations(actor).where(Sitting.archived_at.is_(None))


def _intentions_on_tablets(actor: Actor) -> Select[Any]:
    return readable_vote_intentions(actor).where(Sitting.archived_at.is_(None))


def _readings_on_tablets(actor: Actor) -> Select[Any]:
    return readable_reading_states(actor).where(Sitting.archived_at.is_(None))


def _answers_on_tablets(actor: Actor) -> Select[Any]:
    return readable_answers(actor).where(Sitting.archived_at.is_(None))


def _plain(shape: type[Value]) -> Callable[[Any, View], Value]:
    """A value whose fields are the columns."""
    return lambda row, _view: msgspec.convert(row, shape, from_attributes=True)


_OF_MEMBER = (
    Account.civility, Account.first_name, Account.last_name,
    shown_email().label("shown_email"), shown_phone().label("shown_phone"),
)  # fmt: skip


def _member(row: Any, _view: View) -> MemberShape:
    return MemberShape(
        id=row.id,
        civility=row.civility,
        first_name=row.first_name,
        last_name=row.last_name,
        position=row.position,
        roles=row.roles,
        is_active=row.deactivated_at is None,
        email=row.shown_email,
        phone=row.shown_phone,
    )


KINDS = (
    Kind("authority", readable_authorities, _plain(AuthorityShape)),
    Kind("assembly", readable_assemblies, _plain(AssemblyShape)),
    Kind("member", readable_members, _member, _OF_MEMBER),
    Kind("contact", readable_contacts, _plain(ContactShape)),
    Kind("sitting", _sittings_on_tablets, lambda row, view: sitting_shape(row, view.zone)),
    Kind("agenda_item", _items_on_tablets, lambda row, _: item_shape(row)),
    Kind("document", _documents_on_tablets, lambda row, _: document_shape(row)),
    Kind("document_version", _versions_on_tablets, lambda row, _: version_shape(row)),
    Kind("annotation", _annotations_on_tablets, lambda row, view: open_annotation(view.key, row)),
    Kind("vote_intention", _intentions_on_tablets, lambda row, view: open_intention(view.key, row)),
    Kind("reading_state", _readings_on_tablets, lambda row, view: open_reading(view.key, row)),
    Kind("attendance_answer", _answers_on_tablets, lambda row, _: answer_shape(row)),
    Kind("parked_mutation", readable_parked, lambda row, view: parked_shape(view.key, row)),
)


@dataclass(frozen=True)
class Deed:
    """What a mutation asks for: the shape of its body, and the function that does it.

    `upon`: the deeds whose writing on the same row it must know of, when done elsewhere meanwhile.
    `makes`: it makes a row, and asks whether that was ever done.
    `is_private`: nobody but its author can read what it writes.
    """

    body: type[Value]
    do: Callable[[AsyncSession, Actor, Key, Change, Any], Awaitable[Landed]]
    upon: tuple[str, ...] = ()
    makes: bool = False
    is_private: bool = True


Form = tuple[str, int]
"""Name and version of a deed."""

_TEXTS = ("put_annotation", "edit_note")
_MARKS = (*_TEXTS, "style_annotation")

DEEDS: Mapping[Form, Deed] = {
    ("put_annotation", 1): Deed(PutAnnotation, annotations.put_annotation, makes=True),
    ("edit_note", 1): Deed(EditNote, annotations.edit_note, _TEXTS),
    ("style_annotation", 1): Deed(StyleAnnotation, annotations.style_annotation, _MARKS),
    ("delete_annotation", 1): Deed(DeleteAnnotation, annotations.delete_annotation, _MARKS),
    ("prepare_vote", 1): Deed(PrepareVote, votes.prepare_vote, ("prepare_vote",)),
    ("keep_reading", 1): Deed(KeepReading, readings.keep_reading),
    ("answer_call", 1): Deed(AnswerCall, attendance.answer_call, is_private=False),
    ("discard_parked", 1): Deed(DiscardParked, mutations.discard_parked),
}

CONVERTERS: dict[Form, Callable[[Any], tuple[str, int, Any]]] = {}
"""Old forms, taken for ever: from a body (plain JSON values) to name, version and body of a newer
form, itself perhaps old. A deed that changes its shape leaves its old form here."""


def deed_of(name: str, version: int, body: Any) -> tuple[str, Deed, Value]:
    """The deed that a form asks for today, under its name of today, and its body.

    Raises:
        UnknownDeed, InvalidBody
    """
    try:
        while convert := CONVERTERS.get((name, version)):
            name, version, body = convert(body)
    except Exception:
        raise InvalidBody from None
    deed = DEEDS.get((name, version))
    if deed is None:
        raise UnknownDeed
    try:
        return name, deed, msgspec.convert(body, deed.body)
    except msgspec.ValidationError:
        raise InvalidBody from None


SHAPES: tuple[type, ...] = (
    MemberShape, ContactShape, Annotation, VoteIntention, ReadingState, AttendanceAnswer,
    ParkedMutation,
    PutAnnotation, EditNote, StyleAnnotation, DeleteAnnotation, PrepareVote, KeepReading,
    AnswerCall, DiscardParked, HintEvent,
)  # fmt: skip
"""Values of rows, bodies of mutations and data of events, for the specification."""
