"""Editions that ask, and people who agree. Call them inside ``transaction()``."""

from __future__ import annotations

from crosslinks.consents.operations import change_consent, set_asked
from crosslinks.consents.queries import list_wordings
from crosslinks.consents.rules import ASKED_BY_EDITION, Purpose, Topic, Wording
from crosslinks.editions.models import Edition
from crosslinks.sponsors.models import Sponsor
from tests.factories import NOW, TESTER
from tests.sponsors.factories import make_sponsor, make_tier


def ask(edition: Edition, *purposes: Purpose) -> None:
    """Let an edition ask for these purposes, or for all."""
    for purpose in purposes or ASKED_BY_EDITION:
        set_asked(
            actor=TESTER, now=NOW, conference_id=edition.conference_id, edition_id=edition.id, purpose=purpose,
            asked=True, texts={},
        )  # fmt: skip


def asking_sponsor(edition: Edition, name: str = "Demo Pharma") -> Sponsor:
    """Make a sponsor that asks whether it may write to people."""
    return make_sponsor(edition, make_tier(edition), name, asks_contact=True)


def wording(edition: Edition, topic: Topic) -> Wording:
    """What is asked about a topic now."""
    return next(one for one in list_wordings(edition.id) if one.topic == topic)


def say(edition: Edition, registration_id: int, topic: Topic, *, given: bool = True) -> bool:
    """Let somebody give or withdraw a consent."""
    return change_consent(
        actor=TESTER, now=NOW, conference_id=edition.conference_id, edition_id=edition.id,
        registration_id=registration_id, wording=wording(edition, topic), given=given, language="en",
    )  # fmt: skip
