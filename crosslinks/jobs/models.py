"""Background work as rows: claimed with a lease, so a dead worker's job goes to the next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crosslinks.jobs.rules import JobState
from crosslinks.kernel.columns import JsonDict, enum_column
from crosslinks.kernel.db import Base


class Job(Base):
    """One piece of background work with its progress and, when done, its result file.

    ``quick`` work takes a moment, starts no process and has a lane of its own, so that no long work holds it back.
    ``permission`` is what it takes, in its conference, to see and fetch the result; who made it may too.
    """

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "lease_until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    conference_id: Mapped[int | None] = mapped_column(ForeignKey("conference.id", ondelete="CASCADE"))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    permission: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.QUEUED)
    quick: Mapped[bool] = mapped_column(default=False)
    payload: Mapped[JsonDict] = mapped_column(default=dict)
    outcome: Mapped[JsonDict] = mapped_column(default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    stop_requested: Mapped[bool] = mapped_column(default=False)
    lease_owner: Mapped[str] = mapped_column(String(80), default="")
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_type: Mapped[str] = mapped_column(String(100), default="")
    created_by: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class WorkerBeat(Base):
    """When a worker was last seen alive, in real time."""

    __tablename__ = "worker_beat"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]


class RoundMark(Base):
    """When a recurring piece of work is due again, in real time; one row per kind, so that one worker does it."""

    __tablename__ = "round_mark"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime]
