"""Organizer pages of stories."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from crosslinks.editions.frames import edition_url, manage_frame, manage_url, public_frame
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.stories.forms import StoryForm, StoryStateForm, UploadForm, captions_form
from crosslinks.stories.models import Story
from crosslinks.stories.operations import change_story, create_story, delete_story, set_story_state
from crosslinks.stories.queries import get_story, list_all_stories, story_page
from crosslinks.stories.rules import StoryState
from crosslinks.stories.words import kind_words
from crosslinks.web.pages import render_page
from crosslinks.web.photographs import drop_photograph
from crosslinks.web.security import principal, requires

stories_manage = Blueprint("stories_manage", __name__, url_prefix="/manage/<conference>/<edition>/stories")

ID = "<int(max=2147483647):number>"
Answer = tuple[str, int] | BaseResponse


@stories_manage.get("")
@requires(Permission.PROGRAMME)
def show(conference: str, edition: str) -> str:
    found = get_edition(conference, edition)
    return render_page(
        "stories/manage/stories.html",
        manage_frame(found),
        stories=list_all_stories(found.id),
        kind_words=kind_words(),
        url=manage_url(found, "stories"),
        public_url=edition_url(found, "stories"),
    )


@stories_manage.route("/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def create(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    form = StoryForm.of(None, written_on=now().astimezone(found.zone).date())
    if not form.validate_on_submit():
        return _story_page(found, form)
    try:
        with transaction():
            story = create_story(actor=principal().actor, now=now(), edition=found, **form.changes())
        flash(_("Added. Only you see it until you publish it."))
        return redirect(manage_url(found, f"stories/{story.id}"), 303)
    except Conflict:
        form.slug.errors = [_("There is already a story at that address.")]
    return _story_page(found, form)


@stories_manage.route(f"/{ID}", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def edit(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    story = get_story(found.id, number)
    form = StoryForm.of(story)
    if not form.validate_on_submit():
        return _story_page(found, form, story)
    try:
        with transaction():
            change_story(
                actor=principal().actor, now=now(), edition=found, story=get_story(found.id, number),
                changes=form.changes(),
            )  # fmt: skip
        flash(_("Saved."))
        return redirect(manage_url(found, f"stories/{number}"), 303)
    except Conflict:
        form.slug.errors = [_("There is already a story at that address.")]
    return _story_page(found, form, get_story(found.id, number))


def _story_page(edition: Edition, form: StoryForm, story: Story | None = None) -> tuple[str, int]:
    status = 422 if request.method == "POST" else 200
    return story_editor(edition, form, story), status


def story_editor(
    edition: Edition, form: StoryForm, story: Story | None, *, captions: FlaskForm | None = None,
    upload: UploadForm | None = None, refusal: str = "",
) -> str:  # fmt: skip
    """Return an organizer's page of one story, with forms of its pictures as they stand unless others are given."""
    pictures = story.pictures if story else []
    return render_page(
        "stories/manage/story.html",
        manage_frame(edition),
        form=form,
        story=story,
        pictures=pictures,
        captions=captions or captions_form(pictures, can_hide=False, typed=False),
        upload=upload or UploadForm(formdata=None),
        refusal=refusal,
        url=manage_url(edition, "stories"),
        pictures_url=manage_url(edition, "gallery/pictures"),
        public_url=edition_url(edition, "stories"),
    )


@stories_manage.post(f"/{ID}/state")
@requires(Permission.PROGRAMME)
def change_state(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    form = StoryStateForm()
    if not form.validate_on_submit():
        raise Invalid("story.state_unknown")
    state = StoryState(form.state.data or "")
    try:
        with transaction():
            story = get_story(found.id, number)
            set_story_state(actor=principal().actor, now=now(), edition=found, story=story, state=state)
    except Conflict:
        story = get_story(found.id, number)
        words = _("Describe its pictures first, for those who cannot see them")
        return story_editor(found, StoryForm.of(story, typed=False), story, refusal=words), 409
    flash(_("Published. Everybody sees it.") if state is StoryState.PUBLISHED else _("Only you see it now."))
    return redirect(manage_url(found, f"stories/{number}"), 303)


@stories_manage.get(f"/{ID}/preview")
@requires(Permission.PROGRAMME)
def preview(conference: str, edition: str, number: int) -> Response:
    """Show a story as everybody will see it; never kept."""
    found = get_edition(conference, edition)
    page = render_page(
        "stories/public/story.html",
        public_frame(found),
        edition=found,
        page=story_page(get_story(found.id, number)),
        others=[],
        kind_words=kind_words(),
        base=edition_url(found),
        preview_url=manage_url(found, f"stories/{number}"),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@stories_manage.route(f"/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def remove(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    story = get_story(found.id, number)
    if request.method == "GET":
        page = render_page(
            "stories/manage/delete_story.html", manage_frame(found), story=story, url=manage_url(found, "stories")
        )
        return page, 200
    with transaction():
        story = get_story(found.id, number)
        files = [picture.file for picture in story.pictures]
        delete_story(actor=principal().actor, now=now(), edition=found, story=story)
    for name in files:
        drop_photograph(name)
    flash(_("Deleted."))
    return redirect(manage_url(found, "stories"), 303)
