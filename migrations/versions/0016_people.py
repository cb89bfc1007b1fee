"""Speakers hand in: what they answer, allow and upload

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SLIDES = ("pdf", "pptx", "odp", "key")
PERSON = (
    "portrait_source", "portrait_box", "nothing_to_disclose", "links", "pronunciation", "language", "answered_at",
    "link_sent_at", "reminded_at",
)  # fmt: skip

# Added by itself: in batch mode the whole table is made anew, and dropping the old one would take what points at it.
ADD_COMING = (
    "ALTER TABLE person ADD COLUMN coming VARCHAR(20) DEFAULT 'invited' NOT NULL "
    "CONSTRAINT ck_person_coming CHECK (coming IN ('invited', 'confirmed', 'declined'))"
)


def one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20, create_constraint=True)


def points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    text, moment = sa.String, sa.DateTime(timezone=True)
    for column in (
        sa.Column("portrait_source", text(length=80), server_default="", nullable=False),
        sa.Column("portrait_box", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("nothing_to_disclose", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("links", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("pronunciation", text(length=200), server_default="", nullable=False),
        sa.Column("language", text(length=10), server_default="", nullable=False),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("link_sent_at", moment, nullable=True),
        sa.Column("reminded_at", moment, nullable=True),
    ):
        op.add_column("person", column)
    op.execute(ADD_COMING)
    op.execute(
        "UPDATE person SET coming = 'confirmed' WHERE edition_id IN (SELECT id FROM edition WHERE state <> 'draft')"
    )
    op.create_table(
        "slide_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stored", sa.String(length=80), nullable=False),
        sa.Column("kind", one_of(SLIDES, "slidekind"), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("keep_back", sa.Boolean(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        points_to("slide_file", "edition_id", "edition"),
        points_to("slide_file", "talk_id", "talk"),
        points_to("slide_file", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slide_file")),
        sa.UniqueConstraint("stored", name=op.f("uq_slide_file_stored")),
    )
    for column in ("edition_id", "person_id", "talk_id"):
        op.create_index(op.f(f"ix_slide_file_{column}"), "slide_file", [column])
    op.create_table(
        "recording_consent",
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        points_to("recording_consent", "person_id", "person"),
        points_to("recording_consent", "talk_id", "talk"),
        sa.PrimaryKeyConstraint("talk_id", "person_id", name=op.f("pk_recording_consent")),
    )
    op.create_table(
        "recording",
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        points_to("recording", "talk_id", "talk"),
        sa.PrimaryKeyConstraint("talk_id", name=op.f("pk_recording")),
    )
    op.create_table(
        "material_shown",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        points_to("material_shown", "edition_id", "edition"),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_material_shown")),
    )
    op.create_table(
        "person_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        points_to("person_edit", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_edit")),
    )
    op.create_index(op.f("ix_person_edit_person_id_at"), "person_edit", ["person_id", "at"])


def downgrade() -> None:
    for name in ("person_edit", "material_shown", "recording", "recording_consent", "slide_file"):
        op.drop_table(name)
    op.execute("ALTER TABLE person DROP COLUMN coming")
    for name in PERSON:
        op.drop_column("person", name)
