"""The one-page report and the catering sheet as plain words and figures: one content for page and paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from crosslinks.editions.models import Edition
from crosslinks.kernel.columns import pick
from crosslinks.registration.words import profession_words
from crosslinks.reports.answers import list_diets
from crosslinks.reports.figures import (
    count_assistance,
    count_professions,
    count_standing,
    count_turnout,
    find_rate,
    in_the_room,
)
from crosslinks.web.formats import format_clock, format_count, format_day, format_weekday
from crosslinks.web.languages import speaking


@dataclass(frozen=True)
class Table:
    """A few rows with one count each, and what to know of them."""

    title: str
    rows: tuple[tuple[str, int], ...]
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """One page of figures: a sentence first, then figures with what they mean, then tables."""

    language: str
    issue: str
    title: str
    when: str
    sentence: str
    figures: tuple[tuple[str, str, str], ...]
    tables: tuple[Table, ...]
    arrivals: tuple[tuple[str, int], ...] = ()
    small: str = ""


def report_sheet(edition: Edition, now: datetime, language: str) -> Sheet:
    """Return the report of an edition in ``language``."""
    standing, turnout = count_standing(edition.id), count_turnout(edition)
    professions = count_professions(edition.id)
    stream = turnout.stream
    with speaking(language) as spoken:
        words = profession_words()
        figures = (
            (_("Registered"), format_count(standing.registered), _cancelled(standing.cancelled)),
            (
                _("Came into the room"),
                format_count(turnout.attended),
                _("of %(places)s with a place", places=format_count(standing.onsite)),
            ),
            (_("Did not come"), format_count(turnout.no_shows), _share(turnout.no_shows, standing.onsite)),
            (
                _("Followed the stream"),
                format_count(stream.people),
                _("of %(places)s with a place", places=format_count(standing.digital)),
            ),
            (_("Minutes on the stream"), format_count(stream.minutes), _each(stream.minutes, stream.people)),
        )
        return Sheet(
            language=spoken,
            issue=edition.title,
            title=_("Report"),
            when=_when(edition, spoken),
            sentence=_report_sentence(edition, turnout.attended, stream.people, now),
            figures=figures if now >= edition.starts_at else figures[:1],
            tables=(
                Table(
                    _("Professions"),
                    tuple((words[one], count) for one, count in professions.items()),
                    _("Of those who held a place, in the room and on the stream."),
                ),
                Table(
                    _("Ways to take part"),
                    (
                        (_("In the room"), standing.onsite),
                        (_("On the stream"), standing.digital),
                        (_("On the waiting list"), standing.waiting),
                        (_("Cancelled"), standing.cancelled),
                    ),
                ),
            ),
            arrivals=tuple((format_clock(at, edition.zone, spoken), count) for at, count in turnout.arrivals),
            small=_made(now, edition, spoken),
        )


def _report_sentence(edition: Edition, attended: int, streamed: int, now: datetime) -> str:
    if now < edition.starts_at:
        return _("The day has not been yet. Here you will see how it went.")
    if not attended and not streamed:
        return _("Nobody was counted, neither at the door nor on the stream.")
    room = ngettext("%(num)s person came into the room", "%(num)s people came into the room", attended)
    return f"{room}, {ngettext('%(num)s followed the stream.', '%(num)s followed the stream.', streamed)}"


def _cancelled(count: int) -> str:
    return ngettext("%(num)s cancelled", "%(num)s cancelled", count) if count else ""


def _share(part: int, whole: int) -> str:
    return _("%(percent)s per cent of the places", percent=round(100 * part / whole)) if whole else ""


def _each(minutes: int, people: int) -> str:
    return _("%(minutes)s each on average", minutes=round(minutes / people)) if people else ""


def _when(edition: Edition, language: str) -> str:
    day = format_weekday(edition.starts_at, edition.zone, language)
    place = ", ".join(part for part in (edition.venue_name, edition.venue_city) if part)
    words = f"{day}, {place}" if place else day
    return words[:1].upper() + words[1:]


def _made(now: datetime, edition: Edition, language: str) -> str:
    theme = pick(edition.theme, language, edition.languages)
    day = format_day(now, edition.zone, language)
    clock = format_clock(now, edition.zone, language)
    made = _("Counted on %(day)s at %(time)s. It names nobody.", day=day, time=clock)
    return f"{theme}. {made}" if theme else made


def _for_the_kitchen() -> str:
    return _("A count of one or two can still point at somebody: give this sheet to the kitchen alone.")


def catering_sheet(edition: Edition, now: datetime, language: str) -> Sheet:
    """Return what a kitchen must know in ``language``: heads and diets as counts, never a name."""
    onsite = count_standing(edition.id).onsite
    rate = find_rate(edition)
    expected = onsite if rate is None else round(onsite * rate.percent / 100)
    assistance = count_assistance(edition.id)
    with speaking(language) as spoken:
        diets = list_diets(edition.id, in_the_room(edition.id))
        if rate is None:
            sentence = ngettext(
                "Expect at most %(num)s person in the room.", "Expect at most %(num)s people in the room.", onsite
            )
            why = _("No earlier edition was counted at the door, so everybody with a place is expected.")
        else:
            sentence = ngettext(
                "Expect about %(num)s person in the room.", "Expect about %(num)s people in the room.", expected
            )
            why = _(
                "%(places)s have a place; in %(edition)s %(percent)s per cent came.",
                places=format_count(onsite), edition=rate.label, percent=rate.percent,
            )  # fmt: skip
        figures = (
            (_("Expected"), format_count(expected), why),
            (_("With a place in the room"), format_count(onsite), ""),
            (_("Need assistance"), format_count(assistance), _("such as room for a wheelchair")),
        )
        tables = [
            Table(diet.title, diet.rows, _("Everybody with a place; count on somewhat fewer, as above."))
            for diet in diets
        ]
        return Sheet(
            language=spoken,
            issue=edition.title,
            title=_("For the kitchen"),
            when=_when(edition, spoken),
            sentence=sentence,
            figures=figures,
            tables=tuple(tables),
            small=f"{_made(now, edition, spoken)} {_for_the_kitchen()}",
        )
