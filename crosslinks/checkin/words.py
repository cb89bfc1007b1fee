"""Every word that the door's script says, in the language of the request; ``%(name)s`` is filled in by the script."""

from __future__ import annotations

from flask_babel import gettext as _


def door_words() -> dict[str, str]:
    """Return the words by the keys that ``static/js/door/words.js`` asks for."""
    return _answers() | _reasons() | _bar() | _desk() | _phone()


def _answers() -> dict[str, str]:
    return {
        "word.admitted": _("Admitted"),
        "word.already_in": _("Already in"),
        "word.digital": _("Digital"),
        "word.waiting": _("Waiting list"),
        "word.not_started": _("Not open yet"),
        "word.refused": _("Not valid"),
        "word.undone": _("Taken back"),
        "word.left": _("Has left"),
        "word.checking": _("One moment"),
        "word.no_answer": _("No answer"),
        "name.unknown": _("Unknown ticket"),
        "name.unknown_reference": _("Unknown reference"),
        "name.bad_signature": _("Not a genuine ticket"),
        "name.other_edition": _("Ticket for another edition"),
        "name.no_answer": _("No connection"),
    }


def _reasons() -> dict[str, str]:
    return {
        "detail.admitted": _("Welcome"),
        "detail.admitted_unverified": _("Welcome. Not in the list yet"),
        "detail.already_in": _("First let in at %(time)s, %(gate)s."),
        "detail.digital": _("Registered for the stream."),
        "detail.waiting": _("Has no place in the room yet."),
        "detail.not_started": _("The doors open at %(time)s."),
        "detail.cancelled": _("This registration is cancelled."),
        "detail.replaced": _("There is a newer ticket. This one no longer counts."),
        "detail.unknown": _("It was not made for this conference."),
        "detail.unknown_reference": _("Nobody here has it."),
        "detail.bad_signature": _("Its code was changed or made by somebody else."),
        "detail.other_edition": _("It is good for another year or another conference."),
        "detail.undone": _("The scan no longer counts."),
        "detail.left": _("Show the ticket again to come back in."),
        "detail.no_answer": _("The scan is kept and sent when the net is back."),
        "do.desk": _("Send the person to the desk."),
        "do.wait": _("Ask the person to wait."),
        "do.badge": _("Ask to see the badge."),
        "do.place": _("Let in only if a place is free."),
        "do.reason": _("Let in only for a good reason."),
        "do.newest": _("Ask for the newest ticket."),
        "do.search": _("Search for the name."),
        "flag.assistance": _("Needs assistance"),
        "role.speaker": _("Speaker"),
        "role.moderator": _("Moderator"),
        "role.organizer": _("Organizer"),
        "role.sponsor": _("Sponsor"),
        "role.press": _("Press"),
        "act.undo": _("Undo"),
        "act.let_in": _("Let in"),
        "act.leave": _("Has left"),
        "act.again": _("Scan again"),
    }


def _bar() -> dict[str, str]:
    return {
        "place.lane": _("%(gate)s, lane %(label)s"),
        "place.desk": _("%(gate)s, desk %(label)s"),
        "place.demo": _("demo"),
        "bar.count": _("%(inside)s of %(expected)s in"),
        "bar.sent": _("All sent"),
        "bar.unsent": _("%(count)s not sent yet"),
        "bar.offline": _("Offline"),
        "bar.daylight": _("Daylight"),
        "bar.dim": _("Dim hall"),
    }


def _desk() -> dict[str, str]:
    return {
        "desk.none": _("Nobody found. Try fewer letters, or the reference."),
        "desk.one": _("1 person. Also found without accents and from the reference."),
        "desk.many": _("%(count)s people. Also found without accents and from the reference."),
        "desk.most": _("The first %(count)s. Type more to find the right one."),
        "desk.offline": _("Searching needs the net. Scanning goes on."),
        "hit.confirmed": _("Confirmed, in the room"),
        "hit.inside": _("Already in since %(time)s"),
        "hit.digital": _("On the stream"),
        "hit.waiting": _("On the waiting list"),
        "hit.cancelled": _("Cancelled"),
        "hit.let_in": _("Let in"),
        "hit.open": _("Open"),
        "hit.anyway": _("Let in anyway"),
        "override.question": _("Let %(name)s in?"),
    }


def _phone() -> dict[str, str]:
    return {
        "start.failed": _("No connection. Try again."),
        "camera.insecure": _(
            "The camera needs a secure address (HTTPS). Type the reference below, or use a scanner that types."
        ),
        "camera.refused": _("The phone does not let this page use the camera. Allow it in the settings."),
        "camera.none": _("No camera found. Type the reference below, or use a scanner that types."),
        "camera.broken": _(
            "The camera does not read codes on this phone. Type the reference below, or load the page again."
        ),
        "camera.hint": _("Hold the code inside the frame"),
        "end.revoked": _("An organizer ended this phone’s access."),
        "end.expired": _("This phone’s time at the door is over. Thank you."),
        "end.unknown": _("This phone is not enrolled any more."),
        "end.sending": _("It is still sending what it scanned. Leave the page open."),
    }
