"""Stories in words."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.stories.rules import StoryKind


def kind_words() -> dict[StoryKind, str]:
    """Return what the kinds of stories are called."""
    return {StoryKind.SPEAKERS: _("Meet the speakers"), StoryKind.DAY: _("A peek into the day")}
