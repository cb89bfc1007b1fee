"""What the personal page says and offers, worked out from how a registration stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import Mode
from crosslinks.registration.codes import CodePath
from crosslinks.registration.models import Registration
from crosslinks.registration.plugs import Deed, plugged_deeds
from crosslinks.registration.rules import ModeCount, Place
from crosslinks.registration.steps import offer_is_open
from crosslinks.web.formats import format_clock, format_day, format_weekday, unbroken

OTHER = {Mode.ONSITE: Mode.DIGITAL, Mode.DIGITAL: Mode.ONSITE}


@dataclass(frozen=True)
class Question:
    """What the person is asked; ``acts`` (address, label) are the answers, the first of them the button."""

    title: str
    text: str
    acts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PlaceView:
    """What the page shows."""

    status_kind: str
    status: str
    when: str
    facts: tuple[tuple[str, str], ...]
    deeds: tuple[Deed, ...]
    is_confirmed: bool
    code_path: str = ""
    code_size: int = 0
    question: Question | None = None
    first: Deed | None = None


@dataclass(frozen=True)
class Standing:
    """How one registration stands, with the figures around it; ``base`` is the personal page's address.

    ``may_consent``: there is something to agree to, or was. ``asks``: the edition has questions of its own.
    """

    registration: Registration
    edition: Edition
    counts: dict[Mode, ModeCount]
    position: int | None
    base: str
    may_consent: bool = False
    asks: bool = False

    def room_in(self, mode: Mode) -> bool:
        """Say whether the edition offers ``mode`` and has a place in it now."""
        return mode in self.counts and self.counts[mode].has_room

    def next_position(self, mode: Mode) -> int:
        """Return where a newcomer to the queue of ``mode`` would stand."""
        return self.counts[mode].waiting + 1


def sentence_case(text: str) -> str:
    """Return ``text`` with a capital first letter: Norwegian days begin with a small one."""
    return text[:1].upper() + text[1:]


def day_and_time(edition: Edition) -> str:
    """Return when the edition starts, as a line of its own."""
    day = sentence_case(format_weekday(edition.starts_at, edition.zone))
    return _("%(day)s, %(time)s", day=day, time=format_clock(edition.starts_at, edition.zone))


def moment_words(moment: datetime, edition: Edition) -> str:
    """Return a moment as people write it within a sentence, in the edition's zone."""
    day = unbroken(format_weekday(moment, edition.zone))
    return _("%(day)s, %(time)s", day=day, time=format_clock(moment, edition.zone))


def view_place(standing: Standing, code: CodePath | None, now: datetime) -> PlaceView:
    """Return what the page of a registration that is not cancelled shows at ``now``."""
    registration, edition = standing.registration, standing.edition
    in_room = Place.ONSITE in {registration.place, registration.wants}
    kind, status = _status(standing)
    deeds = plugged_deeds(registration, edition, standing.base, now)
    first = next((deed for deed in deeds if deed.first), None)
    deeds = [deed for deed in deeds if deed is not first]
    if now < edition.ends_at:
        deeds.extend(_switches(standing))
    deeds.append(
        Deed(
            _("Correct your name"),
            _("It is printed on your badge.") if in_room else _("We use it in mail to you."),
            _("Change"),
            f"{standing.base}/name",
            "pencil-simple",
        )
    )
    if now < edition.ends_at:
        deeds.append(_address(standing))
    if standing.may_consent:
        deeds.append(_consents(standing))
    if standing.asks and now < edition.answers_deadline:
        deeds.append(_answers(standing))
    if now < edition.ends_at:
        if in_room:
            deeds.append(_assistance(standing))
        deeds.append(_cancelling(standing))
    deeds.extend(own_data_deeds(standing.base))
    return PlaceView(
        kind,
        status,
        _when(registration, edition),
        _facts(registration, edition),
        tuple(deeds),
        registration.place is not Place.NONE,
        code.path if code else "",
        code.size if code else 0,
        _question(standing, now),
        first,
    )


def must_answer(registration: Registration) -> bool:
    """Say whether somebody was asked whether they come, and has not answered."""
    asked, coming = registration.asked_at, registration.coming_at
    return asked is not None and registration.place is Place.ONSITE and (coming is None or coming < asked)


def _question(standing: Standing, now: datetime) -> Question | None:
    """Return what the person is asked, first on their page: about an offer, or whether they come."""
    registration, base = standing.registration, standing.base
    if now >= standing.edition.ends_at:
        return None
    if registration.offer_until is not None and offer_is_open(registration, now):
        until = moment_words(registration.offer_until, standing.edition)
        room = registration.wants is Place.ONSITE
        return Question(
            _("A place in the room is kept for you") if room else _("A place on the stream is kept for you"),
            _("It is yours if you take it by %(until)s. After that it goes to the next in line.", until=until),
            ((f"{base}/accept", _("Take the place")), (f"{base}/decline", _("No, thank you"))),
        )
    if must_answer(registration):
        return Question(
            _("Are you coming?"),
            _("Places that nobody confirms go to others."),
            ((f"{base}/coming", _("I am coming")), (f"{base}/coming?answer=no", _("I can’t come"))),
        )
    return None


def own_data_deeds(base: str) -> list[Deed]:
    """Return what anybody can do about what we have of them, also when they have cancelled."""
    return [
        Deed(
            _("See what we have about you"),
            _("All of it, as a page and as a file."),
            _("See"),
            f"{base}/data",
            "download-simple",
        ),
        Deed(
            _("Have it all erased"),
            _("At once and for good. If you hold a place, the next in line gets it."),
            _("Erase"),
            f"{base}/delete",
            "trash",
        ),
    ]


def _status(standing: Standing) -> tuple[str, str]:
    registration, position = standing.registration, standing.position
    if registration.offer_until is not None:
        return "warn", _("A place is offered to you")
    if registration.place is Place.ONSITE:
        return "ok", _("Confirmed, in the room")
    if registration.place is Place.DIGITAL and registration.wants is Place.NONE:
        return "ok", _("Confirmed, on the stream")
    if registration.place is Place.DIGITAL:
        return "ok", _("Confirmed, on the stream. Number %(position)s in line for the room", position=position)
    if registration.wants is Place.ONSITE:
        return "warn", _("Number %(position)s in line for the room", position=position)
    return "warn", _("Number %(position)s in line for the stream", position=position)


def _when(registration: Registration, edition: Edition) -> str:
    day = sentence_case(format_weekday(edition.starts_at, edition.zone))
    start = format_clock(edition.starts_at, edition.zone)
    if edition.doors_at is not None and registration.place is Place.ONSITE:
        doors = format_clock(edition.doors_at, edition.zone)
        return _(
            "%(day)s. Doors open at %(doors)s, the programme starts at %(start)s.", day=day, doors=doors, start=start
        )
    return _("%(day)s. The programme starts at %(start)s.", day=day, start=start)


def _facts(registration: Registration, edition: Edition) -> tuple[tuple[str, str], ...]:
    venue = ", ".join(part for part in (edition.venue_name, edition.venue_address, edition.venue_city) if part)
    when = f"{format_day(edition.starts_at, edition.zone)}, {format_clock(edition.starts_at, edition.zone)}"
    place = {
        Place.ONSITE: _("In the room"),
        Place.DIGITAL: _("On the stream"),
        Place.NONE: _("On the waiting list"),
    }[registration.place]
    facts = [(_("When"), when), (_("Place"), place)]
    if registration.organisation:
        facts.insert(0, (_("From"), registration.organisation))
    if registration.place is not Place.DIGITAL:
        facts.insert(-2, (_("Where"), venue))
    return tuple(facts)


def _switches(standing: Standing) -> list[Deed]:
    registration = standing.registration
    if registration.offer_until is not None:
        return []
    mode = (registration.place if registration.place is not Place.NONE else registration.wants).mode
    if mode is None or OTHER[mode] not in standing.counts:
        return []
    if registration.place is Place.NONE:
        return _switches_while_waiting(standing, OTHER[mode])
    if registration.wants is not Place.NONE:
        return [_leave_the_line(standing, mode)]
    to_stream = mode is Mode.ONSITE
    title = _("Follow the stream instead") if to_stream else _("Come to the room instead")
    return [_switch(standing, OTHER[mode], title, _what_a_switch_does(standing, mode))]


def _switch(standing: Standing, to: Mode, title: str, text: str, more: str = "") -> Deed:
    return Deed(title, text, _("Switch"), f"{standing.base}/switch?to={to.value}{more}", "arrows-left-right")


def _what_a_switch_does(standing: Standing, mode: Mode) -> str:
    other = OTHER[mode]
    if not standing.room_in(other):
        number = standing.next_position(other)
        if mode is Mode.DIGITAL:
            return _("The room is full. You would be number %(number)s in line, and keep the stream.", number=number)
        return _("The stream is full. You would be number %(number)s in line, and keep the room.", number=number)
    if mode is Mode.DIGITAL:
        return _("There is a place for you.")
    if standing.counts[mode].waiting:
        return _("Your place in the room goes to the next person waiting.")
    return _("Your place in the room becomes free for someone else.")


def _switches_while_waiting(standing: Standing, other: Mode) -> list[Deed]:
    if not standing.room_in(other):
        return []
    if other is Mode.ONSITE:
        return [_switch(standing, other, _("Come to the room instead"), _("There is a place for you."))]
    return [
        _switch(standing, other, _("Follow the stream meanwhile"), _("You keep your place in line."), "&meanwhile=1"),
        _switch(standing, other, _("Follow the stream instead"), _("You leave the line for the room.")),
    ]


def _leave_the_line(standing: Standing, mode: Mode) -> Deed:
    on_stream = mode is Mode.DIGITAL
    title = _("Stay on the stream") if on_stream else _("Stay in the room")
    text = _("You leave the line for the room.") if on_stream else _("You leave the line for the stream.")
    return replace(_switch(standing, mode, title, text), label=_("Leave the line"))


def _answers(standing: Standing) -> Deed:
    until = unbroken(format_day(standing.edition.answers_deadline, standing.edition.zone))
    text = _("What you answered when you registered. Until %(day)s.", day=until)
    return Deed(_("Change your answers"), text, _("Change"), f"{standing.base}/answers", "list-bullets")


def _assistance(standing: Standing) -> Deed:
    text = (
        _("You told us that you need assistance.")
        if standing.registration.needs_assistance
        else _("Tell us if you need assistance, such as step-free access.")
    )
    return Deed(_("Assistance at the venue"), text, _("Change"), f"{standing.base}/assistance", "wheelchair")


def _address(standing: Standing) -> Deed:
    text = _("The ticket and every mail go there.")
    url = f"{standing.base}/address"
    return Deed(_("Correct your e-mail address"), text, _("Change"), url, "envelope-simple")


def ways_back(counts: dict[Mode, ModeCount]) -> list[tuple[str, str, str]]:
    """Return how somebody who has cancelled can come back, free places first: mode, button, and what they get."""
    words = {Mode.ONSITE: _("Take a place in the room again"), Mode.DIGITAL: _("Take a place on the stream again")}
    room_first = sorted(counts.items(), key=lambda item: not item[1].has_room)
    return [(mode.value, words[mode], _what_one_gets(count)) for mode, count in room_first]


def _what_one_gets(count: ModeCount) -> str:
    if count.has_room:
        return _("There is a place for you.")
    return _("It is full. You would be number %(number)s in line.", number=count.waiting + 1)


def _consents(standing: Standing) -> Deed:
    text = _("Photographs, lists, who may write to you. Withdraw or give it at any time.")
    return Deed(_("What you agree to"), text, _("See it"), f"{standing.base}/consents", "check")


def _cancelling(standing: Standing) -> Deed:
    registration = standing.registration
    if registration.place is Place.NONE:
        text, label = _("You leave the line."), _("Cancel my registration")
    else:
        mode = registration.place.mode
        waiting = standing.counts[mode].waiting if mode in standing.counts else 0
        label = _("Cancel my place")
        text = (
            ngettext(
                "One person is waiting for a place.",
                "%(num)s people are waiting for a place.",
                waiting,
            )
            if waiting
            else _("Nobody asks why.")
        )
    return Deed(_("I can’t come"), text, label, f"{standing.base}/cancel", grave=True)
