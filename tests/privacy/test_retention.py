"""What is erased by itself: every day, in short transactions, by any number of workers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Thread
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text

from crosslinks.accounts.models import AuditEntry
from crosslinks.checkin.models import Scan
from crosslinks.editions.kept import kept_figures
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.editions.rules import Mode
from crosslinks.home.figures import edition_figures
from crosslinks.jobs.work import work_one
from crosslinks.kernel.actors import Actor, Role
from crosslinks.kernel.db import db, forget_old_pages, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.privacy import operations
from crosslinks.privacy.models import ErasureProof
from crosslinks.privacy.operations import RETENTION, erase_some
from crosslinks.privacy.queries import list_due_editions
from crosslinks.privacy.retention import make_round
from crosslinks.privacy.rules import is_past_erase_date
from crosslinks.registration.models import Registration
from tests.accounts.factories import sign_in
from tests.checkin.factories import be_at
from tests.factories import make_conference, make_edition
from tests.privacy.makers import make_everything
from tests.privacy.test_delete_me import traces
from tests.registration.factories import take_place

OVER = datetime.fromisoformat("2024-04-25T04:00:00+00:00")


@pytest.fixture
def edition(app):
    with transaction():
        return make_edition(onsite=3, digital=None)


def people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Registration)) or 0


def test_the_day_begins_in_the_editions_zone(edition):
    last_evening = datetime.fromisoformat("2024-04-24T21:59:59+00:00")
    assert not is_past_erase_date(last_evening, date(2024, 4, 25), edition.zone)
    assert is_past_erase_date(last_evening + timedelta(seconds=1), date(2024, 4, 25), edition.zone)
    assert list_due_editions(last_evening) == []
    assert list_due_editions(OVER) == [edition.id]


def test_nobody_is_erased_before_it_is_over(app):
    with transaction():
        early = make_edition(erase_on=date(2024, 1, 10))
        take_place(early)
    make_round(datetime.fromisoformat("2024-01-20T04:00:00+00:00"))
    assert people() == 1


def test_the_round_erases_everybody_and_keeps_the_counts(edition):
    _number, known = make_everything(edition.id)
    with transaction():
        for _ in range(23):
            take_place(edition, Mode.DIGITAL)
        waiting = [take_place(edition) for _ in range(5)]
        other = make_edition(make_conference("other"), slug="2030", erase_on=date(2030, 1, 1))
        stays = take_place(other).registration_id
    assert waiting
    before = edition_figures(edition.id)
    be_at(OVER)
    make_round(OVER)
    assert db.session.scalars(select(Registration.id)).all() == [stays]
    assert traces(known) == []
    after = edition_figures(edition.id)
    assert (after.admitted, after.scans, after.cancelled) == (before.admitted, before.scans, before.cancelled)
    kept = {name: sum(steps.values()) for name, steps in kept_figures(edition.id).items()}
    assert kept["registered"] == 30
    assert (kept["onsite"], kept["digital"], kept["waiting"], kept["cancelled"]) == (3, 23, 3, 1)
    proof = db.session.scalars(select(ErasureProof)).one()
    assert (proof.people, proof.counts["registration"]) == (30, 30)
    assert proof.actor_kind == "system"


def test_old_lines_of_the_log_keep_who_what_and_when(edition):
    make_everything(edition.id)
    before = db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    make_round(OVER)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.edition_id == edition.id)).all()
    assert len(entries) >= before - 1
    assert all(not entry.before and not entry.after for entry in entries if entry.object_kind == "registration")
    assert any(entry.after for entry in entries if entry.object_kind == "edition")  # the edition's own history stays
    assert all(entry.action and entry.at and entry.actor_kind for entry in entries)
    assert all(not scan.raw and scan.registration_id is None for scan in db.session.scalars(select(Scan)))
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 0


def test_it_goes_on_where_it_was_broken_off(edition, monkeypatch):
    with transaction():
        for _ in range(25):
            take_place(edition, Mode.DIGITAL)
    calls = SimpleNamespace(left=2)
    erase = operations.erase_some

    def break_off(**more):
        if not calls.left:
            raise KeyboardInterrupt
        calls.left -= 1
        return erase(**more)

    monkeypatch.setattr("crosslinks.privacy.retention.erase_some", break_off)
    with pytest.raises(KeyboardInterrupt):
        make_round(OVER)
    assert people() == 25 - 2 * operations.PEOPLE_AT_ONCE
    monkeypatch.undo()
    make_round(OVER)
    assert people() == 0
    assert sum(proof.people for proof in db.session.scalars(select(ErasureProof))) == 25


def test_several_workers_erase_each_once(app, edition):
    with transaction():
        for _ in range(30):
            take_place(edition, Mode.DIGITAL)
    counts = []

    def work() -> None:
        with app.app_context():
            erased = 0
            while True:
                with transaction():
                    some = erase_some(actor=RETENTION, now=OVER, edition=db.session.get_one(Edition, edition.id))
                if not some:
                    break
                erased += some
            counts.append(erased)
            db.session.remove()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 30
    db.session.rollback()
    assert sum(kept_figures(edition.id)["registered"].values()) == 30
    assert sum(proof.people for proof in db.session.scalars(select(ErasureProof))) == 30


def test_a_second_round_does_nothing(edition):
    with transaction():
        take_place(edition)
    make_round(OVER)
    lines = db.session.scalar(select(func.count()).select_from(AuditEntry))
    make_round(OVER + timedelta(days=1))
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == lines
    assert len(db.session.scalars(select(ErasureProof)).all()) == 1


def test_erase_now_is_a_job(client, edition):
    with transaction():
        for _ in range(12):
            take_place(edition, Mode.DIGITAL)
    sign_in(client, Role.OWNER)
    be_at(edition.ends_at)
    assert client.post("/manage/crosslinks/2024/privacy/erase").status_code == 303
    assert work_one(owner="test")
    assert people() == 0
    proof = db.session.scalars(select(ErasureProof)).one()
    assert (proof.people, proof.actor_kind, proof.actor_label) == (12, "account", "Ola Nordmann")


def test_who_did_not_wait_for_the_erase_date_stands_beside_the_round(client, edition):
    with transaction():
        take_place(edition, Mode.DIGITAL)
    be_at(OVER)
    make_round(OVER)
    with transaction():
        for _ in range(2):
            take_place(edition, Mode.DIGITAL)
    for name in ("Kari", "Ola"):
        with transaction():
            erase_some(actor=Actor.account(7, name), now=OVER, edition=get_edition_by_id(edition.id), limit=1)
    proofs = db.session.scalars(select(ErasureProof).order_by(ErasureProof.id)).all()
    assert [(one.people, one.actor_kind, one.actor_label) for one in proofs] == [
        (1, "system", "retention"), (1, "account", "Kari"), (1, "account", "Ola"),
    ]  # fmt: skip
    sign_in(client, Role.OWNER)
    page = client.get("/manage/crosslinks/2024/privacy").text
    assert page.count("The erase date, everybody") == 1
    assert page.count("Everybody, by an organizer") == 2
    logged = client.get("/manage/crosslinks/2024/log").text
    assert logged.count("participants erased on the erase date") >= 1
    assert "all participants erased at once" in logged


def test_sqlite_overwrites_what_it_deletes(app, database_url):
    if not database_url.startswith("sqlite"):
        assert forget_old_pages()
        return
    assert db.session.scalar(text("PRAGMA secure_delete")) == 1
    db.session.rollback()
    assert forget_old_pages()
