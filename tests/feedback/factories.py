"""An edition that is over, and what people thought of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crosslinks.editions.models import Conference
from crosslinks.feedback.models import FeedbackAnswer
from crosslinks.feedback.operations import begin_form
from crosslinks.feedback.queries import list_question_rows
from crosslinks.kernel.clock import clock
from crosslinks.kernel.db import db, transaction
from crosslinks.registration.links import place_token
from crosslinks.registration.models import Registration
from crosslinks.registration.rules import Place
from tests.checkin.factories import make_person
from tests.factories import NOW, TESTER, make_edition


def ask_for_feedback(conference: Conference) -> dict[str, Any]:
    """Make the edition 2032, over since an hour, with twelve answers; return a token and a question's id."""
    end = clock.now() - timedelta(hours=1)
    with transaction():
        edition = make_edition(
            conference, slug="2032", number=24, starts_at=end - timedelta(hours=5), ends_at=end, doors_at=None,
            erase_on=(end + timedelta(days=90)).date(),
        )  # fmt: skip
        person = make_person(edition, place=Place.DIGITAL).id
        begin_form(actor=TESTER, now=NOW, edition=edition)
        db.session.add_all(
            FeedbackAnswer(
                id=1000 + number, edition_id=edition.id, mode="onsite" if number % 2 else "digital", day=end.date(),
                answers={"overall": 3 + number % 3, "again": 1 + number // 9, "better": f"More coffee, {number} cups"},
            )
            for number in range(12)
        )  # fmt: skip
        questions = {row.key: row.id for row in list_question_rows(edition.id)}
        token = place_token(db.session.get_one(Registration, person))
    return {"feedback_token": token, "feedback_item": questions["length"]}
