from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crosslinks.editions.models import Edition
from crosslinks.editions.rules import EditionState
from crosslinks.kernel.db import transaction
from crosslinks.sponsors.operations import change_sponsor, move_tier
from crosslinks.sponsors.queries import list_tiers
from tests.factories import NOW, TESTER, make_edition
from tests.sponsors.factories import make_sponsor, make_sponsors, make_tier

PAGE = "/crosslinks/2024/sponsors"


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        return make_edition()


def test_sponsors_stand_in_their_tiers_with_their_role_in_words(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_sponsors(edition)
    english = client.get(PAGE).text
    norwegian = client.get(PAGE, headers={"Accept-Language": "nb"}).text
    assert english.index("Co-founder") < english.index("Bristol Myers Squibb") < english.index("Daiichi-Sankyo")
    assert "Disease Area Head Oncology &amp; Hematology" in english
    assert "Sponsors have no say in the programme and see no one’s registration." in english
    assert "Medgrunnlegger" in norwegian
    assert "Med på Cancer Crosslinks siden den første konferansen i 2009." in norwegian
    assert "Sponsorene påvirker ikke programmet og ser ingen påmeldinger." in norwegian


def test_one_funder_is_the_only_one_once_all_have_said(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        tier = make_tier(edition)
        make_sponsor(edition, tier, funding={"en": "The stream."})
    assert "There is only one funder." in client.get(f"{PAGE}/funding").text
    with transaction():
        make_sponsor(edition, tier, "Silent Pharma")
    html = client.get(f"{PAGE}/funding").text
    assert "One company has said what it pays for." in html
    assert "There is only one funder." not in html


def test_a_logo_has_the_name_as_its_text_and_the_height_of_its_tier(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        logo = "logos/" + "0" * 32 + ".png"
        make_sponsor(edition, make_tier(edition, height=44), logo=logo, url="https://pharma.example.org/?a=1&b=2")
    html = client.get(PAGE).text
    assert f'<img src="/media/{logo}" alt="Demo Pharma" height="44">' in html
    assert 'href="https://pharma.example.org/?a=1&amp;b=2" rel="sponsored noopener"' in html
    assert "tier--second" in html


def test_what_sponsors_write_cannot_break_out(client: FlaskClient, edition: Edition) -> None:
    hostile = "<script>alert(1)</script> [x](javascript:alert(1))"
    with transaction():
        make_sponsor(
            edition, make_tier(edition), name=hostile, statement={"en": hostile}, role={"en": hostile},
            quoted_person=hostile, quoted_role=hostile, funding={"en": hostile},
        )  # fmt: skip
    html = client.get(PAGE).text
    assert "<script>alert" not in html
    assert 'href="javascript:' not in html


def test_a_statement_in_the_other_language_is_marked(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_sponsor(edition, make_tier(edition), statement={"en": "Only in English"})
    html = client.get(PAGE, headers={"Accept-Language": "nb"}).text
    assert '<div class="tier__text" lang="en"><p>Only in English' in html


def test_an_empty_tier_is_not_shown_and_order_counts(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        make_tier(edition, "Empty")
        make_sponsors(edition)
    tiers = list_tiers(edition)
    assert [tier.name["en"] for tier in tiers] == ["Co-founder", "Co-sponsor"]
    assert "Empty" not in client.get(PAGE).text


def test_changes_and_moves_are_seen_at_once(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        first, second = make_sponsors(edition)
    assert client.get(PAGE).text.index(first.name) < client.get(PAGE).text.index(second.name)
    with transaction():
        move_tier(actor=TESTER, now=NOW, edition=edition, tier=second.tier, up=True)
    assert client.get(PAGE).text.index(second.name) < client.get(PAGE).text.index(first.name)
    with transaction():
        change_sponsor(actor=TESTER, now=NOW, edition=edition, sponsor=first, changes={"name": "Renamed"})
    assert "Renamed" in client.get(PAGE).text


def test_a_draft_never_leaks_its_sponsors(client: FlaskClient) -> None:
    with transaction():
        make_sponsors(make_edition(state=EditionState.DRAFT))
    response = client.get(PAGE)
    assert response.status_code == 404
    assert "Squibb" not in response.text


def test_an_edition_without_sponsors_says_so(client: FlaskClient, edition: Edition) -> None:
    assert "The sponsors of this edition will be here." in client.get(PAGE).text
