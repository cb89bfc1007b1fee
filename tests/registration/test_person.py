"""The organizer's page of one person, a person added by hand, and acts on those chosen in the list."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.registration.details import get_details
from crosslinks.registration.links import place_path, place_token
from crosslinks.registration.models import Registration, Ticket
from crosslinks.registration.operations import cancel
from crosslinks.registration.queries import count_modes
from crosslinks.registration.rules import BadgeRole, Place, Profession, Source
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.registration.factories import make_registration

LIST = "/manage/crosslinks/2024/registrations"
TYPED = {
    "given_name": " Kari ", "family_name": "Nordmann", "email": "kari@example.org", "organisation": "Haukeland",
    "role": "speaker", "profession": "health", "language": "nb", "note": "Comes late.\r\nNeeds a plug.",
}  # fmt: skip


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    with transaction():
        made = make_edition(onsite=2)
    sign_in(client)
    return made


@pytest.fixture
def person(edition: Edition) -> Registration:
    with transaction():
        return make_registration(edition, given_name="Carrie", family_name="Norman", email="carrie@example.org")


def read(person: Registration) -> Registration:
    db.session.expire_all()
    return db.session.get_one(Registration, person.id)


def actions(person: Registration) -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.object_kind == "registration", AuditEntry.object_id == person.id)
    return [action.partition(".")[2] for action in db.session.scalars(query.order_by(AuditEntry.id))]


def mails(person: Registration) -> list[tuple[str, str]]:
    query = select(OutboxMail.kind, OutboxMail.to_address).where(OutboxMail.registration_id == person.id)
    return [(kind.partition(".")[2], address) for kind, address in db.session.execute(query.order_by(OutboxMail.id))]


def test_the_page_tells_facts_and_history(client: FlaskClient, person: Registration) -> None:
    page = client.get(f"{LIST}/{person.id}").text
    for words in ("Carrie Norman", "Confirmed", "In the room", "carrie@example.org", "Confirmation", "Added"):
        assert words in page
    assert f"{person.reference[:4]}-{person.reference[4:]}" in page
    assert "CX1." not in page
    assert "/r/" not in page


def test_saving_corrects_everything_and_logs_each(client: FlaskClient, person: Registration) -> None:
    before = place_token(person)
    answer = client.post(f"{LIST}/{person.id}", data=TYPED)
    assert (answer.status_code, answer.location) == (303, f"{LIST}/{person.id}")
    now = read(person)
    assert (now.name, now.email, now.organisation) == ("Kari Nordmann", "kari@example.org", "Haukeland")
    assert (now.role, now.profession, now.language) == (BadgeRole.SPEAKER, Profession.HEALTH, "nb")
    assert get_details(person.id)["note"] == "Comes late.\nNeeds a plug."
    assert actions(person) == [
        "created", "renamed", "role_changed", "facts_changed", "details_changed", "email_changed",
    ]  # fmt: skip
    assert mails(person)[1:] == [("confirmed", "kari@example.org")]
    assert place_token(now) != before
    page = client.get(f"{LIST}/{person.id}").text
    assert "<del>carrie@example.org</del>" in page
    client.post(f"{LIST}/{person.id}", data=TYPED)
    assert len(actions(person)) == 6


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"given_name": " "}, "Write the given name"),
        ({"given_name": "x" * 121}, "At most 120"),
        ({"email": "kari@"}, "after @ is missing"),
        ({"email": "kari example.org"}, "The @ is missing"),
        ({"organisation": "a\x00b"}, "cannot be kept"),
        ({"note": "a\x00b"}, "cannot be kept"),
        ({"note": "n" * 1001}, "At most 1000"),
        ({"role": "king"}, "role"),
        ({"profession": ""}, "profession"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_cannot_be_saved_is_said_and_kept(
    client: FlaskClient, person: Registration, changed: dict[str, str], words: str
) -> None:
    answer = client.post(f"{LIST}/{person.id}", data=TYPED | {"family_name": "Kept-Name"} | changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept-Name" in answer.text
    assert read(person).family_name == "Norman"


def test_another_s_address_is_refused_and_shown(client: FlaskClient, edition: Edition, person: Registration) -> None:
    with transaction():
        other = make_registration(edition, email="KARI@example.org", given_name="Other")
    answer = client.post(f"{LIST}/{person.id}", data=TYPED)
    assert answer.status_code == 409
    assert f'href="{LIST}/{other.id}"' in answer.text
    assert read(person).name == "Carrie Norman"
    assert actions(person) == ["created"]
    assert client.post(f"{LIST}/new", data=TYPED | {"mode": "onsite"}).status_code == 409


def test_an_address_can_be_taken_away(client: FlaskClient, person: Registration) -> None:
    client.post(f"{LIST}/{person.id}", data=TYPED | {"email": ""})
    assert (read(person).email, read(person).email_key) == ("", "")
    assert client.post(f"{LIST}/{person.id}/resend").status_code == 409


def test_a_refused_mail_is_shown_with_the_server_s_words(client: FlaskClient, person: Registration) -> None:
    with transaction():
        mail = db.session.scalars(select(OutboxMail)).one()
        mail.state, mail.last_error = MailState.FAILED, "550 no such <user>"
    page = client.get(f"{LIST}/{person.id}").text
    assert "The last mail was not delivered" in page
    assert "550 no such &lt;user&gt;" in page


def test_switching_waiting_and_a_place_out_of_turn(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_registration(edition)
        make_registration(edition)
        late = make_registration(edition, Mode.DIGITAL)
    assert client.post(f"{LIST}/{late.id}/mode", data={"mode": "onsite"}).status_code == 303
    assert (read(late).place, read(late).wants) == (Place.DIGITAL, Place.ONSITE)
    assert "Waiting for the room, 1st" in client.get(f"{LIST}/{late.id}").text
    answer = client.post(f"{LIST}/{late.id}/place", data={"mode": "onsite", "reason": ""})
    assert answer.status_code == 422
    assert "the log keeps it" in answer.text
    client.post(f"{LIST}/{late.id}/place", data={"mode": "onsite", "reason": "Opens the day"})
    assert (read(late).place, read(late).wants) == (Place.ONSITE, Place.NONE)
    assert count_modes(edition.id)[Mode.ONSITE].free == -1
    assert "Opens the day" in client.get(f"{LIST}/{late.id}").text
    assert client.post(f"{LIST}/{late.id}/mode", data={"mode": "moon"}).status_code == 422


def test_cancelling_asks_first_and_promotes(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        first, _, waiting = (make_registration(edition) for _ in range(3))
    assert "Cancel the registration of" in client.get(f"{LIST}/{first.id}/cancel").text
    assert read(first).cancelled_at is None
    assert client.post(f"{LIST}/{first.id}/cancel").status_code == 303
    assert read(first).cancelled_at is not None
    assert read(waiting).place is Place.ONSITE
    page = client.get(f"{LIST}/{first.id}").text
    assert "Register again" in page
    again = client.get(f"{LIST}/new?again={first.id}").text
    assert first.email in again
    assert client.post(f"{LIST}/{first.id}", data=TYPED).status_code == 409


def test_ticket_link_and_mail(client: FlaskClient, person: Registration) -> None:
    assert "stops working" in client.get(f"{LIST}/{person.id}/ticket").text
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1
    client.post(f"{LIST}/{person.id}/ticket")
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 2
    answer = client.post(f"{LIST}/{person.id}/link")
    assert answer.headers["Cache-Control"] == "no-store"
    assert place_path(place_token(read(person))) in answer.text
    assert client.get(f"{LIST}/{person.id}/link").status_code == 405
    client.post(f"{LIST}/{person.id}/resend")
    assert actions(person) == ["created", "ticket_reissued", "link_revealed", "mail_resent"]
    assert mails(person)[-1][0] == "confirmed"


def test_a_person_is_added_by_hand(client: FlaskClient, edition: Edition) -> None:
    assert client.get(f"{LIST}/new").status_code == 200
    answer = client.post(f"{LIST}/new", data=TYPED | {"mode": "onsite", "email": "", "needs_assistance": "y"})
    assert answer.status_code == 303
    added = db.session.scalars(select(Registration)).one()
    assert answer.location == f"{LIST}/{added.id}"
    assert (added.source, added.role, added.place) == (Source.ORGANIZER, BadgeRole.SPEAKER, Place.ONSITE)
    assert added.needs_assistance
    assert mails(added) == []


def test_a_full_room_means_the_waiting_list_or_a_reason(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_registration(edition)
        make_registration(edition)
    typed = TYPED | {"mode": "onsite"}
    assert "full, 0 waiting" in client.get(f"{LIST}/new").text
    refused = client.post(f"{LIST}/new", data=typed | {"override": "y", "reason": " "})
    assert refused.status_code == 422
    assert "the log keeps it" in refused.text
    client.post(f"{LIST}/new", data=typed | {"email": "a@example.org"})
    client.post(f"{LIST}/new", data=typed | {"email": "b@example.org", "override": "y", "reason": "Minister"})
    places = dict(db.session.execute(select(Registration.email, Registration.place)).all())
    assert (places["a@example.org"], places["b@example.org"]) == (Place.NONE, Place.ONSITE)
    assert client.post(f"{LIST}/new", data=typed | {"mode": "moon"}).status_code == 422


def test_those_chosen_are_cancelled_after_asking(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        people = [make_registration(edition, Mode.DIGITAL) for _ in range(12)]
        cancel(actor=TESTER, now=NOW, registration_id=people[0].id)
    ids = [str(person.id) for person in people]
    asked = client.post(f"{LIST}/chosen", data={"act": "cancel", "ids": ids, "back": "?q=nordlie&page=2"})
    assert "Cancel 11 registrations? They are told by mail" in asked.text
    assert "1 more is cancelled already" in asked.text
    assert count_modes(edition.id)[Mode.DIGITAL].confirmed == 11
    again = re.findall(r'name="ids" value="(\d+)"', asked.text)
    done = client.post(f"{LIST}/chosen/cancel", data={"ids": again, "back": "?q=nordlie&page=2"})
    assert (done.status_code, done.location) == (303, f"{LIST}?q=nordlie&page=2")
    assert count_modes(edition.id)[Mode.DIGITAL].confirmed == 0
    assert mails(people[5])[-1][0] == "cancelled"


def test_those_chosen_are_mailed_again_or_get_badges(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        with_address = make_registration(edition)
        without = make_registration(edition, email="")
    ids = [str(with_address.id), str(without.id)]
    client.post(f"{LIST}/chosen", data={"act": "resend", "ids": ids, "back": "//example.org"})
    assert len(mails(with_address)) == 2
    page = client.get(LIST).text
    assert "1 mail is sent again. 1 has no address." in page
    answer = client.post(f"{LIST}/chosen", data={"act": "badges", "ids": ids})
    assert answer.location == f"/manage/crosslinks/2024/badges?person={ids[0]}&person={ids[1]}"


@pytest.mark.parametrize("address", ["chosen", "chosen/cancel"])
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 422),
        ({"ids": ["x"]}, 422),
        ({"ids": ["-1"]}, 422),
        ({"ids": ["9" * 30]}, 422),
        ({"ids": ["1"] * 201}, 422),
        ({"ids": ["\x00"]}, 422),
        ({"ids": ["999999"]}, 404),
    ],
)
def test_a_choice_that_cannot_be_read_changes_nothing(
    client: FlaskClient, person: Registration, address: str, sent: dict[str, list[str]], status: int
) -> None:
    assert client.post(f"{LIST}/{address}", data={"act": "cancel"} | sent).status_code == status
    assert read(person).cancelled_at is None


def test_people_of_another_edition_cannot_be_reached(client: FlaskClient, person: Registration) -> None:
    with transaction():
        other_edition = make_edition(make_conference("genomics", name="Genomics"))
        other = make_registration(other_edition, Mode.DIGITAL)
        same = make_edition(person.edition.conference, slug="2025", number=17)
        sibling = make_registration(same)
    for stranger in (other, sibling):
        for act in ("cancel", "resend", "badges"):
            sent = {"act": act, "ids": [str(person.id), str(stranger.id)]}
            assert client.post(f"{LIST}/chosen", data=sent).status_code == 404
        assert client.post(f"{LIST}/chosen/cancel", data={"ids": [str(stranger.id)]}).status_code == 404
        assert client.get(f"{LIST}/{stranger.id}").status_code == 404
        for page in ("", "/mode", "/place", "/cancel", "/ticket", "/resend", "/link"):
            answer = client.post(f"{LIST}/{stranger.id}{page}", data=TYPED | {"mode": "onsite", "reason": "x"})
            assert answer.status_code == 404, page
        assert client.get(f"{LIST}/new?again={stranger.id}").status_code == 404
        assert actions(stranger) == ["created"]
    assert read(person).cancelled_at is None


def test_only_who_may(client: FlaskClient, person: Registration) -> None:
    for role, status in ((Role.DOOR_LEAD, 403), (Role.PROGRAMME, 403), (Role.ORGANIZER, 303)):
        browser = client.application.test_client()
        sign_in(browser, role)
        assert browser.post(f"{LIST}/{person.id}/resend").status_code == status


def test_writes_need_the_form_s_token(client: FlaskClient, person: Registration) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    try:
        for page in ("", "/mode", "/place", "/cancel", "/ticket", "/resend", "/link"):
            assert client.post(f"{LIST}/{person.id}{page}", data=TYPED).status_code == 400, page
        assert client.post(f"{LIST}/chosen", data={"act": "resend", "ids": [person.id]}).status_code == 400
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = False
    assert actions(person) == ["created"]
