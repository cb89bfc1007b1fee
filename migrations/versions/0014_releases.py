"""Releases of the programme: what is in the programme now becomes release 1 of its edition, so that nothing vanishes."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = ("draft", "sent", "discarded")


def upgrade() -> None:
    op.create_table(
        "programme_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_programme_release_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_release")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_programme_release_edition_id_number")),
    )
    op.create_table(
        "release_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="draftstate", native_enum=False, length=20, create_constraint=True),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_release_letter_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_release_letter_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_letter")),
    )
    op.create_index(op.f("ix_release_letter_edition_id_state"), "release_letter", ["edition_id", "state"])
    op.create_index(op.f("ix_release_letter_person_id"), "release_letter", ["person_id"])
    freeze_what_is_there()


def freeze_what_is_there() -> None:
    """Give every edition that has a programme its release 1."""
    connection = op.get_bind()
    sessions = _rows(
        "session", "id uuid edition_id kind title summary starts_at ends_at room_id streamed is_demo",
        "starts_at ends_at id",
    )  # fmt: skip
    if not sessions:
        return
    parts = _Parts()
    releases = sa.table(
        "programme_release", sa.column("edition_id"), sa.column("number"), sa.column("rev"),
        sa.column("published_at", sa.DateTime(timezone=True)), sa.column("published_by"), sa.column("note", sa.JSON),
        sa.column("content", sa.JSON), sa.column("changes", sa.JSON),
    )  # fmt: skip
    by_edition: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for session in sessions:
        by_edition[session.edition_id].append(parts.session(session))
    for edition_id, content in by_edition.items():
        connection.execute(
            releases.insert().values(
                edition_id=edition_id, number=1, rev=1, published_at=_now(connection), published_by="", note={},
                content={"sessions": content}, changes={"groups": []},
            )
        )  # fmt: skip
    connection.execute(sa.text("UPDATE edition SET public_rev = public_rev + 1"))


class _Parts:
    """The rows that stand within sessions, read once each."""

    def __init__(self) -> None:
        self.rooms = {row.id: row.name for row in _rows("room", "id name", "id")}
        self.moderators = _people("session_moderator", "session_id")
        self.speakers = _people("talk_speaker", "talk_id")
        self.talks: dict[int, list[dict[str, Any]]] = defaultdict(list)
        names = "id uuid session_id slug kind title abstract abstract_language starts_at ends_at is_demo"
        for talk in _rows("talk", names, "starts_at position id"):
            self.talks[talk.session_id].append(self._talk(talk))

    def session(self, row: Any) -> dict[str, Any]:
        return {
            "id": row.id,
            "uuid": str(row.uuid),
            "kind": row.kind,
            "title": row.title,
            "summary": row.summary,
            "starts_at": _moment(row.starts_at),
            "ends_at": _moment(row.ends_at),
            "room_id": row.room_id,
            "room": self.rooms.get(row.room_id, ""),
            "streamed": bool(row.streamed),
            "moderators": self.moderators[row.id],
            "talks": self.talks[row.id],
            "is_demo": bool(row.is_demo),
        }

    def _talk(self, row: Any) -> dict[str, Any]:
        return {
            "id": row.id,
            "uuid": str(row.uuid),
            "slug": row.slug,
            "kind": row.kind,
            "title": row.title,
            "abstract": row.abstract,
            "abstract_language": row.abstract_language,
            "starts_at": _moment(row.starts_at),
            "ends_at": _moment(row.ends_at),
            "speakers": self.speakers[row.id],
            "is_demo": bool(row.is_demo),
        }


def _rows(table: str, names: str, order: str) -> list[Any]:
    types: dict[str, Any] = {
        "uuid": sa.Uuid(), "title": sa.JSON(), "summary": sa.JSON(), "starts_at": sa.DateTime(timezone=True),
        "ends_at": sa.DateTime(timezone=True),
    }  # fmt: skip
    columns = [sa.column(name, types.get(name)) for name in dict.fromkeys([*names.split(), *order.split()])]
    source = sa.table(table, *columns)
    return list(op.get_bind().execute(sa.select(*columns).order_by(*(source.c[name] for name in order.split()))))


def _people(table: str, part: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in _rows(table, f"{part} person_id", "position person_id"):
        found[getattr(row, part)].append(row.person_id)
    return found


def _moment(value: datetime) -> str:
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()


def _now(connection: sa.Connection) -> datetime:
    moment = datetime.now(UTC)
    return moment.replace(tzinfo=None) if connection.dialect.name == "sqlite" else moment


def downgrade() -> None:
    for name in ("release_letter", "programme_release"):
        op.drop_table(name)
