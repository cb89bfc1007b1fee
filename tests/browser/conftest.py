"""One demo instance, really served, for all browser tests that only look at it."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import select, update

from crosslinks.accounts.links import mint_link
from crosslinks.accounts.models import Account
from crosslinks.accounts.operations import create_account, grant_role
from crosslinks.accounts.rules import LinkPurpose
from crosslinks.checkin.devices import get_phone
from crosslinks.checkin.models import Gate
from crosslinks.checkin.operations import enrol_device, make_door_link, revoke_device
from crosslinks.checkin.payloads import read_scan
from crosslinks.checkin.rules import GateKind
from crosslinks.checkin.scanning import examine, record_scans
from crosslinks.config import settings
from crosslinks.copies.exchange import keep_file
from crosslinks.copies.export import export_edition
from crosslinks.copies.packing import pack
from crosslinks.demo.build import default_now, make_instance
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.queries import get_edition, get_edition_by_id
from crosslinks.editions.rules import Mode
from crosslinks.feeds.operations import make_favourites
from crosslinks.feeds.queries import favourites_token
from crosslinks.invitations.columns import guess_columns
from crosslinks.invitations.imports import begin_import, get_import, order_check
from crosslinks.invitations.letters import invitation_token
from crosslinks.invitations.models import ImportRun, Invitation
from crosslinks.invitations.rows import ImportOptions
from crosslinks.invitations.rules import Answer, ImportStage
from crosslinks.jobs.operations import queue_job
from crosslinks.jobs.rules import JobState
from crosslinks.jobs.work import work_one
from crosslinks.kernel.actors import Permission, Role
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.mailings.interest import follow_path
from crosslinks.mailings.models import Follower, Mailing
from crosslinks.mailings.unsubscribe import unsubscribe_path
from crosslinks.privacy.operations import erase_person
from crosslinks.privacy.rules import ErasureKind
from crosslinks.programme.operations import create_room, create_session, create_talk
from crosslinks.programme.queries import list_public_rows
from crosslinks.programme.rules import SessionKind
from crosslinks.registration.address_change import address_token, ask_for_address, find_change
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel, set_capacity
from crosslinks.registration.public import pack_answer
from crosslinks.registration.reconfirm import set_reconfirmation, take_step
from crosslinks.registration.rules import Place, Step
from crosslinks.web.spreadsheets import keep_upload
from tests.browser.chromium import running_chromium
from tests.factories import NOW, TESTER, make_edition
from tests.feedback.factories import ask_for_feedback
from tests.instances import Instance, close_database
from tests.invitations.factories import csv_file
from tests.live.factories import open_stream
from tests.programme.handed_in import hand_in
from tests.registration.factories import make_registration, take_place

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Shown:
    """What a served demo offers to look at."""

    instance: Instance
    sign_in: str
    place_token: str
    digital_token: str
    waiting_token: str
    meanwhile_token: str
    cancelled_token: str
    moving_token: str
    address_token: str
    confirmed_state: str
    waiting_state: str
    registration_id: int
    sign_in_token: str
    invitation_token: str
    grant_id: int
    door_token: str
    gate_id: int
    device_id: int
    mail_id: int
    failed_mail_id: int
    job_id: int
    offered_token: str
    accept_token: str
    decline_token: str
    asked_token: str
    coming_token: str
    import_id: int
    checked_import_id: int
    done_import_id: int
    invitation_id: int
    invited_token: str
    declined_invitation_token: str
    expired_invitation_token: str
    sent_mailing_id: int
    draft_mailing_id: int
    follower_id: int
    follow_token: str
    unconfirmed_token: str
    unsubscribe_token: str
    live_token: str
    moved_session: int
    moved_talk: int
    feedback_token: str
    feedback_item: int
    speaker_id: int
    speaker_token: str
    moderator_token: str
    fresh_speaker_token: str
    revoked_speaker_token: str
    expired_speaker_token: str
    speaker_talk_id: int
    slides_id: int
    shown_talk: str
    shown_speaker: str
    shown_session: str
    favourites_token: str
    programme_file: str
    edition_file: str
    bad_edition_file: str

    @property
    def names(self) -> dict[str, object]:
        """What samples may name in braces."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def url(self) -> str:
        return self.instance.url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The demo, served."""
    offset = clock.offset
    app, shown = build_shown(tmp_path_factory.mktemp("demo") / "instance")
    close_database(app)
    clock.offset = offset
    with shown.instance.serving("--workers", "1"):
        yield shown


def build_shown(folder: Path) -> tuple[Flask, Shown]:
    """Build the demo with 40 people, and beside it the empty edition 2027; the clock is then the demo's."""
    instance = Instance(folder, f"sqlite:///{folder / 'crosslinks.sqlite'}")
    app = make_instance(folder, participants=40, now=default_now(), base_url=instance.url)
    with app.app_context():
        instance.settings = {"SECRET_KEY": settings().secret_key, "DEMO": "true"}
        with transaction():
            conference = db.session.scalars(select(Conference)).one()
            start = NOW + timedelta(days=1100)
            make_edition(
                conference, slug="2027", number=19, starts_at=start, ends_at=start + timedelta(hours=5),
                doors_at=None, erase_on=(start + timedelta(days=90)).date(), theme={}, venue_name="",
            )  # fmt: skip
            account = create_account(actor=TESTER, now=NOW, email="look@example.org", name="Kari Ser")
            grant_role(actor=TESTER, now=NOW, account=account, conference_id=conference.id, role=Role.OWNER)
            invited = create_account(actor=TESTER, now=NOW, email="invited@example.org", name="Ola Kommer")
            grant = grant_role(actor=TESTER, now=NOW, account=invited, conference_id=conference.id, role=Role.PROGRAMME)
            tokens = {purpose: mint_link(account=invited, purpose=purpose, real=real_now()) for purpose in LinkPurpose}
        someone = db.session.scalars(
            select(Registration).where(Registration.place == Place.ONSITE).order_by(Registration.id)
        ).first()
        assert someone is not None
        shown = Shown(
            instance=instance,
            sign_in=_sign_in_path(),
            place_token=make_link(settings().keys, LinkKind.MANAGE, someone.id, someone.epoch),
            registration_id=someone.id,
            sign_in_token=tokens[LinkPurpose.SIGN_IN],
            invitation_token=tokens[LinkPurpose.SET_PASSWORD],
            grant_id=grant.id,
            **_other_places(conference),
            **_open_door(),
            **_mails_and_job(someone),
            **_answers_wanted(conference),
            **_imports_and_invitations(someone),
            **_mailings(someone),
            live_token=open_stream(conference),
            **_timetables(conference),
            **ask_for_feedback(conference),
            **hand_in(conference),
            favourites_token=_favourites(conference),
            programme_file=_programme_file(conference),
            **_edition_files(conference),
        )
    return app, shown


def _favourites(conference: Conference) -> str:
    """Choose two talks of the demo, as a visitor does, and return the token of their list."""
    edition = get_edition(conference.slug, "2024")
    talks = [str(talk.uuid) for row in list_public_rows(edition.id) for talk in row.talks][1:3]
    with transaction():
        return favourites_token(make_favourites(edition=get_edition(conference.slug, "2024"), talks=talks))


def _programme_file(conference: Conference) -> str:
    """Leave a programme to import, as an upload does, and return the name by which its page finds it."""
    part = keep_upload(io.BytesIO(b"Start;End;Title;Speaker\n10:00;10:30;Welcome;Ada Unknown\n"))
    name = part.stem.removeprefix("import-")
    part.rename(part.with_name(f"import-{name}.programme-{get_edition(conference.slug, '2024').id}"))
    return name


def _edition_files(conference: Conference) -> dict[str, str]:
    """Leave the file of the demo's edition, and one that is wrong, as uploads do; return the names of both."""
    edition = get_edition(conference.slug, "2024")
    document = export_edition(edition, settings().uploads)
    bad = copy.deepcopy(document)
    bad.content["edition"] |= {"number": "sixteen", "time_zone": "Mars/Base"}
    bad.content["edition"]["sponsor_tiers"][0]["sponsors"][0]["links"] = [{"words": "x", "url": "javascript:alert(1)"}]
    names = {}
    for name, one in (("edition_file", document), ("bad_edition_file", bad)):
        stream = io.BytesIO()
        pack(one, stream)
        stream.seek(0)
        names[name] = keep_file(stream, edition.id)
    return names


def _other_places(conference: Conference) -> dict[str, str]:
    """Fill the edition 2028 beyond its places, close 2029, end 2039, and return the links and answers of who stand so.

    The edition 2030 is open for tests that register: those of 2024 are counted by others. In 2033 a form is built.
    """
    start = clock.now() + timedelta(days=1400)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=5), "erase_on": (start + timedelta(days=90)).date()}
    with transaction():
        full = make_edition(conference, slug="2028", number=20, onsite=1, digital=9, **times)
        make_edition(conference, slug="2029", number=21, registration_closes_at=NOW - timedelta(days=9000), **times)
        make_edition(conference, slug="2030", number=22, **times)
        _end_one(conference)
        make_edition(conference, slug="2033", number=25, **times)
        take_place(full)
        receipts = {
            "digital": take_place(full, Mode.DIGITAL, email="digital@example.org"),
            "waiting": take_place(full, email="waiting@example.org"),
            "meanwhile": take_place(full, email="meanwhile@example.org", meanwhile_digital=True),
            "cancelled": take_place(full, Mode.DIGITAL, email="cancelled@example.org"),
        }
        cancel(actor=TESTER, now=NOW, registration_id=receipts["cancelled"].registration_id)
        moving = take_place(full, Mode.DIGITAL, email="moving@example.org").registration_id
        ask_for_address(actor=TESTER, now=clock.now(), registration_id=moving, email="moved@example.org")
        change = find_change(moving)
        assert change is not None
    keys = settings().keys
    return {
        "confirmed_state": pack_answer(receipts["digital"], Mode.DIGITAL),
        "moving_token": make_link(keys, LinkKind.MANAGE, moving, 0),
        "address_token": address_token(change.id, change.seed),
        "waiting_state": pack_answer(receipts["meanwhile"], Mode.ONSITE),
        **{
            f"{who}_token": make_link(keys, LinkKind.MANAGE, receipt.registration_id, 0)
            for who, receipt in receipts.items()
        },
    }


def _timetables(conference: Conference) -> dict[str, int]:
    """Make two days that are still empty, to be built, and one of two days and two rooms with a conflict in it."""
    now = clock.now()
    start = datetime(2043, 1, 22, 9, 30, tzinfo=UTC)
    with transaction():
        for slug, number in (("2043", 35), ("2044", 36)):
            empty = make_edition(
                conference, slug=slug, number=number, starts_at=start, ends_at=start + timedelta(hours=5, minutes=5),
                doors_at=None, erase_on=(start + timedelta(days=90)).date(),
            )  # fmt: skip
            for name in ("Kaare Norum auditorium", "Hall B"):
                create_room(actor=TESTER, now=now, edition=empty, name=name, seats=300)
        busy = make_edition(
            conference, slug="2045", number=37, starts_at=start, ends_at=start + timedelta(days=1, hours=5),
            doors_at=None, erase_on=(start + timedelta(days=90)).date(),
        )  # fmt: skip
        rooms = [create_room(actor=TESTER, now=now, edition=busy, name=name) for name in ("Aula", "Hall B")]
        parts = [
            create_session(
                actor=TESTER, now=now, edition=busy, kind=kind, starts_at=start + timedelta(minutes=begins),
                ends_at=start + timedelta(minutes=begins + 60), room=rooms[room] if room is not None else None,
                title={"en": title},
            )
            for kind, begins, room, title in (
                (SessionKind.SESSION, 0, 0, "Morning"), (SessionKind.SESSION, 30, 0, "Overlapping"),
                (SessionKind.SESSION, 0, 1, "Beside it"), (SessionKind.BREAK, 90, None, "Lunch"),
                (SessionKind.SESSION, 1440, 1, "The day after"),
            )
        ]  # fmt: skip
        talk = create_talk(
            actor=TESTER, now=now, edition=busy, session=parts[0], title={"en": "Long"}, starts_at=start,
            ends_at=start + timedelta(minutes=90),
        )  # fmt: skip
    return {"moved_session": parts[0].id, "moved_talk": talk.id}


def _answers_wanted(conference: Conference) -> dict[str, str]:
    """Offer somebody of the edition 2031 a place, ask somebody whether they come, and return their links."""
    now = clock.now()
    start = now + timedelta(days=1500)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=5), "erase_on": (start + timedelta(days=90)).date()}
    with transaction():
        offering = make_edition(conference, slug="2031", number=23, onsite=2, digital=9, **times)
        set_capacity(actor=TESTER, now=now, edition_id=offering.id, mode=Mode.ONSITE, capacity=2, offer_hours=48)
        leaves, asked = take_place(offering), take_place(offering, email="asked@example.org")
        offered = take_place(offering, email="offered@example.org")
        cancel(actor=TESTER, now=now, registration_id=leaves.registration_id)
        set_reconfirmation(
            actor=TESTER, now=now, edition_id=offering.id, ask_at=now - timedelta(days=1),
            warn_at=start - timedelta(days=9), release_at=start - timedelta(days=5),
        )  # fmt: skip
        take_step(now=now, edition_id=offering.id, step=Step.ASK)

    def token(kind: LinkKind, number: int) -> str:
        return make_link(settings().keys, kind, number, 0)

    return {
        "offered_token": token(LinkKind.MANAGE, offered.registration_id),
        "accept_token": token(LinkKind.ACCEPT, offered.registration_id),
        "decline_token": token(LinkKind.DECLINE, offered.registration_id),
        "asked_token": token(LinkKind.MANAGE, asked.registration_id),
        "coming_token": token(LinkKind.COMING, asked.registration_id),
    }


def _end_one(conference: Conference) -> None:
    """Make an edition that is over, with somebody in it, of whom some were erased; call it within a transaction."""
    start = clock.now() - timedelta(days=2)
    over = make_edition(
        conference, slug="2039", number=31, starts_at=start, ends_at=start + timedelta(hours=5),
        erase_on=(start + timedelta(days=90)).date(),
    )  # fmt: skip
    numbers = [make_registration(over, email=f"over.{name}@example.org").id for name in ("one", "two", "three")]
    erase_person(actor=TESTER, now=clock.now(), registration_id=numbers[0], kind=ErasureKind.ORGANIZER)


def _open_door() -> dict[str, Any]:
    """Enrol a lane, a waiting desk and one whose access ended, send a few scans, and leave one link open."""
    gate = db.session.scalars(select(Gate).order_by(Gate.position)).first()
    assert gate is not None
    edition = db.session.get_one(Edition, gate.edition_id)
    now = clock.now()

    def link(kind: GateKind, *, approved: bool = True) -> str:
        return make_door_link(
            actor=TESTER, now=now, real=real_now(), edition=edition, gate=gate, kind=kind, valid_from=now,
            valid_until=edition.ends_at, approved=approved,
        )  # fmt: skip

    with transaction():
        lane, _token = enrol_device(now=now, real=real_now(), token=link(GateKind.LANE))
        enrol_device(now=now, real=real_now(), token=link(GateKind.DESK, approved=False))
        gone, _token = enrol_device(now=now, real=real_now(), token=link(GateKind.LANE))
        revoke_device(actor=TESTER, now=now, edition=edition, device=gone)
        waiting = link(GateKind.LANE)
    references = db.session.scalars(select(Registration.reference).order_by(Registration.id).limit(9)).all()
    shown = [
        {"id": str(uuid4()), "kind": "enter", "at": now.isoformat(), "reference": reference}
        for reference in (*references, references[0], "K7QF-2M")
    ]
    phone = get_phone(lane.id)
    with transaction():
        record_scans(
            phone=phone, scans=[examine(phone, read_scan(scan, lane.id)) for scan in [*shown, {"kind": "dance"}]],
            sent_at=now, now=now,
        )  # fmt: skip
    return {"door_token": waiting, "gate_id": gate.id, "device_id": lane.id}


def _mails_and_job(someone: Registration) -> dict[str, int]:
    """Make a message that waits, one that has failed, and a job in the middle of its work."""
    with transaction():
        first, second = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id).limit(2)).all()
        second.state, second.attempts = MailState.FAILED, 1
        second.last_error = "550 5.1.1 No such mailbox"
        job = queue_job(
            kind="looked-at", payload={}, actor=TESTER, now=NOW, conference_id=None, edition_id=someone.edition_id,
            permission=Permission.OVERVIEW, total=300,
        )  # fmt: skip
        job.state, job.done, job.started_at = JobState.RUNNING, 128, real_now()
        job.lease_until = real_now() + timedelta(days=1)
        return {"mail_id": first.id, "failed_mail_id": second.id, "job_id": job.id}


def _imports_and_invitations(someone: Registration) -> dict[str, Any]:
    """Upload a file, check another, and import a third; and give the links of invitations that the demo has."""
    edition = get_edition_by_id(someone.edition_id)
    heads = ["Fornavn", "Etternavn", "E-post", "Deltar"]
    rows = [["Nils", "Fil", "nils@example.org", "digitalt"], ["Nora", "", "nora", "kanskje"]]
    content = csv_file(rows, heads=heads)
    ids = []
    for name in ("opplastet.csv", "sjekket.csv", "importert.csv"):
        part = keep_upload(io.BytesIO(content))
        with transaction():
            ids.append(begin_import(actor=TESTER, now=clock.now(), edition=edition, file_name=name, part=part).id)
    for run_id in ids[1:]:
        with transaction():
            order_check(
                actor=TESTER, now=clock.now(), edition=edition, run=get_import(edition.id, run_id),
                columns=guess_columns(heads), options=ImportOptions(known="skip"), language="en",
            )  # fmt: skip
        work_one(owner="looked at")
    with transaction():
        db.session.execute(update(ImportRun).where(ImportRun.id == ids[2]).values(stage=ImportStage.IMPORTED))
    links = {
        one.answer: invitation_token(one) for one in db.session.scalars(select(Invitation).order_by(Invitation.id))
    }
    first = db.session.scalars(select(Invitation).order_by(Invitation.id)).first()
    still = db.session.scalars(
        select(Invitation).where(Invitation.answer == Answer.OPEN, Invitation.expires_at > clock.now())
    ).first()
    assert first is not None
    assert still is not None
    return {
        "import_id": ids[0],
        "checked_import_id": ids[1],
        "done_import_id": ids[2],
        "invitation_id": still.id,
        "invited_token": invitation_token(still),
        "declined_invitation_token": links[Answer.DECLINED],
        "expired_invitation_token": invitation_token(first),
    }


def _mailings(someone: Registration) -> dict[str, Any]:
    """Find the demo's mailings and those who asked to be told, and their links."""
    draft, sent = db.session.scalars(select(Mailing.id).order_by(Mailing.id.desc())).all()
    on, waiting = (
        db.session.scalars(select(Follower).where(condition)).first()
        for condition in (Follower.confirmed_at.is_not(None), Follower.confirmed_at.is_(None))
    )
    assert on is not None
    assert waiting is not None
    return {
        "sent_mailing_id": sent,
        "draft_mailing_id": draft,
        "follower_id": on.id,
        "follow_token": follow_path(on).rpartition("/")[2],
        "unconfirmed_token": follow_path(waiting).rpartition("/")[2],
        "unsubscribe_token": unsubscribe_path(someone).rpartition("/")[2],
    }


def _sign_in_path() -> str:
    with transaction():
        account = db.session.scalars(select(Account).where(Account.email == "look@example.org")).one()
        return f"/sign-in/{mint_link(account=account, purpose=LinkPurpose.SIGN_IN, real=real_now())}"


@pytest.fixture(scope="session")
def organizer_state(chromium: Browser, demo: Shown, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of a signed-in owner, to start other browser windows with."""
    context = chromium.new_context(base_url=demo.url)
    page = context.new_page()
    page.goto(demo.sign_in)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/manage/**")
    target = tmp_path_factory.mktemp("state") / "organizer.json"
    context.storage_state(path=target)
    context.close()
    return target


@pytest.fixture
def visitor(chromium: Browser, demo: Shown) -> Iterator[BrowserContext]:
    """A phone-sized window of somebody who is not signed in."""
    context = chromium.new_context(base_url=demo.url, viewport={"width": 390, "height": 844})
    yield context
    context.close()
