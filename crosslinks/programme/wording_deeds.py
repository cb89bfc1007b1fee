"""What the timetable says after a deed, and why it could not be done."""

from __future__ import annotations

from flask_babel import gettext as _

from crosslinks.editions.models import Edition
from crosslinks.kernel.errors import CrosslinksError
from crosslinks.programme.deeds import Overtaken
from crosslinks.programme.timetable import Block, TalkBlock, Timetable
from crosslinks.programme.versions import Stale, last_change
from crosslinks.programme.wording import Warnings
from crosslinks.programme.wording_changes import entry_words, meanwhile_line
from crosslinks.web.formats import format_clock
from crosslinks.web.pages import texts


def done_words(edition: Edition, timetable: Timetable, warnings: Warnings, name: str, kind: str, number: int) -> str:
    """Say what was done to a part, where it is now, and each of its conflicts."""
    if name == "deleted":
        return _("Deleted. You can undo it.")
    found = find_part(timetable, kind, number)
    if found is None:
        return _("Saved.")
    block, talk = found
    part = talk.talk if talk else block.row.talks[0] if block.row.kind == "single" and block.row.talks else block.row
    zone = edition.zone
    facts = {
        "title": texts(part.title) or _("Untitled"),
        "start": format_clock(part.starts_at, zone),
        "end": format_clock(part.ends_at, zone),
        "room": block.row.room,
        "session": texts(block.row.title),
    }
    if talk and block.row.kind == "session":
        said = _("“%(title)s” is now %(start)s–%(end)s in “%(session)s”.", **facts)
    elif name == "resized":
        said = _("“%(title)s” now ends at %(end)s.", **facts)
    elif block.row.room:
        said = _("“%(title)s” is now at %(start)s in %(room)s.", **facts)
    else:
        said = _("“%(title)s” is now at %(start)s.", **facts)
    return " ".join([said, *conflicts_of(warnings, block, talk)])


def find_part(timetable: Timetable, kind: str, number: int) -> tuple[Block, TalkBlock | None] | None:
    """Return a session's block, or a talk's with the one around it."""
    for day in timetable.days:
        for block in day.blocks:
            if kind == "session" and block.row.id == number:
                return block, None
            for talk in block.talks:
                if kind == "talk" and talk.talk.id == number:
                    return block, talk
    return None


def conflicts_of(warnings: Warnings, block: Block, talk: TalkBlock | None) -> tuple[str, ...]:
    """Return the conflicts that stand on a part."""
    own = warnings.of_talks.get(talk.talk.id, ()) if talk else warnings.of_sessions.get(block.row.id, ())
    if talk is None and block.row.kind == "single":
        own = (*own, *(words for one in block.talks for words in warnings.of_talks.get(one.talk.id, ())))
    return own


def undone_words(name: str, *, back: bool) -> str:
    """Say what was undone, or done once more."""
    words = {
        "part.created": (_("Undone: what was added is gone."), _("Done again: it is added.")),
        "part.moved": (_("Undone: it is back where it was."), _("Done again: it is moved.")),
        "part.deleted": (_("Undone: what was deleted is back."), _("Done again: it is deleted.")),
        "part.changed": (_("Undone: it is as it was before."), _("Done again: it is changed.")),
    }
    undone, redone = words.get(name, words["part.changed"])
    return undone if back else redone


def refusal_words(edition: Edition, error: CrosslinksError) -> str:
    """Say why a deed was refused, and by whom it was overtaken."""
    if isinstance(error, Stale):
        return meanwhile_line(edition, error)
    if isinstance(error, Overtaken):
        said = _("This cannot be undone: somebody has changed it since.")
        return " ".join(
            [said, *(entry_words(edition, entry) for entry in last_change(edition, error.kind, error.number))]
        )
    known = {
        "deed.none": _("There is nothing to undo."),
        "talk.in_break": _("Nobody speaks in a break."),
        "programme.title_missing": _("Give a title in at least one language."),
        "programme.time_unusable": _("That time cannot be used."),
        "programme.ends_before_start": _("It must end after it starts."),
        "programme.too_long": _("A talk lasts 24 hours at most."),
        "time.does_not_exist": _("The clock skips that hour on that day."),
        "room.unknown": _("That room is no longer there."),
        "session.unknown": _("That session is no longer there."),
        "talk.unknown": _("That talk is no longer there."),
    }
    return (
        known.get(error.code) or (error.message if error.message != error.code else "") or _("That is not possible now")
    )
