"""What members write: the log of mutations, notes, votes prepared, readings, answers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "attendance_answer",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_attendance_answer_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_attendance_answer_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_attendance_answer_sitting_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_attendance_answer")),
    )
    with op.batch_alter_table("attendance_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attendance_answer_authority_id_member_id_seq"),
            ["authority_id", "member_id", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_attendance_answer_sitting_id"), ["sitting_id"], unique=False
        )

    op.create_table(
        "mutation",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entity", sa.Uuid(), nullable=False),
        sa.Column("landed", sa.Uuid(), nullable=False),
        sa.Column("base_seq", sa.BigInteger(), nullable=False),
        sa.Column("base_mid", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_mutation_authority_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_mutation_member_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_mutation")),
    )
    with op.batch_alter_table("mutation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mutation_authority_id_member_id_seq"),
            ["authority_id", "member_id", "seq"],
            unique=False,
            sqlite_where=sa.text("outcome = 'parked'"),
            postgresql_where=sa.text("outcome = 'parked'"),
        )
        batch_op.create_index(
            batch_op.f("ix_mutation_member_id_entity"), ["member_id", "entity"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_mutation_member_id_landed"), ["member_id", "landed"], unique=False
        )

    op.create_table(
        "vote_intention",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"], ["agenda_item.id"], name=op.f("fk_vote_intention_agenda_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_vote_intention_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_vote_intention_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_vote_intention")),
    )
    with op.batch_alter_table("vote_intention", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_vote_intention_agenda_item_id"), ["agenda_item_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_vote_intention_authority_id_member_id_seq"),
            ["authority_id", "member_id", "seq"],
            unique=False,
        )

    op.create_table(
        "annotation",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_annotation_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_annotation_document_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_annotation_member_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_annotation")),
    )
    with op.batch_alter_table("annotation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_annotation_authority_id_member_id_seq"),
            ["authority_id", "member_id", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_annotation_document_id"), ["document_id"], unique=False
        )

    op.create_table(
        "reading_state",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_reading_state_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_reading_state_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_reading_state_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_reading_state")),
    )
    with op.batch_alter_table("reading_state", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reading_state_authority_id_member_id_seq"),
            ["authority_id", "member_id", "seq"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_reading_state_document_id"), ["document_id"], unique=False
        )
