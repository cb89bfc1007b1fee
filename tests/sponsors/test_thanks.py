from __future__ import annotations

import io

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from crosslinks.config import settings
from crosslinks.documents.sheets import badge_sheet
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import change_conference
from crosslinks.kernel.db import transaction
from crosslinks.mail.rendering import render_letter
from crosslinks.registration.letters import letter_frame
from crosslinks.sponsors.queries import list_thanked
from crosslinks.sponsors.words import thanks_line
from crosslinks.web.languages import speaking
from crosslinks.web.uploads import MARK, store_picture
from tests.factories import NOW, TESTER, make_edition
from tests.mail.letters import FRAME, letters_known
from tests.sponsors.factories import make_sponsor, make_tier


def make_three(edition: Edition) -> None:
    tier = make_tier(edition)
    make_sponsor(edition, tier, "Alfa", thanked_in_mail=True, thanked_on_badge=True)
    make_sponsor(edition, tier, "Beta", thanked_in_mail=True)
    make_sponsor(edition, tier, "Gamma")
    make_sponsor(edition, tier, "Hidden", thanked_in_mail=True, thanked_on_badge=True, is_published=False)


def test_letters_and_badges_thank_those_that_the_organizer_chose(client: FlaskClient) -> None:
    with transaction():
        edition = make_edition()
        make_three(edition)
    assert list_thanked(edition.id) == ["Alfa", "Beta"]
    with speaking("nb"):
        assert "Gjort mulig av Alfa og Beta." in letter_frame(edition, "nb").last_lines
    assert badge_sheet(edition, "en").thanks == "Made possible by Alfa."


def test_nobody_is_thanked_unless_somebody_chose_it(client: FlaskClient) -> None:
    with transaction():
        edition = make_edition()
        make_sponsor(edition, make_tier(edition))
    with speaking("en"):
        assert not any("possible" in line for line in letter_frame(edition, "en").last_lines)
    assert badge_sheet(edition, "en").thanks == ""
    assert thanks_line([]) == ""


def test_a_logo_goes_along_in_the_letter_and_a_lost_one_stops_nothing(app: Flask) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 100), "navy").save(out, "PNG")
    out.seek(0)
    name = store_picture(out, MARK, settings().uploads)
    with transaction():
        edition = make_edition()
        change_conference(actor=TESTER, now=NOW, conference=edition.conference, changes={"logo": name})
    with speaking("en"):
        frame = letter_frame(edition, "en")
    with letters_known(app):
        made = render_letter("test/mail/place", "en", frame=frame, name="Ida", token="x")
        assert 'src="cid:logo" alt="Cancer Crosslinks"' in made.html
        assert [file.content_id for file in made.attachments] == ["logo"]
        (settings().uploads / name).unlink()
        assert "cid:logo" not in render_letter("test/mail/place", "en", frame=frame, name="Ida", token="x").html
        assert "cid:logo" not in render_letter("test/mail/place", "en", frame=FRAME, name="Ida", token="x").html
