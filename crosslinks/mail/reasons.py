"""Why a message was not sent: a mail server's own words, or a stable code of ours with plain data."""

from __future__ import annotations

import json
from typing import cast

from flask_babel import gettext as _

UNSUBSCRIBED = "unsubscribed"
CALLED_BACK = "called_back"
PLACE_GIVEN_BACK = "place_given_back"
DAY_OVER = "day_over"
LETTER_GONE = "letter.gone"
LETTER_UNKNOWN = "letter.unknown"
LETTER_BROKEN = "letter.broken"
LETTER_UNFILLED = "letter.unfilled"
TEXT_UNREADABLE = "text.unreadable"
TEXT_FORBIDDEN = "text.forbidden"
TEXT_LONG = "text.long"
TEXT_FILLED_LONG = "text.filled_long"
TEXT_EMPTY = "text.empty"
ADDRESS_UNUSABLE = "address.unusable"
NEEDS_UTF8 = "smtp.needs_utf8"
UNREACHABLE = "smtp.unreachable"
BROKE = "smtp.broke"
BROKE_LATE = "smtp.broke_late"


def coded(code: str, **data: str) -> str:
    """Return one of our reasons as a message's row keeps it."""
    return f"{code} {json.dumps(data, ensure_ascii=False, sort_keys=True)}" if data else code


def reason_words(reason: str) -> str:
    """Return a kept reason in the reader's language; a server's words stay as they are."""
    code, _space, rest = reason.partition(" ")
    data = _data(rest)
    if code == LETTER_UNFILLED:
        return _unfilled(data)
    return (_shall_not_go(data) | _cannot_be_filled(data) | _cannot_be_sent(data)).get(code, reason)


def _shall_not_go(data: dict[str, str]) -> dict[str, str]:
    return {
        UNSUBSCRIBED: _("Unsubscribed"),
        CALLED_BACK: _("Called back before it was sent"),
        PLACE_GIVEN_BACK: _("The place was given back meanwhile"),
        DAY_OVER: _("The day is over"),
        LETTER_GONE: _("This letter is no longer there"),
        LETTER_UNKNOWN: _("There is no letter of the kind %(kind)s", kind=data.get("kind", "")),
        LETTER_BROKEN: _("The letter cannot be made: %(detail)s", detail=data.get("detail", "")),
    }


def _cannot_be_filled(data: dict[str, str]) -> dict[str, str]:
    return {
        TEXT_UNREADABLE: _("The text cannot be read: %(detail)s", detail=data.get("detail", "")),
        TEXT_FORBIDDEN: _("The text holds more than placeholders and conditions"),
        TEXT_LONG: _("The text is too long"),
        TEXT_FILLED_LONG: _("The filled text is too long"),
        TEXT_EMPTY: _("A placeholder has no value"),
    }


def _cannot_be_sent(data: dict[str, str]) -> dict[str, str]:
    detail = data.get("detail", "")
    return {
        ADDRESS_UNUSABLE: _("The address %(address)s cannot be used", address=data.get("address", "")),
        NEEDS_UTF8: _("The mail server does not take addresses with letters outside ASCII"),
        UNREACHABLE: _("%(server)s cannot be reached: %(detail)s", server=data.get("server", ""), detail=detail),
        BROKE: _("The connection broke: %(detail)s", detail=detail),
        BROKE_LATE: _("The connection broke while the message was handed over: %(detail)s", detail=detail),
    }


def _data(rest: str) -> dict[str, str]:
    try:
        found = json.loads(rest)
    except ValueError:
        return {}
    return cast("dict[str, str]", found) if isinstance(found, dict) else {}


def _unfilled(data: dict[str, str]) -> str:
    if data.get("names"):
        return _("There is no value for %(names)s.", names=data["names"])
    return _("The text cannot be filled: %(detail)s", detail=reason_words(data.get("detail", "")))
