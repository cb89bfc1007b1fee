"""Sending over a real SMTP server: taken, refused, put off, broken off; and claims of several workers."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail import delivery as delivery_module
from crosslinks.mail.delivery import Delivery
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import claim_mails, note_answers, queue_mail, renew_claims, retry_mail
from crosslinks.mail.reasons import ADDRESS_UNUSABLE, coded
from crosslinks.mail.rules import LEASE, MAX_ATTEMPTS, Answer, Letter, LetterKept, MailState, Outcome, Rendered
from crosslinks.mail.smtp import Postman, read_smtp_url
from tests.conftest import NOW
from tests.mail.letters import PNG, TOKEN, letters_known
from tests.mail.smtp import SmtpDouble, smtp_server

__all__ = ["smtp_server"]


@pytest.fixture(autouse=True)
def _letters(app: Flask) -> Iterator[None]:
    with letters_known(app):
        yield


def queue(address: str = "kari@example.org", name: str = "Kari", **more: Any) -> int:
    with transaction():
        return queue_mail(
            kind="place", language="en", to_address=address, to_name=name, data={"name": name}, now=NOW, **more
        )


def get(mail_id: int) -> OutboxMail:
    db.session.rollback()
    mail = db.session.get(OutboxMail, mail_id, populate_existing=True)
    assert mail is not None
    return mail


def make_due() -> None:
    with transaction():
        db.session.execute(update(OutboxMail).values(next_attempt_at=real_now()))


def a_delivery(server: SmtpDouble, owner: str = "test", wait: float = 5.0) -> Delivery:
    return Delivery(owner, Postman(read_smtp_url(server.url), wait))


@pytest.fixture
def sending(app: Flask, smtp_server: SmtpDouble) -> Iterator[Delivery]:
    made = a_delivery(smtp_server)
    yield made
    made.close()


def test_a_message_arrives_whole(sending: Delivery, smtp_server: SmtpDouble) -> None:
    mail_id = queue(name="Kari Ås")
    assert sending.send_batch() == 1

    (taken,) = smtp_server.taken
    message = taken.message
    assert (taken.sender, taken.receiver) == ("crosslinks@example.org", "kari@example.org")
    assert message["From"] == "Cancer Crosslinks <crosslinks@example.org>"
    assert message["To"] == "Kari Ås <kari@example.org>"
    assert message["Reply-To"] == "Cancer Crosslinks <post@example.org>"
    assert message["Subject"] == "Your place at Cancer Crosslinks"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert taken.message_id == get(mail_id).message_id.replace("crosslinks.invalid", "example.org")
    text = message.get_body(("plain",))
    page = message.get_body(("html",))
    assert text
    assert page
    assert f"/r/{TOKEN}" in text.get_content()
    assert 'src="cid:ticket"' in page.get_content()
    parts = {part.get_content_type(): part for part in message.walk()}
    assert parts["image/png"]["Content-ID"] == "<ticket>"
    assert parts["image/png"].get_content() == PNG
    assert parts["text/calendar"].get_filename() == "crosslinks.ics"
    assert parts["text/calendar"].get_param("method") == "PUBLISH"

    mail = get(mail_id)
    assert (mail.state, mail.attempts, mail.last_error, mail.lease_owner) == (MailState.SENT, 1, "", "")
    assert mail.sent_at is not None
    assert sending.send_batch() == 0


def test_one_connection_serves_a_batch_and_bulk_waits(sending: Delivery, smtp_server: SmtpDouble) -> None:
    for number in range(3):
        queue(f"many{number}@example.org", bulk=True)
    queue("waiting-for-a-link@example.org")
    sending.send_batch()
    assert smtp_server.receivers()[0] == "waiting-for-a-link@example.org"
    assert len(smtp_server.taken) == 4
    assert smtp_server.connections == 1


def test_a_refusal_for_good_fails_at_once_and_the_others_go(sending: Delivery, smtp_server: SmtpDouble) -> None:
    smtp_server.receivers_refused["gone@example.org"] = "550 5.1.1 No such mailbox"
    gone, spam, fine = queue("gone@example.org"), queue("spam@example.org"), queue("fine@example.org")
    smtp_server.answers["spam@example.org"] = ["554 5.7.1 Looks like spam"]
    sending.send_batch()
    assert get(gone).state is MailState.FAILED
    assert get(gone).last_error == "550 5.1.1 No such mailbox"
    assert get(spam).last_error == "554 5.7.1 Looks like spam"
    assert get(fine).state is MailState.SENT

    del smtp_server.receivers_refused["gone@example.org"]
    with transaction():
        assert retry_mail(mail=get(gone))
    sending.send_batch()
    assert get(gone).state is MailState.SENT


@pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted, try later", "421 4.3.2 Closing", "disconnect"])
def test_put_off_is_tried_again_later_with_the_same_message_id(
    sending: Delivery, smtp_server: SmtpDouble, answer: str
) -> None:
    smtp_server.answers["kari@example.org"] = [answer]
    mail_id = queue()
    sending.send_batch()
    mail = get(mail_id)
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 1)
    assert mail.last_error.startswith(answer[:3] if answer[0] == "4" else "smtp.broke")
    assert mail.next_attempt_at > real_now() + timedelta(seconds=10)
    assert sending.send_batch() == 0
    make_due()
    sending.send_batch()
    assert get(mail_id).state is MailState.SENT
    assert [one.message_id.partition("@")[0] for one in smtp_server.taken] == [mail.message_id.partition("@")[0]]


def test_put_off_too_often_has_failed(sending: Delivery, smtp_server: SmtpDouble) -> None:
    smtp_server.answers["kari@example.org"] = ["451 Not now"] * (MAX_ATTEMPTS + 1)
    mail_id = queue()
    for _ in range(MAX_ATTEMPTS):
        make_due()
        sending.send_batch()
    assert (get(mail_id).state, get(mail_id).attempts) == (MailState.FAILED, MAX_ATTEMPTS)
    assert get(mail_id).last_error == "451 Not now"


def test_a_server_that_dawdles_is_given_up_for_now(app: Flask, smtp_server: SmtpDouble) -> None:
    smtp_server.delay = 2.0
    sending = a_delivery(smtp_server, wait=0.2)
    mail_id = queue()
    sending.send_batch()
    sending.close()
    assert get(mail_id).state is MailState.QUEUED
    assert "timed out" in get(mail_id).last_error


def test_an_absent_server_costs_no_attempt_and_is_not_hammered(app: Flask, smtp_server: SmtpDouble) -> None:
    absent = replace(read_smtp_url(smtp_server.url), port=1)
    sending = Delivery("test", Postman(absent, 1.0))
    ids = [queue(f"p{number}@example.org") for number in range(3)]
    sending.send_batch()
    assert sending.pause > 0
    sending.close()
    for mail_id in ids:
        mail = get(mail_id)
        assert (mail.state, mail.attempts, mail.lease_owner) == (MailState.QUEUED, 0, "")
        assert "127.0.0.1:1" in mail.last_error


def test_a_letter_that_breaks_is_held_with_its_reason_and_stops_nobody(
    sending: Delivery, smtp_server: SmtpDouble
) -> None:
    with transaction():
        broken = queue_mail(kind="place", language="en", to_address="a@example.org", to_name="A", data={}, now=NOW)
        unknown = queue_mail(kind="nonsense", language="en", to_address="b@example.org", to_name="B", data={}, now=NOW)
    fine = queue()
    sending.send_batch()
    assert get(broken).state is MailState.FAILED
    assert "'name' is undefined" in get(broken).last_error
    assert "nonsense" in get(unknown).last_error
    assert get(fine).state is MailState.SENT
    assert len(smtp_server.taken) == 1


@pytest.mark.parametrize("address", ["not an address", "two@at@example.org", "x@example.org\nBcc: all@example.org"])
def test_an_unusable_address_has_failed(sending: Delivery, smtp_server: SmtpDouble, address: str) -> None:
    mail_id = queue(address)
    sending.send_batch()
    assert get(mail_id).state is MailState.FAILED
    assert get(mail_id).last_error == coded(ADDRESS_UNUSABLE, address=address)
    assert not smtp_server.taken


def test_a_name_cannot_add_a_header(sending: Delivery, smtp_server: SmtpDouble) -> None:
    queue(name='Kari"\r\nBcc: all@example.org\r\n\r\n<b>')
    sending.send_batch()
    (taken,) = smtp_server.taken
    assert taken.message["Bcc"] is None
    assert [one.addr_spec for one in taken.message["To"].addresses] == ["kari@example.org"]


def test_domains_and_names_outside_ascii(sending: Delivery, smtp_server: SmtpDouble) -> None:
    queue("kari@blåbærsyltetøy.example.org")
    queue("påske@example.org")
    sending.send_batch()
    first, second = smtp_server.taken
    assert (first.receiver, first.smtp_utf8) == ("kari@xn--blbrsyltety-y8ao3x.example.org", False)
    assert (second.receiver, second.smtp_utf8) == ("påske@example.org", True)


def test_claims_lapse_and_never_overlap(app: Flask) -> None:
    ids = {queue(f"p{number}@example.org") for number in range(5)}
    with transaction():
        first = {claim.mail_id for claim in claim_mails(owner="one", limit=3)}
    with transaction():
        second = {claim.mail_id for claim in claim_mails(owner="two")}
    assert first | second == ids
    assert not first & second
    with transaction():
        assert renew_claims(owner="one") == 3
        db.session.execute(
            update(OutboxMail).where(OutboxMail.lease_owner == "one").values(lease_until=real_now() - LEASE)
        )
        assert renew_claims(owner="one") == 0
    with transaction():
        assert {claim.mail_id for claim in claim_mails(owner="two")} == first


def test_several_workers_send_each_message_exactly_once(app: Flask, smtp_server: SmtpDouble) -> None:
    for number in range(60):
        queue(f"p{number}@example.org")

    def work(name: str) -> None:
        with app.app_context():
            sending = a_delivery(smtp_server, name)
            while sending.send_batch():
                db.session.rollback()
            sending.close()

    threads = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(smtp_server.receivers()) == sorted(f"p{number}@example.org" for number in range(60))
    db.session.rollback()
    assert set(db.session.scalars(select(OutboxMail.state))) == {MailState.SENT}


@pytest.mark.parametrize("is_dead", [True, False])
def test_what_was_answered_is_not_sent_again_by_the_next_worker(
    app: Flask, smtp_server: SmtpDouble, monkeypatch: pytest.MonkeyPatch, is_dead: bool
) -> None:
    mail_id = queue()
    doomed = a_delivery(smtp_server, "doomed")

    def die(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(delivery_module, "note_answers", die)
        with pytest.raises(KeyboardInterrupt):
            doomed.send_batch()
    assert get(mail_id).state is MailState.QUEUED

    if is_dead:
        os.close(doomed._note._descriptor)
    with transaction():
        db.session.execute(update(OutboxMail).values(lease_until=None))
    heir = a_delivery(smtp_server, "heir")
    heir.send_batch()
    heir.close()
    doomed._postman.close()
    assert get(mail_id).state is MailState.SENT
    assert len(smtp_server.taken) == 1
    assert doomed._note._path.exists() is not is_dead, "only a dead worker's note is removed"
    if not is_dead:
        doomed._note.clear()
        doomed._note.close()


def test_a_few_answers_share_one_commit_and_all_stand_in_the_note_before(
    app: Flask, smtp_server: SmtpDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [queue(f"p{number}@example.org") for number in range(5)]
    smtp_server.receivers_refused["p3@example.org"] = "550 No such mailbox"
    sending = a_delivery(smtp_server)
    noted: list[list[str]] = []
    real = delivery_module.note_answers

    def look(**facts: Any) -> int:
        noted.append(sending._note._path.read_text("utf-8").split())
        return real(**facts)

    monkeypatch.setattr(delivery_module, "note_answers", look)
    sending.send_batch()
    written = sending._note._path.read_text("utf-8")
    sending.close()
    assert len(noted) == 1
    assert noted[0] == [get(mail_id).message_id for mail_id in ids if get(mail_id).state is MailState.SENT]
    assert written == ""
    assert get(ids[3]).state is MailState.FAILED


@pytest.mark.parametrize(
    ("outcome", "state"), [(Outcome.PAUSED, MailState.PAUSED), (Outcome.WITHHELD, MailState.WITHHELD)]
)
def test_a_letter_that_shall_not_go_is_kept_and_costs_no_attempt(
    app: Flask, sending: Delivery, smtp_server: SmtpDouble, outcome: Outcome, state: MailState
) -> None:
    def keep(_: Letter) -> Rendered:
        raise LetterKept(outcome, "why")

    app.extensions["crosslinks.letters"]["place"] = keep
    mail_id = queue()
    sending.send_batch()
    mail = get(mail_id)
    assert (mail.state, mail.attempts, mail.last_error, mail.lease_owner) == (state, 0, "why", "")
    assert smtp_server.taken == []
    with transaction():
        assert retry_mail(mail=get(mail_id)) is (outcome is Outcome.PAUSED)


def test_a_suspended_worker_gives_its_old_claims_up(app: Flask, smtp_server: SmtpDouble,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    ids = [queue(f"p{number}@example.org") for number in range(3)]
    sending = a_delivery(smtp_server)
    asleep = [0.0]
    monkeypatch.setattr(delivery_module, "monotonic", lambda: asleep[0])

    def suspend(_: object) -> None:
        asleep[0] += 1000.0

    smtp_server.before_250 = suspend
    sending.send_batch()
    sending.close()
    assert [get(mail_id).state for mail_id in ids] == [MailState.SENT, MailState.QUEUED, MailState.QUEUED]
    assert {get(mail_id).lease_owner for mail_id in ids} == {""}


def test_a_long_address_to_unsubscribe_stays_in_one_piece(
    app: Flask, sending: Delivery, smtp_server: SmtpDouble
) -> None:
    address = f"https://{'conference.' * 9}example.org/unsubscribe/{TOKEN}"

    def news(letter: Letter) -> Rendered:
        return Rendered("Hi\r\nBcc: all@example.org", "Hi\n", "<p>Hi</p>", unsubscribe_url=address)

    app.extensions["crosslinks.letters"]["place"] = news
    queue(name="Åse\r\nBcc: all@example.org")
    sending.send_batch()
    (taken,) = smtp_server.taken
    assert str(taken.message["List-Unsubscribe"]) == f"<{address}>"
    assert taken.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert taken.message["Bcc"] is None


@pytest.mark.parametrize("state", [MailState.WITHHELD, MailState.PAUSED])
@pytest.mark.parametrize("outcome", [Outcome.LATER, Outcome.REFUSED, Outcome.UNFILLED, Outcome.PAUSED])
def test_an_answer_after_it_was_withheld_or_paused_does_not_count(
    app: Flask, state: MailState, outcome: Outcome
) -> None:
    mail_id = queue()
    with transaction():
        claim_mails(owner="one")
    with transaction():
        db.session.execute(update(OutboxMail).values(state=state, last_error="why", attempts=MAX_ATTEMPTS - 1))
    with transaction():
        assert note_answers(answers={mail_id: Answer(outcome, "451 Later")}, owner="one", now=NOW) == 0
    mail = get(mail_id)
    assert (mail.state, mail.last_error, mail.attempts, mail.lease_owner) == (state, "why", MAX_ATTEMPTS - 1, "")
    with transaction():
        assert note_answers(answers={mail_id: Answer(Outcome.TAKEN, "250 OK")}, owner="one", now=NOW) == 1
    assert get(mail_id).state is MailState.SENT
