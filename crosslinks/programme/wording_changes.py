"""The words for what somebody else has changed meanwhile: who, what, when, and how it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField

from crosslinks.accounts.log_words import LogLine, in_words
from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.programme.queries import find_room, find_session_title
from crosslinks.programme.versions import Stale
from crosslinks.web.formats import format_moment
from crosslinks.web.pages import texts


@dataclass(frozen=True)
class Present:
    """A field that was typed otherwise than it stands now."""

    label: str
    value: str


@dataclass(frozen=True)
class Meanwhile:
    """What a page says to the later of two people: what happened, and how it stands beside what they typed."""

    gone: bool
    lines: tuple[LogLine, ...]
    present: tuple[Present, ...] = ()


def meanwhile(edition: Edition, stale: Stale, form: FlaskForm | None = None, values: Any = None) -> Meanwhile:
    """Return what to say about a stale change; ``values`` are the present ones of ``form``."""
    lines = tuple(_line(edition, entry) for entry in stale.entries)
    present = tuple(_differing(form, values)) if form is not None and values is not None else ()
    return Meanwhile(stale.version is None, lines, present)


def meanwhile_line(edition: Edition, stale: Stale) -> str:
    """Return the same as one text, to be read out."""
    gone = stale.version is None
    said = _("This was deleted meanwhile.") if gone else _("This was changed meanwhile. Nothing of yours was saved.")
    return " ".join([said, *(entry_words(edition, entry) for entry in stale.entries)])


def entry_words(edition: Edition, entry: AuditEntry) -> str:
    """Return an entry of the log as a sentence: who, when, and each field before and after."""
    line = _line(edition, entry)
    changes = "; ".join(
        _("%(field)s: %(before)s → %(after)s", field=one.field, before=one.before or "–", after=one.after or "–")
        for one in line.changes
    )
    head = _("%(who)s, %(when)s", who=line.who, when=format_moment(line.at, edition.zone))
    return f"{head}: {changes}." if changes else f"{head}: {line.what}."


def _line(edition: Edition, entry: AuditEntry) -> LogLine:
    """Return an entry in words, with rooms and sessions by their names and without what nobody reads."""
    said = AuditEntry(
        **{name: getattr(entry, name) for name in _KEPT},
        before=_named(edition, entry.before),
        after=_named(edition, entry.after),
    )
    return in_words(said, {}, edition.zone)


_KEPT = ("at", "actor_kind", "actor_id", "actor_label", "action", "object_kind", "object_id")
_UNREAD = {"position", "slug", "kind"}


def _named(edition: Edition, facts: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: value for name, value in facts.items() if name not in _UNREAD}
    if named.get("room_id"):
        room = find_room(edition.id, named["room_id"])
        named["room_id"] = room.name if room else "–"
    if named.get("session_id"):
        named["session_id"] = texts(find_session_title(edition.id, named["session_id"])) or "–"
    return named


def _differing(form: FlaskForm, values: Mapping[str, Any]) -> Iterable[Present]:
    for name, now_is in values.items():
        field = form[name]
        typed = [one for one in field.data if one] if isinstance(field.data, list) else field.data
        if (typed or None) != (now_is or None):
            yield Present(str(field.label.text), _shown(field, now_is))


def _shown(field: Any, value: Any) -> str:
    if isinstance(field, BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(field, SelectField):
        choices = field.choices if isinstance(field.choices, dict) else {}
        chosen = value if isinstance(value, (list, tuple)) else [value]
        return ", ".join(str(choices.get(str(one), one)) for one in chosen) or "–"
    return str(value) if value not in (None, "") else "–"
