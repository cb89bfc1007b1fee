"""The measurements themselves. Figures of a request are server CPU beside P, the median of the rounds.

Pages are measured once each process of the server has compiled its templates.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from crosslinks.bench import lists, questions
from crosslinks.bench.figures import CLIENTS, WORKERS, Figures, beside_plain, warm
from crosslinks.bench.imports import measure_import
from crosslinks.bench.load import Request, measure, memory
from crosslinks.bench.mailings import measure_mailing
from crosslinks.bench.report import Row
from crosslinks.bench.stage import SLUG, Stage, free_port, make_instance, make_stage, running
from crosslinks.documents.operations import BadgeOrder
from crosslinks.documents.printing import print_order
from crosslinks.documents.queries import BadgeFilter, Selection
from crosslinks.documents.renderer import renderer

TALKS = 40
MANY_TALKS = 100
FEEDS = ("ics", "xml", "json")
SMALL, LARGE = 300, 5_000
IDLE_SECONDS = 8
MB = 1_000_000


@dataclass(frozen=True)
class Size:
    """How much is asked in each round."""

    rounds: int = 3
    kept: int = 4_000
    built: int = 400
    writes: int = 300
    lists: int = 80


Say = Callable[[str], None]


def run(folder: Path, size: Size, say: Say) -> list[Row]:
    """Measure everything and return its rows; ``say`` hears how far it is."""
    app = make_instance(folder)
    with app.app_context():
        say(f"registering {LARGE} and {size.rounds + 1} times {SMALL} people ...")
        small = [make_stage(f"small-{number}", people=SMALL, talks=TALKS) for number in range(size.rounds)]
        large = make_stage("large", people=LARGE, talks=TALKS)
        many = make_stage("many", people=0, talks=MANY_TALKS)
        form = make_stage("form", people=SMALL)
        questions.ask_questions(form)
        badges = make_stage("badges", people=SMALL)
        badge_rows = _badges(badges, say)
    say("an import with registrations beside it")
    import_rows = measure_import(app, folder, badges, _serve)
    with beside_plain(folder) as figures:
        _requests(figures, folder, small, large, size, say)
        with app.app_context():
            _form(figures, folder, form, size, say)
            _lists(figures, folder, large, size, say)
        _built(figures, folder, small[0], large, size, say)
        _feeds(figures, folder, many, size, say)
    with app.app_context():
        mailing_rows = measure_mailing(large.edition_id, folder, say)
    return [*_rows(figures), *badge_rows, *import_rows, *mailing_rows, _idle(folder, say)]


def _serve(port: int, *more: str) -> list[str]:
    return ["-m", "crosslinks", "serve", "--port", str(port), "--workers", str(WORKERS), *more]


def _requests(figures: Figures, folder: Path, small: list[Stage], large: Stage, size: Size, say: Say) -> None:
    port = free_port()
    with running(_serve(port, "--no-worker"), port, folder) as server:
        for number, stage in enumerate(small):
            say(f"pages, registrations and scans, round {number + 1} of {size.rounds}")
            for kind, shown in (("small", stage), ("large", large)):
                page = Request("GET", f"/{SLUG}/{shown.slug}/programme", headers={"Accept-Encoding": "gzip"})
                warm(server, port, [page])
                figures.ask(f"kept {kind}", server, port, [page] * size.kept)
                people = shown.registrations(size.writes, f"{kind}.{number}")
                figures.ask(f"register {kind}", server, port, people, 201)
                figures.ask(f"scan {kind}", server, port, shown.scans(size.writes))


def _built(figures: Figures, folder: Path, small: Stage, large: Stage, size: Size, say: Say) -> None:
    port = free_port()
    with running(_serve(port, "--no-worker"), port, folder, CROSSLINKS_KEPT_PAGES="0") as server:
        for number in range(size.rounds):
            say(f"pages built anew, round {number + 1} of {size.rounds}")
            for kind, shown in (("small", small), ("large", large)):
                page = Request("GET", f"/{SLUG}/{shown.slug}/programme")
                warm(server, port, [page])
                figures.ask(f"built {kind}", server, port, [page] * size.built)


def _feeds(figures: Figures, folder: Path, stage: Stage, size: Size, say: Say) -> None:
    """Measure the programme with many talks: its page and its files as they are kept, and the page built anew."""
    page = {"page": "programme"}
    _many(figures, folder, stage, page | {kind: f"programme.{kind}" for kind in FEEDS}, "kept", size, say)
    _many(figures, folder, stage, page, "built", size, say)


def _many(figures: Figures, folder: Path, stage: Stage, pages: dict[str, str], how: str, size: Size, say: Say) -> None:
    port, count = free_port(), size.kept if how == "kept" else size.built
    environment = {} if how == "kept" else {"CROSSLINKS_KEPT_PAGES": "0"}
    with running(_serve(port, "--no-worker"), port, folder, **environment) as server:
        for number in range(size.rounds):
            say(f"{MANY_TALKS} talks, {how}, round {number + 1} of {size.rounds}")
            for name, path in pages.items():
                asked = Request("GET", f"/{SLUG}/{stage.slug}/{path}", headers={"Accept-Encoding": "gzip"})
                warm(server, port, [asked])
                figures.ask(f"many {name} {how}", server, port, [asked] * count)


def _form(figures: Figures, folder: Path, stage: Stage, size: Size, say: Say) -> None:
    port = free_port()
    with running(_serve(port, "--no-worker"), port, folder) as server:
        for number in range(size.rounds):
            say(f"the form with {questions.QUESTIONS} questions, round {number + 1} of {size.rounds}")
            pages = questions.shown(stage, size.built)
            warm(server, port, pages[:1])
            figures.ask("form shown", server, port, pages)
            people = questions.sent(stage, port, size.writes, f"form.{number}")
            figures.ask("form accepted", server, port, people, 303)


def _lists(figures: Figures, folder: Path, stage: Stage, size: Size, say: Say) -> None:
    port = free_port()
    with running(_serve(port, "--no-worker"), port, folder) as server:
        cookie = lists.sign_in(port)
        warm(server, port, lists.listed(stage, "", cookie, 1))
        for number in range(size.rounds):
            say(f"the organizer's list, round {number + 1} of {size.rounds}")
            for wanted in lists.FILTERS:
                pages = lists.listed(stage, wanted, cookie, size.lists)
                figures.ask(f"list {wanted}", server, port, pages)


def _badges(stage: Stage, say: Say) -> list[Row]:
    order = BadgeOrder(BadgeFilter(Selection.ALL, None), "l7418", "en")
    renderer.warm()
    say(f"{SMALL} badges")
    took = []
    for _ in range(3):
        start = time.perf_counter()
        print_order(stage.edition_id, order)
        took.append(time.perf_counter() - start)
    highest = max(_high_water(process_id) for process_id in renderer.process_ids())
    renderer.close()
    return [
        Row(f"{SMALL} badges on l7418, wall, two warm processes", median(took), "s", limit=1.5),
        Row("badges, memory of the largest process", highest / MB, "MB", limit=250),
    ]


def _high_water(process_id: int) -> int:
    """Return the most memory that a process ever had, in bytes."""
    for line in Path(f"/proc/{process_id}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return int(psutil.Process(process_id).memory_info().rss)


def _idle(folder: Path, say: Say) -> Row:
    port = free_port()
    with running(_serve(port), port, folder) as server:
        say("idle")
        requests = [Request("GET", f"/{SLUG}/large/programme")] * 200
        measure(server, port, requests, clients=CLIENTS, expect=200)
        time.sleep(IDLE_SECONDS)
        held = memory(server)
    return Row("server and worker idle, all processes (PSS)", held / MB, "MB", limit=300)


def _rows(figures: Figures) -> list[Row]:
    dearest = max((f"list {wanted}" for wanted in lists.FILTERS), key=figures.in_p)

    def in_p(name: str, key: str, limit: float) -> Row:
        return Row(name, figures.cpu(key), "ms", p=figures.in_p(key), limit=limit)

    def growth(name: str, what: str) -> Row:
        larger = figures.in_p(f"{what} large") / figures.in_p(f"{what} small")
        return Row(f"{name}, {LARGE} over {SMALL} registrations", larger, "×", limit=1.2)

    return [
        Row("plain Flask page (P)", median(figures.looks), "ms", p=1.0),
        in_p(f"programme with {TALKS} talks, built", "built small", 40),
        in_p(f"programme with {TALKS} talks, kept", "kept small", 5),
        in_p(f"programme with {MANY_TALKS} talks, built", "many page built", 80),
        in_p(f"programme with {MANY_TALKS} talks, kept", "many page kept", 5),
        *(in_p(f".{kind} of {MANY_TALKS} talks, kept", f"many {kind} kept", 5) for kind in FEEDS),
        in_p("registration through the JSON twin", "register small", 30),
        Row("registration, p99 latency", figures.p99("register small"), "ms", limit=100),
        in_p(f"form with {questions.QUESTIONS} questions, shown", "form shown", 40),
        in_p(f"form with {questions.QUESTIONS} questions, accepted", "form accepted", 50),
        in_p("one online scan", "scan small", 25),
        in_p(f"organizer's list of {LARGE}, dearest of {len(lists.FILTERS)} filters", dearest, 100),
        Row("scan, p99 latency", figures.p99("scan small"), "ms"),
        growth("programme built", "built"),
        growth("programme kept", "kept"),
        growth("registration", "register"),
        growth("scan", "scan"),
    ]
