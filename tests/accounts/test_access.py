"""Who has access: inviting, changing roles, removing; the last owner stays."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.letters import LETTERS
from crosslinks.accounts.models import Account, AuditEntry, Grant
from crosslinks.accounts.operations import grant_role, remove_grant
from crosslinks.accounts.queries import get_grant
from crosslinks.editions.models import Conference
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import Letter
from tests.accounts.factories import make_account, sign_in
from tests.factories import NOW, TESTER, make_conference, make_edition

ACCESS = "/manage/crosslinks/2024/access"


@pytest.fixture
def conference(app: Flask) -> Conference:
    with transaction():
        edition = make_edition()
        return edition.conference


@pytest.fixture
def owner(conference: Conference, client: FlaskClient) -> Account:
    return sign_in(client)


def invite(client: FlaskClient, **more: str):
    values = {"email": "Kari@Example.org", "name": "Kari Nordmann", "role": "programme"}
    return client.post(ACCESS, data=values | more)


def roles() -> dict[str, str]:
    db.session.rollback()
    rows = db.session.execute(select(Account.email, Grant.role).join(Grant.account))
    return {email: role.value for email, role in rows}


def letter() -> Letter:
    mail = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    return Letter(
        mail.kind, mail.language, mail.to_address, mail.to_name, mail.data, mail.message_id,
        mail.edition_id, mail.registration_id, mail.account_id,
    )  # fmt: skip


def test_an_invited_person_gets_a_role_and_a_mail_that_opens_an_account(
    owner: Account, client: FlaskClient, app: Flask
) -> None:
    assert invite(client).status_code == 303
    assert roles() == {"owner-crosslinks@example.org": "owner", "kari@example.org": "programme"}
    rendered = LETTERS["accounts.invitation"](letter())
    assert "Ola Nordmann has given you access to Cancer Crosslinks." in rendered.text
    assert rendered.sender_name == "Cancer Crosslinks"
    link = next(line for line in rendered.text.splitlines() if line.startswith("http")).partition(":8000")[2]
    browser = app.test_client()
    assert browser.post(link, data={"act": "later"}).status_code == 303
    assert browser.get(ACCESS).status_code == 403
    page = client.get(ACCESS).text
    assert "Kari Nordmann" in page
    assert "Not here yet" not in page


def test_somebody_with_an_account_is_not_sent_a_link_that_signs_in(owner: Account, client: FlaskClient) -> None:
    with transaction():
        known = make_account("kari@example.org", name="Kari", role=None)
        known.last_seen_at = NOW
    assert invite(client).status_code == 303
    text = LETTERS["accounts.invitation"](letter()).text
    assert "http://127.0.0.1:8000/sign-in\n" in text
    assert "once" not in text


def test_an_invitation_can_be_sent_again_until_it_was_accepted(owner: Account, client: FlaskClient) -> None:
    invite(client)
    again = f"{ACCESS}/{grant_of('kari@example.org').id}/invitation"
    assert client.post(again).status_code == 303
    assert len(db.session.scalars(select(OutboxMail)).all()) == 2
    with transaction():
        grant_of("kari@example.org").account.last_seen_at = NOW
    assert client.post(again).status_code == 409


def grant_of(email: str) -> Grant:
    return db.session.scalars(select(Grant).join(Grant.account).where(Account.email == email)).one()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"email": ""}, "This is needed"),
        ({"email": "kari"}, "The @ is missing"),
        ({"email": "kari@"}, "The part after @ is missing"),
        ({"email": "kari@nowhere"}, "not an e-mail address"),
        ({"email": "ka\x00ri@example.org"}, "cannot be kept"),
        ({"name": "  "}, "This is needed"),
        ({"name": "x" * 300}, "too long"),
        ({"role": "emperor"}, "Not a valid choice"),
        ({"email": "owner-crosslinks@example.org"}, "has access already"),
    ],
)
def test_a_bad_invitation_is_explained_and_changes_nothing(
    owner: Account, client: FlaskClient, more: dict[str, str], words: str
) -> None:
    answer = invite(client, **more)
    assert answer.status_code == 422
    assert words in answer.text
    assert list(roles()) == ["owner-crosslinks@example.org"]
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_a_changed_role_counts_from_the_next_click(owner: Account, client: FlaskClient, app: Flask) -> None:
    browser = app.test_client()
    sign_in(browser, Role.ORGANIZER)
    assert browser.get("/manage/crosslinks/2024/log").status_code == 200
    grant = grant_of("organizer-crosslinks@example.org")
    assert client.post(f"{ACCESS}/{grant.id}/role", data={"role": "door_lead"}).status_code == 303
    assert browser.get("/manage/crosslinks/2024/log").status_code == 403
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "grant.changed")).one()
    assert (entry.before, entry.after) == ({"role": "organizer"}, {"role": "door_lead"})
    assert entry.actor_label == "Ola Nordmann"


def test_removing_asks_first_and_takes_effect_at_once(owner: Account, client: FlaskClient, app: Flask) -> None:
    browser = app.test_client()
    sign_in(browser, Role.ORGANIZER)
    address = f"{ACCESS}/{grant_of('organizer-crosslinks@example.org').id}/remove"
    assert "Take access away from Ola Nordmann?" in client.get(address).text
    assert len(roles()) == 2
    assert client.post(address).location == ACCESS
    assert browser.get("/manage/crosslinks/2024/log").status_code == 404
    assert client.post(address).status_code == 404


def test_the_last_owner_can_neither_be_removed_nor_made_less(owner: Account, client: FlaskClient) -> None:
    grant = grant_of("owner-crosslinks@example.org")
    for address, data in ((f"{ACCESS}/{grant.id}/remove", {}), (f"{ACCESS}/{grant.id}/role", {"role": "organizer"})):
        answer = client.post(address, data=data)
        assert answer.status_code == 409
        assert "needs an owner" in answer.text
    assert roles() == {"owner-crosslinks@example.org": "owner"}
    assert "The only owner" in client.get(ACCESS).text


def test_a_disabled_owner_does_not_count(owner: Account, conference: Conference) -> None:
    with transaction():
        second = make_account("second@example.org", conference=db.session.get_one(Conference, conference.id))
        second.disabled_at = NOW
    with pytest.raises(Conflict, match=r"grant\.last_owner"), transaction():
        remove_grant(actor=TESTER, now=NOW, grant=grant_of("owner-crosslinks@example.org"))


def test_two_owners_cannot_remove_one_another_at_once(app: Flask, conference: Conference) -> None:
    with transaction():
        place = db.session.get_one(Conference, conference.id)
        for name in ("first", "second"):
            make_account(f"{name}@example.org", conference=place)
        ids = list(db.session.scalars(select(Grant.id)))
    start = threading.Barrier(2)
    refused: list[str] = []

    def take(grant_id: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    remove_grant(actor=TESTER, now=NOW, grant=get_grant(grant_id, conference.id))
            except Conflict as error:
                refused.append(error.code)

    threads = [threading.Thread(target=take, args=(grant_id,)) for grant_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["grant.last_owner"]
    assert list(roles().values()) == ["owner"]


def test_another_conferences_grant_is_not_found(owner: Account, client: FlaskClient) -> None:
    with transaction():
        other = make_conference("other")
        make_edition(other, slug="1999")
        theirs = make_account("theirs@example.org", conference=other)
        make_account("theirs-too@example.org", conference=other)
        foreign = theirs.grants[0].id
    for act, data in (("remove", {}), ("role", {"role": "owner"}), ("invitation", {})):
        assert client.post(f"{ACCESS}/{foreign}/{act}", data=data).status_code == 404
    assert client.get(f"{ACCESS}/{foreign}/remove").status_code == 404
    assert client.get("/manage/other/1999/access").status_code == 404
    assert client.get("/manage/other/2024/access").status_code == 404
    assert "theirs" not in client.get(ACCESS).text
    assert roles()["theirs@example.org"] == "owner"


def test_giving_the_same_role_again_logs_nothing(app: Flask, conference: Conference) -> None:
    with transaction():
        account = make_account(conference=db.session.get_one(Conference, conference.id))
        grant_role(actor=TESTER, now=NOW, account=account, conference_id=conference.id, role=Role.OWNER)
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "grant")).all()
    assert actions == ["grant.given"]
