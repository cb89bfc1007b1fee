"""Slides that a speaker sent to the organizer, who hands them in for them."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.links import speaker_token
from crosslinks.programme.material_models import SlideFile
from crosslinks.programme.models import TalkSpeaker
from crosslinks.web.large import large_body_path
from tests.accounts.factories import sign_in
from tests.factories import make_edition
from tests.programme.factories import Programme, make_programme

MATERIAL = "/manage/crosslinks/2024/material"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        made = make_edition()
    sign_in(client, Role.PROGRAMME)
    return made


@pytest.fixture
def day(edition: Edition) -> Programme:
    with transaction():
        return make_programme(edition)


def address(day: Programme) -> str:
    return f"{MATERIAL}/talks/{day.talks['loges'].id}/slides"


def hand_in(client: FlaskClient, day: Programme, content: bytes = PDF, **more: Any) -> TestResponse:
    data = {"slides": (io.BytesIO(content), "slides.pdf"), "person_id": day.people["loges"].id} | more
    return client.post(large_body_path(address(day)), data=data)


def count_files() -> int:
    return db.session.scalar(select(func.count()).select_from(SlideFile)) or 0


def test_the_speaker_finds_what_was_handed_in_for_them(client: FlaskClient, day: Programme) -> None:
    assert "Hand in slides" in client.get(MATERIAL).text
    action = re.search(r'action="([^"]+/slides/[^"]+)"', client.get(address(day)).text)
    assert action is not None
    sent = {"slides": (io.BytesIO(PDF), "Loges.pdf"), "person_id": day.people["loges"].id, "keep_back": "y"}
    answer = client.post(action[1], data=sent)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/material#talk-{day.talks['loges'].id}")
    row = db.session.scalars(select(SlideFile)).one()
    assert (row.person_id, row.file_name, row.publish, row.keep_back) == (
        day.people["loges"].id, "Loges.pdf", False, True,
    )  # fmt: skip
    assert "Loges.pdf" in client.get(MATERIAL).text
    assert "Loges.pdf" in client.get(f"/s/{speaker_token(day.people['loges'])}").text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "talk.slides_added")).one()
    assert entry.actor_kind == "account"


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        (b"<svg/>", {}, "whatever its name says"),
        (b"", {}, "The file is empty."),
        (PDF, {"publish": "y", "keep_back": "y"}, "cannot be both"),
        (PDF, {"person_id": "0"}, "Not a valid choice"),
        (PDF, {"person_id": "9" * 400}, "Not a valid choice"),
        (PDF, {"person_id": "\0"}, "Invalid Choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: FlaskClient, day: Programme, content: bytes, more: dict[str, str], words: str
) -> None:
    answer = hand_in(client, day, content, **more)
    assert answer.status_code == 422
    assert words in answer.text
    assert count_files() == 0
    assert not list((settings().uploads / "slides").glob("*"))


def test_only_somebody_who_gives_the_talk_can_have_sent_them(client: FlaskClient, day: Programme) -> None:
    assert hand_in(client, day, person_id=day.people["derosa"].id).status_code == 422
    with transaction():
        db.session.add(TalkSpeaker(talk_id=day.talks["loges"].id, person_id=day.people["derosa"].id, position=2))
    db.session.expire_all()
    assert hand_in(client, day, person_id=day.people["derosa"].id).status_code == 303
    assert db.session.scalars(select(SlideFile)).one().person_id == day.people["derosa"].id


def test_a_talk_that_nobody_gives_says_so(client: FlaskClient, day: Programme) -> None:
    with transaction():
        for one in db.session.scalars(select(TalkSpeaker).where(TalkSpeaker.talk_id == day.talks["loges"].id)):
            db.session.delete(one)
    db.session.expire_all()
    html = client.get(address(day)).text
    assert "Nobody gives this talk yet." in html
    assert 'type="file"' not in html
    assert hand_in(client, day).status_code == 422


def test_a_script_is_answered_in_json(client: FlaskClient, day: Programme) -> None:
    accepts = {"Accept": "application/json"}
    where = large_body_path(address(day))
    good = {"slides": (io.BytesIO(PDF), "a.pdf"), "person_id": day.people["loges"].id}
    assert client.post(where, data=good, headers=accepts).json == {"url": f"{MATERIAL}#talk-{day.talks['loges'].id}"}
    assert client.post(where, headers=accepts).status_code == 422


def test_another_edition_does_not_find_the_talk(client: FlaskClient, edition: Edition, day: Programme) -> None:
    with transaction():
        make_edition(edition.conference, slug="2025", number=17)
    other = address(day).replace("/2024/", "/2025/")
    assert client.get(other).status_code == 404
    assert client.post(large_body_path(other), data={}).status_code == 404
