"""One value of the file, checked as strictly as the forms check it: every refusal is a code with a detail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Column, Text

from crosslinks.copies.rules import LONGEST_TEXT, How, Kept
from crosslinks.copies.tables import kind_of
from crosslinks.editions.rules import LANGUAGES, Mode
from crosslinks.programme.rules import https_url
from crosslinks.sponsors.rules import LOGO_HEIGHTS, MOST_LINKS, WEB_ADDRESS
from crosslinks.web.theme import COLOUR, READABLE, worst_contrast

_FIRST, _LAST = 1971, 2998
"""Years."""
_SLUG = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_ADDRESS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,20}", re.ASCII)
_CONDITION = re.compile(r"mode|profession|assistance|question-[0-9]{1,3}|", re.ASCII)


class Refused(Exception):
    """A value that cannot be used: a code, a detail, and where within the value."""

    def __init__(self, code: str, fact: str = "", within: str = "") -> None:
        super().__init__(code)
        self.code, self.fact, self.within = code, fact, within


def decode(column: Column[Any], kept: Kept, value: Any) -> Any:
    """Return what the column keeps of a value of the file; raises ``Refused``."""
    if kept.how in _HOWS:
        return _HOWS[kept.how](column, value)
    kind = kind_of(column)
    if kind is bool:
        return _yes_no(value)
    if kind is int:
        return _number(value, kept.low, kept.high)
    if issubclass(kind, Enum):
        return _choice(kind, value)
    return _KINDS[kind](value) if kind in _KINDS else text(value, _longest(column))


def _longest(column: Column[Any]) -> int:
    most: int | None = None if isinstance(column.type, Text) else getattr(column.type, "length", None)
    return most or LONGEST_TEXT


def text(value: Any, most: int = LONGEST_TEXT) -> str:
    """Return a text of at most ``most`` characters that a database can keep."""
    if not isinstance(value, str):
        raise Refused("no_text")
    if len(value) > most:
        raise Refused("too_long", str(most))
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Refused("character")
    return value


def list_of(value: Any, most: int) -> list[Any]:
    """Return a list of at most ``most`` values."""
    if not isinstance(value, list):
        raise Refused("no_list")
    if len(value) > most:
        raise Refused("too_many", str(most))
    return value


def texts(value: Any) -> dict[str, str]:
    """Return a text in our languages."""
    if not isinstance(value, dict):
        raise Refused("no_object")
    for code in value:
        if code not in LANGUAGES:
            raise Refused("unknown", within=f".{code[:20]}")
    return {code: _within(f".{code}", text, one) for code, one in value.items()}


def _within(where: str, check: Callable[..., Any], *given: Any) -> Any:
    """Check an inner value, and say where it stands when it is refused."""
    try:
        return check(*given)
    except Refused as refused:
        raise Refused(refused.code, refused.fact, where + refused.within) from refused


def _each(value: Any, most: int, check: Callable[[Any], Any]) -> list[Any]:
    return [_within(f"[{place}]", check, one) for place, one in enumerate(list_of(value, most))]


def _object(value: Any, needed: set[str], more: frozenset[str] = frozenset()) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused("no_object")
    for name in needed - value.keys():
        raise Refused("missing", within=f".{name}")
    for name in value.keys() - needed - more:
        raise Refused("unknown", within=f".{name[:40]}")
    return value


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused("no_yes_no")
    return value


def _number(value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Refused("no_number", f"{low}–{high}")
    return value


def _choice(kind: type[Enum], value: Any) -> Any:
    found = next((one for one in kind if isinstance(value, str) and one.value == value), None)
    if found is None:
        raise Refused("no_choice", ", ".join(str(one.value) for one in kind))
    return found


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text(value, 40))
    except ValueError as error:
        raise Refused("no_moment") from error
    if moment.tzinfo is None or not _FIRST <= moment.year <= _LAST:
        raise Refused("no_moment")
    return moment


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(text(value, 10))
    except ValueError as error:
        raise Refused("no_day") from error
    if not _FIRST <= day.year <= _LAST:
        raise Refused("no_day")
    return day


def _uuid(value: Any) -> UUID:
    try:
        return UUID(text(value, 36))
    except ValueError as error:
        raise Refused("no_uuid") from error


def _pattern(pattern: re.Pattern[str], code: str) -> Callable[[Column[Any], Any], str]:
    def check(column: Column[Any], value: Any) -> str:
        if not pattern.fullmatch(text(value, _longest(column))):
            raise Refused(code)
        return str(value)

    return check


def _slug(column: Column[Any], value: Any) -> str:
    own = column.table.name in {"conference", "edition", "gate"}
    return _pattern(_ADDRESS if own else _SLUG, "no_slug")(column, value)


def _zone(_column: Column[Any], value: Any) -> str:
    if text(value, 60) not in available_timezones():
        raise Refused("no_zone")
    return str(value)


def _one_of(*choices: Any) -> Callable[[Column[Any], Any], Any]:
    def check(_column: Column[Any], value: Any) -> Any:
        if isinstance(value, bool) or value not in choices:
            raise Refused("no_choice", ", ".join(str(one) for one in choices if one != ""))
        return value

    return check


def _languages(_column: Column[Any], value: Any) -> list[str]:
    found = _each(value, len(LANGUAGES), lambda one: _one_of(*LANGUAGES)(_column, one))
    if not found or len(set(found)) < len(found):
        raise Refused("no_choice", ", ".join(LANGUAGES))
    return found


def _mail(column: Column[Any], value: Any) -> str:
    if text(value, _longest(column)):
        try:
            validate_email(value, check_deliverability=False)
        except EmailNotValidError as error:
            raise Refused("no_mail") from error
    return str(value)


def _web(column: Column[Any], value: Any) -> str:
    if text(value, _longest(column)) and not WEB_ADDRESS.fullmatch(value):
        raise Refused("no_web")
    return str(value)


def _accent(_column: Column[Any], value: Any) -> int:
    number = _number(value, 0, 2 * COLOUR - 1)
    if 360 <= number < COLOUR or worst_contrast(number) < READABLE:
        raise Refused("no_accent")
    return number


def _person_links(_column: Column[Any], value: Any) -> list[list[str]]:
    def check(pair: Any) -> list[str]:
        if len(list_of(pair, 2)) != 2:
            raise Refused("no_list")
        if https_url(text(pair[1], 500)) is None:
            raise Refused("no_web", within="[1]")
        return [text(pair[0], 100), str(pair[1])]

    return _each(value, 10, check)


def _sponsor_links(_column: Column[Any], value: Any) -> list[dict[str, str]]:
    def check(link: Any) -> dict[str, str]:
        said = _object(link, {"words", "url"})
        if not WEB_ADDRESS.fullmatch(_within(".url", text, said["url"], 500)):
            raise Refused("no_web", within=".url")
        return {"words": _within(".words", text, said["words"], 200), "url": said["url"]}

    return _each(value, MOST_LINKS, check)


def _box(_column: Column[Any], value: Any) -> dict[str, int]:
    said = _object(value, {"x", "y", "zoom"}) if value else {}
    spans = {"x": (0, 100), "y": (0, 100), "zoom": (100, 1000)}
    return {name: _within(f".{name}", _number, said[name], *spans[name]) for name in said}


def _options(_column: Column[Any], value: Any) -> list[dict[str, Any]]:
    def check(option: Any) -> dict[str, Any]:
        said = _object(option, {"id", "label"}, frozenset({"retired"}))
        if not _ID.fullmatch(_within(".id", text, said["id"], 20)):
            raise Refused("no_slug", within=".id")
        found = {"id": said["id"], "label": _within(".label", texts, said["label"])}
        return found | ({"retired": _within(".retired", _yes_no, said["retired"])} if "retired" in said else {})

    found = _each(value, 200, check)
    if len({one["id"] for one in found}) < len(found):
        raise Refused("twice", "id")
    return found


_KINDS: dict[type[Any], Callable[[Any], Any]] = {datetime: _moment, date: _day, UUID: _uuid}
_HOWS: dict[How, Callable[[Column[Any], Any], Any]] = {
    How.TEXTS: lambda _column, value: texts(value),
    How.SLUG: _slug,
    How.TIME_ZONE: _zone,
    How.LANGUAGE: _one_of(*LANGUAGES),
    How.LANGUAGES: _languages,
    How.MAIL_ADDRESS: _mail,
    How.WEB_ADDRESS: _web,
    How.CLOCK: _pattern(_CLOCK, "no_clock"),
    How.MODE: _one_of("", *(mode.value for mode in Mode)),
    How.ACCENT: _accent,
    How.LOGO_HEIGHT: _one_of(*LOGO_HEIGHTS),
    How.PERSON_LINKS: _person_links,
    How.SPONSOR_LINKS: _sponsor_links,
    How.BOX: _box,
    How.OPTIONS: _options,
    How.FEEDBACK_OPTIONS: lambda _column, value: _each(value, 40, texts),
    How.VALUES: lambda _column, value: _each(value, 200, lambda one: text(one, 40)),
    How.CONDITION: _pattern(_CONDITION, "no_such"),
}
