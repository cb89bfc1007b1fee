"""How dates, times and counts are written, in the edition's zone and the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date
from babel.dates import get_timezone_location
from babel.numbers import format_decimal
from flask import Flask

from crosslinks.kernel.tokens import show_reference
from crosslinks.web.languages import current_language

_DATE = {"en": "d MMMM yyyy", "nb": "d. MMMM yyyy"}
_WEEKDAY = {"en": "EEEE d MMMM yyyy", "nb": "EEEE d. MMMM yyyy"}
_SHORT = {"en": "d MMM", "nb": "d. MMM"}
_CLOCK = {"en": ":", "nb": "."}


# Babel reads its pattern and its names anew each time: a tenth of a short page. An instance speaks of few days.
@lru_cache(maxsize=1000)
def _written(value: date, pattern: str, language: str) -> str:
    return babel_date(value, pattern, locale=language)


def _local_date(value: date | datetime, zone: ZoneInfo | None) -> date:
    return value.astimezone(zone).date() if isinstance(value, datetime) and zone else value


def format_day(value: date | datetime, zone: ZoneInfo | None = None, language: str | None = None) -> str:
    """Write 25 January 2024 / 25. januar 2024; a moment is first taken to ``zone``."""
    code = language or current_language()
    return _written(_local_date(value, zone), _DATE[code], code)


def format_weekday(value: date | datetime, zone: ZoneInfo | None = None, language: str | None = None) -> str:
    """Write Thursday 25 January 2024 / torsdag 25. januar 2024."""
    code = language or current_language()
    return _written(_local_date(value, zone), _WEEKDAY[code], code)


def format_short_day(value: date | datetime, zone: ZoneInfo | None = None, language: str | None = None) -> str:
    """Write 18 Jan / 18. jan., for lists."""
    code = language or current_language()
    return _written(_local_date(value, zone), _SHORT[code], code)


def format_clock(value: datetime, zone: ZoneInfo, language: str | None = None) -> str:
    """Write 10:30 / 10.30 in ``zone``."""
    local = value.astimezone(zone)
    return f"{local.hour:02d}{_CLOCK[language or current_language()]}{local.minute:02d}"


def format_moment(value: datetime, zone: ZoneInfo, language: str | None = None) -> str:
    """Write 18 Jan, 09:00 / 18. jan., 09.00 in ``zone``."""
    code = language or current_language()
    return f"{format_short_day(value, zone, code)}, {format_clock(value, zone, code)}"


def format_ordinal(value: int, language: str | None = None) -> str:
    """Write 16th / 16. for the number of an edition."""
    if (language or current_language()) == "nb":
        return f"{value}."
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{'th' if value % 100 in {11, 12, 13} else ending}"


def format_zone_city(zone: ZoneInfo, language: str | None = None) -> str:
    """Write the city whose clock counts, such as Oslo."""
    return _city(zone, language or current_language())


@lru_cache(maxsize=100)
def _city(zone: ZoneInfo, language: str) -> str:
    return get_timezone_location(zone, locale=language, return_city=True)


def format_count(value: int, language: str | None = None) -> str:
    """Write a whole number with the language's grouping."""
    return str(format_decimal(value, locale=language or current_language()))


def decimal_mark(text: str, language: str | None = None) -> str:
    """Write 4.3 / 4,3: a number with a point as the language writes it."""
    return text.replace(".", ",") if (language or current_language()) == "nb" else text


def unbroken(text: str) -> str:
    """Return the text with hard spaces: a date in a line of its own kind never parts at the line's end."""
    return text.replace(" ", "\u00a0")


def capitalize_first(text: str) -> str:
    """Return the text with a capital at its start and nothing else changed."""
    return text[:1].upper() + text[1:]


def init_formats(app: Flask) -> None:
    """Give templates the filters that write dates, times, counts and references."""
    app.jinja_env.filters.update(
        capitalize_first=capitalize_first,
        unbroken=unbroken,
        decimal_mark=decimal_mark,
        day=format_day,
        weekday=format_weekday,
        short_day=format_short_day,
        clock=format_clock,
        moment=format_moment,
        ordinal=format_ordinal,
        zone_city=format_zone_city,
        count_text=format_count,
        reference=show_reference,
    )
