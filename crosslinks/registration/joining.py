"""Registering: a place or a position, the same answer to everyone.

A known address is answered what a newcomer would get now, with a fresh unused reference, after the same number of
statements and writes; the truth goes by mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from crosslinks.consents.operations import give_consents
from crosslinks.consents.operations import write_as_much as write_as_many_consents
from crosslinks.consents.rules import Wording
from crosslinks.editions.queries import next_roster_seq
from crosslinks.editions.rules import EditionState, Mode, RegistrationWindow, registration_window
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, execute
from crosslinks.kernel.errors import Conflict
from crosslinks.kernel.tokens import new_reference
from crosslinks.questions.answers import save_answers, write_as_much
from crosslinks.questions.rules import NOTHING, Checked
from crosslinks.registration.addresses import normalise_email
from crosslinks.registration.models import Registration, Reservation, Ticket
from crosslinks.registration.notices import note, queue_letter
from crosslinks.registration.places import PlaceBook
from crosslinks.registration.reservations import find_kept, take_kept
from crosslinks.registration.rules import Details, EditionFacts, Place, Receipt, Source, Status, search_columns
from crosslinks.registration.tickets import new_ticket_id

PRIVACY_VERSION = "2024-01"
_TABLES = Registration.metadata.tables
_INSERT_PERSON = _TABLES[Registration.__tablename__].insert()
_INSERT_TICKET = _TABLES[Ticket.__tablename__].insert()


@dataclass(frozen=True)
class _Decision:
    """What a newcomer gets."""

    mode: Mode
    place: Place
    wants: Place
    joined_at: datetime | None = None
    position: int | None = None
    kept: Reservation | None = None

    @property
    def status(self) -> Status:
        """What to say about the mode that was asked for."""
        return Status.CONFIRMED if self.wants is Place.NONE else Status.WAITING


def require_open(edition: EditionFacts, now: datetime) -> None:
    """Raise ``Conflict`` unless a visitor may register at ``now``."""
    if edition.state is EditionState.ARCHIVED or now >= edition.ends_at:
        raise Conflict("edition.over")
    window = registration_window(now, edition.opens_at, edition.closes_at)
    if edition.state is EditionState.DRAFT or window is RegistrationWindow.NOT_YET:
        raise Conflict("registration.not_open")
    if window is RegistrationWindow.CLOSED:
        raise Conflict("registration.closed")


def register(
    *,
    actor: Actor,
    now: datetime,
    edition_id: int,
    details: Details,
    mode: Mode,
    meanwhile_digital: bool = False,
    source: Source = Source.FORM,
    answers: Checked = NOTHING,
    consents: Sequence[Wording] = (),
    reservation_id: int | None = None,
    told: Mapping[str, Any] | None = None,
) -> Receipt:
    """Take a place for a visitor, or join the queue, with a digital place meanwhile if asked and free.

    A known address gets what a newcomer would get; its answers and consents stay, since anybody can type it, and a
    reservation is left unused by it (see ``use_reservation``). ``told`` are more facts for the letter, such as
    ``registered_by``, the name of who did it for them. Raises ``Conflict`` when registration is closed, ``Invalid`` for
    an unusable address, ``Gone`` or ``NotFound`` for a reservation that is not kept (any more).
    """
    address = normalise_email(details.email)
    book = PlaceBook(edition_id)
    require_open(book.edition, now)
    decision = _decide(book, mode, now, meanwhile_digital=meanwhile_digital, reservation_id=reservation_id)
    known, reference = _look_up(edition_id, address[1])
    seq = next_roster_seq(edition_id)
    if known is None:
        try:
            added = _add(
                details,
                address,
                decision,
                now,
                edition_id=edition_id,
                reference=reference,
                source=source,
                roster_seq=seq,
            )
        except IntegrityError:
            known, reference = _look_up(edition_id, address[1])
            if known is None:
                raise
        else:
            save_answers(registration_id=added, answers=answers, now=now)
            give_consents(
                actor=actor, now=now, edition_id=edition_id, registration_id=added, chosen=consents,
                language=details.language,
            )  # fmt: skip
            return _welcome(added, reference, details, address[0], decision, book, actor=actor, now=now, told=told)
    else:
        _write_as_much(known.id)
    write_as_much(registration_id=known.id, answers=answers)
    write_as_many_consents(now=now, edition_id=edition_id, chosen=consents)
    return _answer_the_same(known, reference, decision, book, actor=actor, now=now, told=told)


def add_by_hand(
    *,
    actor: Actor,
    now: datetime,
    edition_id: int,
    details: Details,
    mode: Mode,
    meanwhile_digital: bool = False,
    source: Source = Source.ORGANIZER,
    override: str = "",
    answers: Checked = NOTHING,
    reservation_id: int | None = None,
    **more: Any,
) -> Receipt:
    """Register somebody for an organizer or a desk, at any time; the address may be empty, ``more`` are columns.

    ``override`` is the reason for a place although the mode is full, ``reservation_id`` the place kept for them.
    Raises ``Conflict`` when the address is known, ``Gone`` or ``NotFound`` for a place that is not kept (any more).
    """
    address = normalise_email(details.email) if details.email else ("", "")
    book = PlaceBook(edition_id)
    decision = _decide(book, mode, now, meanwhile_digital=meanwhile_digital, reservation_id=reservation_id)
    if override and decision.kept is None:
        decision = _Decision(mode, Place.of(mode), Place.NONE)
    known, reference = _look_up(edition_id, address[1])
    if known is not None:
        raise Conflict("registration.email_known")
    seq = next_roster_seq(edition_id)
    added = _add(
        details,
        address,
        decision,
        now,
        edition_id=edition_id,
        reference=reference,
        source=source,
        roster_seq=seq,
        **more,
    )
    save_answers(registration_id=added, answers=answers, now=now)
    return _welcome(added, reference, details, address[0], decision, book, actor=actor, now=now, override=override)


def _decide(
    book: PlaceBook, mode: Mode, now: datetime, *, meanwhile_digital: bool, reservation_id: int | None
) -> _Decision:
    target = Place.of(mode)
    if reservation_id is not None:
        return _Decision(mode, target, Place.NONE, kept=find_kept(book, reservation_id, mode, now))
    if book.count(mode).has_room:
        return _Decision(mode, target, Place.NONE)
    held = Place.NONE
    if meanwhile_digital and mode is Mode.ONSITE and Mode.DIGITAL in book.counts and book.count(Mode.DIGITAL).has_room:
        held = Place.DIGITAL
    return _Decision(mode, held, target, book.next_joined_at(target, now), book.position_of_newcomer(target))


_LOOK_UP = text(
    "SELECT id, reference, email, given_name, family_name, language FROM registration "
    "WHERE edition_id = :edition_id AND reference = :reference "
    "UNION ALL "
    "SELECT id, '', email, given_name, family_name, language FROM registration "
    "WHERE edition_id = :edition_id AND email_key = :key AND email_key <> '' AND cancelled_at IS NULL"
)


def _look_up(edition_id: int, key: str) -> tuple[Row[Any] | None, str]:
    """Return who holds an address now, or None, and an unused reference: one statement for everyone."""
    while True:
        reference = new_reference()
        rows = execute(_LOOK_UP, {"edition_id": edition_id, "reference": reference, "key": key}).all()
        if all(row.reference != reference for row in rows):
            return (rows[0] if rows else None), reference


def _add(details: Details, address: tuple[str, str], decision: _Decision, now: datetime, **more: Any) -> int:
    """Insert the person and their ticket within a savepoint; raises ``IntegrityError`` when the address is taken."""
    values = {
        "given_name": details.given_name,
        "family_name": details.family_name,
        "email": address[0],
        "email_key": address[1],
        "organisation": details.organisation,
        "profession": details.profession,
        "language": details.language,
        "needs_assistance": details.needs_assistance,
        "place": decision.place,
        "wants": decision.wants,
        "joined_at": decision.joined_at,
        "privacy_version": PRIVACY_VERSION,
        "privacy_seen_at": now,
        "created_at": now,
        "changed_at": now,
    }
    keys = search_columns(details.given_name, details.family_name, details.organisation, address[0], more["reference"])
    connection = db.session.connection()
    with connection.begin_nested():
        added = connection.execute(_INSERT_PERSON, values | keys | more)
        (registration_id,) = added.inserted_primary_key or (0,)
        ticket = {"registration_id": registration_id, "ticket_id": new_ticket_id(), "issued_at": now}
        connection.execute(_INSERT_TICKET, ticket)
    return registration_id


_SAME_PERSON = text("UPDATE registration SET changed_at = changed_at WHERE id = :id")
_SAME_TICKET = text("UPDATE ticket SET issued_at = issued_at WHERE registration_id = :id AND replaced_at IS NULL")


def _write_as_much(registration_id: int) -> None:
    """Write to the same tables as adding somebody does, and change nothing."""
    connection = db.session.connection()
    with connection.begin_nested():
        connection.execute(_SAME_PERSON, {"id": registration_id})
        connection.execute(_SAME_TICKET, {"id": registration_id})


def _welcome(
    registration_id: int,
    reference: str,
    details: Details,
    address: str,
    decision: _Decision,
    book: PlaceBook,
    *,
    actor: Actor,
    now: datetime,
    override: str = "",
    told: Mapping[str, Any] | None = None,
) -> Receipt:
    if address:
        facts = dict(told or {}) | ({} if decision.position is None else {"position": decision.position})
        queue_letter(
            book.edition,
            decision.status.value,
            now=now,
            registration_id=registration_id,
            language=details.language,
            to_address=address,
            to_name=f"{details.given_name} {details.family_name}".strip(),
            mode=decision.mode.value,
            **facts,
        )
    if decision.kept is not None:
        take_kept(decision.kept, book, registration_id, now)
    after = {"place": decision.place, "wants": decision.wants} | ({"override": override} if override else {})
    note(book.edition, registration_id, "created", actor=actor, now=now, after=after)
    return _close(book, decision, reference, registration_id, is_known=False)


def _answer_the_same(
    known: Row[Any],
    reference: str,
    decision: _Decision,
    book: PlaceBook,
    *,
    actor: Actor,
    now: datetime,
    told: Mapping[str, Any] | None = None,
) -> Receipt:
    queue_letter(
        book.edition,
        "already",
        now=now,
        registration_id=known.id,
        language=known.language,
        to_address=known.email,
        to_name=f"{known.given_name} {known.family_name}".strip(),
        **(told or {}),
    )
    note(book.edition, known.id, "repeated", actor=actor, now=now)
    return _close(book, decision, reference, known.id, is_known=True)


def _close(book: PlaceBook, decision: _Decision, reference: str, registration_id: int, *, is_known: bool) -> Receipt:
    """Raise the public revision when a newcomer changes the word for places left, then write."""
    book.shift(decision.place, confirmed=1)
    book.shift(decision.wants, waiting=1)
    book.close()
    db.session.flush()
    return Receipt(decision.status, decision.place, reference, decision.position, registration_id, is_known=is_known)
