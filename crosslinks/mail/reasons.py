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
NEEDS_UTF8 = "smtp.needs_utf8"


def coded(code: str, **data: str) -> str:
    """Return one of our reasons as a message's row keeps it."""
    return f"{code} {json.dumps(data, ensure_ascii=False, sort_keys=True)}" if data else code


def reason_words(reason: str) -> str:
    """Return a kept reason in the reader's language; a server's words stay as they are."""
    code, _space, rest = reason.partition(" ")
    data = _data(rest)
    if code == LETTER_UNFILLED:
        return _unfilled(data)
    known = {
        UNSUBSCRIBED: _("Unsubscribed"),
        CALLED_BACK: _("Called back before it was sent"),
        PLACE_GIVEN_BACK: _("The place was given back meanwhile"),
        DAY_OVER: _("The day is over"),
        LETTER_GONE: _("This letter is no longer there"),
        LETTER_UNKNOWN: _("There is no letter of the kind %(kind)s", kind=data.get("kind", "")),
        LETTER_BROKEN: _("The letter cannot be made: %(detail)s", detail=data.get("detail", "")),
        NEEDS_UTF8: _("The mail server does not take addresses with letters outside ASCII"),
    }
    return known.get(code, reason)


def _data(rest: str) -> dict[str, str]:
    try:
        found = json.loads(rest)
    except ValueError:
        return {}
    return cast("dict[str, str]", found) if isinstance(found, dict) else {}


def _unfilled(data: dict[str, str]) -> str:
    if data.get("names"):
        return _("There is no value for %(names)s.", names=data["names"])
    return _("The text cannot be filled: %(detail)s", detail=data.get("detail", ""))
