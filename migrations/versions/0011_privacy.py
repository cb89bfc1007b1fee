"""Erasure: its proof, the counts that stay, what phones must drop; numbers of registrations are never used again."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = "id INTEGER NOT NULL"
KINDS = ("retention", "request", "organizer")
REASONS = ("none", "asked", "twice", "mistake", "other")


def upgrade() -> None:
    op.create_table(
        "kept_figure",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_kept_figure_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "name", "step", name=op.f("pk_kept_figure")),
    )
    op.create_table(
        "erased_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lane_index", sa.LargeBinary(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("roster_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_erased_ticket_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_ticket")),
    )
    op.create_index(op.f("ix_erased_ticket_edition_id_roster_seq"), "erased_ticket", ["edition_id", "roster_seq"])
    op.create_table(
        "erasure_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="erasurekind", native_enum=False, length=20, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(*REASONS, name="erasurereason", native_enum=False, length=20, create_constraint=True),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_label", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_erasure_proof_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_proof")),
    )
    op.create_index(op.f("ix_erasure_proof_edition_id_at"), "erasure_proof", ["edition_id", "at"])
    if op.get_bind().dialect.name == "sqlite":
        never_use_numbers_again()


def never_use_numbers_again() -> None:
    """Make SQLite count on: without AUTOINCREMENT a new row gets the number of the last one when that was deleted.

    The table's text alone is changed, as SQLite's own documentation allows; its content stays where it is.
    """
    connection = op.get_bind()
    text = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'registration'"))
    if "AUTOINCREMENT" in text:
        return
    shorter, keys = re.subn(r",\s*CONSTRAINT pk_registration PRIMARY KEY \(id\)", "", text, count=1)
    changed = shorter.replace(KEY, "id INTEGER NOT NULL CONSTRAINT pk_registration PRIMARY KEY AUTOINCREMENT", 1)
    if not keys or changed == shorter:
        raise RuntimeError("the table of registrations does not look as it was made")
    connection.exec_driver_sql("CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    connection.exec_driver_sql("DROP TABLE numbered")
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'registration'"), {"sql": changed}
    )
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
    connection.exec_driver_sql(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'registration', coalesce(max(id), 0) FROM registration"
    )


def downgrade() -> None:
    for name in ("erasure_proof", "erased_ticket", "kept_figure"):
        op.drop_table(name)
