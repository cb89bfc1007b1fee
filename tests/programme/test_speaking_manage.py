"""What organizers do about speakers: see what is missing, write, remind, take back, make one of two, show slides."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Actor, Role
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.operations import read_letter
from crosslinks.mail.rules import LetterKept
from crosslinks.programme.erasure import forget_edition
from crosslinks.programme.gaps import list_standings, talks_with_slides
from crosslinks.programme.letters import LETTERS
from crosslinks.programme.links import speaker_token
from crosslinks.programme.material import list_material_rows
from crosslinks.programme.material_models import PersonEdit, RecordingConsent, SlideFile
from crosslinks.programme.models import Person, SessionModerator, TalkSpeaker
from crosslinks.programme.operations import delete_talk
from crosslinks.programme.queries import list_session_rows
from crosslinks.programme.rules import Coming, Gap
from crosslinks.programme.self_service import edit_self
from crosslinks.programme.slide_store import slides_path
from crosslinks.programme.sweeping import YOUNG, sweep_pictures, sweep_slides
from crosslinks.programme.wording import word_conflicts
from crosslinks.web.large import large_body_path
from crosslinks.web.portraits import sized
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import Programme, make_person, make_programme, make_session, make_talk
from tests.programme.test_speaker_link import PDF, PUBLIC, count, picture, stored_files

HOME = "/manage/crosslinks/2024"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        edition = make_edition()
    sign_in(client, Role.PROGRAMME)
    return edition


@pytest.fixture
def day(edition: Edition) -> Programme:
    with transaction():
        made = make_programme(edition)
        for key in ("loges", "derosa", "cameron"):
            made.people[key].email = f"{key}@example.org"
        for person in made.people.values():
            person.coming = Coming.INVITED
    return made


def upload(client: FlaskClient, day: Programme, key: str, *, share: str = "") -> SlideFile:
    link = f"/s/{speaker_token(day.people[key])}"
    path = large_body_path(f"{link}/talks/{day.talks[key].id}/slides")
    sent = {"slides": (io.BytesIO(PDF), "slides.pdf")} | ({share: "y"} if share else {})
    assert client.post(path, data=sent).status_code == 303
    return db.session.scalars(select(SlideFile).order_by(SlideFile.id.desc()).limit(1)).one()


def person_form(**more: str) -> dict[str, str]:
    return {"given_name": "Kari", "family_name": "Demo", "biography_language": "nb", "position": "0"} | more


def mails() -> list[OutboxMail]:
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def test_the_list_counts_and_filters_what_is_missing(client: FlaskClient, day: Programme) -> None:
    standings = {one.person.family_name: one for one in list_standings(day.people["loges"].edition_id)}
    assert set(standings["Loges"].gaps) == set(Gap)
    assert set(standings["Grønlie Cameron"].gaps) == {Gap.CONFIRMATION, Gap.PORTRAIT, Gap.BIOGRAPHY}
    assert Gap.SLIDES not in standings["Wu Homme"].gaps
    upload(client, day, "loges")
    assert talks_with_slides(day.people["loges"].edition_id) == {day.talks["loges"].id}
    html = client.get(f"{HOME}/people?lacks=slides").text
    assert "Derosa" in html
    assert "Sonja" not in html
    assert "slides" in client.get(f"{HOME}/people?lacks=nonsense").text


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_many_people_cost_as_many_statements_as_few(client: FlaskClient, edition: Edition) -> None:
    def costs() -> list[int]:
        found = []
        for path in ("people", "material", "people/letters/reminders"):
            with statements() as seen:
                assert client.get(f"{HOME}/{path}").status_code == 200
            found.append(len(seen))
        return found

    with transaction():
        room = make_session(edition, "10:40", 400, title={"en": "Long"})
        for number in range(3):
            make_talk(edition, room, "10:40", 5, speakers=[make_person(edition, family=f"Number {number}")])
    few = costs()
    with transaction():
        for number in range(3, 150):
            person = make_person(edition, family=f"Number {number}", email=f"p{number}@example.org")
            make_talk(edition, room, "10:40", 5, speakers=[person])
    assert costs() == few


def test_the_link_goes_to_all_with_an_address_and_once(client: FlaskClient, day: Programme) -> None:
    page = client.get(f"{HOME}/people/letters/links").text
    assert "3 people have not got the link yet." in page
    assert "9 people have no e-mail address:" in page
    assert mails() == []
    assert client.post(f"{HOME}/people/letters/links").status_code == 303
    assert [mail.to_address for mail in mails()] == [
        "derosa@example.org", "cameron@example.org", "loges@example.org",
    ]  # fmt: skip
    assert client.post(f"{HOME}/people/letters/links").status_code == 303
    assert len(mails()) == 3


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("You speak at Cancer Crosslinks 2024.", "Open your page", "10:40–11:25", "Thursday 25 January 2024")),
        ("nb", ("Du holder foredrag på Cancer Crosslinks 2024.", "Åpne siden din", "10.40–11.25")),
    ],
)
def test_the_letter_carries_the_link_and_the_day(
    client: FlaskClient, day: Programme, language: str, words: tuple[str, ...]
) -> None:
    with transaction():
        db.session.get_one(Person, day.people["loges"].id).language = language
    number = day.people["loges"].id
    assert client.post(f"{HOME}/people/{number}/link").status_code == 303
    mail = mails()[0]
    assert mail.language == language
    token = speaker_token(db.session.get_one(Person, number))
    assert token not in str(mail.data)
    shown = LETTERS[mail.kind](read_letter(mail))
    for expected in (*words, token):
        assert expected in shown.text, expected
        assert expected in shown.html, expected
    assert token not in LETTERS[mail.kind](read_letter(mail, preview=True)).text


def test_a_reminder_names_what_is_missing_when_it_is_sent(client: FlaskClient, day: Programme) -> None:
    number = day.people["cameron"].id
    assert client.post(f"{HOME}/people/{number}/reminder").status_code == 303
    mail = mails()[0]
    text = LETTERS[mail.kind](read_letter(mail)).text
    assert "- Tell us whether you come" in text
    assert "slides" not in text.lower()
    with transaction():
        person = db.session.get_one(Person, number)
        person.coming, person.biography, person.portrait = Coming.CONFIRMED, "Reads.", "faces/x.jpg"
    with pytest.raises(LetterKept):
        LETTERS[mail.kind](read_letter(mail))
    assert client.post(f"{HOME}/people/{number}/reminder").status_code == 303
    assert len(mails()) == 1
    assert client.post(f"{HOME}/people/letters/reminders").status_code == 303
    assert len(mails()) == 3


def test_a_revoked_link_opens_nothing(client: FlaskClient, day: Programme) -> None:
    person = day.people["loges"]
    old = speaker_token(person)
    assert client.post(f"{HOME}/people/{person.id}/revoke").status_code == 303
    assert client.get(f"/s/{old}").status_code == 410
    db.session.expire_all()
    assert client.get(f"/s/{speaker_token(db.session.get_one(Person, person.id))}").status_code == 200


def test_nobody_is_written_to_without_an_address_or_after_the_links_ended(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    assert client.post(f"{HOME}/people/{day.people['rasche'].id}/link").status_code == 409
    clock.offset += edition.ends_at + timedelta(days=60) - NOW
    assert client.post(f"{HOME}/people/{day.people['loges'].id}/link").status_code in {303, 403, 409}
    assert mails() == []


def test_a_change_of_the_speaker_is_seen_and_taken_back(client: FlaskClient, edition: Edition, day: Programme) -> None:
    number = day.people["loges"].id
    for text in ("First words.", "Second words."):
        with transaction():
            edit_self(now=NOW, edition=edition, person=db.session.get_one(Person, number), changes={"biography": text})
    first, second = db.session.scalars(select(PersonEdit.id).order_by(PersonEdit.id)).all()
    page = client.get(f"{HOME}/people/{number}").text
    assert "Changed by the speaker" in page
    assert "<del>First words.</del>" in page
    assert "Sonja" in client.get(f"{HOME}/people?show=changed").text
    assert client.post(f"{HOME}/people/{number}/changes/{first}/undo").status_code == 409
    assert client.post(f"{HOME}/people/{number}/changes/{second}/undo").status_code == 303
    assert "First words." in client.get(f"{PUBLIC}/speakers/sonja-loges").text
    assert client.post(f"{HOME}/people/{number}/changes/{second}/undo").status_code == 404
    assert client.post(f"{HOME}/people/{day.people['ali'].id}/changes/{first}/undo").status_code == 404
    assert client.post(f"{HOME}/people/{number}/changes/seen").status_code == 303
    assert "Sonja" not in client.get(f"{HOME}/people?show=changed").text


def test_one_address_is_one_person(client: FlaskClient, day: Programme) -> None:
    answer = client.post(f"{HOME}/people/new", data=person_form(email="LOGES@example.org", affiliation="Kept"))
    assert answer.status_code == 422
    assert "has this address already" in answer.text
    assert "Kept" in answer.text
    number = day.people["derosa"].id
    sent = person_form(email="loges@example.org")
    assert client.post(f"{HOME}/people/{number}", data=sent).status_code == 422
    assert client.post(f"{HOME}/people/{number}", data=person_form(email="Derosa@example.org")).status_code == 303


def test_two_entries_become_one(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with transaction():
        double = make_person(
            edition, "Sonja", "Loges", email="s.loges@example.org", biography="Longer.", affiliation="Elsewhere",
            pronunciation="LOH-ges",
        )  # fmt: skip
        session = make_session(edition, "15:40", 10, title={"en": "More"}, moderators=[double, day.people["loges"]])
        talk = make_talk(edition, session, "15:40", 5, "Another", speakers=[double])
        db.session.add(RecordingConsent(talk_id=talk.id, person_id=double.id, given=True, at=NOW))
    keep = day.people["loges"].id
    page = client.get(f"{HOME}/people/{keep}/merge").text
    assert page.index("Sonja Loges, Elsewhere") < page.index("Raza Ali")
    assert client.post(f"{HOME}/people/{keep}/merge", data={"other": str(keep)}).status_code == 409
    assert client.post(f"{HOME}/people/{keep}/merge", data={"other": "x"}).status_code == 422
    assert client.post(f"{HOME}/people/{keep}/merge", data={"other": str(double.id)}).status_code == 303
    db.session.expire_all()
    person = db.session.get_one(Person, keep)
    assert (person.email, person.biography, person.affiliation) == (
        "loges@example.org", "Longer.", "Heidelberg University",
    )  # fmt: skip
    assert db.session.scalar(select(func.count()).where(TalkSpeaker.person_id == keep)) == 2
    assert db.session.scalar(select(func.count()).where(SessionModerator.person_id == keep)) == 1
    assert db.session.scalars(select(RecordingConsent.person_id)).all() == [keep]
    assert db.session.scalar(select(func.count()).where(Person.family_name == "Loges")) == 1


def test_unconfirmed_speakers_are_named_until_the_day_is_over(edition: Edition, day: Programme) -> None:
    def warned() -> set[str]:
        return {words for words in word_conflicts(edition, list_session_rows(edition.id)).all if "confirmed" in words}

    assert any("Sonja Loges has not confirmed" in words for words in warned())
    with transaction():
        for person in db.session.scalars(select(Person)):
            person.coming = Coming.CONFIRMED
    assert warned() == set()
    with transaction():
        db.session.get_one(Person, day.people["loges"].id).coming = Coming.DECLINED
    assert len(warned()) == 1
    clock.offset += edition.ends_at - NOW
    assert warned() == set()


def public_bodies(client: FlaskClient, app: Flask, row: SlideFile, talk_slug: str) -> Iterator[tuple[str, str]]:
    """Ask every public page of the edition."""
    paths = {
        f"{PUBLIC}/{page}"
        for page in ("", "programme", "programme.ics", "speakers", "speakers/sonja-loges", f"talks/{talk_slug}",
                     f"talks/{talk_slug}.ics", "sponsors", "practical")
    }  # fmt: skip
    for path in sorted(paths):
        answer = client.get(path)
        assert answer.status_code == 200, path
        yield path, answer.text


@pytest.mark.parametrize("share", ["", "keep_back", "publish"])
def test_slides_never_leak(app: Flask, client: FlaskClient, edition: Edition, day: Programme, share: str) -> None:
    row = upload(client, day, "loges", share=share)
    slug, number, stored = day.talks["loges"].slug, row.id, row.stored
    visitor = app.test_client()
    url = f"{PUBLIC}/talks/{slug}/slides/{number}"

    def is_public() -> bool:
        answer = visitor.get(url)
        answer.close()
        seen = any(f"/slides/{number}" in body for _path, body in public_bodies(visitor, app, row, slug))
        assert seen == (answer.status_code == 200)
        return seen

    assert not is_public()
    assert visitor.get(f"/media/{stored}").status_code == 404
    assert visitor.get(f"{HOME}/people/slides/{number}").status_code == 303
    assert client.post(f"{HOME}/material/show").status_code == 409
    assert not is_public()
    clock.offset += edition.ends_at - NOW
    assert not is_public()
    sign_in(client, Role.PROGRAMME, email="later@example.org")
    assert client.post(f"{HOME}/material/show").status_code == 303
    assert is_public() == (share == "publish")
    if share == "publish":
        answer = visitor.get(url)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        answer.close()
        assert visitor.get(f"{PUBLIC}/talks/welcome/slides/{number}").status_code == 404
        link = f"/s/{speaker_token(db.session.get_one(Person, day.people['loges'].id))}"
        assert visitor.post(f"{link}/slides/{number}/marks", data={"sharing": ""}).status_code == 303
        assert not is_public()
        assert visitor.post(f"{link}/slides/{number}/marks", data={"sharing": "publish"}).status_code == 303
        assert is_public()
    assert client.post(f"{HOME}/material/hide").status_code == 303
    assert not is_public()
    assert client.post(f"{HOME}/material/show").status_code == 303
    with transaction():
        db.session.get_one(Edition, edition.id).state = EditionState.DRAFT
    assert visitor.get(url).status_code == 404


def test_a_recording_is_shown_only_when_every_speaker_allows_it(
    app: Flask, client: FlaskClient, edition: Edition, day: Programme
) -> None:
    talk = day.talks["loges"]
    with transaction():
        db.session.add(TalkSpeaker(talk_id=talk.id, person_id=day.people["derosa"].id, position=1))
    path = f"{HOME}/material/talks/{talk.id}/recording"
    refused = client.post(path, data={"url": "http://video.example.org/1"})
    assert refused.status_code == 422
    assert "http://video.example.org/1" in refused.text
    assert client.post(path, data={"url": "https://video.example.org/1"}).status_code == 303
    clock.offset += edition.ends_at - NOW
    sign_in(client, Role.PROGRAMME, email="later@example.org")
    assert client.post(f"{HOME}/material/show").status_code == 303
    visitor = app.test_client()

    def is_shown() -> bool:
        return "https://video.example.org/1" in visitor.get(f"{PUBLIC}/talks/{talk.slug}").text

    assert not is_shown()
    for key, answer in (("loges", "yes"), ("derosa", "no")):
        link = f"/s/{speaker_token(db.session.get_one(Person, day.people[key].id))}"
        visitor.post(f"{link}/talks/{talk.id}/recording", data={"recording": answer})
    assert not is_shown()
    visitor.post(f"{link}/talks/{talk.id}/recording", data={"recording": "yes"})
    assert is_shown()
    assert list_material_rows(edition.id)[1].may_show_recording
    assert client.post(path, data={"url": ""}).status_code == 303
    assert not is_shown()


def test_files_go_with_the_talk_and_with_the_person(client: FlaskClient, edition: Edition, day: Programme) -> None:
    row = upload(client, day, "loges")
    stored = slides_path(row.stored)
    with transaction():
        delete_talk(actor=TESTER, now=NOW, edition=edition, talk=db.session.merge(day.talks["loges"]))
    assert count(SlideFile) == 0
    assert sweep_slides() == 0
    old = stored.stat().st_mtime - YOUNG.total_seconds() - 60
    os.utime(stored, (old, old))
    assert sweep_slides() == 1
    assert stored_files() == []
    row = upload(client, day, "derosa")
    gone = client.post(f"{HOME}/people/{day.people['derosa'].id}/delete", data={"from_programme": "yes"})
    assert gone.status_code == 303
    assert stored_files() == []


def test_portraits_are_swept_when_nothing_can_bring_them_back(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    number = day.people["loges"].id
    link = f"/s/{speaker_token(day.people['loges'])}"
    for size in ((400, 500), (500, 500)):
        sent = {"portrait": (picture(size), "me.jpg")}
        assert client.post(f"{link}/portrait", data=sent).status_code == 303
    faces = settings().uploads / "faces"
    assert len(list(faces.glob("*"))) == 8
    for path in (*faces.glob("*"), *(settings().uploads / "originals").glob("*")):
        os.utime(path, (0, 0))
    assert sweep_pictures() == 0
    with transaction():
        for edit in db.session.scalars(select(PersonEdit)):
            db.session.delete(edit)
    assert sweep_pictures() == 2
    db.session.expire_all()
    shown = db.session.get_one(Person, number).portrait
    assert sorted(path.name for path in faces.glob("*")) == sorted(
        name.rpartition("/")[2] for name in (shown, *(sized(shown, width) for width in (160, 320, 640)))
    )


def test_the_erase_date_takes_addresses_changes_and_what_may_not_be_shown(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    kept = upload(client, day, "loges", share="publish")
    held = upload(client, day, "derosa", share="keep_back")
    kept_path, held_path = slides_path(kept.stored), slides_path(held.stored)
    with transaction():
        person = db.session.get_one(Person, day.people["loges"].id)
        edit_self(now=NOW, edition=edition, person=person, changes={"biography": "Stays."})
    while True:
        with transaction():
            if not forget_edition(edition_id=edition.id):
                break
    assert kept_path.is_file()
    assert not held_path.exists()
    assert count(PersonEdit) == 0
    assert {person.email for person in db.session.scalars(select(Person))} == {""}
    assert db.session.get_one(Person, day.people["loges"].id).biography == "Stays."


def test_only_the_programmes_people_may_do_this(app: Flask, client: FlaskClient, day: Programme) -> None:
    door = app.test_client()
    sign_in(door, Role.DOOR_LEAD)
    number = day.people["loges"].id
    for path in (f"people/{number}/link", f"people/{number}/revoke", "people/letters/links", "material/show"):
        assert door.post(f"{HOME}/{path}").status_code == 403
    assert mails() == []
    assert Actor.speaker(1).label == ""
