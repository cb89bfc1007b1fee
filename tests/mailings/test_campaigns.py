"""A mailing from draft to the last message: written, counted, confirmed, queued once each, paused, called back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from crosslinks.editions.models import Edition
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import request_stop
from crosslinks.jobs.work import work_one
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.delivery import Delivery
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.mail.smtp import Postman, read_smtp_url
from crosslinks.mailings.erasure import forget_edition
from crosslinks.mailings.models import Mailing, MailingRecipient
from crosslinks.mailings.purposes import MailingState
from crosslinks.privacy.operations import erase_person
from crosslinks.privacy.rules import ErasureKind
from crosslinks.registration.models import Registration
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.mail.smtp import SmtpDouble, smtp_server
from tests.mailings.factories import FILLED, make_mailing
from tests.registration.factories import make_registration

__all__ = ["smtp_server"]
BASE = "/manage/crosslinks/2024/mailings"


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def organizer(client: FlaskClient, edition: Edition) -> FlaskClient:
    sign_in(client, Role.ORGANIZER)
    return client


@pytest.fixture
def sending(app: Flask, smtp_server: SmtpDouble) -> Iterator[Delivery]:
    made = Delivery("test", Postman(read_smtp_url(smtp_server.url), 5.0))
    yield made
    made.close()


def people(edition: Edition, count: int) -> None:
    with transaction():
        for number in range(count):
            make_registration(edition, email=f"p{number}@example.org", given_name=f"Per{number}")
        db.session.execute(update(OutboxMail).values(state=MailState.SENT))


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def send_all(sending: Delivery) -> None:
    while sending.send_batch():
        pass


def states(mailing_id: int) -> dict[str, MailState]:
    db.session.rollback()
    rows = db.session.execute(
        select(OutboxMail.to_address, OutboxMail.state)
        .join(MailingRecipient, MailingRecipient.mail_id == OutboxMail.id)
        .where(MailingRecipient.mailing_id == mailing_id)
    )
    return {row[0]: row[1] for row in rows}


def test_a_mailing_is_written_counted_confirmed_and_sent_once_to_each(
    organizer: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    people(edition, 3)
    assert "No mailings yet" in page(organizer, BASE)
    assert "Reaches 3 people now" in page(organizer, f"{BASE}/new")
    answer = organizer.post(f"{BASE}/new", data=FILLED)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    url = answer.location
    shown = page(organizer, url)
    assert "As it will be read" in shown
    letter = page(organizer, f"{url}/preview")
    assert "Hello Per0" in letter
    assert "/r/…" in letter

    assert organizer.post(f"{url}/test").status_code == 303
    send_all(sending)
    assert [one.message["Subject"] for one in smtp_server.taken] == ["Test: Practical: Cancer Crosslinks 2024"]
    smtp_server.taken.clear()

    asked = page(organizer, f"{url}/send")
    assert "Send to 3 people?" in asked
    assert organizer.post(f"{url}/send", data={"people": "2"}).status_code == 409
    assert organizer.post(f"{url}/send", data={"people": "x"}).status_code == 409
    assert organizer.post(f"{url}/send", data={"people": "3"}).status_code == 303
    assert organizer.post(f"{url}/send", data={"people": "3"}).status_code == 303, "sent twice by a double click"
    assert work_one(owner="test")
    send_all(sending)
    assert sorted(smtp_server.receivers()) == ["p0@example.org", "p1@example.org", "p2@example.org"]
    first = next(one for one in smtp_server.taken if one.receiver == "p0@example.org")
    text = first.message.get_body(("plain",))
    assert text is not None
    assert "Hello Per0 Nordlie" in text.get_content()
    assert re.search(r"https?://\S+/r/[\w-]{30}", text.get_content())
    assert first.message["List-Unsubscribe"] is None, "what is about one's own registration has none"
    assert "Sent" in page(organizer, BASE)
    assert "3 of 3 people" in page(organizer, url)
    assert "p0@example.org" in page(organizer, f"{url}/recipients")


def test_a_mailing_that_cannot_be_filled_is_not_saved(organizer: FlaskClient, edition: Edition) -> None:
    for field, words in (
        ("body_en", "Hello {{ nobody }}"),
        ("subject_en", "{% for x in y %}"),
        ("body_en", "{{ 7*7 }}"),
    ):
        answer = organizer.post(f"{BASE}/new", data=FILLED | {field: words})
        assert answer.status_code == 422
        assert "Line 1, column" in answer.get_data(as_text=True)
    news = {"purpose": "news", "source": "interest", "body_en": "Hello {{ given_name }}"}
    assert organizer.post(f"{BASE}/new", data=FILLED | news).status_code == 422
    assert organizer.post(f"{BASE}/new", data=FILLED | {"body_en": ""}).status_code == 422
    assert organizer.post(f"{BASE}/new", data={"purpose": "about"}).status_code == 422
    assert db.session.scalars(select(Mailing)).all() == []


def test_counting_without_script_keeps_what_was_typed_and_saves_nothing(
    organizer: FlaskClient, edition: Edition
) -> None:
    people(edition, 2)
    answer = organizer.post(f"{BASE}/new", data=FILLED | {"act": "count", "status": "cancelled", "subject_en": "Half"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Reaches 0 people now" in text
    assert 'value="Half"' in text
    assert db.session.scalars(select(Mailing)).all() == []
    assert "Reaches 2 people now" in page(organizer, f"{BASE}/count?purpose=about&status=confirmed")
    assert "Reaches 0 people now" in page(organizer, f"{BASE}/count?purpose=about&role=speaker")
    assert "Reaches 2 people now" in page(organizer, f"{BASE}/count?purpose=%00&role=nonsense&answer=;%27&source=;")


def start(edition: Edition, **more: object) -> int:
    with transaction():
        mailing = make_mailing(edition, started=True, **more)
        return mailing.id


def test_paused_it_waits_and_goes_on(
    organizer: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    people(edition, 5)
    number = start(edition)
    assert work_one(owner="test")
    assert organizer.post(f"{BASE}/{number}/pause").status_code == 303
    assert set(states(number).values()) == {MailState.PAUSED}
    send_all(sending)
    assert smtp_server.taken == []
    assert "Paused" in page(organizer, f"{BASE}/{number}")
    assert organizer.post(f"{BASE}/{number}/pause").status_code == 409
    assert organizer.post(f"{BASE}/{number}/resume").status_code == 303
    send_all(sending)
    assert len(smtp_server.taken) == 5


def test_what_a_worker_held_while_it_was_paused_waits_too(
    organizer: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    people(edition, 2)
    number = start(edition)
    assert work_one(owner="test")
    with transaction():
        db.session.get_one(Mailing, number).state = MailingState.PAUSED
    sending.send_batch()
    assert smtp_server.taken == []
    assert set(states(number).values()) == {MailState.PAUSED}


def test_paused_before_it_is_queued_its_messages_wait_as_they_come(organizer: FlaskClient, edition: Edition) -> None:
    people(edition, 2)
    number = start(edition)
    organizer.post(f"{BASE}/{number}/pause")
    assert work_one(owner="test")
    assert set(states(number).values()) == {MailState.PAUSED}


def test_the_rest_is_called_back_for_good(
    organizer: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    people(edition, 3)
    number = start(edition)
    assert work_one(owner="test")
    sending._postman.close()
    with transaction():
        first = db.session.scalars(select(OutboxMail).where(OutboxMail.state == MailState.QUEUED)).first()
        assert first is not None
        first.state, first.sent_at = MailState.SENT, real_now()
    assert "Call back 2 messages?" in page(organizer, f"{BASE}/{number}/stop")
    assert organizer.post(f"{BASE}/{number}/stop").status_code == 303
    send_all(sending)
    assert smtp_server.taken == []
    assert sorted(states(number).values()) == [MailState.SENT, MailState.WITHHELD, MailState.WITHHELD]
    shown = page(organizer, f"{BASE}/{number}/recipients?state=withheld")
    assert shown.count("Called back before it was sent") == 2
    assert organizer.post(f"{BASE}/{number}/resume").status_code == 409


def test_stopped_while_it_is_queued_nobody_more_is_added(organizer: FlaskClient, edition: Edition) -> None:
    people(edition, 2)
    number = start(edition)
    organizer.post(f"{BASE}/{number}/stop")
    assert not work_one(owner="test")
    assert states(number) == {}


def send_to_three_with_one_refused(edition: Edition, sending: Delivery, smtp_server: SmtpDouble) -> int:
    people(edition, 3)
    smtp_server.receivers_refused["p1@example.org"] = "550 5.1.1 No such mailbox"
    number = start(edition)
    assert work_one(owner="test")
    send_all(sending)
    return number


def test_failed_ones_are_listed_with_their_reason_and_sent_again(
    organizer: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    number = send_to_three_with_one_refused(edition, sending, smtp_server)
    shown = page(organizer, f"{BASE}/{number}/recipients?state=failed")
    assert "550 5.1.1 No such mailbox" in shown
    assert "p0@example.org" not in shown
    csv = page(organizer, f"{BASE}/{number}/recipients.csv")
    assert "p1@example.org,en,failed,1,,550 5.1.1 No such mailbox" in csv
    smtp_server.receivers_refused.clear()
    assert organizer.post(f"{BASE}/{number}/retry").status_code == 303
    send_all(sending)
    assert set(states(number).values()) == {MailState.SENT}


def test_held_ones_are_sent_again_too(organizer: FlaskClient, edition: Edition) -> None:
    people(edition, 2)
    number = start(edition)
    assert work_one(owner="test")
    with transaction():
        db.session.execute(update(OutboxMail).values(state=MailState.HELD))
    assert "Send all failed again" in page(organizer, f"{BASE}/{number}/recipients")
    assert organizer.post(f"{BASE}/{number}/retry").status_code == 303
    assert set(states(number).values()) == {MailState.QUEUED}


def test_an_erasure_takes_nobody_from_the_count(
    organizer: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    number = send_to_three_with_one_refused(edition, sending, smtp_server)
    assert "2 of 3 people" in page(organizer, f"{BASE}/{number}")
    ids = db.session.scalars(select(Registration.id).order_by(Registration.id)).all()
    for one, left in ((ids[0], 2), (ids[1], 1)):
        with transaction():
            erase_person(actor=TESTER, now=NOW, registration_id=one, kind=ErasureKind.REQUEST)
        assert len(states(number)) == left
        assert "2 of 3 people" in page(organizer, f"{BASE}/{number}")
        assert "3 of 3" in page(organizer, f"{BASE}/{number}")
        assert "2 of 3" in page(organizer, BASE)
    with transaction():
        assert forget_edition(edition_id=edition.id) == 1
    assert states(number) == {}
    assert "2 of 3 people" in page(organizer, f"{BASE}/{number}")


def test_a_job_that_was_cut_off_adds_nobody_twice(organizer: FlaskClient, edition: Edition) -> None:
    people(edition, 3)
    number = start(edition)
    assert work_one(owner="test")
    with transaction():
        mailing = db.session.get_one(Mailing, number)
        mailing.queued_at = None
    people_before = states(number)
    assert organizer.post(f"{BASE}/{number}/resume").status_code == 303
    assert work_one(owner="test")
    assert states(number) == people_before
    assert len(people_before) == 3


def test_a_job_that_was_stopped_can_go_on(organizer: FlaskClient, edition: Edition) -> None:
    people(edition, 2)
    number = start(edition)
    with transaction():
        request_stop(job=db.session.scalars(select(Job)).one(), now=real_now())
    assert "Not everybody is queued" in page(organizer, f"{BASE}/{number}")
    assert organizer.post(f"{BASE}/{number}/resume").status_code == 303
    assert work_one(owner="test")
    assert len(states(number)) == 2
    assert "Not everybody is queued" not in page(organizer, f"{BASE}/{number}")


def test_recipients_are_found_sorted_and_paged(organizer: FlaskClient, edition: Edition) -> None:
    people(edition, 51)
    number = start(edition)
    assert work_one(owner="test")
    url = f"{BASE}/{number}/recipients"
    assert "1–50 of 51" in page(organizer, url)
    assert "51–51 of 51" in page(organizer, f"{url}?page=2&sort=-name")
    assert "p7@example.org" in page(organizer, f"{url}?q=p7%40")
    assert "Nobody is like that" in page(organizer, f"{url}?q=nobody-like-it")
    page(organizer, f"{url}?state=nonsense&sort=;drop&page=99999999999&q=%00")


def test_a_started_mailing_is_neither_changed_nor_deleted(organizer: FlaskClient, edition: Edition) -> None:
    people(edition, 1)
    number = start(edition)
    assert organizer.get(f"{BASE}/{number}/edit").status_code == 303
    assert organizer.post(f"{BASE}/{number}/edit", data=FILLED).status_code == 303
    assert organizer.post(f"{BASE}/{number}/delete").status_code == 409
    with transaction():
        draft = make_mailing(edition).id
    assert organizer.get(f"{BASE}/{draft}/delete").status_code == 200
    assert organizer.post(f"{BASE}/{draft}/delete").status_code == 303
    assert organizer.get(f"{BASE}/{draft}").status_code == 404


def test_the_outbox_looks_at_a_message_that_is_called_back(organizer: FlaskClient, edition: Edition) -> None:
    people(edition, 1)
    number = start(edition)
    assert work_one(owner="test")
    organizer.post(f"{BASE}/{number}/stop")
    db.session.rollback()
    mail_id = db.session.scalars(select(MailingRecipient.mail_id)).one()
    outbox = "/manage/crosslinks/2024/mail"
    assert "Called back before it was sent" in page(organizer, f"{outbox}/{mail_id}")
    organizer.post(f"{outbox}/{mail_id}/reveal")
    page(organizer, f"{outbox}/{mail_id}")
