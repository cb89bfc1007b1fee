"""What changed between two frozen programmes, as the pure rules see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from crosslinks.programme.release_changes import ChangeKind, OwnChanges, changes_json, changes_without, compare
from crosslinks.programme.release_rules import (
    FrozenProgramme,
    FrozenSession,
    FrozenTalk,
    from_json,
    to_json,
    without_person,
)
from crosslinks.programme.rules import SessionKind, TalkKind
from tests.programme.factories import oslo

ADA, BEA, CEM, DAG = 1, 2, 3, 4


def talk(number: int, at: str, minutes: int = 30, *speakers: int, **more: Any) -> FrozenTalk:
    begin = oslo(at)
    values: dict[str, Any] = {"kind": TalkKind.TALK, "abstract": "", "abstract_language": "en"} | more
    return FrozenTalk(
        id=number, uuid=UUID(int=number), slug=f"talk-{number}", title={"en": f"Talk {number}"}, starts_at=begin,
        ends_at=begin + timedelta(minutes=minutes), speakers=speakers, **values,
    )  # fmt: skip


def session(number: int, at: str, minutes: int, *talks: FrozenTalk, **more: Any) -> FrozenSession:
    begin = oslo(at)
    values: dict[str, Any] = {"kind": SessionKind.SESSION, "room": "Hall", "room_id": 1, "moderators": (DAG,)} | more
    return FrozenSession(
        id=number, uuid=UUID(int=1000 + number), title={"en": f"Session {number}"}, summary={}, starts_at=begin,
        ends_at=begin + timedelta(minutes=minutes), streamed=True, talks=talks, **values,
    )  # fmt: skip


FIRST = talk(1, "10:00", 30, ADA)
SECOND = talk(2, "10:30", 30, BEA)
MORNING = session(1, "10:00", 60, FIRST, SECOND)
OLD = FrozenProgramme((MORNING, session(2, "12:00", 60, kind=SessionKind.BREAK, moderators=())))


def changed(new: FrozenSession, *more: FrozenSession) -> list[tuple[str, int]]:
    """Return what readers are told: the kind of each change and the number of its talk (0: the session's own)."""
    groups = compare(OLD, FrozenProgramme((new, OLD.sessions[1], *more)))
    return [
        (change.what.value, change.uuid.int if change.uuid.int < 1000 else 0)
        for group in groups
        for change in group.changes
        if not change.implied
    ]


def with_talks(*talks: FrozenTalk, **more: Any) -> FrozenSession:
    return replace(MORNING, talks=talks, **more)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (MORNING, []),
        (with_talks(FIRST), [("removed", 2)]),
        (with_talks(FIRST, SECOND, talk(3, "10:45")), [("added", 3)]),
        (with_talks(replace(FIRST, title={"en": "Other"}), SECOND), [("renamed", 1)]),
        (with_talks(replace(FIRST, speakers=(CEM,)), SECOND), [("speaker_added", 1), ("speaker_removed", 1)]),
        (with_talks(replace(FIRST, abstract="Why"), SECOND), [("abstract", 1)]),
        (with_talks(replace(FIRST, kind=TalkKind.KEYNOTE), SECOND), [("kind", 1)]),
        (with_talks(talk(1, "10:00", 20, ADA), SECOND), [("shorter", 1)]),
        (with_talks(talk(1, "10:05", 30, ADA), SECOND), [("moved", 1)]),
        (with_talks(talk(1, "10:05", 40, ADA), SECOND), [("moved", 1), ("longer", 1)]),
        (replace(MORNING, room="Aula"), [("room", 0)]),
        (replace(MORNING, streamed=False), [("stream", 0)]),
        (replace(MORNING, summary={"en": "About"}), [("summary", 0)]),
        (replace(MORNING, title={"en": "Morning"}), [("renamed", 0)]),
        (replace(MORNING, moderators=(CEM,)), [("moderator_added", 0), ("moderator_removed", 0)]),
        (with_talks(talk(2, "10:00", 30, BEA), talk(1, "10:30", 30, ADA)), [("moved", 2), ("moved", 1)]),
    ],
)
def test_each_kind_of_change_is_told_once(new: FrozenSession, expected: list[tuple[str, int]]) -> None:
    assert changed(new) == expected


def test_talks_that_move_along_with_their_session_are_not_told_apart_from_it() -> None:
    hour = timedelta(hours=1)
    later = with_talks(
        *(replace(one, starts_at=one.starts_at + hour, ends_at=one.ends_at + hour) for one in MORNING.talks),
        starts_at=MORNING.starts_at + hour, ends_at=MORNING.ends_at + hour,
    )  # fmt: skip
    assert changed(later) == [("moved", 0)]
    told = OwnChanges(OLD, FrozenProgramme((later, OLD.sessions[1])))
    mine = told.of(ADA)
    assert mine is not None
    assert [item["what"] for item in mine["parts"][0]["items"]] == ["moved"]


def test_a_talk_that_changes_session_keeps_its_identity() -> None:
    afternoon = session(3, "14:00", 60, replace(SECOND, starts_at=oslo("14:00"), ends_at=oslo("14:30")))
    assert changed(with_talks(FIRST), afternoon) == [("added", 0), ("regrouped", 2), ("moved", 2)]


def test_a_whole_session_comes_and_goes_with_its_talks() -> None:
    groups = compare(OLD, FrozenProgramme())
    assert [change.what for group in groups for change in group.changes] == [ChangeKind.REMOVED] * 4
    assert [group.session.id for group in compare(FrozenProgramme(), OLD)] == [1, 2]


def test_a_letter_is_about_ones_own_part_alone() -> None:
    new = with_talks(replace(FIRST, title={"en": "Other"}), SECOND)
    told = OwnChanges(OLD, FrozenProgramme((new, OLD.sessions[1])))
    assert told.of(BEA) is None
    assert told.of(CEM) is None
    mine, moderator = told.of(ADA), told.of(DAG)
    assert mine is not None
    assert moderator is not None
    assert [part["title"] for part in mine["parts"]] == [{"en": "Other"}]
    assert [part["title"] for part in moderator["parts"]] == [{"en": "Session 1"}]


def test_an_abstract_concerns_those_who_speak() -> None:
    new = with_talks(replace(FIRST, abstract="Why"), SECOND)
    assert OwnChanges(OLD, FrozenProgramme((new, OLD.sessions[1]))).people == [ADA]


def test_who_is_taken_off_is_told_that_it_is_no_longer_theirs() -> None:
    told = OwnChanges(OLD, FrozenProgramme((with_talks(replace(FIRST, speakers=(CEM,)), SECOND), OLD.sessions[1])))
    gone, came = told.of(ADA), told.of(CEM)
    assert gone is not None
    assert came is not None
    assert [part["mine"] for part in (*gone["parts"], *came["parts"])] == [False, True]


def test_what_is_frozen_is_read_back_unchanged() -> None:
    assert from_json(to_json(OLD)) == OLD


def test_nobody_is_named_who_is_forgotten() -> None:
    new = FrozenProgramme((with_talks(replace(FIRST, speakers=(CEM,)), SECOND), OLD.sessions[1]))
    kept = changes_json(compare(OLD, new))
    assert {item["person"] for group in kept["groups"] for item in group["items"]} == {ADA, CEM}
    assert {
        item["person"] for group in changes_without(kept, ADA)["groups"] for item in group["items"]
    } == {CEM}  # fmt: skip
    assert changes_without(changes_without(kept, ADA), CEM) == {"groups": []}
    assert without_person(OLD, ADA).sessions[0].talks[0].speakers == ()
    assert without_person(OLD, DAG).sessions[0].moderators == ()


def test_a_long_day_is_compared_without_a_guess() -> None:
    many = [replace(talk(100 + number, "10:00", 5, number), uuid=uuid4()) for number in range(300)]
    day = FrozenProgramme((with_talks(*many),))
    assert compare(day, day) == []
