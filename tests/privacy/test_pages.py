"""The pages of one's own data and of the organizers, and who may open them."""

from __future__ import annotations

import json
import re
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.kernel.tokens import show_reference
from crosslinks.privacy.models import ErasureProof
from crosslinks.privacy.rules import ErasureKind, ErasureReason
from crosslinks.privacy.wording import TABLES, tell
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from tests.accounts.factories import sign_in
from tests.checkin.factories import be_at
from tests.factories import make_conference, make_edition
from tests.privacy.makers import EMAIL, FAMILY, GIVEN, NOTE, ORGANISATION, make_everything
from tests.registration.factories import make_registration

M = "/manage/crosslinks/2024"
OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def edition(app):
    with transaction():
        return make_edition()


@pytest.fixture
def person(edition):
    with transaction():
        return make_registration(edition, given_name=GIVEN, family_name=FAMILY, email=EMAIL, organisation=ORGANISATION)


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_file_tells_everything_of_everybody_feature(client, edition):
    number, known = make_everything(edition.id)
    token = place_token(db.session.get_one(Registration, number))
    answer = client.get(f"/r/{token}/data.json")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    told = json.loads(answer.data)
    assert told["format"] == "crosslinks-person-1"
    cancelled, present = told["registrations"]
    assert cancelled["registration"]["cancelled_at"]
    assert (present["registration"]["given_name"], present["registration"]["email"]) == (GIVEN, EMAIL)
    assert NOTE in present["registration"]["organizers_keep"]["note"]
    assert len(present["registration"]["tickets"]) == 2
    assert present["checkin"]["came_in_at"]
    assert {message["state"] for message in present["mail"]["messages"]} >= {"queued", "sent", "failed"}
    assert present["documents"]["badges"][0]["format"] == "l7418"
    assert any("email_changed" in entry["action"] for entry in present["accounts"]["log"])
    assert token not in answer.text
    assert not any(blob.hex() in answer.text for blob in known.blobs)


@pytest.mark.usefixtures("app")
def test_an_answer_is_told_once_in_words():
    asked = {"question": "Lunch", "answer": "Vegetarian", "value": "o13"}
    assert [told.text for told in tell(asked, OSLO)] == ["Lunch", "Vegetarian"]
    assert [told.text for told in tell(asked | {"answer": ""}, OSLO)] == ["Lunch", "o13"]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_page_says_the_same_in_words(client, edition, language):
    number, _known = make_everything(edition.id)
    person = db.session.get_one(Registration, number)
    page = client.get(f"/r/{place_token(person)}/data?lang={language}").text
    for words in (GIVEN, FAMILY, EMAIL, ORGANISATION, NOTE, show_reference(person.reference)):
        assert words in page
    assert ("Messages to you" if language == "en" else "Meldinger til deg") in page
    assert not any(state in page for state in (">queued<", ">sent<", ">failed<"))
    raw = ("participant_list", "reminder_first", ">photo<", ">admitted<", ">enter<", "Scheduled letters", "Written at")
    assert not any(word in page for word in raw)
    assert not (
        language == "nb" and re.search(r"<dt>(Purpose|Text|Given|Question|Answered|Stream|Feedback)</dt>", page)
    )


def test_looking_changes_nothing(client, person):
    token = place_token(person)
    rows = {model: count(model) for model in (Registration, AuditEntry, ErasureProof)}
    for page in ("data", "data.json", "delete"):
        for _ in range(2):
            assert client.get(f"/r/{token}/{page}").status_code == 200
    assert rows == {model: count(model) for model in rows}


def test_delete_me(client, person):
    token = place_token(person)
    answer = client.post(f"/r/{token}/delete")
    assert answer.status_code == 303
    goodbye = client.get(answer.headers["Location"])
    assert "Everything about you is erased" in goodbye.text
    assert count(Registration) == 0
    assert db.session.scalars(select(ErasureProof.kind)).all() == [ErasureKind.REQUEST]
    for page in ("", "/data", "/data.json", "/delete", "/ticket.pdf", "/calendar.ics"):
        assert client.get(f"/r/{token}{page}").status_code == 404
    assert client.post(f"/r/{token}/delete").status_code == 404


def test_a_wrong_link_erases_nobody(client, person):
    token = place_token(person)
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "%00", "9" * 4000):
        assert client.post(f"/r/{wrong}/delete").status_code == 404
        assert client.get(f"/r/{wrong}/data").status_code == 404
    assert count(Registration) == 1


def test_the_form_is_protected(app, person):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert app.test_client().post(f"/r/{place_token(person)}/delete").status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert count(Registration) == 1


def test_who_cancelled_may_see_and_erase(client, person):
    token = place_token(person)
    client.post(f"/r/{token}/cancel")
    page = client.get(f"/r/{token}").text
    assert f"/r/{token}/data" in page
    assert f"/r/{token}/delete" in page
    assert client.post(f"/r/{token}/delete").status_code == 303
    assert count(Registration) == 0


def test_an_organizer_erases_one_person(client, person):
    sign_in(client, Role.ORGANIZER)
    url = f"{M}/registrations/{person.id}"
    assert f"{url}/erase" in client.get(url).text
    refused = client.post(f"{url}/erase", data={})
    assert refused.status_code == 422
    assert client.post(f"{url}/erase", data={"reason": "because of Quistøvdal"}).status_code == 422
    assert count(Registration) == 1
    assert client.post(f"{url}/erase", data={"reason": "asked"}).status_code == 303
    assert count(Registration) == 0
    proof = db.session.scalars(select(ErasureProof)).one()
    assert (proof.kind, proof.reason, proof.actor_label) == (ErasureKind.ORGANIZER, ErasureReason.ASKED, "Ola Nordmann")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "edition.person_erased")).one()
    assert (entry.object_kind, entry.after) == ("edition", {"reason": "asked", "kind": "organizer"})
    assert client.get(url).status_code == 404
    assert client.post(f"{url}/erase", data={"reason": "asked"}).status_code == 404
    page = client.get(f"{M}/privacy").text
    assert "The person asked for it" in page
    assert FAMILY not in page


def test_an_organizer_takes_the_file_and_the_log_says_so(client, person):
    sign_in(client, Role.ORGANIZER)
    url = f"{M}/registrations/{person.id}"
    assert EMAIL in client.get(f"{url}/data").text
    before = count(AuditEntry)
    answer = client.post(f"{url}/data.json")
    assert answer.json["registrations"][0]["registration"]["email"] == EMAIL
    assert count(AuditEntry) == before + 1


@pytest.mark.parametrize("role", [Role.PROGRAMME, Role.DOOR_LEAD])
def test_others_may_not(client, person, role):
    sign_in(client, role)
    for page in ("privacy", f"registrations/{person.id}/data", f"registrations/{person.id}/erase"):
        assert client.get(f"{M}/{page}").status_code == 403
    assert client.post(f"{M}/registrations/{person.id}/erase", data={"reason": "asked"}).status_code == 403
    assert count(Registration) == 1


def test_another_editions_person_is_not_found(client, person):
    with transaction():
        other = make_edition(make_conference("other"), slug="2025")
        stranger = make_registration(other, Mode.DIGITAL)
    sign_in(client, Role.OWNER)
    url = f"{M}/registrations/{stranger.id}"
    assert client.get(f"{url}/data").status_code == 404
    assert client.post(f"{url}/erase", data={"reason": "asked"}).status_code == 404
    assert client.post(f"{url}/data.json").status_code == 404
    assert count(Registration) == 2


def test_everybody_at_once_only_when_it_is_over(client, person, edition):
    sign_in(client, Role.OWNER)
    assert client.get(f"{M}/privacy/erase").status_code == 409
    assert client.post(f"{M}/privacy/erase").status_code == 409
    be_at(edition.ends_at)
    assert client.get(f"{M}/privacy/erase").status_code == 200
    answer = client.post(f"{M}/privacy/erase")
    assert answer.status_code == 303
    assert "/jobs/" in answer.headers["Location"]
    assert count(Registration) == 1  # the worker does it


def test_the_proof_has_words_for_every_table_of_a_person():
    tables = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "registration" for key in column.foreign_keys)
    }
    assert sorted(tables - TABLES.keys()) == []
