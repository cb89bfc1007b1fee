"""Sponsors in words."""

from __future__ import annotations

from collections.abc import Sequence

from babel.lists import format_list
from flask_babel import gettext as _

from crosslinks.web.languages import current_language


def thanks_line(names: Sequence[str]) -> str:
    """Return the thanks to the named sponsors as one sentence in the language spoken now; empty for none."""
    if not names:
        return ""
    return _("Made possible by %(names)s.", names=format_list(list(names), locale=current_language()))
