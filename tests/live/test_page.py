"""The live page: who sees what, when, and what the browser is allowed to ask for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db, transaction
from crosslinks.live.models import Presence
from crosslinks.live.rules import StreamKind
from crosslinks.registration.letters import LETTERS
from crosslinks.registration.operations import cancel
from tests.checkin.factories import be_at
from tests.factories import NOW, make_edition
from tests.live.factories import CLOSES, DURING, OPENS, PLAYER, person_on, set_stream
from tests.programme.factories import make_programme
from tests.registration.test_letters import letters


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        made = make_edition(onsite=1, digital=9)
        set_stream(made, captions={"en": "Captions in English in the player’s menu", "nb": "Teksting på engelsk"})
        return made


def frames(page: str) -> list[str]:
    return re.findall(r"<iframe[^>]*>", page)


def test_nothing_of_the_player_is_there_before_the_press(client: FlaskClient, edition: Edition) -> None:
    _id, url = person_on(edition)
    be_at(DURING)
    before = client.get(url)
    assert before.status_code == 200
    assert frames(before.text) == []
    assert PLAYER not in before.text
    assert "frame-src" not in before.headers["Content-Security-Policy"]
    assert "player.example.org" in before.text, "the reader is told who will be asked"
    assert "Captions in English" in before.text
    after = client.get(f"{url}?play=1")
    (frame,) = frames(after.text)
    assert f'src="{PLAYER}"' in frame
    assert 'sandbox="allow-scripts allow-same-origin allow-presentation"' in frame
    assert 'referrerpolicy="strict-origin"' in frame
    policy = after.headers["Content-Security-Policy"].split("; ")
    assert "frame-src https://player.example.org" in policy
    assert "script-src 'self'" in policy
    assert after.headers["Referrer-Policy"] == "no-referrer"
    assert after.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("minutes", [-1, 0])
def test_it_opens_in_time_and_closes_after_the_discussions(client: FlaskClient, edition: Edition, minutes: int) -> None:
    _id, url = person_on(edition)
    be_at(OPENS + timedelta(minutes=minutes))
    early = client.get(f"{url}?play=1")
    assert bool(frames(early.text)) is (minutes == 0)
    assert ("The stream opens at 10:15" in early.text) is (minutes < 0)
    be_at(CLOSES + timedelta(minutes=minutes))
    late = client.get(f"{url}?play=1")
    assert bool(frames(late.text)) is (minutes < 0)
    assert ("The stream is over" in late.text) is (minutes == 0)


def test_a_link_is_opened_elsewhere_without_telling_from_where(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        set_stream(db.session.get_one(Edition, edition.id), kind=StreamKind.LINK)
    _id, url = person_on(edition)
    be_at(DURING)
    page = client.get(f"{url}?play=1")
    assert frames(page.text) == []
    assert "frame-src" not in page.headers["Content-Security-Policy"]
    assert re.search(rf'href="{re.escape(PLAYER)}" target="_blank" rel="noopener noreferrer"', page.text)


def test_without_an_address_the_page_says_so(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        set_stream(db.session.get_one(Edition, edition.id), address="")
    _id, url = person_on(edition)
    be_at(DURING)
    assert "The stream is not here yet" in client.get(f"{url}?play=1").text


def test_others_are_told_how_they_stand_and_never_the_address(client: FlaskClient, edition: Edition) -> None:
    _id, seated = person_on(edition, Mode.ONSITE)
    _id, waiting = person_on(edition, Mode.ONSITE)
    gone, cancelled = person_on(edition)
    with transaction():
        cancel(actor=Actor.registrant(gone), now=NOW, registration_id=gone)
    be_at(DURING)
    pages = {url: client.get(f"{url}?play=1") for url in (seated, waiting, cancelled)}
    assert {page.status_code for page in pages.values()} == {200}
    assert all("player.example.org" not in page.text for page in pages.values())
    assert "You have a place in the room" in pages[seated].text
    assert "/switch?to=digital" in pages[seated].text
    assert "You are number 1 in line for the room." in pages[waiting].text
    assert "meanwhile=1" in pages[waiting].text
    assert "Your registration is cancelled" in pages[cancelled].text
    assert "/switch" not in pages[cancelled].text


def test_looking_changes_nothing(client: FlaskClient, edition: Edition) -> None:
    _id, url = person_on(edition)
    be_at(DURING)
    db.session.rollback()
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    for address in (url, f"{url}?play=1", f"{url}?play=1"):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Presence)) == 0
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_now_and_next_are_marked_in_the_editions_zone(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_programme(db.session.get_one(Edition, edition.id))
    _id, url = person_on(edition)
    be_at(DURING)
    page = client.get(url).text
    assert re.findall(r'<li class="slot entry--(now|next)', page) == ["now", "next"]
    assert "Now, until 11:25" in page
    assert "Next, in 25 minutes" in page
    assert re.search(r'<time datetime="2024-01-25T10:25:00\+00:00" data-local>11:25</time>', page)
    assert "All times are Oslo time." in page
    be_at(DURING + timedelta(minutes=90))
    assert "Lunch and mingling" in client.get(url).text
    assert "Nå, til 13.25" in client.get(f"{url}?lang=nb").text


@pytest.mark.parametrize("token", ["x", "A" * 30, "%00", "é" * 30, "../../etc"])
def test_a_wrong_link_opens_nothing(client: FlaskClient, edition: Edition, token: str) -> None:
    assert client.get(f"/r/{token}/live").status_code == 404
    assert client.post(f"/r/{token}/live/presence").status_code == 404


def test_public_pages_and_mails_lead_to_the_personal_page_and_never_name_the_stream(
    client: FlaskClient, edition: Edition
) -> None:
    _id, url = person_on(edition, email="ola@example.org")
    for page in ("", "programme", "practical", "register", "speakers"):
        assert "player.example.org" not in client.get(f"/crosslinks/2024/{page}").text
    place = url.removesuffix("/live")
    assert "player.example.org" not in client.get(place).text
    assert "player.example.org" not in client.get(f"{place}/calendar.ics").text
    (letter,) = letters()
    written = LETTERS[letter.kind](letter)
    assert f"{settings().base_url}{url}" in written.text
    assert f'href="{settings().base_url}{url}"' in written.html
    assert "player.example.org" not in written.text + written.html
    preview = LETTERS[letter.kind](replace(letter, preview=True))
    assert url not in preview.text + preview.html


def test_the_personal_page_leads_there_first_on_the_day(client: FlaskClient, edition: Edition) -> None:
    _id, url = person_on(edition)
    _id, seated = person_on(edition, Mode.ONSITE)
    place = url.removesuffix("/live")
    assert "It opens on 25 January 2024 at 10:15." in client.get(place).text
    be_at(OPENS - timedelta(hours=2))
    assert re.search(rf'button--large" href="{url}"', client.get(place).text)
    assert "The stream opens today at 10:15." in client.get(place).text
    assert "/live" not in client.get(seated.removesuffix("/live")).text
    be_at(CLOSES)
    assert "/live" not in client.get(place).text
