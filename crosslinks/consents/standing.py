"""How one person's consents stand, and how they came to: what the personal page and the organizer's page show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crosslinks.accounts.log_words import actor_words
from crosslinks.consents.models import ConsentEntry
from crosslinks.consents.queries import list_entries, list_present, list_wordings
from crosslinks.consents.rules import Topic, Wording
from crosslinks.consents.words import purpose_words
from crosslinks.kernel.columns import pick_with_language
from crosslinks.web.languages import current_language


@dataclass(frozen=True)
class ConsentLine:
    """One consent: ``text`` is what was agreed to, else what is asked now; ``at`` is when it was last decided."""

    topic: Topic
    title: str
    text: str
    language: str
    given: bool
    at: datetime | None
    is_asked: bool

    @property
    def field(self) -> str:
        """What forms call it."""
        return self.topic.field


@dataclass(frozen=True)
class ConsentEvent:
    """One line of the ledger in words."""

    at: datetime
    given: bool
    title: str
    text: str
    language: str
    who: str
    reason: str


def list_consent_lines(edition_id: int, registration_id: int) -> list[ConsentLine]:
    """Return what is asked, in its order, and what somebody still agrees to although it is asked no more."""
    present = list_present(registration_id)
    asked = list_wordings(edition_id)
    topics = [wording.topic for wording in asked]
    kept = [one for one in present.values() if one.given and one.topic not in topics]
    wordings = asked + [Wording(one.topic, one.text.texts, one.text.sponsor_name) for one in kept]
    lines = []
    for wording in wordings:
        last = present.get(wording.topic)
        given = last is not None and last.given
        texts = last.text.texts if last is not None and given else wording.texts
        text, language = pick_with_language(texts, last.language if last and given else current_language())
        title = purpose_words(wording.topic.purpose, wording.sponsor)
        lines.append(
            ConsentLine(wording.topic, title, text, language, given, last.at if last else None, wording.topic in topics)
        )
    return lines


def list_consent_events(registration_id: int) -> list[ConsentEvent]:
    """Return all that somebody has given and withdrawn, the latest first."""
    return [_event(entry) for entry in list_entries(registration_id)]


def _event(entry: ConsentEntry) -> ConsentEvent:
    text, language = pick_with_language(entry.text.texts, entry.language)
    title = purpose_words(entry.purpose, entry.text.sponsor_name)
    who = actor_words(entry.actor_kind, entry.actor_label)
    return ConsentEvent(entry.at, entry.given, title, text, language, who, entry.reason)


def find_wording(edition_id: int, registration_id: int, topic: Topic) -> Wording | None:
    """Return the words of a topic: what is asked now, else what somebody last decided on, else None."""
    for wording in list_wordings(edition_id):
        if wording.topic == topic:
            return wording
    last = list_present(registration_id).get(topic)
    return Wording(topic, last.text.texts, last.text.sponsor_name) if last else None
