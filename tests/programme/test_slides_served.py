"""A large file through a real server: the memory of its processes stays as it was, and others are not let in."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from crosslinks.kernel.clock import real_now
from crosslinks.kernel.db import db, transaction
from crosslinks.programme.links import speaker_token
from crosslinks.programme.material_models import SlideFile
from crosslinks.programme.slide_store import slides_path
from tests.factories import make_edition
from tests.instances import Instance, close_database, new_instance
from tests.programme.factories import make_person, make_programme, make_talk

MEGABYTES = 40
BOUNDARY = "----a-boundary-of-ours"


@pytest.fixture
def served(tmp_path: Path, database_url: str) -> Iterator[tuple[Instance, psutil.Process, str, int]]:
    with new_instance(tmp_path / "instance", database_url) as instance:
        app = instance.prepare()
        start = real_now().replace(minute=0, second=0, microsecond=0)
        with app.app_context():
            with transaction():
                edition = make_edition(starts_at=start, ends_at=start.replace(year=start.year + 1))
                make_programme(edition)
                person = make_person(edition, "Large", "Slides")
                talk = make_talk(edition, None, "16:00", 10, speakers=[person])
            link, number = f"/s/{speaker_token(person)}", talk.id
        close_database(app)
        with instance.serving("--workers", "1") as parent:
            yield instance, parent, link, number


def peak_megabytes(parent: psutil.Process) -> float:
    """Return the highest memory so far of the process that answers."""
    peaks = []
    for process in (parent, *parent.children(recursive=True)):
        status = Path(f"/proc/{process.pid}/status").read_text()
        peaks.append(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024)  # type: ignore[index]
    return max(peaks)


def open_form(connection: http.client.HTTPConnection, link: str, talk: int) -> tuple[str, str, str]:
    connection.request("GET", f"{link}/talks/{talk}/slides")
    answer = connection.getresponse()
    html = answer.read().decode()
    action = re.search(r'action="(/s/[^"]+)"', html)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert action
    assert token
    return action[1], token[1], answer.headers["Set-Cookie"].partition(";")[0]


def body_of(token: str, megabytes: int) -> Iterator[bytes]:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--{BOUNDARY}\r\n'
        'Content-Disposition: form-data; name="slides"; filename="large.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    yield head.encode() + b"%PDF-1.7\n"
    block = bytes(range(256)) * 4096
    for _ in range(megabytes):
        yield block
    yield f"\n%%EOF\n\r\n--{BOUNDARY}--\r\n".encode()


def post(connection: http.client.HTTPConnection, path: str, token: str, cookie: str, megabytes: int) -> int:
    length = sum(map(len, body_of(token, megabytes)))
    connection.putrequest("POST", path)
    for name, value in {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": str(length), "Cookie": cookie,
    }.items():  # fmt: skip
        connection.putheader(name, value)
    connection.endheaders()
    for piece in body_of(token, megabytes):
        connection.send(piece)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_forty_megabytes_arrive_without_taking_that_much_memory(
    served: tuple[Instance, psutil.Process, str, int],
) -> None:
    instance, parent, link, talk = served
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=120)
    action, token, cookie = open_form(connection, link, talk)
    assert post(connection, action, token, cookie, 1) == 303
    before = peak_megabytes(parent)
    assert post(connection, action, token, cookie, MEGABYTES) == 303
    grown = peak_megabytes(parent) - before
    assert grown < MEGABYTES / 2, f"{grown:.0f} MB more"
    without_pass = action.rpartition("/")[0] + "/1-nonsense"
    assert post(connection, without_pass, token, cookie, MEGABYTES) == 413
    connection.close()
    app = instance.app()
    with app.app_context():
        sizes = [slides_path(row.stored).stat().st_size for row in db.session.scalars(select(SlideFile))]
        assert len(sizes) == 2
        assert max(sizes) > MEGABYTES * 1_000_000
    close_database(app)
