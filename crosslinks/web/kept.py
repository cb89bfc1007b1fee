"""Public pages that are kept: rendered once per process, revision, address and language.

A kept page holds no nonce, CSRF token or sign-in state. A request for it costs one raw read of the revision.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from flask import Response, request

T = TypeVar("T")
MOST_PAGES = 500
MOST_FACTS = 200
LEAST_COMPRESSED = 400
LEVEL = 5


@dataclass(frozen=True)
class KeptPage:
    """One rendered page, good for ``rev`` until ``until`` (None: for ever)."""

    rev: int
    until: datetime | None
    body: bytes
    etag: str
    media_type: str

    @cached_property
    def packed(self) -> bytes:
        """The compressed page, made when it is first asked for; empty for one too short to gain by it."""
        return gzip.compress(self.body, LEVEL, mtime=0) if len(self.body) >= LEAST_COMPRESSED else b""

    def is_good(self, rev: int, now: datetime) -> bool:
        """Say whether this page still shows what is so at ``rev`` and ``now``."""
        return self.rev == rev and (self.until is None or now < self.until)


class Keeper:
    """The kept pages of this process, the least recently used dropped first."""

    def __init__(self, most: int = MOST_PAGES) -> None:
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()
        self._facts: OrderedDict[Hashable, tuple[int, object]] = OrderedDict()
        self._most = most

    def find(self, key: Hashable, rev: int, now: datetime) -> KeptPage | None:
        """Return the page kept under ``key`` if it is still good."""
        page = self._pages.get(key)
        if page is None or not page.is_good(rev, now):
            return None
        self._pages.move_to_end(key)
        return page

    def keep(self, key: Hashable, rev: int, text: str | bytes, until: datetime | None, media_type: str) -> KeptPage:
        """Keep a rendered page and return it."""
        body = text.encode() if isinstance(text, str) else text
        etag = hashlib.sha256(body).hexdigest()[:24]
        page = KeptPage(rev, until, body, etag, media_type)
        self._pages[key] = page
        self._pages.move_to_end(key)
        while len(self._pages) > self._most:
            self._pages.popitem(last=False)
        return page

    def remember(self, key: Hashable, rev: int, make: Callable[[], T], kind: type[T]) -> T:
        """Return what ``make`` made under ``key`` at ``rev``; it is made once, and never changed by who gets it."""
        known = self._facts.get(key)
        if known is not None and known[0] == rev and isinstance(known[1], kind):
            return known[1]
        made = make()
        self._facts[key] = (rev, made)
        while len(self._facts) > MOST_FACTS:
            self._facts.popitem(last=False)
        return made

    def clear(self) -> None:
        """Forget everything."""
        self._pages.clear()
        self._facts.clear()


def respond(page: KeptPage) -> Response:
    """Answer with a kept page, compressed when the client takes it, or 304 when it has it."""
    packed = "gzip" in request.headers.get("Accept-Encoding", "") and bool(page.packed)
    etag = f'"{page.etag}{"-gz" if packed else ""}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding, Accept-Language, Cookie",
    }
    if etag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(page.packed if packed else page.body, headers=headers, content_type=page.media_type)
