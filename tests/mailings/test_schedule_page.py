"""The organizer's page of the letters that go by themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.mailings.models import ScheduledStep
from crosslinks.mailings.schedule import queue_due_steps
from crosslinks.registration.models import Registration
from tests.accounts.factories import sign_in
from tests.factories import make_edition
from tests.registration.factories import take_place

PAGE = "/manage/crosslinks/2024/mail/schedule"
LONG_AGO = datetime(2023, 10, 1, tzinfo=UTC)
SECOND_DUE = datetime(2024, 1, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def organizer(client: FlaskClient, app: Flask) -> FlaskClient:
    with transaction():
        make_edition()
    sign_in(client, Role.ORGANIZER)
    return client


def text_of(client: FlaskClient, status: int = 200) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def sent(**more: str) -> dict[str, str]:
    return {f"reminder_second-{name}": value for name, value in more.items()}


def fill(count: int) -> None:
    with transaction():
        edition = db.session.scalars(select(Edition)).one()
        edition.created_at = edition.published_at = LONG_AGO
        for number in range(count):
            take_place(edition, Mode.DIGITAL if number % 3 == 0 else Mode.ONSITE)
        db.session.execute(update(Registration).values(created_at=LONG_AGO))


def test_it_says_what_comes_next_and_what_was_passed(organizer: FlaskClient) -> None:
    text = text_of(organizer)
    assert "Next: Second reminder on Monday 22 January 2024, 09:00, to 0 people" in text
    assert "Skipped" in text
    assert "Its moment lay before the edition was published, so it did not go." in text
    assert text.count("Is coming") == 5
    assert "in the last 24 hours before gets nothing" in text


def test_it_says_how_it_went(organizer: FlaskClient) -> None:
    fill(6)
    clock.offset = SECOND_DUE - real_now()
    queue_due_steps(SECOND_DUE)
    with transaction():
        rows = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "mailings.reminder_second")).all()
        for row, state in zip(rows, ("sent", "sent", "failed", "held"), strict=False):
            row.state = MailState(state)
    text = text_of(organizer)
    for words in ("2 sent", "2 wait", "1 failed", "1 held", "Has gone"):
        assert words in text
    assert "mail?kind=mailings.reminder_second&amp;state=held" in text
    assert (
        organizer.post(f"{PAGE}/reminder_second", data=sent(is_on="y", days="2", side="before", at="09:00")).status_code
        == 422
    )


def test_a_step_is_moved_and_switched_off(organizer: FlaskClient) -> None:
    assert organizer.post(f"{PAGE}/reminder_second", data=sent(days="4", side="before", at="18:30")).status_code == 303
    row = db.session.scalars(select(ScheduledStep)).one()
    assert (row.days, row.at, row.is_on) == (-4, "18:30", False)
    assert "Switched off" in text_of(organizer)
    assert "Sunday 21 January 2024, 18:30" in text_of(organizer)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (sent(is_on="y", days="0", side="before", at="23:00"), "must go before the programme starts"),
        (sent(is_on="y", days="1", side="after", at="09:00"), "must go before the programme starts"),
        (sent(is_on="y", days="9999999999999999999999", side="before", at="09:00"), "Not a valid integer"),
        (sent(is_on="y", days="many", side="before", at="09:00"), "Not a valid integer"),
        (sent(is_on="y", days="3", side="sideways", at="09:00"), "Not a valid choice"),
        (sent(is_on="y", days="3", side="before", at="25:99"), "Not a valid time"),
        (sent(is_on="y", days="3\x00", side="before\x00", at="\x00"), "Not a valid"),
        ({}, "This field is required"),
    ],
)
def test_what_makes_no_sense_is_told_and_kept(organizer: FlaskClient, typed: dict[str, str], words: str) -> None:
    answer = organizer.post(f"{PAGE}/reminder_second", data=typed)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert db.session.scalars(select(ScheduledStep)).all() == []


def test_unknown_steps_and_editions(organizer: FlaskClient) -> None:
    assert organizer.post(f"{PAGE}/nothing", data={}).status_code == 404
    assert organizer.get(PAGE.replace("2024", "1999")).status_code == 404


def statements(client: FlaskClient) -> int:
    seen: list[str] = []

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    text_of(client)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_as_many_statements_for_few_as_for_many(organizer: FlaskClient) -> None:
    fill(3)
    clock.offset = SECOND_DUE - real_now()
    few = statements(organizer)
    fill(60)
    queue_due_steps(SECOND_DUE)
    assert statements(organizer) == few
