"""Organizers: what is asked, who agrees, files of only those, a withdrawal by mail, and the mark on badges."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.consents.erasure import erase_person
from crosslinks.consents.queries import list_entries, list_present, list_wordings
from crosslinks.consents.rules import Purpose, Topic
from crosslinks.documents.queries import BadgeFilter, list_badge_people
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel
from crosslinks.sponsors.models import Sponsor
from tests.accounts.factories import sign_in
from tests.consents.factories import ask, asking_sponsor, say
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.hostile import HOSTILE
from tests.registration.factories import make_registration, take_place
from tests.registration.test_export import read_csv, read_xlsx
from tests.registration.test_list import counting

M = "/manage/crosslinks/2024"
PHOTO = Topic(Purpose.PHOTO)
LIST = Topic(Purpose.PARTICIPANT_LIST)


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    with transaction():
        edition = make_edition()
        ask(edition)
    sign_in(client)
    return edition


@pytest.fixture
def sponsor(edition: Edition) -> Sponsor:
    with transaction():
        return asking_sponsor(edition, "Nordvik Biotech")


def about(sponsor: Sponsor) -> Topic:
    return Topic(Purpose.SPONSOR, sponsor.id)


def person(edition: Edition, *topics: Topic, **more: str) -> Registration:
    made = make_registration(edition, **more)
    for topic in topics:
        say(edition, made.id, topic)
    return made


def logged() -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_the_organizer_decides_what_is_asked_and_how(client: FlaskClient, app: Flask):
    with transaction():
        edition = make_edition()
    sign_in(client)
    assert client.get(f"{M}/consents").status_code == 200
    sent = {"photo_asked": "y", "photo_en": "  Take my picture.  ", "next_edition_asked": "y"}
    assert client.post(f"{M}/consents", data=sent).status_code == 303
    asked = {one.topic.field: one.texts for one in list_wordings(edition.id)}
    assert asked.keys() == {"consent_photo", "consent_next"}
    assert asked["consent_photo"]["en"] == "Take my picture."
    assert "bilder" in asked["consent_photo"]["nb"]
    assert [entry.action for entry in logged()][-2:] == ["edition.consents_changed"] * 2
    assert client.post(f"{M}/consents", data=sent).status_code == 303
    assert client.post(f"{M}/consents", data={"csrf_token": "x"}).status_code == 303
    assert list_wordings(edition.id) == []


@pytest.mark.parametrize("text", ["x" * 501, "a\x00b"])
def test_words_that_cannot_be_kept_are_refused_and_stay_typed(client: FlaskClient, edition: Edition, text: str):
    before = [dict(one.texts) for one in list_wordings(edition.id)]
    answer = client.post(f"{M}/consents", data={"photo_asked": "y", "photo_en": text})
    assert answer.status_code == 422
    assert "One thing needs your attention" in answer.text
    assert [dict(one.texts) for one in list_wordings(edition.id)] == before


def test_the_sponsor_decides_whether_people_are_asked(client: FlaskClient, edition: Edition, sponsor: Sponsor):
    kept = {"name": sponsor.name, "tier": str(sponsor.tier_id)}
    assert "checked" in client.get(f"{M}/sponsors/{sponsor.id}").text
    assert client.post(f"{M}/sponsors/{sponsor.id}", data=kept).status_code == 303
    assert about(sponsor) not in [one.topic for one in list_wordings(edition.id)]
    assert client.post(f"{M}/sponsors/{sponsor.id}", data=kept | {"asks_contact": "y"}).status_code == 303
    assert about(sponsor) in [one.topic for one in list_wordings(edition.id)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sponsors_file_holds_only_who_agrees_to_that_sponsor_now(
    client: FlaskClient, edition: Edition, sponsor: Sponsor, kind: str
):
    with transaction():
        other = asking_sponsor(edition, "Other")
        person(
            edition, about(sponsor), given_name="=Ja", family_name="Takk", organisation="@x", email="yes@example.org"
        )
        person(edition, PHOTO, LIST, given_name="Never")
        person(edition, about(other), given_name="Elsewhere")
        person(edition, about(sponsor), given_name="Silent", email="")
        gone = person(edition, about(sponsor), given_name="Gone")
        cancel(actor=TESTER, now=NOW, registration_id=gone.id)
        back = person(edition, about(sponsor), given_name="Withdrawn")
        say(edition, back.id, about(sponsor), given=False)
    page = client.get(f"{M}/sponsors/{sponsor.id}/contacts").text
    assert "1 person agrees that Nordvik Biotech writes to them" in page
    answer = client.post(f"{M}/sponsors/{sponsor.id}/contacts", data={"format": kind})
    assert answer.headers["Cache-Control"] == "no-store"
    rows = [list(row) for row in (read_csv if kind == "csv" else read_xlsx)(answer.data)]
    assert rows[1:] == [["'=Ja", "Takk", "'@x", "yes@example.org"]]
    entry = logged()[-1]
    assert (entry.action, entry.object_id, entry.actor_kind) == ("sponsor.contacts_exported", sponsor.id, "account")
    assert entry.after == {"name": "Nordvik Biotech", "rows": 1, "format": kind}


def test_asking_writes_nothing_and_an_unknown_kind_is_refused(client: FlaskClient, edition: Edition, sponsor: Sponsor):
    before = len(logged())
    for _ in range(2):
        assert client.get(f"{M}/sponsors/{sponsor.id}/contacts").status_code == 200
    for wrong in ("", "pdf", "\x00"):
        assert client.post(f"{M}/sponsors/{sponsor.id}/contacts", data={"format": wrong}).status_code == 422
    assert len(logged()) == before


def test_who_may_not_see_people_hands_out_nobody(client: FlaskClient, edition: Edition, sponsor: Sponsor):
    sign_in(client, Role.PROGRAMME)
    assert client.get(f"{M}/sponsors/{sponsor.id}").status_code == 200
    assert client.get(f"{M}/sponsors/{sponsor.id}/contacts").status_code == 403
    assert client.post(f"{M}/sponsors/{sponsor.id}/contacts", data={"format": "csv"}).status_code == 403


def test_another_conferences_sponsor_is_not_found(client: FlaskClient, edition: Edition):
    with transaction():
        other = asking_sponsor(make_edition(make_conference("other", name="Other")))
    assert client.get(f"{M}/sponsors/{other.id}/contacts").status_code == 404
    assert client.post(f"{M}/sponsors/{other.id}/contacts", data={"format": "csv"}).status_code == 404


def test_the_list_of_participants_has_names_and_workplaces_of_who_agreed(client: FlaskClient, edition: Edition):
    with transaction():
        person(edition, LIST, given_name="Åse", family_name="Ås", organisation="Haukeland", email="aase@example.org")
        person(edition, PHOTO, given_name="Hidden")
    page = client.get(f"{M}/consents/participants?page=999").text
    assert "Ås, Åse" in page
    assert "Hidden" not in page
    answer = client.post(f"{M}/consents/participants", data={"format": "csv"})
    assert read_csv(answer.data)[1:] == [["Åse", "Ås", "Haukeland"]]
    assert b"aase@" not in answer.data
    assert logged()[-1].after == {"rows": 1, "consent": "participant_list"}


def test_counts_keep_who_was_erased(client: FlaskClient, edition: Edition):
    with transaction():
        person(edition, PHOTO)
        gone = person(edition, PHOTO)
        erase_person(registration_id=gone.id)
    page = client.get(f"{M}/consents").text
    assert "1 person agrees now" in page
    assert "1 who was erased since had agreed" in page


def test_a_withdrawal_that_came_by_mail_is_noted_with_its_reason(client: FlaskClient, edition: Edition):
    with transaction():
        made = person(edition, PHOTO)
    url = f"{M}/registrations/{made.id}"
    assert "Agreed on 18 January 2024" in client.get(url).text
    assert client.post(f"{url}/consents", data={"topic": "consent_photo", "reason": " "}).status_code == 303
    assert list_present(made.id)[PHOTO].given
    sent = {"topic": "consent_photo", "reason": "Wrote on 17 January"}
    assert client.post(f"{url}/consents", data=sent).status_code == 303
    db.session.rollback()
    assert not list_present(made.id)[PHOTO].given
    entry = list_entries(made.id)[0]
    assert (entry.reason, entry.actor_kind) == ("Wrote on 17 January", "account")
    page = client.get(url).text
    assert "Wrote on 17 January" in page
    assert "Withdrawn on 18 January 2024" in page
    assert client.post(f"{url}/consents", data=sent).status_code == 303
    assert len(list_entries(made.id)) == 2


def test_an_organizer_cannot_agree_for_somebody(client: FlaskClient, edition: Edition):
    with transaction():
        made = person(edition)
    sent = {"topic": "consent_photo", "reason": "x", "act": "give"}
    client.post(f"{M}/registrations/{made.id}/consents", data=sent)
    assert list_present(made.id) == {}


def test_the_pages_cost_the_same_for_many(client: FlaskClient, edition: Edition, sponsor: Sponsor):
    pages = (f"{M}/consents", f"{M}/consents/participants", f"{M}/sponsors/{sponsor.id}/contacts")

    def cost() -> list[int]:
        found = []
        for page in pages:
            with counting() as seen:
                client.get(page)
            found.append(len(seen))
        return found

    with transaction():
        person(edition, PHOTO, LIST, about(sponsor))
    few = cost()
    with transaction():
        for _ in range(30):
            person(edition, PHOTO, LIST, about(sponsor))
    assert cost() == few


def marked(edition: Edition) -> set[str]:
    db.session.rollback()
    return {one.given_name for one in list_badge_people(edition.id, BadgeFilter()) if one.no_photo}


def test_badges_say_no_photo_for_who_was_asked_and_does_not_agree(edition: Edition):
    with transaction():
        for name in ("Asked", "Agrees", "Changed"):
            take_place(edition, given_name=name)
        people = {one.given_name: one for one in db.session.scalars(select(Registration))}
        say(edition, people["Agrees"].id, PHOTO)
        say(edition, people["Changed"].id, PHOTO)
        say(edition, people["Changed"].id, PHOTO, given=False)
        person(edition, given_name="Speaker")
        said_no = person(edition, PHOTO, given_name="Said no")
        say(edition, said_no.id, PHOTO, given=False)
    assert marked(edition) == {"Asked", "Changed", "Said no"}


def test_no_badge_is_marked_where_nobody_is_asked(app: Flask):
    with transaction():
        edition = make_edition()
        take_place(edition)
    assert marked(edition) == set()


def test_a_hostile_sponsor_is_a_name_like_any_other(client: FlaskClient, edition: Edition):
    names = [text for text in HOSTILE if text.strip() and len(text) <= 200 and text.isprintable()]
    assert len(names) > 40
    with transaction():
        sponsors = [asking_sponsor(edition, name) for name in names]
        made = person(edition, *(about(sponsor) for sponsor in sponsors))
    own = client.get(f"/r/{place_token(made)}/consents").text
    form = client.get("/crosslinks/2024/register").text
    for page in (own, form, client.get(f"{M}/consents").text, client.get(f"{M}/registrations/{made.id}").text):
        assert not any(broken in page for broken in ("<script>alert", "<svg/onload", "<img src=x"))
    assert client.post(f"{M}/sponsors/{sponsors[0].id}/contacts", data={"format": "xlsx"}).status_code == 200
