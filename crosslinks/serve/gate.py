"""The outermost WSGI layer: the whole body first, then one request per process at a time, in order of arrival.

Pages are built by the processor, so a second thread of the same process only takes the interpreter from the first,
worst of all from one that holds the database's write lock. Threads are there to wait for slow clients: bodies are
read, and long answers sent, outside of the queue.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CHUNK = 64 * 1024
_IN_MEMORY = 1024 * 1024
_DRAINED = 64 * 1024 * 1024
_SENT_WHOLE = 1024 * 1024


class Queue:
    """A lock that is given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until everybody who came before has left, and hold the turn for the body."""
        with self._guard:
            place = threading.Lock()
            if self._taken:
                place.acquire()
                self._waiting.append(place)
            self._taken = True
        place.acquire()
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._taken = False

    def __len__(self) -> int:
        return len(self._waiting)


class _Cut(Exception):
    """The client went away, or its framing is wrong: nothing may be done with half a body."""


class Gate:
    """Wraps a WSGI application. ``max_upload`` bounds forms with files, ``max_body`` all else, in bytes.

    ``limit_at`` may say for an address (path, whether with files) that more is read there. Of a larger body the
    application sees only the length, and answers 413.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        max_body: int,
        max_upload: int,
        limit_at: Callable[[str, bool], int] | None = None,
    ) -> None:
        self._application = application
        self._limit_at = limit_at or (lambda _path, with_files: max_upload if with_files else max_body)
        self.queue = Queue()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            body = self._read_body(environ)
        except _Cut:
            start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        try:
            with self.queue.turn():
                return self._answer(environ, start_response)
        finally:
            body.close()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length: list[int] = []

        def noting_length(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], Any]:
            length[:] = [int(value) for name, value in headers if name.lower() == "content-length"]
            return start_response(status, headers, exc_info)

        answer = self._application(environ, cast("StartResponse", noting_length))
        if not length or length[0] > _SENT_WHOLE:
            return answer
        try:
            return list(answer)
        finally:
            close = getattr(answer, "close", None)
            if close:
                close()

    def _limit(self, environ: WSGIEnvironment) -> int:
        with_files = environ.get("CONTENT_TYPE", "").lower().startswith("multipart/form-data")
        return self._limit_at(environ.get("PATH_INFO", ""), with_files)

    def _read_body(self, environ: WSGIEnvironment) -> IO[bytes]:
        """Put the whole body into the environment, or nothing of it when it is too large."""
        announced = _announced_length(environ)
        limit = self._limit(environ)
        source = environ["wsgi.input"]
        body = _room_for(limit if announced is None else announced)
        size = 0
        for chunk in _chunks(source, announced):
            size += len(chunk)
            if size > limit:
                break
            body.write(chunk)
        if size > limit:
            body.close()
            body = BytesIO()
            size += _drain(source, None if announced is None else announced - size)
        elif announced is not None and size < announced:
            body.close()
            raise _Cut
        body.seek(0)
        environ["wsgi.input"] = body
        environ["wsgi.input_terminated"] = True
        if announced is not None or size:
            environ["CONTENT_LENGTH"] = str(max(size, announced or 0))
        return body


def _room_for(size: int) -> IO[bytes]:
    return BytesIO() if size <= _IN_MEMORY else cast("IO[bytes]", SpooledTemporaryFile(max_size=_IN_MEMORY))


def _announced_length(environ: WSGIEnvironment) -> int | None:
    """Return the length that the body claims; None when its end is marked otherwise (chunked)."""
    given = environ.get("CONTENT_LENGTH", "")
    if given:
        if not (given.isascii() and given.isdigit()):
            raise _Cut
        return int(given)
    if environ.get("wsgi.input_terminated") and environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    return 0 if not environ.get("wsgi.input_terminated") or environ.get("REQUEST_METHOD") in {"GET", "HEAD"} else None


def _chunks(source: IO[bytes], length: int | None) -> Iterator[bytes]:
    left = length
    while left is None or left > 0:
        try:
            chunk = source.read(_CHUNK if left is None else min(_CHUNK, left))
        except OSError as error:
            raise _Cut from error
        if not chunk:
            return
        if left is not None:
            left -= len(chunk)
        yield chunk


def _drain(source: IO[bytes], length: int | None) -> int:
    """Read on for a while, so that a browser that is still sending sees the answer instead of a broken line."""
    drained = 0
    for chunk in _chunks(source, length):
        drained += len(chunk)
        if drained > _DRAINED:
            break
    return drained
