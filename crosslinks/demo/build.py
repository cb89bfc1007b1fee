"""A throw-away instance: its secret, its clock, its edition and its invented participants."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from crosslinks.app import create_app
from crosslinks.config import CONFIG_FILE, Settings, load_settings
from crosslinks.consents.queries import list_wordings
from crosslinks.consents.rules import Purpose, Wording
from crosslinks.demo.aftermath import add_feedback, add_presence, set_demo_stream
from crosslinks.demo.answers import ask_questions, invent_answers
from crosslinks.demo.edition import ACTOR, build_edition, day_of_demo
from crosslinks.demo.invented_sponsor import add_invented_sponsor, draw_pictures
from crosslinks.demo.invited import add_invitations, answer_invitations
from crosslinks.demo.letters import tell_what_was_sent
from crosslinks.demo.mailings import add_mailings
from crosslinks.demo.people import Invented, invent
from crosslinks.demo.speaking import add_answers
from crosslinks.demo.stories import add_stories, draw_scenes
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import clock, real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.questions.queries import read_form
from crosslinks.questions.rules import Form
from crosslinks.registration.joining import register
from crosslinks.registration.rules import Details, Source
from crosslinks.schema import bring_up_to_date

BEFORE_THE_DAY = timedelta(days=7)
CHUNK = 100
_TICKED = {
    Purpose.PHOTO: 0.7, Purpose.PARTICIPANT_LIST: 0.45, Purpose.NEXT_EDITION: 0.6, Purpose.SPONSOR: 0.2,
}  # fmt: skip
"""The share of invented people who tick a box."""
MARKER = "demo"


def default_now() -> datetime:
    """Return the moment at which a demo starts unless told otherwise: a week before the day."""
    return day_of_demo() - BEFORE_THE_DAY


def write_config(folder: Path, *, now: datetime, base_url: str, secret: str) -> None:
    """Write the settings of a demo instance; its clock starts at ``now`` and runs on."""
    offset = (now - real_now()).total_seconds()
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{CONFIG_FILE}.part"
    part.touch(mode=0o600)
    part.write_text(
        f'demo = true\ndemo_offset = {offset:.3f}\nsecret_key = "{secret}"\nbase_url = "{base_url}"\n'
        'mail_from = "crosslinks@example.org"\n',
        "utf-8",
    )
    part.replace(folder / CONFIG_FILE)


def is_demo(folder: Path) -> bool:
    """Say whether a folder holds a demo instance that was built to the end."""
    return (folder / MARKER).is_file()


def make_instance(folder: Path, *, participants: int, now: datetime, base_url: str) -> Flask:
    """Build a demo instance in an empty or new folder and return its application."""
    write_config(folder, now=now, base_url=base_url, secret=secrets.token_urlsafe(48))
    app = open_instance(folder)
    bring_up_to_date(app)
    with app.app_context():
        scenes, pictures = draw_scenes(), draw_pictures()
        with transaction():
            edition = build_edition(now=now)
            add_invented_sponsor(edition, pictures, now)
            add_stories(edition, scenes, now)
            ask_questions(edition, now)
            set_demo_stream(edition, now)
            edition_id = edition.id
        add_invitations(edition_id, participants, now=clock.now())
        add_participants(edition_id, participants, now=clock.now())
        answer_invitations(edition_id, now=clock.now())
        tell_what_was_sent(edition_id, now=clock.now())
        add_mailings(edition_id, now=clock.now())
        add_answers(edition_id, now=clock.now())
        with transaction():
            add_presence(edition_id, clock.now())
            add_feedback(edition_id, clock.now())
        db.session.remove()
    (folder / MARKER).touch()
    return app


def open_instance(folder: Path) -> Flask:
    """Return the application of an instance, telling it to child processes too."""
    os.environ["CROSSLINKS_INSTANCE"] = str(folder)
    settings: Settings = load_settings(instance=folder)
    return create_app(settings)


def add_participants(edition_id: int, count: int, *, now: datetime) -> None:
    """Register ``count`` invented people by the same operation as visitors, over the weeks before ``now``."""
    people = list(invent(count))
    form = read_form(edition_id, now.date())
    wordings = list_wordings(edition_id)
    for start in range(0, len(people), CHUNK):
        with transaction():
            opened = db.session.get_one(Edition, edition_id).registration_opens_at or now - timedelta(days=42)
            for person in people[start : start + CHUNK]:
                _register(edition_id, person, form, wordings, at=now - (now - opened) * person.age)


def _register(edition_id: int, person: Invented, form: Form, wordings: list[Wording], *, at: datetime) -> None:
    register(
        actor=ACTOR,
        now=at.astimezone(UTC),
        edition_id=edition_id,
        details=Details(
            given_name=person.given_name,
            family_name=person.family_name,
            email=person.email,
            organisation=person.organisation,
            profession=person.profession,
            language=person.language,
            needs_assistance=person.needs_assistance,
        ),
        mode=Mode.ONSITE if person.onsite else Mode.DIGITAL,
        source=Source.DEMO,
        answers=invent_answers(form, person),
        consents=[
            wording
            for wording, wish in zip(wordings, person.consents, strict=False)
            if wish < _TICKED[wording.topic.purpose]
        ],
    )
