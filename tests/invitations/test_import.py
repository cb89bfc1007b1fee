"""An import from upload to report, through the organizer's pages."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.invitations.importing import clear_uploads
from crosslinks.invitations.imports import upload_path
from crosslinks.invitations.models import ImportRun
from crosslinks.invitations.rules import FILE_LIFE, ImportStage
from crosslinks.jobs.models import Job
from crosslinks.jobs.rules import JobState
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.details import get_details
from crosslinks.registration.models import Ticket
from crosslinks.registration.rules import BadgeRole, Place, Profession, Status
from tests.accounts.factories import sign_in
from tests.factories import NOW, make_edition
from tests.invitations.factories import (
    HEADS,
    HOSTILE,
    IMPORT,
    check,
    csv_file,
    figures,
    guessed,
    import_run,
    people,
    person,
    refusals,
    send_file,
    take_in,
    upload,
    workbook,
)
from tests.jobs.factories import work_off
from tests.registration.factories import make_registration


@pytest.fixture
def edition(app: Flask, client: FlaskClient) -> Edition:
    with transaction():
        made = make_edition(onsite=5)
    sign_in(client)
    return made


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_from_upload_to_report(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_registration(edition, email="known@example.org")
    before = count(OutboxMail)
    rows = [
        person(1, role="Foredragsholder"),
        person(2, email="KARI.1@example.org"),
        person(3, email="ingen adresse"),
        person(4, mode="Digitalt", note="Trenger følge"),
        person(5, given="", mode="kanskje"),
        person(6, email="Known@Example.org"),
        person(7, email=""),
    ]
    url = upload(client, csv_file(rows))
    page = client.get(url)
    assert page.status_code == 200
    assert list(guessed(page.text).values()) == [
        "given_name", "family_name", "email", "organisation", "mode", "role", "language", "profession", "note",
    ]  # fmt: skip
    assert "kari.1@example.org" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    check(client, url)
    assert (len(people()), import_run().stage) == (1, ImportStage.CHECKED)
    checked, said = figures(), refusals()
    assert checked == (3, 0, 1, 3)
    assert said == [
        (3, "email", "twice"),
        (4, "email", "email_unusable"),
        (6, "given_name", "name_missing"),
        (6, "mode", "mode_unknown"),
        (7, "email", "known"),
    ]
    page = client.get(url).text
    assert "3 people can be registered" in page
    assert "E-mail address (column C)" in page
    assert "The same address stands in row 2." in page

    take_in(client, url)
    assert (figures(), refusals()) == (checked, said)
    _known, first, digital, silent = people()
    assert (first.name, first.email, first.role) == ("Kari Nordmann 1", "kari.1@example.org", BadgeRole.SPEAKER)
    assert (first.language, first.profession, first.organisation) == ("nb", Profession.HEALTH, "Fjordbyen")
    assert (digital.place, get_details(digital.id)["note"], silent.email) == (Place.DIGITAL, "Trenger følge", "")
    assert count(OutboxMail) - before == 2
    assert count(Ticket) == 4
    assert len({one.roster_seq for one in people()}) == 4
    assert not upload_path(import_run().id).exists()
    page = client.get(url).text
    assert "3 people are registered" in page
    report = client.get(f"{url}/report")
    lines = list(csv.reader(io.StringIO(report.data.decode("utf-8-sig"))))
    assert lines[0] == ["Row", "Column", "What is wrong"]
    assert lines[1] == ["3", "E-mail address (column C)", "The same address stands in row 2."]
    assert len(lines) == 6
    deeds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "import")).all()
    assert deeds == ["import.uploaded", "import.started", "import.imported"]
    assert client.post(f"{url}/run").status_code == 410


def test_a_workbook_with_the_whole_name_and_no_mail(client: FlaskClient, edition: Edition) -> None:
    heads = ["Name", "E-mail", "Ignored"]
    rows: list[list[object]] = [["Åse Marie Dahl", "aase@example.org", 5], [None, None, None], ["Dahl, Per", "", 1.0]]
    url = upload(client, workbook(rows, heads=heads), "list.xlsx")
    answer = client.post(f"{url}/check", data={"column-0": "name", "column-1": "email", "mode": ""})
    assert answer.status_code == 422
    assert "how people take part" in answer.text
    check(client, url, mode="onsite", tell="", role="press")
    take_in(client, url)
    assert [(one.given_name, one.family_name, one.role.value) for one in people()] == [
        ("Åse Marie", "Dahl", "press"), ("Per", "Dahl", "press"),
    ]  # fmt: skip
    assert count(OutboxMail) == 0


@pytest.mark.parametrize(
    ("when_full", "expected"),
    [("wait", (5, 3, 0, 0)), ("refuse", (5, 0, 0, 3)), ("override", (8, 0, 0, 0))],
)
def test_when_it_is_full(client: FlaskClient, edition: Edition, when_full: str, expected: tuple[int, ...]) -> None:
    url = upload(client, csv_file([person(number) for number in range(8)]))
    check(client, url, when_full=when_full, reason="Because")
    checked, said = figures(), refusals()
    assert checked == expected
    take_in(client, url)
    assert (figures(), refusals()) == (checked, said)
    waiting = [one for one in people() if one.status is Status.WAITING]
    assert len(waiting) == expected[1]
    moments = [one.joined_at for one in waiting if one.joined_at]
    assert moments == sorted(moments)
    assert len(set(moments)) == len(waiting)
    positions = db.session.scalars(
        select(OutboxMail).where(OutboxMail.kind == "registration.waiting").order_by(OutboxMail.id)
    ).all()
    assert [mail.data["position"] for mail in positions] == list(range(1, expected[1] + 1))


def test_an_override_needs_a_reason_and_fields_are_chosen_once(client: FlaskClient, edition: Edition) -> None:
    url = upload(client, csv_file([person(1)]))
    sent = {"column-0": "given_name", "column-4": "mode", "when_full": "override", "known": "skip",
            "role": "participant", "language": "nb", "mode": "", "reason": ""}  # fmt: skip
    answer = client.post(f"{url}/check", data=sent)
    assert (answer.status_code, "Write why" in answer.text) == (422, True)
    answer = client.post(f"{url}/check", data=sent | {"column-1": "given_name"})
    assert (answer.status_code, "Two columns cannot both be" in answer.text) == (422, True)
    assert client.post(f"{url}/check", data=sent | {"reason": "a\x00b"}).status_code == 422
    assert client.post(f"{url}/run").status_code == 409
    assert people() == []


def test_stopped_in_the_middle_and_gone_on(client: FlaskClient, edition: Edition) -> None:
    url = upload(client, csv_file([person(number, mode="digitalt") for number in range(250)]))
    check(client, url)
    client.post(f"{url}/run")
    assert client.post(f"{url}/stop").status_code == 303
    assert work_off() == 0
    page = client.get(url).text
    assert "Stopped before the first row" in page
    take_in(client, url)
    assert figures() == (250, 0, 0, 0)
    assert len({one.email_key for one in people()}) == 250


def test_the_file_goes_after_a_day_and_the_page_says_so(client: FlaskClient, edition: Edition) -> None:
    url = upload(client, csv_file([person(1)]))
    path = upload_path(import_run().id)
    clear_uploads(NOW)
    assert path.exists()
    with transaction():
        db.session.execute(update(ImportRun).values(uploaded_at=real_now() - FILE_LIFE))
    clear_uploads(NOW)
    assert not path.exists()
    assert "The file is no longer kept" in client.get(url).text
    assert client.post(f"{url}/check", data={}).status_code == 410


def test_thrown_away(client: FlaskClient, edition: Edition) -> None:
    url = upload(client, csv_file([person(1)]))
    path = upload_path(import_run().id)
    assert client.post(f"{url}/forget").status_code == 303
    assert not path.exists()
    assert client.get(url).status_code == 404


def test_hostile_cells_are_refused_or_kept_as_they_are(client: FlaskClient, edition: Edition) -> None:
    assert len(HOSTILE) >= 50
    for column in range(len(HEADS)):
        with transaction():
            for job in db.session.scalars(select(Job)):
                job.state = JobState.DONE
        rows = []
        for number, text in enumerate(HOSTILE):
            row = person(1000 * column + number, mode="digitalt")
            row[column] = text.replace("\x00", "") if "\x00" in text else text
            rows.append(row)
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";").writerows([HEADS, *rows])
        url = upload(client, out.getvalue().encode("utf-8", "replace"))
        assert client.get(url).status_code == 200
        check(client, url)
        checked = client.get(url)
        assert checked.status_code == 200
        assert "<script>alert" not in checked.text
        take_in(client, url)
        assert client.get(url).status_code == 200
        report = client.get(f"{url}/report")
        for line in csv.reader(io.StringIO(report.data.decode("utf-8-sig"))):
            assert not any(text.startswith(("=", "+", "-", "@")) for text in line)
        assert "<script>" not in client.get("/manage/crosslinks/2024/registrations").text
        assert client.post(f"{url}/forget").status_code == 303
    for one in people():
        assert not any(ord(c) < 32 for c in one.name + one.email + get_details(one.id)["note"])
    exported = client.post("/manage/crosslinks/2024/registrations/export", data={"format": "csv"})
    for line in csv.reader(io.StringIO(exported.data.decode("utf-8-sig"))):
        assert not any(text.startswith(("=", "+", "-", "@")) for text in line)


@pytest.mark.parametrize("name", ["", "\x00", "../../x.csv", "a" * 500, "<b>.csv", "a\r\nb.csv", "=1.csv"])
def test_names_of_files(client: FlaskClient, edition: Edition, name: str) -> None:
    answer = send_file(client, csv_file([person(1)]), name)
    assert answer.status_code in {303, 422}
    assert client.get(IMPORT).status_code == 200


def test_only_those_who_see_registrations(client: FlaskClient, edition: Edition, app: Flask) -> None:
    url = upload(client, csv_file([person(1)]))
    other = app.test_client()
    assert other.get(url).status_code == 303
    assert other.post(f"{url}/run").status_code == 403
