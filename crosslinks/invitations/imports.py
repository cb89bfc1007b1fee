"""An import from upload to end: what an organizer does to it. The work itself is in ``importing.py``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select

from crosslinks.config import settings
from crosslinks.editions.log import log_write
from crosslinks.editions.models import Edition
from crosslinks.invitations.models import ImportRefusal, ImportRun
from crosslinks.invitations.rows import ImportOptions
from crosslinks.invitations.rules import Field, ImportStage
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import queue_job
from crosslinks.jobs.rules import LIVE
from crosslinks.kernel.actors import Actor, Permission
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict, NotFound

IMPORT_JOB = "invitations.import"
SHOWN_RUNS = 20


def upload_path(run_id: int) -> Path:
    """Return where the file of an import lies while it lives."""
    return settings().files / f"import-{run_id}.upload"


def begin_import(*, actor: Actor, now: datetime, edition: Edition, file_name: str, part: Path) -> ImportRun:
    """Note a file that was uploaded and give it its place; nobody is registered yet."""
    run = ImportRun(
        edition_id=edition.id, file_name=file_name[:200], created_by=actor.label, created_at=now,
        uploaded_at=real_now(),
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    part.replace(upload_path(run.id))
    log_write(actor, now, edition, "import.uploaded", run.id)
    return run


def order_check(
    *,
    actor: Actor,
    now: datetime,
    edition: Edition,
    run: ImportRun,
    columns: Mapping[int, Field],
    options: ImportOptions,
    language: str,
    questions: Mapping[int, int] | None = None,
) -> Job:
    """Keep what the columns are and what shall hold, and have every row looked at; nobody is registered by it.

    ``questions`` are the ids of those that other columns answer.
    """
    _refuse_live(run)
    if run.stage in {ImportStage.IMPORTING, ImportStage.IMPORTED}:
        raise Conflict("import.begun")
    _need_file(run)
    run.columns = {str(column): field.value for column, field in columns.items()} | {
        str(column): f"q_{number}" for column, number in (questions or {}).items()
    }
    run.options = options.plain()
    run.stage = ImportStage.CHECKING
    return _queue(actor, now, edition, run, "check", language)


def order_import(*, actor: Actor, now: datetime, edition: Edition, run: ImportRun, language: str) -> Job:
    """Have the rows of a checked file registered, or go on where an import was interrupted."""
    _refuse_live(run)
    _need_file(run)
    if run.stage is ImportStage.CHECKED:
        db.session.execute(delete(ImportRefusal).where(ImportRefusal.run_id == run.id))
        run.handled = run.confirmed = run.waiting = run.known = run.refused = 0
        run.stage = ImportStage.IMPORTING
    elif run.stage is not ImportStage.IMPORTING:
        raise Conflict("import.not_checked")
    log_write(actor, now, edition, "import.started", run.id)
    return _queue(actor, now, edition, run, "import", language)


def forget_import(*, actor: Actor, now: datetime, edition: Edition, run: ImportRun) -> None:
    """Forget an import that has not begun, or its report; who was registered stays. The caller removes the file."""
    _refuse_live(run)
    log_write(actor, now, edition, "import.removed", run.id)
    db.session.delete(run)
    db.session.flush()


def kept_columns(run: ImportRun) -> tuple[dict[int, Field], dict[int, int]]:
    """Return what the columns of an import were said to hold: fields, and answers to questions by their ids."""
    names = {int(column): str(name) for column, name in run.columns.items()}
    questions = {column: int(name[2:]) for column, name in names.items() if name.startswith("q_")}
    return {column: Field(name) for column, name in names.items() if column not in questions}, questions


def _queue(actor: Actor, now: datetime, edition: Edition, run: ImportRun, act: str, language: str) -> Job:
    job = queue_job(
        kind=IMPORT_JOB,
        payload={"import": run.id, "act": act, "language": language, "by": [actor.kind, actor.id, actor.label]},
        actor=actor,
        now=now,
        conference_id=edition.conference_id,
        edition_id=edition.id,
        permission=Permission.REGISTRATIONS,
        total=run.rows,
    )
    run.job_id = job.id
    db.session.flush()
    return job


def _refuse_live(run: ImportRun) -> None:
    job = find_job(run)
    if job is not None and job.state in LIVE:
        raise Conflict("import.running")


def _need_file(run: ImportRun) -> None:
    if run.file_gone_at is not None or not upload_path(run.id).is_file():
        raise Conflict("import.file_gone")


def get_import(edition_id: int, run_id: int) -> ImportRun:
    """Return an import of this edition; raises ``NotFound``."""
    run = db.session.scalar(select(ImportRun).where(ImportRun.id == run_id, ImportRun.edition_id == edition_id))
    if run is None:
        raise NotFound("import.unknown")
    return run


def list_imports(edition_id: int) -> list[ImportRun]:
    """Return the latest imports of an edition, the last first."""
    return list(
        db.session.scalars(
            select(ImportRun).where(ImportRun.edition_id == edition_id).order_by(ImportRun.id.desc()).limit(SHOWN_RUNS)
        )
    )


def find_job(run: ImportRun) -> Job | None:
    """Return the job that works, or last worked, on an import."""
    return None if run.job_id is None else db.session.get(Job, run.job_id)


def list_refusals(run_id: int, limit: int | None = None) -> list[ImportRefusal]:
    """Return why rows of an import were refused, by row."""
    return list(
        db.session.scalars(
            select(ImportRefusal)
            .where(ImportRefusal.run_id == run_id)
            .order_by(ImportRefusal.row, ImportRefusal.id)
            .limit(limit)
        )
    )
