"""What speakers and moderators are written: their link, and what they still owe. The link is made as it is sent."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from crosslinks.editions.frames import edition_url, organiser_line
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition_by_id
from crosslinks.kernel.columns import pick
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import NotFound
from crosslinks.mail.reasons import CALLED_BACK
from crosslinks.mail.rendering import absolute, render_letter
from crosslinks.mail.rules import Letter, LetterFrame, LetterKept, Outcome, Rendered
from crosslinks.programme.gap_words import asked_words
from crosslinks.programme.gaps import Standing, get_standing
from crosslinks.programme.links import MASKED, speaker_path, speaker_token
from crosslinks.programme.models import Person
from crosslinks.programme.own_day import list_own_day
from crosslinks.programme.rules import Coming, link_ends
from crosslinks.web.formats import format_clock, format_day, format_weekday
from crosslinks.web.languages import speaking

LINK = "programme.speaker_link"
REMINDER = "programme.speaker_reminder"


def link_letter(letter: Letter) -> Rendered:
    """Render the letter with somebody's own link and their part of the day."""
    return _render(letter, "programme/mail/speaker_link")


def reminder_letter(letter: Letter) -> Rendered:
    """Render the letter that names what is missing as it is sent; with nothing missing any more it is withheld."""
    return _render(letter, "programme/mail/speaker_reminder", reminds=True)


def _render(letter: Letter, template: str, *, reminds: bool = False) -> Rendered:
    person = db.session.get(Person, letter.data["person"])
    if person is None:
        raise NotFound("person.unknown")
    standing = get_standing(person)
    if reminds and not letter.preview and not standing.gaps:
        raise LetterKept(Outcome.WITHHELD, CALLED_BACK)
    edition = get_edition_by_id(person.edition_id)
    token = MASKED if letter.preview else speaker_token(person)
    with speaking(letter.language) as language:
        words = asked_words()
        return render_letter(
            template,
            letter.language,
            frame=_frame(edition, language),
            name=person.name.replace("\N{NO-BREAK SPACE}", " "),
            title=edition.title,
            theme=pick(edition.theme, language, edition.languages),
            part=_part(standing),
            asked=person.coming is Coming.INVITED,
            facts=_facts(edition, person, language),
            missing=[words[gap] for gap in standing.gaps],
            url=absolute(speaker_path(token)),
            until=format_day(link_ends(edition.ends_at), edition.zone, language),
        )


def _part(standing: Standing) -> str:
    if standing.speaks and standing.moderates:
        return _("You speak and moderate at %(title)s.", title=_title(standing))
    if standing.moderates:
        return _("You moderate at %(title)s.", title=_title(standing))
    return _("You speak at %(title)s.", title=_title(standing))


def _title(standing: Standing) -> str:
    return get_edition_by_id(standing.person.edition_id).title


def _facts(edition: Edition, person: Person, language: str) -> list[tuple[str, str, str]]:
    """Return the day, the place, and each part of the person's own day."""
    venue = ", ".join(part for part in (edition.venue_name, edition.venue_city) if part)
    rows = [(_("When"), format_weekday(edition.starts_at, edition.zone, language), "")]
    if venue:
        rows.append((_("Where"), venue, ""))
    day = list_own_day(edition, person)

    def span(part: object) -> str:
        return "–".join(format_clock(getattr(part, name), edition.zone, language) for name in ("starts_at", "ends_at"))

    parts = [
        *((own.starts_at, _("Talk"), own.talk.title, span(own.talk)) for own in day.talks),
        *((own.starts_at, _("Session"), own.session.title, span(own.session)) for own in day.sessions),
    ]
    for _starts, what, title, times in sorted(parts, key=lambda part: part[0]):
        rows.append((what, pick(title, language, edition.languages), times))
    return rows


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


LETTERS: dict[str, Callable[[Letter], Rendered]] = {LINK: link_letter, REMINDER: reminder_letter}
