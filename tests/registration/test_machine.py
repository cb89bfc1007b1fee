"""Whatever people, organizers and the clock do, in any order: places, queue, order, mail and log stay right.

Checked at every commit: long work goes in steps of two here, so that commits in its middle are looked at too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, text

from crosslinks.accounts.models import AuditEntry
from crosslinks.editions.models import Edition, EditionMode
from crosslinks.editions.rules import Mode
from crosslinks.kernel.db import Base, db, transaction
from crosslinks.kernel.errors import Conflict, Gone
from crosslinks.mail.models import OutboxMail
from crosslinks.privacy.operations import erase_person
from crosslinks.privacy.rules import ErasureKind
from crosslinks.registration import lapses, reconfirm, waiting_list
from crosslinks.registration.corrections import give_place
from crosslinks.registration.erasure import list_registrations_of
from crosslinks.registration.joining import register
from crosslinks.registration.lapses import lapse_due
from crosslinks.registration.line import move_in_line, promote_one
from crosslinks.registration.models import Registration, Reservation
from crosslinks.registration.offers import accept_offer, leave_line
from crosslinks.registration.operations import cancel, rename, set_capacity, switch_mode
from crosslinks.registration.queries import count_modes, waiting_position
from crosslinks.registration.reconfirm import confirm_coming, set_reconfirmation, take_step
from crosslinks.registration.reservations import release_reservation, reserve_place, use_reservation
from crosslinks.registration.returning import come_back
from crosslinks.registration.rules import Move, Place, Step
from crosslinks.registration.waiting_list import go_on_promoting
from tests.factories import NOW, TESTER, make_edition
from tests.registration.factories import make_details

MODES = st.sampled_from(list(Mode))
CAPACITIES = st.one_of(st.none(), st.integers(0, 5))
HOUR = timedelta(hours=1)
CHANGES = {
    "created", "switched", "cancelled", "promoted", "offered", "accepted", "declined", "left", "lapsed", "released",
    "place_given", "reservation_used", "returned",
}  # fmt: skip
"""What changes how somebody stands: each of them is told by one mail."""
TOLD_TOO = {"repeated", "asked", "warned"}
Standing = tuple[Place, Place, bool, bool]


@dataclass
class Seen:
    """Everything about people at one moment."""

    standings: dict[int, Standing]
    mails: Counter[int]
    deeds: Counter[tuple[int, str]]
    queues: dict[Place, list[int]]
    free: dict[Mode, int | None]


class Places(RuleBasedStateMachine):
    """One edition with few places; clocks of several servers differ, so that only the lock keeps the order."""

    def __init__(self) -> None:
        super().__init__()
        with transaction():
            for table in reversed(Base.metadata.sorted_tables):
                db.session.execute(text(f'DELETE FROM "{table.name}"'))
        with transaction():
            edition = make_edition(onsite=2, digital=1)
            self.edition_id, self.starts_at = edition.id, edition.starts_at
            set_reconfirmation(
                actor=TESTER, now=NOW, edition_id=edition.id, ask_at=NOW + 20 * HOUR, warn_at=NOW + 60 * HOUR,
                release_at=NOW + 100 * HOUR,
            )  # fmt: skip
        self.people: set[int] = set()
        self.addresses: list[str] = []
        self.moment: datetime = NOW
        self.steps = 0

    @initialize(people=st.integers(0, 5))
    def a_crowd_has_come(self, people: int) -> None:
        """Most of what can go wrong needs a line: start with one, mostly."""
        for _ in range(people):
            self.somebody_new(mode=Mode.ONSITE, meanwhile=False)

    def now(self) -> datetime:
        """Return what some server's clock says."""
        return self.moment - timedelta(seconds=self.steps % 3)

    def see(self) -> Seen:
        rows = db.session.execute(
            select(
                Registration.id, Registration.place, Registration.wants, Registration.cancelled_at,
                Registration.offer_until,
            ).order_by(Registration.priority, Registration.joined_at, Registration.id)
        ).all()  # fmt: skip
        return Seen(
            {row.id: (row.place, row.wants, row.cancelled_at is not None, row.offer_until is not None) for row in rows},
            Counter(db.session.scalars(select(OutboxMail.registration_id)).all()),
            Counter(
                (row.object_id, row.action.removeprefix("registration."))
                for row in db.session.execute(
                    select(AuditEntry.object_id, AuditEntry.action).where(AuditEntry.object_kind == "registration")
                )
            ),
            {
                place: [row.id for row in rows if row.wants is place and row.offer_until is None]
                for place in (Place.ONSITE, Place.DIGITAL)
            },
            {mode: count.free for mode, count in count_modes(self.edition_id).items()},
        )

    @contextmanager
    def step(
        self, *, acts: int = 0, moves: bool = False, limits: tuple[Mode, ...] = (), erases: Collection[int] = ()
    ) -> Iterator[None]:
        """Do one thing in one transaction, then check what changed.

        ``acts`` does something of their own (may leave their line), ``moves`` changes the order of a line, ``limits``
        are the modes whose free places may become negative, and ``erases`` go for good.
        """
        self.steps += 1
        before = self.see()
        with transaction():
            yield
        after = self.see()
        self._each_change_is_told_once(before, after, erases)
        self._order_is_kept(before, after, acts, moves=moves)
        for mode, free in after.free.items():
            known = before.free.get(mode)
            if free is not None and free < 0 and mode not in limits:
                assert known is not None
                assert free >= known, f"{mode} was overbooked further"

    def _each_change_is_told_once(self, before: Seen, after: Seen, erased: Collection[int]) -> None:
        changed = {person for person, standing in after.standings.items() if before.standings.get(person) != standing}
        deeds: Counter[int] = Counter()
        told: Counter[int] = Counter()
        for (person, deed), count in (after.deeds - before.deeds).items():
            if person not in erased and deed in CHANGES | TOLD_TOO:
                told[person] += count
            if person not in erased and deed in CHANGES:
                deeds[person] += count
        assert set(deeds) == changed
        mails = after.mails - before.mails
        assert mails == told

    def _order_is_kept(self, before: Seen, after: Seen, acts: int, *, moves: bool) -> None:
        for place, queue in before.queues.items():
            left = [person for person in queue if person != acts]
            gone = [person for person in left if person not in after.queues[place]]
            new_deeds = after.deeds - before.deeds
            up = [p for p in gone if new_deeds[p, "promoted"] or new_deeds[p, "offered"]]
            assert up == left[: len(up)], "somebody was overtaken"
            stay = [person for person in left if person in after.queues[place]]
            if not moves:
                assert [p for p in after.queues[place] if p != acts][: len(stay)] == stay

    def draw_person(self, data: st.DataObject, *conditions: object) -> int | None:
        """Return somebody who fits, or None."""
        query = select(Registration.id).where(Registration.cancelled_at.is_(None), *conditions)  # type: ignore[arg-type]
        found = list(db.session.scalars(query.order_by(Registration.id)))
        return data.draw(st.sampled_from(found)) if found else None

    @rule(mode=MODES, meanwhile=st.booleans())
    def somebody_new(self, mode: Mode, meanwhile: bool) -> None:
        details = make_details()
        with self.step():
            receipt = register(
                actor=TESTER, now=self.now(), edition_id=self.edition_id, details=details, mode=mode,
                meanwhile_digital=meanwhile,
            )  # fmt: skip
        assert not receipt.is_known
        person = db.session.get_one(Registration, receipt.registration_id)
        assert receipt.position == waiting_position(person)
        assert person.reference == receipt.reference
        self.people.add(receipt.registration_id)
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
        with self.step():
            receipt = register(
                actor=TESTER, now=self.now(), edition_id=self.edition_id, details=make_details(email=address), mode=mode
            )
        assert receipt.is_known is (active is not None)
        if active is None:
            self.people.add(receipt.registration_id)

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def somebody_cancels(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(self.people)))
        with self.step(acts=person):
            cancel(actor=TESTER, now=self.now(), registration_id=person)

    @rule(data=st.data(), mode=MODES)
    def somebody_comes_back(self, data: st.DataObject, mode: Mode) -> None:
        gone = db.session.execute(
            select(Registration.id, Registration.email_key)
            .where(Registration.cancelled_at.is_not(None))
            .order_by(Registration.id)
        ).all()
        if not gone:
            return
        person, address = data.draw(st.sampled_from(gone))
        active = select(Registration.id).where(Registration.email_key == address, Registration.cancelled_at.is_(None))
        has_another = db.session.scalar(active) is not None
        with self.step(acts=person):
            is_back = come_back(actor=TESTER, now=self.now(), registration_id=person, mode=mode)
        assert is_back is not has_another

    @rule(data=st.data(), to=MODES, keep=st.booleans())
    def somebody_switches(self, data: st.DataObject, to: Mode, keep: bool) -> None:
        person = self.draw_person(data)
        if person is not None:
            with self.step(acts=person):
                switch_mode(actor=TESTER, now=self.now(), registration_id=person, to=to, keep_waiting=keep)

    @rule(data=st.data())
    def somebody_is_renamed(self, data: st.DataObject) -> None:
        person = self.draw_person(data)
        if person is not None:
            with self.step():
                rename(
                    actor=TESTER, now=self.now(), registration_id=person, given_name="Guro",
                    family_name=str(self.steps),
                )  # fmt: skip

    @rule(data=st.data())
    def somebody_accepts(self, data: st.DataObject) -> None:
        person = self.draw_person(data, Registration.offer_until.is_not(None))
        if person is None:
            return
        until = db.session.get_one(Registration, person).offer_until
        assert until is not None
        moment = self.now()
        if moment >= until:
            with pytest.raises(Gone), self.step():
                accept_offer(actor=TESTER, now=moment, registration_id=person)
            return
        with self.step(acts=person):
            accept_offer(actor=TESTER, now=moment, registration_id=person)
        assert db.session.get_one(Registration, person, populate_existing=True).wants is Place.NONE

    @rule(data=st.data())
    def somebody_declines_or_leaves_the_line(self, data: st.DataObject) -> None:
        person = self.draw_person(data, Registration.wants != Place.NONE)
        if person is not None:
            with self.step(acts=person):
                leave_line(actor=TESTER, now=self.now(), registration_id=person)

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def somebody_is_erased(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(self.people)))
        same = list_registrations_of(db.session.get_one(Registration, person))
        active = db.session.scalar(
            select(Registration.id).where(Registration.id.in_(same), Registration.cancelled_at.is_(None))
        )
        with self.step(acts=active or person, erases=same):
            erase_person(kind=ErasureKind.REQUEST, actor=TESTER, now=self.now(), registration_id=person)
        self.people -= set(same)

    @rule(mode=MODES, capacity=CAPACITIES, overbooking=st.sampled_from([0, 0, 50]))
    def the_capacity_changes(self, mode: Mode, capacity: int | None, overbooking: int) -> None:
        with self.step(limits=(mode,)):
            set_capacity(
                actor=TESTER, now=self.now(), edition_id=self.edition_id, mode=mode, capacity=capacity,
                overbooking=overbooking,
            )  # fmt: skip

    @rule(mode=MODES, hours=st.sampled_from([None, 5, 30]))
    def freed_places_are_offered_or_given(self, mode: Mode, hours: int | None) -> None:
        with self.step(limits=(mode,)):
            set_capacity(
                actor=TESTER, now=self.now(), edition_id=self.edition_id, mode=mode, capacity=3, offer_hours=hours
            )

    @rule(mode=MODES)
    def the_queue_is_paused_or_not(self, mode: Mode) -> None:
        row = db.session.scalars(select(EditionMode).where(EditionMode.mode == mode)).one()
        with self.step(limits=(mode,)):
            set_capacity(
                actor=TESTER, now=self.now(), edition_id=self.edition_id, mode=mode, capacity=row.capacity,
                queue_paused=not row.queue_paused,
            )  # fmt: skip

    @rule(data=st.data(), to=st.one_of(st.sampled_from(list(Move)), st.integers(-1, 9)))
    def somebody_is_moved_in_the_line(self, data: st.DataObject, to: Move | int) -> None:
        person = self.draw_person(data, Registration.wants != Place.NONE, Registration.offer_until.is_(None))
        if person is None:
            return
        before = self.see().queues
        with self.step(moves=True):
            number = move_in_line(actor=TESTER, now=self.now(), registration_id=person, to=to)
        assert waiting_position(db.session.get_one(Registration, person)) == number
        for place, queue in self.see().queues.items():
            others = [p for p in queue if p != person]
            assert others == [p for p in before[place] if p != person]

    @rule(data=st.data())
    def somebody_gets_a_free_place_by_hand(self, data: st.DataObject) -> None:
        person = self.draw_person(data, Registration.wants != Place.NONE, Registration.offer_until.is_(None))
        if person is None:
            return
        mode = db.session.get_one(Registration, person).wants.mode
        assert mode is not None
        free = self.see().free[mode]
        if free is not None and free <= 0:
            with pytest.raises(Conflict), self.step():
                promote_one(actor=TESTER, now=self.now(), registration_id=person)
            return
        with self.step(acts=person):
            promote_one(actor=TESTER, now=self.now(), registration_id=person)

    @rule(data=st.data(), mode=MODES)
    def a_desk_gives_a_place_out_of_turn(self, data: st.DataObject, mode: Mode) -> None:
        person = self.draw_person(data)
        if person is not None:
            with self.step(acts=person, limits=(mode,)):
                give_place(actor=TESTER, now=self.now(), registration_id=person, mode=mode, reason="a guest")

    @rule(mode=MODES, hours=st.integers(1, 50))
    def a_place_is_reserved(self, mode: Mode, hours: int) -> None:
        free = self.see().free[mode]
        values = {"label": "guest", "expires_at": self.moment + hours * HOUR}
        if free is not None and free <= 0:
            with pytest.raises(Conflict), self.step():
                reserve_place(actor=TESTER, now=self.now(), edition_id=self.edition_id, mode=mode, **values)  # type: ignore[arg-type]
            return
        with self.step():
            reserve_place(actor=TESTER, now=self.now(), edition_id=self.edition_id, mode=mode, **values)  # type: ignore[arg-type]

    def _kept(self) -> list[Reservation]:
        return list(
            db.session.scalars(
                select(Reservation)
                .where(Reservation.used_at.is_(None), Reservation.released_at.is_(None))
                .order_by(Reservation.id)
            )
        )

    @rule(data=st.data(), by_newcomer=st.booleans())
    def a_reserved_place_is_used(self, data: st.DataObject, by_newcomer: bool) -> None:
        kept = [one for one in self._kept() if one.expires_at > self.moment]
        if not kept:
            return
        chosen = data.draw(st.sampled_from(kept))
        if by_newcomer:
            with self.step():
                receipt = register(
                    actor=TESTER, now=self.now(), edition_id=self.edition_id, details=make_details(),
                    mode=chosen.mode, reservation_id=chosen.id,
                )  # fmt: skip
            assert receipt.place is Place.of(chosen.mode)
            self.people.add(receipt.registration_id)
            return
        person = self.draw_person(data, Registration.place != Place.of(chosen.mode))
        if person is not None:
            with self.step(acts=person):
                use_reservation(actor=TESTER, now=self.now(), reservation_id=chosen.id, registration_id=person)

    @rule(data=st.data())
    def a_reserved_place_is_released(self, data: st.DataObject) -> None:
        kept = self._kept()
        if kept:
            with self.step():
                release_reservation(actor=TESTER, now=self.now(), reservation_id=data.draw(st.sampled_from(kept)).id)

    @rule(hours=st.integers(1, 40))
    def time_passes_and_things_lapse(self, hours: int) -> None:
        self.moment = min(self.moment + hours * HOUR, self.starts_at + HOUR)
        more = True
        while more:
            with self.step():
                more = lapse_due(now=self.moment, edition_id=self.edition_id)
            self.check()
        late = select(func.count()).select_from(Registration).where(Registration.offer_until <= self.moment)
        assert db.session.scalar(late) == 0
        assert all(one.expires_at > self.moment for one in self._kept())

    @rule(step=st.sampled_from(list(Step)))
    def people_are_asked_whether_they_come(self, step: Step) -> None:
        more = True
        while more:
            with self.step():
                more = take_step(now=self.moment, edition_id=self.edition_id, step=step)
            self.check()

    @rule(data=st.data())
    def somebody_says_that_they_come(self, data: st.DataObject) -> None:
        person = self.draw_person(data, Registration.place == Place.ONSITE)
        if person is not None:
            with self.step():
                confirm_coming(actor=TESTER, now=self.now(), registration_id=person)

    @rule()
    def what_goes_in_steps_goes_on(self) -> None:
        with self.step():
            go_on_promoting(now=self.now(), edition_id=self.edition_id)

    @invariant()
    def the_rules_hold(self) -> None:
        self.check()

    def check(self) -> None:
        """Check what must hold at every commit."""
        self.no_place_is_free_while_somebody_waits()
        self.nobody_is_lost()
        self.places_in_line_are_numbered()
        self.doors_see_every_change()

    def no_place_is_free_while_somebody_waits(self) -> None:
        rows = {
            row.mode: row for row in db.session.scalars(select(EditionMode).execution_options(populate_existing=True))
        }
        standings = list(self.see().standings.values())
        kept = Counter(one.mode for one in self._kept())
        for mode, count in count_modes(self.edition_id).items():
            place, row = Place.of(mode), rows[mode]
            confirmed = sum(standing[0] is place for standing in standings)
            offers = sum(standing[1] is place and standing[3] for standing in standings)
            waiting = sum(standing[1] is place and not standing[3] for standing in standings)
            assert (count.confirmed, count.offered, count.reserved, count.waiting) == (
                confirmed, offers, kept[mode], waiting,
            )  # fmt: skip
            full = None if row.capacity is None else row.capacity * (100 + row.overbooking) // 100
            if row.places_so_far is None:
                assert count.places == full
            else:
                assert count.places == (row.places_so_far if full is None else min(full, row.places_so_far))
            assert count.free == (None if count.places is None else count.places - confirmed - offers - kept[mode])
            if waiting and not row.queue_paused:
                assert count.free is not None
                assert count.free <= 0

    def nobody_is_lost(self) -> None:
        standings = self.see().standings
        assert set(standings) == self.people
        for place, wants, is_cancelled, is_offered in standings.values():
            assert is_cancelled is (place is Place.NONE and wants is Place.NONE)
            assert not is_offered or wants is not Place.NONE
        untold = self.people - {person for person, count in self.see().mails.items() if count}
        assert not untold

    def places_in_line_are_numbered(self) -> None:
        for queue in self.see().queues.values():
            people = [db.session.get_one(Registration, person, populate_existing=True) for person in queue]
            assert [waiting_position(person) for person in people] == list(range(1, len(people) + 1))
            joined = [person.joined_at for person in people]
            assert len(set(joined)) == len(joined)

    def doors_see_every_change(self) -> None:
        edition = db.session.get_one(Edition, self.edition_id, populate_existing=True)
        sequence = list(db.session.scalars(select(Registration.roster_seq)))
        assert len(set(sequence)) == len(sequence)
        assert all(0 < number <= edition.roster_seq for number in sequence)


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (waiting_list, "MOST_AT_ONCE"), (lapses, "MOST_LAPSES"), (reconfirm, "MOST_ASKED"),
        (reconfirm, "MOST_RELEASED"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 2)


def test_places_hold_through_anything(app: Flask) -> None:
    run_state_machine_as_test(
        Places,
        settings=settings(
            max_examples=15, stateful_step_count=30, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
