"""A print run from order to file: who is on it, what is logged, who may fetch it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask.cli import ScriptInfo
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.documents.commands import badges_command
from crosslinks.documents.models import BadgePrint
from crosslinks.documents.queries import BadgeFilter, Selection, list_badge_people
from crosslinks.editions.rules import Mode
from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import request_stop
from crosslinks.jobs.rules import JobState, JobStopped
from crosslinks.jobs.runs import result_path
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict
from crosslinks.kernel.tokens import show_reference
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel
from crosslinks.registration.rules import BadgeRole, Place
from tests.accounts.factories import sign_in
from tests.documents.factories import make_day, make_person, order_run, work
from tests.documents.paper import look_at
from tests.factories import NOW, TESTER, make_conference, make_edition

URL = "/manage/crosslinks/2024/badges"
FORM = {"selection": "all", "role": "every", "format": "l7418", "language": "en", "dx": "0", "dy": "0", "skip": "0"}


@pytest.fixture
def edition(app):
    with transaction():
        made = make_edition(digital=10)
        make_day(made)
        make_person(made, "Ingrid", "Solheim")
        make_person(made, "Mihaela", "Schaar", role=BadgeRole.SPEAKER)
        make_person(made, "Dag", "Digital", Mode.DIGITAL)
        gone = make_person(made, "Kari", "Cancelled")
        cancel(actor=TESTER, now=NOW, registration_id=gone.id)
    return made


def printed_count():
    return db.session.scalar(select(func.count()).select_from(BadgePrint))


def test_badges_are_for_those_who_hold_a_place_in_the_room(edition):
    assert [person.family_name for person in list_badge_people(edition.id, BadgeFilter())] == ["Schaar", "Solheim"]
    speakers = BadgeFilter(role=BadgeRole.SPEAKER)
    assert [person.given_name for person in list_badge_people(edition.id, speakers)] == ["Mihaela"]


def test_a_run_makes_a_file_with_their_tickets_and_logs_every_badge_once(edition):
    order_run(edition)
    job = work()
    assert (job.state, job.outcome["badges"], job.file_name) == (JobState.DONE, 2, "badges-crosslinks-2024-l7418.pdf")
    [page] = look_at(result_path(job.id).read_bytes())
    assert "Ingrid" in page.text
    assert "Speaker" in page.text
    assert "25 January" in page.text
    from crosslinks.registration.tickets import read_ticket_text, verify

    tickets = {person.ticket_id for person in list_badge_people(edition.id, BadgeFilter())}
    read = [read_ticket_text(code.text) for code in page.codes]
    assert {ticket_id for ticket_id, _ in read} == tickets
    assert all(verify(*ticket, edition.uuid, edition.ticket_public_key) for ticket in read)
    assert printed_count() == 2
    assert list_badge_people(edition.id, BadgeFilter(Selection.NEW)) == []
    assert db.session.scalar(select(AuditEntry).where(AuditEntry.action == "badges.print")) is not None


def test_the_folded_badge_is_in_the_language_that_was_asked_for(edition):
    order_run(edition, format_id="a6", language="nb")
    text = look_at(result_path(work().id).read_bytes())[0].text
    for word in ("Presisjonsonkologi", "10.30", "25. januar", "Foredragsholder"):
        assert word in text


def test_only_new_badges_after_a_first_run(edition):
    order_run(edition)
    work()
    with pytest.raises(Conflict, match="Nobody"):
        order_run(edition, BadgeFilter(Selection.NEW))
    with transaction():
        make_person(edition, "Late", "Comer")
    order_run(edition, BadgeFilter(Selection.NEW))
    job = work()
    assert job.outcome["badges"] == 1
    assert "Late" in look_at(result_path(job.id).read_bytes())[0].text


def test_a_run_that_is_tried_again_logs_nobody_twice(edition):
    job_id = order_run(edition)
    work()
    with transaction():
        job = db.session.get_one(Job, job_id)
        job.state = JobState.QUEUED
    work()
    assert printed_count() == 2


def test_somebody_erased_meanwhile_is_no_error(edition, monkeypatch):
    from crosslinks.documents import printing

    real = printing.render_badges

    def erase_then_render(*args, **more):
        with transaction():
            db.session.delete(db.session.scalars(select(Registration).where(Registration.given_name == "Ingrid")).one())
        return real(*args, **more)

    monkeypatch.setattr(printing, "render_badges", erase_then_render)
    order_run(edition)
    assert work().state is JobState.DONE
    assert printed_count() == 1


def test_a_stopped_run_prints_and_logs_nothing(edition, monkeypatch):
    job_id = order_run(edition)
    from crosslinks.documents import printing

    def ask_to_stop(*args):
        with transaction():
            request_stop(job=db.session.get_one(Job, job_id), now=NOW)
        return []

    monkeypatch.setattr(printing, "badges_of", ask_to_stop)
    with pytest.raises(JobStopped):
        work()
    assert printed_count() == 0


def test_an_organizer_orders_watches_and_fetches(edition, client):
    sign_in(client)
    empty = client.get(URL).text
    assert "2 people hold a place in the room" in empty
    answer = client.post(URL, data=FORM)
    assert (answer.status_code, answer.location) == (303, f"{URL}#run")
    page = client.get(URL).text
    assert "0 of 2 badges" in page
    assert "hx-get" in page
    panel = client.get(f"{URL}/run", headers={"HX-Request": "true"}).text
    assert panel.lstrip().startswith("<section")
    assert client.get(f"{URL}/run").status_code == 303
    job = work()
    panel = client.get(f"{URL}/run", headers={"HX-Request": "true"}).text
    assert "2 badges are ready" in panel
    assert "hx-get" not in panel
    with client.get(f"{URL}/{job.id}/file") as file:
        content = file.data
    assert file.mimetype == "application/pdf"
    assert content.startswith(b"%PDF")
    assert "badges-crosslinks-2024-l7418.pdf" in file.headers["Content-Disposition"]
    assert "Every badge has been printed" in client.get(URL).text


def test_a_file_is_gone_after_a_day(edition, client):
    sign_in(client)
    order_run(edition)
    job = work()
    with transaction():
        db.session.get_one(Job, job.id).expires_at = NOW - timedelta(days=300)
    assert client.get(f"{URL}/{job.id}/file").status_code == 410


def test_one_persons_badge_is_printed_again(edition, client):
    sign_in(client)
    person = db.session.scalars(select(Registration).where(Registration.given_name == "Ingrid")).one()
    assert "Badge of Ingrid Solheim" in client.get(f"{URL}?person={person.id}").text
    answer = client.post(URL, data=FORM | {"people": str(person.id), "selection": "new", "role": "press"})
    assert answer.status_code == 303
    [page] = look_at(result_path(work().id).read_bytes())
    assert "Mihaela" not in page.text
    assert show_reference(person.reference) in page.text
    assert "Last printed" in client.get(f"{URL}?person={person.id}").text


def test_the_people_chosen_in_the_list_are_printed(edition, client):
    sign_in(client)
    with transaction():
        make_person(edition, "Third", "Person")
    chosen = db.session.scalars(select(Registration).where(Registration.given_name.in_(["Ingrid", "Third", "Dag"])))
    numbers = [person.id for person in chosen]
    page = client.get(URL, query_string=[("person", number) for number in numbers]).text
    assert "Badges of 3 people" in page
    assert f'value="{",".join(map(str, numbers))}"' in page
    client.post(URL, data=FORM | {"people": ",".join(map(str, numbers))})
    [page] = look_at(result_path(work().id).read_bytes())
    assert len(page.codes) == 2, "Dag follows the stream"
    assert "Mihaela" not in page.text


def test_who_has_no_place_in_the_room_gets_no_badge(edition, client):
    sign_in(client)
    person = db.session.scalars(select(Registration).where(Registration.place == Place.DIGITAL)).one()
    assert "holds no place in the room" in client.get(f"{URL}?person={person.id}").text
    assert client.post(URL, data=FORM | {"people": str(person.id)}).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [("dx", "nan"), ("dy", "1e9"), ("skip", "-1"), ("skip", "9" * 400), ("format", "../x"),
     ("role", "king"), ("language", "xx"),
     ("selection", ""), ("people", "999999999999"),
     ("people", "1,2;3"), ("people", "0"), ("dx", "")],
)  # fmt: skip
def test_bad_input_is_refused_and_kept(edition, client, field, value):
    sign_in(client)
    answer = client.post(URL, data=FORM | {"skip": "3"} | {field: value})
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0
    if field != "skip":
        assert 'value="3"' in answer.text


def test_another_conferences_people_and_runs_are_not_found(edition, client):
    job_id = order_run(edition)
    person = db.session.scalars(select(Registration).limit(1)).one()
    with transaction():
        other = make_conference("other", name="Other")
        make_edition(other)
    sign_in(client, conference=other)
    elsewhere = "/manage/other/2024/badges"
    assert client.get(f"{elsewhere}/{job_id}/file").status_code == 404
    assert client.post(f"{elsewhere}/{job_id}/stop").status_code == 404
    assert client.get(f"{elsewhere}?person={person.id}").status_code == 404
    assert client.post(elsewhere, data=FORM | {"people": str(person.id)}).status_code == 404
    assert client.get(URL).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.DOOR_LEAD, 200), (Role.ORGANIZER, 200), (Role.PROGRAMME, 403)])
def test_who_may_print(edition, client, role, status):
    sign_in(client, role)
    assert client.get(URL).status_code == status


def test_an_empty_edition_says_what_to_do(app, client):
    with transaction():
        make_edition()
    sign_in(client)
    page = client.get(URL).text
    assert "No badges yet" in page
    assert "See the participants" in page


def test_the_command_prints_and_reports(app, edition, tmp_path):
    runner = app.test_cli_runner()
    target = tmp_path / "badges.pdf"
    arguments = ["crosslinks/2024", "--format", "l7418", "-o", str(target), "--json"]
    told = runner.invoke(badges_command, arguments, obj=ScriptInfo(create_app=lambda: app))
    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["badges"] == 2
    assert len(look_at(target.read_bytes())[0].codes) == 2
    assert printed_count() == 2
    unknown = runner.invoke(badges_command, ["crosslinks/1999", "-o", "x"], obj=ScriptInfo(create_app=lambda: app))
    assert unknown.exit_code == 1
