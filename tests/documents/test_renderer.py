"""The rendering processes: what they fetch, how they die, and that the caller survives."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import psutil
import pytest

from crosslinks.documents.renderer import PlacedCode, PrintingFailed, PrintJob, Renderer
from tests.documents.paper import look_at

HELLO = PrintJob("<p>Hei på deg ŋ</p>", 'p{font-family:"Noto Sans"}')


def test_only_what_came_with_the_request_is_fetched(printer, tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="20">stolen</text></svg>')
    own = b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="30"><text y="20">mine</text></svg>'
    html = (
        f'<img src="{secret.as_uri()}"><img src="http://127.0.0.1:9/x.svg"><img src="asset:own.svg">'
        f'<link rel="stylesheet" href="{secret.as_uri()}"><a rel="attachment" href="{secret.as_uri()}">file</a>'
    )
    pdf = printer.render(PrintJob(html, images={"own.svg": own}))
    page = look_at(pdf)[0]
    assert "mine" in page.text
    assert "stolen" not in page.text
    assert b"EmbeddedFile" not in pdf


def test_a_code_stands_where_it_is_placed_and_measures_what_was_asked(printer):
    job = PrintJob("<p>x", "@page{size:100mm 80mm;margin:0}", codes=[PlacedCode(0, 20, 10, 30, "HELLO WORLD")])
    [code] = look_at(printer.render(job))[0].codes
    assert code.text == "HELLO WORLD"
    assert code.left == pytest.approx(20, abs=0.4)
    assert code.top == pytest.approx(10, abs=0.4)
    assert code.side == pytest.approx(30, abs=0.5)


def test_a_child_that_crashed_is_replaced(printer):
    printer.render(HELLO)
    before = printer.process_ids()
    for process_id in before:
        os.kill(process_id, signal.SIGSEGV)
        psutil.Process(process_id).wait(5)
    assert "Hei på deg ŋ" in look_at(printer.render(HELLO))[0].text
    assert not set(before) & set(printer.process_ids())


def test_a_child_that_dies_over_a_page_is_an_error_not_a_hang():
    with_one = Renderer(processes=1)
    try:
        with_one.warm()
        [victim] = with_one.process_ids()
        os.kill(victim, signal.SIGSTOP)
        threading.Timer(0.3, os.kill, (victim, signal.SIGKILL)).start()
        with pytest.raises(PrintingFailed, match="ended unexpectedly"):
            with_one.render(HELLO)
        assert with_one.render(HELLO).startswith(b"%PDF")
    finally:
        with_one.close()


def test_a_page_that_takes_too_long_is_stopped():
    impatient = Renderer(processes=1, seconds=0.2)
    try:
        impatient.warm()
        [child] = impatient.process_ids()
        with pytest.raises(PrintingFailed, match="too long"):
            impatient.render(PrintJob("<table>" + "<tr><td>x<td>y" * 20000))
        assert not psutil.pid_exists(child)
    finally:
        impatient.close()


def test_many_threads_share_two_processes(printer):
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(printer.render(HELLO))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(made) == 6
    assert len(printer.process_ids()) <= 2


def test_children_end_with_their_parent(tmp_path):
    parent = os.fork()
    if parent == 0:
        try:
            mine = Renderer(processes=1)
            mine.warm()
            (tmp_path / "child").write_text(str(mine.process_ids()[0]))
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(parent, 0)
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the rendering process outlived its parent"
        time.sleep(0.02)


def test_without_pango_the_error_says_what_to_install(tmp_path, monkeypatch):
    broken = tmp_path / "weasyprint"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    without = Renderer(processes=1)
    try:
        with pytest.raises(PrintingFailed, match="apt-get install libpango"):
            without.render(HELLO)
    finally:
        without.close()


def test_without_any_font_the_caller_gets_an_error(monkeypatch):
    monkeypatch.setattr("crosslinks.documents.fonts.font_folders", list)
    without = Renderer(processes=1)
    try:
        with pytest.raises(PrintingFailed, match="fonts"):
            without.render(HELLO)
    finally:
        without.close()


def test_the_environment_of_the_children_holds_no_secret(printer, monkeypatch):
    monkeypatch.setenv("CROSSLINKS_SECRET_KEY", "do-not-tell")
    fresh = Renderer(processes=1)
    try:
        fresh.warm()
        assert "CROSSLINKS_SECRET_KEY" not in psutil.Process(fresh.process_ids()[0]).environ()
    finally:
        fresh.close()
