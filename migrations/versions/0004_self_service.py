"""What only organizers keep about somebody, in a table of its own; wishes for another address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_details",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("travel", sa.String(length=500), nullable=False),
        sa.Column("hotel", sa.String(length=300), nullable=False),
        sa.Column("dinner", sa.String(length=300), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_person_details_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_person_details")),
    )
    op.create_table(
        "address_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_address_change_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_address_change_registration_id")),
    )
    op.execute(
        "INSERT INTO person_details (registration_id, mobile, travel, hotel, dinner, note) "
        "SELECT id, '', '', '', '', note FROM registration WHERE note <> ''"
    )
    # Both databases drop a column in place; a batch would write the whole table anew.
    op.execute("ALTER TABLE registration DROP COLUMN note")


def downgrade() -> None:
    op.add_column("registration", sa.Column("note", sa.String(length=1000), nullable=False, server_default=""))
    op.execute(
        "UPDATE registration SET note = (SELECT note FROM person_details d WHERE d.registration_id = registration.id) "
        "WHERE id IN (SELECT registration_id FROM person_details)"
    )
    op.drop_table("address_change")
    op.drop_table("person_details")
