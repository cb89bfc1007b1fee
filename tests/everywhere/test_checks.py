"""The checks find what they look for; and every route that takes something is sent something."""

from __future__ import annotations

import pytest
from flask import Flask, Response, redirect, request
from werkzeug.test import TestResponse

from tests.everywhere.checks import ALL, wrong_in_answer, wrong_in_letter, wrong_in_table
from tests.everywhere.conftest import HOST, Everywhere

BUTTONS_ALONE = {
    "documents_manage.stop", "imports_manage.stop", "questions_manage.restore", "registration_places.release",
    "sending_manage.pause", "sending_manage.resume", "sending_manage.retry", "sponsors_manage.remove_tier",
    "templates_manage.reset", "templates_manage.undo", "registration_places.move",
}  # fmt: skip
"""A button without any field, shown only while something waits, runs or was changed: tests/everywhere/test_addresses.py
has their addresses."""
JSON = {
    "checkin_api.enrol", "checkin_api.scan", "registration_api.create", "timetable_manage.create",
    "timetable_manage.place", "timetable_manage.place_talk", "timetable_manage.remove_session",
    "timetable_manage.remove_talk",
}  # fmt: skip
"""What takes JSON: tests/everywhere/test_json.py sends it."""
BY_SCRIPT = {
    "personal_feed.star": "a star that was pressed",
    "releases_manage.show": "the button to publish, while there is something to publish",
    "question_manage.preview": "the form of a question, as it is typed",
    "questions_manage.order": "the order that was dragged",
    "live_public.presence": "a sign of life, without a field",
    "registration_manage.cancel_chosen": "the page between the list and the deed",
    "registration_person.give": "somebody in line gets a place",
    "registration_places.renumber": "a long line",
    "registration_replies.own_coming": "an answer by the personal page",
    "sponsors_manage.reorder_sponsor": "the order of sponsors",
}
"""Forms that no sample shows as it stands; tests/everywhere/test_addresses.py sends their fields."""


@pytest.mark.sqlite
def test_every_form_is_sent(everywhere: Everywhere) -> None:
    sent = {
        everywhere.endpoint(form.action, "POST")
        for forms in everywhere.forms.values()
        for form in forms
        if form.method == "post"
    }
    routes = {rule.endpoint for rule in everywhere.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    known = BUTTONS_ALONE | JSON | BY_SCRIPT.keys()
    assert sorted(routes - sent - known) == [], "no page of tests/browser/samples.py shows these forms"
    assert sorted(known - routes) == []


def bad_application() -> Flask:
    app = Flask("bad")

    @app.post("/echo")
    def echo() -> str:
        return f"<!doctype html><title>x</title><p>{request.form['typed']}</p>"

    @app.post("/attribute")
    def attribute() -> str:
        return f'<!doctype html><title>x</title><input value="{request.form["typed"]}">'

    @app.post("/link")
    def link() -> str:
        return f'<!doctype html><title>x</title><a href="{request.form["typed"]}">x</a>'

    @app.post("/leads")
    def leads() -> object:
        return redirect(request.form["typed"])

    @app.post("/table")
    def table() -> Response:
        return Response(f"name;mail\r\n{request.form['typed']};x\r\n", mimetype="text/csv")

    @app.post("/breaks")
    def breaks() -> str:
        raise ValueError(request.form["typed"])

    @app.post("/calculates")
    def calculates() -> str:
        return f"<p>{request.form['typed'].replace('{{ 735103 * 987659 }}', '726031093877')}</p>"

    @app.post("/says")
    def says() -> str:
        return "<!doctype html><title>x</title><p>Thank you.</p>"

    return app


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/echo", "<script>alert(1)</script>"),
        ("/echo", "<img src=x onerror=alert(1)>"),
        ("/echo", "<svg/onload=alert(1)>"),
        ("/echo", "<!-- comment -->"),
        ("/attribute", '" onmouseover="alert(1)'),
        ("/link", "javascript:alert(1)"),
        ("/leads", "//evil.example.org/"),
        ("/leads", "https://evil.example.org/"),
        ("/table", "=1+1"),
        ("/table", "@SUM(1+1)"),
        ("/breaks", "x"),
        ("/calculates", "{{ 735103 * 987659 }}"),
    ],
)
def test_the_checks_find_it(path: str, typed: str) -> None:
    assert wrong_in_answer(_sent(path, typed), HOST)


def _sent(path: str, typed: str) -> TestResponse:
    return bad_application().test_client().post(path, data={"typed": typed})


def test_the_checks_find_nothing_where_nothing_is() -> None:
    wrong = [wrong_in_answer(_sent("/says", typed.encode("utf-8", "replace").decode()), HOST) for typed in ALL]
    assert not any(wrong)


def test_letters_and_tables() -> None:
    assert wrong_in_letter("Subject: x\nTo: a@example.org\nBcc: b@example.org", "<p>") == ["header bcc"]
    assert wrong_in_letter("From: a\nSubject: x\nSubject: y", "<p>") == ["two subjects"]
    assert wrong_in_letter("Subject: x", "<script>alert(1)</script>") == ["a script in the page"]
    assert wrong_in_letter("Subject: x\n Bcc: folded", "<style>p{}</style><p>") == []
    assert wrong_in_table("a;b\r\n'=1+1;-5\r\n") == []
