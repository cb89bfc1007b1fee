"""What is known of a person here is given out and erased; what was never answered goes with the edition."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, cast, func, select

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.invitations.erasure import erase_expired, erase_person, export_person
from crosslinks.invitations.groups import Colleague, Contact, register_group
from crosslinks.invitations.imports import upload_path
from crosslinks.invitations.inviting import Guest, Terms, accept_invitation, invite
from crosslinks.invitations.models import Group, GroupMember, ImportRun, Invitation, StagePlace
from crosslinks.invitations.rules import InvitationKind
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.models import Reservation
from crosslinks.registration.rules import BadgeRole, Details
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.invitations.factories import csv_file, import_run, person, upload

NAME, ADDRESS = "Ukjentsen", "ukjentsen@example.org"
TABLES = (Invitation, Group, GroupMember, Reservation, OutboxMail, StagePlace, ImportRun)


def traces(word: str) -> list[str]:
    """Return the columns of our tables in which a word stands."""
    found = []
    for model in TABLES:
        table = Base.metadata.tables[model.__tablename__]
        for column in table.columns:
            holds = cast(column, String).ilike(f"%{word}%")
            if db.session.scalar(select(func.count()).select_from(table).where(holds)):
                found.append(f"{table.name}.{column.name}")
    return found


def live(edition: Edition) -> int:
    """Let somebody be invited, accept, and register colleagues."""
    terms = Terms(InvitationKind.GUEST, BadgeRole.PRESS, Mode.ONSITE, "nb", NOW + timedelta(days=5), reserve=True)
    with transaction():
        invite(actor=TESTER, now=NOW, edition=edition, guests=[Guest("Una", NAME, ADDRESS, "Sted")], terms=terms)
    invitation = db.session.scalars(select(Invitation)).one()
    with transaction():
        registration_id = accept_invitation(
            actor=TESTER, now=NOW, invitation_id=invitation.id, details=Details("Una", NAME, ADDRESS), mode=Mode.ONSITE
        )
    with transaction():
        colleagues = [
            Colleague(Details("Una", NAME, ADDRESS), Mode.ONSITE),
            Colleague(Details("Kari", "Venn", "venn@example.org"), Mode.DIGITAL),
        ]
        register_group(
            actor=TESTER, now=NOW, edition=edition, contact=Contact(f"Una {NAME}", ADDRESS, "nb"), colleagues=colleagues
        )
    return registration_id


def test_given_out_and_erased(app: Flask) -> None:
    with transaction():
        edition = make_edition()
    registration_id = live(edition)
    given = export_person(registration_id=registration_id)
    assert given["invitations"][0]["email"] == ADDRESS
    assert given["groups_registered"][0]["email"] == ADDRESS
    assert given["registered_by"] == [{"contact": f"Una {NAME}", "as": f"Una {NAME}"}]
    with transaction():
        erase_person(registration_id=registration_id)
    assert [where for where in traces(NAME) if not where.startswith("mail.")] == []
    others = db.session.scalars(select(OutboxMail).where(OutboxMail.registration_id.is_distinct_from(registration_id)))
    assert [mail.kind for mail in others if NAME in f"{mail.data}{mail.to_name}"] == []
    kinds = db.session.scalars(
        select(OutboxMail.kind).where(OutboxMail.to_address == ADDRESS, OutboxMail.registration_id.is_(None))
    ).all()
    assert kinds == []
    assert db.session.scalar(select(func.count()).select_from(GroupMember)) == 1
    assert export_person(registration_id=999_999) == {}
    with transaction():
        erase_person(registration_id=999_999)


def test_with_the_edition(app: Flask, client: FlaskClient) -> None:
    with transaction():
        edition = make_edition()
    sign_in(client)
    live(edition)
    upload(client, csv_file([person(1)]))
    path = upload_path(import_run().id)
    assert erase_expired(now=NOW) == 0
    assert path.exists()
    assert erase_expired(now=NOW + timedelta(days=120)) >= 4
    assert not path.exists()
    for model in (Invitation, Group, GroupMember, ImportRun):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert [where for where in traces(NAME) if where.startswith("reservation")] == []
