"""The ledger: exact words, present state, who agrees, and what stays after erasure."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from crosslinks.accounts.models import AuditEntry
from crosslinks.consents.erasure import erase_person, export_person
from crosslinks.consents.models import ConsentEntry, ConsentText
from crosslinks.consents.operations import change_consent, set_asked
from crosslinks.consents.queries import agreeing, having_said, list_entries, list_present, list_wordings
from crosslinks.consents.rules import Purpose, Topic, fingerprint, read_topic
from crosslinks.editions.models import Edition
from crosslinks.kernel.db import db, transaction
from crosslinks.sponsors.operations import change_sponsor, delete_sponsor
from tests.consents.factories import ask, asking_sponsor, say, wording
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import make_registration
from tests.sponsors.factories import make_sponsor, make_tier

PHOTO = Topic(Purpose.PHOTO)
LIST = Topic(Purpose.PARTICIPANT_LIST)
TEXTS = st.dictionaries(st.sampled_from(["en", "nb"]), st.text())


@pytest.fixture
def edition(app: Flask) -> Edition:
    with transaction():
        edition = make_edition()
        ask(edition)
        return edition


def agree_now(edition: Edition, purpose: Purpose, sponsor_id: int | None = None) -> set[int]:
    return set(db.session.scalars(agreeing(edition.id, purpose, sponsor_id)))


def lines() -> int:
    return db.session.scalar(select(func.count()).select_from(ConsentEntry)) or 0


def test_nothing_is_asked_until_somebody_decides_so(app: Flask) -> None:
    with transaction():
        edition = make_edition()
        make_sponsor(edition, make_tier(edition))
    assert list_wordings(edition.id) == []


def test_what_is_asked_stands_in_order_and_in_both_languages(edition: Edition) -> None:
    with transaction():
        sponsor = asking_sponsor(edition, "Nordvik Biotech")
    asked = list_wordings(edition.id)
    assert [one.topic.field for one in asked] == [
        "consent_photo", "consent_list", "consent_next", f"consent_sponsor_{sponsor.id}",
    ]  # fmt: skip
    assert all(one.texts["en"] and one.texts["nb"] and one.texts["en"] != one.texts["nb"] for one in asked)
    assert "Nordvik Biotech" in asked[-1].texts["nb"]


def test_the_last_word_counts_and_every_word_stays(edition: Edition) -> None:
    with transaction():
        person, other = make_registration(edition), make_registration(edition)
        assert say(edition, person.id, PHOTO)
        assert not say(edition, person.id, PHOTO)
        assert say(edition, other.id, PHOTO)
        assert say(edition, person.id, LIST)
        assert not say(edition, other.id, LIST, given=False)
    assert agree_now(edition, Purpose.PHOTO) == {person.id, other.id}
    with transaction():
        assert say(edition, person.id, PHOTO, given=False)
    assert agree_now(edition, Purpose.PHOTO) == {other.id}
    assert set(db.session.scalars(having_said(edition.id, Purpose.PHOTO, given=False))) == {person.id}
    assert agree_now(edition, Purpose.PARTICIPANT_LIST) == {person.id}
    assert [one.given for one in list_entries(person.id)] == [False, True, True]
    assert lines() == 4


def test_each_change_is_one_line_in_the_log(edition: Edition) -> None:
    with transaction():
        person = make_registration(edition)
    before = db.session.scalar(select(func.max(AuditEntry.id)))
    with transaction():
        say(edition, person.id, PHOTO)
        say(edition, person.id, PHOTO, given=False)
    logged = db.session.scalars(select(AuditEntry).where(AuditEntry.id > before).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in logged] == ["registration.consent_given", "registration.consent_withdrawn"]
    assert logged[0].after == {"consent": "photo"}


def test_the_ledger_only_grows(edition: Edition) -> None:
    with transaction():
        person = make_registration(edition)
        say(edition, person.id, PHOTO)
    with pytest.raises(RuntimeError, match="only grows"), transaction():
        change_a_line()
    assert person.id in agree_now(edition, Purpose.PHOTO)


def change_a_line() -> None:
    db.session.scalars(select(ConsentEntry)).one().given = False
    db.session.flush()


def test_another_word_is_another_version(edition: Edition) -> None:
    own = {"en": "Take my picture.", "nb": "Ta gjerne bilde av meg."}
    with transaction():
        first, second = make_registration(edition), make_registration(edition)
        say(edition, first.id, PHOTO)
        common = {"actor": TESTER, "now": NOW, "conference_id": edition.conference_id, "edition_id": edition.id}
        set_asked(**common, purpose=Purpose.PHOTO, asked=True, texts=own)
        say(edition, second.id, PHOTO)
    versions = db.session.scalars(select(ConsentText).order_by(ConsentText.id)).all()
    assert len({version.fingerprint for version in versions}) == len(versions) == 2
    assert list_present(first.id)[PHOTO].text.texts != own
    assert list_present(second.id)[PHOTO].text.texts == own
    with transaction():
        say(edition, first.id, PHOTO, given=False)
    assert list_present(first.id)[PHOTO].text.id == versions[0].id


def test_a_renamed_sponsor_asks_in_new_words(edition: Edition) -> None:
    with transaction():
        sponsor = asking_sponsor(edition)
        topic = Topic(Purpose.SPONSOR, sponsor.id)
        person = make_registration(edition)
        say(edition, person.id, topic)
        change_sponsor(actor=TESTER, now=NOW, edition=edition, sponsor=sponsor, changes={"name": "Other Pharma"})
    assert "Other Pharma" in wording(edition, topic).texts["en"]
    assert "Demo Pharma" in list_present(person.id)[topic].text.texts["en"]
    assert agree_now(edition, Purpose.SPONSOR, sponsor.id) == {person.id}


def test_one_sponsor_is_not_another(edition: Edition) -> None:
    with transaction():
        one, other = asking_sponsor(edition, "One"), asking_sponsor(edition, "Other")
        person = make_registration(edition)
        say(edition, person.id, Topic(Purpose.SPONSOR, one.id))
        say(edition, person.id, Topic(Purpose.SPONSOR, other.id))
        say(edition, person.id, Topic(Purpose.SPONSOR, other.id), given=False)
    assert agree_now(edition, Purpose.SPONSOR, one.id) == {person.id}
    assert agree_now(edition, Purpose.SPONSOR, other.id) == set()
    assert agree_now(edition, Purpose.SPONSOR) == set()


def test_a_deleted_sponsor_leaves_its_lines_and_a_new_one_inherits_nothing(edition: Edition) -> None:
    with transaction():
        sponsor = asking_sponsor(edition)
        person = make_registration(edition)
        say(edition, person.id, Topic(Purpose.SPONSOR, sponsor.id))
    with transaction():
        delete_sponsor(actor=TESTER, now=NOW, edition=edition, sponsor=db.session.merge(sponsor))
        again = asking_sponsor(edition)
    assert list_present(person.id) == {}
    assert list_entries(person.id)[0].text.sponsor_name == "Demo Pharma"
    assert agree_now(edition, Purpose.SPONSOR, again.id) == set()
    with transaction():
        assert say(edition, person.id, Topic(Purpose.SPONSOR, again.id))
    assert agree_now(edition, Purpose.SPONSOR, again.id) == {person.id}


def test_erasing_somebody_leaves_figures_and_no_name(edition: Edition) -> None:
    with transaction():
        sponsor = asking_sponsor(edition)
        person, other = make_registration(edition), make_registration(edition)
        for topic in (PHOTO, LIST, Topic(Purpose.SPONSOR, sponsor.id)):
            say(edition, person.id, topic)
        say(edition, person.id, LIST, given=False)
        say(edition, other.id, PHOTO)
        told = export_person(registration_id=person.id)["consents"]
    assert [(one["purpose"], one["given"]) for one in told] == [
        ("participant_list", False), ("sponsor", True), ("participant_list", True), ("photo", True),
    ]  # fmt: skip
    assert told[1]["sponsor"] == "Demo Pharma"
    assert "Demo Pharma" in told[1]["text"]
    with transaction():
        assert erase_person(registration_id=person.id) == 4
        assert erase_person(registration_id=person.id) == 0
    assert export_person(registration_id=person.id) == {"consents": []}
    assert agree_now(edition, Purpose.PHOTO) == {other.id}
    counts = {
        text.topic: (text.erased_given, text.erased_withdrawn) for text in db.session.scalars(select(ConsentText))
    }
    assert counts == {"photo": (1, 0), "participant_list": (0, 1), f"sponsor:{sponsor.id}": (1, 0)}


def test_what_was_never_asked_can_still_be_withdrawn(edition: Edition) -> None:
    with transaction():
        person = make_registration(edition)
        asked = wording(edition, PHOTO)
        say(edition, person.id, PHOTO)
        common = {"actor": TESTER, "now": NOW, "conference_id": edition.conference_id, "edition_id": edition.id}
        set_asked(**common, purpose=Purpose.PHOTO, asked=False, texts={})
        assert change_consent(**common, registration_id=person.id, wording=asked, given=False, language="nb")
    assert agree_now(edition, Purpose.PHOTO) == set()


@pytest.mark.parametrize(
    "field",
    [
        "consent_privacy", "consent_", "consent_sponsor_", "consent_sponsor_0", "consent_sponsor_-1",
        "consent_sponsor_x", "consent_sponsor_٣", "consent_sponsor_99999999999", "consent_sponsor_2147483648",
        "consent_sponsor_01", "photo",
    ],
)  # fmt: skip
def test_no_box_has_that_name(field: str) -> None:
    assert read_topic(field) is None


@given(st.integers(1, 2**31 - 1))
def test_a_box_names_its_topic(number: int) -> None:
    for topic in (PHOTO, LIST, Topic(Purpose.NEXT_EDITION), Topic(Purpose.SPONSOR, number)):
        assert read_topic(topic.field) == topic


@given(
    st.dictionaries(st.sampled_from(["en", "nb"]), st.text()), st.dictionaries(st.sampled_from(["en", "nb"]), st.text())
)
def test_a_fingerprint_tells_texts_apart(one: dict[str, str], other: dict[str, str]) -> None:
    assert (fingerprint(one) == fingerprint(other)) is (one == other)
