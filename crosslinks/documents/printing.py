"""A print run from order to file: as a job with progress, or at the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crosslinks.config import settings
from crosslinks.documents.badges import render_badges
from crosslinks.documents.operations import ROWS_AT_ONCE, BadgeOrder, log_prints
from crosslinks.documents.queries import BADGES_JOB, list_badge_people
from crosslinks.documents.renderer import renderer
from crosslinks.documents.rules import BadgeResult, badge_formats
from crosslinks.documents.sheets import badge_sheet, badges_of
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.jobs.runs import Handler, JobRun
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction

PDF = "application/pdf"


@dataclass(frozen=True)
class PrintedRun:
    """A finished run with the people on it."""

    result: BadgeResult
    registration_ids: tuple[int, ...]
    file_name: str


def print_order(
    edition_id: int, order: BadgeOrder, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> PrintedRun:
    """Read who is on a run, then make its PDF outside of any transaction. Raises ``PrintingFailed``."""
    edition = get_edition_by_id(edition_id)
    people = list_badge_people(edition_id, order.chosen)
    sheet = badge_sheet(edition, order.language)
    badges = badges_of(people, edition, sheet, settings().keys.tickets)
    file_name = f"badges-{edition.conference.slug}-{edition.slug}-{order.format_id}.pdf"
    db.session.rollback()
    on_progress(0, len(badges))
    result = render_badges(
        badges,
        sheet,
        badge_formats()[order.format_id],
        renderer=renderer,
        calibration=order.calibration,
        on_progress=lambda done: on_progress(done, len(badges)),
    )
    return PrintedRun(result, tuple(person.registration_id for person in people), file_name)


def note_prints(run: PrintedRun, order: BadgeOrder, *, moment: datetime, by: str, job_id: int | None = None) -> None:
    """Log a run in short transactions, all rows with the same moment."""
    for start in range(0, len(run.registration_ids), ROWS_AT_ONCE):
        with transaction():
            log_prints(
                now=moment,
                registration_ids=run.registration_ids[start : start + ROWS_AT_ONCE],
                format_id=order.format_id,
                printed_by=by,
                job_id=job_id,
            )


def print_badges(run: JobRun) -> None:
    """Print the order in a job's payload; what could not be printed goes into its outcome."""
    assert run.edition_id is not None
    order = BadgeOrder.of(run.payload)
    printed = print_order(run.edition_id, order, run.progress)
    result = printed.result
    run.outcome = {
        "badges": result.badges,
        "pages": result.pages,
        "missing": [[missing.reference, missing.characters] for missing in result.missing_glyphs],
    }
    if result.badges == 0:
        return
    run.finish_file(result.pdf, printed.file_name, PDF)
    note_prints(printed, order, moment=now(), by=run.payload["by"], job_id=run.job_id)


JOBS: dict[str, Handler] = {BADGES_JOB: print_badges}
