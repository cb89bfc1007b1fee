"""Reserved places, offers from the waiting list, reconfirmation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITING_BEFORE = "wants <> 'none'"
_WAITING = "wants <> 'none' AND offer_until IS NULL"
_OFFERED = "offer_until IS NOT NULL"
_KEPT = "used_at IS NULL AND released_at IS NULL"
_QUEUE = ["edition_id", "wants", "priority", "joined_at", "id"]
_MOMENTS = ("offer_until", "asked_at", "warned_at", "coming_at")
_LIMITS = ("offer_hours", "places_so_far")


def upgrade() -> None:
    for name in _LIMITS:
        op.add_column("edition_mode", sa.Column(name, sa.Integer(), nullable=True))
    for name in _MOMENTS:
        op.add_column("registration", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_registration_waiting", "registration")
    _make_queue_index([*_QUEUE, "offer_until"], _WAITING)
    op.create_index(
        "ix_registration_offered",
        "registration",
        ["edition_id", "wants", "offer_until"],
        sqlite_where=sa.text(_OFFERED),
        postgresql_where=sa.text(_OFFERED),
    )
    _make_reservation()
    _make_reconfirmation()


def _make_queue_index(columns: list[str], where: str) -> None:
    op.create_index(
        "ix_registration_waiting",
        "registration",
        columns,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _make_reservation() -> None:
    op.create_table(
        "reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("onsite", "digital", name="mode", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("used_at IS NULL OR released_at IS NULL", name=op.f("ck_reservation_ended_once")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_reservation_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["registration.id"], name=op.f("fk_reservation_used_by_registration"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    op.create_index(op.f("ix_reservation_edition_id"), "reservation", ["edition_id"])
    op.create_index(op.f("ix_reservation_used_by"), "reservation", ["used_by"])
    op.create_index(
        "ix_reservation_kept",
        "reservation",
        ["edition_id", "mode"],
        sqlite_where=sa.text(_KEPT),
        postgresql_where=sa.text(_KEPT),
    )


def _make_reconfirmation() -> None:
    op.create_table(
        "reconfirmation",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ask_at < warn_at AND warn_at < release_at", name=op.f("ck_reconfirmation_order")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_reconfirmation_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_reconfirmation")),
    )


def downgrade() -> None:
    op.drop_table("reconfirmation")
    op.drop_table("reservation")
    op.drop_index("ix_registration_offered", "registration")
    op.drop_index("ix_registration_waiting", "registration")
    _make_queue_index(_QUEUE, _WAITING_BEFORE)
    with op.batch_alter_table("registration") as batch_op:
        for name in _MOMENTS:
            batch_op.drop_column(name)
    with op.batch_alter_table("edition_mode") as batch_op:
        for name in _LIMITS:
            batch_op.drop_column(name)
