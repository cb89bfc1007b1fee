"""How far a mailing is, as its pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from crosslinks.mail.rules import MailState
from crosslinks.mailings.models import Mailing
from crosslinks.mailings.purposes import MailingState


@dataclass(frozen=True)
class Progress:
    """Figures of people; ``kind`` is a kind of status, ``words`` says where the mailing is."""

    total: int
    queued: int
    counts: Mapping[MailState, int]
    kind: str
    words: str
    is_live: bool

    @property
    def done(self) -> int:
        """How many need nothing more: sent, refused, or not to be sent."""
        return self.queued - self.waiting

    @property
    def waiting(self) -> int:
        """How many are queued and not sent yet."""
        return self.counts.get(MailState.QUEUED, 0) + self.counts.get(MailState.PAUSED, 0)

    @property
    def sent(self) -> int:
        """How many a mail server has taken."""
        return self.counts.get(MailState.SENT, 0)

    @property
    def failed(self) -> int:
        """How many were refused for good."""
        return self.counts.get(MailState.FAILED, 0)


def view_progress(mailing: Mailing, counts: Mapping[MailState, int]) -> Progress:
    """Return how far a mailing is from how many of its messages are in each state."""
    queued = sum(counts.values())
    waiting = counts.get(MailState.QUEUED, 0) + counts.get(MailState.PAUSED, 0)
    is_queueing = mailing.queued_at is None
    total = max(queued, mailing.total) if is_queueing else queued
    kind, words, is_live = _standing(mailing.state, is_queueing=is_queueing, waits=bool(waiting))
    return Progress(total, queued, counts, kind, words, is_live)


def _standing(state: MailingState, *, is_queueing: bool, waits: bool) -> tuple[str, str, bool]:
    if state is MailingState.DRAFT:
        return "plain", _("Draft"), False
    if state is MailingState.PAUSED:
        return "warn", _("Paused"), is_queueing
    if state is MailingState.STOPPED:
        return "off", _("Stopped"), waits
    if is_queueing or waits:
        return "warn", _("On its way"), True
    return "ok", _("Sent"), False
