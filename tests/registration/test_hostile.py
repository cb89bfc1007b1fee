"""What people type to break things, in every field of the form and of its twin: a clear answer, and only words kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.delivery import make_letter
from crosslinks.mail.message import build_message, wire_bytes
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.registration.models import Registration
from tests.accounts.factories import sign_in
from tests.factories import make_edition
from tests.hostile import HOSTILE, HOSTILE_STRINGS

FORM = "/crosslinks/2024/register"
TWIN = "/api/v1/crosslinks/2024/registrations"
LIST = "/manage/crosslinks/2024/registrations"
FIELDS = ("given_name", "family_name", "organisation", "email", "mode", "profession", "consent_privacy")
TYPED = tuple(dict.fromkeys((*HOSTILE, *HOSTILE_STRINGS)))


@pytest.fixture
def edition(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Edition:
    for where in ("public", "api"):
        monkeypatch.setattr(f"crosslinks.registration.{where}.spend_client_request", lambda: None)
    monkeypatch.setattr("crosslinks.registration.public.looks_like_a_program", lambda *more: False)
    with transaction():
        return make_edition(onsite=None, digital=None)


def filled(field: str, typed: str, number: int) -> dict[str, Any]:
    good = {
        "given_name": "Kari", "family_name": "Nordmann", "organisation": "", "email": f"h{number}@example.org",
        "mode": "onsite", "profession": "other", "consent_privacy": "y",
    }  # fmt: skip
    return good | {field: typed}


def letters() -> Iterator[tuple[str, str]]:
    """Return the head of each message, and its page."""
    for mail in db.session.scalars(select(OutboxMail)):
        letter = read_letter(mail)
        made = make_letter(letter)
        written = wire_bytes(build_message(letter, made, settings(), now()), utf8=True).decode("utf-8", "replace")
        yield written.replace("\r\n", "\n").partition("\n\n")[0], made.html


def test_there_are_enough_of_them() -> None:
    assert len(TYPED) >= 50


@pytest.mark.parametrize("field", FIELDS)
def test_the_form_and_its_twin_answer_in_words(client: FlaskClient, edition: Edition, field: str) -> None:
    for number, typed in enumerate(TYPED):
        answer = client.post(FORM, data=filled(field, typed, 2 * number))
        assert answer.status_code in {303, 413, 422}, repr(typed[:60])
        twin = filled(field, typed, 2 * number + 1)
        if field != "consent_privacy":
            twin["consent_privacy"] = True
        answer = client.post(TWIN, json=twin)
        assert answer.status_code in {201, 413, 422}, repr(typed[:60])
    db.session.rollback()
    people = db.session.scalars(select(Registration)).all()
    assert not any(ord(letter) < 32 for one in people for letter in one.name + one.organisation + one.email)
    sign_in(client)
    for page in (LIST, f"{LIST}?sort=registered&page=2", *(f"{LIST}/{one.id}" for one in people[:3])):
        shown = client.get(page, follow_redirects=True)
        assert shown.status_code in {200, 404}
        assert not any(bad in shown.text for bad in ("<script>alert", "<img src=x", "<svg/onload", "onerror=alert(1)>"))
    for head, page in letters():
        assert "\nbcc:" not in head.lower()
        assert "<script>alert" not in page
