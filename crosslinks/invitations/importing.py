"""The work of an import: every row looked at, then registered in small transactions.

A row is done with when the transaction that registered or refused it also moved ``handled`` past it. A worker that
takes over after another was killed goes on there: nobody is registered twice and no row is passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from crosslinks.accounts.audit import record
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.editions.rules import Mode
from crosslinks.invitations.answer_columns import importable
from crosslinks.invitations.imports import IMPORT_JOB, kept_columns, upload_path
from crosslinks.invitations.models import ImportRefusal, ImportRun
from crosslinks.invitations.rows import ImportOptions, Layout, read_row
from crosslinks.invitations.rules import FILE_LIFE, Field, ImportStage, Problem, WhenKnown
from crosslinks.jobs.rules import JobStopped
from crosslinks.jobs.runs import Handler, JobRun
from crosslinks.jobs.work import Round
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import now, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.questions.queries import form_at
from crosslinks.registration.bulk import AT_ONCE, Arrival, Fate, Seat, Usher, WhenFull, add_many, find_active
from crosslinks.registration.places import PlaceBook
from crosslinks.web.languages import speaking
from crosslinks.web.spreadsheets import TableRow, read_table


@dataclass(frozen=True)
class Order:
    """An import as it was ordered."""

    run_id: int
    edition_id: int
    conference_id: int
    layout: Layout
    options: ImportOptions
    modes: frozenset[Mode]
    handled: int
    rows: int
    actor: Actor
    is_done: bool


@dataclass
class Batch:
    """The next rows: who can be registered, by row number, and what is wrong with the others."""

    last: int = 0
    people: list[tuple[int, Arrival]] = field(default_factory=list)
    refused: list[tuple[int, Problem]] = field(default_factory=list)
    bad_rows: int = 0
    known: int = 0

    def settle(self, seats: list[Seat], options: ImportOptions) -> Counter[Fate]:
        """Note who was left out although the row is good, and return how many met which fate."""
        for (number, arrival), seat in zip(self.people, seats, strict=True):
            if seat.fate is Fate.FULL:
                self.refused.append((number, Problem("full", Field.MODE, None, arrival.mode.value)))
                self.bad_rows += 1
            elif seat.fate is Fate.KNOWN:
                self.known += 1
                if options.known == WhenKnown.REPORT:
                    self.refused.append((number, Problem("known", Field.EMAIL)))
        return Counter(seat.fate for seat in seats)


def work_on_import(run: JobRun) -> None:
    """Check the rows of a file, or register them, as the payload says; the language is the organizer's."""
    with speaking(run.payload["language"]):
        order = _open(run)
        if run.payload["act"] == "check":
            _check(run, order)
        elif order.is_done:
            upload_path(order.run_id).unlink(missing_ok=True)
        else:
            _take_in(run, order)


def _open(run: JobRun) -> Order:
    found = db.session.get_one(ImportRun, run.payload["import"], populate_existing=True)
    edition = get_edition_by_id(found.edition_id)
    fields, questions = kept_columns(found)
    form = form_at(edition.id, edition.form_rev)
    if not set(questions.values()) <= {one.id for one in importable(form)}:
        raise Conflict("form.changed")
    order = Order(
        found.id, edition.id, edition.conference_id,
        Layout(fields, questions, form),
        ImportOptions(**found.options), frozenset(row.mode for row in edition.modes), found.handled, found.rows,
        Actor(*run.payload["by"]), found.stage is ImportStage.IMPORTED,
    )  # fmt: skip
    db.session.rollback()
    return order


def _batches(order: Order) -> Iterator[Batch]:
    """Read what is not handled yet in batches, each row in the context of all before it: an address counts once."""
    rows = read_table(upload_path(order.run_id))
    next(rows, None)
    first_row: dict[str, int] = {}
    batch, size = Batch(), 0
    for row in rows:
        _add(batch, row, order, first_row)
        if row.number <= order.handled:
            batch = Batch()
            continue
        batch.last = row.number
        size += 1
        if size == AT_ONCE:
            yield batch
            batch, size = Batch(), 0
    if size:
        yield batch


def _add(batch: Batch, row: TableRow, order: Order, first_row: dict[str, int]) -> None:
    read = read_row(row, order.layout, order.options, order.modes)
    if isinstance(read, Arrival) and read.key:
        earlier = first_row.setdefault(read.key, row.number)
        if earlier != row.number:
            read = [Problem("twice", Field.EMAIL, _column(order, Field.EMAIL), str(earlier))]
    if isinstance(read, Arrival):
        batch.people.append((row.number, read))
    else:
        batch.bad_rows += 1
        batch.refused += [(row.number, problem) for problem in read]


def _column(order: Order, wanted: str) -> int | None:
    return next((column for column, name in order.layout.columns.items() if name == wanted), None)


def _check(run: JobRun, order: Order) -> None:
    """Seat everybody in a book that is let go of: what the import would do if nobody came in between."""
    with transaction():
        db.session.execute(delete(ImportRefusal).where(ImportRefusal.run_id == order.run_id))
        usher = Usher(PlaceBook(order.edition_id), WhenFull(order.options.when_full))
    fates: Counter[Fate] = Counter()
    refused: list[tuple[int, Problem]] = []
    seen = bad = known = 0
    for batch in _batches(order):
        usher.meet(find_active(order.edition_id, [arrival.key for _number, arrival in batch.people]))
        db.session.rollback()
        fates += batch.settle([usher.seat(arrival, now()) for _number, arrival in batch.people], order.options)
        refused += batch.refused
        bad, known, seen = bad + batch.bad_rows, known + batch.known, batch.last - 1
        run.progress(seen, max(seen + 1, order.rows))
    for start in range(0, len(refused), 2 * AT_ONCE):
        with transaction():
            _note_refusals(order, refused[start : start + 2 * AT_ONCE])
    with transaction():
        found = db.session.get_one(ImportRun, order.run_id, populate_existing=True)
        found.stage, found.rows = ImportStage.CHECKED, seen
        found.confirmed, found.waiting = fates[Fate.CONFIRMED], fates[Fate.WAITING]
        found.known, found.refused = known, bad
    run.progress(seen, seen)


def _take_in(run: JobRun, order: Order) -> None:
    handled = order.handled
    for batch in _batches(order):
        with transaction():
            _register(order, batch, handled)
        handled = batch.last
        run.progress(handled - 1, max(handled, order.rows))
    with transaction():
        found = db.session.get_one(ImportRun, order.run_id, populate_existing=True)
        _finish(order, found, now())
    upload_path(order.run_id).unlink(missing_ok=True)
    run.progress(order.rows, order.rows)


def _register(order: Order, batch: Batch, handled: int) -> None:
    found = db.session.scalars(
        select(ImportRun)
        .where(ImportRun.id == order.run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if found.handled != handled:
        raise JobStopped
    options = order.options
    seats = add_many(
        actor=order.actor,
        now=now(),
        edition_id=order.edition_id,
        arrivals=[arrival for _number, arrival in batch.people],
        when_full=WhenFull(options.when_full),
        reason=options.reason,
        tell=options.tell,
    )
    fates = batch.settle(seats, options)
    _note_refusals(order, batch.refused)
    found.handled = batch.last
    found.confirmed += fates[Fate.CONFIRMED]
    found.waiting += fates[Fate.WAITING]
    found.known += batch.known
    found.refused += batch.bad_rows


def _note_refusals(order: Order, refused: list[tuple[int, Problem]]) -> None:
    if refused:
        rows: list[dict[str, Any]] = [
            {
                "run_id": order.run_id, "row": number, "code": problem.code, "fact": problem.fact[:100],
                "field": str(problem.field or ""),
                "column": problem.column if problem.column is not None or problem.field is None
                else _column(order, problem.field),
            }
            for number, problem in refused
        ]  # fmt: skip
        db.session.execute(insert(ImportRefusal), rows)


def _finish(order: Order, found: ImportRun, moment: datetime) -> None:
    found.stage = ImportStage.IMPORTED
    found.finished_at = moment
    found.file_gone_at = real_now()
    record(
        actor=order.actor, action="import.imported", object_kind="import", object_id=found.id, now=moment,
        conference_id=order.conference_id, edition_id=order.edition_id,
        after={"confirmed": found.confirmed, "waiting": found.waiting, "refused": found.refused,
               "rows": found.rows},
    )  # fmt: skip


def clear_uploads(_now: datetime) -> None:
    """Remove uploaded files after 24 hours, also those that no import knows; reports stay."""
    oldest = real_now() - FILE_LIFE
    with transaction():
        old = db.session.scalars(
            select(ImportRun).where(ImportRun.file_gone_at.is_(None), ImportRun.uploaded_at < oldest).limit(200)
        ).all()
        for run in old:
            run.file_gone_at = real_now()
        gone = [run.id for run in old]
    for run_id in gone:
        upload_path(run_id).unlink(missing_ok=True)
    for path in upload_path(0).parent.glob("import-*"):
        if path.stat().st_mtime < (oldest - timedelta(hours=1)).timestamp():
            path.unlink(missing_ok=True)


JOBS: dict[str, Handler] = {IMPORT_JOB: work_on_import}
CLEARING = Round("invitations.clear_uploads", timedelta(minutes=20), clear_uploads)
