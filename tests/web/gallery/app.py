"""Pages that show every part of the face with the real day of 2024: for looking at, and for the tests.

Run: python -m tests.web.gallery.app 8110
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Flask, render_template, request
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import BooleanField, EmailField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired

from crosslinks.kernel.resources import resource
from crosslinks.programme.rules import Mark, SessionKind, TalkKind
from crosslinks.programme.timeline import PersonLine, SessionRow, TalkRow
from crosslinks.web.drawings import Break, Moment, cover
from crosslinks.web.face import init_face
from crosslinks.web.formats import init_formats
from crosslinks.web.frames import Banner, Frame, Link, ManageFrame
from crosslinks.web.pages import init_pages
from crosslinks.web.theme import DEFAULT_HUE

HERE = Path(__file__).parent
ZONE = ZoneInfo("UTC")
DAY = datetime(2024, 1, 25, tzinfo=ZONE)
PAGES = ("home", "programme", "register", "place", "speaker", "parts", "error", "letter")
MANAGE_PAGES = ("dashboard", "participants", "settings")


class RegisterForm(FlaskForm):
    mode = RadioField(
        "How will you take part?",
        choices=[SelectChoice("onsite", "In the room"), SelectChoice("digital", "On the stream")],
        validators=[InputRequired()],
    )
    given_name = StringField("Given name", validators=[DataRequired()])
    family_name = StringField("Family name", validators=[DataRequired()])
    email = EmailField(
        "E-mail address",
        description="Your ticket goes here.",
        validators=[Email("The part after @ is missing"), DataRequired()],
    )
    organisation = StringField("Workplace or place of study")
    profession = RadioField(
        "Are you a health professional?",
        choices=[SelectChoice("health", "Yes"), SelectChoice("other", "No")],
        description="Only health professionals may see information about prescription drugs.",
        validators=[InputRequired()],
    )
    wish = TextAreaField("What should we know?")
    country = SelectField(
        "Country", choices=[SelectChoice("no", "Norway"), SelectChoice("se", "Sweden")], validators=[InputRequired()]
    )
    photo = FileField("Portrait")
    consent_privacy = BooleanField(
        "I have read how my data is used.", validators=[DataRequired("Please tick this to go on")]
    )
    invitation = BooleanField("Tell me about the next Cancer Crosslinks")


def public_frame(current: str) -> Frame:
    pages = [("Programme", "programme"), ("Speakers", "speaker"), ("Sponsors", "parts"), ("Archive", "home")]
    return Frame(
        brand="Cancer Crosslinks",
        home_url="home",
        hue=request.args.get("hue", DEFAULT_HUE, int),
        language=request.args.get("lang", "en"),
        nav=tuple(Link(label, url, url == current) for label, url in pages),
        languages=(Link("Norsk", "?lang=nb", language="nb"),),
        notice="Times, sessions, the closing, places and participants are invented. "
        "Speakers, topics and moderators are those of 25 January 2024.",
        organiser_line="Cancer Crosslinks is held once a year by Oslo Cancer Cluster, since 2009.",
        erase_line="Registrations for this edition are erased on 25 April 2024.",
        privacy_url="#",
        contact_url="#",
        accessibility_url="#",
    )


def manage_frame(current: str) -> ManageFrame:
    entries = [
        ("Overview", "dashboard", "chart-bar", None),
        ("Participants", "participants", "users", 569),
        ("Programme", "programme-editor", "list-bullets", None),
        ("Mail", "mail", "envelope-simple", 3),
        ("Door", "door", "door", None),
        ("Badges", "badges", "identification-badge", None),
        ("Sponsors", "sponsors", "heart", 2),
        ("Settings", "settings", "gear-six", None),
    ]
    banner = Banner(
        "warn", "Not sent: no mail server is set up. The messages wait here", "3 messages wait.", Link("Set it up", "#")
    )
    return ManageFrame(
        brand="Cancer Crosslinks",
        home_url="dashboard",
        hue=DEFAULT_HUE,
        language=request.args.get("lang", "en"),
        edition_label="2024, 16th edition",
        state_line="Published. In 7 days",
        public_url="home",
        nav=tuple(Link(label, url, url == current, icon, count) for label, url, icon, count in entries),
        languages=(Link("Norsk", "?lang=nb", language="nb"),),
        banners=(banner,) if current == "settings" else (),
        user_name="Demo organizer",
        account_url="#",
        sign_out_url="#",
    )


def the_day(*, live: bool) -> dict[str, Any]:
    """The programme of 25 January 2024, with the invented times of the demonstration; ``live`` at 11:34."""
    day: dict[str, Any] = json.loads((HERE / "day.json").read_text("utf-8"))
    for number, entry in enumerate(day["entries"], 1):
        if entry["kind"] == "session":
            entry["row"] = _session_row(number, entry)
        elif entry["kind"] == "talk":
            entry["row"] = _talk_row(number, entry, Mark(entry.get("mark", "") if live else ""))
    return day


def _session_row(number: int, entry: dict[str, Any]) -> SessionRow:
    starts_at, ends_at = (DAY + timedelta(minutes=_minute(clock)) for clock in entry["span"].split("–"))
    return SessionRow(
        id=number,
        uuid=uuid4(),
        kind=SessionKind.SESSION,
        title={"en": entry["title"]},
        summary={},
        starts_at=starts_at,
        ends_at=ends_at,
        room_id=None,
        room="",
        streamed=True,
        moderators=tuple(PersonLine(0, "", name, "", "") for name, _url in entry["moderators"]),
        number=entry["number"],
    )


def _talk_row(number: int, entry: dict[str, Any], mark: Mark) -> TalkRow:
    starts_at = DAY + timedelta(minutes=_minute(entry["time"]))
    return TalkRow(
        id=number,
        uuid=uuid4(),
        slug="now" if mark is Mark.NOW else f"at-{number}",
        kind=TalkKind.KEYNOTE if entry.get("keynote") else TalkKind.TALK,
        title={"en": entry["title"]},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=entry["minutes"]),
        speakers=tuple(PersonLine(0, "", name, affiliation, "") for name, affiliation in entry["people"]),
        mark=mark,
        share=0.3 if mark is Mark.NOW else None,
        minutes_until=21 if mark is Mark.NEXT else None,
    )


def covers(day: dict[str, Any]) -> dict[str, Any]:
    talks = [
        Moment(_minute(e["time"]), e["minutes"], e.get("short", "")) for e in day["entries"] if e["kind"] == "talk"
    ]
    breaks = [Break(_minute(e["time"]), e["minutes"], e["short"]) for e in day["entries"] if e["kind"] == "break"]
    return {
        "wide": cover(talks, breaks, earlier=15, seed="crosslinks"),
        "phone": cover(talks, breaks, earlier=15, seed="crosslinks", phone=True),
    }


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def create_gallery() -> Flask:
    """Return an application with one address for each page of the gallery."""
    app = Flask("gallery", static_folder=None)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(HERE), FileSystemLoader(resource("templates"))])
    app.config.update(SECRET_KEY="gallery", WTF_CSRF_ENABLED=True)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(resource("build") / "translations")
    Babel(app, locale_selector=lambda: request.args.get("lang", "en"))
    CSRFProtect(app)
    init_formats(app)
    init_pages(app)
    init_face(app)

    @app.get("/<page>")
    def show(page: str) -> str:
        form = RegisterForm(
            data={
                "mode": "onsite",
                "given_name": "Ingrid",
                "family_name": "Solheim Bakke",
                "email": "ingrid.bakke@",
                "country": "no",
            }
        )
        if page == "register":
            form.validate()
        frame = manage_frame(page) if page in MANAGE_PAGES else public_frame(page)
        day = the_day(live=page == "programme")
        clock_offset = request.args.get("clock_offset", 0, int)
        facts = {"language": frame.language, "hue": frame.hue, "clock_offset": clock_offset, "zone": ZONE}
        return render_template(
            f"{page}.html", frame=frame, form=form, day=day, covers=covers(day), **facts, **day["more"]
        )

    return app


if __name__ == "__main__":
    create_gallery().run(port=int(sys.argv[1]))
