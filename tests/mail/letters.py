"""A letter of the tests' own, with everything that a letter can have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, DictLoader

from crosslinks.mail.rendering import render_letter
from crosslinks.mail.rules import Attachment, Letter, LetterFrame, Rendered

HTML = """{% extends "layouts/mail.html" %}
{% from "macros/letter.html" import act, facts, ticket %}
{% block preheader %}Thursday 25 January 2024, 10:30. Free.{% endblock %}
{% block main %}
<h1>You have a place in the room, {{ name }}</h1>
<p>Welcome to the 16th Cancer Crosslinks: <em>Bridging innovations to improve clinical outcomes.</em></p>
{{ facts([("When", "Thursday 25 January 2024, 10:30", "Doors open at 09:45"),
          ("Where", "Kaare Norum auditorium, Oslo Cancer Cluster Innovation Park", ""), ("Price", "Free", "")]) }}
{{ ticket("ticket", "K7QF-2M", "Show this at the door, or say") }}
{{ act(absolute("/r/" + token), "Open my place") }}
<p>Can’t come after all? <a href="{{ absolute("/r/" + token) }}">Follow the stream instead</a>. It takes one click.</p>
{% endblock %}
{% block fine %}<p>Keep this mail to yourself: the button opens your registration.</p>{% endblock %}
"""
TEXT = """{% extends "layouts/mail.txt" %}
{% block subject %}Your place at {{ letter.brand }}{% endblock %}
{% block text %}
You have a place in the room, {{ name }}


Open my place: {{ absolute("/r/" + token) }}
{% endblock %}
"""
FRAME = LetterFrame("Cancer Crosslinks", 288, "http://127.0.0.1:8000/crosslinks/2024/", "post@example.org",
                    ("Cancer Crosslinks is held by Oslo Cancer Cluster, since 2009.",))  # fmt: skip
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63600000000200015"
    "e7d9b3c0000000049454e44ae426082"
)
TOKEN = "A" * 30


def place_letter(letter: Letter) -> Rendered:
    """Render the letter "place"; ``data`` has ``name``, and it breaks without."""
    attachments = (
        Attachment("ticket.png", "image/png", PNG, "ticket"),
        Attachment("crosslinks.ics", "text/calendar; method=PUBLISH; charset=utf-8", b"BEGIN:VCALENDAR\r\n"),
    )
    return render_letter("test/mail/place", letter.language, frame=FRAME, attachments=attachments, token=TOKEN,
                         **letter.data)  # fmt: skip


@contextmanager
def letters_known(app: Flask) -> Iterator[None]:
    """Let the application know the letter "place" for the body."""
    loader = app.jinja_env.loader
    assert isinstance(loader, BaseLoader)
    before = dict(app.extensions["crosslinks.letters"])
    own = DictLoader({"test/mail/place.html": HTML, "test/mail/place.txt": TEXT})
    app.jinja_env.loader = ChoiceLoader([own, loader])
    app.extensions["crosslinks.letters"]["place"] = place_letter
    try:
        yield
    finally:
        app.jinja_env.loader = loader
        app.extensions["crosslinks.letters"] = before
