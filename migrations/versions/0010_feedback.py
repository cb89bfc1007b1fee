"""What people thought"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def to_edition(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["edition_id"], ["edition.id"], name=op.f(f"fk_{table}_edition_id_edition"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "feedback_form",
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column(
            "opening",
            sa.Enum("begun", "ended", name="opening", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("last_day", sa.Date(), nullable=False),
        to_edition("feedback_form"),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_feedback_form")),
    )
    op.create_table(
        "feedback_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rating", "choice", "text", name="questionkind", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        to_edition("feedback_question"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_question")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_feedback_question_edition_id_key")),
    )
    op.create_table(
        "feedback_mark",
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        to_edition("feedback_mark"),
        sa.PrimaryKeyConstraint("edition_id", "mark", name=op.f("pk_feedback_mark")),
    )
    op.create_table(
        "feedback_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        to_edition("feedback_answer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_answer")),
    )
    op.create_index(op.f("ix_feedback_answer_edition_id"), "feedback_answer", ["edition_id"])


def downgrade() -> None:
    for table in ("feedback_answer", "feedback_mark", "feedback_question", "feedback_form"):
        op.drop_table(table)
