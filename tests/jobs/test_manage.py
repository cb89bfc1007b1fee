"""Pages of a job: its progress, its file, stopping it, and who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crosslinks.editions.models import Edition
from crosslinks.jobs.models import Job
from crosslinks.jobs.rules import JobState
from crosslinks.jobs.runs import JobRun
from crosslinks.kernel.actors import Actor, Permission, Role
from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from tests.accounts.factories import sign_in
from tests.factories import make_conference, make_edition
from tests.jobs.factories import get, jobs_known, make_job, work_off

BASE = "/manage/crosslinks/2024/jobs"


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition()


def finishes(run: JobRun) -> None:
    run.finish_file(b"a;b\r\n", "people.csv", "text/csv")


def test_progress_then_the_file_until_it_expires(app: Flask, client: FlaskClient, edition: Edition) -> None:
    job_id = make_job("export", edition_id=edition.id, permission=Permission.REGISTRATIONS, total=12)
    sign_in(client, Role.ORGANIZER)
    waiting = client.get(f"{BASE}/{job_id}").get_data(as_text=True)
    assert "0 of 12" in waiting
    assert "every 1s" in waiting
    assert client.get(f"{BASE}/{job_id}/download").status_code == 410
    with jobs_known(app, export=finishes):
        work_off()
    part = client.get(f"{BASE}/{job_id}", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "people.csv" in part
    assert "<html" not in part
    assert "every 1s" not in part
    answer = client.get(f"{BASE}/{job_id}/download")
    assert answer.data == b"a;b\r\n"
    assert "filename=people.csv" in answer.headers["Content-Disposition"]
    answer.close()
    with transaction():
        db.session.get_one(Job, job_id).expires_at = real_now() - timedelta(seconds=1)
    assert client.get(f"{BASE}/{job_id}/download").status_code == 410


def test_a_waiting_job_is_stopped_by_a_button(client: FlaskClient, edition: Edition) -> None:
    job_id = make_job("export", edition_id=edition.id, permission=Permission.REGISTRATIONS)
    sign_in(client, Role.ORGANIZER)
    assert client.post(f"{BASE}/{job_id}/stop").status_code == 303
    assert get(job_id).state is JobState.STOPPED
    assert "Stopped" in client.get(f"{BASE}/{job_id}").get_data(as_text=True)


def test_only_who_made_it_or_has_the_permission_may_see_it(client: FlaskClient, edition: Edition) -> None:
    account = sign_in(client, Role.DOOR_LEAD)
    with transaction():
        other = make_edition(make_conference("other"), slug="2025")
    theirs = make_job("export", edition_id=edition.id, permission=Permission.REGISTRATIONS)
    own = make_job("export", edition_id=edition.id, actor=account_actor(account.id))
    foreign = make_job("export", edition_id=other.id, permission=Permission.OVERVIEW)
    for path in ("", "/download"):
        assert client.get(f"{BASE}/{theirs}{path}").status_code == 403
        assert client.get(f"{BASE}/{foreign}{path}").status_code == 404
    assert client.post(f"{BASE}/{theirs}/stop").status_code == 403
    assert client.get(f"{BASE}/{own}").status_code == 200
    assert client.application.test_client().get(f"{BASE}/{own}").status_code == 303


def account_actor(account_id: int) -> Actor:
    return Actor.account(account_id, "Somebody")
