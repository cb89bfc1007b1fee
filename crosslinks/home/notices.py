"""What the privacy notice and the accessibility statement say, read from how the edition is set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crosslinks.consents.queries import list_wordings
from crosslinks.consents.rules import Purpose
from crosslinks.consents.words import purpose_words
from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.columns import Texts
from crosslinks.live.queries import find_stream
from crosslinks.questions.queries import list_questions
from crosslinks.questions.rules import AskedOf
from crosslinks.questions.words import asked_of_words


@dataclass(frozen=True)
class AskedLine:
    """One question of the edition's own: who is asked, and when its answers are erased."""

    label: Texts
    asked_of: str
    required: bool
    with_consent: bool
    erase_on: date


@dataclass(frozen=True)
class ConsentLine:
    """One thing that people may agree to, in the exact words of the form."""

    heading: str
    texts: Texts


@dataclass(frozen=True)
class PrivacyFacts:
    """What an edition asks, and what follows from it."""

    questions: tuple[AskedLine, ...]
    consents: tuple[ConsentLine, ...]
    sponsors: tuple[str, ...]
    """Those who may write to whoever ticks their box."""
    asks_about_photos: bool
    has_onsite: bool
    has_digital: bool

    @property
    def first_erased(self) -> date | None:
        """When the first answers go, if before everything else."""
        return min((line.erase_on for line in self.questions), default=None)


def privacy_facts(edition: Edition) -> PrivacyFacts:
    """Return what the privacy notice of an edition rests on: a fixed number of statements."""
    wordings = list_wordings(edition.id)
    words = asked_of_words()
    return PrivacyFacts(
        questions=tuple(
            AskedLine(
                one.label, "" if one.asked_of is AskedOf.BOTH else words[one.asked_of], one.required,
                one.explicit_consent, one.erase_after or edition.erase_on,
            )
            for one in list_questions(edition.id, with_retired=False)
        ),
        consents=tuple(
            ConsentLine(purpose_words(one.topic.purpose, one.sponsor), dict(one.texts)) for one in wordings
        ),
        sponsors=tuple(one.sponsor for one in wordings if one.topic.purpose is Purpose.SPONSOR),
        asks_about_photos=any(one.topic.purpose is Purpose.PHOTO for one in wordings),
        has_onsite=edition.mode(Mode.ONSITE) is not None,
        has_digital=edition.mode(Mode.DIGITAL) is not None,
    )  # fmt: skip


def captions_of(edition: Edition) -> Texts:
    """Return what is said about captions on the stream."""
    stream = find_stream(edition.id)
    return stream.captions if stream is not None else {}
