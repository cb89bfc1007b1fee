"""The pages: a file out, a file in by way of a look at it, and the archive; and the commands."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.cli import main
from crosslinks.config import settings
from crosslinks.copies.export import export_edition
from crosslinks.copies.rules import MANIFEST
from crosslinks.editions.models import Conference, Edition
from crosslinks.editions.rules import EditionState
from crosslinks.jobs.models import Job
from crosslinks.jobs.rules import JobState
from crosslinks.jobs.work import work_one
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.models import Person
from tests.accounts.factories import sign_in
from tests.copies.factories import empty_installation, make_full_edition, write
from tests.factories import make_conference, make_edition

M = "/manage/crosslinks/2024/copies"


def send(client: FlaskClient, body: bytes, name: str = "a.zip") -> str:
    answer = client.post(f"{M}/import/pass", data={"file": (io.BytesIO(body), name)})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def the_job() -> Job:
    db.session.expire_all()
    return db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()


def test_out_and_in_by_the_pages(client: FlaskClient, tmp_path: Path) -> None:
    edition = make_full_edition()
    sign_in(client)
    assert "Make next year" in client.get(M).text
    got = client.get(f"{M}/download")
    assert (got.headers["Content-Type"], got.headers["Cache-Control"]) == ("application/zip", "no-store")
    assert "crosslinks-2024.zip" in got.headers["Content-Disposition"]
    assert got.data == write(edition, tmp_path / "a.zip")

    place = send(client, got.data)
    shown = client.get(place).text
    for words in ("1 room", "1 talk", "1 speaker or moderator", "1 letter in your own words", "Text of name"):
        assert words in shown
    taken = client.post(place, data={"slug": "2024", "number": "16"})
    assert taken.status_code == 422
    assert "already an edition" in taken.text
    answer = client.post(place, data={"slug": "2031", "number": "20"})
    assert answer.status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Edition)) == 1, "not before the worker"
    assert work_one(owner="w")
    job = the_job()
    assert (job.state, job.outcome) == (JobState.DONE, {"leads_to": "/manage/crosslinks/2031/settings"})
    assert 'href="/manage/crosslinks/2031/settings"' in client.get(answer.location).text
    new = db.session.scalars(select(Edition).where(Edition.slug == "2031")).one()
    assert (new.state, new.number) == (EditionState.DRAFT, 20)
    assert client.get("/crosslinks/2031/").status_code == 404
    assert client.get(place).status_code == 410, "the file is not kept longer than it is needed"


def test_a_worker_that_takes_over_makes_no_second_edition(client: FlaskClient) -> None:
    edition = make_full_edition()
    sign_in(client)
    place = send(client, client.get(f"{M}/download").data)
    client.post(place, data={"slug": "2031", "number": "20"})
    assert work_one(owner="w")
    with transaction():  # as if the first had been killed between its edition and the end of its job
        job = the_job()
        job.state, job.outcome, job.finished_at = JobState.QUEUED, {}, None
    assert work_one(owner="x")
    assert the_job().outcome == {"leads_to": "/manage/crosslinks/2031/settings"}
    assert db.session.scalar(select(func.count()).select_from(Edition)) == 2
    assert edition.slug == "2024"


def test_what_is_wrong_in_a_file_is_listed_where_it_is(client: FlaskClient) -> None:
    make_full_edition()
    sign_in(client)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(client.get(f"{M}/download").data)) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr(MANIFEST, old.read(MANIFEST).replace(b'"number": 16', b'"number": "<script>"'))
    place = send(client, out.getvalue())
    answer = client.get(place)
    assert answer.status_code == 422
    assert "<code>edition.number</code> <span>A whole number is expected here, 1–9999." in answer.text
    assert "<script>alert" not in answer.text
    assert client.post(place, data={"slug": "2031", "number": "20"}).status_code == 422
    assert client.get(send(client, b"\x00" * 500)).status_code == 422
    assert client.post(f"{M}/import/pass", data={}).status_code == 422
    assert client.get(f"{M}/look/{'a' * 24}").status_code == 410
    assert client.get(f"{M}/look/..%2f..%2fconfig").status_code in {404, 410}


def test_a_file_that_was_sent_belongs_to_its_edition(client: FlaskClient) -> None:
    make_full_edition()
    with transaction():
        make_edition(make_conference("other"), slug="2024")
    other = db.session.scalars(select(Conference).where(Conference.slug == "other")).one()
    sign_in(client)
    place = send(client, client.get(f"{M}/download").data)
    name = place.rpartition("/")[2]
    sign_in(client, conference=other)
    assert client.get(f"/manage/other/2024/copies/look/{name}").status_code == 410
    assert client.get(place).status_code == 404


@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_archived_edition_stays_takes_nobody_and_leads_on(client: FlaskClient, language: str) -> None:
    with transaction():
        conference = make_conference()
        make_edition(conference)
        start = db.session.scalars(select(Edition)).one().starts_at.replace(year=2025)
        make_edition(conference, slug="2025", number=17, starts_at=start, ends_at=start.replace(hour=16))
    sign_in(client)
    visitor = client.application.test_client()
    home = f"/crosslinks/2024/?lang={language}"
    leads = {"en": "Go to Cancer Crosslinks 2025", "nb": "Gå til Cancer Crosslinks 2025"}[language]
    assert leads not in visitor.get(home).text
    assert visitor.get("/crosslinks/2024/register").status_code == 200
    state = "/manage/crosslinks/2024/state"
    assert client.post(state, data={"state": "archived"}).status_code == 303
    shown = visitor.get(home)
    assert shown.status_code == 200
    assert f'<a href="/crosslinks/2025/">{leads}</a>' in shown.text
    assert 'href="/crosslinks/2024/register' not in shown.text
    for page in ("programme", "speakers", "practical", "sponsors", "privacy"):
        assert leads in visitor.get(f"/crosslinks/2024/{page}?lang={language}").text
    assert visitor.get("/crosslinks/2024/register").status_code == 409
    sent = {"given_name": "A", "family_name": "B", "email": "a@example.org", "mode": "onsite", "profession": "other",
            "consent_privacy": True}  # fmt: skip
    assert visitor.post("/api/v1/crosslinks/2024/registrations", json=sent).status_code == 409
    assert "Take it out of the archive" in client.get(M).text
    assert client.post(state, data={"state": "published"}).status_code == 303
    assert leads not in visitor.get(home).text
    assert visitor.get("/crosslinks/2024/register").status_code == 200


def test_an_archive_without_a_present_edition_leads_nowhere(client: FlaskClient) -> None:
    with transaction():
        make_edition(state=EditionState.ARCHIVED)
    shown = client.get("/crosslinks/2024/?lang=en").text
    assert "This edition is over" in shown
    assert "Go to" not in shown


def test_the_commands_write_check_and_make(app: Flask, tmp_path: Path) -> None:
    edition = make_full_edition()
    runner = app.test_cli_runner()
    target = str(tmp_path / "e.zip")
    wrote = runner.invoke(main, ["edition", "export", "crosslinks/2024", target], obj=None)
    assert wrote.exit_code == 0, wrote.output
    assert Path(target).read_bytes() == write(edition, tmp_path / "a.zip")
    taken = runner.invoke(main, ["edition", "import", target])
    assert taken.exit_code == 1
    assert "give another --slug" in taken.output
    empty_installation()
    checked = runner.invoke(main, ["edition", "import", target, "--check"])
    assert (checked.exit_code, "  1 talk" in checked.output) == (0, True)
    assert db.session.scalar(select(func.count()).select_from(Edition)) == 0
    made = runner.invoke(
        main, ["edition", "import", target, "--conference", "other", "--slug", "2031", "--number", "3"]
    )
    assert made.exit_code == 0, made.output
    assert "made other/2031 as a draft" in made.output
    db.session.expire_all()
    new = db.session.scalars(select(Edition)).one()
    assert (new.number, new.conference.slug, new.conference.hue) == (3, "other", 300)
    assert export_edition(new, settings().uploads).pictures
    (tmp_path / "bad.zip").write_bytes(b"bad")
    bad = runner.invoke(main, ["edition", "import", str(tmp_path / "bad.zip")])
    assert (bad.exit_code, "no file of an edition" in bad.output) == (1, True)
    assert runner.invoke(main, ["edition", "export", "crosslinks/1999", target]).exit_code == 1


def test_what_is_lost_is_said_before_the_file_goes_without_it(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    edition = make_full_edition()
    sign_in(client)
    (settings().uploads / db.session.scalars(select(Person)).one().portrait_source).unlink()
    lost = export_edition(edition, settings().uploads).lost
    assert [name.startswith("portrait-") for name in lost] == [True]
    told = client.get(f"{M}/download")
    assert told.mimetype == "text/html"
    assert lost[0] in told.text
    got = client.get(f"{M}/download?without=lost")
    assert got.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(got.data)) as packed:
        assert not [name for name in packed.namelist() if lost[0] in name]
    wrote = app.test_cli_runner().invoke(main, ["edition", "export", "crosslinks/2024", str(tmp_path / "a.zip")])
    assert f"not in it, for its file is gone: {lost[0]}" in wrote.stderr
