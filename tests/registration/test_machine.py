"""Whatever people and organizers do, in any order: places, queue, order, mail and log stay right at every commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select, text

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition, EditionMode
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.mail.models import OutboxMail
from crosslinks.registration.joining import register
from crosslinks.registration.models import Registration
from crosslinks.registration.operations import cancel, rename, set_capacity, switch_mode
from crosslinks.registration.queries import count_modes, waiting_position
from crosslinks.registration.rules import Place
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import make_details

MODES = st.sampled_from(list(Mode))
CAPACITIES = st.one_of(st.none(), st.integers(0, 4))


class Places(RuleBasedStateMachine):
    """One edition with few places; time stands still or even goes back, so that only the lock keeps the order."""

    def __init__(self) -> None:
        super().__init__()
        with transaction():
            for table in reversed(Base.metadata.sorted_tables):
                db.session.execute(text(f'DELETE FROM "{table.name}"'))
        with transaction():
            self.edition_id = make_edition(onsite=2, digital=1).id
        self.people: list[int] = []
        self.addresses: list[str] = []
        self.states: dict[int, tuple[Place, Place, bool]] = {}
        self.mails: dict[int, int] = {}
        self.steps = 0
        self.queues: dict[Place, list[int]] = {}

    @contextmanager
    def step(self, *, repeats: int | None = None) -> Iterator[None]:
        """Do one thing, then check that each person who changed was told once, and nobody else."""
        self.steps += 1
        before = self._standings()
        told, logged = self._counts(OutboxMail), self._counts(AuditEntry)
        with transaction():
            yield
        after = self._standings()
        changed = {person for person in after if before.get(person) != after[person]}
        expected = changed | ({repeats} if repeats is not None else set())
        told_now = self._counts(OutboxMail)
        assert {p: told_now[p] - told.get(p, 0) for p in told_now if told_now[p] != told.get(p, 0)} == dict.fromkeys(
            expected, 1
        )
        logged_now = self._counts(AuditEntry)
        assert {p for p in logged_now if logged_now[p] - logged.get(p, 0) == 1} >= expected

    def _standings(self) -> dict[int, tuple[Place, Place, bool]]:
        rows = db.session.execute(
            select(Registration.id, Registration.place, Registration.wants, Registration.cancelled_at)
        )
        return {row.id: (row.place, row.wants, row.cancelled_at is not None) for row in rows}

    def _counts(self, table: type[OutboxMail | AuditEntry]) -> dict[int, int]:
        column = OutboxMail.registration_id if table is OutboxMail else AuditEntry.object_id
        query = select(column, func.count()).group_by(column)
        if table is AuditEntry:
            query = query.where(AuditEntry.object_kind == "registration")
        return {person: count for person, count in db.session.execute(query) if person is not None}

    @rule(mode=MODES, meanwhile=st.booleans())
    def somebody_new(self, mode: Mode, meanwhile: bool) -> None:
        details = make_details()
        with self.step():
            receipt = register(
                actor=TESTER,
                now=NOW - timedelta(seconds=self.steps % 3),
                edition_id=self.edition_id,
                details=details,
                mode=mode,
                meanwhile_digital=meanwhile,
            )
        assert not receipt.is_known
        person = db.session.get_one(Registration, receipt.registration_id)
        assert receipt.position == waiting_position(person)
        assert person.reference == receipt.reference
        self.people.append(receipt.registration_id)
        self.addresses.append(details.email)

    @precondition(lambda self: self.addresses)
    @rule(data=st.data(), mode=MODES)
    def somebody_known(self, data: st.DataObject, mode: Mode) -> None:
        address = data.draw(st.sampled_from(self.addresses)).upper()
        active = db.session.scalar(
            select(Registration.id).where(
                Registration.email_key == address.lower(), Registration.cancelled_at.is_(None)
            )
        )
        with self.step(repeats=active):
            receipt = register(
                actor=TESTER, now=NOW, edition_id=self.edition_id, details=make_details(email=address), mode=mode
            )
        assert receipt.is_known is (active is not None)
        if active is None:
            self.people.append(receipt.registration_id)

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def somebody_cancels(self, data: st.DataObject) -> None:
        with self.step():
            cancel(actor=TESTER, now=NOW, registration_id=data.draw(st.sampled_from(self.people)))

    @precondition(lambda self: self._active())
    @rule(data=st.data(), to=MODES, keep=st.booleans())
    def somebody_switches(self, data: st.DataObject, to: Mode, keep: bool) -> None:
        person = data.draw(st.sampled_from(self._active()))
        with self.step():
            switch_mode(actor=TESTER, now=NOW, registration_id=person, to=to, keep_waiting=keep)

    @precondition(lambda self: self._active())
    @rule(data=st.data())
    def somebody_is_renamed(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(self._active()))
        with self.step():
            rename(actor=TESTER, now=NOW, registration_id=person, given_name="Guro", family_name=str(self.steps))

    @rule(mode=MODES, capacity=CAPACITIES)
    def the_capacity_changes(self, mode: Mode, capacity: int | None) -> None:
        with self.step():
            set_capacity(actor=TESTER, now=NOW, edition_id=self.edition_id, mode=mode, capacity=capacity)

    @rule(mode=MODES)
    def the_queue_is_paused_or_not(self, mode: Mode) -> None:
        row = db.session.scalars(select(EditionMode).where(EditionMode.mode == mode)).one()
        with self.step():
            set_capacity(
                actor=TESTER, now=NOW, edition_id=self.edition_id, mode=mode, capacity=row.capacity,
                queue_paused=not row.queue_paused,
            )  # fmt: skip

    def _active(self) -> list[int]:
        return list(db.session.scalars(select(Registration.id).where(Registration.cancelled_at.is_(None))))

    @invariant()
    def no_place_is_free_while_somebody_waits(self) -> None:
        paused = set(db.session.scalars(select(EditionMode.mode).where(EditionMode.queue_paused)))
        for mode, count in count_modes(self.edition_id).items():
            if count.waiting and mode not in paused:
                assert count.free is not None
                assert count.free <= 0

    @invariant()
    def nobody_is_lost(self) -> None:
        standings = self._standings()
        assert set(standings) == set(self.people)
        for place, wants, is_cancelled in standings.values():
            assert is_cancelled is (place is Place.NONE and wants is Place.NONE)

    @invariant()
    def the_queue_keeps_its_order(self) -> None:
        for place in (Place.ONSITE, Place.DIGITAL):
            people = db.session.scalars(
                select(Registration)
                .where(Registration.wants == place)
                .order_by(Registration.priority, Registration.joined_at, Registration.id)
            ).all()
            assert [waiting_position(person) for person in people] == list(range(1, len(people) + 1))
            joined = [person.joined_at for person in people]
            assert len(set(joined)) == len(joined)
            queue = [person.id for person in people]
            earlier = [person for person in self.queues.get(place, []) if person in queue]
            assert queue[: len(earlier)] == earlier
            self.queues[place] = queue

    @invariant()
    def doors_see_every_change(self) -> None:
        edition = db.session.get_one(Edition, self.edition_id, populate_existing=True)
        sequence = list(db.session.scalars(select(Registration.roster_seq)))
        assert len(set(sequence)) == len(sequence)
        assert all(0 < number <= edition.roster_seq for number in sequence)


def test_places_hold_through_anything(app: Flask) -> None:
    run_state_machine_as_test(
        Places,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
