import itertools
import re

import pytest

from crosslinks.web.drawings import Break, Cover, Moment, cover, initials, portrait

TALKS = [Moment(630, 10), Moment(640, 45, "Loges"), Moment(685, 30, "Derosa"), Moment(805, 30, "van der Schaar")]
BREAKS = [Break(745, 60, "Lunch")]


def draw(*, earlier: int = 15, phone: bool = False) -> Cover:
    return cover(TALKS, BREAKS, earlier=earlier, seed="crosslinks", phone=phone)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dr. Leo Rasche", "LR"),
        ("Prof. Mihaela van der Schaar", "MS"),
        ("Prof.\u00a0Sonja Loges", "SL"),
        ("Máret Ŋuvva Eira", "ME"),
        ("Øyvind", "Ø"),
        ("", ""),
    ],
)
def test_initials_leave_titles_and_particles_out(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_person_has_the_same_placeholder_everywhere_and_another_than_others() -> None:
    portrait.cache_clear()
    first = portrait("Dr. Leo Rasche")
    portrait.cache_clear()
    assert portrait("Dr. Leo Rasche") == first
    assert portrait("Dr. Raza Ali").room != first.room
    assert first.room.count("M") == first.stream.count("M") == 3


def test_links_stand_at_the_true_times_of_the_talks() -> None:
    xs = [link.x for link in draw().links]
    minutes = [talk.start for talk in TALKS]
    scale = (xs[-1] - xs[0]) / (minutes[-1] - minutes[0])
    assert xs == pytest.approx([xs[0] + scale * (minute - minutes[0]) for minute in minutes])
    assert 0 < xs[0] < xs[-1] < draw().width


def test_the_strands_part_in_a_break_and_the_knot_is_open_there() -> None:
    drawn = draw()
    [(x, y)] = drawn.knots
    farthest = max(link.bottom - link.top for link in drawn.links)
    [word] = [label for label in drawn.labels if label.kind == "break"]
    assert word.text == "Lunch"
    assert word.x == x
    assert y < min(link.top for link in drawn.links)
    assert 2 * (word.y - 6 - y) > farthest


def test_one_faint_strand_runs_for_each_earlier_edition() -> None:
    assert len(draw(earlier=15).past) == 15
    assert draw(earlier=0).past == ()
    assert draw(earlier=0).past_links == ""


def test_labels_do_not_touch_and_a_phone_has_none() -> None:
    close = [Moment(600 + 5 * index, 5, "Long Name") for index in range(20)]
    drawn = cover(close, (), earlier=0)
    names = [label.x for label in drawn.labels if label.kind == "name"]
    assert 1 < len(names) < 20
    assert all(right - left > 4.6 * len("Long Name") for left, right in itertools.pairwise(names))
    assert draw(phone=True).labels == ()
    assert draw(phone=True).width == 390


def test_times_are_written_in_the_reader_s_way() -> None:
    drawn = cover(TALKS, BREAKS, earlier=0, clock=".")
    assert "10.40" in [label.text for label in drawn.labels]


def test_a_day_without_anything_can_be_drawn() -> None:
    assert cover((), (), earlier=3).links == ()


def test_path_data_holds_numbers_only() -> None:
    drawn = draw()
    for path in (*drawn.past, drawn.past_links, drawn.room, drawn.stream):
        assert re.fullmatch(r"[MCSLVH0-9. -]*", path)
