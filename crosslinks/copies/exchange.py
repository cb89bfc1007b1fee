"""Files of editions that were sent: kept for a day at most, read, and taken in by a job."""

from __future__ import annotations

import re
import secrets
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.copies.intake import Stored, Tell, store_pictures
from crosslinks.copies.operations import Wish, take_in
from crosslinks.copies.packing import Package
from crosslinks.copies.reading import Plan, read_document
from crosslinks.copies.refusals import BadFile
from crosslinks.copies.rules import MOST_BYTES
from crosslinks.copies.words import fault_words
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import queue_job
from crosslinks.jobs.runs import Handler, JobRun
from crosslinks.kernel.actors import Actor, Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Gone, Invalid
from crosslinks.web.languages import current_language, speaking

IMPORT_JOB = "copies.import"
_NAME = re.compile(r"[0-9a-f]{24}", re.ASCII)
_PIECE = 1 << 20


def upload_path(edition_id: int, name: str) -> Path:
    """Return where a file that was sent lies; it belongs to the edition at whose page it was sent."""
    if not _NAME.fullmatch(name):
        raise Gone("copy.file_gone")
    return settings().files / f"import-{name}.edition-{edition_id}"


def keep_file(stream: IO[bytes], edition_id: int) -> str:
    """Copy a file that is sent in pieces and return its name; raises ``BadFile`` for one that is too large."""
    name = secrets.token_hex(12)
    target = upload_path(edition_id, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with target.open("wb") as out:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                target.unlink()
                raise BadFile.of("", "file_too_large")
            out.write(piece)
    return name


def look_at(path: Path) -> Plan:
    """Return what a file would make, without its pictures' content; raises ``BadFile``."""
    with Package(path) as package:
        return read_document(package.content(), package.has)


def import_file(
    *,
    actor: Actor,
    path: Path,
    wish: Wish | None = None,
    conference: Conference | None = None,
    conference_slug: str = "",
    source: str = "",
    tell: Tell = lambda _done, _total: None,
) -> int:
    """Make the edition of a file as a draft, and return its number; opens its own transaction.

    Pictures are stored before it; they are deleted when anything goes wrong, so nothing is half there. Raises
    ``BadFile`` and ``Conflict``.
    """
    stored = Stored(settings().uploads)
    try:
        with Package(path) as package:
            plan = read_document(package.content(), package.has)
            store_pictures(plan, package, stored, tell, conference=conference is None)
        chosen = wish or Wish(plan.edition.values["slug"], plan.edition.values["number"])
        with transaction():
            where = db.session.merge(conference, load=True) if conference is not None else None
            made = take_in(
                actor=actor, now=now(), plan=plan, wrapping_key=settings().keys.tickets, wish=chosen,
                conference=where, conference_slug=conference_slug, source=source or path.name,
            )  # fmt: skip
            return made.id
    except BaseException:
        stored.drop()
        raise


def order_import(*, actor: Actor, now: datetime, edition: Edition, name: str, wish: Wish) -> Job:
    """Queue the import of a file that was sent; its page shows how far it is."""
    return queue_job(
        kind=IMPORT_JOB,
        payload={
            "file": name, "slug": wish.slug, "number": wish.number, "by": list(astuple(actor)),
            "language": current_language(),
        },
        actor=actor, now=now, conference_id=edition.conference_id, edition_id=edition.id,
        permission=Permission.EDITION,
    )  # fmt: skip


def work_on_import(run: JobRun) -> None:
    """Take a file in. A worker that takes over after another was killed finds what that one has finished."""
    payload = run.payload
    with speaking(payload["language"]):
        edition_id = run.edition_id or 0
        path = upload_path(edition_id, payload["file"])
        made = _made_before(run.conference_id, payload["file"])
        if made is None:
            conference = get_edition_by_id(edition_id).conference
            db.session.rollback()
            made = _import(run, path, payload, conference)
        path.unlink(missing_ok=True)
        found = get_edition_by_id(made)
        run.outcome = {"leads_to": f"/manage/{found.conference.slug}/{found.slug}/settings"}


def _import(run: JobRun, path: Path, payload: dict[str, Any], conference: Conference) -> int:
    if not path.is_file():
        raise Gone("copy.file_gone")
    try:
        return import_file(
            actor=Actor(*payload["by"]), path=path, wish=Wish(payload["slug"], payload["number"]),
            conference=conference, source=payload["file"], tell=run.progress,
        )  # fmt: skip
    except BadFile as error:
        first = error.faults[0]
        raise Invalid("copy.bad_file", f"{first.path}: {fault_words(first)}".removeprefix(": ")) from error


def _made_before(conference_id: int | None, name: str) -> int | None:
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "edition.imported", AuditEntry.conference_id == conference_id)
    )
    made = next((entry.edition_id for entry in entries if entry.after.get("copied_from") == name), None)
    db.session.rollback()
    return made


JOBS: dict[str, Handler] = {IMPORT_JOB: work_on_import}
