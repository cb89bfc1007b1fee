"""Asking people whether they come: ask, warn, give on; everybody with fair notice, and nobody twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Invalid
from crosslinks.kernel.tokens import LinkKind
from crosslinks.mail.models import OutboxMail
from crosslinks.registration import jobs, reconfirm
from crosslinks.registration.answer_letters import LETTERS
from crosslinks.registration.jobs import reconfirm as go
from crosslinks.registration.links import answer_path, answer_token, place_token
from crosslinks.registration.models import Reconfirmation, Registration
from crosslinks.registration.operations import set_capacity, switch_mode
from crosslinks.registration.queries import count_modes
from crosslinks.registration.reconfirm import set_reconfirmation, stop_reconfirmation
from crosslinks.registration.rules import BadgeRole, Place, Status
from tests.accounts.factories import sign_in
from tests.checkin.factories import be_at
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import make_registration, take_place
from tests.registration.test_letters import letters

HOUR = timedelta(hours=1)
ASK, WARN, RELEASE = NOW + HOUR, NOW + 49 * HOUR, NOW + 97 * HOUR
PAGE = "/manage/crosslinks/2024/places/coming"


def plan(edition: Edition, **more: datetime) -> None:
    moments = {"ask_at": ASK, "warn_at": WARN, "release_at": RELEASE} | more
    set_reconfirmation(actor=TESTER, now=NOW, edition_id=edition.id, **moments)


@pytest.fixture
def edition(app: Flask) -> Edition:
    """Three places in the room, taken by registrations 1 to 3; 4 waits; 5 follows the stream."""
    with transaction():
        made = make_edition(onsite=3, digital=3)
        for _ in range(4):
            take_place(made)
        take_place(made, Mode.DIGITAL)
        plan(made)
    return made


def person(number: int) -> Registration:
    db.session.rollback()
    return db.session.get_one(Registration, number, populate_existing=True)


def kinds(number: int) -> list[str]:
    rows = db.session.scalars(
        select(OutboxMail.kind).where(OutboxMail.registration_id == number).order_by(OutboxMail.id)
    )
    return [kind.removeprefix("registration.") for kind in rows]


def url(number: int, query: str = "") -> str:
    return answer_path(LinkKind.COMING, answer_token(person(number), LinkKind.COMING), query)


def test_ask_warn_release_and_the_next_moves_up(client: FlaskClient, edition: Edition) -> None:
    go(NOW)
    assert kinds(1) == ["confirmed"]
    for _ in range(2):
        go(ASK)
    assert kinds(1) == ["confirmed", "asked"]
    assert (kinds(4), kinds(5)) == (["waiting"], ["confirmed"])
    be_at(ASK + HOUR)
    assert "Are you coming?" in client.get(url(1)).text
    answer = client.post(url(1))
    assert "look forward to seeing you" in client.get(answer.location).text
    for _ in range(2):
        go(WARN)
    assert kinds(1) == ["confirmed", "asked"]
    assert kinds(2) == ["confirmed", "asked", "warned"]
    for _ in range(2):
        go(RELEASE)
    assert (person(1).place, person(2).status, person(3).status) == (Place.ONSITE, Status.CANCELLED, Status.CANCELLED)
    assert kinds(2) == ["confirmed", "asked", "warned", "released"]
    assert person(4).place is Place.ONSITE
    assert kinds(4) == ["waiting", "promoted"]
    count = count_modes(edition.id)[Mode.ONSITE]
    assert (count.confirmed, count.free) == (2, 1)


def test_the_other_answers(client: FlaskClient, edition: Edition) -> None:
    go(ASK)
    be_at(ASK)
    page = client.get(url(2, "?answer=digital")).text
    assert "Follow the stream instead?" in page
    client.post(url(2), data={"answer": "digital"})
    assert person(2).place is Place.DIGITAL
    assert person(4).place is Place.ONSITE
    own = f"/r/{place_token(person(3))}"
    assert f"{own}/coming" in client.get(own).text
    assert client.post(f"{own}/coming").location == f"{own}?news=coming"
    assert f"{own}/coming" not in client.get(own).text
    client.post(url(3), data={"answer": "no"})
    assert person(3).status is Status.CANCELLED
    go(WARN)
    go(RELEASE)
    assert person(4).place is Place.ONSITE
    assert "asked" not in kinds(4)


def test_who_is_not_asked(app: Flask, edition: Edition) -> None:
    with transaction():
        switch_mode(actor=TESTER, now=ASK + HOUR, registration_id=3, to=Mode.DIGITAL)
    with transaction():
        made = db.session.get_one(Edition, edition.id)
        set_capacity(actor=TESTER, now=NOW, edition_id=made.id, mode=Mode.ONSITE, capacity=20)
        numbers = [make_registration(made, **more).id for more in _exempt()]
    for moment in (ASK + HOUR, WARN + HOUR, RELEASE + HOUR):
        go(moment)
    for number in (3, 4, *numbers):
        assert {"asked", "warned", "released"}.isdisjoint(kinds(number))
        assert person(number).cancelled_at is None
    assert person(1).status is Status.CANCELLED


def _exempt() -> list[dict[str, Any]]:
    roles = [role for role in BadgeRole if role is not BadgeRole.PARTICIPANT]
    return [{"email": ""}, *({"role": role} for role in roles)]


def test_who_wants_the_stream_too_keeps_waiting_for_it(app: Flask) -> None:
    with transaction():
        edition = make_edition(onsite=1, digital=1)
        room = take_place(edition)
        take_place(edition, Mode.DIGITAL)
        switch_mode(actor=TESTER, now=NOW, registration_id=room.registration_id, to=Mode.DIGITAL)
        plan(edition)
    for moment in (ASK, WARN, RELEASE):
        go(moment)
    waits = person(room.registration_id)
    assert (waits.place, waits.wants, waits.status) == (Place.NONE, Place.DIGITAL, Status.WAITING)


def test_late_mails_give_fair_notice(edition: Edition) -> None:
    go(RELEASE)
    assert kinds(1) == ["confirmed", "asked"]
    go(RELEASE + 23 * HOUR)
    assert kinds(1) == ["confirmed", "asked"]
    go(RELEASE + 24 * HOUR)
    assert kinds(1) == ["confirmed", "asked", "warned"]
    go(edition.starts_at)
    go(edition.starts_at + HOUR)
    assert person(1).place is Place.ONSITE


def test_a_later_plan_asks_again_and_a_stopped_one_nobody(edition: Edition) -> None:
    go(ASK)
    with transaction():
        plan(edition, warn_at=WARN + HOUR)
    go(ASK + HOUR)
    assert kinds(1) == ["confirmed", "asked"]
    with transaction():
        plan(edition, ask_at=ASK + 2 * HOUR)
    go(ASK + 2 * HOUR)
    assert kinds(1) == ["confirmed", "asked", "asked"]
    with transaction():
        stop_reconfirmation(actor=TESTER, now=NOW, edition_id=edition.id)
        stop_reconfirmation(actor=TESTER, now=NOW, edition_id=edition.id)
    go(RELEASE)
    assert person(1).place is Place.ONSITE


def test_a_killed_worker_loses_nobody(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconfirm, "MOST_ASKED", 1)
    monkeypatch.setattr(reconfirm, "MOST_RELEASED", 1)
    real, left = jobs.take_step, iter([True, False, True, True, False, True, False] + [True] * 99)

    def dying(**values: Any) -> bool:
        if not next(left):
            raise SystemExit
        return real(**values)

    monkeypatch.setattr(jobs, "take_step", dying)
    for moment in (ASK, WARN, RELEASE):
        for _ in range(5):
            try:
                go(moment)
            except SystemExit:
                db.session.rollback()
    for number in (1, 2, 3):
        assert kinds(number) == ["confirmed", "asked", "warned", "released"]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_letters(app: Flask, language: str) -> None:
    with transaction():
        edition = make_edition(onsite=1)
        take_place(edition, language=language)
        plan(edition)
    for moment in (ASK, WARN, RELEASE):
        go(moment)
    written = [letter for letter in letters() if letter.kind in LETTERS]
    assert len(written) == 3
    for letter in written:
        message = LETTERS[letter.kind](letter)
        assert "Cancer Crosslinks 2024" in message.subject
        assert "{{" not in message.text + message.html
        assert ("?answer=no" in message.text) is (letter.kind != "registration.released")
        assert "/coming/…" in LETTERS[letter.kind](replace(letter, preview=True)).text or "released" in letter.kind


def test_moments_in_the_wrong_order_are_refused(client: FlaskClient, edition: Edition) -> None:
    for wrong in ({"ask_at": WARN}, {"warn_at": RELEASE}, {"release_at": edition.starts_at}):
        with pytest.raises(Invalid, match=r"reconfirmation\.order"), transaction():
            plan(edition, **wrong)
    sign_in(client)
    good = {"ask_at": "2024-01-19T09:00", "warn_at": "2024-01-21T09:00", "release_at": "2024-01-23T09:00"}
    assert client.post(PAGE, data=good).status_code == 303
    for field, value in (
        ("ask_at", "2024-01-21T09:00"), ("ask_at", ""), ("ask_at", "soon"), ("warn_at", "2024-01-23T09:00"),
        ("release_at", "2024-01-25T10:30"), ("release_at", "9999-12-31T23:59"), ("ask_at", "\x00"),
    ):  # fmt: skip
        answer = client.post(PAGE, data=good | {field: value})
        assert answer.status_code == 422, (field, value)
    assert db.session.get_one(Reconfirmation, edition.id).warn_at == datetime.fromisoformat("2024-01-21T08:00:00+00:00")


def test_the_page_counts_the_answers(client: FlaskClient, edition: Edition) -> None:
    sign_in(client)
    assert "Nobody has been asked yet" in client.get(PAGE).text
    go(ASK)
    be_at(ASK)
    client.post(url(1))
    page = " ".join(client.get(PAGE).text.split())
    assert "<dt>Coming</dt><dd>1" in page
    assert "<dt>Not answered</dt><dd>2" in page
    assert client.post(f"{PAGE}/stop").status_code == 303
    assert "Nobody is asked." in client.get(PAGE).text
