"""The organizer's outbox: found, read with its links hidden, sent again, and told about on every page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import queue_mail
from crosslinks.mail.rules import MailState
from crosslinks.mailings.models import MailingRecipient
from tests.accounts.factories import sign_in
from tests.factories import NOW, make_conference, make_edition
from tests.mail.letters import TOKEN, letters_known
from tests.mailings.factories import make_mailing

BASE = "/manage/crosslinks/2024/mail"


@pytest.fixture
def edition(app: Flask) -> Iterator[Edition]:
    with transaction():
        made = make_edition()
    with letters_known(app):
        yield made


@pytest.fixture
def organizer(client: FlaskClient, edition: Edition) -> FlaskClient:
    sign_in(client, Role.ORGANIZER)
    return client


def make_mail(edition: Edition, name: str = "Kari Nordmann", state: MailState = MailState.QUEUED, **more: Any) -> int:
    values = {"kind": "place", "language": "en", "data": {"name": name}, "to_name": name, "now": NOW} | more
    values.setdefault("to_address", f"{name.split(maxsplit=1)[0].lower()}@example.org")
    reason = values.pop("last_error", "")
    with transaction():
        mail = db.session.get_one(OutboxMail, queue_mail(edition_id=edition.id, **values))
        mail.state = state
        mail.last_error = reason
        mail.sent_at = NOW if state is MailState.SENT else None
        db.session.flush()
        return mail.id


def get(mail_id: int) -> OutboxMail:
    db.session.rollback()
    return db.session.get_one(OutboxMail, mail_id, populate_existing=True)


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_an_empty_outbox_says_what_will_be_there(organizer: FlaskClient) -> None:
    assert "No messages yet" in page(organizer, BASE)


def test_messages_are_found_by_name_address_state_and_kind(organizer: FlaskClient, edition: Edition) -> None:
    make_mail(edition, "Kari Nordmann")
    make_mail(edition, "Ola Hansen", MailState.SENT)
    make_mail(edition, "Per Bø", MailState.FAILED, kind="other", last_error="550 No such mailbox")

    def names(query: str) -> list[str]:
        text = page(organizer, BASE + query)
        places = {name: text.find(name) for name in ("Kari Nordmann", "Ola Hansen", "Per Bø") if name in text}
        return sorted(places, key=places.__getitem__)

    assert names("?sort=name") == ["Kari Nordmann", "Ola Hansen", "Per Bø"]
    assert names("?sort=-name") == ["Per Bø", "Ola Hansen", "Kari Nordmann"]
    assert names("?q=NORDM") == ["Kari Nordmann"]
    assert names("?q=ola%40example") == ["Ola Hansen"]
    assert names("?q=%25") == []
    assert names("?state=failed") == ["Per Bø"]
    assert names("?kind=other") == ["Per Bø"]
    assert "550 No such mailbox" in page(organizer, BASE)
    assert names("?state=nonsense&sort=;drop&page=99999999999&kind=%00") == ["Per Bø", "Ola Hansen", "Kari Nordmann"]


@pytest.mark.parametrize("typed", ["Ålesund", "ålesund", "ÅLESUND"])
@pytest.mark.parametrize("kept", ["Åse Ålesund", "ÅSE ÅLESUND", "åse ålesund"])
def test_letters_outside_ascii_are_found_in_any_case(
    organizer: FlaskClient, edition: Edition, typed: str, kept: str
) -> None:
    mail_id = make_mail(edition, kept)
    assert kept in page(organizer, f"{BASE}?q={typed}")
    with transaction():
        mailing = make_mailing(edition)
        db.session.add(MailingRecipient(mailing_id=mailing.id, email_key="x@example.org", mail_id=mail_id))
        number = mailing.id
    assert kept in page(organizer, f"/manage/crosslinks/2024/mailings/{number}/recipients?q={typed}")


def test_long_lists_have_pages(organizer: FlaskClient, edition: Edition) -> None:
    for number in range(51):
        make_mail(edition, f"Person{number:02} X")
    assert "1–50 of 51" in page(organizer, BASE)
    assert "51–51 of 51" in page(organizer, f"{BASE}?page=2")


def test_a_letter_is_read_with_its_links_hidden_until_revealed_and_that_is_logged(
    organizer: FlaskClient, edition: Edition
) -> None:
    mail_id = make_mail(edition)
    shown = page(organizer, f"{BASE}/{mail_id}")
    assert "Your place at Cancer Crosslinks" in shown
    assert "crosslinks.ics" in shown
    letter = organizer.get(f"{BASE}/{mail_id}/preview")
    text = letter.get_data(as_text=True)
    assert TOKEN not in shown + text
    assert "/r/••••••" in shown
    assert "/r/••••••" in text
    assert "cid:" not in text
    policy = letter.headers["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert organizer.get(f"{BASE}/{mail_id}/reveal").status_code == 405

    assert organizer.post(f"{BASE}/{mail_id}/reveal").status_code == 303
    assert TOKEN in page(organizer, f"{BASE}/{mail_id}")
    assert TOKEN in page(organizer, f"{BASE}/{mail_id}/preview")
    other = make_mail(edition, "Ola Hansen")
    assert TOKEN not in page(organizer, f"{BASE}/{other}")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "mail.link_revealed")).one()
    assert (entry.object_id, entry.actor_kind, entry.edition_id) == (mail_id, "account", edition.id)


def test_a_letter_that_cannot_be_made_says_why(organizer: FlaskClient, edition: Edition) -> None:
    mail_id = make_mail(edition, kind="nonsense")
    assert "There is no letter of the kind nonsense" in page(organizer, f"{BASE}/{mail_id}")
    assert page(organizer, f"{BASE}/{mail_id}/preview") == ""


def test_failed_messages_are_sent_again_one_or_all(organizer: FlaskClient, edition: Edition) -> None:
    ids = [make_mail(edition, f"P{number} X", MailState.FAILED, last_error="550 no") for number in range(3)]
    sent = make_mail(edition, "Ola Hansen", MailState.SENT)
    assert organizer.post(f"{BASE}/{ids[0]}/retry").status_code == 303
    assert [get(mail_id).state for mail_id in ids] == [MailState.QUEUED, MailState.FAILED, MailState.FAILED]
    assert get(ids[0]).next_attempt_at <= real_now()
    organizer.post(f"{BASE}/{sent}/retry")
    organizer.post(f"{BASE}/retry")
    assert {get(mail_id).state for mail_id in ids} == {MailState.QUEUED}
    assert get(sent).state is MailState.SENT
    actions = db.session.scalars(select(AuditEntry.object_kind).where(AuditEntry.action == "mail.resent")).all()
    assert sorted(actions) == ["edition", "mail"]


def test_the_export_holds_what_is_shown_and_no_formula(organizer: FlaskClient, edition: Edition) -> None:
    make_mail(edition, "=cmd() X", MailState.FAILED, to_address="a@example.org", last_error="@SUM")
    make_mail(edition, "Ola Hansen", MailState.SENT)
    text = page(organizer, f"{BASE}/export.csv?state=failed")
    assert "'=cmd() X,a@example.org,place,failed,0,2024-01-18T10:00+01:00,,'@SUM" in text
    assert "Ola" not in text


def test_other_editions_messages_and_other_roles_stay_out(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        other = make_edition(make_conference("other"), slug="2025")
    theirs = make_mail(other)
    mine = make_mail(edition)
    sign_in(client, Role.ORGANIZER, edition.conference)
    for path in (f"/{theirs}", f"/{theirs}/preview"):
        assert client.get(BASE + path).status_code == 404
    for path in (f"/{theirs}/reveal", f"/{theirs}/retry"):
        assert client.post(BASE + path).status_code == 404
    assert client.get(f"/manage/other/2025/mail/{theirs}").status_code == 404
    door = client.application.test_client()
    sign_in(door, Role.DOOR_LEAD, edition.conference)
    assert door.get(f"{BASE}/{mine}").status_code == 403
    assert door.post(f"{BASE}/{mine}/reveal").status_code == 403
    assert client.application.test_client().get(BASE).status_code == 303


@pytest.mark.parametrize("smtp_url", ["", "ftp://nonsense", "smtp://127.0.0.1:1"])
def test_every_page_says_why_mail_waits(app: Flask, organizer: FlaskClient, edition: Edition, smtp_url: str) -> None:
    words = {
        "": "Not sent: no mail server is set up",
        "ftp://nonsense": "SMTP_URL starts with one of",
        "smtp://127.0.0.1:1": "Not sent: no worker is running",
    }
    before = app.extensions["crosslinks.settings"]
    app.extensions["crosslinks.settings"] = replace(before, smtp_url=smtp_url)
    try:
        assert words[smtp_url] not in page(organizer, BASE)
        make_mail(edition)
        assert words[smtp_url] in page(organizer, "/manage/crosslinks/2024/settings")
    finally:
        app.extensions["crosslinks.settings"] = before


def test_every_page_tells_of_failed_messages(organizer: FlaskClient, edition: Edition) -> None:
    make_mail(edition, state=MailState.FAILED, last_error="550 no")
    assert "1 message could not be sent" in page(organizer, "/manage/crosslinks/2024/settings")
