"""A draft never leaks: one thing of each kind, asked for by every public route, as everybody who may ask."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from crosslinks.kernel.clock import clock, real_now
from tests.leaks.planting import (
    AFTER,
    BEFORE_PUBLISHING,
    BEFORE_RELEASE,
    BEFORE_SHOWING,
    DECLARED,
    NEVER,
    WITHDRAWN,
    Planted,
    plant,
    publish_everything,
    take_back_everything,
)
from tests.leaks.walking import PERSONAL, all_names, first_part, lacking, public_routes, walk

EDITION = "/crosslinks/2024"
STANDS = {WITHDRAWN: {f"{EDITION}/programme/releases/1", f"{EDITION}/programme/changes"}}
"""What was released stays in the old release, and in what was said of the change; nowhere else."""
REFUSING = {
    "accounts_public.open_link": "an organizer's own link",
    "checkin_api.search": "for an enrolled phone",
    "checkin_api.state": "for an enrolled phone",
    "checkin_public.scanner": "of a version that is none",
    "jobs_public.ready": "says that no worker runs",
    "material_public.slides": "no slides are shown yet",
    "registration_public.done": "leads to the form without its signed state",
    "registration_place_answers.show": "the form has no questions",
}
"""Public routes that have nothing to show here, and why; every other one answers at least once."""


@pytest.fixture
def planted(client: FlaskClient) -> Planted:
    return plant()


@pytest.fixture
def rules(app: Flask) -> list[Rule]:
    return public_routes(app)


def own(rules: list[Rule], links: dict[str, str]) -> list[Rule]:
    """Return the routes that somebody's links open."""
    return [rule for rule in rules if PERSONAL in rule.arguments and first_part(rule) in links]


def of_edition(rules: list[Rule]) -> list[Rule]:
    return [rule for rule in rules if "edition" in rule.arguments]


def test_what_is_hidden_is_in_no_answer(app: Flask, planted: Planted, rules: list[Rule]) -> None:
    held = {part: token for links in planted.links.values() for part, token in links.items()}
    assert lacking(rules, all_names(planted), held) == set(), "add what these routes need to tests/leaks"
    for slug, kind in (("2025", "edition"), ("2024", "session")):
        reader = app.test_client()
        reader.get(f"/crosslinks/{slug}/?preview={planted.previews[slug]}")
        assert kind in walk(reader, planted, of_edition(rules), languages=("en",)).kinds
    answered = set()
    for who, links in {"visitor": dict.fromkeys(held, "nonsense"), **planted.links}.items():
        client = app.test_client()
        app.extensions["crosslinks.limiter"].storage.reset()
        personal = walk(client, planted, own(rules, links), links)
        public = [rule for rule in rules if PERSONAL not in rule.arguments]
        seen = walk(client, planted, public, languages=("en", "nb") if who == "visitor" else ("en",))
        assert (personal.kinds, seen.kinds) == ({}, STANDS), who
        answered |= personal.answered | seen.answered
    assert {rule.endpoint for rule in rules} - answered == set(REFUSING)


def test_it_is_seen_once_it_is_public_and_gone_when_taken_back(
    app: Flask, client: FlaskClient, planted: Planted, rules: list[Rule]
) -> None:
    """So that the test above could fail, and so that nothing is left in a page that was kept."""
    publish_everything(planted)
    clock.offset = AFTER - real_now()
    seen = set(walk(client, planted, of_edition(rules)).kinds)
    assert seen == {*BEFORE_RELEASE, *BEFORE_PUBLISHING, *BEFORE_SHOWING, WITHDRAWN}
    assert not seen & {*NEVER, DECLARED}
    take_back_everything(planted)
    left = walk(client, planted, of_edition(rules)).kinds
    assert set(left) == {*BEFORE_RELEASE, WITHDRAWN}
    assert left[WITHDRAWN] == STANDS[WITHDRAWN]


def test_products_are_for_who_has_declared(
    app: Flask, client: FlaskClient, planted: Planted, rules: list[Rule]
) -> None:
    page = f"{EDITION}/sponsors/1/products"
    assert client.post(page, data={"act": "declare"}).status_code == 303
    assert walk(client, planted, of_edition(rules), languages=("en",)).kinds == STANDS | {DECLARED: {page}}
    other = app.test_client()
    assert walk(other, planted, [rule for rule in rules if "sponsor" in rule.rule]).kinds == {}
