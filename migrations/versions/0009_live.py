"""The stream and who was there"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stream",
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("link", "embed", name="streamkind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("captions", sa.JSON(), nullable=False),
        sa.Column("opens_before", sa.Integer(), nullable=False),
        sa.CheckConstraint("opens_before >= 0", name=op.f("ck_stream_opens_before")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_stream_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_stream")),
    )
    op.create_table(
        "presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_presence_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_presence_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_edition_id_ends_at"), "presence", ["edition_id", "ends_at"])
    op.create_index(op.f("ix_presence_registration_id_ends_at"), "presence", ["registration_id", "ends_at"])
    op.execute(
        "INSERT INTO stream (edition_id, kind, address, captions, opens_before) "
        "SELECT id, 'link', stream_url, '{}', 15 FROM edition WHERE stream_url LIKE 'https://%'"
    )
    # Plain ALTER TABLE: a batch would drop and make the table anew, and its rows' children with it.
    op.drop_column("edition", "stream_url")


def downgrade() -> None:
    op.add_column("edition", sa.Column("stream_url", sa.String(length=500), server_default="", nullable=False))
    op.execute(
        "UPDATE edition SET stream_url = COALESCE("
        "(SELECT address FROM stream WHERE stream.edition_id = edition.id), '')"
    )
    op.drop_table("presence")
    op.drop_table("stream")
