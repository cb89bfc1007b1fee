from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crosslinks.consents.operations import set_asked
from crosslinks.consents.rules import Purpose
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import change_edition
from crosslinks.editions.rules import EditionState, Mode
from crosslinks.kernel.actors import Role
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import transaction
from crosslinks.live.operations import change_stream
from crosslinks.live.rules import StreamKind
from crosslinks.registration.operations import set_capacity
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_edition
from tests.hostile import HOSTILE
from tests.registration.factories import take_place
from tests.sponsors.factories import make_sponsor, make_tier

E = "/crosslinks/2024"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition(
            registration_opens_at=datetime(2024, 1, 10, 8, tzinfo=UTC),
            registration_closes_at=datetime(2024, 1, 24, 8, tzinfo=UTC),
        )


def home(client: FlaskClient, moment: datetime) -> str:
    clock.offset = moment - real_now()
    return client.get(f"{E}/").text


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2024, 1, 1, tzinfo=UTC), ["Registration opens on 10\u00a0January\u00a02024", "/crosslinks/follow"]),
        (datetime(2024, 1, 12, tzinfo=UTC), ["register?mode=onsite", "Takes under a minute"]),
        (
            datetime(2024, 1, 22, tzinfo=UTC),
            ["The last places. Registration closes on 24\u00a0January\u00a02024 at 09:00."],
        ),
        (datetime(2024, 1, 24, 9, tzinfo=UTC), ["Registration is closed", f"{E}/lost"]),
        (datetime(2024, 1, 25, 5, tzinfo=UTC), ["It is today", "Doors open at 09:45.", "Send me my link"]),
        (datetime(2024, 1, 25, 12, tzinfo=UTC), ["Watch from your own page"]),
        (datetime(2024, 1, 25, 15, tzinfo=UTC), ["Thank you for taking part", "/crosslinks/follow"]),
        (datetime(2024, 3, 25, tzinfo=UTC), ["Held on 25\u00a0January\u00a02024", "confirm it by mail"]),
    ],
)
def test_the_home_page_changes_with_the_clock(
    client: FlaskClient, edition: Edition, moment: datetime, words: list[str]
) -> None:
    html = home(client, moment)
    assert [word for word in words if word not in html] == []


def test_a_kept_page_gives_way_at_its_moment(client: FlaskClient, edition: Edition) -> None:
    assert "It is today" not in home(client, datetime(2024, 1, 24, 22, 59, tzinfo=UTC))
    assert "It is today" in home(client, datetime(2024, 1, 24, 23, 0, 1, tzinfo=UTC))


def test_the_day_itself_has_no_bar(app: Flask, client: FlaskClient) -> None:
    with transaction():
        make_edition(registration_closes_at=datetime(2024, 1, 25, 14, tzinfo=UTC))
    assert 'class="bottom-bar"' in home(client, datetime(2024, 1, 22, tzinfo=UTC))
    today = home(client, datetime(2024, 1, 25, 5, tzinfo=UTC))
    assert 'class="bottom-bar"' not in today
    assert "No place yet?" in today


def test_it_says_when_every_place_is_taken(client: FlaskClient, edition: Edition) -> None:
    assert "Every place is taken" not in client.get(f"{E}/").text
    with transaction():
        for mode in Mode:
            set_capacity(actor=TESTER, now=NOW, edition_id=edition.id, mode=mode, capacity=1)
        take_place(edition)
        take_place(edition, Mode.DIGITAL, email="two@example.org")
    assert "Every place is taken" in client.get(f"{E}/").text


def test_after_the_day_it_leads_to_the_next_edition_once_that_is_public(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        start = datetime(2025, 1, 23, 9, tzinfo=UTC)
        following = make_edition(
            edition.conference, slug="2025", number=17, state=EditionState.DRAFT, starts_at=start,
            ends_at=start + timedelta(hours=5), erase_on=date(2025, 4, 25), theme={"en": "A secret theme"},
        )  # fmt: skip
    after = datetime(2024, 4, 1, tzinfo=UTC)
    html = home(client, after)
    assert "A secret theme" not in html
    assert "/crosslinks/follow" in html
    with transaction():
        change_edition(actor=TESTER, now=NOW, edition=following, changes={"state": EditionState.PUBLISHED})
    html = home(client, after)
    assert "A secret theme" in html
    assert 'href="/crosslinks/2025/"' in html


def test_the_practical_page_has_what_is_written_and_says_what_is_not(client: FlaskClient, edition: Edition) -> None:
    html = client.get(f"{E}/practical").text
    assert "Not written yet." in html
    assert "openstreetmap.org/search?query=Kaare+Norum" in html
    assert 'id="conduct"' not in html
    sign_in(client, Role.OWNER)
    page = "/manage/crosslinks/2024/pages"
    assert "Speak about the matter" in client.get(f"{page}?suggest=conduct").text
    sent = {"travel_en": "Take **tram 12**", "accessibility_nb": "Trinnfritt", "conduct_en": "Be kind"}
    assert client.post(page, data=sent).status_code == 303
    html = client.get(f"{E}/practical").text
    assert "<strong>tram 12</strong>" in html
    assert 'lang="nb"><p>Trinnfritt' in html
    assert 'id="conduct"' in html
    assert "Trinnfritt" in client.get(f"{E}/accessibility?lang=nb").text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_break_nothing(client: FlaskClient, edition: Edition, text: str) -> None:
    sign_in(client, Role.OWNER)
    answer = client.post("/manage/crosslinks/2024/pages", data={"travel_en": text, "contact_nb": text})
    assert answer.status_code in {303, 422}
    assert client.get(f"{E}/practical").status_code == 200


def test_only_organizers_change_it(client: FlaskClient, edition: Edition) -> None:
    for path in ("pages", "theme"):
        assert client.get(f"/manage/crosslinks/2024/{path}").status_code == 303
    sign_in(client, Role.PROGRAMME)
    for path in ("pages", "theme"):
        assert client.get(f"/manage/crosslinks/2024/{path}").status_code == 403
        assert client.post(f"/manage/crosslinks/2024/{path}", data={}).status_code == 403


def test_the_privacy_notice_follows_the_settings(client: FlaskClient, edition: Edition) -> None:
    assert "These ask:" not in client.get(f"{E}/privacy").text
    with transaction():
        make_sponsor(edition, make_tier(edition), asks_contact=True)
        make_sponsor(edition, make_tier(edition), name="Hidden Pharma", asks_contact=True, is_published=False)
        set_asked(
            actor=TESTER, now=NOW, conference_id=edition.conference_id, edition_id=edition.id, purpose=Purpose.PHOTO,
            asked=True, texts={},
        )  # fmt: skip
    html = client.get(f"{E}/privacy").text
    assert "These ask: Demo Pharma." in html
    assert "Hidden Pharma" not in html
    assert "<b>Photographs:</b>" in html
    assert "On 25\u00a0April\u00a02024." in html


def test_the_accessibility_statement_follows_the_stream(client: FlaskClient, edition: Edition) -> None:
    assert "Nothing is said about captions yet." in client.get(f"{E}/accessibility").text
    with transaction():
        change_stream(
            actor=TESTER, now=NOW, edition=edition, kind=StreamKind.EMBED, address="", captions={"en": "In English"},
            opens_before=15,
        )  # fmt: skip
    assert "In English" in client.get(f"{E}/accessibility").text
