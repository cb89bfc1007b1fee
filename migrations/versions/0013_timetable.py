"""The timetable editor: versions of what can be changed, and deeds that can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

VERSIONED = ("session", "talk", "person")


def upgrade() -> None:
    # Plain ALTER TABLE: a batch would drop and make the table anew, and its rows' children with it.
    for table in VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "programme_deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_programme_deed_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_programme_deed_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_deed")),
    )
    op.create_index(
        op.f("ix_programme_deed_edition_id_account_id_id"), "programme_deed", ["edition_id", "account_id", "id"]
    )


def downgrade() -> None:
    op.drop_table("programme_deed")
    for table in VERSIONED:
        op.drop_column(table, "version")
