"""When an edition was published, as nothing due before goes; whom a mailing had before they were erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("edition", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE edition SET published_at = created_at WHERE state IN ('published', 'archived')")
    for name in ("erased", "erased_sent"):
        op.add_column("mailing", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for name in ("erased", "erased_sent"):
        with op.batch_alter_table("mailing") as table:
            table.drop_column(name)
    with op.batch_alter_table("edition") as table:
        table.drop_column("published_at")
