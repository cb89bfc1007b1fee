"""Edition pages: what they say about the place, stories, and pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PASSAGES = ("travel", "access", "accessibility", "contact", "conduct")


def upgrade() -> None:
    with op.batch_alter_table("edition") as batch:
        for name in PASSAGES:
            batch.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("speakers", "day", name="storykind", native_enum=False, length=20, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("draft", "published", name="storystate", native_enum=False, length=20, create_constraint=True),
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("lead", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_story_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
        sa.UniqueConstraint("edition_id", "slug", name=op.f("uq_story_edition_id_slug")),
    )
    op.create_table(
        "edition_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.JSON(), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_picture_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_edition_picture_story_id_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_picture")),
    )
    op.create_index(op.f("ix_edition_picture_file"), "edition_picture", ["file"])
    op.create_index(op.f("ix_edition_picture_story_id"), "edition_picture", ["story_id"])
    op.create_index(
        op.f("ix_edition_picture_edition_id_story_id_position"),
        "edition_picture",
        ["edition_id", "story_id", "position"],
    )


def downgrade() -> None:
    for name in ("edition_picture", "story"):
        op.drop_table(name)
    with op.batch_alter_table("edition") as batch:
        for name in PASSAGES:
            batch.drop_column(name)
