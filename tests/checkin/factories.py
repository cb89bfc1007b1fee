"""People with tickets, and phones at the door. Call the makers inside ``transaction()``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.checkin.models import Gate
from crosslinks.checkin.operations import create_gate, enrol_device, make_door_link
from crosslinks.checkin.rules import GateKind
from crosslinks.config import settings
from crosslinks.editions.keys import open_private_key
from crosslinks.editions.models import Edition
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import new_reference
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.rules import Place, search_key
from crosslinks.registration.tickets import new_ticket_id, ticket_text
from tests.factories import NOW, TESTER, make_edition

DOORS = datetime(2024, 1, 25, 8, 45, tzinfo=UTC)
DAY = DOORS + timedelta(minutes=20)


def be_at(moment: datetime) -> None:
    """Set the conference's clock."""
    clock.offset = moment - real_now()


def make_person(
    edition: Edition, given: str = "Máret", family: str = "Eira", *, place: Place = Place.ONSITE, **more: Any
) -> Registration:
    person = Registration(
        edition_id=edition.id, reference=new_reference(), given_name=given, family_name=family,
        name_key=search_key(given, family), place=place, created_at=NOW, changed_at=NOW, **more,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    db.session.add(Ticket(registration_id=person.id, ticket_id=new_ticket_id(), issued_at=NOW))
    db.session.flush()
    return person


def text_of(person: Registration, edition: Edition) -> str:
    """Return what the person's newest ticket carries."""
    newest = select(Ticket.ticket_id).where(Ticket.registration_id == person.id).order_by(Ticket.id.desc())
    key = open_private_key(settings().keys.tickets, edition.uuid, edition.ticket_private_key)
    return ticket_text(db.session.scalars(newest).first() or b"", edition.uuid, key)


def a_scan(ticket: str | None = None, *, at: datetime = DAY, kind: str = "enter", **more: Any) -> dict[str, Any]:
    """Return one scan as a phone sends it."""
    shown = {} if ticket is None else {"ticket": ticket}
    return {"id": str(uuid4()), "kind": kind, "at": at.isoformat(), "offline": False} | shown | more


class Phone:
    """An enrolled phone that speaks to the API."""

    def __init__(self, client: FlaskClient, token: str, device_id: int) -> None:
        self.client, self.token, self.id = client, token, device_id

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/door/{path}", headers=self.headers)

    def post(self, *scans: Any, sent_at: datetime = DAY) -> Any:
        body = {"sent_at": sent_at.isoformat(), "scans": list(scans)}
        return self.client.post("/api/v1/door/scans", json=body, headers=self.headers)

    def send(self, *scans: Any, sent_at: datetime = DAY) -> list[dict[str, Any]]:
        answer = self.post(*scans, sent_at=sent_at)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json["results"]
        return results

    def outcome(self, scan: dict[str, Any], sent_at: datetime = DAY) -> str:
        return str(self.send(scan, sent_at=sent_at)[0]["outcome"])


class Door:
    """An edition on its day with one gate, people and phones."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        with transaction():
            self.edition = make_edition()
            self.gate = create_gate(actor=TESTER, now=NOW, edition=self.edition, name="Entrance")
        be_at(DAY)

    def person(self, given: str = "Máret", family: str = "Eira", **more: Any) -> tuple[Registration, str]:
        with transaction():
            made = make_person(self.edition, given, family, **more)
            return made, text_of(made, self.edition)

    def link(self, kind: GateKind = GateKind.LANE, *, approved: bool = True, **more: Any) -> str:
        window = {"valid_from": NOW, "valid_until": self.edition.ends_at} | more
        with transaction():
            gate = db.session.get_one(Gate, self.gate.id)
            return make_door_link(actor=TESTER, now=NOW, real=real_now(), edition=self.edition, gate=gate, kind=kind,
                                  approved=approved, **window)  # fmt: skip

    def phone(self, kind: GateKind = GateKind.LANE, *, approved: bool = True, **more: Any) -> Phone:
        token = self.link(kind, approved=approved, **more)
        with transaction():
            device, secret = enrol_device(now=NOW, real=real_now(), token=token)
        return Phone(self.client, secret, device.id)
