"""Next year's edition: structure, texts, tiers, form and mails, moved by the clock; nobody comes along."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.copies.decisions import PARTS
from crosslinks.copies.tables import table
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.mailings.models import LetterTemplate, ScheduledStep
from crosslinks.programme.models import Session
from crosslinks.questions.models import Question
from crosslinks.sponsors.models import Tier
from tests.accounts.factories import sign_in
from tests.copies.factories import make_full_edition
from tests.factories import NOW, make_edition

PAGE = "/manage/crosslinks/2024/copies/next-year"
SENT = {"day": "2025-01-23", "slug": "2025", "number": "17", "sessions": "y"}


def made() -> Edition:
    db.session.expire_all()
    return db.session.scalars(select(Edition).where(Edition.slug != "2024")).one()


def count(name: str, edition: Edition) -> int:
    found = table(name)
    where = select(func.count()).select_from(found)
    if "edition_id" in found.c:
        where = where.where(found.c.edition_id == edition.id)
    return db.session.scalar(where) or 0


def test_it_has_what_a_new_year_begins_with_and_nobody(client: FlaskClient, tmp_path: Path) -> None:
    old = make_full_edition()
    sign_in(client, Role.ORGANIZER)
    shown = client.get(PAGE)
    assert 'value="2025"' in shown.text
    assert 'value="2025-01-23"' in shown.text, "a Thursday again"
    files = {*settings().uploads.rglob("*")}
    answer = client.post(PAGE, data=SENT)
    assert (answer.status_code, answer.location) == (303, "/manage/crosslinks/2025/settings")
    new = made()
    assert (new.state, new.number, new.slug, new.published_at) == (EditionState.DRAFT, 17, "2025", None)
    assert new.starts_at == datetime(2025, 1, 23, 10, tzinfo=UTC)
    assert new.ends_at - new.starts_at == old.ends_at - old.starts_at
    assert new.registration_opens_at == datetime(2025, 1, 14, 10, tzinfo=UTC)
    assert new.erase_on == date(2024, 5, 1) + timedelta(days=364)
    assert (new.theme, new.practical, new.venue_name) == (old.theme, old.practical, old.venue_name)
    assert new.uuid != old.uuid
    assert new.ticket_private_key != old.ticket_private_key
    for name, part in PARTS.items():
        if part.inside == "edition":
            stays = not part.next_year or name == "question"  # the only one is retired
            assert count(name, new) == (0 if stays else count(name, old)), name
    session = db.session.scalars(select(Session).where(Session.edition_id == new.id)).one()
    assert session.starts_at == datetime(2025, 1, 23, 10, tzinfo=UTC)
    assert (session.talks, session.moderators, session.room is None) == ([], [], False)
    assert db.session.scalars(select(Tier).where(Tier.edition_id == new.id)).one().sponsors == []
    template = db.session.scalars(select(LetterTemplate).where(LetterTemplate.edition_id == new.id)).one()
    assert (template.kind, template.changed_at >= NOW) == ("registration.confirmed", True)
    step = db.session.scalars(select(ScheduledStep).where(ScheduledStep.edition_id == new.id)).one()
    assert (step.days, step.at, step.done_at, step.queued) == (-5, "08:30", None, 0)
    assert {*settings().uploads.rglob("*")} == files, "no picture is copied"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "edition.cloned")).one()
    assert (entry.edition_id, entry.after["copied_from"]) == (new.id, "crosslinks/2024")
    assert "made from another edition" in client.get("/manage/crosslinks/2025/log").text


def test_the_clock_counts_not_the_hours_and_retired_questions_stay_behind(client: FlaskClient) -> None:
    with transaction():
        edition = make_edition(time_zone="Europe/Oslo")
        for number, (retired, shown_if) in enumerate([(NOW, ""), (NOW, ""), (None, "q2"), (None, "")], 1):
            db.session.add(
                Question(edition_id=edition.id, kind="yes_no", label={"en": str(number)}, shown_if=shown_if,
                         shown_values=["yes"], position=number, retired_at=retired, created_at=NOW)
            )  # fmt: skip
            db.session.flush()
    sign_in(client)
    assert client.post(PAGE, data=SENT | {"day": "2024-07-04", "sessions": ""}).status_code == 303
    new = made()
    assert new.starts_at.astimezone(new.zone).isoformat() == "2024-07-04T10:30:00+02:00"
    rows = db.session.scalars(select(Question).where(Question.edition_id == new.id).order_by(Question.position)).all()
    assert [row.label["en"] for row in rows] == ["2", "3", "4"]
    assert rows[1].shown_if == f"q{rows[0].id}"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"slug": "2024"}, "already an edition"),
        ({"slug": "../x"}, "Only small letters"),
        ({"slug": "x" * 61}, "61"),
        ({"slug": "20\x0025"}, "Only small letters"),
        ({"number": "9" * 400}, "value"),
        ({"number": "0"}, "between"),
        ({"day": "9999-12-31"}, "1971"),
        ({"day": "0001-01-01"}, "1971"),
        ({"day": "soon"}, "value"),
        ({"day": ""}, "need"),
    ],
)
def test_bad_input_is_said_and_makes_nothing(client: FlaskClient, changed: dict[str, str], words: str) -> None:
    with transaction():
        make_edition()
    sign_in(client)
    answer = client.post(PAGE, data=SENT | changed)
    assert answer.status_code == 422
    assert words in answer.text or "error" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Edition)) == 1


def test_only_who_may_change_editions(client: FlaskClient) -> None:
    with transaction():
        make_edition()
    sign_in(client, Role.PROGRAMME)
    for path in ("", "/download", "/next-year", "/look/" + "a" * 24):
        assert client.get(f"/manage/crosslinks/2024/copies{path}").status_code == 403
    assert client.post(PAGE, data=SENT).status_code == 403
