from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosslinks.home.rules import Stage, next_boundary, stage_of
from crosslinks.registration.rules import Availability

OSLO = ZoneInfo("Europe/Oslo")
START = datetime(2024, 1, 25, 9, 30, tzinfo=UTC)
END = START + timedelta(hours=5)
OPENS = START - timedelta(days=50)
CLOSES = START - timedelta(days=2)
FREE, FEW, FULL = Availability.FREE, Availability.FEW, Availability.FULL
stage_at = partial(stage_of, starts_at=START, ends_at=END, zone=OSLO, opens_at=OPENS, closes_at=CLOSES)
boundary_after = partial(next_boundary, starts_at=START, ends_at=END, zone=OSLO, opens_at=OPENS, closes_at=CLOSES)


@pytest.mark.parametrize(
    ("moment", "left", "stage"),
    [
        (OPENS - timedelta(seconds=1), [FREE], Stage.SOON),
        (OPENS, [FREE, FREE], Stage.OPEN),
        (OPENS, [FEW, FREE], Stage.LAST),
        (OPENS, [FULL, FREE], Stage.OPEN),
        (OPENS, [FULL, FULL], Stage.FULL),
        (OPENS, [], Stage.OPEN),
        (CLOSES - timedelta(days=3), [FREE], Stage.LAST),
        (CLOSES, [FREE], Stage.CLOSED),
        (datetime(2024, 1, 24, 22, 59, tzinfo=UTC), [FREE], Stage.CLOSED),
        (datetime(2024, 1, 24, 23, 0, tzinfo=UTC), [FREE], Stage.TODAY),
        (END - timedelta(seconds=1), [FULL], Stage.TODAY),
        (END, [FREE], Stage.THANKS),
        (END + timedelta(days=30), [FREE], Stage.AHEAD),
    ],
)
def test_the_page_is_about_what_the_clock_says(moment: datetime, left: list[Availability], stage: Stage) -> None:
    assert stage_at(moment, left=left) is stage


@given(st.integers(-100_000, 100_000), st.integers(0, 50_000))
def test_nothing_changes_before_the_boundary(minutes: int, later: int) -> None:
    moment = START + timedelta(minutes=minutes)
    boundary = boundary_after(moment)
    other = moment + timedelta(minutes=later)
    if boundary is None or other < boundary:
        same = {stage_at(one, left=[FREE]) for one in (moment, other)}
        assert len(same) == 1
