"""The gate: whole bodies, one request at a time, in order of arrival."""

import threading
import time
from io import BytesIO

import pytest

from crosslinks.serve.gate import Gate, Queue


def call(gate, *, body=b"", length=None, path="/", method="POST", source=None, **extra):
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)) if length is None else length,
        "wsgi.input": source or BytesIO(body),
        **extra,
    }
    seen = {}

    def start_response(status, headers, exc_info=None):
        seen["status"], seen["headers"] = status, dict(headers)

    answer = gate(environ, start_response)
    return seen["status"], answer, environ


def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return iter([body])


def new_gate(application=echo, **sizes):
    return Gate(application, **{"max_body": 1000, "max_upload": 2_000_000} | sizes)


class Trickle:
    """A client that sends its body piece by piece, when told."""

    def __init__(self, pieces):
        self.pieces = list(pieces)
        self.go = threading.Event()

    def read(self, size):
        self.go.wait(10)
        return self.pieces.pop(0) if self.pieces else b""


def test_turns_are_given_in_order_of_arrival():
    queue, order = Queue(), []

    def visit(number):
        with queue.turn():
            order.append(number)

    with queue.turn():
        threads = []
        for number in range(20):
            threads.append(threading.Thread(target=visit, args=(number,)))
            threads[-1].start()
            while len(queue) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(5)
    assert order == list(range(20))


def test_requests_of_a_process_do_not_overlap():
    inside, most = 0, 0

    def application(environ, start_response):
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.002)
        inside -= 1
        return echo(environ, start_response)

    gate = new_gate(application)
    threads = [threading.Thread(target=call, args=(gate,)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert most == 1


def test_an_exception_passes_the_turn_on():
    def broken(environ, start_response):
        raise RuntimeError("broken")

    gate = new_gate(broken)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="broken"):
            call(gate)
    with gate.queue.turn():
        assert len(gate.queue) == 0


def test_a_slow_upload_stops_nobody():
    gate, slow = new_gate(), Trickle([b"abc", b"def"])
    answers = []
    thread = threading.Thread(target=lambda: answers.append(call(gate, length="6", source=slow)))
    thread.start()
    started = time.monotonic()
    for number in range(50):
        assert call(gate, body=b"%d" % number)[1] == [b"%d" % number]
    assert time.monotonic() - started < 5
    assert not answers
    slow.go.set()
    thread.join(5)
    assert answers[0][1] == [b"abcdef"]


def test_a_slow_reader_of_a_long_answer_stops_nobody():
    def endless(environ, start_response):
        start_response("200 OK", [])
        return iter([b"a", b"b"])

    gate = new_gate(endless)
    _, unread, _ = call(gate)
    _, second, _ = call(gate)
    assert list(second) == list(unread) == [b"a", b"b"]


FORM, UPLOAD = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("kind", "size", "allowed"),
    [(FORM, 1000, True), (FORM, 1001, False), (UPLOAD, 2_000_000, True), (UPLOAD, 2_000_001, False)],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_are_bounded(kind, size, allowed, chunked):
    framing = {"length": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True} if chunked else {}
    _, answer, environ = call(new_gate(), body=b"x" * size, CONTENT_TYPE=kind, **framing)
    assert len(b"".join(answer)) == (size if allowed else 0)
    assert environ["CONTENT_LENGTH"] == str(size)


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "٣"])
def test_a_senseless_length_is_refused(length):
    status, _, _ = call(new_gate(), length=length)
    assert status.startswith("400")


def test_half_a_body_reaches_nobody():
    reached = []

    def application(environ, start_response):
        reached.append(environ)
        return echo(environ, start_response)

    status, _, _ = call(new_gate(application), body=b"family_name=N", length="30")
    assert status.startswith("400")
    assert not reached


def test_the_answer_is_closed():
    closed = []

    class Answer(list):
        def close(self):
            closed.append(True)

    def application(environ, start_response):
        start_response("200 OK", [("Content-Length", "2")])
        return Answer([b"ok"])

    assert call(new_gate(application))[1] == [b"ok"]
    assert closed == [True]
