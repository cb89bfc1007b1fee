from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.programme.models import Person, Room, Session, Talk
from crosslinks.programme.queries import get_person, get_talk, list_session_rows
from tests.accounts.factories import sign_in
from tests.factories import make_conference, make_edition
from tests.programme.factories import Programme, make_person, make_programme, make_session, make_talk, oslo, publish

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
        return make_programme(edition)


def count(kind: type[Base]) -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def shared(values: dict[str, Any]) -> dict[str, Any]:
    """Name the selects of people as the page does."""
    return {f"{name}[]" if name in {"speakers", "moderators"} else name: value for name, value in values.items()}


def talk_form(**more: Any) -> dict[str, Any]:
    return {
        "title_en": "A new talk", "title_nb": "", "kind": "talk", "session": "0", "room": "0",
        "starts_at": "2024-01-25T10:00", "minutes": "20", "abstract_language": "en", "streamed": "y",
    } | shared(more)  # fmt: skip


def session_form(**more: Any) -> dict[str, Any]:
    return {
        "title_en": "A new session", "starts_at": "2024-01-25T10:00", "ends_at": "2024-01-25T11:00", "room": "0",
        "streamed": "y",
    } | shared(more)  # fmt: skip


def person_form(**more: Any) -> dict[str, Any]:
    return {"given_name": "Kari", "family_name": "Demo", "biography_language": "nb", "position": "0"} | more


def picture(size: tuple[int, int] = (800, 1000)) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "PNG")
    out.seek(0)
    return out


def test_a_day_is_built_by_forms_alone(client: FlaskClient, edition: Edition) -> None:
    assert client.post(f"{HOME}/programme/rooms/new", data={"name": "Hall", "seats": "300"}).status_code == 303
    assert client.post(f"{HOME}/people/new", data=person_form()).status_code == 303
    room, person = db.session.scalars(select(Room)).one(), db.session.scalars(select(Person)).one()
    sent = session_form(title_nb="En ny økt", moderators=[str(person.id), "0"], room=str(room.id))
    assert client.post(f"{HOME}/programme/sessions/new", data=sent).status_code == 303
    session = db.session.scalars(select(Session)).one()
    sent = talk_form(session=str(session.id), speakers=["0", str(person.id)], kind="keynote", abstract="Why")
    assert client.post(f"{HOME}/programme/talks/new", data=sent).status_code == 303
    sent = session_form(title_en="Lunch", starts_at="2024-01-25T11:00", ends_at="2024-01-25T12:00", streamed="")
    assert client.post(f"{HOME}/programme/sessions/new?kind=break", data=sent).status_code == 303
    assert client.post(f"{HOME}/programme/talks/new", data=talk_form(starts_at="2024-01-25T12:00")).status_code == 303

    rows = list_session_rows(edition.id)
    assert [row.kind for row in rows] == ["session", "break", "single"]
    assert rows[0].starts_at == datetime(2024, 1, 25, 9, 0, tzinfo=UTC)
    assert rows[0].title == {"en": "A new session", "nb": "En ny økt"}
    assert rows[0].room == "Hall"
    assert [who.id for who in rows[0].moderators] == [who.id for who in rows[0].talks[0].speakers] == [person.id]
    assert not rows[1].streamed
    assert "A new session" not in client.get("/crosslinks/2024/programme").text
    with transaction():
        publish(edition)
    public = client.get("/crosslinks/2024/programme").text
    assert "A new session" in public
    assert "Keynote" in public


def test_changes_go_through_forms_too(client: FlaskClient, day: Programme, edition: Edition) -> None:
    talk, session = day.talks["ali"], day.sessions[0]
    sent = talk_form(title_en="Renamed", session=str(session.id), speakers=[str(day.people["rasche"].id)])
    assert client.post(f"{HOME}/programme/talks/{talk.id}", data=sent).status_code == 303
    db.session.expire_all()
    changed = get_talk(edition.id, talk.id)
    assert changed.title == {"en": "Renamed"}
    assert changed.session_id == session.id
    assert [row.person_id for row in changed.speakers] == [day.people["rasche"].id]

    sent = session_form(starts_at="2024-01-25T09:40", ends_at="2024-01-25T11:25", move_talks="y", moderators=["0"])
    assert client.post(f"{HOME}/programme/sessions/{session.id}", data=sent).status_code == 303
    row = next(row for row in list_session_rows(edition.id) if row.id == session.id)
    assert row.starts_at == oslo("9:40")
    assert row.moderators == ()
    assert oslo("10:25") in [talk.starts_at for talk in row.talks]

    sent = talk_form(title_en="Alone", session="0", room=str(day.room.id), streamed="")
    assert client.post(f"{HOME}/programme/talks/{talk.id}", data=sent).status_code == 303
    db.session.expire_all()
    frame = get_talk(edition.id, talk.id).session
    assert (frame.kind, frame.room_id, frame.streamed) == ("single", day.room.id, False)

    assert client.post(f"{HOME}/programme/rooms/{day.room.id}", data={"name": "Aula", "seats": ""}).status_code == 303
    assert client.post(f"{HOME}/people/{day.people['ali'].id}", data=person_form()).status_code == 303
    assert "Aula" in client.get(f"{HOME}/programme").text
    assert "Kari Demo" in client.get(f"{HOME}/people").text


def test_every_deed_names_who_did_it(client: FlaskClient, edition: Edition) -> None:
    client.post(f"{HOME}/people/new", data=person_form())
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "person.created")).one()
    assert (entry.actor_kind, entry.actor_label) == ("account", "Ola Nordmann")
    assert entry.after["family_name"] == "Demo"


def test_talks_are_moved_by_buttons(client: FlaskClient, day: Programme, edition: Edition) -> None:
    path = f"{HOME}/programme/talks/{day.talks['derosa'].id}/move"
    assert client.post(path, data={"direction": "earlier"}).status_code == 303
    assert list_session_rows(edition.id)[1].talks[0].id == day.talks["derosa"].id
    assert client.post(path, data={"direction": "sideways"}).status_code == 422
    assert client.post(path).status_code == 422
    assert client.get(path).status_code == 405


@pytest.mark.parametrize(
    ("path", "kind", "goes"),
    [
        ("programme/talks/{talk}/delete", Talk, "Multiplexed imaging"),
        ("programme/sessions/{session}/delete", Session, "3 talks go with it:"),
        ("programme/rooms/{room}/delete", Room, "stays, without a room"),
    ],
)
def test_deleting_asks_first_and_says_what_goes(
    client: FlaskClient, day: Programme, path: str, kind: type[Base], goes: str
) -> None:
    address = f"{HOME}/" + path.format(talk=day.talks["ali"].id, session=day.sessions[0].id, room=day.room.id)
    before = count(kind)
    asked = client.get(address)
    assert asked.status_code == 200
    assert goes in asked.text
    assert count(kind) == before
    assert client.post(address).status_code == 303
    assert count(kind) == before - 1
    assert client.post(address).status_code == 404


def test_a_speaker_does_not_vanish_without_being_asked_for(client: FlaskClient, day: Programme) -> None:
    address = f"{HOME}/people/{day.people['ali'].id}/delete"
    asked = client.get(address).text
    assert "Speaks in “Multiplexed imaging for precision breast immuno-oncology”" in asked
    assert 'name="from_programme" value="yes"' in asked
    refused = client.post(address)
    assert refused.status_code == 409
    assert "Multiplexed imaging" in refused.text
    assert count(Person) == 12
    assert client.post(address, data={"from_programme": "yes"}).status_code == 303
    assert count(Person) == 11
    assert "Raza Ali" not in client.get("/crosslinks/2024/programme").text


def test_conflicts_stand_in_words_on_the_row_and_are_counted(client: FlaskClient, day: Programme) -> None:
    assert "conflict" not in client.get(f"{HOME}/programme").text
    sent = talk_form(
        title_en="Antibody-drug conjugates", session=str(day.sessions[0].id), starts_at="2024-01-25T11:45",
        minutes="50", speakers=[str(day.people["derosa"].id)],
    )  # fmt: skip
    client.post(f"{HOME}/programme/talks/{day.talks['tarantino'].id}", data=sent)
    html = client.get(f"{HOME}/programme").text
    assert "3 conflicts" in html
    assert "“Antibody-drug conjugates” lies outside its session, which lasts 10:40–12:25." in html
    assert "“The microbiome and the response to immunotherapy” and “Antibody-drug conjugates” overlap." in html
    row = html[html.index(f'id="talk-{day.talks["derosa"].id}"') :]
    assert "Dr.\xa0Lisa Derosa speaks in “The microbiome" in row[: row.index("</li>")]
    norwegian = client.get(f"{HOME}/programme?lang=nb").text
    assert "3 konflikter" in norwegian
    assert "overlapper" in norwegian


def test_a_room_taken_twice_and_a_part_outside_the_day_are_told(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    with transaction():
        make_session(edition, "10:50", 10, title={"en": "Beside"}, room=db.session.merge(day.room))
        make_talk(edition, None, "20:00", 10, "Too late")
    html = client.get(f"{HOME}/programme").text
    assert "“Precision oncology and immunotherapy” and “Beside” are in Kaare Norum auditorium at the same time." in html
    assert "“Too late” lies outside the day, which lasts 10:30–15:35." in html


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title_en": "", "title_nb": ""}, "Give a title in at least one language."),
        ({"title_en": "x" * 301}, "Field cannot be longer than 300 characters."),
        ({"title_en": "nul\x00"}, "There is a character in it that cannot be kept."),
        ({"minutes": "0"}, "Number must be between 1 and 1440."),
        ({"minutes": "1e9"}, "Not a valid integer value."),
        ({"starts_at": "2024-03-31T02:30"}, "That is more than a month from the day"),
        ({"starts_at": "0001-01-01T00:00"}, "That is more than a month from the day"),
        ({"starts_at": "9999-12-31T23:59"}, "That is more than a month from the day"),
        ({"starts_at": "soon"}, "Not a valid datetime value."),
        ({"session": "999"}, "Not a valid choice."),
        ({"kind": "sermon"}, "Not a valid choice."),
        ({"speakers[]": ["77777"]}, "77777"),
        ({"speakers[]": ["x"]}, "Invalid choice"),
        ({"speakers[]": ["9" * 5000]}, "Invalid choice"),
        ({"abstract": "word " * 10_000}, "Field cannot be longer than 8000 characters."),
        ({"abstract_language": "xx"}, "Not a valid choice."),
    ],
)
def test_a_talk_that_cannot_be_is_refused_beside_its_field(
    client: FlaskClient, day: Programme, changed: dict[str, Any], words: str
) -> None:
    response = client.post(f"{HOME}/programme/talks/new", data=talk_form(title_nb="Beholdt") | changed)
    assert response.status_code == 422
    assert words in response.text
    assert 'id="errors"' in response.text
    if "title_nb" not in changed:
        assert "Beholdt" in response.text
    assert count(Talk) == 8


def test_an_hour_that_the_clock_skips_is_refused(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        spring = db.session.merge(edition)
        spring.starts_at, spring.ends_at = datetime(2024, 3, 31, 7, tzinfo=UTC), datetime(2024, 3, 31, 15, tzinfo=UTC)
    response = client.post(f"{HOME}/programme/talks/new", data=talk_form(starts_at="2024-03-31T02:30"))
    assert response.status_code == 422
    assert "The clock skips that hour on that day." in response.text
    sent = session_form(starts_at="2024-03-31T01:30", ends_at="2024-03-31T02:30")
    assert client.post(f"{HOME}/programme/sessions/new", data=sent).status_code == 422
    assert client.post(f"{HOME}/programme/talks/new", data=talk_form(starts_at="2024-03-31T03:30")).status_code == 303
    assert list_session_rows(edition.id)[0].starts_at == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ends_at": "2024-01-25T09:00"}, "It must end after it starts."),
        ({"ends_at": ""}, "This field is required."),
        ({"title_en": ""}, "Give a title in at least one language."),
        ({"room": "424242"}, "Not a valid choice."),
        ({"moderators[]": ["0"] * 30}, "At most 20 people."),
    ],
)
def test_a_session_that_cannot_be_is_refused_beside_its_field(
    client: FlaskClient, edition: Edition, changed: dict[str, Any], words: str
) -> None:
    response = client.post(f"{HOME}/programme/sessions/new", data=session_form() | changed)
    assert response.status_code == 422
    assert words in response.text
    assert count(Session) == 0


def test_the_refusal_is_in_the_readers_language(client: FlaskClient, edition: Edition) -> None:
    response = client.post(f"{HOME}/programme/sessions/new?lang=nb", data=session_form(title_en=""))
    assert "Gi en tittel på minst ett språk." in response.text


def test_two_rooms_of_one_name_are_refused(client: FlaskClient, day: Programme) -> None:
    response = client.post(f"{HOME}/programme/rooms/new", data={"name": "kaare norum AUDITORIUM"})
    assert response.status_code == 422
    assert "There is already a room of that name." in response.text
    for seats in ("-1", "x", "1000000000000"):
        assert client.post(f"{HOME}/programme/rooms/new", data={"name": "A", "seats": seats}).status_code == 422
    assert count(Room) == 1


def test_a_portrait_is_taken_replaced_and_forgotten(client: FlaskClient, edition: Edition) -> None:
    uploads = settings().uploads
    sent = person_form(portrait=(picture(), "me.png"), photo_credit="Demo", highlighted="y")
    assert client.post(f"{HOME}/people/new", data=sent).status_code == 303
    person = db.session.scalars(select(Person)).one()
    first = person.portrait
    with client.get(f"/media/{first}") as served:
        assert served.status_code == 200
    assert f"/media/{first}" in client.get("/crosslinks/2024/speakers/kari-demo").text
    assert "Photo: Demo" in client.get("/crosslinks/2024/speakers/kari-demo").text

    sent = person_form(portrait=(picture((300, 300)), "other.png"))
    assert client.post(f"{HOME}/people/{person.id}", data=sent).status_code == 303
    db.session.expire_all()
    second = get_person(edition.id, person.id).portrait
    assert second not in {"", first}
    assert not (uploads / first).exists()

    assert client.post(f"{HOME}/people/{person.id}", data=person_form()).status_code == 303
    assert (uploads / second).exists()
    assert client.post(f"{HOME}/people/{person.id}", data=person_form(remove_portrait="y")).status_code == 303
    assert not (uploads / second).exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a picture", "That is not a picture in JPEG, PNG or WebP."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "That is not a picture in JPEG, PNG or WebP."),
        (b"\0" * 20_000, "The file is larger than 10 MB."),
    ],
)
def test_a_portrait_that_is_none_is_refused_in_words(
    client: FlaskClient, edition: Edition, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setattr("crosslinks.web.uploads.MAX_BYTES", 10_000)
    response = client.post(
        f"{HOME}/people/new", data=person_form(biography="Kept text", portrait=(io.BytesIO(content), "../../x.png"))
    )
    assert response.status_code == 422
    assert words in response.text
    assert "Kept text" in response.text
    assert count(Person) == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"given_name": ""}, "This field is required."),
        ({"given_name": "x" * 121}, "Field cannot be longer than 120 characters."),
        ({"family_name": "\x00"}, "There is a character in it that cannot be kept."),
        ({"biography": "word " * 10_000}, "This has 49,999 characters, and there is room for 4,000."),
        ({"email": "nobody"}, "The @ is missing"),
        ({"position": "-1"}, "Number must be between 0 and 999."),
        ({"position": "9" * 5000}, "Not a valid integer value."),
    ],
)
def test_a_person_who_cannot_be_is_refused_beside_the_field(
    client: FlaskClient, edition: Edition, changed: dict[str, Any], words: str
) -> None:
    response = client.post(f"{HOME}/people/new", data=person_form(affiliation="Kept home") | changed)
    assert response.status_code == 422
    assert words in response.text
    assert "Kept home" in response.text
    assert count(Person) == 0


def test_too_much_at_once_is_refused(client: FlaskClient, edition: Edition) -> None:
    assert client.post(f"{HOME}/people/new", data=person_form(biography="x" * 3_000_000)).status_code == 413


def test_the_list_of_people_searches_filters_and_sorts(client: FlaskClient, day: Programme, edition: Edition) -> None:
    with transaction():
        make_person(edition, "Idle", "Person")

    def names(query: str) -> list[str]:
        html = client.get(f"{HOME}/people{query}").text
        people = [*(who.name for who in day.people.values()), "Idle Person"]
        at: Callable[[str], int] = html.find
        return sorted((name for name in people if at(f">{name}</a>") >= 0), key=lambda name: at(f">{name}</a>"))

    assert len(names("")) == 13
    assert names("?q=heidelberg") == ["Prof.\xa0Sonja Loges"]
    assert names("?q=LEO+rasche") == ["Dr.\xa0Leo Rasche"]
    assert names("?show=idle") == ["Idle Person"]
    assert len(names("?show=moderators")) == 4
    assert names("?sort=name&order=desc") == list(reversed(names("?sort=name")))
    assert "Nobody matches." in client.get(f"{HOME}/people?q=zzz").text
    for odd in ("?page=-1", "?page=99999999999999999999", "?page=x&sort=%00&show=%ff&q=%00" + "x" * 5000, "?order=1"):
        assert client.get(f"{HOME}/people{odd}").status_code == 200


@pytest.mark.parametrize("page", ["programme", "people"])
def test_an_empty_edition_says_what_to_do_next(client: FlaskClient, edition: Edition, page: str) -> None:
    html = client.get(f"{HOME}/{page}").text
    assert "Add the first" in html


PATHS = (
    "programme/sessions/{session}", "programme/sessions/{session}/delete", "programme/talks/{talk}",
    "programme/talks/{talk}/delete", "programme/rooms/{room}", "programme/rooms/{room}/delete", "people/{person}",
    "people/{person}/delete",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_another_editions_things_are_not_there(
    client: FlaskClient, edition: Edition, day: Programme, path: str
) -> None:
    with transaction():
        make_edition(db.session.merge(edition).conference, slug="2025", number=17)
        make_edition(make_conference("other"), slug="2024")
    part = path.format(session=day.sessions[0].id, talk=day.talks["ali"].id, room=day.room.id,
                       person=day.people["ali"].id)  # fmt: skip
    for home in ("/manage/crosslinks/2025", "/manage/other/2024", "/manage/crosslinks/1999", "/manage/%00/2024"):
        assert client.get(f"{home}/{part}").status_code == 404
        assert client.post(f"{home}/{part}", data=person_form() | talk_form()).status_code == 404
    assert (count(Session), count(Talk), count(Room), count(Person)) == (7, 8, 1, 12)


def test_another_editions_people_and_rooms_cannot_be_chosen(
    client: FlaskClient, edition: Edition, day: Programme
) -> None:
    with transaction():
        make_edition(db.session.merge(edition).conference, slug="2025", number=17)
    for sent in ({"speakers[]": [str(day.people["ali"].id)]}, {"room": str(day.room.id)},
                 {"session": str(day.sessions[0].id)}):  # fmt: skip
        response = client.post("/manage/crosslinks/2025/programme/talks/new", data=talk_form() | sent)
        assert response.status_code == 422
    assert count(Talk) == 8


@pytest.mark.parametrize("role", [Role.DOOR_LEAD, None])
def test_only_those_who_may_get_in(client: FlaskClient, day: Programme, role: Role | None) -> None:
    with client.session_transaction() as session:
        session.clear()
    if role:
        sign_in(client, role)
    for path in ("programme", "people", "programme/talks/new"):
        assert client.get(f"{HOME}/{path}").status_code == (403 if role else 303)
    assert client.post(f"{HOME}/people/new", data=person_form()).status_code == 403
    assert count(Person) == 12
