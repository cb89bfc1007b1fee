"""Jobs: claimed once, told about, stopped, tried again, and cleared away."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from crosslinks.jobs.models import Job
from crosslinks.jobs.operations import claim_job, queue_job, renew_job_leases, request_stop
from crosslinks.jobs.queries import job_is_waiting
from crosslinks.jobs.rules import MAX_ATTEMPTS, WORKER_ENDED, JobState
from crosslinks.jobs.runs import JobRun, result_path
from crosslinks.jobs.work import Round, Rounds, clear_results, work_one
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Invalid
from tests.factories import NOW, TESTER
from tests.jobs.factories import get, jobs_known, make_job, work_off


def test_a_job_runs_with_its_payload_and_leaves_a_file_for_a_day(app: Flask) -> None:
    def print_badges(run: JobRun) -> None:
        run.progress(3, 3)
        run.outcome["warnings"] = ["ǩ"]
        run.finish_file(f"{run.payload['format']}!".encode(), "badges.pdf", "application/pdf")

    job_id = make_job("print", {"format": "l7418"})
    with jobs_known(app, print=print_badges):
        assert work_off() == 1
    job = get(job_id)
    assert (job.state, job.done, job.total, job.outcome) == (JobState.DONE, 3, 3, {"warnings": ["ǩ"]})
    assert (job.file_name, job.file_type) == ("badges.pdf", "application/pdf")
    assert result_path(job_id).read_bytes() == b"l7418!"

    clear_results(NOW)
    assert result_path(job_id).exists()
    with transaction():
        db.session.execute(update(Job).values(expires_at=real_now() - timedelta(seconds=1)))
    clear_results(NOW)
    assert not result_path(job_id).exists()
    assert (get(job_id).payload, get(job_id).file_name) == ({}, "")


def test_a_rolled_back_job_never_runs(app: Flask) -> None:
    def refuse() -> None:
        with transaction():
            queue_job(kind="print", payload={}, actor=TESTER, now=NOW)
            raise Invalid("no")

    with pytest.raises(Invalid):
        refuse()
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_broken_job_is_tried_again_then_fails_with_its_reason(app: Flask) -> None:
    def breaks(run: JobRun) -> None:
        run.finish_file(b"half", "half.pdf", "application/pdf")
        raise ZeroDivisionError("by zero")

    job_id = make_job("breaks")
    with jobs_known(app, breaks=breaks):
        assert work_off() == MAX_ATTEMPTS
    job = get(job_id)
    assert (job.state, job.error, job.file_name) == (JobState.FAILED, "ZeroDivisionError: by zero", "")
    assert not result_path(job_id).exists()


def test_our_own_refusal_is_final(app: Flask) -> None:
    def refuses(run: JobRun) -> None:
        raise Invalid("badges.none", "Nobody to print a badge for")

    job_id = make_job("refuses")
    with jobs_known(app, refuses=refuses):
        assert work_off() == 1
    assert (get(job_id).state, get(job_id).error) == (JobState.FAILED, "Nobody to print a badge for")


def test_a_running_job_stops_when_asked(app: Flask) -> None:
    seen: list[int] = []

    def counts(run: JobRun) -> None:
        for number in range(1, 6):
            run.progress(number, number)
            seen.append(number)
            if number == 2:
                with transaction():
                    request_stop(job=get(run.job_id), now=NOW)

    job_id = make_job("counts")
    with jobs_known(app, counts=counts):
        work_off()
    assert seen == [1, 2]
    assert get(job_id).state is JobState.STOPPED


def test_a_waiting_job_stops_at_once(app: Flask) -> None:
    job_id = make_job("never")
    with transaction():
        request_stop(job=get(job_id), now=NOW)
    with jobs_known(app, never=lambda run: None):
        assert work_off() == 0
    job = get(job_id)
    assert (job.state, job.finished_at) == (JobState.STOPPED, NOW)
    assert job.expires_at is not None, "its payload is cleared like that of others"
    with transaction():
        db.session.execute(update(Job).values(expires_at=real_now() - timedelta(seconds=1)))
    clear_results(NOW)
    assert get(job_id).payload == {}


def test_a_job_begins_by_the_clock_it_was_made_by(app: Flask) -> None:
    clock.offset = NOW - real_now()
    job_id = make_job("plain")
    with jobs_known(app, plain=lambda run: None):
        work_off()
    job = get(job_id)
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.created_at <= job.started_at <= job.finished_at <= clock.now()


def test_progress_is_written_at_most_twice_a_second(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    def counts(run: JobRun) -> None:
        for number in range(1, 1001):
            run.progress(number, 1000)
            if get(run.job_id).done not in written:
                written.append(get(run.job_id).done)

    make_job("counts")
    monkeypatch.setattr("crosslinks.jobs.runs.monotonic", lambda: 5.0)
    with jobs_known(app, counts=counts):
        work_off()
    assert written == [1, 1000]


def test_the_worker_s_own_end_gives_the_job_back_uncounted(app: Flask) -> None:
    ending = [False]

    def slow(run: JobRun) -> None:
        ending[0] = True
        run.progress(1, 2)
        raise AssertionError("it goes on though the worker ends")

    job_id = make_job("slow")
    with jobs_known(app, slow=slow):
        work_one(owner="test", ending=lambda: ending[0])
    assert (get(job_id).state, get(job_id).attempts, get(job_id).lease_owner) == (JobState.QUEUED, 0, "")


def test_a_dead_worker_s_job_goes_to_the_next_but_not_for_ever(app: Flask) -> None:
    job_id = make_job("kills")
    kinds = ["kills"]
    for attempt in range(MAX_ATTEMPTS):
        with transaction():
            job = claim_job(owner=f"worker-{attempt}", kinds=kinds, quick=False, now=NOW)
            assert job is not None
        assert not job_is_waiting(kinds, quick=False)
        with transaction():
            assert claim_job(owner="other", kinds=kinds, quick=False, now=NOW) is None
            assert renew_job_leases(owner=f"worker-{attempt}") == 1
            db.session.execute(update(Job).values(lease_until=real_now() - timedelta(seconds=1)))
            assert renew_job_leases(owner=f"worker-{attempt}") == 0
    with transaction():
        assert claim_job(owner="last", kinds=kinds, quick=False, now=NOW) is None
    assert (get(job_id).state, get(job_id).error) == (JobState.FAILED, WORKER_ENDED)


def test_who_lost_a_job_to_another_worker_stops_and_changes_nothing(app: Flask) -> None:
    def slow(run: JobRun) -> None:
        with transaction():
            db.session.execute(update(Job).values(lease_owner="other"))
        run.progress(1, 2)

    job_id = make_job("slow")
    with jobs_known(app, slow=slow):
        work_one(owner="test")
    assert (get(job_id).state, get(job_id).lease_owner) == (JobState.RUNNING, "other")


def test_two_workers_do_each_job_once(app: Flask) -> None:
    done: list[int] = []

    def notes(run: JobRun) -> None:
        done.append(run.payload["number"])

    for number in range(20):
        make_job("notes", {"number": number})

    def work(name: str) -> None:
        with app.app_context():
            while work_one(owner=name):
                continue

    with jobs_known(app, notes=notes):
        threads = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(done) == list(range(20))


def test_quick_work_has_a_lane_of_its_own(app: Flask) -> None:
    order: list[str] = []
    make_job("long")
    make_job("short", quick=True)
    with jobs_known(app, long=lambda run: order.append("long"), short=lambda run: order.append("short")):
        assert work_one(owner="test", quick=True)
        assert not work_one(owner="test", quick=True)
        assert work_one(owner="test")
    assert order == ["short", "long"]


def test_a_round_is_made_by_one_worker_when_it_is_due(app: Flask) -> None:
    made: list[str] = []

    def stumble(_now: object) -> None:
        made.append("b")
        raise ZeroDivisionError

    rounds = (
        Round("a", timedelta(minutes=5), lambda now: made.append("a")),
        Round("b", timedelta(minutes=5), stumble),
    )
    first, second = Rounds(rounds), Rounds(rounds)
    for one in (first, second, first):
        one.go()
    assert made == ["a", "b"]
