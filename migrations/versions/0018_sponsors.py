"""Sponsors in full: a logo for the dark, portrait, links, product content; what a conference looks like."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SPONSOR = {
    "logo_dark": (sa.String(length=80), sa.text("''")),
    "portrait": (sa.String(length=80), sa.text("''")),
    "portrait_credit": (sa.String(length=200), sa.text("''")),
    "links": (sa.JSON(), sa.text("'[]'")),
    "product": (sa.JSON(), sa.text("'{}'")),
    "is_published": (sa.Boolean(), sa.true()),
    "thanked_in_mail": (sa.Boolean(), sa.false()),
    "thanked_on_badge": (sa.Boolean(), sa.false()),
}
CONFERENCE = {
    "logo": (sa.String(length=80), sa.text("''")),
    "logo_dark": (sa.String(length=80), sa.text("''")),
    "cover": (sa.String(length=80), sa.text("''")),
    "cover_width": (sa.Integer(), sa.text("0")),
    "cover_height": (sa.Integer(), sa.text("0")),
    "cover_alt": (sa.JSON(), sa.text("'{}'")),
    "cover_credit": (sa.String(length=200), sa.text("''")),
}


def upgrade() -> None:
    for table, columns in (("sponsor", SPONSOR), ("conference", CONFERENCE)):
        with op.batch_alter_table(table) as batch:
            for name, (kind, default) in columns.items():
                batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    op.create_table(
        "health_declaration",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_health_declaration_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "day", name=op.f("pk_health_declaration")),
    )


def downgrade() -> None:
    op.drop_table("health_declaration")
    for table, columns in (("sponsor", SPONSOR), ("conference", CONFERENCE)):
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.drop_column(name)
