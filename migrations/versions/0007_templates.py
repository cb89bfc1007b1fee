"""Templates, the schedule of letters, and messages that are held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _states(values: str) -> None:
    with op.batch_alter_table("mail") as batch_op:
        batch_op.drop_constraint(op.f("ck_mail_mailstate"), type_="check")
        batch_op.create_check_constraint(op.f("ck_mail_mailstate"), f"state IN ({values})")


def upgrade() -> None:
    _states("'queued', 'sent', 'failed', 'held'")
    op.create_table(
        "letter_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("variant", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("heading", sa.JSON(), nullable=False),
        sa.Column("opening", sa.JSON(), nullable=False),
        sa.Column("closing", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_letter_template_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_template")),
        sa.UniqueConstraint("edition_id", "kind", "variant", name=op.f("uq_letter_template_edition_id_kind_variant")),
    )
    op.create_table(
        "scheduled_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "reminder_first",
                "reminder_second",
                "reminder_third",
                "reminder_last",
                "join",
                "thanks",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_scheduled_step_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_step")),
        sa.UniqueConstraint("edition_id", "step", name=op.f("uq_scheduled_step_edition_id_step")),
    )
    op.create_table(
        "step_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "reminder_first",
                "reminder_second",
                "reminder_third",
                "reminder_last",
                "join",
                "thanks",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_step_mail_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_step_mail_mail_id_mail"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_step_mail_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_mail")),
        sa.UniqueConstraint("registration_id", "step", name=op.f("uq_step_mail_registration_id_step")),
    )
    with op.batch_alter_table("step_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_mail_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_step_mail_mail_id"), ["mail_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("step_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_mail_mail_id"))
        batch_op.drop_index(batch_op.f("ix_step_mail_edition_id"))

    op.drop_table("step_mail")
    op.drop_table("scheduled_step")
    op.drop_table("letter_template")
    op.execute("UPDATE mail SET state = 'failed' WHERE state = 'held'")
    _states("'queued', 'sent', 'failed'")
