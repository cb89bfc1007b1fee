"""Publishing: what the public sees, what it is told, and whom the organizer may write to."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.app import create_app
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.programme.models import Person
from crosslinks.programme.operations import change_talk, delete_talk
from crosslinks.programme.people import change_person, delete_person
from crosslinks.programme.publishing import digest, freeze
from crosslinks.programme.queries import get_talk, list_session_rows
from crosslinks.programme.release_drafts import list_drafts
from crosslinks.programme.release_letters import changed_letter
from crosslinks.programme.release_models import ProgrammeRelease, ReleaseLetter
from crosslinks.programme.released import list_released_rows
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import Programme, make_person, make_programme, make_talk, oslo, publish

HOME = "/crosslinks/2024"
MANAGE = "/manage/crosslinks/2024/programme/releases"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition()


@pytest.fixture
def day(edition: Edition) -> Programme:
    with transaction():
        return make_programme(edition)


def change(edition: Edition, day: Programme, key: str, **changes: Any) -> None:
    """Change a talk of the working copy, found by who gives it, in a transaction of its own."""
    with transaction():
        talk = get_talk(edition.id, day.talks[key].id)
        change_talk(actor=TESTER, now=NOW, edition=edition, talk=talk, changes=changes)


def page(client: FlaskClient, path: str, language: str = "en") -> str:
    response = client.get(f"{HOME}/{path}", headers={"Accept-Language": language})
    assert response.status_code == 200, path
    return response.text


def give_address(edition: Edition, person: Person, email: str, language: str = "en") -> None:
    with transaction():
        change_person(
            actor=TESTER, now=NOW, edition=edition, person=db.session.get_one(Person, person.id),
            changes={"email": email, "biography_language": language},
        )  # fmt: skip


def publish_by_form(client: FlaskClient, edition: Edition, **more: str) -> Any:
    return client.post(MANAGE, data={"seen": digest(freeze(edition.id))} | more)


def test_a_release_shows_what_the_working_copy_was(edition: Edition, day: Programme) -> None:
    assert list_released_rows(edition.id) == list_session_rows(edition.id)


def test_nothing_is_public_before_the_first_release(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_talk(edition, None, "10:30", 30, "Secret talk", speakers=[make_person(edition, "Eve", "Hidden")])
    assert "The programme will be here." in page(client, "programme")
    assert "Her kommer programmet." in page(client, "programme", "nb")
    assert "Hidden" not in page(client, "speakers")
    assert client.get(f"{HOME}/talks/secret-talk").status_code == 404
    with transaction():
        publish(edition)
    assert "Secret talk" in page(client, "programme")


def test_a_change_waits_for_its_release(client: FlaskClient, edition: Edition, day: Programme) -> None:
    change(edition, day, "ali", title={"en": "Renamed"}, abstract="New abstract")
    for path in ("programme", "talks/" + day.talks["ali"].slug, "speakers/raza-ali", "programme.ics", ""):
        assert "Renamed" not in page(client, path), path
        assert "New abstract" not in page(client, path), path
    with transaction():
        publish(edition)
    assert "Renamed" in page(client, "programme")
    assert "New abstract" in page(client, "talks/" + day.talks["ali"].slug)


def test_the_programme_page_says_when_it_last_changed(client: FlaskClient, edition: Edition, day: Programme) -> None:
    change(edition, day, "ali", title={"en": "Renamed"})
    with transaction():
        publish(edition)
    assert "Release 2</a>, last changed 18\u00a0January\u00a02024" in page(client, "programme")
    assert "Versjon 2</a>, sist endret 18.\u00a0januar\u00a02024" in page(client, "programme", "nb")


def test_people_are_called_as_they_are_now_and_vanish_when_deleted(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    with transaction():
        person = db.session.get_one(Person, day.people["ali"].id)
        change_person(actor=TESTER, now=NOW, edition=edition, person=person, changes={"family_name": "Newname"})
    assert "Raza Newname" in page(client, "programme")
    with transaction():
        person = db.session.get_one(Person, day.people["ali"].id)
        number = person.id
        delete_person(actor=TESTER, now=NOW, edition=edition, person=person, from_programme=True)
    for path in ("programme", "programme/releases/1", "programme/changes", "speakers", "programme.ics"):
        assert "Newname" not in page(client, path), path
    with transaction():
        db.session.add(
            Person(id=number, edition_id=edition.id, slug="somebody", given_name="Not", family_name="Announced")
        )
    for path in ("programme", "programme/releases/1", "speakers"):
        assert "Announced" not in page(client, path), "a number that is used again must name nobody"


def test_the_changelog_reads_in_words_in_both_languages(client: FlaskClient, edition: Edition, day: Programme) -> None:
    talk = day.talks["tarantino"]
    change(
        edition, day, "tarantino", title={"en": "Conjugates", "nb": "Konjugater"}, starts_at=oslo("12:05"),
        ends_at=talk.ends_at,
    )  # fmt: skip
    with transaction():
        delete_talk(actor=TESTER, now=NOW, edition=edition, talk=get_talk(edition.id, day.talks["ali"].id))
        publish(edition, note={"en": "After a cancellation.", "nb": "Etter et avbud."})
    english, norwegian = page(client, "programme/changes"), page(client, "programme/changes", "nb")
    for words in (
        "Now at 12:05, was at 11:55.", "Shorter: 20 minutes, was 30.",
        "Was called “Antibody-drug conjugates”.", "Taken out. It was at 13:55.",
        "After a cancellation.",
    ):  # fmt: skip
        assert words in english
    for words in (
        "Nå kl. 12.05, var kl. 11.55.", "Kortere: 20 minutter, var 30.", "Het før «Antistoff-legemiddelkonjugater».",
        "Tatt ut. Sto kl. 13.55.", "Etter et avbud.",
    ):  # fmt: skip
        assert words in norwegian
    assert english.index("Precision oncology") < english.index("New technologies")


def test_an_old_release_stays_and_says_that_it_is_old(client: FlaskClient, edition: Edition, day: Programme) -> None:
    gone = day.talks["ali"].slug
    with transaction():
        delete_talk(actor=TESTER, now=NOW, edition=edition, talk=get_talk(edition.id, day.talks["ali"].id))
        publish(edition)
    html = page(client, "programme/releases/1")
    assert "Multiplexed imaging" in html
    assert "This is an older programme" in html
    assert 'name="robots" content="noindex"' in html
    assert f'href="{HOME}/programme"' in html
    assert f"talks/{gone}" not in html, "what has no page any more is not linked"
    assert f"talks/{day.talks['loges'].slug}" in html
    assert "This is the programme as it is now" in page(client, "programme/releases/2")
    for number in ("0", "3", "2147483647", "99999999999", "x"):
        assert client.get(f"{HOME}/programme/releases/{number}").status_code == 404


def test_publishing_through_the_page_tells_what_changes(client: FlaskClient, edition: Edition, day: Programme) -> None:
    sign_in(client, Role.PROGRAMME)
    assert "Everything is published" in client.get(MANAGE).text
    change(edition, day, "ali", starts_at=oslo("13:30"), ends_at=oslo("14:00"))
    html = client.get(MANAGE).text
    assert "Now at 13:30, was at 13:55." in html
    assert "1 conflict is still open" in html
    assert "No e-mail address" in html
    assert "Publish release 2" in html
    answer = publish_by_form(client, edition, note_en="Moved", note_nb="Flyttet")
    assert answer.status_code == 303
    release = db.session.scalars(select(ProgrammeRelease).where(ProgrammeRelease.number == 2)).one()
    assert release.note == {"en": "Moved", "nb": "Flyttet"}
    assert release.published_by == "Ola Nordmann"
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "programme.published").order_by(AuditEntry.id.desc())
    ).first()
    assert entry is not None
    assert entry.after["number"] == 2
    assert "Moved" in page(client, "programme/changes")


def test_what_was_not_read_is_not_published(client: FlaskClient, edition: Edition, day: Programme) -> None:
    sign_in(client, Role.PROGRAMME)
    change(edition, day, "ali", title={"en": "Read"})
    seen = digest(freeze(edition.id))
    change(edition, day, "ali", title={"en": "Never read"})
    answer = client.post(MANAGE, data={"seen": seen, "note_en": "Kept"})
    assert answer.status_code == 422
    assert "was changed while you read" in answer.text
    assert "Kept" in answer.text
    assert "Never read" not in page(client, "programme")


@pytest.mark.parametrize(
    "sent", [{}, {"seen": "\x00"}, {"note_en": "x" * 20_000}, {"note_nb": "\x00"}, {"seen": "x" * 500}]
)
def test_bad_input_publishes_nothing(
    client: FlaskClient, edition: Edition, day: Programme, sent: dict[str, str]
) -> None:
    sign_in(client, Role.PROGRAMME)
    change(edition, day, "ali", title={"en": "Other"})
    good = {} if "seen" in sent or not sent else {"seen": digest(freeze(edition.id))}
    assert client.post(MANAGE, data=good | sent).status_code == 422
    assert db.session.scalars(select(ProgrammeRelease.number)).all() == [1]


def test_nothing_new_is_no_release(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with pytest.raises(Conflict), transaction():
        publish(edition)
    sign_in(client, Role.PROGRAMME)
    assert publish_by_form(client, edition).status_code == 422


def test_who_may_not_change_the_programme_may_not_publish_it(client: FlaskClient, day: Programme) -> None:
    sign_in(client, Role.DOOR_LEAD)
    for path in (MANAGE, f"{MANAGE}/letters/1"):
        assert client.get(path).status_code == 403
    assert client.post(MANAGE).status_code == 403
    assert client.post(f"{MANAGE}/letters", data={"deed": "send"}).status_code == 403


def drafted(edition: Edition) -> dict[str, ReleaseLetter]:
    return {letter.person.email: letter for letter in list_drafts(edition.id)}


def told(edition: Edition, email: str) -> list[str]:
    return [
        item["what"] for part in drafted(edition)[email].facts["parts"] for item in part["items"]
    ]  # fmt: skip


def test_those_whose_part_changed_get_a_draft_and_nobody_else(edition: Edition, day: Programme) -> None:
    give_address(edition, day.people["ali"], "ali@example.org")
    give_address(edition, day.people["rasche"], "rasche@example.org")
    give_address(edition, day.people["haakensen"], "haakensen@example.org")
    change(edition, day, "ali", title={"en": "Renamed"})
    with transaction():
        publish(edition)
    assert drafted(edition).keys() == {"ali@example.org", "haakensen@example.org"}
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_a_draft_that_was_not_sent_tells_of_both_releases(edition: Edition, day: Programme) -> None:
    give_address(edition, day.people["ali"], "ali@example.org")
    was = day.talks["ali"].starts_at
    for minutes, title in ((5, "Once"), (10, "Twice")):
        start = was + timedelta(minutes=minutes)
        change(edition, day, "ali", starts_at=start, ends_at=start + timedelta(minutes=30), title={"en": title})
        with transaction():
            publish(edition)
    letter = drafted(edition)["ali@example.org"]
    assert (letter.since, letter.until) == (1, 3)
    moved = next(item for item in letter.facts["parts"][0]["items"] if item["what"] == "moved")
    assert moved["before"] == was.isoformat()
    assert told(edition, "ali@example.org") == ["moved", "renamed"]
    change(edition, day, "ali", starts_at=was, ends_at=was + timedelta(minutes=30), title=day.talks["ali"].title)
    with transaction():
        publish(edition)
    first = db.session.get_one(ProgrammeRelease, 1)
    assert first.number == 1


def test_a_draft_goes_when_all_is_as_it_was(edition: Edition, day: Programme) -> None:
    give_address(edition, day.people["ali"], "ali@example.org")
    title = dict(day.talks["ali"].title)
    for words in ({"en": "Once"}, title):
        change(edition, day, "ali", title=words)
        with transaction():
            publish(edition)
    assert drafted(edition) == {}


def test_a_letter_is_read_worded_and_sent(client: FlaskClient, edition: Edition, day: Programme) -> None:
    give_address(edition, day.people["ali"], "ali@example.org", "nb")
    change(edition, day, "ali", starts_at=oslo("14:00"), ends_at=oslo("14:25"))
    with transaction():
        publish(edition)
    sign_in(client, Role.PROGRAMME)
    number = drafted(edition)["ali@example.org"].id
    address = f"{MANAGE}/letters/{number}"
    html = client.get(address).text
    assert "Nå kl. 14.00, var kl. 13.55." in html
    assert "ali@example.org" in html
    sent = {"opening": "Beklager flyttingen.\nHilsen Ola", "language": "nb", "deed": "save"}
    assert client.post(address, data=sent).status_code == 303
    assert "Beklager flyttingen." in client.get(address).text
    assert client.post(address, data=sent | {"deed": "send"}).status_code == 303
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.kind, mail.to_address, mail.language) == ("programme.changed", "ali@example.org", "nb")
    rendered = changed_letter(read_letter(mail))
    assert rendered.subject == "Din del av Crosslinks 2024 er endret" or "endret" in rendered.subject
    for part in (rendered.text, rendered.html):
        assert "Beklager flyttingen." in part
        assert "14.00–14.25" in part
        assert "Loges" not in part
    assert client.get(address).status_code == 404
    assert client.post(address, data=sent | {"deed": "send"}).status_code == 404
    assert len(db.session.scalars(select(OutboxMail)).all()) == 1


@pytest.mark.parametrize(("deed", "mails"), [("send", 2), ("discard", 0)])
def test_all_letters_at_once(client: FlaskClient, edition: Edition, day: Programme, deed: str, mails: int) -> None:
    for key in ("ali", "haakensen"):
        give_address(edition, day.people[key], f"{key}@example.org")
    change(edition, day, "ali", title={"en": "Renamed"})
    with transaction():
        publish(edition)
    sign_in(client, Role.PROGRAMME)
    assert "2 letters wait for you" in client.get(MANAGE).text
    assert client.post(f"{MANAGE}/letters", data={"deed": deed}).status_code == 303
    assert len(db.session.scalars(select(OutboxMail)).all()) == mails
    assert drafted(edition) == {}
    assert client.post(f"{MANAGE}/letters", data={"deed": "sideways"}).status_code == 422


@pytest.mark.parametrize(
    "sent",
    [
        {"deed": "sideways", "language": "en"},
        {"deed": "send", "language": "xx"},
        {"deed": "send", "language": "en", "opening": "x" * 9_000},
        {"deed": "send", "language": "en", "opening": "\x00"},
    ],
)
def test_bad_words_send_nothing(client: FlaskClient, edition: Edition, day: Programme, sent: dict[str, str]) -> None:
    give_address(edition, day.people["ali"], "ali@example.org")
    change(edition, day, "ali", title={"en": "Renamed"})
    with transaction():
        publish(edition)
    sign_in(client, Role.PROGRAMME)
    number = drafted(edition)["ali@example.org"].id
    assert client.post(f"{MANAGE}/letters/{number}", data=sent).status_code == 422
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_an_address_taken_away_since_is_said(client: FlaskClient, edition: Edition, day: Programme) -> None:
    give_address(edition, day.people["ali"], "ali@example.org")
    change(edition, day, "ali", title={"en": "Renamed"})
    with transaction():
        publish(edition)
    number = drafted(edition)["ali@example.org"].id
    give_address(edition, day.people["ali"], "")
    sign_in(client, Role.PROGRAMME)
    answer = client.post(f"{MANAGE}/letters/{number}", data={"deed": "send", "language": "en", "opening": "Kept words"})
    assert answer.status_code == 422
    assert "There is no e-mail address any more." in answer.text
    assert "Kept words" in answer.text
    assert client.post(f"{MANAGE}/letters", data={"deed": "send"}).status_code == 303
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_a_letter_of_another_edition_is_not_there(client: FlaskClient, edition: Edition, day: Programme) -> None:
    give_address(edition, day.people["ali"], "ali@example.org")
    change(edition, day, "ali", title={"en": "Renamed"})
    with transaction():
        publish(edition)
        make_edition(edition.conference, slug="2025", number=17)
    number = drafted(edition)["ali@example.org"].id
    sign_in(client, Role.PROGRAMME)
    other = MANAGE.replace("2024", "2025")
    assert client.get(f"{other}/letters/{number}").status_code == 404
    assert client.post(f"{other}/letters", data={"deed": "send"}).status_code == 303
    assert db.session.scalars(select(OutboxMail)).all() == []


def preview_token(edition: Edition) -> str:
    return make_link(settings().keys, LinkKind.PREVIEW, edition.id, edition.preview_epoch)


def test_the_preview_link_shows_the_working_copy_and_ends(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    change(edition, day, "ali", title={"en": "Unreleased title"})
    answer = client.get(f"{HOME}/programme?preview={preview_token(edition)}")
    assert "Unreleased title" in answer.text
    assert "Not published." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Unreleased title" in page(client, f"talks/{day.talks['ali'].slug}"), "it goes along in the browser"
    visitor = client.application.test_client()
    assert "Unreleased title" not in visitor.get(f"{HOME}/programme").text
    assert "Unreleased title" not in client.get(f"{HOME}/programme?preview=off").text
    assert "Unreleased title" not in page(client, "programme")


@pytest.mark.parametrize("token", ["", "x", "off", "%00", "a" * 3000])
def test_a_wrong_preview_link_shows_what_is_published(
    client: FlaskClient, edition: Edition, day: Programme, token: str
) -> None:
    change(edition, day, "ali", title={"en": "Unreleased title"})
    answer = client.get(f"{HOME}/programme?preview={token}")
    assert answer.status_code == 200
    assert "Unreleased title" not in answer.text
    assert "Not published." not in answer.text


def test_a_draft_edition_is_previewed_without_a_release(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        db.session.get_one(Edition, edition.id).state = EditionState.DRAFT
        make_talk(edition, None, "10:30", 30, "Unreleased title")
    answer = client.get(f"{HOME}/programme?preview={preview_token(edition)}")
    assert "Unreleased title" in answer.text
    assert "See what is published" not in answer.text
    assert client.application.test_client().get(f"{HOME}/programme").status_code == 404


def test_a_release_through_one_server_is_seen_through_the_other(
    app: Flask, client: FlaskClient, edition: Edition, day: Programme
) -> None:
    other = create_app(settings())
    assert other.extensions["crosslinks.keeper"] is not app.extensions["crosslinks.keeper"]
    path = f"{HOME}/programme"
    db.session.remove()

    def seen() -> str:
        with other.app_context():
            try:
                return other.test_client().get(path).text
            finally:
                db.session.remove()
                db.engine.dispose()

    assert "Renamed" not in seen()
    assert "Renamed" not in client.get(path).text
    edition = db.session.get_one(Edition, 1)
    change(edition, day, "ali", title={"en": "Renamed"})
    assert "Renamed" not in seen()
    with transaction():
        publish(db.session.get_one(Edition, 1))
    assert "Renamed" in seen()
    assert "Renamed" in client.get(path).text


def test_a_talk_that_is_new_is_linked_from_the_changelog_page_of_nobody(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    with transaction():
        make_talk(edition, None, "15:40", 10, "<script>alert(1)</script>")
        publish(edition, note={"en": "<b>bold</b>"})
    html = page(client, "programme/changes")
    assert "<script>alert" not in html
    assert "<b>bold" not in html
    assert re.search(r"New talk, 15:40\.", html)
