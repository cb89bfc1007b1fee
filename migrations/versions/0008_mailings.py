"""Mailings to many, who got them, and the interest list."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = ("0002", "0003")
branch_labels = None
depends_on = None


def mail_states(*states: str) -> sa.Enum:
    return sa.Enum(*states, name="mailstate", native_enum=False, create_constraint=True, length=20)


FEWER = ("queued", "sent", "failed")
MORE = (*FEWER, "held", "paused", "withheld")


def upgrade() -> None:
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.alter_column("state", existing_type=mail_states(*FEWER), type_=mail_states(*MORE))


def downgrade() -> None:
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.alter_column("state", existing_type=mail_states(*MORE), type_=mail_states(*FEWER))
