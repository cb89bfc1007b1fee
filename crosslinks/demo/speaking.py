"""What the demo's speakers have answered and handed in. All of it is invented: addresses, answers, one file."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from crosslinks.demo.edition import ACTOR
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.gaps import list_standings
from crosslinks.programme.models import Talk
from crosslinks.programme.rules import TALKS_WITH_SLIDES, Coming
from crosslinks.programme.slide_store import store_slides
from crosslinks.programme.slides import add_slides, answer_recording

_UNANSWERED = 2
"""So many, the last by name, have not answered."""
_ASKED_BEFORE = timedelta(days=21)


def add_answers(edition_id: int, *, now: datetime) -> None:
    """Let most speakers and moderators confirm, and one hand in slides that may be published."""
    stored = store_slides(io.BytesIO(_one_page("Invented for the demonstration")), "demonstration.pdf")
    with transaction():
        edition = db.session.get_one(Edition, edition_id)
        acting = [one.person for one in list_standings(edition_id) if one.has_part]
        for number, person in enumerate(acting):
            person.email = f"{person.slug}@example.org"
            person.link_sent_at = now - _ASKED_BEFORE
            if number < len(acting) - _UNANSWERED:
                person.coming, person.answered_at = Coming.CONFIRMED, now - _ASKED_BEFORE + timedelta(days=number % 9)
        talk = next(
            talk
            for talk in db.session.scalars(select(Talk).where(Talk.edition_id == edition_id).order_by(Talk.starts_at))
            if talk.kind in TALKS_WITH_SLIDES
        )
        by: dict[str, Any] = {
            "actor": ACTOR,
            "now": now,
            "edition": edition,
            "person": talk.speakers[0].person,
            "talk_id": talk.id,
        }
        add_slides(**by, stored=stored, publish=True, keep_back=False)
        answer_recording(**by, given=True)


def _one_page(words: str) -> bytes:
    """Return a PDF of one page with a line of text."""
    text = f"BT /F1 28 Tf 60 300 Td ({words}) Tj ET".encode()
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 800 450]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (len(parts) + 1, table, len(parts) + 1, len(out))
