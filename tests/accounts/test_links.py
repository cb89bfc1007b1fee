"""Single-use links: asked for without telling which addresses exist, opened harmlessly, spent once."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.accounts.jobs import JOBS
from crosslinks.accounts.letters import LETTERS
from crosslinks.accounts.links import mint_link, spend_link
from crosslinks.accounts.models import Account, AccountLink, AccountSession
from crosslinks.accounts.operations import disable_account, grant_role
from crosslinks.accounts.passwords import password_fits
from crosslinks.accounts.rules import LinkPurpose
from crosslinks.jobs.models import Job
from crosslinks.jobs.runs import JobRun
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Gone
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import Letter
from tests.accounts.factories import make_account
from tests.factories import NOW, TESTER, make_conference

EMAIL = "owner@example.org"


@pytest.fixture
def account(app: Flask) -> Account:
    with transaction():
        return make_account(EMAIL, conference=make_conference())


def make_link(purpose: LinkPurpose = LinkPurpose.SIGN_IN, *, age: timedelta = timedelta(0)) -> str:
    with transaction():
        return mint_link(account=db.session.scalars(select(Account)).first(), purpose=purpose, real=real_now() - age)


def ask(client: FlaskClient, email: str):
    return client.post("/sign-in", data={"email": email, "act": "link"})


def run_jobs() -> None:
    for job in db.session.scalars(select(Job)).all():
        JOBS[job.kind](JobRun(job))


def letters() -> list[Letter]:
    return [
        Letter(
            mail.kind, mail.language, mail.to_address, mail.to_name, mail.data, mail.message_id,
            mail.edition_id, mail.registration_id, mail.account_id,
        )
        for mail in db.session.scalars(select(OutboxMail))
    ]  # fmt: skip


def test_asking_for_a_link_answers_everybody_alike(account: Account, client: FlaskClient) -> None:
    answers = [ask(client, email) for email in (EMAIL, "nobody@example.org")]
    assert {(answer.status_code, answer.location, len(answer.data)) for answer in answers} == {
        (303, "/sign-in/sent", len(answers[0].data))
    }
    assert db.session.scalar(select(func.count()).select_from(Job)) == 2
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 0
    assert "If the address has an account" in client.get("/sign-in/sent").text


def test_the_mail_goes_only_where_an_account_is_and_its_link_signs_in(account: Account, client: FlaskClient) -> None:
    for email in ("OWNER@example.org", "nobody@example.org"):
        ask(client, email)
    run_jobs()
    (letter,) = letters()
    assert (letter.to_address, letter.kind) == (EMAIL, "accounts.sign_in")
    rendered = LETTERS[letter.kind](letter)
    link = re.search(r"http://127\.0\.0\.1:8000(/sign-in/\S+)", rendered.text).group(1)
    assert link in rendered.html
    assert client.get(link).status_code == 200
    assert client.post(link).location == "/manage/"
    assert client.get("/account").status_code == 200


def test_a_disabled_account_is_sent_no_link(account: Account, client: FlaskClient) -> None:
    with transaction():
        someone = make_account("former@example.org")
        disable_account(actor=TESTER, now=NOW, account=someone)
    ask(client, "former@example.org")
    run_jobs()
    assert letters() == []


def test_a_preview_of_the_mail_mints_no_link(account: Account, client: FlaskClient) -> None:
    ask(client, EMAIL)
    run_jobs()
    (letter,) = letters()
    preview = LETTERS[letter.kind](Letter(**{**vars(letter), "preview": True}))
    assert "/sign-in/…" in preview.text
    assert db.session.scalar(select(func.count()).select_from(AccountLink)) == 0


def test_links_are_asked_for_five_times_an_hour(account: Account, client: FlaskClient) -> None:
    for email in (EMAIL, "nobody@example.org"):
        assert [ask(client, email).status_code for _ in range(6)] == [303] * 5 + [429]


def test_opening_a_link_spends_nothing(account: Account, client: FlaskClient) -> None:
    link = f"/sign-in/{make_link()}"
    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200
        assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert client.head(link).status_code == 200
    assert client.get("/account").status_code == 303
    assert client.post(link).status_code == 303
    assert client.get("/account").status_code == 200


def test_the_token_is_hashed_at_rest(account: Account) -> None:
    token = make_link()
    row = db.session.scalars(select(AccountLink)).one()
    assert token.encode() not in row.token_hash
    assert len(row.token_hash) == 32


def test_each_dead_link_has_its_own_page(account: Account, client: FlaskClient) -> None:
    used, expired = make_link(), make_link(age=timedelta(minutes=31))
    client.post(f"/sign-in/{used}")
    client.post("/sign-out")
    pages = {
        f"/sign-in/{used}": (410, "already been used"),
        f"/sign-in/{expired}": (410, "has expired"),
        "/sign-in/no-such-token": (404, "does not open anything"),
        "/sign-in/" + "x" * 3000: (404, "does not open anything"),
        "/sign-in/%00": (404, "There is no such page"),
    }
    for address, (status, words) in pages.items():
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == status, address
            assert words in answer.text
    assert client.get("/account").status_code == 303


def test_guessing_tokens_ends(account: Account, client: FlaskClient) -> None:
    statuses = [client.get(f"/sign-in/guess-{n}").status_code for n in range(32)]
    assert statuses == [404] * 30 + [429] * 2


def test_a_link_of_a_disabled_account_opens_nothing(account: Account, client: FlaskClient) -> None:
    token = make_link()
    with transaction():
        second = make_account("second@example.org")
        grant_role(
            actor=TESTER, now=NOW, account=second, conference_id=account.grants[0].conference_id, role=Role.OWNER
        )
        disable_account(actor=TESTER, now=NOW, account=db.session.get_one(Account, account.id))
    assert client.get(f"/sign-in/{token}").status_code == 404


def test_of_many_posts_at_once_one_wins(account: Account, app: Flask) -> None:
    token = make_link()
    start = threading.Barrier(6)
    statuses: list[int] = []

    def post() -> None:
        browser = app.test_client()
        start.wait()
        statuses.append(browser.post(f"/sign-in/{token}").status_code)

    app.config["WTF_CSRF_ENABLED"] = False
    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 410, 410, 410, 410, 410]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(AccountSession)) == 1


def test_a_link_read_as_open_before_it_was_spent_is_refused_at_the_write(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make_link()
    with transaction():
        link = db.session.scalars(select(AccountLink)).one()
        monkeypatch.setattr("crosslinks.accounts.links.check_link", lambda *_: link)
        spend_link(token=token, real=real_now())
        with pytest.raises(Gone, match=r"link\.used"):
            spend_link(token=token, real=real_now())


def test_an_invitation_link_sets_a_first_password(account: Account, client: FlaskClient) -> None:
    link = f"/sign-in/{make_link(LinkPurpose.SET_PASSWORD, age=timedelta(days=6))}"
    assert "Choose a password" in client.get(link).text
    too_short = client.post(link, data={"new_password": "short"})
    assert too_short.status_code == 422
    assert "at least 12 characters" in too_short.text
    assert client.post(link, data={"new_password": "a long walk in the woods"}).status_code == 303
    assert client.get("/account").status_code == 200
    db.session.rollback()
    stored = db.session.scalars(select(Account.password_hash)).one()
    assert password_fits(stored, "a long walk in the woods")
    assert client.post(link, data={"new_password": "another long walk here"}).status_code == 410


def test_an_invitation_link_also_signs_in_without_a_password(account: Account, client: FlaskClient) -> None:
    assert client.post(f"/sign-in/{make_link(LinkPurpose.SET_PASSWORD)}", data={"act": "later"}).status_code == 303
    assert client.get("/account").status_code == 200


def test_a_new_password_takes_the_old_one_but_not_shortly_after_a_link(account: Account, client: FlaskClient) -> None:
    client.post(f"/sign-in/{make_link(LinkPurpose.SET_PASSWORD)}", data={"new_password": "a long walk in the woods"})
    assert "Current password" not in client.get("/account").text
    assert client.post("/account/password", data={"new_password": "another long walk here"}).status_code == 303
    assert "Current password" in client.get("/account").text
    new = {"new_password": "a third long walk home"}
    assert client.post("/account/password", data=new).status_code == 422
    wrong = client.post("/account/password", data={**new, "current_password": "a long walk in the woods"})
    assert wrong.status_code == 422
    assert "not your current password" in wrong.text
    right = client.post("/account/password", data={**new, "current_password": "another long walk here"})
    assert right.status_code == 303
