"""What is not published stands in no answer of any public route, whatever the URL map holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import BuildError, Rule

from crosslinks.kernel.db import transaction
from crosslinks.sponsors.models import Sponsor
from tests.factories import make_edition
from tests.registration.factories import take_place
from tests.sponsors.factories import make_sponsor, make_tier
from tests.stories.factories import make_pictures, make_story

SECRETS = ("Hemmelig artikkel", "Hemmelig ingress", "Hemmelig bilde", "Hemmelig sponsor", "Hemmelig produkt")
KNOWN = {"conference", "edition", "slug", "number"}


def addresses(app: Flask, numbers: list[int], slugs: list[str]) -> Iterator[str]:
    """Yield every address of a public GET route that names an edition, with everything that may be meant by it."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith("/manage"):
            continue
        if "conference" in rule.arguments:
            yield from built(app, rule, numbers, slugs)


def built(app: Flask, rule: Rule, numbers: list[int], slugs: list[str]) -> Iterator[str]:
    adapter = app.url_map.bind("localhost")
    for number in numbers if rule.arguments - {"conference", "edition", "slug"} else [0]:
        for slug in slugs if rule.arguments - {"conference", "edition", "number"} else [""]:
            whole = {"conference": "crosslinks", "edition": "2024", "slug": slug, "number": number}
            values = {name: whole.get(name, slug or number) for name in rule.arguments}
            for more in ({}, dict.fromkeys(rule.arguments - KNOWN, number)):
                try:
                    yield adapter.build(rule.endpoint, values | more)
                except (BuildError, ValueError):
                    continue


@pytest.fixture
def hidden(app: Flask, client: FlaskClient) -> Sponsor:
    """An edition in which one thing of each kind is not published, beside some that are."""
    with transaction():
        edition = make_edition()
        make_story(edition)
        make_story(
            edition, published=False, pictures=1, title={"en": SECRETS[0]}, lead={"en": SECRETS[1]}, slug="hemmelig"
        )
        make_pictures(edition, 2)
        make_pictures(edition, 1, shown=False, alt=SECRETS[2])
        sponsor = make_sponsor(edition, make_tier(edition), product={"en": SECRETS[4]}, asks_contact=True)
        make_sponsor(
            edition, sponsor.tier, name=SECRETS[3], is_published=False, product={"en": SECRETS[4]}, asks_contact=True,
            funding={"en": SECRETS[4]}, thanked_in_mail=True, thanked_on_badge=True,
        )  # fmt: skip
        take_place(edition)
    return sponsor


def leaks(app: Flask, client: FlaskClient, *, languages: tuple[str, ...] = ("en", "nb")) -> list[str]:
    seen = 0
    found = []
    for address in sorted(set(addresses(app, list(range(1, 7)), ["hemmelig", "meet-ida"]))):
        for language in languages:
            answer = client.get(f"{address}?lang={language}")
            seen += answer.status_code == 200
            text = answer.get_data().decode(errors="replace")
            found += [f"{address}: {secret}" for secret in SECRETS if secret in text]
    assert seen > 20
    return found


def test_nothing_that_is_not_published_is_in_any_public_answer(
    app: Flask, client: FlaskClient, hidden: Sponsor
) -> None:
    assert leaks(app, client) == []


def test_after_a_declaration_products_are_on_that_page_alone(app: Flask, client: FlaskClient, hidden: Sponsor) -> None:
    page = f"/crosslinks/2024/sponsors/{hidden.id}/products"
    assert client.post(page, data={"act": "declare"}).status_code == 303
    assert set(leaks(app, client)) == {f"{page}: Hemmelig produkt"}
    assert leaks(app, app.test_client()) == []
