"""The public form, without script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.registration import suspicion
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place, Profession, Source
from tests.conftest import NOW
from tests.factories import make_edition
from tests.registration.factories import take_place

URL = "/crosslinks/2024/register"
GOOD = {
    "given_name": "Łukasz",
    "family_name": "Ødegård",
    "email": "lukasz@example.org",
    "organisation": "Fjordbyen Hospital",
    "mode": "onsite",
    "profession": "health",
    "consent_privacy": "y",
}


@pytest.fixture(autouse=True)
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition(onsite=2)


def people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Registration)) or 0


def send(client: FlaskClient, **changes: Any) -> Any:
    return client.post(URL, data=GOOD | changes)


def field(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert found, name
    return found[0]


def value(page: str, name: str) -> str:
    found = re.search(r'value="([^"]*)"', field(page, name))
    return found[1] if found else ""


def test_from_the_form_to_the_page_after_it(client: FlaskClient) -> None:
    page = client.get(f"{URL}?mode=digital")
    assert page.status_code == 200
    assert "checked" in re.search(r'<input[^>]*value="digital"[^>]*>', page.text)[0]  # type: ignore[index]
    answer = send(client, needs_assistance="y")
    assert answer.status_code == 303
    assert "lukasz" not in answer.headers["Location"].lower()
    after = client.get(answer.headers["Location"])
    assert after.status_code == 200
    assert "Your place is confirmed" in after.text
    assert "Check your mail. We sent you a link" in after.text
    assert "degård" not in after.text
    person = db.session.scalars(select(Registration)).one()
    assert (person.name, person.place, person.profession) == ("Łukasz Ødegård", Place.ONSITE, Profession.HEALTH)
    assert person.needs_assistance
    assert person.source is Source.FORM
    assert person.privacy_seen_at is not None


def test_full_with_a_digital_place_meanwhile(client: FlaskClient, edition: Edition) -> None:
    assert "2 of 2 places left" in client.get(URL).text
    with transaction():
        for _ in range(3):
            take_place(edition)
    page = client.get(URL).text
    assert "Full. 1 waiting. You would be number 2 in line" in page
    assert field(page, "meanwhile_digital")
    answer = send(client, meanwhile_digital="y")
    after = client.get(answer.headers["Location"]).text
    assert "You are number 2 in line" in after
    assert "Meanwhile you have a place on the stream." in after
    person = db.session.scalars(select(Registration).order_by(Registration.id.desc())).first()
    assert person is not None
    assert (person.place, person.wants) == (Place.DIGITAL, Place.ONSITE)


def test_a_known_address_sees_the_same(client: FlaskClient) -> None:
    answers = [send(client), send(client, given_name="Other"), send(client, email="new@example.org")]
    assert {answer.status_code for answer in answers} == {303}
    pages = [client.get(answer.headers["Location"]).text for answer in answers]
    assert pages[0] == pages[1]
    assert [re.search("<h1>.*</h1>", page, re.DOTALL) is None for page in pages] == [False] * 3
    assert people() == 2
    kinds = db.session.scalars(select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    assert kinds == ["registration.confirmed", "registration.already", "registration.confirmed"]


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"given_name": ""}, "given_name", "Write your given name"),
        ({"given_name": "   "}, "given_name", "Write your given name"),
        ({"family_name": "x" * 121}, "family_name", "At most 120 characters."),
        ({"family_name": "a\x00b"}, "family_name", "There is a character in it that cannot be kept."),
        ({"organisation": "\u202egnp"}, "organisation", "There is a character in it that cannot be kept."),
        ({"email": ""}, "email", "Write your e-mail address"),
        ({"email": "ingrid"}, "email", "The @ is missing"),
        ({"email": "ingrid@"}, "email", "The part after @ is missing"),
        ({"email": "@example.org"}, "email", "The part before @ is missing"),
        ({"email": "in grid@example.org"}, "email", "No mail can be sent"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "email", "No mail can be sent"),
        ({"mode": "balcony"}, "mode", "Choose the room or the stream"),
        ({"mode": ""}, "mode", "Choose the room or the stream"),
        ({"profession": "surgeon"}, "profession", "Choose yes or no"),
        ({"consent_privacy": ""}, "consent_privacy", "Tick this to go on"),
    ],
)
def test_errors_stand_beside_the_field_and_what_was_typed_stays(
    client: FlaskClient, changes: dict[str, str], name: str, words: str
) -> None:
    answer = send(client, **changes)
    assert answer.status_code == 422
    page = answer.text
    assert f'id="{name}-error"' in page
    assert words in page
    summary = page.partition('id="errors"')[2].partition("</ul>")[0]
    assert words in summary
    assert re.search(rf'href="#{name}(-0)?"', summary)
    assert 'tabindex="-1" autofocus' in page
    assert value(page, "email" if name != "email" else "given_name") in {"lukasz@example.org", "Łukasz"}
    assert people() == 0


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", '" onfocus="alert(1)', "{{ 7 * 7 }}", "${7*7}", "%(x)s %s", "Robert'); DROP TABLE --",
     "👩‍⚕️", "名前", "ﷺ", "e\u0301", "\ufeffBom", "a\tb\r\nc"],
)  # fmt: skip
def test_hostile_text_is_kept_or_refused_but_never_run(client: FlaskClient, hostile: str) -> None:
    page = send(client, given_name=hostile, organisation=hostile, email="").text
    assert "<script>alert" not in page
    assert 'onfocus="alert' not in page
    assert ">49<" not in page
    assert send(client, given_name=hostile, organisation=hostile).status_code in {303, 422}


def test_in_norwegian(client: FlaskClient) -> None:
    answer = client.post(URL, data=GOOD | {"email": "ingrid.bakke@"}, headers={"Accept-Language": "nb"})
    assert "Delen etter @ mangler, som i navn@example.org" in answer.text
    assert 'lang="nb"' in answer.text
    client.post(URL, data=GOOD, headers={"Accept-Language": "nb"})
    assert db.session.scalars(select(Registration.language)).one() == "nb"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"registration_closes_at": NOW.replace(hour=8)}, "Registration is closed"),
        ({"registration_opens_at": NOW.replace(hour=10)}, "It opens on 18\u00a0January\u00a02024 at 11:00."),
        ({"starts_at": NOW.replace(hour=6), "ends_at": NOW.replace(hour=7)}, "This edition is over"),
        ({"state": EditionState.ARCHIVED}, "This edition is over"),
    ],
)
def test_late_and_early_visitors_get_a_page_of_their_own(
    client: FlaskClient, facts: dict[str, Any], words: str
) -> None:
    with transaction():
        edition = get_edition("crosslinks", "2024")
        for name, fact in facts.items():
            setattr(edition, name, fact)
    for answer in (client.get(URL), send(client)):
        assert answer.status_code == 409
        assert words in answer.text
    assert people() == 0


def test_other_addresses(client: FlaskClient) -> None:
    with transaction():
        get_edition("crosslinks", "2024").state = EditionState.DRAFT
    assert "not published yet" in client.get(URL).text
    assert client.get("/crosslinks/1999/register").status_code == 404
    assert client.get(f"{URL}/done?state=invented").status_code == 404
    assert client.get(f"{URL}/done").status_code == 404


def test_only_modes_that_the_edition_offers(client: FlaskClient) -> None:
    with transaction():
        edition = get_edition("crosslinks", "2024")
        edition.modes = [row for row in edition.modes if row.mode is Mode.DIGITAL]
    page = client.get(URL).text
    assert 'value="onsite"' not in page
    assert "checked" in re.search(r'<input[^>]*value="digital"[^>]*>', page)[0]  # type: ignore[index]
    assert send(client).status_code == 422
    assert send(client, mode="digital").status_code == 303


def test_five_writes_an_hour_for_an_address(client: FlaskClient) -> None:
    answers = [send(client) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert "Retry-After" in answers[-1].headers


def test_a_program_is_asked_and_let_in_when_it_answers(client: FlaskClient) -> None:
    asked = send(client, website="https://spam.example.org")
    assert asked.status_code == 422
    assert people() == 0
    sum_of = re.search(r"How much is (\d) plus (\d)\?", asked.text)
    assert sum_of
    assert value(asked.text, "email") == "lukasz@example.org"
    carried = {"website": "x", "question": value(asked.text, "question")}
    assert send(client, **carried, answer="99").status_code == 422
    right = str(int(sum_of[1]) + int(sum_of[2]))
    assert send(client, **carried, answer=right).status_code == 303
    assert people() == 1


def test_forms_that_keep_coming_faster_than_anybody_types_are_asked(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = value(client.get(URL).text, "opened")
    assert opened
    quick = [send(client, opened=opened, email=f"{n}@example.org").status_code for n in range(5)]
    assert quick == [303, 303, 303, 422, 422]
    assert send(client, opened="forged").status_code == 303
    monkeypatch.setattr(suspicion, "QUICKEST_SECONDS", 0.0)
    assert send(client, opened=opened, email="other@example.org").status_code == 303


def test_a_form_without_its_secret_is_refused(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    visitor = app.test_client()
    assert visitor.post(URL, data=GOOD).status_code == 400
    token = value(visitor.get(URL).text, "csrf_token")
    assert visitor.post(URL, data=GOOD | {"csrf_token": token}).status_code == 303
    assert people() == 1
