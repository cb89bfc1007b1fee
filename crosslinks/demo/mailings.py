"""The demo's mailings: one sent to everybody, one draft, and a few who asked to be told of the next edition."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from crosslinks.demo.edition import ACTOR
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.jobs.work import work_one
from crosslinks.kernel.db import db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.mail.rules import MailState
from crosslinks.mailings.audiences import count_reached
from crosslinks.mailings.campaigns import start_mailing, write_mailing
from crosslinks.mailings.interest import confirm_follower, follow
from crosslinks.mailings.models import Follower, MailingRecipient
from crosslinks.mailings.purposes import Audience, Purpose
from crosslinks.registration.rules import Place

PRACTICAL = {
    "subject": {"en": "Practical: {{ edition }} on {{ weekday }}", "nb": "Praktisk: {{ edition }} {{ weekday }}"},
    "body": {
        "en": "Hello {{ given_name }},\n\nwe look forward to {{ weekday }}. The programme starts at {{ time }}.\n\n"
        "## Getting there\n\n{{ venue }}. Doors open at {{ doors }}; coffee is ready.\n\n"
        "[See your place]({{ manage_url }})\n\nIf you can’t come after all, tell us here: {{ cancel_url }}",
        "nb": "Hei {{ given_name }},\n\nvi gleder oss til {{ weekday }}. Programmet begynner kl. {{ time }}.\n\n"
        "## Slik finner du frem\n\n{{ venue }}. Dørene åpner kl. {{ doors }}, og kaffen er klar.\n\n"
        "[Se plassen din]({{ manage_url }})\n\nKan du ikke komme likevel, så si fra her: {{ cancel_url }}",
    },
}
STREAM = {
    "subject": {"en": "Following {{ edition }} on the stream", "nb": "{{ edition }} digitalt"},
    "body": {
        "en": "Hello {{ given_name }},\n\nthe stream starts at {{ time }} on {{ day }}. "
        "Questions to the speakers are welcome: they are read aloud.\n\n[Open your page]({{ manage_url }})",
        "nb": "Hei {{ given_name }},\n\nsendingen begynner kl. {{ time }} den {{ day }}. "
        "Still gjerne spørsmål til foredragsholderne: de leses høyt.\n\n[Åpne siden din]({{ manage_url }})",
    },
}
CURIOUS = ("ada.demo@example.org", "bo.demo@example.org", "cecilie.demo@example.org")


def add_mailings(edition_id: int, *, now: datetime) -> None:
    """Send one mailing as far as a mail server would see it, leave one draft, and put three people on the list."""
    earlier = now - timedelta(days=2)
    with transaction():
        edition = get_edition_by_id(edition_id)
        everybody = Audience()
        mailing = write_mailing(
            actor=ACTOR, now=earlier, edition=edition, mailing=None, purpose=Purpose.ABOUT, audience=everybody,
            **PRACTICAL,
        )  # fmt: skip
        people = count_reached(edition, Purpose.ABOUT, everybody)
        if people:
            start_mailing(actor=ACTOR, now=earlier, edition=edition, mailing=mailing, confirmed=people)
        write_mailing(
            actor=ACTOR, now=now, edition=edition, mailing=None, purpose=Purpose.ABOUT,
            audience=Audience(place=Place.DIGITAL), **STREAM,
        )  # fmt: skip
        for number, email in enumerate(CURIOUS):
            follow(now=earlier, conference=edition.conference, email=email, language="en" if number else "nb")
        for follower in db.session.scalars(select(Follower).order_by(Follower.id).limit(2)):
            confirm_follower(now=earlier, follower=follower)
    if not people:
        return
    work_one(owner="demo")
    with transaction():
        sent = select(MailingRecipient.mail_id)
        db.session.execute(
            update(OutboxMail)
            .where(OutboxMail.id.in_(sent))
            .values(state=MailState.SENT, sent_at=earlier + timedelta(minutes=3), attempts=1)
        )
