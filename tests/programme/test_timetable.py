from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor, Role
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.conflicts import Conflict, ConflictKind, PlannedSession, Span, find_conflicts
from crosslinks.programme.models import Person, ProgrammeDeed, Session, Talk
from crosslinks.programme.operations import change_session, create_room, delete_session
from crosslinks.programme.people import change_person
from crosslinks.programme.rules import SessionKind
from tests.accounts.factories import sign_in
from tests.factories import NOW, make_conference, make_edition
from tests.instances import ROOT
from tests.programme.factories import Programme, make_programme, make_session, make_talk, oslo

DAY = "/manage/crosslinks/2024/programme"
HERE = f"{DAY}/timetable"
KARI = Actor("account", "77", "Kari Demo")


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


def fresh(kind: type[Any], number: int) -> Any:
    db.session.expire_all()
    return db.session.get(kind, number)


def place(row: Session, starts: str, minutes: int, room: int = 0, **more: Any) -> dict[str, Any]:
    return {"version": row.version, "starts_at": f"2024-01-25T{starts}", "minutes": minutes, "room": room} | more


def post(client: FlaskClient, path: str, body: Any) -> TestResponse:
    return client.post(f"{HERE}{path}", json=body)


def count(kind: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_the_arithmetic_of_the_grid() -> None:
    node = shutil.which("node")
    assert node, "The script of the timetable needs Node to be tested: make setup"
    run = subprocess.run(
        [node, "--test", str(ROOT / "tests/programme/geometry.test.mjs")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


def test_a_day_is_drawn_moved_and_undone(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        hall = create_room(actor=KARI, now=NOW, edition=edition, name="Hall B").id
    body = {"kind": "session", "title_en": "Morning", "starts_at": "2024-01-25T10:40", "minutes": 60, "room": hall}
    made = post(client, "/parts", body).json
    assert made["said"] == "“Morning” is now at 10:40 in Hall B."
    session = db.session.scalars(select(Session)).one()
    assert made["about"] == f"session-{session.id}"
    for title in ("One", "Two"):
        post(client, "/parts", {"kind": "talk", "title_en": title, "minutes": 20, "session": session.id})
    lunch = {"kind": "break", "title_en": "Lunch", "starts_at": "2024-01-25T12:00", "minutes": 60}
    assert post(client, "/parts", lunch).status_code == 200

    moved = post(client, f"/sessions/{session.id}/place", place(fresh(Session, session.id), "11:05", 60, hall)).json
    assert moved["said"] == "“Morning” is now at 11:05 in Hall B. “Morning” and “Lunch” are at the same time."
    assert [(one["words"], one["on"]) for one in moved["conflicts"]] == [
        ("“Morning” and “Lunch” are at the same time.", f"part-{session.id}")
    ]
    assert "give the break a room" in moved["conflicts"][0]["advice"]
    talks = fresh(Session, session.id).talks
    assert [talk.starts_at for talk in talks] == [oslo("11:05"), oslo("11:25")]

    second = {"version": talks[1].version, "session": session.id, "position": 0, "minutes": 25}
    said = post(client, f"/talks/{talks[1].id}/place", second).json["said"]
    assert said == "“Two” is now 11:05–11:30 in “Morning”."
    shorter = post(client, f"/sessions/{session.id}/place", place(fresh(Session, session.id), "11:05", 55, hall)).json
    assert shorter["said"] == "“Morning” now ends at 12:00."
    assert shorter["conflicts"] == []

    for _ in range(7):
        assert post(client, "/undo", {}).status_code == 200
    assert count(Session) == count(Talk) == 0
    nothing = post(client, "/undo", {})
    assert (nothing.status_code, nothing.json["error"]["message"]) == (409, "There is nothing to undo.")
    for _ in range(7):
        assert post(client, "/redo", {}).status_code == 200
    assert (count(Session), count(Talk)) == (2, 2)
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"session.created", "session.moved", "talk.moved", "session.undone", "session.redone"} <= actions


def test_the_later_one_is_told_who_changed_what(client: FlaskClient, edition: Edition, day: Programme) -> None:
    first = day.sessions[0].id
    seen = fresh(Session, first).version
    with transaction():
        session = db.session.get_one(Session, first)
        change_session(actor=KARI, now=NOW, edition=edition, session=session, changes={"ends_at": oslo("12:30")})
    late = post(client, f"/sessions/{first}/place", place(session, "11:00", 90) | {"version": seen})
    assert late.status_code == 409
    assert late.json["error"]["code"] == "programme.stale"
    assert late.json["error"]["message"] == (
        "This was changed meanwhile. Nothing of yours was saved. "
        "Kari Demo, 18 Jan, 10:00: Ends: 25 January 2024, 12:25 → 25 January 2024, 12:30."
    )
    assert "12:30" in late.json["html"]
    assert fresh(Session, first).starts_at == oslo("10:40")


def test_a_talk_that_its_session_took_along_says_so(client: FlaskClient, edition: Edition, day: Programme) -> None:
    talk = fresh(Talk, day.talks["loges"].id)
    seen, session = talk.version, talk.session_id
    assert post(client, f"/sessions/{session}/place", place(talk.session, "10:50", 105)).status_code == 200
    late = post(client, f"/talks/{talk.id}/place", {"version": seen, "session": session, "minutes": 30})
    assert late.status_code == 409
    assert "Ola Nordmann" in late.json["error"]["message"]


def test_what_is_gone_says_who_deleted_it(client: FlaskClient, edition: Edition, day: Programme) -> None:
    first, seen = day.sessions[0].id, day.sessions[0].version
    with transaction():
        delete_session(actor=KARI, now=NOW, edition=edition, session=db.session.get_one(Session, first))
    late = post(client, f"/sessions/{first}/place", place(day.sessions[0], "11:00", 90) | {"version": seen})
    assert (late.status_code, late.json["error"]["code"]) == (409, "programme.gone")
    assert "This was deleted meanwhile. Kari Demo" in late.json["error"]["message"]
    assert post(client, "/sessions/999999/remove", {"version": 1}).status_code == 404


def test_parts_are_deleted_and_come_back(client: FlaskClient, edition: Edition, day: Programme) -> None:
    session = fresh(Session, day.sessions[0].id)
    assert post(client, f"/sessions/{session.id}/remove", {"version": session.version + 1}).status_code == 409
    gone = post(client, f"/sessions/{session.id}/remove", {"version": session.version})
    assert gone.json["said"] == "Deleted. You can undo it."
    talk = fresh(Talk, day.talks["ali"].id)
    assert post(client, f"/talks/{talk.id}/remove", {"version": talk.version}).status_code == 200
    assert count(Talk) == 4
    post(client, "/undo", {})
    post(client, "/undo", {})
    assert count(Talk) == 8
    assert fresh(Session, session.id).moderators[0].person.family_name == "Grønlie Cameron"


def test_a_talk_stands_alone_and_comes_back(client: FlaskClient, edition: Edition, day: Programme) -> None:
    talk = fresh(Talk, day.talks["derosa"].id)
    alone = {"version": talk.version, "session": 0, "minutes": 30, "starts_at": "2024-01-25T09:00", "room": day.room.id}
    assert "at 09:00 in Kaare Norum auditorium" in post(client, f"/talks/{talk.id}/place", alone).json["said"]
    assert fresh(Talk, talk.id).session.kind is SessionKind.SINGLE
    back = {"version": talk.version, "session": day.sessions[2].id, "position": 0, "minutes": 30}
    assert "13:25–13:55" in post(client, f"/talks/{talk.id}/place", back).json["said"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"minutes": 0}, 422), ({"minutes": 10**30}, 422), ({"minutes": "60"}, 422), ({"version": -1}, 422),
        ({"room": 4711}, 422), ({"room": 10**12}, 422), ({"starts_at": "2031-01-01T10:00"}, 422),
        ({"starts_at": "2024-01-25T10:00:00Z"}, 422), ({"starts_at": "9999-12-31T23:59"}, 422),
        ({"starts_at": "soon"}, 422), ({"starts_at": None}, 422), ({"more": 1}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_used_changes_nothing(
    client: FlaskClient, edition: Edition, day: Programme, change: dict[str, Any], status: int
) -> None:
    session = fresh(Session, day.sessions[0].id)
    before = (session.starts_at, session.ends_at, session.room_id, session.version)
    answer = post(client, f"/sessions/{session.id}/place", place(session, "11:00", 60) | change)
    assert answer.status_code == status
    assert answer.json["error"]["message"]
    session = fresh(Session, session.id)
    assert (session.starts_at, session.ends_at, session.room_id, session.version) == before
    assert count(ProgrammeDeed) == 0


@pytest.mark.parametrize("title", ["", "  ", "a\x00b", "x" * 201])
def test_a_title_that_cannot_be(client: FlaskClient, edition: Edition, title: str) -> None:
    body = {"kind": "session", "title_en": title, "starts_at": "2024-01-25T10:00", "minutes": 60}
    assert post(client, "/parts", body).status_code == 422
    assert count(Session) == 0


def test_titles_in_any_script_are_kept(client: FlaskClient, edition: Edition) -> None:
    title = "<b>مرحبا</b> 👩‍🔬 日本"
    body = {"kind": "talk", "title_en": title, "starts_at": "2024-01-25T10:00", "minutes": 60}
    answer = post(client, "/parts", body)
    assert "<b>مرحبا" not in answer.json["html"]
    assert title in unescape(answer.json["html"])


def test_other_content_is_refused(client: FlaskClient, edition: Edition) -> None:
    assert client.post(f"{HERE}/parts", data="x").status_code == 415
    assert client.post(f"{HERE}/parts", data="{", content_type="application/json").status_code == 400
    assert client.post(f"{HERE}/undo", data="[]", content_type="application/json").status_code == 422
    assert client.get(f"{HERE}/undo").status_code == 405


def test_only_who_may_and_only_their_own(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with transaction():
        other = make_edition(make_conference("other"))
        strange = make_session(other, "10:00", 60, title={"en": "Strange"}).id
        talk = make_talk(other, None, "11:00", 20).id
    assert post(client, f"/sessions/{strange}/place", {"version": 1, "starts_at": "2024-01-25T10:00", "minutes": 9,
                                                       "room": 0}).status_code == 404  # fmt: skip
    assert post(client, f"/talks/{talk}/remove", {"version": 1}).status_code == 404
    own = fresh(Talk, day.talks["ali"].id)
    into = {"version": own.version, "session": strange, "minutes": 30}
    assert post(client, f"/talks/{own.id}/place", into).status_code == 404
    assert client.get(f"{HERE}/sessions/{strange}/move").status_code == 404
    assert client.get("/manage/other/2024/programme/timetable").status_code == 404
    client.application.config["WTF_CSRF_ENABLED"] = True
    assert post(client, "/undo", {}).status_code == 400
    client.application.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, Role.DOOR_LEAD)
    assert client.get(HERE).status_code == 403
    assert post(client, "/undo", {}).status_code == 403


def session_form(session: Session, **more: Any) -> dict[str, Any]:
    return {
        "title_en": "My words", "starts_at": "2024-01-25T10:40", "ends_at": "2024-01-25T12:25", "room": "0",
        "streamed": "y", "version": str(session.version),
    } | more  # fmt: skip


def test_a_form_keeps_what_was_typed_beside_what_stands(client: FlaskClient, edition: Edition, day: Programme) -> None:
    first = day.sessions[0].id
    sent = session_form(fresh(Session, first))
    with transaction():
        session = db.session.get_one(Session, first)
        change_session(actor=KARI, now=NOW, edition=edition, session=session, changes={"title": {"en": "Her words"}})
    page = client.post(f"{DAY}/sessions/{first}", data=sent)
    assert page.status_code == 409
    assert "Kari Demo" in page.text
    assert 'value="My words"' in page.text
    assert "<dd>Her words</dd>" in page.text
    assert fresh(Session, first).title == {"en": "Her words"}
    again = sent | {"version": str(fresh(Session, first).version)}
    assert f'value="{again["version"]}"' in page.text
    assert client.post(f"{DAY}/sessions/{first}?back=timetable", data=again).location == f"{HERE}#part-{first}"
    assert fresh(Session, first).title == {"en": "My words"}


def test_talks_and_people_are_kept_apart_too(client: FlaskClient, edition: Edition, day: Programme) -> None:
    talk = fresh(Talk, day.talks["ali"].id)
    sent = {
        "title_en": "My talk", "kind": "talk", "session": str(talk.session_id), "room": "0", "abstract_language": "en",
        "starts_at": "2024-01-25T13:55", "minutes": "30", "version": str(talk.version - 1),
    }  # fmt: skip
    page = client.post(f"{DAY}/talks/{talk.id}", data=sent)
    assert (page.status_code, 'value="My talk"' in page.text) == (409, True)
    person = fresh(Person, day.people["ali"].id)
    seen = person.version
    with transaction():
        row = db.session.get_one(Person, person.id)
        change_person(actor=KARI, now=NOW, edition=edition, person=row, changes={"affiliation": "Her clinic"})
    sent = {"given_name": "Raza", "family_name": "Ali", "affiliation": "My clinic", "biography_language": "en",
            "position": "0", "version": str(seen)}  # fmt: skip
    page = client.post(f"/manage/crosslinks/2024/people/{person.id}", data=sent)
    assert page.status_code == 409
    assert "<dd>Her clinic</dd>" in page.text
    assert 'value="My clinic"' in page.text
    assert fresh(Person, person.id).affiliation == "Her clinic"


def test_a_form_of_what_was_deleted_keeps_the_words(client: FlaskClient, edition: Edition, day: Programme) -> None:
    first = day.sessions[0]
    talk = first.talks[0].id
    with transaction():
        delete_session(actor=KARI, now=NOW, edition=edition, session=db.session.get_one(Session, first.id))
    page = client.post(f"{DAY}/sessions/{first.id}", data=session_form(first))
    assert page.status_code == 409
    assert 'value="My words"' in page.text
    assert f'action="{DAY}/sessions/new"' in page.text
    page = client.post(f"{DAY}/talks/{talk}", data={"title_en": "My talk"})
    assert (page.status_code, 'value="My talk"' in page.text) == (409, True)
    assert client.get(f"{DAY}/sessions/{first.id}").status_code == 404
    assert client.post(f"{DAY}/sessions/424242", data=session_form(first)).status_code == 404


def test_everything_goes_by_plain_forms(client: FlaskClient, edition: Edition, day: Programme) -> None:
    new = {"kind": "talk", "title_en": "Plain", "starts_at": "2024-01-25T16:00", "minutes": "20", "room": "0"}
    assert client.post(f"{HERE}/new", data=new | {"title_en": ""}).status_code == 422
    assert client.post(f"{HERE}/new", data=new | {"starts_at": "2031-01-25T16:00"}).status_code == 422
    assert client.post(f"{HERE}/new", data=new | {"kind": "party"}).status_code == 422
    assert client.post(f"{HERE}/new", data=new).status_code == 303

    session = fresh(Session, day.sessions[0].id)
    path = f"{HERE}/sessions/{session.id}/move"
    sent = {"version": str(session.version), "starts_at": "2024-01-25T10:45", "minutes": "100", "room": "0"}
    assert client.post(path, data=sent).location == f"{HERE}#part-{session.id}"
    late = client.post(path, data=sent | {"minutes": "90"})
    assert (late.status_code, "Somebody has changed this meanwhile" in late.text) == (409, True)
    assert (
        client.post(path, data={"version": str(fresh(Session, session.id).version), "step": "later"}).location == path
    )
    assert fresh(Session, session.id).starts_at == oslo("10:50")
    assert client.post(path, data={"step": "sideways"}).status_code == 422

    talk = fresh(Talk, day.talks["tarantino"].id)
    path = f"{HERE}/talks/{talk.id}/move"
    sent = {"version": str(talk.version), "session": str(session.id), "position": "1", "minutes": "35"}
    assert client.post(path, data=sent).status_code == 303
    assert fresh(Talk, talk.id).starts_at == oslo("10:50")
    assert client.post(path, data={"version": str(fresh(Talk, talk.id).version), "step": "longer"}).status_code == 303
    assert fresh(Talk, talk.id).ends_at == oslo("11:30")
    assert client.post(path, data=sent).status_code == 409
    single = day.talks["homme"]
    assert client.get(f"{HERE}/talks/{single.id}/move").location == f"{HERE}/sessions/{single.session_id}/move"

    assert client.post(f"{HERE}/undo").status_code == 303
    assert "Undone: it is back where it was." in client.get(HERE).text
    assert fresh(Talk, talk.id).ends_at == oslo("11:25")


def test_an_undo_that_would_lose_something_says_whose(client: FlaskClient, edition: Edition, day: Programme) -> None:
    session = fresh(Session, day.sessions[0].id)
    post(client, f"/sessions/{session.id}/place", place(session, "11:00", 60))
    with transaction():
        row = db.session.get_one(Session, session.id)
        change_session(actor=KARI, now=NOW, edition=edition, session=row, changes={"ends_at": oslo("13:00")})
    refused = post(client, "/undo", {})
    assert refused.status_code == 409
    assert refused.json["error"]["message"].startswith(
        "This cannot be undone: somebody has changed it since. Kari Demo"
    )
    assert fresh(Session, session.id).ends_at == oslo("13:00")


def test_several_days_have_a_grid_each(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        two = make_edition(
            db.session.merge(edition.conference), slug="2025", number=17, ends_at=edition.ends_at + timedelta(days=1)
        )
        make_session(two, "10:00", 60, title={"en": "Early"})
    page = client.get("/manage/crosslinks/2025/programme/timetable").text
    assert page.count('class="timetable__grid"') == 2
    assert 'href="#day-2024-01-26"' in page


def test_conflicts_stand_where_they_are(client: FlaskClient, edition: Edition, day: Programme) -> None:
    session = fresh(Session, day.sessions[0].id)
    post(client, f"/sessions/{session.id}/place", place(session, "08:00", 30, day.room.id))
    page = client.get(HERE).text
    block = page[page.index(f'id="part-{session.id}"') :]
    assert "lies outside the day" in block[: block.index("</p>\n    <p") if "</p>\n    <p" in block else 3000]
    assert "Make the session longer, or the talk shorter." in page
    listed = client.get(DAY).text
    assert "lies outside the day" in listed


def test_a_break_for_everybody_is_no_time_for_a_session() -> None:
    def at(number: int, begin: int, **more: Any) -> PlannedSession:
        start = NOW + timedelta(minutes=begin)
        return PlannedSession(number, Span(start, start + timedelta(minutes=30)), **more)

    lunch = at(1, 0, kind=SessionKind.BREAK)
    whole = Span(NOW, NOW + timedelta(hours=3))
    assert find_conflicts(whole, [lunch, at(2, 29, room=4)]) == [Conflict(ConflictKind.DURING_BREAK, (1, 2))]
    assert find_conflicts(whole, [lunch, at(2, 30, room=4)]) == []
    assert find_conflicts(whole, [at(1, 0, kind=SessionKind.BREAK, room=3), at(2, 0, room=4)]) == []


def test_statements_do_not_grow_with_the_day(client: FlaskClient, edition: Edition, day: Programme) -> None:
    def statements(act: Any) -> int:
        seen: list[str] = []
        db.session.expire_all()

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert act().status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    def deed() -> TestResponse:
        frame = fresh(Session, day.talks["homme"].session_id)
        return post(client, f"/sessions/{frame.id}/place", place(frame, "10:25", 10, day.room.id))

    few = (statements(lambda: client.get(HERE)), statements(deed))
    post(client, "/undo", {})
    with transaction():
        for number in range(60):
            within = make_session(edition, f"{8 + number % 12}:00", 55, title={"en": f"Session {number}"})
            make_talk(edition, within, f"{8 + number % 12}:00", 20, f"Talk {number}")
    assert (statements(lambda: client.get(HERE)), statements(deed)) == few
