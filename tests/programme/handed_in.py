"""What speakers of a demo have handed in, for browsers to look at."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from crosslinks.config import settings
from crosslinks.editions.models import Conference, Edition
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.tokens import LinkKind, make_link
from crosslinks.programme.links import speaker_token
from crosslinks.programme.material_models import SlideFile
from crosslinks.programme.models import Person, SessionModerator, Talk
from crosslinks.programme.people import revoke_link
from crosslinks.programme.self_service import edit_self
from crosslinks.programme.slide_store import Stored, store_slides
from crosslinks.programme.slides import add_slides, answer_recording, set_recording, show_material
from crosslinks.web.portraits import Box, cut_portrait, store_original
from tests.factories import NOW, TESTER, make_edition
from tests.programme.factories import make_person, make_session, make_talk, publish

SLIDES = b"%PDF-1.4\n%%EOF\n"


def drawn_picture() -> io.BytesIO:
    """Return a drawing of somebody, wider than high."""
    out = io.BytesIO()
    picture = Image.new("RGB", (1600, 1200), "#cfd8e3")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((900, 200, 1300, 700), fill="#e0b39a")
    pen.ellipse((750, 720, 1450, 1600), fill="#3e2e7b")
    picture.save(out, "JPEG")
    out.seek(0)
    return out


def _stored() -> Stored:
    return store_slides(io.BytesIO(SLIDES), "A rather long name of a file with slides, final, really final.pdf")


def hand_in(conference: Conference) -> dict[str, Any]:
    """Let a speaker of the edition 2024 hand in and change something, and show slides of an edition that is over."""
    edition = db.session.scalars(select(Edition).where(Edition.slug == "2024")).one()
    source = store_original(drawn_picture(), settings().uploads)
    portrait = cut_portrait(source, Box(75, 25, 150), settings().uploads)
    row = db.session.scalars(select(SlideFile)).first()
    assert row is not None
    moderator = db.session.scalars(select(SessionModerator.person_id)).first()
    with transaction():
        speaker = db.session.get_one(Person, row.person_id)
        edit_self(
            now=clock.now(), edition=edition, person=speaker,
            changes={
                "portrait": portrait, "portrait_source": source, "portrait_box": {"x": 75, "y": 25, "zoom": 150},
                "photo_credit": "Kari Fotograf", "biography": "Invented for looking.", "nothing_to_disclose": True,
                "links": [["ORCID", "https://orcid.org/"]],
            },
        )  # fmt: skip
        fresh = make_person(edition, "Fresh", "Link")
        ended = make_person(edition, "Ended", "Link")
        revoke_link(actor=TESTER, now=NOW, edition=edition, person=ended)
    token = speaker_token(db.session.get_one(Person, moderator))
    return {
        "speaker_id": speaker.id,
        "speaker_token": speaker_token(speaker),
        "moderator_token": token,
        "fresh_speaker_token": speaker_token(fresh),
        "revoked_speaker_token": make_link(settings().keys, LinkKind.SPEAKER, ended.id, ended.epoch - 1),
        "speaker_talk_id": row.talk_id,
        "slides_id": row.id,
        **_shown(conference),
    }


def _shown(conference: Conference) -> dict[str, str]:
    """Make an edition that was 61 days ago, whose slides and recording are shown; its speaker's link has ended."""
    start = clock.now() - timedelta(days=61)
    stored = _stored()
    with transaction():
        over = make_edition(
            conference, slug="2040", number=32, starts_at=start, ends_at=start + timedelta(hours=5),
            erase_on=(start + timedelta(days=900)).date(),
        )  # fmt: skip
        person = make_person(over, "Shown", "Afterwards", biography="Spoke about something.")
        session = make_session(over, "10:40", 60, title={"en": "A session", "nb": "En økt"}, moderators=[person])
        talk: Talk = make_talk(over, session, "10:40", 30, "A talk that is over", "Et foredrag", speakers=[person])
        by: dict[str, Any] = {"actor": TESTER, "now": clock.now(), "edition": over}
        add_slides(**by, person=person, talk_id=talk.id, stored=stored, publish=True, keep_back=False)
        answer_recording(**by, person=person, talk_id=talk.id, given=True)
        set_recording(**by, talk=talk, url="https://video.example.org/1")
        show_material(**by, shown=True)
        publish(over)
    return {
        "expired_speaker_token": speaker_token(person), "shown_talk": talk.slug, "shown_speaker": person.slug,
        "shown_session": str(session.uuid),
    }  # fmt: skip
