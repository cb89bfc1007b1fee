"""Somebody with every kind of record is erased: no trace in any column of any table, any file, any queued job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crosslinks.checkin.models import ErasedTicket, Scan
from crosslinks.checkin.queries import count_door, list_arrivals
from crosslinks.config import settings
from crosslinks.editions.kept import kept_figures
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.home.figures import edition_figures
from crosslinks.jobs.models import Job
from crosslinks.jobs.rules import JobState
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import Base, db, forget_old_pages, transaction
from crosslinks.live.queries import get_audience
from crosslinks.mail.rules import MailState
from crosslinks.privacy.models import ErasureProof
from crosslinks.privacy.operations import erase_person
from crosslinks.privacy.rules import ErasureKind
from crosslinks.questions.queries import count_answers
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from tests.checkin.factories import be_at
from tests.factories import NOW, make_edition
from tests.privacy.makers import MAKERS, Known, make_everything, make_interest
from tests.registration.factories import take_place


def spellings(word: str) -> set[str]:
    """A word as text, folded, and as JSON and addresses write it."""
    return {form.casefold() for form in (word, json.dumps(word)[1:-1])}


def values_of(value: Any) -> Iterator[str | bytes]:
    if isinstance(value, bytes):
        yield value
    elif value is not None:
        yield json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (dict, list)) else str(value)


def traces(known: Known) -> list[str]:
    """Walk every column of every table that the database has, and every file of the instance."""
    texts = {form for word in known.texts for form in spellings(word)}
    blobs = known.blobs | {word.encode() for word in known.texts if len(word) > 6}
    found = []
    db.session.rollback()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for column, content in row.items():
                for value in values_of(content):
                    if isinstance(value, bytes):
                        hits = [blob for blob in blobs if blob in value]
                    else:
                        hits = [text for text in texts if text in value.casefold()]
                    found += [f"{table.name}.{column}: {hit!r}" for hit in hits]
    db.session.rollback()
    for path in files():
        content = path.read_bytes()
        found += [f"{path.name}: {blob!r}" for blob in blobs if blob in content]
    return found


def files() -> Iterator[Path]:
    """Every file of the instance, and the database's own where it is one."""
    yield from (path for path in settings().instance.rglob("*") if path.is_file())
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        here = Path(url.database or "")
        yield from (path for path in here.parent.glob(f"{here.name}*") if path.is_file())


@pytest.fixture
def edition(app):
    with transaction():
        return make_edition(onsite=1, digital=5)


def erase(number: int, kind: ErasureKind = ErasureKind.REQUEST, now=NOW) -> None:
    with transaction():
        erase_person(actor=Actor.registrant(number), now=now, registration_id=number, kind=kind)
    forget_old_pages()


def test_the_walk_finds_what_is_there(edition):
    _number, known = make_everything(edition.id)
    found = {trace.partition(".")[0] for trace in traces(known)}
    assert {"registration", "ticket", "mail", "audit_entry", "job", "scan"} <= found
    assert any(".result" in trace for trace in traces(known))


def test_no_trace_is_left_anywhere(edition):
    number, known = make_everything(edition.id)
    make_interest(edition.id)
    with transaction():
        others = [take_place(edition, Mode.DIGITAL) for _ in range(3)]
    erase(number)
    assert traces(known) == []
    assert db.session.get(Registration, number) is None
    remaining = db.session.scalars(select(Registration.id)).all()
    assert sorted(remaining) == sorted(other.registration_id for other in others)


def test_every_table_that_knows_people_has_a_row_before(edition):
    """A table that points at registrations but got no row is not proven: add a maker for it."""
    number, _known = make_everything(edition.id)
    empty = [
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "registration" for key in column.foreign_keys)
        and db.session.execute(select(table).where(column == number).limit(1)).first() is None
    ]
    assert empty == []
    assert MAKERS


def test_aggregates_stay(edition):
    number, _known = make_everything(edition.id)
    after_the_day = db.session.get_one(Edition, edition.id).ends_at
    be_at(after_the_day)
    before = edition_figures(edition.id)
    door, by_step = count_door(edition.id), list_arrivals(edition.id)
    assert before.admitted == 1
    assert len(by_step) == 1
    audience = get_audience(edition)
    answers = {one.question.id: (one.answered, one.counts) for one in count_answers(edition.id)}
    erase(number, ErasureKind.ORGANIZER, after_the_day)
    after = edition_figures(edition.id)
    assert (after.scans, after.admitted, after.cancelled) == (before.scans, before.admitted, before.cancelled)
    assert all(after.mail[state] == before.mail[state] for state in (MailState.SENT, MailState.FAILED))
    assert after.mail[MailState.QUEUED] == 0
    assert count_door(edition.id).admitted == door.admitted
    assert list_arrivals(edition.id) == by_step
    assert get_audience(db.session.get_one(Edition, edition.id, populate_existing=True)) == audience
    assert {one.question.id: (one.answered, one.counts) for one in count_answers(edition.id)} == answers
    kept = kept_figures(edition.id)
    assert kept["onsite"] == {"2024-01-18": 1}
    assert kept["registered"] == {"2024-01-18": 2}
    assert kept["profession_other"] == {"": 1}


def test_the_next_in_line_gets_the_place_and_nobody_mails_the_erased(edition):
    number, _known = make_everything(edition.id)
    with transaction():
        waiting = take_place(edition, email="next@example.org").registration_id
    assert db.session.get_one(Registration, waiting).wants is Place.ONSITE
    erase(number)
    assert db.session.get_one(Registration, waiting, populate_existing=True).place is Place.ONSITE


def test_nobody_moves_up_once_it_is_over(edition):
    number, _known = make_everything(edition.id)
    with transaction():
        waiting = take_place(edition, email="next@example.org").registration_id
    erase(number, now=db.session.get_one(Edition, edition.id).ends_at)
    assert db.session.get_one(Registration, waiting, populate_existing=True).place is Place.NONE


def test_the_proof_counts_and_names_nobody(edition):
    number, known = make_everything(edition.id)
    erase(number)
    proof = db.session.scalars(select(ErasureProof)).one()
    assert (proof.kind, proof.people) == (ErasureKind.REQUEST, 2)
    assert proof.counts["registration"] == 2
    assert proof.counts["badge_print"] == 1
    assert proof.counts["mail"] >= 4
    assert (proof.actor_kind, proof.actor_label) == ("registrant", "")
    assert not any(word in json.dumps(proof.counts) for word in known.texts)


def test_phones_hear_of_it_and_the_scan_still_answers(edition):
    number, _known = make_everything(edition.id)
    before = db.session.get_one(Edition, edition.id).roster_seq
    rev = db.session.get_one(Registration, number).rev
    erase(number)
    marks = db.session.scalars(select(ErasedTicket).where(ErasedTicket.number == number)).all()
    assert len(marks) == 2  # the ticket and the one that it replaced
    assert all(mark.roster_seq > before and mark.rev > rev and len(mark.lane_index) == 16 for mark in marks)
    assert {scan.answer["outcome"] for scan in db.session.scalars(select(Scan))} >= {"admitted", "unknown"}


def test_jobs_forget_and_what_runs_begins_again(edition):
    number, _known = make_everything(edition.id)
    erase(number)
    jobs = db.session.scalars(select(Job).order_by(Job.id)).all()
    assert [job.state for job in jobs] == [JobState.QUEUED, JobState.QUEUED, JobState.DONE]
    assert all(job.payload["registrations"] == [99] and job.file_name == "" for job in jobs)


def test_a_number_is_never_given_again(edition, client):
    number, _known = make_everything(edition.id)
    token = place_token(db.session.get_one(Registration, number))
    erase(number)
    with transaction():
        newcomer = take_place(edition, Mode.DIGITAL)
    assert newcomer.registration_id > number
    assert client.get(f"/r/{token}").status_code == 404
