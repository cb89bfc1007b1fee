"""Letters that ask for an answer, and those that say what became of it: offers, and whether one really comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from crosslinks.editions.rules import Mode
from crosslinks.kernel.tokens import LinkKind
from crosslinks.mail.rendering import absolute
from crosslinks.mail.rules import Letter, Rendered
from crosslinks.registration.letters import Subject, open_subject, render_about
from crosslinks.registration.links import place_path
from crosslinks.registration.rules import Place, Status
from crosslinks.web.formats import format_clock, format_weekday
from crosslinks.web.languages import speaking


@dataclass(frozen=True)
class Said:
    """What such a letter says; the first of ``acts`` (address, label) is its button."""

    subject: str
    heading: str
    lines: tuple[str, ...]
    acts: tuple[tuple[str, str], ...] = ()


Words = Callable[[Subject, str, Place], Said]


def _letter(letter: Letter, words: Words) -> Rendered:
    about = open_subject(letter)
    place = Place(letter.data["mode"])
    with speaking(letter.language) as language:
        said = words(about, language, place)
    return render_about("registration/mail/answer", about, attachments=(), place=place, said=said)


def _moment(about: Subject, language: str, name: str = "until") -> str:
    moment = datetime.fromisoformat(about.letter.data[name])
    zone = about.edition.zone
    return _("%(day)s, %(time)s", day=format_weekday(moment, zone, language), time=format_clock(moment, zone, language))


def _offered(about: Subject, language: str, place: Place) -> Said:
    name, until = about.registration.given_name, _moment(about, language)
    onsite = place is Place.ONSITE
    lines = [
        _("It is yours if you take it by %(until)s. After that it goes to the next in line.", until=until),
    ]
    if about.registration.place is Place.DIGITAL:
        lines.append(_("Until you decide you keep your place on the stream."))
    return Said(
        _("A place for you until %(until)s", until=until),
        _("A place in the room is kept for you, %(name)s", name=name)
        if onsite
        else _("A place on the stream is kept for you, %(name)s", name=name),
        tuple(lines),
        ((about.answer(LinkKind.ACCEPT), _("Take the place")), (about.answer(LinkKind.DECLINE), _("No, thank you"))),
    )


def _after_leaving(about: Subject, place: Place) -> tuple[str, tuple[str, str]]:
    """Return how things stand for somebody who left a line, and the way back into it."""
    if about.registration.status is Status.CANCELLED:
        url = absolute(place_path(about.token))
        return _("You are no longer registered. You are welcome back."), (url, _("Register again"))
    url = absolute(place_path(about.token, f"switch?to={place.value}"))
    stands = (
        _("You keep your place on the stream.")
        if about.registration.place is Place.DIGITAL
        else _("You keep your place in the room.")
    )
    return stands, (url, _("Join the line again"))


def _lapsed(about: Subject, language: str, place: Place) -> Said:
    stands, act = _after_leaving(about, place)
    return Said(
        _("The place has gone to the next in line"),
        _("The place has gone to the next in line, %(name)s", name=about.registration.given_name),
        (_("We did not hear from you in time, so you have left the line."), stands),
        (act,),
    )


def _left(about: Subject, language: str, place: Place) -> Said:
    stands, act = _after_leaving(about, place)
    offered = bool(about.letter.data.get("offered"))
    return Said(
        _("You have declined the place") if offered else _("You have left the line"),
        _("Thank you for letting us know, %(name)s", name=about.registration.given_name),
        (
            _("The place goes to the next in line.") if offered else _("You no longer wait for a place."),
            stands,
        ),
        (act,),
    )


def _coming_acts(about: Subject) -> tuple[tuple[str, str], ...]:
    acts = [(about.answer(LinkKind.COMING), _("I am coming"))]
    if about.edition.mode(Mode.DIGITAL) is not None:
        acts.append((about.answer(LinkKind.COMING, "?answer=digital"), _("I’ll follow the stream")))
    acts.append((about.answer(LinkKind.COMING, "?answer=no"), _("I can’t come")))
    return tuple(acts)


def _asked(about: Subject, language: str, place: Place) -> Said:
    return Said(
        _("Are you coming?"),
        _("Are you coming, %(name)s?", name=about.registration.given_name),
        (
            _("You have a place in the room. Tell us that you still want it, with one click."),
            _("Places that nobody has confirmed by %(until)s go to others.", until=_moment(about, language)),
        ),
        _coming_acts(about),
    )


def _warned(about: Subject, language: str, place: Place) -> Said:
    until = _moment(about, language)
    return Said(
        _("Your place is given away on %(until)s", until=until),
        _("We have not heard from you, %(name)s", name=about.registration.given_name),
        (
            _("Tell us that you are coming, or your place in the room is given away on %(until)s.", until=until),
            _("Can’t you come? Tell us too: then somebody who waits gets it sooner."),
        ),
        _coming_acts(about),
    )


def _released(about: Subject, language: str, place: Place) -> Said:
    is_out = about.registration.status is Status.CANCELLED
    act = (absolute(place_path(about.token)), _("Register again") if is_out else _("Open my place"))
    return Said(
        _("Your place is given away"),
        _("Your place in the room is given away, %(name)s", name=about.registration.given_name),
        (
            _("We asked twice whether you were coming, and did not hear from you."),
            _("The ticket no longer opens the door."),
            _("Do you want to come after all, or follow the stream? You are welcome back."),
        ),
        (act,),
    )


_WORDS: dict[str, Words] = {
    "registration.offered": _offered,
    "registration.offer_lapsed": _lapsed,
    "registration.left": _left,
    "registration.asked": _asked,
    "registration.warned": _warned,
    "registration.released": _released,
}


def _renderer(words: Words) -> Callable[[Letter], Rendered]:
    return lambda letter: _letter(letter, words)


LETTERS: dict[str, Callable[[Letter], Rendered]] = {kind: _renderer(words) for kind, words in _WORDS.items()}
