"""Organizer pages of pictures: the gallery, and what is done to one picture of it or of a story."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from crosslinks.editions.frames import edition_url, manage_frame, manage_url
from crosslinks.editions.models import Edition
from crosslinks.editions.queries import get_edition
from crosslinks.kernel.actors import Permission
from crosslinks.kernel.clock import now
from crosslinks.kernel.db import transaction
from crosslinks.kernel.errors import Conflict, Invalid
from crosslinks.stories.forms import MoveForm, ShowAllForm, StoryForm, UploadForm, captions_form, read_captions
from crosslinks.stories.manage import ID, stories_manage, story_editor
from crosslinks.stories.models import Picture, Story
from crosslinks.stories.picturing import Caption, add_pictures, delete_picture, describe_pictures, move_picture
from crosslinks.stories.queries import get_picture, get_story, list_gallery
from crosslinks.stories.rules import MOST_PICTURES
from crosslinks.web.pages import render_page
from crosslinks.web.photographs import drop_photograph, take_photographs
from crosslinks.web.security import principal, requires

gallery_manage = Blueprint("gallery_manage", __name__, url_prefix="/manage/<conference>/<edition>/gallery")

Answer = tuple[str, int] | Response


def _page(
    edition: Edition,
    pictures: Sequence[Picture],
    *,
    captions: FlaskForm | None = None,
    upload: UploadForm | None = None,
    status: int = 200,
) -> tuple[str, int]:
    page = render_page(
        "stories/manage/gallery.html",
        manage_frame(edition),
        pictures=pictures,
        captions=captions or captions_form(pictures, can_hide=True, typed=False),
        upload=upload or UploadForm(formdata=None),
        shown=sum(picture.is_shown for picture in pictures),
        url=manage_url(edition, "gallery"),
        pictures_url=manage_url(edition, "gallery/pictures"),
        public_url=edition_url(edition, "gallery"),
    )
    return page, status


@gallery_manage.get("")
@requires(Permission.PROGRAMME)
def show(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    return _page(found, list_gallery(found.id))


@gallery_manage.post("")
@requires(Permission.PROGRAMME)
def describe(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    pictures = list_gallery(found.id)
    form = captions_form(pictures, can_hide=True)
    captions = read_captions(form, pictures, can_hide=True) if form.validate_on_submit() else None
    if captions is None:
        return _page(found, pictures, captions=form, status=422)
    _save(found, captions)
    return redirect(manage_url(found, "gallery"), 303)


@stories_manage.post(f"/{ID}/pictures")
@requires(Permission.PROGRAMME)
def describe_of_story(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    story = get_story(found.id, number)
    form = captions_form(story.pictures, can_hide=False)
    captions = read_captions(form, story.pictures, can_hide=False) if form.validate_on_submit() else None
    if captions is None:
        return story_editor(found, StoryForm.of(story, typed=False), story, captions=form), 422
    _save(found, captions)
    return redirect(manage_url(found, f"stories/{number}#picture-list"), 303)


def _save(edition: Edition, captions: dict[int, Caption]) -> None:
    with transaction():
        described = [(get_picture(edition.id, number), caption) for number, caption in captions.items()]
        describe_pictures(actor=principal().actor, now=now(), edition=edition, captions=described)
    flash(_("Saved."))


@gallery_manage.post("/upload")
@requires(Permission.PROGRAMME)
def upload(conference: str, edition: str) -> Answer:
    found = get_edition(conference, edition)
    form = UploadForm()
    if not _take(found, form, None):
        return _page(found, list_gallery(found.id), upload=form, status=422)
    return redirect(manage_url(found, "gallery#picture-list"), 303)


@stories_manage.post(f"/{ID}/upload")
@requires(Permission.PROGRAMME)
def upload_of_story(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    story = get_story(found.id, number)
    form = UploadForm()
    if not _take(found, form, story):
        story = get_story(found.id, number)
        return story_editor(found, StoryForm.of(story, typed=False), story, upload=form), 422
    return redirect(manage_url(found, f"stories/{number}#picture-list"), 303)


def _take(edition: Edition, form: UploadForm, story: Story | None) -> bool:
    """Store what was sent and add it; return False, with the error noted, when nothing can be added."""
    number = story.id if story else None
    photographs = take_photographs(form.pictures, MOST_PICTURES) if form.validate_on_submit() else None
    if photographs is None:
        return False
    if not photographs:
        form.pictures.errors = [_("Choose at least one picture.")]
        return False
    try:
        with transaction():
            story = get_story(edition.id, number) if number is not None else None
            add_pictures(
                actor=principal().actor, now=now(), edition=edition, photographs=photographs, story=story,
                credit=form.taken_by.data or "",
            )  # fmt: skip
    except BaseException as refused:
        for photograph in photographs:
            drop_photograph(photograph.name)
        if not isinstance(refused, Conflict):
            raise
        form.pictures.errors = [_("There are 300 pictures already. Delete some first.")]
        return False
    flash(
        ngettext("%(num)s picture added. Describe it below.", "%(num)s pictures added. Describe them below.",
                 len(photographs))
    )  # fmt: skip
    return True


@gallery_manage.post("/show")
@requires(Permission.PROGRAMME)
def show_all(conference: str, edition: str) -> Response:
    """Show every picture that is described, or none."""
    found = get_edition(conference, edition)
    form = ShowAllForm()
    if not form.validate_on_submit():
        raise Invalid("gallery.show_unknown")
    shown = form.show.data == "all"
    with transaction():
        captions = [
            (picture, Caption(picture.alt, picture.credit, shown and bool(picture.alt)))
            for picture in list_gallery(found.id)
        ]
        describe_pictures(actor=principal().actor, now=now(), edition=found, captions=captions)
    left = sum(not caption.is_shown for _picture, caption in captions) if shown else 0
    flash(
        ngettext("%(num)s picture has no description yet and stays hidden.",
                 "%(num)s pictures have no description yet and stay hidden.", left)
        if left else _("Saved.")
    )  # fmt: skip
    return redirect(manage_url(found, "gallery"), 303)


@gallery_manage.post(f"/pictures/{ID}/move")
@requires(Permission.PROGRAMME)
def reorder(conference: str, edition: str, number: int) -> Response:
    found = get_edition(conference, edition)
    form = MoveForm()
    if not form.validate_on_submit():
        raise Invalid("direction.unknown")
    with transaction():
        picture = get_picture(found.id, number)
        move_picture(actor=principal().actor, now=now(), edition=found, picture=picture, up=form.direction.data == "up")
        place = _place(picture)
    return redirect(manage_url(found, f"{place}#picture-{number}"), 303)


def _place(picture: Picture) -> str:
    return "gallery" if picture.story_id is None else f"stories/{picture.story_id}"


@gallery_manage.route(f"/pictures/{ID}/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME)
def remove(conference: str, edition: str, number: int) -> Answer:
    found = get_edition(conference, edition)
    picture = get_picture(found.id, number)
    place = _place(picture)
    if request.method == "GET":
        page = render_page(
            "stories/manage/delete_picture.html",
            manage_frame(found),
            picture=picture,
            url=manage_url(found, f"gallery/pictures/{number}/delete"),
            back_url=manage_url(found, place),
        )
        return page, 200
    with transaction():
        picture = get_picture(found.id, number)
        name = picture.file
        delete_picture(actor=principal().actor, now=now(), edition=found, picture=picture)
    drop_photograph(name)
    flash(_("Deleted."))
    return redirect(manage_url(found, place), 303)
