"""Opening an edition's public pages: who may see it, and keeping what was rendered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from flask import Response, current_app, g, has_app_context, request, session

from crosslinks.config import settings
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import find_conference_id, find_stamp, get_edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.clock import now
from crosslinks.kernel.errors import NotFound
from crosslinks.kernel.tokens import LinkKind, link_is_valid
from crosslinks.web.kept import Keeper, respond
from crosslinks.web.languages import current_language

HTML = "text/html; charset=utf-8"
_PREVIEW = "preview"
_PREVIEWED = "previewed_edition"
NO_PREVIEW = "off"
"""What the address asks for in place of a preview's token to see again what is published."""


@dataclass(frozen=True)
class Page:
    """A rendered public page, good until ``until`` (None: until the next change)."""

    body: str | bytes
    until: datetime | None = None
    media_type: str = HTML


Builder = Callable[..., Page]


def open_edition(conference: str, edition: str) -> Edition:
    """Return an edition that this visitor may see; raises ``NotFound``, for a draft with its own code."""
    found = get_edition(conference, edition)
    if found.state is EditionState.DRAFT and not _may_preview(found):
        raise NotFound("edition.unpublished")
    return found


def is_preview(edition_id: int) -> bool:
    """Say whether this request shows what is not published of that edition: its visitor holds the preview link."""
    return has_app_context() and g.get(_PREVIEWED) == edition_id


def _may_preview(edition: Edition) -> bool:
    given = request.args.get(_PREVIEW) or session.get(_PREVIEW, "")
    if not given or not link_is_valid(settings().keys, LinkKind.PREVIEW, given, edition.id, edition.preview_epoch):
        return False
    session[_PREVIEW] = given
    setattr(g, _PREVIEWED, edition.id)
    return True


def _asks_for_preview() -> bool:
    """Say whether a preview may be meant; cheap for visitors, who have no session."""
    if request.args.get(_PREVIEW) == NO_PREVIEW:
        session.pop(_PREVIEW, None)
        return False
    return _PREVIEW in request.args or (bool(request.cookies) and _PREVIEW in session)


def keeper() -> Keeper:
    """Return the kept pages of this process."""
    kept: Keeper = current_app.extensions["crosslinks.keeper"]
    return kept


def kept_page(builder: Builder) -> Callable[..., Response]:
    """Make a view of a function ``(edition, **parts of the address) -> Page``, rendered once per revision.

    The key is the path and the language: a page may depend on nothing else of the request. Drafts and previews are
    never kept.
    """

    @wraps(builder)
    def view(conference: str, edition: str, **parts: object) -> Response:
        stamp = find_stamp(conference, edition)
        if stamp is None:
            raise NotFound("edition.unknown" if find_conference_id(conference) else "conference.unknown")
        if stamp.state == EditionState.DRAFT or _asks_for_preview():
            found = open_edition(conference, edition)
            if found.state is EditionState.DRAFT or _may_preview(found):
                draft = builder(found, **parts)
                return Response(draft.body, content_type=draft.media_type, headers={"Cache-Control": "no-store"})
        key = (request.path, current_language())
        moment = now()
        page = keeper().find(key, stamp.public_rev, moment)
        if page is None:
            built = builder(open_edition(conference, edition), **parts)
            page = keeper().keep(key, stamp.public_rev, built.body, built.until, built.media_type)
        return respond(page)

    return view
