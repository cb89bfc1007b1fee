"""What features below ``editions`` know of the edition that an organizer page's address names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app

from crosslinks.web.frames import PLAIN_HUE, ManageFrame, language_links
from crosslinks.web.languages import current_language


@dataclass(frozen=True)
class ManageScope:
    """An edition as plain data, with the frame of its organizer pages."""

    conference_id: int
    conference_slug: str
    conference_name: str
    edition_id: int
    edition_slug: str
    zone: ZoneInfo
    frame: ManageFrame

    def url(self, page: str = "") -> str:
        """Return the address of an organizer page of this edition."""
        return f"/manage/{self.conference_slug}/{self.edition_slug}/{page}"


FindScope = Callable[[str, str], ManageScope]


def open_scope(conference: str, edition: str) -> ManageScope:
    """Return the edition of an organizer address; raises ``NotFound``. ``app.py`` plugs in who finds it."""
    find = cast("FindScope", current_app.extensions["crosslinks.scope"])
    return find(conference, edition)


def lone_frame(home_url: str = "/") -> ManageFrame:
    """Return the frame of an organizer page that belongs to no edition, such as the sign-in."""
    return ManageFrame("Crosslinks", home_url, PLAIN_HUE, current_language(), languages=language_links())
