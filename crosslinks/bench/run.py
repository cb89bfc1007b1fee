"""The measurements themselves. Figures of a request are server CPU beside P, the median of the rounds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from crosslinks.bench import lists, questions
from crosslinks.bench.imports import measure_import
from crosslinks.bench.load import Measured, Request, measure, memory
from crosslinks.bench.mailings import measure_mailing
from crosslinks.bench.report import Row
from crosslinks.bench.stage import SLUG, Stage, free_port, make_instance, make_stage, running
from crosslinks.documents.operations import BadgeOrder
from crosslinks.documents.printing import print_order
from crosslinks.documents.queries import BadgeFilter, Selection
from crosslinks.documents.renderer import renderer

WORKERS = 2
CLIENTS = 8
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
    plain: int = 8_000
    kept: int = 4_000
    built: int = 400
    writes: int = 300
    lists: int = 80


@dataclass
class Figures:
    """Everything measured so far, by name; one list of rounds each."""

    measured: dict[str, list[Measured]] = field(default_factory=dict)

    def add(self, name: str, found: Measured) -> None:
        """Note one round; raises when the server did not answer as expected, for then it says nothing."""
        if found.failed:
            raise RuntimeError(f"{name}: {found.failed} of {found.requests} requests were not answered as expected")
        self.measured.setdefault(name, []).append(found)

    def cpu(self, name: str) -> float:
        """Return milliseconds of server CPU per request."""
        return median(found.cpu for found in self.measured[name])

    def p99(self, name: str) -> float:
        """Return the 99th percentile of latency in milliseconds."""
        return median(found.p99 for found in self.measured[name])


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
    figures = Figures()
    _plain(figures, folder, size, say)
    _requests(figures, folder, small, large, size, say)
    with app.app_context():
        _form(figures, folder, form, size, say)
        _lists(figures, folder, large, size, say)
    _built(figures, folder, small[0], large, size, say)
    _feeds(figures, folder, many, size, say)
    with app.app_context():
        mailing_rows = measure_mailing(large.edition_id, folder, say)
    return [*_rows(figures), *badge_rows, *import_rows, *mailing_rows, _idle(folder, say)]


def _plain(figures: Figures, folder: Path, size: Size, say: Say) -> None:
    port = free_port()
    options = json.dumps({"host": "127.0.0.1", "port": port, "workers": WORKERS})
    with running(["-m", "crosslinks.bench.plain", options], port, folder) as server:
        for number in range(size.rounds):
            say(f"plain page, round {number + 1} of {size.rounds}")
            requests = [Request("GET", "/")] * size.plain
            figures.add("plain", measure(server, port, requests, clients=CLIENTS, expect=200))


def _serve(port: int, *more: str) -> list[str]:
    return ["-m", "crosslinks", "serve", "--port", str(port), "--workers", str(WORKERS), *more]


def _requests(figures: Figures, folder: Path, small: list[Stage], large: Stage, size: Size, say: Say) -> None:
    port = free_port()
    with running(_serve(port, "--no-worker"), port, folder) as server:

        def ask(name: str, requests: list[Request], expect: int = 200) -> None:
            figures.add(name, measure(server, port, requests, clients=CLIENTS, expect=expect))

        for number, stage in enumerate(small):
            say(f"pages, registrations and scans, round {number + 1} of {size.rounds}")
            for kind, shown in (("small", stage), ("large", large)):
                page = Request("GET", f"/{SLUG}/{shown.slug}/programme", headers={"Accept-Encoding": "gzip"})
                ask(f"kept {kind}", [page] * size.kept)
                ask(f"register {kind}", shown.registrations(size.writes, f"{kind}.{number}"), 201)
                ask(f"scan {kind}", shown.scans(size.writes))


def _built(figures: Figures, folder: Path, small: Stage, large: Stage, size: Size, say: Say) -> None:
    port = free_port()
    with running(_serve(port, "--no-worker"), port, folder, CROSSLINKS_KEPT_PAGES="0") as server:
        for number in range(size.rounds):
            say(f"pages built anew, round {number + 1} of {size.rounds}")
            for kind, shown in (("small", small), ("large", large)):
                requests = [Request("GET", f"/{SLUG}/{shown.slug}/programme")] * size.built
                figures.add(f"built {kind}", measure(server, port, requests, clients=CLIENTS, expect=200))


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
                found = measure(server, port, [asked] * count, clients=CLIENTS, expect=200)
                figures.add(f"many {name} {how}", found)


def _form(figures: Figures, folder: Path, stage: Stage, size: Size, say: Say) -> None:
    port = free_port()
    with running(_serve(port, "--no-worker"), port, folder) as server:
        for number in range(size.rounds):
            say(f"the form with {questions.QUESTIONS} questions, round {number + 1} of {size.rounds}")
            pages = questions.shown(stage, size.built)
            figures.add("form shown", measure(server, port, pages, clients=CLIENTS, expect=200))
            people = questions.sent(stage, port, size.writes, f"form.{number}")
            figures.add("form accepted", measure(server, port, people, clients=CLIENTS, expect=303))


def _lists(figures: Figures, folder: Path, stage: Stage, size: Size, say: Say) -> None:
    port = free_port()
    with running(_serve(port, "--no-worker"), port, folder) as server:
        cookie = lists.sign_in(port)
        measure(server, port, lists.listed(stage, "", cookie, CLIENTS * WORKERS), clients=CLIENTS, expect=200)  # warm
        for number in range(size.rounds):
            say(f"the organizer's list, round {number + 1} of {size.rounds}")
            for wanted in lists.FILTERS:
                pages = lists.listed(stage, wanted, cookie, size.lists)
                figures.add(f"list {wanted}", measure(server, port, pages, clients=CLIENTS, expect=200))


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
    plain = figures.cpu("plain")
    dearest = max((f"list {wanted}" for wanted in lists.FILTERS), key=figures.cpu)

    def in_p(name: str, key: str, limit: float) -> Row:
        cpu = figures.cpu(key)
        return Row(name, cpu, "ms", p=cpu / plain, limit=limit)

    def growth(name: str, what: str) -> Row:
        return Row(f"{name}, {LARGE} over {SMALL} registrations", figures.cpu(f"{what} large") /
                   figures.cpu(f"{what} small"), "×", limit=1.2)  # fmt: skip

    return [
        Row("plain Flask page (P)", plain, "ms", p=1.0),
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
