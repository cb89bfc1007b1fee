import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosslinks.web.charts import BOTTOM, LEFT, RIGHT, TOP, bar_chart, line_chart, split_bar

COUNTS = st.lists(st.integers(0, 5000), max_size=60)


@given(COUNTS)
def test_bars_stay_within_the_chart_and_follow_the_counts(counts: list[int]) -> None:
    drawn = bar_chart(counts, [str(index) for index in range(len(counts))])
    assert [bar.value for bar in drawn.bars] == counts
    assert all(bar.y >= TOP - 0.01 and bar.y + bar.height == pytest.approx(BOTTOM) for bar in drawn.bars)
    if any(counts):
        assert drawn.most is not None
        assert drawn.most.value == max(counts)
    else:
        assert drawn.most is None


def test_a_single_bar_is_no_wall_and_each_of_a_few_has_its_label_below() -> None:
    drawn = bar_chart([2, 5], ["09:05", "09:10"])
    assert all(bar.width < 60 for bar in drawn.bars)
    assert [(tick.text, tick.at) for tick in drawn.times] == [
        (label, pytest.approx(bar.x + bar.width / 2)) for label, bar in zip(("09:05", "09:10"), drawn.bars, strict=True)
    ]


@given(COUNTS, COUNTS)
def test_lines_run_over_the_whole_width_and_their_labels_stand_apart(room: list[int], stream: list[int]) -> None:
    steps = min(len(room), len(stream))
    drawn = line_chart([room[:steps], stream[:steps]], [str(step) for step in range(steps)])
    assert abs(drawn.lines[0].label_y - drawn.lines[1].label_y) >= 14.9
    if steps > 1:
        assert drawn.lines[0].path.startswith(f"M{LEFT:.1f} ")
        assert f"L{RIGHT:.1f} " in drawn.lines[0].path


def test_a_limit_above_all_values_is_drawn_within_the_chart() -> None:
    drawn = line_chart([[0, 40]], ["a", "b"], limit=300)
    assert drawn.limit_y == TOP
    assert [tick.text for tick in drawn.values] == ["0", "100", "200", "300"]


def test_axes_never_count_in_fractions_of_people() -> None:
    assert [tick.text for tick in bar_chart([0, 1, 2], ["a", "b", "c"]).values] == ["0", "1", "2"]


@given(st.lists(st.integers(0, 10_000), max_size=5))
def test_shares_fill_the_bar_and_none_that_is_not_empty_disappears(counts: list[int]) -> None:
    shares = split_bar(counts)
    if not any(counts):
        assert shares == ()
        return
    assert shares[-1].left + shares[-1].width <= 100.01
    assert all(share.width >= 7 for share in shares if share.count)
    assert all(share.width == 0 for share in shares if not share.count)
