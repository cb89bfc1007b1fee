"""Everybody at once: registering, cancelling, switching, answering offers, an organizer's hand, lapses, and kills.

The rules of places are looked at all the while, in one statement each time, and once more at the end.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import psutil
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import create_engine, select, text, update

from crosslinks.accounts.links import begin_session
from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.editions.models import EditionMode
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import Keys, LinkKind, make_link
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.jobs import lapse
from crosslinks.registration.models import Registration, Reservation
from crosslinks.registration.operations import set_capacity
from crosslinks.registration.queries import count_modes
from crosslinks.registration.rules import Place
from tests.accounts.factories import make_account
from tests.factories import TESTER
from tests.instances import Instance, close_database
from tests.registration.factories import take_place
from tests.registration.test_machine import CHANGES, TOLD_TOO
from tests.storm.browser import StormBrowser
from tests.storm.clients import PATH, payload
from tests.storm.test_kill import children, http_workers, kill
from tests.storm.test_places import make_day_of_300

CLIENTS, ACTS, PEOPLE, KILLS = 8, 45, 70, 3
MANAGE = "/manage/crosslinks/2024/places"
PATIENCE = 60
RULE = """
SELECT m.mode AS mode, m.queue_paused AS paused, m.capacity AS capacity, m.places_so_far AS so_far,
  (SELECT count(*) FROM registration r WHERE r.edition_id = m.edition_id AND r.place = m.mode) AS confirmed,
  (SELECT count(*) FROM registration r WHERE r.edition_id = m.edition_id AND r.wants = m.mode
    AND r.offer_until IS NOT NULL) AS offered,
  (SELECT count(*) FROM registration r WHERE r.edition_id = m.edition_id AND r.wants = m.mode
    AND r.offer_until IS NULL) AS waiting,
  (SELECT count(*) FROM reservation s WHERE s.edition_id = m.edition_id AND s.mode = m.mode
    AND s.used_at IS NULL AND s.released_at IS NULL) AS reserved
FROM edition_mode m
"""


@dataclass
class Watcher:
    """Looks at the rule of free places again and again, from outside."""

    instance: Instance
    looks: int = 0
    wrong: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        engine = create_engine(self.instance.database_url)
        while not self.ended.is_set():
            with engine.connect() as connection:
                for row in connection.execute(text(RULE)).all():
                    self.look(row._asdict())
            time.sleep(0.01)
        engine.dispose()

    def look(self, row: dict[str, int | None]) -> None:
        self.looks += 1
        limits = [limit for limit in (row["capacity"], row["so_far"]) if limit is not None]
        taken = (row["confirmed"] or 0) + (row["offered"] or 0) + (row["reserved"] or 0)
        free = min(limits) - taken if limits else None
        if row["waiting"] and not row["paused"] and (free is None or free > 0):
            self.wrong.append(f"{row}")


def _prepare(instance: Instance) -> tuple[list[int], str]:
    """Make the day, fill the room and the line, and return who can act and the organizer's cookie."""
    make_day_of_300(instance, onsite=25)
    app = instance.app()
    with app.app_context():
        with transaction():
            edition = get_edition("crosslinks", "2024")
            set_capacity(
                actor=TESTER, now=real_now(), edition_id=edition.id, mode=Mode.DIGITAL, capacity=15, offer_hours=None
            )
            people = [take_place(edition, meanwhile_digital=number % 3 == 0) for number in range(PEOPLE)]
        with transaction():
            conference = get_edition("crosslinks", "2024").conference
            account = make_account(conference=conference)
            secret = begin_session(account=account, now=real_now(), real=real_now(), by_link=False)
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        cookie = signer.dumps({"_user_id": secret, "_fresh": True, "seen": int(real_now().timestamp()), "lang": "en"})
    close_database(app)
    return [person.registration_id for person in people], f"session={cookie}"


@dataclass
class Crowd:
    """What everybody shares: who can act, their keys, and which references were acknowledged."""

    people: list[int]
    keys: Keys
    registered: list[str] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1_000_000))
    """Beyond the addresses of all who have a place already, however many tests have run before."""

    def path(self, dice: random.Random, kind: LinkKind) -> str:
        """Return the link of somebody."""
        token = make_link(self.keys, kind, dice.choice(self.people), 0)
        return f"/r/{token}" if kind is LinkKind.MANAGE else f"/{kind.value}/{token}"


def _act(browser: StormBrowser, crowd: Crowd, dice: random.Random) -> None:
    """Do one thing that people do."""
    deed = dice.randrange(8)
    if deed <= 1:
        status, answer = browser.request("POST", PATH, payload(next(crowd.numbers)))
        if status == 201:
            crowd.registered.append(json.loads(answer)["reference"].replace("-", ""))
    elif deed == 2:
        browser.answer(crowd.path(dice, LinkKind.MANAGE) + "/cancel")
    elif deed in {3, 4}:
        to = dice.choice(list(Mode)).value
        page = crowd.path(dice, LinkKind.MANAGE) + "/switch"
        browser.answer(f"{page}?to={to}", page, to=to, meanwhile=dice.randrange(2))
    elif deed == 5:
        browser.answer(crowd.path(dice, LinkKind.ACCEPT))
    elif deed == 6:
        browser.answer(crowd.path(dice, LinkKind.DECLINE))
    else:
        answer = dice.choice(["", "no", "digital"])
        page = crowd.path(dice, LinkKind.COMING)
        browser.answer(f"{page}?answer={answer}", page, answer=answer)


def _organize(browser: StormBrowser, crowd: Crowd, dice: random.Random) -> None:
    """Do one thing that an organizer does."""
    deed = dice.randrange(4)
    if deed == 0:
        sent = {"onsite-capacity": dice.randint(15, 60), "onsite-overbooking": dice.choice([0, 10])}
        more = {"onsite-offer_hours": dice.choice(["", 1, 5])}
        browser.answer(MANAGE, f"{MANAGE}/onsite", **sent, **more)
    elif deed == 1:
        browser.answer(MANAGE, f"{MANAGE}/line/{dice.choice(crowd.people)}/{dice.choice(['front', 'up', 'down'])}")
    elif deed == 2:
        until = f"{real_now() + timedelta(hours=3):%Y-%m-%dT%H:%M}"
        keep = {"keep-label": "Guest", "keep-mode": "onsite", "keep-expires_at": until}
        browser.answer(MANAGE, f"{MANAGE}/reservations", **keep)
    else:
        browser.answer(MANAGE, f"{MANAGE}/reservations/{dice.randint(1, 12)}/release")


def _client(browser: StormBrowser, act: Callable[..., None], crowd: Crowd, seed: int) -> threading.Thread:
    dice = random.Random(seed)

    def work() -> None:
        for _ in range(ACTS):
            act(browser, crowd, dice)

    return threading.Thread(target=work)


def _let_hours_pass(app: Flask) -> None:
    """Let every other open offer and kept place be over, and be a second worker's round beside the real one."""
    with app.app_context():
        over = real_now() - timedelta(minutes=1)
        with transaction():
            db.session.execute(
                update(Registration)
                .where(Registration.offer_until.is_not(None), Registration.id % 2 == 0)
                .values(offer_until=over)
            )
            db.session.execute(
                update(Reservation)
                .where(Reservation.used_at.is_(None), Reservation.released_at.is_(None), Reservation.id % 2 == 0)
                .values(expires_at=over)
            )
        lapse(real_now())
        db.session.remove()


def _storm(instance: Instance, parent: psutil.Process, app: Flask, crowd: Crowd, cookie: str) -> list[StormBrowser]:
    browsers = [StormBrowser(instance.port) for _ in range(CLIENTS - 1)]
    organizer = StormBrowser(instance.port, cookie)
    threads = [_client(browser, _act, crowd, seed) for seed, browser in enumerate(browsers)]
    threads.append(_client(organizer, _organize, crowd, CLIENTS))
    for thread in threads:
        thread.start()
    killed = 0
    while any(thread.is_alive() for thread in threads):
        _let_hours_pass(app)
        if killed < KILLS:
            workers = children(parent, "cx-worker")
            for victim in (workers, http_workers(parent)):
                if victim:
                    kill(victim[0])
            killed += 1
        time.sleep(0.3)
    for thread in threads:
        thread.join()
    for browser in (*browsers, organizer):
        browser.close()
    return [*browsers, organizer]


def _wait_until_handed_out() -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        db.session.rollback()
        if not db.session.scalars(select(EditionMode.id).where(EditionMode.places_so_far.is_not(None))).all():
            return
        lapse(real_now())
        time.sleep(0.1)
    raise AssertionError("places are still held back")


def _told_once_for_each_change() -> None:
    deeds = Counter(
        row.object_id
        for row in db.session.execute(
            select(AuditEntry.object_id, AuditEntry.action).where(AuditEntry.object_kind == "registration")
        )
        if row.action.removeprefix("registration.") in CHANGES | TOLD_TOO
    )
    assert deeds == Counter(db.session.scalars(select(OutboxMail.registration_id)).all())


def _everybody_is_there(crowd: Crowd) -> None:
    people = db.session.scalars(select(Registration)).all()
    assert set(crowd.registered) <= {person.reference for person in people}
    assert set(crowd.people) <= {person.id for person in people}
    for person in people:
        nothing = person.place is Place.NONE and person.wants is Place.NONE
        assert nothing is (person.cancelled_at is not None)
    joined = [(person.wants, person.joined_at) for person in people if person.joined_at is not None]
    assert len(set(joined)) == len(joined)


def test_the_rules_hold_while_everybody_acts_and_workers_die(instance: Instance) -> None:
    instance.settings["WRITES_PER_ADDRESS"] = "1000"
    people, cookie = _prepare(instance)
    app = instance.app()
    with app.app_context():
        crowd = Crowd(people, settings().keys)
    watcher = Watcher(instance)
    watching = threading.Thread(target=watcher.watch)
    with instance.serving("--workers", "2") as parent:
        watching.start()
        browsers = _storm(instance, parent, app, crowd, cookie)
        with app.app_context():
            _wait_until_handed_out()
    watcher.ended.set()
    watching.join()

    assert not watcher.wrong, watcher.wrong[:3]
    assert watcher.looks > CLIENTS
    assert not [one for browser in browsers for one in browser.broken]
    statuses = Counter(status for browser in browsers for status in browser.statuses)
    assert set(statuses) <= {0, 200, 201, 303, 404, 409, 410, 422, 429}, statuses
    assert statuses[303] > CLIENTS * ACTS // 8, statuses
    with app.app_context():
        _everybody_is_there(crowd)
        _told_once_for_each_change()
        for count_now in count_modes(get_edition("crosslinks", "2024").id).values():
            assert not count_now.waiting or (count_now.free is not None and count_now.free <= 0)
    close_database(app)
