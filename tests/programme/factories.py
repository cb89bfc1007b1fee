"""The day of 25 January 2024, built by the operations that organizers use. Call inside ``transaction()``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crosslinks.editions.models import Edition
from crosslinks.programme.models import Person, Room, Session, Talk
from crosslinks.programme.operations import create_room, create_session, create_talk
from crosslinks.programme.people import create_person
from crosslinks.programme.publishing import publish_release
from crosslinks.programme.release_models import ProgrammeRelease
from crosslinks.programme.rules import SessionKind, TalkKind
from tests.factories import NOW, TESTER

PEOPLE = {
    "loges": ("Prof.", "Sonja", "Loges", "Heidelberg University"),
    "derosa": ("Dr.", "Lisa", "Derosa", "Institut Gustave Roussy"),
    "rasche": ("Dr.", "Leo", "Rasche", "University Hospital Würzburg"),
    "ali": ("Dr.", "Raza", "Ali", ""),
    "tarantino": ("Dr.", "Paolo", "Tarantino", ""),
    "schaar": ("Prof.", "Mihaela", "van der Schaar", ""),
    "cameron": ("Dr.", "Marte", "Grønlie Cameron", "Sørlandet Hospital"),
    "haakensen": ("Dr.", "Vilde", "Drageset Haakensen", ""),
    "schjesvold": ("Dr.", "Fredrik", "Schjesvold", ""),
    "kleinmanns": ("Dr.", "Katrin", "Kleinmanns", ""),
    "homme": ("", "Charlotte", "Wu Homme", "Oslo Cancer Cluster"),
    "jeanmougin": ("", "Marine", "Jeanmougin", "Oslo Cancer Cluster"),
}
HIGHLIGHTED = ("loges", "derosa", "rasche", "ali", "tarantino", "schaar")


@dataclass
class Programme:
    """What ``make_programme`` made."""

    room: Room
    people: dict[str, Person]
    sessions: list[Session]
    talks: dict[str, Talk]


def oslo(clock: str) -> datetime:
    """Return a time of 25 January 2024 in Oslo, such as ``"10:30"``, as a moment."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2024, 1, 25, hour, minute, tzinfo=UTC) - timedelta(hours=1)


def make_person(edition: Edition, given: str = "Ada", family: str = "Demo", **more: Any) -> Person:
    """Make a person."""
    return create_person(actor=TESTER, now=NOW, edition=edition, given_name=given, family_name=family, **more)


def make_session(
    edition: Edition, starts: str, minutes: int, kind: SessionKind = SessionKind.SESSION, **more: Any
) -> Session:
    """Make a session, break or frame on the day."""
    begin = oslo(starts)
    return create_session(
        actor=TESTER, now=NOW, edition=edition, kind=kind, starts_at=begin,
        ends_at=begin + timedelta(minutes=minutes), **more,
    )  # fmt: skip


def make_talk(
    edition: Edition,
    session: Session | None,
    starts: str,
    minutes: int,
    title: str = "A talk",
    nb: str = "",
    **more: Any,
) -> Talk:
    """Make a talk on the day, alone when ``session`` is None."""
    begin = oslo(starts)
    return create_talk(
        actor=TESTER, now=NOW, edition=edition, session=session, title={"en": title} | ({"nb": nb} if nb else {}),
        starts_at=begin, ends_at=begin + timedelta(minutes=minutes), **more,
    )  # fmt: skip


def publish(edition: Edition, **more: Any) -> ProgrammeRelease:
    """Publish the working copy as the next release."""
    return publish_release(actor=TESTER, now=NOW, edition=edition, **more)


def make_programme(edition: Edition) -> Programme:
    """Make the rooms, people, sessions and talks of the day, and publish them."""
    room = create_room(actor=TESTER, now=NOW, edition=edition, name="Kaare Norum auditorium", seats=300)
    people = {
        key: make_person(edition, given, family, title=title, affiliation=home, highlighted=key in HIGHLIGHTED)
        for key, (title, given, family, home) in PEOPLE.items()
    }
    who = people.__getitem__
    day = Programme(room, people, [], {})

    def session(starts: str, minutes: int, en: str, nb: str, *moderators: str) -> Session:
        made = make_session(
            edition, starts, minutes, title={"en": en, "nb": nb}, room=room, moderators=[who(key) for key in moderators]
        )
        day.sessions.append(made)
        return made

    def talk(within: Session | None, starts: str, minutes: int, speaker: str, en: str, nb: str, **more: Any) -> None:
        if within is None:
            more["room"] = room
        day.talks[speaker] = make_talk(edition, within, starts, minutes, en, nb, speakers=[who(speaker)], **more)

    def pause(starts: str, minutes: int, en: str, nb: str) -> None:
        day.sessions.append(make_session(edition, starts, minutes, SessionKind.BREAK, title={"en": en, "nb": nb}))

    talk(None, "10:30", 10, "homme", "Welcome", "Velkommen", kind=TalkKind.OPENING)
    first = session(
        "10:40", 105, "Precision oncology and immunotherapy", "Presisjonsonkologi og immunterapi",
        "cameron", "haakensen",
    )  # fmt: skip
    talk(
        first, "10:40", 45, "loges", "The personalised oncology landscape in Germany",
        "Persontilpasset kreftbehandling i Tyskland", kind=TalkKind.KEYNOTE,
    )  # fmt: skip
    talk(
        first, "11:25", 30, "derosa", "The microbiome and the response to immunotherapy",
        "Mikrobiomet og responsen på immunterapi",
    )  # fmt: skip
    talk(first, "11:55", 30, "tarantino", "Antibody-drug conjugates", "Antistoff-legemiddelkonjugater")
    pause("12:25", 60, "Lunch and mingling", "Lunsj og mingling")
    second = session("13:25", 60, "New technologies in oncology", "Ny teknologi i onkologien", "haakensen")
    talk(
        second, "13:25", 30, "schaar", "AI-driven innovations that can change the way clinical studies are run",
        "KI-drevet innovasjon som kan endre måten kliniske studier gjøres på",
    )  # fmt: skip
    talk(
        second, "13:55", 30, "ali", "Multiplexed imaging for precision breast immuno-oncology",
        "Multiplekset avbildning for presis immunonkologi ved brystkreft",
    )  # fmt: skip
    pause("14:25", 25, "Coffee", "Kaffe")
    third = session(
        "14:50", 35, "Tumour heterogeneity and clinical outcome", "Svulstheterogenitet og klinisk utfall",
        "schjesvold", "kleinmanns",
    )  # fmt: skip
    talk(
        third, "14:50", 35, "rasche",
        "Tumour heterogeneity in multiple myeloma: how a single dormant cancer cell can cause relapse "
        "after ten years of remission",
        "Svulstheterogenitet ved myelomatose: hvordan én sovende kreftcelle kan gi tilbakefall "
        "etter ti år i remisjon",
    )  # fmt: skip
    talk(None, "15:25", 10, "jeanmougin", "Closing", "Avslutning", kind=TalkKind.CLOSING)
    publish(edition)
    return day
