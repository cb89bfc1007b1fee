"""When an edition was published: nothing that was due before it goes."""

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


def downgrade() -> None:
    with op.batch_alter_table("edition") as table:
        table.drop_column("published_at")
