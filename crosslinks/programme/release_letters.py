"""The letter about a person's own part in a new release, rendered as it is sent or read by an organizer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from crosslinks.editions.frames import edition_url, organiser_line
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.kernel.columns import pick
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.mail.rendering import absolute, render_letter
from crosslinks.mail.rules import Letter, LetterFrame, Rendered
from crosslinks.programme.release_drafts import LETTER
from crosslinks.programme.release_models import ReleaseLetter
from crosslinks.programme.release_words import ChangeWriter
from crosslinks.programme.released import list_person_lines
from crosslinks.web.formats import format_clock, format_weekday
from crosslinks.web.languages import speaking


@dataclass(frozen=True)
class LetterPart:
    """One part of the day that is somebody's own: how it is now (empty when it is theirs no more), what changed."""

    title: str
    when: str
    room: str
    sentences: tuple[str, ...]


def changed_letter(letter: Letter) -> Rendered:
    """Render what changed in one person's own part; raises ``NotFound`` when the person was deleted since."""
    draft = db.session.get(ReleaseLetter, letter.data["letter"])
    if draft is None:
        raise NotFound("letter.unknown")
    return render_draft(draft, letter.language)


def render_draft(draft: ReleaseLetter, language: str) -> Rendered:
    """Return a drafted letter as the person would get it."""
    edition = get_edition_by_id(draft.edition_id)
    with speaking(language) as spoken:
        people = list_person_lines(edition.id)
        writer = ChangeWriter(edition.zone, people, draft.person_id)
        return render_letter(
            "programme/mail/changed",
            language,
            frame=_frame(edition, spoken),
            name=draft.person.name,
            title=edition.title,
            paragraphs=[line for line in draft.opening.split("\n") if line.strip()],
            parts=[_part(facts, edition, writer, spoken) for facts in draft.facts["parts"]],
            url=absolute(edition_url(edition, "programme")),
        )


def _part(facts: Mapping[str, Any], edition: Edition, writer: ChangeWriter, language: str) -> LetterPart:
    starts, ends = (datetime.fromisoformat(facts[key]) for key in ("starts_at", "ends_at"))
    when = _(
        "%(day)s, %(starts)s–%(ends)s",
        day=format_weekday(starts, edition.zone, language),
        starts=format_clock(starts, edition.zone, language),
        ends=format_clock(ends, edition.zone, language),
    )
    mine = facts["mine"]
    return LetterPart(
        pick(facts["title"], language, edition.languages) or _("Untitled"),
        when if mine else "",
        facts["room"] if mine else "",
        tuple(
            sentence
            if item["part"] == facts["kind"]
            else _("“%(title)s”: %(what)s", title=pick(item["title"], language, edition.languages), what=sentence)
            for item in facts["items"]
            for sentence in writer.sentences([item])
        ),
    )


def _frame(edition: Edition, language: str) -> LetterFrame:
    lines = [organiser_line(edition.conference)]
    if edition.is_demo:
        lines.append(f"{_('Demonstration.')} {pick(edition.demo_note, language, edition.languages)}")
    return LetterFrame(
        brand=edition.conference.name,
        hue=edition.conference.hue,
        url=absolute(edition_url(edition)),
        reply_to=edition.conference.contact_email,
        last_lines=tuple(lines),
    )


LETTERS: dict[str, Callable[[Letter], Rendered]] = {LETTER: changed_letter}
