"""The programme of 2024 is built in the timetable from nothing: with the mouse, and with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from crosslinks.demo.edition import read_data
from tests.browser.conftest import Shown
from tests.instances import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PROGRAMME: list[dict[str, Any]] = read_data()["programme"]
KINDS = {"single": "A talk on its own", "session": "A session with talks", "break": "A break"}
MOST_TABS = 400


def address(slug: str) -> str:
    return f"/manage/crosslinks/{slug}/programme/timetable"


@contextmanager
def timetable(chromium: Browser, demo: Shown, state: Path, slug: str, **more: Any) -> Iterator[Page]:
    look: dict[str, Any] = {"viewport": {"width": 1280, "height": 1500}, "locale": "en-GB"} | more
    context = chromium.new_context(base_url=demo.url, storage_state=state, **look)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{address(slug)}?lang=en")
    yield page
    assert faults == []
    context.close()


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return 60 * int(hours) + int(rest)


def title_of(part: dict[str, Any]) -> dict[str, str]:
    title: dict[str, str] = part["talks"][0]["title"] if part["kind"] == "single" else part["title"]
    return title


def wanted() -> list[tuple[str, int, str]]:
    """Every line of the day: start, minutes and title."""
    lines = []
    for part in PROGRAMME:
        lines.append((part["starts"], part["minutes"], title_of(part)["en"]))
        if part["kind"] == "session":
            lines += [(talk["starts"], talk["minutes"], talk["title"]["en"]) for talk in part["talks"]]
    return lines


def built(page: Page) -> list[tuple[str, int, str]]:
    return [
        (
            slot.locator("time").first.inner_text()[:5],
            int(slot.get_attribute("data-minutes") or 0),
            slot.locator(".slot__title").first.inner_text(),
        )
        for slot in page.locator(".slot").all()
    ]


def said(page: Page) -> Locator:
    return page.locator("#timetable-said")


def slot(page: Page, title: str) -> Locator:
    return page.locator(".slot", has=page.locator(".slot__title", has_text=re.compile(f"^{re.escape(title)}$"))).last


class Grid:
    """The only grid of a page: where on the screen a moment is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def y(self, moment: int) -> float:
        value: float = self.page.evaluate(
            "(moment) => { const grid = document.querySelector('.timetable__grid');"
            " const scale = Number(getComputedStyle(grid).getPropertyValue('--scale'));"
            " return grid.getBoundingClientRect().top + (moment - Number(grid.dataset.starts)) * scale; }",
            moment,
        )
        return value

    def x(self, column: int) -> float:
        box = self.page.locator(".timetable__grid").bounding_box()
        assert box is not None
        return box["x"] + box["width"] * (0.2 + column / 2)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        mouse.move(*end)
        mouse.up()

    def draw(self, start: int, end: int, column: int = 0) -> None:
        self.drag((self.x(column), self.y(start) + 1), (self.x(column), self.y(end) - 1))
        expect(self.page.locator("#new-part")).to_be_visible()


def write(page: Page, title: dict[str, str], length: int | None = None) -> None:
    """Fill in the dialog and wait until what it makes is in the grid."""
    before = page.locator(".slot").count()
    page.get_by_label("Title, in English").fill(title["en"])
    page.get_by_label("Title, in Norwegian").fill(title["nb"])
    if length is not None:
        page.get_by_label("Minutes").fill(str(length))
    page.locator("#new-part").get_by_role("button", name="Add").click()
    expect(page.locator(".slot")).to_have_count(before + 1)
    expect(page.locator("#new-part")).to_be_hidden()


def press(page: Page, keys: str, words: str | re.Pattern[str]) -> None:
    page.keyboard.press(keys)
    expect(said(page)).to_contain_text(words)


def axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document)")
    return [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found["violations"]]


def test_the_programme_is_built_with_the_mouse(chromium: Browser, demo: Shown, organizer_state: Path) -> None:
    with timetable(chromium, demo, organizer_state, "2043") as page:
        grid = Grid(page)
        for part in PROGRAMME:
            start = minutes(part["starts"])
            grid.draw(start, start + part["minutes"])
            page.get_by_label(KINDS[part["kind"]]).check()
            write(page, title_of(part))
            if part["kind"] != "session":
                continue
            for talk in part["talks"]:
                slot(page, title_of(part)["en"]).hover()
                page.get_by_role("link", name=f"Talk in {title_of(part)['en']}").click()
                write(page, talk["title"], talk["minutes"])
        assert built(page) == wanted()
        change_with_the_mouse(page, grid)
        assert built(page) == wanted()
        assert axe(page) == []
        publish_change_and_publish(page, grid)


def change_with_the_mouse(page: Page, grid: Grid) -> None:
    """Move, resize, reorder and retime with the mouse; then undo all of it, and one of it again and back."""
    lunch, welcome = slot(page, "Lunch and mingling"), slot(page, "Welcome")
    x, y = grid.x(0), grid.y(minutes("12:25")) + 20
    grid.drag((x, y), (x, grid.y(minutes("12:35")) + 20))
    expect(said(page)).to_contain_text("is now at 12:35 in Kaare Norum auditorium")
    expect(said(page)).to_contain_text("“Lunch and mingling” and “New technologies in oncology” are in Kaare Norum")
    expect(lunch.locator(".slot__warning")).to_contain_text("Conflict")
    expect(page.locator("#conflicts")).to_contain_text("Move one of them in time, or to another room.")
    assert axe(page) == []

    box = welcome.bounding_box()
    assert box is not None
    edge = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)
    grid.drag(edge, (edge[0], grid.y(minutes("10:50"))))
    expect(said(page)).to_contain_text("“Welcome” now ends at 10:50.")
    x, y = grid.x(0), grid.y(minutes("10:30")) + 10
    grid.drag((x, y), (grid.x(1), grid.y(minutes("14:00")) + 10))
    expect(said(page)).to_contain_text("“Welcome” is now at 14:00 in Hall B.")

    last = slot(page, "Antibody-drug conjugates").bounding_box()
    assert last is not None
    grid.drag((last["x"] + 200, last["y"] + 40), (last["x"] + 200, grid.y(minutes("10:45"))))
    expect(said(page)).to_contain_text("“Antibody-drug conjugates” is now 10:40–11:10 in “Precision oncology")
    grid.drag((last["x"] + 200, grid.y(minutes("10:50"))), (last["x"] + 200, grid.y(minutes("13:30"))))
    expect(said(page)).to_contain_text("is now 13:25–13:55 in “New technologies in oncology”")
    grid.drag((last["x"] + 200, grid.y(minutes("13:35"))), (grid.x(1), grid.y(minutes("16:00"))))
    expect(said(page)).to_contain_text("“Antibody-drug conjugates” is now at 15:50 in Hall B.")
    for _ in range(6):
        expect(page.get_by_role("button", name="Undo")).to_be_enabled()
        with page.expect_response(re.compile("/undo$")):
            page.get_by_role("button", name="Undo").click()
        expect(said(page)).to_contain_text("Undone: it is back where it was.")
    with page.expect_response(re.compile("/redo$")):
        page.get_by_role("button", name="Do again").click()
    expect(said(page)).to_contain_text("Done again: it is moved.")
    with page.expect_response(re.compile("/undo$")):
        page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("Undone: it is back where it was.")


def publish_change_and_publish(page: Page, grid: Grid) -> None:
    """Give a talk to somebody, publish, move it, publish again; the changes are told and the letter is drafted."""
    manage = page.url.partition("/programme/")[0]
    page.goto(f"{manage}/people/new")
    for label, typed in (("Given name", "Wilma"), ("Family name", "Moved"), ("E-mail", "wilma@example.org")):
        page.get_by_label(label).first.fill(typed)
    page.get_by_role("button", name="Add the person").click()
    page.wait_for_url(re.compile(r"/people"))
    page.goto(f"{manage}/programme/timetable")
    slot(page, "Welcome").locator(".slot__title").click()
    page.get_by_label("Speaker 1", exact=True).select_option(label="Moved, Wilma")
    page.get_by_role("button", name="Save").click()
    publish(page, manage, 1)
    page.goto(f"{manage}/programme/timetable")
    grid.drag((grid.x(0), grid.y(minutes("10:30")) + 10), (grid.x(1), grid.y(minutes("14:00")) + 10))
    expect(said(page)).to_contain_text("“Welcome” is now at 14:00 in Hall B.")
    page.goto(f"{manage}/programme/releases")
    changes = "Now at 14:00, was at 10:30. Now in Hall B, was in Kaare Norum auditorium."
    expect(page.locator(".changes__session")).to_have_text("Welcome")
    expect(page.locator(".changes__list")).to_have_text(changes)
    expect(page.get_by_text("Wilma Moved", exact=True)).to_be_visible()
    publish(page, manage, 2)
    expect(page.get_by_role("heading", name="1 letter waits for you")).to_be_visible()
    page.get_by_role("link", name="Wilma Moved").click()
    for words in ("Welcome", "14:00–14:10", "Hall B", "was at 10:30"):
        expect(page.locator(".mail-text")).to_contain_text(words)
    page.goto(f"{manage.replace('/manage', '')}/programme/changes")
    expect(page.locator("#release-2 .changes__list")).to_contain_text(changes)
    expect(page.locator("#release-1")).to_contain_text("The programme was published.")


def publish(page: Page, manage: str, number: int) -> None:
    page.goto(f"{manage}/programme/releases")
    page.get_by_role("button", name=f"Publish release {number}").click()
    expect(page.get_by_role("heading", name="Everything is published")).to_be_visible()


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says ``words``."""
    for _ in range(MOST_TABS):
        if page.evaluate("(document.activeElement.ariaLabel || document.activeElement.textContent).trim()") == words:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {words!r}")


def type_in(page: Page, title: dict[str, str], length: int, kind: str = "") -> None:
    """Fill in the dialog without the mouse: the focus is in the first title."""
    dialog = page.locator("#new-part")
    before = page.locator(".slot").count()
    expect(dialog).to_be_visible()
    if kind:
        page.keyboard.press("Shift+Tab")
        for _ in range(["session", "single", "break"].index(kind)):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    page.keyboard.type(title["en"])
    page.keyboard.press("Tab")
    page.keyboard.type(title["nb"])
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "minutes":
            break
    page.keyboard.press("Control+a")
    page.keyboard.type(str(length))
    page.keyboard.press("Enter")
    expect(page.locator(".slot")).to_have_count(before + 1)
    expect(dialog).to_be_hidden()


def test_the_programme_is_built_with_the_keyboard_alone(chromium: Browser, demo: Shown, organizer_state: Path) -> None:
    with timetable(chromium, demo, organizer_state, "2044") as page:
        for part in PROGRAMME:
            page.evaluate("document.activeElement.blur()")
            tab_to(page, "Add")
            page.keyboard.press("Enter")
            type_in(page, title_of(part), part["minutes"], part["kind"])
            if part["kind"] != "session":
                continue
            for talk in part["talks"]:
                tab_to_talk_link(page, title_of(part)["en"])
                page.keyboard.press("Enter")
                type_in(page, talk["title"], talk["minutes"])
        assert built(page) == wanted()
        change_with_the_keyboard(page)
        assert built(page) == wanted()
        slot(page, "Coffee").locator(".slot__title").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Coffee")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(re.compile(r"/programme/timetable#part-\d+$"))


def tab_to_talk_link(page: Page, session: str) -> None:
    page.evaluate("document.activeElement.blur()")
    tab_to(page, f"Talk in {session}")


def change_with_the_keyboard(page: Page) -> None:
    """Every arrow says what it did, and everything goes back."""
    page.evaluate("document.activeElement.blur()")
    tab_to(page, "Welcome")
    press(page, "ArrowUp", "“Welcome” is now at 10:25 in Kaare Norum auditorium. “Welcome” lies outside the day")
    press(page, "ArrowRight", "“Welcome” is now at 10:25 in Hall B.")
    press(page, "Shift+ArrowDown", "“Welcome” now ends at 10:40.")
    press(page, "Shift+ArrowUp", "“Welcome” now ends at 10:35.")
    press(page, "ArrowLeft", "“Welcome” is now at 10:25 in Kaare Norum auditorium.")
    press(page, "ArrowDown", "“Welcome” is now at 10:30 in Kaare Norum auditorium.")
    tab_to(page, "Antibody-drug conjugates")
    press(page, "ArrowUp", "“Antibody-drug conjugates” is now 11:25–11:55 in “Precision oncology and immunotherapy”.")
    press(page, "Shift+ArrowDown", "“Antibody-drug conjugates” is now 11:25–12:00")
    press(page, "Shift+ArrowUp", "“Antibody-drug conjugates” is now 11:25–11:55")
    press(page, "ArrowDown", "“Antibody-drug conjugates” is now 11:55–12:25")
    press(page, "ArrowDown", "“Antibody-drug conjugates” is now 13:25–13:55 in “New technologies in oncology”.")
    press(page, "ArrowUp", "“Antibody-drug conjugates” is now 11:55–12:25 in “Precision oncology and immunotherapy”.")
    press(page, "Delete", "Deleted. You can undo it.")
    press(page, "Control+z", "Undone: what was deleted is back.")


def test_two_people_and_a_lost_connection(chromium: Browser, demo: Shown, organizer_state: Path) -> None:
    """The later one is told and sees the grid as it stands; without a connection nothing seems saved that is not."""
    with (
        timetable(chromium, demo, organizer_state, "2045") as first,
        timetable(chromium, demo, organizer_state, "2045") as second,
    ):
        title = ".slot__title"
        slot(first, "Beside it").locator(title).focus()
        press(first, "ArrowDown", "“Beside it” is now at 10:35 in Hall B.")
        slot(second, "Beside it").locator(title).focus()
        press(second, "Shift+ArrowDown", "This was changed meanwhile. Nothing of yours was saved.")
        expect(slot(second, "Beside it").locator("time").first).to_contain_text("10:35")
        press(second, "ArrowUp", "“Beside it” is now at 10:30 in Hall B.")
        second.context.set_offline(True)
        press(second, "ArrowDown", "There is no connection. Nothing was saved.")
        second.context.set_offline(False)
        expect(slot(second, "Beside it").locator("time").first).to_contain_text("10:30")


def test_without_script_and_on_a_phone(chromium: Browser, demo: Shown, organizer_state: Path) -> None:
    phone = {"width": 390, "height": 844}
    with timetable(chromium, demo, organizer_state, "2045", viewport=phone, java_script_enabled=False) as page:
        slot(page, "The day after").get_by_role("link", name="Move").click()
        page.get_by_role("button", name="5 minutes later").click()
        expect(page.locator("#toasts")).to_contain_text("“The day after” is now at 10:35 in Hall B.")
        page.get_by_label("Room").select_option(label="Aula")
        page.get_by_role("button", name="Move", exact=True).click()
        expect(page.locator("#toasts")).to_contain_text("“The day after” is now at 10:35 in Aula.")
        for _ in range(2):
            page.get_by_role("button", name="Undo").click()
        expect(slot(page, "The day after")).to_contain_text("Hall B")
    with timetable(chromium, demo, organizer_state, "2045", viewport=phone, has_touch=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]
        assert axe(page) == []


class Finger:
    """One finger on a touch screen, as the browser's own input sees it."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def drag(self, handle: Locator, by: float) -> None:
        """Put the finger on a handle, move it down by so many pixels in steps, and lift it."""
        box = handle.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self._touch("touchStart", x, y)
        for step in range(1, 6):
            self._touch("touchMove", x, y + by * step / 5)
        self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def _touch(self, kind: str, x: float, y: float) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})


def test_a_finger_drags_by_the_handles_and_scrolls_beside_them(
    chromium: Browser, demo: Shown, organizer_state: Path
) -> None:
    """On a phone on its side or a tablet; an upright phone has the list and its forms."""
    tablet = {"width": 820, "height": 700}
    with timetable(chromium, demo, organizer_state, "2045", viewport=tablet, has_touch=True) as page:
        finger, lunch = Finger(page), slot(page, "Lunch")
        scale = page.locator(".timetable__grid").first.evaluate(
            "(grid) => Number(getComputedStyle(grid).getPropertyValue('--scale'))"
        )
        lunch.scroll_into_view_if_needed()
        finger.drag(lunch.locator(".slot__grip"), 10 * scale)
        expect(said(page)).to_contain_text(re.compile("“Lunch” is now at 12:10"))
        finger.drag(lunch.locator(".slot__edge"), 10 * scale)
        expect(said(page)).to_contain_text("“Lunch” now ends at 13:15.")
        for _ in range(2):
            with page.expect_response(re.compile("/undo$")):
                page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("button", name="Do again")).to_be_enabled()
        before = page.evaluate("scrollY")
        finger.drag(slot(page, "Morning").locator(".slot__title").first, -80)
        page.wait_for_function("(before) => scrollY !== before", arg=before)
        expect(slot(page, "Morning").locator("time").first).to_contain_text("10:30")
