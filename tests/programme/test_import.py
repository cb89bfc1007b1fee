from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.import_rules import Column, guess_columns, read_clock, read_day, read_end, read_people
from crosslinks.programme.models import Person, Session, Talk
from crosslinks.programme.queries import list_session_rows
from tests.accounts.factories import sign_in
from tests.factories import make_edition
from tests.programme.factories import make_person, oslo

BASE = "/manage/crosslinks/2024/programme/import"
TABLE = """Start;Slutt;Tittel;Foredragsholder;Sesjon;Møteleder;Type;Rom
10:30;10:40;Velkommen;Charlotte Wu Homme;;;åpning;Salen
10:40;11:25;Persontilpasset;Prof. Sonja Loges (Heidelberg);Presisjonsonkologi;Dr. Marte Cameron;keynote;Salen
11:25;11:55;Mikrobiomet;"Dr. Lisa Derosa; Bo Demo";Presisjonsonkologi;;;Salen
12:25;13:25;Lunsj;;;;pause;
"""


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        found = make_edition(languages=["nb", "en"])
    sign_in(client, Role.PROGRAMME)
    return found


def upload(client: FlaskClient, content: bytes | str, name: str = "programme.csv") -> str:
    data = content.encode() if isinstance(content, str) else content
    response = client.post(BASE, data={"file": (io.BytesIO(data), name)})
    assert response.status_code == 303, response.text
    location: str = response.headers["Location"]
    return location


def columns(*meanings: str) -> dict[str, str]:
    return {f"column-{number}": meaning for number, meaning in enumerate(meanings)}


USUAL = columns("start", "end", "title", "speakers", "session", "moderators", "kind", "room")


def test_a_programme_is_looked_at_checked_and_taken_in(client: FlaskClient, edition: Edition) -> None:
    place = upload(client, TABLE)
    assert client.get(place).text.count(" selected") == 8
    assert db.session.query(Talk).count() == 0

    refused = client.post(place, data=USUAL | {"act": "check"}).text
    assert "1 part can be added" in refused
    assert "Not among the people of this edition: Sonja Loges." in refused
    assert "Speakers (column D)" in refused
    assert db.session.query(Person).count() == 0

    checked = client.post(place, data=USUAL | {"act": "check", "create": "y"}).text
    assert "4 parts can be added" in checked
    assert "5 people will be added:" in checked
    assert "Rooms that will be added: Salen." in checked
    assert db.session.query(Session).count() == 0

    assert client.post(place, data=USUAL | {"act": "take", "create": "y"}).status_code == 303
    rows = list_session_rows(edition.id)
    assert [(row.kind.value, row.title.get("nb", ""), row.room) for row in rows] == [
        ("single", "", "Salen"), ("session", "Presisjonsonkologi", "Salen"), ("break", "Lunsj", ""),
    ]  # fmt: skip
    session = rows[1]
    assert (session.starts_at, session.ends_at) == (oslo("10:40"), oslo("11:55"))
    assert [person.name for person in session.moderators] == ["Dr.\xa0Marte Cameron"]
    assert [talk.kind.value for talk in session.talks] == ["keynote", "talk"]
    assert [person.name for person in session.talks[1].speakers] == ["Dr.\xa0Lisa Derosa", "Bo Demo"]
    assert session.talks[0].speakers[0].affiliation == "Heidelberg"
    assert not list(settings().files.glob("import-*"))
    assert client.get(place).status_code == 410


def test_moderators_of_all_rows_of_a_session_come_along(client: FlaskClient, edition: Edition) -> None:
    heads = columns("start", "minutes", "title", "session", "moderators")
    table = (
        "Start,Minutes,Title,Session,Moderator\n10:00,20,One,Morning,\n10:20,20,Two,Morning,Ada Demo\n"
        "10:40,20,Three,Morning,Bo Demo; Ada Demo\n"
    )
    client.post(upload(client, table), data=heads | {"act": "take", "create": "y"})
    (row,) = list_session_rows(edition.id)
    assert [person.name for person in row.moderators] == ["Ada Demo", "Bo Demo"]


def test_people_whom_a_row_has_no_place_for_are_named(client: FlaskClient, edition: Edition) -> None:
    heads = columns("start", "minutes", "title", "session", "moderators", "speakers", "kind")
    table = (
        "Start,Minutes,Title,Session,Moderator,Speaker,Kind\n10:00,20,One,,Ada Demo,,\n"
        "10:20,20,Lunch,Morning,Ada Demo,Bo Demo,break\n"
    )
    told = client.post(upload(client, table), data=heads | {"act": "check", "create": "y"}).text
    assert "0 parts can be added" in told
    assert told.count("Only a session has moderators.") == 2
    assert "Nobody speaks in a break." in told


def test_taking_in_once_more_changes_nothing(client: FlaskClient, edition: Edition) -> None:
    for _ in range(2):
        client.post(upload(client, TABLE), data=USUAL | {"act": "take", "create": "y"})
        assert (db.session.query(Talk).count(), db.session.query(Person).count()) == (3, 5)
    assert "0 parts can be added" in client.post(upload(client, TABLE), data=USUAL | {"act": "check"}).text


def test_the_public_sees_nothing_of_it_before_a_release(client: FlaskClient, edition: Edition) -> None:
    client.post(upload(client, TABLE), data=USUAL | {"act": "take", "create": "y"})
    assert "Mikrobiomet" not in client.get("/crosslinks/2024/programme").text


def test_known_people_are_found_however_they_are_written(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        person = make_person(edition, "Kåre", "Ødegård", title="Prof.")
    table = "Start,Minutes,Title,Speaker\n10:00,20,One,professor  kåre ØDEGÅRD\n"
    client.post(upload(client, table), data=columns("start", "minutes", "title", "speakers") | {"act": "take"})
    (talk,) = db.session.query(Talk).all()
    assert [row.person_id for row in talk.speakers] == [person.id]
    assert (talk.ends_at - talk.starts_at).total_seconds() == 20 * 60


def test_an_excel_workbook_with_real_times_is_read(client: FlaskClient, edition: Edition) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Dato", "Start", "Minutter", "Tittel", "Sum"])
    book.active.append([date(2024, 1, 25), time(10, 30), 30, "Velkommen", "=1+1"])
    day = date(2024, 1, 25)
    book.active.append([datetime.combine(day, time()), datetime.combine(day, time(11)), 45, "Mer", None])
    content = io.BytesIO()
    book.save(content)
    place = upload(client, content.getvalue(), "programme.xlsx")
    sent = columns("day", "start", "minutes", "title", "") | {"act": "take"}
    assert client.post(place, data=sent).status_code == 303
    assert [talk.starts_at for talk in db.session.query(Talk).order_by(Talk.starts_at)] == [
        oslo("10:30"),
        oslo("11:00"),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("25:00;11:00;A", "is no time of this day"),
        (";11:00;A", "The start is missing."),
        ("10:00;09:00;A", "is no end after the start"),
        ("10:00;-5;A", "is no end after the start"),
        ("10:00;11:00;", "The title is missing."),
        ("10:00;11:00;" + "x" * 400, "At most 300 characters."),
        ("10:00;11:00;A\u202eB", "a character in it that cannot be kept"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_taken(
    client: FlaskClient, edition: Edition, row: str, words: str
) -> None:
    place = upload(client, f"Start;End;Title\n{row}\n12:00;12:30;Good\n")
    sent = columns("start", "end", "title")
    page = client.post(place, data=sent | {"act": "check"}).text
    assert words in page
    assert "<td>2</td>" in page
    assert "1 part can be added" in page
    client.post(place, data=sent | {"act": "take"})
    assert db.session.query(Talk).count() == 1


@pytest.mark.parametrize("content", ["", "Title\n", "\x00\x01\x02", "PK\x03\x04rubbish"])
def test_what_is_no_table_is_refused_with_words(client: FlaskClient, edition: Edition, content: str) -> None:
    response = client.post(BASE, data={"file": (io.BytesIO(content.encode()), "a.csv")})
    assert response.status_code == 422
    assert not list(settings().files.glob("import-*"))


@pytest.mark.parametrize(
    "sent", [{}, columns("title"), columns("start", "start", "title"), columns("start", "nonsense", "title")]
)
def test_columns_that_do_not_fit_are_told(client: FlaskClient, edition: Edition, sent: dict[str, str]) -> None:
    place = upload(client, "Start;End;Title\n10:00;11:00;A\n")
    response = client.post(place, data=sent | {"act": "take"})
    assert response.status_code == 422
    assert "The columns do not fit yet" in response.text
    assert db.session.query(Talk).count() == 0


def test_too_many_rows_and_another_editions_file(client: FlaskClient, edition: Edition) -> None:
    lines = "".join(f"10:00;11:00;Talk {number}\n" for number in range(501))
    place = upload(client, f"Start;End;Title\n{lines}")
    response = client.post(place, data=columns("start", "end", "title") | {"act": "check"})
    assert (response.status_code, "Divide the file" in response.text) == (422, True)
    with transaction():
        make_edition(db.session.merge(edition).conference, slug="2025", number=17)
    assert client.get(place.replace("2024", "2025")).status_code == 410
    assert client.get(f"{BASE}/..%2f..%2fetc").status_code in {404, 410}


def test_heads_are_understood_in_both_languages() -> None:
    assert guess_columns(["Starter", "Varighet", "Norsk tittel", "Møteleder", "Rubbish", "Title"]) == {
        0: Column.START, 1: Column.MINUTES, 2: Column.TITLE_NB, 3: Column.MODERATORS, 5: Column.TITLE,
    }  # fmt: skip


def test_times_days_and_people_are_read() -> None:
    assert read_clock("kl. 9.30") == read_clock("09:30:00") == read_clock("2024-01-25T09:30:00") == time(9, 30)
    assert read_clock("24:00") is read_clock("noon") is None
    assert read_day("25.01.2024") == read_day("2024-01-25T00:00:00") == date(2024, 1, 25)
    assert read_day("31.02.2024") is None
    start = datetime.combine(date(2024, 1, 25), time(9, 30))
    assert read_end(start, "", "30 min") == start + timedelta(minutes=30)
    assert read_end(start, "", "٣٠") is read_end(start, "", "99999999999") is None
    (one, two) = read_people("Prof. Dr. Ada Demo (Oslo); Cher")
    assert (one.title, one.given_name, one.family_name, one.affiliation) == ("Prof. Dr.", "Ada", "Demo", "Oslo")
    assert (two.given_name, two.family_name) == ("Cher", "")
