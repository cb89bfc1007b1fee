"""The form designer: questions in order, ready-made ones, changes that lose no answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition
from crosslinks.kernel.actors import Role
from crosslinks.kernel.db import db, transaction
from crosslinks.kernel.errors import Conflict, CrosslinksError
from crosslinks.questions.answers import save_answers
from crosslinks.questions.models import Question
from crosslinks.questions.operations import (
    Draft,
    change_question,
    order_questions,
    remove_question,
    restore_question,
)
from crosslinks.questions.presets import PRESETS, add_preset
from crosslinks.questions.queries import answers_of, list_questions, read_form
from crosslinks.questions.rules import AskedOf, Condition, Facts, Given, Kind, Option, check_answers
from tests.accounts.factories import sign_in
from tests.factories import NOW, TESTER, make_conference, make_edition
from tests.questions.factories import make_question
from tests.registration.factories import make_registration

HOME = "/manage/crosslinks/2024/form"
NEW = {
    "label_en": "Which colour?", "label_nb": "Hvilken farge?", "kind": "choice", "asked_of": "both",
    "option_id[]": ["", "", ""], "option_retired[]": ["", "", ""], "option_en[]": ["Red", "Blue", ""],
    "option_nb[]": ["Rød", "Blå", ""],
}  # fmt: skip


@pytest.fixture
def edition(client: FlaskClient) -> Edition:
    with transaction():
        made = make_edition()
    sign_in(client, Role.ORGANIZER)
    return made


def labels(edition: Edition) -> list[str]:
    db.session.expire_all()
    return [one.label["en"] for one in list_questions(edition.id, with_retired=False)]


def answer(edition: Edition, **given: Any) -> int:
    """Register somebody with these answers and return their id."""
    with transaction():
        person = make_registration(edition)
        form = read_form(edition.id, NOW.date())
        values = {int(name[1:]): value for name, value in given.items()}
        checked = check_answers(form, Given(values, frozenset(values)), Facts("onsite", "health"))
        assert not checked.problems
        save_answers(registration_id=person.id, answers=checked, now=NOW)
        return person.id


def test_a_question_is_written_changed_and_logged(client: FlaskClient, edition: Edition) -> None:
    assert client.post(f"{HOME}/new", data=NEW).status_code == 303
    (question,) = list_questions(edition.id)
    assert [(one["id"], one["label"]["nb"]) for one in question.options] == [("o1", "Rød"), ("o2", "Blå")]
    page = client.get(f"{HOME}/{question.id}").text
    assert 'value="Which colour?"' in page
    assert 'value="Hvilken farge?"' in page
    changed = NEW | {
        "label_en": "Which one?", "required": "y", "erase_after": "2024-03-01", "shown_if": ["profession:health"],
        "option_id[]": ["o2", "o1", ""],
        "option_en[]": ["Blue", "Dark red", ""], "option_nb[]": ["Blå", "Mørkerød", ""],
    }  # fmt: skip
    assert client.post(f"{HOME}/{question.id}", data=changed).status_code == 303
    db.session.expire_all()
    asked = db.session.get_one(Question, question.id).as_asked()
    assert [(one.id, one.label["en"]) for one in asked.options] == [("o2", "Blue"), ("o1", "Dark red")]
    assert asked.condition == Condition("profession", ("health",))
    assert asked.required
    assert db.session.get_one(Question, question.id).erase_after == date(2024, 3, 1)
    log = client.get("/manage/crosslinks/2024/log?kind=question").text
    assert "Question: changed" in log
    assert "Dark red" in log


def test_choices_are_moved_and_taken_away_without_script(client: FlaskClient, edition: Edition) -> None:
    page = client.post(f"{HOME}/new", data=NEW | {"act": "up:1"})
    assert page.status_code == 200
    assert page.text.index('value="Blue"') < page.text.index('value="Red"')
    assert list_questions(edition.id) == []
    page = client.post(f"{HOME}/new", data=NEW | {"act": "drop:0"})
    assert 'value="Red"' not in page.text
    assert page.text.count('name="option_id[]"') > 1
    assert client.post(f"{HOME}/new", data=NEW | {"act": "preview"}).text.count("Hvilken farge?") >= 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"label_en": "", "label_nb": " "}, "Write the question"),
        ({"option_en[]": ["", "", ""], "option_nb[]": ["", "", ""]}, "Write at least one choice"),
        ({"explicit_consent": "y"}, "Write what they agree to"),
        ({"shown_if": ["profession:health", "mode:onsite"]}, "Tick answers to one question only"),
        ({"shown_if": ["q99:o1"]}, "What it depends on has changed"),
        ({"kind": "picture"}, "Not a valid choice"),
        ({"erase_after": "soon"}, "Not a valid date value"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    client: FlaskClient, edition: Edition, changes: dict[str, Any], words: str
) -> None:
    page = client.post(f"{HOME}/new", data=NEW | changes)
    assert page.status_code == 422
    assert words in page.text
    assert 'id="errors"' in page.text
    assert list_questions(edition.id) == []


def test_order_by_buttons_and_by_dragging(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        ids = [make_question(edition, label=name).id for name in ("A", "B", "C")]
        room = make_question(edition, label="R", asked_of=AskedOf.ONSITE).id
    client.post(f"{HOME}/{ids[2]}/move", data={"direction": "up"})
    assert labels(edition) == ["A", "C", "B", "R"]
    client.post(f"{HOME}/{ids[0]}/move", data={"direction": "up"})
    client.post(f"{HOME}/{room}/move", data={"direction": "up"})
    assert labels(edition) == ["A", "C", "B", "R"]
    answered = client.post(f"{HOME}/order", data={"id": [str(ids[1]), str(ids[2]), str(ids[0])]})
    assert answered.status_code == 204
    assert labels(edition) == ["B", "C", "A", "R"]
    for odd in ([], ["x"], ["0"], [str(ids[0]), str(ids[0])], ["99999"]):
        assert client.post(f"{HOME}/order", data={"id": odd}).status_code == 422
    assert labels(edition) == ["B", "C", "A", "R"]


def test_a_question_stays_after_what_it_depends_on(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        parent = make_question(edition, Kind.YES_NO, "Parent")
        child = make_question(edition, label="Child", shown=(f"q{parent.id}", ("yes",)))
    refused = client.post(f"{HOME}/{child.id}/move", data={"direction": "up"}, follow_redirects=True)
    assert "“Child” has to come after what it depends on" in refused.text
    assert labels(edition) == ["Parent", "Child"]
    refused = client.post(f"{HOME}/{parent.id}/remove", follow_redirects=True)
    assert "“Child” has to come after what it depends on" in refused.text
    assert labels(edition) == ["Parent", "Child"]
    with pytest.raises(Conflict), transaction():
        order_questions(actor=TESTER, now=NOW, edition=edition, ids=[child.id, parent.id])
    room = Draft(kind=Kind.YES_NO, label={"en": "Parent"}, asked_of=AskedOf.ONSITE)
    with pytest.raises(CrosslinksError, match="Child"), transaction():
        change_question(actor=TESTER, now=NOW, edition=edition, question=parent, draft=room)


def test_no_change_loses_an_answer(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        question = make_question(edition, Kind.CHOICE, "Colour")
    person = answer(edition, **{f"q{question.id}": "o2"})
    page = client.post(f"{HOME}/{question.id}", data=NEW | {"kind": "text"})
    assert page.status_code == 409
    assert "It has answers, so its kind stays." in page.text
    page = client.post(f"{HOME}/{question.id}", data=NEW | {"explicit_consent": "y", "consent_en": "I agree"})
    assert page.status_code == 409
    kept = NEW | {"option_id[]": ["o1", "", ""], "option_en[]": ["Red", "", ""], "option_nb[]": ["Rød", "", ""]}
    assert client.post(f"{HOME}/{question.id}", data=kept).status_code == 303
    db.session.expire_all()
    asked = db.session.get_one(Question, question.id).as_asked()
    assert [(one.id, one.retired) for one in asked.options] == [("o1", False), ("o2", True)]
    assert answers_of(person) == {question.id: "o2"}
    assert "Blue" in client.get(f"/manage/crosslinks/2024/registrations/{person}").text
    assert "Retire it" in client.get(f"{HOME}/{question.id}/remove").text
    client.post(f"{HOME}/{question.id}/remove")
    assert labels(edition) == []
    assert answers_of(person) == {question.id: "o2"}
    assert "Blue" in client.get(f"/manage/crosslinks/2024/registrations/{person}").text
    client.post(f"{HOME}/{question.id}/restore")
    assert labels(edition) == ["Which colour?"]


def test_a_question_without_answers_is_deleted(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        question = make_question(edition)
    assert "Nobody has answered it" in client.get(f"{HOME}/{question.id}/remove").text
    client.post(f"{HOME}/{question.id}/remove")
    assert list_questions(edition.id) == []
    assert client.get(f"{HOME}/{question.id}").status_code == 404


def test_changed_words_of_consent_are_another_version(edition: Edition) -> None:
    with transaction():
        question = make_question(edition, explicit_consent=True)
        assert question.consent_version == 1
        draft = Draft(kind=Kind.TEXT, label=question.label, explicit_consent=True, consent_text={"en": "Other words"})
        change_question(actor=TESTER, now=NOW, edition=edition, question=question, draft=draft)
        assert question.consent_version == 2


@pytest.mark.parametrize("key", list(PRESETS))
def test_ready_questions_are_one_click_away(client: FlaskClient, edition: Edition, key: str) -> None:
    assert f"{HOME}/presets/{key}" in client.get(HOME).text
    assert client.post(f"{HOME}/presets/{key}").status_code == 303
    found = list_questions(edition.id)
    assert found[0].preset == key
    assert all(set(one.label) == {"en", "nb"} for one in found)
    assert f"{HOME}/presets/{key}" not in client.get(HOME).text
    client.post(f"{HOME}/presets/{key}")
    assert len(list_questions(edition.id)) == len(found)
    if key == "diet":
        assert {one.asked_of for one in found} == {AskedOf.ONSITE}
        assert {one.erase_after for one in found} == {date(2024, 2, 8)}
        assert all(one.explicit_consent for one in found)
        assert found[1].shown_if == f"q{found[0].id}"
        refused = client.post(f"{HOME}/{found[1].id}", data=NEW | {"kind": "text"})
        assert "Food is for those in the room only." in refused.text


def test_questions_come_along_to_the_next_edition(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        for key in PRESETS:
            add_preset(actor=TESTER, now=NOW, edition=edition, key=key)
        gone = make_question(edition, label="Gone")
        first = list_questions(edition.id)[0]
        first.options = [*first.options[1:]]
        make_edition(
            edition.conference, slug="2025", number=17, starts_at=NOW.replace(year=2025), erase_on=date(2025, 6, 1),
            ends_at=NOW.replace(year=2025, hour=15),
        )  # fmt: skip
    answer(edition, **{f"q{gone.id}": "x"})
    client.post(f"{HOME}/{gone.id}/remove")
    page = client.get("/manage/crosslinks/2025/form").text
    assert "Copy the questions of Cancer Crosslinks 2024" in page
    assert client.post("/manage/crosslinks/2025/form/copy", data={"from": "2024"}).status_code == 303
    target = db.session.scalars(select(Edition).where(Edition.slug == "2025")).one()
    old = read_form(edition.id, NOW.date())
    new = read_form(target.id, NOW.date())
    assert [one.label for one in new] == [one.label for one in old]
    assert [[o.id for o in one.options] for one in new] == [[o.id for o in one.options] for one in old]
    assert {one.erase_after for one in list_questions(target.id)} == {None, date(2025, 2, 1)}
    assert client.post("/manage/crosslinks/2025/form/copy", data={"from": "2024"}).status_code == 422


def test_another_conferences_questions_stay_out_of_reach(client: FlaskClient, edition: Edition) -> None:
    with transaction():
        other = make_edition(make_conference("other"))
        question = make_question(other)
    for page in (f"{question.id}", f"{question.id}/remove"):
        assert client.get(f"{HOME}/{page}").status_code == 404
    for page in (f"{question.id}", f"{question.id}/remove", f"{question.id}/restore", f"{question.id}/move"):
        assert client.post(f"{HOME}/{page}", data=NEW | {"direction": "up"}).status_code == 404
    assert client.post("/manage/other/2024/form/new", data=NEW).status_code == 404
    assert labels(other) == ["Why?"]


def test_restoring_twice_changes_nothing(edition: Edition) -> None:
    with transaction():
        question = make_question(edition)
        restore_question(actor=TESTER, now=NOW, edition=edition, question=question)
        assert not remove_question(actor=TESTER, now=NOW, edition=edition, question=question)
    deeds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "question")).all()
    assert deeds == ["question.created", "question.deleted"]


def test_options_of_another_question_are_refused(edition: Edition) -> None:
    with pytest.raises(CrosslinksError, match=r"question\.option_unknown"), transaction():
        make_question(edition, Kind.CHOICE, options=(Option("o7", {"en": "Foreign"}),))
