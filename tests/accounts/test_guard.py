"""Every organizer page and every API is guarded: the whole URL map, each role, and another conference's objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import Table
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import ROLE_PERMISSIONS, Permission, Role
from crosslinks.kernel.db import db, transaction
from tests.accounts.factories import sign_in
from tests.accounts.rows import find_table, make_row, read_row
from tests.factories import make_conference, make_edition

GUARDED = ("/manage/", "/api/", "/account")
TABLES = {
    "access": "account_grant",
    "badges": "job",
    "changes": "person_edit",
    "devices": "device",
    "form": "question",
    "gates": "gate",
    "history": "audit_entry",
    "import": "import_run",
    "invitations": "invitation",
    "items": "feedback_question",
    "jobs": "job",
    "followers": "follower",
    "letters": "release_letter",
    "line": "registration",
    "mail": "mail",
    "mailings": "mailing",
    "people": "person",
    "pictures": "edition_picture",
    "registrations": "registration",
    "reservations": "reservation",
    "rooms": "room",
    "sessions": "session",
    "slides": "slide_file",
    "sponsors": "sponsor",
    "stories": "story",
    "talks": "talk",
    "tiers": "sponsor_tier",
}
"""Which table a number in an address points at, by the word before it."""
ABSENT = 999_999


def word_for(converter: BaseConverter) -> str:
    """Return a word that stands at this place of an address: the first of those it may be, if they are listed."""
    return min(converter.items) if isinstance(converter, AnyConverter) else "x"


@dataclass(frozen=True)
class Route:
    """One address with one method, and what it takes to open it."""

    rule: Rule
    method: str
    permission: object

    def address(self, conference: str = "crosslinks", edition: str = "2024", **ids: int) -> str:
        values: dict[str, object] = {"conference": conference, "edition": edition}
        for name, converter in self.rule._converters.items():
            values.setdefault(
                name, ids.get(name, ABSENT) if isinstance(converter, IntegerConverter) else word_for(converter)
            )
        built = self.rule.build(values, append_unknown=False)
        assert built is not None
        return built[1]

    def tables(self) -> dict[str, Table]:
        """Return the table that each number in the address points at."""
        found = {}
        for word, name in re.findall(r"/([\w-]+)/<int[^:]*:(\w+)>", self.rule.rule):
            table = find_table(TABLES.get(word, word))
            assert table is not None, f"{self}: say in TABLES which table the number after {word!r} points at"
            found[name] = table
        numbers = {name for name, kind in self.rule._converters.items() if isinstance(kind, IntegerConverter)}
        assert found.keys() == numbers, f"{self}: a number stands where no word before it says of what"
        return found

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def routes(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(GUARDED):
            permission = getattr(app.view_functions[rule.endpoint], "permission", "undeclared")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Route(rule, method, permission)


def of_a_conference(app: Flask) -> list[Route]:
    return [route for route in routes(app) if isinstance(route.permission, Permission)]


def flaw(route: Route) -> str:
    """Return what is wrong with how a route declares who may use it."""
    names_a_conference = "conference" in route.rule.arguments
    if route.permission == "undeclared":
        return f"{route} declares no permission: use @requires(...) or, for an API with tokens of its own, @public"
    if route.permission == "public" and not route.rule.rule.startswith("/api/"):
        return f"{route} is an organizer page and cannot be public"
    if route.permission is None and names_a_conference:
        return f"{route} is about a conference and must name the permission that it takes there"
    if isinstance(route.permission, Permission) and not names_a_conference:
        return f"{route} takes a permission, but its address names no conference"
    return ""


def send(client: FlaskClient, route: Route, address: str):
    return client.open(address, method=route.method, data={} if route.method != "GET" else None)


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        return make_edition()


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    found = list(routes(app))
    assert [problem for route in found if (problem := flaw(route))] == []
    assert len(found) > 20


def test_an_unguarded_route_would_be_found() -> None:
    app = Flask(__name__)
    careless = Blueprint("careless", __name__)
    careless.get("/manage/<conference>/careless")(lambda conference: conference)
    app.register_blueprint(careless)
    assert [flaw(route).partition(":")[0] for route in routes(app)] == [
        "GET /manage/<conference>/careless declares no permission"
    ]


def test_a_visitor_is_sent_to_sign_in_and_changes_nothing(edition: Edition, client: FlaskClient, app: Flask) -> None:
    wrong = []
    for route in routes(app):
        if route.permission == "public":
            continue
        answer = send(client, route, route.address())
        expected = 303 if route.method == "GET" else 403
        if answer.status_code != expected or (expected == 303 and not answer.location.startswith("/sign-in?next=/")):
            wrong.append(f"{route}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_it_may_and_nothing_else(
    edition: Edition, client: FlaskClient, app: Flask, role: Role
) -> None:
    sign_in(client, role)
    wrong = []
    for route in of_a_conference(app):
        status = send(client, route, route.address()).status_code
        allowed = route.permission in ROLE_PERMISSIONS[role]
        if (status == 403) is allowed or status >= 500 or status == 401:
            wrong.append(f"{route}: {status}")
    assert wrong == []


def test_an_owner_elsewhere_does_not_even_learn_what_exists(edition: Edition, client: FlaskClient, app: Flask) -> None:
    with transaction():
        other = make_conference("other")
        make_edition(other, slug="1999")
    sign_in(client, Role.OWNER, other)
    statuses = {str(route): send(client, route, route.address()).status_code for route in of_a_conference(app)}
    assert {name: status for name, status in statuses.items() if status != 404} == {}


def test_an_owner_cannot_reach_another_conferences_objects_through_an_own_address(
    edition: Edition, client: FlaskClient, app: Flask
) -> None:
    with transaction():
        theirs = make_edition(make_conference("other"), slug="1999")
    sign_in(client)
    wrong = []
    for route in of_a_conference(app):
        tables = route.tables()
        if not tables:
            continue
        with transaction():
            known = {"edition": theirs.id, "conference": theirs.conference_id}
            foreign = {name: known.setdefault(table.name, make_row(table, known)) for name, table in tables.items()}
            before = {name: read_row(table, foreign[name]) for name, table in tables.items()}
        answer = send(client, route, route.address(**foreign))
        db.session.rollback()
        after = {name: read_row(table, foreign[name]) for name, table in tables.items()}
        if answer.status_code not in {400, 404, 422} or (route.method == "GET" and answer.status_code != 404):
            wrong.append(f"{route}: {answer.status_code}")
        if before != after:
            wrong.append(f"{route}: changed it")
    assert wrong == []


def test_the_same_addresses_do_open_ones_own_objects(edition: Edition, client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    wrong = []
    for route in of_a_conference(app):
        tables = route.tables()
        if route.method != "GET" or not tables or {"job", "slide_file"} & {table.name for table in tables.values()}:
            continue  # a job opens only for who made it, a file only when there is one
        with transaction():
            known = {"edition": edition.id, "conference": edition.conference_id}
            own = {name: known.setdefault(table.name, make_row(table, known)) for name, table in tables.items()}
        answer = send(client, route, route.address(**own))
        if answer.status_code not in {200, 303}:
            wrong.append(f"{route}: {answer.status_code}")
    assert wrong == []


def test_numbers_that_no_database_holds_are_unknown_addresses(
    edition: Edition, client: FlaskClient, app: Flask
) -> None:
    sign_in(client)
    wrong = []
    for route in of_a_conference(app):
        for number in (2**31, 2**63, 10**40):
            address = route.address(**dict.fromkeys(route.tables(), number))
            if route.tables() and (status := send(client, route, address).status_code) not in {404, 405}:
                wrong.append(f"{route}: {status}")
    assert wrong == []


def test_every_write_needs_the_csrf_token(edition: Edition, client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        wrong = [
            f"{route}: {status}"
            for route in routes(app)
            if route.method != "GET" and not route.rule.rule.startswith("/api/")
            if (status := send(client, route, route.address()).status_code) != 400
        ]
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert wrong == []
