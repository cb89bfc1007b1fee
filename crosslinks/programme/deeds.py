"""Deeds on the working copy that can be undone: each remembers what it touched as it was before and after.

What is compared is the whole state of sessions and talks, read as bare rows, so that any operation can be a deed and
none has to know its own inverse. What was deleted comes back under its identity (``uuid``), and its number when free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, TypeDecorator, delete, select

from crosslinks.accounts.audit import plain
from crosslinks.editions.models import Edition
from crosslinks.editions.operations import touch_public
from crosslinks.kernel.actors import Actor
from crosslinks.kernel.db import db
from crosslinks.kernel.errors import Conflict
from crosslinks.programme.models import Person, ProgrammeDeed, Room, Session, SessionModerator, Talk, TalkSpeaker
from crosslinks.programme.operations import log_programme, session_facts, talk_facts
from crosslinks.programme.rules import slug_of

KEPT_DEEDS = 100
SESSION, TALK = "session", "talk"
_APART = {"uuid", "edition_id", "version", "session_id"}

Part = Session | Talk
State = dict[str, Any]


class Overtaken(Conflict):
    """What a deed touched has been changed since, so that undoing it would lose the change; ``part`` says what."""

    def __init__(self, kind: str, number: int) -> None:
        super().__init__("deed.overtaken")
        self.kind = kind
        self.number = number


def programme_state(edition_id: int) -> State:
    """Return the state of every session and talk by ``session:<uuid>`` or ``talk:<uuid>``: four statements."""
    sessions = _rows(Session, edition_id)
    names = {row["id"]: str(row["uuid"]) for row in sessions}
    moderators = _people(SessionModerator, Session, "session_id", edition_id)
    speakers = _people(TalkSpeaker, Talk, "talk_id", edition_id)
    state = {f"{SESSION}:{row['uuid']}": _plain(row) | {"people": moderators.get(row["id"], [])} for row in sessions}
    for row in _rows(Talk, edition_id):
        of = {"session": names[row["session_id"]], "people": speakers.get(row["id"], [])}
        state[f"{TALK}:{row['uuid']}"] = _plain(row) | of
    return state


def _table(model: Any) -> Table:
    return cast("Table", model.__table__)


def _rows(model: type[Part], edition_id: int) -> list[Mapping[str, Any]]:
    table = _table(model)
    return [dict(row) for row in db.session.execute(select(table).where(table.c.edition_id == edition_id)).mappings()]


def _people(role: Any, part: type[Part], key: str, edition_id: int) -> dict[int, list[int]]:
    link, table = _table(role), _table(part)
    found = db.session.execute(
        select(link.c[key], link.c.person_id)
        .join(table, table.c.id == link.c[key])
        .where(table.c.edition_id == edition_id)
        .order_by(link.c.position, link.c.person_id)
    )
    people: dict[int, list[int]] = {}
    for number, person in found:
        people.setdefault(number, []).append(person)
    return people


def _plain(row: Mapping[str, Any]) -> State:
    return {name: plain(value) for name, value in row.items() if name not in _APART}


@contextmanager
def deed(*, actor: Actor, now: datetime, edition: Edition, name: str) -> Iterator[None]:
    """Let an organizer undo what the body does to sessions and talks. What had been undone can no longer be done again.

    Within ``transaction()``. Only accounts have deeds; a body that changes nothing leaves none.
    """
    touch_public(edition.id)
    before = programme_state(edition.id)
    yield
    db.session.flush()
    after = programme_state(edition.id)
    keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    if not keys or actor.kind != "account":
        return
    own = _own(edition, actor)
    db.session.execute(delete(ProgrammeDeed).where(*own, ProgrammeDeed.undone))
    db.session.add(
        ProgrammeDeed(
            edition_id=edition.id, account_id=int(actor.id), at=now, deed=name,
            before={key: before.get(key) for key in keys}, after={key: after.get(key) for key in keys},
        )
    )  # fmt: skip
    db.session.flush()
    oldest = select(ProgrammeDeed.id).where(*own).order_by(ProgrammeDeed.id.desc()).offset(KEPT_DEEDS).limit(1)
    limit = db.session.scalar(oldest)
    if limit is not None:
        db.session.execute(delete(ProgrammeDeed).where(*own, ProgrammeDeed.id <= limit))


def _own(edition: Edition, actor: Actor) -> tuple[Any, ...]:
    return ProgrammeDeed.edition_id == edition.id, ProgrammeDeed.account_id == int(actor.id)


def find_undoable(edition: Edition, actor: Actor) -> ProgrammeDeed | None:
    """Return the last deed of an account that is not undone."""
    own = select(ProgrammeDeed).where(*_own(edition, actor), ~ProgrammeDeed.undone)
    return db.session.scalar(own.order_by(ProgrammeDeed.id.desc()).limit(1))


def find_redoable(edition: Edition, actor: Actor) -> ProgrammeDeed | None:
    """Return the deed of an account that was undone last."""
    own = select(ProgrammeDeed).where(*_own(edition, actor), ProgrammeDeed.undone)
    return db.session.scalar(own.order_by(ProgrammeDeed.id).limit(1))


def undo(*, actor: Actor, now: datetime, edition: Edition) -> ProgrammeDeed:
    """Take the account's last deed back. Raises ``Conflict`` without one, ``Overtaken`` where it was changed since."""
    touch_public(edition.id)
    found = find_undoable(edition, actor)
    if found is None:
        raise Conflict("deed.none")
    _go(actor, now, edition, found.after, found.before, "undone")
    found.undone = True
    db.session.flush()
    return found


def redo(*, actor: Actor, now: datetime, edition: Edition) -> ProgrammeDeed:
    """Do once more what was undone last. Raises ``Conflict`` without any, ``Overtaken`` as ``undo`` does."""
    touch_public(edition.id)
    found = find_redoable(edition, actor)
    if found is None:
        raise Conflict("deed.none")
    _go(actor, now, edition, found.before, found.after, "redone")
    found.undone = False
    db.session.flush()
    return found


def _go(actor: Actor, now: datetime, edition: Edition, here: State, there: State, word: str) -> None:
    """Bring what a deed touched from one state to the other: frames first, then talks, then what must not be there."""
    _refuse_overtaken(programme_state(edition.id), here, there)
    parts = _find_parts(edition, [*here])
    facts = {key: _facts(part) for key, part in parts.items()}
    for key in sorted(there):
        wanted = there[key]
        if wanted is not None:
            parts[key] = _bring(edition, key, parts.get(key), here[key] or {}, wanted)
    db.session.flush()
    for key, part in parts.items():
        kind = key.partition(":")[0]
        after = _facts(part) if there[key] is not None else None
        log_programme(actor, now, edition, f"{kind}.{word}", part, facts.get(key), after)
    for key in sorted(there, reverse=True):
        if there[key] is None:
            db.session.expire(parts[key])
            db.session.delete(parts[key])
            db.session.flush()
    for part in _find_parts(edition, list(there)).values():
        db.session.expire(part)


def _refuse_overtaken(current: State, here: State, there: State) -> None:
    for key, expected in here.items():
        now_is, wanted = current.get(key), there[key]
        if now_is is None or expected is None or wanted is None:
            same = _without_id(now_is) == _without_id(expected)
        else:
            same = all(now_is[name] == expected[name] for name in expected if expected[name] != wanted.get(name))
        inside = wanted is None and any(
            part.get("session") == key.partition(":")[2] for name, part in current.items() if name not in here
        )
        if not same or inside:
            raise Overtaken(key.partition(":")[0], (now_is or expected or {}).get("id", 0))


def _without_id(state: State | None) -> State | None:
    return state and {name: value for name, value in state.items() if name != "id"}


def _find_parts(edition: Edition, keys: list[str]) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    for kind, model in ((SESSION, Session), (TALK, Talk)):
        uuids = [UUID(key.partition(":")[2]) for key in keys if key.startswith(f"{kind}:")]
        found: Any = select(model).where(model.edition_id == edition.id, model.uuid.in_(uuids))
        parts |= {f"{kind}:{part.uuid}": part for part in db.session.scalars(found)}
    return parts


def _facts(part: Part) -> dict[str, Any]:
    return session_facts(part) if isinstance(part, Session) else talk_facts(part)


def _bring(edition: Edition, key: str, part: Part | None, here: State, wanted: State) -> Part:
    """Give a part the wanted state: only the fields that the deed changed, or all of them to one that comes back."""
    kind, _, uuid = key.partition(":")
    if part is None:
        part = (Session if kind == SESSION else Talk)(uuid=UUID(uuid), edition_id=edition.id)
        if db.session.get(type(part), wanted["id"]) is None:
            part.id = wanted["id"]
    for name, value in wanted.items():
        if name not in {"id", "people", "session"} and (name not in here or here[name] != value):
            setattr(part, name, _value(part, name, value))
    if isinstance(part, Session):
        if part.room_id is not None and db.session.get(Room, part.room_id) is None:
            part.room_id = None
    else:
        _settle(edition, part, wanted)
    db.session.add(part)
    db.session.flush()
    if here.get("people") != wanted["people"]:
        _call(part, wanted["people"])
    return part


def _settle(edition: Edition, talk: Talk, wanted: State) -> None:
    talk.session = db.session.scalars(select(Session).where(Session.uuid == UUID(wanted["session"]))).one()
    with db.session.no_autoflush:
        others = select(Talk.slug).where(Talk.edition_id == edition.id, Talk.uuid != talk.uuid)
        talk.slug = slug_of(talk.slug, set(db.session.scalars(others)), "talk")


def _call(part: Part, wanted: list[int]) -> None:
    """Let people speak or moderate again, those who are still there."""
    here = set(db.session.scalars(select(Person.id).where(Person.id.in_(wanted))))
    people = [number for number in wanted if number in here]
    if isinstance(part, Session):
        part.moderators = []
        db.session.flush()
        part.moderators = [SessionModerator(person_id=number, position=place) for place, number in enumerate(people)]
    else:
        part.speakers = []
        db.session.flush()
        part.speakers = [TalkSpeaker(person_id=number, position=place) for place, number in enumerate(people)]
    db.session.flush()


def _value(part: Part, name: str, value: Any) -> Any:
    column = _table(type(part)).c[name].type
    kind = (column.impl_instance if isinstance(column, TypeDecorator) else column).python_type
    if value is None or isinstance(value, kind):
        return value
    if issubclass(kind, date):
        return kind.fromisoformat(value)
    return kind(value) if issubclass(kind, Enum) else value
