"""The interest list and unsubscribing: confirmed by mail, the same answer to everyone, left by page and one click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from crosslinks.accounts.models import AuditEntry
from crosslinks.consents.queries import agreeing
from crosslinks.consents.rules import Purpose as ConsentPurpose
from crosslinks.consents.rules import Topic
from crosslinks.editions.models import Edition
from crosslinks.jobs.work import work_one
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.delivery import Delivery
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.reasons import UNSUBSCRIBED
from crosslinks.mail.rules import MailState
from crosslinks.mail.smtp import Postman, read_smtp_url
from crosslinks.mailings.interest import erase_address, forget_unconfirmed, remove_follower
from crosslinks.mailings.models import Follower, Mailing, MailingRecipient
from crosslinks.mailings.purposes import Audience, Purpose, Source
from crosslinks.mailings.recipients import erase_recipient, export_recipient
from crosslinks.registration.models import Registration
from tests.accounts.factories import sign_in
from tests.consents.factories import ask, say
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.mail.smtp import SmtpDouble, Taken, smtp_server
from tests.mailings.factories import make_follower, make_mailing
from tests.registration.factories import make_registration

__all__ = ["smtp_server"]
FOLLOW = "/crosslinks/follow"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def sending(app: Flask, smtp_server: SmtpDouble) -> Iterator[Delivery]:
    made = Delivery("test", Postman(read_smtp_url(smtp_server.url), 5.0))
    yield made
    made.close()


def link(taken: Taken, what: str) -> str:
    body = taken.message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https?://[^/\s]+(/{what}/[\w-]+)", body.get_content())
    assert found, body.get_content()
    return found[1]


def follow(client: FlaskClient, email: str = "kari@example.org", **more: str) -> int:
    return client.post(FOLLOW, data={"email": email} | more).status_code


def followers() -> list[Follower]:
    db.session.rollback()
    return list(db.session.scalars(select(Follower)))


def test_somebody_asks_confirms_and_leaves(
    client: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    assert client.get(FOLLOW).status_code == 200
    answer = client.post(FOLLOW, data={"email": "Kari@Example.org"})
    assert (answer.status_code, answer.location) == (303, f"{FOLLOW}/done")
    assert client.get(f"{FOLLOW}/done").status_code == 200
    sending.send_batch()
    path = link(smtp_server.taken[0], "follow")
    for _ in range(2):  # a robot opens every link beforehand
        assert "Yes, put me on the list" in client.get(path).get_data(as_text=True)
    assert followers()[0].confirmed_at is None
    assert "You are on the list" in client.post(path, data={"act": "confirm"}).get_data(as_text=True)
    assert followers()[0].confirmed_at is not None

    follow(client, "kari@example.org")
    sending.send_batch()
    assert "already" in smtp_server.taken[1].message["Subject"]
    assert len(followers()) == 1

    assert "no more news" in client.post(path, data={"act": "leave"}).get_data(as_text=True)
    assert followers() == []
    left = db.session.scalars(select(OutboxMail.to_address)).all()
    assert left == [], "nothing of the address stays"
    assert client.get(path).status_code == 404


def test_a_known_address_is_answered_and_costs_the_same(client: FlaskClient, edition: Edition) -> None:
    first = client.post(FOLLOW, data={"email": "kari@example.org"})
    again = client.post(FOLLOW, data={"email": "kari@example.org"})
    assert (first.status_code, first.location, first.data) == (again.status_code, again.location, again.data)
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 2


def test_the_form_refuses_what_no_mail_can_reach_and_counts_its_uses(client: FlaskClient, edition: Edition) -> None:
    for typed in ("", "kari", "kari@", "@example.org", "kari@example.org\r\nBcc: all@example.org", "k\x00@example.org"):
        assert follow(client, typed) == 422, typed
    assert "kari@" in client.post(FOLLOW, data={"email": "kari@"}).get_data(as_text=True)
    assert [follow(client) for _ in range(6)] == [303] * 5 + [429]
    assert client.post("/nothing/follow", data={"email": "kari@example.org"}).status_code == 404
    asked = client.post(FOLLOW, data={"email": "b@example.org", "website": "spam"}).get_data(as_text=True)
    assert "How much is" in asked
    assert len(followers()) == 1


@pytest.mark.parametrize("path", ["/follow/x", "/follow/" + "A" * 30, "/unsubscribe/" + "A" * 30, "/unsubscribe/é"])
def test_other_texts_open_nothing(client: FlaskClient, edition: Edition, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, data=ONE_CLICK).status_code == 404


def test_who_never_confirms_is_forgotten(client: FlaskClient, edition: Edition) -> None:
    follow(client, "late@example.org")
    with transaction():
        make_follower(edition.conference_id, "on@example.org")
    forget_unconfirmed(NOW + timedelta(days=6))
    assert len(followers()) == 2
    forget_unconfirmed(NOW + timedelta(days=8))
    assert [one.email for one in followers()] == ["on@example.org"]
    assert db.session.scalars(select(OutboxMail)).all() == []


def invited(edition: Edition, email: str = "kari@example.org") -> Registration:
    """Make somebody who agreed to be invited, and whose other mail is sent."""
    with transaction():
        ask(edition, ConsentPurpose.NEXT_EDITION)
        person = make_registration(edition, email=email)
        say(edition, person.id, Topic(ConsentPurpose.NEXT_EDITION))
        db.session.execute(update(OutboxMail).values(state=MailState.SENT))
    return person


def send_news(edition: Edition, source: Source = Source.EDITION) -> int:
    with transaction():
        number = make_mailing(edition, purpose=Purpose.NEWS, audience=Audience(source=source), started=True).id
    assert work_one(owner="test")
    return number


def agrees(edition: Edition) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(agreeing(edition.id, ConsentPurpose.NEXT_EDITION)))


@pytest.mark.parametrize("one_click", [True, False])
def test_news_are_left_by_one_click_and_by_the_page(
    client: FlaskClient, app: Flask, edition: Edition, sending: Delivery, smtp_server: SmtpDouble, one_click: bool
) -> None:
    invited(edition)
    send_news(edition)
    sending.send_batch()
    (taken,) = smtp_server.taken
    message = taken.message
    path = link(taken, "unsubscribe")
    assert message["List-Unsubscribe"].strip().startswith("<http")
    assert message["List-Unsubscribe"].endswith(f"{path}>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert len(agrees(edition)) == 1, "looking changes nothing"
    app.config["WTF_CSRF_ENABLED"] = True  # mail programs send no cookie and no token
    try:
        answer = client.post(path, data=ONE_CLICK if one_click else {"act": "leave"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 200
    assert agrees(edition) == []
    assert client.post(path, data=ONE_CLICK).status_code == 200, "once more is harmless"


def test_leaving_counts_for_what_is_queued_and_for_the_list_too(
    client: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    invited(edition)
    send_news(edition)
    sending.send_batch()
    path = link(smtp_server.taken[0], "unsubscribe")
    with transaction():
        make_follower(edition.conference_id, "kari@example.org")
    number = send_news(edition)
    client.post(path, data=ONE_CLICK)
    assert followers() == []
    sending.send_batch()
    assert len(smtp_server.taken) == 1
    db.session.rollback()
    states = db.session.scalars(
        select(OutboxMail.state).join(MailingRecipient).where(MailingRecipient.mailing_id == number)
    ).all()
    assert states == [MailState.WITHHELD]
    sign_in(client)
    shown = client.get(f"/manage/crosslinks/2024/mailings/{number}/recipients").get_data(as_text=True)
    assert "Unsubscribed" in shown


def test_held_news_are_withheld_from_who_leaves(
    client: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    invited(edition)
    send_news(edition)
    sending.send_batch()
    number = send_news(edition)
    mails = select(MailingRecipient.mail_id).where(MailingRecipient.mailing_id == number)
    with transaction():
        db.session.execute(update(OutboxMail).where(OutboxMail.id.in_(mails)).values(state=MailState.HELD))
    client.post(link(smtp_server.taken[0], "unsubscribe"), data=ONE_CLICK)
    db.session.rollback()
    (mail,) = db.session.scalars(select(OutboxMail).where(OutboxMail.id.in_(mails)))
    assert (mail.state, mail.last_error) == (MailState.WITHHELD, UNSUBSCRIBED)


def test_leaving_one_conference_takes_nothing_from_another(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_edition(make_conference("other"))
    follow(client)
    assert client.post("/other/follow", data={"email": "kari@example.org"}).status_code == 303
    one, other = followers()
    with transaction():
        remove_follower(actor=TESTER, now=NOW, follower=db.session.get_one(Follower, one.id))
    (left,) = db.session.scalars(select(OutboxMail))
    assert left.data == {"follower": other.id}


def test_a_consent_withdrawn_elsewhere_is_honoured_as_the_letter_is_made(
    edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    person = invited(edition)
    send_news(edition)
    with transaction():
        say(edition, person.id, Topic(ConsentPurpose.NEXT_EDITION), given=False)
    sending.send_batch()
    assert smtp_server.taken == []


def test_a_follower_leaves_by_one_click_and_the_queued_news_go_too(
    client: FlaskClient, edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    with transaction():
        make_follower(edition.conference_id, "ola@example.org")
    send_news(edition, Source.INTEREST)
    sending.send_batch()
    path = link(smtp_server.taken[0], "follow")
    assert smtp_server.taken[0].message["List-Unsubscribe"].endswith(f"{path}>")
    send_news(edition, Source.INTEREST)
    assert client.post(path, data=ONE_CLICK).status_code == 200
    sending.send_batch()
    assert len(smtp_server.taken) == 1
    assert db.session.scalars(select(MailingRecipient)).all() == []


def test_who_asks_to_be_erased_leaves_the_list(edition: Edition) -> None:
    with transaction():
        make_follower(edition.conference_id, "ola@example.org")
        facts = {"actor": Actor.system(), "now": NOW, "conference_id": edition.conference_id}
        assert erase_address(email_key="ola@example.org", **facts)
        assert not erase_address(email_key="ola@example.org", **facts)
    assert followers() == []


def test_organizers_see_search_export_and_delete(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        number = make_follower(edition.conference_id, "=cmd@example.org").id
        make_follower(edition.conference_id, "ola@example.org", confirmed=False)
    sign_in(client)
    base = "/manage/crosslinks/2024/followers"
    shown = client.get(base).get_data(as_text=True)
    assert "ola@example.org" in shown
    assert "ola@example.org" not in client.get(f"{base}?q=cmd").get_data(as_text=True)
    assert "ola@example.org" not in client.get(f"{base}?state=on&sort=-email").get_data(as_text=True)
    sheet = client.get(f"{base}/export.csv").get_data(as_text=True).splitlines()
    asked = "2024-01-18T10:00+01:00"
    assert sheet[1:] == [f"'=cmd@example.org,en,{asked},{asked}", f"ola@example.org,en,{asked},"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "follower.exported")).one()
    assert entry.after == {"rows": 2}
    assert client.get(f"{base}/{number}/delete").status_code == 200
    assert client.post(f"{base}/{number}/delete").status_code == 303
    assert [one.email for one in followers()] == ["ola@example.org"]


def test_what_is_kept_of_a_person_is_told_and_erased(
    edition: Edition, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    person = invited(edition)
    send_news(edition)
    sending.send_batch()
    (told,) = export_recipient(registration_id=person.id)
    assert told["state"] == "sent"
    assert told["subject"] == "Practical: Cancer Crosslinks 2024"
    with transaction():
        db.session.scalars(select(Mailing)).one().subject = {"en": "{{ nothing_such }}", "nb": "{{ nothing_such }}"}
    (told,) = export_recipient(registration_id=person.id)
    assert told["subject"] == "{{ nothing_such }}"
    with transaction():
        assert erase_recipient(registration_id=person.id) == 1
    assert export_recipient(registration_id=person.id) == []
    assert db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "mailings.news")).all() == []
