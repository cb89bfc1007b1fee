"""The empty form, kept: what differs between two visitors is their CSRF token and the moment of opening."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import current_app
from flask_wtf.csrf import generate_csrf

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.kernel.clock import now
from crosslinks.registration.rules import ModeCount
from crosslinks.web.kept import Keeper
from crosslinks.web.languages import current_language

_TOKEN, _OPENED = "\x00token\x00", "\x00opened\x00"


def blank_page(
    edition: Edition, mode: str | None, counts: Mapping[Mode, ModeCount], opened: str, render: Callable[[], str]
) -> str:
    """Return the page of the empty form as ``render`` makes it, once for all who see the same.

    Whatever it shows is in the key or raises the edition's ``public_rev``: questions, consents, sponsors, words.
    ``opened`` is the mark that the page carries; it and this visitor's token are put in each time.
    """
    keeper: Keeper = current_app.extensions["crosslinks.keeper"]
    token = generate_csrf()
    key = ("register", edition.id, current_language(), mode)
    rev = hash((edition.public_rev, now().astimezone(edition.zone).date(), *counts.items()))
    kept = keeper.remember(
        key, rev, lambda: render().replace(token, _TOKEN).replace(opened, _OPENED), str
    )  # fmt: skip
    return kept.replace(_TOKEN, token).replace(_OPENED, opened)
