"""Somebody who has every kind of record. A feature that keeps more of people adds a maker to ``MAKERS``.

Each maker gets the edition's and the registration's id, opens its own transactions, and leaves rows and files that
hold the person's distinctive words. What it leaves is looked for, everywhere, after the person was erased.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID, uuid4

from sqlalchemy import JSON, Column, Enum, String, Table, insert, select

from crosslinks.accounts.audit import record
from crosslinks.checkin.devices import get_phone
from crosslinks.checkin.operations import create_gate, enrol_device, make_door_link
from crosslinks.checkin.payloads import read_scan
from crosslinks.checkin.rules import GateKind
from crosslinks.checkin.scanning import examine, record_scans
from crosslinks.documents.operations import log_prints
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.feedback.models import FeedbackMark
from crosslinks.feedback.queries import mark_of
from crosslinks.jobs.operations import queue_job
from crosslinks.jobs.rules import JobState
from crosslinks.jobs.runs import result_path
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.kernel.tokens import show_reference
from crosslinks.live.models import Presence
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import queue_mail
from crosslinks.mail.rules import MailState
from crosslinks.mailings.interest import follow
from crosslinks.questions.models import Answer
from crosslinks.questions.rules import Kind
from crosslinks.registration.corrections import change_email
from crosslinks.registration.joining import add_by_hand
from crosslinks.registration.models import PersonDetails, Registration, Reservation, Ticket
from crosslinks.registration.operations import cancel, reissue_ticket, rename, set_assistance
from crosslinks.registration.rules import Details
from tests.factories import NOW, TESTER
from tests.questions.factories import make_question

GIVEN, FAMILY = "Ælfrún", "Quistøvdal"
OLD_GIVEN = "Æfrún"
EMAIL, OLD_EMAIL = "aelfrun.quist@example.org", "typo.quist@example.org"
ORGANISATION = "Zephyrine Klinikk 4711"
NOTE = "allergisk mot xylofon"
WORDS = (
    GIVEN,
    FAMILY,
    OLD_GIVEN,
    EMAIL,
    OLD_EMAIL,
    ORGANISATION,
    NOTE,
    "Aelfrun",
    "quistovdal",
    "xylofon",
    "aelfrun quistovdal",
)


@dataclass
class Known:
    """What must not be found afterwards, as text and as bytes."""

    texts: set[str]
    blobs: set[bytes]


def make_registration(edition_id: int) -> int:
    """Register the person twice, the first time cancelled, and change all that can be changed."""
    details = Details(GIVEN, FAMILY, OLD_EMAIL, ORGANISATION, language="nb", needs_assistance=True)
    with transaction():
        first = add_by_hand(
            actor=TESTER,
            now=NOW,
            edition_id=edition_id,
            details=Details(GIVEN, FAMILY, EMAIL, ORGANISATION),
            mode=Mode.DIGITAL,
        )
    with transaction():
        cancel(actor=TESTER, now=NOW, registration_id=first.registration_id)
    with transaction():
        number = add_by_hand(
            actor=TESTER, now=NOW, edition_id=edition_id, details=details, mode=Mode.ONSITE, note=NOTE
        ).registration_id
    common = {"actor": TESTER, "now": NOW, "registration_id": number}
    with transaction():
        rename(**common, given_name=OLD_GIVEN, family_name=FAMILY, organisation=f"{ORGANISATION} AS")
        rename(**common, given_name=GIVEN, family_name=FAMILY, organisation=ORGANISATION)
        set_assistance(**common, needs_assistance=False)
        keep = db.session.get(PersonDetails, number) or PersonDetails(registration_id=number)
        keep.note = f"{NOTE}, og mer"
        db.session.add(keep)
        change_email(**common, email=EMAIL)
        reissue_ticket(**common)
    return number


def make_mails(edition_id: int, registration_id: int) -> None:
    with transaction():
        for state in MailState:
            mail_id = queue_mail(
                kind="registration.confirmed", language="nb", to_address=EMAIL, to_name=f"{GIVEN} {FAMILY}",
                data={"name": f"{GIVEN} {FAMILY}"}, now=NOW, edition_id=edition_id, registration_id=registration_id,
            )  # fmt: skip
            mail = db.session.get_one(OutboxMail, mail_id)
            mail.state, mail.last_error = state, f"550 <{EMAIL}>: no such mailbox"
        queue_mail(
            kind="registration.lost",
            language="nb",
            to_address=EMAIL.upper(),
            to_name=GIVEN,
            data={},
            now=NOW,
            edition_id=edition_id,
        )


def make_log(edition_id: int, registration_id: int) -> None:
    edition = db.session.get_one(Edition, edition_id)
    with transaction():
        record(
            actor=TESTER, action="registrations.exported", object_kind="edition", object_id=edition_id, now=NOW,
            conference_id=edition.conference_id, edition_id=edition_id,
            after={"rows": 1, "filter": f"q={quote_plus(f'{GIVEN} {FAMILY}')}&sort=name"},
        )  # fmt: skip


def make_jobs(edition_id: int, registration_id: int) -> None:
    reference = show_reference(db.session.get_one(Registration, registration_id).reference)
    with transaction():
        for state in (JobState.QUEUED, JobState.RUNNING, JobState.DONE):
            job = queue_job(
                kind="badges",
                payload={"registrations": [registration_id, 99], "names": [f"{GIVEN} {FAMILY}"]},
                actor=TESTER,
                now=NOW,
                edition_id=edition_id,
            )
            job.state = state
            if state is JobState.RUNNING:
                job.lease_owner, job.lease_until = "somebody", real_now() + timedelta(minutes=1)
            if state is JobState.DONE:
                job.outcome = {"missing": [[reference, "ǯ"]], "to": EMAIL}
                job.error = f"sent to {EMAIL}"
                job.file_name, job.file_type = "badges.pdf", "application/pdf"
                result_path(job.id).parent.mkdir(parents=True, exist_ok=True)
                result_path(job.id).write_text(f"{GIVEN} {FAMILY} {EMAIL}", "utf-8")


def make_scans(edition_id: int, registration_id: int) -> None:
    edition = db.session.get_one(Edition, edition_id)
    with transaction():
        gate = create_gate(actor=TESTER, now=NOW, edition=edition, name="Entrance")
        token = make_door_link(
            actor=TESTER,
            now=NOW,
            real=real_now(),
            edition=edition,
            gate=gate,
            kind=GateKind.DESK,
            valid_from=NOW,
            valid_until=edition.ends_at,
            approved=True,
        )
    with transaction():
        device, _token = enrol_device(now=NOW, real=real_now(), token=token)
    phone = get_phone(device.id)
    at = edition.starts_at - timedelta(minutes=20)
    person = db.session.get_one(Registration, registration_id)
    ticket = db.session.scalars(select(Ticket).where(Ticket.registration_id == registration_id)).first()
    assert ticket is not None
    forged = "CX1." + base64.b32encode(ticket.ticket_id + bytes(64)).decode().rstrip("=")
    shown = [
        {"reference": person.reference},
        {"reference": person.reference, "note": f"{GIVEN} came late", "override": f"{FAMILY} is known"},
        {"ticket": forged, "note": f"{GIVEN} {FAMILY} insists"},
        {"ticket": f"{person.reference} {EMAIL}"},
        {"reference": person.reference, "kind": "dance", "at": "never"},
    ]
    scans = [{"id": str(uuid4()), "kind": "enter", "at": at.isoformat(), **scan} for scan in shown]
    with transaction():
        record_scans(
            phone=phone, scans=[examine(phone, read_scan(scan, device.id)) for scan in scans], sent_at=at, now=at
        )


def make_prints(edition_id: int, registration_id: int) -> None:
    with transaction():
        log_prints(now=NOW, registration_ids=[registration_id], format_id="l7418", printed_by="Kari")


def make_answers(edition_id: int, registration_id: int) -> None:
    with transaction():
        edition = db.session.get_one(Edition, edition_id)
        text, choice = make_question(edition, Kind.TEXT), make_question(edition, Kind.CHOICE, explicit_consent=True)
        for question, value, picked in ((text, f"{GIVEN} {FAMILY}: {NOTE}", ""), (choice, "o1", "|o1|")):
            db.session.add(
                Answer(
                    registration_id=registration_id, question_id=question.id, value=value, picked=picked,
                    answered_at=NOW, consented_at=NOW, consent_version=1,
                )
            )  # fmt: skip


def make_stay(edition_id: int, registration_id: int) -> None:
    with transaction():
        at = db.session.get_one(Edition, edition_id).starts_at
        db.session.add(
            Presence(
                edition_id=edition_id, registration_id=registration_id, starts_at=at,
                ends_at=at + timedelta(minutes=30), minutes=30,
            )
        )  # fmt: skip


def make_reservation(edition_id: int, registration_id: int) -> None:
    with transaction():
        db.session.add(
            Reservation(
                edition_id=edition_id, mode=Mode.ONSITE, label=f"{GIVEN} {FAMILY}", expires_at=NOW, created_at=NOW,
                used_at=NOW, used_by=registration_id,
            )
        )  # fmt: skip


def make_feedback(edition_id: int, registration_id: int) -> None:
    with transaction():
        db.session.add(FeedbackMark(edition_id=edition_id, mark=mark_of(registration_id)))


def make_rows_elsewhere(edition_id: int, registration_id: int) -> None:
    """Put a row with the person's words into each table that points at registrations and has none of theirs yet.

    So a table that nobody thought of is proven too: whatever outlives the person there is found.
    """
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if _points_at(column) == "registration" and not _has_row(column, registration_id):
                with transaction():
                    db.session.execute(insert(table).values(_filled(table, {column.name: registration_id}, FAMILY)))


def _points_at(column: Column[Any]) -> str:
    return next((key.column.table.name for key in column.foreign_keys), "")


def _has_row(column: Column[Any], value: int) -> bool:
    return db.session.execute(select(column).where(column == value).limit(1)).first() is not None


def _filled(table: Table, known: dict[str, Any], word: str) -> dict[str, Any]:
    """Return a value for every column: ``word`` wherever text can stand."""
    values = dict(known)
    for column in table.columns:
        if column.name in values or (column.primary_key and column is table.autoincrement_column):
            continue
        if target := _points_at(column):
            values[column.name] = _some_key(target)
        elif not column.nullable or isinstance(column.type, (String, JSON)):
            values[column.name] = _value(column, word)
    return values


def _some_key(name: str) -> Any:
    """Return the key of a row of another table, which is made, without a word of the person, when there is none."""
    table = Base.metadata.tables[name]
    key = next(iter(table.primary_key.columns))
    found = db.session.scalar(select(key).limit(1))
    if found is None:
        made = db.session.execute(insert(table).values(_filled(table, {}, "elsewhere")))
        found = made.inserted_primary_key[0] if made.inserted_primary_key else None
    return found


def _value(column: Column[Any], word: str) -> Any:
    kind = column.type
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class)) if kind.enum_class else kind.enums[0]
    if isinstance(kind, JSON):
        return {"word": word}
    plain = kind.python_type if not hasattr(kind, "impl_instance") else kind.impl_instance.python_type
    has_room = (getattr(kind, "length", None) or 100) >= 40
    made: dict[type, Any] = {
        str: word if has_room else "x", bool: False, int: 1, float: 1.0, bytes: word.encode(),
        datetime: NOW, date: NOW.date(), UUID: uuid4(), dict: {"word": word}, list: [word],
    }  # fmt: skip
    return made[plain]


def make_interest(edition_id: int) -> None:
    """Put the person on the interest list, which is about the next edition: only their own wish takes them off."""
    with transaction():
        follow(now=NOW, conference=db.session.get_one(Edition, edition_id).conference, email=EMAIL, language="nb")


MAKERS: list[Callable[[int, int], None]] = [
    make_mails,
    make_log,
    make_jobs,
    make_scans,
    make_prints,
    make_answers,
    make_stay,
    make_reservation,
    make_feedback,
    make_rows_elsewhere,
]


def make_everything(edition_id: int) -> tuple[int, Known]:
    """Make the person with every record; return the registration's id and what must be gone after erasing it."""
    number = make_registration(edition_id)
    for maker in MAKERS:
        maker(edition_id, number)
    people = db.session.scalars(select(Registration).where(Registration.search_text.contains("quistovdal"))).all()
    tickets = [ticket.ticket_id for person in people for ticket in person.tickets]
    references = [form for person in people for form in (person.reference, show_reference(person.reference))]
    texts = {*WORDS, *references}
    marks = {mark_of(person.id) for person in people}
    for ticket in tickets:
        texts |= {
            ticket.hex(),
            base64.b32encode(ticket).decode()[:25],
            base64.b64encode(ticket).decode()[:21],
            base64.urlsafe_b64encode(ticket).decode()[:21],
        }
    return number, Known(texts, {*tickets, *marks})
