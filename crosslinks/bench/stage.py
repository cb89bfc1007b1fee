"""What the measurements run on: an instance in a temporary folder, with editions of known sizes."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from flask import Flask
from sqlalchemy import select

from crosslinks.app import create_app
from crosslinks.bench.load import Request
from crosslinks.checkin.operations import create_gate, enrol_device, make_door_link
from crosslinks.checkin.rules import GateKind
from crosslinks.config import CONFIG_FILE, load_settings, settings
from crosslinks.demo.people import invent
from crosslinks.editions.keys import open_private_key
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.operations import create_conference, create_edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.operations import create_session, create_talk
from crosslinks.programme.people import create_person
from crosslinks.programme.publishing import publish_release
from crosslinks.programme.rules import SessionKind
from crosslinks.registration.joining import register
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.rules import Details, Place, Source
from crosslinks.registration.tickets import ticket_text
from crosslinks.schema import bring_up_to_date

ACTOR = Actor.system("bench")
SLUG = "bench"
CHUNK = 200
SESSIONS = 5
START_SECONDS = 60
NO_LIMIT = 100_000_000


@dataclass(frozen=True)
class Stage:
    """One edition to measure on, with the token of a phone at its door and the tickets of its people."""

    slug: str
    edition_id: int
    phone: str
    tickets: list[str] = field(repr=False)

    def registrations(self, count: int, series: str) -> list[Request]:
        """Return requests that register ``count`` new people through the JSON twin."""
        return [
            Request(
                "POST",
                f"/api/v1/{SLUG}/{self.slug}/registrations",
                json.dumps(
                    {
                        "given_name": person.given_name,
                        "family_name": person.family_name,
                        "email": f"{series}.{number}@example.org",
                        "organisation": person.organisation,
                        "mode": "onsite",
                        "profession": person.profession.value,
                        "consent_privacy": True,
                    }
                ),
                {"Content-Type": "application/json"},
            )
            for number, person in enumerate(invent(count, seed=7))
        ]

    def scans(self, count: int) -> list[Request]:
        """Return requests that scan ``count`` tickets, one each, every one for the first time."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.phone}"}
        tickets, self.tickets[:] = self.tickets[:count], self.tickets[count:]
        return [Request("POST", "/api/v1/door/scans", _scan(ticket), headers) for ticket in tickets]


def _scan(ticket: str) -> str:
    at = real_now().isoformat()
    raw = bytearray(secrets.token_bytes(16))
    raw[6], raw[8] = raw[6] & 0x0F | 0x40, raw[8] & 0x3F | 0x80
    text = raw.hex()
    identity = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    scan = {"id": identity, "ticket": ticket, "kind": "enter", "at": at, "offline": False}
    return json.dumps({"sent_at": at, "scans": [scan]})


def make_instance(folder: Path) -> Flask:
    """Make an empty instance with raised rate limits and return its application."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG_FILE).write_text(
        f'secret_key = "{secrets.token_urlsafe(48)}"\nmail_from = "bench@example.org"\n'
        f"requests_per_client = {NO_LIMIT}\nwrites_per_address = {NO_LIMIT}\n",
        "utf-8",
    )
    app = create_app(load_settings(instance=folder))
    bring_up_to_date(app)
    with app.app_context(), transaction():
        create_conference(actor=ACTOR, now=real_now(), slug=SLUG, name="Bench", organiser="Bench")
    return app


def make_stage(slug: str, *, people: int, talks: int = 0) -> Stage:
    """Make an edition of the coming week, its door open already, with ``people`` confirmed for the room."""
    with transaction():
        edition = _make_edition(slug)
        _make_programme(edition, talks)
        edition_id, phone = edition.id, _enrol(edition)
    _register(edition_id, people)
    return Stage(slug, edition_id, phone, _tickets(edition_id))


def _make_edition(slug: str) -> Edition:
    start = real_now() + timedelta(days=6)
    return create_edition(
        actor=ACTOR,
        now=real_now(),
        conference=db.session.scalars(select(Conference)).one(),
        wrapping_key=settings().keys.tickets,
        capacities={Mode.ONSITE: 100_000, Mode.DIGITAL: None},
        slug=slug,
        number=1,
        starts_at=start,
        ends_at=start + timedelta(hours=20),
        erase_on=(start + timedelta(days=90)).date(),
        state=EditionState.PUBLISHED,
        theme={"en": "Bench", "nb": "Bench"},
    )


def _make_programme(edition: Edition, talks: int) -> None:
    people = [
        create_person(
            actor=ACTOR, now=real_now(), edition=edition, given_name=person.given_name, family_name=person.family_name
        )
        for person in invent(talks, seed=3)
    ]
    minutes = timedelta(minutes=20)
    per_session = talks // SESSIONS if talks else 0
    for number in range(SESSIONS if talks else 0):
        start = edition.starts_at + number * per_session * minutes
        session = create_session(
            actor=ACTOR, now=real_now(), edition=edition, kind=SessionKind.SESSION, starts_at=start,
            ends_at=start + per_session * minutes, title={"en": f"Session {number + 1}"},
            moderators=[people[number]],
        )  # fmt: skip
        for place in range(per_session):
            at = start + place * minutes
            speaker = people[number * per_session + place]
            create_talk(
                actor=ACTOR, now=real_now(), edition=edition, session=session, starts_at=at, ends_at=at + minutes,
                title={"en": f"What {speaker.family_name} found about tumours and their surroundings"},
                speakers=[speaker],
            )  # fmt: skip
    if talks:
        publish_release(actor=ACTOR, now=real_now(), edition=edition)


def _enrol(edition: Edition) -> str:
    now: datetime = real_now()
    gate = create_gate(actor=ACTOR, now=now, edition=edition, name="Entrance")
    token = make_door_link(
        actor=ACTOR, now=now, real=now, edition=edition, gate=gate, kind=GateKind.LANE, valid_from=now,
        valid_until=edition.ends_at, approved=True,
    )  # fmt: skip
    _device, secret = enrol_device(now=now, real=now, token=token)
    return secret


def _register(edition_id: int, count: int) -> None:
    people = list(invent(count))
    for start in range(0, count, CHUNK):
        with transaction():
            for person in people[start : start + CHUNK]:
                register(
                    actor=ACTOR, now=real_now(), edition_id=edition_id, mode=Mode.ONSITE, source=Source.API,
                    details=Details(person.given_name, person.family_name, person.email, person.organisation),
                )  # fmt: skip


def _tickets(edition_id: int) -> list[str]:
    edition = db.session.get_one(Edition, edition_id)
    key = open_private_key(settings().keys.tickets, edition.uuid, edition.ticket_private_key)
    ids = db.session.scalars(
        select(Ticket.ticket_id)
        .join(Registration)
        .where(Registration.edition_id == edition_id, Registration.place == Place.ONSITE)
        .order_by(Ticket.id)
    )
    return [ticket_text(ticket_id, edition.uuid, key) for ticket_id in ids]


def free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, folder: Path, **environment: str) -> Iterator[psutil.Process]:
    """Run a server until the body ends; the body gets its first process once it answers."""
    known = {**os.environ, "CROSSLINKS_INSTANCE": str(folder), **environment}
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, *command], env=known, stdout=log, stderr=log)  # noqa: S603
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", process)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start; see server.log in the folder of the bench")
