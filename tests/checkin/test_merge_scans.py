"""Who is inside must not depend on the order, the batches or the repetitions in which scans arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosslinks.checkin.rules import (
    ADMITTING,
    OUTSIDE,
    ConflictKind,
    GateKind,
    MergedState,
    Outcome,
    ScanFact,
    ScanKind,
    Shown,
    Standing,
    TicketCheck,
    Verdict,
    corrected,
    decide,
    merge_scans,
)

TEN = datetime(2024, 1, 25, 9, 0, tzinfo=UTC)


def scan_id(number: int) -> UUID:
    return UUID(int=number)


def scan(
    number: int,
    kind: ScanKind = ScanKind.ENTER,
    minute: int = 0,
    *,
    outcome: Outcome | None = None,
    undoes: int | None = None,
    gate: int = 1,
    decided: Outcome | None = None,
) -> ScanFact:
    default = {ScanKind.ENTER: Outcome.ADMITTED, ScanKind.LEAVE: Outcome.LEFT, ScanKind.UNDO: Outcome.UNDONE}[kind]
    return ScanFact(
        id=scan_id(number),
        kind=kind,
        at=TEN + timedelta(minutes=minute),
        outcome=outcome or default,
        gate_id=gate,
        decided=decided,
        undoes=None if undoes is None else scan_id(undoes),
    )


def undo(number: int, target: int, minute: int = 0) -> ScanFact:
    return scan(number, ScanKind.UNDO, minute, undoes=target)


@st.composite
def histories(draw: st.DrawFn) -> list[ScanFact]:
    """Any scans of one person: equal times, undos of anything (also unknown, also each other), refusals, offline."""
    size = draw(st.integers(0, 9))
    found = []
    for number in range(size):
        kind = draw(st.sampled_from(ScanKind))
        found.append(
            scan(
                number,
                kind,
                draw(st.integers(0, 3)),
                gate=draw(st.integers(1, 3)),
                undoes=draw(st.integers(0, size)) if kind is ScanKind.UNDO else None,
                outcome=draw(st.sampled_from([Outcome.ADMITTED, Outcome.ALREADY_IN, Outcome.CANCELLED]))
                if kind is ScanKind.ENTER
                else None,
                decided=draw(st.sampled_from([None, Outcome.ADMITTED_UNVERIFIED, Outcome.UNKNOWN])),
            )
        )
    return found


@given(histories(), st.data())
def test_any_order_and_any_repetition_gives_the_same_state(scans: list[ScanFact], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(scans), max_size=5)) if scans else []
    assert merge_scans(data.draw(st.permutations(scans + again))) == merge_scans(scans)


def answered(scans: list[ScanFact], batches: list[int]) -> MergedState:
    """Live through the server's part: each scan gets its answer from what is known when it arrives."""
    known: list[ScanFact] = []
    arriving = list(scans)
    for size in [*batches, len(arriving)]:
        batch, arriving = arriving[:size], arriving[size:]
        for one in batch:
            shown = Shown(one.kind, one.at, GateKind.LANE, one.decided)
            verdict = decide(
                shown, ticket=TicketCheck.GOOD, standing=Standing.CONFIRMED, opens_at=None, state=merge_scans(known)
            )
            known.append(ScanFact(one.id, one.kind, one.at, verdict.outcome, one.gate_id, one.decided, one.undoes))
    return merge_scans(known)


@settings(max_examples=200)
@given(histories(), st.lists(st.integers(1, 4), max_size=4), st.data())
def test_the_answers_given_on_the_way_do_not_change_where_people_are(
    scans: list[ScanFact], batches: list[int], data: st.DataObject
) -> None:
    assert answered(data.draw(st.permutations(scans)), batches) == answered(scans, [])


@given(histories())
def test_stays_are_in_order_and_never_overlap(scans: list[ScanFact]) -> None:
    state = merge_scans(scans)
    for stay, following in zip(state.stays, state.stays[1:], strict=False):
        assert stay.left_at is not None
        assert stay.entered_at <= stay.left_at <= following.entered_at


def test_the_earliest_of_two_gates_is_the_first_and_equal_times_go_by_id() -> None:
    late, early = scan(1, minute=5, gate=1), scan(2, minute=0, gate=2, outcome=Outcome.ALREADY_IN)
    first = merge_scans([late, early]).first
    assert first is not None
    assert (first.gate_id, first.scan_id) == (2, scan_id(2))
    same = merge_scans([scan(8, gate=8), scan(7, gate=7)]).first
    assert same is not None
    assert same.gate_id == 7


def test_undo_takes_back_and_an_undo_can_be_undone() -> None:
    enter = scan(1)
    assert merge_scans([undo(2, 1), enter]).inside is False
    assert merge_scans([undo(2, 1), enter]).undone == {scan_id(1)}
    assert merge_scans([undo(3, 2), undo(2, 1), enter]).inside is True
    assert merge_scans([undo(4, 3), undo(3, 2), undo(2, 1), enter]).inside is False


def test_two_undos_of_one_scan_need_both_taken_back() -> None:
    assert merge_scans([scan(1), undo(2, 1), undo(3, 1), undo(4, 2)]).inside is False
    assert merge_scans([scan(1), undo(2, 1), undo(3, 1), undo(4, 2), undo(5, 3)]).inside is True


def test_an_undo_by_a_phone_whose_clock_is_behind_still_counts() -> None:
    assert not merge_scans([scan(1, minute=10), undo(2, 1, minute=1)]).inside


def test_undos_in_a_circle_mean_nothing_and_end() -> None:
    assert merge_scans([undo(1, 2), undo(2, 1), undo(3, 3)]) == OUTSIDE
    assert merge_scans([scan(9), undo(1, 2), undo(2, 1)]).inside


def test_a_very_long_chain_of_undos_ends() -> None:
    chain = [scan(0), *(undo(number, number - 1) for number in range(1, 5001))]
    assert merge_scans(chain).inside is True


def test_leaving_ends_a_stay_and_undoing_the_leave_continues_it() -> None:
    history = [scan(1, minute=0), scan(2, ScanKind.LEAVE, 30), scan(3, minute=60, gate=2)]
    state = merge_scans(history)
    assert [stay.left_at is None for stay in state.stays] == [False, True]
    assert state.current is not None
    assert state.current.gate_id == 2
    continued = merge_scans([*history, undo(4, 2)])
    assert len(continued.stays) == 1
    assert merge_scans([scan(2, ScanKind.LEAVE, 30)]) == OUTSIDE


def test_refused_people_are_outside_unless_a_phone_had_let_them_in() -> None:
    assert not merge_scans([scan(1, outcome=Outcome.CANCELLED)]).inside
    assert merge_scans([scan(1, outcome=Outcome.CANCELLED, decided=Outcome.ADMITTED_UNVERIFIED)]).inside


def judge(
    *,
    ticket: TicketCheck = TicketCheck.GOOD,
    standing: Standing | None = Standing.CONFIRMED,
    state: MergedState = OUTSIDE,
    opens: datetime | None = None,
    device: GateKind = GateKind.LANE,
    decided: Outcome | None = None,
    override: bool = False,
    kind: ScanKind = ScanKind.ENTER,
) -> Verdict:
    shown = Shown(kind, TEN, device, decided, override)
    return decide(shown, ticket=ticket, standing=standing, opens_at=opens, state=state)


INSIDE = merge_scans([scan(1, minute=-10)])


def test_each_fact_has_its_answer() -> None:
    assert judge().outcome is Outcome.ADMITTED
    assert judge(state=INSIDE).outcome is Outcome.ALREADY_IN
    assert judge(standing=Standing.DIGITAL).outcome is Outcome.DIGITAL
    assert judge(standing=Standing.WAITING).outcome is Outcome.WAITING
    assert judge(standing=Standing.CANCELLED).outcome is Outcome.CANCELLED
    assert judge(ticket=TicketCheck.REPLACED).outcome is Outcome.REPLACED
    assert judge(opens=TEN + timedelta(seconds=1)).outcome is Outcome.NOT_STARTED
    assert judge(opens=TEN).outcome is Outcome.ADMITTED
    for check in (TicketCheck.UNKNOWN, TicketCheck.BAD_SIGNATURE, TicketCheck.OTHER_EDITION):
        verdict = judge(ticket=check, standing=None)
        assert verdict.outcome == check.value
        assert verdict.conflict is not None


@pytest.mark.parametrize("standing", [Standing.DIGITAL, Standing.WAITING, Standing.CANCELLED])
def test_a_desk_may_override_and_a_lane_may_not(standing: Standing) -> None:
    assert judge(standing=standing, device=GateKind.DESK, override=True).outcome is Outcome.ADMITTED
    lane = judge(standing=standing, override=True)
    assert lane.outcome == standing.value
    assert lane.conflict is ConflictKind.OVERRIDE_ON_LANE


def test_nobody_can_override_for_somebody_who_is_not_known() -> None:
    verdict = judge(ticket=TicketCheck.UNKNOWN, standing=None, device=GateKind.DESK, override=True)
    assert verdict.outcome is Outcome.UNKNOWN


def test_what_an_offline_phone_told_is_kept_and_contradictions_are_noted() -> None:
    admitted = judge(decided=Outcome.ADMITTED_UNVERIFIED)
    assert (admitted.outcome, admitted.conflict) == (Outcome.ADMITTED, None)
    assert judge(decided=Outcome.ADMITTED, state=INSIDE).conflict is ConflictKind.LET_IN_TWICE
    cancelled = judge(decided=Outcome.ADMITTED, standing=Standing.CANCELLED)
    assert (cancelled.outcome, cancelled.conflict) == (Outcome.CANCELLED, ConflictKind.LET_IN_AGAINST_LIST)
    refused = judge(decided=Outcome.UNKNOWN)
    assert (refused.outcome, refused.conflict) == (Outcome.UNKNOWN, ConflictKind.REFUSED_AGAINST_LIST)
    assert judge(decided=Outcome.ALREADY_IN).outcome is Outcome.ALREADY_IN
    assert judge(decided=Outcome.UNKNOWN).outcome not in ADMITTING


def test_a_wrong_clock_is_corrected_within_what_is_possible() -> None:
    enrolled, received = TEN, TEN + timedelta(hours=2)

    def at(device_at: datetime, offset: timedelta) -> datetime:
        return corrected(device_at, offset=offset, received_at=received, enrolled_at=enrolled)

    year_back = timedelta(days=365)
    assert at(TEN + timedelta(minutes=5) - year_back, year_back) == TEN + timedelta(minutes=5)
    assert at(received + timedelta(hours=1), timedelta(0)) == received
    assert at(TEN - timedelta(days=9), timedelta(0)) == enrolled
    assert at(datetime.max.replace(tzinfo=UTC), timedelta(days=1)) == received
