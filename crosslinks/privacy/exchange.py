"""Everything that we have of one person as one file.

``{"format": "crosslinks-person-1", "made_at", "conference", "edition", "registrations": [{feature: {…}}]}``: one item
for each registration of the address in the edition, and in it one object for each feature that has anything.
Field names are English and stay; moments are ISO 8601 in UTC.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response

from crosslinks.editions.models import Edition
from crosslinks.privacy.operations import FEATURES
from crosslinks.privacy.wording import Told, section_words, tell_section
from crosslinks.registration.erasure import list_registrations_of
from crosslinks.registration.models import Registration

FORMAT = "crosslinks-person-1"


@dataclass(frozen=True)
class Section:
    """A feature's part in words."""

    title: str
    parts: tuple[Told, ...]


def export_person(registration: Registration, edition: Edition, now: datetime) -> dict[str, Any]:
    """Return all that every feature has of a person; reads only."""
    found = [_of_one(number) for number in list_registrations_of(registration)]
    return {
        "format": FORMAT,
        "made_at": now.isoformat(timespec="seconds"),
        "conference": edition.conference.name,
        "edition": edition.title,
        "registrations": found,
    }


def _of_one(registration_id: int) -> dict[str, Any]:
    told = {name: feature.export_person(registration_id=registration_id) for name, feature in reversed(FEATURES)}
    return {
        name: data for name, data in told.items() if any(value not in (None, "", [], {}) for value in data.values())
    }


def in_words(exported: dict[str, Any], edition: Edition) -> list[list[Section]]:
    """Return the same, ready to be read, registration by registration."""
    return [
        [Section(section_words(name), tell_section(data, edition.zone)) for name, data in one.items()]
        for one in exported["registrations"]
    ]


def json_file(exported: dict[str, Any], name: str) -> Response:
    """Return the file as a download."""
    text = json.dumps(exported, ensure_ascii=False, indent=2)
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
