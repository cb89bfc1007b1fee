"""Two releases of the demo edition's programme: what was published first is invented, the second is the real day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.programme.models import Person, Talk, TalkSpeaker
from crosslinks.programme.operations import change_talk
from crosslinks.programme.people import change_person
from crosslinks.programme.publishing import publish_release

ACTOR = Actor.system("demo")
FIRST, SECOND = timedelta(days=40), timedelta(days=9)
"""How long before the demo's present each was published."""
FIRST_TITLE = {"en": "Antibody-drug conjugates in breast cancer", "nb": "Antistoff-legemiddelkonjugater ved brystkreft"}
NOTE = {
    "en": "The first session has its final times.",
    "nb": "Den første økten har fått sine endelige tider.",
}


def publish_twice(edition: Edition, speaker: Person, now: datetime) -> None:
    """Publish the day with another title and a shorter time of one talk, then as it became.

    A letter to ``speaker`` about it waits to be sent.
    """
    talk = db.session.scalars(select(Talk).join(TalkSpeaker).where(TalkSpeaker.person_id == speaker.id)).one()
    final = {"title": talk.title, "starts_at": talk.starts_at, "ends_at": talk.ends_at}
    draft = {"title": FIRST_TITLE, "starts_at": talk.starts_at + timedelta(minutes=10)}
    change_talk(actor=ACTOR, now=now - FIRST, edition=edition, talk=talk, changes=draft)
    publish_release(actor=ACTOR, now=now - FIRST, edition=edition)
    address = {"email": f"{speaker.slug}@example.org"}
    change_person(actor=ACTOR, now=now - SECOND, edition=edition, person=speaker, changes=address)
    change_talk(actor=ACTOR, now=now - SECOND, edition=edition, talk=talk, changes=final)
    publish_release(actor=ACTOR, now=now - SECOND, edition=edition, note=NOTE)
